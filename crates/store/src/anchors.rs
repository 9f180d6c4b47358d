//! Anchors: from time to time, the position and hash of a chain's head, kept apart and exported, so that
//! a rewritten or shortened journal is found. Refuses to move: an anchor is written once.

use crate::db::Tx;
use crate::error::StoreError;
use crate::journal;
use crate::params;
use crate::sql::sql;

/// What a chain's head was at some instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The chain.
    pub network: String,
    /// Position of the head.
    pub seq: i64,
    /// Hash of the head.
    pub hash: String,
    /// When it was taken, milliseconds UTC.
    pub at: i64,
}

sql! { "anchors";
    INSERT = "INSERT INTO anchors (network, seq, hash, at) VALUES ($1, $2, $3, $4) \
              ON CONFLICT (network, seq) DO NOTHING";
    LIST = "SELECT network, seq, hash, at FROM anchors WHERE network = $1 ORDER BY seq";
}

/// Takes an anchor of a chain's head; answers it, or nothing when the chain is empty.
pub fn insert_anchor(
    tx: &mut Tx<'_>,
    network: &str,
    now: i64,
) -> Result<Option<Anchor>, StoreError> {
    let Some((seq, hash)) = journal::find_head(tx, network)?.filter(|(seq, _)| *seq > 0) else {
        return Ok(None);
    };
    tx.exec(INSERT, params![network, seq, &hash, now])?;
    Ok(Some(Anchor {
        network: network.to_string(),
        seq,
        hash,
        at: now,
    }))
}

/// The anchors of a chain, oldest first.
pub fn list(tx: &mut Tx<'_>, network: &str) -> Result<Vec<Anchor>, StoreError> {
    tx.query(LIST, params![network], |r| {
        Ok(Anchor {
            network: r.text("network")?,
            seq: r.int("seq")?,
            hash: r.text("hash")?,
            at: r.int("at")?,
        })
    })
}
