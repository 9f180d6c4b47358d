//! Accounts, and what proves that somebody holds one: password and code, sessions, tokens.
//! Refuses to hand out a secret with an account: [`find_credentials`] is apart.

pub(crate) mod attempts;
pub(crate) mod devices;
pub(crate) mod invitations;
pub(crate) mod passkeys;
pub(crate) mod recovery;
pub(crate) mod roles;
pub(crate) mod secretaries;
pub(crate) mod sessions;
pub(crate) mod tokens;

pub use attempts::{count_attempts, count_failures, insert_attempt, prune_attempts};
pub use devices::{
    Device, delete_device, find_professional_of_device, insert_device, list_devices,
    list_for_professional, mark_device_failed, mark_device_proved,
};
pub use invitations::{
    Invitation, count_invitations, delete_invitation, find_invitation, find_invitation_in,
    insert_invitation, list_invitations, prune_invitations, withdraw_invitations,
};
pub use passkeys::{
    KeyEnd, StoredKey, end_passkey, end_passkeys, find_passkey, insert_passkey, list_passkeys,
    rename_passkey, use_passkey,
};
pub use recovery::{
    delete_recovery, find_recovery, prune_recovery, set_recovery, try_recovery, withdraw_recovery,
};
pub use roles::{
    Given, count_holders, give_role, holds_role, list_roles, list_roles_in, take_role, wear,
};
pub use secretaries::{
    Secretary, act_for, end_secretary, list_of_secretary, list_secretaries, name_secretary,
};
pub use sessions::{
    Session, Standing, find_hint, find_session, insert_session, list_sessions, list_standings,
    prune_sessions, revoke_session, revoke_session_by_id, set_hint, set_strong, touch_session,
};
pub use tokens::{Token, find_token, insert_token, list_tokens, revoke_token, touch_token};

use std::collections::BTreeMap;

use relais_core::access::Role;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::time::Instant;

use crate::counters;
use crate::db::{Row, Turn, Tx};
use crate::directory::{Touched, touched};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Which.
    pub id: UserId,
    /// Login, unique.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Network, none for an account of the installation.
    pub network: Option<NetworkId>,
    /// The professional behind it.
    pub professional: Option<ProfessionalId>,
    /// May sign in.
    pub active: bool,
    /// When it was made.
    pub created_at: Instant,
    /// Has a password. Derived: ignored when written.
    pub has_password: bool,
    /// Has a secret of codes. Derived: ignored when written.
    pub has_totp: bool,
}

/// An account and its secrets, for signing in only.
#[derive(Clone)]
pub struct Credentials {
    /// The account.
    pub user: User,
    /// Hash of the password.
    pub password_hash: Option<String>,
    /// Sealed secret of codes.
    pub totp_sealed: Option<Vec<u8>>,
}

macro_rules! columns {
    () => {
        "SELECT id, login, name, role, network, professional, status, created_at, \
         CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END AS has_password, \
         CASE WHEN totp_sealed IS NULL THEN 0 ELSE 1 END AS has_totp FROM users "
    };
}

sql! { "users";
    INSERT = "INSERT INTO users (id, login, name, role, network, professional, status, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ONE = concat!(columns!(), "WHERE id = $1");
    HOLD = "SELECT id FROM users WHERE id = $1 {for_no_key_update}";
    BY_LOGIN = concat!(columns!(), "WHERE login = $1");
    BY_PROFESSIONAL = concat!(columns!(), "WHERE professional = $1");
    SECRETS = "SELECT id, password_hash, totp_sealed FROM users WHERE id = $1";
    LIST = concat!(columns!(), "ORDER BY login");
    OF_NETWORK = concat!(columns!(), "WHERE network = $1 ORDER BY login");
    SET_STATUS = "UPDATE users SET status = $2 WHERE id = $1";
    SET_DESK = "UPDATE users SET desk = $2 WHERE id = $1";
    BY_DESK = "SELECT id FROM users WHERE network = $1 AND desk = $2 AND status = 'active' \
               AND (role IN ('operator', 'regulator') OR EXISTS (SELECT 1 FROM roles r WHERE r.user_id = users.id \
               AND r.network = $1 AND r.role IN ('operator', 'regulator')))";
    SET_PASSWORD = "UPDATE users SET password_hash = $2 WHERE id = $1";
    SET_TOTP = "UPDATE users SET totp_sealed = $2 WHERE id = $1";
    CLEAR_SECRETS = "UPDATE users SET password_hash = NULL, totp_sealed = NULL WHERE id = $1";
    SET_LAST_LOGIN = "UPDATE users SET last_login_at = $2 WHERE id = $1";
    LAST_USES = "SELECT u.id, u.last_login_at, (SELECT MAX(s.seen_at) FROM sessions s WHERE s.user_id = u.id) AS seen_at, \
                 (SELECT MAX(t.used_at) FROM tokens t WHERE t.user_id = u.id) AS used_at FROM users u WHERE u.network = $1";
    REVOKE_SESSIONS = "UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
    REVOKE_TOKENS = "UPDATE tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
}

pub(crate) fn user(row: &Row<'_>) -> Result<User, StoreError> {
    Ok(User {
        id: row.id("id")?,
        login: row.text("login")?,
        name: row.text("name")?,
        role: row.parsed("role", Role::from_code)?,
        network: row.opt_id("network")?,
        professional: row.opt_id("professional")?,
        active: row.parsed("status", |s| match s {
            "active" => Some(true),
            "disabled" => Some(false),
            _ => None,
        })?,
        created_at: row.instant("created_at")?,
        has_password: row.flag("has_password")?,
        has_totp: row.flag("has_totp")?,
    })
}

