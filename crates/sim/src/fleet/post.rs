//! Effects become messages, in the commit of the change (I7): who is told by which way first, what
//! no longer holds is replaced, what left nevertheless is followed by "pourvu".

use super::Fleet;
use super::duty::Duty;
use super::store::{Channel, Key, Kind, Note, Observed, Reader};
use relais_core::delivery::MessageStatus;
use relais_core::ids::OfferId;
use relais_core::message::{AccepterNews, Effect, PatientNews};
use relais_core::request::{Appointment, OfferStatus};
use relais_core::time::{Duration, Instant};

/// How long somebody who accepted on a page has to choose a time before others are told without.
const TIME_CHOICE: Duration = Duration::minutes(2);

/// A message about to be written down.
pub(super) struct Draft {
    pub(super) key: Key,
    pub(super) label: u8,
    pub(super) offer: Option<OfferId>,
    pub(super) kind: Kind,
    pub(super) channel: Channel,
    pub(super) reader: Reader,
    pub(super) at: Instant,
    pub(super) wait: Duration,
}

impl Fleet<'_> {
    /// Writes the messages of a change.
    pub(super) fn post(
        &mut self,
        label: u8,
        version: i64,
        at: Instant,
        effects: &[Effect],
        by_page: bool,
    ) {
        for (rank, effect) in effects.iter().enumerate() {
            let rank = u16::try_from(rank).unwrap_or(u16::MAX / 4) * 4;
            let version = u64::try_from(version).unwrap_or(0);
            let key = Key {
                label,
                version,
                rank,
                path: 0,
                attempt: 0,
            };
            self.effect(key, effect, at, by_page);
        }
    }

    fn effect(&mut self, key: Key, effect: &Effect, at: Instant, by_page: bool) {
        match effect {
            Effect::Ask { offer } | Effect::AskHour { offer, .. } => {
                self.ask(key, *offer, Kind::Ask, at);
            }
            Effect::Update { offer } => self.ask(key, *offer, Kind::Update, at),
            Effect::Replace { offer, .. } => self.replaced(key, *offer, at),
            Effect::Accepter {
                news: AccepterNews::Yours,
                ..
            }
            | Effect::Booked { .. }
            | Effect::Desk(_) => {}
            Effect::Accepter { professional, .. } | Effect::Usual { professional, .. } => {
                if let Some(channel) = self.store.first_rung(*professional) {
                    let reader = Reader::Professional(*professional);
                    self.news(key, channel, reader, at, Duration::ZERO);
                }
            }
            Effect::Patient(news) => {
                self.no_longer_true(key.label, Reader::Patient);
                let to_be_set = matches!(
                    news,
                    PatientNews::Taken {
                        appointment: Appointment::ToBeSet,
                        ..
                    }
                );
                let wait = if to_be_set && by_page {
                    TIME_CHOICE
                } else {
                    Duration::ZERO
                };
                self.news(key, Channel::Sms, Reader::Patient, at, wait);
            }
            Effect::Requester(_) => {
                let row = self.store.rows.get(&key.label);
                let Some(id) = row.and_then(|row| row.state.requester.professional()) else {
                    return;
                };
                let Some(channel) = self.store.first_rung(id) else {
                    return;
                };
                self.no_longer_true(key.label, Reader::Requester(id));
                self.news(key, channel, Reader::Requester(id), at, Duration::ZERO);
            }
        }
    }

    fn ask(&mut self, key: Key, offer: OfferId, kind: Kind, at: Instant) {
        let row = self.store.rows.get(&key.label);
        let Some(id) = row
            .and_then(|row| row.state.offer(offer))
            .map(|o| o.professional)
        else {
            return;
        };
        let Some(channel) = self.store.first_rung(id) else {
            return;
        };
        let reader = Reader::Professional(id);
        let wait = Duration::ZERO;
        let label = key.label;
        self.write(Draft {
            key,
            label,
            offer: Some(offer),
            kind,
            channel,
            reader,
            at,
            wait,
        });
    }

    fn news(&mut self, key: Key, channel: Channel, reader: Reader, at: Instant, wait: Duration) {
        let (label, offer, kind) = (key.label, None, Kind::News);
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

    /// Writes a message down, once per key.
    pub(super) fn write(&mut self, draft: Draft) {
        let Some(row) = self.store.rows.get(&draft.label) else {
            return;
        };
        let ladder = matches!(draft.kind, Kind::Ask | Kind::Update);
        let care = row.state.care_deadline;
        let note = Note {
            key: draft.key,
            label: draft.label,
            offer: draft.offer,
            kind: draft.kind,
            channel: draft.channel,
            reader: draft.reader,
            status: MessageStatus::Queued,
            due_at: draft.at + draft.wait,
            attempts: 0,
            claim: None,
            created_at: draft.at,
            sent_at: None,
            doubt: false,
            escalate_at: None,
            expires_at: ladder.then(|| care.max(draft.at + Duration::hours(1))),
            seen: Observed {
                armed: Some(self.now),
                ..Observed::default()
            },
        };
        self.store.insert(note);
    }

    /// Newer news make those that still wait untrue.
    fn no_longer_true(&mut self, label: u8, reader: Reader) {
        for note in &mut self.store.notes {
            let same = (note.label, note.reader) == (label, reader) && note.kind == Kind::News;
            if same && note.status == MessageStatus::Queued {
                note.status = MessageStatus::Replaced;
            }
        }
    }

    /// An offer was taken back: what waits is not sent, what a gateway has is followed by "pourvu".
    fn replaced(&mut self, key: Key, offer: OfferId, at: Instant) {
        let takes_back = self.conduct.fulfils(Duty::TakesBack);
        for note in self
            .store
            .notes
            .iter_mut()
            .filter(|note| note.offer == Some(offer))
        {
            note.escalate_at = None;
            let waits = note.status == MessageStatus::Queued;
            if waits && takes_back && matches!(note.kind, Kind::Ask | Kind::Update) {
                note.status = MessageStatus::Replaced;
            }
        }
        self.pourvu(offer, key, None, at);
    }

    /// "Pourvu", by each way a gateway has the question, or may have it: once, and once more when a
    /// question was handed over `late`, by that way, after "pourvu" may have been.
    fn pourvu(&mut self, offer: OfferId, key: Key, late: Option<Channel>, at: Instant) {
        for channel in [Channel::Push, Channel::Sms] {
            let by = |kinds: fn(Kind) -> bool| {
                self.store.notes.iter().filter(move |n| {
                    n.offer == Some(offer) && n.channel == channel && kinds(n.kind)
                })
            };
            let told = by(|kind| matches!(kind, Kind::Ask | Kind::Update)).find(|note| {
                let arrived = note.status == MessageStatus::Delivered;
                arrived || note.sent_at.is_some() || note.doubt
            });
            let Some((label, reader)) = told.map(|note| (note.label, note.reader)) else {
                continue;
            };
            // One that waits in the line leaves after the question; one that was claimed may not.
            let stands = |note: &Note| late != Some(channel) || note.attempts == 0;
            if by(|kind| kind == Kind::Replace).any(stands) {
                continue;
            }
            let key = Key {
                rank: key.rank + 1 + channel as u16,
                ..key
            };
            let (kind, wait) = (Kind::Replace, Duration::ZERO);
            self.write(Draft {
                key,
                label,
                offer: Some(offer),
                kind,
                channel,
                reader,
                at,
                wait,
            });
        }
    }

    /// Whether an offer is over for whoever was asked, so that nothing of it is sent any more.
    pub(super) fn taken_back(&self, index: usize) -> bool {
        let Some(note) = self.store.notes.get(index) else {
            return false;
        };
        let ladder = matches!(note.kind, Kind::Ask | Kind::Update);
        let row = self.store.rows.get(&note.label);
        let offer = note.offer.filter(|_| ladder);
        let status = offer
            .and_then(|id| row.and_then(|row| row.state.offer(id)))
            .map(|o| o.status);
        status.is_some_and(|status| matches!(status, OfferStatus::Withdrawn { .. }))
    }

    /// A question left while its offer was being taken back, or may have: "pourvu" follows it.
    /// An answer to an `attempt` may speak of a hand-over after "pourvu"; a receipt does not.
    pub(super) fn follow_up(&mut self, index: usize, attempt: Option<u32>, at: Instant) {
        if !self.taken_back(index) || !self.conduct.fulfils(Duty::FollowsUp) {
            return;
        }
        let note = self.store.notes.get(index);
        let Some((offer, key, late)) =
            note.and_then(|note| Some((note.offer?, note.key, note.channel)))
        else {
            return;
        };
        self.coverage.saw("fleet: pourvu follows what had left");
        self.pourvu(
            offer,
            key.gone(attempt.unwrap_or(0)),
            attempt.map(|_| late),
            at,
        );
    }
}
