//! What is behind a request beside its draft: the call it ends or the form it was sent with, what was passed over. Owns
//! the contact of a request raised at once; refuses to know what the request becomes.

use super::draft::{Checked, RequestDraft};
use crate::app::{Inner, Who};
use crate::chance;
use crate::contacts::{self, Kept, Opening};
use crate::error::AppError;
use crate::regulation::overrides::PassedOver;
use relais_core::access::{Actor, Role};
use relais_core::cascade::Late;
use relais_core::contact::{Kind, Outcome};
use relais_core::ids::{ContactId, NetworkId, PatientId, RequestId};
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::contacts::Contact;

/// What is behind a request, beside its draft. No Debug: it holds an identity.
#[derive(Clone, Default)]
pub struct Behind {
    /// The open contact it ends.
    pub contact: Option<ContactId>,
    /// The form it was sent with, when no open contact keeps it: sealed with the contact written beside the request, so
    /// that a launch taken back finds it.
    pub kept: Option<Kept>,
    /// The red flags its raiser passed over (R3).
    pub passed_over: Option<PassedOver>,
}

impl Behind {
    /// Where the request starts from, and what was passed over.
    pub(super) fn split(self) -> (Start, Option<PassedOver>) {
        let start = match (self.contact, self.kept) {
            (Some(id), _) => Start::Contact(id),
            (None, Some(kept)) => Start::Form(Box::new(kept)),
            (None, None) => Start::Now,
        };
        (start, self.passed_over)
    }
}

/// What a request is raised from.
pub(crate) enum Start {
    /// Nothing: its contact is written with it.
    Now,
    /// A form that no contact keeps yet: one begins and ends with it.
    Form(Box<Kept>),
    /// An open contact, which ends with it.
    Contact(ContactId),
    /// What was lived on paper while the machine was down.
    Paper(Late),
}

/// The contact of a form that none kept, about to end with its request. What the actor had on their desk waits.
pub(super) fn begun(
    inner: &Inner,
    tx: &mut Tx<'_>,
    who: &Who,
    network: NetworkId,
    kept: &Kept,
    now: Instant,
) -> Result<Contact, AppError> {
    let opening = Opening {
        kept: Some(kept.clone()),
        origin: kept.origin,
        ..Opening::call(network)
    };
    Ok(contacts::open(inner, tx, who, &opening, now)?.contact)
}

/// The contact of a request raised at once, without an open one before it.
pub(super) fn contact_of(
    checked: &Checked,
    draft: &RequestDraft,
    actor: &Actor,
    request: RequestId,
    patient: PatientId,
    now: Instant,
) -> Contact {
    let id = ContactId::from_bits(chance::id(now));
    Contact {
        kind: kind_of(actor),
        outcome: Some(Outcome::Request),
        request: Some(request),
        patient: Some(patient),
        operator: Some(actor.user),
        ended_at: Some(now),
        body: triage_body(draft),
        sheet: draft
            .triage
            .as_ref()
            .and_then(|t| t.sheet.clone().map(|sheet| (sheet, t.version))),
        ..Contact::new(id, checked.network, checked.origin, now)
    }
}

/// How a contact came, from who notes it.
pub(crate) const fn kind_of(actor: &Actor) -> Kind {
    match actor.role {
        Role::Professional => Kind::Counter,
        Role::Partner => Kind::Api,
        _ => Kind::Call,
    }
}

/// What the call was about and what triage gave, as codes only.
fn triage_body(draft: &RequestDraft) -> String {
    let triage = draft.triage.as_ref();
    let motives: Vec<&str> = draft.need.motives.iter().map(|m| m.code.trim()).collect();
    serde_json::json!({
        "motives": motives,
        "red_flags": triage.map(|t| t.red_flags.as_str()),
        "sheet": triage.and_then(|t| t.sheet.as_deref()),
        "version": triage.and_then(|t| t.version),
        "answers": triage.map(|t| &t.answers),
    })
    .to_string()
}
