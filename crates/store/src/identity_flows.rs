//! People on their way to a provider of identities and back: what was sent with them, sealed, found
//! by what comes back in the address and by what only their browser has. Refuses to be read twice.

use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

sql! { "identity_flows";
    INSERT = "INSERT INTO identity_flows (state_hash, browser_hash, sealed, started_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5)";
    FIND = "SELECT sealed FROM identity_flows WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3";
    DELETE = "DELETE FROM identity_flows WHERE state_hash = $1 AND browser_hash = $2";
    PRUNE = "DELETE FROM identity_flows WHERE expires_at <= $1";
}

/// One way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityFlow {
    /// Fingerprint of the state.
    pub state_hash: String,
    /// Fingerprint of the browser's token.
    pub browser_hash: String,
    /// The other secrets, and where the person was going.
    pub sealed: Vec<u8>,
    /// When they left.
    pub started_at: Instant,
    /// When it is forgotten.
    pub expires_at: Instant,
}

/// Writes somebody's leaving.
pub fn insert(tx: &mut Tx<'_>, flow: &IdentityFlow) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            &flow.state_hash,
            &flow.browser_hash,
            &flow.sealed[..],
            flow.started_at,
            flow.expires_at
        ],
    )
}

/// What was sent with them, once: of two who ask, on any node, one is given it. `None` when it is
/// another browser's, used, or too old.
pub fn take(
    tx: &mut Tx<'_>,
    state_hash: &str,
    browser_hash: &str,
    now: Instant,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found = tx.query_opt(FIND, params![state_hash, browser_hash, now], |r| {
        r.bytes("sealed")
    })?;
    let Some(sealed) = found else {
        return Ok(None);
    };
    let mine = tx.exec(DELETE, params![state_hash, browser_hash])? == 1;
    Ok(mine.then_some(sealed))
}

/// Forgets those who did not come back; answers how many.
pub fn prune(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![now])
}
