//! What would become of a scenario's requests on its territory if people behaved and things failed
//! otherwise: the same requests, other habits and other faults, seed after seed. Figures, never a
//! forecast; each is told with what it is counted over.

use crate::check::Breach;
use crate::engine::Core;
use crate::fleet::duty::Honest;
use crate::fleet::{Ground, Life, Setting, told};
use crate::rng::Rng;
use crate::script::{Say, Script};

/// What came of many runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Runs.
    pub runs: u64,
    /// Requests people tried to raise.
    pub tried: u64,
    /// Requests raised: what everything below is counted over.
    pub raised: u64,
    /// Of these, accepted by somebody.
    pub accepted: u64,
    /// Of these, without anybody at some moment.
    pub unfilled: u64,
    /// For each accepted request, milliseconds from raised to first accepted, in order.
    pub accepted_after: Vec<i64>,
    /// For each raised request, how many were asked, in order.
    pub asked: Vec<u32>,
    /// The first run that broke a rule: its seed, and which.
    pub breach: Option<(u64, Breach)>,
}

impl Outcome {
    fn add(&mut self, life: &Life) {
        self.tried += 1;
        if !life.raised {
            return;
        }
        self.raised += 1;
        self.unfilled += u64::from(life.unfilled);
        self.asked.push(life.asked);
        if let Some(after) = life.accepted_after {
            self.accepted += 1;
            self.accepted_after.push(after);
        }
    }
}

/// The value so many percent of the way through an ordered list.
pub fn percentile<T: Copy>(ordered: &[T], percent: usize) -> Option<T> {
    let last = ordered.len().checked_sub(1)?;
    ordered.get(last * percent / 100).copied()
}

/// Lives a scenario's requests so many times. The error says what the scenario lacks.
pub fn vary(script: &Script, seed: u64, runs: u64) -> Result<Outcome, String> {
    let asks: Vec<_> = script
        .lines
        .iter()
        .filter_map(|line| match &line.say {
            Say::Request(ask) => Some((line.at, ask.clone())),
            _ => None,
        })
        .collect();
    let start = asks.iter().map(|(at, _)| *at).min();
    let start = start.ok_or("no line raises a request")?;
    let ground = Ground {
        script: script.clone(),
        start,
        asks,
    };
    let mut outcome = Outcome {
        runs,
        ..Outcome::default()
    };
    for run in 0..runs {
        let seed = Rng::nth(seed, run).draw();
        let told = told(seed, Setting::new(&Core, &Honest).on(&ground));
        if let Some(wrong) = told.breaches.iter().find(|b| b.rule == "simulator") {
            return Err(wrong.what.clone());
        }
        told.figures.lives.iter().for_each(|life| outcome.add(life));
        let breach = told.breaches.into_iter().next();
        outcome.breach = outcome.breach.or(breach.map(|breach| (seed, breach)));
    }
    outcome.accepted_after.sort_unstable();
    outcome.asked.sort_unstable();
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_few_and_of_none() {
        assert_eq!(percentile::<u32>(&[], 50), None);
        assert_eq!(percentile(&[7], 90), Some(7));
        assert_eq!(percentile(&[1, 2, 3], 50), Some(2));
    }
}
