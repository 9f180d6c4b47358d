//! Each deadline of a request is acted on once, by whichever node, never early, never forgotten
//! (I5, I8, I15, R4.13).
//!
//! A node asks what is due (`requests::DUE`), then ticks each: it notes the time, locks
//! (`requests::LOCK`), decides — whatever it read before, only what is due on the locked row at the
//! time it noted counts —, writes the next `due_at` with the change (`requests::UPDATE`, guarded by
//! `version = $2`) and commits. Nodes die, stand still and have clocks apart; somebody may accept
//! in between.

use crate::explore::{breaks, explore};
use stateright::{Model, Property};

const NODES: usize = 2;
/// End of the usual doctor's share, neighbours, deadline: when each stage ends.
const STAGES: [u8; 3] = [2, 3, 5];
/// The second node's clock is ahead by that much.
const AHEAD: u8 = 1;
/// When an accepted request is due again: the reminder to close it.
const CLOSE: u8 = 6;
const DAY: u8 = 7;

/// A guard taken out, to see that the checker misses it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bug {
    /// Neither `FOR UPDATE` nor `AND version = $2`.
    NoGuard,
    /// The tick acts on what the list said, without looking at the time again.
    TrustsTheList,
    /// `due_at` stays as it was: the next deadline lives in a timer of the process.
    TimerInMemory,
    /// The list is taken off the row when it is read (`due_at = NULL` by `DUE`), to "own" it.
    TakenWhenListed,
    /// `UPDATE` ends a stage without writing when the next one does.
    NoDueWritten,
}

struct Due {
    bug: Option<Bug>,
    crashes: u8,
}

/// The row of the request.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Row {
    version: u8,
    due_at: Option<u8>,
    /// Stages that ended.
    stage: u8,
    taken: bool,
    lock: Option<usize>,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Node {
    Idle,
    /// Has the request on its list since it looked.
    Listed,
    /// Noted the time; `requests::LOCK` comes next.
    Noted(u8),
    /// Read this version and decided what ends; `requests::UPDATE` and COMMIT come next.
    Decided {
        now: u8,
        version: u8,
        stage: u8,
    },
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct State {
    time: u8,
    row: Row,
    nodes: [Node; NODES],
    /// How often the end of each stage was acted on.
    acted: [u8; STAGES.len()],
    /// The reminder to close, given.
    reminded: u8,
    /// Something was done before its time, by the clock of whoever did it.
    early: bool,
    /// … by more than clocks are apart, in true time.
    far_too_early: bool,
    /// A stage went on although somebody had accepted.
    after_taken: bool,
    /// Timers of a process that has died.
    forgotten: bool,
    crashes: u8,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Tick,
    Accept,
    List(usize),
    Note(usize),
    Lock(usize),
    Commit(usize),
    Crash(usize),
}

impl Due {
    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    fn now(state: &State, node: usize) -> u8 {
        state.time + if node == 1 { AHEAD } else { 0 }
    }

    /// `requests::DUE`: `due_at IS NOT NULL AND due_at <= $1`.
    fn is_due(row: &Row, now: u8) -> bool {
        row.due_at.is_some_and(|at| at <= now)
    }

    /// `core::cascade::due` of the state after.
    fn next_due(row: &Row) -> Option<u8> {
        if row.taken {
            Some(CLOSE)
        } else {
            STAGES.get(usize::from(row.stage)).copied()
        }
    }
}

impl Model for Due {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            time: 0,
            row: Row {
                version: 0,
                due_at: Some(STAGES[0]),
                stage: 0,
                taken: false,
                lock: None,
            },
            nodes: [Node::Idle; NODES],
            acted: [0; STAGES.len()],
            reminded: 0,
            early: false,
            far_too_early: false,
            after_taken: false,
            forgotten: false,
            crashes: self.crashes,
        }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        if state.time < DAY {
            steps.push(Step::Tick);
        }
        // Somebody accepts: one guarded write, as in `accept.rs`. Past the deadline it is care too.
        if !state.row.taken && state.row.lock.is_none() && state.time < CLOSE {
            steps.push(Step::Accept);
        }
        for (node, at) in state.nodes.iter().enumerate() {
            match at {
                Node::Idle => {
                    if Self::is_due(&state.row, Self::now(state, node)) && !state.forgotten {
                        steps.push(Step::List(node));
                    }
                    continue;
                }
                Node::Listed => steps.push(Step::Note(node)),
                Node::Noted(_) => {
                    if state.row.lock.is_none() || self.has(Bug::NoGuard) {
                        steps.push(Step::Lock(node));
                    }
                }
                Node::Decided { .. } => steps.push(Step::Commit(node)),
            }
            if state.crashes > 0 {
                steps.push(Step::Crash(node));
            }
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Tick => state.time += 1,
            Step::Accept => {
                state.row.taken = true;
                state.row.version += 1;
                state.row.due_at = Self::next_due(&state.row);
            }
            Step::List(node) => {
                state.nodes[node] = Node::Listed;
                if self.has(Bug::TakenWhenListed) {
                    state.row.due_at = None;
                }
            }
            Step::Note(node) => state.nodes[node] = Node::Noted(Self::now(last, node)),
            Step::Lock(node) => {
                let Node::Noted(now) = last.nodes[node] else {
                    return None;
                };
                let trusts = self.has(Bug::TrustsTheList) || self.has(Bug::TakenWhenListed);
                if Self::is_due(&last.row, now) || trusts {
                    if !self.has(Bug::NoGuard) {
                        state.row.lock = Some(node);
                    }
                    let (version, stage) = (last.row.version, last.row.stage);
                    state.nodes[node] = Node::Decided {
                        now,
                        version,
                        stage,
                    };
                } else {
                    // `decide(Tick)` of what is not due any more: no event, nothing to write.
                    state.nodes[node] = Node::Idle;
                }
            }
            Step::Commit(node) => {
                let Node::Decided {
                    now,
                    version,
                    stage,
                } = last.nodes[node]
                else {
                    return None;
                };
                state.nodes[node] = Node::Idle;
                state.row.lock = None;
                if version != last.row.version && !self.has(Bug::NoGuard) {
                    return Some(state);
                }
                act(&mut state, now, stage);
                state.row.version += 1;
                state.row.due_at = if last.row.taken || self.has(Bug::NoDueWritten) {
                    None
                } else {
                    Self::next_due(&state.row)
                };
            }
            Step::Crash(node) => {
                state.crashes -= 1;
                state.nodes[node] = Node::Idle;
                state.forgotten |= self.has(Bug::TimerInMemory);
                if last.row.lock == Some(node) {
                    state.row.lock = None;
                }
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONCE, |_, s: &State| {
                s.acted.iter().all(|n| *n <= 1) && s.reminded <= 1
            }),
            Property::always(NOT_EARLY, |_, s: &State| !s.early),
            Property::always(NOT_FAR, |_, s: &State| !s.far_too_early),
            Property::always(NOT_AFTER, |_, s: &State| !s.after_taken),
            Property::always(NOT_FORGOTTEN, |m: &Self, s: &State| {
                let mut steps = Vec::new();
                m.actions(s, &mut steps);
                let done = if s.row.taken {
                    s.reminded == 1
                } else {
                    s.acted.iter().all(|n| *n == 1)
                };
                !steps.is_empty() || done
            }),
            Property::always(IS_DUE, |_, s: &State| {
                // Open, or taken and not yet reminded: I5.
                let over = s.reminded == 1 || usize::from(s.row.stage) == STAGES.len();
                s.row.due_at.is_some() || (over && !s.row.taken) || s.reminded == 1
            }),
            Property::sometimes("two nodes have it listed at once", |_, s: &State| {
                s.nodes.iter().all(|n| *n != Node::Idle)
            }),
            Property::sometimes("late after a crash, not lost", |m: &Self, s: &State| {
                s.crashes < m.crashes && s.acted == [1; STAGES.len()]
            }),
            Property::sometimes("accepted while a node was about to act", |_, s: &State| {
                s.row.taken && s.nodes.iter().any(|n| matches!(n, Node::Noted(_)))
            }),
        ]
    }
}

