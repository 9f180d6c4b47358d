//! Idempotency keys of the API: the first answer to a key is kept and given again. While a key is in
//! flight its row names the process that works on it, where the answer will stand.
//! Refuses a key used again for something else, and an answer from a process that lost the key.

use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// What a key means for a call that starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// Never seen: go on, then [`finish`] in the same transaction or a later one.
    Fresh,
    /// Done before: this is the answer.
    Replay {
        /// HTTP status.
        status: u16,
        /// Body.
        body: String,
    },
    /// Used for another route or another body.
    Mismatch,
    /// Being answered, or left by a process that died.
    InFlight {
        /// Since when.
        since: Instant,
        /// The process that works on it.
        by: String,
    },
}

sql! { "idempotency";
    CLAIM = "INSERT INTO idempotency (actor, key, route, body_hash, created_at, response) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (actor, key) DO NOTHING";
    FIND = "SELECT actor AS id, route, body_hash, status, response, created_at FROM idempotency WHERE actor = $1 AND key = $2";
    TAKE_OVER = "UPDATE idempotency SET created_at = $4, response = $5 WHERE actor = $1 AND key = $2 \
                 AND created_at = $3 AND status IS NULL";
    FINISH = "UPDATE idempotency SET status = $3, response = $4 WHERE actor = $1 AND key = $2 AND status IS NULL \
              AND response = $5";
    FORGET = "DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND status IS NULL AND response = $3";
    PRUNE = "DELETE FROM idempotency WHERE created_at < $1";
}

/// Claims a key for a call, which the process `by` works on.
pub fn begin(
    tx: &mut Tx<'_>,
    actor: &str,
    key: &str,
    route: &str,
    body_hash: &str,
    by: &str,
    now: Instant,
) -> Result<Begin, StoreError> {
    if tx.exec(CLAIM, params![actor, key, route, body_hash, now, by])? == 1 {
        return Ok(Begin::Fresh);
    }
    // Forgotten between the two statements: whoever held it failed, and the caller tries again.
    match look(tx, actor, key, route, body_hash)? {
        Begin::Fresh => Err(StoreError::conflict("idempotency", key)),
        found => Ok(found),
    }
}

/// What a key means, without claiming it: for an act that does nothing more when done again.
pub fn look(
    tx: &mut Tx<'_>,
    actor: &str,
    key: &str,
    route: &str,
    body_hash: &str,
) -> Result<Begin, StoreError> {
    let found = tx.query_opt(FIND, params![actor, key], |r| {
        let same = r.str("route")? == route && r.str("body_hash")? == body_hash;
        let status = r.opt_int("status")?;
        Ok(match (same, status, r.opt_text("response")?) {
            (false, _, _) => Begin::Mismatch,
            (true, None, by) => Begin::InFlight {
                since: r.instant("created_at")?,
                by: by.unwrap_or_default(),
            },
            (true, Some(status), body) => Begin::Replay {
                status: u16::try_from(status).map_err(|_| r.wrong("status", "out of range"))?,
                body: body.unwrap_or_default(),
            },
        })
    })?;
    Ok(found.unwrap_or(Begin::Fresh))
}

/// Takes over a key left in flight since a moment; `false` when somebody else was faster.
pub fn take_over(
    tx: &mut Tx<'_>,
    actor: &str,
    key: &str,
    since: Instant,
    by: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(TAKE_OVER, params![actor, key, since, now, by])? == 1)
}

/// Keeps the answer of `by` to a key; `false` when one is kept already, or the key was taken over: an
/// act of the same transaction must then not be.
pub fn finish(
    tx: &mut Tx<'_>,
    actor: &str,
    key: &str,
    by: &str,
    status: u16,
    response: &str,
) -> Result<bool, StoreError> {
    Ok(tx.exec(FINISH, params![actor, key, status, response, by])? == 1)
}

/// Gives back a key that `by` claimed: the call failed, and may be tried again.
pub fn forget(tx: &mut Tx<'_>, actor: &str, key: &str, by: &str) -> Result<(), StoreError> {
    tx.exec(FORGET, params![actor, key, by]).map(|_| ())
}

/// Forgets keys older than `before`; answers how many.
pub fn prune(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![before])
}
