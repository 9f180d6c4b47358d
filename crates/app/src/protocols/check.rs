//! What keeps a sheet from being followed: the plan's faults (`relais_core::triage`), and those of
//! its text — a sentence missing, a key twice, a motive or a destination that does not exist.

use super::destination;
use super::sheet::Sheet;
use crate::reference::motives::Motives;
use relais_core::triage::{self, Kind, Target};
use std::collections::BTreeSet;
use std::sync::OnceLock;

const NATIONAL: &str = include_str!("../../../../reference/motifs-hubsante.csv");

/// Most questions of a sheet.
pub const QUESTIONS_MAX: usize = 60;
/// Longest sentence, characters.
pub const SENTENCE_MAX: usize = 400;
/// Longest remark, characters.
pub const REMARK_MAX: usize = 2_000;
/// Most sentences of advice.
pub const ADVICE_MAX: usize = 20;
/// Longest code of a sheet.
pub const CODE_MAX: usize = 20;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The plan cannot be followed.
    Plan(triage::Fault),
    /// The code is not 1 to 20 capitals, digits and hyphens.
    Code,
    /// The sheet has no title, or no scope.
    NoTitle,
    /// A question without its sentence.
    NoSentence,
    /// A sentence, or a list, beyond its limit.
    TooLong,
    /// An exclusion out of the service with an empty sentence to say.
    NothingToSay,
    /// A question key used twice, or that is not a short code.
    Key(String),
    /// A motive outside the list.
    Motive(String),
    /// A national motive code outside the list.
    National(String),
    /// A cooperation protocol outside the list.
    Cooperation(String),
    /// An announced destination no answer leads to.
    Destination(&'static str),
    /// Ages that leave nobody.
    Ages,
}

/// Something wrong with a sheet, at a question or with the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Place of the question, from 0; `None` = the sheet itself.
    pub question: Option<usize>,
    /// What.
    pub wrong: Wrong,
}

impl Sheet {
    /// Everything that keeps it from being followed; empty when nothing does.
    pub fn faults(&self) -> Vec<Fault> {
        let mut found = Vec::new();
        let mut whole = |wrong| {
            found.push(Fault {
                question: None,
                wrong,
            });
        };
        let code = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        if self.code.is_empty() || self.code.len() > CODE_MAX || !self.code.chars().all(code) {
            whole(Wrong::Code);
        }
        if blank(&self.title) || blank(&self.scope) {
            whole(Wrong::NoTitle);
        }
        let lines = self.advice.iter().map(|advice| advice.text.as_str());
        let mut lines = lines.chain([self.title.as_str(), self.scope.as_str()]);
        let remark = self.remark.as_deref().unwrap_or_default();
        let wordy = lines.any(too_long) || remark.chars().count() > REMARK_MAX;
        if self.questions.len() > QUESTIONS_MAX || self.advice.len() > ADVICE_MAX || wordy {
            whole(Wrong::TooLong);
        }
        if self.advice.iter().any(|advice| blank(&advice.text)) {
            whole(Wrong::NoSentence);
        }
        if self.end_say.as_deref().is_some_and(blank) {
            whole(Wrong::NothingToSay);
        }
        for motive in &self.motives {
            if Motives::shipped().get(motive.as_str()).is_none() {
                whole(Wrong::Motive(motive.to_string()));
            }
        }
        if let Some(code) = self
            .cisu
            .as_deref()
            .filter(|code| !national().contains(code))
        {
            whole(Wrong::National(code.to_owned()));
        }
        for code in &self.cooperations {
            if crate::cooperation::protocol(code.as_str()).is_none() {
                whole(Wrong::Cooperation(code.to_string()));
            }
        }
        if self.until_months.is_some_and(|end| end <= self.from_months) {
            whole(Wrong::Ages);
        }
        let mut keys = BTreeSet::new();
        for (index, question) in self.questions.iter().enumerate() {
            let mut say = |wrong| {
                found.push(Fault {
                    question: Some(index),
                    wrong,
                });
            };
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let fits = (1..=40).contains(&question.key.len()) && question.key.chars().all(plain);
            if !fits || !keys.insert(question.key.as_str()) {
                say(Wrong::Key(question.key.clone()));
            }
            if blank(&question.text) || question.short.as_deref().is_some_and(blank) {
                say(Wrong::NoSentence);
            }
            let said = question.say.as_deref();
            if said.is_some_and(blank) {
                say(Wrong::NothingToSay);
            }
            if too_long(&question.text) || said.is_some_and(too_long) {
                say(Wrong::TooLong);
            }
        }
        let plan = self.plan();
        let faults = triage::faults(self.part(), &plan);
        let sound = faults.is_empty();
        found.extend(faults.into_iter().map(|fault| Fault {
            question: place(&fault),
            wrong: Wrong::Plan(fault),
        }));
        if sound {
            let missing = triage::unreached(&plan, &self.destinations);
            found.extend(missing.iter().map(|target| Fault {
                question: None,
                wrong: Wrong::Destination(destination::code(target)),
            }));
        }
        found
    }

