//! Who wants a digest, from when the next one counts and when it is due (R7). One that is due is taken by the moment it
//! is due at: of two who find it, one writes it (I7). Refuses to say when: the core does.

use relais_core::digest::{Every, Wish};
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A digest that somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// Who.
    pub professional: ProfessionalId,
    /// In which network's words and zone.
    pub network: NetworkId,
    /// What they asked for.
    pub wish: Wish,
    /// From when the next one counts.
    pub since: Instant,
    /// When it is due; after `since`.
    pub due_at: Instant,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT professional, network, every, hour, since_at, due_at FROM digests ",
            $rest
        )
    };
}

sql! { "digests";
    SET = "INSERT INTO digests (professional, network, every, hour, since_at, due_at) \
           VALUES ($1, $2, $3, $4, $5, $6) \
           ON CONFLICT (professional) DO UPDATE SET network = excluded.network, every = excluded.every, \
           hour = excluded.hour, since_at = excluded.since_at, due_at = excluded.due_at";
    STOP = "DELETE FROM digests WHERE professional = $1";
    ONE = columns!("WHERE professional = $1");
    DUE = columns!("WHERE due_at <= $1 ORDER BY due_at, professional LIMIT $2");
    NEXT = "SELECT MIN(due_at) AS at FROM digests";
    MOVE = "UPDATE digests SET since_at = $3, due_at = $4 WHERE professional = $1 AND due_at = $2";
}

fn digest(row: &Row<'_>) -> Result<Digest, StoreError> {
    let hour = row.small("hour")?;
    Ok(Digest {
        professional: row.id("professional")?,
        network: row.id("network")?,
        wish: row.parsed("every", |code| Wish::new(Every::from_code(code)?, hour))?,
        since: row.instant("since_at")?,
        due_at: row.instant("due_at")?,
    })
}

/// Wants a digest from now on, in the place of what was wanted before.
pub fn set(tx: &mut Tx<'_>, new: Digest) -> Result<(), StoreError> {
    tx.exec_one(
        SET,
        params![
            new.professional,
            new.network,
            new.wish.every().code(),
            i64::from(new.wish.hour()),
            new.since,
            new.due_at
        ],
    )
}

/// Wants none any more; `false` when none was.
pub fn stop(tx: &mut Tx<'_>, professional: ProfessionalId) -> Result<bool, StoreError> {
    Ok(tx.exec(STOP, params![professional])? == 1)
}

/// What somebody wants.
pub fn find(tx: &mut Tx<'_>, professional: ProfessionalId) -> Result<Option<Digest>, StoreError> {
    tx.query_opt(ONE, params![professional], digest)
}

/// Those that are due, the longest first.
pub fn list_due(tx: &mut Tx<'_>, now: Instant, limit: u32) -> Result<Vec<Digest>, StoreError> {
    tx.query(DUE, params![now, limit], digest)
}

/// When the next one is due.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Instant>, StoreError> {
    tx.query_one(NEXT, params![], |row| row.opt_instant("at"))
}

/// Takes one that is due: from when the next counts, and when that is due. `false` when somebody did, or when something
/// else was chosen meanwhile.
pub fn take(
    tx: &mut Tx<'_>,
    due: &Digest,
    since: Instant,
    next: Instant,
) -> Result<bool, StoreError> {
    let taken = tx.exec(MOVE, params![due.professional, due.due_at, since, next])?;
    Ok(taken == 1)
}

/// Puts off one that is due: it counts from when it did. `false` as for [`take`].
pub fn put_off(tx: &mut Tx<'_>, due: &Digest, until: Instant) -> Result<bool, StoreError> {
    take(tx, due, due.since, until)
}
