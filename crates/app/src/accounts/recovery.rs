//! An access given back in person: a coordinator who has somebody of the network before them asks
//! for a code, the person types it, every way in they had ends, and they choose a new one. Owns the
//! limits. Refuses a code to oneself, to another network, and an old way in that outlives it.

use crate::accounts::open::End;
use crate::accounts::passkeys::told;
use crate::accounts::password;
use crate::accounts::session::Opening;
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::AppError;
use crate::members::is_live;
use relais_core::access::Role;
use relais_core::ids::{NetworkId, UserId};
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::professionals;
use relais_store::seal::Secret;
use relais_store::users::{self, KeyEnd, User};

/// A code is good for so long.
const LIFE: Duration = Duration::minutes(30);
/// Times a code may be tried: a guesser has five chances in a hundred million.
const TRIES: u32 = 5;
/// Codes for one account in a day.
const PER_ACCOUNT: u32 = 3;
/// Codes one coordinator gives in a day.
const PER_COORDINATOR: u32 = 20;
/// Wrong codes from one source before it must wait, and over how long.
const PER_SOURCE: u32 = 20;
const OVER: Duration = Duration::minutes(15);
const DAY: Duration = Duration::hours(24);

/// What the coordinator reads out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Whose access.
    pub name: String,
    /// Their login.
    pub login: String,
    /// Eight digits, said once.
    pub code: String,
}

/// A secret of codes to be chosen, not yet anybody's.
#[derive(Debug, Clone)]
pub struct NewSecret {
    /// For the authenticator application, base 32.
    pub shown: String,
    /// The same, sealed: comes back with the form.
    pub sealed: String,
}

fn mark(inner: &Inner, user: UserId, code: &str) -> Result<String, AppError> {
    Ok(inner
        .vault
        .mark("recovery code", &format!("{user} {code}"))?)
}

fn refused() -> AppError {
    AppError::problem(
        "recovery-refused",
        401,
        "Identifiant ou code refusé. Le code vaut trente minutes et cinq essais\u{a0}; votre coordination peut vous en donner un autre, en personne.",
    )
}

/// Whom a coordinator meets: a live member of the network, wherever they signed up; an account of the network.
fn is_theirs(tx: &mut Tx<'_>, user: &User, network: NetworkId) -> Result<bool, AppError> {
    let Some(id) = user.professional else {
        return Ok(user.network == Some(network));
    };
    let row = professionals::find(tx, id)?;
    Ok(row.is_some_and(|row| is_live(&row, network)))
}

impl App {
    /// Gives a code for somebody of the actor's network, said once.
    ///
    /// # Errors
    /// For coordinators only; nobody of this login in the network; oneself; too many in a day.
    pub async fn recovery_give(&self, who: &Who, login: &str) -> Result<Given, AppError> {
        let actor = who.signed_in()?;
        if actor.role != Role::Coordinator {
            return Err(AppError::Denied);
        }
        let login: String = login.split_whitespace().collect::<String>().to_lowercase();
        let (now, code, who) = (self.wall_now(), chance::eight_digits(), who.clone());
        self.write(move |inner, tx| {
            let user = users::find_by_login(tx, &login)?;
            let user = match user {
                Some(user) if user.active && is_theirs(tx, &user, actor.network)? => Some(user),
                _ => None,
            };
            let Some(user) = user else {
                let message = "Personne de votre réseau n’a cet identifiant. Pour un professionnel, c’est son numéro RPPS.";
                return Err(AppError::invalid("/login", message));
            };
            if user.id == actor.user || user.role == Role::Administrator {
                let message = "Un autre coordinateur, ou l’exploitant, doit rendre cet accès.";
                return Err(AppError::invalid("/login", message));
            }
            for (key, most, message) in [
                (
                    format!("recovery of {}", user.id),
                    PER_ACCOUNT,
                    "Trois codes ont déjà été donnés aujourd’hui pour cette personne. Appelez l’exploitant.",
                ),
                (
                    format!("recovery by {}", actor.user),
                    PER_COORDINATOR,
                    "Vous avez déjà donné vingt codes aujourd’hui. Reprenez demain, ou appelez l’exploitant.",
                ),
            ] {
                if users::count_attempts(tx, &key, now - DAY)? >= most {
                    return Err(AppError::invalid("/login", message));
                }
                users::insert_attempt(tx, &key, now, true)?;
            }
            let given = give(inner, tx, &user, &code, actor.user, now)?;
            told(tx, &user, "access.recovery-given", &who, now)?;
            Ok(given)
        })
        .await
    }

