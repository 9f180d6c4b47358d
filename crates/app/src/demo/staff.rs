//! The accounts of the demonstration: two operators, a regulator and a coordinator for each
//! network, an administrator, an auditor, the SAS as partner, every professional, and a secretary.

use super::dice::Dice;
use super::names::Registry;
use super::people::{DOCTOR, NO_SMARTPHONE};
use super::world::{DemoNetwork, DemoProfessional, DemoUser};
use relais_core::access::Role;
use relais_core::ids::{NetworkId, UserId};
use relais_core::people::{MembershipStatus, Profession};
use relais_core::request::Sex;
use relais_core::time::Instant;

/// How many of each profession stand on the sign-in page: 52 in all.
const FEATURED: [(Profession, usize); 7] = [
    (Profession::Gp, 20),
    (Profession::Nurse, 10),
    (Profession::Physio, 6),
    (Profession::Pharmacist, 4),
    (Profession::Dentist, 4),
    (Profession::Midwife, 4),
    (Profession::Podiatrist, 4),
];

/// Roles with one account in each network, in the order of the sign-in page.
const DESK: [Role; 4] = [
    Role::Operator,
    Role::Operator,
    Role::Regulator,
    Role::Coordinator,
];

/// Every account, staff first.
pub(super) fn users(
    dice: &mut Dice,
    registry: &mut Registry,
    networks: &[DemoNetwork],
    professionals: &[DemoProfessional],
    at: Instant,
) -> Vec<DemoUser> {
    let mut users = Vec::with_capacity(professionals.len() + 20);
    let mut staff = |dice: &mut Dice, registry: &mut Registry, role: Role, network: NetworkId| {
        let sex = if dice.percent(60) {
            Sex::Female
        } else {
            Sex::Male
        };
        let (first, last) = registry.name(sex);
        let title = if role == Role::Regulator { "Dr " } else { "" };
        users.push(DemoUser {
            id: UserId::from_bits(dice.id_bits(at.millis())),
            login: registry.login(&first, &last),
            name: format!("{title}{first} {last}"),
            role,
            network,
            professional: None,
            featured: true,
        });
    };
    for network in networks {
        for role in DESK {
            staff(dice, registry, role, network.id);
        }
    }
    for role in [Role::Administrator, Role::Auditor] {
        staff(dice, registry, role, networks[0].id);
    }
    users.push(DemoUser {
        id: UserId::from_bits(dice.id_bits(at.millis())),
        login: registry.login("sas", "essonne"),
        name: "SAS 91 (régulation)".to_owned(),
        role: Role::Partner,
        network: networks[0].id,
        professional: None,
        featured: true,
    });
    let featured = featured(professionals, networks[0].id);
    for (index, professional) in professionals.iter().enumerate() {
        users.push(DemoUser {
            id: UserId::from_bits(dice.id_bits(at.millis())),
            login: registry.login(&professional.first_names, &professional.last_name),
            name: professional.display_name(),
            role: Role::Professional,
            network: professional.home(),
            professional: Some(professional.id),
            featured: featured.contains(&index),
        });
    }
    // Last, so that everybody before is who they were.
    let (first, last) = registry.name(Sex::Female);
    users.push(DemoUser {
        id: UserId::from_bits(dice.id_bits(at.millis())),
        login: registry.login(&first, &last),
        name: format!("{first} {last}"),
        role: Role::Secretary,
        network: networks[0].id,
        professional: None,
        featured: true,
    });
    users
}

/// The people of the guided visit and those nearest to its doctor in the same network, so that the
/// story can be played from the sign-in page.
fn featured(professionals: &[DemoProfessional], network: NetworkId) -> Vec<usize> {
    let centre = professionals[DOCTOR].places[0].point;
    let pharmacist = professionals
        .iter()
        .position(|p| p.profession == Profession::Pharmacist);
    let mut chosen: Vec<usize> = [DOCTOR, NO_SMARTPHONE]
        .into_iter()
        .chain(pharmacist)
        .collect();
    for (profession, count) in FEATURED {
        let mut near: Vec<_> = professionals
            .iter()
            .enumerate()
            .filter(|(_, p)| p.profession == profession)
            .map(|(index, p)| {
                let elsewhere = p.home() != network;
                let idle = p.memberships[0].status != MembershipStatus::Active;
                (idle, elsewhere, p.places[0].point.distance_m(centre), index)
            })
            .collect();
        near.sort_unstable();
        let already = chosen
            .iter()
            .filter(|i| professionals[**i].profession == profession);
        let mut wanted = count - already.count();
        for (_, _, _, index) in near {
            if wanted > 0 && !chosen.contains(&index) {
                chosen.push(index);
                wanted -= 1;
            }
        }
    }
    chosen
}
