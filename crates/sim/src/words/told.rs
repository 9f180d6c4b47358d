//! Effects in words: who is told what.

use crate::play::Play;
use crate::script::Clock;
use relais_core::ids::OfferId;
use relais_core::message::{
    AccepterNews, DeskAlert, Effect, PatientNews, RequesterNews, UsualNews,
};
use relais_core::request::{Appointment, Request};

/// One effect, told to people.
pub(super) fn words(play: &Play<'_>, effect: &Effect, state: &Request, clock: &Clock) -> String {
    let of = |offer: &OfferId| {
        let found = state
            .offer(*offer)
            .map(|offer| play.world.names.of(offer.professional));
        found.unwrap_or("nobody").to_owned()
    };
    let name = |id| play.world.names.of(id);
    match effect {
        Effect::Ask { offer } => format!("{}: can you take this patient?", of(offer)),
        Effect::AskHour { offer, .. } => {
            format!(
                "{}: can you take this patient at the hour that came free?",
                of(offer)
            )
        }
        Effect::Replace { offer, why } => {
            format!("{}: nothing to do any more ({})", of(offer), why.code())
        }
        Effect::Update { offer } => {
            format!("{}: the request changed, still yours to take", of(offer))
        }
        Effect::Accepter { professional, news } => {
            format!("{}: {}", name(*professional), accepter(*news, clock))
        }
        Effect::Patient(news) => format!("patient: {}", patient(play, *news, clock)),
        Effect::Booked {
            professional,
            appointment: when,
        } => format!(
            "patient, told on the phone: {} sees you, {}",
            name(*professional),
            appointment(*when, clock)
        ),
        Effect::Requester(news) => format!("requester: {}", requester(play, *news, clock)),
        Effect::Usual {
            professional,
            news: UsualNews::TakenBy(by),
        } => {
            format!(
                "{} (usual): your patient is seen by {}",
                name(*professional),
                name(*by)
            )
        }
        Effect::Desk(alert) => format!("desk: {}", desk(*alert)),
    }
}

/// An appointment in words.
pub(super) fn appointment(appointment: Appointment, clock: &Clock) -> String {
    match appointment {
        Appointment::At(at) => format!("at {}", clock.show(at)),
        Appointment::Between(from, until) => {
            format!("between {} and {}", clock.show(from), clock.show(until))
        }
        Appointment::Call(None) => "will call".to_owned(),
        Appointment::Call(Some(before)) => format!("will call before {}", clock.show(before)),
        Appointment::ToBeSet => "time to be set".to_owned(),
    }
}

fn accepter(news: AccepterNews, clock: &Clock) -> String {
    match news {
        AccepterNews::Yours => "it is yours".to_owned(),
        AccepterNews::Edited => "the need changed, you may release".to_owned(),
        AccepterNews::NumberCorrected => "the patient's number was corrected".to_owned(),
        AccepterNews::AppointmentSet(when) => format!("appointment {}", appointment(when, clock)),
        AccepterNews::Cancelled(who, _) => format!("cancelled by the {}", who.code()),
        AccepterNews::Transferred15(_) => "transferred to 15".to_owned(),
        AccepterNews::Closed(closure, _) => format!("closed: {}", closure.code()),
        AccepterNews::CloseReminder => "please close".to_owned(),
    }
}

fn patient(play: &Play<'_>, news: PatientNews, clock: &Clock) -> String {
    match news {
        PatientNews::Searching { next } => format!("searching, news by {}", clock.show(next)),
        PatientNews::StillSearching { next } => {
            format!("still searching, news by {}", clock.show(next))
        }
        PatientNews::Taken {
            professional,
            appointment: when,
        } => {
            let name = play.world.names.of(professional);
            format!("{name} sees you, {}", appointment(when, clock))
        }
        PatientNews::Moved {
            professional,
            appointment: when,
        } => {
            let name = play.world.names.of(professional);
            format!("changed: {name} sees you, {}", appointment(when, clock))
        }
        PatientNews::Unfilled { call_before } => {
            format!(
                "nobody yet, an operator calls before {}",
                clock.show(call_before)
            )
        }
        PatientNews::Released { next } => {
            format!(
                "they had to withdraw, searching again, news by {}",
                clock.show(next)
            )
        }
        PatientNews::Cancelled => "cancelled".to_owned(),
        PatientNews::BackAtDesk { booked: false } => "an operator has it again".to_owned(),
        PatientNews::BackAtDesk { booked: true } => {
            "nobody sees you, an operator has it again".to_owned()
        }
        PatientNews::CalledOff => "called off by the professional".to_owned(),
    }
}

fn requester(play: &Play<'_>, news: RequesterNews, clock: &Clock) -> String {
    match news {
        RequesterNews::Taken {
            professional,
            appointment: when,
        } => {
            format!(
                "taken by {}, {}",
                play.world.names.of(professional),
                appointment(when, clock)
            )
        }
        RequesterNews::Unfilled => "nobody yet".to_owned(),
        RequesterNews::Released => "given back, searching again".to_owned(),
        RequesterNews::Cancelled => "cancelled".to_owned(),
        RequesterNews::Closed(closure) => format!("closed as {}", closure.code()),
        RequesterNews::Transferred15 => "transferred to 15".to_owned(),
    }
}

fn desk(alert: DeskAlert) -> &'static str {
    match alert {
        DeskAlert::ToQualify => "to qualify",
        DeskAlert::Taken => "taken",
        DeskAlert::NeedsAHand { owner: None } => "needs a hand",
        DeskAlert::NeedsAHand { owner: Some(_) } => "needs a hand (yours)",
        DeskAlert::SetTime => "a time must be set",
        DeskAlert::Released => "given back",
        DeskAlert::PausedLong => "paused long",
        DeskAlert::Unclosed => "not closed",
    }
}
