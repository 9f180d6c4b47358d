//! R5 written a second time, from the rule's text and not from the core: who may be asked. Used
//! only to check the core (I3). Calls none of the core's judging, hours or distance functions.

use crate::world::{HOME, Known, World};
use jiff::Timestamp;
use relais_core::cascade::Waves;
use relais_core::geo::Point;
use relais_core::ids::ProfessionalId;
use relais_core::people::{Lately, MembershipStatus, Mode, Sector, Standing};
use relais_core::request::{OfferStatus, Request, Stage, WithdrawReason};
use relais_core::slug::Slug;
use relais_core::time::Instant;

/// Whether somebody may be asked at a stage, or the first rule of R5 that says no.
pub fn may_be_asked(
    world: &World,
    known: &Known,
    request: &Request,
    stage: Stage,
    at: Instant,
) -> Result<(), &'static str> {
    let (member, profile) = (&known.member, &known.member.profile);
    let (need, patient) = (&request.need, &request.patient);
    let id = member.id;
    let usual = is_usual(request, id, at);
    let alone = stage == Stage::Usual;
    let active = |name: &str| {
        member.memberships.iter().any(|m| {
            world.names.of_network(m.network) == name && m.status == MembershipStatus::Active
        })
    };
    let home = member
        .memberships
        .iter()
        .any(|m| m.network == HOME && m.status == MembershipStatus::Active);
    let shared = world.shares.iter().any(|name| active(name));
    let rule = |ok: bool, why: &'static str| if ok { Ok(()) } else { Err(why) };

    rule(home || (shared && stage != Stage::Community), "membership")?;
    rule(member.profession == need.profession, "profession")?;
    rule(
        need.specialty.is_none() || need.specialty == member.specialty,
        "specialty",
    )?;
    rule(practises(&member.standing, at), "right to practise")?;
    rule(!profile.declined_care.contains(&need.care), "care type")?;
    rule(
        need.motives
            .iter()
            .all(|m| !profile.declined_motives.contains(m)),
        "motive",
    )?;
    let mode = match need.mode {
        Mode::Consultation => profile.modes.consultation,
        Mode::Visit => profile.modes.visit,
        Mode::Teleconsultation => profile.modes.teleconsultation,
    };
    rule(mode, "mode")?;
    let years = patient.age.years;
    rule(years >= profile.age_min && years <= profile.age_max, "age")?;
    rule(alone || near(world, known, request, stage), "distance")?;
    rule(!profile.own_patients_only || usual, "only my own patients")?;
    rule(available(world, known, at), "available now")?;
    rule(profile.muted_until.is_none_or(|until| until <= at), "muted")?;
    rule(
        request.requester.professional() != Some(id),
        "the requester",
    )?;
    rule(!asked_already(request, id), "already asked or refused")?;
    if !alone {
        let load = world.load(known, at);
        rule(
            profile.daily_max.is_none_or(|max| load.asked_today < max),
            "daily maximum",
        )?;
        rule(
            profile
                .hourly_max
                .is_none_or(|max| load.asked_last_hour < max),
            "hourly maximum",
        )?;
        let rested = match (profile.rest_minutes, load.accepted_at) {
            (Some(minutes), Some(last)) => {
                at.millis() - last.millis() >= i64::from(minutes) * 60_000
            }
            _ => true,
        };
        rule(rested, "rest")?;
    }
    if let Some(quiet) = profile.quiet {
        let minute = civil(world, at).1;
        let inside = if quiet.from <= quiet.until {
            minute >= quiet.from && minute < quiet.until
        } else {
            minute >= quiet.from || minute < quiet.until
        };
        let urgent = need.within_hours <= 2 && profile.quiet_yields_to_urgent;
        rule(!inside || urgent, "quiet hours")?;
    }
    let channels = member.channels;
    rule(channels.push || channels.sms || channels.mail, "channel")?;
    let today = civil(world, at).0;
    let declared = |code: &Slug| {
        let mut theirs = member.cooperations.iter().filter(|d| d.protocol == *code);
        theirs.any(|d| d.since <= today && d.until.is_none_or(|last| today <= last))
    };
    let asked = &need.cooperations;
    rule(
        asked.is_empty() || asked.iter().any(declared),
        "cooperation",
    )
}

