//! What must hold after every step, whatever happened (ARCHITECTURE, invariants). Each breach
//! carries the number of its invariant or rule.

mod effects;
mod freed;

use crate::reference::{in_turn, is_usual, may_be_asked, waiting, wave};
use crate::world::{HOME, World};
use relais_core::cascade::{Command, Decision, Event, Policy, Raise, due, evolve, react};
use relais_core::ids::{OfferId, ProfessionalId};
use relais_core::request::{
    Appointment, Asking, OfferStatus, Phase, Request, Stage, UnfilledReason, WithdrawReason,
};
use relais_core::time::Instant;
use std::collections::BTreeSet;

/// Something that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which invariant or rule.
    pub rule: &'static str,
    /// What was seen.
    pub what: String,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

/// What the checker remembers of one request.
#[derive(Debug, Clone, Default)]
pub struct Track {
    /// Who has the patient.
    holder: Option<ProfessionalId>,
    /// End of the usual professional's share, when that stage opened in this round.
    share_ends: Option<Instant>,
    /// What was offered for an hour that came free.
    hours: BTreeSet<OfferId>,
}

/// One step, as seen from outside.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The state before.
    pub before: &'a Request,
    /// The command; `None` = the request was raised.
    pub command: Option<&'a Command>,
    /// When.
    pub at: Instant,
    /// What the core decided.
    pub decision: &'a Decision,
    /// The clock is behind what was already seen.
    pub behind: bool,
}

/// A request before anything happened to it: what its events are folded from.
pub fn blank(raise: Raise, at: Instant, policy: &Policy) -> Request {
    Request {
        id: raise.id,
        network: raise.network,
        requester: raise.requester,
        origin: raise.origin,
        care_deadline: at + raise.need.delay(),
        need: raise.need,
        patient: raise.patient,
        usual: raise.usual,
        red_flags: raise.red_flags,
        consent_synthesis: raise.consent_synthesis,
        window_minutes: raise.window_minutes,
        raised_at: at,
        policy: policy.clone(),
        round: 0,
        offers: Vec::new(),
        phase: Phase::ToQualify {
            since: at,
            remind_at: at,
        },
    }
}

/// Checks one step.
pub fn step(track: &mut Track, world: &World, seen: &Seen<'_>, breaches: &mut Vec<Breach>) {
    let mut say = |rule: &'static str, what: String| breaches.push(Breach { rule, what });
    let (before, after, at) = (seen.before, &seen.decision.after, seen.at);
    let mut now = before.clone();
    let mut told = Vec::new();
    for event in &seen.decision.events {
        event_holds(track, world, &now, event, seen, &mut say);
        let next = evolve(now.clone(), event);
        told.extend(react(&now, event, &next));
        now = next;
    }
    if now != *after {
        say(
            "fold",
            "folding the events does not give the state after".to_owned(),
        );
    }
    if told != seen.decision.effects {
        say(
            "effects",
            "reacting to the events does not give the effects".to_owned(),
        );
    }
    if before.is_ended() && (now != *before || !seen.decision.effects.is_empty()) {
        say(
            "I6",
            "a command changed a request that had ended".to_owned(),
        );
    }
    state_holds(after, &track.hours, &mut say);
    effects::hold(seen, &mut say);
    freed::put_to_who_has_it(world, seen, &mut say);
    if seen.command == Some(&Command::Tick) && due(after).is_some_and(|(when, _)| when <= at) {
        say("I8", "still due after a tick".to_owned());
    }
}

