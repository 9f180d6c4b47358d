//! Appointments afterwards, and what a network sets for them (R7, R8): the horizon, the reminder, "avez-vous
//! été reçu ?" and what its answers change.
//!
//! Owns when an answer counts and when it becomes a line of the desk. Refuses to take an answer for more
//! than it is: a "no" is to be checked by a person, and accuses nobody.

mod freed;
mod lists;
mod question;
mod settings;

pub(crate) use freed::{freed, is_given};
pub use lists::{DAYS, Overview, Seeker, Unclosed};
pub(crate) use question::{Heard, QUESTION, answer, is_asked, left};
pub use settings::{VisitSettings, VisitSettingsDraft};

use crate::error::AppError;
use relais_core::request::{Phase, Request};
use relais_core::time::{Duration, Instant};
use relais_store::{Tx, past_appointments};

/// A request is closed: if an hour was agreed, it counts among the appointments (R8).
pub(crate) fn ended(
    tx: &mut Tx<'_>,
    before: &Request,
    after: &Request,
    now: Instant,
) -> Result<(), AppError> {
    let (Phase::Engaged(engagement), Some(closure)) = (&before.phase, after.closure()) else {
        return Ok(());
    };
    match engagement.appointment.latest() {
        Some(at) if engagement.appointment.has_time() => Ok(past_appointments::insert(
            tx,
            after.id,
            after.network,
            at,
            closure,
            now,
        )?),
        _ => Ok(()),
    }
}

/// An answer counts for so long after the question.
pub(crate) const ANSWERED_WITHIN: Duration = Duration::hours(72);