    /// Uses a code: ends every way in the account had, and opens a session to choose a new one.
    ///
    /// # Errors
    /// One answer to whatever is wrong; too many tries from one source.
    pub async fn recover(
        &self,
        login: &str,
        code: &str,
        source: &str,
        device: String,
    ) -> Result<String, AppError> {
        let login: String = login.split_whitespace().collect::<String>().to_lowercase();
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let (now, key) = (self.wall_now(), format!("recovery from {source}"));
        let (token, today) = (chance::token(), self.now());
        let hash = chance::fingerprint(&token);
        let found = self
            .write(move |inner, tx| {
                if users::count_failures(tx, &key, now - OVER)? >= PER_SOURCE {
                    return Err(AppError::TooMany { until: now + OVER });
                }
                let user = users::find_by_login(tx, &login)?.filter(|user| user.active);
                let user = match user {
                    Some(user) if is_right(inner, tx, user.id, &code, now)? => Some(user),
                    _ => None,
                };
                users::insert_attempt(tx, &key, now, user.is_some())?;
                let Some(user) = user else {
                    return Ok(None);
                };
                users::end_passkeys(tx, user.id, KeyEnd::Recovery, now)?;
                users::clear_secrets(tx, user.id)?;
                users::revoke_all(tx, user.id, now)?;
                tx.notify(End::Account(user.id).encode())?;
                told(tx, &user, "access.recovered", &Who::platform("web"), now)?;
                // What takes every way in away gives one back, or does nothing.
                let opening = Opening {
                    user: user.id,
                    hash: hash.clone(),
                    device: device.clone(),
                    shared_computer: false,
                    now,
                    today,
                };
                opening.write(inner, tx)?;
                Ok(Some(user.id))
            })
            .await?;
        let user = found.ok_or_else(refused)?;
        self.streams().end(&End::Account(user));
        Ok(token)
    }

    /// A new secret of codes for the actor, to be confirmed with their password.
    ///
    /// # Errors
    /// Nobody is signed in; the store's.
    pub async fn new_secret(&self, who: &Who) -> Result<NewSecret, AppError> {
        let user = who.signed_in()?.user;
        let seed = chance::totp_secret();
        let sealed = self
            .0
            .vault
            .seal_setting(&format!("new totp {user}"), &Secret::new(hex(&seed)))?;
        Ok(NewSecret {
            shown: password::base32(&seed),
            sealed: hex(&sealed),
        })
    }

    /// What an authenticator application takes, from a secret that came back with a form.
    ///
    /// # Errors
    /// Not a secret of the actor's.
    pub fn secret_again(&self, who: &Who, sealed: &str) -> Result<String, AppError> {
        Ok(password::base32(&self.seed(who, sealed)?))
    }

    fn seed(&self, who: &Who, sealed: &str) -> Result<[u8; 20], AppError> {
        let user = who.signed_in()?.user;
        let bytes = unhex(sealed).ok_or(AppError::NotFound)?;
        let opened = self
            .0
            .vault
            .open_setting(&format!("new totp {user}"), &bytes);
        let opened = opened.map_err(|_| AppError::NotFound)?;
        let seed = unhex(opened.expose()).and_then(|seed| seed.try_into().ok());
        seed.ok_or(AppError::NotFound)
    }

    /// Keeps a password and a secret of codes, once the authenticator application gives a right code.
    ///
    /// # Errors
    /// Each field that is wrong; a secret that is not the actor's.
    pub async fn set_password(
        &self,
        who: &Who,
        typed: String,
        code: &str,
        sealed: &str,
    ) -> Result<(), AppError> {
        password::check_new(&typed)?;
        let (user, now) = (who.signed_in()?.user, self.wall_now());
        let seed = self.seed(who, sealed)?;
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        let seconds = u64::try_from(now.millis() / 1_000).unwrap_or_default();
        if password::totp(seed)?.check(&digits, seconds).is_none() {
            let message = "Ce n’est pas le code que montre votre application en ce moment. Il change toutes les 30 secondes.";
            return Err(AppError::invalid("/code", message));
        }
        let turn = self.0.hashing.acquire().await;
        let hashed = tokio::task::spawn_blocking(move || password::hash(&typed)).await;
        drop(turn);
        let hash = hashed.map_err(|error| AppError::Bug(format!("password hash: {error}")))??;
        let who = who.clone();
        self.write(move |inner, tx| {
            let owner = users::get(tx, user)?;
            let secret = Secret::new(hex(&seed));
            let sealed = inner.vault.seal_setting(&format!("totp {user}"), &secret)?;
            users::set_password_hash(tx, user, &hash)?;
            users::set_totp(tx, user, &sealed)?;
            told(tx, &owner, "password.set", &who, now)
        })
        .await
    }
}

/// A code for an account, in the place of any before: a way in is chosen with it.
pub(crate) fn give(
    inner: &Inner,
    tx: &mut Tx<'_>,
    user: &User,
    code: &str,
    by: UserId,
    now: Instant,
) -> Result<Given, AppError> {
    let mark = mark(inner, user.id, code)?;
    users::set_recovery(tx, user.id, &mark, by, now, now + LIFE)?;
    Ok(Given {
        name: user.name.clone(),
        login: user.login.clone(),
        code: code.to_owned(),
    })
}

/// Whether a code is the one; a wrong try is counted, and the last one ends it.
fn is_right(
    inner: &Inner,
    tx: &mut Tx<'_>,
    user: UserId,
    code: &str,
    now: Instant,
) -> Result<bool, AppError> {
    let Some((kept, tries)) = users::find_recovery(tx, user, now)? else {
        return Ok(false);
    };
    if mark(inner, user, code)? == kept {
        // Of two who have it at once, one is let in.
        return Ok(users::delete_recovery(tx, user)?);
    }
    if tries + 1 >= TRIES {
        users::delete_recovery(tx, user)?;
    } else {
        users::try_recovery(tx, user)?;
    }
    Ok(false)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(text.get(i * 2..i * 2 + 2)?, 16).ok())
        .collect()
}
