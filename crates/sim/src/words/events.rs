//! Events in words.

use super::told::appointment;
use crate::play::Play;
use crate::script::Clock;
use crate::world::{OPERATOR, REGULATOR};
use relais_core::cascade::{Clip, Event, Launch};
use relais_core::ids::{OfferId, UserId};
use relais_core::matching::{Finding, Measure, Verdict};
use relais_core::request::{Request, Stage};
use relais_core::time::{Duration, Instant};

/// One event, told to people.
pub(super) fn words(play: &Play<'_>, event: &Event, after: &Request, clock: &Clock) -> String {
    let show = |at: &Instant| clock.show(*at);
    let name = |id| play.world.names.of(id);
    let of = |offer: &OfferId| owner(play, *offer, after);
    let all = |offers: &[OfferId]| {
        offers
            .iter()
            .map(|offer| owner(play, *offer, after))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match event {
        Event::Raised { .. } => "raised".to_owned(),
        Event::EnteredLate { happened_at, .. } => {
            format!("entered late, called at {}", show(happened_at))
        }
        Event::PassedByPhone { at, offer } => {
            let who = name(offer.professional);
            format!("{who} passed by phone at {}", show(at))
        }
        Event::OfferedHour { offer, hour, .. } => {
            let who = name(offer.professional);
            format!("{who} is asked for the hour that came free, {}", show(hour))
        }
        Event::TakenByPhone {
            at,
            offer,
            appointment: when,
            due_at,
            ..
        } => format!(
            "{} took it by phone at {}, {}, followed up at {}",
            name(offer.professional),
            show(at),
            appointment(*when, clock),
            show(due_at)
        ),
        Event::SentToQualify { remind_at, .. } => {
            format!(
                "sent to the regulator, desk reminded at {}",
                show(remind_at)
            )
        }
        Event::Qualified { by, .. } => format!("qualified by the {}", staff(*by)),
        Event::Launched(launch) => launched(launch, clock),
        Event::UsualSkipped { why, .. } => format!("usual stage skipped: {}", why.code()),
        Event::Judged {
            stage, verdicts, ..
        } => judged(play, *stage, verdicts, clock),
        Event::StageOpened { stage, until, .. } => {
            format!("stage {} opened until {}", stage.code(), show(until))
        }
        Event::Offered { offers, .. } => {
            let names: Vec<_> = offers
                .iter()
                .map(|offer| {
                    let network = play.world.names.of_network(offer.network);
                    let at_home = offer.network == after.network;
                    let via = if at_home {
                        String::new()
                    } else {
                        format!(" of {network}")
                    };
                    format!("{}{via}", name(offer.professional))
                })
                .collect();
            format!("offered to {}", names.join(", "))
        }
        Event::Scheduled {
            next_wave_at,
            recheck_at,
            stage_until,
        } => {
            let wave =
                next_wave_at.map_or(String::new(), |at| format!(", next wave {}", show(&at)));
            let back = recheck_at.map_or(String::new(), |at| {
                format!(", somebody may return at {}", show(&at))
            });
            format!("stage runs until {}{wave}{back}", show(stage_until))
        }
        Event::OfferSent { offer, .. } => format!("sent to {}", of(offer)),
        Event::OfferDelivered { offer, .. } => format!("delivered to {}", of(offer)),
        Event::OfferSeen { offer, .. } => format!("opened by {}", of(offer)),
        Event::Refused {
            professional,
            reason,
            ..
        } => {
            format!("{} passed ({})", name(*professional), reason.code())
        }
        Event::Accepted {
            professional,
            supervisor,
            appointment: when,
            late,
            due_at,
            ..
        } => {
            let under = supervisor.map_or(String::new(), |id| format!(" under {}", name(id)));
            let late = if *late { ", late" } else { "" };
            format!(
                "{}{under} accepted{late}, {}, followed up at {}",
                name(*professional),
                appointment(*when, clock),
                show(due_at)
            )
        }
        Event::Withdrawn { offers, why, .. } => {
            format!("taken back from {}: {}", all(offers), why.code())
        }
        Event::Lapsed { offers, .. } => format!("lapsed for {}", all(offers)),
        Event::BecameUnfilled { why, remind_at, .. } => {
            format!(
                "unfilled: {}, desk reminded at {}",
                why.code(),
                show(remind_at)
            )
        }
        Event::Reminded { next, .. } => format!("desk reminded, next at {}", show(next)),
        Event::PatientTold { next, .. } => next.map_or("patient told".to_owned(), |at| {
            format!("patient told, next at {}", show(&at))
        }),
        Event::TakenInHand { by, remind_at, .. } => {
            format!(
                "taken in hand by the {}, reminded at {}",
                staff(*by),
                show(remind_at)
            )
        }
        Event::Released { professional, .. } => format!("{} gave it back", name(*professional)),
        Event::Edited {
            need,
            care_deadline,
            deadline,
            ..
        } => {
            let end = deadline.map_or(String::new(), |at| format!(", window until {}", show(&at)));
            format!(
                "edited: {} {}, within {} h, care deadline {}{end}",
                need.profession.code(),
                need.mode.code(),
                need.within_hours,
                show(care_deadline)
            )
        }
        Event::Paused { until, .. } => format!("paused, questioned at {}", show(until)),
        Event::Resumed { by, shift, .. } => {
            let by = if by.is_some() {
                "resumed"
            } else {
                "resumed by the care deadline"
            };
            format!("{by}, deadlines moved by {}", length(*shift))
        }
        Event::AppointmentSet {
            appointment: when,
            due_at,
            ..
        } => format!(
            "appointment set: {}, followed up at {}",
            appointment(*when, clock),
            show(due_at)
        ),
        Event::ClosureReminded { due_at, .. } => {
            format!("closing asked for, again at {}", show(due_at))
        }
        Event::Cancelled { who, .. } => format!("cancelled by the {}", who.code()),
        Event::Transferred15 { .. } => "transferred to 15".to_owned(),
        Event::Closed { closure, .. } => format!("closed as {}", closure.code()),
    }
}

fn owner(play: &Play<'_>, offer: OfferId, state: &Request) -> String {
    let found = state
        .offer(offer)
        .map(|offer| play.world.names.of(offer.professional));
    found.unwrap_or("nobody").to_owned()
}

fn staff(user: UserId) -> &'static str {
    match user {
        OPERATOR => "operator",
        REGULATOR => "regulator",
        _ => "somebody",
    }
}

