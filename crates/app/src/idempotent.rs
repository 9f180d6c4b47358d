//! A POST repeated under the same key gives the same answer, once (CONTRACT, `Idempotency-Key`).
//! An answer may hold what somebody typed: it is kept sealed. A key left in flight by a process that
//! died is taken over; an act that must not happen twice keeps its answer in its own transaction, and
//! does not happen when the key was taken over meanwhile.

use crate::app::{App, Inner};
use crate::directory::Directory;
use crate::error::AppError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use relais_core::ids::UserId;
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::db::Engine;
use relais_store::idempotency::{self, Begin};
use relais_store::nodes;
use relais_store::seal::Secret;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// Longest key, characters.
pub const KEY_MAX: usize = 200;
/// The status of an answer that says what was made.
const CREATED: u16 = 201;
/// How long an answer is kept.
pub(crate) const KEPT: Duration = Duration::hours(48);

/// A key in flight on another node for longer than this was left, whatever that node says.
const LEFT: Duration = Duration::seconds(60);
/// A node that gave no sign of life for three of its beats died.
const SILENT: Duration = Duration::seconds(15);
/// A node that has just started works before its first beat.
const UNHEARD: Duration = Duration::seconds(10);

/// How long a repeat waits for the answer that is being made, here or on another node: longer than a node that died is
/// taken for alive ([`SILENT`]), so that a form sent again after a crash is served, and well under the minute at which
/// proxies and programs give up.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
const _: () = assert!(
    PATIENCE.as_secs() as i64 * 1_000 > SILENT.as_millis(),
    "a repeat waits longer than a death takes to be known"
);
/// How often it looks for the answer of another node: nothing tells when it is written.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(200);

/// The keys this process is working on.
#[derive(Default)]
pub(crate) struct Held {
    keys: Mutex<BTreeSet<String>>,
    freed: Notify,
}

impl Held {
    /// Takes a key; `false` when it is held already.
    fn take(&self, about: &str) -> bool {
        let mut held = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(about.to_owned())
    }

    fn give_back(&self, about: &str) {
        let mut held = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(about);
        drop(held);
        self.freed.notify_waiters();
    }

    /// Takes a key once whoever holds it has done; `false` when they take too long.
    async fn turn(&self, about: &str, patience: std::time::Duration) -> bool {
        let waiting = async {
            loop {
                // Listening before looking: nothing freed in between is missed.
                let freed = self.freed.notified();
                tokio::pin!(freed);
                freed.as_mut().enable();
                if self.take(about) {
                    return;
                }
                freed.await;
            }
        };
        tokio::time::timeout(patience, waiting).await.is_ok()
    }
}

/// Gives a key back unless the work under it has begun, however the caller leaves.
struct Turn<'a> {
    inner: &'a Inner,
    about: &'a str,
    begun: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.begun {
            self.inner.held.give_back(self.about);
        }
    }
}

/// What a key is for, before the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// The act must happen once: the key is taken in the database first.
    Take,
    /// The act repeats itself: the key is looked up, and written with what was done.
    Look,
}

/// What to do with a keyed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keyed {
    /// The first time: do it, then say what was answered.
    Fresh,
    /// Done already: give this answer again.
    Again {
        /// HTTP status of the answer.
        status: u16,
        /// Its body.
        body: String,
    },
}

impl App {
    /// Starts a keyed request. The same key with another body is refused.
    pub async fn begin_idempotent(
        &self,
        user: UserId,
        key: String,
        route: &'static str,
        body: &[u8],
    ) -> Result<Keyed, AppError> {
        self.begin(user, key, route, body, Claim::Take).await
    }

    /// The same for an act that repeats itself: the key is looked up and not taken, and written with
    /// what was done ([`App::keep_idempotent`]) or left ([`App::leave_idempotent`]).
    pub async fn look_idempotent(
        &self,
        user: UserId,
        key: String,
        route: &'static str,
        body: &[u8],
    ) -> Result<Keyed, AppError> {
        self.begin(user, key, route, body, Claim::Look).await
    }

