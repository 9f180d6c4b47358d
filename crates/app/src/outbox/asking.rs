//! Putting a request to a professional, saying that it changed, taking it back: the texts, the code
//! of an SMS answer, and the channels that were used.

use super::ladder::{first_rung, leads};
use super::news::FREED;
use super::{CODE_ATTEMPTS, Gone, Note, REPLACE, To, Writer};
use crate::chance;
use crate::error::AppError;
use crate::reference::motives::Motives;
use crate::text::{self, Ask, Case, Written};
use relais_core::ids::OfferId;
use relais_core::message::Effect;
use relais_core::reach::LockScreen;
use relais_core::request::{Offer, OfferStatus, Stage, WithdrawReason};
use relais_core::time::Instant;
use relais_gateways::Channel;
use relais_store::messages::{self, Audience, Message, Told};
use relais_store::{Tx, offers};
use std::collections::{BTreeMap, BTreeSet};

/// How a request is put to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// For the first time.
    New,
    /// With an hour of theirs that came free.
    Hour(Instant),
    /// Again, because it changed.
    Update,
}

impl Writer<'_, '_> {
    pub(super) fn ask(
        &mut self,
        tx: &mut Tx<'_>,
        id: OfferId,
        asked: Asked,
    ) -> Result<(), AppError> {
        let offer = self.offer(id)?.clone();
        let Some(person) = self.directory.person(offer.professional) else {
            return Err(AppError::Bug(format!("offer {id} to somebody unknown")));
        };
        let code = match person.alert_number.as_deref() {
            Some(number) => self.code(tx, &offer, number)?,
            None => self.post.code.to_owned(),
        };
        let Some((channel, address)) = first_rung(person) else {
            return Ok(());
        };
        let update = asked == Asked::Update;
        let written = match asked {
            Asked::Hour(hour) => self.freed_text(&offer, channel, &code, hour),
            Asked::New | Asked::Update => self.ask_text(&offer, channel, &code, update),
        };
        let kind = if update { "update" } else { "ask" };
        let to = To::Professional(person, Audience::Professional, channel, address);
        let note = Note {
            offer: Some(id),
            replaces: update,
            ..Note::new(self.key(), kind, to, written)
        };
        self.push(note)
    }

    /// The text of a solicitation on a channel: also used by the next rungs of the ladder.
    pub(super) fn ask_text(
        &self,
        offer: &Offer,
        channel: Channel,
        code: &str,
        update: bool,
    ) -> Written {
        let link = self.link(&format!("/offres/{}", offer.id));
        self.about(offer, code, &link, |ask| {
            if update {
                text::updated(channel, &self.desk(), ask)
            } else {
                text::ask(channel, &self.desk(), ask)
            }
        })
    }

    /// The same, for an hour that came free.
    pub(super) fn freed_text(
        &self,
        offer: &Offer,
        channel: Channel,
        code: &str,
        at: Instant,
    ) -> Written {
        let link = self.link(&format!("/offres/{}?libre={}", offer.id, at.millis()));
        self.about(offer, code, &link, |ask| {
            text::freed(channel, &self.desk(), ask, at)
        })
    }

