//! Appointments as they ended (R8): what counts no-shows by. One row a request closed with an agreed hour. Refuses
//! to know who came.

use relais_core::ids::{NetworkId, RequestId};
use relais_core::request::Closure;
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// How appointments whose hour is past ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ended {
    /// All of them.
    pub all: u32,
    /// Of which the patient did not come, or was not at home.
    pub no_show: u32,
}

sql! { "past_appointments";
    INSERT = "INSERT INTO past_appointments (request, network, ends_at, closure, closed_at) VALUES ($1, $2, $3, $4, $5) \
              ON CONFLICT (request) DO NOTHING";
    COUNT = "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(CASE WHEN closure IN ('no-show', 'not-at-home') THEN 1 ELSE 0 END), 0) \
             AS BIGINT) AS no_show FROM past_appointments WHERE network = $1 AND ends_at >= $2 AND ends_at <= $3 \
             AND closure NOT IN ('patient-cancelled', 'professional-cancelled', 'administrative')";
}

/// A request with an agreed hour was closed.
pub fn insert(
    tx: &mut Tx<'_>,
    request: RequestId,
    network: NetworkId,
    ends_at: Instant,
    closure: Closure,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec(
        INSERT,
        params![request, network, ends_at, closure.code(), at],
    )?;
    Ok(())
}

/// How those of a network ended whose hour lies between two moments; what was called off is not among them.
pub fn count(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
    until: Instant,
) -> Result<Ended, StoreError> {
    tx.query_one(COUNT, params![network, since, until], |row| {
        Ok(Ended {
            all: row.small("n")?,
            no_show: row.small("no_show")?,
        })
    })
}
