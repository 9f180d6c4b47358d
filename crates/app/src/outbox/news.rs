//! What became of a request, told to the accepter, to whoever raised it, to a usual professional and
//! to the patient (R7).

use super::ladder::{address, first_rung, rungs_after};
use super::{
    ACCEPTER, ACCEPTER_CLOSE, ACCEPTER_END, ACCEPTER_HOUR, FromDay, Note, PATIENT, Post, REMINDER,
    REQUESTER, TIME_CHOICE, To, USUAL, Writer,
};
use crate::app::Inner;
use crate::chance;
use crate::directory::Directory;
use crate::error::AppError;
use crate::synthesis::tell_outside_doctor;
use crate::text::{self, Caregiver, PAGE_MASK, Written};
use crate::visits::QUESTION;
use relais_core::cascade::standing_news;
use relais_core::delivery::PRESSING_WITHIN;
use relais_core::ids::{OfferId, ProfessionalId};
use relais_core::message::{AccepterNews, PatientNews, RequesterNews, UsualNews};
use relais_core::request::{Appointment, Requester};
use relais_core::time::{Duration, Instant, civil_day_end};
use relais_gateways::Channel;
use relais_store::messages::{self, Audience};
use relais_store::{Tx, desk_tasks};

/// The kind of the news that an hour came free.
pub(super) const FREED: &str = "freed";

/// A message always has so long to leave.
const AT_LEAST: Duration = Duration::minutes(5);

/// A question that could not leave within a day is not asked any more.
const ASKED_WITHIN: Duration = Duration::hours(24);

impl Writer<'_, '_> {
    /// What the accepter waits to read is theirs no more, or the patient is no more theirs.
    pub(super) fn accepter_untrue(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        let kinds = [ACCEPTER, ACCEPTER_HOUR, ACCEPTER_CLOSE];
        messages::replace_waiting(tx, self.post.request.id, &kinds)?;
        Ok(())
    }

    /// The hour was set anew, by the accepter or for them: one told before and still on its way is another.
    pub(super) fn hour_untrue(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        messages::replace_waiting(tx, self.post.request.id, &[ACCEPTER_HOUR])?;
        Ok(())
    }

    pub(super) fn accepter(
        &mut self,
        tx: &mut Tx<'_>,
        id: ProfessionalId,
        news: AccepterNews,
    ) -> Result<(), AppError> {
        // Whoever accepts on a page sees it there; whoever accepts by SMS is answered by SMS.
        if news == AccepterNews::Yours {
            return Ok(());
        }
        let own = self.post.who.actor.and_then(|actor| actor.professional) == Some(id);
        let Some(person) = self.directory.person(id).filter(|_| !own) else {
            return Ok(());
        };
        let Some((channel, address)) = first_rung(person) else {
            return Ok(());
        };
        let link = self.link(&format!("/prises/{}", self.post.request.id));
        let case = self.case(self.post.code, &link);
        let desk = self.desk();
        let word = |channel| text::accepter(channel, &desk, &case, news);
        let to = To::Professional(person, Audience::Professional, channel, address);
        let kind = match news {
            AccepterNews::Yours | AccepterNews::Edited | AccepterNews::NumberCorrected => ACCEPTER,
            AccepterNews::AppointmentSet(_) => ACCEPTER_HOUR,
            AccepterNews::CloseReminder => ACCEPTER_CLOSE,
            AccepterNews::Cancelled(..)
            | AccepterNews::Transferred15(_)
            | AccepterNews::Closed(..) => ACCEPTER_END,
        };
        let note = Note {
            then: rungs_after(person, channel, word),
            ..Note::new(self.key(), kind, to, word(channel))
        };
        self.insert(tx, note)
    }

