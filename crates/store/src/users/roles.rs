//! What a coordinator lets somebody be in a network, beside what their account is; and what a session acts as
//! now. Each change moves everybody's rights. Refuses to decide who may be given what.

use relais_core::access::Role;
use relais_core::ids::{NetworkId, UserId};
use relais_core::time::Instant;

use super::{User, bump_rights};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A role somebody was given in a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// The account.
    pub user: UserId,
    /// Where.
    pub network: NetworkId,
    /// Which.
    pub role: Role,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Instant,
}

macro_rules! columns {
    () => {
        "SELECT user_id AS id, network, role, given_by, given_at FROM roles "
    };
}
/// Everybody who may act in a role in a network: by their account, or because they were given it.
macro_rules! holders {
    () => {
        "u.status = 'active' AND ((u.network = $1 AND u.role = $2) OR EXISTS (SELECT 1 FROM roles r \
         WHERE r.user_id = u.id AND r.network = $1 AND r.role = $2))"
    };
}

sql! { "roles";
    GIVE = "INSERT INTO roles (user_id, network, role, given_by, given_at) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (user_id, network, role) DO NOTHING";
    TAKE = "DELETE FROM roles WHERE user_id = $1 AND network = $2 AND role = $3";
    OF_USER = concat!(columns!(), "WHERE user_id = $1 ORDER BY network, role");
    OF_NETWORK = concat!(columns!(), "WHERE network = $1 ORDER BY user_id, role");
    COUNT = concat!("SELECT COUNT(*) FROM users u WHERE ", holders!(), " AND (u.professional IS NULL OR EXISTS \
            (SELECT 1 FROM professionals p JOIN memberships m ON m.professional = p.id WHERE p.id = u.professional \
            AND m.network = $1 AND m.status = 'active' AND (p.contract_from IS NULL OR p.contract_from <= $3) \
            AND (p.contract_until IS NULL OR p.contract_until > $3)))");
    HOLDS = concat!("SELECT COUNT(*) FROM users u WHERE u.id = $3 AND ", holders!());
    WEAR = "UPDATE sessions SET worn_network = $2, worn_role = $3 WHERE token_hash = $1 AND revoked_at IS NULL";
}

fn given(row: &Row<'_>) -> Result<Given, StoreError> {
    Ok(Given {
        user: row.id("id")?,
        network: row.id("network")?,
        role: row.parsed("role", Role::from_code)?,
        by: row.id("given_by")?,
        at: row.instant("given_at")?,
    })
}

/// Gives a role; `false` when it was given already.
pub fn give_role(tx: &mut Tx<'_>, new: Given) -> Result<bool, StoreError> {
    let Given {
        user,
        network,
        role,
        by,
        at,
    } = new;
    let given = tx.exec(GIVE, params![user, network, role.code(), by, at])? == 1;
    bump_rights(tx)?;
    Ok(given)
}

/// Takes a role; `false` when it was not given. Whoever acts in it acts as their account from the next request on.
pub fn take_role(
    tx: &mut Tx<'_>,
    user: UserId,
    network: NetworkId,
    role: Role,
) -> Result<bool, StoreError> {
    let taken = tx.exec(TAKE, params![user, network, role.code()])? == 1;
    bump_rights(tx)?;
    Ok(taken)
}

/// What somebody was given, in every network.
pub fn list_roles(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Given>, StoreError> {
    tx.query(OF_USER, params![user], given)
}

/// What was given in a network, by account.
pub fn list_roles_in(tx: &mut Tx<'_>, network: NetworkId) -> Result<Vec<Given>, StoreError> {
    tx.query(OF_NETWORK, params![network], given)
}

/// How many may act in a role in a network at a moment: their account is open and, for a professional, their
/// membership and their contract hold.
pub fn count_holders(
    tx: &mut Tx<'_>,
    network: NetworkId,
    role: Role,
    now: Instant,
) -> Result<i64, StoreError> {
    let count = tx.query_opt(COUNT, params![network, role.code(), now], |r| r.int(0))?;
    Ok(count.unwrap_or_default())
}

/// Whether an open account may act in a role in a network.
pub fn holds_role(
    tx: &mut Tx<'_>,
    user: UserId,
    network: NetworkId,
    role: Role,
) -> Result<bool, StoreError> {
    let found = tx.query_opt(HOLDS, params![network, role.code(), user], |r| r.int(0))?;
    Ok(found == Some(1))
}

/// Makes a session act in a role; none = as its account.
pub fn wear(
    tx: &mut Tx<'_>,
    token_hash: &str,
    role: Option<(NetworkId, Role)>,
) -> Result<(), StoreError> {
    let (network, role) = role.unzip();
    tx.exec_one(WEAR, params![token_hash, network, role.map(Role::code)])?;
    bump_rights(tx)
}

/// The account as it acts: in the role worn, while it is still given; else as it is, with none worn.
pub(super) fn dressed(
    tx: &mut Tx<'_>,
    user: User,
    worn: Option<(NetworkId, Role)>,
) -> Result<(User, Option<(NetworkId, Role)>), StoreError> {
    let Some((network, role)) = worn else {
        return Ok((user, None));
    };
    if !holds_role(tx, user.id, network, role)? {
        return Ok((user, None));
    }
    let dressed = User {
        role,
        network: Some(network),
        ..user
    };
    Ok((dressed, worn))
}
