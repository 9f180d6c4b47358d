//! The call's questions in a form: which were answered (`q_<key>`), which comes next, and where the
//! answers lead. Owns the names of the fields; the walk is the core's, the sentences are the sheets'.

use std::collections::BTreeMap;

use jiff::civil::Date;
use relais_app::contacts::{Facts, Typed};
use relais_app::protocols::{Book, Chosen, Given};
use relais_app::requests::draft::read_date;
use relais_core::people::Profession;
use relais_core::request::Age;
use relais_core::slug::Slug;
use relais_core::triage::{Alarm, Answer, Answers, End, Kind, Orientation, Sign, Step, Target};

use crate::alarm::{self, Kept};
use crate::forms::Fields;
use crate::typed::read_motive;

/// Before the key of a question, the name of its field.
pub(crate) const PREFIX: &str = "q_";

/// The field that says which versions were on the page: `TRONC=1 OREILLE=3`.
pub(crate) const ASKED_OF: &str = "asked_of";
/// Most sheets one call goes through.
const SHEETS_MAX: usize = 20;

/// A form's answers, walked.
pub(crate) struct Walk<'b> {
    pub(crate) book: &'b Book,
    pub(crate) chosen: Option<Chosen<'b>>,
    pub(crate) answers: Answers,
    /// What comes next; a 15 that somebody passed over with a reason is the regulator's.
    pub(crate) step: Step,
    /// Yeses towards the 15 that no question asked now says.
    pub(crate) kept: Vec<Kept>,
}

impl<'b> Walk<'b> {
    /// Reads a form. Words that are no answer, and answers to questions that are not in the sheets,
    /// count as not asked (R3).
    pub(crate) fn read(book: &'b Book, fields: &Fields, today: Date, on_duty: bool) -> Self {
        let motive = motive(fields).and_then(|code| Slug::new(&code).ok());
        let chosen = motive.map(|code| book.choose(&code, age(fields, today)));
        let mut answers = Answers::default();
        for (name, values) in &fields.0 {
            let sign = name
                .strip_prefix(PREFIX)
                .and_then(|key| book.sign(chosen, key));
            // The button pressed comes after what stood in the form.
            let given = values.last().and_then(|code| Answer::from_code(code));
            if let (Some(sign), Some(answer)) = (sign, given) {
                answers.give(sign, answer);
            }
        }
        let standing = standing(book, chosen, &answers);
        let kept = alarm::kept(book, chosen, fields, &answers, &standing);
        let mut step = book.step(chosen, &answers);
        if !kept.is_empty() && !matches!(step, Step::Fifteen(_)) {
            step = Step::Fifteen(Vec::new());
        }
        if on_duty && !fields.get("override_reason").is_empty() {
            step = step.overridden();
        }
        Self {
            step: step.with_regulator(on_duty),
            book,
            chosen,
            answers,
            kept,
        }
    }

    /// The answers as the contact keeps them: codes, with the versions asked.
    pub(crate) fn given(&self) -> Given {
        Given::write(self.book, self.chosen, &self.answers)
    }

