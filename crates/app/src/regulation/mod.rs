//! Medical regulation (R3): who is on duty, the queue of what waits for a regulator, one case with
//! everything said in it, what a regulator decides, the red flags passed over, and the setting that
//! sends more or less to the regulator. Owns the reading and the acts; the rules are
//! `relais_core::regulation` and the cascade. Shows the answers given; computes no diagnosis.
//!
//! Reading order: [`duty`], [`queue`], [`case`], [`decide`], [`overrides`], [`settings`].

pub mod case;
pub mod decide;
pub mod duty;
pub mod overrides;
pub mod queue;
pub mod settings;

use crate::bus::Change;
use crate::error::AppError;
use relais_core::access::{Actor, Role};
use relais_core::ids::{EntryId, NetworkId, RequestId};
use relais_core::time::Instant;
use relais_store::Tx;

/// Most cases of one queue: past it, the oldest are shown and the page says so.
pub const QUEUE_MAX: u32 = 200;

/// Only a regulator of the network.
fn regulator(actor: &Actor) -> Result<(), AppError> {
    if actor.role == Role::Regulator {
        Ok(())
    } else {
        Err(AppError::Denied)
    }
}

/// The id of a row of this module: its kind, then time and chance.
fn row_id(prefix: &str, now: Instant) -> String {
    let id = EntryId::from_bits(crate::chance::id(now)).to_string();
    let bare = id.split_once('_').map_or(id.as_str(), |(_, bare)| bare);
    format!("{prefix}_{bare}")
}

/// Tells open pages that a case moved.
fn tell(tx: &mut Tx<'_>, network: NetworkId, request: RequestId) -> Result<(), AppError> {
    let change = Change {
        network,
        request: Some(request),
        professionals: Some(Vec::new()),
        alert: None,
    };
    Ok(tx.notify(change.encode())?)
}
