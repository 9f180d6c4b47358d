//! What every generated territory holds, whatever the seed and the day: counts, uniqueness,
//! validity.

use super::start::zone;
use super::*;
use crate::reference::communes::Communes;
use jiff::civil::date;
use relais_core::access::Role;
use relais_core::geo::Insee;
use relais_core::people::{MembershipStatus, Profession, Standing};
use relais_core::request::UsualDoctor;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// A Wednesday, a Monday after a clock change, a day after a holiday, a winter day.
pub(super) fn worlds() -> &'static [DemoWorld] {
    static ONCE: OnceLock<Vec<DemoWorld>> = OnceLock::new();
    ONCE.get_or_init(|| {
        [
            (1, date(2026, 9, 9)),
            (2, date(2026, 3, 30)),
            (3, date(2026, 5, 15)),
            (91, date(2027, 1, 4)),
        ]
        .map(|(seed, day)| DemoWorld::generate(seed, demo_start(day)))
        .into()
    })
}

#[test]
fn the_same_seed_makes_the_same_world_and_another_seed_another() {
    let world = &worlds()[0];
    assert_eq!(*world, DemoWorld::generate(world.seed, world.start));
    assert_ne!(
        world.professionals,
        DemoWorld::generate(world.seed + 1, world.start).professionals
    );
}

#[test]
fn four_hundred_professionals_of_seven_professions() {
    for world in worlds() {
        let mut counts = BTreeMap::new();
        for professional in &world.professionals {
            *counts.entry(professional.profession).or_insert(0) += 1;
        }
        assert_eq!(world.professionals.len(), 400);
        assert_eq!(counts.len(), 7);
        assert_eq!(counts[&Profession::Gp], 160);
        let places = |n: usize| {
            world
                .professionals
                .iter()
                .filter(|p| p.places.len() == n)
                .count()
        };
        assert!(places(1) > 250 && places(2) > 40 && places(1) + places(2) == 400);
    }
}

#[test]
fn nobody_is_real_and_nothing_is_given_twice() {
    for world in worlds() {
        let mut numbers = Vec::new();
        let mut rpps = BTreeSet::new();
        for p in &world.professionals {
            assert!(luhn_holds(&p.rpps) && p.rpps.len() == 11 && p.rpps.starts_with("9970"));
            assert!(rpps.insert(&p.rpps), "{}", p.rpps);
            numbers.extend(p.contact_number.iter().chain(&p.alert_number).cloned());
            let mails = p.mail.iter().chain(&p.mssante);
            assert!(
                mails
                    .into_iter()
                    .all(|mail| mail.ends_with(".demo.example"))
            );
        }
        numbers.extend(world.networks.iter().map(|n| n.phone.clone()));
        for p in &world.patients {
            numbers.push(p.phone.clone());
            numbers.extend(p.carer_phone.clone());
        }
        let fictional = |n: &String| n.starts_with("+3363998") || n.starts_with("+3319900");
        assert!(numbers.iter().all(|n| fictional(n) && n.len() == 12));
        let mobiles = world
            .professionals
            .iter()
            .filter_map(|p| p.alert_number.as_ref());
        assert!(mobiles.into_iter().all(|n| n.starts_with("+3363998")));
        let unique: BTreeSet<_> = numbers.iter().collect();
        assert_eq!(unique.len(), numbers.len());
        let logins: BTreeSet<_> = world.users.iter().map(|u| &u.login).collect();
        assert_eq!(logins.len(), world.users.len());
    }
}

