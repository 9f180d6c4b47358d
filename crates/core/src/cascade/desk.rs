//! What the desk does: qualify, pause, relaunch, widen, edit, take in hand, cancel, hand to 15,
//! close (R3, R4.5, R4.9, R8).

use super::answer::{check_appointment, check_right_lasts, follow_up, withdraw_all};
use super::draft::Draft;
use super::{Event, Refusal, WINDOW_FLOOR, WINDOW_MAX_MINUTES, WINDOW_MIN_MINUTES, clock, stages};
use crate::ids::{ProfessionalId, UserId};
use crate::matching::{Already, Question, Test, judge};
use crate::request::{
    Appointment, CancelledBy, Closure, Need, Offer, OfferStatus, Phase, Stage, WithdrawReason,
};

/// The regulator lets the request go, possibly changed, profession included: nobody was asked yet.
pub(super) fn qualify(
    draft: &mut Draft<'_, '_>,
    by: UserId,
    need: Option<&Need>,
) -> Result<(), Refusal> {
    let Phase::ToQualify { .. } = draft.state.phase else {
        return Err(Refusal::WrongState);
    };
    check_open(draft)?;
    let at = draft.now;
    if let Some(need) = need {
        need.check()?;
        let care_deadline = at + need.delay();
        let need = Box::new(need.clone());
        draft.emit(Event::Edited {
            at,
            by,
            need,
            care_deadline,
            deadline: None,
        });
    }
    draft.emit(Event::Qualified { at, by });
    stages::launch(draft);
    Ok(())
}

/// Sets or moves the appointment of a request somebody has.
pub(super) fn set_appointment(
    draft: &mut Draft<'_, '_>,
    by: UserId,
    accepter: Option<ProfessionalId>,
    appointment: Appointment,
) -> Result<(), Refusal> {
    let Phase::Engaged(engagement) = draft.state.phase.clone() else {
        return Err(Refusal::WrongState);
    };
    if accepter.is_some_and(|who| who != engagement.professional) {
        return Err(Refusal::NotAccepter);
    }
    if engagement.appointment == appointment {
        return Ok(());
    }
    check_appointment(appointment, draft)?;
    let pool = &draft.facts.pool;
    if let Some((_, holder)) = pool.find(engagement.professional, draft.state.network) {
        check_right_lasts(appointment, holder.member.standing)?;
    }
    let (at, due_at) = (draft.now, follow_up(draft, appointment));
    draft.emit(Event::AppointmentSet {
        at,
        by,
        accepter,
        appointment,
        due_at,
    });
    Ok(())
}

/// Stops the clock.
pub(super) fn pause(draft: &mut Draft<'_, '_>, by: UserId) -> Result<(), Refusal> {
    let Phase::Asking(_) = draft.state.phase else {
        return Err(Refusal::WrongState);
    };
    let until = draft
        .minutes(draft.state.policy.pause_minutes)
        .min(draft.state.care_deadline);
    draft.emit(Event::Paused {
        at: draft.now,
        by,
        until,
    });
    Ok(())
}

/// Starts the clock again; deadlines moved by the length of the pause, never past the care
/// deadline.
pub(super) fn resume(draft: &mut Draft<'_, '_>, by: UserId) -> Result<(), Refusal> {
    let Phase::Paused(paused) = draft.state.phase.clone() else {
        return Err(Refusal::WrongState);
    };
    let (at, shift) = (draft.now, draft.now.since(paused.since));
    draft.emit(Event::Resumed {
        at,
        by: Some(by),
        shift,
    });
    // Who came back, or lost the right, while the clock stood still.
    clock::reconsider(draft);
    Ok(())
}

/// A new window: the community is asked again, those who said no excepted.
pub(super) fn relaunch(
    draft: &mut Draft<'_, '_>,
    window_minutes: Option<u16>,
) -> Result<(), Refusal> {
    new_window(draft, window_minutes)?;
    stages::open_community(draft);
    Ok(())
}

