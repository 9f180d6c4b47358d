//! A solicitation is handed to its gateway, by two nodes on one database (I7, R7).
//!
//! Statements of `relais_store::messages`: `CLAIM` (with `EXPIRE` before it), `SENT`, `LATER`,
//! `FAILED`, `DELIVERED`, `REPLACE`. A node claims, looks at its lease, hands the message over,
//! writes down what the gateway said; it may die or stand still before each of these, its clock may
//! be ahead. The gateway loses answers. The offer may be taken back at any moment, and somebody
//! told of an offer that was taken back must be told "pourvu".
//!
//! What holds, and what does not, is the list in [`Model::properties`]: a message goes twice only for
//! one of the reasons counted in [`State::excuses`], under the key it was recorded with.

use crate::explore::{breaks, explore};
use stateright::{Model, Property};

const NODES: usize = 2;
/// Length of a lease.
const LEASE: u8 = 3;
/// A node hands nothing over in the last part of its lease (`delivery::LEASE_SPARE`).
const SPARE: u8 = 1;
/// The offer may be taken back, and clocks go on by themselves, until then.
const DAY: u8 = 6;

/// A guard taken out, to see that the checker misses it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bug {
    /// `CLAIM` takes what another node holds, lease or not.
    NoLease,
    /// A claim never ends: `CLAIM` without `OR (status = 'sending' AND lease_until <= $1)`.
    LeaseForEver,
    /// A node hands over what it claimed without looking at its lease again.
    NoLook,
    /// Clocks further apart than the spare part of a lease.
    WildClock,
    /// `LATER` without `AND attempts = $4`: a node that lost its claim puts the message back in line.
    LaterUnfenced,
    /// `FAILED` without `attempts = $4`: it gives up what another node has sent.
    FailedUnfenced,
    /// `LATER` puts a solicitation back in line although its offer was taken back meanwhile.
    LaterBlind,
    /// `SENT` only counts for a message still being sent: a yes that comes late is forgotten.
    SentNarrow,
    /// The yes is written down before it was given.
    AckFirst,
}

