//! Several processes under proof: one to three nodes on one store, three gateways, phones, people,
//! and everything that goes wrong between them. The rules are the core's: what a request becomes
//! ([`relais_core::cascade`]) and what a message becomes ([`relais_core::delivery`]); the nodes do
//! what the shell does with them: read with the version, decide, save if the version still stands,
//! messages in the same commit, claim, hand over, record.
//!
//! Owns time, faults and what must hold after each event ([`law`]). Refuses any chance but the
//! seed, and any rule of its own.
//!
//! Reading order: [`fault`] (what goes wrong), [`node`] (what happens when), [`shell`] (a change),
//! [`post`], [`deliver`] and [`gateway`] (a message), [`law`] (what must hold), [`plan`] (how a failure is told).

mod day;
mod deliver;
pub mod duty;
pub mod fault;
mod gateway;
mod law;
mod look;
mod node;
mod people;
mod plan;
mod post;
mod shell;
mod store;

pub use plan::{Told, lived, told};

use crate::check::Breach;
use crate::coverage::Coverage;
use crate::engine::Engine;
use crate::rng::hash;
use crate::script::Script;
use crate::world::World;
pub(crate) use day::Ground;
use duty::Conduct;
use fault::{Chance, Element, Fault, joined};
use node::{Agenda, Node, What, ms};
use people::{Text, Will};
use relais_core::ids::OfferId;
use relais_core::time::Instant;
use shell::Op;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use store::{Channel, Store};

/// Most events of an episode: a bound, so that a loop is a failure and not a hang.
const MOST_EVENTS: u64 = 60_000;

/// What is under proof.
#[derive(Clone, Copy)]
pub struct Setting<'e> {
    /// The core.
    pub engine: &'e dyn Engine,
    /// The nodes' conduct.
    pub conduct: &'e dyn Conduct,
    /// The territory and its requests; drawn from the seed when nothing is given.
    pub(crate) ground: Option<&'e Ground>,
}

impl<'e> Setting<'e> {
    /// A core and a conduct, on territories drawn from the seed.
    pub const fn new(engine: &'e dyn Engine, conduct: &'e dyn Conduct) -> Self {
        Self {
            engine,
            conduct,
            ground: None,
        }
    }

    /// On a given territory, with given requests.
    pub(crate) const fn on(self, ground: &'e Ground) -> Self {
        Self {
            ground: Some(ground),
            ..self
        }
    }
}

/// An episode being lived.
pub(crate) struct Fleet<'e> {
    engine: &'e dyn Engine,
    conduct: &'e dyn Conduct,
    chance: Chance,
    coverage: Coverage,
    agenda: Agenda,
    /// Real time.
    now: Instant,
    nodes: Vec<Node>,
    store: Store,
    /// Gateways that are down.
    down: BTreeSet<Channel>,
    ops: Vec<Option<Op>>,
    wills: Vec<Will>,
    texts: Vec<Text>,
    changes: Vec<day::Planned>,
    /// Offers whose reader drew what to do.
    reacted: BTreeSet<(u8, OfferId)>,
    /// Offers that were opened, answered or taken back, and when first.
    settled: BTreeMap<OfferId, Instant>,
    /// A clock jumped at some moment.
    jumped: bool,
    breaches: Vec<Breach>,
    hash: u64,
    events: u64,
    /// What happened, when it is to be told.
    story: Option<Vec<String>>,
    script: Script,
    figures: Figures,
    /// The latest moment anything was decided at.
    latest: Instant,
    /// The directory as it was, for nodes that neglect to read it again.
    stale: Option<Box<World>>,
}

/// What became of the requests of an episode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// For each request: raised, first acceptance, how many were asked, whether it was ever unfilled.
    pub lives: Vec<Life>,
}

/// What became of one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Life {
    /// Which.
    pub label: u8,
    /// It was raised.
    pub raised: bool,
    /// From raised to first accepted, milliseconds.
    pub accepted_after: Option<i64>,
    /// Professionals asked.
    pub asked: u32,
    /// Nobody had it at some moment.
    pub unfilled: bool,
}

