//! Folding events into the state. Cannot fail: an event is a fact already decided.

use super::{Event, Launch};
use crate::ids::OfferId;
use crate::request::{
    Asking, Ending, Engagement, OfferStatus, Paused, Phase, Request, Stage, Unfilled,
    WithdrawReason,
};
use crate::time::{Duration, Instant};

/// The state after an event.
pub fn evolve(mut state: Request, event: &Event) -> Request {
    match event {
        Event::Raised { .. }
        | Event::EnteredLate { .. }
        | Event::Qualified { .. }
        | Event::UsualSkipped { .. }
        | Event::Judged { .. } => {}
        Event::SentToQualify { at, remind_at } => {
            state.phase = Phase::ToQualify {
                since: *at,
                remind_at: *remind_at,
            };
        }
        Event::Launched(launch) => launched(&mut state, launch),
        Event::StageOpened { at, stage, until } => with_asking(&mut state, |asking| {
            asking.stage = *stage;
            asking.stage_opened_at = *at;
            asking.stage_until = *until;
            asking.next_wave_at = None;
        }),
        Event::Offered { offers, .. } => state.offers.extend(offers.iter().cloned()),
        Event::Scheduled {
            next_wave_at,
            recheck_at,
            stage_until,
        } => {
            with_asking(&mut state, |asking| {
                asking.next_wave_at = *next_wave_at;
                asking.recheck_at = *recheck_at;
                asking.stage_until = *stage_until;
            });
        }
        Event::OfferSent { at, offer } => {
            set_status(&mut state, *offer, OfferStatus::Sent { at: *at });
        }
        Event::OfferDelivered { at, offer } => {
            set_status(&mut state, *offer, OfferStatus::Delivered { at: *at });
        }
        Event::OfferSeen { at, offer } => {
            set_status(&mut state, *offer, OfferStatus::Seen { at: *at });
        }
        Event::Refused {
            at, offer, reason, ..
        } => {
            set_status(
                &mut state,
                *offer,
                OfferStatus::Refused {
                    at: *at,
                    reason: *reason,
                },
            );
        }
        Event::PassedByPhone { offer, .. } | Event::OfferedHour { offer, .. } => {
            state.offers.push(offer.clone());
        }
        Event::TakenByPhone { .. } => taken_by_phone(&mut state, event),
        Event::Accepted { .. } => accepted(&mut state, event),
        Event::Withdrawn { at, offers, why } => {
            for offer in offers {
                set_status(
                    &mut state,
                    *offer,
                    OfferStatus::Withdrawn { at: *at, why: *why },
                );
            }
        }
        Event::Lapsed { at, offers } => {
            for offer in offers {
                set_status(&mut state, *offer, OfferStatus::Lapsed { at: *at });
            }
        }
        Event::BecameUnfilled { at, why, remind_at } => {
            state.phase = Phase::Unfilled(Unfilled {
                since: *at,
                why: *why,
                owner: None,
                remind_at: *remind_at,
            });
        }
        Event::Reminded { next, .. } => reminded(&mut state, *next),
        Event::PatientTold { next, .. } => {
            with_asking(&mut state, |asking| asking.promise_at = *next);
        }
        Event::TakenInHand { by, remind_at, .. } => {
            if let Phase::Unfilled(unfilled) = &mut state.phase {
                unfilled.owner = Some(*by);
                unfilled.remind_at = *remind_at;
            }
        }
        Event::Released { at, offer, .. } => {
            let why = WithdrawReason::Released;
            set_status(&mut state, *offer, OfferStatus::Withdrawn { at: *at, why });
        }
        Event::Edited {
            need,
            care_deadline,
            deadline,
            ..
        } => {
            state.need = (**need).clone();
            state.care_deadline = *care_deadline;
            if let Some(deadline) = deadline {
                with_asking(&mut state, |asking| {
                    asking.deadline = *deadline;
                    asking.stage_until = asking.stage_until.min(*deadline);
                });
            }
            if let Phase::Paused(paused) = &mut state.phase {
                paused.until = paused.until.min(*care_deadline);
            }
        }
        Event::Paused { at, by, until } => {
            if let Phase::Asking(asking) = state.phase.clone() {
                state.phase = Phase::Paused(Paused {
                    since: *at,
                    by: *by,
                    until: *until,
                    asking,
                });
            }
        }
        Event::Resumed { shift, .. } => resumed(&mut state, *shift),
        Event::AppointmentSet {
            appointment,
            due_at,
            ..
        } => {
            if let Phase::Engaged(engagement) = &mut state.phase {
                engagement.appointment = *appointment;
                engagement.due_at = Some(*due_at);
            }
        }
        Event::ClosureReminded { due_at, .. } => {
            if let Phase::Engaged(engagement) = &mut state.phase {
                engagement.due_at = Some(*due_at);
                engagement.reminders = engagement.reminders.saturating_add(1);
            }
        }
        Event::Cancelled { at, by, who } => {
            state.phase = Phase::Ended(Ending::Cancelled {
                at: *at,
                by: *by,
                who: *who,
            });
        }
        Event::Transferred15 { at, by } => {
            state.phase = Phase::Ended(Ending::Transferred15 { at: *at, by: *by });
        }
        Event::Closed { at, by, closure } => {
            let by_accepter = state.engaged();
            state.phase = Phase::Ended(Ending::Closed {
                at: *at,
                by: *by,
                closure: *closure,
                by_accepter,
            });
        }
    }
    state
}

