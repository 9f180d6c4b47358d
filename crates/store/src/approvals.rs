//! Scans of the Order's approval: one a professional, sealed. Refuses to keep one in the clear, and to judge what
//! it shows.

use relais_core::ids::{ProfessionalId, UserId};
use relais_core::time::Instant;
use zeroize::Zeroizing;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::seal::Vault;
use crate::sql::sql;

sql! { "approvals";
    SET = "INSERT INTO approvals (professional, added_at, added_by, sealed) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (professional) DO UPDATE SET added_at = excluded.added_at, added_by = excluded.added_by, \
           sealed = excluded.sealed";
    ADDED = "SELECT added_at FROM approvals WHERE professional = $1";
    SEALED = "SELECT sealed FROM approvals WHERE professional = $1";
    DELETE = "DELETE FROM approvals WHERE professional = $1";
}

fn place(professional: ProfessionalId) -> String {
    format!("approval {professional}")
}

/// Seals and keeps the scan of somebody's approval; the one before is gone.
pub fn set(
    tx: &mut Tx<'_>,
    vault: &Vault,
    professional: ProfessionalId,
    by: UserId,
    jpeg: &[u8],
    now: Instant,
) -> Result<(), StoreError> {
    let sealed = vault.seal_file(&place(professional), jpeg)?;
    tx.exec_one(SET, params![professional, now, by, sealed])
}

/// When the scan of somebody's approval was added, if there is one.
pub fn find_added(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
) -> Result<Option<Instant>, StoreError> {
    tx.query_opt(ADDED, params![professional], |r| r.instant(0))
}

/// Opens it: a JPEG, wiped when dropped. The caller writes the look to the journal.
pub fn find(
    tx: &mut Tx<'_>,
    vault: &Vault,
    professional: ProfessionalId,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let sealed = tx.query_opt(SEALED, params![professional], |r| r.bytes(0))?;
    sealed
        .map(|sealed| vault.open_file(&place(professional), &sealed))
        .transpose()
}

/// Nothing of it is kept; `false` when there was none.
pub fn delete(tx: &mut Tx<'_>, professional: ProfessionalId) -> Result<bool, StoreError> {
    Ok(tx.exec(DELETE, params![professional])? == 1)
}
