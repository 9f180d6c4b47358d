//! Who answers in the name of which professionals, and for whom a session does now (ADR 0043). What is
//! taken away counts from the next request on. Refuses nothing of form: the shell knows who may be named.

use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::time::Instant;

use super::{User, bump_rights};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Somebody who answers in the name of a professional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secretary {
    /// Their account.
    pub user: UserId,
    /// In whose name.
    pub professional: ProfessionalId,
    /// In which network.
    pub network: NetworkId,
    /// By which account they were named.
    pub by: UserId,
    /// When.
    pub at: Instant,
}

macro_rules! columns {
    () => {
        "SELECT user_id, professional, network, given_by, given_at FROM secretaries "
    };
}

sql! { "secretaries";
    NAME = "INSERT INTO secretaries (user_id, professional, network, given_by, given_at) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (user_id, professional) DO NOTHING";
    END = "DELETE FROM secretaries WHERE user_id = $1 AND professional = $2";
    OF_USER = concat!(columns!(), "WHERE user_id = $1 ORDER BY professional");
    OF_PROFESSIONAL = concat!(columns!(), "WHERE professional = $1 ORDER BY given_at, user_id");
    ONE = concat!(columns!(), "WHERE user_id = $1 AND professional = $2");
    ACT_FOR = "UPDATE sessions SET acts_for = $2 WHERE token_hash = $1 AND revoked_at IS NULL";
}

fn secretary(row: &Row<'_>) -> Result<Secretary, StoreError> {
    Ok(Secretary {
        user: row.id("user_id")?,
        professional: row.id("professional")?,
        network: row.id("network")?,
        by: row.id("given_by")?,
        at: row.instant("given_at")?,
    })
}

/// Names somebody; `false` when they were named already.
pub fn name_secretary(tx: &mut Tx<'_>, new: Secretary) -> Result<bool, StoreError> {
    let named = tx.exec(
        NAME,
        params![new.user, new.professional, new.network, new.by, new.at],
    )?;
    bump_rights(tx)?;
    Ok(named == 1)
}

/// Ends it; `false` when it had ended. Sessions that answer for this professional do so no more.
pub fn end_secretary(
    tx: &mut Tx<'_>,
    user: UserId,
    professional: ProfessionalId,
) -> Result<bool, StoreError> {
    let ended = tx.exec(END, params![user, professional])?;
    bump_rights(tx)?;
    Ok(ended == 1)
}

/// In whose names somebody answers.
pub fn list_of_secretary(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Secretary>, StoreError> {
    tx.query(OF_USER, params![user], secretary)
}

/// Who answers in a professional's name, the longest named first.
pub fn list_secretaries(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
) -> Result<Vec<Secretary>, StoreError> {
    tx.query(OF_PROFESSIONAL, params![professional], secretary)
}

/// Makes a session answer for a professional; none = for nobody.
pub fn act_for(
    tx: &mut Tx<'_>,
    token_hash: &str,
    professional: Option<ProfessionalId>,
) -> Result<(), StoreError> {
    tx.exec_one(ACT_FOR, params![token_hash, professional])?;
    bump_rights(tx)
}

/// The account as it answers: with the professional chosen, while they let it; else with none.
pub(super) fn answering(
    tx: &mut Tx<'_>,
    user: User,
    chosen: Option<ProfessionalId>,
) -> Result<User, StoreError> {
    let Some(professional) = chosen else {
        return Ok(user);
    };
    let held = tx.query_opt(ONE, params![user.id, professional], secretary)?;
    Ok(match held {
        Some(held) => User {
            professional: Some(held.professional),
            network: Some(held.network),
            ..user
        },
        None => user,
    })
}
