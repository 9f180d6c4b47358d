//! The networks' keys as rows: made, opened, wrapped anew when the master key changes.
//! Refuses to store a key that is not wrapped.

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::seal::{IndexKey, Purpose, RecordsKey, Vault, WrappedKey};
use crate::sql::sql;

sql! { "network_keys";
    INSERT = "INSERT INTO network_keys (network, key_id, purpose, master_id, wrapped, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    NEWEST = "SELECT network AS id, key_id, purpose, master_id, wrapped FROM network_keys \
              WHERE network = $1 AND purpose = $2 ORDER BY created_at DESC, key_id DESC LIMIT 1";
    ONE = "SELECT network AS id, key_id, purpose, master_id, wrapped FROM network_keys \
           WHERE network = $1 AND key_id = $2";
    UNDER_OTHER_MASTER = "SELECT network AS id, key_id, purpose, master_id, wrapped FROM network_keys \
                          WHERE master_id <> $1 ORDER BY network, key_id LIMIT $2";
    REWRAP = "UPDATE network_keys SET master_id = $3, wrapped = $4 \
              WHERE network = $1 AND key_id = $2 AND master_id = $5";
}

fn stored(row: &Row<'_>) -> Result<WrappedKey, StoreError> {
    Ok(WrappedKey {
        key_id: row.text("key_id")?,
        purpose: row.parsed("purpose", Purpose::from_word)?,
        master_id: row.text("master_id")?,
        wrapped: row.bytes("wrapped")?,
    })
}

/// Makes and stores a key of a network. New records use the newest one.
pub fn insert_network_key(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: &str,
    key_id: &str,
    purpose: Purpose,
    now: i64,
) -> Result<(), StoreError> {
    let key = vault.make_network_key(network, key_id, purpose)?;
    tx.exec_one(
        INSERT,
        params![
            network,
            key_id,
            purpose.word(),
            key.master_id,
            key.wrapped,
            now
        ],
    )
}

/// The key for new records of a network.
pub fn get_records_key(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: &str,
) -> Result<RecordsKey, StoreError> {
    let key = newest(tx, network, Purpose::Records)?;
    vault.open_records(network, &key)
}

/// The key an existing record was made with.
pub fn get_records_key_by_id(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: &str,
    key_id: &str,
) -> Result<RecordsKey, StoreError> {
    let key = tx
        .query_opt(ONE, params![network, key_id], stored)?
        .ok_or_else(|| StoreError::not_found("network_keys", key_id))?;
    vault.open_records(network, &key)
}

/// The key of a network's blind indexes.
pub fn get_index_key(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: &str,
) -> Result<IndexKey, StoreError> {
    let key = newest(tx, network, Purpose::Index)?;
    vault.open_index(network, &key)
}

fn newest(tx: &mut Tx<'_>, network: &str, purpose: Purpose) -> Result<WrappedKey, StoreError> {
    tx.query_opt(NEWEST, params![network, purpose.word()], stored)?
        .ok_or_else(|| StoreError::not_found("network_keys", network))
}

/// Wraps up to `limit` keys under the current master key; answers how many. Run until it answers 0,
/// then the older master key can be thrown away.
pub fn rewrap_some(tx: &mut Tx<'_>, vault: &Vault, limit: u32) -> Result<u32, StoreError> {
    let rows = tx.query(
        UNDER_OTHER_MASTER,
        params![vault.current_id(), limit],
        |r| Ok((r.text("id")?, stored(r)?)),
    )?;
    let mut done = 0;
    for (network, key) in rows {
        let new = vault.rewrap(&network, &key)?;
        tx.exec_versioned(
            REWRAP,
            params![
                &network,
                &key.key_id,
                new.master_id,
                new.wrapped,
                key.master_id
            ],
            &network,
        )?;
        done += 1;
    }
    Ok(done)
}
