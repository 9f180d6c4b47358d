//! A care request: one patient's need addressed to a profession, and where it stands. Holds facts
//! about the patient (age, sex, commune), never an identity.

mod need;
mod next;
mod offer;
mod phase;
mod reminder;
mod series;

pub use need::{
    Age, AgeShown, COMMENT_MAX, COOPERATIONS_MAX, Contacted, MOTIVES_MAX, Need, NeedEdit,
    NeedError, Origin, PatientFacts, RedFlags, Sex, StandIn, Usual, UsualDoctor,
};
pub use next::{NEXT_MAX, NextCare, NextRefusal};
pub use offer::{Offer, OfferStatus, RefusalReason, WithdrawReason};
pub use phase::{
    Appointment, Asking, Closure, Ending, Engagement, Paused, Phase, SkipReason, Stage, Unfilled,
    UnfilledReason,
};
pub use reminder::first_awake;
pub use series::{DAYS_MAX as SERIES_DAYS_MAX, Moment, Per, Series};

use crate::cascade::Policy;
use crate::ids::{NetworkId, OfferId, ProfessionalId, RequestId, UserId};
use crate::people::coded;
use crate::time::{Duration, Instant};

/// Who raised the request, and is told what becomes of it (R7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requester {
    /// An operator or regulator of the network.
    Staff(UserId),
    /// A professional, for a patient in front of them.
    Professional(ProfessionalId, UserId),
    /// Partner software (SAS client, practice software).
    Partner(UserId),
}

impl Requester {
    /// The professional who raised it, if one did: never asked themselves (R5).
    pub const fn professional(self) -> Option<ProfessionalId> {
        match self {
            Self::Professional(id, _) => Some(id),
            Self::Staff(_) | Self::Partner(_) => None,
        }
    }

    /// The account that raised it.
    pub const fn user(self) -> UserId {
        match self {
            Self::Staff(user) | Self::Professional(_, user) | Self::Partner(user) => user,
        }
    }
}

coded!(
    /// Status shown to people and software, derived once from the phase (CONTRACT).
    Status {
        /// A regulator must qualify it.
        ToQualify = "to_qualify",
        /// The usual professional alone is asked.
        AskingUsual = "asking_usual",
        /// The community is asked.
        AskingCommunity = "asking_community",
        /// Neighbouring networks too.
        AskingNeighbours = "asking_neighbours",
        /// Nobody yet: needs a hand.
        Unfilled = "unfilled",
        /// Taken on, time to be agreed.
        Accepted = "accepted",
        /// Taken on, time agreed.
        Scheduled = "scheduled",
        /// Ended with a coded outcome.
        Closed = "closed",
        /// Cancelled.
        Cancelled = "cancelled",
        /// Transferred to 15.
        Transferred15 = "transferred_15",
        /// Clock stopped by somebody.
        Paused = "paused",
    }
);

coded!(
    /// Who asked for a cancellation (R4.9).
    CancelledBy {
        /// The patient, or somebody for them.
        Patient = "patient",
        /// Whoever raised it.
        Requester = "requester",
        /// The desk.
        Operator = "operator",
        /// The desk, in the seconds after its launch: the need goes on, as an open contact on that desk.
        Undo = "undo",
    }
);

impl CancelledBy {
    /// Whose wish it is, by the word of a form or of a program. Taking a launch back is nobody's wish to cancel, and
    /// has its own door.
    pub fn wished(code: &str) -> Option<Self> {
        Self::from_code(code).filter(|who| *who != Self::Undo)
    }
}

/// A care request and its cascade: one aggregate, saved whole under one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// The network that answers for it.
    pub network: NetworkId,
    /// Who raised it.
    pub requester: Requester,
    /// Where it came from.
    pub origin: Origin,
    /// What is needed.
    pub need: Need,
    /// What may be known of the patient before acceptance.
    pub patient: PatientFacts,
    /// The patient's usual professionals, as declared.
    pub usual: Usual,
    /// What the red-flag questions gave.
    pub red_flags: RedFlags,
    /// The patient agreed to a synthesis for the usual doctor.
    pub consent_synthesis: bool,
    /// Response window asked for this request, minutes; `None` = the network's.
    pub window_minutes: Option<u16>,
    /// When it was raised.
    pub raised_at: Instant,
    /// The care deadline: after it nobody is asked any more.
    pub care_deadline: Instant,
    /// The policy in force when the cascade started, frozen (R4.12).
    pub policy: Policy,
    /// How many times a cascade was started on it, from 1.
    pub round: u16,
    /// Everything that was asked, oldest first.
    pub offers: Vec<Offer>,
    /// Where it stands.
    pub phase: Phase,
}

impl Request {
    /// The status shown, derived.
    pub fn status(&self) -> Status {
        match &self.phase {
            Phase::ToQualify { .. } => Status::ToQualify,
            Phase::Asking(asking) => match asking.stage {
                Stage::Usual => Status::AskingUsual,
                Stage::Community => Status::AskingCommunity,
                Stage::Neighbours => Status::AskingNeighbours,
            },
            Phase::Paused(_) => Status::Paused,
            Phase::Unfilled(_) => Status::Unfilled,
            Phase::Engaged(engagement) => {
                if engagement.appointment.has_time() {
                    Status::Scheduled
                } else {
                    Status::Accepted
                }
            }
            Phase::Ended(ending) => match ending {
                Ending::Closed { .. } => Status::Closed,
                Ending::Cancelled { .. } => Status::Cancelled,
                Ending::Transferred15 { .. } => Status::Transferred15,
            },
        }
    }