type Say<'a> = &'a mut dyn FnMut(&'static str, String);

/// What holds in any state, whatever led to it.
fn state_holds(state: &Request, hours: &BTreeSet<OfferId>, say: Say<'_>) {
    let accepted = |status: &OfferStatus| matches!(status, OfferStatus::Accepted { .. });
    let winners: Vec<_> = state
        .offers
        .iter()
        .filter(|o| accepted(&o.status))
        .collect();
    if winners.len() > 1 {
        say("I1", format!("{} offers are accepted", winners.len()));
    }
    if let Phase::Engaged(engagement) = &state.phase
        && winners.first().map(|offer| offer.id) != Some(engagement.offer)
    {
        say("I1", "the engagement is not the accepted offer".to_owned());
    }
    let live = state.live_offers().count();
    let may_wait = match &state.phase {
        Phase::Asking(_) | Phase::Paused(_) => true,
        // Only what was offered since, for an hour that came free (R9): the rest lapsed.
        Phase::Unfilled(_) => state.live_offers().all(|offer| hours.contains(&offer.id)),
        Phase::ToQualify { .. } | Phase::Engaged(_) | Phase::Ended(_) => live == 0,
    };
    if !may_wait {
        say(
            "R4.6",
            format!(
                "{live} offers still wait in state {}",
                state.status().code()
            ),
        );
    }
    match (due(state), state.is_ended()) {
        (None, false) => say("I5", format!("{} has no due time", state.status().code())),
        (Some(_), true) => say("I5", "an ended request is due".to_owned()),
        _ => {}
    }
    if let Phase::Asking(asking) = &state.phase {
        if live == 0 {
            say("R4.2", "a stage runs with no live offer".to_owned());
        }
        if asking.deadline > state.care_deadline {
            say("R4.10", "the window runs past the care deadline".to_owned());
        }
        if asking.stage_until > asking.deadline {
            say("R4.2", "a stage ends after the window".to_owned());
        }
    }
    let mut seen: Vec<(ProfessionalId, u16)> = Vec::new();
    // What was taken back and may be put right leaves room for another one (R4.11).
    for offer in state.offers.iter().filter(|o| !put_right(&o.status)) {
        let key = (offer.professional, offer.round);
        if seen.contains(&key) {
            say(
                "R5",
                format!(
                    "{} asked twice in round {}",
                    offer.professional, offer.round
                ),
            );
        }
        seen.push(key);
    }
}

fn put_right(status: &OfferStatus) -> bool {
    let back = WithdrawReason::RightEnded;
    let unfit = WithdrawReason::NoLongerFits;
    matches!(status, OfferStatus::Withdrawn { why, .. } if *why == back || *why == unfit)
}

/// What holds of one event, told from the state just before it.
fn event_holds(
    track: &mut Track,
    world: &World,
    now: &Request,
    event: &Event,
    seen: &Seen<'_>,
    say: Say<'_>,
) {
    let at = seen.at;
    let asking = match &now.phase {
        Phase::Asking(asking) => Some(asking),
        Phase::Paused(paused) => Some(&paused.asking),
        _ => None,
    };
    match event {
        Event::Launched(launch) => {
            track.share_ends = None;
            if launch.usual_until > launch.deadline || launch.deadline > launch.care_deadline {
                say(
                    "R4.10",
                    "share, window and care deadline are out of order".to_owned(),
                );
            }
        }
        Event::StageOpened {
            stage: Stage::Usual,
            until,
            ..
        } => track.share_ends = Some(*until),
        Event::StageOpened { stage, .. } => {
            let by_hand = matches!(seen.command, Some(Command::Widen { .. }));
            let waited = now.live_offers().next().is_some();
            if waited && track.share_ends.is_some_and(|end| at < end) {
                say(
                    "I2",
                    format!("stage {} opened during the usual share", stage.code()),
                );
            }
            let halfway = |asking: &Asking| {
                *stage == Stage::Neighbours
                    && at < asking.stage_until
                    && asking.stage_opened_at < at
            };
            if waited && !by_hand && asking.is_some_and(halfway) {
                say("I8", format!("stage {} opened early", stage.code()));
            }
            track.share_ends = None;
        }
        Event::Resumed { shift, .. } => {
            track.share_ends = track.share_ends.map(|end| end + *shift);
        }
        Event::Edited {
            deadline: Some(deadline),
            ..
        } => {
            track.share_ends = track.share_ends.map(|end| end.min(*deadline));
        }
        Event::Offered { offers, .. } => {
            for offer in offers {
                offered(track, world, now, offer, at, say);
            }
            complete(world, now, offers, at, say);
            if asking.is_none_or(|asking| asking.deadline <= at) || now.care_deadline <= at {
                say(
                    "R4.10",
                    "somebody is asked when the window is over".to_owned(),
                );
            }
        }
        Event::OfferedHour { offer, hour, .. } => {
            offered(track, world, now, offer, at, say);
            freed::offered(world, now, offer, *hour, seen, say);
            track.hours.insert(offer.id);
        }
        Event::Lapsed { .. } => {
            let over = asking.is_none_or(|asking| asking.deadline <= at) || now.care_deadline <= at;
            if !over {
                say("I8", "offers lapsed before the deadline".to_owned());
            }
        }
        Event::BecameUnfilled { why, .. } if !seen.behind => unfilled(world, now, *why, at, say),
        Event::TakenByPhone { offer, .. } => track.holder = Some(offer.professional),
        Event::Accepted {
            professional,
            appointment,
            ..
        } => {
            keeps(world, *professional, *appointment, at, say);
            if let Some(holder) = track.holder {
                say(
                    "I1",
                    format!("{professional} accepted while {holder} had the patient"),
                );
            }
            track.holder = Some(*professional);
        }
        Event::AppointmentSet { appointment, .. } => {
            if let Some(holder) = track.holder {
                keeps(world, holder, *appointment, at, say);
            }
        }
        Event::Released { professional, .. } => {
            if track.holder != Some(*professional) {
                say("R4.8", "released by somebody who had nobody".to_owned());
            }
            track.holder = None;
        }
        _ => {}
    }
    let after = evolve(now.clone(), event);
    if after.policy != now.policy && !matches!(event, Event::Launched(_)) {
        say(
            "R4.12",
            format!("{} changed the frozen policy", event.act()),
        );
    }
}

/// Nobody promises an hour at which they may no longer practise (R5, R8).
fn keeps(world: &World, id: ProfessionalId, appointment: Appointment, at: Instant, say: Say<'_>) {
    // Of whom an agreement that ended leaves nothing in the directory, nothing is known.
    let listed = world.pool(at).find(id, HOME).is_some();
    let ends = world
        .known(id)
        .and_then(|known| known.member.standing.ends());
    if let Appointment::At(hour) = appointment
        && listed
        && ends.is_some_and(|end| end <= hour)
    {
        let name = world.names.of(id);
        say(
            "R8",
            format!("{name} keeps an hour after their right to practise"),
        );
    }
}

fn offered(
    track: &Track,
    world: &World,
    now: &Request,
    offer: &relais_core::request::Offer,
    at: Instant,
    say: Say<'_>,
) {
    let name = world.names.of(offer.professional);
    let Some(known) = world.known(offer.professional) else {
        say("I3", format!("{name} is in no directory"));
        return;
    };
    if let Err(why) = may_be_asked(world, known, now, offer.stage, at) {
        say("I3", format!("{name} was asked, against R5: {why}"));
    }
    let usual = is_usual(now, offer.professional, at);
    let shared = track.share_ends.is_some_and(|end| at < end);
    let waits = now.live_offers().any(|offer| offer.stage == Stage::Usual);
    if shared && waits && !usual {
        say(
            "I2",
            format!("{name} was asked during the usual professional's share"),
        );
    }
    if offer.stage == Stage::Usual && !usual {
        say(
            "I2",
            format!("{name} was asked as usual professional and is not"),
        );
    }
}

/// Those asked together are all those who may be, or the nearest of them in waves (R4.1, R4.3).
fn complete(
    world: &World,
    now: &Request,
    offers: &[relais_core::request::Offer],
    at: Instant,
    say: Say<'_>,
) {
    let Some(stage) = offers.first().map(|offer| offer.stage) else {
        say("R4.3", "offered to nobody".to_owned());
        return;
    };
    let mut able: Vec<_> = waiting(world, now, stage, at)
        .iter()
        .map(|(_, id)| *id)
        .collect();
    if let Some(waves) = now.policy.waves.filter(|_| stage == Stage::Community) {
        able = in_turn(world, now, at);
        able.truncate(wave(world, now, waves, &able, at));
    }
    let mut asked: Vec<_> = offers.iter().map(|offer| offer.professional).collect();
    asked.sort_unstable();
    able.sort_unstable();
    if let Some(missing) = able.iter().find(|id| !asked.contains(id)) {
        let (name, stage) = (world.names.of(*missing), stage.code());
        say(
            "R4.3",
            format!("{name} may be asked at stage {stage} and was left out"),
        );
    } else if let Some(extra) = asked.iter().find(|id| !able.contains(id)) {
        let name = world.names.of(*extra);
        say(
            "R4.3",
            format!("{name} was asked before whoever came first"),
        );
    }
}

fn unfilled(world: &World, now: &Request, why: UnfilledReason, at: Instant, say: Say<'_>) {
    if now.live_offers().next().is_some() {
        say("R4.5", "unfilled while an offer waits".to_owned());
    }
    let asking = match &now.phase {
        Phase::Asking(asking) => Some(asking),
        Phase::Paused(paused) => Some(&paused.asking),
        _ => None,
    };
    let over = asking.is_none_or(|asking| asking.deadline <= at);
    let care = now.care_deadline <= at;
    match why {
        UnfilledReason::DeadlinePassed if !over => {
            say("I8", "unfilled before the deadline".to_owned());
        }
        UnfilledReason::CareDeadlinePassed if !care => {
            say("I8", "unfilled before the care deadline".to_owned());
        }
        UnfilledReason::NobodyEligible | UnfilledReason::AllRefused => {
            let shared = !world.pool(at).sharing.is_empty();
            let stage = if shared {
                Stage::Neighbours
            } else {
                Stage::Community
            };
            if let Some((_, id)) = waiting(world, now, stage, at).first().filter(|_| !care) {
                let name = world.names.of(*id);
                say(
                    "R4.2",
                    format!("unfilled, and {name} may be asked and was not"),
                );
            }
        }
        UnfilledReason::DeadlinePassed | UnfilledReason::CareDeadlinePassed => {}
    }
}

/// Nothing being due, nobody who may be asked waits for it (R4.3, R4.11).
pub fn everybody_asked(world: &World, state: &Request, at: Instant, breaches: &mut Vec<Breach>) {
    let Phase::Asking(asking) = &state.phase else {
        return;
    };
    let due_now = due(state).is_some_and(|(when, _)| when <= at);
    let waves = asking.stage == Stage::Community && asking.next_wave_at.is_some();
    if due_now || waves {
        return;
    }
    for (_, id) in waiting(world, state, asking.stage, at) {
        let (name, stage) = (world.names.of(id), asking.stage.code());
        let what = format!("{name} may be asked at stage {stage} and nothing will ask them");
        breaches.push(Breach {
            rule: "R4.11",
            what,
        });
    }
}
