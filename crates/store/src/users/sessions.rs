//! Sessions: an opaque token, kept as a hash. Refuses nothing about time: whether a session still holds
//! is decided by the application.

use relais_core::access::Role;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::time::Instant;

use super::{User, bump_rights};
use crate::db::{Row, Tx, Value};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Id shown in the list of one's sessions.
    pub id: String,
    /// Hash of the token.
    pub token_hash: String,
    /// Whose.
    pub user: UserId,
    /// Opened.
    pub created_at: Instant,
    /// Last gesture, to the minute.
    pub seen_at: Instant,
    /// Last full authentication (R6).
    pub strong_at: Instant,
    /// Ends at the latest.
    pub expires_at: Instant,
    /// Ended.
    pub revoked_at: Option<Instant>,
    /// What opened it.
    pub device: String,
    /// A computer that others use.
    pub shared_computer: bool,
    /// The role it acts in, in which network, when not as its account; written by [`super::wear`] only.
    pub worn: Option<(NetworkId, Role)>,
    /// For whom a secretary answers in it; written by [`super::act_for`] only.
    pub acts_for: Option<ProfessionalId>,
}

/// What decides whether a session still holds, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Id of the session.
    pub session: String,
    /// Last gesture, to the minute.
    pub seen_at: Instant,
    /// Ends at the latest.
    pub expires_at: Instant,
    /// Ended.
    pub revoked_at: Option<Instant>,
    /// Its account as it acts now.
    pub user: User,
    /// Last full authentication, while it acts in a role it was given.
    pub worn_since: Option<Instant>,
}

impl Standing {
    /// The standing of a session already read.
    pub fn of(session: &Session, user: &User) -> Self {
        Self {
            session: session.id.clone(),
            seen_at: session.seen_at,
            expires_at: session.expires_at,
            revoked_at: session.revoked_at,
            user: user.clone(),
            worn_since: session.worn.map(|_| session.strong_at),
        }
    }
}

macro_rules! columns {
    () => {
        "SELECT id, token_hash, user_id, created_at, seen_at, strong_at, expires_at, revoked_at, device, \
         shared_computer, worn_network, worn_role, acts_for FROM sessions "
    };
}

/// How many sessions one statement of [`list_standings`] asks about.
const ASKED_AT_ONCE: usize = 25;

sql! { "sessions";
    INSERT = "INSERT INTO sessions (id, token_hash, user_id, created_at, seen_at, strong_at, expires_at, revoked_at, \
              device, shared_computer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND = concat!(columns!(), "WHERE token_hash = $1");
    OF_USER = concat!(columns!(), "WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY seen_at DESC");
    TOUCH = "UPDATE sessions SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2";
    STRONG = "UPDATE sessions SET strong_at = $2, seen_at = $2 WHERE token_hash = $1";
    REVOKE = "UPDATE sessions SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL";
    REVOKE_BY_ID = "UPDATE sessions SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";
    STANDINGS = "SELECT s.id AS session, s.seen_at, s.strong_at, s.expires_at, s.revoked_at, u.id, u.login, u.name, \
                 CASE WHEN w.role IS NULL THEN 0 ELSE 1 END AS worn, COALESCE(w.role, u.role) AS role, \
                 COALESCE(w.network, x.network, u.network) AS network, \
                 COALESCE(u.professional, x.professional) AS professional, u.status, u.created_at, \
                 CASE WHEN u.password_hash IS NULL THEN 0 ELSE 1 END AS has_password, \
                 CASE WHEN u.totp_sealed IS NULL THEN 0 ELSE 1 END AS has_totp \
                 FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN roles w ON w.user_id = u.id \
                 AND w.network = s.worn_network AND w.role = s.worn_role LEFT JOIN secretaries x ON x.user_id = u.id \
                 AND x.professional = s.acts_for AND u.role = 'secretary' WHERE s.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
                 $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)";
    PRUNE = "DELETE FROM sessions WHERE expires_at < $1";
    SET_HINT = "UPDATE sessions SET hint_sealed = $2 WHERE token_hash = $1";
    HINT = "SELECT hint_sealed FROM sessions WHERE token_hash = $1 AND revoked_at IS NULL AND hint_sealed IS NOT NULL";
}

