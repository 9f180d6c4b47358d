//! Photos of professional cards: one an application, sealed, gone when the application is decided or forgotten.
//! Refuses to keep one in the clear.

use relais_core::ids::ApplicationId;
use relais_core::time::Instant;
use zeroize::Zeroizing;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::seal::Vault;
use crate::sql::sql;

sql! { "application_cards";
    SET = "INSERT INTO application_cards (application, added_at, sealed) VALUES ($1, $2, $3) \
           ON CONFLICT (application) DO UPDATE SET added_at = excluded.added_at, sealed = excluded.sealed";
    ADDED = "SELECT added_at FROM application_cards WHERE application = $1";
    SEALED = "SELECT sealed FROM application_cards WHERE application = $1";
    DELETE = "DELETE FROM application_cards WHERE application = $1";
    PRUNE = "DELETE FROM application_cards WHERE application IN \
             (SELECT a.id FROM applications a WHERE a.expires_at <= $1)";
}

fn place(application: ApplicationId) -> String {
    format!("card {application}")
}

/// Seals and keeps the photo of an application; the one before is gone.
pub fn set(
    tx: &mut Tx<'_>,
    vault: &Vault,
    application: ApplicationId,
    jpeg: &[u8],
    now: Instant,
) -> Result<(), StoreError> {
    let sealed = vault.seal_file(&place(application), jpeg)?;
    tx.exec_one(SET, params![application, now, sealed])
}

/// When the photo of an application was added, if it has one.
pub fn find_added(
    tx: &mut Tx<'_>,
    application: ApplicationId,
) -> Result<Option<Instant>, StoreError> {
    tx.query_opt(ADDED, params![application], |r| r.instant(0))
}

/// Opens the photo of an application: a JPEG, wiped when dropped. The caller writes the look to the journal.
pub fn find(
    tx: &mut Tx<'_>,
    vault: &Vault,
    application: ApplicationId,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let sealed = tx.query_opt(SEALED, params![application], |r| r.bytes(0))?;
    sealed
        .map(|sealed| vault.open_file(&place(application), &sealed))
        .transpose()
}

/// The application is decided: nothing of the card is kept. `false` when there was none.
pub fn delete(tx: &mut Tx<'_>, application: ApplicationId) -> Result<bool, StoreError> {
    Ok(tx.exec(DELETE, params![application])? == 1)
}

/// Forgets those of applications past their expiry.
pub(crate) fn prune(tx: &mut Tx<'_>, now: Instant) -> Result<(), StoreError> {
    tx.exec(PRUNE, params![now]).map(|_| ())
}
