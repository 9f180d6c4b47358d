//! API tokens, kept as hashes. Refuses to show one again.

use relais_core::access::Role;
use relais_core::ids::{NetworkId, ProfessionalId, TokenId, UserId};
use relais_core::time::Instant;

use super::{User, bump_rights};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Which.
    pub id: TokenId,
    /// Hash of the token.
    pub token_hash: String,
    /// The account it acts as.
    pub user: Option<UserId>,
    /// In which network.
    pub network: NetworkId,
    /// In which role.
    pub role: Role,
    /// For which professional.
    pub professional: Option<ProfessionalId>,
    /// What it is for.
    pub label: String,
    /// Made.
    pub created_at: Instant,
    /// Last used, to a few minutes.
    pub used_at: Option<Instant>,
    /// Ended.
    pub revoked_at: Option<Instant>,
}

macro_rules! columns {
    () => {
        "SELECT id, token_hash, user_id, network, role, professional, label, created_at, used_at, revoked_at \
         FROM tokens "
    };
}

sql! { "tokens";
    INSERT = "INSERT INTO tokens (id, token_hash, user_id, network, role, professional, label, created_at, used_at, \
              revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND = concat!(columns!(), "WHERE token_hash = $1");
    LIST = concat!(columns!(), "WHERE network = $1 ORDER BY id");
    TOUCH = "UPDATE tokens SET used_at = $2 WHERE id = $1";
    REVOKE = "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
}

fn token(row: &Row<'_>) -> Result<Token, StoreError> {
    Ok(Token {
        id: row.id("id")?,
        token_hash: row.text("token_hash")?,
        user: row.opt_id("user_id")?,
        network: row.id("network")?,
        role: row.parsed("role", Role::from_code)?,
        professional: row.opt_id("professional")?,
        label: row.text("label")?,
        created_at: row.instant("created_at")?,
        used_at: row.opt_instant("used_at")?,
        revoked_at: row.opt_instant("revoked_at")?,
    })
}

/// Writes a new token.
pub fn insert_token(tx: &mut Tx<'_>, t: &Token) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            t.id,
            &t.token_hash,
            t.user,
            t.network,
            t.role.code(),
            t.professional,
            &t.label,
            t.created_at,
            t.used_at,
            t.revoked_at
        ],
    )
}

/// The token of a hash and the account it acts as, ended or not.
pub fn find_token(
    tx: &mut Tx<'_>,
    token_hash: &str,
) -> Result<Option<(Token, Option<User>)>, StoreError> {
    let Some(token) = tx.query_opt(FIND, params![token_hash], token)? else {
        return Ok(None);
    };
    let user = match token.user {
        Some(id) => Some(super::get(tx, id)?),
        None => None,
    };
    Ok(Some((token, user)))
}

/// The tokens of a network, ended ones included, oldest first.
pub fn list_tokens(tx: &mut Tx<'_>, network: NetworkId) -> Result<Vec<Token>, StoreError> {
    tx.query(LIST, params![network], token)
}

/// Writes down a use.
pub fn touch_token(tx: &mut Tx<'_>, id: TokenId, now: Instant) -> Result<(), StoreError> {
    tx.exec(TOUCH, params![id, now]).map(|_| ())
}

/// Ends a token; `false` when it had ended.
pub fn revoke_token(tx: &mut Tx<'_>, id: TokenId, now: Instant) -> Result<bool, StoreError> {
    let ended = tx.exec(REVOKE, params![id, now])? == 1;
    bump_rights(tx)?;
    Ok(ended)
}