    fn about(
        &self,
        offer: &Offer,
        code: &str,
        link: &str,
        write: impl FnOnce(&Ask<'_>) -> Written,
    ) -> Written {
        let request = self.post.request;
        let motive = request
            .need
            .motives
            .first()
            .map(|m| Motives::shipped().label(m));
        let person = self.directory.person(offer.professional);
        let wanted = person.is_some_and(|p| p.member.profile.lock_screen == LockScreen::Motive);
        let shown = request.policy.motive_on_lock_screen && wanted;
        let answer_until = request.answer_until(offer).unwrap_or(request.care_deadline);
        let ask = Ask {
            profession: request.need.profession,
            mode: request.need.mode,
            commune: self.commune(),
            distance_m: offer.distance_m,
            care_deadline: request.care_deadline,
            answer_until,
            motive: motive.filter(|_| shown),
            // Whoever stands in for the usual one has not declared patients of their own.
            usual: offer.usual && request.usual.professionals.contains(&offer.professional),
            first: offer.stage == Stage::Usual,
            sex: request.patient.sex,
            code,
            link,
        };
        write(&ask)
    }

    /// Codes for the offers this very change made, all at once; whoever got none is given one by
    /// [`Self::code`].
    pub(super) fn give_codes(
        &mut self,
        tx: &mut Tx<'_>,
        effects: &[Effect],
    ) -> Result<(), AppError> {
        let mut taken = BTreeSet::new();
        let mut codes = vec![];
        for effect in effects {
            let Effect::Ask { offer } = effect else {
                continue;
            };
            let offer = self.offer(*offer)?;
            let person = self.directory.person(offer.professional);
            let number = person.and_then(|person| person.alert_number.as_deref());
            let Some(number) = number.filter(|_| self.made_now(offer)) else {
                continue;
            };
            let code = chance::four_digits();
            if taken.insert((number, code.clone())) {
                codes.push((offer.id, number, code));
            }
        }
        let given: BTreeSet<OfferId> = offers::set_sms_codes(tx, &codes)?.into_iter().collect();
        let codes = codes.into_iter().filter(|(id, ..)| given.contains(id));
        self.codes = codes.map(|(id, _, code)| (id, code)).collect();
        Ok(())
    }

    /// An offer made by this very change: it has no code yet.
    fn made_now(&self, offer: &Offer) -> bool {
        offer.status == OfferStatus::Queued && offer.asked_at == self.post.now
    }

    /// The four digits of an SMS answer, unique among the open offers of one phone (R7).
    pub(super) fn code(
        &mut self,
        tx: &mut Tx<'_>,
        offer: &Offer,
        number: &str,
    ) -> Result<String, AppError> {
        if let Some(known) = self.codes.get(&offer.id) {
            return Ok(known.clone());
        }
        if !self.made_now(offer)
            && let Some(known) = offers::find_sms_code(tx, offer.id)?
        {
            return Ok(known);
        }
        for _ in 0..CODE_ATTEMPTS {
            let code = chance::four_digits();
            if offers::set_sms_code(tx, offer.id, number, &code)? {
                self.codes.insert(offer.id, code.clone());
                return Ok(code);
            }
        }
        Err(AppError::Bug(
            "no free SMS code: too many open offers on one phone".to_owned(),
        ))
    }

    /// Once for the withdrawn offers of the request: what still waits about them is not sent any
    /// more, and what went out is known.
    fn look_at_what_is_gone(&mut self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        if self.gone.is_some() {
            return Ok(());
        }
        let request = self.post.request.id;
        messages::cancel_withdrawn(tx, request)?;
        let mut told: BTreeMap<OfferId, Vec<Told>> = BTreeMap::new();
        for one in messages::list_told(tx, request)? {
            told.entry(one.offer).or_default().push(one);
        }
        let codes = offers::list_sms_codes(tx, request)?;
        self.gone = Some(Gone { told, codes });
        Ok(())
    }

    pub(super) fn replace(
        &mut self,
        tx: &mut Tx<'_>,
        offer: &Offer,
        why: WithdrawReason,
        after: Option<&Late<'_>>,
    ) -> Result<(), AppError> {
        self.look_at_what_is_gone(tx)?;
        let Some(person) = self.directory.person(offer.professional) else {
            return Ok(());
        };
        let (known, code) = self.gone.as_ref().map_or((&[][..], ""), |gone| {
            let known = gone.told.get(&offer.id).map_or(&[][..], Vec::as_slice);
            (known, gone.codes.get(&offer.id).map_or("", String::as_str))
        });
        let by = |channel: Channel| known.iter().filter(move |m| m.channel == channel.code());
        let told = |channel| {
            by(channel).any(|m| {
                m.may_have_arrived() && matches!(m.kind.as_str(), "ask" | "update" | FREED)
            }) && !by(channel).any(|m| m.kind == REPLACE && !overtaken(m, after))
        };
        let told = [Channel::Push, Channel::Sms].map(|channel| (channel, told(channel)));
        let code = code.to_owned();
        let commune = self.commune();
        let link = self.link(&format!("/offres/{}", offer.id));
        for (channel, told) in told {
            let Some(address) = leads(person, channel).filter(|_| told) else {
                continue;
            };
            let request = self.post.request;
            let case = Case {
                code: &code,
                mode: request.need.mode,
                profession: request.need.profession,
                commune,
                link: &link,
            };
            let written = text::replaced(channel, &self.desk(), &case, why, self.post.now);
            let to = To::Professional(person, Audience::Professional, channel, address);
            self.count += 1;
            let key = after.map_or_else(|| self.key(), |late| late.key(channel));
            let note = Note {
                offer: Some(offer.id),
                replaces: true,
                ..Note::new(key, REPLACE, to, written)
            };
            self.push(note)?;
        }
        Ok(())
    }
}

/// A solicitation that reached its reader although its offer was taken back.
pub(crate) struct Late<'m> {
    /// The solicitation.
    pub(crate) sent: &'m Message,
    /// It was handed over just now, whatever was said before; else a receipt tells of it.
    pub(crate) just_now: bool,
}

impl Late<'_> {
    /// One "pourvu" by each channel for each time it was handed over.
    fn key(&self, channel: Channel) -> String {
        let (sent, times, by) = (&self.sent.idem_key, self.sent.attempts, channel.code());
        format!("{sent}:gone:{times}:{by}")
    }
}

/// A "pourvu" that left before the solicitation did: its reader has them in the wrong order.
fn overtaken(gone: &Told, after: Option<&Late<'_>>) -> bool {
    after.is_some_and(|late| late.just_now && late.sent.channel == gone.channel)
        && gone.attempts > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_solicitation_is_taken_back_on_each_channel_under_a_key_of_its_own() {
        let sent = Message {
            idem_key: "req_1:4:2".to_owned(),
            attempts: 3,
            ..Message::default()
        };
        let late = Late {
            sent: &sent,
            just_now: true,
        };
        assert_eq!(late.key(Channel::Push), late.key(Channel::Push));
        assert_ne!(late.key(Channel::Push), late.key(Channel::Sms));
    }
}
