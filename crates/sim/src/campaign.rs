//! Many episodes on several threads, put together in the order of their numbers: the report is the
//! same whatever the number of threads (I14). Stops at the first failure, and tells it shortest.
//!
//! Owns seeds, shards and what is added up. Refuses to know what an episode is.

use crate::check::Breach;
use crate::coverage::Coverage;
use crate::rng::Rng;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

/// Episodes lived in one go by one thread. Part of the trace: a run stops at the end of a shard.
const SHARD: u64 = 16;

/// A failure: the seed of the episode, what did not hold, and the shortest story that shows it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Seed of the episode.
    pub seed: u64,
    /// What did not hold, in the whole episode.
    pub breaches: Vec<Breach>,
    /// The shortest story found: a scenario ready to paste into `scenarios/`, or a plan of faults
    /// with what happened.
    pub story: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        for breach in self.breaches.iter().take(5) {
            writeln!(f, "  {breach}")?;
        }
        write!(f, "{}", self.story)
    }
}

/// What one episode gave.
#[derive(Debug, Clone, Default)]
pub struct Lived {
    /// Request lives lived to their end.
    pub lives: u64,
    /// Inputs given to the core.
    pub inputs: u64,
    /// What was seen, and how often.
    pub coverage: Coverage,
    /// Hash of everything that happened (I14).
    pub hash: u64,
    /// What did not hold, with its shortest story.
    pub failure: Option<Failure>,
}

/// What a campaign gave.
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
    /// The first failure, in the order of the episodes.
    pub failure: Option<Failure>,
}

impl Report {
    fn add(&mut self, lived: &Lived) {
        self.lives += lived.lives;
        self.inputs += lived.inputs;
        self.coverage.add(&lived.coverage);
        self.hash = self.hash.rotate_left(7) ^ lived.hash;
    }
}

/// How long a campaign is, and on how many threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// The seed everything follows from.
    pub seed: u64,
    /// Request lives, at least.
    pub lives: u64,
    /// Threads; the report does not depend on it.
    pub threads: NonZeroUsize,
}

impl Length {
    /// On every core of the machine.
    pub fn new(seed: u64, lives: u64) -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            seed,
            lives,
            threads,
        }
    }

    /// On so many threads.
    pub const fn on(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }
}

/// Lives episodes, each from its number and its seed, until enough lives were lived or one failed.
/// `progress` hears of the lives lived so far, in order.
pub fn run(
    length: Length,
    episode: &(dyn Fn(u64, u64) -> Lived + Sync),
    progress: &mut dyn FnMut(u64),
) -> Report {
    let mut report = Report::default();
    let (next, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let (done, finished) = mpsc::sync_channel(length.threads.get() * 2);
    std::thread::scope(|scope| {
        for _ in 0..length.threads.get() {
            let (done, next, over) = (done.clone(), &next, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if done
                        .send((number, shard(length.seed, number, episode)))
                        .is_err()
                    {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut waiting: BTreeMap<u64, Vec<Lived>> = BTreeMap::new();
        let mut expected = 0;
        for (number, lived) in finished {
            waiting.insert(number, lived);
            while let Some(lived) = waiting.remove(&expected) {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                expected += 1;
                lived.iter().for_each(|one| report.add(one));
                progress(report.lives);
                report.failure = lived.into_iter().find_map(|one| one.failure);
                let enough = report.lives >= length.lives || report.failure.is_some();
                over.store(enough, Ordering::Relaxed);
            }
        }
    });
    report
}

/// A few episodes in a row, up to the first that fails.
fn shard(seed: u64, number: u64, episode: &(dyn Fn(u64, u64) -> Lived + Sync)) -> Vec<Lived> {
    let mut lived = Vec::new();
    for index in number * SHARD..(number + 1) * SHARD {
        let one = episode(index, Rng::nth(seed, index).draw());
        let failed = one.failure.is_some();
        lived.push(one);
        if failed {
            break;
        }
    }
    lived
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lived(index: u64, seed: u64) -> Lived {
        Lived {
            lives: 1 + index % 3,
            hash: seed,
            ..Lived::default()
        }
    }

    fn threads(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    #[test]
    fn the_report_is_the_same_on_one_thread_and_on_several() {
        let of = |n| {
            let length = Length::new(5, 1_000).on(threads(n));
            let report = run(length, &lived, &mut |_| {});
            (report.lives, report.hash)
        };
        assert_eq!(of(1), of(4));
        assert!(of(1).0 >= 1_000);
    }

    #[test]
    fn the_first_failure_in_order_is_told_whoever_finds_one_first() {
        let fails = |index: u64, seed: u64| Lived {
            failure: (index == 40 || index == 300).then(|| Failure {
                seed: index,
                breaches: Vec::new(),
                story: String::new(),
            }),
            ..lived(index, seed)
        };
        for n in [1, 3, 8] {
            let length = Length::new(5, 10_000).on(threads(n));
            let report = run(length, &fails, &mut |_| {});
            assert_eq!(report.failure.map(|failure| failure.seed), Some(40));
        }
    }
}
