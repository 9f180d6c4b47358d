//! Those around the nodes: who asks what of them, patiently, again under the same key when no
//! answer comes; what professionals do with what reaches their phones.

use super::Fleet;
use super::duty::Duty;
use super::fault::{Fault, Part, joined};
use super::law;
use super::node::{What, ms};
use super::store::{Channel, Kind, Reader};
use crate::script::{Act, Ask, Which};
use crate::territory::habits;
use relais_core::cascade::{Event, Refusal};
use relais_core::delivery::Receipt;
use relais_core::ids::{OfferId, ProfessionalId};
use relais_core::request::{OfferStatus, Phase};
use relais_core::time::{Duration, Instant};

/// Most times somebody tries before they give up and phone.
const TRIES: u32 = 16;
/// How long somebody waits for an answer, milliseconds.
const PATIENCE: i64 = 10_000;

/// What somebody wants.
#[derive(Debug, Clone)]
pub(super) enum Want {
    /// A request to be raised.
    Raise(Box<Ask>),
    /// Something done.
    Do(Act, Option<OfferId>),
}

/// Somebody who wants something of a request.
#[derive(Debug, Clone)]
pub(super) struct Will {
    /// Its number in the plan, and its key.
    pub number: u64,
    /// Of which request.
    pub label: u8,
    /// What.
    pub want: Want,
    /// Times it was sent.
    pub tries: u32,
    /// They know what became of it.
    pub done: bool,
}

/// What a node answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// Done.
    Done,
    /// Refused.
    Refused(Refusal),
    /// The node cannot say.
    Unsure,
    /// The same is being worked on.
    InFlight,
}

/// An SMS sent by a phone.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// The gateway's reference.
    pub reference: u64,
    /// About which request.
    pub label: u8,
    /// By whom; the patient when nobody.
    pub by: Option<ProfessionalId>,
    /// Which offer its code names.
    pub offer: Option<OfferId>,
    /// Yes or no; a patient's no cancels.
    pub yes: bool,
}

