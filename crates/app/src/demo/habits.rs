//! Habits of the demonstration's professionals: what they accept, when, how far, how often, under
//! what title. Every test of R5 finds somebody it leaves out.

use super::dice::Dice;
use super::ground::Ground;
use super::start;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use relais_core::geo::Point;
use relais_core::people::{
    Contract, Declared, Encore, Modes, Profession, Profile, QuietHours, Sector, Standing,
};
use relais_core::slug::Slug;
use relais_core::time::{Duration, Instant, OpenSpan, Weekly, civil_day_end};
use std::collections::BTreeSet;

/// The terms of somebody who is simply there: what the people of the guided visit have.
pub(super) fn plain(profession: Profession) -> Profile {
    let (consultation, visit) = match profession {
        Profession::Nurse => (true, true),
        Profession::Gp | Profession::Midwife => (true, true),
        _ => (true, false),
    };
    Profile {
        modes: Modes {
            consultation,
            visit,
            teleconsultation: false,
        },
        radius_m: 15_000,
        visits: Sector::Radius(8_000),
        ..Profile::default()
    }
}

/// What somebody declared: a third of the pharmacists each way (national protocols, tests of ordinary
/// law, nothing), half of the physiotherapists, a quarter of the nurses. By rank, not by chance: the
/// people drawn are those they were.
pub(super) fn cooperations(profession: Profession, rank: usize, start: Instant) -> Vec<Declared> {
    let codes: &[&str] = match (profession, rank % 12) {
        (Profession::Pharmacist, 1 | 4 | 7 | 10) => &["odynophagie", "pollakiurie"],
        (Profession::Pharmacist, 2 | 5 | 8 | 11) => &["trod-angine", "trod-cystite"],
        // Trained already, and declared from the week to come.
        (Profession::Pharmacist, 3) => &["pollakiurie"],
        (Profession::Physio, rank) if rank % 2 == 1 => &["cheville", "lombalgie"],
        (Profession::Nurse, rank) if rank % 4 == 1 => &["odynophagie", "varicelle"],
        _ => &[],
    };
    let today = start.timestamp().to_zoned(TimeZone::UTC).date();
    let later = profession == Profession::Pharmacist && rank % 12 == 3;
    let since = today.saturating_add(if later { 7.days() } else { (-120).days() });
    let declared = codes.iter().filter_map(|code| {
        Some(Declared {
            protocol: Slug::new(code).ok()?,
            since,
            until: None,
        })
    });
    declared.collect()
}

/// The terms of somebody drawn at random.
pub(super) fn profile(
    dice: &mut Dice,
    profession: Profession,
    place: Point,
    start: Instant,
) -> Profile {
    let (declined_motives, declined_care) = declined(dice, profession);
    let (age_min, age_max) = ages(dice, profession);
    let mut profile = Profile {
        modes: modes(dice, profession),
        declined_care,
        declined_motives,
        age_min,
        age_max,
        radius_m: *dice.pick(&[5_000, 8_000, 10_000, 10_000, 15_000, 20_000]),
        visits: visits(dice, place),
        own_patients_only: profession == Profession::Gp && dice.percent(8),
        weekly: weekly(dice),
        daily_max: dice.percent(30).then(|| *dice.pick(&[6, 8, 10, 15])),
        hourly_max: dice.percent(15).then(|| *dice.pick(&[4, 5, 6])),
        rest_minutes: dice.percent(20).then(|| *dice.pick(&[15, 30, 45])),
        quiet: quiet(dice),
        quiet_yields_to_urgent: dice.percent(50),
        ..Profile::default()
    };
    away(dice, &mut profile, start);
    profile
}

fn modes(dice: &mut Dice, profession: Profession) -> Modes {
    let (consultation, visit, teleconsultation) = match profession {
        Profession::Gp => (97, 40, 35),
        Profession::Nurse => (60, 97, 5),
        Profession::Physio => (100, 45, 0),
        Profession::Midwife => (100, 70, 20),
        Profession::Podiatrist => (100, 35, 0),
        // Nobody brings a dental chair or a dispensary to a bedside here: the guided visit's
        // request without an answer rests on it.
        _ => (100, 0, 0),
    };
    Modes {
        consultation: dice.percent(consultation),
        visit: dice.percent(visit),
        teleconsultation: dice.percent(teleconsultation),
    }
}

fn declined(dice: &mut Dice, profession: Profession) -> (BTreeSet<Slug>, BTreeSet<Slug>) {
    let (motives, care): (&[&str], &[&str]) = match profession {
        Profession::Gp => (
            &[
                "psy",
                "grossesse",
                "certificat",
                "plaie",
                "nourrisson",
                "ophtalmo",
                "renouvellement",
            ],
            &[],
        ),
        Profession::Nurse => (&["plaie"], &["perfusion", "toilette", "sonde"]),
        Profession::Physio => (&["cervicalgie"], &["kine-respiratoire", "reeducation"]),
        Profession::Midwife => (&["gynecologie"], &["suites-de-couches"]),
        Profession::Pharmacist => (&["renouvellement"], &["trod"]),
        Profession::Podiatrist | Profession::Dentist => (&[], &["bilan"]),
        _ => (&[], &[]),
    };
    let mut some = |codes: &[&str]| {
        let kept = codes.iter().filter(|_| dice.percent(12));
        kept.filter_map(|code| Slug::new(code).ok()).collect()
    };
    (some(motives), some(care))
}

