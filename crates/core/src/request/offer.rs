//! One request put to one professional, and what they answered.

use super::Stage;
use crate::ids::{NetworkId, OfferId, ProfessionalId};
use crate::people::coded;
use crate::time::Instant;

coded!(
    /// Why somebody passed. Never required (DESIGN §1.9).
    RefusalReason {
        /// No reason given: it is their right.
        Unsaid = "unsaid",
        /// Fully booked.
        Full = "full",
        /// Too far.
        TooFar = "too-far",
        /// Outside their skills.
        Skills = "skills",
        /// Nothing more today: mutes until tomorrow.
        NotToday = "not-today",
    }
);

coded!(
    /// Why an offer was taken back.
    WithdrawReason {
        /// A colleague took the patient on.
        Taken = "taken",
        /// The request was cancelled.
        Cancelled = "cancelled",
        /// The request changed and no longer fits them.
        NoLongerFits = "no-longer-fits",
        /// Their membership or right to practise ended (R4.11).
        RightEnded = "right-ended",
        /// The patient was transferred to 15.
        Transferred15 = "transferred-15",
        /// The request was closed.
        Closed = "closed",
        /// They gave the patient back (R4.8).
        Released = "released",
    }
);

/// Where an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferStatus {
    /// Written down, not yet handed to a gateway.
    Queued,
    /// A gateway took it.
    Sent {
        /// When.
        at: Instant,
    },
    /// A receipt came back.
    Delivered {
        /// When.
        at: Instant,
    },
    /// They opened it.
    Seen {
        /// When.
        at: Instant,
    },
    /// They said yes first.
    Accepted {
        /// When.
        at: Instant,
    },
    /// They passed.
    Refused {
        /// When.
        at: Instant,
        /// Why, if said.
        reason: RefusalReason,
    },
    /// The window passed without an answer; stays acceptable while the request is unfilled.
    Lapsed {
        /// When.
        at: Instant,
    },
    /// Taken back.
    Withdrawn {
        /// When.
        at: Instant,
        /// Why.
        why: WithdrawReason,
    },
}

impl OfferStatus {
    /// Waits for an answer.
    pub const fn is_live(self) -> bool {
        matches!(
            self,
            Self::Queued | Self::Sent { .. } | Self::Delivered { .. } | Self::Seen { .. }
        )
    }

    /// Taken back for something that may be put right: a right that ended, a need that changed. Whoever held it has
    /// nothing to say yes to any more, and did not answer: they are asked again when they may be (R4.11).
    pub const fn may_be_put_right(self) -> bool {
        matches!(
            self,
            Self::Withdrawn {
                why: WithdrawReason::RightEnded | WithdrawReason::NoLongerFits,
                ..
            }
        )
    }

    /// The code of CONTRACT.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent { .. } => "sent",
            Self::Delivered { .. } => "delivered",
            Self::Seen { .. } => "seen",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::Lapsed { .. } => "lapsed",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

/// One request put to one professional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub id: OfferId,
    /// To whom.
    pub professional: ProfessionalId,
    /// Through which membership they were asked.
    pub network: NetworkId,
    /// At which stage.
    pub stage: Stage,
    /// In which round of the cascade.
    pub round: u16,
    /// They are one of the patient's usual professionals.
    pub usual: bool,
    /// Metres between patient and professional when asked.
    pub distance_m: Option<u32>,
    /// When they were asked.
    pub asked_at: Instant,
    /// Where it stands.
    pub status: OfferStatus,
}
