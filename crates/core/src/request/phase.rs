//! Where a request stands. Each phase carries the facts that are true in it, and only those.

use crate::ids::{OfferId, ProfessionalId, UserId};
use crate::people::coded;
use crate::time::Instant;

coded!(
    /// Who is being asked (R4.1, R4.3, R4.4).
    Stage {
        /// The usual professionals, alone.
        Usual = "usual",
        /// Every eligible member.
        Community = "community",
        /// Sharing networks, wider radius.
        Neighbours = "neighbours",
    }
);

coded!(
    /// Why the usual professional's stage was skipped (R4.1).
    SkipReason {
        /// None was declared.
        NoneDeclared = "none-declared",
        /// The patient does not know.
        Unknown = "unknown",
        /// The one declared is no member of a participating network.
        NotMember = "not-member",
        /// The one declared cannot be asked now (see the verdict).
        Unavailable = "unavailable",
        /// Declared unable at intake, and the network skips then.
        DeclaredUnable = "declared-unable",
    }
);

coded!(
    /// Why nobody has the request (R4.5).
    UnfilledReason {
        /// Nobody at all could be asked.
        NobodyEligible = "nobody-eligible",
        /// Everybody asked said no.
        AllRefused = "all-refused",
        /// The window passed.
        DeadlinePassed = "deadline-passed",
        /// The care deadline passed.
        CareDeadlinePassed = "care-deadline-passed",
    }
);

coded!(
    /// Outcomes of a closed request (R8, CONTRACT).
    Closure {
        /// Seen.
        Seen = "seen",
        /// Did not come.
        NoShow = "no-show",
        /// Seen by somebody else.
        SeenElsewhere = "seen-elsewhere",
        /// Advice by phone.
        PhoneAdvice = "phone-advice",
        /// Sent to an emergency department or to 15 by the professional.
        SentToEmergency = "sent-to-emergency",
        /// The patient cancelled.
        PatientCancelled = "patient-cancelled",
        /// The professional cancelled.
        ProfessionalCancelled = "professional-cancelled",
        /// Nobody at home.
        NotAtHome = "not-at-home",
        /// Administrative.
        Administrative = "administrative",
        /// Nobody took it, and the patient was told.
        NoTaker = "no-taker",
    }
);

/// The cascade is running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Who is being asked.
    pub stage: Stage,
    /// When this round started.
    pub started_at: Instant,
    /// When the present stage opened.
    pub stage_opened_at: Instant,
    /// When the present stage gives way to the next one (the deadline, for the last).
    pub stage_until: Instant,
    /// When the window ends.
    pub deadline: Instant,
    /// When the next wave goes out, if waves are used and some wait.
    pub next_wave_at: Option<Instant>,
    /// When somebody now left out by the clock alone may become eligible (R4.11).
    pub recheck_at: Option<Instant>,
    /// When the patient was promised news (R7).
    pub promise_at: Option<Instant>,
}

/// The clock is stopped (R4.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paused {
    /// Since when.
    pub since: Instant,
    /// By whom.
    pub by: UserId,
    /// When somebody must come back to it, at the latest the care deadline.
    pub until: Instant,
    /// The cascade as it was.
    pub asking: Asking,
}

/// Nobody has it: *Besoin d'un coup de main* (R4.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfilled {
    /// Since when.
    pub since: Instant,
    /// Why.
    pub why: UnfilledReason,
    /// Who owns it; nobody yet = the whole desk.
    pub owner: Option<UserId>,
    /// The owner's next reminder.
    pub remind_at: Instant,
}

/// When and how the patient is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appointment {
    /// At a time.
    At(Instant),
    /// "Venez entre … et …".
    Between(Instant, Instant),
    /// "Je rappelle le patient", before a time if said.
    Call(Option<Instant>),
    /// To be set by the regulator or operator (always so by SMS, R4.7).
    ToBeSet,
}

impl Appointment {
    /// Whether the patient knows when.
    pub const fn has_time(self) -> bool {
        matches!(self, Self::At(_) | Self::Between(_, _))
    }

    /// The code of CONTRACT.
    pub const fn code(self) -> &'static str {
        match self {
            Self::At(_) => "at",
            Self::Between(_, _) => "between",
            Self::Call(_) => "call",
            Self::ToBeSet => "to-be-set",
        }
    }

    /// When it ends at the latest, if known.
    pub const fn latest(self) -> Option<Instant> {
        match self {
            Self::At(at) | Self::Between(_, at) => Some(at),
            Self::Call(before) => before,
            Self::ToBeSet => None,
        }
    }
}

/// Somebody has the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// Through which offer.
    pub offer: OfferId,
    /// Who.
    pub professional: ProfessionalId,
    /// Under whose supervision, for an intern (T17).
    pub supervisor: Option<ProfessionalId>,
    /// When they accepted.
    pub at: Instant,
    /// When and how they see the patient.
    pub appointment: Appointment,
    /// The deadline of the round they accepted in: a release reopens until then (R4.8).
    pub deadline: Instant,
    /// Next moment somebody must act: set a time, or close.
    pub due_at: Option<Instant>,
    /// How many closing reminders went out.
    pub reminders: u8,
}

/// How it ended. Exactly one (I6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With a coded outcome.
    Closed {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
        /// The outcome.
        closure: Closure,
        /// The professional who had the patient.
        by_accepter: Option<ProfessionalId>,
    },
    /// Cancelled before it was over.
    Cancelled {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
        /// Who asked for it.
        who: super::CancelledBy,
    },
    /// Handed to 15.
    Transferred15 {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
    },
}

/// Where a request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// A regulator must qualify it before anybody is asked (R3).
    ToQualify {
        /// Since when.
        since: Instant,
        /// When the desk is reminded.
        remind_at: Instant,
    },
    /// The cascade runs.
    Asking(Asking),
    /// The clock is stopped.
    Paused(Paused),
    /// Nobody has it.
    Unfilled(Unfilled),
    /// Somebody has it.
    Engaged(Engagement),
    /// Over.
    Ended(Ending),
}
