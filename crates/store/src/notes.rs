//! Notes of the desk on a request. Refuses nothing of form: the shell has scanned the text for identity.

use relais_core::ids::{RequestId, UserId};
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id (the shell mints it; any prefix).
    pub id: String,
    /// On which request.
    pub request: RequestId,
    /// By whom.
    pub author: UserId,
    /// When.
    pub at: Instant,
    /// What.
    pub text: String,
}

sql! { "request_notes";
    INSERT = "INSERT INTO request_notes (id, request, author, at, text) VALUES ($1, $2, $3, $4, $5)";
    LIST = "SELECT id, request, author, at, text FROM request_notes WHERE request = $1 ORDER BY at, id";
}

/// Writes a note.
pub fn insert(tx: &mut Tx<'_>, note: &Note) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![&note.id, note.request, note.author, note.at, &note.text],
    )
}

/// The notes of a request, oldest first.
pub fn list(tx: &mut Tx<'_>, request: RequestId) -> Result<Vec<Note>, StoreError> {
    tx.query(LIST, params![request], |r| {
        Ok(Note {
            id: r.text("id")?,
            request: r.id("request")?,
            author: r.id("author")?,
            at: r.instant("at")?,
            text: r.text("text")?,
        })
    })
}