    /// The sentence of a question, as read aloud.
    pub(crate) fn question(&self, sign: Sign) -> &'b str {
        let question = self.book.question(self.chosen, sign);
        question.map_or("", |question| question.text.as_str())
    }

    /// The signs that lead to the 15, as asked now.
    pub(crate) fn alarms(&self) -> Vec<Sign> {
        standing(self.book, self.chosen, &self.answers)
    }

    /// The questions answered yes towards the 15, asked now or not: key, sentence read, few words.
    fn alarmed(&self) -> Vec<(String, String, String)> {
        let asked = self.alarms().into_iter();
        let asked = asked.filter_map(|sign| self.book.question(self.chosen, sign));
        let asked = asked.map(|one| (one.key.clone(), one.text.clone(), one.short().to_owned()));
        let kept = self.kept.iter();
        let kept = kept.map(|one| (one.key.clone(), one.words.clone(), one.words.clone()));
        asked.chain(kept).collect()
    }

    /// Their sentences, as read to the caller.
    pub(crate) fn alarm_sentences(&self) -> Vec<String> {
        self.alarmed()
            .into_iter()
            .map(|(_, text, _)| text)
            .collect()
    }

    /// In few words.
    pub(crate) fn alarm_signs(&self) -> Vec<String> {
        self.alarmed()
            .into_iter()
            .map(|(.., short)| short)
            .collect()
    }

    /// Their keys.
    pub(crate) fn alarm_keys(&self) -> Vec<String> {
        self.alarmed().into_iter().map(|(key, ..)| key).collect()
    }

    /// The values that keep them with the call.
    pub(crate) fn alarm_values(&self) -> Vec<String> {
        let all = self.alarmed().into_iter();
        all.map(|(key, text, _)| alarm::value(&key, &text))
            .collect()
    }

    /// What the page says of a question that leads to the 15; empty for any other.
    pub(crate) fn leads(&self, sign: Sign) -> String {
        let question = self.book.question(self.chosen, sign);
        let question = question.filter(|question| to_fifteen(&question.kind));
        question.map_or_else(String::new, |one| alarm::value(&one.key, &one.text))
    }

    /// How many questions are certainly left, this one included: red flags not asked yet.
    pub(crate) fn left(&self) -> usize {
        let mut answers = self.answers.clone();
        let mut left = 0;
        // Every question asked in turn as if none led away; bounded by the sheets themselves.
        while let Step::Ask(sign) = self.book.step(self.chosen, &answers) {
            let inclusion = self
                .book
                .question(self.chosen, sign)
                .is_some_and(|q| q.kind == Kind::Inclusion);
            let usual = if inclusion { Answer::Yes } else { Answer::No };
            answers.give(sign, usual);
            left += 1;
        }
        left
    }

    /// What comes after the question being asked, if it is answered the usual way.
    pub(crate) fn after(&self, sign: Sign) -> Option<Sign> {
        let mut answers = self.answers.clone();
        answers.give(sign, Answer::No);
        match self.book.step(self.chosen, &answers) {
            Step::Ask(next) => Some(next),
            _ => None,
        }
    }

    /// Where it leads so far, for the board: a word, no identity.
    pub(crate) fn leads_to(&self) -> Option<String> {
        match &self.step {
            Step::Fifteen(_) => Some("15".to_owned()),
            Step::Done(Orientation::Regulator { .. }) => Some("regulator".to_owned()),
            _ => None,
        }
    }
}

const fn to_fifteen(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::RedFlag(Alarm::Fifteen) | Kind::Exclusion(Target::Fifteen)
    )
}

/// The signs answered yes that lead to the 15.
fn standing(book: &Book, chosen: Option<Chosen<'_>>, answers: &Answers) -> Vec<Sign> {
    let yes = answers.iter().filter(|(_, answer)| *answer == Answer::Yes);
    let leads = |sign: &Sign| {
        let question = book.question(chosen, *sign);
        question.is_some_and(|question| to_fifteen(&question.kind))
    };
    yes.map(|(sign, _)| sign).filter(leads).collect()
}

/// The professions that a sheet leads to with the answers so far, first choice first; while questions
/// are left, those of its end.
pub(crate) fn leads_towards(chosen: Option<Chosen<'_>>, step: &Step) -> Vec<Profession> {
    let all = match step {
        Step::Done(
            Orientation::Cascade(proposal)
            | Orientation::Regulator {
                then: Some(proposal),
                ..
            },
        ) => proposal.towards.as_slice(),
        _ => match chosen.and_then(Chosen::sheet).map(|found| &found.plan.end) {
            Some(End::Cascade(towards)) => towards.as_slice(),
            _ => &[],
        },
    };
    all.iter().map(|to| to.profession).collect()
}

