//! Attempts at signing in, counted by key (a login, a source, a code used).
//! Refuses to decide how many are too many.

use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

sql! { "login_attempts";
    INSERT = "INSERT INTO login_attempts (key, at, ok) VALUES ($1, $2, $3)";
    FAILURES = "SELECT COUNT(*) FROM login_attempts WHERE key = $1 AND at >= $2 AND ok = 0";
    ATTEMPTS = "SELECT COUNT(*) FROM login_attempts WHERE key = $1 AND at >= $2";
    PRUNE = "DELETE FROM login_attempts WHERE at < $1";
}

/// Writes down an attempt.
pub fn insert_attempt(tx: &mut Tx<'_>, key: &str, at: Instant, ok: bool) -> Result<(), StoreError> {
    tx.exec_one(INSERT, params![key, at, ok])
}

/// Failures of a key since a moment.
pub fn count_failures(tx: &mut Tx<'_>, key: &str, since: Instant) -> Result<u32, StoreError> {
    tx.query_one(FAILURES, params![key, since], |r| r.small(0))
}

/// Attempts of a key since a moment, good or not.
pub fn count_attempts(tx: &mut Tx<'_>, key: &str, since: Instant) -> Result<u32, StoreError> {
    tx.query_one(ATTEMPTS, params![key, since], |r| r.small(0))
}

/// Forgets attempts before a moment; answers how many.
pub fn prune_attempts(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![before])
}