fn launched(state: &mut Request, launch: &Launch) {
    state.round = launch.round;
    state.care_deadline = launch.care_deadline;
    state.policy = launch.policy.clone();
    state.phase = Phase::Asking(Asking {
        stage: Stage::Usual,
        started_at: launch.at,
        stage_opened_at: launch.at,
        stage_until: launch.usual_until,
        deadline: launch.deadline,
        next_wave_at: None,
        recheck_at: None,
        promise_at: Some(launch.promise_at),
    });
}

fn accepted(state: &mut Request, event: &Event) {
    let Event::Accepted {
        at,
        offer,
        professional,
        supervisor,
        appointment,
        deadline,
        due_at,
        ..
    } = event
    else {
        return;
    };
    assert!(
        !matches!(state.phase, Phase::Engaged(_) | Phase::Ended(_)),
        "I1: at most one engagement per request"
    );
    set_status(state, *offer, OfferStatus::Accepted { at: *at });
    state.phase = Phase::Engaged(Engagement {
        offer: *offer,
        professional: *professional,
        supervisor: *supervisor,
        at: *at,
        appointment: *appointment,
        deadline: *deadline,
        due_at: Some(*due_at),
        reminders: 0,
    });
}

fn taken_by_phone(state: &mut Request, event: &Event) {
    let Event::TakenByPhone {
        at,
        offer,
        supervisor,
        appointment,
        deadline,
        due_at,
    } = event
    else {
        return;
    };
    assert!(
        !matches!(state.phase, Phase::Engaged(_) | Phase::Ended(_)),
        "I1: at most one engagement per request"
    );
    state.offers.push(offer.clone());
    state.phase = Phase::Engaged(Engagement {
        offer: offer.id,
        professional: offer.professional,
        supervisor: *supervisor,
        at: *at,
        appointment: *appointment,
        deadline: *deadline,
        due_at: Some(*due_at),
        reminders: 0,
    });
}

fn reminded(state: &mut Request, next: Instant) {
    match &mut state.phase {
        Phase::ToQualify { remind_at, .. } => *remind_at = next,
        Phase::Unfilled(unfilled) => unfilled.remind_at = next,
        Phase::Paused(paused) => paused.until = next,
        Phase::Engaged(engagement) => engagement.due_at = Some(next),
        Phase::Asking(_) | Phase::Ended(_) => {}
    }
}

fn resumed(state: &mut Request, shift: Duration) {
    let Phase::Paused(paused) = state.phase.clone() else {
        return;
    };
    let limit = state.care_deadline;
    let mut asking = paused.asking;
    asking.deadline = (asking.deadline + shift).min(limit.max(asking.deadline));
    asking.stage_until = (asking.stage_until + shift).min(asking.deadline);
    asking.next_wave_at = asking.next_wave_at.map(|at| at + shift);
    asking.promise_at = asking.promise_at.map(|at| at + shift);
    state.phase = Phase::Asking(asking);
}

fn with_asking(state: &mut Request, change: impl FnOnce(&mut Asking)) {
    match &mut state.phase {
        Phase::Asking(asking) => change(asking),
        Phase::Paused(paused) => change(&mut paused.asking),
        Phase::ToQualify { .. } | Phase::Unfilled(_) | Phase::Engaged(_) | Phase::Ended(_) => {}
    }
}

fn set_status(state: &mut Request, id: OfferId, status: OfferStatus) {
    if let Some(offer) = state.offers.iter_mut().find(|offer| offer.id == id) {
        offer.status = status;
    }
}
