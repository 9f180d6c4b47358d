//! The book: the sheets a network may use at an instant. Owns finding the sheet of a motive for an
//! age, and walking it. Refuses sheets nobody signed, but in a demonstration; without a trunk every
//! contact is for the regulator (R3).

use super::TRUNK;
use super::file::{self, shipped};
use super::sheet::{Question, Sheet};
use crate::reference::motives::Motives;
use relais_core::people::Profession;
use relais_core::request::Age;
use relais_core::slug::Slug;
use relais_core::time::Instant;
use relais_core::triage::{Answers, End, Part, Plan, Sign, Step, Subject, walk};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Who answers for a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Signed by a clinician of the network.
    Signed {
        /// Their name.
        by: String,
        /// Their RPPS number.
        rpps: String,
        /// When.
        at: Instant,
        /// Until when the signature holds.
        expires_at: Instant,
    },
    /// Nobody, or a signature that ended: a demonstration only, under its banner.
    Demonstration,
}

/// A version of a sheet in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The sheet.
    pub sheet: Arc<Sheet>,
    /// The sheet without its text.
    pub plan: Plan,
    /// Its version, to be stamped on the contact.
    pub version: i64,
    /// Who answers for it.
    pub standing: Standing,
}

impl InForce {
    /// A version in force.
    pub fn new(sheet: Sheet, version: i64, standing: Standing) -> Self {
        Self {
            plan: sheet.plan(),
            sheet: Arc::new(sheet),
            version,
            standing,
        }
    }
}

/// What a motive brings.
#[derive(Debug, Clone, Copy)]
pub enum Chosen<'a> {
    /// A sheet.
    Sheet(&'a InForce),
    /// A listed motive that no sheet is written for: the trunk alone.
    Uncovered,
    /// A motive outside the list, or whose sheet may not be used: for the regulator.
    Unlisted,
}

impl<'a> Chosen<'a> {
    /// The sheet, if there is one.
    pub const fn sheet(self) -> Option<&'a InForce> {
        match self {
            Self::Sheet(found) => Some(found),
            Self::Uncovered | Self::Unlisted => None,
        }
    }

    const fn subject(self) -> Subject<'a> {
        match self {
            Self::Sheet(found) => Subject::Sheet(&found.plan),
            Self::Uncovered => Subject::Uncovered,
            Self::Unlisted => Subject::Unlisted,
        }
    }
}

/// The sheets a network may use now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    trunk: Option<InForce>,
    sheets: BTreeMap<String, InForce>,
}

impl Book {
    /// A book of these versions.
    pub fn new(versions: impl IntoIterator<Item = InForce>) -> Self {
        let mut book = Self::default();
        for version in versions {
            if version.sheet.code == TRUNK {
                book.trunk = Some(version);
            } else {
                book.sheets.insert(version.sheet.code.clone(), version);
            }
        }
        book
    }

    /// The demonstration's sheets, signed by nobody.
    pub fn demonstration() -> Arc<Self> {
        static ONCE: OnceLock<Arc<Book>> = OnceLock::new();
        let book = ONCE.get_or_init(|| {
            let sheets = shipped().sheets.iter().cloned();
            let versions = sheets.map(|sheet| InForce::new(sheet, 1, Standing::Demonstration));
            Arc::new(Self::new(versions))
        });
        Arc::clone(book)
    }

    /// The trunk; without one, every contact is for the regulator.
    pub const fn trunk(&self) -> Option<&InForce> {
        self.trunk.as_ref()
    }

    /// A sheet by code, the trunk excepted.
    pub fn sheet(&self, code: &str) -> Option<&InForce> {
        self.sheets.get(code)
    }

    /// Every sheet but the trunk, by code.
    pub fn sheets(&self) -> impl Iterator<Item = &InForce> {
        self.sheets.values()
    }

    /// Sheets whose cascade may go to a profession: those a colleague of that profession may follow.
    pub fn of_profession(&self, profession: Profession) -> impl Iterator<Item = &InForce> {
        self.sheets()
            .filter(move |version| match &version.plan.end {
                End::Cascade(towards) => towards.iter().any(|to| to.profession == profession),
                End::Fifteen | End::Regulator | End::PoisonCentre | End::UsualDoctor => false,
            })
    }

    /// Its sheets as a file that can be imported again, one question a line.
    pub fn to_file(&self) -> String {
        file::written(
            self.trunk
                .iter()
                .chain(self.sheets.values())
                .map(|one| &*one.sheet),
        )
    }

    /// Whether one of its sheets stands on no signature: the banner must be shown.
    pub fn is_demonstration(&self) -> bool {
        let mut all = self.trunk.iter().chain(self.sheets.values());
        all.any(|version| version.standing == Standing::Demonstration)
    }

