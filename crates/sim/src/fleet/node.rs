//! One process: its clock, its life, what it is busy with. And the agenda: what happens when.

use super::people::Reply;
use super::store::Channel;
use relais_core::delivery::{Answer, Receipt};
use relais_core::time::{Duration, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// A process.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// It runs.
    pub up: bool,
    /// Counts its lives.
    pub epoch: u32,
    /// Since when it runs without a break, in real time.
    pub since: Instant,
    /// It stands still until then.
    pub paused: Option<Instant>,
    /// How far its clock is ahead, milliseconds.
    pub ahead: i64,
    /// The directory it has in memory.
    pub directory: u64,
    /// Requests it is ticking or looking at again.
    pub busy: BTreeSet<u8>,
    /// Channels it is sending by.
    pub lanes: BTreeSet<Channel>,
    /// When it looks next, and the number of that look.
    pub look: Option<(Instant, u64)>,
}

impl Node {
    /// A process that starts.
    pub(super) const fn new(since: Instant, ahead: i64) -> Self {
        Self {
            up: true,
            epoch: 0,
            since,
            paused: None,
            ahead,
            directory: 1,
            busy: BTreeSet::new(),
            lanes: BTreeSet::new(),
            look: None,
        }
    }

    /// What its clock shows.
    pub(super) fn clock(&self, real: Instant) -> Instant {
        Instant::from_millis(real.millis() + self.ahead)
    }

    /// When, in real time, its clock shows a moment.
    pub(super) fn shows(&self, at: Instant) -> Instant {
        Instant::from_millis(at.millis() - self.ahead)
    }

    /// Whether it does anything now.
    pub(super) fn acts(&self, real: Instant) -> bool {
        self.up && self.paused.is_none_or(|until| until <= real)
    }
}

/// What a node claimed together, and how far it is.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    /// Which node.
    pub node: usize,
    /// In which of its lives.
    pub epoch: u32,
    /// By which way they go.
    pub channel: Channel,
    /// Until when it has them, by its clock.
    pub until: Option<Instant>,
    /// Messages to hand over, with the number of the attempt.
    pub left: Vec<(usize, u32)>,
    /// What a gateway answered of which, not yet written down.
    pub heard: Vec<Heard>,
}

/// What a gateway answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    /// About which message.
    pub index: usize,
    /// In which of its attempts.
    pub attempts: u32,
    /// What it said.
    pub answer: Answer,
    /// It may have taken it, whatever it said.
    pub perhaps: bool,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// Somebody sends what they want, perhaps again.
    Press(usize),
    /// It reaches a node, in which of its attempts.
    Reach(usize, usize, u32),
    /// An operation makes its next step.
    Step(usize),
    /// Somebody is answered, in which of their attempts.
    Answered(usize, u32, Reply),
    /// Somebody waited long enough.
    Patience(usize, u32),
    /// A node looks at what is due: which look.
    Look(usize, u64),
    /// A node hands the next of what it claimed to a gateway.
    Hand(Batch),
    /// A node writes down what a gateway answered.
    Record(Batch),
    /// A message reaches a phone or a box.
    Arrives(usize),
    /// A gateway tells of a message; which try.
    Receipt(Option<usize>, Receipt, u32),
    /// A gateway brings an SMS; which try.
    Sms(usize, u32),
    /// A node starts again.
    Up(usize),
    /// A node's clock jumps, by so much.
    Jump(usize, i64),
    /// A gateway goes down, or comes back.
    Gateway(Channel, bool),
    /// A planned change of the directory or of the settings.
    Change(usize),
    /// The faults are over.
    Calm,
    /// The desk looks at a request that was due.
    Desk(u8),
}

/// What happens when, in order; together = in the order it was written down.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    list: BTreeMap<(Instant, u64), What>,
    written: u64,
}

impl Agenda {
    /// Writes something down.
    pub(super) fn at(&mut self, when: Instant, what: What) {
        self.written += 1;
        self.list.insert((when, self.written), what);
    }

    /// The next thing.
    pub(super) fn next(&mut self) -> Option<(Instant, What)> {
        self.list.pop_first().map(|((at, _), what)| (at, what))
    }

    /// Strikes out what nobody waits for any more.
    pub(super) fn keep(&mut self, wanted: impl Fn(&What) -> bool) {
        self.list.retain(|_, what| wanted(what));
    }

    /// How much was ever written down.
    pub(super) const fn written(&self) -> u64 {
        self.written
    }
}

/// A length in milliseconds.
pub(super) const fn ms(length: i64) -> Duration {
    Duration::millis(length)
}
