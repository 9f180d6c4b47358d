//! What was answered, by stable question keys, as contacts keep it and the API sends it; and what it
//! amounts to. An answer to a question that is not in the sheet, or a sheet not in force, is refused
//! with its place; a question not asked is never a *no*.

use super::book::{Book, Chosen, InForce};
use crate::error::{AppError, FieldError};
use crate::text::triage as text;
use relais_core::request::RedFlags;
use relais_core::triage::{Answer, Answers, Part, Sign, Step};
use serde::{Deserialize, Serialize};

/// Most answers of one contact.
pub const ANSWERS_MAX: usize = 120;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenAnswer {
    /// The question's key.
    pub question: String,
    /// `yes`, `no` or `unknown`.
    pub answer: String,
}

/// The answers of a contact and the versions they were given to: what is stored and stamped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Given {
    /// Version of the trunk that was asked.
    #[serde(default)]
    pub trunk: Option<i64>,
    /// Sheet asked after it.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Its version.
    #[serde(default)]
    pub version: Option<i64>,
    /// A sign towards 15 was passed over (R3).
    #[serde(default)]
    pub overridden: bool,
    /// The answers, in the order of the sheets.
    #[serde(default)]
    pub answers: Vec<GivenAnswer>,
}

impl Given {
    /// Writes answers down with the versions in force.
    pub fn write(book: &Book, chosen: Option<Chosen<'_>>, answers: &Answers) -> Self {
        let sheet = chosen.and_then(Chosen::sheet);
        let given = answers.iter().filter_map(|(sign, answer)| {
            Some(GivenAnswer {
                question: book.question(chosen, sign)?.key.clone(),
                answer: answer.code().to_owned(),
            })
        });
        Self {
            trunk: book.trunk().map(|version| version.version),
            sheet: sheet.map(|version| version.sheet.code.clone()),
            version: sheet.map(|version| version.version),
            overridden: false,
            answers: given.collect(),
        }
    }

    /// As a contact keeps them.
    ///
    /// # Errors
    /// Never for what is made of texts and numbers.
    pub(crate) fn stored(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(|error| AppError::Bug(format!("answers: {error}")))
    }

    /// What a contact keeps. Calls of before this said which versions were asked are a list of answers alone; what
    /// nobody can read is said in the log, and counts as not asked.
    pub(crate) fn from_stored(text: &str) -> Self {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Stored {
            Whole(Given),
            Answers(Vec<GivenAnswer>),
        }
        match serde_json::from_str(text) {
            Ok(Stored::Whole(given)) => given,
            Ok(Stored::Answers(answers)) => Self {
                answers,
                ..Self::default()
            },
            Err(error) => {
                tracing::error!(%error, "the answers a contact keeps cannot be read");
                Self::default()
            }
        }
    }

    /// What an API call that was checked sent.
    pub(crate) fn from_api(
        sheet: Option<&str>,
        version: Option<i64>,
        answers: &[serde_json::Value],
    ) -> Self {
        let read = |value| GivenAnswer::deserialize(value).ok();
        Self {
            trunk: None,
            sheet: sheet.map(str::to_owned),
            version,
            overridden: false,
            answers: answers.iter().filter_map(read).collect(),
        }
    }

    /// Reads answers back. Keys the sheets in force do not have (the version changed meanwhile) are
    /// dropped: the question counts as not asked, and is asked again.
    pub fn read(&self, book: &Book, chosen: Option<Chosen<'_>>) -> Answers {
        let mut answers = Answers::default();
        for given in &self.answers {
            let sign = book.sign(chosen, &given.question);
            if let (Some(sign), Some(answer)) = (sign, Answer::from_code(&given.answer)) {
                answers.give(sign, answer);
            }
        }
        answers
    }
}

/// What an API call's `triage` amounts to.
///
/// # Errors
/// Each field that cannot be taken: a sheet not in force, a version that is not the one in force, an
/// unknown question, an answer given twice, a question not asked.
pub fn check(
    book: &Book,
    declared: RedFlags,
    sheet: Option<&str>,
    version: Option<i64>,
    answers: &[serde_json::Value],
) -> Result<RedFlags, Vec<FieldError>> {
    // The trunk alone is no sheet of a motive.
    let sheet = sheet.filter(|code| *code != super::TRUNK);
    if sheet.is_none() && answers.is_empty() {
        // The caller asked its own questions and says what they gave.
        return Ok(declared);
    }
    let chosen = chosen(book, sheet, version).map_err(|error| vec![error])?;
    let (given, mut errors) = read(book, chosen, answers);
    if !errors.is_empty() {
        return Err(errors);
    }
    let step = book.step(Some(chosen), &given);
    if let Step::Ask(sign) = &step {
        let question = book.question(Some(chosen), *sign);
        let (key, short) = question.map_or(("", ""), |q| (q.key.as_str(), q.short()));
        errors.push(FieldError::new(
            "/triage/answers",
            text::not_asked(key, short),
        ));
        return Err(errors);
    }
    let walked = step.red_flags().unwrap_or(RedFlags::Unknown);
    Ok(worst(declared, walked))
}