struct Outbox {
    bug: Option<Bug>,
    crashes: u8,
    /// Answers of the gateway that get lost.
    lost: u8,
    /// Times the gateway says "later".
    laters: u8,
    /// Times the gateway says "never".
    nevers: u8,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Status {
    Queued,
    Sending,
    Sent,
    Delivered,
    Failed,
    Replaced,
}

/// The row.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Row {
    status: Status,
    /// `attempts`: one more with each claim, hence also the number of the claim.
    attempts: u8,
    lease_until: u8,
    due_at: u8,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Said {
    Yes,
    Later,
    Never,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Node {
    Idle,
    /// Has it in memory since the claim of this number, until this time.
    Claimed(u8, u8),
    /// Saw that its lease is good: the next thing it does is hand the message over.
    Ready(u8),
    /// Knows what the gateway said.
    Answered(u8, Said),
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct State {
    time: u8,
    row: Row,
    nodes: [Node; NODES],
    /// The offer was taken back.
    withdrawn: bool,
    /// "Pourvu" is recorded.
    replaced: bool,
    /// How often a gateway took it.
    taken: u8,
    /// How often it may be taken more than once, each for a reason nobody could know of.
    excuses: u8,
    /// It was put in line, or back in line, after its offer was taken back.
    stale_in_line: bool,
    /// It was given up although a yes was written down.
    spoilt: bool,
    answer_lost: bool,
    crashes: u8,
    lost: u8,
    laters: u8,
    nevers: u8,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Tick,
    Withdraw,
    Claim(usize),
    Look(usize),
    HandOver(usize, Said),
    AnswerLost(usize),
    Record(usize),
    Receipt,
    Crash(usize),
}

impl Outbox {
    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// The second node's clock is ahead.
    fn now(&self, state: &State, node: usize) -> u8 {
        let ahead = if self.has(Bug::WildClock) {
            SPARE + 1
        } else {
            SPARE
        };
        state.time + if node == 1 { ahead } else { 0 }
    }

    /// `CLAIM`: `(queued AND due_at <= now) OR (sending AND lease_until <= now)`.
    fn can_claim(&self, state: &State, node: usize) -> bool {
        let now = self.now(state, node);
        match state.row.status {
            Status::Queued => state.row.due_at <= now,
            Status::Sending => {
                self.has(Bug::NoLease)
                    || (state.row.lease_until <= now && !self.has(Bug::LeaseForEver))
            }
            Status::Sent | Status::Delivered | Status::Failed | Status::Replaced => false,
        }
    }

    /// `record` in `tasks/deliver.rs`, one transaction.
    fn record(&self, state: &mut State, hand: u8, said: Said) {
        let mine = state.row.attempts == hand && state.row.status == Status::Sending;
        match said {
            Said::Yes => {
                // SENT, unless a receipt or a refusal stands already.
                let counts = match state.row.status {
                    Status::Sending => true,
                    Status::Queued | Status::Replaced | Status::Sent => !self.has(Bug::SentNarrow),
                    Status::Delivered | Status::Failed => false,
                };
                if counts {
                    state.row.status = Status::Sent;
                }
                // `taken_back_meanwhile`: "pourvu" follows what arrived all the same.
                let arrived = matches!(state.row.status, Status::Sent | Status::Delivered);
                if state.withdrawn && arrived {
                    state.replaced = true;
                }
            }
            Said::Later => {
                // LATER … WHERE status = 'sending' AND attempts = $4
                let unfenced = self.has(Bug::LaterUnfenced) && state.row.status == Status::Sending;
                if mine || unfenced {
                    state.row.due_at = state.time + 1;
                    state.row.status = if state.withdrawn && !self.has(Bug::LaterBlind) {
                        Status::Replaced
                    } else {
                        Status::Queued
                    };
                    state.stale_in_line |= state.withdrawn && state.row.status == Status::Queued;
                }
            }
            Said::Never => {
                let open = !matches!(state.row.status, Status::Delivered | Status::Replaced);
                if mine || (self.has(Bug::FailedUnfenced) && open) {
                    state.spoilt |= state.row.status == Status::Sent;
                    state.row.status = Status::Failed;
                }
            }
        }
    }

    fn at_rest(state: &State) -> bool {
        state.nodes.iter().all(|n| *n == Node::Idle)
    }
}

impl Model for Outbox {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            time: 0,
            row: Row {
                status: Status::Queued,
                attempts: 0,
                lease_until: 0,
                due_at: 0,
            },
            nodes: [Node::Idle; NODES],
            withdrawn: false,
            replaced: false,
            taken: 0,
            excuses: 0,
            stale_in_line: false,
            spoilt: false,
            answer_lost: false,
            crashes: self.crashes,
            lost: self.lost,
            laters: self.laters,
            nevers: self.nevers,
        }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        // Time passes whatever nodes do: a node that stands still is one that takes no step.
        // After the day, only as far as somebody must wait.
        let waiting = matches!(state.row.status, Status::Queued | Status::Sending)
            && Self::at_rest(state)
            && (0..NODES).all(|node| !self.can_claim(state, node))
            && !self.has(Bug::LeaseForEver);
        if state.time < DAY || waiting {
            steps.push(Step::Tick);
        }
        if !state.withdrawn && state.time < DAY {
            steps.push(Step::Withdraw);
        }
        for (node, at) in state.nodes.iter().enumerate() {
            match at {
                Node::Idle => {
                    if self.can_claim(state, node) {
                        steps.push(Step::Claim(node));
                    }
                    continue;
                }
                Node::Claimed(..) => steps.push(Step::Look(node)),
                Node::Ready(_) => {
                    steps.push(Step::HandOver(node, Said::Yes));
                    if state.laters > 0 {
                        steps.push(Step::HandOver(node, Said::Later));
                    }
                    if state.nevers > 0 {
                        steps.push(Step::HandOver(node, Said::Never));
                    }
                    if state.lost > 0 {
                        steps.push(Step::AnswerLost(node));
                    }
                }
                Node::Answered(..) => steps.push(Step::Record(node)),
            }
            if state.crashes > 0 {
                steps.push(Step::Crash(node));
            }
        }
        if state.taken > 0 && !matches!(state.row.status, Status::Delivered | Status::Replaced) {
            steps.push(Step::Receipt);
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Tick => state.time += 1,
            Step::Withdraw => {
                state.withdrawn = true;
                match last.row.status {
                    // REPLACE … WHERE offer = $1 AND status = 'queued'
                    Status::Queued => state.row.status = Status::Replaced,
                    // `Writer::replace`: who was told is told "pourvu".
                    Status::Sent | Status::Delivered => state.replaced = true,
                    Status::Sending | Status::Failed | Status::Replaced => {}
                }
            }
            Step::Claim(node) => {
                // Whoever outlived its lease on the way to the gateway, or with an answer in hand,
                // could not know that its message would be taken up.
                let outlived =
                    |n: &Node| matches!(n, Node::Ready(_) | Node::Answered(_, Said::Yes));
                let late = state.row.lease_until <= state.time + SPARE;
                if late && state.nodes.iter().any(outlived) {
                    state.excuses += 1;
                }
                state.row.status = Status::Sending;
                state.row.attempts += 1;
                state.row.lease_until = self.now(last, node) + LEASE;
                state.nodes[node] = Node::Claimed(state.row.attempts, state.row.lease_until);
                if self.has(Bug::AckFirst) {
                    self.record(&mut state, last.row.attempts + 1, Said::Yes);
                }
            }
            Step::Look(node) => {
                let Node::Claimed(hand, until) = last.nodes[node] else {
                    return None;
                };
                let good = self.now(last, node) + SPARE < until || self.has(Bug::NoLook);
                state.nodes[node] = if good {
                    Node::Ready(hand)
                } else {
                    // Given back to whoever comes next: LATER at once, under its own claim.
                    Node::Answered(hand, Said::Later)
                };
            }
            Step::HandOver(node, said) => {
                let Node::Ready(hand) = last.nodes[node] else {
                    return None;
                };
                match said {
                    Said::Yes => take(&mut state),
                    Said::Later => state.laters -= 1,
                    Said::Never => state.nevers -= 1,
                }
                state.nodes[node] = Node::Answered(hand, said);
            }
            Step::AnswerLost(node) => {
                let Node::Ready(hand) = last.nodes[node] else {
                    return None;
                };
                take(&mut state);
                state.lost -= 1;
                state.excuses += 1;
                state.answer_lost = true;
                state.nodes[node] = Node::Answered(hand, Said::Later);
            }
            Step::Record(node) => {
                let Node::Answered(hand, said) = last.nodes[node] else {
                    return None;
                };
                self.record(&mut state, hand, said);
                state.nodes[node] = Node::Idle;
            }
            // DELIVERED … WHERE attempts > 0 AND status NOT IN ('expired', 'replaced')
            Step::Receipt => {
                state.row.status = Status::Delivered;
                if state.withdrawn {
                    state.replaced = true;
                }
            }
            Step::Crash(node) => {
                if matches!(last.nodes[node], Node::Answered(_, Said::Yes)) {
                    state.excuses += 1;
                }
                state.crashes -= 1;
                state.nodes[node] = Node::Idle;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(NOT_TWICE, |_, s: &State| s.taken <= 1 + s.excuses),
            Property::always(NOT_STALE, |_, s: &State| !s.stale_in_line),
            Property::always(NOT_SPOILT, |_, s: &State| !s.spoilt),
            Property::always(NOT_LOST, |m: &Self, s: &State| {
                let open = matches!(s.row.status, Status::Queued | Status::Sending);
                !ended(m, s) || !open
            }),
            Property::always(SENT_IS_SENT, |_, s: &State| {
                !matches!(s.row.status, Status::Sent | Status::Delivered) || s.taken > 0
            }),
            Property::always(POURVU, |m: &Self, s: &State| {
                let unknown = s.answer_lost || s.crashes < m.crashes;
                !ended(m, s)
                    || !s.withdrawn
                    || s.taken == 0
                    || s.replaced
                    || unknown
                    || s.row.status == Status::Failed
            }),
            Property::sometimes("sent twice, for a declared reason", |_, s: &State| {
                s.taken == 2
            }),
            Property::sometimes("given up in sight", |_, s: &State| {
                s.row.status == Status::Failed
            }),
            Property::sometimes("taken up after a crash", |m: &Self, s: &State| {
                s.crashes < m.crashes && s.row.attempts > 1 && s.row.status == Status::Sent
            }),
            Property::sometimes("never sent, since no longer true", |_, s: &State| {
                s.row.status == Status::Replaced && s.taken == 0
            }),
            Property::sometimes("left while its offer was taken back", |_, s: &State| {
                s.replaced && s.row.status == Status::Sent
            }),
        ]
    }
}

const NOT_TWICE: &str = "I7: taken once, and once more for each reason nobody could know of";
const NOT_STALE: &str = "nothing waits in line for an offer that was taken back";
const NOT_SPOILT: &str = "what was sent is not given up by a node that lost its claim";
const NOT_LOST: &str = "I7: in the end sent, given up in sight, or no longer true";
const SENT_IS_SENT: &str = "what stands as sent was taken by a gateway";
const POURVU: &str = "whoever got it after it was taken back gets pourvu";

fn take(state: &mut State) {
    state.taken += 1;
}

fn ended(model: &Outbox, state: &State) -> bool {
    let mut steps = Vec::new();
    model.actions(state, &mut steps);
    steps.is_empty() || steps == [Step::Receipt]
}

fn model(bug: Option<Bug>) -> Outbox {
    Outbox {
        bug,
        crashes: 2,
        lost: 1,
        laters: 1,
        nevers: 1,
    }
}

#[test]
fn of_all_orders_none_loses_a_message_or_sends_one_again_without_a_reason() {
    explore(model(None)).holds("outbox, 2 nodes, 2 crashes, clocks apart", 100_000);
}

#[test]
fn a_missing_guard_is_seen() {
    for (bug, promise) in [
        (Bug::NoLease, NOT_TWICE),
        (Bug::LeaseForEver, NOT_LOST),
        (Bug::NoLook, NOT_TWICE),
        (Bug::WildClock, NOT_TWICE),
        (Bug::LaterUnfenced, NOT_TWICE),
        (Bug::FailedUnfenced, NOT_SPOILT),
        (Bug::LaterBlind, NOT_STALE),
        (Bug::SentNarrow, POURVU),
        (Bug::AckFirst, SENT_IS_SENT),
    ] {
        breaks(model(Some(bug)), promise);
    }
}
