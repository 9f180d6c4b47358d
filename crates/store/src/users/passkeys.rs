//! Passkeys: which keys open an account, and those that do no more, with why.
//! Refuses to read a key: it is sealed.

use relais_core::ids::UserId;
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Why a key opens nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEnd {
    /// Its owner took it away.
    Owner,
    /// Its counter went back: a copy of it is somewhere.
    Copied,
    /// Every key was lost, and a coordinator gave the access back.
    Recovery,
}

impl KeyEnd {
    const ALL: [Self; 3] = [Self::Owner, Self::Copied, Self::Recovery];

    const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Copied => "copied",
            Self::Recovery => "recovery",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.code() == code)
    }
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its id, as the authenticator says it.
    pub id: String,
    /// Whose.
    pub user: UserId,
    /// What verifies its signatures, sealed.
    pub sealed: Vec<u8>,
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub created_at: Instant,
    /// Last sign-in by it.
    pub used_at: Option<Instant>,
    /// When it ended, and why.
    pub ended: Option<(Instant, KeyEnd)>,
}

macro_rules! columns {
    () => {
        "SELECT id, user_id, key_sealed, label, created_at, used_at, revoked_at, revoked_why FROM passkeys "
    };
}

sql! { "passkeys";
    INSERT = "INSERT INTO passkeys (id, user_id, key_sealed, label, created_at) VALUES ($1, $2, $3, $4, $5)";
    FIND = concat!(columns!(), "WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL");
    OF_USER = concat!(columns!(), "WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at, id");
    USED = "UPDATE passkeys SET key_sealed = $2, used_at = $3 WHERE id = $1 AND revoked_at IS NULL";
    RENAME = "UPDATE passkeys SET label = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";
    END = "UPDATE passkeys SET revoked_at = $3, revoked_why = $4 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";
    END_ALL = "UPDATE passkeys SET revoked_at = $2, revoked_why = $3 WHERE user_id = $1 AND revoked_at IS NULL";
}

fn key(row: &Row<'_>) -> Result<StoredKey, StoreError> {
    let ended = match row.opt_instant("revoked_at")? {
        Some(at) => Some((at, row.parsed("revoked_why", KeyEnd::from_code)?)),
        None => None,
    };
    Ok(StoredKey {
        id: row.text("id")?,
        user: row.id("user_id")?,
        sealed: row.bytes("key_sealed")?,
        label: row.text("label")?,
        created_at: row.instant("created_at")?,
        used_at: row.opt_instant("used_at")?,
        ended,
    })
}

/// Writes a new key; its id must be nobody's.
pub fn insert_passkey(tx: &mut Tx<'_>, new: &StoredKey) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            &new.id,
            new.user,
            &new.sealed[..],
            &new.label,
            new.created_at
        ],
    )
}

/// A key of somebody that still opens.
pub fn find_passkey(
    tx: &mut Tx<'_>,
    id: &str,
    user: UserId,
) -> Result<Option<StoredKey>, StoreError> {
    tx.query_opt(FIND, params![id, user], key)
}

/// The keys that open an account, oldest first.
pub fn list_passkeys(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<StoredKey>, StoreError> {
    tx.query(OF_USER, params![user], key)
}

/// Keeps a key as it is after a sign-in.
pub fn use_passkey(
    tx: &mut Tx<'_>,
    id: &str,
    sealed: &[u8],
    now: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(USED, params![id, sealed, now])
}

/// Calls a key otherwise; `false` when it is not theirs.
pub fn rename_passkey(
    tx: &mut Tx<'_>,
    id: &str,
    user: UserId,
    label: &str,
) -> Result<bool, StoreError> {
    Ok(tx.exec(RENAME, params![id, user, label])? == 1)
}

/// Ends a key; `false` when it is not theirs, or ended before.
pub fn end_passkey(
    tx: &mut Tx<'_>,
    id: &str,
    user: UserId,
    why: KeyEnd,
    now: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(END, params![id, user, now, why.code()])? == 1)
}

/// Ends every key of an account; answers how many.
pub fn end_passkeys(
    tx: &mut Tx<'_>,
    user: UserId,
    why: KeyEnd,
    now: Instant,
) -> Result<u64, StoreError> {
    tx.exec(END_ALL, params![user, now, why.code()])
}