    async fn begin(
        &self,
        user: UserId,
        key: String,
        route: &'static str,
        body: &[u8],
        claim: Claim,
    ) -> Result<Keyed, AppError> {
        if key.is_empty() || key.len() > KEY_MAX || !key.bytes().all(|b| b.is_ascii_graphic()) {
            let detail = "La clé d’idempotence a 1 à 200 caractères visibles.";
            return Err(AppError::problem("idempotency-key", 400, detail));
        }
        let hash = crate::chance::fingerprint(&String::from_utf8_lossy(body));
        let actor = user.to_string();
        let about = about(&actor, &key);
        let until = tokio::time::Instant::now() + self.settings().repeat_waits;
        if !self.0.held.turn(&about, self.settings().repeat_waits).await {
            return Err(in_flight());
        }
        let mut turn = Turn {
            inner: &self.0,
            about: &about,
            begun: false,
        };
        let begun = match claim {
            Claim::Take => self.take_in_turn(actor, key, route, hash, until).await?,
            Claim::Look => {
                let look = move |_: &Inner, tx: &mut Tx<'_>| {
                    Ok(match idempotency::look(tx, &actor, &key, route, &hash)? {
                        // Left by somebody who died: the act repeats itself.
                        Begin::InFlight { .. } => Begin::Fresh,
                        found => found,
                    })
                };
                self.read(look).await?
            }
        };
        match begun {
            Begin::Fresh => {
                turn.begun = true;
                Ok(Keyed::Fresh)
            }
            Begin::Replay { status, body } => Ok(Keyed::Again {
                status,
                body: unseal(&self.0, &about, &body)?,
            }),
            Begin::Mismatch => Err(AppError::problem(
                "idempotency-mismatch",
                422,
                "Cette clé a déjà servi pour une autre demande. Prenez-en une nouvelle.",
            )),
            Begin::InFlight { .. } => Err(in_flight()),
        }
    }

    /// Takes a key; one that another node works under is waited for, until it has answered or is found dead. Nothing is
    /// written while waiting.
    #[expect(
        clippy::disallowed_methods,
        reason = "latency only: whoever waits too long is told to ask again"
    )]
    async fn take_in_turn(
        &self,
        actor: String,
        key: String,
        route: &'static str,
        hash: String,
        until: tokio::time::Instant,
    ) -> Result<Begin, AppError> {
        loop {
            let (a, k, h) = (actor.clone(), key.clone(), hash.clone());
            let begun = self.take(a, k, route, h).await?;
            if !matches!(begun, Begin::InFlight { .. }) {
                return Ok(begun);
            }
            loop {
                if tokio::time::Instant::now() >= until {
                    return Ok(begun);
                }
                tokio::time::sleep(LOOK_EVERY).await;
                let (a, k, h) = (actor.clone(), key.clone(), hash.clone());
                let (now, wall) = (self.now(), self.wall_now());
                let look = move |inner: &Inner, tx: &mut Tx<'_>| {
                    let seen = idempotency::look(tx, &a, &k, route, &h)?;
                    let left = match &seen {
                        Begin::InFlight { since, by } => {
                            was_left(tx, inner.watch.id(), by, now.since(*since), wall)?
                        }
                        _ => false,
                    };
                    Ok((seen, left))
                };
                let (seen, left) = self.read(look).await?;
                if left || seen != begun {
                    break;
                }
            }
        }
    }

    async fn take(
        &self,
        actor: String,
        key: String,
        route: &'static str,
        hash: String,
    ) -> Result<Begin, AppError> {
        let (now, wall) = (self.now(), self.wall_now());
        self.write(move |inner, tx| {
            idempotency::prune(tx, now - KEPT)?;
            let me = inner.watch.id();
            let begun = idempotency::begin(tx, &actor, &key, route, &hash, me, now)?;
            let Begin::InFlight { since, by } = &begun else {
                return Ok(begun);
            };
            if !was_left(tx, me, by, now.since(*since), wall)? {
                return Ok(begun);
            }
            let mine = idempotency::take_over(tx, &actor, &key, *since, me, now)?;
            Ok(if mine { Begin::Fresh } else { begun })
        })
        .await
    }

    /// A key that was looked up and not used: the act was refused, and may be asked again.
    pub fn leave_idempotent(&self, user: UserId, key: &str) {
        self.0.held.give_back(&about(&user.to_string(), key));
    }

    /// Keeps what an act that repeats itself answered, under a key that was only looked up: status
    /// and body. The same key kept meanwhile by another node stays as it is: it answered the same.
    pub async fn keep_idempotent(
        &self,
        user: UserId,
        key: String,
        route: &'static str,
        asked: &[u8],
        answer: (u16, String),
    ) -> Result<(), AppError> {
        let (actor, now) = (user.to_string(), self.now());
        let hash = crate::chance::fingerprint(&String::from_utf8_lossy(asked));
        let about = about(&actor, &key);
        let done = self
            .write(move |inner, tx| {
                let (status, body) = &answer;
                let me = inner.watch.id();
                idempotency::begin(tx, &actor, &key, route, &hash, me, now)?;
                keep(inner, tx, &actor, &key, *status, body).map(drop)
            })
            .await;
        self.0.held.give_back(&about);
        done
    }

    /// Keeps what a keyed request answered; a failure of the server is forgotten, to be tried again.
    pub async fn finish_idempotent(
        &self,
        user: UserId,
        key: String,
        status: u16,
        body: String,
    ) -> Result<(), AppError> {
        let actor = user.to_string();
        let about = about(&actor, &key);
        let done = self
            .write(move |inner, tx| {
                if status >= 500 {
                    Ok(idempotency::forget(tx, &actor, &key, inner.watch.id())?)
                } else {
                    keep(inner, tx, &actor, &key, status, &body).map(drop)
                }
            })
            .await;
        self.0.held.give_back(&about);
        done
    }
}