/// Everybody who may be asked and was not, nearest first.
pub fn waiting(
    world: &World,
    request: &Request,
    stage: Stage,
    at: Instant,
) -> Vec<(u32, ProfessionalId)> {
    let usual = |known: &&Known| stage != Stage::Usual || is_usual(request, known.member.id, at);
    let able = world
        .people
        .iter()
        .filter(usual)
        .filter(|known| may_be_asked(world, known, request, stage, at).is_ok());
    let mut list: Vec<_> = able
        .map(|known| {
            let metres = request
                .patient
                .point
                .and_then(|point| nearest(known, point));
            (metres.unwrap_or(u32::MAX), known.member.id)
        })
        .collect();
    list.sort_unstable();
    list
}

/// R4.3: those who may be asked and were not, kilometre after kilometre; within one, whoever was asked least, then the
/// nearest, then by id.
pub fn in_turn(world: &World, request: &Request, at: Instant) -> Vec<ProfessionalId> {
    let mut left = waiting(world, request, Stage::Community, at);
    let asked = |id: ProfessionalId| lately(world, request, id, at).asked;
    let mut order = Vec::new();
    while let Some((nearest, _)) = left.first().copied() {
        let kilometre = nearest / 1_000;
        let (mut equals, further): (Vec<_>, Vec<_>) = left
            .into_iter()
            .partition(|(metres, _)| metres / 1_000 == kilometre);
        // Nearest first already: a stable sort keeps that among those asked as much.
        equals.sort_by_key(|(_, id)| asked(*id));
        order.extend(equals.into_iter().map(|(_, id)| id));
        left = further;
    }
    order
}

/// R4.3: how many the next wave asks of those left.
pub fn wave(
    world: &World,
    request: &Request,
    waves: Waves,
    left: &[ProfessionalId],
    at: Instant,
) -> usize {
    let fixed = usize::from(waves.size.max(1));
    let Some(by) = waves.by_answers else {
        return fixed;
    };
    let known: Vec<Lately> = left
        .iter()
        .map(|id| lately(world, request, *id, at))
        .collect();
    let settled: u64 = known.iter().map(|one| u64::from(one.settled)).sum();
    let answered: u64 = known.iter().map(|one| u64::from(one.answered)).sum();
    if settled < 50 {
        return fixed;
    }
    let wanted = u64::from(by.wanted.max(1));
    let most = u64::from(by.most).max(wanted);
    // The first size from which as many answers may be expected as are wanted.
    let enough = (wanted..most).find(|size| size * answered >= wanted * settled);
    usize::try_from(enough.unwrap_or(most)).unwrap_or(fixed)
}

fn lately(world: &World, request: &Request, id: ProfessionalId, at: Instant) -> Lately {
    let back = request.policy.looks_back();
    let known = world.known(id).zip(back);
    known.map_or_else(Lately::default, |(known, back)| {
        world.lately(known, back, at)
    })
}

/// R4.1: declared, or standing in for somebody declared until an hour that has not come.
pub fn is_usual(request: &Request, id: ProfessionalId, at: Instant) -> bool {
    let declared = |who: ProfessionalId| request.usual.professionals.contains(&who);
    let stands_in = || {
        let mut theirs = request.usual.stand_ins.iter().filter(|s| s.locum == id);
        theirs.any(|s| declared(s.of) && at < s.until)
    };
    declared(id) || stands_in()
}

/// R5, ADR 0038: the right to practise, between the dates of a contract.
pub fn practises(standing: &Standing, at: Instant) -> bool {
    let contract = match standing {
        Standing::Titular | Standing::Retired => return true,
        Standing::Locum(contract) | Standing::Assistant(contract) | Standing::Adjunct(contract) => {
            contract
        }
        Standing::Intern {
            supervisor: None, ..
        } => return false,
        Standing::Intern { contract, .. } => contract,
    };
    at >= contract.from && at < contract.until
}