/// Writes a new account, without secrets.
pub fn insert(tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            user.id,
            &user.login,
            &user.name,
            user.role.code(),
            user.network,
            user.professional,
            if user.active { "active" } else { "disabled" },
            user.created_at
        ],
    )?;
    touched(tx, Touched::User(user.id))
}

/// An account, if there is one.
pub fn find(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    tx.query_opt(ONE, params![id], user)
}

/// The ways into an account are changed by one at a time, until the transaction ends.
pub fn hold(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    tx.query(HOLD, params![id], |_| Ok(())).map(drop)
}

/// An account.
pub fn get(tx: &mut Tx<'_>, id: UserId) -> Result<User, StoreError> {
    find(tx, id)?.ok_or_else(|| StoreError::not_found("users", id.to_string()))
}

/// The account of a login.
pub fn find_by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<User>, StoreError> {
    tx.query_opt(BY_LOGIN, params![login], user)
}

/// Names somebody's telephone set, as the exchange says it.
pub fn set_desk(tx: &mut Tx<'_>, user: UserId, desk: Option<&str>) -> Result<(), StoreError> {
    tx.exec_one(SET_DESK, params![user, desk])
}

/// Whoever of the desk has this telephone set.
pub fn find_by_desk(
    tx: &mut Tx<'_>,
    network: NetworkId,
    desk: &str,
) -> Result<Option<UserId>, StoreError> {
    tx.query_opt(BY_DESK, params![network, desk], |r| r.id(0))
}

/// The account of a professional.
pub fn find_by_professional(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
) -> Result<Option<User>, StoreError> {
    tx.query_opt(BY_PROFESSIONAL, params![professional], user)
}

/// The account of a login with its secrets.
pub fn find_credentials(tx: &mut Tx<'_>, login: &str) -> Result<Option<Credentials>, StoreError> {
    let Some(user) = find_by_login(tx, login)? else {
        return Ok(None);
    };
    tx.query_opt(SECRETS, params![user.id], |r| {
        Ok(Credentials {
            user: user.clone(),
            password_hash: r.opt_text("password_hash")?,
            totp_sealed: r.opt_bytes("totp_sealed")?,
        })
    })
}

/// Every account, by login.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<User>, StoreError> {
    tx.query(LIST, params![], user)
}

/// The accounts of a network, by login.
pub fn list_for_network(tx: &mut Tx<'_>, network: NetworkId) -> Result<Vec<User>, StoreError> {
    tx.query(OF_NETWORK, params![network], user)
}

/// The counter of everybody's rights.
const RIGHTS: &str = "rights";

/// The version of everybody's rights: it moves whenever an account, a session or a token ends, begins
/// again or is proved anew, so that whoever remembers one knows to read it again.
pub fn rights_version(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    counters::value(tx, RIGHTS)
}

/// Nobody moves it before this transaction does: for who writes in the journal before it ends a session.
pub fn hold_rights(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.takes(Turn::Rights);
    counters::hold(tx, RIGHTS)
}

/// Moves it, in the transaction of the change.
pub(super) fn bump_rights(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.takes(Turn::Rights);
    counters::next(tx, RIGHTS).map(|_| ())
}

/// Ends an account. Its sessions and tokens are ended by [`revoke_all`].
pub fn disable(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    tx.exec_one(SET_STATUS, params![id, "disabled"])?;
    bump_rights(tx)
}

/// Opens an account again.
pub fn enable(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    tx.exec_one(SET_STATUS, params![id, "active"])?;
    bump_rights(tx)
}

/// Writes the hash of a password.
pub fn set_password_hash(tx: &mut Tx<'_>, id: UserId, hash: &str) -> Result<(), StoreError> {
    tx.exec_one(SET_PASSWORD, params![id, hash])
}

/// Writes the sealed secret of codes.
pub fn set_totp(tx: &mut Tx<'_>, id: UserId, sealed: &[u8]) -> Result<(), StoreError> {
    tx.exec_one(SET_TOTP, params![id, sealed])
}

/// Forgets the password and the secret of codes: they open nothing any more.
pub fn clear_secrets(tx: &mut Tx<'_>, id: UserId) -> Result<(), StoreError> {
    tx.exec_one(CLEAR_SECRETS, params![id])
}

/// Writes down the last sign-in.
pub fn set_last_login(tx: &mut Tx<'_>, id: UserId, at: Instant) -> Result<(), StoreError> {
    tx.exec_one(SET_LAST_LOGIN, params![id, at])
}

/// When each account of a network was last used: a sign-in, a gesture of a session that is still kept, or a call by
/// one of its tokens. Those never used are left out.
pub fn list_last_uses(
    tx: &mut Tx<'_>,
    network: NetworkId,
) -> Result<BTreeMap<UserId, Instant>, StoreError> {
    let all = tx.query(LAST_USES, params![network], |r| {
        let moments = [
            r.opt_instant("last_login_at")?,
            r.opt_instant("seen_at")?,
            r.opt_instant("used_at")?,
        ];
        Ok((r.id("id")?, moments.into_iter().flatten().max()))
    })?;
    let used = all.into_iter().filter_map(|(id, at)| Some((id, at?)));
    Ok(used.collect())
}

/// Ends every session and token of an account; answers how many.
pub fn revoke_all(tx: &mut Tx<'_>, id: UserId, now: Instant) -> Result<u64, StoreError> {
    let sessions = tx.exec(REVOKE_SESSIONS, params![id, now])?;
    let tokens = tx.exec(REVOKE_TOKENS, params![id, now])?;
    bump_rights(tx)?;
    Ok(sessions + tokens)
}
