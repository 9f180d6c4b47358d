//! The one way a request changes, on any node: read the row with its version, decide, save if the
//! version still stands with the messages in the same commit, then answer. Each step may be the
//! last one of a process, and a process may stand still between any two.

mod commit;

use super::Fleet;
use super::duty::Duty;
use super::fault::{Fault, joined};
use super::law;
use super::node::{What, ms};
use super::people::{Reply, Want, key_of};
use super::store::{Kept, Row};
use crate::play::commands;
use crate::script::{Act, Ask};
use relais_core::cascade::{Command, Decision, Facts, Raise, Refusal, accepted_still};
use relais_core::ids::OfferId;
use relais_core::matching::Pool;
use relais_core::time::{Duration, Instant};

/// A key left in flight by another node for longer than this was left by a node that died.
const LEFT: Duration = Duration::seconds(60);

/// What an operation is for.
#[derive(Debug, Clone)]
pub(super) enum For {
    /// Somebody's will, in which of their tries, under which key.
    Will(usize, u32, u64),
    /// The clock.
    Clock,
    /// A change of the directory.
    Directory,
}

/// What it does.
#[derive(Debug, Clone)]
pub(super) enum Does {
    /// Raises.
    Raise(Box<Ask>),
    /// Anything else.
    Act(Act, Option<OfferId>),
}

/// An operation on a request at a node.
#[derive(Debug, Clone)]
pub(super) struct Op {
    pub(super) node: usize,
    epoch: u32,
    label: u8,
    why: For,
    does: Does,
    /// What the node's clock showed when it began.
    pub(super) shown: Instant,
    /// The moment it takes that for.
    now: Instant,
    /// Its draws.
    draw: u64,
    read: Option<Read>,
    tries: u32,
}

/// What was read and decided, not yet saved.
#[derive(Debug, Clone)]
struct Read {
    version: i64,
    directory: u64,
    loads: u64,
    command: Option<Command>,
    raise: Option<Raise>,
    decision: Decision,
}

/// Commands that only write down where a message stands.
pub(super) const fn marks(command: &Command) -> bool {
    matches!(
        command,
        Command::MarkSent { .. } | Command::MarkDelivered { .. } | Command::MarkSeen { .. }
    )
}

