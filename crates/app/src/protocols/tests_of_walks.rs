//! Golden walks: for each sheet shipped, every path of a single different answer and where it leads,
//! committed under `protocols/golden/` and read like code (`RELAIS_TEST_REFRESH=1` writes them
//! again). And, on every sheet: red flags come first, every question and every end is reachable.

use super::TRUNK;
use super::book::{Book, Chosen, InForce, Standing};
use super::destination;
use super::file::{shipped, shipped_trunk};
use super::form::kind_word;
use super::sheet::Sheet;
use relais_core::triage::{
    Answer, Answers, Elsewhere, Kind, Orientation, Part, Reason, Sign, Step,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

/// The book of one sheet after the real trunk, or of the trunk alone.
fn book_of(sheet: &Sheet) -> Book {
    let trunk = InForce::new(shipped_trunk().clone(), 1, Standing::Demonstration);
    let own = InForce::new(sheet.clone(), 1, Standing::Demonstration);
    Book::new([trunk, own])
}

/// The answer that leads furthest.
const fn plain(kind: &Kind) -> Answer {
    match kind {
        Kind::Inclusion => Answer::Yes,
        Kind::RedFlag(_) | Kind::Exclusion(_) | Kind::Note => Answer::No,
    }
}

/// Walks with one answer of its own; the keys asked in that part, and the end.
fn walk_with(book: &Book, sheet: &Sheet, odd: Option<(&str, Answer)>) -> (Vec<String>, Step) {
    let chosen = if sheet.code == TRUNK {
        Chosen::Unlisted
    } else {
        Chosen::Sheet(book.sheet(&sheet.code).unwrap())
    };
    let mut answers = Answers::default();
    let mut asked = Vec::new();
    loop {
        let Step::Ask(sign) = book.step(Some(chosen), &answers) else {
            return (asked, book.step(Some(chosen), &answers));
        };
        let question = book.question(Some(chosen), sign).unwrap();
        if sign.part == sheet.part() {
            asked.push(question.key.clone());
        }
        let own = odd.filter(|(key, _)| *key == question.key);
        let answer = own.map_or_else(|| plain(&question.kind), |(_, answer)| answer);
        answers.give(sign, answer);
    }
}

fn told(book: &Book, sheet: &Sheet, step: &Step) -> String {
    let key = |sign: Sign| {
        let chosen = book.sheet(&sheet.code).map(Chosen::Sheet);
        book.question(chosen, sign)
            .map_or("?", |q| q.key.as_str())
            .to_owned()
    };
    match step {
        Step::Fifteen(signs) if signs.is_empty() => "15, by the sheet itself".to_owned(),
        Step::Fifteen(signs) => {
            let keys: Vec<_> = signs.iter().map(|sign| key(*sign)).collect();
            format!("15, for {}", keys.join(" "))
        }
        Step::Done(Orientation::Cascade(proposal)) => {
            let codes = proposal.towards.iter().map(destination::cascade_code);
            let codes: Vec<_> = codes.collect();
            let within = proposal.within_hours;
            let within = within
                .map(|hours| format!(" within {hours} h"))
                .unwrap_or_default();
            format!("cascade {}{within}", codes.join(" "))
        }
        Step::Done(Orientation::Regulator { reasons, then }) => {
            let reasons = reasons.iter().map(|reason| match reason {
                Reason::Yes(sign) => format!("yes to {}", key(*sign)),
                Reason::Unknown(sign) => format!("unknown on {}", key(*sign)),
                Reason::NotIncluded(sign) => format!("not included by {}", key(*sign)),
                Reason::AdviceFirst => "advice first".to_owned(),
                Reason::Sheet => "the sheet itself".to_owned(),
                Reason::Unlisted => "no sheet for the motive".to_owned(),
                Reason::Overridden(sign) => format!("passed over {}", key(*sign)),
            });
            let reasons: Vec<_> = reasons.collect();
            let then = then.as_ref().map(|proposal| {
                let codes = proposal.towards.iter().map(destination::cascade_code);
                format!("; proposes {}", codes.collect::<Vec<_>>().join(" "))
            });
            format!(
                "regulator, {}{}",
                reasons.join(", "),
                then.unwrap_or_default()
            )
        }
        Step::Done(Orientation::Elsewhere { to, by }) => {
            let place = match to {
                Elsewhere::PoisonCentre => "poison centre",
                Elsewhere::UsualDoctor => "usual doctor, out of scope",
            };
            let by = by.map(|sign| format!(", for {}", key(sign)));
            format!("{place}{}", by.unwrap_or_default())
        }
        Step::Ask(_) | Step::ChooseMotive | Step::Done(Orientation::Uncovered) => {
            panic!("a walk ends somewhere: {step:?}")
        }
    }
}

fn golden(sheet: &Sheet) -> String {
    let book = book_of(sheet);
    let mut out = format!("{} {}\n", sheet.code, sheet.title);
    let (asked, end) = walk_with(&book, sheet, None);
    let _ = writeln!(out, "asked: {}", asked.join(" "));
    let _ = writeln!(
        out,
        "nothing stands in the way -> {}",
        told(&book, sheet, &end)
    );
    for question in &sheet.questions {
        if question.kind == Kind::Note {
            continue;
        }
        let _ = writeln!(
            out,
            "\n{} [{}] {}",
            question.key,
            kind_word(&question.kind),
            question.text
        );
        for answer in Answer::ALL
            .iter()
            .filter(|answer| **answer != plain(&question.kind))
        {
            let (_, end) = walk_with(&book, sheet, Some((&question.key, *answer)));
            let _ = writeln!(out, "  {} -> {}", answer.code(), told(&book, sheet, &end));
        }
    }
    out
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../protocols/golden")
}

#[test]
fn each_sheet_walks_as_committed() {
    let refresh = std::env::var_os("RELAIS_TEST_REFRESH").is_some();
    let mut wanted = BTreeSet::new();
    let mut wrong = Vec::new();
    for sheet in &shipped().sheets {
        let name = format!("{}.txt", sheet.code.to_lowercase());
        let path = folder().join(&name);
        let now = golden(sheet);
        if refresh {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &now).unwrap();
        }
        if std::fs::read_to_string(&path).ok() != Some(now) {
            wrong.push(name.clone());
        }
        wanted.insert(name);
    }
    assert!(
        wrong.is_empty(),
        "read the difference, then RELAIS_TEST_REFRESH=1: {wrong:?}"
    );
    let there = std::fs::read_dir(folder()).unwrap();
    let there: BTreeSet<_> = there
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, wanted, "a golden walk for each sheet, and no other");
    assert_eq!(wanted.len(), 40);
}

