//! A made-up country: professionals around the real communes, as many as there are inhabitants for,
//! networks of neighbouring ones, terms of every kind. Nobody in it exists.

use relais_app::reference::communes::Communes;
use relais_core::geo::{Insee, Point};
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::matching::{Ask, Index, Members, Pool};
use relais_core::people::{
    Channels, Load, Member, Membership, MembershipStatus, Mode, Modes, Profession, Profile,
    QuietHours, Sector, Standing,
};
use relais_core::request::{Age, Need, PatientFacts, Sex};
use relais_core::slug::Slug;
use relais_core::time::{Calendar, Instant, OpenSpan, OpeningHours, Weekly};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A Tuesday morning.
const NOW: Instant = Instant::from_millis(1_773_133_200_000);
/// Networks of a department's federation.
const FEDERATED: usize = 10;

/// Everybody, and how many networks there are.
#[derive(Debug)]
pub(super) struct Country {
    pub(super) members: Vec<Member>,
    networks: usize,
    towns: Vec<(Insee, Point)>,
    calendar: Calendar,
    loads: BTreeMap<ProfessionalId, Load>,
}

/// One request's question.
pub(super) struct Question {
    need: Need,
    patient: PatientFacts,
    own: NetworkId,
    lenders: Vec<NetworkId>,
    calendar: Calendar,
}

struct Draws(u64);

impl Draws {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    fn slug(&mut self, kind: &str, most: usize) -> Slug {
        let text = format!("{kind}-{}", self.below(most));
        Slug::new(&text).expect("letters, a dash and figures")
    }

    /// Near a town: three draws make most of them close to its centre.
    fn near(&mut self, town: Point) -> Point {
        let mut off = || (self.below(30_000) + self.below(30_000)) as i32 - 30_000;
        Point {
            lat_e6: town.lat_e6 + off(),
            lon_e6: town.lon_e6 + off(),
        }
    }
}

impl Members for Country {
    fn member(&self, slot: u32) -> Option<&Member> {
        self.members.get(slot as usize)
    }
}

fn network(n: usize) -> NetworkId {
    NetworkId::from_bits(n as u128 + 1)
}

impl Country {
    /// Draws a country. Communes in order of code are neighbours more often than not: each network
    /// takes a run of them that holds its share of the people.
    pub(super) fn drawn(seed: u64, professionals: usize, networks: usize) -> Self {
        let mut draws = Draws(seed);
        let shipped = Communes::shipped().iter();
        let lived: Vec<_> = shipped
            .filter_map(|c| c.point().map(|point| (c.insee, point, c.population.max(1))))
            .collect();
        let everybody: u64 = lived.iter().map(|(.., people)| u64::from(*people)).sum();
        let (mut members, mut seen) = (Vec::with_capacity(professionals), 0_u64);
        for (insee, point, people) in &lived {
            seen += u64::from(*people);
            let until =
                (seen as u128 * professionals as u128 / u128::from(everybody.max(1))) as usize;
            while members.len() < until {
                let n = members.len();
                let own = network(n * networks / professionals.max(1));
                members.push(member(&mut draws, n, own, *insee, *point));
            }
        }
        let zone = jiff::tz::TimeZone::get("Europe/Paris").expect("the zone is bundled");
        Self {
            members,
            networks,
            towns: lived
                .into_iter()
                .map(|(insee, point, _)| (insee, point))
                .collect(),
            calendar: Calendar {
                hours: OpeningHours::default(),
                zone,
            },
            loads: BTreeMap::new(),
        }
    }

    /// Requests of patients who live where the professionals are.
    pub(super) fn questions(&self, seed: u64, count: usize, wide: bool) -> Vec<Question> {
        let mut draws = Draws(seed.wrapping_mul(77).wrapping_add(3));
        let one = |_| {
            let home = &self.members[draws.below(self.members.len())];
            let own = home.memberships[0].network;
            let first = (own.bits() as usize - 1) / FEDERATED * FEDERATED;
            let around = (first..(first + FEDERATED).min(self.networks)).map(network);
            let years = draws.below(95) as u8;
            let insee = self.towns[draws.below(self.towns.len())].0;
            Question {
                need: Need {
                    profession: Profession::Gp,
                    specialty: None,
                    care: draws.slug("soin", 6),
                    mode: if draws.percent(80) {
                        Mode::Consultation
                    } else {
                        Mode::Visit
                    },
                    within_hours: 24,
                    motives: vec![draws.slug("motif", 51)],
                    comment: String::new(),
                    series: None,
                    cooperations: BTreeSet::new(),
                },
                patient: PatientFacts {
                    age: Age {
                        years,
                        months: u16::from(years) * 12,
                    },
                    sex: Sex::Unknown,
                    commune: insee,
                    point: home.places.first().map(|place| draws.near(*place)),
                },
                own,
                lenders: around.filter(|id| wide && *id != own).collect(),
                calendar: self.calendar.clone(),
            }
        };
        (0..count).map(one).collect()
    }