fn asked_already(request: &Request, id: ProfessionalId) -> bool {
    request
        .offers
        .iter()
        .filter(|offer| offer.professional == id)
        .any(|offer| {
            // Taken back, and put right since: they are as if they had not been asked (R4.11).
            let put_right = matches!(
                offer.status,
                OfferStatus::Withdrawn {
                    why: WithdrawReason::RightEnded | WithdrawReason::NoLongerFits,
                    ..
                }
            );
            (offer.round == request.round && !put_right)
                || matches!(
                    offer.status,
                    OfferStatus::Queued
                        | OfferStatus::Sent { .. }
                        | OfferStatus::Delivered { .. }
                        | OfferStatus::Seen { .. }
                        | OfferStatus::Refused { .. }
                        | OfferStatus::Withdrawn {
                            why: WithdrawReason::Released,
                            ..
                        }
                )
        })
}

fn near(world: &World, known: &Known, request: &Request, stage: Stage) -> bool {
    let profile = &known.member.profile;
    let metres = request
        .patient
        .point
        .and_then(|point| nearest(known, point));
    let policy = &request.policy;
    let network = match stage {
        Stage::Neighbours => policy.wider_radius_m.max(policy.radius_m),
        Stage::Usual | Stage::Community => policy.radius_m,
    };
    debug_assert!(!world.people.is_empty());
    match (request.need.mode, &profile.visits) {
        (Mode::Teleconsultation, _) => true,
        (Mode::Consultation, _) => {
            metres.is_some_and(|metres| metres <= network && metres <= profile.radius_m)
        }
        (Mode::Visit, Sector::Radius(own)) => metres.is_some_and(|metres| metres <= *own),
        (Mode::Visit, Sector::Communes(list)) => {
            list.iter().any(|insee| *insee == request.patient.commune)
        }
    }
}

/// Metres to the nearest place, by the angle between unit vectors (the core uses haversines).
fn nearest(known: &Known, point: Point) -> Option<u32> {
    let vector = |point: &Point| {
        let (lat, lon) = (
            (f64::from(point.lat_e6) / 1e6).to_radians(),
            (f64::from(point.lon_e6) / 1e6).to_radians(),
        );
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    };
    let [ax, ay, az] = vector(&point);
    let distances = known.member.places.iter().map(|place| {
        let [bx, by, bz] = vector(place);
        let (cx, cy, cz) = (ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
        let sine = (cx * cx + cy * cy + cz * cz).sqrt();
        let angle = sine.atan2(ax * bx + ay * by + az * bz);
        (angle * 6_371_008.0).round() as u32
    });
    distances.min()
}

/// Available: no leave running, not a day said away or a holiday not worked, within the weekly hours, and with patients left of "encore N
/// patients jusqu'à" for the rest of the day it was said for.
fn available(world: &World, known: &Known, at: Instant) -> bool {
    let profile = &known.member.profile;
    if profile.unavailable_until.is_some_and(|until| at < until) {
        return false;
    }
    let (day, minute) = civil(world, at);
    let away = |one: relais_core::absence::Absence| one.first() <= day && day <= one.last();
    if profile.absences.iter().any(away) {
        return false;
    }
    if profile.off_on_holidays && world.calendar.hours.is_holiday(day) {
        return false;
    }
    if let Some(encore) = profile.encore {
        let same_day = at < encore.until || civil(world, encore.since).0 >= day;
        let left = known
            .accepted
            .iter()
            .filter(|when| **when >= encore.since)
            .count();
        if same_day && (at >= encore.until || left >= usize::from(encore.patients)) {
            return false;
        }
    }
    let Some(weekly) = &profile.weekly else {
        return true;
    };
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    let spans = weekly.days.get(weekday).map_or(&[][..], Vec::as_slice);
    spans
        .iter()
        .any(|span| minute >= span.from && minute < span.until)
}

/// Civil day and minute of the day, in the network's zone.
fn civil(world: &World, at: Instant) -> (jiff::civil::Date, u16) {
    let moment = Timestamp::from_millisecond(at.millis()).unwrap_or(Timestamp::UNIX_EPOCH);
    let zoned = moment.to_zoned(world.calendar.zone.clone());
    let minute = i32::from(zoned.hour()) * 60 + i32::from(zoned.minute());
    (zoned.date(), u16::try_from(minute).unwrap_or(0))
}