/// A cascade starts at an hour when the network answers (R1, R4.10).
fn check_open(draft: &Draft<'_, '_>) -> Result<(), Refusal> {
    let (calendar, policy) = (draft.facts.calendar, draft.facts.policy);
    if calendar.is_open(draft.now) || policy.counts_open_hours_only {
        return Ok(());
    }
    Err(Refusal::OutOfHours {
        opens_at: calendar.next_opening(draft.now),
    })
}

/// Starts a round with a new window. When the care deadline has passed, or leaves less than the
/// floor, the care delay starts again from now.
fn new_window(draft: &mut Draft<'_, '_>, window_minutes: Option<u16>) -> Result<(), Refusal> {
    match &draft.state.phase {
        Phase::Unfilled(_) => {}
        Phase::Asking(asking) if asking.stage != Stage::Usual => {}
        Phase::Asking(_)
        | Phase::ToQualify { .. }
        | Phase::Paused(_)
        | Phase::Engaged(_)
        | Phase::Ended(_) => return Err(Refusal::WrongState),
    }
    let asked = window_minutes.or(draft.state.window_minutes);
    let minutes = asked.unwrap_or(draft.facts.policy.window_minutes);
    if !(WINDOW_MIN_MINUTES..=WINDOW_MAX_MINUTES).contains(&minutes) {
        return Err(Refusal::Window);
    }
    check_open(draft)?;
    let mut care_deadline = draft.state.care_deadline;
    if care_deadline < draft.now + WINDOW_FLOOR {
        care_deadline = draft.now + draft.state.need.delay();
    }
    stages::start_round(draft, minutes, care_deadline);
    Ok(())
}

/// Opens the neighbours' stage by hand: everybody near enough in the wider radius. From an
/// unfilled request, in a new window.
pub(super) fn widen(draft: &mut Draft<'_, '_>) -> Result<(), Refusal> {
    clock::tick(draft);
    match &draft.state.phase {
        Phase::Unfilled(_) => {
            new_window(draft, None)?;
            stages::open_neighbours(draft, true);
            Ok(())
        }
        Phase::Asking(asking) if asking.stage == Stage::Community => {
            stages::open_neighbours(draft, true);
            Ok(())
        }
        Phase::Asking(asking) if asking.stage == Stage::Neighbours => Ok(()),
        Phase::Asking(_)
        | Phase::ToQualify { .. }
        | Phase::Paused(_)
        | Phase::Engaged(_)
        | Phase::Ended(_) => Err(Refusal::WrongState),
    }
}

/// Changes the need: offers that no longer fit are withdrawn, those asked are told, newcomers are
/// asked; after acceptance the accepter is told and may release.
pub(super) fn edit(draft: &mut Draft<'_, '_>, by: UserId, need: &Need) -> Result<(), Refusal> {
    if draft.state.is_ended() {
        return Err(Refusal::WrongState);
    }
    if need.profession != draft.state.need.profession {
        return Err(Refusal::ProfessionChange);
    }
    need.check()?;
    if *need == draft.state.need {
        return Ok(());
    }
    // First of all: nobody is told of the change who has lost the right meanwhile.
    clock::withdraw_ended(draft);
    let at = draft.now;
    let changed_delay = need.within_hours != draft.state.need.within_hours;
    let care_deadline = if changed_delay {
        draft.state.raised_at + need.delay()
    } else {
        draft.state.care_deadline
    };
    let deadline = match &draft.state.phase {
        Phase::Asking(asking) => Some(asking.deadline.min(care_deadline)),
        Phase::Paused(paused) => Some(paused.asking.deadline.min(care_deadline)),
        Phase::ToQualify { .. } | Phase::Unfilled(_) | Phase::Engaged(_) | Phase::Ended(_) => None,
    };
    let offers = no_longer_fitting(draft, need);
    if !offers.is_empty() {
        draft.emit(Event::Withdrawn {
            at,
            offers,
            why: WithdrawReason::NoLongerFits,
        });
    }
    let need = Box::new(need.clone());
    draft.emit(Event::Edited {
        at,
        by,
        need,
        care_deadline,
        deadline,
    });
    if let Phase::Asking(_) = draft.state.phase {
        clock::reconsider(draft);
    }
    Ok(())
}

