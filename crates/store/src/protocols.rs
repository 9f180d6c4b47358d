//! Orientation sheets: every version of every sheet of a network, and how often each question was
//! answered. Owns the rows; refuses to change a version that is in force, signed or retired. What a
//! sheet says, and whether it may be followed, is the application's business.

use relais_core::ids::NetworkId;
use relais_core::time::Instant;

use crate::counters;
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Counter of changes to sheets: what is kept in memory is compared with it.
const CHANGES: &str = "protocols";

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Being written.
    Draft,
    /// Read again by somebody; waits for its signature.
    Reviewed,
    /// Signed by a clinician.
    Signed,
    /// Withdrawn.
    Retired,
}

impl Status {
    /// Its code in the store and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Reviewed => "reviewed",
            Self::Signed => "signed",
            Self::Retired => "retired",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Draft, Self::Reviewed, Self::Signed, Self::Retired]
            .into_iter()
            .find(|status| status.code() == code)
    }
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the clinician.
    pub by: String,
    /// Their RPPS number.
    pub rpps: String,
    /// When.
    pub at: Instant,
    /// The account that recorded it.
    pub recorded_by: String,
    /// Until when it holds.
    pub expires_at: Instant,
}

/// One version of one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Whose.
    pub network: NetworkId,
    /// Which sheet.
    pub code: String,
    /// Its number, from 1.
    pub version: i64,
    /// Where it stands.
    pub status: Status,
    /// Grows at each change; a save on an older one is refused.
    pub revision: i64,
    /// Its title, for lists.
    pub title: String,
    /// The sheet, JSON.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// Last change.
    pub changed_at: Instant,
    /// Who read it again, and when.
    pub reviewed: Option<(String, Instant)>,
    /// Its signature.
    pub signature: Option<Signature>,
    /// In force from; may be to come.
    pub in_force_from: Option<Instant>,
}

/// How often a question was answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Count {
    /// Its key.
    pub question: String,
    /// *Yes*.
    pub yes: i64,
    /// *No*.
    pub no: i64,
    /// *Ne sait pas*.
    pub unknown: i64,
    /// Passed over after a *yes* (R3).
    pub overridden: i64,
}

macro_rules! columns {
    () => {
        "SELECT network, code, version, status, revision, title, body, author, changed_at, reviewed_by, reviewed_at, \
         signed_by, signed_rpps, signed_at, recorded_by, expires_at, in_force_from FROM protocol_versions "
    };
}

sql! { "protocol_versions";
    INSERT = "INSERT INTO protocol_versions (network, code, version, status, revision, title, body, author, \
              changed_at) VALUES ($1, $2, $3, 'draft', 1, $4, $5, $6, $7)";
    SAVE = "UPDATE protocol_versions SET title = $5, body = $6, author = $7, changed_at = $8, revision = revision + 1 \
            WHERE network = $1 AND code = $2 AND version = $3 AND revision = $4 AND status = 'draft' \
            AND in_force_from IS NULL";
    REVIEW = "UPDATE protocol_versions SET status = 'reviewed', reviewed_by = $5, reviewed_at = $6, changed_at = $6, \
              revision = revision + 1 WHERE network = $1 AND code = $2 AND version = $3 AND revision = $4 \
              AND status = 'draft'";
    REOPEN = "UPDATE protocol_versions SET status = 'draft', reviewed_by = NULL, reviewed_at = NULL, changed_at = $5, \
              revision = revision + 1 WHERE network = $1 AND code = $2 AND version = $3 AND revision = $4 \
              AND status = 'reviewed' AND in_force_from IS NULL";
    SIGN = "UPDATE protocol_versions SET status = 'signed', signed_by = $5, signed_rpps = $6, signed_at = $7, \
            recorded_by = $8, expires_at = $9, changed_at = $7, revision = revision + 1 \
            WHERE network = $1 AND code = $2 AND version = $3 AND revision = $4 AND status = 'reviewed'";
    ENFORCE = "UPDATE protocol_versions SET in_force_from = $5, changed_at = $6, revision = revision + 1 \
               WHERE network = $1 AND code = $2 AND version = $3 AND revision = $4 AND status <> 'retired'";
    RETIRE = "UPDATE protocol_versions SET status = 'retired', changed_at = $3, revision = revision + 1 \
              WHERE network = $1 AND code = $2 AND in_force_from IS NOT NULL AND status <> 'retired'";
    ONE = concat!(columns!(), "WHERE network = $1 AND code = $2 AND version = $3");
    OF_SHEET = concat!(columns!(), "WHERE network = $1 AND code = $2 ORDER BY version DESC LIMIT $3");
    LATEST = concat!(columns!(), "WHERE network = $1 AND version = (SELECT MAX(o.version) FROM protocol_versions o \
             WHERE o.network = protocol_versions.network AND o.code = protocol_versions.code) ORDER BY code");
    IN_FORCE = concat!(columns!(), "WHERE network = $1 AND in_force_from <= $2 AND status <> 'retired' AND NOT EXISTS (\
               SELECT 1 FROM protocol_versions o WHERE o.network = protocol_versions.network \
               AND o.code = protocol_versions.code AND o.status <> 'retired' AND o.in_force_from <= $2 \
               AND (o.in_force_from > protocol_versions.in_force_from OR (o.in_force_from = protocol_versions.in_force_from \
               AND o.version > protocol_versions.version))) ORDER BY code");
    NEXT_CHANGE = "SELECT MIN(at) FROM (SELECT in_force_from AS at FROM protocol_versions WHERE network = $1 \
                   AND in_force_from > $2 AND status <> 'retired' UNION ALL SELECT expires_at AS at \
                   FROM protocol_versions WHERE network = $1 AND expires_at > $2 AND status <> 'retired') c";
    TALLY = "INSERT INTO protocol_counts (network, code, version, question, yes, no, unknown, overridden) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (network, code, version, question) DO UPDATE SET \
             yes = protocol_counts.yes + excluded.yes, no = protocol_counts.no + excluded.no, \
             unknown = protocol_counts.unknown + excluded.unknown, \
             overridden = protocol_counts.overridden + excluded.overridden";
    COUNTS = "SELECT question, yes, no, unknown, overridden FROM protocol_counts \
              WHERE network = $1 AND code = $2 AND version = $3 ORDER BY question";
}

