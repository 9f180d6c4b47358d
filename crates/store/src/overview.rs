//! What those who watch the service look at: counts, ages and marks over requests and messages, without
//! opening a single state. Refuses identities: ids and codes come out, nothing about anybody.

use relais_core::cascade::Why;
use relais_core::ids::{NetworkId, RequestId};
use relais_core::request::Status;
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::dialect;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Deadlines of a network that have passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateRequests {
    /// Whose.
    pub network: NetworkId,
    /// How many.
    pub count: u32,
    /// The oldest.
    pub oldest: Instant,
}

/// Messages of a network that should have left by one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateMessages {
    /// Whose.
    pub network: NetworkId,
    /// By which channel.
    pub channel: String,
    /// How many.
    pub count: u32,
    /// How many of them another process took, and did not finish before its lease ended.
    pub abandoned: u32,
    /// The oldest.
    pub oldest: Instant,
}

/// A request and when it is due, without its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which.
    pub id: RequestId,
    /// Whose.
    pub network: NetworkId,
    /// Its code.
    pub code: String,
    /// Where it stands.
    pub status: Status,
    /// When somebody must come back.
    pub due_at: Instant,
    /// For what.
    pub due_why: Why,
}

/// Messages of a network in one state, by channel and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// By which channel.
    pub channel: String,
    /// Where they stand, the stored code.
    pub status: String,
    /// Why they failed or were put off, a short code; empty when nothing was said.
    pub reason: String,
    /// How many.
    pub count: u32,
    /// The oldest.
    pub oldest: Instant,
}

macro_rules! marks {
    ($which:literal) => {
        concat!(
            "SELECT id, network, code, status, due_at, due_why FROM requests WHERE due_at IS NOT NULL AND ",
            $which,
            " AND (CAST($2 AS TEXT) IS NULL OR network = $2) ORDER BY due_at, id LIMIT $3"
        )
    };
}

sql! { "overview";
    LATE_REQUESTS = "SELECT network, COUNT(*) AS n, MIN(due_at) AS oldest FROM requests \
                     WHERE due_at IS NOT NULL AND due_at <= $1 GROUP BY network ORDER BY network";
    LATE_MESSAGES = "SELECT network, channel, COUNT(*) AS n, MIN(due_at) AS oldest, \
                     SUM(CASE WHEN status = 'sending' THEN 1 ELSE 0 END) AS abandoned FROM messages \
                     WHERE status IN ('queued', 'sending') AND due_at <= $1 \
                     AND (status = 'queued' OR lease_until <= $1) \
                     GROUP BY network, channel ORDER BY network, channel";
    LATE_MARKS = marks!("due_at <= $1");
    NEXT_MARKS = marks!("due_at > $1");
    MARK = "SELECT id, network, code, status, due_at, due_why FROM requests WHERE id = $1 AND due_at IS NOT NULL";
    CODE = "SELECT code FROM requests WHERE id = $1";
    TALLY = "SELECT channel, status, COALESCE(failure, '') AS reason, COUNT(*) AS n, MIN(created_at) AS oldest \
             FROM messages WHERE network = $1 AND created_at >= $2 \
             AND status IN ('queued', 'sending', 'failed', 'expired') \
             GROUP BY channel, status, COALESCE(failure, '') ORDER BY channel, status, reason";
    UNRECEIPTED = "SELECT channel, status, '' AS reason, COUNT(*) AS n, MIN(created_at) AS oldest \
                   FROM messages WHERE network = $1 AND created_at >= $2 AND status = 'sent' AND sent_at <= $3 \
                   GROUP BY channel, status ORDER BY channel";
}

fn mark(row: &Row<'_>) -> Result<Mark, StoreError> {
    Ok(Mark {
        id: row.id("id")?,
        network: row.id("network")?,
        code: row.text("code")?,
        status: row.parsed("status", Status::from_code)?,
        due_at: row.instant("due_at")?,
        due_why: row.parsed("due_why", Why::from_code)?,
    })
}

fn tally(row: &Row<'_>) -> Result<Tally, StoreError> {
    Ok(Tally {
        channel: row.text("channel")?,
        status: row.text("status")?,
        reason: row.text("reason")?,
        count: row.small("n")?,
        oldest: row.instant("oldest")?,
    })
}

/// Deadlines passed at a moment, by network.
pub fn late_requests(tx: &mut Tx<'_>, at: Instant) -> Result<Vec<LateRequests>, StoreError> {
    tx.query(LATE_REQUESTS, params![at], |row| {
        Ok(LateRequests {
            network: row.id("network")?,
            count: row.small("n")?,
            oldest: row.instant("oldest")?,
        })
    })
}

/// Messages that nobody is sending although their time had come at a moment, by network and channel.
pub fn late_messages(tx: &mut Tx<'_>, at: Instant) -> Result<Vec<LateMessages>, StoreError> {
    tx.query(LATE_MESSAGES, params![at], |row| {
        Ok(LateMessages {
            network: row.id("network")?,
            channel: row.text("channel")?,
            count: row.small("n")?,
            abandoned: row.small("abandoned")?,
            oldest: row.instant("oldest")?,
        })
    })
}

/// Requests whose deadline had passed at a moment, longest late first; of one network, or of all.
pub fn list_late(
    tx: &mut Tx<'_>,
    at: Instant,
    network: Option<NetworkId>,
    limit: u32,
) -> Result<Vec<Mark>, StoreError> {
    tx.query(LATE_MARKS, params![at, network, limit], mark)
}

/// Requests that come next after a moment, soonest first; of one network, or of all.
pub fn list_next(
    tx: &mut Tx<'_>,
    at: Instant,
    network: Option<NetworkId>,
    limit: u32,
) -> Result<Vec<Mark>, StoreError> {
    tx.query(NEXT_MARKS, params![at, network, limit], mark)
}

/// When a request is due; `None` when it is over.
pub fn find_mark(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Mark>, StoreError> {
    tx.query_opt(MARK, params![id], mark)
}

/// The code of a request, open or not.
pub fn find_code(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<String>, StoreError> {
    tx.query_opt(CODE, params![id], |row| row.text("code"))
}

/// Messages of a network made since a moment that wait, failed or expired, by channel and reason.
pub fn tally_messages(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
) -> Result<Vec<Tally>, StoreError> {
    tx.query(TALLY, params![network, since], tally)
}

/// Messages of a network made since a moment, sent before another, whose receipt never came.
pub fn tally_unreceipted(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
    sent_before: Instant,
) -> Result<Vec<Tally>, StoreError> {
    tx.query(UNRECEIPTED, params![network, since, sent_before], tally)
}

/// The database server's own clock, milliseconds UTC; `None` for an embedded database, which has ours.
pub fn server_clock(tx: &mut Tx<'_>) -> Result<Option<Instant>, StoreError> {
    let Some(text) = dialect::server_clock(tx.engine()) else {
        return Ok(None);
    };
    let found = tx.catalogue(text, params![])?;
    Ok(number(&found).map(Instant::from_millis))
}

/// How large the database is, bytes.
pub fn size(tx: &mut Tx<'_>) -> Result<Option<i64>, StoreError> {
    let found = tx.catalogue(dialect::size(tx.engine()), params![])?;
    Ok(number(&found))
}

fn number(found: &[String]) -> Option<i64> {
    found.first().and_then(|text| text.parse().ok())
}