fn chosen<'a>(
    book: &'a Book,
    sheet: Option<&str>,
    version: Option<i64>,
) -> Result<Chosen<'a>, FieldError> {
    let Some(code) = sheet else {
        return Ok(Chosen::Uncovered);
    };
    let found: &InForce = book
        .sheet(code)
        .ok_or_else(|| FieldError::new("/triage/sheet", text::sheet_not_in_force()))?;
    if version.is_some_and(|version| version != found.version) {
        return Err(FieldError::new(
            "/triage/version",
            text::other_version(found.version),
        ));
    }
    Ok(Chosen::Sheet(found))
}

fn read(
    book: &Book,
    chosen: Chosen<'_>,
    answers: &[serde_json::Value],
) -> (Answers, Vec<FieldError>) {
    let mut given = Answers::default();
    let mut errors = Vec::new();
    if answers.len() > ANSWERS_MAX {
        errors.push(FieldError::new(
            "/triage/answers",
            text::too_many_answers(ANSWERS_MAX),
        ));
        return (given, errors);
    }
    for (index, value) in answers.iter().enumerate() {
        let pointer = format!("/triage/answers/{index}");
        let Ok(one) = GivenAnswer::deserialize(value) else {
            errors.push(FieldError::new(pointer, text::answer_shape()));
            continue;
        };
        let Some(sign) = book.sign(Some(chosen), &one.question) else {
            errors.push(FieldError::new(
                format!("{pointer}/question"),
                text::question_unknown(),
            ));
            continue;
        };
        let Some(answer) = Answer::from_code(&one.answer) else {
            errors.push(FieldError::new(
                format!("{pointer}/answer"),
                text::answer_unknown(),
            ));
            continue;
        };
        if given.get(sign).is_some() {
            errors.push(FieldError::new(
                format!("{pointer}/question"),
                text::answered_twice(),
            ));
        }
        given.give(sign, answer);
    }
    (given, errors)
}

/// The graver of two: a declared doubt is never eased by a sheet, nor the other way round.
const fn worst(one: RedFlags, other: RedFlags) -> RedFlags {
    match (one, other) {
        (RedFlags::Present, _) | (_, RedFlags::Present) => RedFlags::Present,
        (RedFlags::Unknown, _) | (_, RedFlags::Unknown) => RedFlags::Unknown,
        (RedFlags::None, RedFlags::None) => RedFlags::None,
    }
}

/// How the red flags of the trunk and of the sheet stand, for one line on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Red flags due, trunk and sheet.
    pub due: usize,
    /// Answered *yes*.
    pub yes: usize,
    /// Answered *ne sait pas*.
    pub unknown: usize,
    /// Answered *no*.
    pub no: usize,
}

