//! Marks of what browsers carried for us and gave back: each serves once, on any node. Refuses to
//! hold anything of those who never came back, and anything about anybody (ADR 0048).

use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

sql! { "spent_tokens";
    SPEND = "INSERT INTO spent_tokens (mark, expires_at) VALUES ($1, $2) ON CONFLICT (mark) DO NOTHING";
    PRUNE = "DELETE FROM spent_tokens WHERE expires_at <= $1";
}

/// Uses a token, found by its mark; of two who ask, on any node, one is told `true`. `expires_at` is
/// when the token itself opens no more, and its mark is needed no longer.
pub fn spend(tx: &mut Tx<'_>, mark: &str, expires_at: Instant) -> Result<bool, StoreError> {
    Ok(tx.exec(SPEND, params![mark, expires_at])? == 1)
}

/// Forgets the marks of tokens that open no more; answers how many.
pub fn prune(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![now])
}
