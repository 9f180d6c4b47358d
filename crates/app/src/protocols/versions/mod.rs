//! The life of a sheet: draft, reviewed, signed by a clinician of the network, in force from a date,
//! expired or withdrawn. Owns what every step shares: who may act, on which version, what the journal
//! says. A version in force is never edited; what is refused leaves the one in force alone (R3).
//!
//! Reading order: [`read`], [`draft`], [`step`], [`sign`], [`import`].

mod draft;
mod import;
mod read;
mod sign;
mod step;

pub(crate) use import::lay_out;
pub use import::{ImportError, Imported};
pub use sign::{REFUSAL_MAX, ToSign, may_sign};

use super::check::Fault;
use super::sheet::Sheet;
use crate::app::Who;
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::text::triage as text;
use relais_core::access::{Actor, Role};
use relais_core::ids::NetworkId;
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
pub use relais_store::protocol_signings::Signing;
use relais_store::protocols;
pub use relais_store::protocols::{Count, Status, Version};
use serde_json::json;

/// Most versions of a sheet shown.
const HISTORY: u32 = 100;
/// Longest a signature may hold, months; the usual length is twelve.
pub const MONTHS_MAX: u16 = 24;
/// How long before its end a signature is said to end soon.
pub const SOON: Duration = Duration::hours(60 * 24);

/// One line of the list of sheets.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The last version.
    pub latest: Version,
    /// The version in force now, if one is.
    pub in_force: Option<Version>,
}

/// A sheet as its page shows it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The version read.
    pub version: Version,
    /// What it says.
    pub sheet: Sheet,
    /// What keeps it from being followed.
    pub faults: Vec<Fault>,
    /// Every version, newest first.
    pub history: Vec<Version>,
    /// The version in force now.
    pub in_force: Option<Version>,
    /// How often its questions were answered.
    pub counts: Vec<Count>,
    /// Of whom its signature was asked.
    pub asked: Option<Signing>,
}

/// Which version somebody looked at when they acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The sheet.
    pub code: String,
    /// The version.
    pub version: i64,
    /// Its revision.
    pub revision: i64,
}

fn reader(who: &Who) -> Result<Actor, AppError> {
    let actor = who.signed_in()?;
    match actor.role {
        Role::Operator | Role::Regulator | Role::Coordinator => Ok(actor),
        Role::Administrator
        | Role::Auditor
        | Role::Professional
        | Role::Secretary
        | Role::Partner => Err(AppError::Denied),
    }
}

fn coordinator(who: &Who) -> Result<Actor, AppError> {
    let actor = who.signed_in()?;
    if actor.role == Role::Coordinator {
        Ok(actor)
    } else {
        Err(AppError::Denied)
    }
}

fn held(tx: &mut Tx<'_>, network: NetworkId, seen: &Seen) -> Result<Version, AppError> {
    let found = protocols::find(tx, network, &seen.code, seen.version)?;
    let found = found.ok_or(AppError::NotFound)?;
    if found.revision == seen.revision {
        Ok(found)
    } else {
        Err(AppError::problem(
            "protocol-changed",
            409,
            text::changed_meanwhile(),
        ))
    }
}

/// The sheet of a stored version; a body that cannot be read is a bug, since every door checks it.
fn sheet_of(version: &Version) -> Result<Sheet, AppError> {
    Sheet::from_json(&version.body)
        .map_err(|reason| AppError::Bug(format!("stored sheet {}: {reason}", version.code)))
}

fn sound(sheet: &Sheet) -> Result<(), AppError> {
    let errors: Vec<_> = sheet.faults().iter().map(field).collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(errors))
    }
}

fn field(fault: &Fault) -> FieldError {
    let pointer = match fault.question {
        Some(index) => format!("/questions/{index}"),
        None => "/".to_owned(),
    };
    FieldError::new(pointer, text::fault(&fault.wrong))
}

fn tell(
    tx: &mut Tx<'_>,
    network: NetworkId,
    act: &str,
    version: (&str, i64),
    more: &serde_json::Value,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let body = json!({ "sheet": version.0, "version": version.1, "more": more });
    journal::act(tx, Some(network), act, None, None, &body, who, now)
}
