//! Photos of requests: sealed under the data key of the request's patient, opened only with a proof
//! of `core::access`, gone when the patient is erased. Refuses a sixth, and a proof made for another
//! request.

use relais_core::access::PhotoAccess;
use relais_core::ids::{PatientId, RequestId, UserId};
use relais_core::time::Instant;
use zeroize::Zeroizing;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::patients;
use crate::seal::Vault;
use crate::sql::sql;

/// Most photos of a request (R2).
pub const PHOTOS_MAX: u8 = 5;

/// What is known of a photo without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoFacts {
    /// Its number, from 1.
    pub n: u8,
    /// When it was added.
    pub added_at: Instant,
    /// Confirmed to show neither a face nor a name (R6).
    pub faceless: bool,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// A photo to keep: a JPEG made by us, in the clear.
pub struct NewPhoto<'a> {
    /// Of which request.
    pub request: RequestId,
    /// Whose.
    pub patient: PatientId,
    /// Who added it.
    pub author: UserId,
    /// When.
    pub added_at: Instant,
    /// Confirmed to show neither a face nor a name.
    pub faceless: bool,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The picture.
    pub jpeg: &'a [u8],
}

sql! { "photos";
    INSERT = "INSERT INTO photos (request, n, patient, author, added_at, faceless, width, height, sealed) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LIST = "SELECT n, added_at, faceless, width, height FROM photos WHERE request = $1 ORDER BY n";
    ONE = "SELECT n, added_at, faceless, width, height FROM photos WHERE request = $1 AND n = $2";
    SEALED = "SELECT patient, sealed FROM photos WHERE request = $1 AND n = $2";
    ERASE = "DELETE FROM photos WHERE patient = $1";
}

fn facts(row: &Row<'_>) -> Result<PhotoFacts, StoreError> {
    Ok(PhotoFacts {
        n: row.small("n")?,
        added_at: row.instant("added_at")?,
        faceless: row.flag("faceless")?,
        width: row.small("width")?,
        height: row.small("height")?,
    })
}

/// The name a photo is sealed under: bound to its request and number.
fn place(request: RequestId, n: u8) -> String {
    format!("photos.sealed:{request}:{n}")
}

/// Seals and keeps a photo; answers its number, or `None` when the request has five already. The
/// caller holds the request's row.
///
/// # Errors
/// `Sealed` when the patient was erased.
pub fn insert(
    tx: &mut Tx<'_>,
    vault: &Vault,
    photo: &NewPhoto<'_>,
) -> Result<Option<u8>, StoreError> {
    let last = list(tx, photo.request)?.last().map_or(0, |photo| photo.n);
    if last >= PHOTOS_MAX {
        return Ok(None);
    }
    let n = last + 1;
    let key = patients::record_key(tx, vault, photo.patient)?;
    let sealed = key.seal_bytes(&place(photo.request, n), photo.jpeg)?;
    tx.exec_one(
        INSERT,
        params![
            photo.request,
            i64::from(n),
            photo.patient,
            photo.author,
            photo.added_at,
            photo.faceless,
            photo.width,
            photo.height,
            sealed
        ],
    )?;
    Ok(Some(n))
}

/// The photos of a request, in order, closed.
pub fn list(tx: &mut Tx<'_>, request: RequestId) -> Result<Vec<PhotoFacts>, StoreError> {
    tx.query(LIST, params![request], facts)
}

/// One photo, closed.
pub fn find(tx: &mut Tx<'_>, request: RequestId, n: u8) -> Result<Option<PhotoFacts>, StoreError> {
    tx.query_opt(ONE, params![request, i64::from(n)], facts)
}

/// Opens a photo: a JPEG. The caller writes the look to the journal in the same transaction.
///
/// # Errors
/// `NotFound`; `Sealed` when the proof is for another request, or a byte was altered or moved.
pub fn open(
    tx: &mut Tx<'_>,
    vault: &Vault,
    request: RequestId,
    n: u8,
    access: &PhotoAccess,
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    if access.request() != request {
        return Err(StoreError::Sealed {
            place: "photos",
            why: "the proof is for another request",
        });
    }
    let (patient, sealed): (PatientId, Vec<u8>) = tx
        .query_opt(SEALED, params![request, i64::from(n)], |row| {
            Ok((row.id("patient")?, row.bytes("sealed")?))
        })?
        .ok_or_else(|| StoreError::not_found("photos", format!("{request} {n}")))?;
    patients::record_key(tx, vault, patient)?.open_bytes(&place(request, n), &sealed)
}

/// Erases every photo of a patient; part of erasing the patient.
pub(crate) fn erase(tx: &mut Tx<'_>, patient: PatientId) -> Result<(), StoreError> {
    tx.exec(ERASE, params![patient])?;
    Ok(())
}
