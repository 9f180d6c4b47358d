//! What a patient does with their link, or says by SMS: no longer needed, late (R7, R8).

use super::{link, opened};
use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::chance;
use crate::error::AppError;
use crate::outbox::{self, Post};
use crate::{journal, shell};
use relais_core::cascade::Command;
use relais_core::ids::{ProfessionalId, UserId};
use relais_core::people::Mode;
use relais_core::request::{CancelledBy, Engagement, Phase, Request};
use relais_core::time::{Duration, Instant};
use relais_store::requests::Stored;
use relais_store::{Tx, patient_links};
use serde_json::json;

/// After its hour, an appointment may still be run late to for so long.
const LATE_AFTER: Duration = Duration::hours(2);
/// A lateness told again so soon is the same one.
const SAME: Duration = Duration::minutes(2);
use crate::text::reply::LATE_MAX;

/// Whether its patient may still cancel it: not over, and its hour not past.
pub(crate) fn cancellable(request: &Request, now: Instant) -> bool {
    match &request.phase {
        Phase::Ended(_) => false,
        Phase::Engaged(engagement) => match engagement.appointment.starts_at() {
            Some(_) => engagement.appointment.latest().is_none_or(|at| now <= at),
            None => true,
        },
        Phase::ToQualify { .. } | Phase::Asking(_) | Phase::Paused(_) | Phase::Unfilled(_) => true,
    }
}

/// The engagement whose hour one may be late for.
fn awaited(request: &Request, now: Instant) -> Option<&Engagement> {
    let Phase::Engaged(engagement) = &request.phase else {
        return None;
    };
    engagement.appointment.starts_at()?;
    // Whoever is visited is never late.
    if request.need.mode == Mode::Visit {
        return None;
    }
    let latest = engagement.appointment.latest()?;
    (now <= latest + LATE_AFTER).then_some(engagement)
}

/// Whether it makes sense to say that one is late.
pub(super) fn can_be_late(request: &Request, now: Instant) -> bool {
    awaited(request, now).is_some()
}

/// Who was told of a lateness.
pub(crate) enum Told {
    /// The professional.
    Them(ProfessionalId),
    /// They have no channel: the patient phones.
    Nobody,
    /// There is nothing one could be late for.
    NothingToBeLateFor,
}

/// The patient of a request says they are late: the professional is told, and it is written down.
pub(crate) fn late(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    minutes: Option<u16>,
    who: &Who,
    now: Instant,
) -> Result<Told, AppError> {
    let request = &stored.request;
    let Some(engagement) = awaited(request, now) else {
        return Ok(Told::NothingToBeLateFor);
    };
    let professional = engagement.professional;
    link::secret(inner, tx, request.id, request.network, now)?;
    let before = patient_links::find(tx, request.id)?.and_then(|link| link.late);
    if before.is_some_and(|(at, said)| said == minutes && now.since(at) < SAME) {
        return Ok(Told::Them(professional));
    }
    patient_links::set_late(tx, request.id, minutes, now)?;
    let say = match minutes {
        Some(minutes) => format!("Le patient prévient d’un retard de {minutes}\u{a0}min"),
        None => "Le patient prévient d’un retard".to_owned(),
    };
    let body = json!({ "say": say, "minutes": minutes });
    let about = Some((request, stored.patient));
    let network = request.network;
    journal::act(
        tx,
        Some(network),
        "patient.late",
        about,
        None,
        &body,
        who,
        now,
    )?;
    let directory = inner.directory.current(tx)?;
    let post = Post {
        request,
        code: &stored.code,
        patient: stored.patient,
        version: stored.version,
        now,
        who,
    };
    let told = outbox::tell_late(inner, tx, &directory, &post, professional, minutes)?;
    let change = Change {
        network,
        request: Some(request.id),
        professionals: Some(vec![professional]),
        alert: None,
    };
    tx.notify(change.encode())?;
    Ok(if told {
        Told::Them(professional)
    } else {
        Told::Nobody
    })
}

impl App {
    /// The holder of a link no longer needs it. Twice is once.
    ///
    /// # Errors
    /// `NotFound`; `too-late` when its hour is past.
    pub async fn cancel_by_link(&self, secret: &str) -> Result<(), AppError> {
        let digest = chance::fingerprint(secret);
        let now = self.now();
        self.write(move |inner, tx| {
            let stored = opened(tx, &digest, now)?;
            if stored.request.is_ended() {
                return Ok(());
            }
            if !cancellable(&stored.request, now) {
                let detail = "L’heure de ce rendez-vous est passée\u{a0}: il ne peut plus être annulé ici. Appelez le service.";
                return Err(AppError::problem("too-late", 409, detail));
            }
            let command = Command::Cancel {
                by: UserId::from_bits(0),
                who: CancelledBy::Patient,
            };
            let who = Who::platform("page");
            let why = Some("Annulé sur la page du patient");
            shell::apply_to(inner, tx, stored, &command, &who, now, why)?;
            Ok(())
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// The holder of a link says they are late. `false` when nobody could be told: they phone.
    ///
    /// # Errors
    /// `NotFound`; a field when the minutes cannot be believed; `too-late` when there is nothing to
    /// be late for.
    pub async fn late_by_link(&self, secret: &str, minutes: u16) -> Result<bool, AppError> {
        if !(1..=LATE_MAX).contains(&minutes) {
            return Err(AppError::invalid(
                "/minutes",
                "Dites de combien de minutes.",
            ));
        }
        let digest = chance::fingerprint(secret);
        let now = self.now();
        let told = self
            .write(move |inner, tx| {
                let stored = opened(tx, &digest, now)?;
                let who = Who::platform("page");
                match late(inner, tx, &stored, Some(minutes), &who, now)? {
                    Told::Them(_) => Ok(true),
                    Told::Nobody => Ok(false),
                    Told::NothingToBeLateFor => {
                        let detail = "Il n’y a plus de rendez-vous pour lequel être en retard. Appelez le service.";
                        Err(AppError::problem("too-late", 409, detail))
                    }
                }
            })
            .await?;
        self.wake();
        Ok(told)
    }
}