/// The offers that could still be accepted and whose terms the changed need no longer meets.
/// Moments and counts do not matter: what was offered stays offered (R4.11).
fn no_longer_fitting(draft: &Draft<'_, '_>, need: &Need) -> Vec<crate::ids::OfferId> {
    let terms = [
        Test::Specialty,
        Test::CareType,
        Test::Motive,
        Test::Mode,
        Test::Age,
        Test::Distance,
        Test::Cooperation,
    ];
    let state = &draft.state;
    let fits = |offer: &Offer| {
        let Some((_, candidate)) = draft.facts.pool.find(offer.professional, state.network) else {
            return true;
        };
        let wider = state.policy.wider_radius_m.max(state.policy.radius_m);
        let question = Question {
            need,
            patient: &state.patient,
            network: offer.network,
            radius_m: if offer.stage == Stage::Neighbours {
                wider
            } else {
                state.policy.radius_m
            },
            is_usual: offer.usual,
            usual_stage: offer.stage == Stage::Usual,
            is_requester: false,
            already: Already::default(),
            now: draft.now,
            calendar: draft.facts.calendar,
        };
        let verdict = judge(&candidate, &question);
        verdict
            .findings
            .iter()
            .all(|f| f.ok || !terms.contains(&f.test))
    };
    let lapsed = |offer: &&Offer| matches!(offer.status, OfferStatus::Lapsed { .. });
    let open = state.offers.iter();
    open.filter(|offer| offer.status.is_live() || lapsed(offer))
        .filter(|offer| !fits(offer))
        .map(|offer| offer.id)
        .collect()
}

/// An operator owns the unfilled request.
pub(super) fn take_in_hand(draft: &mut Draft<'_, '_>, by: UserId) -> Result<(), Refusal> {
    let Phase::Unfilled(unfilled) = &draft.state.phase else {
        return Err(Refusal::WrongState);
    };
    if unfilled.owner == Some(by) {
        return Ok(());
    }
    let minutes = draft.state.policy.unfilled_reminder_minutes;
    let remind_at = draft.at_the_desk(draft.minutes(minutes));
    draft.emit(Event::TakenInHand {
        at: draft.now,
        by,
        remind_at,
    });
    Ok(())
}

/// Cancels.
pub(super) fn cancel(
    draft: &mut Draft<'_, '_>,
    by: UserId,
    who: CancelledBy,
) -> Result<(), Refusal> {
    if draft.state.is_ended() {
        return Err(Refusal::WrongState);
    }
    withdraw_all(draft, WithdrawReason::Cancelled);
    draft.emit(Event::Cancelled {
        at: draft.now,
        by,
        who,
    });
    Ok(())
}

/// Hands over to 15: possible until the end, whatever the state.
pub(super) fn transfer_15(draft: &mut Draft<'_, '_>, by: UserId) -> Result<(), Refusal> {
    if draft.state.is_ended() {
        return Err(Refusal::WrongState);
    }
    withdraw_all(draft, WithdrawReason::Transferred15);
    draft.emit(Event::Transferred15 { at: draft.now, by });
    Ok(())
}

/// Ends with a coded outcome that fits the state.
pub(super) fn close(
    draft: &mut Draft<'_, '_>,
    by: UserId,
    accepter: Option<ProfessionalId>,
    closure: Closure,
) -> Result<(), Refusal> {
    if let Some(who) = accepter
        && draft.state.engaged() != Some(who)
    {
        return Err(Refusal::NotAccepter);
    }
    let needs_taker = matches!(
        closure,
        Closure::Seen | Closure::NoShow | Closure::NotAtHome | Closure::ProfessionalCancelled
    );
    let fits = match &draft.state.phase {
        Phase::Ended(_) => return Err(Refusal::WrongState),
        Phase::Engaged(_) => closure != Closure::NoTaker,
        Phase::Unfilled(_) => !needs_taker,
        Phase::ToQualify { .. } | Phase::Asking(_) | Phase::Paused(_) => {
            !needs_taker && closure != Closure::NoTaker
        }
    };
    if !fits {
        return Err(Refusal::BadClosure);
    }
    withdraw_all(draft, WithdrawReason::Closed);
    draft.emit(Event::Closed {
        at: draft.now,
        by,
        closure,
    });
    Ok(())
}
