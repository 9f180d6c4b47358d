//! The severity questions of the five-part form: the common ones and those of the motive's sheet, shown
//! together and answered in one go. Who asks says that all were asked, ticks what is present, or says
//! there is a doubt; a question that was not shown is never a *no* (R3). Owns reading that into answers;
//! the walk is the core's, the sheets the territory's, and nothing is computed here.

use std::sync::Arc;

use jiff::civil::Date;
use relais_app::protocols::{Book, Chosen, Given};
use relais_app::requests::draft::{TriageDraft, read_date};
use relais_app::text::triage as text;
use relais_core::people::Profession;
use relais_core::request::Age;
use relais_core::slug::Slug;
use relais_core::triage::{Answer, Answers, Kind, Orientation, Part, Proposal, Sign, Step};
use serde_json::json;

use crate::forms::Fields;
use crate::parts::FieldError;
use crate::show::typeset;
use crate::views::{Ask, Inclusion, Severity};
use crate::walk::leads_towards;

/// The sheets in force and the one of this form's motive.
pub(crate) struct Sheets {
    book: Arc<Book>,
    motive: Option<Slug>,
    age: Option<Age>,
    regulated: bool,
}

/// What the answers amount to.
pub(crate) enum Verdict {
    /// The request may be raised with this.
    Go(TriageDraft, Option<Proposal>),
    /// Call 15: the signs, in words; `alone` when it is a doubt and nobody is on duty to settle it (R3).
    Fifteen {
        /// The questions that say so.
        signs: Vec<String>,
        /// For want of a regulator.
        alone: bool,
    },
    /// Something is missing, or the case is for somebody else: said on its field.
    Wrong(FieldError),
}

impl Sheets {
    /// The sheets for a form whose motive is a code; `regulated` when a regulator is on duty.
    pub(crate) fn of(book: Arc<Book>, coded: &Fields, today: Date, regulated: bool) -> Self {
        let birth = read_date(coded.get("birth_date"));
        Self {
            book,
            motive: Slug::new(coded.get("motive")).ok(),
            age: birth.and_then(|birth| Age::on(birth, today)),
            regulated,
        }
    }

