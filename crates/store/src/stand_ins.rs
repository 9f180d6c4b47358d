//! Who stands in for whom, between two moments, and whether they have the usual patients meanwhile.
//! Read when a request is raised and on a member's page; no part of the directory in memory.
//! Refuses nothing of form: the shell knows who may stand in for whom.

use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// One replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandIn {
    /// Who stands in.
    pub locum: ProfessionalId,
    /// For whom.
    pub absent: ProfessionalId,
    /// First moment.
    pub from: Instant,
    /// First moment without.
    pub until: Instant,
    /// They have the usual patients meanwhile.
    pub inherits: bool,
    /// Which network wrote it down.
    pub network: NetworkId,
    /// When.
    pub written_at: Instant,
    /// By which account.
    pub written_by: UserId,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT locum, absent, from_at, until_at, inherits, network, written_at, written_by FROM stand_ins ",
            $rest
        )
    };
}

sql! { "stand_ins";
    INSERT = "INSERT INTO stand_ins (locum, absent, from_at, until_at, inherits, network, written_at, written_by) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    END = "UPDATE stand_ins SET until_at = $4 WHERE locum = $1 AND absent = $2 AND from_at = $3 AND until_at > $4";
    FORGET = "DELETE FROM stand_ins WHERE locum = $1 AND absent = $2 AND from_at = $3 AND from_at >= $4";
    RUNNING = columns!("WHERE absent = $1 AND inherits = 1 AND from_at <= $2 AND until_at > $2 ORDER BY from_at, locum");
    OF_ABSENT = columns!("WHERE absent = $1 AND until_at > $2 ORDER BY from_at, locum LIMIT $3");
    OF_LOCUM = columns!("WHERE locum = $1 AND until_at > $2 ORDER BY from_at, absent LIMIT $3");
}

fn stand_in(row: &Row<'_>) -> Result<StandIn, StoreError> {
    Ok(StandIn {
        locum: row.id("locum")?,
        absent: row.id("absent")?,
        from: row.instant("from_at")?,
        until: row.instant("until_at")?,
        inherits: row.flag("inherits")?,
        network: row.id("network")?,
        written_at: row.instant("written_at")?,
        written_by: row.id("written_by")?,
    })
}

/// Writes a replacement down.
pub fn insert(tx: &mut Tx<'_>, one: &StandIn) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            one.locum,
            one.absent,
            one.from,
            one.until,
            one.inherits,
            one.network,
            one.written_at,
            one.written_by
        ],
    )
}

/// Ends a replacement now, or takes back one that has not begun; `false` when it had ended.
pub fn end(
    tx: &mut Tx<'_>,
    locum: ProfessionalId,
    absent: ProfessionalId,
    from: Instant,
    now: Instant,
) -> Result<bool, StoreError> {
    let forgotten = tx.exec(FORGET, params![locum, absent, from, now])?;
    let ended = tx.exec(END, params![locum, absent, from, now])?;
    Ok(forgotten + ended == 1)
}

/// Those who stand in now for somebody and have their usual patients.
pub fn list_running(
    tx: &mut Tx<'_>,
    absent: ProfessionalId,
    now: Instant,
) -> Result<Vec<StandIn>, StoreError> {
    tx.query(RUNNING, params![absent, now], stand_in)
}

/// Those who stand in for somebody, now or later, by beginning.
pub fn list_of_absent(
    tx: &mut Tx<'_>,
    absent: ProfessionalId,
    now: Instant,
    limit: u32,
) -> Result<Vec<StandIn>, StoreError> {
    tx.query(OF_ABSENT, params![absent, now, limit], stand_in)
}

/// For whom somebody stands in, now or later, by beginning.
pub fn list_of_locum(
    tx: &mut Tx<'_>,
    locum: ProfessionalId,
    now: Instant,
    limit: u32,
) -> Result<Vec<StandIn>, StoreError> {
    tx.query(OF_LOCUM, params![locum, now, limit], stand_in)
}
