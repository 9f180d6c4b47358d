//! Passkeys: making one, naming it, taking it away, signing in by one. A ceremony is sealed into
//! what the browser gives back, used once, so that any node may read the answer and asking fills nothing up. Refuses a key without a recent authentication to
//! add it, a key that ended, and a counter that goes back: that key is ended at once (ADR 0037).

use crate::app::{App, Inner, Who};
use crate::error::AppError;
use crate::journal;
use relais_core::ids::UserId;
use relais_core::time::{Duration, Instant};
use relais_gateways::identity::{Authenticators, KeyError, KeyOwner};
use relais_store::Tx;
use relais_store::seal::Secret;
use relais_store::users::{self, KeyEnd, StoredKey, User};
use serde_json::json;
use std::sync::Arc;

/// Time to answer a browser's question.
const LIFE: Duration = Duration::minutes(5);
/// What the sealed state of a ceremony is for.
const CEREMONY: &str = "ceremony";
/// Keys one account may have.
pub(crate) const KEYS_MAX: usize = 10;
/// Longest name of a key, characters.
pub(crate) const LABEL_MAX: usize = 40;
/// Failures from one source before it must wait, and over how long.
const PER_SOURCE: u32 = 60;
const OVER: Duration = Duration::minutes(15);

/// What a browser is asked.
#[derive(Debug, Clone)]
pub struct KeyBegun {
    /// To be given back with the answer.
    pub ceremony: String,
    /// What the browser's own interface takes, JSON.
    pub options: String,
}

/// A key, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyShown {
    /// Its id.
    pub id: String,
    /// What they call it.
    pub label: String,
    /// Since when.
    pub since: Instant,
    /// Last sign-in by it.
    pub used_at: Option<Instant>,
}

/// A sign-in by a key.
#[derive(Debug, Clone, Default)]
pub struct KeyAttempt {
    /// What was begun.
    pub ceremony: String,
    /// The browser's answer, JSON.
    pub answer: String,
    /// From where (an address), for counting.
    pub source: String,
    /// What opens the session (a browser's name), for the list of sessions.
    pub device: String,
    /// A computer that others use.
    pub shared_computer: bool,
}

/// The one answer to a key that does not open.
fn wrong() -> AppError {
    AppError::problem(
        "key-refused",
        401,
        "Cette clé d’accès n’ouvre pas de compte ici, ou la demande a plus de cinq minutes. Recommencez, ou connectez-vous avec votre mot de passe.",
    )
}

fn copied() -> AppError {
    AppError::problem(
        "key-copied",
        401,
        "Cette clé d’accès vient d’être retirée\u{a0}: une copie en a servi ailleurs. Connectez-vous autrement, et appelez votre coordination.",
    )
}

/// A name for a key: what was typed, shortened, never empty.
pub(crate) fn labelled(typed: &str) -> String {
    let plain = typed.trim().chars().filter(|c| !c.is_control());
    let label: String = plain.take(LABEL_MAX).collect();
    if label.is_empty() {
        "Clé d’accès".to_owned()
    } else {
        label
    }
}

fn sealed_about(id: &str) -> String {
    format!("passkey {id}")
}

/// What verifies a key, sealed as an account keeps it.
pub(crate) fn seal_key(inner: &Inner, id: &str, key: &str) -> Result<Vec<u8>, AppError> {
    let secret = Secret::new(key.to_owned());
    Ok(inner.vault.seal_setting(&sealed_about(id), &secret)?)
}

/// Writes a line of the journal about somebody's key.
pub(crate) fn told(
    tx: &mut Tx<'_>,
    user: &User,
    act: &str,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let body = json!({ "account": user.id.to_string() });
    journal::act(tx, user.network, act, None, None, &body, who, now)
}

impl App {
    /// The name passkeys are made for; empty where browsers make none.
    #[must_use]
    pub fn passkey_site(&self) -> String {
        let keys = self.0.outside.authenticators.as_ref();
        keys.map_or_else(String::new, |keys| keys.site().to_owned())
    }

    pub(crate) fn authenticators(&self) -> Result<Arc<dyn Authenticators>, AppError> {
        self.0
            .outside
            .authenticators
            .clone()
            .ok_or(AppError::NotFound)
    }

    /// Seals the state of a ceremony into what is given back with the answer: nothing is kept here.
    pub(crate) fn seal_ceremony(&self, state: String) -> Result<String, AppError> {
        self.seal_carried(CEREMONY, state, LIFE)
    }

    /// The state of a ceremony, once.
    pub(crate) async fn take_ceremony(&self, ceremony: &str) -> Result<Option<String>, AppError> {
        let returned = self.take_carried(CEREMONY, ceremony).await?;
        Ok(returned.map(|returned| returned.text))
    }

    /// The keys of the actor, oldest first.
    ///
    /// # Errors
    /// Nobody is signed in; the store's.
    pub async fn keys(&self, who: &Who) -> Result<Vec<KeyShown>, AppError> {
        let user = who.signed_in()?.user;
        self.read(move |_, tx| {
            let keys = users::list_passkeys(tx, user)?;
            Ok(keys.into_iter().map(shown).collect())
        })
        .await
    }