fn version(row: &Row<'_>) -> Result<Version, StoreError> {
    let pair = |who: Option<String>, at: Option<Instant>| who.zip(at);
    let reviewed = pair(
        row.opt_text("reviewed_by")?,
        row.opt_instant("reviewed_at")?,
    );
    let signature = match (
        row.opt_text("signed_by")?,
        row.opt_text("signed_rpps")?,
        row.opt_instant("signed_at")?,
        row.opt_text("recorded_by")?,
        row.opt_instant("expires_at")?,
    ) {
        (Some(by), Some(rpps), Some(at), Some(recorded_by), Some(expires_at)) => Some(Signature {
            by,
            rpps,
            at,
            recorded_by,
            expires_at,
        }),
        (None, None, None, None, None) => None,
        _ => return Err(row.wrong("signed_by", "a signature is whole or absent")),
    };
    Ok(Version {
        network: row.id("network")?,
        code: row.text("code")?,
        version: row.int("version")?,
        status: row.parsed("status", Status::from_code)?,
        revision: row.int("revision")?,
        title: row.text("title")?,
        body: row.text("body")?,
        author: row.text("author")?,
        changed_at: row.instant("changed_at")?,
        reviewed,
        signature,
        in_force_from: row.opt_instant("in_force_from")?,
    })
}

fn key(version: &Version) -> String {
    format!("{} {}", version.code, version.version)
}

fn changed(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    counters::next(tx, CHANGES).map(|_| ())
}

/// The number of changes made to sheets so far, all networks together.
pub fn changes(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    counters::value(tx, CHANGES)
}

/// Writes a new draft.
pub fn insert_draft(
    tx: &mut Tx<'_>,
    network: NetworkId,
    code: &str,
    version: i64,
    (title, body): (&str, &str),
    author: &str,
    now: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![network, code, version, title, body, author, now],
    )?;
    changed(tx)
}

/// Saves a draft read at `held.revision`.
///
/// # Errors
/// `Conflict` when somebody changed it first, or when it is no draft any more.
pub fn save_draft(
    tx: &mut Tx<'_>,
    held: &Version,
    (title, body): (&str, &str),
    author: &str,
    now: Instant,
) -> Result<(), StoreError> {
    tx.exec_versioned(
        SAVE,
        params![
            held.network,
            &held.code,
            held.version,
            held.revision,
            title,
            body,
            author,
            now
        ],
        key(held),
    )?;
    changed(tx)
}

