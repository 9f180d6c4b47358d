//! The walk through the sheets (R3), over random sheets and random answers: no *yes* towards 15 and
//! no *ne sait pas* on a red flag ever ends in a cascade, a question not asked is never a *no*, and
//! the walk always ends. Then the faults that keep a sheet from being followed.

use proptest::prelude::*;
use relais_core::people::Profession;
use relais_core::request::RedFlags;
use relais_core::triage::{
    Alarm, Answer, Answers, Ask, Condition, End, Fault, Kind, Orientation, Part, Plan, Reason,
    Sign, Step, Subject, Target, Towards, faults, unreached, walk,
};

const fn gp() -> Towards {
    towards(Profession::Gp)
}

const fn towards(profession: Profession) -> Towards {
    Towards {
        profession,
        specialty: None,
    }
}

const fn flag(alarm: Alarm) -> Ask {
    Ask::always(Kind::RedFlag(alarm))
}

const fn unless(target: Target) -> Ask {
    Ask::always(Kind::Exclusion(target))
}

fn plan(asks: Vec<Ask>, end: End) -> Plan {
    Plan {
        asks,
        end,
        within_hours: Some(24),
        mode: None,
        advice_first: false,
    }
}

fn trunk() -> Plan {
    plan(
        vec![flag(Alarm::Fifteen), flag(Alarm::Regulator)],
        End::Regulator,
    )
}

const fn at(part: Part, index: usize) -> Sign {
    Sign { part, index }
}

fn given(list: &[(Part, usize, Answer)]) -> Answers {
    let mut answers = Answers::default();
    for (part, index, answer) in list {
        answers.give(at(*part, *index), *answer);
    }
    answers
}

fn any_target() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::Regulator),
        Just(Target::Cascade(towards(Profession::Pharmacist))),
        Just(Target::PoisonCentre),
        Just(Target::UsualDoctor),
    ]
}

fn any_flag() -> impl Strategy<Value = Ask> {
    prop_oneof![Just(flag(Alarm::Fifteen)), Just(flag(Alarm::Regulator))]
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Yes),
        Just(Answer::No),
        Just(Answer::No),
        Just(Answer::Unknown)
    ]
}

fn any_end() -> impl Strategy<Value = End> {
    prop_oneof![
        Just(End::Fifteen),
        Just(End::Regulator),
        Just(End::PoisonCentre),
        Just(End::UsualDoctor),
        Just(End::Cascade(vec![gp(), towards(Profession::Pharmacist)])),
    ]
}

/// Sheets in any order, with any condition: worse than what may be stored, on purpose.
fn any_plan() -> impl Strategy<Value = Plan> {
    let ask = prop_oneof![
        3 => any_flag(),
        2 => any_target().prop_map(unless),
        1 => Just(unless(Target::Fifteen)),
        1 => Just(Ask::always(Kind::Inclusion)),
        1 => Just(Ask::always(Kind::Note)),
    ];
    let condition = proptest::option::of((0_usize..8, any_answer()));
    let asks = proptest::collection::vec((ask, condition), 0..8);
    (asks, any_end(), any::<bool>()).prop_map(|(asks, end, advice_first)| Plan {
        asks: asks
            .into_iter()
            .map(|(mut ask, condition)| {
                ask.only_if = condition
                    .filter(|_| !matches!(ask.kind, Kind::RedFlag(_)))
                    .map(|(question, answer)| Condition { question, answer });
                ask
            })
            .collect(),
        end,
        within_hours: Some(12),
        mode: None,
        advice_first,
    })
}

fn any_trunk() -> impl Strategy<Value = Plan> {
    proptest::collection::vec(any_flag(), 0..6).prop_map(|asks| plan(asks, End::Regulator))
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let sign = (any::<bool>(), 0_usize..8)
        .prop_map(|(first, index)| at(if first { Part::Trunk } else { Part::Sheet }, index));
    proptest::collection::vec((sign, any_answer()), 0..16).prop_map(|list| {
        let mut answers = Answers::default();
        for (sign, answer) in list {
            answers.give(sign, answer);
        }
        answers
    })
}

fn is_cascade(step: &Step) -> bool {
    matches!(
        step,
        Step::Done(Orientation::Cascade(_) | Orientation::Uncovered)
    )
}