/// Takes back what was answered to a version that is in force no more: a question whose words changed
/// was not asked (R3). A *yes* towards the 15 stays, whatever became of its words. Answers the sheets
/// that changed.
pub(crate) fn refresh(book: &Book, fields: &mut Fields, today: Date) -> Vec<String> {
    let mut asked: BTreeMap<String, i64> = fields
        .get(ASKED_OF)
        .split(' ')
        .filter_map(|one| one.split_once('='))
        .filter_map(|(code, version)| Some((code.to_owned(), version.parse().ok()?)))
        .take(SHEETS_MAX)
        .collect();
    let walk = Walk::read(book, fields, today, true);
    let alarms = walk.alarms();
    let kept: Vec<_> = walk
        .kept
        .iter()
        .map(|one| alarm::value(&one.key, &one.words))
        .collect();
    let sheet = walk.chosen.and_then(Chosen::sheet);
    let (mut titles, mut gone) = (Vec::new(), Vec::new());
    for version in book.trunk().into_iter().chain(sheet) {
        let before = asked.insert(version.sheet.code.clone(), version.version);
        if before.is_none_or(|before| before == version.version) {
            continue;
        }
        let lost = version.sheet.questions.iter().filter(|question| {
            let sign = book.sign(walk.chosen, &question.key);
            sign.is_none_or(|sign| !alarms.contains(&sign))
        });
        let lost: Vec<_> = lost
            .map(|question| format!("{PREFIX}{}", question.key))
            .filter(|name| fields.0.contains_key(name))
            .collect();
        if !lost.is_empty() {
            titles.push(version.sheet.title.clone());
            gone.extend(lost);
        }
    }
    for name in gone {
        fields.0.remove(&name);
    }
    let asked: Vec<_> = asked
        .into_iter()
        .map(|(code, version)| format!("{code}={version}"))
        .collect();
    fields.0.insert(ASKED_OF.to_owned(), vec![asked.join(" ")]);
    if kept.is_empty() {
        fields.0.remove(alarm::ALARM);
    } else {
        fields.0.insert(alarm::ALARM.to_owned(), kept);
    }
    titles
}

/// The first motive typed, as its code.
pub(crate) fn motive(fields: &Fields) -> Option<String> {
    fields
        .all("motive")
        .iter()
        .find_map(|words| read_motive(words).ok())
}

/// The form with its motives as codes; words that are no motive are left out, and the first of them
/// told.
pub(crate) fn coded(fields: &Fields) -> (Fields, Option<String>) {
    let mut wrong = None;
    let mut codes = Vec::new();
    for words in fields.all("motive") {
        match read_motive(&words) {
            Ok(code) => codes.push(code),
            Err(message) if wrong.is_none() => wrong = Some(message),
            Err(_) => {}
        }
    }
    let mut coded = fields.clone();
    coded.0.insert("motive".to_owned(), codes);
    (coded, wrong)
}

/// The age, once the birth date is one.
pub(crate) fn age(fields: &Fields, today: Date) -> Option<Age> {
    let birth = read_date(fields.get("birth_date"))?;
    Age::on(birth, today)
}

/// What the board may show of a form, without anything that says who.
pub(crate) fn facts(
    fields: &Fields,
    walk: &Walk<'_>,
    today: Date,
    department: Option<&str>,
) -> Facts {
    let (coded, _) = coded(fields);
    let commune = crate::typed::read_commune(fields.get("commune"), department).ok();
    Facts {
        motives: coded.all("motive"),
        sex: fields.some("sex"),
        age: age(fields, today).map(|age| u16::from(age.years)),
        commune: commune.map(|(insee, _)| insee),
        leads_to: walk.leads_to(),
    }
}

/// Fields that are about the page, not about the call.
const OF_THE_PAGE: &[&str] = &[
    "contact",
    "version",
    "once",
    "outcome",
    "scope",
    "reason",
    "anyway",
    "to",
    "fait",
    "samu_reference",
    "same_as",
    "sure",
    "ajout",
    // Goes with files, which no browser keeps.
    "faceless",
];

/// What of a form is kept with the contact.
pub(crate) fn kept(fields: &Fields) -> Typed {
    let mut typed = Typed(fields.0.clone());
    typed
        .0
        .retain(|name, _| !OF_THE_PAGE.contains(&name.as_str()));
    for (name, values) in &mut typed.0 {
        // One answer a question: the last given.
        if name.starts_with(PREFIX)
            && let Some(last) = values.pop()
        {
            *values = vec![last];
        }
    }
    typed
}

