//! Cooperation protocols as professionals declared them: which, where, from which day to which.
//! Matching reads them with the directory, whose version each change raises.
//! Refuses nothing of form: the shell knows the list of protocols and who may follow which.

use jiff::civil::Date;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::directory::{Touched, touched};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooperation {
    /// By whom.
    pub professional: ProfessionalId,
    /// Code of the protocol.
    pub protocol: String,
    /// Place of practice, in words.
    pub place: String,
    /// First day.
    pub since_on: Date,
    /// Last day; none while it goes on.
    pub until_on: Option<Date>,
    /// When it was written down.
    pub declared_at: Instant,
    /// By which account.
    pub declared_by: UserId,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT c.professional, c.protocol, c.place, c.since_on, c.until_on, c.declared_at, c.declared_by \
             FROM cooperations c ",
            $rest
        )
    };
}

sql! { "cooperations";
    DECLARE = "INSERT INTO cooperations (professional, protocol, place, since_on, until_on, declared_at, declared_by) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (professional, protocol, place, since_on) DO UPDATE \
               SET until_on = excluded.until_on, declared_at = excluded.declared_at, \
               declared_by = excluded.declared_by";
    END = "UPDATE cooperations SET until_on = $5 \
           WHERE professional = $1 AND protocol = $2 AND place = $3 AND since_on = $4 \
           AND (until_on IS NULL OR until_on > $5)";
    OF_PROFESSIONAL = columns!("WHERE c.professional = $1 ORDER BY c.since_on DESC, c.protocol, c.place");
    OF_NETWORK = columns!("JOIN memberships m ON m.professional = c.professional AND m.network = $1 \
                  AND m.status = 'active' ORDER BY c.protocol, c.since_on DESC, c.professional, c.place LIMIT $2");
}

fn cooperation(row: &Row<'_>) -> Result<Cooperation, StoreError> {
    let date = |text: &str| text.parse::<Date>().ok();
    Ok(Cooperation {
        professional: row.id("professional")?,
        protocol: row.text("protocol")?,
        place: row.text("place")?,
        since_on: row.parsed("since_on", date)?,
        until_on: match row.opt_text("until_on")? {
            Some(_) => Some(row.parsed("until_on", date)?),
            None => None,
        },
        declared_at: row.instant("declared_at")?,
        declared_by: row.id("declared_by")?,
    })
}

/// Writes a declaration down; the same one again replaces its last day.
pub fn declare(tx: &mut Tx<'_>, one: &Cooperation) -> Result<(), StoreError> {
    tx.exec_one(
        DECLARE,
        params![
            one.professional,
            &one.protocol,
            &one.place,
            one.since_on.to_string(),
            one.until_on.map(|day| day.to_string()),
            one.declared_at,
            one.declared_by
        ],
    )?;
    touched(tx, Touched::Professional(one.professional))
}

/// Gives a declaration its last day; `false` when there is none such that lasts longer.
pub fn end(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    protocol: &str,
    place: &str,
    since_on: Date,
    until_on: Date,
) -> Result<bool, StoreError> {
    let (since_on, until_on) = (since_on.to_string(), until_on.to_string());
    let ended = tx.exec(
        END,
        params![professional, protocol, place, since_on, until_on],
    )? == 1;
    if ended {
        touched(tx, Touched::Professional(professional))?;
    }
    Ok(ended)
}

/// What a professional declared, newest first.
pub fn list_of_professional(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
) -> Result<Vec<Cooperation>, StoreError> {
    tx.query(OF_PROFESSIONAL, params![professional], cooperation)
}

/// What the members of a network declared, by protocol.
pub fn list_of_network(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<Cooperation>, StoreError> {
    tx.query(OF_NETWORK, params![network, limit], cooperation)
}