    pub(super) fn requester(
        &mut self,
        tx: &mut Tx<'_>,
        news: RequesterNews,
    ) -> Result<(), AppError> {
        // The desk sees its board; partner software reads the API.
        let Requester::Professional(id, _) = self.post.request.requester else {
            return Ok(());
        };
        let own = self.post.who.actor.and_then(|actor| actor.professional) == Some(id);
        let silent = own && !matches!(news, RequesterNews::Taken { .. });
        let Some(person) = self.directory.person(id).filter(|_| !silent) else {
            return Ok(());
        };
        // Who sees the patient, and where, is kept: an SMS, when there is a number (T6).
        let kept = matches!(news, RequesterNews::Taken { .. });
        let rung = address(person, Channel::Sms)
            .filter(|_| kept)
            .map(|number| (Channel::Sms, number))
            .or_else(|| first_rung(person));
        let Some((channel, address)) = rung else {
            return Ok(());
        };
        let by = match news {
            RequesterNews::Taken { professional, .. } => self.directory.person(professional),
            _ => None,
        };
        let (name, place) = by.map(|p| self.named(p)).unwrap_or_default();
        let by = by.map(|p| self.caregiver(p, &name, place.as_deref()));
        let link = self.link(&format!("/mes-demandes/{}", self.post.request.id));
        let case = self.case(self.post.code, &link);
        let desk = self.desk();
        let word = |channel| text::requester(channel, &desk, &case, news, by.as_ref());
        let to = To::Professional(person, Audience::Requester, channel, address);
        let wait = match news {
            RequesterNews::Taken { appointment, .. } => self.wait_for_a_time(appointment),
            _ => Duration::ZERO,
        };
        messages::replace_waiting(tx, self.post.request.id, &[REQUESTER])?;
        let note = Note {
            wait,
            then: rungs_after(person, channel, word),
            ..Note::new(self.key(), REQUESTER, to, word(channel))
        };
        self.insert(tx, note)
    }

    pub(super) fn usual(
        &mut self,
        tx: &mut Tx<'_>,
        id: ProfessionalId,
        news: UsualNews,
    ) -> Result<(), AppError> {
        let UsualNews::TakenBy(by) = news;
        let member = self.directory.person(id).filter(|p| {
            p.member
                .memberships
                .iter()
                .any(|m| p.member.belongs_to(m.network))
        });
        let (Some(person), Some(by)) = (member, self.directory.person(by)) else {
            return Ok(());
        };
        let Some((channel, address)) = first_rung(person) else {
            return Ok(());
        };
        let (name, place) = self.named(by);
        let by = self.caregiver(by, &name, place.as_deref());
        let link = self.link("/offres");
        let case = self.case(self.post.code, &link);
        let desk = self.desk();
        let word = |channel| text::usual(channel, &desk, &case, news, &by);
        let to = To::Professional(person, Audience::Usual, channel, address);
        let note = Note {
            then: rungs_after(person, channel, word),
            ..Note::new(self.key(), USUAL, to, word(channel))
        };
        self.insert(tx, note)
    }

    /// Who accepts on a page is asked for a time on the next one: the news of the acceptance waits
    /// a moment for it, and gives way to it.
    pub(super) fn wait_for_a_time(&self, appointment: Appointment) -> Duration {
        let asked = appointment == Appointment::ToBeSet && self.post.who.source == "web";
        if asked { TIME_CHOICE } else { Duration::ZERO }
    }

    pub(super) fn patient(&mut self, tx: &mut Tx<'_>, news: PatientNews) -> Result<(), AppError> {
        // What still waits for a gateway is no longer true: the patient reads the last word.
        self.untrue(tx, &[PATIENT, REMINDER, QUESTION])?;
        // Whoever cancels by SMS is answered by SMS.
        if news == PatientNews::Cancelled && self.post.who.source == "sms" {
            return Ok(());
        }
        let by = match news {
            PatientNews::Taken { professional, .. } | PatientNews::Moved { professional, .. } => {
                self.directory.person(professional)
            }
            _ => None,
        };
        let (name, place) = by.map(|p| self.named(p)).unwrap_or_default();
        let by = by.map(|p| self.caregiver(p, &name, place.as_deref()));
        let page = self.link(&format!("/p/{PAGE_MASK}"));
        let text = text::patient(Channel::Sms, &self.desk(), news, by.as_ref(), Some(&page));
        let written = Written {
            subject: None,
            text,
        };
        let wait = match news {
            PatientNews::Taken { appointment, .. } => self.wait_for_a_time(appointment),
            _ => Duration::ZERO,
        };
        let due = self.post.now + wait;
        let note = Note {
            wait,
            until: news.presses().then(|| self.told_before(due)),
            voice: Some(text::patient(
                Channel::Voice,
                &self.desk(),
                news,
                by.as_ref(),
                None,
            )),
            ..Note::new(self.key(), PATIENT, To::Patient, written)
        };
        self.insert(tx, note)?;
        match (news, &by) {
            (
                PatientNews::Taken { appointment, .. } | PatientNews::Moved { appointment, .. },
                Some(by),
            ) => {
                self.remind(tx, appointment, by, &page)?;
                self.ask_after(tx, appointment)
            }
            _ => Ok(()),
        }
    }