fn ages(dice: &mut Dice, profession: Profession) -> (u8, u8) {
    match profession {
        Profession::Gp if dice.percent(12) => (*dice.pick(&[2, 6, 16]), u8::MAX),
        Profession::Dentist if dice.percent(20) => (6, u8::MAX),
        Profession::Physio if dice.percent(10) => (3, 90),
        Profession::Midwife => (0, 60),
        _ => (0, u8::MAX),
    }
}

fn visits(dice: &mut Dice, place: Point) -> Sector {
    if dice.percent(30) {
        let count = 5 + dice.below(6);
        Sector::Communes(Ground::communes_around(place, count).into_iter().collect())
    } else {
        Sector::Radius(*dice.pick(&[3_000, 5_000, 5_000, 8_000, 10_000]))
    }
}

/// Half give no hours; the others a week of five days, some with a day off or afternoons only.
fn weekly(dice: &mut Dice) -> Option<Weekly> {
    if dice.percent(50) {
        return None;
    }
    let day_off = dice.percent(40).then(|| dice.below(5));
    let (from, until) = *dice.pick(&[
        (8 * 60, 19 * 60),
        (8 * 60 + 30, 18 * 60 + 30),
        (9 * 60, 20 * 60),
        (7 * 60, 13 * 60),
        (8 * 60, 20 * 60),
        (14 * 60, 20 * 60),
    ]);
    let saturday = dice.percent(35);
    let mut weekly = Weekly::default();
    for (day, spans) in weekly.days.iter_mut().enumerate() {
        match day {
            0..=4 if day_off != Some(day) => spans.push(OpenSpan { from, until }),
            5 if saturday => spans.push(OpenSpan {
                from: 8 * 60,
                until: 12 * 60,
            }),
            _ => {}
        }
    }
    Some(weekly)
}

fn quiet(dice: &mut Dice) -> Option<QuietHours> {
    let hours = |from: u16, until: u16| {
        Some(QuietHours {
            from: from * 60,
            until: until * 60,
        })
    };
    match dice.below(100) {
        0..12 => hours(20, 8),
        12..20 => hours(12, 14),
        20..24 => hours(19, 10),
        24..28 => hours(9, 11),
        _ => None,
    }
}

/// Absences as they stand at the start: 24 hours, a week, longer; muted for the day; "encore N".
fn away(dice: &mut Dice, profile: &mut Profile, start: Instant) {
    match dice.below(100) {
        0..3 => profile.unavailable_until = Some(start + Duration::hours(24)),
        3..6 => profile.unavailable_until = Some(start + Duration::hours(7 * 24)),
        6..8 => profile.unavailable_until = Some(start + Duration::hours(30 * 24)),
        8..11 => profile.muted_until = Some(civil_day_end(start, &start::zone())),
        11..14 => {
            let patients = *dice.pick(&[1, 2, 3]);
            let until = start + Duration::hours(6);
            profile.encore = Some(Encore {
                since: start - Duration::hours(1),
                patients,
                until,
            });
        }
        _ => {}
    }
}

/// Under what title somebody practises, by their rank in the profession. `supervisors` answer for
/// interns.
pub(super) fn standing(
    profession: Profession,
    rank: usize,
    start: Instant,
    supervisors: &[relais_core::ids::ProfessionalId],
) -> Standing {
    let running = contract(start, -60, 90);
    match (profession, rank) {
        (Profession::Gp, 20..28) => Standing::Locum(running),
        (Profession::Gp, 28) => Standing::Locum(contract(start, -200, -7)),
        (Profession::Gp, 29) => Standing::Locum(contract(start, 14, 200)),
        (Profession::Gp, 40..46) => Standing::Adjunct(running),
        (Profession::Gp, 60..65) => Standing::Assistant(running),
        (Profession::Gp, 80..86) => {
            let supervisor = supervisors.get(rank - 80).copied();
            Standing::Intern {
                contract: running,
                supervisor,
            }
        }
        (Profession::Gp, 86) => Standing::Intern {
            contract: running,
            supervisor: None,
        },
        (Profession::Gp, 100..108) => Standing::Retired,
        (Profession::Nurse, 30..36) => Standing::Locum(running),
        (Profession::Physio, 20..23) => Standing::Assistant(running),
        (Profession::Dentist, 12) => Standing::Assistant(running),
        _ => Standing::Titular,
    }
}

/// A contract between midnights so many days from the start.
fn contract(start: Instant, from_days: i32, until_days: i32) -> Contract {
    let today = start.timestamp().to_zoned(start::zone()).date();
    let midnight = |days: i32| {
        let day = today.checked_add(days.days()).unwrap_or(today);
        start::at(day, 0, 0)
    };
    Contract {
        from: midnight(from_days),
        until: midnight(until_days),
    }
}