    /// Whether the actor has a password.
    ///
    /// # Errors
    /// Nobody is signed in; the store's.
    pub async fn has_password(&self, who: &Who) -> Result<bool, AppError> {
        let user = who.signed_in()?.user;
        self.read(move |_, tx| Ok(users::get(tx, user)?.has_password))
            .await
    }

    /// Asks the actor's browser for a new key.
    ///
    /// # Errors
    /// No passkeys here; too many keys; nobody is signed in.
    pub async fn key_ask_new(&self, who: &Who) -> Result<KeyBegun, AppError> {
        let keys = self.authenticators()?;
        let user = who.signed_in()?.user;
        let (user, known) = self
            .read(move |_, tx| Ok((users::get(tx, user)?, users::list_passkeys(tx, user)?)))
            .await?;
        if known.len() >= KEYS_MAX {
            return Err(too_many());
        }
        let owner = KeyOwner {
            account: user.id.bits(),
            login: user.login,
            name: user.name,
        };
        let known: Vec<String> = known.into_iter().map(|key| key.id).collect();
        let asked = keys.ask_new(&owner, &known).map_err(bug)?;
        // Bound to the account: an answer given under another session is another account's.
        let state = json!({ "account": user.id.to_string(), "state": asked.state });
        Ok(KeyBegun {
            ceremony: self.seal_ceremony(state.to_string())?,
            options: asked.options,
        })
    }

    /// Keeps the key the actor's browser made.
    ///
    /// # Errors
    /// An answer that proves nothing, late, or used; too many keys.
    pub async fn key_add(
        &self,
        who: &Who,
        ceremony: &str,
        answer: &str,
        label: &str,
    ) -> Result<(), AppError> {
        let keys = self.authenticators()?;
        let user = who.signed_in()?.user;
        let kept = self.take_ceremony(ceremony).await?;
        let kept: Option<serde_json::Value> =
            kept.and_then(|text| serde_json::from_str(&text).ok());
        let state = kept.filter(|kept| kept["account"] == user.to_string());
        let state = state.and_then(|kept| kept["state"].as_str().map(str::to_owned));
        let made = state.map(|state| keys.made(&state, answer));
        let Some(Ok(made)) = made else {
            return Err(not_made());
        };
        let (now, label, who) = (self.wall_now(), labelled(label), who.clone());
        self.write(move |inner, tx| {
            // Several made at once are counted one after the other.
            users::hold(tx, user)?;
            let owner = users::get(tx, user)?;
            if users::list_passkeys(tx, user)?.len() >= KEYS_MAX {
                return Err(too_many());
            }
            let new = StoredKey {
                id: made.id.clone(),
                user,
                sealed: seal_key(inner, &made.id, &made.key)?,
                label: label.clone(),
                created_at: now,
                used_at: None,
                ended: None,
            };
            insert(tx, &new)?;
            told(tx, &owner, "passkey.added", &who, now)
        })
        .await
    }

    /// Calls a key otherwise.
    ///
    /// # Errors
    /// Not one of theirs.
    pub async fn key_rename(&self, who: &Who, id: &str, label: &str) -> Result<(), AppError> {
        let user = who.signed_in()?.user;
        let (id, label) = (id.to_owned(), labelled(label));
        self.write(move |_, tx| {
            if users::rename_passkey(tx, &id, user, &label)? {
                Ok(())
            } else {
                Err(AppError::NotFound)
            }
        })
        .await
    }

    /// Takes a key away: it opens nothing from now on.
    ///
    /// # Errors
    /// Not one of theirs; the last way in of the account.
    pub async fn key_end(&self, who: &Who, id: &str) -> Result<(), AppError> {
        let user = who.signed_in()?.user;
        let (now, id, who) = (self.wall_now(), id.to_owned(), who.clone());
        self.write(move |_, tx| {
            // Two removals at once are counted one after the other.
            users::hold(tx, user)?;
            let owner = users::get(tx, user)?;
            if users::find_passkey(tx, &id, user)?.is_none() {
                return Err(AppError::NotFound);
            }
            if !owner.has_password && users::list_passkeys(tx, user)?.len() <= 1 {
                let message =
                    "C’est votre seul moyen de connexion\u{a0}: ajoutez-en un autre d’abord.";
                return Err(AppError::invalid("/key", message));
            }
            if !users::end_passkey(tx, &id, user, KeyEnd::Owner, now)? {
                return Err(AppError::NotFound);
            }
            told(tx, &owner, "passkey.removed", &who, now)
        })
        .await
    }

    /// Asks a browser for a signature by any key it has for us.
    ///
    /// # Errors
    /// No passkeys here.
    pub fn door_ask_key(&self) -> Result<KeyBegun, AppError> {
        let asked = self.authenticators()?.ask_any().map_err(bug)?;
        Ok(KeyBegun {
            ceremony: self.seal_ceremony(asked.state)?,
            options: asked.options,
        })
    }

