//! The book of a network, from the store: kept in memory until a sheet changes, comes in force or
//! expires. Counts what was answered.

use super::TRUNK;
use super::answers::Given;
use super::book::{Book, InForce, Standing};
use super::sheet::Sheet;
use crate::app::{App, Inner};
use crate::error::AppError;
use relais_core::ids::NetworkId;
use relais_core::time::Instant;
use relais_core::triage::Answer;
use relais_store::Tx;
use relais_store::protocols::{self, Count, Status, Version};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Books in memory, by network.
#[derive(Default)]
pub(crate) struct Books(Mutex<BTreeMap<NetworkId, Held>>);

struct Held {
    changes: i64,
    from: Instant,
    until: Option<Instant>,
    book: Arc<Book>,
}

impl App {
    /// The sheets a network may use now. Under `serve` only signed sheets whose signature holds are
    /// in it; a demonstration uses every sheet in force, under its banner
    /// ([`Book::is_demonstration`]).
    pub async fn protocols(&self, network: NetworkId) -> Result<Arc<Book>, AppError> {
        let now = self.now();
        self.read(move |inner, tx| inner.book(tx, network, now))
            .await
    }
}

impl Inner {
    /// The book of a network at an instant, as this transaction sees it.
    pub(crate) fn book(
        &self,
        tx: &mut Tx<'_>,
        network: NetworkId,
        now: Instant,
    ) -> Result<Arc<Book>, AppError> {
        let changes = protocols::changes(tx)?;
        {
            let held = self.books.0.lock().unwrap_or_else(PoisonError::into_inner);
            let fits = |held: &&Held| {
                held.changes == changes
                    && held.from <= now
                    && held.until.is_none_or(|until| now < until)
            };
            if let Some(held) = held.get(&network).filter(fits) {
                return Ok(Arc::clone(&held.book));
            }
        }
        let demo = self.settings.demo;
        let in_force = protocols::list_in_force(tx, network, now)?;
        let book = if demo && in_force.is_empty() {
            // A territory that was never given sheets, in a demonstration.
            Book::demonstration()
        } else {
            let usable = in_force
                .iter()
                .filter_map(|version| usable(version, demo, now));
            Arc::new(Book::new(usable))
        };
        let held = Held {
            changes,
            from: now,
            until: protocols::next_change(tx, network, now)?,
            book: Arc::clone(&book),
        };
        let mut books = self.books.0.lock().unwrap_or_else(PoisonError::into_inner);
        books.insert(network, held);
        Ok(book)
    }
}

/// Adds a contact's answers to the counts of the versions they were given to. Called once for a
/// contact, when it ends.
pub(crate) fn count_answers(
    tx: &mut Tx<'_>,
    network: NetworkId,
    given: &Given,
    now: Instant,
) -> Result<(), AppError> {
    if given.answers.is_empty() {
        return Ok(());
    }
    let trunk = match given.trunk {
        Some(version) => version,
        None => {
            let in_force = protocols::list_in_force(tx, network, now)?;
            let trunk = in_force.iter().find(|version| version.code == TRUNK);
            trunk.map_or(1, |version| version.version)
        }
    };
    for one in &given.answers {
        let of_trunk = one.question.starts_with("tronc-");
        let (code, number) = match (&given.sheet, of_trunk) {
            (_, true) => (TRUNK, trunk),
            (Some(sheet), false) => (sheet.as_str(), given.version.unwrap_or(1)),
            (None, false) => continue,
        };
        let answer = Answer::from_code(&one.answer);
        let is = |wanted| i64::from(answer == Some(wanted));
        let count = Count {
            question: one.question.clone(),
            yes: is(Answer::Yes),
            no: is(Answer::No),
            unknown: is(Answer::Unknown),
            overridden: i64::from(given.overridden && answer == Some(Answer::Yes)),
        };
        protocols::add_counts(tx, network, (code, number), &count)?;
    }
    Ok(())
}

/// The version as it may be used, or nothing.
fn usable(version: &Version, demo: bool, now: Instant) -> Option<InForce> {
    let signed = version.signature.as_ref();
    let signed = signed.filter(|s| version.status == Status::Signed && now < s.expires_at);
    let standing = match signed {
        Some(signature) => Standing::Signed {
            by: signature.by.clone(),
            rpps: signature.rpps.clone(),
            at: signature.at,
            expires_at: signature.expires_at,
        },
        None if demo => Standing::Demonstration,
        None => return None,
    };
    let (code, number) = (&version.code, version.version);
    match Sheet::from_json(&version.body) {
        Ok(sheet) if sheet.faults().is_empty() => Some(InForce::new(sheet, number, standing)),
        Ok(_) => {
            tracing::error!(%code, number, "a sheet in force that may not be followed: left out");
            None
        }
        Err(reason) => {
            tracing::error!(%code, number, %reason, "a sheet in force that cannot be read: left out");
            None
        }
    }
}
