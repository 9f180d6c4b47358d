//! The version of the directory — professionals, networks, agreements, names of accounts — and what
//! each version changed. Whoever keeps the directory in memory reads only what moved since theirs.
//! Refuses to guess: a history that is cut, too long, or not the one that was read says so, and the
//! directory is then read whole.

use aws_lc_rs::rand;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};

use crate::counters;
use crate::db::{Turn, Tx};
use crate::error::StoreError;
use crate::params;
use crate::professionals::{self, ProfessionalRow};
use crate::sql::sql;
use crate::users;

/// A version of the directory. Two marks are equal only when they were read from the same committed
/// change: the number alone would be given again after a change that was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// How many changes were made, 0 before the first.
    pub version: i64,
    stamp: i64,
}

/// What one version changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Touched {
    /// Who somebody is, where they practise, their memberships or their terms.
    Professional(ProfessionalId),
    /// A network: settings, communes, or who lends to it.
    Network(NetworkId),
    /// The name of an account.
    User(UserId),
}

/// What moved between two versions, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// Professionals, by id.
    pub professionals: Vec<ProfessionalRow>,
    /// Networks to read again.
    pub networks: Vec<NetworkId>,
    /// Accounts and their names.
    pub users: Vec<(UserId, String)>,
}

/// How many versions are kept: whoever is further behind reads everything.
pub const KEPT: i64 = 20_000;
/// More versions than this are not worth reading one by one.
const FAR: i64 = 5_000;

const DIRECTORY: &str = "directory";

sql! { "directory_changes";
    ADD = "INSERT INTO directory_changes (version, stamp, kind, id) VALUES ($1, $2, $3, $4)";
    FORGET = "DELETE FROM directory_changes WHERE version <= $1";
    STAMP = "SELECT stamp FROM directory_changes WHERE version = $1";
    MARK = "SELECT c.value AS version, d.stamp AS stamp FROM counters c \
            LEFT JOIN directory_changes d ON d.version = c.value WHERE c.name = $1";
    SINCE = "SELECT version, stamp, kind, id FROM directory_changes WHERE version >= $1 AND version <= $2 \
             ORDER BY version";
}

/// Writes down a change of the directory: a new version, which every node meets before it relies on
/// the directory again.
pub(crate) fn touched(tx: &mut Tx<'_>, what: Touched) -> Result<(), StoreError> {
    tx.takes(Turn::Directory);
    let version = counters::next(tx, DIRECTORY)?;
    let (kind, id) = match what {
        Touched::Professional(id) => ("professional", id.to_string()),
        Touched::Network(id) => ("network", id.to_string()),
        Touched::User(id) => ("user", id.to_string()),
    };
    tx.exec_one(ADD, params![version, chance()?, kind, id])?;
    tx.exec(FORGET, params![version - KEPT])?;
    Ok(())
}

/// Nobody relies on the directory, or changes it, until the transaction ends: for who will change it, before anything of
/// it is held. Launches take it in the same order.
pub(crate) fn hold(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.takes(Turn::Directory);
    counters::hold(tx, DIRECTORY)
}

fn chance() -> Result<i64, StoreError> {
    let mut bytes = [0; 8];
    rand::fill(&mut bytes).map_err(|_| StoreError::bug("no randomness"))?;
    Ok(i64::from_ne_bytes(bytes))
}

/// The version of the directory.
pub fn mark(tx: &mut Tx<'_>) -> Result<Mark, StoreError> {
    let found = tx.query_opt(MARK, params![DIRECTORY], |r| {
        Ok(Mark {
            version: r.int("version")?,
            stamp: r.opt_int("stamp")?.unwrap_or(0),
        })
    })?;
    Ok(found.unwrap_or_default())
}

/// The version, held still until the end of this write: whoever changes the directory waits for it.
pub fn mark_held(tx: &mut Tx<'_>) -> Result<Mark, StoreError> {
    tx.takes(Turn::Directory);
    let version = counters::value_locked(tx, DIRECTORY)?;
    let stamp = tx.query_opt(STAMP, params![version], |r| r.int("stamp"))?;
    Ok(Mark {
        version,
        stamp: stamp.unwrap_or(0),
    })
}

/// What moved after `from`, up to `to`. `None` when that cannot be known, or is too much: read
/// everything. A version written by a program older than this table is such a gap.
pub fn moved(tx: &mut Tx<'_>, from: Mark, to: Mark) -> Result<Option<Moved>, StoreError> {
    if from.version <= 0 || from.version > to.version || to.version - from.version > FAR {
        return Ok(None);
    }
    let mut moved = Moved::default();
    let mut people = false;
    let mut accounts = Vec::new();
    let steps = tx.query(SINCE, params![from.version, to.version], |r| {
        let version = r.int("version")?;
        if version > from.version {
            match r.str("kind")? {
                "professional" => people = true,
                "network" => moved.networks.push(r.id("id")?),
                "user" => accounts.push(r.id("id")?),
                _ => return Err(r.wrong("kind", "an unknown kind of change")),
            }
        }
        Ok(Mark {
            version,
            stamp: r.int("stamp")?,
        })
    })?;
    let whole = i64::try_from(steps.len()) == Ok(to.version - from.version + 1);
    if !whole || steps.first() != Some(&from) || steps.last() != Some(&to) {
        return Ok(None);
    }
    if people {
        moved.professionals = professionals::list_touched(tx, from.version, to.version)?;
    }
    moved.networks.sort_unstable();
    moved.networks.dedup();
    accounts.sort_unstable();
    accounts.dedup();
    for id in accounts {
        moved.users.push((id, users::get(tx, id)?.name));
    }
    Ok(Some(moved))
}
