//! Our own secure mailbox: where reading stopped, who reads, and which mails are for a person (ADR
//! 0040). Refuses to move a place one does not hold, and to keep anything of what a mail says.

use relais_core::ids::{NetworkId, RequestId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Where reading stopped: the server's numbering and the last number dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stopped {
    /// The numbering; zero before the first reading.
    pub validity: u32,
    /// The number.
    pub uid: u32,
}

/// A mail for a person to read in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its SHA-256, hexadecimal.
    pub mark: String,
    /// When it was found.
    pub arrived_at: Instant,
    /// The request whose note it answers; none when nothing says so.
    pub request: Option<RequestId>,
}

sql! { "postboxes";
    OPEN = "INSERT INTO postboxes (address) VALUES ($1) ON CONFLICT (address) DO NOTHING";
    HOLD = "UPDATE postboxes SET held_by = $2, held_until = $4 WHERE address = $1 \
            AND (held_by IS NULL OR held_by = $2 OR held_until <= $3)";
    PLACE = "SELECT validity, uid FROM postboxes WHERE address = $1";
    MOVE = "UPDATE postboxes SET validity = $3, uid = $4, held_until = $5 WHERE address = $1 AND held_by = $2";
    LET_GO = "UPDATE postboxes SET held_by = NULL, held_until = NULL, read_at = COALESCE($3, read_at) \
              WHERE address = $1 AND held_by = $2";
    READ_AT = "SELECT read_at FROM postboxes WHERE address = $1";
    KEEP = "INSERT INTO letters (mark, arrived_at, network, request) VALUES ($1, $2, $3, $4) ON CONFLICT (mark) DO NOTHING";
    UNREAD = "SELECT mark, arrived_at, request FROM letters WHERE read_at IS NULL AND (network = $1 OR network IS NULL) \
              ORDER BY arrived_at, mark LIMIT $2";
    READ = "UPDATE letters SET read_at = $3, read_by = $4 WHERE mark = $1 AND (network = $2 OR network IS NULL) \
            AND read_at IS NULL";
    PRUNE = "DELETE FROM letters WHERE arrived_at < $1 AND read_at IS NOT NULL";
}

fn letter(row: &Row<'_>) -> Result<Letter, StoreError> {
    Ok(Letter {
        mark: row.text("mark")?,
        arrived_at: row.instant("arrived_at")?,
        request: row.opt_id("request")?,
    })
}

/// Takes the mailbox for a process until a moment; where reading stopped, or nothing when another
/// process has it.
pub fn hold(
    tx: &mut Tx<'_>,
    address: &str,
    by: &str,
    now: Instant,
    until: Instant,
) -> Result<Option<Stopped>, StoreError> {
    tx.exec(OPEN, params![address])?;
    if tx.exec(HOLD, params![address, by, now, until])? != 1 {
        return Ok(None);
    }
    tx.query_opt(PLACE, params![address], |row| {
        Ok(Stopped {
            validity: row.small("validity")?,
            uid: row.small("uid")?,
        })
    })
}

/// A mail was dealt with, in the same transaction; `false` when the mailbox is another process's by
/// now: nothing may be made of the mail here.
pub fn move_to(
    tx: &mut Tx<'_>,
    address: &str,
    by: &str,
    to: Stopped,
    until: Instant,
) -> Result<bool, StoreError> {
    let (validity, uid) = (i64::from(to.validity), i64::from(to.uid));
    Ok(tx.exec(MOVE, params![address, by, validity, uid, until])? == 1)
}

/// Gives the mailbox back, read to its end at a moment if it was.
pub fn let_go(
    tx: &mut Tx<'_>,
    address: &str,
    by: &str,
    read_at: Option<Instant>,
) -> Result<(), StoreError> {
    tx.exec(LET_GO, params![address, by, read_at])?;
    Ok(())
}

/// When the mailbox was last read to its end, by any process.
pub fn find_read_at(tx: &mut Tx<'_>, address: &str) -> Result<Option<Instant>, StoreError> {
    let found = tx.query_opt(READ_AT, params![address], |row| row.opt_instant("read_at"))?;
    Ok(found.flatten())
}

/// Keeps a mail for a person; `false` when it is kept already. `about`: the request whose note it
/// answers, and its network.
pub fn keep_letter(
    tx: &mut Tx<'_>,
    mark: &str,
    about: Option<(NetworkId, RequestId)>,
    at: Instant,
) -> Result<bool, StoreError> {
    let (network, request) = about.unzip();
    Ok(tx.exec(KEEP, params![mark, at, network, request])? == 1)
}

/// Mails nobody has read yet, of a network and of nobody's, oldest first.
pub fn list_letters(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<Letter>, StoreError> {
    tx.query(UNREAD, params![network, limit], letter)
}

/// Somebody read it in the mailbox; `false` when it is read, or another network's.
pub fn mark_letter_read(
    tx: &mut Tx<'_>,
    mark: &str,
    network: NetworkId,
    by: UserId,
    at: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(READ, params![mark, network, at, by])? == 1)
}

/// Forgets letters that were read and arrived before a moment.
pub fn prune_letters(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![before])
}
