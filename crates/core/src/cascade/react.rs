//! What must be told after an event, and to whom (R7). Data only: texts, channels and numbers are
//! the shell's.

use super::Event;
use crate::ids::{OfferId, ProfessionalId};
use crate::message::{AccepterNews, DeskAlert, Effect, PatientNews, RequesterNews, UsualNews};
use crate::request::{Appointment, CancelledBy, Closure, Phase, Request, WithdrawReason};
use crate::time::{Duration, Instant};

/// The effects of one event.
pub fn react(before: &Request, event: &Event, after: &Request) -> Vec<Effect> {
    match event {
        Event::SentToQualify { .. } => vec![Effect::Desk(DeskAlert::ToQualify)],
        Event::Launched(launch) => {
            vec![Effect::Patient(launched(before, launch.promise_at))]
        }
        Event::Offered { offers, .. } => offers
            .iter()
            .map(|offer| Effect::Ask { offer: offer.id })
            .collect(),
        Event::OfferedHour { offer, hour, .. } => vec![Effect::AskHour {
            offer: offer.id,
            hour: *hour,
        }],
        Event::TakenByPhone {
            offer, appointment, ..
        } => taken_by_phone(offer.professional, *appointment, after),
        Event::Accepted { .. } => accepted(event, after),
        Event::Withdrawn { offers, why, .. } => replaced(offers, *why),
        Event::BecameUnfilled { remind_at, .. } => vec![
            Effect::Desk(DeskAlert::NeedsAHand { owner: None }),
            Effect::Patient(unfilled(after, *remind_at)),
            Effect::Requester(RequesterNews::Unfilled),
        ],
        Event::Reminded { .. } => desk_reminder(after),
        Event::PatientTold {
            next: Some(next), ..
        } => {
            vec![Effect::Patient(PatientNews::StillSearching { next: *next })]
        }
        // Past the care deadline nobody is looked for again: "unfilled" tells the requester.
        Event::Released { at, .. } if after.care_deadline <= *at => {
            vec![Effect::Desk(DeskAlert::Released)]
        }
        Event::Released { .. } => {
            vec![
                Effect::Requester(RequesterNews::Released),
                Effect::Desk(DeskAlert::Released),
            ]
        }
        Event::Edited { .. } => edited(before),
        Event::AppointmentSet {
            appointment,
            accepter,
            ..
        } => set(before, after, *appointment, accepter.is_none()),
        Event::ClosureReminded { .. } => closing(before),
        Event::Cancelled { who, .. } => {
            let news = match who {
                // Their need goes on: they never read that it is cancelled.
                CancelledBy::Undo => PatientNews::BackAtDesk {
                    booked: before.engaged().is_some(),
                },
                CancelledBy::Patient | CancelledBy::Requester | CancelledBy::Operator => {
                    PatientNews::Cancelled
                }
            };
            let mut effects = vec![
                Effect::Patient(news),
                Effect::Requester(RequesterNews::Cancelled),
            ];
            effects.extend(accepter(before, |was| AccepterNews::Cancelled(*who, was)));
            effects
        }
        Event::Transferred15 { .. } => {
            let mut effects = vec![Effect::Requester(RequesterNews::Transferred15)];
            effects.extend(accepter(before, AccepterNews::Transferred15));
            effects
        }
        Event::Closed { at, closure, .. } => closed(before, *closure, *at),
        Event::Raised { .. }
        | Event::EnteredLate { .. }
        | Event::PassedByPhone { .. }
        | Event::Qualified { .. }
        | Event::UsualSkipped { .. }
        | Event::Judged { .. }
        | Event::StageOpened { .. }
        | Event::Scheduled { .. }
        | Event::OfferSent { .. }
        | Event::OfferDelivered { .. }
        | Event::OfferSeen { .. }
        | Event::Refused { .. }
        | Event::Lapsed { .. }
        | Event::PatientTold { next: None, .. }
        | Event::TakenInHand { .. }
        | Event::Paused { .. }
        | Event::Resumed { .. } => Vec::new(),
    }
}

fn accepted(event: &Event, after: &Request) -> Vec<Effect> {
    let Event::Accepted {
        professional,
        appointment,
        ..
    } = event
    else {
        return Vec::new();
    };
    let (professional, appointment) = (*professional, *appointment);
    let mut effects = vec![
        Effect::Accepter {
            professional,
            news: AccepterNews::Yours,
        },
        Effect::Patient(PatientNews::Taken {
            professional,
            appointment,
        }),
        Effect::Requester(RequesterNews::Taken {
            professional,
            appointment,
        }),
        Effect::Desk(DeskAlert::Taken),
    ];
    effects.extend(to_be_set(appointment));
    effects.extend(told_usual(professional, after));
    effects
}

/// Patient, accepter and desk heard it on the phone: only the desk's task, the usual professionals, who learn what
/// happened, and what follows from an appointment (R7).
fn taken_by_phone(
    professional: ProfessionalId,
    appointment: Appointment,
    after: &Request,
) -> Vec<Effect> {
    let mut effects = vec![Effect::Booked {
        professional,
        appointment,
    }];
    effects.extend(to_be_set(appointment));
    effects.extend(told_usual(professional, after));
    effects
}

fn to_be_set(appointment: Appointment) -> Option<Effect> {
    (appointment == Appointment::ToBeSet).then_some(Effect::Desk(DeskAlert::SetTime))
}

fn told_usual(professional: ProfessionalId, after: &Request) -> impl Iterator<Item = Effect> {
    let news = UsualNews::TakenBy(professional);
    let others = after.usual.professionals.iter().copied();
    others
        .filter(move |usual| *usual != professional)
        .map(move |professional| Effect::Usual { professional, news })
}

