//! Signing in with a login, a password and a time-based code. Answers and times do not tell a
//! known account from an unknown one. Failures are counted by login and source, by source, and by login over an hour:
//! nobody far away keeps somebody out of their account for long, nor at all out of a browser that knows them.

use crate::accounts::password;
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use relais_core::ids::UserId;
use relais_core::time::{Duration, Instant};
use relais_store::idempotency::{self, Begin};
use relais_store::users;
use serde_json::json;

/// Attempts counted over.
const OVER: Duration = Duration::minutes(15);
/// Failures of one login from one source before that source must wait.
const PER_PAIR: u32 = 8;
/// Failures from one source before it must wait, whatever the login.
const PER_SOURCE: u32 = 60;
/// Failures of one login from everywhere before strangers must wait, and over how long: it takes several addresses that
/// never rest, and a code besides each password.
const PER_LOGIN: u32 = 100;
const OVER_ALL: Duration = Duration::hours(1);

/// What somebody typed to sign in.
pub struct Attempt {
    /// Login.
    pub login: String,
    /// Password.
    pub password: String,
    /// Six digits.
    pub code: String,
    /// From where (an address), for counting.
    pub source: String,
    /// What opens the session (a browser's name), for the list of sessions.
    pub device: String,
    /// A computer that others use.
    pub shared_computer: bool,
    /// What the browser kept of an earlier sign-in ([`App::known_browser`]); empty when it kept nothing.
    pub known: String,
}

/// Where failures of an attempt are counted.
struct Counted {
    /// Each key with how many failures make it wait, and over how long.
    keys: Vec<(String, u32, Duration)>,
}

impl Counted {
    /// A browser that this login opened a session in before is counted by itself: nobody else's failures make its
    /// owner wait. A stranger is counted with its source, and with every other stranger.
    fn of(inner: &Inner, login: &str, attempt: &Attempt) -> Result<Self, AppError> {
        if let Some(nonce) = known_nonce(inner, login, &attempt.known)? {
            return Ok(Self {
                keys: vec![(format!("browser {nonce}"), PER_PAIR, OVER)],
            });
        }
        let source = &attempt.source;
        Ok(Self {
            keys: vec![
                (format!("login {login} from {source}"), PER_PAIR, OVER),
                (format!("source {source}"), PER_SOURCE, OVER),
                (format!("login {login}"), PER_LOGIN, OVER_ALL),
            ],
        })
    }
}

/// What proves that a browser was let in by a login before: chance, and its mark under the master key.
fn known_mark(inner: &Inner, login: &str, nonce: &str) -> Result<String, AppError> {
    Ok(inner
        .vault
        .mark("known browser", &format!("{login} {nonce}"))?)
}

/// The chance of what a browser kept, when it is of this login.
fn known_nonce(inner: &Inner, login: &str, kept: &str) -> Result<Option<String>, AppError> {
    let Some((nonce, mark)) = kept.split_once('.').filter(|_| kept.len() <= 120) else {
        return Ok(None);
    };
    let right = known_mark(inner, login, nonce)? == mark;
    Ok(right.then(|| nonce.to_owned()))
}

/// The one answer to a wrong login, password or code.
fn wrong() -> AppError {
    AppError::problem(
        "sign-in-refused",
        401,
        "Identifiant, mot de passe ou code refusé. Vérifiez les trois, le code change toutes les 30 secondes.",
    )
}

impl App {
    /// Signs in; answers the session token.
    pub async fn sign_in(&self, attempt: Attempt) -> Result<String, AppError> {
        let now = self.wall_now();
        let login = attempt.login.trim().to_lowercase();
        // Held until the attempt is counted: a storm neither eats the machine nor outruns the count.
        let turn = self.0.hashing.acquire().await;
        let counted = Counted::of(&self.0, &login, &attempt)?;
        self.refuse_when_too_many(&counted, now).await?;
        let key = login.clone();
        let found = self
            .read(move |inner, tx| match users::find_credentials(tx, &key)? {
                Some(c) => {
                    let about = format!("totp {}", c.user.id);
                    let seed = match &c.totp_sealed {
                        Some(sealed) => Some(inner.vault.open_setting(&about, sealed)?),
                        None => None,
                    };
                    Ok(Some((
                        c.user,
                        c.password_hash,
                        seed.map(|s| s.expose().to_owned()),
                    )))
                }
                None => Ok(None),
            })
            .await?;
        let (user, stored, seed) = match found {
            Some((user, stored, seed)) => (Some(user), stored, seed),
            None => (None, None, None),
        };
        let good_password = self.verify_password(attempt.password, stored).await?;
        let step = seed
            .as_deref()
            .and_then(|seed| code_step(seed, &attempt.code, now));
        let account = user.filter(|user| user.active && good_password);
        let fresh = match (&account, step) {
            (Some(user), Some(step)) => self.use_code(user.id, step, now).await?,
            _ => false,
        };
        let who = account.as_ref().filter(|_| fresh).map(|user| user.id);
        self.count_attempt(&counted, who, now).await?;
        drop(turn);
        match account.filter(|_| fresh) {
            Some(user) => {
                self.open_session(user.id, attempt.device, attempt.shared_computer)
                    .await
            }
            None => Err(wrong()),
        }
    }

