//! What happened to a request. Events are facts; they are journaled and folded into the state.

use super::Policy;
use crate::ids::{OfferId, ProfessionalId, UserId};
use crate::matching::Verdict;
use crate::request::{
    Appointment, CancelledBy, Closure, Need, Offer, RefusalReason, SkipReason, Stage,
    UnfilledReason, WithdrawReason,
};
use crate::time::{Duration, Instant};

/// A start of the cascade: the windows, and the policy frozen with them (R4.12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// Which round, from 1.
    pub round: u16,
    /// When.
    pub at: Instant,
    /// End of the usual professional's share.
    pub usual_until: Instant,
    /// End of the window.
    pub deadline: Instant,
    /// The care deadline.
    pub care_deadline: Instant,
    /// What clipped the window.
    pub clip: super::Clip,
    /// News promised to the patient.
    pub promise_at: Instant,
    /// The policy from here on.
    pub policy: Policy,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Raised; nobody asked yet.
    Raised {
        /// When.
        at: Instant,
    },
    /// It was lived on paper and entered afterwards (R2); `Raised` holds the true hour.
    EnteredLate {
        /// When it was entered.
        at: Instant,
        /// When the call came.
        happened_at: Instant,
    },
    /// Somebody passed on the phone, while the machine was down.
    PassedByPhone {
        /// When they said so.
        at: Instant,
        /// The offer, as answered.
        offer: Offer,
    },
    /// Somebody took the patient on the phone, while the machine was down.
    TakenByPhone {
        /// When they said so.
        at: Instant,
        /// The offer, as answered.
        offer: Offer,
        /// Supervisor of an intern.
        supervisor: Option<ProfessionalId>,
        /// When and how.
        appointment: Appointment,
        /// Deadline of the window as it would have been, for a release.
        deadline: Instant,
        /// Next moment somebody must act.
        due_at: Instant,
    },
    /// An hour that came free was put to whoever had kept it, for a request nobody has (R9).
    OfferedHour {
        /// When.
        at: Instant,
        /// The offer made of it.
        offer: Offer,
        /// The hour.
        hour: Instant,
    },
    /// Waits for the regulator.
    SentToQualify {
        /// When.
        at: Instant,
        /// Reminder of the desk.
        remind_at: Instant,
    },
    /// The regulator let it go.
    Qualified {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
    },
    /// A cascade started.
    Launched(Box<Launch>),
    /// The usual professional's stage was skipped, and why (R4.1).
    UsualSkipped {
        /// When.
        at: Instant,
        /// Why.
        why: SkipReason,
    },
    /// Matching was made for a stage: every verdict, kept and shown (R5).
    Judged {
        /// When.
        at: Instant,
        /// For which stage.
        stage: Stage,
        /// In which round.
        round: u16,
        /// Everybody considered.
        verdicts: Vec<Verdict>,
    },
    /// A stage opened.
    StageOpened {
        /// When.
        at: Instant,
        /// Which.
        stage: Stage,
        /// Until when, unless something happens first.
        until: Instant,
    },
    /// People were asked.
    Offered {
        /// When.
        at: Instant,
        /// The offers.
        offers: Vec<Offer>,
    },
    /// When to come back for the next wave, a returning candidate, or the stage's end.
    Scheduled {
        /// The next wave.
        next_wave_at: Option<Instant>,
        /// Somebody may become eligible.
        recheck_at: Option<Instant>,
        /// End of the present stage.
        stage_until: Instant,
    },
    /// A gateway took an offer's message.
    OfferSent {
        /// When.
        at: Instant,
        /// Which.
        offer: OfferId,
    },
    /// A receipt came back.
    OfferDelivered {
        /// When.
        at: Instant,
        /// Which.
        offer: OfferId,
    },
    /// It was opened.
    OfferSeen {
        /// When.
        at: Instant,
        /// Which.
        offer: OfferId,
    },
    /// Somebody passed.
    Refused {
        /// When.
        at: Instant,
        /// Which.
        offer: OfferId,
        /// Who.
        professional: ProfessionalId,
        /// Why, if said.
        reason: RefusalReason,
    },
    /// Somebody has the patient (R4.6).
    Accepted {
        /// When.
        at: Instant,
        /// Through which offer.
        offer: OfferId,
        /// Who.
        professional: ProfessionalId,
        /// Supervisor of an intern.
        supervisor: Option<ProfessionalId>,
        /// When and how.
        appointment: Appointment,
        /// After the deadline, while nobody had it (R4.5).
        late: bool,
        /// Deadline of the round, for a release.
        deadline: Instant,
        /// Next moment somebody must act.
        due_at: Instant,
    },
    /// Offers were taken back.
    Withdrawn {
        /// When.
        at: Instant,
        /// Which.
        offers: Vec<OfferId>,
        /// Why.
        why: WithdrawReason,
    },
    /// Offers lapsed with the window; acceptable while unfilled (R4.5).
    Lapsed {
        /// When.
        at: Instant,
        /// Which.
        offers: Vec<OfferId>,
    },
    /// Nobody has it: needs a hand.
    BecameUnfilled {
        /// When.
        at: Instant,
        /// Why.
        why: UnfilledReason,
        /// The desk's clock.
        remind_at: Instant,
    },
    /// The desk was reminded of something.
    Reminded {
        /// When.
        at: Instant,
        /// The next reminder.
        next: Instant,
    },
    /// The patient got the news promised; when the next ones come.
    PatientTold {
        /// When.
        at: Instant,
        /// The next promise, if one is made.
        next: Option<Instant>,
    },
    /// An operator owns the unfilled request.
    TakenInHand {
        /// When.
        at: Instant,
        /// Who.
        by: UserId,
        /// The owner's next reminder.
        remind_at: Instant,
    },
    /// The accepter gave the patient back.
    Released {
        /// When.
        at: Instant,
        /// Through which offer they had it.
        offer: OfferId,
        /// Who.
        professional: ProfessionalId,
    },
    /// The need changed.
    Edited {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
        /// As it is now.
        need: Box<Need>,
        /// The care deadline now.
        care_deadline: Instant,
        /// End of the window now, if it moved.
        deadline: Option<Instant>,
    },
    /// The clock was stopped.
    Paused {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
        /// When it is questioned.
        until: Instant,
    },
    /// The clock runs again.
    Resumed {
        /// When.
        at: Instant,
        /// By whom; `None` = the care deadline did.
        by: Option<UserId>,
        /// By how much deadlines moved.
        shift: Duration,
    },
    /// An appointment was set or moved.
    AppointmentSet {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
        /// The accepter themselves, if it was they.
        accepter: Option<ProfessionalId>,
        /// When and how.
        appointment: Appointment,
        /// Next moment somebody must act.
        due_at: Instant,
    },
    /// Closing was asked for again, of the accepter first, then of the desk (R8).
    ClosureReminded {
        /// When.
        at: Instant,
        /// The next reminder.
        due_at: Instant,
    },
    /// Cancelled.
    Cancelled {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
        /// Who asked.
        who: CancelledBy,
    },
    /// Handed to 15.
    Transferred15 {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
    },
    /// Closed with an outcome.
    Closed {
        /// When.
        at: Instant,
        /// By whom.
        by: UserId,
        /// The outcome.
        closure: Closure,
    },
}

