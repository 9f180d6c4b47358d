//! The walk: which question comes next, or where the contact goes. A *yes* towards 15 wins whatever
//! else was answered, in whatever order; a question not asked is never a *no* (R3).

use super::{
    Alarm, Answer, Ask, Elsewhere, End, Kind, Orientation, Part, Plan, Proposal, Reason, Sign,
    Step, Subject, Target, Towards,
};
use std::collections::BTreeMap;

/// The answers given so far. What is absent was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers(BTreeMap<Sign, Answer>);

impl Answers {
    /// Records an answer; a later one replaces an earlier one.
    pub fn give(&mut self, sign: Sign, answer: Answer) {
        self.0.insert(sign, answer);
    }

    /// Takes an answer back: the question counts as not asked.
    pub fn take_back(&mut self, sign: Sign) {
        self.0.remove(&sign);
    }

    /// The answer to a question, if it was asked.
    pub fn get(&self, sign: Sign) -> Option<Answer> {
        self.0.get(&sign).copied()
    }

    /// Forgets the answers to the motive's sheet (the motive changed).
    pub fn forget_sheet(&mut self) {
        self.0.retain(|sign, _| sign.part == Part::Trunk);
    }

    /// Every answer, trunk first, in the order of the sheets.
    pub fn iter(&self) -> impl Iterator<Item = (Sign, Answer)> + '_ {
        self.0.iter().map(|(sign, answer)| (*sign, *answer))
    }
}

/// The next step of a contact: pure, total, and the same for the same answers. `subject` is `None`
/// until a motive was chosen.
///
/// Order: any *yes* towards 15 stops at once; then the red flags of the trunk, the motive, the red
/// flags of the sheet. A *yes* towards the regulator or a *ne sait pas* settles that the regulator
/// takes the case, and the red flags left are still asked, since a later 15 wins; exclusions and
/// inclusions are then spared.
pub fn walk(trunk: &Plan, subject: Option<Subject<'_>>, answers: &Answers) -> Step {
    let sheet = match subject {
        Some(Subject::Sheet(plan)) => Some(plan),
        Some(Subject::Uncovered | Subject::Unlisted) | None => None,
    };
    let parts = || {
        let trunk = std::iter::once((Part::Trunk, trunk));
        trunk.chain(sheet.map(|plan| (Part::Sheet, plan)))
    };
    let alarms: Vec<_> = parts()
        .flat_map(|(part, plan)| questions(part, plan))
        .filter(|(sign, ask)| {
            ask.on_yes() == Some(Target::Fifteen) && answers.get(*sign) == Some(Answer::Yes)
        })
        .map(|(sign, _)| sign)
        .collect();
    if !alarms.is_empty() {
        return Step::Fifteen(alarms);
    }

    let mut reasons = Vec::new();
    if let Some(open) = red_flags(Part::Trunk, trunk, answers, &mut reasons) {
        return Step::Ask(open);
    }
    match subject {
        None => Step::ChooseMotive,
        Some(Subject::Uncovered) if reasons.is_empty() => Step::Done(Orientation::Uncovered),
        Some(Subject::Uncovered) => regulator(reasons, None),
        Some(Subject::Unlisted) => unlisted(trunk, reasons),
        Some(Subject::Sheet(plan)) => through(plan, answers, reasons),
    }
}

fn questions(part: Part, plan: &Plan) -> impl Iterator<Item = (Sign, &Ask)> {
    plan.asks
        .iter()
        .enumerate()
        .map(move |(index, ask)| (Sign { part, index }, ask))
}

/// Reads the red flags of a sheet; the first one not asked, or the reasons for the regulator.
fn red_flags(
    part: Part,
    plan: &Plan,
    answers: &Answers,
    reasons: &mut Vec<Reason>,
) -> Option<Sign> {
    for (sign, ask) in questions(part, plan) {
        let Kind::RedFlag(alarm) = ask.kind else {
            continue;
        };
        match (answers.get(sign), alarm) {
            (None, _) => return Some(sign),
            (Some(Answer::Unknown), _) => reasons.push(Reason::Unknown(sign)),
            (Some(Answer::Yes), Alarm::Regulator) => reasons.push(Reason::Yes(sign)),
            // A yes towards 15 never comes here: `walk` stopped at it.
            (Some(Answer::Yes | Answer::No), _) => {}
        }
    }
    None
}

