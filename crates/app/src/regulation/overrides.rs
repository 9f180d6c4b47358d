//! Red flags somebody passed over (R3): each with its reason, to the regulator's queue and never to a
//! cascade; read afterwards by the regulators and the coordinator.

use super::row_id;
use crate::app::{App, Inner, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::requests::desk::refuse_identity_in;
use relais_core::access::Role;
use relais_core::request::Status;
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::regulation as store;
use relais_store::requests::{self, Stored};
use serde_json::json;
use std::sync::Arc;

pub use relais_store::regulation::Override;

/// Most signs passed over at once.
const SIGNS_MAX: usize = 30;
/// Longest sentence or reason kept, characters.
const TEXT_MAX: usize = 500;
/// How far back they are listed.
pub const DAYS: i64 = 90;
/// Most of one page.
pub const PAGE_MAX: u32 = 100;

/// One, with what came of it.
#[derive(Debug, Clone)]
pub struct Passed {
    /// What was passed over.
    pub over: Override,
    /// The request, as it is now.
    pub stored: Stored,
}

/// A page of them.
#[derive(Debug, Clone)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Passed>,
    /// Where the next page starts.
    pub next: Option<String>,
    /// When it was read.
    pub at: Instant,
    /// The directory, for names.
    pub directory: Arc<Directory>,
}

/// Red flags passed over by whoever raises a request, which then waits for the regulator.
#[derive(Debug, Clone)]
pub struct PassedOver {
    /// The sentences, as they were read to the caller.
    pub signs: Vec<String>,
    /// Why, without the patient's identity (R6).
    pub reason: String,
}

/// Writes it down with the request just raised, in the same transaction: a request never exists
/// without what was passed over for it.
///
/// # Errors
/// No reason, or one that names the patient (R6).
pub(crate) fn write(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    passed: &PassedOver,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let actor = who.signed_in()?;
    let reason = passed.reason.trim();
    if reason.is_empty() || reason.chars().count() > TEXT_MAX {
        let message = format!("Dites pourquoi, en {TEXT_MAX} caractères au plus.");
        return Err(AppError::invalid("/passed_over", message));
    }
    if passed.signs.is_empty()
        || passed.signs.len() > SIGNS_MAX
        || passed
            .signs
            .iter()
            .any(|sign| sign.chars().count() > TEXT_MAX)
    {
        return Err(AppError::Bug("an override without its signs".to_owned()));
    }
    if stored.request.status() != Status::ToQualify {
        return Err(AppError::Bug(
            "an override that nobody qualifies".to_owned(),
        ));
    }
    refuse_identity_in(inner, tx, stored, "/passed_over", reason)?;
    let network = stored.request.network;
    let one = Override {
        id: row_id("ovr", now),
        network,
        request: stored.request.id,
        author: actor.user,
        at: now,
        signs: passed.signs.clone(),
        reason: reason.to_owned(),
    };
    store::insert_override(tx, &one)?;
    let who_passed = if actor.role == Role::Professional {
        "Le demandeur"
    } else {
        "L’opérateur"
    };
    let say = format!(
        "{who_passed} est passé outre un signe d’alerte\u{a0}: {}",
        passed.signs.join(" ")
    );
    let body = json!({ "say": say, "more": reason });
    let about = Some((&stored.request, stored.patient));
    journal::act(
        tx,
        Some(network),
        "red-flag.overridden",
        about,
        Some(reason),
        &body,
        who,
        now,
    )
}

impl App {
    /// The red flags passed over in the last 90 days, newest first, to regulators and coordinators.
    pub async fn overrides(&self, who: &Who, before: Option<String>) -> Result<Page, AppError> {
        let actor = who.signed_in()?;
        if !matches!(actor.role, Role::Regulator | Role::Coordinator) {
            return Err(AppError::Denied);
        }
        let at = self.now();
        self.read(move |inner, tx| {
            let since = at - Duration::hours(24 * DAYS);
            let network = actor.network;
            let before = before.as_deref();
            let mut found = store::list_overrides(tx, network, since, before, PAGE_MAX + 1)?;
            let more = found.len() > usize::try_from(PAGE_MAX).unwrap_or(usize::MAX);
            if more {
                found.pop();
            }
            let next = found.last().filter(|_| more).map(|one| one.id.clone());
            let mut rows = Vec::with_capacity(found.len());
            for over in found {
                let stored = requests::find(tx, over.request)?.ok_or(AppError::NotFound)?;
                rows.push(Passed { over, stored });
            }
            let directory = inner.directory.current(tx)?;
            Ok(Page {
                rows,
                next,
                at,
                directory,
            })
        })
        .await
    }
}
