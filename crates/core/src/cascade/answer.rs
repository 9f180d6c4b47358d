//! What professionals answer: yes first wins, no is free, a gift can be given back (R4.6–R4.8).

use super::draft::{Decision, Draft};
use super::policy::HORIZON_MAX_HOURS;
use super::{Clip, Event, Refusal, WINDOW_FLOOR, Window, stages};
use crate::ids::{OfferId, ProfessionalId};
use crate::people::Standing;
use crate::request::{
    Appointment, Offer, OfferStatus, Phase, RefusalReason, Request, UnfilledReason, WithdrawReason,
};
use crate::time::{Duration, Instant};
use std::collections::BTreeMap;

/// What a gateway said of the message of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It took it.
    Sent,
    /// A receipt came back.
    Delivered,
}

/// The same as [`Command::MarkSent`](super::Command::MarkSent) and
/// [`Command::MarkDelivered`](super::Command::MarkDelivered) of each offer in turn, at the cost of
/// one: a request put to ten thousand people hears of each of them.
pub fn mark_all(state: &Request, marks: &[(OfferId, Mark)], now: Instant) -> Decision {
    let mut furthest: BTreeMap<OfferId, Mark> = BTreeMap::new();
    for (offer, mark) in marks {
        let known = furthest.entry(*offer).or_insert(*mark);
        *known = (*known).max(*mark);
    }
    let (mut after, mut events) = (state.clone(), Vec::new());
    for offer in &mut after.offers {
        let id = offer.id;
        match (furthest.get(&id), offer.status) {
            (Some(Mark::Sent), OfferStatus::Queued) => {
                offer.status = OfferStatus::Sent { at: now };
                events.push(Event::OfferSent { at: now, offer: id });
            }
            (Some(Mark::Delivered), OfferStatus::Queued | OfferStatus::Sent { .. }) => {
                offer.status = OfferStatus::Delivered { at: now };
                events.push(Event::OfferDelivered { at: now, offer: id });
            }
            _ => {}
        }
    }
    Decision {
        after,
        events,
        effects: Vec::new(),
    }
}

/// A gateway took the message.
pub(super) fn mark_sent(draft: &mut Draft<'_, '_>, id: OfferId) {
    let queued = draft
        .state
        .offer(id)
        .is_some_and(|o| o.status == OfferStatus::Queued);
    if queued {
        draft.emit(Event::OfferSent {
            at: draft.now,
            offer: id,
        });
    }
}

/// A receipt came: never backwards.
pub(super) fn mark_delivered(draft: &mut Draft<'_, '_>, id: OfferId) {
    let before = draft
        .state
        .offer(id)
        .is_some_and(|o| matches!(o.status, OfferStatus::Queued | OfferStatus::Sent { .. }));
    if before {
        draft.emit(Event::OfferDelivered {
            at: draft.now,
            offer: id,
        });
    }
}

/// It was opened.
pub(super) fn mark_seen(draft: &mut Draft<'_, '_>, id: OfferId) {
    let before = draft.state.offer(id).is_some_and(|offer| {
        offer.status.is_live() && !matches!(offer.status, OfferStatus::Seen { .. })
    });
    if before {
        draft.emit(Event::OfferSeen {
            at: draft.now,
            offer: id,
        });
    }
}

/// "J'accepte": the first one wins, whatever the channel; a late yes is care while nobody has the
/// patient; a repeat by the winner changes nothing (R4.5, R4.6).
pub(super) fn accept(
    draft: &mut Draft<'_, '_>,
    id: OfferId,
    appointment: Appointment,
) -> Result<(), Refusal> {
    let offer = draft.state.offer(id).ok_or(Refusal::NoSuchOffer)?.clone();
    let (deadline, late) = match &draft.state.phase {
        Phase::Engaged(engagement) if engagement.professional == offer.professional => {
            return Ok(());
        }
        Phase::Engaged(engagement) => return Err(Refusal::AlreadyTaken { at: engagement.at }),
        Phase::Ended(_) | Phase::ToQualify { .. } => return Err(Refusal::OfferClosed),
        Phase::Asking(asking) => (asking.deadline, false),
        Phase::Paused(paused) => (paused.asking.deadline, false),
        Phase::Unfilled(unfilled) => (unfilled.since, true),
    };
    let target = acceptable(&draft.state, &offer)
        .ok_or_else(|| over(&draft.state, offer.professional))?
        .clone();
    check_appointment(appointment, draft)?;
    let (_, candidate) = draft
        .facts
        .pool
        .find(target.professional, draft.state.network)
        .ok_or(Refusal::RightEnded)?;
    let member = candidate.member;
    if !member.belongs_to(target.network) || !member.standing.holds(draft.now) {
        return Err(Refusal::RightEnded);
    }
    check_right_lasts(appointment, member.standing)?;
    let (at, due_at) = (draft.now, follow_up(draft, appointment));
    draft.emit(Event::Accepted {
        at,
        offer: target.id,
        professional: target.professional,
        supervisor: member.standing.supervisor(),
        appointment,
        late,
        deadline,
        due_at,
    });
    withdraw_all(draft, WithdrawReason::Taken);
    Ok(())
}

