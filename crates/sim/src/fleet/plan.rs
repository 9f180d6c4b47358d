//! How a failure is told: as the shortest scenario, when the core alone shows it; else as the
//! shortest plan of wishes and faults that still breaks the rule, with what happened.

use super::fault::Element;
use super::{Episode, Setting, episode};
use crate::campaign::{Failure, Lived};
use crate::territory;
use std::fmt::Write as _;

/// Most events lived again in one shrinking.
const MOST_EVENTS: u64 = 400_000;
/// Most lines of a story.
const MOST_LINES: usize = 120;

/// Lives the episode of a seed; a failure is told.
pub fn lived(seed: u64, setting: Setting<'_>) -> Lived {
    let episode = episode(seed, None, setting, false);
    let failure = (!episode.breaches.is_empty()).then(|| failure(seed, &episode, setting));
    Lived {
        lives: episode.lives,
        inputs: episode.events,
        coverage: episode.coverage,
        hash: episode.hash,
        failure,
    }
}

/// An episode with its words.
#[derive(Debug, Clone)]
pub struct Told {
    /// What happened, line by line.
    pub story: Vec<String>,
    /// What did not hold.
    pub breaches: Vec<crate::check::Breach>,
    /// What became of the requests.
    pub figures: super::Figures,
}

/// Lives the episode of a seed and tells it whole.
pub fn told(seed: u64, setting: Setting<'_>) -> Told {
    let Episode {
        story,
        breaches,
        figures,
        ..
    } = episode(seed, None, setting, true);
    Told {
        story,
        breaches,
        figures,
    }
}

fn failure(seed: u64, found: &Episode, setting: Setting<'_>) -> Failure {
    let rules: Vec<_> = found.breaches.iter().map(|breach| breach.rule).collect();
    let plan = shrunk(seed, found, &rules, setting);
    let only = Some(plan.iter().copied().collect());
    let shortest = episode(seed, only, setting, true);
    let breaches = if shortest.breaches.is_empty() {
        found.breaches.clone()
    } else {
        shortest.breaches.clone()
    };
    let scenario = scenario(&shortest, setting);
    let story = scenario.unwrap_or_else(|| in_words(&plan, &shortest));
    Failure {
        seed,
        breaches,
        story,
    }
}

/// Leaves out wishes and faults, halves first, then fewer, while the same rule is broken.
fn shrunk(seed: u64, found: &Episode, rules: &[&str], setting: Setting<'_>) -> Vec<Element> {
    let mut left = MOST_EVENTS;
    let mut fails = |plan: &[Element]| {
        if left == 0 {
            return false;
        }
        let only = Some(plan.iter().copied().collect());
        let again = episode(seed, only, setting, false);
        left = left.saturating_sub(again.events + 50);
        again
            .breaches
            .iter()
            .any(|breach| rules.contains(&breach.rule))
    };
    let mut best = found.met.clone();
    let mut step = best.len().div_ceil(2);
    while step > 0 {
        let mut from = 0;
        while from < best.len() {
            let mut fewer = best.clone();
            fewer.drain(from..(from + step).min(best.len()));
            if fails(&fewer) {
                best = fewer;
            } else {
                from += step;
            }
        }
        step /= 2;
    }
    best
}

/// The same, when what was decided shows it without nodes.
fn scenario(shortest: &Episode, setting: Setting<'_>) -> Option<String> {
    let rules: Vec<_> = shortest.breaches.iter().map(|breach| breach.rule).collect();
    let again = territory::replay(&shortest.script, setting.engine);
    if !again.iter().any(|breach| rules.contains(&breach.rule)) {
        return None;
    }
    let short = territory::shorten(&shortest.script, &shortest.breaches, setting.engine);
    Some(format!("shortest scenario:\n\n{}", short.print()))
}

fn in_words(plan: &[Element], shortest: &Episode) -> String {
    let mut text = "shortest plan:\n".to_owned();
    for element in plan {
        let _ = match element {
            Element::Strikes(fault, what) => writeln!(text, "  {} ({what:016x})", fault.name()),
            Element::Wants(will) => writeln!(text, "  somebody wants something ({will:016x})"),
        };
    }
    text.push_str("what happened:\n");
    let from = shortest.story.len().saturating_sub(MOST_LINES);
    if from > 0 {
        let _ = writeln!(text, "  … {from} lines before");
    }
    for line in shortest.story.iter().skip(from) {
        let _ = writeln!(text, "  {line}");
    }
    text
}