    /// Where patients are.
    pub(super) fn points(&self, seed: u64, count: usize) -> Vec<Point> {
        let asked = self.questions(seed, count, false).into_iter();
        asked
            .filter_map(|question| question.patient.point)
            .collect()
    }

    /// Whoever could be asked.
    pub(super) fn pool<'c>(&'c self, index: &'c Index, question: &'c Question) -> Pool<'c> {
        Pool::behind(index, self, question.own, &question.lenders, &self.loads)
    }
}

impl Question {
    /// The question as the core is asked it.
    pub(super) fn through<T>(&self, answer: impl FnOnce(&Ask<'_>) -> T) -> T {
        answer(&Ask {
            need: &self.need,
            patient: &self.patient,
            own: self.own,
            wide: !self.lenders.is_empty(),
            radius_m: 15_000,
            usual: Cow::Borrowed(&[]),
            requester: None,
            asked: BTreeSet::new(),
            refused: BTreeSet::new(),
            now: NOW,
            calendar: &self.calendar,
        })
    }
}

/// Somebody: one in five a GP, terms as people choose them, a few with everything.
fn member(draws: &mut Draws, n: usize, own: NetworkId, insee: Insee, town: Point) -> Member {
    let profession = match draws.below(100) {
        0..20 => Profession::Gp,
        20..50 => Profession::Nurse,
        50..65 => Profession::Physio,
        65..75 => Profession::Pharmacist,
        75..80 => Profession::Dentist,
        80..83 => Profession::Midwife,
        _ => Profession::Specialist,
    };
    let specialist = profession == Profession::Specialist;
    let weekly = draws.percent(15).then(|| {
        let mut weekly = Weekly::default();
        for day in weekly.days.iter_mut().take(5) {
            day.extend(OpenSpan::new(480, 1_140));
        }
        weekly
    });
    let quiet = draws.percent(15).then_some(QuietHours {
        from: 1_260,
        until: 420,
    });
    let visits = if draws.percent(5) {
        Sector::Communes([insee].into())
    } else {
        Sector::Radius(5_000 + draws.below(10_000) as u32)
    };
    let declines = if draws.percent(20) { 3 } else { 0 };
    let several = 1 + usize::from(draws.percent(5));
    Member {
        id: ProfessionalId::from_bits((n as u128) << 40 | draws.below(1 << 30) as u128),
        profession,
        specialty: specialist.then(|| draws.slug("specialite", 40)),
        memberships: vec![Membership {
            network: own,
            status: if draws.percent(97) {
                MembershipStatus::Active
            } else {
                MembershipStatus::Applied
            },
        }],
        places: (0..several).map(|_| draws.near(town)).collect(),
        standing: Standing::Titular,
        profile: Profile {
            modes: Modes {
                consultation: draws.percent(90),
                visit: draws.percent(40),
                teleconsultation: draws.percent(30),
            },
            declined_care: BTreeSet::new(),
            declined_motives: (0..declines).map(|_| draws.slug("motif", 51)).collect(),
            age_min: if draws.percent(10) { 6 } else { 0 },
            radius_m: 5_000 + draws.below(15_000) as u32,
            visits,
            own_patients_only: draws.percent(10),
            weekly,
            unavailable_until: draws
                .percent(8)
                .then_some(NOW + relais_core::time::Duration::hours(5)),
            daily_max: draws.percent(10).then_some(5),
            quiet,
            ..Profile::default()
        },
        channels: Channels {
            push: draws.percent(60),
            sms: draws.percent(80),
            mail: false,
        },
        cooperations: Vec::new(),
    }
}
