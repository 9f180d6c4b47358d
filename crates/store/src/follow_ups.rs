//! Which request follows from which (R8): raised as the first was closed, for the same patient. Refuses a request
//! that follows itself, or two others.

use relais_core::ids::RequestId;
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A link between two requests, with what both pages say of the other one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The other request.
    pub request: RequestId,
    /// Its short number.
    pub code: String,
    /// When the link was made.
    pub made_at: Instant,
}

sql! { "follow_ups";
    INSERT = "INSERT INTO follow_ups (request, origin, made_at) VALUES ($1, $2, $3)";
    ORIGIN = "SELECT r.id AS id, r.code AS code, f.made_at AS made_at FROM follow_ups f JOIN requests r ON r.id = f.origin \
              WHERE f.request = $1";
    AFTER = "SELECT r.id AS id, r.code AS code, f.made_at AS made_at FROM follow_ups f JOIN requests r ON r.id = f.request \
             WHERE f.origin = $1 ORDER BY f.made_at, r.id";
}

fn follow_up(row: &Row<'_>) -> Result<FollowUp, StoreError> {
    Ok(FollowUp {
        request: row.id("id")?,
        code: row.text("code")?,
        made_at: row.instant("made_at")?,
    })
}

/// A request follows from another.
pub fn insert(
    tx: &mut Tx<'_>,
    request: RequestId,
    origin: RequestId,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(INSERT, params![request, origin, at])
}

/// What a request follows from.
pub fn find_origin(tx: &mut Tx<'_>, request: RequestId) -> Result<Option<FollowUp>, StoreError> {
    tx.query_opt(ORIGIN, params![request], follow_up)
}

/// What follows from a request, oldest first.
pub fn list_after(tx: &mut Tx<'_>, origin: RequestId) -> Result<Vec<FollowUp>, StoreError> {
    tx.query(AFTER, params![origin], follow_up)
}
