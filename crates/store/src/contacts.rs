//! Contacts: one row per call or form, whatever comes of it, with exactly one coded outcome (R2).
//! Refuses a second outcome once one is written.

use relais_core::ids::{ContactId, NetworkId, PatientId, RequestId, UserId};
use relais_core::request::Origin;
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
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
    /// What came of it (`contact.outcome` of CONTRACT); none while it lasts.
    pub outcome: Option<String>,
    /// The request raised.
    pub request: Option<RequestId>,
    /// The patient.
    pub patient: Option<PatientId>,
    /// Who answered.
    pub operator: Option<UserId>,
    /// When it started.
    pub received_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Facts as JSON, without identity.
    pub body: String,
    /// Reason of the outcome, without identity.
    pub reason: Option<String>,
}

macro_rules! columns {
    () => {
        "SELECT id, network, origin, outcome, request, patient, operator, received_at, ended_at, body, reason \
         FROM contacts "
    };
}

sql! { "contacts";
    INSERT = "INSERT INTO contacts (id, network, origin, outcome, request, patient, operator, received_at, ended_at, \
              body, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    END = "UPDATE contacts SET outcome = $2, request = $3, reason = $4, ended_at = $5 \
           WHERE id = $1 AND outcome IS NULL";
    ONE = concat!(columns!(), "WHERE id = $1");
    OF_REQUEST = concat!(columns!(), "WHERE request = $1 ORDER BY id");
    LIST = concat!(columns!(), "WHERE network = $1 AND (CAST($2 AS TEXT) IS NULL OR id < $2) \
            ORDER BY id DESC LIMIT $3");
    COUNTS = "SELECT COALESCE(outcome, '') AS id, COUNT(*) AS n FROM contacts \
              WHERE network = $1 AND received_at >= $2 AND received_at < $3 GROUP BY COALESCE(outcome, '') \
              ORDER BY 1";
}

fn contact(row: &Row<'_>) -> Result<Contact, StoreError> {
    Ok(Contact {
        id: row.id("id")?,
        network: row.id("network")?,
        origin: row.parsed("origin", Origin::from_code)?,
        outcome: row.opt_text("outcome")?,
        request: row.opt_id("request")?,
        patient: row.opt_id("patient")?,
        operator: row.opt_id("operator")?,
        received_at: row.instant("received_at")?,
        ended_at: row.opt_instant("ended_at")?,
        body: row.text("body")?,
        reason: row.opt_text("reason")?,
    })
}

/// Writes a contact.
pub fn insert(tx: &mut Tx<'_>, contact: &Contact) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            contact.id,
            contact.network,
            contact.origin.code(),
            contact.outcome.as_deref(),
            contact.request,
            contact.patient,
            contact.operator,
            contact.received_at,
            contact.ended_at,
            &contact.body,
            contact.reason.as_deref()
        ],
    )
}

/// Ends a contact with its outcome.
///
/// # Errors
/// `Conflict` when it has one already.
pub fn update_outcome(
    tx: &mut Tx<'_>,
    id: ContactId,
    outcome: &str,
    request: Option<RequestId>,
    reason: Option<&str>,
    ended_at: Instant,
) -> Result<(), StoreError> {
    tx.exec_versioned(
        END,
        params![id, outcome, request, reason, ended_at],
        id.to_string(),
    )
}

/// A contact.
pub fn get(tx: &mut Tx<'_>, id: ContactId) -> Result<Contact, StoreError> {
    tx.query_opt(ONE, params![id], contact)?
        .ok_or_else(|| StoreError::not_found("contacts", id.to_string()))
}

/// The contacts of a request, oldest first.
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
