//! Contacts (R2): a call in progress or on hold, a web form to be called back, a ringing phone are
//! all the same thing, an *open contact*, until exactly one outcome ends it. Owns what is kept of
//! them while they last, who has them, and how they end; refuses to show what was typed to
//! somebody who has not taken the contact, which is journaled.

mod end;
mod hand;
mod list;
mod open;
mod save;
mod sweep;
mod undo;

pub use end::Ending;
pub(crate) use end::{close, raisable};
pub(crate) use hand::{hand_over, put_all_down};
pub use list::Waiting;
pub use open::Opening;
pub(crate) use open::{due_of, open};
pub use undo::UNDO;

use crate::app::Inner;
use crate::error::AppError;
use crate::phone::Phone;
use crate::protocols::Given;
use relais_core::access::{Actor, Role};
use relais_core::ids::ContactId;
use relais_core::request::Origin;
use relais_store::Tx;
use relais_store::contacts::{self, Contact};
use relais_store::seal::Secret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most bytes of a draft, sealed as JSON.
const DRAFT_MAX: usize = 64 * 1024;
/// Most contacts of one kind a network has open when one comes by itself (a form, a ring, a counter): past it, something
/// floods the desk. The desk's own calls are never refused.
const OPEN_MAX: i64 = 300;

/// A form as it stands: names of fields and what was typed in them. No Debug: it holds an identity.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Typed(pub BTreeMap<String, Vec<String>>);

impl Typed {
    /// The first value of a field, trimmed; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        let values = self.0.get(name).map_or(&[][..], Vec::as_slice);
        values.first().map_or("", |text| text.trim())
    }

    fn seal(&self) -> Result<Secret, AppError> {
        let text = serde_json::to_string(self).map_err(|e| AppError::Bug(e.to_string()))?;
        if text.len() > DRAFT_MAX {
            let detail =
                "Cette fiche est trop longue pour être gardée\u{a0}: raccourcissez le texte libre.";
            return Err(AppError::problem("draft-too-large", 422, detail));
        }
        Ok(Secret::new(text))
    }

    fn unseal(secret: &Secret) -> Result<Self, AppError> {
        // The error is not kept: it could repeat what was typed.
        serde_json::from_str(secret.expose())
            .map_err(|_| AppError::Bug("a sealed draft is not a form".to_owned()))
    }
}

/// What the desk may see of an open contact without taking it: nothing that says who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Motives, codes of the closed list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub motives: Vec<String>,
    /// F, M or U.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Age in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u16>,
    /// INSEE code of the commune.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// Where the questions lead so far: `15` or `regulator`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<String>,
}

impl Facts {
    /// The facts of a contact; nothing when its body is of another form.
    pub fn of(contact: &Contact) -> Self {
        serde_json::from_str(&contact.body).unwrap_or_default()
    }
}

/// What is kept of a contact while it lasts.
#[derive(Clone)]
pub struct Kept {
    /// The form as it stands: sealed.
    pub typed: Typed,
    /// The caller's number, E.164, once it is one.
    pub caller: Option<String>,
    /// Where it comes from, as far as known.
    pub origin: Origin,
    /// What may be shown without opening it.
    pub facts: Facts,
    /// The sheet walked, and its version.
    pub sheet: Option<(String, Option<i64>)>,
    /// Answers to the questions: codes only, by question key.
    pub triage: Option<Given>,
}

/// An open contact with what was typed, for whoever has it. No Debug: it holds an identity.
#[derive(Clone)]
pub struct Desk {
    /// The row.
    pub contact: Contact,
    /// What was typed so far.
    pub typed: Typed,
}

/// The number to call back of an open contact, read when a message to it leaves.
pub(crate) fn number(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: ContactId,
) -> Result<Option<Phone>, AppError> {
    let secret = contacts::open_draft(tx, &inner.vault, id)?;
    let typed = secret.as_ref().map(Typed::unseal).transpose()?;
    Ok(typed.and_then(|typed| Phone::read(typed.get("phone"))))
}

/// Whoever may work on a contact: the desk of its network, and whoever brought it.
fn workable(actor: &Actor, contact: &Contact) -> Result<(), AppError> {
    let desk = actor.is_desk_of(contact.network);
    let theirs = contact.operator == Some(actor.user) || contact.holder == Some(actor.user);
    if desk || theirs {
        Ok(())
    } else if actor.role == Role::Coordinator && actor.network == contact.network {
        Err(AppError::Denied)
    } else {
        Err(AppError::NotFound)
    }
}

/// The refusal told when an open contact is no longer what the page knew of it.
fn moved(id: ContactId, detail: String) -> AppError {
    tracing::debug!(contact.id = %id, "an open contact moved under a page");
    AppError::problem("contact-moved", 409, detail)
}

fn ended() -> AppError {
    let detail = "Cet appel est déjà clos. Rien n’a été changé.";
    AppError::problem("contact-ended", 409, detail)
}
