//! A contact ends, once, with exactly one outcome (R2): the only door to an outcome.

use super::{Typed, ended, workable};
use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::error::AppError;
use crate::journal;
use crate::protocols::{Given, count_answers};
use relais_core::access::Actor;
use relais_core::contact::Outcome;
use relais_core::ids::{ContactId, PatientId, RequestId};
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::contacts::{self, Contact, End};
use serde_json::json;

/// Longest reason or pointer, characters.
const REASON_MAX: usize = 500;

/// How a contact ends.
#[derive(Debug, Clone)]
pub struct Ending {
    /// With what outcome.
    pub outcome: Outcome,
    /// Why, in a few words, without identity.
    pub reason: Option<String>,
    /// Why, as a code (`core::contact::Scope` for what is out of scope).
    pub reason_code: Option<String>,
    /// Where the caller was sent: another service and its number.
    pub pointer: Option<String>,
}

impl Ending {
    /// An outcome that needs no more words.
    pub const fn plain(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: None,
            reason_code: None,
            pointer: None,
        }
    }
}

impl App {
    /// Ends a contact. `Request` is refused here: raising the request ends it, in one transaction.
    ///
    /// # Errors
    /// `contact-ended` when it has an outcome; a reason that names the person is refused (R6).
    pub async fn end_contact(
        &self,
        who: &Who,
        id: ContactId,
        ending: Ending,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        if ending.outcome == Outcome::Request {
            return Err(AppError::Bug(
                "a contact ends with a request by raising it".to_owned(),
            ));
        }
        for text in [&ending.reason, &ending.pointer].into_iter().flatten() {
            if text.chars().count() > REASON_MAX {
                let detail = format!("{REASON_MAX} caractères au plus.");
                return Err(AppError::invalid("/reason", detail));
            }
        }
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let contact = contacts::get_for_update(tx, id)?;
            workable(&actor, &contact)?;
            if let Some(reason) = ending.reason.as_deref() {
                refuse_identity(inner, tx, id, reason)?;
            }
            close(tx, &contact, &ending, None, &who, now)
        })
        .await
    }
}

impl App {
    /// Writes down that somebody passed over a sign towards the 15, and why: the regulator decides
    /// from here on, never a cascade (R3). `signs` are the keys of the questions.
    pub async fn pass_over(
        &self,
        who: &Who,
        id: ContactId,
        signs: Vec<String>,
        reason: String,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        if reason.chars().count() > REASON_MAX {
            let detail = format!("{REASON_MAX} caractères au plus.");
            return Err(AppError::invalid("/reason", detail));
        }
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let contact = raisable(tx, &actor, id)?;
            refuse_identity(inner, tx, id, &reason)?;
            let body = json!({ "contact": id.to_string(), "signs": signs });
            let (network, why) = (Some(contact.network), Some(reason.as_str()));
            journal::act(
                tx,
                network,
                "contact.passed-over",
                None,
                why,
                &body,
                &who,
                now,
            )
        })
        .await
    }
}

/// An open contact somebody may raise a request from, read for update.
pub(crate) fn raisable(tx: &mut Tx<'_>, actor: &Actor, id: ContactId) -> Result<Contact, AppError> {
    let contact = contacts::get_for_update(tx, id)?;
    workable(actor, &contact)?;
    if contact.outcome.is_some() {
        return Err(ended());
    }
    Ok(contact)
}

/// Ends a contact read for update in this transaction.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    contact: &Contact,
    ending: &Ending,
    raised: Option<(RequestId, PatientId)>,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    if contact.outcome.is_some() {
        return Err(ended());
    }
    let end = End {
        outcome: ending.outcome,
        request: raised.map(|(request, _)| request),
        patient: raised.map(|(_, patient)| patient),
        reason: ending.reason.as_deref(),
        reason_code: ending.reason_code.as_deref(),
        pointer: ending.pointer.as_deref(),
    };
    contacts::end(tx, contact.id, &end, now)?;
    if let Some(text) = &contact.triage {
        count_answers(tx, contact.network, &Given::from_stored(text), now)?;
    }
    let body = json!({ "contact": contact.id.to_string(), "outcome": ending.outcome.code(),
        "code": ending.reason_code });
    let (network, why) = (Some(contact.network), ending.reason.as_deref());
    journal::act(tx, network, "contact.ended", None, why, &body, who, now)?;
    tx.notify(Change::contacts(contact.network, None).encode())?;
    Ok(())
}

/// A reason is read by others: it never holds what was typed of the person (R6).
fn refuse_identity(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: ContactId,
    text: &str,
) -> Result<(), AppError> {
    let Some(secret) = contacts::open_draft(tx, &inner.vault, id)? else {
        return Ok(());
    };
    let typed = Typed::unseal(&secret)?;
    let identity = crate::requests::person::typed_identity(&typed);
    match crate::requests::comment::identity_in(text, &identity) {
        Some(found) => {
            let sentence = crate::requests::comment::sentence(text, &found);
            Err(AppError::invalid("/reason", sentence))
        }
        None => Ok(()),
    }
}
