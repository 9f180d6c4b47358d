//! Patients: sealed identity, opened only with a proof of `core::access`, found only by keyed marks.
//! Refuses a proof made for a request that is not about this patient.

use relais_core::access::{IdentityAccess, LookUpAccess};
use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, PatientId, RequestId};
use relais_core::request::Sex;
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::keys;
use crate::params;
use crate::patient_marks;
use crate::seal::{RecordKey, Secret, Vault};
use crate::sql::sql;

/// Who a patient is. Never printed, never serialised: there is no Debug on purpose.
#[derive(Clone)]
pub struct Identity {
    /// Birth name.
    pub birth_name: Secret,
    /// Name in use, when another.
    pub used_name: Option<Secret>,
    /// First names.
    pub first_names: Secret,
    /// Birth date, ISO.
    pub birth_date: Secret,
    /// Phone, E.164.
    pub phone: Secret,
    /// Phone of a carer or guardian, E.164.
    pub carer_phone: Option<Secret>,
    /// Street line.
    pub address_line: Secret,
}

/// What is known of a patient without opening the identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// The network that holds the record.
    pub network: NetworkId,
    /// Administrative sex.
    pub sex: Sex,
    /// Commune of the place of care.
    pub insee: Insee,
    /// Postcode.
    pub postcode: String,
    /// The identity was erased, and when.
    pub erased_at: Option<Instant>,
}

sql! { "patients";
    INSERT = "INSERT INTO patients (id, network, key_id, dek, birth_name, used_name, first_names, birth_date, phone, \
              carer_phone, address_line, sex, insee, postcode, phone_index, name_index, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    SEALED = "SELECT id, network, key_id, dek, birth_name, used_name, first_names, birth_date, phone, carer_phone, \
              address_line FROM patients WHERE id = $1";
    PLAIN = "SELECT id, network, sex, insee, postcode, erased_at FROM patients WHERE id = $1";
    KEPT = "SELECT id FROM patients WHERE id = $1 AND erased_at IS NULL {for_share}";
    HOLD = "SELECT id FROM patients WHERE id = $1 {for_no_key_update}";
    ALONE = "SELECT id FROM patients WHERE id = $1 {for_update}";
    STILL = "SELECT id FROM patients WHERE id = $1 {share_skip_locked}";
    EXISTS = "SELECT id FROM patients WHERE id = $1";
    OPEN = "SELECT 1 FROM requests WHERE patient = $1 AND status NOT IN ('closed', 'cancelled', 'transferred_15') LIMIT 1";
    BY_PHONE = "SELECT id FROM patients WHERE network = $1 AND phone_index = $2 ORDER BY id DESC";
    BY_PERSON = "SELECT id FROM patients WHERE network = $1 AND name_index = $2 ORDER BY id DESC";
    SAME = "SELECT o.id FROM patients p JOIN patients o ON o.network = p.network \
            AND o.name_index = p.name_index WHERE p.id = $1 ORDER BY o.id LIMIT $2";
    OF_REQUEST = "SELECT patient AS id FROM requests WHERE id = $1";
    SET_PHONES = "UPDATE patients SET phone = $2, carer_phone = $3, phone_index = $4 WHERE id = $1 AND erased_at IS NULL";
    SET_OUTSIDE = "UPDATE patients SET usual_outside = $2 WHERE id = $1 AND erased_at IS NULL";
    OUTSIDE = "SELECT network, key_id, dek, usual_outside FROM patients WHERE id = $1";
    ERASE = "UPDATE patients SET dek = NULL, usual_outside = NULL, birth_name = NULL, used_name = NULL, first_names = NULL, \
             birth_date = NULL, phone = NULL, carer_phone = NULL, address_line = NULL, phone_index = NULL, \
             name_index = NULL, erased_at = $2 WHERE id = $1 AND erased_at IS NULL";
    TO_ERASE = "SELECT id FROM patients WHERE erased_at IS NULL AND created_at < $1 AND NOT EXISTS \
                (SELECT 1 FROM requests r WHERE r.patient = patients.id AND r.updated_at >= $1) \
                ORDER BY created_at LIMIT $2";
}

const BIRTH_NAME: &str = "patients.birth_name";
const USED_NAME: &str = "patients.used_name";
const FIRST_NAMES: &str = "patients.first_names";
const BIRTH_DATE: &str = "patients.birth_date";
const PHONE: &str = "patients.phone";
const CARER_PHONE: &str = "patients.carer_phone";
const ADDRESS_LINE: &str = "patients.address_line";
const USUAL_OUTSIDE: &str = "patients.usual_outside";