fn luhn_holds(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0') * if index % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[test]
fn every_id_is_its_own() {
    for world in worlds() {
        let mut ids = BTreeSet::new();
        let people = world.professionals.iter().map(|p| p.id.bits());
        let places = world
            .professionals
            .iter()
            .flat_map(|p| &p.places)
            .map(|p| p.id.bits());
        let users = world.users.iter().map(|u| u.id.bits());
        let patients = world.patients.iter().map(|p| p.id.bits());
        let networks = world.networks.iter().map(|n| n.id.bits());
        for bits in people
            .chain(places)
            .chain(users)
            .chain(patients)
            .chain(networks)
        {
            assert!(ids.insert(bits));
        }
    }
}

#[test]
fn every_place_is_in_a_real_commune_of_essonne() {
    let communes = Communes::shipped();
    for world in worlds() {
        let places = world.professionals.iter().flat_map(|p| &p.places);
        let of_places = places.map(|p| (p.insee, &p.postcode, p.point));
        let of_patients = world
            .patients
            .iter()
            .map(|p| (p.insee, &p.postcode, p.point));
        for (insee, postcode, point) in of_places.chain(of_patients) {
            let commune = communes.get(insee).unwrap();
            assert_eq!(commune.department(), "91");
            assert!(
                commune.has_postcode(postcode),
                "{postcode} in {}",
                commune.name
            );
            assert!(
                commune.point().unwrap().distance_m(point) < 8_000,
                "{}",
                commune.name
            );
        }
    }
}

#[test]
fn three_networks_share_out_the_department_and_massy_is_in_the_first() {
    for world in worlds() {
        let all: Vec<Insee> = world
            .networks
            .iter()
            .flat_map(|n| n.communes.clone())
            .collect();
        let unique: BTreeSet<_> = all.iter().collect();
        assert_eq!((all.len(), unique.len()), (194, 194));
        assert!(
            world.networks[0]
                .communes
                .contains(&Insee::new("91377").unwrap())
        );
        assert!(
            world.networks[0]
                .tolerated
                .contains(&Insee::new("92002").unwrap()),
            "Antony"
        );
        for network in &world.networks {
            assert!(
                network
                    .tolerated
                    .iter()
                    .all(|insee| !network.communes.contains(insee))
            );
            assert!(network.short_name.len() <= 12);
        }
        let codes: Vec<_> = world.networks.iter().map(|n| n.code).collect();
        assert_eq!(codes, ["SNP91N", "SNP91C", "SNP91S"]);
        assert_eq!(world.sharing.len(), 5);
        assert_eq!(
            world.sharing_with(world.networks[0].id),
            [world.networks[1].id]
        );
        let home = |p: &DemoProfessional| world.networks.iter().position(|n| n.id == p.home());
        for p in &world.professionals {
            let network = &world.networks[home(p).unwrap()];
            assert!(network.communes.contains(&p.places[0].insee));
        }
    }
}

#[test]
fn the_start_is_inside_opening_hours_and_no_story_was_raised_outside_them() {
    for world in worlds() {
        for (index, _) in world.networks.iter().enumerate() {
            assert!(world.calendar(index).is_open(world.start));
        }
        for story in &world.stories {
            let calendar = world.calendar(story.network);
            assert!(calendar.is_open(world.raised_at(story)), "{}", story.title);
        }
    }
}

#[test]
fn staff_of_every_role_and_an_account_for_everybody() {
    for world in worlds() {
        let count = |role: Role| world.users.iter().filter(|u| u.role == role).count();
        assert_eq!(count(Role::Operator), 6);
        assert_eq!((count(Role::Regulator), count(Role::Coordinator)), (3, 3));
        assert_eq!((count(Role::Administrator), count(Role::Auditor)), (1, 1));
        assert_eq!((count(Role::Partner), count(Role::Professional)), (1, 400));
        let shown: Vec<_> = world.users.iter().filter(|u| u.featured).collect();
        let behind: Vec<_> = shown
            .iter()
            .filter_map(|u| world.professional(u.professional?))
            .collect();
        let professions: BTreeSet<_> = behind.iter().map(|p| p.profession).collect();
        assert!((40..60).contains(&behind.len()) && professions.len() == 7);
        for index in [
            world.guided.doctor,
            world.guided.no_smartphone,
            world.guided.pharmacist,
        ] {
            assert!(
                behind.iter().any(|p| p.id == world.professionals[index].id),
                "{index}"
            );
        }
    }
}

#[test]
fn every_test_of_r5_finds_somebody_it_leaves_out() {
    for world in worlds() {
        let people = &world.professionals;
        let some = |fits: fn(&DemoProfessional) -> bool| people.iter().filter(|p| fits(p)).count();
        assert!(some(|p| !p.has_smartphone && p.channels.sms) >= 20);
        assert!(some(|p| !p.channels.any()) == 2);
        assert!(some(|p| p.phone_off) >= 3);
        assert!(some(|p| p.profile.own_patients_only) >= 3);
        assert!(some(|p| p.profile.unavailable_until.is_some()) >= 10);
        assert!(some(|p| p.profile.muted_until.is_some()) >= 3);
        assert!(some(|p| p.profile.encore.is_some()) >= 3);
        assert!(some(|p| p.profile.quiet.is_some()) >= 40);
        assert!(some(|p| p.profile.daily_max.is_some()) >= 60);
        assert!(some(|p| !p.profile.declined_motives.is_empty()) >= 40);
        assert!(some(|p| p.profile.weekly.is_some()) >= 100);
        assert!(some(|p| matches!(p.standing, Standing::Locum(_))) >= 10);
        assert!(some(|p| matches!(p.standing, Standing::Retired)) == 8);
        assert!(some(|p| p.memberships[0].status != MembershipStatus::Active) >= 8);
        let out_of_right = people
            .iter()
            .filter(|p| !p.standing.holds(world.start))
            .count();
        assert!(out_of_right >= 3, "{out_of_right}");
        let supervised = people.iter().filter_map(|p| p.standing.supervisor());
        let known: Vec<_> = supervised.filter_map(|id| world.professional(id)).collect();
        assert!(known.len() >= 5);
        assert!(known.iter().all(|s| s.standing == Standing::Titular));
    }
}

#[test]
fn patients_declare_a_usual_doctor_in_the_observed_shares() {
    for world in worlds() {
        assert_eq!(world.patients.len(), 300);
        let count = |answer| {
            world
                .patients
                .iter()
                .filter(|p| p.usual.doctor == answer)
                .count()
        };
        assert_eq!(count(UsualDoctor::Yes), 180);
        assert_eq!(
            (count(UsualDoctor::No), count(UsualDoctor::Unknown)),
            (48, 72)
        );
        let outside = world.patients.iter().filter(|p| p.usual.outside);
        assert!(outside.clone().count() >= 5 && outside.clone().all(|p| p.usual_name.is_some()));
        let landlines = world
            .patients
            .iter()
            .filter(|p| p.phone.starts_with("+331"))
            .count();
        assert!((10..120).contains(&landlines), "{landlines}");
        let today = world.start.timestamp().to_zoned(zone()).date();
        assert!(
            world
                .patients
                .iter()
                .all(|p| p.birth_date <= today && p.facts(today).age.years <= 100)
        );
        let doctor = world.professionals[world.guided.doctor].id;
        let declared = world
            .patients
            .iter()
            .filter(|p| p.usual.professionals.contains(&doctor));
        assert!(declared.count() >= 8);
    }
}
