//! The only callers of the system clock. Everything else is given an [`Instant`].

use relais_core::time::{Duration, Instant};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

/// The machine's clock and one that never jumps, read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The machine's clock, milliseconds UTC.
    pub wall_ms: i64,
    /// Milliseconds since some moment, by a clock that nobody sets.
    pub steady_ms: i64,
}

/// Where the time comes from.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    /// The system clock moved by an offset: the demonstration that starts in opening hours.
    Moved(AtomicI64),
    /// A clock that only moves when told.
    Manual(AtomicI64),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// The machine's clock, moved so that it reads `now` at this moment.
    pub fn moved_to(now: Instant) -> Self {
        Self(Arc::new(Source::Moved(AtomicI64::new(
            now.millis() - system_millis(),
        ))))
    }

    /// A clock that stands still until it is set.
    pub fn manual(now: Instant) -> Self {
        Self(Arc::new(Source::Manual(AtomicI64::new(now.millis()))))
    }

    /// Now.
    pub fn now(&self) -> Instant {
        Instant::from_millis(match &*self.0 {
            Source::System => system_millis(),
            Source::Moved(offset) => system_millis() + offset.load(Ordering::Acquire),
            Source::Manual(now) => now.load(Ordering::Acquire),
        })
    }

    /// Whether it only moves when told.
    pub fn is_manual(&self) -> bool {
        matches!(&*self.0, Source::Manual(_))
    }

    /// Both clocks of the machine; `None` when this one only moves when told.
    pub fn reading(&self) -> Option<Reading> {
        (!self.is_manual()).then(|| Reading {
            wall_ms: system_millis(),
            steady_ms: steady_ms(),
        })
    }

    /// Moves a manual or moved clock forward to a moment; never backwards. The system clock stays.
    pub fn move_to(&self, at: Instant) {
        match &*self.0 {
            Source::System => {}
            Source::Moved(offset) => {
                let ahead = at.since(self.now()).as_millis();
                offset.fetch_add(ahead, Ordering::AcqRel);
            }
            Source::Manual(now) => {
                now.fetch_max(at.millis(), Ordering::AcqRel);
            }
        }
    }

    /// Puts a manual or moved clock at a moment, backwards too: only to lay out or reset a demonstration.
    pub fn set(&self, at: Instant) {
        match &*self.0 {
            Source::System => {}
            Source::Moved(offset) => {
                offset.store(at.millis() - system_millis(), Ordering::Release);
            }
            Source::Manual(now) => now.store(at.millis(), Ordering::Release),
        }
    }

    /// How long until a moment, zero when past.
    pub fn until(&self, at: Instant) -> Duration {
        at.since(self.now())
    }
}

/// Milliseconds of a clock that never jumps, since the process first asked.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long something took, and how far the wall's clock jumped"
)]
pub(crate) fn steady_ms() -> i64 {
    static FIRST: OnceLock<std::time::Instant> = OnceLock::new();
    let first = FIRST.get_or_init(std::time::Instant::now);
    i64::try_from(first.elapsed().as_millis()).unwrap_or(i64::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system clock"
)]
fn system_millis() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}
