//! The open requests of a network as one prints them, for the hours when the machine is down: what
//! is asked, where each one is, until when. Numbers of patients only on demand, to the desk, each
//! one a look at an identity that is journaled (R6). Refuses names: a paper gets lost.

use super::board::order;
use crate::app::{App, Inner, Who};
use crate::contacts::Facts;
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::shell::journal_identity;
use relais_core::access::{self, Actor, Role};
use relais_core::request::Status;
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::contacts::{self, Contact};
use relais_store::patients;
use relais_store::requests::{self, Filter, Stored};
use relais_store::seal::Secret;
use serde_json::json;
use std::sync::Arc;

/// Most requests of one sheet, and most calls: more is said, not hidden.
pub const PAPER_MAX: u32 = 300;

/// Somebody still has to do something about a request in one of these.
const OPEN: [Status; 8] = [
    Status::ToQualify,
    Status::AskingUsual,
    Status::AskingCommunity,
    Status::AskingNeighbours,
    Status::Unfilled,
    Status::Paused,
    Status::Accepted,
    Status::Scheduled,
];

/// The sheet. No Debug: it may hold numbers.
pub struct Paper {
    /// When it was made.
    pub at: Instant,
    /// Open requests, in the order of the board.
    pub rows: Vec<PaperRow>,
    /// Calls that have no outcome yet, oldest first.
    pub calls: Vec<PaperCall>,
    /// There is more than a sheet holds.
    pub more: bool,
    /// Numbers of patients are on it, and that was journaled.
    pub numbers: bool,
    /// For names of professionals.
    pub directory: Arc<Directory>,
}

/// One request. No Debug: it may hold a number.
pub struct PaperRow {
    /// The request.
    pub stored: Stored,
    /// The patient's number (E.164).
    pub phone: Option<Secret>,
    /// The carer's.
    pub carer_phone: Option<Secret>,
}

/// One open call. No Debug: it may hold a number.
pub struct PaperCall {
    /// The row.
    pub contact: Contact,
    /// What may be shown without opening it.
    pub facts: Facts,
    /// The number to call back (E.164).
    pub phone: Option<Secret>,
}

impl App {
    /// The sheet of open requests and calls; `numbers` adds the patients' telephone numbers.
    ///
    /// # Errors
    /// `Denied` to whoever follows no requests of a network, and to whoever asks for numbers without
    /// being its desk.
    pub async fn paper(&self, who: &Who, numbers: bool) -> Result<Paper, AppError> {
        let actor = who.signed_in()?;
        let follows = matches!(
            actor.role,
            Role::Operator | Role::Regulator | Role::Coordinator
        );
        if !follows || (numbers && !actor.is_desk_of(actor.network)) {
            return Err(AppError::Denied);
        }
        let (now, who) = (self.now(), who.clone());
        if !numbers {
            return self
                .read(move |inner, tx| paper(inner, tx, &actor, now))
                .await;
        }
        self.write(move |inner, tx| {
            let mut sheet = paper(inner, tx, &actor, now)?;
            add_numbers(inner, tx, &actor, &mut sheet, &who, now)?;
            Ok(sheet)
        })
        .await
    }
}

fn paper(inner: &Inner, tx: &mut Tx<'_>, actor: &Actor, at: Instant) -> Result<Paper, AppError> {
    let most = usize::try_from(PAPER_MAX).unwrap_or(usize::MAX);
    let filter = Filter {
        network: Some(actor.network),
        statuses: OPEN.to_vec(),
        ..Filter::default()
    };
    let mut rows = requests::list(tx, &filter, PAPER_MAX + 1)?;
    let mut calls = contacts::list_open(tx, actor.network, PAPER_MAX + 1)?;
    let more = rows.len() > most || calls.len() > most;
    rows.truncate(most);
    calls.truncate(most);
    rows.sort_by_key(order);
    let rows = rows.into_iter().map(|stored| PaperRow {
        stored,
        phone: None,
        carer_phone: None,
    });
    let calls = calls.into_iter().map(|contact| PaperCall {
        facts: Facts::of(&contact),
        contact,
        phone: None,
    });
    Ok(Paper {
        at,
        rows: rows.collect(),
        calls: calls.collect(),
        more,
        numbers: false,
        directory: inner.directory.current(tx)?,
    })
}

/// Opens each identity for its numbers, and writes each look down first.
fn add_numbers(
    inner: &Inner,
    tx: &mut Tx<'_>,
    actor: &Actor,
    sheet: &mut Paper,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    for row in &mut sheet.rows {
        let (request, patient) = (&row.stored.request, row.stored.patient);
        let access = access::identity(actor, request).map_err(|_| AppError::Denied)?;
        journal_identity(tx, request.network, patient, &access, who, now)?;
        let identity = patients::open(tx, &inner.vault, patient, &access)?;
        row.phone = Some(identity.phone);
        row.carer_phone = identity.carer_phone;
    }
    for call in &mut sheet.calls {
        let id = call.contact.id;
        let number = crate::contacts::number(inner, tx, id)?;
        call.phone = number.map(|phone| Secret::new(phone.e164().to_owned()));
        if call.phone.is_some() {
            let body = json!({ "contact": id.to_string() });
            let network = Some(call.contact.network);
            journal::act(tx, network, "contact.printed", None, None, &body, who, now)?;
        }
    }
    sheet.numbers = true;
    Ok(())
}
