//! The hour given to a patient, from the card and from the desk: what was chosen, and why it is not taken.

use relais_app::error::AppError;
use relais_app::requests::desk::Act;
use relais_app::text::refusal;
use relais_app::text::when::When;
use relais_core::cascade::{Refusal, Unkeepable, unkeepable};
use relais_core::ids::{NetworkId, RequestId};
use relais_core::request::Appointment;
use relais_core::time::Instant;

use super::hours;
use crate::fail::Fail;
use crate::forms::Fields;
use crate::gate::Signed;
use crate::show::Eye;
use crate::web::Web;

/// The field to put right, and why.
pub(super) type Wrong = (&'static str, String);

/// One hour of one day, as the fields `day` and `time` say it.
pub(super) fn one_hour(when: &When<'_>, fields: &Fields) -> Result<Appointment, Wrong> {
    hours::chosen(when, fields.get("day"), fields.get("time"))
        .map(Appointment::At)
        .map_err(|wrong| {
            let field = if wrong.is_of_day() { "day" } else { "time" };
            (field, wrong.says("Dites à quelle heure, par exemple 15:30"))
        })
}

/// What whoever has the patient chose, among all that an appointment may be.
pub(super) fn chosen(when: &When<'_>, fields: &Fields) -> Result<Appointment, Wrong> {
    match fields.get("choix") {
        "call" => Ok(Appointment::Call(None)),
        "to-be-set" => Ok(Appointment::ToBeSet),
        "other" => one_hour(when, fields),
        "between" => {
            let (from, to) = (fields.get("from"), fields.get("to"));
            hours::span(when, fields.get("between_day"), from, to)
                .map(|(from, to)| Appointment::Between(from, to))
                .map_err(|(second, wrong)| match second {
                    _ if wrong.is_of_day() => ("between_day", wrong.says("")),
                    false => (
                        "from",
                        wrong.says("Dites à partir de quelle heure, par exemple 15:00"),
                    ),
                    true => (
                        "to",
                        wrong.says("Dites jusqu’à quelle heure, par exemple 17:00"),
                    ),
                })
        }
        other => other
            .strip_prefix("at:")
            .and_then(|text| text.parse().ok())
            .map(|ms| Appointment::At(Instant::from_millis(ms)))
            .ok_or(("time", "Choisissez une heure".to_owned())),
    }
}

/// Gives it; what stands in the way when it is about the hour, beside the field it is about.
pub(super) async fn give(
    web: &Web,
    signed: &Signed,
    eye: &Eye,
    request: RequestId,
    appointment: Appointment,
) -> Result<Option<Wrong>, Fail> {
    let act = Act::SetAppointment(appointment);
    let refused = match web.app.act(&signed.who(), request, act, None).await {
        Ok(_) => return Ok(None),
        Err(AppError::Refused(refused)) => refused,
        Err(error) => return Err(Fail(error)),
    };
    let field = match appointment {
        Appointment::Between(..) => "to",
        Appointment::At(_) | Appointment::Call(_) | Appointment::ToBeSet => "time",
    };
    match not_taken(&refused, appointment, eye, signed.actor().network) {
        Some(why) => Ok(Some((field, why))),
        None => Err(Fail(AppError::Refused(refused))),
    }
}

/// Why an hour is not taken: past, after the dates of a contract (R5), or with how far ahead the network gives
/// appointments (R8). `None` when the refusal is about something else.
fn not_taken(
    refused: &Refusal,
    appointment: Appointment,
    eye: &Eye,
    network: NetworkId,
) -> Option<String> {
    match refused {
        Refusal::BeyondRight { .. } => {
            let said = refusal::refusal(refused, &eye.when());
            let action = said.action.trim_end_matches('.');
            Some(format!("{} {action}", said.sentence))
        }
        Refusal::BadAppointment => {
            let entry = eye.directory.network(network).ok()?;
            let hours = entry.network.policy.appointment_horizon_hours;
            // The refusal is a moment older than this page: what it refused has not become possible since.
            let why = unkeepable(appointment, eye.now, hours).unwrap_or(Unkeepable::Past);
            Some(refusal::unkeepable(why, hours))
        }
        _ => None,
    }
}
