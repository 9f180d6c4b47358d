//! What may be asked of a request, and the refusals that come back.

use super::Policy;
use crate::ids::{NetworkId, OfferId, ProfessionalId, RequestId, UserId};
use crate::request::{
    Appointment, CancelledBy, Closure, Need, NeedError, Origin, PatientFacts, RedFlags,
    RefusalReason, Request, Requester, Usual,
};
use crate::time::Instant;

/// A request to be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raise {
    /// Its id, minted by the shell.
    pub id: RequestId,
    /// The network that will answer for it.
    pub network: NetworkId,
    /// Who raises it.
    pub requester: Requester,
    /// Where it came from.
    pub origin: Origin,
    /// What is needed.
    pub need: Need,
    /// The patient's facts.
    pub patient: PatientFacts,
    /// The usual professionals.
    pub usual: Usual,
    /// The red-flag questions.
    pub red_flags: RedFlags,
    /// Consent to a synthesis.
    pub consent_synthesis: bool,
    /// Window asked, minutes.
    pub window_minutes: Option<u16>,
}

/// What somebody, or the clock, wants of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The clock: do everything that is due (I8, I15). Doing it twice changes nothing.
    Tick,
    /// The directory changed: ask those who became eligible, withdraw from those whose right
    /// ended (R4.11).
    Reconsider,
    /// The patient of this professional called off: the hour they had kept is put to them for this request, if
    /// nobody has it and matching says yes (R9). Anything else changes nothing.
    OfferHour {
        /// Who has an hour again.
        professional: ProfessionalId,
        /// Which.
        hour: Instant,
    },
    /// The regulator lets it go, possibly changed (R3).
    Qualify {
        /// By whom.
        by: UserId,
        /// The need as qualified; `None` = as it was.
        need: Option<Need>,
    },
    /// A gateway took the message of an offer.
    MarkSent {
        /// Which.
        offer: OfferId,
    },
    /// A receipt came back for an offer.
    MarkDelivered {
        /// Which.
        offer: OfferId,
    },
    /// The professional opened the offer.
    MarkSeen {
        /// Which.
        offer: OfferId,
    },
    /// "J'accepte" (R4.6, R4.7).
    Accept {
        /// Which offer.
        offer: OfferId,
        /// When and how.
        appointment: Appointment,
    },
    /// "Je passe".
    Refuse {
        /// Which offer.
        offer: OfferId,
        /// Why, if said.
        reason: RefusalReason,
    },
    /// The accepter gives the patient back (R4.8).
    Release {
        /// Who.
        professional: ProfessionalId,
    },
    /// Set or move the appointment.
    SetAppointment {
        /// By whom.
        by: UserId,
        /// The accepter themselves, if it is they.
        accepter: Option<ProfessionalId>,
        /// When and how.
        appointment: Appointment,
    },
    /// Stop the clock (R4.9).
    Pause {
        /// By whom.
        by: UserId,
    },
    /// Start it again; deadlines shift by the length of the pause.
    Resume {
        /// By whom.
        by: UserId,
    },
    /// New window (R4.9).
    Relaunch {
        /// By whom.
        by: UserId,
        /// Window, minutes; `None` = as before.
        window_minutes: Option<u16>,
    },
    /// Open the neighbours' stage now.
    Widen {
        /// By whom.
        by: UserId,
    },
    /// Change the need (R4.9).
    Edit {
        /// By whom.
        by: UserId,
        /// The need as it is now.
        need: Need,
    },
    /// Take an unfilled request in hand.
    TakeInHand {
        /// By whom.
        by: UserId,
    },
    /// Cancel (R4.9).
    Cancel {
        /// By whom.
        by: UserId,
        /// Who asked.
        who: CancelledBy,
    },
    /// Hand over to 15.
    Transfer15 {
        /// By whom.
        by: UserId,
    },
    /// End with a coded outcome (R8).
    Close {
        /// By whom.
        by: UserId,
        /// The accepter themselves, if it is they.
        accepter: Option<ProfessionalId>,
        /// The outcome.
        closure: Closure,
    },
}

impl Command {
    /// Whether people may be asked because of it: who may be, and what was lately asked of them, must
    /// then hold still until it is saved (R5).
    pub const fn may_ask(&self) -> bool {
        match self {
            Self::Tick
            | Self::Reconsider
            | Self::OfferHour { .. }
            | Self::Qualify { .. }
            | Self::Refuse { .. }
            | Self::Release { .. }
            | Self::Resume { .. }
            | Self::Relaunch { .. }
            | Self::Widen { .. }
            | Self::Edit { .. } => true,
            Self::MarkSent { .. }
            | Self::MarkDelivered { .. }
            | Self::MarkSeen { .. }
            | Self::Accept { .. }
            | Self::SetAppointment { .. }
            | Self::Pause { .. }
            | Self::TakeInHand { .. }
            | Self::Cancel { .. }
            | Self::Transfer15 { .. }
            | Self::Close { .. } => false,
        }
    }