impl Tally {
    /// Counts the red flags of one part, or of both.
    pub fn of(
        book: &Book,
        chosen: Option<Chosen<'_>>,
        answers: &Answers,
        part: Option<Part>,
    ) -> Self {
        let mut tally = Self::default();
        let parts = [
            (Part::Trunk, book.trunk()),
            (Part::Sheet, chosen.and_then(Chosen::sheet)),
        ];
        for (of, version) in parts {
            let Some(version) = version.filter(|_| part.is_none_or(|part| part == of)) else {
                continue;
            };
            for (index, _) in version.sheet.red_flags() {
                tally.due += 1;
                match answers.get(Sign { part: of, index }) {
                    Some(Answer::Yes) => tally.yes += 1,
                    Some(Answer::No) => tally.no += 1,
                    Some(Answer::Unknown) => tally.unknown += 1,
                    None => {}
                }
            }
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn all_no(sheet: Option<&str>) -> Vec<Value> {
        let book = Book::demonstration();
        let trunk = &book.trunk().unwrap().sheet;
        let mut sheets = vec![trunk];
        sheets.extend(sheet.map(|code| &book.sheet(code).unwrap().sheet));
        let questions = sheets.into_iter().flat_map(|sheet| &sheet.questions);
        questions
            .filter(|q| q.kind != relais_core::triage::Kind::Note)
            .map(|q| {
                let yes = q.kind == relais_core::triage::Kind::Inclusion;
                json!({ "question": q.key, "answer": if yes { "yes" } else { "no" } })
            })
            .collect()
    }

    fn verdict(
        declared: RedFlags,
        sheet: Option<&str>,
        answers: &[Value],
    ) -> Result<RedFlags, String> {
        let book = Book::demonstration();
        check(&book, declared, sheet, sheet.map(|_| 1), answers).map_err(|errors| {
            errors
                .first()
                .map(|e| e.pointer.clone())
                .unwrap_or_default()
        })
    }

    fn with(mut answers: Vec<Value>, key: &str, answer: &str) -> Vec<Value> {
        for one in &mut answers {
            if one["question"] == key {
                one["answer"] = json!(answer);
            }
        }
        answers
    }

    #[test]
    fn what_is_declared_alone_is_believed() {
        for declared in RedFlags::ALL {
            assert_eq!(verdict(*declared, None, &[]), Ok(*declared));
            let trunk = Some(crate::protocols::TRUNK);
            assert_eq!(verdict(*declared, trunk, &[]), Ok(*declared));
        }
    }

    #[test]
    fn answers_are_walked_and_the_graver_wins() {
        let none = RedFlags::None;
        let gorge = Some("GORGE");
        assert_eq!(verdict(none, gorge, &all_no(gorge)), Ok(none));
        assert_eq!(
            verdict(RedFlags::Unknown, gorge, &all_no(gorge)),
            Ok(RedFlags::Unknown)
        );
        let flagged = with(all_no(gorge), "gorge-1", "yes");
        assert_eq!(verdict(none, gorge, &flagged), Ok(RedFlags::Present));
        let doubt = with(all_no(gorge), "tronc-2", "unknown");
        assert_eq!(verdict(none, gorge, &doubt), Ok(RedFlags::Unknown));
    }

    #[test]
    fn a_question_not_asked_is_refused_with_its_place() {
        let gorge = Some("GORGE");
        let mut short = all_no(gorge);
        short.retain(|one| one["question"] != "gorge-2");
        assert_eq!(
            verdict(RedFlags::None, gorge, &short),
            Err("/triage/answers".to_owned())
        );
        // A 15 needs no other answer.
        let alarm = [json!({ "question": "gorge-2", "answer": "yes" })];
        assert_eq!(
            verdict(RedFlags::None, gorge, &alarm),
            Ok(RedFlags::Present)
        );
    }

    #[test]
    fn what_no_sheet_holds_is_refused_with_its_place() {
        let none = RedFlags::None;
        let refused = |answers: &[Value]| verdict(none, Some("GORGE"), answers).unwrap_err();
        assert_eq!(
            verdict(none, Some("NEANT"), &[]),
            Err("/triage/sheet".to_owned())
        );
        let book = Book::demonstration();
        let old = check(&book, none, Some("GORGE"), Some(7), &[]).unwrap_err();
        assert_eq!(old[0].pointer, "/triage/version");
        assert_eq!(refused(&[json!("oui")]), "/triage/answers/0");
        let unknown = json!({ "question": "toux-1", "answer": "no" });
        assert_eq!(refused(&[unknown]), "/triage/answers/0/question");
        let maybe = json!({ "question": "gorge-1", "answer": "maybe" });
        assert_eq!(refused(&[maybe]), "/triage/answers/0/answer");
        let no = json!({ "question": "gorge-1", "answer": "no" });
        assert_eq!(refused(&[no.clone(), no]), "/triage/answers/1/question");
        assert_eq!(refused(&vec![json!(1); 121]), "/triage/answers");
    }

    #[test]
    fn what_was_written_down_is_read_back_and_counted() {
        let book = Book::demonstration();
        let gorge = Chosen::Sheet(book.sheet("GORGE").unwrap());
        let (answers, errors) = read(&book, gorge, &all_no(Some("GORGE")));
        let chosen = Some(gorge);
        assert_eq!(errors, Vec::new());
        let given = Given::write(&book, chosen, &answers);
        assert_eq!(given.version, Some(1));
        let stored = serde_json::to_string(&given).unwrap();
        let back: Given = serde_json::from_str(&stored).unwrap();
        assert_eq!(back.read(&book, chosen), answers);
        let tally = Tally::of(&book, chosen, &answers, Some(Part::Trunk));
        assert_eq!((tally.due, tally.no), (11, 11));
        assert_eq!(text::tally(tally), "Aucun des 11 signes d’alerte");
    }
}