    /// The next deadline of the status shown, if any.
    pub fn status_until(&self) -> Option<Instant> {
        match &self.phase {
            Phase::ToQualify { remind_at, .. } => Some(*remind_at),
            Phase::Asking(asking) => Some(asking.stage_until),
            Phase::Paused(paused) => Some(paused.until),
            Phase::Unfilled(unfilled) => Some(unfilled.remind_at),
            Phase::Engaged(engagement) => engagement.due_at,
            Phase::Ended(_) => None,
        }
    }

    /// The outcome when closed.
    pub fn closure(&self) -> Option<Closure> {
        match &self.phase {
            Phase::Ended(Ending::Closed { closure, .. }) => Some(*closure),
            Phase::Ended(Ending::Cancelled { .. } | Ending::Transferred15 { .. })
            | Phase::ToQualify { .. }
            | Phase::Asking(_)
            | Phase::Paused(_)
            | Phase::Unfilled(_)
            | Phase::Engaged(_) => None,
        }
    }

    /// The professional who has the patient, now or when it ended.
    pub fn engaged(&self) -> Option<ProfessionalId> {
        match &self.phase {
            Phase::Engaged(engagement) => Some(engagement.professional),
            Phase::Ended(Ending::Closed { by_accepter, .. }) => *by_accepter,
            Phase::Ended(Ending::Cancelled { .. } | Ending::Transferred15 { .. })
            | Phase::ToQualify { .. }
            | Phase::Asking(_)
            | Phase::Paused(_)
            | Phase::Unfilled(_) => None,
        }
    }

    /// When somebody who has the patient should have closed, by the settings frozen with the request (R8); `None`
    /// while no hour is known, and when it is over.
    pub fn unclosed_since(&self) -> Option<Instant> {
        let Phase::Engaged(engagement) = &self.phase else {
            return None;
        };
        let hours = Duration::hours(i64::from(self.policy.closure_hours.max(1)));
        match engagement.appointment {
            Appointment::ToBeSet => None,
            Appointment::At(_) | Appointment::Between(_, _) | Appointment::Call(_) => {
                let latest = engagement.appointment.latest().unwrap_or(engagement.at);
                Some(latest.max(engagement.at) + hours)
            }
        }
    }

    /// Whether nothing more can happen to it.
    pub const fn is_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended(_))
    }

    /// Until when an offer may be answered: the usual professional's share while they are asked
    /// alone, else the window; `None` when no answer is awaited any more.
    pub fn answer_until(&self, offer: &Offer) -> Option<Instant> {
        match &self.phase {
            Phase::Asking(asking)
                if offer.stage == Stage::Usual && asking.stage == Stage::Usual =>
            {
                Some(asking.stage_until)
            }
            Phase::Asking(asking) => Some(asking.deadline),
            Phase::Paused(paused) => Some(paused.asking.deadline),
            Phase::ToQualify { .. } | Phase::Unfilled(_) | Phase::Engaged(_) | Phase::Ended(_) => {
                None
            }
        }
    }

    /// An offer by id.
    pub fn offer(&self, id: OfferId) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// Offers that still wait for an answer.
    pub fn live_offers(&self) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(|offer| offer.status.is_live())
    }

    /// Whether somebody was asked in the present round, whatever became of it.
    pub fn asked_this_round(&self, professional: ProfessionalId) -> bool {
        self.offers
            .iter()
            .any(|o| o.professional == professional && o.round == self.round)
    }

    /// Whoever is not asked another time: those whose offer waits, and those asked in the present round, but for what
    /// was taken back and may be put right.
    pub fn asked(&self) -> impl Iterator<Item = ProfessionalId> {
        let stands = |o: &&Offer| {
            o.status.is_live() || (o.round == self.round && !o.status.may_be_put_right())
        };
        self.offers.iter().filter(stands).map(|o| o.professional)
    }

    /// When somebody last gave the patient back, if they did.
    pub fn given_back(&self, professional: ProfessionalId) -> Option<Instant> {
        let theirs = self
            .offers
            .iter()
            .filter(|o| o.professional == professional);
        theirs
            .filter_map(|offer| match offer.status {
                OfferStatus::Withdrawn {
                    at,
                    why: WithdrawReason::Released,
                } => Some(at),
                _ => None,
            })
            .max()
    }

    /// Whether somebody said no, or gave the patient back: never asked again (R4.8).
    pub fn declined_by(&self, professional: ProfessionalId) -> bool {
        self.declined().any(|id| id == professional)
    }

    /// Whoever said no, or gave the patient back.
    pub fn declined(&self) -> impl Iterator<Item = ProfessionalId> {
        let no = |o: &&Offer| {
            matches!(
                o.status,
                OfferStatus::Refused { .. }
                    | OfferStatus::Withdrawn {
                        why: WithdrawReason::Released,
                        ..
                    }
            )
        };
        self.offers.iter().filter(no).map(|o| o.professional)
    }
}
