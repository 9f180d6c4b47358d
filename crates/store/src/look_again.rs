//! Networks whose open requests should be looked at again (R4.11): a row for each change that asks for it, in its own
//! transaction, gone once a whole look is done. Refuses to say who looks: whoever asked does at once, others after a
//! while.

use relais_core::ids::NetworkId;
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

sql! { "look_again";
    ASK = "INSERT INTO look_again (id, network, node, asked_at) VALUES ($1, $2, $3, $4)";
    LIST = "SELECT id, network FROM look_again WHERE node = $1 OR asked_at <= $2 ORDER BY id LIMIT $3";
    DONE = "DELETE FROM look_again WHERE id = $1";
}

/// Asks for a look at a network, once this transaction is done. `node` is the process that will look first.
pub fn ask(
    tx: &mut Tx<'_>,
    id: &str,
    network: NetworkId,
    node: &str,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(ASK, params![id, network, node, at])
}

/// What a process asked for, and what others asked for until `before` and nobody has looked at: id and network, `most`
/// at once.
pub fn list(
    tx: &mut Tx<'_>,
    node: &str,
    before: Instant,
    most: u32,
) -> Result<Vec<(String, NetworkId)>, StoreError> {
    tx.query(LIST, params![node, before, i64::from(most)], |r| {
        Ok((r.text("id")?, r.id("network")?))
    })
}

/// They are looked at; gone already, nothing changes.
pub fn done(tx: &mut Tx<'_>, ids: &[String]) -> Result<(), StoreError> {
    for id in ids {
        tx.exec(DONE, params![id])?;
    }
    Ok(())
}
