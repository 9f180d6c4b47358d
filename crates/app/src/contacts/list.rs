//! The open contacts of a desk, for its board, and the one somebody has on their desk.

use super::{Desk, Facts, Typed, workable};
use crate::app::{App, Who};
use crate::error::AppError;
use relais_core::access::Role;
use relais_core::contact::Kind;
use relais_core::ids::ContactId;
use relais_store::contacts::{self, Contact};
use relais_store::phone_calls;

/// Most open contacts listed: more than a network may have of all kinds.
const LIST_MAX: u32 = 2_000;

/// An open contact as the board shows it: no name, no number.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The row.
    pub contact: Contact,
    /// What may be shown.
    pub facts: Facts,
    /// Whoever has it, by name.
    pub holder: Option<String>,
    /// The exchange said that the caller hung up; what was typed waits, and an outcome is owed.
    pub hung_up: bool,
}

impl Waiting {
    /// A call on hold or a ringing phone: somebody is at the other end, and nobody has it.
    pub fn is_on_the_line(&self) -> bool {
        !self.hung_up
            && self.contact.holder.is_none()
            && self.contact.promised_at.is_none()
            && matches!(self.contact.kind, Kind::Call | Kind::Ring)
    }
}

impl App {
    /// The open contacts of the actor's network, oldest first, without anything that says who.
    pub async fn open_contacts(&self, who: &Who) -> Result<Vec<Waiting>, AppError> {
        let actor = who.signed_in()?;
        let sees = matches!(
            actor.role,
            Role::Operator | Role::Regulator | Role::Coordinator
        );
        if !sees {
            return Err(AppError::Denied);
        }
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let rows = contacts::list_open(tx, actor.network, LIST_MAX)?;
            let gone = phone_calls::list_hung_up(tx, actor.network)?;
            let waiting = rows.into_iter().map(|contact| Waiting {
                facts: Facts::of(&contact),
                holder: contact.holder.and_then(|user| directory.user_name(user)),
                hung_up: gone.contains(&contact.id),
                contact,
            });
            Ok(waiting.collect())
        })
        .await
    }

    /// The contact the actor has on their desk, with what was typed: after a crash, a reload or on
    /// another machine, one goes on where one was.
    pub async fn contact_in_hand(&self, who: &Who) -> Result<Option<Desk>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |inner, tx| {
            let Some(contact) = contacts::list_held(tx, actor.user)?.into_iter().next() else {
                return Ok(None);
            };
            let typed = contacts::open_draft(tx, &inner.vault, contact.id)?;
            let typed = typed.as_ref().map(Typed::unseal).transpose()?;
            Ok(Some(Desk {
                contact,
                typed: typed.unwrap_or_default(),
            }))
        })
        .await
    }

    /// A contact without what was typed: where it stands, who has it, how it ended.
    pub async fn contact_row(&self, who: &Who, id: ContactId) -> Result<Contact, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let contact = contacts::get(tx, id)?;
            workable(&actor, &contact)?;
            Ok(contact)
        })
        .await
    }
}
