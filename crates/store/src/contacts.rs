//! Contacts: one row per call or form, whatever comes of it, with exactly one coded outcome (R2).
//! Refuses a second outcome once one is written, and a save on a version that is no longer the
//! row's. What was typed is sealed under a data key of the contact's own.

use relais_core::contact::{Kind, Outcome, Why};
use relais_core::ids::{ContactId, NetworkId, PatientId, RequestId, UserId};
use relais_core::request::Origin;
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::keys;
use crate::params;
use crate::seal::{Secret, Vault};
use crate::sql::sql;

/// A call or form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Which.
    pub id: ContactId,
    /// Whose desk.
    pub network: NetworkId,
    /// Where it came from.
    pub origin: Origin,
    /// How it came.
    pub kind: Kind,
    /// What came of it; none while it lasts.
    pub outcome: Option<Outcome>,
    /// The request raised.
    pub request: Option<RequestId>,
    /// The patient.
    pub patient: Option<PatientId>,
    /// Who answered first.
    pub operator: Option<UserId>,
    /// Who has it on their desk; nobody = on hold, or to be called back.
    pub holder: Option<UserId>,
    /// When it started.
    pub received_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// The last change by a person.
    pub saved_at: Option<Instant>,
    /// A call back was promised before this.
    pub promised_at: Option<Instant>,
    /// When somebody must come back, and why; none once it ended.
    pub due: Option<(Instant, Why)>,
    /// Facts as JSON, without identity.
    pub body: String,
    /// The protocol sheet walked, and its version.
    pub sheet: Option<(String, Option<i64>)>,
    /// Answers to the questions as JSON, codes only.
    pub triage: Option<String>,
    /// When it really happened, for one entered after a breakdown.
    pub happened_at: Option<Instant>,
    /// Entered after a breakdown.
    pub entered_late: bool,
    /// Reason of the outcome, without identity.
    pub reason: Option<String>,
    /// The same as a code, where the outcome has some.
    pub reason_code: Option<String>,
    /// Where the caller was sent.
    pub pointer: Option<String>,
    /// Version of the row; each save adds one.
    pub version: i64,
}

impl Contact {
    /// One that just came, with nothing said yet.
    pub const fn new(id: ContactId, network: NetworkId, origin: Origin, at: Instant) -> Self {
        Self {
            id,
            network,
            origin,
            kind: Kind::Call,
            outcome: None,
            request: None,
            patient: None,
            operator: None,
            holder: None,
            received_at: at,
            ended_at: None,
            saved_at: None,
            promised_at: None,
            due: None,
            body: String::new(),
            sheet: None,
            triage: None,
            happened_at: None,
            entered_late: false,
            reason: None,
            reason_code: None,
            pointer: None,
            version: 1,
        }
    }
}

/// What was typed so far. No Debug: it holds an identity.
pub struct Draft<'d> {
    /// The form as JSON: sealed.
    pub form: &'d Secret,
    /// The caller's number (E.164), to find the contact again by; marked, never stored.
    pub caller: Option<&'d str>,
    /// Where it comes from, as far as known.
    pub origin: Origin,
    /// Facts as JSON, without identity.
    pub body: &'d str,
    /// The sheet walked, and its version.
    pub sheet: Option<(&'d str, Option<i64>)>,
    /// Answers as JSON, codes only.
    pub triage: Option<&'d str>,
}

/// How a contact ends.
#[derive(Debug, Clone, Copy)]
pub struct End<'e> {
    /// The outcome.
    pub outcome: Outcome,
    /// The request it raised.
    pub request: Option<RequestId>,
    /// The patient, when it has a record of its own.
    pub patient: Option<PatientId>,
    /// Why, in words without identity.
    pub reason: Option<&'e str>,
    /// Why, as a code.
    pub reason_code: Option<&'e str>,
    /// Where the caller was sent.
    pub pointer: Option<&'e str>,
}

macro_rules! columns {
    () => {
        "SELECT id, network, origin, kind, outcome, request, patient, operator, holder, received_at, ended_at, saved_at, \
         promised_at, due_at, due_why, body, sheet, sheet_version, triage, happened_at, entered_late, reason, \
         reason_code, pointer, version FROM contacts "
    };
}

