//! Who is asked to sign a version of a sheet: one clinician at a time, for some months, and their *no*
//! with its reason. Owns the rows; the signature itself stands with the version ([`crate::protocols`]).

use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A signature asked of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// Whose sheet.
    pub network: NetworkId,
    /// Which.
    pub code: String,
    /// Which version.
    pub version: i64,
    /// Of whom.
    pub professional: ProfessionalId,
    /// How long the signature would hold, months.
    pub months: i64,
    /// By which account.
    pub asked_by: UserId,
    /// When.
    pub asked_at: Instant,
    /// Their *no*: when, and why.
    pub declined: Option<(Instant, String)>,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT s.network, s.code, s.version, s.professional, s.months, s.asked_by, s.asked_at, s.declined_at, \
             s.declined_why FROM protocol_signings s ",
            $rest
        )
    };
}

sql! { "protocol_signings";
    ASK = "INSERT INTO protocol_signings (network, code, version, professional, months, asked_by, asked_at) \
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (network, code, version) DO UPDATE SET \
           professional = excluded.professional, months = excluded.months, asked_by = excluded.asked_by, \
           asked_at = excluded.asked_at, declined_at = NULL, declined_why = NULL";
    DECLINE = "UPDATE protocol_signings SET declined_at = $5, declined_why = $6 WHERE network = $1 AND code = $2 \
               AND version = $3 AND professional = $4 AND declined_at IS NULL";
    ONE = columns!("WHERE s.network = $1 AND s.code = $2 AND s.version = $3");
    OF_PROFESSIONAL = columns!("JOIN protocol_versions v ON v.network = s.network AND v.code = s.code \
                      AND v.version = s.version AND v.status = 'reviewed' WHERE s.professional = $1 \
                      AND s.declined_at IS NULL ORDER BY s.asked_at, s.network, s.code, s.version LIMIT $2");
}

fn signing(row: &Row<'_>) -> Result<Signing, StoreError> {
    let declined = match (
        row.opt_instant("declined_at")?,
        row.opt_text("declined_why")?,
    ) {
        (Some(at), Some(why)) => Some((at, why)),
        (None, None) => None,
        _ => return Err(row.wrong("declined_why", "a no is whole or absent")),
    };
    Ok(Signing {
        network: row.id("network")?,
        code: row.text("code")?,
        version: row.int("version")?,
        professional: row.id("professional")?,
        months: row.int("months")?,
        asked_by: row.id("asked_by")?,
        asked_at: row.instant("asked_at")?,
        declined,
    })
}

/// Asks somebody, in place of whoever was asked before. `declined` is left aside.
pub fn ask(tx: &mut Tx<'_>, one: &Signing) -> Result<(), StoreError> {
    tx.exec_one(
        ASK,
        params![
            one.network,
            &one.code,
            one.version,
            one.professional,
            one.months,
            one.asked_by,
            one.asked_at
        ],
    )
}

/// Writes down a *no*; whether there was still something to decline.
pub fn decline(
    tx: &mut Tx<'_>,
    asked: &Signing,
    why: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    let (network, professional) = (asked.network, asked.professional);
    let declined = tx.exec(
        DECLINE,
        params![network, &asked.code, asked.version, professional, now, why],
    )?;
    Ok(declined == 1)
}

/// What was asked for a version.
pub fn find(
    tx: &mut Tx<'_>,
    network: NetworkId,
    code: &str,
    version: i64,
) -> Result<Option<Signing>, StoreError> {
    tx.query_opt(ONE, params![network, code, version], signing)
}

/// What still waits for somebody's signature, oldest first.
pub fn list_of_professional(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    limit: u32,
) -> Result<Vec<Signing>, StoreError> {
    tx.query(OF_PROFESSIONAL, params![professional, limit], signing)
}
