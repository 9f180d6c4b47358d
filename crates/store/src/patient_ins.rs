//! How sure an identity is, and the national number, sealed under the patient's data key (R2). Refuses a
//! number without a status that may hold one, and to open it without a proof.

use relais_core::access::IdentityAccess;
use relais_core::ids::{PatientId, UserId};
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::patients;
use crate::seal::{Secret, Vault};
use crate::sql::sql;

/// What is known without opening anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Code of the status.
    pub status: String,
    /// Somebody doubts it.
    pub doubtful: bool,
    /// Since when.
    pub set_at: Instant,
}

/// A standing to keep.
pub struct NewStanding<'a> {
    /// Whose.
    pub patient: PatientId,
    /// Code of the status.
    pub status: &'a str,
    /// Somebody doubts it.
    pub doubtful: bool,
    /// Number, list and place of birth, as the shell writes them; none without a number.
    pub known: Option<&'a Secret>,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: UserId,
}

sql! { "patient_ins";
    SET = "INSERT INTO patient_ins (patient, status, doubtful, sealed, set_at, set_by) VALUES ($1, $2, $3, $4, $5, $6) \
           ON CONFLICT (patient) DO UPDATE SET status = excluded.status, doubtful = excluded.doubtful, \
           sealed = excluded.sealed, set_at = excluded.set_at, set_by = excluded.set_by";
    FIND = "SELECT status, doubtful, set_at FROM patient_ins WHERE patient = $1";
    SEALED = "SELECT sealed FROM patient_ins WHERE patient = $1";
    ERASE = "DELETE FROM patient_ins WHERE patient = $1";
}

const PLACE: &str = "patient_ins.sealed";

/// Keeps how an identity stands, in place of what was kept.
///
/// # Errors
/// `Sealed` when the identity was erased.
pub fn set(tx: &mut Tx<'_>, vault: &Vault, new: &NewStanding<'_>) -> Result<(), StoreError> {
    let sealed = match new.known {
        Some(known) => Some(patients::record_key(tx, vault, new.patient)?.seal(PLACE, known)?),
        None => None,
    };
    tx.exec_one(
        SET,
        params![
            new.patient,
            new.status,
            i64::from(new.doubtful),
            sealed,
            new.at,
            new.by
        ],
    )
}

/// How an identity stands; nothing for one nobody looked at, which is provisional.
pub fn find(tx: &mut Tx<'_>, patient: PatientId) -> Result<Option<Standing>, StoreError> {
    tx.query_opt(FIND, params![patient], |row| {
        Ok(Standing {
            status: row.text("status")?,
            doubtful: row.int("doubtful")? != 0,
            set_at: row.instant("set_at")?,
        })
    })
}

/// Number, list and place of birth, for a document; the caller wrote the look to the journal.
///
/// # Errors
/// `Sealed` when the proof is for a request about somebody else, or a byte was altered.
pub fn open(
    tx: &mut Tx<'_>,
    vault: &Vault,
    patient: PatientId,
    access: &IdentityAccess,
) -> Result<Option<Secret>, StoreError> {
    if patients::find_of_request(tx, access.request())? != Some(patient) {
        return Err(StoreError::Sealed {
            place: "patient_ins",
            why: "the proof is for a request about somebody else",
        });
    }
    let sealed = tx.query_opt(SEALED, params![patient], |row| row.opt_bytes("sealed"))?;
    match sealed.flatten() {
        Some(sealed) => {
            let key = patients::record_key(tx, vault, patient)?;
            Ok(Some(key.open(PLACE, &sealed)?))
        }
        None => Ok(None),
    }
}

/// Forgets it, with the identity.
pub(crate) fn erase(tx: &mut Tx<'_>, patient: PatientId) -> Result<(), StoreError> {
    tx.exec(ERASE, params![patient])?;
    Ok(())
}
