//! The drill of a network's channels: one message a member, all of one moment, and what became of
//! each. Owns no table: a drill is its messages.

use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::time::Instant;

use super::{Message, message};
use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// The kind of its messages.
pub const KIND: &str = "drill";

sql! { "messages";
    LAST = "SELECT MAX(created_at) AS at FROM messages WHERE network = $1 AND created_at >= $2 AND kind = 'drill'";
    OF = concat!(columns!(), "WHERE network = $1 AND created_at = $2 AND kind = 'drill' ORDER BY id LIMIT $3");
    HEARD = "UPDATE messages SET seen_at = $4 WHERE network = $1 AND created_at >= $2 AND kind = 'drill' \
             AND recipient_professional = $3 AND channel = 'sms' AND seen_at IS NULL";
}

/// When the last one began, if one did since a moment.
pub fn last(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
) -> Result<Option<Instant>, StoreError> {
    tx.query_one(LAST, params![network, since], |r| r.opt_instant("at"))
}

/// The messages of the one that began then.
pub fn list(
    tx: &mut Tx<'_>,
    network: NetworkId,
    at: Instant,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    tx.query(OF, params![network, at, limit], message)
}

/// Somebody answered its SMS.
pub fn heard(
    tx: &mut Tx<'_>,
    network: NetworkId,
    professional: ProfessionalId,
    since: Instant,
    now: Instant,
) -> Result<u64, StoreError> {
    tx.exec(HEARD, params![network, since, professional, now])
}