fn all<'a>(trunk: &'a Plan, sheet: &'a Plan) -> impl Iterator<Item = (Sign, &'a Ask)> {
    let of = |part, plan: &'a Plan| {
        plan.asks
            .iter()
            .enumerate()
            .map(move |(index, ask)| (at(part, index), ask))
    };
    of(Part::Trunk, trunk).chain(of(Part::Sheet, sheet))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_yes_towards_15_always_ends_at_15(trunk in any_trunk(), sheet in any_plan(), answers in any_answers()) {
        let step = walk(&trunk, Some(Subject::Sheet(&sheet)), &answers);
        let alarm = all(&trunk, &sheet).any(|(sign, ask)| {
            ask.on_yes() == Some(Target::Fifteen) && answers.get(sign) == Some(Answer::Yes)
        });
        if alarm {
            prop_assert!(matches!(&step, Step::Fifteen(signs) if !signs.is_empty()), "{step:?}");
            prop_assert!(!is_cascade(&step.clone().overridden()));
            prop_assert!(matches!(
                step.overridden().with_regulator(false),
                Step::Fifteen(_)
            ));
        }
    }

    #[test]
    fn doubt_or_silence_on_a_red_flag_never_starts_a_cascade(trunk in any_trunk(), sheet in any_plan(), answers in any_answers()) {
        let step = walk(&trunk, Some(Subject::Sheet(&sheet)), &answers);
        let doubt = all(&trunk, &sheet).any(|(sign, ask)| {
            matches!(ask.kind, Kind::RedFlag(_))
                && matches!(answers.get(sign), None | Some(Answer::Unknown))
        });
        prop_assert!(!(doubt && is_cascade(&step)), "{step:?}");
        let for_a_doctor = all(&trunk, &sheet).any(|(sign, ask)| {
            ask.kind == Kind::RedFlag(Alarm::Regulator) && answers.get(sign) == Some(Answer::Yes)
        });
        prop_assert!(!(for_a_doctor && is_cascade(&step)), "{step:?}");
    }

    #[test]
    fn nobody_on_duty_means_15(trunk in any_trunk(), sheet in any_plan(), answers in any_answers()) {
        let step = walk(&trunk, Some(Subject::Sheet(&sheet)), &answers);
        let alone = step.clone().with_regulator(false);
        prop_assert!(!matches!(alone, Step::Done(Orientation::Regulator { .. })), "an unattended case: {alone:?}");
        prop_assert_eq!(step.clone().with_regulator(true), step);
    }

    #[test]
    fn the_walk_asks_each_question_once_and_ends(trunk in any_trunk(), sheet in any_plan(), script in proptest::collection::vec(any_answer(), 16)) {
        let mut answers = Answers::default();
        let mut script = script.into_iter();
        let most = trunk.asks.len() + sheet.asks.len();
        let mut asked = 0;
        let end = loop {
            match walk(&trunk, Some(Subject::Sheet(&sheet)), &answers) {
                Step::Ask(sign) => {
                    prop_assert_eq!(answers.get(sign), None);
                    answers.give(sign, script.next().unwrap());
                    asked += 1;
                    prop_assert!(asked <= most);
                }
                step => break step,
            }
        };
        prop_assert!(!matches!(end, Step::ChooseMotive));
        // An answer taken back is asked again, or the outcome had not waited for it.
        for (sign, ask) in all(&trunk, &sheet) {
            if matches!(ask.kind, Kind::RedFlag(_)) && answers.get(sign) == Some(Answer::No) {
                let mut without = answers.clone();
                without.take_back(sign);
                let step = walk(&trunk, Some(Subject::Sheet(&sheet)), &without);
                prop_assert!(!is_cascade(&step), "a question not asked counted as no: {step:?}");
            }
        }
    }

    #[test]
    fn a_sheet_without_fault_is_walked_to_every_question(mut sheet in any_plan()) {
        // Random order is nearly always faulty: put it right, and keep the conditions that look back.
        sheet.asks.sort_by_key(|ask| !matches!(ask.kind, Kind::RedFlag(_)));
        for (index, ask) in sheet.asks.iter_mut().enumerate() {
            ask.only_if = ask.only_if.filter(|condition| condition.question < index);
        }
        if !faults(Part::Sheet, &sheet).is_empty() {
            return Ok(());
        }
        let none = plan(Vec::new(), End::Regulator);
        for goal in 0..sheet.asks.len() {
            if sheet.asks[goal].kind == Kind::Note {
                continue;
            }
            // Every one of the answers to the others, as far as eight questions go.
            let others: Vec<_> = (0..sheet.asks.len()).filter(|i| *i != goal).collect();
            let mut met = false;
            for code in 0..3_u32.pow(u32::try_from(others.len()).unwrap()) {
                let mut answers = Answers::default();
                let mut left = code;
                for other in &others {
                    answers.give(at(Part::Sheet, *other), Answer::ALL[left as usize % 3]);
                    left /= 3;
                }
                met |= walk(&none, Some(Subject::Sheet(&sheet)), &answers)
                    == Step::Ask(at(Part::Sheet, goal));
            }
            prop_assert!(met, "question {goal} of {sheet:?}");
        }
    }
}