/// Why a yes that nothing waits for takes nobody.
fn over(state: &Request, professional: ProfessionalId) -> Refusal {
    let back = state.given_back(professional);
    back.map_or(Refusal::OfferClosed, |at| Refusal::GivenBack { at })
}

/// What a yes that was heard before means now, for whoever repeats it without wishing anything new: a
/// program whose answer was lost, a message that came twice. It takes nobody a second time.
///
/// # Errors
/// What became of the request since, when it is not theirs any more.
pub fn accepted_still(state: &Request, id: OfferId) -> Result<(), Refusal> {
    let offer = state.offer(id).ok_or(Refusal::NoSuchOffer)?;
    match &state.phase {
        Phase::Engaged(engagement) if engagement.professional == offer.professional => Ok(()),
        phase => Err(match (over(state, offer.professional), phase) {
            (Refusal::OfferClosed, Phase::Engaged(engagement)) => {
                Refusal::AlreadyTaken { at: engagement.at }
            }
            (over, _) => over,
        }),
    }
}

/// The offer a yes counts for: the one pressed if it still waits, else a newer one to the same
/// person, else the one pressed when it only lapsed, was passed, or was taken and came free again.
/// Whoever gave the patient back is asked no more (R4.8): what they said of an older offer, heard
/// late, is not a change of mind.
fn acceptable<'s>(state: &'s Request, pressed: &'s Offer) -> Option<&'s Offer> {
    if pressed.status.is_live() {
        return Some(pressed);
    }
    let newer = state
        .live_offers()
        .find(|o| o.professional == pressed.professional);
    newer.or(match pressed.status {
        _ if state.given_back(pressed.professional).is_some() => None,
        OfferStatus::Lapsed { .. }
        | OfferStatus::Refused { .. }
        | OfferStatus::Withdrawn {
            why: WithdrawReason::Taken,
            ..
        } => Some(pressed),
        OfferStatus::Queued
        | OfferStatus::Sent { .. }
        | OfferStatus::Delivered { .. }
        | OfferStatus::Seen { .. }
        | OfferStatus::Accepted { .. }
        | OfferStatus::Withdrawn { .. } => None,
    })
}

/// Why an appointment cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unkeepable {
    /// Its hour, or its end, has passed.
    Past,
    /// It is further ahead than the network gives appointments (R8).
    TooFar,
    /// It ends before it starts.
    TurnedRound,
}

/// Why an appointment made at `now` cannot be kept, by a network that gives them `horizon_hours` ahead (R8): `None` when
/// it can.
pub fn unkeepable(
    appointment: Appointment,
    now: Instant,
    horizon_hours: u16,
) -> Option<Unkeepable> {
    let far = now + Duration::hours(i64::from(horizon_hours.clamp(1, HORIZON_MAX_HOURS)));
    if matches!(appointment, Appointment::Between(from, until) if until <= from) {
        return Some(Unkeepable::TurnedRound);
    }
    match appointment.latest() {
        Some(at) if at < now => Some(Unkeepable::Past),
        Some(at) if far < at => Some(Unkeepable::TooFar),
        Some(_) | None => None,
    }
}

/// A time that can be kept: not past, not turned round, within the horizon.
///
/// The horizon is the network's of today, not the one frozen at the launch: it is about the days of
/// whoever takes the patient (R8).
pub(super) fn check_appointment(
    appointment: Appointment,
    draft: &Draft<'_, '_>,
) -> Result<(), Refusal> {
    check_appointment_made(appointment, draft.now, draft)
}

/// The same for one agreed at another moment than this one (R2, on paper).
pub(super) fn check_appointment_made(
    appointment: Appointment,
    now: Instant,
    draft: &Draft<'_, '_>,
) -> Result<(), Refusal> {
    match unkeepable(
        appointment,
        now,
        draft.facts.policy.appointment_horizon_hours,
    ) {
        None => Ok(()),
        Some(_) => Err(Refusal::BadAppointment),
    }
}