/// Seals and writes a new record, under a data key of its own.
#[expect(
    clippy::too_many_arguments,
    reason = "the identity, and what stays readable beside it"
)]
pub fn insert(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
    network: NetworkId,
    identity: &Identity,
    sex: Sex,
    insee: Insee,
    postcode: &str,
    at: Instant,
) -> Result<(), StoreError> {
    let tenant = network.to_string();
    let records = keys::get_records_key(tx, vault, &tenant)?;
    let index = keys::get_index_key(tx, vault, &tenant)?;
    let (key, dek) = records.make_record_key(&id.to_string())?;
    let optional = |place, secret: &Option<Secret>| -> Result<Option<Vec<u8>>, StoreError> {
        secret.as_ref().map(|s| key.seal(place, s)).transpose()
    };
    tx.exec_one(
        INSERT,
        params![
            id,
            network,
            records.key_id(),
            dek,
            key.seal(BIRTH_NAME, &identity.birth_name)?,
            optional(USED_NAME, &identity.used_name)?,
            key.seal(FIRST_NAMES, &identity.first_names)?,
            key.seal(BIRTH_DATE, &identity.birth_date)?,
            key.seal(PHONE, &identity.phone)?,
            optional(CARER_PHONE, &identity.carer_phone)?,
            key.seal(ADDRESS_LINE, &identity.address_line)?,
            sex.code(),
            insee,
            postcode,
            index.phone(identity.phone.expose()),
            index.person(
                identity.birth_name.expose(),
                identity.first_names.expose(),
                identity.birth_date.expose()
            ),
            at
        ],
    )?;
    patient_marks::insert(tx, &index, network, id, identity)
}

/// Writes the numbers anew, the person's (E.164) and a carer's, sealed under the key the record has; its marks follow.
///
/// # Errors
/// `Sealed` when the identity was erased.
pub fn set_phones(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
    phone: Secret,
    carer_phone: Option<Secret>,
) -> Result<(), StoreError> {
    let (network, known) = open_whole(tx, vault, id)?;
    let key = record_key(tx, vault, id)?;
    let index = keys::get_index_key(tx, vault, &network.to_string())?;
    let carer = carer_phone.as_ref();
    let carer = carer.map(|one| key.seal(CARER_PHONE, one)).transpose()?;
    let sealed = key.seal(PHONE, &phone)?;
    let mark = index.phone(phone.expose());
    tx.exec_one(SET_PHONES, params![id, sealed, carer, mark])?;
    let identity = Identity {
        phone,
        carer_phone,
        ..known
    };
    patient_marks::erase(tx, id)?;
    patient_marks::insert(tx, &index, network, id, &identity)
}

/// A sealed row, still closed.
struct Sealed {
    network: NetworkId,
    key_id: String,
    dek: Vec<u8>,
    columns: [Option<Vec<u8>>; 7],
}

/// Opens an identity. The proof says for which request; the caller writes it to the journal in the same
/// transaction.
///
/// # Errors
/// `Sealed` when the proof is for a request about somebody else, when the identity was erased, or when a
/// value was altered or moved.
pub fn open(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
    access: &IdentityAccess,
) -> Result<Identity, StoreError> {
    if find_of_request(tx, access.request())? != Some(id) {
        return Err(StoreError::Sealed {
            place: "patients",
            why: "the proof is for a request about somebody else",
        });
    }
    open_whole(tx, vault, id).map(|(_, identity)| identity)
}

/// Opens an identity found by a look-up of the desk; the caller writes it to the journal in the same transaction.
///
/// # Errors
/// `Sealed` when the record is another network's, was erased, or was altered.
pub fn open_found(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
    access: &LookUpAccess,
) -> Result<Identity, StoreError> {
    let (network, identity) = open_whole(tx, vault, id)?;
    if network != access.network() {
        return Err(StoreError::Sealed {
            place: "patients",
            why: "the proof is for another network",
        });
    }
    Ok(identity)
}

