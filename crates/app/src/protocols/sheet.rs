//! One sheet with its text. Its plan, without text, is what the core walks.

use super::{CHILD_MONTHS, TRUNK};
use crate::reference::motives::Motives;
use relais_core::people::Mode;
use relais_core::request::Age;
use relais_core::slug::Slug;
use relais_core::triage::{Answer, Ask, Condition, End, Kind, Part, Plan, Target};

/// One question of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Stable key (`gorge-3`): answers, counters and golden walks name it.
    pub key: String,
    /// What it is for, and where a *yes* leads.
    pub kind: Kind,
    /// The sentence to read aloud.
    pub text: String,
    /// The sign in a few words, for summaries and paper; the sentence when absent.
    pub short: Option<String>,
    /// For an exclusion: the sentence to say to the caller.
    pub say: Option<String>,
    /// Asked only after this answer to an earlier question.
    pub only_if: Option<(String, Answer)>,
    /// Keys of its sources.
    pub sources: Vec<String>,
}

impl Question {
    /// The sign in a few words.
    pub fn short(&self) -> &str {
        self.short.as_deref().unwrap_or(&self.text)
    }

    /// Whether doubt or a *yes* stops the cascade.
    pub const fn is_red_flag(&self) -> bool {
        matches!(self.kind, Kind::RedFlag(_))
    }
}

/// What may be said to the caller while they wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The sentence.
    pub text: String,
    /// Keys of its sources.
    pub sources: Vec<String>,
}

/// One orientation sheet (`fiche`), or the common trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its code, for ever (`GORGE`).
    pub code: String,
    /// Its title, in French.
    pub title: String,
    /// HubSanté/CISU pivot code.
    pub cisu: Option<String>,
    /// For whom it is written, in a few words.
    pub scope: String,
    /// Motives it serves.
    pub motives: Vec<Slug>,
    /// Serves every motive within its ages.
    pub any_motive: bool,
    /// Youngest age served, completed months.
    pub from_months: u16,
    /// First age not served, completed months; `None` = no limit.
    pub until_months: Option<u16>,
    /// The questions, in the order they are asked.
    pub questions: Vec<Question>,
    /// Where it leads when no answer leads elsewhere.
    pub end: End,
    /// The sentence to say at its end, when it ends out of the service.
    pub end_say: Option<String>,
    /// Destinations it announces.
    pub destinations: Vec<Target>,
    /// Target care delay, hours.
    pub within_hours: Option<u16>,
    /// How care is given, when the sheet says.
    pub mode: Option<Mode>,
    /// A doctor's advice comes before any cascade.
    pub advice_first: bool,
    /// Cooperation protocols it may be followed under, beside those the list gives its code
    /// ([`crate::cooperation::wanted`]).
    pub cooperations: Vec<Slug>,
    /// What may be said while waiting.
    pub advice: Vec<Advice>,
    /// Note of its authors for the operator.
    pub remark: Option<String>,
}

impl Sheet {
    /// A sheet without anything, to be written.
    pub fn empty(code: &str, title: &str) -> Self {
        Self {
            code: code.to_owned(),
            title: title.to_owned(),
            cisu: None,
            scope: String::new(),
            motives: Vec::new(),
            any_motive: false,
            from_months: 0,
            until_months: None,
            questions: Vec::new(),
            end: End::Regulator,
            end_say: None,
            destinations: Vec::new(),
            within_hours: None,
            mode: None,
            advice_first: false,
            cooperations: Vec::new(),
            advice: Vec::new(),
            remark: None,
        }
    }

    /// Which part of the walk it is.
    pub fn part(&self) -> Part {
        if self.code == TRUNK {
            Part::Trunk
        } else {
            Part::Sheet
        }
    }

    /// The sheet without its text. A condition on a question that is not there points past the
    /// end, which the checks refuse.
    pub fn plan(&self) -> Plan {
        let place = |key: &str| {
            let found = self
                .questions
                .iter()
                .position(|question| question.key == key);
            found.unwrap_or(usize::MAX)
        };
        let ask = |question: &Question| Ask {
            kind: question.kind.clone(),
            only_if: question.only_if.as_ref().map(|(key, answer)| Condition {
                question: place(key),
                answer: *answer,
            }),
        };
        Plan {
            asks: self.questions.iter().map(ask).collect(),
            end: self.end.clone(),
            within_hours: self.within_hours,
            mode: self.mode,
            advice_first: self.advice_first,
        }
    }

    /// A question by key, with its place.
    pub fn question(&self, key: &str) -> Option<(usize, &Question)> {
        let mut all = self.questions.iter().enumerate();
        all.find(|(_, question)| question.key == key)
    }

    /// Its red flags, in order.
    pub fn red_flags(&self) -> impl Iterator<Item = (usize, &Question)> {
        let all = self.questions.iter().enumerate();
        all.filter(|(_, question)| question.is_red_flag())
    }

    /// What to note for whoever takes over.
    pub fn notes(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|q| q.kind == Kind::Note)
    }

    /// Whether it serves an age.
    pub fn serves(&self, age: Age) -> bool {
        self.from_months <= age.months && self.until_months.is_none_or(|end| age.months < end)
    }

    /// A key no question has yet.
    pub fn free_key(&self) -> String {
        let stem = self.code.to_lowercase();
        let used = |n: usize| self.question(&format!("{stem}-{n}")).is_some();
        let next = (1..).find(|n| !used(*n)).unwrap_or_default();
        format!("{stem}-{next}")
    }

    /// Motives and ages from the motive list, for a sheet whose file says nothing of them.
    pub(super) fn serve_as_listed(&mut self) {
        for motive in Motives::shipped().all() {
            let is = |sheet: &Option<String>| sheet.as_deref() == Some(self.code.as_str());
            if is(&motive.sheet) {
                self.motives.push(motive.code.clone());
                if motive.sheet_child.is_some() {
                    self.from_months = CHILD_MONTHS;
                }
            } else if is(&motive.sheet_child) {
                self.motives.push(motive.code.clone());
                self.until_months = Some(CHILD_MONTHS);
            }
        }
    }
}
