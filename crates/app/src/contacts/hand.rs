//! Who has an open contact on their desk: put on hold, taken, taken over from another desk. One
//! contact at a time on a desk; each change is journaled.

use super::open::due_of;
use super::{Desk, Typed, ended, workable};
use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::error::AppError;
use crate::journal;
use relais_core::ids::{ContactId, UserId};
use relais_core::time::{Calendar, Instant};
use relais_store::Tx;
use relais_store::contacts::{self, Contact};
use serde_json::json;

impl App {
    /// Puts a contact on hold: nobody has it, everybody at the desk may take it. With a promise,
    /// somebody is to call back before that time.
    pub async fn hold_contact(
        &self,
        who: &Who,
        id: ContactId,
        promised_at: Option<Instant>,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let mut contact = contacts::get_for_update(tx, id)?;
            workable(&actor, &contact)?;
            if contact.outcome.is_some() {
                return Err(ended());
            }
            let directory = inner.directory.current(tx)?;
            let calendar = &directory.network(contact.network)?.calendar;
            contact.promised_at = promised_at.or(contact.promised_at);
            put_on_hold(tx, calendar, &mut contact, &who, now)
        })
        .await
    }

    /// Takes a contact, from hold or from another desk, with what was typed in it. What the actor
    /// had on their desk is put on hold: a second call loses nothing of the first.
    pub async fn take_contact(&self, who: &Who, id: ContactId) -> Result<Desk, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let mut contact = contacts::get_for_update(tx, id)?;
            workable(&actor, &contact)?;
            if contact.outcome.is_some() {
                return Err(ended());
            }
            let directory = inner.directory.current(tx)?;
            let calendar = &directory.network(contact.network)?.calendar;
            put_down(tx, calendar, actor.user, Some(id), &who, now)?;
            if contact.holder != Some(actor.user) {
                let from = contact.holder.replace(actor.user);
                contact.saved_at = Some(now);
                // A promise already recalled is not recalled anew because somebody takes it.
                if contact.promised_at.is_none() {
                    contact.due = Some(due_of(&contact, calendar));
                }
                contacts::update_holder(tx, &contact)?;
                let from = from.map(|user| user.to_string());
                let body = json!({ "contact": id.to_string(), "from": from });
                let network = Some(contact.network);
                journal::act(tx, network, "contact.taken", None, None, &body, &who, now)?;
                tx.notify(Change::contacts(contact.network, None).encode())?;
            }
            let typed = contacts::open_draft(tx, &inner.vault, id)?;
            let typed = typed.as_ref().map(Typed::unseal).transpose()?;
            Ok(Desk {
                contact: contacts::get(tx, id)?,
                typed: typed.unwrap_or_default(),
            })
        })
        .await
    }
}

/// Puts an open contact that nobody has on somebody's desk: the telephone exchange says that they answered. What they
/// had is put on hold. A contact that ended, or that somebody has, is left as it is.
pub(crate) fn hand_over(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: ContactId,
    user: UserId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let mut contact = contacts::get_for_update(tx, id)?;
    if contact.outcome.is_some() || contact.holder.is_some() {
        return Ok(());
    }
    let directory = inner.directory.current(tx)?;
    let calendar = &directory.network(contact.network)?.calendar;
    put_down(tx, calendar, user, Some(id), who, now)?;
    contact.holder = Some(user);
    contact.saved_at = Some(now);
    contact.due = Some(due_of(&contact, calendar));
    contacts::update_holder(tx, &contact)?;
    let body = json!({ "contact": id.to_string(), "to": user.to_string() });
    let network = Some(contact.network);
    journal::act(tx, network, "contact.taken", None, None, &body, who, now)?;
    Ok(tx.notify(Change::contacts(contact.network, None).encode())?)
}

/// Puts on hold whatever somebody has, whose account ends: nobody else's gesture is needed for the desk to see it.
pub(crate) fn put_all_down(
    inner: &Inner,
    tx: &mut Tx<'_>,
    user: UserId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let directory = inner.directory.current(tx)?;
    for mut contact in contacts::list_held(tx, user)? {
        let calendar = &directory.network(contact.network)?.calendar;
        put_on_hold(tx, calendar, &mut contact, who, now)?;
    }
    Ok(())
}

/// Puts on hold whatever somebody has on their desk, but one.
pub(super) fn put_down(
    tx: &mut Tx<'_>,
    calendar: &Calendar,
    user: UserId,
    but: Option<ContactId>,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    for mut contact in contacts::list_held(tx, user)? {
        if Some(contact.id) != but {
            put_on_hold(tx, calendar, &mut contact, who, now)?;
        }
    }
    Ok(())
}

fn put_on_hold(
    tx: &mut Tx<'_>,
    calendar: &Calendar,
    contact: &mut Contact,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    contact.holder = None;
    contact.saved_at = Some(now);
    contact.due = Some(due_of(contact, calendar));
    contacts::update_holder(tx, contact)?;
    let body = json!({ "contact": contact.id.to_string() });
    let network = Some(contact.network);
    journal::act(tx, network, "contact.held", None, None, &body, who, now)?;
    tx.notify(Change::contacts(contact.network, None).encode())?;
    Ok(())
}
