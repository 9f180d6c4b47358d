//! The four hundred professionals of the demonstration, of seven professions, placed where people
//! live. The first few are the people of the guided visit.

use super::dice::Dice;
use super::ground::{Address, Ground, network_of};
use super::habits;
use super::names::{Registry, handle};
use super::world::{DemoNetwork, DemoPlace, DemoProfessional};
use relais_core::geo::Insee;
use relais_core::ids::{PlaceId, ProfessionalId};
use relais_core::people::{Channels, Membership, MembershipStatus, Profession, Profile, Standing};
use relais_core::request::Sex;
use relais_core::time::Instant;

/// How many of each profession: 400 in all.
pub(super) const HEADCOUNT: [(Profession, usize); 7] = [
    (Profession::Gp, 160),
    (Profession::Nurse, 110),
    (Profession::Physio, 50),
    (Profession::Pharmacist, 30),
    (Profession::Dentist, 20),
    (Profession::Midwife, 15),
    (Profession::Podiatrist, 15),
];

/// Massy.
pub(super) const MASSY: &str = "91377";
/// Palaiseau, next to it.
const PALAISEAU: &str = "91477";
/// The guided visit's GP of Massy, with declared patients.
pub(super) const DOCTOR: usize = 0;
/// A GP of Palaiseau without a smartphone.
pub(super) const NO_SMARTPHONE: usize = 1;
/// A second plain GP of Massy, supervisor of interns.
const SECOND_DOCTOR: usize = 2;

/// Everything a professional is made from.
pub(super) struct Maker<'a> {
    pub(super) dice: Dice,
    pub(super) registry: &'a mut Registry,
    pub(super) ground: &'a Ground,
    pub(super) networks: &'a [DemoNetwork],
    pub(super) start: Instant,
}

