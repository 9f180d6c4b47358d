//! The words of a message on the day it leaves: a machine that was off, a provider that was away, and *demain* is today.

use crate::app::Inner;
use crate::error::AppError;
use crate::outbox::{Body, REMINDER};
use crate::synthesis::is_sealed;
use crate::text::When;
use crate::text::dated::{dated, tells_time};
use crate::visits::QUESTION;
use relais_core::request::first_awake;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::Tx;
use relais_store::messages::{self, Message};

/// No zone has a midnight but at one of these: within one, no day ends.
const QUARTER: Duration = Duration::minutes(15);

/// Puts a claimed message into the words of the day it leaves: those written for that day, or its own after the moment
/// they were written.
pub(super) fn put_right(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &mut Message,
    now: Instant,
) -> Result<(), AppError> {
    let quarter = |at: Instant| at.millis().div_euclid(QUARTER.as_millis());
    if is_sealed(message) {
        return Ok(());
    }
    let later = message.body.contains("\"written_ms\"") || message.body.contains("\"days\"");
    if !later && quarter(message.created_at) == quarter(now) {
        return Ok(());
    }
    let Ok(mut body) = serde_json::from_str::<Body>(&message.body) else {
        return Ok(());
    };
    if message.kind == REMINDER {
        let day = body.days.iter().rfind(|day| day.from_ms <= now.millis());
        let Some(day) = day.cloned() else {
            return Ok(());
        };
        body.text = day.text;
    } else {
        if !tells_time(&body.text) {
            return Ok(());
        }
        let written = body
            .written_ms
            .map_or(message.created_at, Instant::from_millis);
        let directory = inner.directory.current(tx)?;
        let zone = &directory.network(message.network)?.calendar.zone;
        let channel = Channel::from_code(&message.channel).unwrap_or(Channel::Mail);
        let Some(said) = dated(channel, &body.text, written, &When::new(now, zone)) else {
            return Ok(());
        };
        body.text = said;
    }
    message.body = body.encode()?;
    Ok(())
}

/// A reminder, or the question of the day after, that comes late waits for the morning like one that does not: put back
/// until then. Whether it waits.
pub(super) fn waits_for_morning(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
    now: Instant,
) -> Result<bool, AppError> {
    if ![REMINDER, QUESTION].contains(&message.kind.as_str()) {
        return Ok(false);
    }
    let directory = inner.directory.current(tx)?;
    let morning = first_awake(now, &directory.network(message.network)?.calendar);
    if morning <= now {
        return Ok(false);
    }
    messages::wait(tx, message.id, message.attempts, morning)?;
    Ok(true)
}
