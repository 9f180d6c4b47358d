//! What launching would do, for the form: nothing is stored (R1, R5).

use super::stages::{judge_everybody, usual_stage};
use super::{Facts, Policy, Raise, Window, window};
use crate::matching::{Test, Verdict, rank};
use crate::people::Profession;
use crate::request::{SkipReason, Stage};
use crate::slug::Slug;
use crate::time::{Calendar, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// What launching would do, for the form: who, until when, who is left out and why (R5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The usual professionals who would be asked first, alone.
    pub usual: Vec<Verdict>,
    /// Why that stage would be skipped.
    pub skipped: Option<SkipReason>,
    /// Everybody of the network, judged for the community.
    pub community: Vec<Verdict>,
    /// The window.
    pub window: Window,
    /// The network is open now.
    pub open: bool,
    /// The profession asked.
    pub profession: Profession,
    /// The cooperation protocols of which one is asked.
    pub cooperations: BTreeSet<Slug>,
}

impl Preview {
    /// How many would be asked in all before the neighbours.
    pub fn eligible(&self) -> usize {
        let alone = self.usual.iter().filter(|verdict| verdict.asked());
        let everybody = self.community.iter().filter(|verdict| verdict.asked());
        let who = alone.chain(everybody).map(|verdict| verdict.professional);
        who.collect::<BTreeSet<_>>().len()
    }

    /// How many are left out, by their first failing test.
    pub fn excluded(&self) -> BTreeMap<Test, usize> {
        let mut counts = BTreeMap::new();
        for verdict in &self.community {
            let alone = self
                .usual
                .iter()
                .any(|u| u.professional == verdict.professional && u.asked());
            if let Some(finding) = verdict.first_failure().filter(|_| !alone) {
                *counts.entry(finding.test).or_insert(0) += 1;
            }
        }
        counts
    }
}

impl Preview {
    /// A protocol is asked and no member of the profession declared it: nothing but another profession,
    /// or a declaration, would change the count.
    pub fn undeclared(&self) -> bool {
        let passes = |verdict: &Verdict, test| {
            let made = verdict.findings.iter().find(|finding| finding.test == test);
            made.is_some_and(|finding| finding.ok)
        };
        let may = |verdict: &Verdict| {
            [Test::Membership, Test::Profession, Test::Cooperation]
                .into_iter()
                .all(|test| passes(verdict, test))
        };
        let everybody = || self.community.iter().chain(&self.usual);
        !self.cooperations.is_empty() && !everybody().any(may)
    }
}

/// What [`super::raise`] would do now; stores nothing.
pub fn preview(raise: Raise, now: Instant, facts: &Facts<'_>) -> Preview {
    let minutes = raise.window_minutes.unwrap_or(facts.policy.window_minutes);
    let state = super::decide::new_request(raise, now, facts.policy);
    let (calendar, policy): (&Calendar, &Policy) = (facts.calendar, facts.policy);
    let window = window(policy, calendar, now, minutes, state.care_deadline);
    let (usual, skipped) = match usual_stage(&state, facts, now) {
        Ok(verdicts) => (verdicts.into_iter().map(|(_, v)| v).collect(), None),
        Err((why, verdicts)) => (verdicts, Some(why)),
    };
    let everybody = judge_everybody(&state, facts, now, Stage::Community);
    let mut community: Vec<Verdict> = everybody.into_iter().map(|(_, v)| v).collect();
    rank(&mut community);
    let (profession, cooperations) = (state.need.profession, state.need.cooperations.clone());
    Preview {
        usual,
        skipped,
        community,
        window,
        open: calendar.is_open(now),
        profession,
        cooperations,
    }
}
