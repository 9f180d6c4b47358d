//! Signing in with a login, a password and a time-based code. Answers and times do not tell a
//! known account from an unknown one; attempts are counted per account and in all.

use crate::accounts::password;
use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use relais_core::ids::UserId;
use relais_core::time::{Duration, Instant};
use relais_store::idempotency::{self, Begin};
use relais_store::users;
use serde_json::json;

/// Attempts counted over.
const OVER: Duration = Duration::minutes(15);
/// Failures of one login before it must wait.
const PER_LOGIN: u32 = 8;
/// Failures from one source before it must wait.
const PER_SOURCE: u32 = 60;

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
        self.refuse_when_too_many(&login, &attempt.source, now)
            .await?;
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
        self.count_attempt(&login, &attempt.source, who, now)
            .await?;
        drop(turn);
        match account.filter(|_| fresh) {
            Some(user) => {
                self.open_session(user.id, attempt.device, attempt.shared_computer)
                    .await
            }
            None => Err(wrong()),
        }
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
        login: &str,
        source: &str,
        opened: Option<UserId>,
        now: Instant,
    ) -> Result<(), AppError> {
        let keys = [format!("login {login}"), format!("source {source}")];
        self.write(move |_, tx| {
            for key in &keys {
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

    async fn refuse_when_too_many(
        &self,
        login: &str,
        source: &str,
        now: Instant,
    ) -> Result<(), AppError> {
        let keys = [
            (format!("login {login}"), PER_LOGIN),
            (format!("source {source}"), PER_SOURCE),
        ];
        self.read(move |_, tx| {
            for (key, most) in &keys {
                if users::count_failures(tx, key, now - OVER)? >= *most {
                    return Err(AppError::TooMany { until: now + OVER });
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