const ONCE: &str = "each deadline is acted on once";
const NOT_EARLY: &str = "I8: never early, by the clock of whoever acts";
const NOT_FAR: &str = "I8: never earlier than clocks are apart";
const NOT_AFTER: &str = "no stage goes on after somebody accepted";
const NOT_FORGOTTEN: &str = "I15: in the end every deadline was acted on";
const IS_DUE: &str = "I5: what is open is due";

/// One pass of `decide(Tick)`: the end of one stage, or the reminder.
fn act(state: &mut State, now: u8, stage: u8) {
    if state.row.taken {
        if stage < state.row.stage || now < CLOSE {
            state.after_taken = true;
        }
        state.reminded += 1;
        return;
    }
    let Some(at) = STAGES.get(usize::from(stage)).copied() else {
        state.early = true;
        return;
    };
    state.early |= now < at;
    state.far_too_early |= state.time + AHEAD < at;
    state.acted[usize::from(stage)] += 1;
    state.row.stage = stage + 1;
}

fn model(bug: Option<Bug>, crashes: u8) -> Due {
    Due { bug, crashes }
}

#[test]
fn of_all_orders_none_forgets_a_deadline_or_acts_twice() {
    explore(model(None, 2)).holds("due times, 2 nodes, 2 crashes, clocks apart", 1_000);
}

#[test]
fn a_missing_guard_is_seen() {
    for (bug, promise) in [
        (Bug::NoGuard, ONCE),
        (Bug::TrustsTheList, NOT_EARLY),
        (Bug::TimerInMemory, NOT_FORGOTTEN),
        (Bug::TakenWhenListed, NOT_FORGOTTEN),
        (Bug::TakenWhenListed, IS_DUE),
        (Bug::NoDueWritten, IS_DUE),
    ] {
        breaks(model(Some(bug), 2), promise);
    }
}
