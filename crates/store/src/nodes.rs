//! The processes that share a database, and when each last gave a sign of life. Owns their rows only;
//! whether a silence is a fault is judged by the application. Nothing about anybody is in here.

use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its own since it started; another start is another id.
    pub id: String,
    /// Its name, which several may share.
    pub name: String,
    /// The version of its program.
    pub version: String,
    /// Started.
    pub started_at: Instant,
    /// Last sign of life.
    pub seen_at: Instant,
    /// What it said of itself then, JSON.
    pub body: String,
}

sql! { "nodes";
    BEAT = "INSERT INTO nodes (id, name, version, started_at, seen_at, body) VALUES ($1, $2, $3, $4, $5, $6) \
            ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, body = excluded.body";
    LIST = "SELECT id, name, version, started_at, seen_at, body FROM nodes ORDER BY seen_at DESC, id LIMIT $1";
    SEEN = "SELECT seen_at AS id FROM nodes WHERE id = $1";
    DELETE = "DELETE FROM nodes WHERE id = $1";
    PRUNE = "DELETE FROM nodes WHERE seen_at < $1";
}

fn node(row: &Row<'_>) -> Result<Node, StoreError> {
    Ok(Node {
        id: row.text("id")?,
        name: row.text("name")?,
        version: row.text("version")?,
        started_at: row.instant("started_at")?,
        seen_at: row.instant("seen_at")?,
        body: row.text("body")?,
    })
}

/// A sign of life.
pub fn beat(tx: &mut Tx<'_>, n: &Node) -> Result<(), StoreError> {
    tx.exec_one(
        BEAT,
        params![&n.id, &n.name, &n.version, n.started_at, n.seen_at, &n.body],
    )
}

/// Those known, last seen first.
pub fn list(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Node>, StoreError> {
    tx.query(LIST, params![limit], node)
}

/// When a process last gave a sign of life; `None` when it never did, or said that it stops.
pub fn find_seen_at(tx: &mut Tx<'_>, id: &str) -> Result<Option<Instant>, StoreError> {
    tx.query_opt(SEEN, params![id], |r| r.instant("id"))
}

/// A process stops, and says so: nobody waits for it.
pub fn delete(tx: &mut Tx<'_>, id: &str) -> Result<(), StoreError> {
    tx.exec(DELETE, params![id]).map(|_| ())
}

/// Forgets those silent since before a moment; answers how many.
pub fn prune(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![before])
}
