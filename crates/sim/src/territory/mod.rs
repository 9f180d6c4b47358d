//! Seeded territories: a network, its people, their habits, requests over a day or a night with a
//! change of clocks, and everything that goes wrong on the way: inputs lost, repeated, out of
//! order, a late clock, a clock that jumps, a node asleep, a directory nobody read again.
//!
//! One episode is one territory with a few request lives. What was done is written down as a
//! scenario, so that a failure replays without chance and shrinks ([`shrink`]).

pub(crate) mod generate;
pub(crate) mod habits;
mod run;
mod shrink;

pub use generate::{Faults, territory};
pub use run::{Episode, episode};
pub(crate) use shrink::shorten;
pub use shrink::{replay, shrink};

use crate::campaign::{self, Failure, Length, Lived, Report};
use crate::engine::Engine;

/// Lives request lives on their territories; stops at the first failure.
pub fn simulate(length: Length, engine: &dyn Engine, progress: &mut dyn FnMut(u64)) -> Report {
    campaign::run(length, &|_, seed| lived(seed, engine), progress)
}

/// One episode; a failure is told by the shortest scenario.
pub fn lived(seed: u64, engine: &dyn Engine) -> Lived {
    let episode = episode(seed, engine);
    let failure = (!episode.breaches.is_empty()).then(|| Failure {
        seed,
        story: format!("shortest scenario:\n\n{}", shrink(&episode, engine).print()),
        breaches: episode.breaches.clone(),
    });
    Lived {
        lives: episode.lives,
        inputs: episode.inputs,
        coverage: episode.coverage,
        hash: episode.hash,
        failure,
    }
}