    /// Until when a message may carry news that press: its words (*demain*) are those of the day it was written.
    fn told_before(&self, due: Instant) -> Instant {
        let day_end = civil_day_end(due, &self.entry.calendar.zone);
        (due + PRESSING_WITHIN).min(day_end.max(due + AT_LEAST))
    }

    /// The patient heard it on the telephone: what follows from an appointment, without the news of it. Written down
    /// after the event, perhaps long after: of an hour that has passed, nothing is said.
    pub(super) fn booked(
        &self,
        tx: &mut Tx<'_>,
        professional: ProfessionalId,
        appointment: Appointment,
    ) -> Result<(), AppError> {
        tell_outside_doctor(self.inner, tx, self.directory, self.post, professional)?;
        let ahead = appointment.latest().is_some_and(|end| self.post.now < end);
        let Some(by) = self.directory.person(professional).filter(|_| ahead) else {
            return Ok(());
        };
        let (name, place) = self.named(by);
        let by = self.caregiver(by, &name, place.as_deref());
        let page = self.link(&format!("/p/{PAGE_MASK}"));
        self.remind(tx, appointment, &by, &page)?;
        self.ask_after(tx, appointment)
    }

    /// What was to be told to the patient is no longer true: neither what waits for a gateway, nor what the
    /// desk has to say in the place of a message that did not arrive.
    pub(super) fn untrue(&self, tx: &mut Tx<'_>, kinds: &[&str]) -> Result<(), AppError> {
        let request = self.post.request.id;
        messages::replace_waiting(tx, request, kinds)?;
        desk_tasks::replace_calls(tx, request, None, self.post.now)?;
        Ok(())
    }

    /// The reminder of an appointment is written down with the news of it, and waits: a stored value
    /// like any other deadline (R4.13), which any later news replaces.
    fn remind(
        &self,
        tx: &mut Tx<'_>,
        appointment: Appointment,
        by: &Caregiver<'_>,
        page: &str,
    ) -> Result<(), AppError> {
        let now = self.post.now;
        let hours = self.entry.network.policy.patient_reminder_hours;
        let Some(at) = appointment.reminder_at(now, hours, &self.entry.calendar) else {
            return Ok(());
        };
        let desk = self.entry.desk(at);
        let text = |at| text::sms::reminder(&self.entry.desk(at), by, appointment, Some(page));
        // It may leave late, and its day is another by then: it is worded for each until the hour.
        let until = appointment.latest();
        let (zone, mut days) = (&self.entry.calendar.zone, Vec::new());
        let mut midnight = civil_day_end(at, zone);
        while until.is_some_and(|until| midnight < until) {
            days.push(FromDay {
                from_ms: midnight.millis(),
                text: text(midnight),
            });
            midnight = civil_day_end(midnight, zone);
        }
        let written = Written {
            subject: None,
            text: text(at),
        };
        let note = Note {
            wait: at.since(now),
            until,
            days,
            voice: Some(text::voice::reminder(&desk, by, appointment)),
            ..Note::new(
                format!("{}:reminder", self.key()),
                REMINDER,
                To::Patient,
                written,
            )
        };
        self.insert(tx, note)
    }

