//! Whether an answer was heard before: by the reference its provider gave it, or by its words where there is
//! none. Refuses to guess of which request a yes without a code was said, when it may be the first one brought again.

use crate::app::Inner;
use crate::error::AppError;
use relais_core::time::{Duration, Instant};
use relais_gateways::Inbound;
use relais_store::idempotency::{self, Begin};
use relais_store::{Tx, offers};

/// The same words of the same person, from a provider that gives no reference, are one answer brought twice within
/// this time of the first.
const AGAIN: Duration = Duration::minutes(2);
/// Within this time of the first, a yes or a no without a code may be the first one brought again: it takes no other
/// request, and the code is asked for.
const CODELESS: Duration = Duration::minutes(10);

/// Whether an answer was heard before.
pub(super) enum Heard {
    /// It was not: the key to answer under.
    First(String),
    /// It was, by its reference, or by its words a moment ago.
    Known,
    /// A yes or a no without a code, in words that were heard: brought again, or said of another request.
    /// Which, nobody can tell.
    Again {
        /// The key to answer under.
        key: String,
        /// The codes of what waits for an answer from that number; some.
        codes: Vec<String>,
    },
}

/// Whether an answer was heard before. A provider that uses a reference again for something else, or for
/// somebody else, is heard all the same.
pub(super) fn heard(
    inner: &Inner,
    tx: &mut Tx<'_>,
    inbound: &Inbound,
    codeless: bool,
    now: Instant,
) -> Result<Heard, AppError> {
    let said = format!("{}\n{}", inbound.from.expose(), inbound.text);
    // Under a key of ours: a number alone would be guessed from its fingerprint.
    let mark = inner.vault.mark("inbound", &said)?;
    if inbound.worded {
        return worded(inner, tx, inbound, &mark, codeless, now);
    }
    let first = inbound.provider_ref.clone();
    let again = format!("{first}:{mark}");
    for key in [first, again] {
        match claim(inner, tx, &key, &mark, now)? {
            Begin::Fresh => return Ok(Heard::First(key)),
            Begin::Mismatch => {}
            Begin::InFlight { .. } | Begin::Replay { .. } => return Ok(Heard::Known),
        }
    }
    Ok(Heard::Known)
}

/// The same for words without a reference: kept by stretches of [`AGAIN`], looked for in those before, so that
/// what is brought again across the edge of one is found.
fn worded(
    inner: &Inner,
    tx: &mut Tx<'_>,
    inbound: &Inbound,
    mark: &str,
    codeless: bool,
    now: Instant,
) -> Result<Heard, AppError> {
    let (reference, number) = (&inbound.provider_ref, inbound.from.expose());
    let stretch = now.millis() / AGAIN.as_millis();
    let key = |back: i64| format!("{reference}:{mark}:{}", stretch - back);
    let mut before = None;
    for back in 0..=CODELESS.as_millis() / AGAIN.as_millis() {
        if let Begin::InFlight { since, .. } =
            idempotency::look(tx, "inbound", &key(back), "sms", mark)?
        {
            before = Some(since);
            break;
        }
    }
    let within = |most: Duration| before.is_some_and(|since| now.since(since) < most);
    let (lately, key) = (within(AGAIN), key(0));
    if codeless && within(CODELESS) {
        // Never one of two that wait: whoever answers says which.
        let open = offers::list_open_by_number(tx, number)?;
        let codes: Vec<_> = open
            .into_iter()
            .filter_map(|offer| offer.sms_code)
            .collect();
        if !codes.is_empty() {
            return Ok(Heard::Again { key, codes });
        }
    }
    if lately {
        return Ok(Heard::Known);
    }
    Ok(match claim(inner, tx, &key, mark, now)? {
        Begin::Fresh => Heard::First(key),
        Begin::Mismatch | Begin::InFlight { .. } | Begin::Replay { .. } => Heard::Known,
    })
}

fn claim(
    inner: &Inner,
    tx: &mut Tx<'_>,
    key: &str,
    mark: &str,
    now: Instant,
) -> Result<Begin, AppError> {
    let me = inner.watch.id();
    Ok(idempotency::begin(
        tx, "inbound", key, "sms", mark, me, now,
    )?)
}