#[test]
fn red_flags_come_first_and_every_question_and_end_is_reached() {
    for sheet in &shipped().sheets {
        let first_other = sheet.questions.iter().position(|q| !q.is_red_flag());
        let last_flag = sheet
            .questions
            .iter()
            .rposition(super::Question::is_red_flag);
        if let (Some(other), Some(flag)) = (first_other, last_flag) {
            assert!(flag < other, "{}", sheet.code);
        }
        let book = book_of(sheet);
        let (asked, _) = walk_with(&book, sheet, None);
        for question in sheet.questions.iter().filter(|q| q.kind != Kind::Note) {
            assert!(
                asked.contains(&question.key),
                "{} is never asked",
                question.key
            );
        }
        assert_eq!(sheet.faults(), Vec::new(), "{}", sheet.code);
    }
}

/// R3, on the real sheets: whatever one other answer, a *yes* towards 15 ends at 15, and doubt on a
/// red flag starts no cascade.
#[test]
fn no_pair_of_answers_of_a_real_sheet_passes_by_a_red_flag() {
    for sheet in shipped().sheets.iter().filter(|sheet| sheet.code != TRUNK) {
        let book = book_of(sheet);
        let chosen = Chosen::Sheet(book.sheet(&sheet.code).unwrap());
        let all: Vec<_> = [(Part::Trunk, shipped_trunk()), (Part::Sheet, sheet)]
            .into_iter()
            .flat_map(|(part, sheet)| {
                let questions = sheet.questions.iter().enumerate();
                questions.map(move |(index, question)| (Sign { part, index }, question))
            })
            .collect();
        for (flag, _) in all.iter().filter(|(_, question)| question.is_red_flag()) {
            for (other, _) in &all {
                for answer in Answer::ALL {
                    let mut answers = Answers::default();
                    for (sign, question) in &all {
                        answers.give(*sign, plain(&question.kind));
                    }
                    answers.give(*other, *answer);
                    for doubt in [Answer::Yes, Answer::Unknown] {
                        answers.give(*flag, doubt);
                        let step = book.step(Some(chosen), &answers);
                        let cascade = matches!(step, Step::Done(Orientation::Cascade(_)));
                        assert!(
                            !cascade,
                            "{} {flag:?} {doubt:?} {other:?} {answer:?}",
                            sheet.code
                        );
                    }
                }
            }
        }
    }
}
