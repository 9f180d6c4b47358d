//! What was lived on paper while the machine was down, entered afterwards by the desk with its true
//! hours and marked as such (R2). Owns the two doors, a request and a contact without one; what a
//! late request becomes is `core::cascade::enter_late`'s.

use super::behind::Start;
use super::raise::Raised;
use crate::app::{App, Who};
use crate::bus::Change;
use crate::chance;
use crate::contacts::Ending;
use crate::error::AppError;
use crate::idempotent::Kept;
use crate::journal;
use crate::requests::draft::RequestDraft;
use relais_core::access::Actor;
use relais_core::cascade::{LATE_MAX, Late, LateError, Refusal};
use relais_core::contact::Outcome;
use relais_core::ids::ContactId;
use relais_core::request::Origin;
use relais_core::time::Instant;
use relais_store::contacts::{self, Contact};

/// Most answers heard on the phone for one request.
pub const ANSWERS_MAX: usize = 12;
/// Longest reason or pointer, characters.
const REASON_MAX: usize = 500;

impl App {
    /// Enters a request lived on paper, with its contact, in one transaction; nobody is asked or
    /// told what is settled already.
    ///
    /// # Errors
    /// `Denied` to whoever is not a desk; what the draft's checks and the core refuse.
    pub async fn enter_late(
        &self,
        who: &Who,
        draft: RequestDraft,
        late: Late,
        kept: Option<Kept<Raised>>,
    ) -> Result<Raised, AppError> {
        desk(&who.signed_in()?)?;
        if late.answers.len() > ANSWERS_MAX {
            let detail = format!("{ANSWERS_MAX} réponses au plus.");
            return Err(AppError::invalid("/answers", detail));
        }
        self.raise_as(who, draft, kept, Start::Paper(late), None)
            .await
    }

    /// Records a call lived on paper that raised no request, with its outcome and its true hour.
    ///
    /// # Errors
    /// `Denied` to whoever is not a desk; an hour that cannot be true; a transfer to 15 without its
    /// reason.
    pub async fn enter_late_contact(
        &self,
        who: &Who,
        origin: Origin,
        ending: Ending,
        happened_at: Instant,
    ) -> Result<ContactId, AppError> {
        let actor = who.signed_in()?;
        desk(&actor)?;
        if ending.outcome == Outcome::Request {
            let bug = "a late contact with a request is entered with it";
            return Err(AppError::Bug(bug.to_owned()));
        }
        let (now, who) = (self.now(), who.clone());
        if now < happened_at || happened_at + LATE_MAX < now {
            return Err(Refusal::from(LateError::CallTime).into());
        }
        if ending.outcome == Outcome::Transferred15 && ending.reason.is_none() {
            let detail = "Dites pourquoi le 15, en quelques mots.";
            return Err(AppError::invalid("/reason", detail));
        }
        for text in [&ending.reason, &ending.pointer].into_iter().flatten() {
            if text.chars().count() > REASON_MAX {
                let detail = format!("{REASON_MAX} caractères au plus.");
                return Err(AppError::invalid("/reason", detail));
            }
        }
        self.write(move |_, tx| {
            let id = ContactId::from_bits(chance::id(now));
            let row = Contact {
                outcome: Some(ending.outcome),
                operator: Some(actor.user),
                ended_at: Some(now),
                happened_at: Some(happened_at),
                entered_late: true,
                body: "{}".to_owned(),
                reason: ending.reason.clone(),
                reason_code: ending.reason_code.clone(),
                pointer: ending.pointer.clone(),
                ..Contact::new(id, actor.network, origin, now)
            };
            contacts::insert(tx, &row)?;
            let body = serde_json::json!({ "contact": id.to_string(), "late": true,
                "outcome": ending.outcome.code(), "happened_at": happened_at.millis() });
            let (network, why) = (Some(actor.network), ending.reason.as_deref());
            journal::act(tx, network, "contact.ended", None, why, &body, &who, now)?;
            tx.notify(Change::contacts(actor.network, None).encode())?;
            Ok(id)
        })
        .await
    }
}

fn desk(actor: &Actor) -> Result<(), AppError> {
    if actor.is_desk_of(actor.network) {
        Ok(())
    } else {
        Err(AppError::Denied)
    }
}
