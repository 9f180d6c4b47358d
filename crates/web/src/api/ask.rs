//! The bodies the API takes beside the drafts of the application. Unknown fields are refused.

use relais_app::error::AppError;
use relais_app::requests::need::{MotiveDraft, NeedChange};
use relais_app::requests::series::SeriesDraft;
use relais_core::request::Appointment;
use relais_core::time::Instant;
use serde::Deserialize;

/// A body that may give a reason.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// An appointment as somebody proposes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppointmentAsk {
    mode: String,
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    before: Option<String>,
}

/// A body with an appointment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithAppointment {
    pub(crate) appointment: AppointmentAsk,
}

impl AppointmentAsk {
    /// Reads it; each mode takes its own times and no other.
    pub(crate) fn read(&self) -> Result<Appointment, AppError> {
        let (taken, appointment): (&[&str], _) = match self.mode.as_str() {
            "at" => (&["at"], Appointment::At(needed("at", self.at.as_deref())?)),
            "between" => (
                &["from", "until"],
                Appointment::Between(
                    needed("from", self.from.as_deref())?,
                    needed("until", self.until.as_deref())?,
                ),
            ),
            "call" => (
                &["before"],
                Appointment::Call(
                    self.before
                        .as_deref()
                        .map(|text| instant("before", text))
                        .transpose()?,
                ),
            ),
            "to-be-set" => (&[], Appointment::ToBeSet),
            "slot" => {
                let message = "Ce réseau n’a pas de centre\u{a0}: proposez une heure (at), une plage (between) ou un rappel (call).";
                return Err(AppError::invalid("/appointment/mode", message));
            }
            _ => {
                let message = "Choisissez parmi\u{a0}: at, between, call, to-be-set.";
                return Err(AppError::invalid("/appointment/mode", message));
            }
        };
        let given = [
            ("at", &self.at),
            ("from", &self.from),
            ("until", &self.until),
            ("before", &self.before),
        ];
        match given
            .iter()
            .find(|(name, value)| value.is_some() && !taken.contains(name))
        {
            None => Ok(appointment),
            Some((name, _)) => Err(AppError::invalid(
                format!("/appointment/{name}"),
                "Cette heure ne va pas avec ce mode.",
            )),
        }
    }
}

fn needed(name: &str, text: Option<&str>) -> Result<Instant, AppError> {
    let text = text.ok_or_else(|| {
        AppError::invalid(format!("/appointment/{name}"), "Ce champ est obligatoire.")
    })?;
    instant(name, text)
}

fn instant(name: &str, text: &str) -> Result<Instant, AppError> {
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    parsed
        .map(|at| Instant::from_millis(at.as_millisecond()))
        .map_err(|_| {
            let message = "Écrivez l’heure selon RFC 3339. Exemple\u{a0}: 2026-03-10T14:30:00Z.";
            AppError::invalid(format!("/appointment/{name}"), message)
        })
}

/// The body of `PATCH /requests/{id}`: `{"need": {…}}`, or the fields of the need themselves.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    #[serde(default)]
    need: Option<NeedChange>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    profession: Option<String>,
    #[serde(default)]
    specialty: Option<String>,
    #[serde(default)]
    care_type: Option<String>,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    within_hours: Option<i64>,
    #[serde(default)]
    motives: Option<Vec<MotiveDraft>>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    series: Option<SeriesDraft>,
    #[serde(default)]
    cooperations: Option<Vec<String>>,
}

impl Edit {
    /// What changes, and why if said.
    pub(crate) fn read(self) -> Result<(NeedChange, Option<String>), AppError> {
        let flat = NeedChange {
            profession: self.profession,
            specialty: self.specialty,
            care_type: self.care_type,
            mode: self.mode,
            within_hours: self.within_hours,
            motives: self.motives,
            comment: self.comment,
            series: self.series,
            cooperations: self.cooperations,
        };
        let change = match self.need {
            None => flat,
            Some(need) if flat.is_empty() => need,
            Some(_) => {
                return Err(AppError::invalid(
                    "/need",
                    "Donnez le besoin une seule fois.",
                ));
            }
        };
        if change.is_empty() {
            return Err(AppError::invalid("/need", "Dites ce qui change."));
        }
        Ok((change, self.reason))
    }
}

/// The body of `POST /requests/{id}/qualify`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Qualify {
    /// `launch` (as it is, or changed by `need`), `change` (changed by `need`, kept in the queue) or
    /// `advise` (advice given, closed).
    #[serde(default)]
    pub(crate) decision: Option<String>,
    #[serde(default)]
    pub(crate) need: Option<NeedChange>,
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// For who takes the patient, without identity.
    #[serde(default)]
    pub(crate) pre_diagnosis: Option<String>,
    /// What was advised, without identity.
    #[serde(default)]
    pub(crate) advice: Option<String>,
}

/// The body of `POST /requests/{id}/cancel`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancel {
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// Who asked for it: `patient`, `requester` or `operator`.
    #[serde(default)]
    pub(crate) by: Option<String>,
}

/// The body of `POST /requests/{id}/relaunch`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Relaunch {
    #[serde(default)]
    pub(crate) window_minutes: Option<i64>,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// The body of `POST /requests/{id}/note`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    pub(crate) text: String,
}

/// The body of `POST /requests/{id}/close`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Close {
    pub(crate) closure: String,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Appointment, AppError> {
        crate::body::read::<WithAppointment>(body.as_bytes())?
            .appointment
            .read()
    }

    fn pointer(body: &str) -> String {
        match read(body) {
            Err(AppError::Invalid(errors)) => errors[0].pointer.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_mode_takes_its_own_times() {
        let at = Instant::from_millis(1_772_000_000_000);
        let text = at.timestamp().to_string();
        let body = |inside: &str| format!(r#"{{"appointment":{{{inside}}}}}"#);
        assert_eq!(
            read(&body(&format!(r#""mode":"at","at":"{text}""#))),
            Ok(Appointment::At(at))
        );
        assert_eq!(read(&body(r#""mode":"call""#)), Ok(Appointment::Call(None)));
        assert_eq!(
            read(&body(r#""mode":"to-be-set""#)),
            Ok(Appointment::ToBeSet)
        );
        assert_eq!(pointer(&body(r#""mode":"at""#)), "/appointment/at");
        assert_eq!(
            pointer(&body(r#""mode":"at","at":"demain""#)),
            "/appointment/at"
        );
        assert_eq!(
            pointer(&body(&format!(r#""mode":"call","at":"{text}""#))),
            "/appointment/at"
        );
        assert_eq!(pointer(&body(r#""mode":"slot""#)), "/appointment/mode");
        assert_eq!(pointer(&body(r#""mode":"soon""#)), "/appointment/mode");
        assert_eq!(pointer("{}"), "/appointment");
    }
}