#[test]
fn the_trunk_comes_first_then_the_motive_then_its_sheet() {
    let sheet = plan(
        vec![flag(Alarm::Fifteen), Ask::always(Kind::Inclusion)],
        End::Cascade(vec![gp()]),
    );
    let mut answers = Answers::default();
    let (trunk, subject) = (trunk(), Subject::Sheet(&sheet));
    assert_eq!(walk(&trunk, None, &answers), Step::Ask(at(Part::Trunk, 0)));
    answers.give(at(Part::Trunk, 0), Answer::No);
    answers.give(at(Part::Trunk, 1), Answer::No);
    assert_eq!(walk(&trunk, None, &answers), Step::ChooseMotive);
    assert_eq!(
        walk(&trunk, Some(subject), &answers),
        Step::Ask(at(Part::Sheet, 0))
    );
    answers.give(at(Part::Sheet, 0), Answer::No);
    answers.give(at(Part::Sheet, 1), Answer::Yes);
    let step = walk(&trunk, Some(subject), &answers);
    let Step::Done(Orientation::Cascade(proposal)) = &step else {
        panic!("{step:?}");
    };
    assert_eq!(proposal.towards, vec![gp()]);
    assert_eq!(proposal.within_hours, Some(24));
    assert_eq!(step.red_flags(), Some(RedFlags::None));
}

#[test]
fn a_later_15_wins_over_an_earlier_regulator() {
    let sheet = plan(
        vec![flag(Alarm::Regulator), flag(Alarm::Fifteen)],
        End::Cascade(vec![gp()]),
    );
    let mut answers = given(&[
        (Part::Trunk, 0, Answer::No),
        (Part::Trunk, 1, Answer::Unknown),
        (Part::Sheet, 0, Answer::Yes),
    ]);
    let (trunk, subject) = (trunk(), Some(Subject::Sheet(&sheet)));
    // Settled for the regulator, and still asked.
    assert_eq!(
        walk(&trunk, subject, &answers),
        Step::Ask(at(Part::Sheet, 1))
    );
    answers.give(at(Part::Sheet, 1), Answer::No);
    let step = walk(&trunk, subject, &answers);
    let Step::Done(Orientation::Regulator { reasons, then }) = &step else {
        panic!("{step:?}");
    };
    assert_eq!(
        *reasons,
        vec![
            Reason::Unknown(at(Part::Trunk, 1)),
            Reason::Yes(at(Part::Sheet, 0))
        ]
    );
    assert!(then.is_some());
    assert_eq!(step.red_flags(), Some(RedFlags::Unknown));
    answers.give(at(Part::Sheet, 1), Answer::Yes);
    let fifteen = walk(&trunk, subject, &answers);
    assert_eq!(fifteen, Step::Fifteen(vec![at(Part::Sheet, 1)]));
    assert_eq!(fifteen.red_flags(), Some(RedFlags::Present));
}

#[test]
fn another_way_spares_the_inclusion_and_an_inclusion_not_met_is_for_a_doctor() {
    let pharmacy = Target::Cascade(towards(Profession::Pharmacist));
    let sheet = plan(
        vec![
            flag(Alarm::Fifteen),
            unless(pharmacy),
            unless(Target::UsualDoctor),
            Ask::always(Kind::Inclusion),
        ],
        End::Cascade(vec![gp()]),
    );
    let none = plan(Vec::new(), End::Regulator);
    let ask = |answers: &Answers| walk(&none, Some(Subject::Sheet(&sheet)), answers);
    let mut answers = given(&[(Part::Sheet, 0, Answer::No), (Part::Sheet, 1, Answer::Yes)]);
    assert_eq!(ask(&answers), Step::Ask(at(Part::Sheet, 2)));
    answers.give(at(Part::Sheet, 2), Answer::No);
    assert!(
        matches!(ask(&answers), Step::Done(Orientation::Cascade(p)) if p.towards == vec![towards(Profession::Pharmacist)])
    );
    answers.give(at(Part::Sheet, 1), Answer::No);
    answers.give(at(Part::Sheet, 2), Answer::Yes);
    assert!(
        matches!(ask(&answers), Step::Done(Orientation::Elsewhere { by, .. }) if by == Some(at(Part::Sheet, 2)))
    );
    answers.give(at(Part::Sheet, 2), Answer::No);
    answers.give(at(Part::Sheet, 3), Answer::No);
    assert!(
        matches!(ask(&answers), Step::Done(Orientation::Regulator { reasons, .. }) if reasons == vec![Reason::NotIncluded(at(Part::Sheet, 3))])
    );
}

#[test]
fn a_motive_without_a_sheet_is_free_and_one_outside_the_list_is_for_a_doctor() {
    let trunk = trunk();
    let answers = given(&[(Part::Trunk, 0, Answer::No), (Part::Trunk, 1, Answer::No)]);
    assert_eq!(
        walk(&trunk, Some(Subject::Uncovered), &answers),
        Step::Done(Orientation::Uncovered)
    );
    assert!(matches!(
        walk(&trunk, Some(Subject::Unlisted), &answers),
        Step::Done(Orientation::Regulator { reasons, .. }) if reasons == vec![Reason::Unlisted]
    ));
}