fn replaced(offers: &[OfferId], why: WithdrawReason) -> Vec<Effect> {
    offers
        .iter()
        .map(|offer| Effect::Replace { offer: *offer, why })
        .collect()
}

fn desk_reminder(after: &Request) -> Vec<Effect> {
    let alert = match &after.phase {
        Phase::ToQualify { .. } => DeskAlert::ToQualify,
        Phase::Paused(_) => DeskAlert::PausedLong,
        Phase::Unfilled(unfilled) => DeskAlert::NeedsAHand {
            owner: unfilled.owner,
        },
        Phase::Engaged(_) => DeskAlert::SetTime,
        Phase::Asking(_) | Phase::Ended(_) => return Vec::new(),
    };
    vec![Effect::Desk(alert)]
}

/// What the patient hears when a cascade starts, starts again, or their professional withdrew.
fn launched(before: &Request, next: Instant) -> PatientNews {
    match &before.phase {
        _ if before.round == 0 => PatientNews::Searching { next },
        Phase::Engaged(_) => PatientNews::Released { next },
        Phase::ToQualify { .. }
        | Phase::Asking(_)
        | Phase::Paused(_)
        | Phase::Unfilled(_)
        | Phase::Ended(_) => PatientNews::StillSearching { next },
    }
}

/// A promise the desk can keep: counted from when it is there and reminded.
fn unfilled(request: &Request, remind_at: Instant) -> PatientNews {
    let minutes = i64::from(request.policy.unfilled_reminder_minutes.max(1));
    PatientNews::Unfilled {
        call_before: remind_at + Duration::minutes(minutes),
    }
}

/// How things stand, for a patient who has heard nothing of it: what was told went to a wrong number (R7). `None` when
/// nothing is promised: nobody is asked yet, the clock is stopped, the hour is past, it is over.
#[must_use]
pub fn standing_news(request: &Request, now: Instant) -> Option<PatientNews> {
    match &request.phase {
        Phase::Asking(asking) => asking
            .promise_at
            .map(|next| PatientNews::Searching { next }),
        Phase::Unfilled(held) => Some(unfilled(request, held.remind_at)),
        Phase::Engaged(one) => {
            let past = one.appointment.latest().is_some_and(|end| end <= now);
            (!past).then_some(PatientNews::Taken {
                professional: one.professional,
                appointment: one.appointment,
            })
        }
        Phase::ToQualify { .. } | Phase::Paused(_) | Phase::Ended(_) => None,
    }
}

fn edited(before: &Request) -> Vec<Effect> {
    let mut effects: Vec<_> = before
        .live_offers()
        .map(|offer| Effect::Update { offer: offer.id })
        .collect();
    effects.extend(accepter(before, |_| AccepterNews::Edited));
    effects
}

fn set(
    before: &Request,
    after: &Request,
    appointment: Appointment,
    by_the_desk: bool,
) -> Vec<Effect> {
    let Phase::Engaged(engagement) = &after.phase else {
        return Vec::new();
    };
    let professional = engagement.professional;
    // Told as a change only to somebody who was told an hour before.
    let knew = matches!(&before.phase, Phase::Engaged(e) if e.appointment.has_time());
    let patient = if knew {
        PatientNews::Moved {
            professional,
            appointment,
        }
    } else {
        PatientNews::Taken {
            professional,
            appointment,
        }
    };
    let mut effects = vec![
        Effect::Patient(patient),
        Effect::Requester(RequesterNews::Taken {
            professional,
            appointment,
        }),
    ];
    if by_the_desk {
        effects.extend(accepter(after, AccepterNews::AppointmentSet));
    }
    effects
}

/// The accepter is reminded first, then the desk (R8).
fn closing(before: &Request) -> Vec<Effect> {
    match &before.phase {
        Phase::Engaged(engagement) if engagement.reminders == 0 => {
            let professional = engagement.professional;
            vec![Effect::Accepter {
                professional,
                news: AccepterNews::CloseReminder,
            }]
        }
        Phase::Engaged(_) => vec![Effect::Desk(DeskAlert::Unclosed)],
        Phase::ToQualify { .. }
        | Phase::Asking(_)
        | Phase::Paused(_)
        | Phase::Unfilled(_)
        | Phase::Ended(_) => Vec::new(),
    }
}

/// Whoever waits for the other is told that they need not (R8): the patient whose professional calls off what lay
/// ahead, the accepter of what somebody else ended. Last, so that it is the last word.
fn closed(before: &Request, closure: Closure, at: Instant) -> Vec<Effect> {
    let mut effects = vec![Effect::Requester(RequesterNews::Closed(closure))];
    let Phase::Engaged(engagement) = &before.phase else {
        return effects;
    };
    let ahead = engagement.appointment.latest().is_none_or(|end| at < end);
    let met = matches!(
        closure,
        Closure::Seen | Closure::NoShow | Closure::NotAtHome | Closure::NoTaker
    );
    if ahead && !met {
        effects.extend(accepter(before, |was| AccepterNews::Closed(closure, was)));
    }
    if ahead && closure == Closure::ProfessionalCancelled {
        effects.push(Effect::Patient(PatientNews::CalledOff));
    }
    effects
}

/// To whoever has the patient, with what was agreed: of two patients of one commune, the hour says which.
fn accepter(state: &Request, news: impl FnOnce(Appointment) -> AccepterNews) -> Option<Effect> {
    match &state.phase {
        Phase::Engaged(engagement) => Some(Effect::Accepter {
            professional: engagement.professional,
            news: news(engagement.appointment),
        }),
        Phase::ToQualify { .. }
        | Phase::Asking(_)
        | Phase::Paused(_)
        | Phase::Unfilled(_)
        | Phase::Ended(_) => None,
    }
}