sql! { "contacts";
    INSERT = "INSERT INTO contacts (id, network, origin, kind, outcome, request, patient, operator, holder, received_at, \
              ended_at, saved_at, promised_at, due_at, due_why, body, sheet, sheet_version, triage, happened_at, \
              entered_late, reason, reason_code, pointer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
              $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";
    END = "UPDATE contacts SET outcome = $2, request = $3, patient = COALESCE($4, patient), reason = $5, \
           reason_code = $6, pointer = $7, ended_at = $8, holder = NULL, due_at = NULL, due_why = NULL, \
           version = version + 1 WHERE id = $1 AND outcome IS NULL";
    HAND = "UPDATE contacts SET holder = $3, operator = COALESCE(operator, $3), \
            kind = CASE WHEN kind = 'ring' AND CAST($3 AS TEXT) IS NOT NULL THEN 'call' ELSE kind END, \
            saved_at = $4, promised_at = $5, \
            due_at = $6, due_why = $7, version = version + 1 WHERE id = $1 AND version = $2 AND outcome IS NULL";
    PUT_OFF = "UPDATE contacts SET due_at = $3, due_why = $4, version = version + 1 \
               WHERE id = $1 AND version = $2 AND outcome IS NULL";
    SAVE = "UPDATE contacts SET key_id = $3, dek = $4, draft = $5, caller_index = $6, origin = $7, body = $8, sheet = $9, \
            sheet_version = $10, triage = $11, saved_at = $12, version = version + 1 \
            WHERE id = $1 AND version = $2 AND outcome IS NULL";
    ONE = concat!(columns!(), "WHERE id = $1");
    LOCK = concat!(columns!(), "WHERE id = $1 {for_update}");
    OF_REQUEST = concat!(columns!(), "WHERE request = $1 ORDER BY id");
    RAISED = concat!(columns!(), "WHERE request = $1 AND outcome = 'request' ORDER BY id LIMIT 1");
    LIST = concat!(columns!(), "WHERE network = $1 AND (CAST($2 AS TEXT) IS NULL OR id < $2) \
            ORDER BY id DESC LIMIT $3");
    OPEN = concat!(columns!(), "WHERE network = $1 AND outcome IS NULL ORDER BY received_at, id LIMIT $2");
    HELD = concat!(columns!(), "WHERE holder = $1 AND outcome IS NULL ORDER BY saved_at DESC, id DESC");
    DUE = "SELECT id FROM contacts WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
    NEXT_DUE = "SELECT MIN(due_at) AS due_at FROM contacts WHERE due_at IS NOT NULL";
    BY_CALLER = concat!(columns!(), "WHERE network = $1 AND caller_index = $2 AND outcome IS NULL ORDER BY id DESC");
    COUNT_OPEN = "SELECT COUNT(*) AS n FROM contacts WHERE network = $1 AND kind = $2 AND outcome IS NULL";
    SEALED = "SELECT id, network, key_id, dek, draft FROM contacts WHERE id = $1 AND draft IS NOT NULL";
    FORGET_OLD = "UPDATE contacts SET key_id = NULL, dek = NULL, draft = NULL, caller_index = NULL \
                  WHERE draft IS NOT NULL AND ended_at IS NOT NULL AND ended_at < $1";
    COUNTS = "SELECT COALESCE(outcome, '') AS id, COUNT(*) AS n FROM contacts \
              WHERE network = $1 AND received_at >= $2 AND received_at < $3 GROUP BY COALESCE(outcome, '') \
              ORDER BY 1";
}

const DRAFT: &str = "contacts.draft";

fn contact(row: &Row<'_>) -> Result<Contact, StoreError> {
    let due = row.opt_instant("due_at")?;
    let why = row.opt_parsed("due_why", Why::from_code)?;
    if due.is_some() != why.is_some() {
        return Err(row.wrong("due_why", "a due time and its reason go together"));
    }
    let version = row.opt_int("sheet_version")?;
    Ok(Contact {
        id: row.id("id")?,
        network: row.id("network")?,
        origin: row.parsed("origin", Origin::from_code)?,
        kind: row.parsed("kind", Kind::from_code)?,
        outcome: row.opt_parsed("outcome", Outcome::from_code)?,
        request: row.opt_id("request")?,
        patient: row.opt_id("patient")?,
        operator: row.opt_id("operator")?,
        holder: row.opt_id("holder")?,
        received_at: row.instant("received_at")?,
        ended_at: row.opt_instant("ended_at")?,
        saved_at: row.opt_instant("saved_at")?,
        promised_at: row.opt_instant("promised_at")?,
        due: due.zip(why),
        body: row.text("body")?,
        sheet: row.opt_text("sheet")?.map(|code| (code, version)),
        triage: row.opt_text("triage")?,
        happened_at: row.opt_instant("happened_at")?,
        entered_late: row.flag("entered_late")?,
        reason: row.opt_text("reason")?,
        reason_code: row.opt_text("reason_code")?,
        pointer: row.opt_text("pointer")?,
        version: row.int("version")?,
    })
}