impl Fleet<'_> {
    /// What somebody wants reaches a node: once per key.
    pub(super) fn reach(&mut self, index: usize, node: usize, tries: u32) {
        let (Some(will), Some(at)) = (self.wills.get(index), self.nodes.get(node)) else {
            return;
        };
        if !at.up {
            self.coverage.saw("fleet: node away");
            let refused = What::Answered(index, tries, Reply::Unsure);
            return self.agenda.at(self.now + ms(1), refused);
        }
        let (now, by, key) = (at.clock(self.now), (node, at.epoch), key_of(self, will));
        let label = will.label;
        let alone = self.nodes.len() == 1;
        let does = match &will.want {
            Want::Raise(ask) => Does::Raise(ask.clone()),
            Want::Do(act, offer) => Does::Act(act.clone(), *offer),
        };
        match self.store.keys.get(&key) {
            Some(Kept {
                reply: Some(reply), ..
            }) => {
                self.coverage.saw("fleet: answered again from its key");
                let (reply, want) = (reply.clone(), will.want.clone());
                let reply = self.says_again(label, &want, reply);
                return self.answer(index, tries, reply, joined(key, 4));
            }
            Some(kept) if kept.by == by || !(alone || now.since(kept.since) >= LEFT) => {
                self.coverage.saw("fleet: the same in flight");
                return self.answer(index, tries, Reply::InFlight, joined(key, 5));
            }
            Some(_) => self.coverage.saw("fleet: key taken over"),
            None => {}
        }
        self.store.keys.insert(
            key,
            Kept {
                since: now,
                by,
                reply: None,
            },
        );
        let draw = joined(key, u64::from(tries));
        self.begin(node, label, For::Will(index, tries, key), does, draw);
    }

    /// What is said to who repeats what was done under its key: of a yes, what is now (R4.8).
    fn says_again(&mut self, label: u8, want: &Want, kept: Reply) -> Reply {
        let (Want::Do(Act::Accepts(..), Some(offer)), Reply::Done) = (want, &kept) else {
            return kept;
        };
        let Some(row) = self.store.rows.get(&label) else {
            return kept;
        };
        let now = accepted_still(&row.state, *offer);
        if matches!(now, Err(Refusal::GivenBack { .. })) {
            self.coverage
                .saw("fleet: yes heard again after giving back");
        }
        match now {
            Err(refusal) if self.conduct.fulfils(Duty::JudgesAgain) => Reply::Refused(refusal),
            _ => {
                law::said_yes(self, label, *offer);
                kept
            }
        }
    }

    /// Begins an operation at a node.
    pub(super) fn begin(&mut self, node: usize, label: u8, why: For, does: Does, draw: u64) {
        let Some(at) = self.nodes.get(node) else {
            return;
        };
        let ahead = if self.conduct.fulfils(Duty::MindsOwnClock) || !matches!(why, For::Clock) {
            Duration::ZERO
        } else {
            Duration::seconds(40)
        };
        let op = Op {
            node,
            epoch: at.epoch,
            label,
            why,
            does,
            shown: at.clock(self.now),
            now: at.clock(self.now) + ahead,
            draw,
            read: None,
            tries: 0,
        };
        let index = self.ops.len();
        self.ops.push(Some(op));
        self.pauses(node, draw);
        let wait = self.chance.length(draw, 1, 3);
        self.agenda.at(self.now + ms(wait), What::Step(index));
    }

    /// The process may stand still here.
    pub(super) fn pauses(&mut self, node: usize, draw: u64) {
        if !self.strikes(Fault::Paused, draw) {
            return;
        }
        let length = self.chance.length(draw ^ 0xA5, 5_000, 400_000);
        if let Some(node) = self.nodes.get_mut(node) {
            node.paused = Some(self.now + ms(length));
            node.since = self.now + ms(length);
        }
    }

    /// The next step of an operation: reads and decides, or saves.
    pub(super) fn step(&mut self, index: usize) {
        let Some(op) = self.ops.get_mut(index).and_then(Option::take) else {
            return;
        };
        let alive = self
            .nodes
            .get(op.node)
            .is_some_and(|n| n.up && n.epoch == op.epoch);
        if !alive {
            return;
        }
        match op.read {
            None => self.decides(index, op),
            Some(_) => self.saves(index, op),
        }
    }

    fn later(&mut self, index: usize, op: Op, low: i64, high: i64) {
        let wait = self
            .chance
            .length(op.draw ^ u64::from(op.tries) << 8 ^ 0x7, low, high);
        if let Some(slot) = self.ops.get_mut(index) {
            *slot = Some(op);
        }
        self.agenda.at(self.now + ms(wait), What::Step(index));
    }

    fn decides(&mut self, index: usize, mut op: Op) {
        let fresh = self.conduct.fulfils(Duty::ReadsDirectory);
        if let Some(node) = self.nodes.get_mut(op.node) {
            if node.directory != self.store.directory {
                self.coverage.saw("fleet: directory read again");
            }
            if fresh {
                node.directory = self.store.directory;
            }
        }
        let first_id = self.store.next_id;
        self.store.next_id += 1_000;
        let (version, command, raise, decided) = match &op.does {
            Does::Raise(ask) => {
                if self.store.rows.contains_key(&op.label) {
                    // Raised by a node that died before it kept its answer: the key says so.
                    if self.conduct.fulfils(Duty::KeepsKey) {
                        return self.finish(op, Reply::Done);
                    }
                    op.label += 100;
                }
                let Ok(raise) = commands::raise(&self.store.world, op.label, ask, op.now) else {
                    return;
                };
                let facts = Facts {
                    first_id,
                    ..self.store.world.facts(op.now)
                };
                let decided = self.engine.raise(raise.clone(), op.now, &facts);
                (0, None, Some(raise), decided)
            }
            Does::Act(act, offer) => {
                let Some(row) = self.store.rows.get(&op.label) else {
                    return self.finish(op, Reply::Done);
                };
                let Some(command) = self.command(row, act, *offer) else {
                    return;
                };
                let world = self.world_of();
                let facts = if command.looks_at_people() {
                    Facts {
                        first_id,
                        ..world.facts_of(&row.state, &command, op.now)
                    }
                } else {
                    Facts {
                        calendar: &world.calendar,
                        policy: &world.policy,
                        pool: Pool::default(),
                        first_id,
                    }
                };
                let decided = self.engine.decide(&row.state, &command, op.now, &facts);
                (row.version, Some(command), None, decided)
            }
        };
        match decided {
            Err(refusal) => self.finish(op, Reply::Refused(refusal)),
            Ok(decision) => {
                if !self.conduct.fulfils(Duty::CommitsBeforeSending) {
                    law::sent_before_written(self, op.label, &decision);
                }
                if !self.conduct.fulfils(Duty::CommitsBeforeAnswering)
                    && let For::Will(will, tries, _) = op.why
                {
                    self.answer(will, tries, Reply::Done, op.draw ^ 0xB);
                }
                let (directory, loads) = (self.store.directory, self.store.loads);
                op.read = Some(Read {
                    version,
                    directory,
                    loads,
                    command,
                    raise,
                    decision,
                });
                op.tries += 1;
                self.pauses(op.node, op.draw ^ u64::from(op.tries) << 4);
                self.later(index, op, 1, 6);
            }
        }
    }

    /// The command of an act; an offer somebody pressed is the one they saw.
    fn command(&self, row: &Row, act: &Act, pressed: Option<OfferId>) -> Option<Command> {
        let mut command = commands::command(&self.store.world, &row.state, act).ok()?;
        if let (
            Some(id),
            Command::Accept { offer, .. }
            | Command::Refuse { offer, .. }
            | Command::MarkSeen { offer },
        ) = (pressed, &mut command)
        {
            *offer = id;
        }
        Some(command)
    }

    /// Saves, if what was read still stands.
    fn saves(&mut self, index: usize, mut op: Op) {
        let Some(read) = op.read.take() else { return };
        if self.strikes(Fault::CrashBeforeCommit, op.draw) {
            self.excuse(op.label);
            return self.dies(op.node, op.draw);
        }
        let stands = match self.store.rows.get(&op.label) {
            Some(row) => row.version == read.version,
            None => read.raise.is_some(),
        };
        let asks = read.raise.is_some() || read.command.as_ref().is_some_and(Command::may_ask);
        let held =
            !asks || (read.directory == self.store.directory && read.loads == self.store.loads);
        let checks = self.conduct.fulfils(Duty::ChecksVersion);
        let reads = self.conduct.fulfils(Duty::ReadsDirectory);
        if (!stands && checks) || (!held && reads) {
            self.coverage.saw(if stands {
                "fleet: directory or counts moved, decided again"
            } else {
                "fleet: version moved, decided again"
            });
            return self.later(index, op, 1, 4);
        }
        if self.strikes(Fault::CommitUnknownLost, op.draw) {
            self.excuse(op.label);
            return self.unsure(op);
        }
        let nothing = read.decision.events.is_empty();
        let unknown = !nothing && self.strikes(Fault::CommitUnknownMade, op.draw);
        self.commits(&op, read);
        if unknown {
            return self.unsure(op);
        }
        if !nothing && self.strikes(Fault::CrashAfterCommit, op.draw) {
            if !self.conduct.fulfils(Duty::WritesInOneCommit) {
                let version = self.store.rows.get(&op.label).map_or(0, |row| row.version);
                self.store.lose(op.label, version);
            }
            return self.dies(op.node, op.draw);
        }
        self.finish(op, Reply::Done);
    }

    /// Nothing is known of the commit: who asked is told so, and asks again under the same key.
    fn unsure(&mut self, op: Op) {
        let doubts = self.conduct.fulfils(Duty::DoubtsUnknown);
        match op.why {
            For::Will(will, tries, key) if doubts => {
                // Forgotten, to be tried again; what was kept in the commit itself stays.
                if self
                    .store
                    .keys
                    .get(&key)
                    .is_some_and(|kept| kept.reply.is_none())
                {
                    self.store.keys.remove(&key);
                }
                self.answer(will, tries, Reply::Unsure, op.draw ^ 0xC);
            }
            For::Will(will, tries, key) => {
                // Taken for lost and done again at once, as something new.
                let does = op.does.clone();
                let label = if matches!(does, Does::Raise(_)) {
                    op.label + 100
                } else {
                    op.label
                };
                self.begin(
                    op.node,
                    label,
                    For::Will(will, tries, key),
                    does,
                    op.draw ^ 0xD,
                );
            }
            For::Clock | For::Directory => self.idle(&op),
        }
        self.wake(op.draw ^ 0xE);
    }

    /// A fault struck what was to be done about a request: its deadlines are counted from now.
    fn excuse(&mut self, label: u8) {
        let now = self.now;
        if let Some(row) = self.store.rows.get_mut(&label) {
            row.armed = row.armed.max(now);
            row.unread = row.unread.map(|_| now);
        }
    }

    fn idle(&mut self, op: &Op) {
        if let Some(node) = self.nodes.get_mut(op.node) {
            node.busy.remove(&op.label);
        }
    }

    /// The operation is over: its key keeps the answer, who asked reads it.
    fn finish(&mut self, op: Op, reply: Reply) {
        self.idle(&op);
        if let For::Will(will, tries, key) = op.why {
            if let Some(kept) = self.store.keys.get_mut(&key) {
                kept.reply.get_or_insert(reply.clone());
            }
            self.answer(will, tries, reply, op.draw ^ 0xF);
        }
        self.wake(op.draw ^ 0x10);
    }

    fn answer(&mut self, will: usize, tries: u32, reply: Reply, draw: u64) {
        if self.strikes(Fault::AnswerLost, draw) {
            return;
        }
        let travel = self.chance.length(draw, 1, 40);
        self.agenda
            .at(self.now + ms(travel), What::Answered(will, tries, reply));
    }
}