/// An episode lived.
pub(crate) struct Episode {
    pub(crate) lives: u64,
    pub(crate) breaches: Vec<Breach>,
    pub(crate) coverage: Coverage,
    pub(crate) hash: u64,
    pub(crate) events: u64,
    pub(crate) met: Vec<Element>,
    pub(crate) story: Vec<String>,
    pub(crate) script: Script,
    pub(crate) figures: Figures,
}

impl Fleet<'_> {
    /// Lives until nothing is left to do.
    fn live(&mut self) {
        while self.breaches.is_empty() {
            if self.events >= MOST_EVENTS {
                return self.breach("I6", format!("not over after {MOST_EVENTS} events"));
            }
            let Some((at, what)) = self.agenda.next() else {
                return law::over(self);
            };
            if self.chance.calm && self.is_over() {
                return law::over(self);
            }
            self.now = self.now.max(at);
            self.events += 1;
            self.happens(what);
            law::overdue(self);
        }
    }

    /// Every request ended and no message waits.
    fn is_over(&self) -> bool {
        self.store.open().next().is_none()
            && self.store.waiting.is_empty()
            && self.wills.iter().all(|will| will.done || will.tries > 0)
    }

    fn happens(&mut self, what: What) {
        if let Some(node) = self.stands_still(&what) {
            let until = self.nodes.get(node).and_then(|node| node.paused);
            return self
                .agenda
                .at(until.unwrap_or(self.now).max(self.now) + ms(1), what);
        }
        match what {
            What::Press(will) => self.press(will),
            What::Reach(will, node, tries) => self.reach(will, node, tries),
            What::Step(op) => self.step(op),
            What::Answered(will, tries, reply) => self.answered(will, tries, &reply),
            What::Patience(will, tries) => self.impatient(will, tries),
            What::Look(node, number) => self.look(node, number),
            What::Hand(batch) => self.hand(batch),
            What::Record(batch) => self.record(batch),
            What::Arrives(note) => self.arrives(note),
            What::Receipt(note, news, tries) => self.receipt(note, news, tries),
            What::Sms(text, tries) => self.sms(text, tries),
            What::Up(node) => self.starts(node),
            What::Jump(node, by) => self.jumps(node, by),
            What::Gateway(channel, down) => self.gateway(channel, down),
            What::Change(index) => self.change(index),
            What::Calm => self.calm(),
            What::Desk(label) => self.desk(label),
        }
    }

    /// The node that would do it and stands still.
    fn stands_still(&self, what: &What) -> Option<usize> {
        let node = match what {
            What::Reach(_, node, _) | What::Look(node, _) => *node,
            What::Hand(batch) | What::Record(batch) => batch.node,
            What::Step(op) => self.ops.get(*op)?.as_ref()?.node,
            _ => return None,
        };
        let stands = self
            .nodes
            .get(node)
            .is_some_and(|n| n.up && !n.acts(self.now));
        stands.then_some(node)
    }

    fn breach(&mut self, rule: &'static str, what: String) {
        self.breaches.push(Breach { rule, what });
    }

    fn strikes(&mut self, fault: Fault, what: u64) -> bool {
        let strikes = self.chance.strikes(fault, what);
        if strikes {
            self.coverage.saw(fault.name());
            self.said(what, format_args!("FAULT {}", fault.name()));
        }
        strikes
    }

    /// Keeps what happened: its hash always (I14), its words when it is to be told.
    fn said(&mut self, what: u64, words: std::fmt::Arguments<'_>) {
        let mark = joined(what, u64::try_from(self.now.millis()).unwrap_or(0));
        self.hash = self.hash.rotate_left(5) ^ mark;
        if let Some(story) = &mut self.story {
            story.push(format!("{} {words}", self.now.timestamp()));
        }
    }

    /// A process dies; what it had in hand is lost with it.
    fn dies(&mut self, node: usize, draw: u64) {
        let Some(dead) = self.nodes.get_mut(node) else {
            return;
        };
        let epoch = dead.epoch;
        dead.up = false;
        dead.epoch += 1;
        dead.busy.clear();
        dead.lanes.clear();
        dead.paused = None;
        dead.look = None;
        for note in &mut self.store.notes {
            let theirs = note
                .claim
                .is_some_and(|claim| (claim.node, claim.epoch) == (node, epoch));
            if theirs && note.seen.unrecorded {
                note.seen.unrecorded = false;
                note.seen.windows += 1;
                self.coverage.saw("fleet: message that may be sent twice");
            }
        }
        let later = self.chance.length(draw ^ 0xDEAD, 500, 20_000);
        self.agenda.at(self.now + ms(later), What::Up(node));
        self.said(draw, format_args!("node {node} dies"));
    }

    /// A process starts again: within two seconds it looks at what is due (I8).
    fn starts(&mut self, node: usize) {
        let Some(started) = self.nodes.get_mut(node) else {
            return;
        };
        started.up = true;
        started.since = self.now;
        started.directory = self.store.directory;
        self.said(
            u64::try_from(node).unwrap_or(0),
            format_args!("node {node} starts"),
        );
        let first = self.chance.length(self.events, 100, 1_500);
        self.look_at(node, self.now + ms(first));
    }

    fn jumps(&mut self, node: usize, by: i64) {
        if self.chance.calm
            || !self.strikes(
                Fault::ClockStep,
                joined(77, u64::try_from(node).unwrap_or(0)),
            )
        {
            return;
        }
        if let Some(node) = self.nodes.get_mut(node) {
            node.ahead = if node.ahead.abs() > 60_000 {
                0
            } else {
                node.ahead + by
            };
            node.since = node.since.max(self.now);
        }
        self.jumped = true;
        self.rearm();
        self.wake(self.events);
    }

    /// Deadlines are counted from now on: a clock changed.
    fn rearm(&mut self) {
        for row in self.store.rows.values_mut() {
            row.armed = row.armed.max(self.now);
        }
        for index in &self.store.waiting {
            if let Some(note) = self.store.notes.get_mut(*index) {
                note.seen.armed = Some(self.now);
            }
        }
    }

    fn gateway(&mut self, channel: Channel, down: bool) {
        if down && self.chance.calm {
            return;
        }
        if down {
            if self.strikes(Fault::GatewayDown, joined(78, channel as u64)) {
                self.down.insert(channel);
            }
        } else {
            self.down.remove(&channel);
        }
    }

    /// The faults are over: clocks are right, gateways are back, and the desk does its work.
    fn calm(&mut self) {
        self.chance.calm = true;
        self.down.clear();
        for node in &mut self.nodes {
            node.ahead = 0;
            node.paused = None;
        }
        self.rearm();
        self.agenda.keep(|what| {
            !matches!(
                what,
                What::Press(_) | What::Patience(..) | What::Sms(..) | What::Change(_)
            )
        });
        for will in &mut self.wills {
            will.done = true;
        }
        self.wake(self.events);
        let open: Vec<u8> = self.store.open().collect();
        for label in open {
            self.desk_when_due(label);
        }
    }
}

/// Lives the episode of a seed, or only what a plan of it holds.
pub(crate) fn episode(
    seed: u64,
    only: Option<BTreeSet<Element>>,
    setting: Setting<'_>,
    telling: bool,
) -> Episode {
    let mut fleet = day::fleet(seed, only, setting, telling);
    let lives = u64::try_from(fleet.figures.lives.len()).unwrap_or(1);
    // The core asserts what must hold (I1): an assertion that fails is a breach like another.
    let lived = catch_unwind(AssertUnwindSafe(|| fleet.live()));
    if lived.is_err() {
        fleet.breach("I1", "the core stopped on an assertion".to_owned());
    }
    let mark = fleet
        .breaches
        .first()
        .map_or(0, |breach| hash(&breach.what));
    Episode {
        lives,
        hash: fleet.hash ^ mark,
        breaches: fleet.breaches,
        coverage: fleet.coverage,
        events: fleet.events,
        met: fleet.chance.met,
        story: fleet.story.unwrap_or_default(),
        script: fleet.script,
        figures: fleet.figures,
    }
}
