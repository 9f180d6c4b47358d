//! A contact begins.

use super::{Desk, Kept, OPEN_MAX, Typed};
use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::chance;
use crate::error::AppError;
use crate::journal;
use relais_core::contact::{self, Kind, Open, Why};
use relais_core::ids::{ContactId, NetworkId};
use relais_core::request::Origin;
use relais_core::time::{Calendar, Instant};
use relais_store::Tx;
use relais_store::contacts::{self, Contact};
use serde_json::json;

/// A contact about to begin.
pub struct Opening {
    /// Whose desk.
    pub network: NetworkId,
    /// How it came.
    pub kind: Kind,
    /// Where it comes from.
    pub origin: Origin,
    /// The actor has it on their desk at once; what they had there is put on hold.
    pub held: bool,
    /// A call back is promised before this.
    pub promised_at: Option<Instant>,
    /// It happened before, and is entered after a breakdown with its true time.
    pub happened_at: Option<Instant>,
    /// What is known already.
    pub kept: Option<Kept>,
}

impl Opening {
    /// A call that starts now on the actor's desk.
    pub const fn call(network: NetworkId) -> Self {
        Self {
            network,
            kind: Kind::Call,
            origin: Origin::Patient,
            held: true,
            promised_at: None,
            happened_at: None,
            kept: None,
        }
    }
}

/// What the rule of closing time looks at.
pub(crate) fn due_of(contact: &Contact, calendar: &Calendar) -> (Instant, Why) {
    contact::due(&open_of(contact), calendar)
}

pub(super) fn open_of(contact: &Contact) -> Open {
    Open {
        received_at: contact.received_at,
        held: contact.holder.is_some(),
        touched_at: contact.saved_at.unwrap_or(contact.received_at),
        promised_at: contact.promised_at,
    }
}

impl App {
    /// Opens a contact: somebody calls, fills in a form, or a phone rings (R2). Without an actor it
    /// is the platform's own (a public form).
    ///
    /// # Errors
    /// `Denied` to somebody who may not raise requests or is of another network; a named refusal
    /// when too many came by themselves and wait.
    pub async fn open_contact(&self, who: &Who, opening: Opening) -> Result<Desk, AppError> {
        if let Some(actor) = who.actor
            && !(actor.may_raise() && actor.network == opening.network)
        {
            return Err(AppError::Denied);
        }
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| open(inner, tx, &who, &opening, now))
            .await
    }
}

pub(crate) fn open(
    inner: &Inner,
    tx: &mut Tx<'_>,
    who: &Who,
    opening: &Opening,
    now: Instant,
) -> Result<Desk, AppError> {
    let network = opening.network;
    let directory = inner.directory.current(tx)?;
    let calendar = &directory.network(network)?.calendar;
    // What comes by itself is bounded; the desk's own calls are not: somebody is on the line.
    let desk = who.actor.is_some_and(|actor| actor.is_desk_of(network));
    if !desk && contacts::count_open(tx, network, opening.kind)? >= OPEN_MAX {
        let detail = format!(
            "{OPEN_MAX} appels ou demandes attendent déjà\u{a0}: terminez-en avant d’en ouvrir un autre."
        );
        return Err(AppError::problem("too-many-open-contacts", 503, detail));
    }
    let user = who.actor.map(|actor| actor.user);
    let holder = user.filter(|_| opening.held);
    if let Some(user) = holder {
        super::hand::put_down(tx, calendar, user, None, who, now)?;
    }
    let id = ContactId::from_bits(chance::id(now));
    let mut contact = Contact {
        kind: opening.kind,
        operator: user,
        holder,
        saved_at: Some(now),
        promised_at: opening.promised_at,
        happened_at: opening.happened_at,
        entered_late: opening.happened_at.is_some(),
        body: "{}".to_owned(),
        ..Contact::new(id, network, opening.origin, now)
    };
    contact.due = Some(due_of(&contact, calendar));
    contacts::insert(tx, &contact)?;
    let mut typed = Typed::default();
    if let Some(kept) = &opening.kept {
        super::save::write(inner, tx, &contact, kept, now)?;
        contact = contacts::get(tx, id)?;
        typed = kept.typed.clone();
    }
    let body = json!({ "contact": id.to_string(), "kind": opening.kind.code(),
        "late": opening.happened_at.is_some() });
    journal::act(
        tx,
        Some(network),
        "contact.opened",
        None,
        None,
        &body,
        who,
        now,
    )?;
    tx.notify(Change::contacts(network, None).encode())?;
    Ok(Desk { contact, typed })
}