    /// The policy the cascade will run under: the one frozen with the request, or the present one where a cascade starts
    /// anew (R4.12). What was asked of people lately is counted as far back as it says ([`Policy::looks_back`]).
    pub const fn policy<'p>(&self, state: &'p Request, present: &'p Policy) -> &'p Policy {
        match self {
            Self::Qualify { .. } | Self::Relaunch { .. } => present,
            _ => &state.policy,
        }
    }

    /// Whether it is decided by looking at people: those it may ask, the one who says yes (R4.6), or the one whose
    /// right must last until the hour that is set.
    pub const fn looks_at_people(&self) -> bool {
        self.may_ask() || matches!(self, Self::Accept { .. } | Self::SetAppointment { .. })
    }
}

/// Why a command is refused. A refusal is an answer, not a failure of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A red flag is present: transfer to 15, no cascade (R3).
    #[error("red flag present: transfer to 15")]
    RedFlag,
    /// It would wait for a regulator and none is on duty: transfer to 15 (R3).
    #[error("no regulator on duty: transfer to 15")]
    NoRegulator,
    /// The network is closed (R1).
    #[error("network closed")]
    OutOfHours {
        /// When it next opens, if known.
        opens_at: Option<Instant>,
    },
    /// A window outside 10 minutes – 24 hours.
    #[error("window outside 10 minutes to 24 hours")]
    Window,
    /// What was lived on paper cannot be true as it is entered.
    #[error("late entry: {0}")]
    Late(#[from] super::LateError),
    /// The need does not hold together.
    #[error("need: {0}")]
    Need(#[from] NeedError),
    /// No such offer on this request.
    #[error("no such offer")]
    NoSuchOffer,
    /// A colleague has the patient: said kindly (R4.6).
    #[error("already taken")]
    AlreadyTaken {
        /// Since when.
        at: Instant,
    },
    /// The request or the offer is over.
    #[error("offer closed")]
    OfferClosed,
    /// They took the patient and gave them back since: a yes said before, heard again, takes nobody (R4.8).
    #[error("given back")]
    GivenBack {
        /// Since when.
        at: Instant,
    },
    /// Membership or right to practise ended (R4.6).
    #[error("no right to practise here now")]
    RightEnded,
    /// Already theirs: to step back, release.
    #[error("already yours: release instead of refusing")]
    AlreadyYours,
    /// The present state does not allow it.
    #[error("not possible in the present state")]
    WrongState,
    /// Another profession is another request (R4.9).
    #[error("a change of profession is a new request")]
    ProfessionChange,
    /// Only the one who has the patient may.
    #[error("only the professional who has the patient")]
    NotAccepter,
    /// An appointment in the past, beyond the network's horizon, or that ends before it starts.
    #[error("appointment in the past, too far or turned round")]
    BadAppointment,
    /// An appointment after the right to practise of whoever would keep it has ended: rights end with the dates of a
    /// contract (R5, R8).
    #[error("appointment after the end of the right to practise")]
    BeyondRight {
        /// First moment without the right.
        until: Instant,
    },
    /// This outcome does not fit (`no-taker` needs an unfilled request, `seen` a taken one).
    #[error("this outcome does not fit")]
    BadClosure,
}

impl Refusal {
    /// A stable code, the slug of the problem shown.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RedFlag => "red-flag",
            Self::NoRegulator => "no-regulator",
            Self::OutOfHours { .. } => "out-of-hours",
            Self::Window => "window",
            Self::Late(_) => "late-entry",
            Self::Need(_) => "need",
            Self::NoSuchOffer => "no-such-offer",
            Self::AlreadyTaken { .. } => "already-taken",
            Self::OfferClosed => "offer-closed",
            Self::GivenBack { .. } => "given-back",
            Self::RightEnded => "right-ended",
            Self::AlreadyYours => "already-yours",
            Self::WrongState => "wrong-state",
            Self::ProfessionChange => "profession-change",
            Self::NotAccepter => "not-accepter",
            Self::BadAppointment => "bad-appointment",
            Self::BeyondRight { .. } => "beyond-right",
            Self::BadClosure => "bad-closure",
        }
    }
}
