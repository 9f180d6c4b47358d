//! Ten thousand request lives with faults break no invariant; the same seed lives them again, on
//! however many threads.

use relais_sim::campaign::{Length, Report};
use relais_sim::everything::{Layer, lived, simulate};
use std::num::NonZeroUsize;

/// A number given to the run, or the one of continuous integration.
fn knob(name: &str, usual: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn of(seed: u64, lives: u64, threads: usize) -> Report {
    let threads = NonZeroUsize::new(threads).expect("some threads");
    let length = Length::new(seed, lives).on(threads);
    simulate(length, Layer::Both, &mut |_| {})
}

#[test]
fn ten_thousand_lives_break_no_invariant_and_meet_every_fault() {
    let report = of(knob("RELAIS_SIM_SEED", 2026), 10_000, 2);
    if let Some(failure) = &report.failure {
        panic!("{failure}");
    }
    assert!(report.lives >= 10_000);
    let rare = report.coverage.rare(report.lives);
    assert!(rare.is_empty(), "never met: {rare:?}");
}

#[test]
fn the_same_seed_lives_the_same_on_one_thread_and_on_several() {
    let whole = |seed, threads| {
        let report = of(seed, 1_000, threads);
        (report.lives, report.inputs, report.hash, report.coverage)
    };
    assert_eq!(whole(7, 1), whole(7, 3));
    assert_ne!(whole(7, 1).2, whole(8, 1).2);
}

#[test]
fn each_of_two_hundred_seeds_lived_twice_leaves_the_same_trace() {
    for seed in 0..knob("RELAIS_SIM_SEEDS", 200) {
        let once = |()| {
            let lived = lived(Layer::Both, seed, seed.wrapping_mul(0x9E37_79B9));
            (lived.lives, lived.inputs, lived.hash, lived.coverage)
        };
        assert_eq!(once(()), once(()), "seed {seed}");
    }
}
