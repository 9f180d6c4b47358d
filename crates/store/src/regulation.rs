//! Regulation (R3): who is on duty until when, who has a case on their desk, what a regulator wrote of
//! it, each red flag somebody passed over. Refuses two duties of one person at once, and a case on two
//! desks.

use relais_core::ids::{NetworkId, RequestId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A regulator's duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Its id, `dut_…`.
    pub id: String,
    /// Which desk.
    pub network: NetworkId,
    /// Who.
    pub user: UserId,
    /// Since when.
    pub since: Instant,
    /// Until when at the latest.
    pub until: Instant,
}

/// Somebody has a case on their desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Which case.
    pub request: RequestId,
    /// Who.
    pub user: UserId,
    /// Since when.
    pub at: Instant,
}

/// What a regulator wrote of a case, without identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id, `rno_…`.
    pub id: String,
    /// Which case.
    pub request: RequestId,
    /// By whom.
    pub author: UserId,
    /// When.
    pub at: Instant,
    /// `pre-diagnosis`, for who takes the patient; `advice`, as told to the patient.
    pub kind: String,
    /// What.
    pub text: String,
}

/// A red flag somebody passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Its id, `ovr_…`.
    pub id: String,
    /// Which desk.
    pub network: NetworkId,
    /// The case it became.
    pub request: RequestId,
    /// By whom.
    pub author: UserId,
    /// When.
    pub at: Instant,
    /// The sentences as read to the caller.
    pub signs: Vec<String>,
    /// Why.
    pub reason: String,
}

sql! { "regulation";
    END_DUTY = "UPDATE regulator_duties SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL";
    BEGIN_DUTY = "INSERT INTO regulator_duties (id, network, user_id, since, until) VALUES ($1, $2, $3, $4, $5)";
    ON_DUTY = "SELECT id, network, user_id, since, until FROM regulator_duties \
               WHERE network = $1 AND ended_at IS NULL AND since <= $2 AND until > $2 ORDER BY since, id LIMIT 50";
    CLAIM = "INSERT INTO regulator_claims (request, user_id, at) VALUES ($1, $2, $3)";
    TAKE_OVER = "UPDATE regulator_claims SET user_id = $3, at = $4 WHERE request = $1 AND user_id = $2";
    PUT_BACK = "DELETE FROM regulator_claims WHERE request = $1 AND user_id = $2";
    CLAIM_OF = "SELECT request AS id, user_id, at FROM regulator_claims WHERE request = $1";
    CLAIMS = "SELECT c.request AS id, c.user_id AS user_id, c.at AS at FROM regulator_claims c \
              JOIN requests r ON r.id = c.request WHERE r.network = $1 AND r.status = 'to_qualify' \
              ORDER BY c.at, c.request LIMIT $2";
    NOTE = "INSERT INTO regulator_notes (id, request, author, at, kind, text) VALUES ($1, $2, $3, $4, $5, $6)";
    NOTES = "SELECT id, request, author, at, kind, text FROM regulator_notes WHERE request = $1 ORDER BY at, id \
             LIMIT $2";
    OVERRIDE = "INSERT INTO red_flag_overrides (id, network, request, author, at, signs, reason) \
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OVERRIDES = "SELECT id, network, request, author, at, signs, reason FROM red_flag_overrides \
                 WHERE network = $1 AND at >= $2 AND (CAST($3 AS TEXT) IS NULL OR id < $3) \
                 ORDER BY id DESC LIMIT $4";
    OVERRIDES_OF = "SELECT id, network, request, author, at, signs, reason FROM red_flag_overrides \
                    WHERE request = $1 ORDER BY id LIMIT 20";
}

fn duty(row: &Row<'_>) -> Result<Duty, StoreError> {
    Ok(Duty {
        id: row.text("id")?,
        network: row.id("network")?,
        user: row.id("user_id")?,
        since: row.instant("since")?,
        until: row.instant("until")?,
    })
}

fn claim_row(row: &Row<'_>) -> Result<Claim, StoreError> {
    Ok(Claim {
        request: row.id("id")?,
        user: row.id("user_id")?,
        at: row.instant("at")?,
    })
}

