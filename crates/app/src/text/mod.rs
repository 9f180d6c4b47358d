//! Every French sentence sent to somebody, and every French label shown: functions that take typed
//! facts and return the text. None of their arguments has a place for a patient's identity (R6):
//! what is said speaks of the professional, the hour, the place.
//!
//! Owns words only. Refuses addresses, channels' choice, the database and the clock.

pub mod alarm;
pub mod condition;
pub(crate) mod dated;
pub mod digest;
pub mod facts;
pub mod hours;
pub mod ins;
pub mod labels;
pub mod left_out;
pub mod mail;
pub mod note;
pub mod protocol_file;
pub mod psc;
pub mod push;
#[cfg(test)]
mod reference;
pub mod refusal;
pub mod reply;
pub mod retention;
pub mod rights;
#[cfg(test)]
mod samples;
pub mod series;
pub mod signup;
pub mod sms;
pub mod thread;
pub mod timeline;
pub mod triage;
pub mod verdict;
pub mod voice;
pub mod when;
pub mod wishes;

pub use facts::{Ask, Caregiver, Case, Desk, Written};
pub use reply::{Understood, understand};
pub use sms::ReplyNews;
pub use when::When;

use relais_core::message::{AccepterNews, PatientNews, RequesterNews, UsualNews};
use relais_core::request::WithdrawReason;
use relais_core::time::Instant;
use relais_gateways::Channel;

fn written(
    channel: Channel,
    desk: &Desk<'_>,
    sms: impl FnOnce() -> String,
    notice: impl FnOnce() -> push::Notice,
) -> Written {
    match channel {
        Channel::Sms => Written {
            subject: None,
            text: sms(),
        },
        Channel::Push => notice().into_push(),
        Channel::Voice => Written {
            subject: None,
            text: notice().text,
        },
        Channel::Mail | Channel::Mssante => mail::from_notice(desk, &notice()),
    }
}

/// Asks a professional.
pub fn ask(channel: Channel, desk: &Desk<'_>, ask: &Ask<'_>) -> Written {
    written(
        channel,
        desk,
        || sms::ask(desk, ask),
        || push::ask(desk, ask),
    )
}

/// Tells somebody already asked that the request changed and still fits them.
pub fn updated(channel: Channel, desk: &Desk<'_>, ask: &Ask<'_>) -> Written {
    written(
        channel,
        desk,
        || sms::updated(desk, ask),
        || push::updated(desk, ask),
    )
}

/// Asks somebody whose hour came free to take a waiting request at it.
pub fn freed(channel: Channel, desk: &Desk<'_>, ask: &Ask<'_>, at: Instant) -> Written {
    written(
        channel,
        desk,
        || sms::freed(desk, ask, at),
        || push::freed(desk, ask, at),
    )
}

/// Takes the place of what they received: nothing to do any more ("pourvu").
pub fn replaced(
    channel: Channel,
    desk: &Desk<'_>,
    case: &Case<'_>,
    why: WithdrawReason,
    at: Instant,
) -> Written {
    let short = || sms::replaced(desk, case, why, at);
    written(channel, desk, short, || push::replaced(desk, case, why, at))
}

/// To the professional who has the patient.
pub fn accepter(channel: Channel, desk: &Desk<'_>, case: &Case<'_>, news: AccepterNews) -> Written {
    let short = || sms::accepter(desk, case, news);
    written(channel, desk, short, || push::accepter(desk, case, news))
}

/// To whoever raised the request. `by` is the professional a [`RequesterNews::Taken`] names.
pub fn requester(
    channel: Channel,
    desk: &Desk<'_>,
    case: &Case<'_>,
    news: RequesterNews,
    by: Option<&Caregiver<'_>>,
) -> Written {
    let short = || sms::requester(desk, case, news, by);
    written(channel, desk, short, || {
        push::requester(desk, case, news, by)
    })
}

/// To a usual professional who is a member.
pub fn usual(
    channel: Channel,
    desk: &Desk<'_>,
    case: &Case<'_>,
    news: UsualNews,
    by: &Caregiver<'_>,
) -> Written {
    let short = || sms::usual(desk, case, news, by);
    written(channel, desk, short, || push::usual(desk, case, news, by))
}

/// To the professional who has the patient: they will be late.
pub fn late(channel: Channel, desk: &Desk<'_>, case: &Case<'_>, minutes: Option<u16>) -> Written {
    let short = || sms::late(desk, case, minutes);
    written(channel, desk, short, || push::late(desk, case, minutes))
}

/// Stands in a text for the secret of a patient's own page, or of an invitation's, which is put there when the message
/// leaves: as long as a patient's, so that what fits with one fits with the other.
pub const PAGE_MASK: &str = "**********************";

/// To the patient: by SMS, or as a script read on a landline. `by` is the professional a
/// [`PatientNews::Taken`] names; `page` is the address of the patient's own page.
pub fn patient(
    channel: Channel,
    desk: &Desk<'_>,
    news: PatientNews,
    by: Option<&Caregiver<'_>>,
    page: Option<&str>,
) -> String {
    match channel {
        Channel::Voice => voice::patient(desk, news, by),
        Channel::Sms | Channel::Push | Channel::Mail | Channel::Mssante => {
            sms::patient(desk, news, by, page)
        }
    }
}

/// Answers an SMS, at once and by SMS.
pub fn reply(desk: &Desk<'_>, news: &ReplyNews<'_>) -> String {
    sms::reply(desk, news)
}