/// Writes a contact.
pub fn insert(tx: &mut Tx<'_>, contact: &Contact) -> Result<(), StoreError> {
    let sheet = contact.sheet.as_ref();
    tx.exec_one(
        INSERT,
        params![
            contact.id,
            contact.network,
            contact.origin.code(),
            contact.kind.code(),
            contact.outcome.map(Outcome::code),
            contact.request,
            contact.patient,
            contact.operator,
            contact.holder,
            contact.received_at,
            contact.ended_at,
            contact.saved_at,
            contact.promised_at,
            contact.due.map(|(at, _)| at),
            contact.due.map(|(_, why)| why.code()),
            &contact.body,
            sheet.map(|(code, _)| code.as_str()),
            sheet.and_then(|(_, version)| *version),
            contact.triage.as_deref(),
            contact.happened_at,
            contact.entered_late,
            contact.reason.as_deref(),
            contact.reason_code.as_deref(),
            contact.pointer.as_deref()
        ],
    )
}

/// Ends a contact: the only statement that writes an outcome on a row that has none.
///
/// # Errors
/// `Conflict` when it has one already.
pub fn end(
    tx: &mut Tx<'_>,
    id: ContactId,
    end: &End<'_>,
    ended_at: Instant,
) -> Result<(), StoreError> {
    tx.exec_versioned(
        END,
        params![
            id,
            end.outcome.code(),
            end.request,
            end.patient,
            end.reason,
            end.reason_code,
            end.pointer,
            ended_at
        ],
        id.to_string(),
    )
}

/// Writes who has an open contact (a ring somebody took is a call from then on) and when somebody must come back to it: `holder`, `saved_at`,
/// `promised_at` and `due` of `contact`, whose row must still have its version.
///
/// # Errors
/// `Conflict` when it moved or ended meanwhile.
pub fn update_holder(tx: &mut Tx<'_>, contact: &Contact) -> Result<(), StoreError> {
    tx.exec_versioned(
        HAND,
        params![
            contact.id,
            contact.version,
            contact.holder,
            contact.saved_at,
            contact.promised_at,
            contact.due.map(|(at, _)| at),
            contact.due.map(|(_, why)| why.code())
        ],
        contact.id.to_string(),
    )
}

/// Writes when somebody must come back next.
///
/// # Errors
/// `Conflict` when it moved or ended meanwhile.
pub fn update_due(
    tx: &mut Tx<'_>,
    contact: &Contact,
    (at, why): (Instant, Why),
) -> Result<(), StoreError> {
    tx.exec_versioned(
        PUT_OFF,
        params![contact.id, contact.version, at, why.code()],
        contact.id.to_string(),
    )
}

/// Seals and writes what was typed so far, under a new data key each time.
///
/// # Errors
/// `Conflict` when the row no longer has `version`, or the contact ended.
pub fn update_draft(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: ContactId,
    network: NetworkId,
    version: i64,
    draft: &Draft<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    let tenant = network.to_string();
    let records = keys::get_records_key(tx, vault, &tenant)?;
    let (key, dek) = records.make_record_key(&id.to_string())?;
    let caller = match draft.caller {
        Some(e164) => Some(keys::get_index_key(tx, vault, &tenant)?.phone(e164)),
        None => None,
    };
    tx.exec_versioned(
        SAVE,
        params![
            id,
            version,
            records.key_id(),
            dek,
            key.seal(DRAFT, draft.form)?,
            caller,
            draft.origin.code(),
            draft.body,
            draft.sheet.map(|(code, _)| code),
            draft.sheet.and_then(|(_, version)| version),
            draft.triage,
            now
        ],
        id.to_string(),
    )
}