/// The sheet of the motive, once the trunk was answered.
fn through(plan: &Plan, answers: &Answers, mut reasons: Vec<Reason>) -> Step {
    if let Some(open) = red_flags(Part::Sheet, plan, answers, &mut reasons) {
        return Step::Ask(open);
    }
    let proposal = proposal(plan);
    if !reasons.is_empty() {
        return regulator(reasons, proposal);
    }
    let mut way = None;
    for (sign, ask) in questions(Part::Sheet, plan) {
        let Kind::Exclusion(target) = &ask.kind else {
            continue;
        };
        if !due(ask, answers) {
            continue;
        }
        match answers.get(sign) {
            None => return Step::Ask(sign),
            Some(Answer::No) => {}
            Some(Answer::Unknown) => return regulator(vec![Reason::Unknown(sign)], proposal),
            Some(Answer::Yes) if *target == Target::Regulator => {
                return regulator(vec![Reason::Yes(sign)], proposal);
            }
            Some(Answer::Yes) if way.is_none() => way = Some((sign, target)),
            Some(Answer::Yes) => {}
        }
    }
    let narrowed = way.and_then(|(_, target)| narrows(plan, target));
    if let (Some((sign, target)), None) = (way, narrowed) {
        return leave(plan, sign, target);
    }
    for (sign, ask) in questions(Part::Sheet, plan) {
        if ask.kind != Kind::Inclusion || !due(ask, answers) {
            continue;
        }
        match answers.get(sign) {
            None => return Step::Ask(sign),
            Some(Answer::Yes) => {}
            Some(Answer::No) => return regulator(vec![Reason::NotIncluded(sign)], proposal),
            Some(Answer::Unknown) => return regulator(vec![Reason::Unknown(sign)], proposal),
        }
    }
    narrowed.map_or_else(|| end(plan), |only| launch(plan, vec![only.clone()]))
}

/// The profession an exclusion keeps among those of the sheet's own end. The case is still the
/// sheet's, so its inclusions are asked; any other target leaves the sheet.
fn narrows<'a>(plan: &Plan, target: &'a Target) -> Option<&'a Towards> {
    match (target, &plan.end) {
        (Target::Cascade(only), End::Cascade(all)) if all.contains(only) => Some(only),
        _ => None,
    }
}

/// Whether a question's condition is met: only a given answer meets one.
fn due(ask: &Ask, answers: &Answers) -> bool {
    ask.only_if.is_none_or(|condition| {
        let sign = Sign {
            part: Part::Sheet,
            index: condition.question,
        };
        answers.get(sign) == Some(condition.answer)
    })
}

fn leave(plan: &Plan, sign: Sign, target: &Target) -> Step {
    let by = Some(sign);
    match target {
        Target::Fifteen => Step::Fifteen(vec![sign]),
        Target::Regulator => regulator(vec![Reason::Yes(sign)], proposal(plan)),
        Target::Cascade(towards) => launch(plan, vec![towards.clone()]),
        Target::PoisonCentre => elsewhere(Elsewhere::PoisonCentre, by),
        Target::UsualDoctor => elsewhere(Elsewhere::UsualDoctor, by),
    }
}

fn end(plan: &Plan) -> Step {
    match &plan.end {
        End::Fifteen => Step::Fifteen(Vec::new()),
        End::Regulator => regulator(vec![Reason::Sheet], None),
        End::Cascade(towards) if towards.is_empty() => regulator(vec![Reason::Sheet], None),
        End::Cascade(towards) => launch(plan, towards.clone()),
        End::PoisonCentre => elsewhere(Elsewhere::PoisonCentre, None),
        End::UsualDoctor => elsewhere(Elsewhere::UsualDoctor, None),
    }
}

/// An unlisted motive goes where the trunk ends; a trunk can only end at 15 or at the regulator.
fn unlisted(trunk: &Plan, mut reasons: Vec<Reason>) -> Step {
    if trunk.end == End::Fifteen {
        return Step::Fifteen(Vec::new());
    }
    reasons.push(Reason::Unlisted);
    regulator(reasons, None)
}

fn launch(plan: &Plan, towards: Vec<Towards>) -> Step {
    let proposal = with(plan, towards);
    if plan.advice_first {
        regulator(vec![Reason::AdviceFirst], Some(proposal))
    } else {
        Step::Done(Orientation::Cascade(proposal))
    }
}

fn proposal(plan: &Plan) -> Option<Proposal> {
    match &plan.end {
        End::Cascade(towards) if !towards.is_empty() => Some(with(plan, towards.clone())),
        End::Cascade(_) | End::Fifteen | End::Regulator | End::PoisonCentre | End::UsualDoctor => {
            None
        }
    }
}

const fn with(plan: &Plan, towards: Vec<Towards>) -> Proposal {
    Proposal {
        towards,
        mode: plan.mode,
        within_hours: plan.within_hours,
    }
}

const fn regulator(reasons: Vec<Reason>, then: Option<Proposal>) -> Step {
    Step::Done(Orientation::Regulator { reasons, then })
}

const fn elsewhere(to: Elsewhere, by: Option<Sign>) -> Step {
    Step::Done(Orientation::Elsewhere { to, by })
}
