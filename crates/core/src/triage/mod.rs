//! Triage: the walk through the territory's check-lists (R3), from answers to the next question or
//! to where the caller goes. Owns the shape of a sheet, the walk and the rules a sheet must hold;
//! holds no text (questions are known by their place in the sheet), computes no score and no
//! diagnosis: every outcome was written into the sheet by a clinician.

mod check;
mod walk;

pub use check::{Fault, faults, unreached};
pub use walk::{Answers, walk};

use crate::people::{Mode, Profession, coded};
use crate::request::RedFlags;
use crate::slug::Slug;

coded!(
    /// What a caller answered. No answer at all is none of the three.
    Answer {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// "Ne sait pas".
        Unknown = "unknown",
    }
);

coded!(
    /// Where a *yes* to a red flag leads.
    Alarm {
        /// Transfer to 15, live, at once.
        Fifteen = "15",
        /// The regulating doctor, once the other red flags were asked.
        Regulator = "MR",
    }
);

/// Whom a cascade is addressed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Towards {
    /// The profession.
    pub profession: Profession,
    /// The specialty, for a specialist.
    pub specialty: Option<Slug>,
}

/// Another way than the sheet's own end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Transfer to 15.
    Fifteen,
    /// The regulating doctor.
    Regulator,
    /// A cascade towards a profession.
    Cascade(Towards),
    /// The poison centre (CAP).
    PoisonCentre,
    /// The usual doctor, outside the service (MT): out of scope.
    UsualDoctor,
}

/// What a question is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A red flag: *yes* leads to the alarm, *ne sait pas* to the regulator.
    RedFlag(Alarm),
    /// An exclusion: *yes* leaves the sheet for the target, or keeps only that profession among those
    /// of the sheet's end; *ne sait pas* is for the regulator.
    Exclusion(Target),
    /// An inclusion: only *yes* opens the sheet's end; anything else is for the regulator.
    Inclusion,
    /// To note for who takes over: changes nothing, is never waited for.
    Note,
}

/// Asks a question only after an answer to an earlier one. Never allowed on a red flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Place of the earlier question in the same sheet.
    pub question: usize,
    /// The answer it must have had.
    pub answer: Answer,
}

/// One question of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What it is for.
    pub kind: Kind,
    /// When it is asked; `None` = always.
    pub only_if: Option<Condition>,
}

impl Ask {
    /// A question asked always.
    pub const fn always(kind: Kind) -> Self {
        Self {
            kind,
            only_if: None,
        }
    }

    /// Where a *yes* leads, if it leads away.
    pub fn on_yes(&self) -> Option<Target> {
        match &self.kind {
            Kind::RedFlag(Alarm::Fifteen) => Some(Target::Fifteen),
            Kind::RedFlag(Alarm::Regulator) => Some(Target::Regulator),
            Kind::Exclusion(target) => Some(target.clone()),
            Kind::Inclusion | Kind::Note => None,
        }
    }
}

/// Where a sheet leads when no answer leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Transfer to 15: the motive itself is an emergency.
    Fifteen,
    /// The regulating doctor.
    Regulator,
    /// A cascade; professions proposed, first choice first.
    Cascade(Vec<Towards>),
    /// The poison centre (CAP).
    PoisonCentre,
    /// The usual doctor, outside the service (MT).
    UsualDoctor,
}

/// A sheet without its text: the common trunk, or the sheet of a motive. The end of the trunk is
/// where an unlisted motive leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The questions, in the order they are asked; red flags first.
    pub asks: Vec<Ask>,
    /// Where it leads when no answer leads elsewhere.
    pub end: End,
    /// Target care delay in hours; `None` when the sheet sets none.
    pub within_hours: Option<u16>,
    /// How care is given, when the sheet says.
    pub mode: Option<Mode>,
    /// A doctor's advice comes before any cascade.
    pub advice_first: bool,
}

/// Which sheet a question belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The common trunk, asked on every contact.
    Trunk,
    /// The sheet of the motive.
    Sheet,
}

/// One question: its sheet and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sign {
    /// Its sheet.
    pub part: Part,
    /// Its place, from 0.
    pub index: usize,
}

