//! What a sheet must hold before anybody may follow it: red flags first and unconditional, every
//! question and every end reachable, no condition that waits for itself.

use super::walk::{Answers, walk};
use super::{Answer, End, Kind, Orientation, Part, Plan, Sign, Step, Subject, Target};
use std::collections::BTreeSet;

/// What is wrong with a sheet. Places count from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No red flag at all in the trunk, or no question and no end worth one.
    NoRedFlag,
    /// This red flag, or question leading to 15, comes after another kind of question.
    RedFlagLate(usize),
    /// This question leads to 15 and is no red flag.
    FifteenNotRedFlag(usize),
    /// This red flag is asked under a condition.
    RedFlagConditional(usize),
    /// The condition of this question leads back to itself.
    Cycle(usize),
    /// The condition of this question names a question that comes later, or does not exist.
    ConditionLater(usize),
    /// No answers lead to this question.
    Unreachable(usize),
    /// The end of the sheet cannot be reached, or is a cascade towards nobody.
    EndUnreachable,
    /// The trunk holds a question other than red flags and notes, or ends in a cascade.
    TrunkOnly(Option<usize>),
}

/// Everything wrong with a sheet, in the order of its questions; empty when it may be followed.
pub fn faults(part: Part, plan: &Plan) -> Vec<Fault> {
    let mut found = BTreeSet::new();
    let mut late = false;
    let mut flags = false;
    for (index, ask) in plan.asks.iter().enumerate() {
        if matches!(ask.kind, Kind::RedFlag(_)) {
            flags = true;
            if late {
                found.insert(Fault::RedFlagLate(index));
            }
            if ask.only_if.is_some() {
                found.insert(Fault::RedFlagConditional(index));
            }
            continue;
        }
        late = true;
        if ask.on_yes() == Some(Target::Fifteen) {
            found.insert(Fault::FifteenNotRedFlag(index));
        }
        if part == Part::Trunk && ask.kind != Kind::Note {
            found.insert(Fault::TrunkOnly(Some(index)));
        }
        if let Some(condition) = ask.only_if {
            if chain(plan, index).is_none() {
                found.insert(Fault::Cycle(index));
            } else if condition.question >= index {
                found.insert(Fault::ConditionLater(index));
            }
        }
    }
    if part == Part::Trunk {
        if !flags {
            found.insert(Fault::NoRedFlag);
        }
        if !matches!(plan.end, End::Fifteen | End::Regulator) {
            found.insert(Fault::TrunkOnly(None));
        }
    } else if !flags && matches!(plan.end, End::Cascade(_)) {
        found.insert(Fault::NoRedFlag);
    }
    if found.is_empty() && part == Part::Sheet {
        let (asked, ends) = tour(plan);
        for (index, ask) in plan.asks.iter().enumerate() {
            if ask.kind != Kind::Note && !asked.contains(&index) {
                found.insert(Fault::Unreachable(index));
            }
        }
        if !ends {
            found.insert(Fault::EndUnreachable);
        }
    }
    found.into_iter().collect()
}

/// Targets among those given that no path of the sheet reaches, in the order given. A cascade that
/// waits for a doctor's advice counts as reached.
pub fn unreached(plan: &Plan, targets: &[Target]) -> Vec<Target> {
    let (asked, ends) = tour(plan);
    let mut reached: BTreeSet<Target> = BTreeSet::new();
    for (index, ask) in plan.asks.iter().enumerate() {
        if !asked.contains(&index) {
            continue;
        }
        reached.extend(ask.on_yes());
        if ask.kind != Kind::Note {
            // "Ne sait pas" is always for the regulator.
            reached.insert(Target::Regulator);
        }
    }
    if ends {
        match &plan.end {
            End::Fifteen => drop(reached.insert(Target::Fifteen)),
            End::Regulator => drop(reached.insert(Target::Regulator)),
            End::Cascade(towards) => reached.extend(towards.iter().cloned().map(Target::Cascade)),
            End::PoisonCentre => drop(reached.insert(Target::PoisonCentre)),
            End::UsualDoctor => drop(reached.insert(Target::UsualDoctor)),
        }
    }
    let missing = targets.iter().filter(|target| !reached.contains(target));
    missing.cloned().collect()
}

/// The answers the conditions behind a question need, itself excluded; `None` when they turn in
/// a circle. Answers needed twice differently show as an unreachable question.
fn chain(plan: &Plan, index: usize) -> Option<Vec<(usize, Answer)>> {
    let mut needed = Vec::new();
    let mut at = index;
    while let Some(condition) = plan.asks.get(at).and_then(|ask| ask.only_if) {
        needed.push((condition.question, condition.answer));
        if condition.question == index || needed.len() > plan.asks.len() {
            return None;
        }
        at = condition.question;
    }
    Some(needed)
}

/// Which questions some answers lead to, and whether the end is reached. For each question, the
/// answers its conditions need are given and every other one the answer that leads furthest: *no*
/// to a red flag or exclusion, *yes* to an inclusion.
fn tour(plan: &Plan) -> (BTreeSet<usize>, bool) {
    let mut asked = BTreeSet::new();
    let mut ends = false;
    for goal in 0..=plan.asks.len() {
        let needed = chain(plan, goal).unwrap_or_default();
        let (seen, end) = furthest(plan, &needed);
        asked.extend(seen);
        ends |= end;
    }
    (asked, ends)
}

fn furthest(plan: &Plan, needed: &[(usize, Answer)]) -> (BTreeSet<usize>, bool) {
    let trunk = Plan {
        asks: Vec::new(),
        end: End::Regulator,
        within_hours: None,
        mode: None,
        advice_first: false,
    };
    let mut answers = Answers::default();
    let mut seen = BTreeSet::new();
    loop {
        match walk(&trunk, Some(Subject::Sheet(plan)), &answers) {
            Step::Ask(Sign { index, .. }) => {
                seen.insert(index);
                let wanted = needed.iter().find(|(question, _)| *question == index);
                let kind = plan.asks.get(index).map(|ask| &ask.kind);
                let answer = match (wanted, kind) {
                    (Some((_, answer)), _) => *answer,
                    (None, Some(Kind::Inclusion)) => Answer::Yes,
                    (None, _) => Answer::No,
                };
                let part = Part::Sheet;
                answers.give(Sign { part, index }, answer);
            }
            step => return (seen, is_end(plan, &step)),
        }
    }
}

/// Whether the walk came to the sheet's own end.
fn is_end(plan: &Plan, step: &Step) -> bool {
    match (&plan.end, step) {
        (End::Fifteen, Step::Fifteen(signs)) => signs.is_empty(),
        (End::Regulator, Step::Done(Orientation::Regulator { reasons, .. })) => {
            reasons.iter().all(|reason| reason.sign().is_none())
        }
        (End::Cascade(towards), Step::Done(orientation)) => match orientation {
            Orientation::Cascade(proposal) => proposal.towards == *towards,
            Orientation::Regulator { reasons, then } => {
                then.is_some() && reasons.iter().all(|reason| reason.sign().is_none())
            }
            Orientation::Elsewhere { .. } | Orientation::Uncovered => false,
        },
        (End::PoisonCentre | End::UsualDoctor, Step::Done(Orientation::Elsewhere { by, .. })) => {
            by.is_none()
        }
        _ => false,
    }
}
