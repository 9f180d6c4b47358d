//! Duties neglected by every node of a fleet, one at a time: each must be found within a bounded
//! number of lives, by the rule it breaks, and told by a plan that still shows it. Together with
//! the bugs planted in front of the core ([`crate::planted`]), they are what the simulator is
//! worth.

use relais_sim::campaign::{Length, run};
use relais_sim::engine::Core;
use relais_sim::fleet::duty::{Conduct, Duty};
use relais_sim::fleet::{Setting, lived};
use std::collections::BTreeSet;

/// Lives within which each is found.
const WITHIN: u64 = 20_000;

struct Neglects(Duty);

impl Conduct for Neglects {
    fn fulfils(&self, duty: Duty) -> bool {
        duty != self.0
    }
}

/// The rules that may notice each neglect.
const fn broken_by(duty: Duty) -> &'static [&'static str] {
    match duty {
        Duty::ChecksVersion => &["I1", "I8", "fold", "effects", "R4.6", "I3"],
        Duty::ReadsDirectory => &["I3", "R4.3", "R4.11", "R4.2"],
        Duty::WritesInOneCommit => &["I7", "R4.6"],
        Duty::CommitsBeforeSending => &["I7"],
        Duty::CommitsBeforeAnswering => &["Q1", "Q2"],
        Duty::ClaimsUntil => &["I7"],
        Duty::ClaimsAlone => &["I7"],
        Duty::MindsLease => &["I7", "R4.6"],
        Duty::FencesRecords => &["I7"],
        Duty::KeepsMessageKey => &["I7"],
        Duty::MatchesReceipts => &["R7"],
        Duty::Escalates => &["R7"],
        Duty::TriesAgain => &["I7"],
        Duty::TakesBack => &["R4.6"],
        Duty::FollowsUp => &["R4.6"],
        Duty::FindsDue => &["I8"],
        Duty::MindsOwnClock => &["I8"],
        Duty::DoubtsUnknown => &["Q2"],
        Duty::KeepsKey => &["Q2"],
        Duty::JudgesAgain => &["R4.8"],
        Duty::HearsOnce => &["R7"],
        Duty::LooksAgain => &["R4.11"],
        Duty::Expires => &["I7"],
    }
}

#[test]
fn every_neglected_duty_is_found_and_told() {
    let mut missed = Vec::new();
    for duty in Duty::ALL {
        let conduct = Neglects(*duty);
        let episode = |_, seed| lived(seed, Setting::new(&Core, &conduct));
        let report = run(Length::new(4, WITHIN), &episode, &mut |_| {});
        let Some(failure) = report.failure else {
            missed.push(format!("{duty:?} was not found in {} lives", report.lives));
            continue;
        };
        let rules: BTreeSet<_> = failure.breaches.iter().map(|breach| breach.rule).collect();
        if !rules.iter().any(|rule| broken_by(*duty).contains(rule)) {
            missed.push(format!("{duty:?} broke {rules:?}:\n{failure}"));
        }
        assert!(failure.story.contains("shortest"), "{duty:?}: {failure}");
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
