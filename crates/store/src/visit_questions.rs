//! "Avez-vous été reçu ?" (R7): when it left, and what the patient answered last. Refuses an answer to a question
//! that was never asked, or asked too long ago.

use relais_core::ids::{NetworkId, PatientId, RequestId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A question, as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitQuestion {
    /// About which request.
    pub request: RequestId,
    /// When it left.
    pub asked_at: Instant,
    /// Whether they were received, and when they said so.
    pub answer: Option<(bool, Instant)>,
}

/// How many were asked since a moment, and what they answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Asked.
    pub asked: u32,
    /// Of which answered yes.
    pub yes: u32,
    /// Of which answered no.
    pub no: u32,
}

sql! { "visit_questions";
    ASKED = "INSERT INTO visit_questions (request, network, asked_at) VALUES ($1, $2, $3) \
             ON CONFLICT (request) DO UPDATE SET asked_at = excluded.asked_at, answer = NULL, answered_at = NULL, \
             source = NULL";
    FIND = "SELECT request, asked_at, answer, answered_at FROM visit_questions WHERE request = $1";
    OPEN_OF_PATIENT = "SELECT q.request AS id FROM visit_questions q JOIN requests r ON r.id = q.request \
                       WHERE r.patient = $1 AND q.asked_at >= $2 ORDER BY q.asked_at DESC, q.request";
    ANSWER = "UPDATE visit_questions SET answer = $2, answered_at = $3, source = $4 WHERE request = $1 \
              AND asked_at >= $5 AND (answer IS NULL OR answer <> $2)";
    TALLY = "SELECT COUNT(*) AS asked, CAST(COALESCE(SUM(CASE WHEN answer = 'yes' THEN 1 ELSE 0 END), 0) AS BIGINT) AS yes, \
             CAST(COALESCE(SUM(CASE WHEN answer = 'no' THEN 1 ELSE 0 END), 0) AS BIGINT) AS no \
             FROM visit_questions WHERE network = $1 AND asked_at >= $2";
}

fn question(row: &Row<'_>) -> Result<VisitQuestion, StoreError> {
    let answered_at = row.opt_instant("answered_at")?;
    let yes = row.opt_text("answer")?.map(|answer| answer == "yes");
    Ok(VisitQuestion {
        request: row.id("request")?,
        asked_at: row.instant("asked_at")?,
        answer: yes.zip(answered_at),
    })
}

/// The question left; asked again after another appointment, it waits for another answer.
pub fn set_asked(
    tx: &mut Tx<'_>,
    request: RequestId,
    network: NetworkId,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(ASKED, params![request, network, at])
}

/// The question of a request.
pub fn find(tx: &mut Tx<'_>, request: RequestId) -> Result<Option<VisitQuestion>, StoreError> {
    tx.query_opt(FIND, params![request], question)
}

/// Requests of some records that were asked about since a moment, the latest first.
pub fn list_open(
    tx: &mut Tx<'_>,
    patients: &[PatientId],
    since: Instant,
) -> Result<Vec<RequestId>, StoreError> {
    let mut found = Vec::new();
    for patient in patients {
        let theirs: Vec<RequestId> =
            tx.query(OPEN_OF_PATIENT, params![*patient, since], |row| {
                row.id("id")
            })?;
        found.extend(theirs);
    }
    Ok(found)
}

/// Writes down an answer to a question asked since `since`; `false` when there is none such, or it was answered so
/// already. `source`: `sms` or `page`.
pub fn answer(
    tx: &mut Tx<'_>,
    request: RequestId,
    received: bool,
    source: &str,
    since: Instant,
    at: Instant,
) -> Result<bool, StoreError> {
    let code = if received { "yes" } else { "no" };
    Ok(tx.exec(ANSWER, params![request, code, at, source, since])? == 1)
}

/// How many were asked in a network since a moment, and what they answered.
pub fn tally(tx: &mut Tx<'_>, network: NetworkId, since: Instant) -> Result<Tally, StoreError> {
    tx.query_one(TALLY, params![network, since], |row| {
        Ok(Tally {
            asked: row.small("asked")?,
            yes: row.small("yes")?,
            no: row.small("no")?,
        })
    })
}