impl Maker<'_> {
    /// Everybody, GPs first, in the order of [`HEADCOUNT`].
    pub(super) fn professionals(&mut self) -> Vec<DemoProfessional> {
        let mut all: Vec<DemoProfessional> = Vec::with_capacity(400);
        for (profession, count) in HEADCOUNT {
            for rank in 0..count {
                let index = all.len();
                let supervisors: Vec<_> = all.iter().take(12).map(|p| p.id).collect();
                let fixed = fixed_commune(profession, rank);
                let one = self.professional(profession, rank, index, fixed, &supervisors);
                all.push(one);
            }
        }
        all
    }

    fn professional(
        &mut self,
        profession: Profession,
        rank: usize,
        index: usize,
        fixed: Option<Insee>,
        supervisors: &[ProfessionalId],
    ) -> DemoProfessional {
        let women = match profession {
            Profession::Midwife => 97,
            Profession::Nurse => 82,
            Profession::Pharmacist => 66,
            _ => 50,
        };
        let sex = if self.dice.percent(women) {
            Sex::Female
        } else {
            Sex::Male
        };
        let (first_names, last_name) = self.registry.name(sex);
        let home = self.address(fixed);
        let mut places = vec![self.place(profession, &home)];
        if fixed.is_none() && self.dice.percent(20) {
            places.extend(self.second_place(profession, &home));
        }
        let supervisors = &supervisors[..supervisors.len().min(6)];
        let standing = match fixed {
            Some(_) => Standing::Titular,
            None => habits::standing(profession, rank, self.start, supervisors),
        };
        let profile = match fixed {
            Some(_) => habits::plain(profession),
            None => habits::profile(&mut self.dice, profession, home.point, self.start),
        };
        let (channels, phone_off) = self.channels(fixed.is_some(), index);
        let handle = handle(&first_names, &last_name);
        DemoProfessional {
            id: ProfessionalId::from_bits(self.dice.id_bits(self.start.millis())),
            rpps: self.registry.rpps(),
            civility: civility(profession, sex),
            first_names,
            last_name,
            profession,
            specialty: None,
            standing,
            contact_number: Some(self.registry.landline()),
            alert_number: channels.sms.then(|| self.registry.mobile()),
            mail: channels
                .mail
                .then(|| format!("{handle}@cabinet.demo.example")),
            mssante: self
                .dice
                .percent(80)
                .then(|| format!("{handle}@mssante.demo.example")),
            has_smartphone: channels.push,
            phone_off,
            memberships: self.memberships(&places, rank, fixed.is_some()),
            places,
            profile,
            channels,
            cooperations: habits::cooperations(profession, rank, self.start),
        }
    }

    fn address(&mut self, fixed: Option<Insee>) -> Address {
        let (dice, ground) = (&mut self.dice, self.ground);
        let there = fixed.and_then(|insee| ground.draw_where(dice, |a| a.insee == insee));
        there.unwrap_or_else(|| ground.draw(dice)).clone()
    }

    fn second_place(&mut self, profession: Profession, home: &Address) -> Option<DemoPlace> {
        let apart = |address: &Address| {
            let metres = address.point.distance_m(home.point);
            (1_500..9_000).contains(&metres)
        };
        let address = self.ground.draw_where(&mut self.dice, apart)?.clone();
        Some(self.place(profession, &address))
    }

    fn place(&mut self, profession: Profession, address: &Address) -> DemoPlace {
        let label = match profession {
            Profession::Pharmacist => "Pharmacie",
            _ if self.dice.percent(30) => "Maison de santé",
            Profession::Gp => "Cabinet médical",
            Profession::Nurse => "Cabinet infirmier",
            Profession::Physio => "Cabinet de kinésithérapie",
            Profession::Dentist => "Cabinet dentaire",
            Profession::Midwife => "Cabinet de sage-femme",
            _ => "Cabinet",
        };
        DemoPlace {
            id: PlaceId::from_bits(self.dice.id_bits(self.start.millis())),
            label: label.to_owned(),
            line: address.line.clone(),
            postcode: address.postcode.clone(),
            insee: address.insee,
            point: address.point,
        }
    }

    /// Eight in ten have a smartphone, some no more than SMS; two people cannot be reached at all,
    /// and a few phones are off.
    fn channels(&mut self, fixed: bool, index: usize) -> (Channels, bool) {
        if index == NO_SMARTPHONE {
            return (
                Channels {
                    push: false,
                    sms: true,
                    mail: false,
                },
                false,
            );
        }
        if fixed {
            return (
                Channels {
                    push: true,
                    sms: true,
                    mail: true,
                },
                false,
            );
        }
        if matches!(index, 55 | 205) {
            return (
                Channels {
                    push: false,
                    sms: false,
                    mail: false,
                },
                false,
            );
        }
        let push = self.dice.percent(84);
        let channels = Channels {
            push,
            sms: true,
            mail: push || self.dice.percent(40),
        };
        (channels, self.dice.percent(3))
    }

    /// The network of the main place, and of a second one elsewhere; some are not active.
    fn memberships(&mut self, places: &[DemoPlace], rank: usize, fixed: bool) -> Vec<Membership> {
        let home = network_of(places[0].insee);
        let status = match rank {
            _ if fixed => MembershipStatus::Active,
            31 | 32 => MembershipStatus::Applied,
            33 => MembershipStatus::Suspended,
            34 => MembershipStatus::Left,
            _ => MembershipStatus::Active,
        };
        let mut memberships = vec![Membership {
            network: self.networks[home].id,
            status,
        }];
        for place in &places[1..] {
            let other = network_of(place.insee);
            if other != home && status == MembershipStatus::Active {
                memberships.push(Membership {
                    network: self.networks[other].id,
                    status,
                });
            }
        }
        memberships
    }
}

/// The people of the guided visit, and their nearest colleagues, live where the visit needs them.
fn fixed_commune(profession: Profession, rank: usize) -> Option<Insee> {
    let code = match (profession, rank) {
        (Profession::Gp, DOCTOR | SECOND_DOCTOR) => MASSY,
        (Profession::Gp, NO_SMARTPHONE) => PALAISEAU,
        (Profession::Pharmacist | Profession::Nurse | Profession::Dentist, 0) => MASSY,
        (Profession::Nurse | Profession::Physio | Profession::Midwife, 1) => PALAISEAU,
        _ => return None,
    };
    Insee::new(code)
}

fn civility(profession: Profession, sex: Sex) -> &'static str {
    match (profession, sex) {
        (Profession::Gp | Profession::Dentist, _) => "Dr",
        (_, Sex::Male) => "M.",
        (_, Sex::Female | Sex::Unknown) => "Mme",
    }
}

/// Whether somebody may be declared as usual professional: practises in their own name, on plain
/// terms, in an active membership.
pub(super) fn may_be_usual(professional: &DemoProfessional) -> bool {
    let Profile {
        unavailable_until,
        muted_until,
        ..
    } = &professional.profile;
    professional.standing == Standing::Titular
        && professional.memberships[0].status == MembershipStatus::Active
        && professional.channels.any()
        && unavailable_until.is_none()
        && muted_until.is_none()
}
