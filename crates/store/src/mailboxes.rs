//! Secure mailboxes of professionals, as the national directory publishes them: public. Refuses to
//! choose one: that is the shell's.

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Whose.
    pub rpps: String,
    /// Its address.
    pub address: String,
    /// `personal`, `organisation`, `application`.
    pub kind: String,
}

sql! { "mailboxes";
    UPSERT = "INSERT INTO mailboxes (rpps, address, kind, run) VALUES ($1, $2, $3, $4) \
              ON CONFLICT (rpps, address) DO UPDATE SET kind = excluded.kind, run = excluded.run";
    OF_PERSON = "SELECT rpps, address, kind FROM mailboxes WHERE rpps = $1 \
                 ORDER BY CASE kind WHEN 'personal' THEN 0 WHEN 'organisation' THEN 1 ELSE 2 END, address LIMIT 20";
    NEXT_RUN = "SELECT COALESCE(MAX(run), 0) + 1 FROM mailboxes";
    FORGET = "DELETE FROM mailboxes WHERE run < $1";
}

/// Writes some down, as one import found them.
pub fn upsert(tx: &mut Tx<'_>, run: i64, boxes: &[Mailbox]) -> Result<(), StoreError> {
    for one in boxes {
        tx.exec_one(UPSERT, params![&one.rpps, &one.address, &one.kind, run])?;
    }
    Ok(())
}

/// The number of the next import.
pub fn next_run(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.query_one(NEXT_RUN, params![], |row| row.int(0))
}

/// Forgets what an import that ended did not find any more; answers how many.
pub fn forget_before(tx: &mut Tx<'_>, run: i64) -> Result<u64, StoreError> {
    tx.exec(FORGET, params![run])
}

/// Somebody's, personal ones first.
pub fn list_of_person(tx: &mut Tx<'_>, rpps: &str) -> Result<Vec<Mailbox>, StoreError> {
    tx.query(OF_PERSON, params![rpps], |row| {
        Ok(Mailbox {
            rpps: row.text("rpps")?,
            address: row.text("address")?,
            kind: row.text("kind")?,
        })
    })
}