/// Opens a record without a proof: for the proofs above, and for marks, from which nothing leaves.
pub(crate) fn open_whole(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
) -> Result<(NetworkId, Identity), StoreError> {
    let sealed = tx
        .query_opt(SEALED, params![id], |r| {
            let dek = r.opt_bytes("dek")?.ok_or(StoreError::Sealed {
                place: "patients",
                why: "the identity was erased",
            })?;
            Ok(Sealed {
                network: r.id("network")?,
                key_id: r.text("key_id")?,
                dek,
                columns: [
                    r.opt_bytes("birth_name")?,
                    r.opt_bytes("used_name")?,
                    r.opt_bytes("first_names")?,
                    r.opt_bytes("birth_date")?,
                    r.opt_bytes("phone")?,
                    r.opt_bytes("carer_phone")?,
                    r.opt_bytes("address_line")?,
                ],
            })
        })?
        .ok_or_else(|| StoreError::not_found("patients", id.to_string()))?;
    let key = keys::get_records_key_by_id(tx, vault, &sealed.network.to_string(), &sealed.key_id)?
        .open_record_key(&id.to_string(), &sealed.dek)?;
    let [
        birth_name,
        used_name,
        first_names,
        birth_date,
        phone,
        carer_phone,
        address_line,
    ] = &sealed.columns;
    let identity = Identity {
        birth_name: required(&key, id, BIRTH_NAME, birth_name)?,
        used_name: optional(&key, USED_NAME, used_name)?,
        first_names: required(&key, id, FIRST_NAMES, first_names)?,
        birth_date: required(&key, id, BIRTH_DATE, birth_date)?,
        phone: required(&key, id, PHONE, phone)?,
        carer_phone: optional(&key, CARER_PHONE, carer_phone)?,
        address_line: required(&key, id, ADDRESS_LINE, address_line)?,
    };
    Ok((sealed.network, identity))
}

fn optional(
    key: &RecordKey,
    place: &'static str,
    sealed: &Option<Vec<u8>>,
) -> Result<Option<Secret>, StoreError> {
    sealed
        .as_ref()
        .map(|bytes| key.open(place, bytes))
        .transpose()
}

fn required(
    key: &RecordKey,
    id: PatientId,
    place: &'static str,
    sealed: &Option<Vec<u8>>,
) -> Result<Secret, StoreError> {
    optional(key, place, sealed)?
        .ok_or_else(|| StoreError::inconsistent("patients", place, id.to_string(), "null"))
}

/// The data key of a record, for what else is sealed under it.
///
/// # Errors
/// `Sealed` when the identity was erased.
pub(crate) fn record_key(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
) -> Result<RecordKey, StoreError> {
    let (network, key_id, dek): (NetworkId, String, Vec<u8>) = tx
        .query_opt(SEALED, params![id], |r| {
            let dek = r.opt_bytes("dek")?.ok_or(StoreError::Sealed {
                place: "patients",
                why: "the identity was erased",
            })?;
            Ok((r.id("network")?, r.text("key_id")?, dek))
        })?
        .ok_or_else(|| StoreError::not_found("patients", id.to_string()))?;
    keys::get_records_key_by_id(tx, vault, &network.to_string(), &key_id)?
        .open_record_key(&id.to_string(), &dek)
}

/// The patient a request is about.
pub fn find_of_request(
    tx: &mut Tx<'_>,
    request: RequestId,
) -> Result<Option<PatientId>, StoreError> {
    tx.query_opt(OF_REQUEST, params![request], |r| r.id(0))
}

/// A record whose identity is kept, and is not erased until the transaction ends: for a request about it.
pub fn find_kept(tx: &mut Tx<'_>, id: PatientId) -> Result<Option<PatientId>, StoreError> {
    tx.query_opt(KEPT, params![id], |r| r.id(0))
}

/// Nobody else writes a record until the transaction ends. Rows about it are still inserted: whoever sends its messages
/// holds some that whoever writes it may want.
pub fn hold(tx: &mut Tx<'_>, id: PatientId) -> Result<(), StoreError> {
    tx.query(HOLD, params![id], |_| Ok(())).map(|_| ())
}

/// Whether nobody is writing a record now, which nobody then does until the transaction ends; of one that does not exist
/// too. Waits for nobody.
pub fn is_still(tx: &mut Tx<'_>, id: PatientId) -> Result<bool, StoreError> {
    let mut finds = |sql| tx.query_opt(sql, params![id], |_| Ok(()));
    Ok(finds(STILL)?.is_some() || finds(EXISTS)?.is_none())
}

/// Whether a request about a record is open, nothing being raised about it until the transaction ends: for its erasure.
pub fn is_asked_about(tx: &mut Tx<'_>, id: PatientId) -> Result<bool, StoreError> {
    tx.query(ALONE, params![id], |_| Ok(()))?;
    Ok(tx.query_opt(OPEN, params![id], |_| Ok(()))?.is_some())
}