    /// Whether a *yes* to a question, or its end, sends the caller out of the service.
    pub fn says_goodbye(kind: &Kind) -> bool {
        matches!(
            kind,
            Kind::Exclusion(Target::PoisonCentre | Target::UsualDoctor)
        )
    }
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn too_long(text: &str) -> bool {
    text.chars().count() > SENTENCE_MAX
}

const fn place(fault: &triage::Fault) -> Option<usize> {
    use triage::Fault as F;
    match fault {
        F::RedFlagLate(index)
        | F::FifteenNotRedFlag(index)
        | F::RedFlagConditional(index)
        | F::Cycle(index)
        | F::ConditionLater(index)
        | F::Unreachable(index) => Some(*index),
        F::TrunkOnly(index) => *index,
        F::NoRedFlag | F::EndUnreachable => None,
    }
}

/// National motive codes.
fn national() -> &'static BTreeSet<&'static str> {
    static ONCE: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    ONCE.get_or_init(|| {
        let rows = NATIONAL.lines().skip(1);
        rows.filter_map(|line| line.split(',').nth(1)).collect()
    })
}

impl std::fmt::Display for Wrong {
    /// In English, for the command line and logs; `crate::text::triage::fault` says it in French.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use triage::Fault as F;
        match self {
            Self::Plan(F::NoRedFlag) => f.write_str("no red flag is asked before a cascade"),
            Self::Plan(F::RedFlagLate(_)) => {
                f.write_str("a red flag comes after another kind of question: red flags come first")
            }
            Self::Plan(F::FifteenNotRedFlag(_)) => {
                f.write_str("a question that leads to 15 must be a red flag (`alerte`)")
            }
            Self::Plan(F::RedFlagConditional(_)) => {
                f.write_str("a red flag is always asked: it takes no `seulement_si`")
            }
            Self::Plan(F::Cycle(_)) => {
                f.write_str("cycle: its `seulement_si` leads back to the question itself")
            }
            Self::Plan(F::ConditionLater(_)) => {
                f.write_str("its `seulement_si` must name a question asked before it")
            }
            Self::Plan(F::Unreachable(_)) => {
                f.write_str("unreachable: no answers lead to this question")
            }
            Self::Plan(F::EndUnreachable) => {
                f.write_str("unreachable: no answers lead to the end of the sheet")
            }
            Self::Plan(F::TrunkOnly(_)) => {
                f.write_str("the common trunk holds red flags and notes only, and ends at 15 or MR")
            }
            Self::Code => f.write_str("a sheet's code is 1 to 20 capitals, digits and hyphens"),
            Self::NoTitle => f.write_str("`libelle` or `inclusion` is missing"),
            Self::NoSentence => f.write_str("the sentence to read aloud is missing"),
            Self::TooLong => write!(
                f,
                "beyond the limits ({QUESTIONS_MAX} questions, {SENTENCE_MAX} characters a sentence)"
            ),
            Self::NothingToSay => f.write_str("the sentence to say (`dire`) is missing"),
            Self::Key(key) => write!(f, "key `{key}`: used twice, or not a-z, 0-9 and hyphens"),
            Self::Motive(code) => write!(f, "`{code}` is not in the motive list"),
            Self::National(code) => write!(f, "`{code}` is no HubSanté motive code"),
            Self::Cooperation(code) => {
                write!(f, "`{code}` is not in the list of cooperation protocols")
            }
            Self::Destination(code) => write!(
                f,
                "unreachable: destination `{code}` is announced and no answers lead there"
            ),
            Self::Ages => f.write_str("its ages leave nobody"),
        }
    }
}