    /// What a browser keeps of a sign-in by a login: chance and a mark, which say nothing of whom. Shown at a later
    /// attempt with that login, it is not made to wait for what strangers tried.
    ///
    /// # Errors
    /// The mark could not be made.
    pub fn known_browser(&self, login: &str) -> Result<String, AppError> {
        let (login, nonce) = (login.trim().to_lowercase(), chance::token());
        Ok(format!("{nonce}.{}", known_mark(&self.0, &login, &nonce)?))
    }

    /// Which browser that knows a login this is, by what it kept ([`App::known_browser`]): a name for counting its
    /// attempts by themselves; none for a stranger.
    ///
    /// # Errors
    /// The mark could not be made.
    pub fn browser_of(&self, login: &str, kept: &str) -> Result<Option<String>, AppError> {
        known_nonce(&self.0, &login.trim().to_lowercase(), kept)
    }

    /// Opens a session for a role of the demonstration, in one click. Refused anywhere else.
    pub async fn sign_in_demo(&self, login: &str, device: String) -> Result<String, AppError> {
        if !self.settings().demo {
            return Err(AppError::NotFound);
        }
        let login = login.to_owned();
        let user = self
            .read(move |_, tx| users::find_by_login(tx, &login)?.ok_or(AppError::NotFound))
            .await?;
        self.open_session(user.id, device, false).await
    }

    async fn verify_password(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, AppError> {
        let checked =
            tokio::task::spawn_blocking(move || password::verify(&password, stored.as_deref()))
                .await;
        checked.map_err(|error| AppError::Bug(format!("password check: {error}")))
    }

    /// Each code opens one session (RFC 6238 §5.2): `false` when it was used already.
    async fn use_code(&self, user: UserId, step: u64, now: Instant) -> Result<bool, AppError> {
        self.write(move |inner, tx| {
            // A row of its own: of two at once, on any node, one finds it taken.
            let (actor, key) = (format!("code {user}"), step.to_string());
            let begun = idempotency::begin(tx, &actor, &key, "sign-in", "", inner.watch.id(), now)?;
            Ok(begun == Begin::Fresh)
        })
        .await
    }

    async fn count_attempt(
        &self,
        counted: &Counted,
        opened: Option<UserId>,
        now: Instant,
    ) -> Result<(), AppError> {
        let keys = counted.keys.clone();
        self.write(move |_, tx| {
            for (key, ..) in &keys {
                users::insert_attempt(tx, key, now, opened.is_some())?;
            }
            // What was typed is not written down: it may be a password.
            let (act, body) = match opened {
                Some(user) => ("session.opened", json!({ "account": user.to_string() })),
                None => ("session.refused", json!({})),
            };
            journal::act(tx, None, act, None, None, &body, &Who::platform("web"), now)
        })
        .await
    }

    async fn refuse_when_too_many(&self, counted: &Counted, now: Instant) -> Result<(), AppError> {
        let keys = counted.keys.clone();
        self.read(move |_, tx| {
            for (key, most, over) in &keys {
                if users::count_failures(tx, key, now - *over)? >= *most {
                    return Err(AppError::TooMany { until: now + *over });
                }
            }
            Ok(())
        })
        .await
    }
}

fn code_step(seed_hex: &str, code: &str, now: Instant) -> Option<u64> {
    let bytes: Option<Vec<u8>> = (0..seed_hex.len() / 2)
        .map(|i| u8::from_str_radix(seed_hex.get(i * 2..i * 2 + 2)?, 16).ok())
        .collect();
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let seconds = u64::try_from(now.millis() / 1_000).ok()?;
    password::totp(bytes?.try_into().ok()?)
        .ok()?
        .check(&code, seconds)
}
