//! The code a coordinator gives in person to whoever lost every way in: one an account, as a mark.
//! Refuses to decide how many tries are too many.

use relais_core::ids::{NetworkId, UserId};
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

sql! { "recovery_codes";
    SET = "INSERT INTO recovery_codes (user_id, mark, tries, issued_by, issued_at, expires_at) \
           VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT (user_id) DO UPDATE SET mark = excluded.mark, tries = 0, \
           issued_by = excluded.issued_by, issued_at = excluded.issued_at, expires_at = excluded.expires_at";
    FIND = "SELECT mark, tries FROM recovery_codes WHERE user_id = $1 AND expires_at > $2 {for_update}";
    TRIED = "UPDATE recovery_codes SET tries = tries + 1 WHERE user_id = $1";
    DELETE = "DELETE FROM recovery_codes WHERE user_id = $1";
    WITHDRAW = "DELETE FROM recovery_codes WHERE issued_by = $1 AND user_id IN (SELECT id FROM users WHERE \
                role <> 'secretary' AND (network = $2 OR professional IN (SELECT professional FROM memberships \
                WHERE network = $2)))";
    PRUNE = "DELETE FROM recovery_codes WHERE expires_at <= $1";
}

/// Writes the code of an account; the one before is worth nothing any more.
pub fn set_recovery(
    tx: &mut Tx<'_>,
    user: UserId,
    mark: &str,
    by: UserId,
    now: Instant,
    until: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(SET, params![user, mark, by, now, until])
}

/// The mark of the code of an account while it is good, and how often it was tried. To be asked in a
/// writing transaction: two who try at once are counted one after the other.
pub fn find_recovery(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Instant,
) -> Result<Option<(String, u32)>, StoreError> {
    tx.query_opt(FIND, params![user, now], |r| Ok((r.text(0)?, r.small(1)?)))
}

/// Counts a wrong try.
pub fn try_recovery(tx: &mut Tx<'_>, user: UserId) -> Result<(), StoreError> {
    tx.exec_one(TRIED, params![user])
}

/// The code is used, or was tried too often; `false` when it was gone.
pub fn delete_recovery(tx: &mut Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.exec(DELETE, params![user])? == 1)
}

/// Whoever gave codes is no coordinator of a network any more: none they gave to its people opens anything. Those of
/// their own secretaries do. Answers how many.
pub fn withdraw_recovery(
    tx: &mut Tx<'_>,
    by: UserId,
    network: NetworkId,
) -> Result<u64, StoreError> {
    tx.exec(WITHDRAW, params![by, network])
}

/// Forgets codes past their time; answers how many.
pub fn prune_recovery(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![now])
}
