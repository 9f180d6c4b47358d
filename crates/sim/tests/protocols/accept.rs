//! First acceptance wins, over two nodes on one database (R4.6, I1).
//!
//! A tap becomes a call on a node. The node looks (`requests::FIND` in `refuse_if_taken`), locks
//! (`requests::LOCK`, `SELECT … FOR UPDATE`), decides, writes (`requests::UPDATE`, guarded by
//! `version = $2`), commits, answers. A node may die at any of these, the answer to COMMIT may be
//! lost on the way (`StoreError::CommitUnknown`), people tap twice, and whoever got no answer asks
//! again, on either node.

use crate::explore::{breaks, explore};
use stateright::{Model, Property};

/// Professionals who all tap.
const PEOPLE: usize = 3;
const NODES: u8 = 2;

/// A guard taken out, to see that the checker misses it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bug {
    /// The read of the request locks nothing; the version still guards.
    NoLock,
    /// UPDATE without `AND version = $2`; the lock still guards.
    NoVersion,
    /// Neither lock nor version.
    NoGuard,
    /// Yes is said before COMMIT.
    EarlyYes,
    /// A commit whose answer was lost is taken for done.
    UnknownIsYes,
    /// The winner who repeats himself is a late colleague like any other.
    WinnerUnknown,
    /// Nobody asks again after a failure.
    NoRetry,
}

struct Accept {
    bug: Option<Bug>,
    /// Nodes that die.
    crashes: u8,
    /// Commits whose answer is lost.
    lost: u8,
    /// Taps more than one.
    double: u8,
}

