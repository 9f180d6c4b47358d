//! The gateways, on both sides: what they answer when handed a message and what becomes of it; the
//! receipts and the SMS they bring to a node until one of them has handled it.

use super::Fleet;
use super::duty::Duty;
use super::fault::{Fault, joined};
use super::law;
use super::node::{What, ms};
use super::people::{Text, news_number};
use super::post::Draft;
use super::store::{Channel, Key, Kind, Reader};
use relais_core::cascade::{Command, Facts as CoreFacts, Refusal};
use relais_core::delivery::{self, Answer, Decision, MessageStatus, Receipt};
use relais_core::ids::UserId;
use relais_core::request::{Appointment, CancelledBy, RefusalReason};
use relais_core::time::{Duration, Instant};

impl Fleet<'_> {
    /// What a gateway answers, whether it took the message although it does not say so, and after
    /// how long.
    pub(super) fn asked(
        &mut self,
        index: usize,
        channel: Channel,
        attempts: u32,
        draw: u64,
    ) -> (Answer, bool, i64) {
        let later = |retry_after| Answer::Later { retry_after };
        let quick = self.chance.length(draw ^ 0x21, 20, 300);
        if self.down.contains(&channel) {
            return (later(None), false, quick);
        }
        if self.strikes(Fault::GatewayBusy, draw) {
            let seconds = self.chance.length(draw ^ 0x22, 5, 120);
            return (later(Some(Duration::seconds(seconds))), false, quick);
        }
        if self.strikes(Fault::GatewayRefuses, draw) {
            return (Answer::Never, false, quick);
        }
        let slow = self.strikes(Fault::GatewaySlow, draw);
        let took = if slow {
            self.chance.length(draw ^ 0x23, 5_000, 40_000)
        } else {
            quick
        };
        self.takes(index, attempts, draw);
        if self.strikes(Fault::YesLost, draw) {
            if let Some(note) = self.store.notes.get_mut(index) {
                note.seen.unrecorded = false;
                note.seen.windows += 1;
            }
            self.coverage.saw("fleet: message that may be sent twice");
            return (later(None), true, 10_000);
        }
        (Answer::Accepted, false, took)
    }

    /// A gateway takes a message: what becomes of it is no longer ours.
    pub(super) fn takes(&mut self, index: usize, attempts: u32, draw: u64) {
        let Some(note) = self.store.notes.get(index) else {
            return;
        };
        let key = note.key.number();
        let under = if self.conduct.fulfils(Duty::KeepsMessageKey) {
            key
        } else {
            joined(key, u64::from(attempts))
        };
        law::taken(self, index, under);
        let Some(note) = self.store.notes.get_mut(index) else {
            return;
        };
        note.seen.taken += 1;
        note.seen.unrecorded = true;
        note.seen.taken_at = Some(self.now);
        note.seen.under.get_or_insert(under);
        let (channel, twice) = (note.channel, note.seen.taken > 1);
        if twice {
            self.coverage.saw("fleet: message sent twice in the window");
        }
        self.said(
            draw,
            format_args!("{} takes message {key:016x}", channel.name()),
        );
        let lost = self.strikes(Fault::MessageLost, draw);
        let mut arrives = self.now + ms(self.chance.length(draw ^ 0x31, 500, 15_000));
        if self.strikes(Fault::MessageLate, draw) {
            arrives = arrives + ms(self.chance.length(draw ^ 0x32, 60_000, 2_400_000));
        }
        if !lost {
            self.agenda.at(arrives, What::Arrives(index));
            if self.strikes(Fault::MessageTwice, draw) {
                let again = self.chance.length(draw ^ 0x33, 100, 90_000);
                self.agenda.at(arrives + ms(again), What::Arrives(index));
            }
        }
        self.receipts(index, channel, lost, arrives, draw);
    }

    fn receipts(
        &mut self,
        index: usize,
        channel: Channel,
        lost: bool,
        arrives: Instant,
        draw: u64,
    ) {
        let said = if lost && self.strikes(Fault::ReceiptLies, draw) {
            Some(Receipt::Delivered)
        } else if lost {
            (self.chance.length(draw ^ 0x41, 0, 2) == 0).then_some(Receipt::Failed)
        } else if self.strikes(Fault::ReceiptDenies, draw) {
            Some(Receipt::Failed)
        } else {
            Some(Receipt::Delivered)
        };
        let silent = channel == Channel::Mail || self.strikes(Fault::ReceiptLost, draw);
        let after = arrives + ms(self.chance.length(draw ^ 0x42, 10, 4_000));
        if self.strikes(Fault::ReceiptStranger, draw) {
            self.agenda
                .at(after, What::Receipt(None, Receipt::Delivered, 1));
        }
        let Some(said) = said.filter(|_| !silent) else {
            return;
        };
        if let Some(note) = self.store.notes.get_mut(index) {
            note.seen.receipts += 1;
        }
        self.agenda.at(after, What::Receipt(Some(index), said, 1));
        if self.strikes(Fault::ReceiptTwice, draw) {
            let again = self.chance.length(draw ^ 0x43, 1, 600_000);
            self.agenda
                .at(after + ms(again), What::Receipt(Some(index), said, 1));
        }
        if said == Receipt::Delivered && self.chance.length(draw ^ 0x44, 0, 5) == 0 {
            let seen = self.chance.length(draw ^ 0x45, 1, 900_000);
            self.agenda.at(
                after + ms(seen),
                What::Receipt(Some(index), Receipt::Seen, 1),
            );
        }
    }

    /// The node a gateway reaches, if any runs.
    fn reached(&self, draw: u64) -> Option<usize> {
        let acts = |index: &usize| {
            self.nodes
                .get(*index)
                .is_some_and(|node| node.acts(self.now))
        };
        let up: Vec<usize> = (0..self.nodes.len()).filter(acts).collect();
        let nth = draw % u64::try_from(up.len().max(1)).unwrap_or(1);
        up.get(usize::try_from(nth).unwrap_or(0)).copied()
    }

    /// A gateway tells of a message; until a node has written it down, it tells again.
    pub(super) fn receipt(&mut self, told: Option<usize>, news: Receipt, tries: u32) {
        let number = told
            .and_then(|i| self.store.notes.get(i))
            .map_or(0, |n| n.key.number());
        let draw = joined(joined(number, news_number(news)), u64::from(tries));
        let again = self.now + Duration::seconds(30);
        let Some(node) = self.reached(draw) else {
            if tries < 40 {
                self.agenda.at(again, What::Receipt(told, news, tries + 1));
            }
            return;
        };
        if self.strikes(Fault::CrashBeforeCommit, draw) {
            self.agenda.at(again, What::Receipt(told, news, tries + 1));
            return self.dies(node, draw);
        }
        if self.strikes(Fault::CommitUnknownLost, draw) {
            return self.agenda.at(again, What::Receipt(told, news, tries + 1));
        }
        let matched = if self.conduct.fulfils(Duty::MatchesReceipts) {
            told
        } else {
            self.store.notes.len().checked_sub(1)
        };
        let Some(index) = matched else {
            return self.coverage.saw("fleet: receipt of nothing ignored");
        };
        let now = self
            .nodes
            .get(node)
            .map_or(self.now, |node| node.clock(self.now));
        let Some(note) = self.store.notes.get_mut(index) else {
            return;
        };
        let asks = note.kind == Kind::Ask;
        let mut command = None;
        let decided = delivery::receipt(asks, note.attempts, note.status, news);
        // Delivered or not, it was handed over.
        let told_on = asks && decided != Decision::Nothing;
        match decided {
            Decision::Delivered | Decision::Seen => {
                (note.status, note.claim, note.escalate_at) =
                    (MessageStatus::Delivered, None, None);
                note.seen.unrecorded = false;
                let seen = decided == Decision::Seen;
                command = note.offer.filter(|_| asks).map(|offer| {
                    if seen {
                        Command::MarkSeen { offer }
                    } else {
                        Command::MarkDelivered { offer }
                    }
                });
            }
            Decision::Climb => {
                self.failed(index, true);
                self.climb(index, now);
            }
            Decision::GiveUp => self.failed(index, true),
            Decision::Nothing | Decision::RetryAt(_) | Decision::Sent { .. } => {
                self.coverage.saw("fleet: receipt that changes nothing");
            }
        }
        let label = self.store.notes.get(index).map_or(0, |note| note.label);
        if let Some(command) = command {
            self.mark(label, &command, now);
        }
        if told_on {
            self.follow_up(index, None, now);
        }
        self.store.tidy();
        self.wake(draw);
        if self.strikes(Fault::CrashAfterCommit, draw) {
            self.agenda.at(again, What::Receipt(told, news, tries + 1));
            self.dies(node, draw);
        }
    }

    /// A gateway brings an SMS; until a node has handled it, it brings it again.
    pub(super) fn sms(&mut self, index: usize, tries: u32) {
        let Some(text) = self.texts.get(index).cloned() else {
            return;
        };
        let draw = joined(joined(text.reference, 0x535), u64::from(tries));
        let again = self.now + Duration::seconds(30);
        let Some(node) = self.reached(draw) else {
            if tries < 40 {
                self.agenda.at(again, What::Sms(index, tries + 1));
            }
            return;
        };
        let before = self.strikes(Fault::CrashBeforeCommit, draw);
        if before || self.strikes(Fault::CommitUnknownLost, draw) {
            self.agenda.at(again, What::Sms(index, tries + 1));
            if before {
                self.dies(node, draw);
            }
            return;
        }
        let fresh = self.store.heard.insert(text.reference);
        if !fresh && self.conduct.fulfils(Duty::HearsOnce) {
            return self.coverage.saw("fleet: SMS heard once");
        }
        let now = self
            .nodes
            .get(node)
            .map_or(self.now, |node| node.clock(self.now));
        self.hears(&text, now, if fresh { 0 } else { 1 });
        self.wake(draw);
        if self.strikes(Fault::CrashAfterCommit, draw)
            || self.strikes(Fault::CommitUnknownMade, draw)
        {
            self.agenda.at(again, What::Sms(index, tries + 1));
            self.dies(node, draw);
        }
    }

    fn hears(&mut self, text: &Text, now: Instant, again: u16) {
        let Some(row) = self.store.rows.get(&text.label) else {
            return;
        };
        let command = match (text.by, text.offer) {
            (Some(_), Some(offer)) if text.yes => Command::Accept {
                offer,
                appointment: Appointment::ToBeSet,
            },
            (Some(_), Some(offer)) => Command::Refuse {
                offer,
                reason: RefusalReason::Unsaid,
            },
            _ => Command::Cancel {
                by: UserId::from_bits(0),
                who: CancelledBy::Patient,
            },
        };
        let first_id = self.store.next_id;
        self.store.next_id += 1_000;
        let facts = CoreFacts {
            first_id,
            ..self.store.world.facts(now)
        };
        let decided = self.engine.decide(&row.state, &command, now, &facts);
        let yours = match &decided {
            Ok(_) => text.yes,
            Err(refusal) => {
                self.coverage.refusal(*refusal);
                *refusal == Refusal::AlreadyYours
            }
        };
        if let Ok(decision) = decided {
            self.save(text.label, now, Some(&command), None, decision, None);
        }
        let reader = text.by.map_or(Reader::Patient, Reader::Professional);
        let key = Key {
            label: text.label,
            version: text.reference,
            rank: 0,
            path: again,
            attempt: 0,
        };
        self.coverage.saw(if yours {
            "fleet: yes by SMS"
        } else {
            "fleet: no or too late by SMS"
        });
        let (kind, channel, wait) = (Kind::Reply { yours }, Channel::Sms, Duration::ZERO);
        self.write(Draft {
            key,
            label: text.label,
            offer: None,
            kind,
            channel,
            reader,
            at: now,
            wait,
        });
    }
}
