//! Figures: histograms of durations, and the median with its range. Refuses means.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The moment a measure begins or ends.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench measures durations; nothing of the product sees them"
)]
pub(crate) fn tick() -> Instant {
    Instant::now()
}

/// Waits between two looks at something another process does.
#[expect(
    clippy::disallowed_methods,
    reason = "waits for another process, between measures"
)]
pub(crate) async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// Looks again until there is something; an error by name after `seconds`.
pub(crate) async fn eventually<T>(
    seconds: u64,
    what: &str,
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let begun = tick();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if begun.elapsed().as_secs() >= seconds {
            anyhow::bail!("never seen in {seconds} s: {what}");
        }
        pause(10).await;
    }
}

/// Durations, to the microsecond and three figures.
#[derive(Debug, Clone)]
pub(crate) struct Times(Histogram<u64>);

impl Times {
    /// None yet.
    pub(crate) fn new() -> Self {
        let bounds = Histogram::new_with_bounds(1, 600_000_000, 3);
        Self(bounds.expect("the bounds are in order"))
    }

    /// One more. Longer than ten minutes counts as ten minutes.
    pub(crate) fn record(&mut self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros.max(1));
    }

    /// Those of another measure too.
    pub(crate) fn add(&mut self, other: &Self) {
        // Every histogram here has the same bounds.
        let _ = self.0.add(&other.0);
    }

    /// How many.
    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// A quantile: 0.5, 0.99 …
    pub(crate) fn at(&self, quantile: f64) -> Duration {
        Duration::from_micros(self.0.value_at_quantile(quantile))
    }

    /// The longest.
    pub(crate) fn max(&self) -> Duration {
        Duration::from_micros(self.0.max())
    }
}

/// Milliseconds of a duration.
pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// A figure taken several times: the middle one and the range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    /// The middle.
    pub(crate) median: f64,
    /// The least.
    pub(crate) min: f64,
    /// The most.
    pub(crate) max: f64,
}

impl Spread {
    /// Of at least one figure.
    pub(crate) fn of(figures: &[f64]) -> Self {
        let mut sorted = figures.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let get = |at: usize| sorted.get(at).copied().unwrap_or(f64::NAN);
        let median = f64::midpoint(get(last / 2), get(last.div_ceil(2)));
        Self {
            median,
            min: get(0),
            max: get(last),
        }
    }

    /// As written in the page: `12.3 [10.1–15.0]`.
    pub(crate) fn shown(&self) -> String {
        if self.min == self.max {
            return figure(self.median);
        }
        let (min, max) = (figure(self.min), figure(self.max));
        format!("{} [{min}–{max}]", figure(self.median))
    }
}

/// Three significant figures, thousands apart.
fn figure(value: f64) -> String {
    let size = value.abs();
    if size >= 1_000.0 {
        let whole = format!("{value:.0}");
        let mut out = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(' ');
            }
            out.push(digit);
        }
        out
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_count_lies_between() {
        let spread = Spread::of(&[4.0, 1.0, 2.0, 30.0]);
        assert_eq!((spread.median, spread.min, spread.max), (3.0, 1.0, 30.0));
        assert_eq!(spread.shown(), "3.00 [1.00–30.0]");
        assert_eq!(Spread::of(&[12_345.6]).shown(), "12 346");
    }

    #[test]
    fn a_quantile_is_one_of_the_durations() {
        let mut times = Times::new();
        for n in 1..=100 {
            times.record(Duration::from_micros(n));
        }
        assert_eq!(times.count(), 100);
        assert_eq!(times.at(0.99), Duration::from_micros(99));
        assert_eq!(times.max(), Duration::from_micros(100));
    }
}