/// Opens what was typed; none when nothing was, or when it was forgotten. The caller writes the
/// look to the journal in the same transaction.
///
/// # Errors
/// `Sealed` when a value was altered or moved.
pub fn open_draft(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: ContactId,
) -> Result<Option<Secret>, StoreError> {
    let sealed = tx.query_opt(SEALED, params![id], |r| {
        let network: NetworkId = r.id("network")?;
        Ok((
            network,
            r.text("key_id")?,
            r.bytes("dek")?,
            r.bytes("draft")?,
        ))
    })?;
    let Some((network, key_id, dek, draft)) = sealed else {
        return Ok(None);
    };
    let records = keys::get_records_key_by_id(tx, vault, &network.to_string(), &key_id)?;
    let key = records.open_record_key(&id.to_string(), &dek)?;
    key.open(DRAFT, &draft).map(Some)
}

/// Forgets what was typed in contacts that ended before a moment; answers how many.
pub fn forget_drafts(tx: &mut Tx<'_>, ended_before: Instant) -> Result<u64, StoreError> {
    tx.exec(FORGET_OLD, params![ended_before])
}

/// A contact.
pub fn get(tx: &mut Tx<'_>, id: ContactId) -> Result<Contact, StoreError> {
    tx.query_opt(ONE, params![id], contact)?
        .ok_or_else(|| StoreError::not_found("contacts", id.to_string()))
}

/// A contact that nobody else changes before this transaction ends.
pub fn get_for_update(tx: &mut Tx<'_>, id: ContactId) -> Result<Contact, StoreError> {
    tx.query_opt(LOCK, params![id], contact)?
        .ok_or_else(|| StoreError::not_found("contacts", id.to_string()))
}

/// The contact that raised a request: a call joined to it may be older.
pub fn find_raising(tx: &mut Tx<'_>, request: RequestId) -> Result<Option<Contact>, StoreError> {
    tx.query_opt(RAISED, params![request], contact)
}

/// The contacts of a request, whoever called joined to it included, oldest first.
pub fn list_for_request(tx: &mut Tx<'_>, request: RequestId) -> Result<Vec<Contact>, StoreError> {
    tx.query(OF_REQUEST, params![request], contact)
}

/// Contacts of a network, newest first, older than the cursor.
pub fn list(
    tx: &mut Tx<'_>,
    network: NetworkId,
    before: Option<ContactId>,
    limit: u32,
) -> Result<Vec<Contact>, StoreError> {
    tx.query(LIST, params![network, before, limit], contact)
}

/// Contacts of a network that have no outcome yet, oldest first.
pub fn list_open(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<Contact>, StoreError> {
    tx.query(OPEN, params![network, limit], contact)
}

/// The open contacts somebody has on their desk, the last changed first.
pub fn list_held(tx: &mut Tx<'_>, holder: UserId) -> Result<Vec<Contact>, StoreError> {
    tx.query(HELD, params![holder], contact)
}

/// Open contacts of a network from this number (E.164), newest first.
pub fn find_open_by_caller(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: NetworkId,
    e164: &str,
) -> Result<Vec<Contact>, StoreError> {
    let mark = keys::get_index_key(tx, vault, &network.to_string())?.phone(e164);
    tx.query(BY_CALLER, params![network, mark], contact)
}

/// How many contacts of a kind a network has open.
pub fn count_open(tx: &mut Tx<'_>, network: NetworkId, kind: Kind) -> Result<i64, StoreError> {
    tx.query_one(COUNT_OPEN, params![network, kind.code()], |r| r.int("n"))
}

/// Open contacts somebody must come back to now, the longest overdue first.
pub fn list_due(tx: &mut Tx<'_>, now: Instant, limit: u32) -> Result<Vec<ContactId>, StoreError> {
    tx.query(DUE, params![now, limit], |r| r.id(0))
}

/// The earliest due time of all.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Instant>, StoreError> {
    tx.query_one(NEXT_DUE, params![], |r| r.opt_instant(0))
}

/// How many contacts of a period had each outcome; an empty outcome is a contact that has none yet.
pub fn count_by_outcome(
    tx: &mut Tx<'_>,
    network: NetworkId,
    from: Instant,
    until: Instant,
) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query(COUNTS, params![network, from, until], |r| {
        Ok((r.text("id")?, r.int("n")?))
    })
}