impl Fleet<'_> {
    /// Plans what somebody wants.
    pub(super) fn want(&mut self, at: Instant, number: u64, label: u8, want: Want) {
        if !self.chance.wants(number) {
            return;
        }
        let will = Will {
            number,
            label,
            want,
            tries: 0,
            done: false,
        };
        self.agenda.at(at, What::Press(self.wills.len()));
        self.wills.push(will);
    }

    /// Somebody sends what they want to a node.
    pub(super) fn press(&mut self, index: usize) {
        let Some(will) = self.wills.get_mut(index) else {
            return;
        };
        if will.done || will.tries >= TRIES {
            return;
        }
        will.tries += 1;
        let (number, tries) = (will.number, will.tries);
        let draw = joined(number, u64::from(tries));
        if tries == 1 && self.strikes(Fault::InputLate, number) {
            let later = self.chance.length(draw ^ 3, 1_000, 600_000);
            let again = self.now + ms(later);
            if let Some(will) = self.wills.get_mut(index) {
                will.tries = 0;
                will.number = joined(number, 9);
            }
            return self.agenda.at(again, What::Press(index));
        }
        let patience = self.now + ms(PATIENCE);
        self.agenda.at(patience, What::Patience(index, tries));
        if self.strikes(Fault::InputLost, draw) {
            return;
        }
        let nodes = self.nodes.len().max(1);
        let first = usize::try_from(draw % u64::try_from(nodes).unwrap_or(1)).unwrap_or(0);
        let travel = self.chance.length(draw, 1, 40);
        self.agenda
            .at(self.now + ms(travel), What::Reach(index, first, tries));
        if self.strikes(Fault::InputTwice, draw) {
            let travel = self.chance.length(draw ^ 1, 1, 400);
            let other = (first + 1) % nodes;
            self.agenda
                .at(self.now + ms(travel), What::Reach(index, other, tries));
        }
    }

    /// Nobody answered in time: again, under the same key.
    pub(super) fn impatient(&mut self, index: usize, tries: u32) {
        let Some(will) = self
            .wills
            .get(index)
            .filter(|will| !will.done && will.tries == tries)
        else {
            return;
        };
        if will.tries >= TRIES {
            self.coverage.saw("fleet: somebody gave up");
            return;
        }
        self.coverage.saw("fleet: retried under its key");
        self.press(index);
    }

    /// Somebody reads an answer.
    pub(super) fn answered(&mut self, index: usize, tries: u32, reply: &Reply) {
        let Some(will) = self.wills.get_mut(index) else {
            return;
        };
        let (label, number) = (will.label, will.number);
        match reply {
            Reply::Unsure | Reply::InFlight => {
                if will.done || will.tries != tries {
                    return;
                }
                let wait = if *reply == Reply::InFlight {
                    5_000
                } else {
                    500
                };
                self.agenda
                    .at(self.now + ms(wait), What::Patience(index, tries));
                return;
            }
            Reply::Done | Reply::Refused(_) => will.done = true,
        }
        let want = will.want.clone();
        self.said(number, format_args!("#{label} {want:?} answered {reply:?}"));
        match (&want, reply) {
            (Want::Do(Act::Accepts(name, _, _), _), Reply::Done) => {
                let Some(id) = self.store.world.names.professional(name) else {
                    return;
                };
                self.coverage.saw("fleet: acceptance acknowledged");
                law::acknowledged(self, label, id);
                if self.strikes(Fault::YesAgain, number) {
                    let later = self.chance.length(number ^ 0x1A7E, 60_000, 20_000_000);
                    self.want(self.now + ms(later), number, label, want);
                }
            }
            (Want::Raise(_), Reply::Done) => law::raised(self, label),
            (_, Reply::Refused(refusal)) => self.coverage.refusal(*refusal),
            _ => {}
        }
    }

    /// A message reached a phone: its owner may answer.
    pub(super) fn arrives(&mut self, index: usize) {
        let Some(note) = self.store.notes.get_mut(index) else {
            return;
        };
        note.seen.arrived += 1;
        let (key, label, kind, channel) = (note.key, note.label, note.kind, note.channel);
        let (reader, offer) = (note.reader, note.offer);
        self.said(
            key.number(),
            format_args!("#{label} {kind:?} by {} reaches {reader:?}", channel.name()),
        );
        if let Kind::Reply { yours: true } = kind
            && let Reader::Professional(id) = reader
        {
            law::acknowledged(self, label, id);
        }
        let (Kind::Ask, Reader::Professional(id), Some(offer)) = (kind, reader, offer) else {
            return;
        };
        if self.chance.calm || !self.reacted.insert((label, offer)) {
            return;
        }
        let Some(round) = self.store.rows.get(&label).map(|row| row.state.round) else {
            return;
        };
        let who = self.store.world.names.of(id).to_owned();
        let base = joined(
            joined(u64::from(label), u64::try_from(id.bits()).unwrap_or(0)),
            u64::from(round),
        );
        let mut rng = self.chance.rng(Part::Habits, base);
        let wills = habits::asked(&mut rng, &who, self.now);
        let by_text = channel == Channel::Sms && rng.percent(70);
        for (n, (after, act)) in wills.into_iter().enumerate() {
            if matches!(act, Act::Sent(_) | Act::Delivered(_)) {
                continue;
            }
            let number = joined(base, u64::try_from(n).unwrap_or(0));
            let mut at = self.now + after;
            if matches!(act, Act::Accepts(..)) && self.strikes(Fault::Together, number) {
                let step = 600_000;
                at = Instant::from_millis((at.millis() / step + 1) * step);
            }
            match act {
                Act::Accepts(..) | Act::Passes(..) if by_text => {
                    let yes = matches!(act, Act::Accepts(..));
                    if self.chance.wants(number) {
                        let text = Text {
                            reference: number,
                            label,
                            by: Some(id),
                            offer: Some(offer),
                            yes,
                        };
                        self.text(at, text);
                    }
                }
                act => self.want(at, number, label, Want::Do(act, Some(offer))),
            }
        }
    }

    /// A phone sends an SMS.
    pub(super) fn text(&mut self, at: Instant, text: Text) {
        let reference = text.reference;
        let index = self.texts.len();
        self.texts.push(text);
        let travel = self.chance.length(reference, 300, 8_000);
        self.agenda.at(at + ms(travel), What::Sms(index, 1));
        if self.strikes(Fault::AnswerTwice, reference) {
            let again = self.chance.length(reference ^ 5, 1, 90_000);
            self.agenda.at(at + ms(travel + again), What::Sms(index, 1));
        }
    }

    /// Whoever accepted does something with the patient.
    pub(super) fn follow(&mut self, label: u8, event: &Event) {
        let Event::Accepted { professional, .. } = event else {
            return;
        };
        if self.chance.calm {
            return;
        }
        let times = self
            .store
            .rows
            .get(&label)
            .map_or(0, |row| row.accepted.len());
        let base = joined(
            joined(u64::from(label), 0xACC),
            u64::try_from(times).unwrap_or(0),
        );
        let mut rng = self.chance.rng(Part::Habits, base);
        let who = self.store.world.names.of(*professional).to_owned();
        for (n, (after, act)) in habits::accepted(&mut rng, &who, self.now)
            .into_iter()
            .enumerate()
        {
            let number = joined(base, u64::try_from(n).unwrap_or(0));
            self.want(self.now + after, number, label, Want::Do(act, None));
        }
    }

    /// What a desk that does its work does about a request that is due, once the faults are over.
    pub(super) fn desk(&mut self, label: u8) {
        let Some(row) = self.store.rows.get(&label) else {
            return;
        };
        let holder = row
            .state
            .engaged()
            .map(|id| self.store.world.names.of(id).to_owned());
        let act = habits::next_step(&row.state, &holder.unwrap_or_default());
        if act == Act::Tick {
            return;
        }
        let number = joined(
            joined(u64::from(label), 0xDE5C),
            u64::try_from(row.version).unwrap_or(0),
        );
        self.want(
            self.now + Duration::seconds(1),
            number,
            label,
            Want::Do(act, None),
        );
    }
}

/// The offer somebody presses, as the sentence of a scenario would name it.
pub(super) fn which(phase: &Phase, status: OfferStatus) -> Which {
    let over = matches!(phase, Phase::Ended(_)) || !status.is_live();
    if over { Which::Oldest } else { Which::Newest }
}

/// A receipt, as a number.
pub(super) const fn news_number(news: Receipt) -> u64 {
    match news {
        Receipt::Delivered => 1,
        Receipt::Seen => 2,
        Receipt::Failed => 3,
    }
}

/// Keys are kept from one try to the next, unless a test neglects it.
pub(super) fn key_of(fleet: &Fleet<'_>, will: &Will) -> u64 {
    if fleet.conduct.fulfils(Duty::KeepsKey) {
        will.number
    } else {
        joined(will.number, u64::from(will.tries))
    }
}
