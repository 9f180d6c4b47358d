//! Seeded territories: a network, its people, their habits, requests over a day or a night with a
//! change of clocks, and everything that goes wrong on the way: inputs lost, repeated, out of
//! order, a late clock, a clock that jumps, a node asleep, a directory nobody read again.
//!
//! One episode is one territory with a few request lives. What was done is written down as a
//! scenario, so that a failure replays without chance and shrinks ([`shrink`]).

mod coverage;
mod generate;
mod habits;
mod run;
mod shrink;

pub use coverage::Coverage;
pub use generate::{Faults, territory};
pub use run::{Episode, episode};
pub use shrink::{replay, shrink};

use crate::check::Breach;
use crate::engine::Engine;
use crate::rng::Rng;

/// A failure: the seed of the episode, what did not hold, and the shortest scenario that shows it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Seed of the episode.
    pub seed: u64,
    /// What did not hold, in the whole episode.
    pub breaches: Vec<Breach>,
    /// The shortest scenario found, ready to paste into `scenarios/`.
    pub scenario: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        for breach in self.breaches.iter().take(5) {
            writeln!(f, "  {breach}")?;
        }
        writeln!(f, "shortest scenario:\n\n{}", self.scenario)
    }
}

/// What a simulation gave.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Request lives lived to their end.
    pub lives: u64,
    /// Inputs given to the core.
    pub inputs: u64,
    /// What was seen, and how often.
    pub coverage: Coverage,
    /// Hash of everything that happened (I14).
    pub hash: u64,
    /// The first failure.
    pub failure: Option<Failure>,
}

/// Lives at least so many request lives from a seed, and stops at the first failure.
pub fn simulate(seed: u64, lives: u64, engine: &dyn Engine) -> Report {
    let mut seeds = Rng::new(seed);
    let mut report = Report::default();
    while report.lives < lives && report.failure.is_none() {
        let seed = seeds.draw();
        let lived = episode(seed, engine);
        report.lives += lived.lives;
        report.inputs += lived.inputs;
        report.coverage.add(&lived.coverage);
        report.hash = report.hash.rotate_left(7) ^ lived.hash;
        if !lived.breaches.is_empty() {
            let scenario = shrink(&lived, engine).print();
            report.failure = Some(Failure {
                seed,
                breaches: lived.breaches,
                scenario,
            });
        }
    }
    report
}
