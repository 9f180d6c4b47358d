//! The shortest scenario that still fails: lines, people, terms and settings are taken away as
//! long as the same rule is broken.

use super::Episode;
use crate::check::Breach;
use crate::engine::Engine;
use crate::play::Play;
use crate::script::Script;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most lines replayed in one shrinking.
const MOST_LINES: usize = 400_000;

/// Replays a scenario; lines about what is not there do nothing.
pub fn replay(script: &Script, engine: &dyn Engine) -> Vec<Breach> {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let Ok(mut play) = Play::new(script, engine) else {
            return Vec::new();
        };
        for line in &script.lines {
            let _ = play.line(line);
            if !play.breaches.is_empty() {
                break;
            }
        }
        play.breaches
    }));
    let stopped = || {
        vec![Breach {
            rule: "I1",
            what: "the core stopped on an assertion".to_owned(),
        }]
    };
    played.unwrap_or_else(|_| stopped())
}

/// Shrinks the script of a failed episode.
pub fn shrink(episode: &Episode, engine: &dyn Engine) -> Script {
    shorten(&episode.script, &episode.breaches, engine)
}

/// Shrinks a script as long as one of the same rules is broken.
pub(crate) fn shorten(script: &Script, breaches: &[Breach], engine: &dyn Engine) -> Script {
    let rules: Vec<_> = breaches.iter().map(|breach| breach.rule).collect();
    let mut left = MOST_LINES;
    let mut fails = |script: &Script| {
        left = left.saturating_sub(script.lines.len() + 1);
        left > 0
            && replay(script, engine)
                .iter()
                .any(|breach| rules.contains(&breach.rule))
    };
    let mut best = script.clone();
    loop {
        let before = size(&best);
        best = fewer(
            &best,
            &mut fails,
            |s| s.lines.len(),
            |s, from, to| {
                s.lines.drain(from..to);
            },
        );
        best = fewer(
            &best,
            &mut fails,
            |s| s.people.len(),
            |s, from, to| {
                s.people.drain(from..to);
            },
        );
        for index in 0..best.people.len() {
            let count = |s: &Script| s.people.get(index).map_or(0, |p| p.clauses.len());
            best = fewer(&best, &mut fails, count, |s, from, to| {
                if let Some(person) = s.people.get_mut(index) {
                    person.clauses.drain(from..to);
                }
            });
        }
        best = fewer(
            &best,
            &mut fails,
            |s| s.network.len(),
            |s, from, to| {
                s.network.drain(from..to);
            },
        );
        if size(&best) == before {
            break;
        }
    }
    best.about = breaches
        .iter()
        .take(1)
        .map(|breach| format!("found: {breach}"))
        .collect();
    best
}

fn size(script: &Script) -> usize {
    let clauses: usize = script
        .people
        .iter()
        .map(|person| person.clauses.len())
        .sum();
    script.lines.len() + script.people.len() + clauses + script.network.len()
}

/// Takes parts away, halves first, then smaller, while it still fails.
fn fewer(
    script: &Script,
    fails: &mut dyn FnMut(&Script) -> bool,
    count: impl Fn(&Script) -> usize,
    remove: impl Fn(&mut Script, usize, usize),
) -> Script {
    let mut best = script.clone();
    let mut step = count(&best).div_ceil(2);
    while step > 0 {
        let mut from = 0;
        while from < count(&best) {
            let mut shorter = best.clone();
            remove(&mut shorter, from, (from + step).min(count(&best)));
            if fails(&shorter) {
                best = shorter;
            } else {
                from += step;
            }
        }
        step /= 2;
    }
    best
}
