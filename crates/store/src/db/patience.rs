//! How long the database threads wait: deadlines of statements, pauses between attempts.
//! These waits decide nothing of the domain; this is why this file alone may look at the machine's clock.

use std::time::{Duration, Instant};

/// Now, to measure a duration.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long a statement has run"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Waits on a database thread.
#[expect(
    clippy::disallowed_methods,
    reason = "a database thread backs off before it tries again"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// The pause before attempt `n` (from 1): doubles from 2 ms to 128 ms, spread over the second half.
pub(crate) fn before_attempt(n: u32, spread: u64) -> Duration {
    let full = 2_000_u64 << n.min(6).saturating_sub(1);
    // A multiplicative hash spreads consecutive counters over the range.
    let part = spread.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    Duration::from_micros(full / 2 + part % (full / 2))
}

/// The pause before reconnection `n` (from 1): doubles from 50 ms to 2 s.
pub(crate) fn before_reconnection(n: u32) -> Duration {
    Duration::from_millis((50_u64 << n.min(6).saturating_sub(1)).min(2_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        for spread in [0, 1, 7, u64::MAX] {
            for n in 1..40 {
                let p = before_attempt(n, spread);
                assert!(
                    p >= Duration::from_millis(1) && p <= Duration::from_millis(64),
                    "{n} {p:?}"
                );
            }
        }
        assert_eq!(before_reconnection(1), Duration::from_millis(50));
        assert_eq!(before_reconnection(99), Duration::from_millis(1600));
    }
}