/// Whether a key in flight was left by whoever worked on it. Nobody in this process does.
fn was_left(
    tx: &mut Tx<'_>,
    me: &str,
    by: &str,
    held: Duration,
    wall: Instant,
) -> Result<bool, AppError> {
    // A file is one process's: those before this one are gone.
    if tx.engine() == Engine::Sqlite || by == me || held >= LEFT {
        return Ok(true);
    }
    Ok(match nodes::find_seen_at(tx, by)? {
        Some(at) => wall.since(at) >= SILENT,
        None => held >= UNHEARD,
    })
}

/// The key something is made under, begun already, and how what was made is answered.
pub struct Kept<T> {
    /// The key.
    pub key: String,
    /// The body of the answer.
    pub answer: Box<dyn Fn(&T, &Directory) -> String + Send + Sync>,
}

impl<T> Kept<T> {
    /// Keeps the answer in the transaction that made it: whatever happens to the process, a repeat
    /// finds the answer or finds nothing made. Refused when the key was taken over.
    pub(crate) fn keep(
        &self,
        inner: &Inner,
        tx: &mut Tx<'_>,
        user: UserId,
        made: &T,
    ) -> Result<(), AppError> {
        let directory = inner.directory.current(tx)?;
        let body = (self.answer)(made, &directory);
        if keep(inner, tx, &user.to_string(), &self.key, CREATED, &body)? {
            return Ok(());
        }
        // This process stood still, and another answered or will: asking again finds what it said.
        Err(in_flight())
    }
}

/// Keeps an answer; `false` when the key is not this process's any more.
fn keep(
    inner: &Inner,
    tx: &mut Tx<'_>,
    actor: &str,
    key: &str,
    status: u16,
    body: &str,
) -> Result<bool, AppError> {
    let secret = Secret::new(body.to_owned());
    let sealed = inner.vault.seal_setting(&about(actor, key), &secret)?;
    let sealed = STANDARD_NO_PAD.encode(sealed);
    let me = inner.watch.id();
    Ok(idempotency::finish(tx, actor, key, me, status, &sealed)?)
}

fn in_flight() -> AppError {
    AppError::problem(
        "idempotency-in-flight",
        409,
        "La même demande est en cours de traitement. Réessayez dans un instant.",
    )
}

fn about(actor: &str, key: &str) -> String {
    format!("idempotency {actor} {key}")
}

fn unseal(inner: &Inner, about: &str, sealed: &str) -> Result<String, AppError> {
    let bytes = STANDARD_NO_PAD
        .decode(sealed)
        .map_err(|_| AppError::Bug("a kept answer is not base 64".to_owned()))?;
    Ok(inner.vault.open_setting(about, &bytes)?.expose().to_owned())
}
