//! The outbox at work on a node: claims, hands to a gateway, writes down what it said, tries the
//! next channel on silence. What follows from an answer, a receipt or a silence is
//! [`relais_core::delivery`]'s to say.

use super::Fleet;
use super::duty::Duty;
use super::fault::{Fault, joined};
use super::law;
use super::node::{Batch, Heard, What, ms};
use super::post::Draft;
use super::store::{Channel, Claim, Kind};
use relais_core::cascade::{Command, Facts as CoreFacts};
use relais_core::delivery::{self, Answer, Decision, Facts, MessageStatus, Next};
use relais_core::matching::Pool;
use relais_core::time::{Duration, Instant};

/// Messages claimed at once by one way.
const BATCH: usize = 64;
/// Longest a gateway may take to answer: nothing is handed over with less left of its claim.
pub(super) const PATIENCE: Duration = Duration::seconds(45);

impl Fleet<'_> {
    /// Silence: the next channel, else the desk.
    pub(super) fn climbs(&mut self, node: usize, now: Instant) {
        let late: Vec<usize> = self
            .store
            .waiting
            .iter()
            .copied()
            .filter(|index| {
                let note = self.store.notes.get(*index);
                note.and_then(|note| note.escalate_at)
                    .is_some_and(|at| at <= now)
            })
            .collect();
        for index in late {
            let Some(note) = self.store.notes.get(index) else {
                continue;
            };
            let draw = joined(note.key.number(), 0xE5C);
            if note.escalate_at.is_none() {
                continue;
            }
            if self.strikes(Fault::CrashBeforeCommit, draw) {
                self.excuse_note(index);
                return self.dies(node, draw);
            }
            if let Some(note) = self.store.notes.get_mut(index) {
                note.escalate_at = None;
            }
            self.climb(index, now);
            if self.strikes(Fault::CrashAfterCommit, draw) {
                return self.dies(node, draw);
            }
        }
    }

    fn excuse_note(&mut self, index: usize) {
        let now = self.now;
        if let Some(note) = self.store.notes.get_mut(index) {
            note.seen.armed = Some(now);
        }
    }

    /// The next channel for a question that did not arrive; with none left, the desk is told.
    pub(super) fn climb(&mut self, index: usize, at: Instant) {
        let Some(note) = self.store.notes.get(index) else {
            return;
        };
        let (Kind::Ask, Some(id)) = (note.kind, note.offer) else {
            return;
        };
        let row = self.store.rows.get(&note.label);
        let status = row
            .and_then(|row| row.state.offer(id))
            .map(|offer| offer.status);
        let rung = self.store.rung_after(note);
        match (delivery::next_channel(status, rung.is_some()), rung) {
            (Next::Channel, Some(channel)) => {
                let (key, label, reader) = (note.key.next(), note.label, note.reader);
                let (kind, offer, wait) = (Kind::Ask, Some(id), Duration::ZERO);
                self.coverage.saw("fleet: next channel");
                self.write(Draft {
                    key,
                    label,
                    offer,
                    kind,
                    channel,
                    reader,
                    at,
                    wait,
                });
            }
            (Next::TellDesk, _) => {
                self.coverage.saw("fleet: desk told, nobody reached");
                if let Some(note) = self.store.notes.get_mut(index) {
                    note.seen.desk = true;
                }
            }
            (Next::Nothing | Next::Channel, _) => {}
        }
    }

    /// Claims what is due by one way.
    pub(super) fn claim(&mut self, node: usize, channel: Channel, now: Instant) {
        let ready = |status: MessageStatus, due_at: Instant, claim: Option<Claim>| match status {
            MessageStatus::Queued => due_at <= now,
            MessageStatus::Sending => claim.is_none_or(|c| c.until.is_some_and(|at| at <= now)),
            _ => false,
        };
        let waiting = self.store.waiting.clone();
        let mut found: Vec<usize> = waiting
            .into_iter()
            .filter(|index| {
                self.store.notes.get(*index).is_some_and(|note| {
                    note.channel == channel && ready(note.status, note.due_at, note.claim)
                })
            })
            .collect();
        found.truncate(BATCH);
        let Some(first) = found.first().and_then(|index| self.store.notes.get(*index)) else {
            return;
        };
        let draw = joined(joined(first.key.number(), u64::from(first.attempts)), 0xC1A);
        if self.strikes(Fault::CrashBeforeCommit, draw) {
            return self.dies(node, draw);
        }
        if self.strikes(Fault::CommitUnknownLost, draw) {
            return;
        }
        let Some(here) = self.nodes.get(node) else {
            return;
        };
        let (epoch, ahead) = (here.epoch, here.ahead);
        let until = self
            .conduct
            .fulfils(Duty::ClaimsUntil)
            .then(|| now + delivery::LEASE);
        let mut left = Vec::new();
        for index in found {
            if self.drops(index, now) {
                continue;
            }
            self.lapsed(index, ahead);
            law::claimed(self, index, now);
            let alone = self.conduct.fulfils(Duty::ClaimsAlone);
            let Some(note) = self.store.notes.get_mut(index) else {
                continue;
            };
            note.attempts += 1;
            if alone {
                note.status = MessageStatus::Sending;
                note.claim = Some(Claim { node, epoch, until });
            }
            left.push((index, note.attempts));
        }
        if left.is_empty() {
            return;
        }
        if self.strikes(Fault::CommitUnknownMade, draw) {
            return;
        }
        if self.strikes(Fault::CrashAfterCommit, draw) {
            return self.dies(node, draw);
        }
        self.pauses(node, draw);
        if let Some(here) = self.nodes.get_mut(node) {
            here.lanes.insert(channel);
        }
        let heard = Vec::new();
        let batch = Batch {
            node,
            epoch,
            channel,
            until,
            left,
            heard,
        };
        self.agenda.at(self.now + ms(2), What::Hand(batch));
    }

    /// What is worth nothing any more, or was taken back, is not sent.
    fn drops(&mut self, index: usize, now: Instant) -> bool {
        let Some(note) = self.store.notes.get(index) else {
            return true;
        };
        let over = note.expires_at.is_some_and(|at| at <= now);
        let claimed = note.status == MessageStatus::Sending;
        let back = self.taken_back(index) && self.conduct.fulfils(Duty::TakesBack);
        let status = if over && self.conduct.fulfils(Duty::Expires) {
            self.coverage.saw("fleet: message expired");
            MessageStatus::Expired
        } else if back {
            self.coverage
                .saw("fleet: message not sent, its offer was taken back");
            MessageStatus::Replaced
        } else {
            return false;
        };
        if let Some(note) = self.store.notes.get_mut(index) {
            note.doubt |= claimed;
            (note.status, note.claim, note.escalate_at) = (status, None, None);
        }
        let attempts = self.store.notes.get(index).map_or(0, |note| note.attempts);
        self.follow_up(index, Some(attempts), now);
        true
    }

    /// A claim that ended is taken over: for the observer, the one who had it seemed dead.
    fn lapsed(&mut self, index: usize, ahead: i64) {
        let Some(note) = self.store.notes.get_mut(index) else {
            return;
        };
        let Some(claim) = note.claim.filter(|_| note.status == MessageStatus::Sending) else {
            return;
        };
        note.doubt = true;
        self.coverage.saw("fleet: claim ended, taken over");
        let Some(holder) = self.nodes.get(claim.node) else {
            return;
        };
        let stood = note.seen.taken_at.is_none_or(|at| holder.since > at);
        let clocks = (holder.ahead - ahead).abs() > 4_000;
        let seemed_dead = holder.epoch != claim.epoch || stood || clocks;
        if note.seen.unrecorded && seemed_dead {
            note.seen.unrecorded = false;
            note.seen.windows += 1;
            self.coverage.saw("fleet: message that may be sent twice");
        } else if seemed_dead {
            // It may yet be handed over by the one who had it.
            note.seen.windows += u32::from(stood || clocks);
        }
    }

    /// Hands the next message of a batch to its gateway.
    pub(super) fn hand(&mut self, mut batch: Batch) {
        let Some(here) = self
            .nodes
            .get(batch.node)
            .filter(|n| n.up && n.epoch == batch.epoch)
        else {
            return;
        };
        let clock = here.clock(self.now);
        let short = batch
            .until
            .is_some_and(|until| until.since(clock) < PATIENCE);
        if short && self.conduct.fulfils(Duty::MindsLease) && !batch.left.is_empty() {
            self.coverage.saw("fleet: claim too short, given back");
            for (index, attempts) in std::mem::take(&mut batch.left) {
                let Some(note) = self.store.notes.get_mut(index) else {
                    continue;
                };
                let mine = note
                    .claim
                    .is_some_and(|c| (c.node, c.epoch) == (batch.node, batch.epoch));
                if mine && note.attempts == attempts && note.status == MessageStatus::Sending {
                    (note.status, note.claim) = (MessageStatus::Queued, None);
                }
            }
        }
        if batch.left.is_empty() {
            return self.agenda.at(self.now + ms(1), What::Record(batch));
        }
        let (index, attempts) = batch.left.remove(0);
        if let Some(until) = batch.until {
            law::handed(self, index, until.since(clock));
        }
        let Some(note) = self.store.notes.get(index) else {
            return;
        };
        let draw = joined(note.key.number(), u64::from(attempts));
        let (answer, perhaps, took) = self.asked(index, batch.channel, attempts, draw);
        batch.heard.push(Heard {
            index,
            attempts,
            answer,
            perhaps,
        });
        self.pauses(batch.node, draw);
        self.agenda.at(self.now + ms(took), What::Record(batch));
    }

    /// A node writes down what a gateway answered.
    pub(super) fn record(&mut self, mut batch: Batch) {
        let Some(here) = self
            .nodes
            .get(batch.node)
            .filter(|n| n.up && n.epoch == batch.epoch)
        else {
            return;
        };
        let now = here.clock(self.now);
        let heard = std::mem::take(&mut batch.heard);
        let first = heard
            .first()
            .and_then(|one| self.store.notes.get(one.index));
        let draw = first.map_or(0, |note| {
            joined(note.key.number(), u64::from(note.attempts))
        });
        if !heard.is_empty() && self.strikes(Fault::CrashAfterYes, draw) {
            return self.dies(batch.node, draw);
        }
        let unknown = !heard.is_empty() && self.strikes(Fault::CommitUnknownLost, draw ^ 0x51);
        for one in heard {
            if unknown {
                if let Some(note) = self.store.notes.get_mut(one.index)
                    && note.seen.unrecorded
                {
                    note.seen.unrecorded = false;
                    note.seen.windows += 1;
                    self.coverage.saw("fleet: message that may be sent twice");
                }
            } else {
                self.noted(&batch, &one, now);
            }
        }
        if batch.left.is_empty() {
            if let Some(here) = self.nodes.get_mut(batch.node) {
                here.lanes.remove(&batch.channel);
            }
            self.store.tidy();
        } else {
            self.agenda.at(self.now + ms(1), What::Hand(batch));
        }
        self.wake(draw ^ 0x52);
    }

    fn noted(&mut self, batch: &Batch, one: &Heard, now: Instant) {
        let Heard {
            index,
            attempts,
            answer,
            perhaps,
        } = *one;
        let Some(note) = self.store.notes.get(index) else {
            return;
        };
        let mine = note
            .claim
            .is_some_and(|c| (c.node, c.epoch) == (batch.node, batch.epoch));
        let current = mine && note.attempts == attempts && note.status == MessageStatus::Sending;
        let yes = answer == Answer::Accepted;
        if !current && !yes {
            self.coverage.saw("fleet: a no of a claim that ended");
            let alone = self.conduct.fulfils(Duty::ClaimsAlone);
            if self.conduct.fulfils(Duty::FencesRecords) && alone {
                // It says nothing of the claim that followed, but the question may have left.
                if let Some(note) = self.store.notes.get_mut(index).filter(|_| perhaps) {
                    note.doubt = true;
                    self.follow_up(index, Some(attempts), now);
                }
                return;
            }
        }
        let facts = self.facts(index, matches!(answer, Answer::Later { .. }));
        match delivery::answered(&facts, answer, now) {
            Decision::Sent { escalate_at } => self.sent(index, attempts, escalate_at, now),
            Decision::RetryAt(at) => self.retried(one, at, now),
            Decision::Climb => {
                self.failed(index, perhaps);
                self.follow_up(index, Some(attempts), now);
                self.climb(index, now);
            }
            Decision::GiveUp => {
                self.coverage.saw("fleet: message given up, in sight");
                self.failed(index, perhaps);
            }
            Decision::Delivered | Decision::Seen | Decision::Nothing => {}
        }
    }

    fn facts(&self, index: usize, away: bool) -> Facts {
        let (note, row) = match self.store.notes.get(index) {
            Some(note) => (Some(note), self.store.rows.get(&note.label)),
            None => (None, None),
        };
        let asks = note.is_some_and(|note| note.kind == Kind::Ask);
        let minutes = row.map_or(3, |row| row.state.policy.fallback_minutes.max(1));
        Facts {
            asks,
            attempts: note.map_or(0, |note| note.attempts),
            created_at: note.map_or(self.now, |note| note.created_at),
            expires_at: note.and_then(|note| note.expires_at),
            fallback: Duration::minutes(i64::from(minutes)),
            rung_left: asks && away && note.is_some_and(|n| self.store.rung_after(n).is_some()),
            spread_permille: 0,
        }
    }

    fn sent(&mut self, index: usize, attempts: u32, escalate_at: Option<Instant>, now: Instant) {
        let escalates = self.conduct.fulfils(Duty::Escalates);
        let Some(note) = self.store.notes.get_mut(index) else {
            return;
        };
        let waits = matches!(note.status, MessageStatus::Sending | MessageStatus::Queued);
        if waits {
            note.status = MessageStatus::Sent;
            note.escalate_at = escalate_at.filter(|_| escalates);
        }
        note.seen.armed = Some(self.now);
        note.sent_at = Some(now);
        note.claim = None;
        note.seen.unrecorded = false;
        let (label, offer) = (note.label, note.offer.filter(|_| note.kind == Kind::Ask));
        if let Some(offer) = offer {
            self.mark(label, &Command::MarkSent { offer }, now);
        }
        self.follow_up(index, Some(attempts), now);
    }

    fn retried(&mut self, one: &Heard, at: Instant, now: Instant) {
        let index = one.index;
        let back = self.taken_back(index) && self.conduct.fulfils(Duty::TakesBack);
        let again = self.conduct.fulfils(Duty::TriesAgain);
        let Some(note) = self.store.notes.get_mut(index) else {
            return;
        };
        note.doubt |= one.perhaps;
        note.claim = None;
        note.due_at = at;
        note.seen.armed = Some(self.now);
        note.status = match (back, again) {
            (true, _) => MessageStatus::Replaced,
            (false, true) => MessageStatus::Queued,
            (false, false) => MessageStatus::Sent,
        };
        self.coverage.saw("fleet: tried again later");
        self.follow_up(index, Some(one.attempts), now);
    }

    pub(super) fn failed(&mut self, index: usize, doubt: bool) {
        if let Some(note) = self.store.notes.get_mut(index)
            && !matches!(
                note.status,
                MessageStatus::Delivered | MessageStatus::Replaced
            )
        {
            note.doubt |= doubt;
            (note.status, note.claim, note.escalate_at) = (MessageStatus::Failed, None, None);
        }
    }

    /// Where a message stands, written on its offer in the same commit.
    pub(super) fn mark(&mut self, label: u8, command: &Command, at: Instant) {
        let Some(row) = self.store.rows.get(&label) else {
            return;
        };
        let world = &self.store.world;
        let facts = CoreFacts {
            calendar: &world.calendar,
            policy: &world.policy,
            pool: Pool::default(),
            first_id: 0,
        };
        if let Ok(decision) = self.engine.decide(&row.state, command, at, &facts) {
            self.save(label, at, Some(command), None, decision, None);
        }
    }
}