/// The row of the request.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Row {
    version: u8,
    winner: Option<u8>,
    /// Which call holds the row's lock.
    lock: Option<u8>,
    /// `Accepted` events ever committed.
    engagements: u8,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Said {
    Yours,
    Taken,
    /// 503, or nobody answered.
    Nothing,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Call {
    None,
    /// On a node, before `refuse_if_taken`.
    Arrived(u8),
    /// Nobody had the patient: `requests::LOCK` comes next.
    Looked(u8),
    /// Read this version, nobody had the patient, decided yes: `requests::UPDATE` comes next.
    Decided(u8, u8),
    /// The row is changed in the transaction: COMMIT comes next.
    Written(u8),
    /// The answer is on its way.
    Answering(u8, Said),
}

impl Call {
    fn node(self) -> Option<u8> {
        match self {
            Call::None => None,
            Call::Arrived(n)
            | Call::Looked(n)
            | Call::Decided(n, _)
            | Call::Written(n)
            | Call::Answering(n, _) => Some(n),
        }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct State {
    row: Row,
    /// Two calls at most of each professional at once: a tap and its double.
    calls: [[Call; 2]; PEOPLE],
    /// What each was last told; the best they were told, if they were told more than once.
    told: [Option<Said>; PEOPLE],
    /// Was ever told yes.
    yes: [bool; PEOPLE],
    tapped: [bool; PEOPLE],
    crashes: u8,
    lost: u8,
    double: u8,
    /// A commit that was applied although its caller was told nothing.
    ghost: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Tap(usize, usize, u8),
    Look(usize, usize),
    Lock(usize, usize),
    Update(usize, usize),
    Commit(usize, usize),
    CommitLost(usize, usize, bool),
    Answer(usize, usize),
    Crash(u8),
}

/// The number of a call, for the row's lock.
fn number(person: usize, slot: usize) -> u8 {
    u8::try_from(person * 2 + slot).unwrap_or(u8::MAX)
}

fn id(person: usize) -> u8 {
    u8::try_from(person).unwrap_or(u8::MAX)
}

impl Accept {
    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    fn locks(&self) -> bool {
        !self.has(Bug::NoLock) && !self.has(Bug::NoGuard)
    }

    fn versioned(&self) -> bool {
        !self.has(Bug::NoVersion) && !self.has(Bug::NoGuard)
    }

    /// `cascade::decide(Accept)` on what was read: the winner's repeat is told the same.
    fn answer_of(&self, winner: Option<u8>, person: usize) -> Option<Said> {
        match winner {
            None => None,
            Some(w) if w == id(person) && !self.has(Bug::WinnerUnknown) => Some(Said::Yours),
            Some(_) => Some(Said::Taken),
        }
    }

    fn waits_to_tap(&self, state: &State, person: usize, slot: usize) -> bool {
        if state.calls[person][slot] != Call::None {
            return false;
        }
        if slot == 1 {
            return state.double > 0 && state.calls[person][0] != Call::None;
        }
        match state.told[person] {
            None => !state.tapped[person],
            Some(Said::Nothing) => !self.has(Bug::NoRetry),
            Some(Said::Yours | Said::Taken) => false,
        }
    }
}

impl Model for Accept {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            row: Row {
                version: 0,
                winner: None,
                lock: None,
                engagements: 0,
            },
            calls: [[Call::None; 2]; PEOPLE],
            told: [None; PEOPLE],
            yes: [false; PEOPLE],
            tapped: [false; PEOPLE],
            crashes: self.crashes,
            lost: self.lost,
            double: self.double,
            ghost: false,
        }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        for person in 0..PEOPLE {
            for slot in 0..2 {
                if self.waits_to_tap(state, person, slot) {
                    steps.extend((0..NODES).map(|node| Step::Tap(person, slot, node)));
                }
                match state.calls[person][slot] {
                    Call::None => {}
                    Call::Arrived(_) => steps.push(Step::Look(person, slot)),
                    Call::Looked(_) => {
                        if state.row.lock.is_none() || !self.locks() {
                            steps.push(Step::Lock(person, slot));
                        }
                    }
                    // UPDATE waits for whoever changed the row and did not commit yet.
                    Call::Decided(..) => {
                        if state.row.lock.is_none_or(|by| by == number(person, slot)) {
                            steps.push(Step::Update(person, slot));
                        }
                    }
                    Call::Written(_) => {
                        steps.push(Step::Commit(person, slot));
                        if state.lost > 0 {
                            steps.push(Step::CommitLost(person, slot, true));
                            steps.push(Step::CommitLost(person, slot, false));
                        }
                    }
                    Call::Answering(..) => steps.push(Step::Answer(person, slot)),
                }
            }
        }
        if state.crashes > 0 {
            let alive = |node: u8| state.calls.iter().flatten().any(|c| c.node() == Some(node));
            steps.extend((0..NODES).filter(|n| alive(*n)).map(Step::Crash));
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Tap(person, slot, node) => {
                state.tapped[person] = true;
                state.told[person] = None;
                if slot == 1 {
                    state.double -= 1;
                }
                state.calls[person][slot] = Call::Arrived(node);
            }
            Step::Look(person, slot) => {
                let node = last.calls[person][slot].node()?;
                // `refuse_if_taken` turns colleagues away; the winner goes on to the same answer.
                let told = self.answer_of(last.row.winner, person);
                state.calls[person][slot] = match told {
                    Some(said) => Call::Answering(node, said),
                    None => Call::Looked(node),
                };
            }
            Step::Lock(person, slot) => {
                let node = last.calls[person][slot].node()?;
                state.calls[person][slot] = match self.answer_of(last.row.winner, person) {
                    // A refusal, or nothing to change: the transaction ends without a write.
                    Some(said) => Call::Answering(node, said),
                    None => {
                        if self.locks() {
                            state.row.lock = Some(number(person, slot));
                        }
                        Call::Decided(node, last.row.version)
                    }
                };
            }
            Step::Update(person, slot) => {
                let Call::Decided(node, version) = last.calls[person][slot] else {
                    return None;
                };
                if self.versioned() && version != last.row.version {
                    // `exec_versioned` touched no row: `Conflict`, the closure runs again.
                    state.calls[person][slot] = Call::Looked(node);
                } else {
                    state.row.lock = Some(number(person, slot));
                    state.calls[person][slot] = Call::Written(node);
                    if self.has(Bug::EarlyYes) {
                        state.yes[person] = true;
                    }
                }
            }
            Step::Commit(person, slot) => {
                let node = last.calls[person][slot].node()?;
                commit(&mut state.row, person);
                state.calls[person][slot] = Call::Answering(node, Said::Yours);
            }
            Step::CommitLost(person, slot, applied) => {
                let node = last.calls[person][slot].node()?;
                state.lost -= 1;
                if applied {
                    commit(&mut state.row, person);
                    state.ghost = true;
                } else {
                    state.row.lock = None;
                }
                let said = if self.has(Bug::UnknownIsYes) {
                    Said::Yours
                } else {
                    Said::Nothing
                };
                state.calls[person][slot] = Call::Answering(node, said);
            }
            Step::Answer(person, slot) => {
                let Call::Answering(_, said) = last.calls[person][slot] else {
                    return None;
                };
                state.calls[person][slot] = Call::None;
                hear(&mut state, person, said);
            }
            Step::Crash(node) => {
                state.crashes -= 1;
                for person in 0..PEOPLE {
                    for slot in 0..2 {
                        if last.calls[person][slot].node() == Some(node) {
                            // The server ends the transaction of a lost connection.
                            if state.row.lock == Some(number(person, slot)) {
                                state.row.lock = None;
                            }
                            state.calls[person][slot] = Call::None;
                            hear(&mut state, person, Said::Nothing);
                        }
                    }
                }
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("I1: one engagement at most", |_, s: &State| {
                s.row.engagements <= 1
            }),
            Property::always("one is told yes at most", |_, s: &State| {
                s.yes.iter().filter(|yes| **yes).count() <= 1
            }),
            Property::always("who is told yes has the patient", |_, s: &State| {
                (0..PEOPLE).all(|p| !s.yes[p] || s.row.winner == Some(id(p)))
            }),
            Property::always("taken is told to others only", |_, s: &State| {
                (0..PEOPLE).all(|p| {
                    s.told[p] != Some(Said::Taken)
                        || s.row.winner.is_some_and(|winner| winner != id(p))
                })
            }),
            Property::always(
                "in the end all are answered and one has it",
                |m: &Self, s| {
                    let mut steps = Vec::new();
                    m.actions(s, &mut steps);
                    !steps.is_empty()
                        || (s.row.winner.is_some()
                            && s.row.lock.is_none()
                            && s.told
                                .iter()
                                .all(|t| matches!(t, Some(Said::Yours | Said::Taken))))
                },
            ),
            Property::sometimes("a lost yes is found again", |_, s: &State| {
                s.ghost && s.row.winner.is_some_and(|w| s.yes[usize::from(w)])
            }),
            Property::sometimes(
                "somebody is taken at the lock, not before",
                |_, s: &State| {
                    s.row.lock.is_some()
                        && s.calls
                            .iter()
                            .flatten()
                            .filter(|c| matches!(c, Call::Looked(_)))
                            .count()
                            >= 2
                },
            ),
            Property::sometimes("all faults used, all answered", |_, s: &State| {
                s.crashes == 0 && s.lost == 0 && s.told.iter().all(Option::is_some)
            }),
        ]
    }
}

fn commit(row: &mut Row, person: usize) {
    row.version += 1;
    row.winner = Some(id(person));
    row.engagements += 1;
    row.lock = None;
}

/// An answer reaches somebody; of a tap and its double, the one that says something counts.
fn hear(state: &mut State, person: usize, said: Said) {
    if said == Said::Yours {
        state.yes[person] = true;
    }
    let other = state.calls[person].iter().any(|c| *c != Call::None);
    state.told[person] = match (state.told[person], said) {
        (Some(before), Said::Nothing) => Some(before),
        // The double is still on its way: its answer is waited for.
        (None, Said::Nothing) if other => None,
        (_, said) => Some(said),
    };
}

fn model(bug: Option<Bug>, crashes: u8, lost: u8, double: u8) -> Accept {
    Accept {
        bug,
        crashes,
        lost,
        double,
    }
}

#[test]
fn of_all_orders_none_gives_a_patient_to_two_people() {
    explore(model(None, 2, 1, 1)).holds("accept, 3 people, 2 nodes, 2 crashes", 100_000);
}

/// Belt and braces: the lock alone and the version alone are enough; what is lost without the
/// lock is only a second try.
#[test]
fn either_of_the_two_guards_is_enough() {
    for bug in [Bug::NoLock, Bug::NoVersion] {
        let found = explore(model(Some(bug), 1, 1, 1));
        assert!(found.broken().is_empty(), "{bug:?}: {:?}", found.broken());
    }
}

#[test]
fn a_missing_guard_is_seen() {
    let told_no_lie = "who is told yes has the patient";
    for (bug, promise) in [
        (Bug::NoGuard, "I1: one engagement at most"),
        (Bug::NoGuard, "one is told yes at most"),
        (Bug::EarlyYes, told_no_lie),
        (Bug::UnknownIsYes, told_no_lie),
        (Bug::WinnerUnknown, "taken is told to others only"),
        (Bug::NoRetry, "in the end all are answered and one has it"),
    ] {
        breaks(model(Some(bug), 1, 1, 1), promise);
    }
}
