//! Everything that is told to somebody, as data. No variant has a place for a patient's identity:
//! what is said before and after acceptance speaks of the professional, the hour, the place (R6).

use crate::ids::{OfferId, ProfessionalId, UserId};
use crate::request::{Appointment, CancelledBy, Closure, WithdrawReason};
use crate::time::Instant;

/// What follows from a change: data only, written to the outbox in the same transaction (I7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Put the request to a professional, on the ladder of their channels.
    Ask {
        /// The offer.
        offer: OfferId,
    },
    /// Put it to whoever has an hour again, for that hour (R9).
    AskHour {
        /// The offer.
        offer: OfferId,
        /// The hour.
        hour: Instant,
    },
    /// Replace what they received: nothing to do any more.
    Replace {
        /// The offer.
        offer: OfferId,
        /// Why.
        why: WithdrawReason,
    },
    /// The request they were asked for has changed; it still fits them.
    Update {
        /// The offer.
        offer: OfferId,
    },
    /// Tell the one who has the patient.
    Accepter {
        /// Who.
        professional: ProfessionalId,
        /// What.
        news: AccepterNews,
    },
    /// Tell the patient.
    Patient(PatientNews),
    /// The patient heard on the telephone who sees them and when: what follows from an appointment follows from this
    /// one, without the news of it.
    Booked {
        /// Who sees them.
        professional: ProfessionalId,
        /// When and how.
        appointment: Appointment,
    },
    /// Tell whoever raised the request.
    Requester(RequesterNews),
    /// Tell a usual professional who is a member.
    Usual {
        /// Who.
        professional: ProfessionalId,
        /// What.
        news: UsualNews,
    },
    /// Show it on the desk's screens.
    Desk(DeskAlert),
}

/// To the professional who has the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccepterNews {
    /// It is theirs: where to find the patient's card.
    Yours,
    /// The need changed after acceptance; they may release.
    Edited,
    /// The number of their patient was wrong: another is on their page.
    NumberCorrected,
    /// The appointment was set or moved by the desk.
    AppointmentSet(Appointment),
    /// It was cancelled: by whom, and what was agreed.
    Cancelled(CancelledBy, Appointment),
    /// It was transferred to 15: what was agreed.
    Transferred15(Appointment),
    /// It ended otherwise before the hour they had: how, and what was agreed.
    Closed(Closure, Appointment),
    /// Closing is overdue.
    CloseReminder,
}

/// To the patient. Never health data, never another name than the professional's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatientNews {
    /// We are looking; next news before.
    Searching {
        /// Promised.
        next: Instant,
    },
    /// Still looking; next news at.
    StillSearching {
        /// Promised.
        next: Instant,
    },
    /// Somebody sees them: who, when, where.
    Taken {
        /// Who.
        professional: ProfessionalId,
        /// When and how.
        appointment: Appointment,
    },
    /// The hour or the manner they knew has changed.
    Moved {
        /// Who.
        professional: ProfessionalId,
        /// When and how from now on.
        appointment: Appointment,
    },
    /// Nobody is free yet; an operator calls before.
    Unfilled {
        /// Promised.
        call_before: Instant,
    },
    /// The professional had to withdraw; we look again.
    Released {
        /// Promised.
        next: Instant,
    },
    /// Cancelled.
    Cancelled,
    /// The launch was taken back: the desk has their call again, and what it promised them holds.
    BackAtDesk {
        /// Somebody was to see them already: that does not hold.
        booked: bool,
    },
    /// Whoever was to see them does not, and nobody is looked for: they call.
    CalledOff,
}

impl PatientNews {
    /// Whoever does not hear it in time stands before a closed door, or is waited for in vain: it is said by
    /// somebody when no message carries it (R7).
    #[must_use]
    pub const fn presses(self) -> bool {
        match self {
            Self::Taken { .. }
            | Self::Moved { .. }
            | Self::Released { .. }
            | Self::Cancelled
            | Self::BackAtDesk { booked: true }
            | Self::CalledOff => true,
            Self::Searching { .. }
            | Self::StillSearching { .. }
            | Self::Unfilled { .. }
            | Self::BackAtDesk { booked: false } => false,
        }
    }
}

/// To whoever raised it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequesterNews {
    /// Taken by.
    Taken {
        /// Who.
        professional: ProfessionalId,
        /// When and how.
        appointment: Appointment,
    },
    /// Nobody yet; the desk has it.
    Unfilled,
    /// Given back; we look again.
    Released,
    /// Cancelled.
    Cancelled,
    /// Closed.
    Closed(Closure),
    /// Sent to 15.
    Transferred15,
}

/// To a usual professional who is a member (R7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsualNews {
    /// A colleague took their patient on.
    TakenBy(ProfessionalId),
}

/// To the desk: shown, not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskAlert {
    /// Must be qualified.
    ToQualify,
    /// Taken on.
    Taken,
    /// Needs a hand.
    NeedsAHand {
        /// Its owner, if any.
        owner: Option<UserId>,
    },
    /// A time must be set with the patient.
    SetTime,
    /// Given back by the accepter.
    Released,
    /// Paused too long.
    PausedLong,
    /// Not closed in time.
    Unclosed,
}
