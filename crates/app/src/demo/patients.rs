//! The patients of the demonstration: three hundred people who do not exist, of every age, six in
//! ten with a declared usual doctor (S1: 60 / 16 / 24 %).

use super::dice::Dice;
use super::ground::{Address, Ground, network_of};
use super::names::Registry;
use super::people::{DOCTOR, MASSY, may_be_usual};
use super::start;
use super::world::{DemoNetwork, DemoPatient, DemoProfessional};
use jiff::ToSpan;
use jiff::civil::Date;
use relais_core::geo::{Insee, Point};
use relais_core::ids::{PatientId, ProfessionalId};
use relais_core::people::Profession;
use relais_core::request::{Contacted, Sex, Usual, UsualDoctor};
use relais_core::time::Instant;

/// How many in each network.
const HEADCOUNT: [usize; 3] = [150, 100, 50];
/// Of every hundred: with a usual doctor, without, who do not know.
const USUAL: [usize; 3] = [60, 16, 24];
/// The first patients of the north live in Massy and declare its guided doctor.
pub(super) const OF_THE_DOCTOR: usize = 8;
/// How far a usual doctor practises at most, metres.
const USUAL_DOCTOR_M: u32 = 10_000;

/// Everything a patient is made from.
pub(super) struct Census<'a> {
    pub(super) dice: Dice,
    pub(super) registry: &'a mut Registry,
    pub(super) ground: &'a Ground,
    pub(super) networks: &'a [DemoNetwork],
    pub(super) professionals: &'a [DemoProfessional],
    pub(super) start: Instant,
}

impl Census<'_> {
    /// Everybody, network by network; the first is the guided visit's.
    pub(super) fn patients(&mut self) -> Vec<DemoPatient> {
        let today = self.start.timestamp().to_zoned(start::zone()).date();
        let mut all = Vec::with_capacity(HEADCOUNT.iter().sum());
        for (network, count) in HEADCOUNT.into_iter().enumerate() {
            let mut answers: Vec<UsualDoctor> =
                [UsualDoctor::Yes, UsualDoctor::No, UsualDoctor::Unknown]
                    .into_iter()
                    .zip(USUAL)
                    .flat_map(|(answer, share)| std::iter::repeat_n(answer, share * count / 100))
                    .collect();
            let fixed = if network == 0 { OF_THE_DOCTOR } else { 0 };
            self.dice.shuffle(&mut answers[fixed..]);
            for (rank, answer) in answers.into_iter().enumerate() {
                let one = self.patient(network, rank < fixed, rank, answer, today);
                all.push(one);
            }
        }
        all
    }

    fn patient(
        &mut self,
        network: usize,
        of_the_doctor: bool,
        rank: usize,
        answer: UsualDoctor,
        today: Date,
    ) -> DemoPatient {
        let sex = match self.dice.below(100) {
            0..53 => Sex::Female,
            _ => Sex::Male,
        };
        let (first_names, birth_name) = self.registry.name(sex);
        let age = if of_the_doctor {
            34 + rank * 7
        } else {
            self.age()
        };
        let address = self.address(network, of_the_doctor);
        let married = sex == Sex::Female && age >= 28 && self.dice.percent(45);
        let used_name = married.then(|| self.registry.surname());
        let landline = !of_the_doctor && self.dice.percent(if age >= 70 { 45 } else { 8 });
        let carer = age < 18 || (age >= 80 && self.dice.percent(50));
        let (usual, usual_name) = self.usual(of_the_doctor, answer, address.point);
        DemoPatient {
            id: PatientId::from_bits(self.dice.id_bits(self.start.millis())),
            network: self.networks[network].id,
            used_name: used_name.filter(|name| *name != birth_name),
            birth_name,
            first_names,
            sex,
            birth_date: self.birth_date(age, today),
            phone: if landline {
                self.registry.landline()
            } else {
                self.registry.mobile()
            },
            carer_phone: carer.then(|| self.registry.mobile()),
            line: address.line,
            postcode: address.postcode,
            insee: address.insee,
            point: address.point,
            usual,
            usual_name,
        }
    }

    fn age(&mut self) -> usize {
        let (from, span) =
            *self
                .dice
                .pick(&[(0, 3), (3, 13), (16, 30), (30, 25), (55, 20), (70, 25)]);
        from + self.dice.below(span)
    }

    fn birth_date(&mut self, age: usize, today: Date) -> Date {
        let years = i32::try_from(age).unwrap_or(0);
        let days = i32::try_from(self.dice.below(364)).unwrap_or(0);
        today.checked_sub(years.years().days(days)).unwrap_or(today)
    }

    fn address(&mut self, network: usize, in_massy: bool) -> Address {
        let massy = Insee::new(MASSY);
        let fits = |address: &Address| {
            if in_massy {
                Some(address.insee) == massy
            } else {
                network_of(address.insee) == network
            }
        };
        let found = self.ground.draw_where(&mut self.dice, fits);
        found.unwrap_or(&self.ground.addresses[0]).clone()
    }

    /// The usual professionals: a doctor the directory knows (or one it does not), a nurse and a
    /// physiotherapist for some.
    fn usual(
        &mut self,
        of_the_doctor: bool,
        answer: UsualDoctor,
        home: Point,
    ) -> (Usual, Option<String>) {
        let mut usual = Usual {
            doctor: answer,
            professionals: Vec::new(),
            outside: false,
            contacted: *self.dice.pick(Contacted::ALL),
            stand_ins: Vec::new(),
        };
        let mut name = None;
        if of_the_doctor {
            usual.professionals.push(self.professionals[DOCTOR].id);
            usual.contacted = Contacted::Unreachable;
        } else if answer == UsualDoctor::Yes {
            let known = if self.dice.percent(88) {
                self.near(Profession::Gp, home)
            } else {
                None
            };
            match known {
                Some(id) => usual.professionals.push(id),
                None => {
                    usual.outside = true;
                    name = Some(format!("Dr {}", self.registry.surname()));
                }
            }
        }
        for (profession, percent) in [(Profession::Nurse, 15), (Profession::Physio, 8)] {
            if self.dice.percent(percent) {
                usual.professionals.extend(self.near(profession, home));
            }
        }
        (usual, name)
    }

    /// Somebody near who may be declared, one of the six nearest.
    fn near(&mut self, profession: Profession, home: Point) -> Option<ProfessionalId> {
        let mut near: Vec<_> = self
            .professionals
            .iter()
            .filter(|p| p.profession == profession && may_be_usual(p))
            .map(|p| (p.places[0].point.distance_m(home), p.id))
            .filter(|(metres, _)| *metres <= USUAL_DOCTOR_M)
            .collect();
        near.sort_unstable();
        near.truncate(6);
        (!near.is_empty()).then(|| self.dice.pick(&near).1)
    }
}
