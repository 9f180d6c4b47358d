//! What may be told, and to whom (R6, R7, I4): nothing but what the step itself makes true.

use super::Seen;
use relais_core::cascade::{Command, Event};
use relais_core::message::{AccepterNews, Effect, PatientNews, RequesterNews};
use relais_core::request::{Closure, Phase, Request};

/// Checks the effects of one step.
pub(super) fn hold(seen: &Seen<'_>, say: super::Say<'_>) {
    let (before, after) = (seen.before, &seen.decision.after);
    let events = &seen.decision.events;
    let count = |wanted: &dyn Fn(&Effect) -> bool| {
        seen.decision
            .effects
            .iter()
            .filter(|effect| wanted(effect))
            .count()
    };
    if events.is_empty() && !seen.decision.effects.is_empty() {
        say(
            "effects",
            "something is told though nothing happened".to_owned(),
        );
    }
    let holder = |state: &Request| match &state.phase {
        Phase::Engaged(engagement) => Some(engagement.professional),
        _ => None,
    };
    let live = |state: &Request, id| state.offer(id).is_some_and(|o| o.status.is_live());
    let new = |id| {
        events.iter().any(|event| match event {
            Event::Offered { offers, .. } => offers.iter().any(|offer| offer.id == id),
            _ => false,
        })
    };
    let free = |id, at| {
        events.iter().any(|event| match event {
            Event::OfferedHour { offer, hour, .. } => offer.id == id && *hour == at,
            _ => false,
        })
    };
    for effect in &seen.decision.effects {
        match effect {
            Effect::Ask { offer } if !new(*offer) => {
                say("R7", "somebody is asked without an offer".to_owned());
            }
            Effect::AskHour { offer, hour } if !free(*offer, *hour) || !live(after, *offer) => {
                say("R7", "asked for an hour without an offer".to_owned());
            }
            Effect::Ask { offer } if !live(after, *offer) => {
                say("R7", "asked and taken back in one breath".to_owned());
            }
            Effect::Replace { offer, .. } if live(after, *offer) => {
                let what = "“pourvu” told of an offer that still waits";
                say("R7", what.to_owned());
            }
            Effect::Update { offer } => {
                let lapsed = after
                    .offer(*offer)
                    .is_some_and(|o| o.status.code() == "lapsed");
                if !live(before, *offer) || !(live(after, *offer) || lapsed) {
                    say(
                        "R4.9",
                        "told that it changed, and it no longer fits them".to_owned(),
                    );
                }
            }
            Effect::Accepter { professional, news } => {
                let theirs = match news {
                    AccepterNews::Cancelled(..)
                    | AccepterNews::Transferred15(_)
                    | AccepterNews::Closed(..) => holder(before),
                    _ => holder(after),
                };
                if theirs != Some(*professional) {
                    say("R6", "the accepter's news went to somebody else".to_owned());
                }
            }
            Effect::Patient(
                PatientNews::Taken { professional, .. } | PatientNews::Moved { professional, .. },
            )
            | Effect::Requester(RequesterNews::Taken { professional, .. })
                if holder(after) != Some(*professional) =>
            {
                say(
                    "R7",
                    "told of a professional who does not have the patient".to_owned(),
                );
            }
            Effect::Booked { professional, .. } if holder(after) != Some(*professional) => {
                say(
                    "R7",
                    "booked with somebody who does not have the patient".to_owned(),
                );
            }
            Effect::Usual { professional, .. } => {
                let declared = after.usual.professionals.contains(professional);
                if !declared || holder(after) == Some(*professional) {
                    say("R7", "a usual professional's news went astray".to_owned());
                }
            }
            Effect::Patient(PatientNews::Unfilled { call_before }) if *call_before <= seen.at => {
                say("R4.5", "a call is promised in the past".to_owned());
            }
            _ => {}
        }
    }
    let accepted = events
        .iter()
        .any(|event| matches!(event, Event::Accepted { .. }));
    let taken = count(&|e| matches!(e, Effect::Patient(PatientNews::Taken { .. })));
    if accepted && taken != 1 {
        say(
            "T4",
            format!("the patient is told {taken} times of one acceptance"),
        );
    }
    called_off(seen, say);
    let withdrawn = before.live_offers().filter(|offer| {
        after
            .offer(offer.id)
            .is_some_and(|now| now.status.code() == "withdrawn")
    });
    for offer in withdrawn {
        let told = count(&|e| matches!(e, Effect::Replace { offer: id, .. } if *id == offer.id));
        let released = matches!(seen.command, Some(Command::Release { .. }));
        if told != 1 && !released {
            say("R4.6", format!("an offer taken back was told {told} times"));
        }
    }
}

/// A booked patient is told that nobody comes, and the accepter that nobody waits (R8).
fn called_off(seen: &Seen<'_>, say: super::Say<'_>) {
    let Phase::Engaged(engagement) = &seen.before.phase else {
        return;
    };
    let closure = seen.decision.events.iter().find_map(|event| match event {
        Event::Closed { closure, .. } => Some(*closure),
        _ => None,
    });
    let ahead = engagement
        .appointment
        .latest()
        .is_none_or(|end| seen.at < end);
    let Some(closure) = closure.filter(|_| ahead) else {
        return;
    };
    let told = |wanted: &dyn Fn(&Effect) -> bool| seen.decision.effects.iter().any(wanted);
    let patient = told(&|e| matches!(e, Effect::Patient(PatientNews::CalledOff)));
    if patient != (closure == Closure::ProfessionalCancelled) {
        say(
            "R8",
            "a patient waits for somebody who called off".to_owned(),
        );
    }
    let accepter = told(&|e| {
        matches!(
            e,
            Effect::Accepter {
                news: AccepterNews::Closed(..),
                ..
            }
        )
    });
    let not_met = [
        Closure::SeenElsewhere,
        Closure::PhoneAdvice,
        Closure::SentToEmergency,
        Closure::PatientCancelled,
        Closure::ProfessionalCancelled,
        Closure::Administrative,
    ];
    if accepter != not_met.contains(&closure) {
        say(
            "R8",
            "an accepter waits for a patient who does not come".to_owned(),
        );
    }
}