    /// Signs in by a key; answers the session token.
    ///
    /// # Errors
    /// One answer to whatever does not open, another to a key that was copied; too many failures
    /// from one source.
    pub async fn sign_in_by_key(&self, attempt: KeyAttempt) -> Result<String, AppError> {
        let keys = self.authenticators()?;
        let now = self.wall_now();
        let source = format!("source {}", attempt.source);
        let counted = source.clone();
        let failures = self
            .read(move |_, tx| Ok(users::count_failures(tx, &counted, now - OVER)?))
            .await?;
        if failures >= PER_SOURCE {
            return Err(AppError::TooMany { until: now + OVER });
        }
        let returned = self.take_carried(CEREMONY, &attempt.ceremony).await?;
        let asked = returned.map(|returned| Asked {
            state: returned.text,
            at: returned.until - LIFE,
        });
        let named = keys.named(&attempt.answer).ok();
        let answer = attempt.answer;
        let opened = self
            .write(move |inner, tx| {
                let opened = match (&asked, &named) {
                    (Some(asked), Some((account, id))) => {
                        let user = UserId::from_bits(*account);
                        open(inner, tx, keys.as_ref(), asked, &answer, user, id, now)?
                    }
                    _ => Opened::No,
                };
                users::insert_attempt(tx, &source, now, matches!(opened, Opened::Yes(_)))?;
                let (act, body) = match &opened {
                    Opened::Yes(user) => (
                        "session.opened",
                        json!({ "account": user.to_string(), "by": "passkey" }),
                    ),
                    Opened::No | Opened::Copied => ("session.refused", json!({ "by": "passkey" })),
                };
                journal::act(tx, None, act, None, None, &body, &Who::platform("web"), now)?;
                Ok(opened)
            })
            .await?;
        match opened {
            Opened::Yes(user) => {
                self.open_session(user, attempt.device, attempt.shared_computer)
                    .await
            }
            Opened::No => Err(wrong()),
            Opened::Copied => Err(copied()),
        }
    }
}

/// What a browser was asked at the door.
struct Asked {
    state: String,
    /// When, to the millisecond.
    at: Instant,
}

enum Opened {
    Yes(UserId),
    No,
    Copied,
}

#[expect(
    clippy::too_many_arguments,
    reason = "what was asked, what was answered, by which key, when"
)]
fn open(
    inner: &Inner,
    tx: &mut Tx<'_>,
    keys: &dyn Authenticators,
    asked: &Asked,
    answer: &str,
    user: UserId,
    id: &str,
    now: Instant,
) -> Result<Opened, AppError> {
    // Two answers of one key are read one after the other: the counter of the first is there for the second.
    users::hold(tx, user)?;
    let Some(stored) = users::find_passkey(tx, id, user)? else {
        return Ok(Opened::No);
    };
    let owner = users::get(tx, user)?;
    if !owner.active {
        return Ok(Opened::No);
    }
    let key = inner
        .vault
        .open_setting(&sealed_about(id), &stored.sealed)?;
    match keys.verify(&asked.state, answer, key.expose()) {
        Ok(next) => {
            let sealed = seal_key(inner, id, &next)?;
            users::use_passkey(tx, id, &sealed, now)?;
            Ok(Opened::Yes(user))
        }
        // Asked in one tab before the key answered in another: its counter is behind, and no copy is needed for that.
        Err(KeyError::CounterBack) if stored.used_at.is_some_and(|used| asked.at < used) => {
            Ok(Opened::No)
        }
        Err(KeyError::CounterBack) => {
            users::end_passkey(tx, id, user, KeyEnd::Copied, now)?;
            told(tx, &owner, "passkey.copied", &Who::platform("web"), now)?;
            Ok(Opened::Copied)
        }
        Err(KeyError::Wrong(_)) => Ok(Opened::No),
        Err(error @ KeyError::Unreadable(_)) => Err(bug(error)),
    }
}

/// Writes a new key; one that is known already is refused with a sentence.
pub(crate) fn insert(tx: &mut Tx<'_>, new: &StoredKey) -> Result<(), AppError> {
    users::insert_passkey(tx, new).map_err(|error| {
        if error.is_unique() {
            not_made()
        } else {
            error.into()
        }
    })
}

fn too_many() -> AppError {
    let message = "Vous avez déjà dix clés d’accès. Retirez-en une d’abord.";
    AppError::invalid("/key", message)
}

pub(crate) fn not_made() -> AppError {
    AppError::invalid(
        "/key",
        "La clé d’accès n’a pas été créée\u{a0}: la demande a plus de cinq minutes, ou cet appareil en a déjà une. Recommencez.",
    )
}

pub(crate) fn bug(error: KeyError) -> AppError {
    AppError::Bug(format!("passkey: {error}"))
}

fn shown(key: StoredKey) -> KeyShown {
    KeyShown {
        id: key.id,
        label: key.label,
        since: key.created_at,
        used_at: key.used_at,
    }
}
