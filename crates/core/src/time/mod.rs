//! Instants, durations and civil time. Instants are milliseconds UTC; civil time exists only
//! through a network's zone, so that a change of clocks moves no deadline (I8, R1).

mod civil;
mod holidays;
mod hours;

pub use civil::{clock_next, clock_on, days_from};
pub use holidays::{Overseas, easter, is_public_holiday};
pub use hours::{
    Calendar, MINUTES_PER_DAY, OpenSpan, OpeningHours, Openness, Weekly, civil_day_end,
};

use std::fmt;
use std::ops::{Add, Sub};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A length of time in milliseconds, never negative in our uses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

impl Instant {
    /// From milliseconds since the epoch.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Time elapsed since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration((self.0.saturating_sub(earlier.0)).max(0))
    }

    /// The same moment for the civil-time library.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From milliseconds.
    pub const fn millis(ms: i64) -> Self {
        Self(ms)
    }

    /// From seconds.
    pub const fn seconds(s: i64) -> Self {
        Self(s * 1_000)
    }

    /// From minutes.
    pub const fn minutes(m: i64) -> Self {
        Self(m * 60_000)
    }

    /// From hours.
    pub const fn hours(h: i64) -> Self {
        Self(h * 3_600_000)
    }

    /// In milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole minutes, rounded down.
    pub const fn as_minutes(self) -> i64 {
        self.0 / 60_000
    }

    /// The given percentage of this length, rounded down to a millisecond.
    pub const fn percent(self, share: u8) -> Self {
        Self(self.0 * share as i64 / 100)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;
    fn add(self, length: Duration) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;
    fn sub(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(length.0))
    }
}

impl Add for Duration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}
