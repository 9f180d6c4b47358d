//! What a *yes* towards the 15 leaves behind (R3): the page says of each question it shows that a yes
//! leads there, and the call keeps the yes whatever becomes of the question — another version without
//! it, another motive. Owns the two fields that say so; what a sheet asks now is [`crate::walk`]'s.

use relais_app::protocols::{Book, Chosen};
use relais_core::triage::{Answer, Answers, Sign};

use crate::forms::Fields;
use crate::walk::PREFIX;

/// The field that says of a question on the page that a yes leads to the 15: `oreille-2 Est-elle…`.
pub(crate) const LEADS: &str = "leads_15";
/// The field that keeps a yes no question of the form says any more, written the same way.
pub(crate) const ALARM: &str = "alarm";
/// Most kept in one call.
const MOST: usize = 30;
/// Longest sentence kept, characters: that of a sheet.
const WORDS_MAX: usize = relais_app::protocols::check::SENTENCE_MAX;

/// A yes towards the 15 to a question that is asked no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The key of the question.
    pub(crate) key: String,
    /// Its sentence, as it was read.
    pub(crate) words: String,
}

impl Kept {
    fn read(value: &str) -> Option<Self> {
        let (key, words) = value.split_once(' ')?;
        Some(Self {
            key: key.to_owned(),
            words: words.chars().take(WORDS_MAX).collect(),
        })
    }
}

/// The value of either field.
pub(crate) fn value(key: &str, words: &str) -> String {
    format!("{key} {words}")
}

/// The yeses of a form that no question asked now says. One is taken back only by another answer to the
/// same question, and never once it was passed over: an override goes to the regulator (R3).
pub(crate) fn kept(
    book: &Book,
    chosen: Option<Chosen<'_>>,
    fields: &Fields,
    answers: &Answers,
    standing: &[Sign],
) -> Vec<Kept> {
    let over = !fields.get("override_reason").is_empty();
    let said = |key: &str| {
        let values = fields.0.get(&format!("{PREFIX}{key}"));
        values.and_then(|values| values.last()).map(String::as_str)
    };
    let noted = fields.all(ALARM);
    let noted = noted.iter().filter_map(|value| Kept::read(value));
    let shown = fields.all(LEADS);
    let shown = shown.iter().filter_map(|value| Kept::read(value));
    let shown = shown.filter(|one| said(&one.key) == Some(Answer::Yes.code()));
    let all = noted
        .map(|one| (one, over))
        .chain(shown.map(|one| (one, false)));
    let mut found: Vec<Kept> = Vec::new();
    for (one, for_good) in all {
        let sign = book.sign(chosen, &one.key);
        let stands = sign.is_some_and(|sign| standing.contains(&sign));
        let answer = sign.and_then(|sign| answers.get(sign));
        let taken_back = matches!(answer, Some(Answer::No | Answer::Unknown)) && !for_good;
        let known = found.iter().any(|other| other.key == one.key);
        if !stands && !taken_back && !known && found.len() < MOST {
            found.push(one);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walk::{Walk, refresh};
    use jiff::civil::{Date, date};
    use relais_app::protocols::{InForce, Sheet, Standing};
    use relais_core::triage::{Alarm, Kind, Orientation, Step};

    fn today() -> Date {
        date(2026, 3, 10)
    }

    /// The demonstration's book, one of its sheets written again.
    fn book(code: &str, version: i64, write: impl Fn(&mut Sheet)) -> Book {
        let demo = Book::demonstration();
        let versions = demo.trunk().into_iter().chain(demo.sheets()).cloned();
        Book::new(versions.map(|found| {
            if found.sheet.code != code {
                return found;
            }
            let mut sheet = (*found.sheet).clone();
            write(&mut sheet);
            InForce::new(sheet, version, Standing::Demonstration)
        }))
    }

    /// A form in which the second question of the ear, which leads to the 15, was answered yes.
    fn answered() -> Fields {
        let mut fields = Fields::default();
        let mut put = |name: &str, value: &str| {
            let values = fields.0.entry(name.to_owned()).or_default();
            values.push(value.to_owned());
        };
        put("motive", "otalgie");
        put("asked_of", "OREILLE=1 TRONC=1");
        put(LEADS, "oreille-2 Est-elle confuse ?");
        put("q_oreille-2", "yes");
        fields
    }

    fn step(book: &Book, fields: &Fields) -> (Step, Vec<String>) {
        let walk = Walk::read(book, fields, today(), true);
        let words = walk.alarm_sentences();
        (walk.step, words)
    }

    #[test]
    fn a_yes_survives_the_question_that_a_new_version_no_longer_asks() {
        let without = book("OREILLE", 2, |sheet| {
            sheet.questions.retain(|one| one.key != "oreille-2");
        });
        let mut fields = answered();
        let (fifteen, words) = step(&without, &fields);
        assert_eq!(fifteen, Step::Fifteen(Vec::new()));
        assert_eq!(words, ["Est-elle confuse ?"]);
        refresh(&without, &mut fields, today());
        assert_eq!(fields.get(ALARM), "oreille-2 Est-elle confuse ?");
        // The page no longer shows the question: only what was kept says it.
        fields.0.remove(LEADS);
        fields.0.remove("q_oreille-2");
        assert!(matches!(step(&without, &fields).0, Step::Fifteen(_)));
        // Nor does another motive, or a version that asks it for another purpose, take it back.
        fields
            .0
            .insert("motive".to_owned(), vec!["toux".to_owned()]);
        assert!(matches!(step(&without, &fields).0, Step::Fifteen(_)));
        let milder = book("OREILLE", 3, |sheet| {
            for one in &mut sheet.questions {
                if one.key == "oreille-2" {
                    one.kind = Kind::RedFlag(Alarm::Regulator);
                }
            }
        });
        let mut fields = answered();
        refresh(&milder, &mut fields, today());
        assert!(matches!(step(&milder, &fields).0, Step::Fifteen(_)));
    }

    #[test]
    fn another_answer_to_the_same_question_takes_it_back_unless_it_was_passed_over() {
        let same = Book::demonstration();
        let mut fields = answered();
        assert!(matches!(step(&same, &fields).0, Step::Fifteen(signs) if signs.len() == 1));
        fields
            .0
            .insert("q_oreille-2".to_owned(), vec!["no".to_owned()]);
        assert!(matches!(step(&same, &fields).0, Step::Ask(_)));
        let noted = vec!["oreille-2 Est-elle confuse ?".to_owned()];
        fields.0.insert(ALARM.to_owned(), noted);
        assert!(
            matches!(step(&same, &fields).0, Step::Ask(_)),
            "said by mistake"
        );
        let why = vec!["douleur connue".to_owned()];
        fields.0.insert("override_reason".to_owned(), why);
        let (after, words) = step(&same, &fields);
        assert!(matches!(after, Step::Done(Orientation::Regulator { .. })));
        assert_eq!(words, ["Est-elle confuse ?"]);
    }
}