/// Whether somebody typed anything worth keeping: the choices a form starts with are not.
pub(crate) fn says_something(fields: &Fields) -> bool {
    const TYPED: &[&str] = &[
        "phone",
        "birth_name",
        "first_names",
        "birth_date",
        "commune",
        "address_line",
        "motive",
        "comment",
    ];
    TYPED.iter().any(|name| !fields.get(name).is_empty())
        || fields.0.keys().any(|name| name.starts_with(PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in pairs {
            let values = fields.0.entry((*name).to_owned()).or_default();
            values.push((*value).to_owned());
        }
        fields
    }

    fn today() -> Date {
        date(2026, 3, 10)
    }

    #[test]
    fn a_question_not_asked_is_never_a_no() {
        let book = Book::demonstration();
        let walk = |form: &Fields| Walk::read(&book, form, today(), true).step;
        let odd = fields(&[("q_tronc-1", "peut-être"), ("q_nobody-1", "no")]);
        let Step::Ask(first) = walk(&odd) else {
            panic!("the first question is still to be asked")
        };
        assert_eq!(first.index, 0);
        let all: Vec<_> = (1..=11).map(|n| format!("q_tronc-{n}")).collect();
        let mut form = Fields::default();
        for name in &all {
            form.0.insert(name.clone(), vec!["no".to_owned()]);
        }
        assert_eq!(walk(&form), Step::ChooseMotive);
        form.0.remove("q_tronc-4");
        assert!(matches!(walk(&form), Step::Ask(sign) if sign.index == 3));
    }

    #[test]
    fn what_was_answered_to_a_version_that_was_replaced_is_asked_again_but_a_15_stays() {
        let book = Book::demonstration();
        let mut form = fields(&[
            ("asked_of", "GORGE=7 OREILLE=1 TRONC=0"),
            ("motive", "otalgie"),
            ("q_tronc-1", "no"),
            ("q_tronc-3", "yes"),
            ("q_oreille-1", "no"),
        ]);
        let changed = refresh(&book, &mut form, today());
        assert_eq!(changed.len(), 1, "{changed:?}");
        assert_eq!(form.get("q_tronc-1"), "", "asked again");
        assert_eq!(form.get("q_tronc-3"), "yes", "towards the 15");
        assert_eq!(form.get("q_oreille-1"), "no", "its sheet did not change");
        assert_eq!(form.get(ASKED_OF), "GORGE=7 OREILLE=1 TRONC=1");
        assert!(refresh(&book, &mut form, today()).is_empty(), "said once");
        let mut first = fields(&[("q_tronc-1", "no")]);
        assert!(refresh(&book, &mut first, today()).is_empty());
        assert_eq!(first.get("q_tronc-1"), "no");
    }

    #[test]
    fn the_last_answer_given_to_a_question_counts() {
        let book = Book::demonstration();
        let form = fields(&[("q_tronc-3", "no"), ("q_tronc-3", "yes")]);
        let walk = Walk::read(&book, &form, today(), true);
        assert!(matches!(walk.step, Step::Fifteen(_)));
        assert_eq!(walk.alarms().len(), 1);
        assert_eq!(kept(&form).0["q_tronc-3"], ["yes"]);
    }

    #[test]
    fn passing_over_a_sign_is_for_the_regulator_and_for_nobody_without_one() {
        let book = Book::demonstration();
        let form = fields(&[
            ("q_tronc-3", "yes"),
            ("override_reason", "douleur connue depuis dix ans"),
        ]);
        let over = |on_duty| Walk::read(&book, &form, today(), on_duty).step;
        assert!(matches!(
            over(true),
            Step::Done(Orientation::Regulator { .. })
        ));
        assert!(matches!(over(false), Step::Fifteen(_)));
    }

    #[test]
    fn everyday_words_choose_the_motive_and_its_sheet() {
        let book = Book::demonstration();
        let form = fields(&[("motive", "mal au ventre"), ("birth_date", "04/03/1981")]);
        let walk = Walk::read(&book, &form, today(), true);
        assert_eq!(motive(&form).as_deref(), Some("douleur-abdominale"));
        let sheet = walk.chosen.and_then(Chosen::sheet).unwrap();
        assert_eq!(sheet.sheet.code, "ABDO");
        assert!(says_something(&form) && !says_something(&fields(&[("mode", "visit")])));
    }
}
