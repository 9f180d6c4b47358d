//! A contact (R2): one call or form, whatever comes of it, with exactly one coded outcome. Keeps
//! the patient sealed, and the rest as codes.

use super::field::{Errors, codes};
use super::need::MotiveDraft;
use super::person::PatientDraft;
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::AppError;
use crate::idempotent::Kept;
use crate::journal;
use crate::reference::motives::Motives;
use relais_core::access::Actor;
use relais_core::contact::Outcome;
use relais_core::ids::{ContactId, PatientId};
use relais_core::request::{MOTIVES_MAX, Origin, UsualDoctor};
use relais_core::time::Instant;
use relais_store::contacts::{self, Contact};
use relais_store::{Tx, patients};
use serde::Deserialize;
use serde_json::json;

/// Longest reason, characters.
const REASON_MAX: usize = 500;

/// The body of `POST /contacts` (CONTRACT).
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactDraft {
    /// Where it comes from.
    pub origin: String,
    /// How it ended; left out while it goes on.
    #[serde(default)]
    pub outcome: Option<String>,
    /// Who it is about, when they said; nobody for a wrong number.
    #[serde(default)]
    pub patient: Option<PatientDraft>,
    /// Does the patient have a usual doctor: yes, no or unknown.
    #[serde(default)]
    pub usual_doctor: Option<String>,
    /// Up to five motives.
    #[serde(default)]
    pub motives: Vec<MotiveDraft>,
    /// Why, in a few words, without identity.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A contact just recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Which.
    pub id: ContactId,
    /// From where.
    pub origin: Origin,
    /// How it ended, if it did.
    pub outcome: Option<Outcome>,
    /// When.
    pub at: Instant,
}

impl App {
    /// Records a contact that raised no request.
    pub async fn record(&self, who: &Who, draft: ContactDraft) -> Result<Recorded, AppError> {
        self.record_once(who, draft, None).await
    }

    /// The same, the answer kept under an idempotency key in that transaction.
    pub async fn record_once(
        &self,
        who: &Who,
        draft: ContactDraft,
        kept: Option<Kept<Recorded>>,
    ) -> Result<Recorded, AppError> {
        let actor = who.signed_in()?;
        if !actor.may_raise() {
            return Err(AppError::Denied);
        }
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let recorded = record(inner, tx, &actor, &draft, &who, now)?;
            if let Some(kept) = &kept {
                kept.keep(inner, tx, actor.user, &recorded)?;
            }
            Ok(recorded)
        })
        .await
    }
}

fn record(
    inner: &Inner,
    tx: &mut Tx<'_>,
    actor: &Actor,
    draft: &ContactDraft,
    who: &Who,
    now: Instant,
) -> Result<Recorded, AppError> {
    let directory = inner.directory.current(tx)?;
    let today = directory.network(actor.network)?.calendar.date(now);
    let mut errors = Errors::default();
    let among = codes(Origin::ALL, Origin::code);
    let origin = errors.coded("/origin", &draft.origin, Origin::from_code, &among);
    let outcome = draft
        .outcome
        .as_deref()
        .map(|text| outcome(&mut errors, text));
    let patient = draft.patient.as_ref().map(|patient| {
        let identity = patient.identity(&mut errors, today);
        (identity, patient.place(&mut errors))
    });
    let usual = draft.usual_doctor.as_deref();
    let usual = usual.map(|text| {
        errors.coded(
            "/usual_doctor",
            text,
            UsualDoctor::from_code,
            "yes, no, unknown",
        )
    });
    let motives = motives(&mut errors, &draft.motives);
    let reason = draft
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if reason.is_some_and(|text| text.chars().count() > REASON_MAX) {
        errors.add("/reason", format!("{REASON_MAX} caractères au plus."));
    }
    if let (Some(text), Some((Some((identity, ..)), _))) = (reason, &patient)
        && let Some(found) = super::comment::identity_in(text, identity)
    {
        errors.add("/reason", super::comment::sentence(text, &found));
    }
    let (Some(origin), true) = (origin, errors.0.is_empty()) else {
        return Err(AppError::Invalid(errors.0));
    };
    let outcome = outcome.flatten();
    let id = ContactId::from_bits(chance::id(now));
    let mut about = None;
    if let Some((Some((identity, _, _, sex)), Some((insee, postcode)))) = &patient {
        let record = PatientId::from_bits(chance::id(now));
        let (vault, network) = (&inner.vault, actor.network);
        patients::insert(
            tx, vault, record, network, identity, *sex, *insee, postcode, now,
        )?;
        about = Some(record);
    }
    let body =
        json!({ "usual_doctor": usual.flatten().map(UsualDoctor::code), "motives": motives });
    let mut row = Contact {
        kind: super::behind::kind_of(actor),
        outcome,
        patient: about,
        operator: Some(actor.user),
        ended_at: outcome.map(|_| now),
        body: body.to_string(),
        reason: reason.map(str::to_owned),
        ..Contact::new(id, actor.network, origin, now)
    };
    if outcome.is_none() {
        let calendar = &directory.network(actor.network)?.calendar;
        row.due = Some(crate::contacts::due_of(&row, calendar));
    }
    contacts::insert(tx, &row)?;
    let body = json!({ "contact": id.to_string(), "outcome": outcome.map(Outcome::code) });
    let act = if outcome.is_some() {
        "contact.ended"
    } else {
        "contact.opened"
    };
    journal::act(tx, Some(actor.network), act, None, reason, &body, who, now)?;
    Ok(Recorded {
        id,
        origin,
        outcome,
        at: now,
    })
}

/// Every outcome but a request, which is raised by its own address.
fn outcome(errors: &mut Errors, text: &str) -> Option<Outcome> {
    let found = Outcome::from_code(text);
    match found {
        Some(Outcome::Request) => errors.add(
            "/outcome",
            "Une demande se crée par POST /requests, qui note aussi l’appel.",
        ),
        Some(_) => {}
        None => {
            let others = Outcome::ALL.iter().filter(|one| **one != Outcome::Request);
            let codes: Vec<_> = others.map(|one| one.code()).collect();
            let message = format!("Choisissez parmi\u{a0}: {}.", codes.join(", "));
            errors.add("/outcome", message);
        }
    }
    found
}

fn motives(errors: &mut Errors, given: &[MotiveDraft]) -> Vec<String> {
    if given.len() > MOTIVES_MAX {
        errors.add("/motives", format!("{MOTIVES_MAX} motifs au plus."));
        return Vec::new();
    }
    let mut codes = Vec::new();
    for (index, motive) in given.iter().enumerate() {
        match Motives::shipped().get(&motive.code) {
            Some(known) => codes.push(known.code.to_string()),
            None => errors.add(
                &format!("/motives/{index}/code"),
                "Ce motif n’est pas dans la liste des motifs.",
            ),
        }
    }
    codes
}