/// A draft was read again. `Conflict` as above.
pub fn review(tx: &mut Tx<'_>, held: &Version, by: &str, now: Instant) -> Result<(), StoreError> {
    let (network, revision) = (held.network, held.revision);
    tx.exec_versioned(
        REVIEW,
        params![network, &held.code, held.version, revision, by, now],
        key(held),
    )?;
    changed(tx)
}

/// A reviewed version is written again. `Conflict` as above, or when it is in force.
pub fn reopen(tx: &mut Tx<'_>, held: &Version, now: Instant) -> Result<(), StoreError> {
    let (network, revision) = (held.network, held.revision);
    tx.exec_versioned(
        REOPEN,
        params![network, &held.code, held.version, revision, now],
        key(held),
    )?;
    changed(tx)
}

/// A reviewed version was signed. `Conflict` as above.
pub fn sign(tx: &mut Tx<'_>, held: &Version, signature: &Signature) -> Result<(), StoreError> {
    tx.exec_versioned(
        SIGN,
        params![
            held.network,
            &held.code,
            held.version,
            held.revision,
            &signature.by,
            &signature.rpps,
            signature.at,
            &signature.recorded_by,
            signature.expires_at
        ],
        key(held),
    )?;
    changed(tx)
}

/// Puts a version in force from an instant. `Conflict` when it changed meanwhile or was retired.
pub fn put_in_force(
    tx: &mut Tx<'_>,
    held: &Version,
    from: Instant,
    now: Instant,
) -> Result<(), StoreError> {
    let (network, revision) = (held.network, held.revision);
    tx.exec_versioned(
        ENFORCE,
        params![network, &held.code, held.version, revision, from, now],
        key(held),
    )?;
    changed(tx)
}

/// Withdraws a sheet: no version of it is in force any more. Answers how many were.
pub fn retire(
    tx: &mut Tx<'_>,
    network: NetworkId,
    code: &str,
    now: Instant,
) -> Result<u64, StoreError> {
    let retired = tx.exec(RETIRE, params![network, code, now])?;
    changed(tx)?;
    Ok(retired)
}

/// One version.
pub fn find(
    tx: &mut Tx<'_>,
    network: NetworkId,
    code: &str,
    number: i64,
) -> Result<Option<Version>, StoreError> {
    tx.query_opt(ONE, params![network, code, number], version)
}

/// The versions of a sheet, newest first.
pub fn list_of_sheet(
    tx: &mut Tx<'_>,
    network: NetworkId,
    code: &str,
    limit: u32,
) -> Result<Vec<Version>, StoreError> {
    tx.query(OF_SHEET, params![network, code, limit], version)
}

/// The last version of each sheet, by code.
pub fn list_latest(tx: &mut Tx<'_>, network: NetworkId) -> Result<Vec<Version>, StoreError> {
    tx.query(LATEST, params![network], version)
}

/// The version of each sheet in force at an instant, signed or not, by code: the last one put in
/// force. One at most for each sheet.
pub fn list_in_force(
    tx: &mut Tx<'_>,
    network: NetworkId,
    at: Instant,
) -> Result<Vec<Version>, StoreError> {
    tx.query(IN_FORCE, params![network, at], version)
}

/// When something next comes in force or expires, if nobody changes anything.
pub fn next_change(
    tx: &mut Tx<'_>,
    network: NetworkId,
    after: Instant,
) -> Result<Option<Instant>, StoreError> {
    tx.query_one(NEXT_CHANGE, params![network, after], |r| r.opt_instant(0))
}

/// Adds to the counts of a question.
pub fn add_counts(
    tx: &mut Tx<'_>,
    network: NetworkId,
    (code, number): (&str, i64),
    count: &Count,
) -> Result<(), StoreError> {
    tx.exec_one(
        TALLY,
        params![
            network,
            code,
            number,
            &count.question,
            count.yes,
            count.no,
            count.unknown,
            count.overridden
        ],
    )
}

/// The counts of a version, by question.
pub fn list_counts(
    tx: &mut Tx<'_>,
    network: NetworkId,
    code: &str,
    number: i64,
) -> Result<Vec<Count>, StoreError> {
    tx.query(COUNTS, params![network, code, number], |r| {
        Ok(Count {
            question: r.text("question")?,
            yes: r.int("yes")?,
            no: r.int("no")?,
            unknown: r.int("unknown")?,
            overridden: r.int("overridden")?,
        })
    })
}