/// What is known without opening the identity.
pub fn find_plain(tx: &mut Tx<'_>, id: PatientId) -> Result<Option<Plain>, StoreError> {
    tx.query_opt(PLAIN, params![id], |r| {
        Ok(Plain {
            network: r.id("network")?,
            sex: r.parsed("sex", Sex::from_code)?,
            insee: r.parsed("insee", Insee::new)?,
            postcode: r.text("postcode")?,
            erased_at: r.opt_instant("erased_at")?,
        })
    })
}

/// Records of a network with this phone (E.164), newest first.
pub fn find_by_phone(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: NetworkId,
    e164: &str,
) -> Result<Vec<PatientId>, StoreError> {
    let mark = keys::get_index_key(tx, vault, &network.to_string())?.phone(e164);
    tx.query(BY_PHONE, params![network, mark], |r| r.id(0))
}

/// Records of a network with this birth name, first name and birth date, newest first.
pub fn find_by_person(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: NetworkId,
    birth_name: &str,
    first_names: &str,
    birth_date: &str,
) -> Result<Vec<PatientId>, StoreError> {
    let mark = keys::get_index_key(tx, vault, &network.to_string())?.person(
        birth_name,
        first_names,
        birth_date,
    );
    tx.query(BY_PERSON, params![network, mark], |r| r.id(0))
}

/// The records of the same person in the same network, by their name and birth date, this one included; this one
/// alone once it was erased.
pub fn list_same(tx: &mut Tx<'_>, id: PatientId, limit: u32) -> Result<Vec<PatientId>, StoreError> {
    let found: Vec<PatientId> = tx.query(SAME, params![id, limit], |r| r.id(0))?;
    Ok(if found.is_empty() { vec![id] } else { found })
}

/// Keeps with a record the usual doctor who is no member, as the directory names them (`RPPS`, then the name).
///
/// # Errors
/// `NotFound` when the record does not exist or was erased.
pub fn set_usual_outside(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
    doctor: &Secret,
) -> Result<(), StoreError> {
    let (key, _) = usual_key(tx, vault, id)?
        .ok_or_else(|| StoreError::not_found("patients", id.to_string()))?;
    let sealed = key.seal(USUAL_OUTSIDE, doctor)?;
    tx.exec_one(SET_OUTSIDE, params![id, sealed])
}

/// The usual doctor who is no member, when one was declared. Known to whoever may know the patient.
pub fn find_usual_outside(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
) -> Result<Option<Secret>, StoreError> {
    match usual_key(tx, vault, id)? {
        Some((key, Some(sealed))) => key.open(USUAL_OUTSIDE, &sealed).map(Some),
        _ => Ok(None),
    }
}

/// The data key of a record, and its sealed usual doctor; none when there is no such record or it was erased.
fn usual_key(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: PatientId,
) -> Result<Option<(RecordKey, Option<Vec<u8>>)>, StoreError> {
    let row = tx.query_opt(OUTSIDE, params![id], |r| {
        let network: NetworkId = r.id("network")?;
        let sealed = r.opt_bytes("usual_outside")?;
        Ok((network, r.text("key_id")?, r.opt_bytes("dek")?, sealed))
    })?;
    let Some((network, key_id, Some(dek), sealed)) = row else {
        return Ok(None);
    };
    let key = keys::get_records_key_by_id(tx, vault, &network.to_string(), &key_id)?
        .open_record_key(&id.to_string(), &dek)?;
    Ok(Some((key, sealed)))
}

/// Erases an identity for good: its data key, its sealed columns, its marks, its photos, its notes, its
/// threads, its lines in calendars. `false` when it was already.
pub fn erase(tx: &mut Tx<'_>, id: PatientId, now: Instant) -> Result<bool, StoreError> {
    patient_marks::erase(tx, id)?;
    crate::photos::erase(tx, id)?;
    crate::desk_tasks::erase(tx, id)?;
    crate::syntheses::erase(tx, id)?;
    crate::threads::erase(tx, id)?;
    crate::patient_wishes::erase(tx, id)?;
    crate::patient_ins::erase(tx, id)?;
    crate::calendars::erase(tx, id)?;
    Ok(tx.exec(ERASE, params![id, now])? == 1)
}

/// Records whose every request is older than `before`: due for erasure, oldest first.
pub fn list_to_erase(
    tx: &mut Tx<'_>,
    before: Instant,
    limit: u32,
) -> Result<Vec<PatientId>, StoreError> {
    tx.query(TO_ERASE, params![before, limit], |r| r.id(0))
}
