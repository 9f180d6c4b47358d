//! An hour that came free (R9): put to whoever has it again, whenever they may be asked, and for nothing else.

use super::Seen;
use crate::reference::{may_be_asked, practises};
use crate::world::{HOME, Known, World};
use relais_core::cascade::{Command, Event};
use relais_core::people::MembershipStatus;
use relais_core::request::{Offer, Phase, Request, Stage};
use relais_core::time::Instant;

/// Checks an hour that was offered: somebody has it again, nobody has the patient, and there is time.
pub(super) fn offered(
    world: &World,
    now: &Request,
    offer: &Offer,
    hour: Instant,
    seen: &Seen<'_>,
    say: super::Say<'_>,
) {
    let free = Command::OfferHour {
        professional: offer.professional,
        hour,
    };
    if seen.command != Some(&free) {
        say("R9", "an hour is offered that nobody has again".to_owned());
    }
    if !waits(now, hour, seen.at) {
        let what = "an hour is offered while others are asked, or that is past or comes too late";
        say("R9", what.to_owned());
    }
    let known = world.known(offer.professional);
    if known.is_some_and(|known| !practises(&known.member.standing, hour)) {
        let what = "an hour is offered to somebody who may not practise then";
        say("R9", what.to_owned());
    }
}

/// Checks what became of an hour somebody has again: whoever may be asked of an unfilled request is.
pub(super) fn put_to_who_has_it(world: &World, seen: &Seen<'_>, say: super::Say<'_>) {
    let Some(Command::OfferHour { professional, hour }) = seen.command else {
        return;
    };
    let made = |event: &&Event| matches!(event, Event::OfferedHour { .. });
    let made = seen.decision.events.iter().filter(made).count();
    let wanted = world
        .known(*professional)
        .is_some_and(|known| may(world, known, seen.before, *hour, seen.at));
    if made != usize::from(wanted) {
        let name = world.names.of(*professional);
        say(
            "R9",
            format!("{name} has an hour again that is offered {made} times"),
        );
    }
}

fn may(world: &World, known: &Known, request: &Request, hour: Instant, at: Instant) -> bool {
    let home = known
        .member
        .memberships
        .iter()
        .any(|m| m.network == HOME && m.status == MembershipStatus::Active);
    let stage = if home {
        Stage::Community
    } else {
        Stage::Neighbours
    };
    waits(request, hour, at)
        && practises(&known.member.standing, hour)
        && may_be_asked(world, known, request, stage, at).is_ok()
}

fn waits(request: &Request, hour: Instant, at: Instant) -> bool {
    matches!(request.phase, Phase::Unfilled(_)) && at <= hour && hour <= request.care_deadline
}