    /// What a motive brings for an age. An age not known yet is taken for an adult's.
    pub fn choose(&self, motive: &Slug, age: Option<Age>) -> Chosen<'_> {
        let known = age.unwrap_or(Age {
            years: 40,
            months: 480,
        });
        let fits = |version: &&InForce| version.sheet.serves(known);
        let mut every = self
            .sheets
            .values()
            .filter(|version| version.sheet.any_motive);
        if let Some(found) = every.find(fits) {
            return Chosen::Sheet(found);
        }
        let mut own = self
            .sheets
            .values()
            .filter(|version| version.sheet.motives.contains(motive));
        if let Some(found) = own.find(fits) {
            return Chosen::Sheet(found);
        }
        match Motives::shipped().get(motive.as_str()) {
            Some(listed) if listed.sheet.is_none() && motive.as_str() != "autre" => {
                Chosen::Uncovered
            }
            Some(_) | None => Chosen::Unlisted,
        }
    }

    /// The next step of a contact. `chosen` is `None` until a motive is chosen. Without a trunk
    /// nothing is asked and the regulator takes the case.
    pub fn step(&self, chosen: Option<Chosen<'_>>, answers: &Answers) -> Step {
        let Some(trunk) = &self.trunk else {
            let nothing = Plan {
                asks: Vec::new(),
                end: End::Regulator,
                within_hours: None,
                mode: None,
                advice_first: false,
            };
            return walk(&nothing, Some(Subject::Unlisted), &Answers::default());
        };
        walk(&trunk.plan, chosen.map(Chosen::subject), answers)
    }

    /// The question of a sign.
    pub fn question<'a>(&'a self, chosen: Option<Chosen<'a>>, sign: Sign) -> Option<&'a Question> {
        let version = match sign.part {
            Part::Trunk => self.trunk.as_ref(),
            Part::Sheet => chosen.and_then(Chosen::sheet),
        };
        version?.sheet.questions.get(sign.index)
    }

    /// The sign of a question's key, in the trunk or the sheet chosen.
    pub fn sign(&self, chosen: Option<Chosen<'_>>, key: &str) -> Option<Sign> {
        let of = |part, version: Option<&InForce>| {
            let (index, _) = version?.sheet.question(key)?;
            Some(Sign { part, index })
        };
        of(Part::Trunk, self.trunk.as_ref())
            .or_else(|| of(Part::Sheet, chosen.and_then(Chosen::sheet)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_core::request::RedFlags;
    use relais_core::triage::{Answer, Orientation};

    fn age(months: u16) -> Option<Age> {
        let years = u8::try_from(months / 12).unwrap();
        Some(Age { years, months })
    }

    fn chosen(motive: &str, months: u16) -> String {
        let book = Book::demonstration();
        match book.choose(&Slug::new(motive).unwrap(), age(months)) {
            Chosen::Sheet(found) => found.sheet.code.clone(),
            Chosen::Uncovered => "uncovered".to_owned(),
            Chosen::Unlisted => "unlisted".to_owned(),
        }
    }

    #[test]
    fn a_motive_and_an_age_find_their_sheet() {
        assert_eq!(chosen("fievre", 480), "FIEAD");
        assert_eq!(chosen("fievre", 179), "FIEENF");
        assert_eq!(chosen("fievre", 180), "FIEAD");
        assert_eq!(chosen("odynophagie", 100), "GORGE");
        // Whatever the motive, an infant under three months has its own sheet.
        assert_eq!(chosen("fievre", 2), "NOUR");
        assert_eq!(chosen("soins-infirmiers", 480), "uncovered");
        assert_eq!(chosen("autre", 480), "unlisted");
        assert_eq!(chosen("abandonne", 480), "unlisted");
    }

    #[test]
    fn without_a_trunk_every_contact_is_for_the_regulator_and_nobody_on_duty_is_15() {
        let empty = Book::default();
        let step = empty.step(Some(Chosen::Uncovered), &Answers::default());
        assert!(matches!(step, Step::Done(Orientation::Regulator { .. })));
        assert_eq!(step.red_flags(), Some(RedFlags::Unknown));
        assert!(matches!(step.with_regulator(false), Step::Fifteen(_)));
    }

    #[test]
    fn a_whole_call_goes_from_the_trunk_to_the_proposal() {
        let book = Book::demonstration();
        let mut answers = Answers::default();
        let motive = book.choose(&Slug::new("odynophagie").unwrap(), age(480));
        let mut asked = Vec::new();
        let end = loop {
            match book.step(Some(motive), &answers) {
                Step::Ask(sign) => {
                    let question = book.question(Some(motive), sign).unwrap();
                    assert_eq!(book.sign(Some(motive), &question.key), Some(sign));
                    asked.push(question.key.clone());
                    let inclusion = question.kind == relais_core::triage::Kind::Inclusion;
                    let answer = if inclusion { Answer::Yes } else { Answer::No };
                    answers.give(sign, answer);
                }
                step => break step,
            }
        };
        assert_eq!(asked.first().unwrap(), "tronc-1");
        assert_eq!(asked.last().unwrap(), "gorge-i1");
        let Step::Done(Orientation::Cascade(proposal)) = end else {
            panic!("{end:?}");
        };
        let professions: Vec<_> = proposal.towards.iter().map(|to| to.profession).collect();
        assert_eq!(professions, [Profession::Pharmacist, Profession::Gp]);
        assert_eq!(proposal.within_hours, Some(24));
    }
}