fn length(shift: Duration) -> String {
    let seconds = shift.as_millis() / 1_000;
    if seconds % 60 == 0 {
        format!("{} min", seconds / 60)
    } else {
        format!("{seconds} s")
    }
}

/// What clipped a window.
pub(super) fn clip(clip: Clip) -> &'static str {
    match clip {
        Clip::None => "nothing",
        Clip::Closing => "closing time",
        Clip::Floor => "closing time, floor of 10 min",
        Clip::CareDeadline => "the care deadline",
    }
}

fn launched(launch: &Launch, clock: &Clock) -> String {
    format!(
        "cascade {} launched: window until {} (clipped by {}), usual share until {}, \
         care deadline {}, policy {}",
        launch.round,
        clock.show(launch.deadline),
        clip(launch.clip),
        clock.show(launch.usual_until),
        clock.show(launch.care_deadline),
        launch.policy.version
    )
}

fn judged(play: &Play<'_>, stage: Stage, verdicts: &[Verdict], clock: &Clock) -> String {
    let mut parts = Vec::new();
    for verdict in verdicts {
        let name = play.world.names.of(verdict.professional);
        let failed: Vec<_> = verdict
            .findings
            .iter()
            .filter(|finding| !finding.ok)
            .collect();
        if failed.is_empty() {
            let far = verdict
                .distance_m
                .map_or(String::new(), |m| format!(" {}", kilometres(m)));
            parts.push(format!("{name} yes{far}"));
        } else {
            let why: Vec<_> = failed
                .iter()
                .map(|finding| reason(finding, clock))
                .collect();
            parts.push(format!("{name} no: {}", why.join(" and ")));
        }
    }
    let list = if parts.is_empty() {
        "nobody".to_owned()
    } else {
        parts.join("; ")
    };
    format!("judged for {}: {list}", stage.code())
}

fn reason(finding: &Finding, clock: &Clock) -> String {
    let code = finding.test.code();
    match finding.measure {
        Measure::None => code.to_owned(),
        Measure::Distance {
            metres,
            limit: Some(limit),
        } => {
            format!("{code} {} > {}", kilometres(metres), kilometres(limit))
        }
        Measure::Distance {
            metres,
            limit: None,
        } => {
            format!("{code} {} outside their communes", kilometres(metres))
        }
        Measure::Count { count, maximum } => format!("{code} {count} of {maximum}"),
        Measure::Until(at) => format!("{code} until {}", clock.show(at)),
        Measure::Away(at) => format!("{code} away until {}", clock.show(at)),
        Measure::Holiday(at) => format!("{code} holiday until {}", clock.show(at)),
    }
}

fn kilometres(metres: u32) -> String {
    format!("{:.1} km", f64::from(metres) / 1_000.0)
}
