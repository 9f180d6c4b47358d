//! What patients want of being told and written about (R6, R7): one row a wish in force, under the keyed mark of
//! the person, so that it holds for every record of theirs in the network, the next ones included. Refuses to know
//! who the person is; an opposition stays when the identity is erased.

use relais_core::ids::{NetworkId, PatientId};
use relais_core::time::Instant;
use relais_core::wishes::{Wish, Wishes};

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A wish, since when and how it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Which.
    pub wish: Wish,
    /// Since when.
    pub since: Instant,
}

sql! { "patient_wishes";
    OF_PATIENT = "SELECT w.wish, w.since FROM patient_wishes w JOIN patients p ON p.network = w.network \
                  AND p.name_index = w.person WHERE p.id = $1 ORDER BY w.wish";
    ADD = "INSERT INTO patient_wishes (network, person, wish, since, source) \
           SELECT network, name_index, $2, $3, $4 FROM patients WHERE id = $1 AND name_index IS NOT NULL \
           ON CONFLICT (network, person, wish) DO NOTHING";
    REMOVE = "DELETE FROM patient_wishes WHERE wish = $2 AND EXISTS (SELECT 1 FROM patients p WHERE p.id = $1 \
              AND p.network = patient_wishes.network AND p.name_index = patient_wishes.person)";
    FORGET = "DELETE FROM patient_wishes WHERE wish IN ('tell-carer', 'seeks-doctor') AND EXISTS (SELECT 1 FROM \
              patients p WHERE p.id = $1 AND p.network = patient_wishes.network AND p.name_index = patient_wishes.person) \
              AND NOT EXISTS (SELECT 1 FROM patients o WHERE o.id <> $1 AND o.network = patient_wishes.network \
              AND o.name_index = patient_wishes.person)";
    HOLDERS = "SELECT MAX(p.id) AS id, MIN(w.since) AS since FROM patient_wishes w JOIN patients p ON p.network = w.network \
               AND p.name_index = w.person WHERE w.network = $1 AND w.wish = $2 GROUP BY w.person \
               ORDER BY since, id LIMIT $3";
}

/// What is recorded of a person, whichever of their records is given.
pub fn list(tx: &mut Tx<'_>, patient: PatientId) -> Result<Vec<Recorded>, StoreError> {
    tx.query(OF_PATIENT, params![patient], |row| {
        Ok(Recorded {
            wish: row.parsed("wish", Wish::from_code)?,
            since: row.instant("since")?,
        })
    })
}

/// The wishes of a person; none recorded for one whose identity was erased.
pub fn of_patient(tx: &mut Tx<'_>, patient: PatientId) -> Result<Wishes, StoreError> {
    Ok(Wishes::new(
        list(tx, patient)?.into_iter().map(|one| one.wish),
    ))
}

/// Records a wish; `false` when it is there already, or the identity was erased. `source`: `desk`, `page` or
/// `closing`.
pub fn add(
    tx: &mut Tx<'_>,
    patient: PatientId,
    wish: Wish,
    source: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(ADD, params![patient, wish.code(), at, source])? == 1)
}

/// Takes a wish back; `false` when it was not there.
pub fn remove(tx: &mut Tx<'_>, patient: PatientId, wish: Wish) -> Result<bool, StoreError> {
    Ok(tx.exec(REMOVE, params![patient, wish.code()])? == 1)
}

/// People of a network with a wish, the longest first: their newest record, and since when.
pub fn list_holders(
    tx: &mut Tx<'_>,
    network: NetworkId,
    wish: Wish,
    limit: u32,
) -> Result<Vec<(PatientId, Instant)>, StoreError> {
    tx.query(HOLDERS, params![network, wish.code(), limit], |row| {
        Ok((row.id("id")?, row.instant("since")?))
    })
}

/// Forgets what only serves while the identity is known, with the last record of a person; part of erasing it.
pub(crate) fn erase(tx: &mut Tx<'_>, patient: PatientId) -> Result<(), StoreError> {
    tx.exec(FORGET, params![patient])?;
    Ok(())
}