fn session(row: &Row<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.text("id")?,
        token_hash: row.text("token_hash")?,
        user: row.id("user_id")?,
        created_at: row.instant("created_at")?,
        seen_at: row.instant("seen_at")?,
        strong_at: row.instant("strong_at")?,
        expires_at: row.instant("expires_at")?,
        revoked_at: row.opt_instant("revoked_at")?,
        device: row.text("device")?,
        shared_computer: row.flag("shared_computer")?,
        worn: row
            .opt_id("worn_network")?
            .zip(row.opt_parsed("worn_role", Role::from_code)?),
        acts_for: row.opt_id("acts_for")?,
    })
}

/// Writes a new session.
pub fn insert_session(tx: &mut Tx<'_>, s: &Session) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            &s.id,
            &s.token_hash,
            s.user,
            s.created_at,
            s.seen_at,
            s.strong_at,
            s.expires_at,
            s.revoked_at,
            &s.device,
            s.shared_computer
        ],
    )
}

/// The session of a token's hash and its account as it acts, ended or not.
pub fn find_session(
    tx: &mut Tx<'_>,
    token_hash: &str,
) -> Result<Option<(Session, User)>, StoreError> {
    let Some(session) = tx.query_opt(FIND, params![token_hash], session)? else {
        return Ok(None);
    };
    let user = super::get(tx, session.user)?;
    let (mut user, worn) = super::roles::dressed(tx, user, session.worn)?;
    if user.role == Role::Secretary {
        user = super::secretaries::answering(tx, user, session.acts_for)?;
    }
    Ok(Some((Session { worn, ..session }, user)))
}

/// The standing of many sessions, by their ids, in no order; those that exist no more are left out.
pub fn list_standings(tx: &mut Tx<'_>, ids: &[String]) -> Result<Vec<Standing>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(ASKED_AT_ONCE) {
        // One registered text for any number: what is left over asks for nothing.
        let asked = some.iter().map(Value::from);
        let values: Vec<_> = asked
            .chain(std::iter::repeat(Value::Null))
            .take(ASKED_AT_ONCE)
            .collect();
        found.extend(tx.query(STANDINGS, &values, |row| {
            Ok(Standing {
                session: row.text("session")?,
                seen_at: row.instant("seen_at")?,
                expires_at: row.instant("expires_at")?,
                revoked_at: row.opt_instant("revoked_at")?,
                user: super::user(row)?,
                worn_since: row.flag("worn")?.then_some(row.instant("strong_at")?),
            })
        })?);
    }
    Ok(found)
}

/// The sessions of an account that still hold, last used first.
pub fn list_sessions(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Instant,
) -> Result<Vec<Session>, StoreError> {
    tx.query(OF_USER, params![user, now], session)
}

/// Writes down a gesture.
pub fn touch_session(tx: &mut Tx<'_>, token_hash: &str, now: Instant) -> Result<(), StoreError> {
    tx.exec(TOUCH, params![token_hash, now]).map(|_| ())
}

/// Writes down a full authentication (R6).
pub fn set_strong(tx: &mut Tx<'_>, token_hash: &str, now: Instant) -> Result<(), StoreError> {
    tx.exec_one(STRONG, params![token_hash, now])?;
    bump_rights(tx)
}

/// Ends a session; nothing changes when it had ended.
pub fn revoke_session(tx: &mut Tx<'_>, token_hash: &str, now: Instant) -> Result<(), StoreError> {
    tx.exec(REVOKE, params![token_hash, now])?;
    bump_rights(tx)
}

/// Ends one of somebody's sessions from their list; `false` when it is not theirs or had ended.
pub fn revoke_session_by_id(
    tx: &mut Tx<'_>,
    id: &str,
    user: UserId,
    now: Instant,
) -> Result<bool, StoreError> {
    let ended = tx.exec(REVOKE_BY_ID, params![id, user, now])? == 1;
    bump_rights(tx)?;
    Ok(ended)
}

/// Forgets sessions that ended before a moment; answers how many.
pub fn prune_sessions(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![before])
}

/// Keeps what ends the session of the provider that opened this one, sealed.
pub fn set_hint(tx: &mut Tx<'_>, token_hash: &str, sealed: &[u8]) -> Result<(), StoreError> {
    tx.exec_one(SET_HINT, params![token_hash, sealed])
}

/// What ends the provider's session; none for a session that ended, or was opened otherwise.
pub fn find_hint(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.query_opt(HINT, params![token_hash], |r| r.bytes("hint_sealed"))
}