fn override_row(row: &Row<'_>) -> Result<Override, StoreError> {
    Ok(Override {
        id: row.text("id")?,
        network: row.id("network")?,
        request: row.id("request")?,
        author: row.id("author")?,
        at: row.instant("at")?,
        signs: serde_json::from_str(row.str("signs")?)
            .map_err(|_| row.wrong("signs", "not a list of sentences"))?,
        reason: row.text("reason")?,
    })
}

/// Ends the duty somebody has, if they have one; answers whether they had.
pub fn end_duty(tx: &mut Tx<'_>, user: UserId, at: Instant) -> Result<bool, StoreError> {
    Ok(tx.exec(END_DUTY, params![user, at])? > 0)
}

/// Begins a duty, in place of the one they had.
pub fn begin_duty(tx: &mut Tx<'_>, duty: &Duty) -> Result<(), StoreError> {
    end_duty(tx, duty.user, duty.since)?;
    tx.exec_one(
        BEGIN_DUTY,
        params![&duty.id, duty.network, duty.user, duty.since, duty.until],
    )
}

/// Who is on duty at a moment, first come first.
pub fn list_on_duty(
    tx: &mut Tx<'_>,
    network: NetworkId,
    at: Instant,
) -> Result<Vec<Duty>, StoreError> {
    tx.query(ON_DUTY, params![network, at], duty)
}

/// Puts a case that is on no desk on somebody's.
///
/// # Errors
/// A constraint when it is on one.
pub fn claim(tx: &mut Tx<'_>, claim: Claim) -> Result<(), StoreError> {
    tx.exec_one(CLAIM, params![claim.request, claim.user, claim.at])
}

/// Takes a case over from somebody.
///
/// # Errors
/// `Conflict` when it is not on their desk any more.
pub fn take_over(tx: &mut Tx<'_>, claim: Claim, from: UserId) -> Result<(), StoreError> {
    tx.exec_versioned(
        TAKE_OVER,
        params![claim.request, from, claim.user, claim.at],
        claim.request.to_string(),
    )
}

/// Takes a case off somebody's desk; nothing when it is on another one.
pub fn put_back(tx: &mut Tx<'_>, request: RequestId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.exec(PUT_BACK, params![request, user])? > 0)
}

/// Whose desk a case is on.
pub fn find_claim(tx: &mut Tx<'_>, request: RequestId) -> Result<Option<Claim>, StoreError> {
    tx.query_opt(CLAIM_OF, params![request], claim_row)
}

/// The cases of a network that wait for a regulator and are on a desk.
pub fn list_claims(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<Claim>, StoreError> {
    tx.query(CLAIMS, params![network, limit], claim_row)
}

/// Writes down what a regulator says of a case.
pub fn insert_note(tx: &mut Tx<'_>, note: &Note) -> Result<(), StoreError> {
    tx.exec_one(
        NOTE,
        params![
            &note.id,
            note.request,
            note.author,
            note.at,
            &note.kind,
            &note.text
        ],
    )
}

/// What regulators wrote of a case, oldest first.
pub fn list_notes(
    tx: &mut Tx<'_>,
    request: RequestId,
    limit: u32,
) -> Result<Vec<Note>, StoreError> {
    tx.query(NOTES, params![request, limit], |row| {
        Ok(Note {
            id: row.text("id")?,
            request: row.id("request")?,
            author: row.id("author")?,
            at: row.instant("at")?,
            kind: row.text("kind")?,
            text: row.text("text")?,
        })
    })
}

/// Writes down that a red flag was passed over.
pub fn insert_override(tx: &mut Tx<'_>, one: &Override) -> Result<(), StoreError> {
    let signs = serde_json::Value::from(one.signs.clone()).to_string();
    tx.exec_one(
        OVERRIDE,
        params![
            &one.id,
            one.network,
            one.request,
            one.author,
            one.at,
            signs,
            &one.reason
        ],
    )
}

/// The red flags passed over in a network since a moment, newest first, older than an id.
pub fn list_overrides(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Override>, StoreError> {
    tx.query(
        OVERRIDES,
        params![network, since, before, limit],
        override_row,
    )
}

/// The red flags passed over that led to a case.
pub fn list_overrides_of(tx: &mut Tx<'_>, request: RequestId) -> Result<Vec<Override>, StoreError> {
    tx.query(OVERRIDES_OF, params![request], override_row)
}
