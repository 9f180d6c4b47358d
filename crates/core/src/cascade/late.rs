//! A request lived on paper while the machine was down, entered afterwards (R2, R4): its clock runs
//! from the call, what professionals said on the phone counts as said, and nobody is asked, nor
//! told, what is settled already. Refuses times that cannot be true.

use super::answer::{check_appointment_made, check_right_lasts, follow_up};
use super::decide::new_request;
use super::draft::{Decision, Draft};
use super::{Event, Facts, Raise, Refusal, WINDOW_MAX_MINUTES, WINDOW_MIN_MINUTES, stages, window};
use crate::ids::ProfessionalId;
use crate::request::{
    Appointment, Offer, OfferStatus, RedFlags, RefusalReason, Stage, UnfilledReason,
};
use crate::time::{Duration, Instant};

/// Furthest back a call may be entered: a breakdown lasts hours, its papers some days.
pub const LATE_MAX: Duration = Duration::hours(7 * 24);

/// What was lived on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// When the call really came.
    pub happened_at: Instant,
    /// What professionals said on the phone, in the order of time.
    pub answers: Vec<LateAnswer>,
}

/// What one professional said on the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateAnswer {
    /// Who.
    pub professional: ProfessionalId,
    /// When they said it.
    pub at: Instant,
    /// What.
    pub said: Said,
}

/// Yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// They have the patient.
    Yes(Appointment),
    /// They passed.
    No(RefusalReason),
}

/// Why a late entry cannot be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LateError {
    /// In the future, or more than [`LATE_MAX`] ago.
    #[error("the call is in the future or more than a week ago")]
    CallTime,
    /// An answer before the call, after now, or before the one above it.
    #[error("an answer out of the order of time")]
    AnswerTime,
    /// The same person twice, or somebody after a yes.
    #[error("the same professional twice, or somebody asked after a yes")]
    AnswerTwice,
    /// No member of a participating network, or of another profession.
    #[error("no member of the profession asked")]
    Stranger,
}

/// Enters a request lived on paper. Somebody said yes: it is theirs, at the true hour, and only the
/// patient's usual professionals hear of it. Nobody did: it is launched from now for
/// what is left of the care delay, without those who passed; goes to the regulator when the rules
/// say so; and when the network is closed, or the care deadline passed, the desk has it at once.
///
/// # Errors
/// What [`super::raise`] refuses but the opening hours; `RightEnded`, `BadAppointment`,
/// `BeyondRight`; and [`LateError`].
pub fn enter_late(
    raise: Raise,
    late: &Late,
    now: Instant,
    facts: &Facts<'_>,
) -> Result<Decision, Refusal> {
    raise.need.check()?;
    if raise.red_flags == RedFlags::Present {
        return Err(Refusal::RedFlag);
    }
    if raise
        .window_minutes
        .is_some_and(|m| !(WINDOW_MIN_MINUTES..=WINDOW_MAX_MINUTES).contains(&m))
    {
        return Err(Refusal::Window);
    }
    check_times(late, now)?;
    let at = late.happened_at;
    let state = new_request(raise, at, facts.policy);
    let regulation = &facts.policy.regulation;
    let must_qualify = regulation.requires(state.red_flags, &state.need).is_some();
    let mut draft = Draft::new(state, now, facts);
    draft.emit(Event::Raised { at });
    draft.emit(Event::EnteredLate {
        at: now,
        happened_at: at,
    });
    for answer in &late.answers {
        said(&mut draft, answer)?;
    }
    if draft.state.engaged().is_some() {
        return Ok(draft.finish());
    }
    if must_qualify {
        let minutes = facts.policy.unfilled_reminder_minutes;
        let remind_at = draft.at_the_desk(draft.minutes(minutes));
        draft.emit(Event::SentToQualify { at: now, remind_at });
    } else if facts.policy.counts_open_hours_only || facts.calendar.is_open(now) {
        stages::launch(&mut draft);
    } else {
        stages::become_unfilled(&mut draft, UnfilledReason::DeadlinePassed);
    }
    Ok(draft.finish())
}

fn check_times(late: &Late, now: Instant) -> Result<(), LateError> {
    let mut latest = late.happened_at;
    if now < latest || latest + LATE_MAX < now {
        return Err(LateError::CallTime);
    }
    let mut taken = false;
    for (index, answer) in late.answers.iter().enumerate() {
        if answer.at < latest || now < answer.at {
            return Err(LateError::AnswerTime);
        }
        let earlier = late.answers.iter().take(index);
        let twice = earlier
            .map(|known| known.professional)
            .any(|id| id == answer.professional);
        if twice || taken {
            return Err(LateError::AnswerTwice);
        }
        taken = matches!(answer.said, Said::Yes(_));
        latest = answer.at;
    }
    Ok(())
}

fn said(draft: &mut Draft<'_, '_>, answer: &LateAnswer) -> Result<(), Refusal> {
    let (state, at) = (&draft.state, answer.at);
    let found = draft.facts.pool.find(answer.professional, state.network);
    let Some((network, candidate)) = found else {
        return Err(LateError::Stranger.into());
    };
    let member = candidate.member;
    let asker = state.requester.professional() == Some(member.id);
    if member.profession != state.need.profession || asker {
        return Err(LateError::Stranger.into());
    }
    let usual = state.usual.has(member.id, at);
    let mut offer = Offer {
        id: draft.offer_id(),
        professional: member.id,
        network,
        stage: if usual {
            Stage::Usual
        } else {
            Stage::Community
        },
        round: draft.state.round,
        usual,
        distance_m: None,
        asked_at: at,
        status: OfferStatus::Queued,
    };
    match &answer.said {
        Said::No(reason) => {
            let reason = *reason;
            offer.status = OfferStatus::Refused { at, reason };
            draft.emit(Event::PassedByPhone { at, offer });
        }
        Said::Yes(appointment) => {
            check_appointment_made(*appointment, at, draft)?;
            let standing = &member.standing;
            if !member.belongs_to(network) || !standing.holds(at) || !standing.holds(draft.now) {
                return Err(Refusal::RightEnded);
            }
            check_right_lasts(*appointment, *standing)?;
            offer.status = OfferStatus::Accepted { at };
            let state = &draft.state;
            let policy = draft.facts.policy;
            let minutes = state.window_minutes.unwrap_or(policy.window_minutes);
            let (from, care) = (state.raised_at, state.care_deadline);
            let window = window(policy, draft.facts.calendar, from, minutes, care);
            let supervisor = standing.supervisor();
            let due_at = follow_up(draft, *appointment);
            draft.emit(Event::TakenByPhone {
                at,
                offer,
                supervisor,
                appointment: *appointment,
                deadline: window.deadline,
                due_at,
            });
        }
    }
    Ok(())
}
