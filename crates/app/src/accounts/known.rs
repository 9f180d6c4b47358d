//! Who a token or a session stands for, remembered in the process for as long as nobody's rights
//! changed anywhere. Each request still looks at the version of everybody's rights after it came
//! in, so that a right ends within one request on every node. Refuses to say no from memory: a
//! "no" is always read.

use crate::accounts::session::Limits;
use crate::accounts::term::Term;
use crate::app::{App, Inner};
use crate::directory::Directory;
use crate::error::AppError;
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::users::{self, Session, Token, User};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What somebody showed, by hash.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Shown {
    /// An API token.
    Token(String),
    /// A session.
    Session(String),
}

/// What it stands for, as stored.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// A token, the account it acts as, and until when whoever it stands for has rights: that part is
    /// never remembered.
    Token(Token, Option<User>, Term),
    /// A session, its account, and what their network lets it last: that part is never remembered.
    Session(Session, User, Limits),
    /// Nothing.
    Nobody,
}

#[derive(Debug)]
struct Entry {
    version: i64,
    read_at: Instant,
    standing: Found,
}

/// The memory of the process.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<HashMap<Shown, Entry>>);

/// People remembered before everybody is forgotten and read again.
const MOST: usize = 50_000;
/// How long anything is believed whatever the version says: a row changed by hand in the database
/// counts after this at the latest.
const BELIEVED: Duration = Duration::seconds(30);

impl Known {
    fn find(&self, shown: &Shown, version: i64, now: Instant) -> Option<Found> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(shown)?;
        let age = now.since(entry.read_at);
        let fresh = entry.version == version && Duration::ZERO <= age && age < BELIEVED;
        fresh.then(|| entry.standing.clone())
    }

    fn keep(&self, shown: &Shown, entry: Entry) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(shown.clone(), entry);
    }

    /// What changed about one, in this process, in a way that takes no right from it.
    pub(crate) fn forget(&self, shown: &Shown) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(shown);
    }

    /// The database starts anew: versions count from the beginning again.
    pub(crate) fn clear(&self) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.clear();
    }
}

/// The read shared by everybody who waits at the door.
pub(crate) fn read(
    inner: &Inner,
    tx: &mut Tx<'_>,
    all: &[Shown],
) -> Result<Vec<Result<Found, AppError>>, AppError> {
    let version = users::rights_version(tx)?;
    let directory = inner.directory.current(tx)?;
    let now = inner.wall.now();
    Ok(all
        .iter()
        .map(|shown| {
            if let Some(standing) = inner.known.find(shown, version, now) {
                return Ok(match standing {
                    Found::Session(session, user, _) => {
                        let limits = Limits::of(&user, &directory);
                        Found::Session(session, user, limits)
                    }
                    Found::Token(token, user, _) => {
                        let term = Term::of(token.professional, &directory);
                        Found::Token(token, user, term)
                    }
                    Found::Nobody => Found::Nobody,
                });
            }
            let standing = look(tx, &directory, shown)?;
            if !matches!(standing, Found::Nobody) {
                let entry = Entry {
                    version,
                    read_at: now,
                    standing: standing.clone(),
                };
                inner.known.keep(shown, entry);
            }
            Ok(standing)
        })
        .collect())
}

fn look(tx: &mut Tx<'_>, directory: &Directory, shown: &Shown) -> Result<Found, AppError> {
    Ok(match shown {
        Shown::Token(hash) => {
            users::find_token(tx, hash)?.map_or(Found::Nobody, |(token, user)| {
                let term = Term::of(token.professional, directory);
                Found::Token(token, user, term)
            })
        }
        Shown::Session(hash) => {
            users::find_session(tx, hash)?.map_or(Found::Nobody, |(session, user)| {
                let limits = Limits::of(&user, directory);
                Found::Session(session, user, limits)
            })
        }
    })
}

impl App {
    /// What something shown stands for, when `holds` says that it does; what is remembered and does
    /// not hold is read again before anybody is turned away.
    pub(crate) async fn found(
        &self,
        shown: Shown,
        holds: impl Fn(&Found) -> bool,
    ) -> Result<Found, AppError> {
        let found = self.0.door.get(&self.0, shown.clone()).await?;
        if holds(&found) || matches!(found, Found::Nobody) {
            return Ok(found);
        }
        self.0.known.forget(&shown);
        let found = self.0.door.get(&self.0, shown).await?;
        Ok(if holds(&found) { found } else { Found::Nobody })
    }
}