/// Nobody promises a patient an hour at which they may no longer practise: rights end with the dates of a contract.
pub(super) fn check_right_lasts(
    appointment: Appointment,
    standing: Standing,
) -> Result<(), Refusal> {
    let Some(until) = standing.ends() else {
        return Ok(());
    };
    let lasts = match appointment {
        Appointment::At(at) => at < until,
        Appointment::Between(_, latest) => latest <= until,
        Appointment::Call(before) => before.is_none_or(|latest| latest <= until),
        Appointment::ToBeSet => true,
    };
    if lasts {
        Ok(())
    } else {
        Err(Refusal::BeyondRight { until })
    }
}

/// When somebody must act next: the desk sets a time, at its hours, or the accepter closes (R8).
pub(super) fn follow_up(draft: &Draft<'_, '_>, appointment: Appointment) -> Instant {
    let (now, policy) = (draft.now, &draft.state.policy);
    match appointment {
        Appointment::ToBeSet => draft.at_the_desk(draft.minutes(policy.set_time_reminder_minutes)),
        Appointment::At(_) | Appointment::Between(_, _) | Appointment::Call(_) => {
            let hours = Duration::hours(i64::from(policy.closure_hours.max(1)));
            appointment.latest().unwrap_or(now).max(now) + hours
        }
    }
}

/// Takes back every offer that could still be accepted.
pub(super) fn withdraw_all(draft: &mut Draft<'_, '_>, why: WithdrawReason) {
    let engaged = draft.state.engaged();
    let offers: Vec<_> = draft
        .state
        .offers
        .iter()
        .filter(|o| o.status.is_live() || matches!(o.status, OfferStatus::Lapsed { .. }))
        .filter(|o| Some(o.professional) != engaged)
        .map(|o| o.id)
        .collect();
    if !offers.is_empty() {
        draft.emit(Event::Withdrawn {
            at: draft.now,
            offers,
            why,
        });
    }
}

/// "Je passe": free, without reason; all no = next stage at once (R4.2).
pub(super) fn refuse(
    draft: &mut Draft<'_, '_>,
    id: OfferId,
    reason: RefusalReason,
) -> Result<(), Refusal> {
    let pressed = draft.state.offer(id).ok_or(Refusal::NoSuchOffer)?;
    // Whoever has the patient does not lose them by a no said on an older message: they give back.
    if let Phase::Engaged(engagement) = &draft.state.phase
        && engagement.professional == pressed.professional
    {
        return Err(Refusal::AlreadyYours);
    }
    // A no said on an old message counts for the newer offer that still waits.
    let newer = draft
        .state
        .live_offers()
        .find(|o| o.professional == pressed.professional);
    let offer = newer.unwrap_or(pressed).clone();
    match offer.status {
        OfferStatus::Accepted { .. } => return Err(Refusal::AlreadyYours),
        OfferStatus::Refused { .. } | OfferStatus::Withdrawn { .. } => return Ok(()),
        OfferStatus::Queued
        | OfferStatus::Sent { .. }
        | OfferStatus::Delivered { .. }
        | OfferStatus::Seen { .. }
        | OfferStatus::Lapsed { .. } => {}
    }
    let said = !offer.status.is_live() && draft.state.declined_by(offer.professional);
    if said || draft.state.is_ended() {
        return Ok(());
    }
    let (at, professional) = (draft.now, offer.professional);
    draft.emit(Event::Refused {
        at,
        offer: offer.id,
        professional,
        reason,
    });
    stages::settle(draft);
    Ok(())
}

/// The accepter gives the patient back: the community is asked again, without them, for what is
/// left of the window and ten minutes at least; past the care deadline, needs a hand (R4.8).
pub(super) fn release(
    draft: &mut Draft<'_, '_>,
    professional: ProfessionalId,
) -> Result<(), Refusal> {
    let Phase::Engaged(engagement) = draft.state.phase.clone() else {
        return Err(Refusal::WrongState);
    };
    if engagement.professional != professional {
        return Err(Refusal::NotAccepter);
    }
    let (at, offer) = (draft.now, engagement.offer);
    draft.emit(Event::Released {
        at,
        offer,
        professional,
    });
    let care_deadline = draft.state.care_deadline;
    if care_deadline <= at {
        stages::become_unfilled(draft, UnfilledReason::CareDeadlinePassed);
        return Ok(());
    }
    let deadline = engagement
        .deadline
        .max(at + WINDOW_FLOOR)
        .min(care_deadline);
    let window = Window {
        deadline,
        usual_until: at,
        clip: Clip::None,
    };
    // The same cascade goes on: its policy stays frozen (R4.12).
    let policy = draft.state.policy.clone();
    stages::restart(draft, window, care_deadline, policy);
    stages::open_community(draft);
    Ok(())
}
