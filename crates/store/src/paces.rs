//! How long requests waited for their yes: pairs of instants and nothing else. Refuses to say
//! whose request it was, or who said yes.

use relais_core::ids::NetworkId;
use relais_core::people::Profession;
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A request and its yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// When it was raised.
    pub raised_at: Instant,
    /// When somebody said yes.
    pub accepted_at: Instant,
}

sql! { "requests";
    TAKEN = "SELECT r.raised_at, o.answered_at FROM requests r \
             JOIN offers o ON o.request = r.id AND o.status = 'accepted' \
             WHERE r.network = $1 AND r.updated_at >= $2 AND r.raised_at >= $2 \
             AND (CAST($3 AS TEXT) IS NULL OR r.profession = $3) AND o.answered_at IS NOT NULL \
             ORDER BY r.raised_at DESC LIMIT $4";
}

/// Requests of a network raised since a moment and taken on, newest first; of one profession, or of all.
pub fn list_taken(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
    profession: Option<Profession>,
    limit: u32,
) -> Result<Vec<Pace>, StoreError> {
    let profession = profession.map(Profession::code);
    tx.query(TAKEN, params![network, since, profession, limit], |row| {
        Ok(Pace {
            raised_at: row.instant("raised_at")?,
            accepted_at: row.instant("answered_at")?,
        })
    })
}
