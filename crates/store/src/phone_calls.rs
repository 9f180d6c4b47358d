//! Calls told by a telephone exchange, by its own number for each. Refuses the caller's number: it is kept, sealed, with
//! the contact.

use relais_core::ids::{ContactId, NetworkId};
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneCall {
    /// Whose exchange.
    pub network: NetworkId,
    /// The exchange's number for it.
    pub call_id: String,
    /// The contact it became.
    pub contact: ContactId,
    /// `ringing`, `answered` or `ended`: the furthest that was told.
    pub state: String,
    /// The desk that answered, as the exchange names it.
    pub desk: Option<String>,
    /// When that was told.
    pub told_at: Instant,
}

sql! { "phone_calls";
    INSERT = "INSERT INTO phone_calls (network, call_id, contact, state, desk, told_at) \
              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (network, call_id) DO NOTHING";
    FIND = "SELECT network, call_id, contact, state, desk, told_at FROM phone_calls \
            WHERE network = $1 AND call_id = $2 {for_update}";
    HUNG_UP = "SELECT p.contact AS contact FROM phone_calls p JOIN contacts c ON c.id = p.contact \
               WHERE p.network = $1 AND p.state = 'ended' AND c.outcome IS NULL ORDER BY p.contact";
    ADVANCE = "UPDATE phone_calls SET state = $3, desk = COALESCE($4, desk), told_at = $5 \
               WHERE network = $1 AND call_id = $2";
}

/// Writes a call told for the first time; a conflict when it was told meanwhile, elsewhere.
pub fn insert(tx: &mut Tx<'_>, call: &PhoneCall) -> Result<(), StoreError> {
    tx.exec_versioned(
        INSERT,
        params![
            call.network,
            &call.call_id,
            call.contact,
            &call.state,
            call.desk.as_deref(),
            call.told_at
        ],
        call.call_id.clone(),
    )
}

/// A call, to be changed.
pub fn find_for_update(
    tx: &mut Tx<'_>,
    network: NetworkId,
    call_id: &str,
) -> Result<Option<PhoneCall>, StoreError> {
    tx.query_opt(FIND, params![network, call_id], |r| {
        Ok(PhoneCall {
            network: r.id("network")?,
            call_id: r.text("call_id")?,
            contact: r.id("contact")?,
            state: r.text("state")?,
            desk: r.opt_text("desk")?,
            told_at: r.instant("told_at")?,
        })
    })
}

/// The open contacts whose caller hung up.
pub fn list_hung_up(tx: &mut Tx<'_>, network: NetworkId) -> Result<Vec<ContactId>, StoreError> {
    tx.query(HUNG_UP, params![network], |r| r.id("contact"))
}

/// Writes how far a call is.
pub fn update(
    tx: &mut Tx<'_>,
    network: NetworkId,
    call_id: &str,
    state: &str,
    desk: Option<&str>,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(ADVANCE, params![network, call_id, state, desk, at])
}
