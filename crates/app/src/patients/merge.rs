//! A call that turns out to be about a request already open: it ends as a duplicate that points to it, and what the
//! caller adds goes to whoever follows that request, whose requester stays who they were (R2).

use crate::app::{App, Who};
use crate::chance;
use crate::contacts::{Ending, close, raisable};
use crate::error::AppError;
use crate::idempotent::Kept;
use crate::journal;
use crate::requests::desk::{clean_reason, permitted, refuse_identity_in};
use crate::threads;
use relais_core::access::Permission;
use relais_core::contact::Outcome;
use relais_core::ids::{ContactId, RequestId};
use relais_core::request::Origin;
use relais_store::contacts::{self, Contact};
use relais_store::requests;
use serde_json::json;

/// A call to be joined to a request.
pub struct Merge {
    /// The request that is already there.
    pub into: RequestId,
    /// The call, when it is an open contact; a new one is recorded otherwise.
    pub contact: Option<ContactId>,
    /// Who called, for a contact not recorded yet.
    pub origin: Origin,
    /// What the caller adds, without identity.
    pub text: Option<String>,
    /// The key of the gesture, begun already: the same one joins no second call.
    pub kept: Option<Kept<ContactId>>,
}

impl App {
    /// Ends a call as a duplicate of a request. What there is to add becomes a note in its history and a message of its
    /// thread, told to whoever has the patient, or read by whoever accepts later.
    ///
    /// # Errors
    /// `NotFound` for a request or a contact of others; `request-over` when the request has ended: nothing is written,
    /// the call stays where it is; `Invalid` for a text that names the patient; `contact-ended` when the call has an
    /// outcome already.
    pub async fn merge(&self, who: &Who, merge: Merge) -> Result<ContactId, AppError> {
        let actor = who.signed_in()?;
        let text = clean_reason("/text", merge.text)?;
        let (into, of, origin, kept) = (merge.into, merge.contact, merge.origin, merge.kept);
        let (now, who) = (self.now(), who.clone());
        let done = self
            .write(move |inner, tx| {
                let stored = requests::get_for_update(tx, into)?;
                permitted(&actor, Permission::Handle, &stored.request)?;
                if stored.request.is_ended() {
                    return Err(over(&stored.code));
                }
                if let Some(text) = text.as_deref() {
                    refuse_identity_in(inner, tx, &stored, "/text", text)?;
                }
                let network = stored.request.network;
                let raised = (into, stored.patient);
                let id = match of {
                    Some(id) => {
                        let open = raisable(tx, &actor, id)?;
                        let ending = Ending::plain(Outcome::Duplicate);
                        close(tx, &open, &ending, Some(raised), &who, now)?;
                        id
                    }
                    None => {
                        let id = ContactId::from_bits(chance::id(now));
                        let contact = Contact {
                            outcome: Some(Outcome::Duplicate),
                            request: Some(into),
                            patient: Some(stored.patient),
                            operator: Some(actor.user),
                            ended_at: Some(now),
                            body: "{}".to_owned(),
                            ..Contact::new(id, network, origin, now)
                        };
                        contacts::insert(tx, &contact)?;
                        let body = json!({ "contact": id.to_string(), "outcome": "duplicate" });
                        let act = "contact.ended";
                        journal::act(tx, Some(network), act, None, None, &body, &who, now)?;
                        id
                    }
                };
                let body = json!({
                    "say": "Nouvel appel pour la même demande",
                    "more": text,
                    "contact": id.to_string(),
                });
                let about = Some((&stored.request, stored.patient));
                let act = "request.called-again";
                journal::act(tx, Some(network), act, about, None, &body, &who, now)?;
                if let Some(text) = text.as_deref() {
                    threads::post_words(inner, tx, &stored, &actor, text, &who, now)?;
                }
                if let Some(kept) = &kept {
                    kept.keep(inner, tx, actor.user, &id)?;
                }
                Ok(id)
            })
            .await?;
        self.wake();
        Ok(done)
    }
}

/// Nobody follows a request that ended: a call joined to it would be lost.
fn over(code: &str) -> AppError {
    let detail = format!(
        "La demande {code} est terminée\u{a0}: l’appel n’y a pas été rattaché, il est toujours sur votre poste. Si le besoin est là, lancez une nouvelle demande."
    );
    AppError::problem("request-over", 409, detail)
}