    fn chosen(&self) -> Option<Chosen<'_>> {
        let motive = self.motive.as_ref()?;
        Some(self.book.choose(motive, self.age))
    }

    /// The code of the motive's sheet.
    pub(crate) fn sheet(&self) -> Option<&str> {
        let found = self.chosen()?.sheet()?;
        Some(&found.sheet.code)
    }

    /// Whom the sheet leads to with the form's answers.
    pub(crate) fn towards(&self, fields: &Fields) -> Vec<Profession> {
        let chosen = self.chosen();
        let step = self.book.step(chosen, &self.answers(fields, chosen));
        leads_towards(chosen, &step)
    }

    /// Whether the sheet may end at somebody of this profession.
    pub(crate) fn delegates_to(&self, profession: Profession) -> bool {
        let code = self.sheet();
        self.book
            .of_profession(profession)
            .any(|version| Some(version.sheet.code.as_str()) == code)
    }

    /// The questions as the page shows them.
    pub(crate) fn page(&self) -> Severity {
        let sheet = self.chosen().and_then(Chosen::sheet);
        let asks = |version: Option<&relais_app::protocols::InForce>| {
            let all = version.map_or(&[][..], |version| &version.sheet.questions);
            all.iter()
                .filter(|question| ticked(&question.kind))
                .map(|question| Ask {
                    key: question.key.clone(),
                    question: typeset(&question.text),
                })
                .collect()
        };
        Severity {
            trunk: asks(self.book.trunk()),
            code: self.sheet().unwrap_or_default().to_owned(),
            title: sheet.map_or_else(String::new, |found| typeset(&found.sheet.title)),
            scope: sheet.map_or_else(String::new, |found| typeset(&found.sheet.scope)),
            sheet: asks(sheet),
            inclusions: sheet.map_or_else(Vec::new, |found| {
                let all = found.sheet.questions.iter();
                all.filter(|question| question.kind == Kind::Inclusion)
                    .map(|question| Inclusion {
                        name: inclusion(&question.key),
                        question: typeset(&question.text),
                    })
                    .collect()
            }),
            demonstration: self.book.is_demonstration(),
            unlisted: matches!(self.chosen(), Some(Chosen::Unlisted)),
            none: self.book.trunk().is_none(),
            delegated: None,
        }
    }

    /// Reads the form's answers and walks them.
    pub(crate) fn read(&self, fields: &Fields) -> Verdict {
        let said = fields.get("red_flags");
        let present = fields.all("sign");
        if said == "present" && present.is_empty() {
            return self.fifteen(&[], false);
        }
        let Some(chosen) = self.chosen() else {
            // Without a motive the trunk alone is read: a 15 does not wait for the rest of the form.
            return match self.book.step(None, &self.answers(fields, None)) {
                Step::Fifteen(signs) => self.fifteen(&signs, false),
                _ => wrong(
                    "motive",
                    "Dites le motif en un mot, par exemple\u{a0}: gorge",
                ),
            };
        };
        let answers = self.answers(fields, Some(chosen));
        let step = self.book.step(Some(chosen), &answers);
        let doubt = matches!(step, Step::Done(Orientation::Regulator { .. }));
        match step.with_regulator(self.regulated) {
            Step::Fifteen(signs) => self.fifteen(&signs, doubt),
            _ if said.is_empty() => wrong(
                "red_flags",
                "Dites si les questions de gravité ont été posées",
            ),
            Step::Ask(sign) => match self.book.question(Some(chosen), sign) {
                Some(question) if question.kind == Kind::Inclusion => {
                    let name = inclusion(&question.key);
                    wrong(&name, "Répondez à cette question")
                }
                _ => wrong("red_flags", "Il reste une question de gravité à poser"),
            },
            Step::ChooseMotive => wrong("motive", "Choisissez un motif"),
            Step::Done(Orientation::Elsewhere { to, by }) => {
                let own = by.and_then(|sign| self.book.question(Some(chosen), sign)?.say.clone());
                let end = || chosen.sheet().and_then(|found| found.sheet.end_say.clone());
                let say = own.or_else(end);
                let say = say.unwrap_or_else(|| text::goodbye(to).to_owned());
                wrong("motive", typeset(say.trim_end_matches('.')))
            }
            Step::Done(orientation) => {
                let proposal = match orientation {
                    Orientation::Cascade(ref proposal) => Some(proposal.clone()),
                    _ => None,
                };
                let given = Given::write(&self.book, Some(chosen), &answers);
                let draft = TriageDraft {
                    red_flags: if doubt { "unknown" } else { "none" }.to_owned(),
                    sheet: given.sheet,
                    version: given.version,
                    answers: given
                        .answers
                        .iter()
                        .map(|one| json!({ "question": one.question, "answer": one.answer }))
                        .collect(),
                };
                Verdict::Go(draft, proposal)
            }
        }
    }

    fn answers(&self, fields: &Fields, chosen: Option<Chosen<'_>>) -> Answers {
        let present = fields.all("sign");
        let rest = match fields.get("red_flags") {
            "none" | "present" => Some(Answer::No),
            "unknown" => Some(Answer::Unknown),
            _ => None,
        };
        // The sheet's questions count as asked only when it is the sheet that was on the page.
        let shown = fields.get("sheet_shown");
        let mut answers = Answers::default();
        let parts = [
            (Part::Trunk, self.book.trunk(), true),
            (
                Part::Sheet,
                chosen.and_then(Chosen::sheet),
                self.sheet() == Some(shown),
            ),
        ];
        for (part, version, asked) in parts {
            let all = version.map_or(&[][..], |version| &version.sheet.questions);
            for (index, question) in all.iter().enumerate() {
                let sign = Sign { part, index };
                let answer = match &question.kind {
                    _ if present.contains(&question.key) => Some(Answer::Yes),
                    Kind::Inclusion => Answer::from_code(fields.get(&inclusion(&question.key))),
                    Kind::Note => None,
                    // A doubt is about a sign; another way is a fact that was ticked or not.
                    Kind::Exclusion(_) if asked => rest.map(|_| Answer::No),
                    Kind::RedFlag(_) if asked => rest,
                    Kind::Exclusion(_) | Kind::RedFlag(_) => None,
                };
                if let Some(answer) = answer {
                    answers.give(sign, answer);
                }
            }
        }
        answers
    }

    fn fifteen(&self, signs: &[Sign], alone: bool) -> Verdict {
        Verdict::Fifteen {
            signs: self.words(signs),
            alone,
        }
    }

    /// The signs, as asked.
    fn words(&self, signs: &[Sign]) -> Vec<String> {
        let chosen = self.chosen();
        signs
            .iter()
            .filter_map(|sign| self.book.question(chosen, *sign))
            .map(|question| typeset(question.short()))
            .collect()
    }
}

/// Answered by a tick or by none.
const fn ticked(kind: &Kind) -> bool {
    match kind {
        Kind::RedFlag(_) | Kind::Exclusion(_) => true,
        Kind::Inclusion | Kind::Note => false,
    }
}

/// The field of an inclusion.
fn inclusion(key: &str) -> String {
    format!("inclusion_{}", key.replace('-', "_"))
}

fn wrong(name: &str, message: impl Into<String>) -> Verdict {
    Verdict::Wrong(FieldError {
        name: name.to_owned(),
        message: message.into(),
    })
}