/// What the motive chosen brings after the trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A sheet.
    Sheet(&'a Plan),
    /// A motive the network covers with no sheet (nursing care on prescription…): the trunk alone.
    Uncovered,
    /// A motive outside the list, or whose sheet may not be used: the end of the trunk.
    Unlisted,
}

/// Why a case is for the regulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// *Yes* to this question.
    Yes(Sign),
    /// *Ne sait pas* to this question.
    Unknown(Sign),
    /// The case is not the one the sheet is written for: *no* to this inclusion.
    NotIncluded(Sign),
    /// The sheet wants a doctor's advice before any cascade.
    AdviceFirst,
    /// The sheet leads to the regulator by itself.
    Sheet,
    /// No sheet for this motive.
    Unlisted,
    /// Somebody passed over this sign towards 15 (R3: never to a cascade).
    Overridden(Sign),
}

/// What a sheet proposes for the need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Professions, first choice first; never empty.
    pub towards: Vec<Towards>,
    /// Mode, when the sheet says.
    pub mode: Option<Mode>,
    /// Care delay in hours, when the sheet says.
    pub within_hours: Option<u16>,
}

/// Where a contact goes once every question due was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Orientation {
    /// A cascade may start.
    Cascade(Proposal),
    /// The regulator first.
    Regulator {
        /// Why, in the order of the questions; never empty.
        reasons: Vec<Reason>,
        /// What the sheet would propose after the regulator's advice.
        then: Option<Proposal>,
    },
    /// Out of the service: say the sentence of the question, or of the sheet when `by` is `None`.
    Elsewhere {
        /// Where the caller is sent.
        to: Elsewhere,
        /// The question that said so.
        by: Option<Sign>,
    },
    /// No sheet covers the motive and the trunk raised nothing: the need is filled by hand.
    Uncovered,
}

coded!(
    /// Where somebody is sent out of the service.
    Elsewhere {
        /// The poison centre.
        PoisonCentre = "CAP",
        /// Their usual doctor.
        UsualDoctor = "MT",
    }
);

/// The next thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask this question.
    Ask(Sign),
    /// The trunk is answered: choose the motive.
    ChooseMotive,
    /// Transfer to 15. The signs that say so; none when the sheet itself leads there.
    Fifteen(Vec<Sign>),
    /// Everything due was answered.
    Done(Orientation),
}

impl Step {
    /// What becomes of it with or without a regulator on duty: nobody on duty = 15 (R3).
    #[must_use]
    pub fn with_regulator(self, on_duty: bool) -> Self {
        match self {
            Self::Done(Orientation::Regulator { reasons, .. }) if !on_duty => {
                Self::Fifteen(reasons.into_iter().filter_map(Reason::sign).collect())
            }
            step => step,
        }
    }

    /// What becomes of it when somebody passes over a 15: the regulator, never a cascade (R3).
    /// Any other step stays.
    #[must_use]
    pub fn overridden(self) -> Self {
        match self {
            Self::Fifteen(signs) => {
                let mut reasons: Vec<_> = signs.into_iter().map(Reason::Overridden).collect();
                if reasons.is_empty() {
                    reasons.push(Reason::Sheet);
                }
                Self::Done(Orientation::Regulator {
                    reasons,
                    then: None,
                })
            }
            step => step,
        }
    }

    /// What the questions gave, in the request's words; `None` while questions are open. Whatever
    /// is for the regulator is `Unknown`: that is what stops a cascade from starting by itself.
    pub const fn red_flags(&self) -> Option<RedFlags> {
        match self {
            Self::Ask(_) | Self::ChooseMotive => None,
            Self::Fifteen(_) => Some(RedFlags::Present),
            Self::Done(Orientation::Regulator { .. }) => Some(RedFlags::Unknown),
            Self::Done(_) => Some(RedFlags::None),
        }
    }
}

impl Reason {
    /// The question behind it, if one is.
    pub const fn sign(self) -> Option<Sign> {
        match self {
            Self::Yes(sign)
            | Self::Unknown(sign)
            | Self::NotIncluded(sign)
            | Self::Overridden(sign) => Some(sign),
            Self::AdviceFirst | Self::Sheet | Self::Unlisted => None,
        }
    }
}
