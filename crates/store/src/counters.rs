//! Named counters: human codes of requests, versions of what is kept in memory.
//! Refuses gaps inside a transaction; a rolled-back transaction gives its number back.

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// When the last backup ended well, milliseconds UTC.
pub const BACKUP_ENDED: &str = "backup.ended_at";

sql! { "counters";
    NEXT = "INSERT INTO counters (name, value) VALUES ($1, 1) \
            ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
    RAISE = "INSERT INTO counters (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = CASE WHEN counters.value < excluded.value \
             THEN excluded.value ELSE counters.value END";
    VALUE = "SELECT value FROM counters WHERE name = $1";
    HOLD = "SELECT value FROM counters WHERE name = $1 {for_no_key_update}";
    VALUE_LOCKED = "SELECT value FROM counters WHERE name = $1 {for_share}";
}

/// The next number of a counter, from 1. Its row stays locked until the commit.
pub fn next(tx: &mut Tx<'_>, name: &str) -> Result<i64, StoreError> {
    tx.query_one(NEXT, params![name], |r| r.int(0))
}

/// Makes sure that a counter is at least `value` (before the first number is given).
pub fn raise(tx: &mut Tx<'_>, name: &str, value: i64) -> Result<(), StoreError> {
    tx.exec_one(RAISE, params![name, value])
}

/// The last number given; 0 before the first.
pub fn value(tx: &mut Tx<'_>, name: &str) -> Result<i64, StoreError> {
    Ok(tx
        .query_opt(VALUE, params![name], |r| r.int(0))?
        .unwrap_or(0))
}

/// The last number given, which nobody changes before this transaction ends: guards what was
/// computed from memory against the store's version of it.
pub fn value_locked(tx: &mut Tx<'_>, name: &str) -> Result<i64, StoreError> {
    Ok(tx
        .query_opt(VALUE_LOCKED, params![name], |r| r.int(0))?
        .unwrap_or(0))
}

/// Nobody takes the next number, or relies on the last, before this transaction ends.
pub(crate) fn hold(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.query(HOLD, params![name], |_| Ok(())).map(drop)
}