    /// "Avez-vous été reçu ?", where the network asks it (R7): written down like the reminder, and like it
    /// replaced by any later news. Nobody is called for it.
    fn ask_after(&self, tx: &mut Tx<'_>, appointment: Appointment) -> Result<(), AppError> {
        let now = self.post.now;
        let hours = self.entry.network.policy.patient_question_hours;
        let Some(at) = appointment.question_at(hours, &self.entry.calendar) else {
            return Ok(());
        };
        let desk = self.entry.desk(at);
        let written = Written {
            subject: None,
            text: text::sms::check_seen(&desk, self.post.request.need.mode),
        };
        let note = Note {
            wait: at.since(now),
            until: Some(at + ASKED_WITHIN),
            ..Note::new(
                format!("{}:question", self.key()),
                QUESTION,
                To::Patient,
                written,
            )
        };
        self.insert(tx, note)
    }
}

/// The hour they kept came free, and a waiting request could have it: told by their first channel, with the offer
/// that is theirs already. `false` when they have none.
pub(crate) fn tell_freed(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    post: &Post<'_>,
    id: OfferId,
    at: Instant,
    key: String,
) -> Result<bool, AppError> {
    let mut writer = Writer::new(inner, directory, post)?;
    let offer = writer.offer(id)?.clone();
    let Some(person) = directory.person(offer.professional) else {
        return Ok(false);
    };
    let Some((channel, address)) = first_rung(person) else {
        return Ok(false);
    };
    let code = match person.alert_number.as_deref() {
        Some(number) => writer.code(tx, &offer, number)?,
        None => post.code.to_owned(),
    };
    let written = writer.freed_text(&offer, channel, &code, at);
    let to = To::Professional(person, Audience::Professional, channel, address);
    // It is taken back with its offer, like the solicitation: another takes the request, and "pourvu" follows.
    let note = Note {
        until: Some(at),
        offer: Some(id),
        ..Note::new(key, FREED, to, written)
    };
    writer.insert(tx, note)?;
    Ok(true)
}

/// Who is told of a number put right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard {
    /// Whoever has the patient: the patient's own number is another.
    pub(crate) accepter: bool,
    /// Whoever news of the patient go to now, and did not before.
    pub(crate) patient: bool,
}

/// What was told of a request went to a wrong number: whoever answers at the right one is told how things stand, and
/// whoever has the patient, that another number is on their page. `false` when there is nothing to say for now.
pub(crate) fn tell_again(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    post: &Post<'_>,
    heard: Heard,
) -> Result<bool, AppError> {
    let mut writer = Writer::new(inner, directory, post)?;
    // The request is as it was: its version names other messages already, and a correction is written once.
    writer.stem = format!("{}:number:{}", post.request.id, chance::short_token());
    if let Some(id) = post.request.engaged().filter(|_| heard.accepter) {
        writer.accepter(tx, id, AccepterNews::NumberCorrected)?;
        writer.count += 1;
    }
    match standing_news(post.request, post.now).filter(|_| heard.patient) {
        Some(news) => writer.patient(tx, news).map(|()| true),
        None => Ok(false),
    }
}

/// The patient is late: the professional who has them is told by their first channel. `false` when
/// they have none.
pub(crate) fn tell_late(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    post: &Post<'_>,
    professional: ProfessionalId,
    minutes: Option<u16>,
) -> Result<bool, AppError> {
    let writer = Writer::new(inner, directory, post)?;
    let Some(person) = directory.person(professional) else {
        return Ok(false);
    };
    let Some((channel, address)) = first_rung(person) else {
        return Ok(false);
    };
    let link = writer.link(&format!("/prises/{}", post.request.id));
    let case = writer.case(post.code, &link);
    let desk = writer.desk();
    let word = |channel| text::late(channel, &desk, &case, minutes);
    let to = To::Professional(person, Audience::Professional, channel, address);
    let key = format!("late:{}:{}", post.request.id, post.now.millis());
    let note = Note {
        then: rungs_after(person, channel, word),
        ..Note::new(key, ACCEPTER, to, word(channel))
    };
    writer.insert(tx, note)?;
    Ok(true)
}