#[test]
fn advice_first_keeps_the_cascade_behind_the_regulator() {
    let mut sheet = plan(vec![flag(Alarm::Fifteen)], End::Cascade(vec![gp()]));
    sheet.advice_first = true;
    let none = plan(Vec::new(), End::Regulator);
    let answers = given(&[(Part::Sheet, 0, Answer::No)]);
    assert!(matches!(
        walk(&none, Some(Subject::Sheet(&sheet)), &answers),
        Step::Done(Orientation::Regulator { reasons, then: Some(_) }) if reasons == vec![Reason::AdviceFirst]
    ));
    assert_eq!(faults(Part::Sheet, &sheet), Vec::new());
    assert_eq!(unreached(&sheet, &[Target::Cascade(gp())]), Vec::new());
}

#[test]
fn a_sheet_that_cannot_be_followed_is_refused_with_the_place() {
    let when = |kind, question, answer| Ask {
        kind,
        only_if: Some(Condition { question, answer }),
    };
    let note = || Ask::always(Kind::Note);
    let cases = [
        (vec![note(), flag(Alarm::Fifteen)], Fault::RedFlagLate(1)),
        (
            vec![flag(Alarm::Fifteen), unless(Target::Fifteen)],
            Fault::FifteenNotRedFlag(1),
        ),
        (
            vec![
                flag(Alarm::Fifteen),
                when(Kind::RedFlag(Alarm::Fifteen), 0, Answer::No),
            ],
            Fault::RedFlagConditional(1),
        ),
        (
            vec![
                flag(Alarm::Fifteen),
                when(Kind::Exclusion(Target::Regulator), 2, Answer::No),
                when(Kind::Exclusion(Target::Regulator), 1, Answer::No),
            ],
            Fault::Cycle(1),
        ),
        (
            vec![
                flag(Alarm::Fifteen),
                when(Kind::Exclusion(Target::Regulator), 2, Answer::No),
                unless(Target::Regulator),
            ],
            Fault::ConditionLater(1),
        ),
        (
            vec![
                flag(Alarm::Fifteen),
                when(Kind::Exclusion(Target::Regulator), 0, Answer::Yes),
            ],
            Fault::Unreachable(1),
        ),
        (vec![note()], Fault::NoRedFlag),
    ];
    for (asks, fault) in cases {
        let sheet = plan(asks, End::Cascade(vec![gp()]));
        assert!(
            faults(Part::Sheet, &sheet).contains(&fault),
            "{fault:?} in {:?} of {sheet:?}",
            faults(Part::Sheet, &sheet)
        );
    }
    let nobody = plan(vec![flag(Alarm::Fifteen)], End::Cascade(Vec::new()));
    assert_eq!(faults(Part::Sheet, &nobody), vec![Fault::EndUnreachable]);
    let trunk = plan(
        vec![flag(Alarm::Fifteen), Ask::always(Kind::Inclusion)],
        End::Cascade(vec![gp()]),
    );
    assert_eq!(
        faults(Part::Trunk, &trunk),
        vec![Fault::TrunkOnly(None), Fault::TrunkOnly(Some(1))]
    );
    let sheet = plan(vec![flag(Alarm::Fifteen)], End::Cascade(vec![gp()]));
    assert_eq!(
        unreached(&sheet, &[Target::Fifteen, Target::PoisonCentre]),
        vec![Target::PoisonCentre]
    );
}

#[test]
fn an_exclusion_towards_a_profession_of_the_sheet_keeps_its_inclusion() {
    let sheet = plan(
        vec![
            flag(Alarm::Fifteen),
            unless(Target::Cascade(gp())),
            Ask::always(Kind::Inclusion),
        ],
        End::Cascade(vec![towards(Profession::Pharmacist), gp()]),
    );
    let none = plan(Vec::new(), End::Regulator);
    let mut answers = given(&[(Part::Sheet, 0, Answer::No), (Part::Sheet, 1, Answer::Yes)]);
    let ask = |answers: &Answers| walk(&none, Some(Subject::Sheet(&sheet)), answers);
    assert_eq!(ask(&answers), Step::Ask(at(Part::Sheet, 2)));
    answers.give(at(Part::Sheet, 2), Answer::Yes);
    assert!(
        matches!(ask(&answers), Step::Done(Orientation::Cascade(p)) if p.towards == vec![gp()])
    );
    answers.give(at(Part::Sheet, 2), Answer::No);
    assert!(matches!(
        ask(&answers),
        Step::Done(Orientation::Regulator { .. })
    ));
}