impl Event {
    /// The act's name in the journal.
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Raised { .. } => "request.raised",
            Self::EnteredLate { .. } => "request.entered-late",
            Self::PassedByPhone { .. } => "offer.passed-by-phone",
            Self::TakenByPhone { .. } => "offer.taken-by-phone",
            Self::OfferedHour { .. } => "offer.hour-freed",
            Self::SentToQualify { .. } => "request.to-qualify",
            Self::Qualified { .. } => "request.qualified",
            Self::Launched(_) => "cascade.launched",
            Self::UsualSkipped { .. } => "cascade.usual-skipped",
            Self::Judged { .. } => "matching.judged",
            Self::StageOpened { .. } => "cascade.stage-opened",
            Self::Offered { .. } => "cascade.offered",
            Self::Scheduled { .. } => "cascade.scheduled",
            Self::OfferSent { .. } => "offer.sent",
            Self::OfferDelivered { .. } => "offer.delivered",
            Self::OfferSeen { .. } => "offer.seen",
            Self::Refused { .. } => "offer.refused",
            Self::Accepted { .. } => "offer.accepted",
            Self::Withdrawn { .. } => "offer.withdrawn",
            Self::Lapsed { .. } => "offer.lapsed",
            Self::BecameUnfilled { .. } => "request.unfilled",
            Self::Reminded { .. } => "request.reminded",
            Self::PatientTold { .. } => "patient.told",
            Self::TakenInHand { .. } => "request.taken-in-hand",
            Self::Released { .. } => "request.released",
            Self::Edited { .. } => "request.edited",
            Self::Paused { .. } => "request.paused",
            Self::Resumed { .. } => "request.resumed",
            Self::AppointmentSet { .. } => "appointment.set",
            Self::ClosureReminded { .. } => "closure.reminded",
            Self::Cancelled { .. } => "request.cancelled",
            Self::Transferred15 { .. } => "request.transferred-15",
            Self::Closed { .. } => "request.closed",
        }
    }
}
