//! The index answers what judging everybody one by one answers: in whole simulated lives, checked by
//! the simulator's own reading of R5, and over members drawn with everything the cards pack.

use jiff::ToSpan as _;
use jiff::civil::date;
use proptest::prelude::*;
use relais_core::absence::Absence;
use relais_core::cascade::{Command, Decision, Facts, Raise, Refusal};
use relais_core::geo::{Insee, Point};
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::matching::{Ask, Candidate, Index, Members, Pool, Sifted, judge, nearness};
use relais_core::people::{
    Channels, Contract, Declared, Encore, Load, Member, Membership, MembershipStatus, Mode, Modes,
    Profession, Profile, QuietHours, Sector, Standing,
};
use relais_core::reach::{Ladder, LockScreen};
use relais_core::request::{Age, Need, PatientFacts, Request, Sex};
use relais_core::slug::Slug;
use relais_core::time::{Calendar, Duration, Instant, OpenSpan, OpeningHours, Weekly};
use relais_sim::campaign::Length;
use relais_sim::engine::{Core, Engine};
use relais_sim::territory::simulate;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

/// Members by number.
#[derive(Debug, Default)]
struct Held(Vec<Member>);

impl Members for Held {
    fn member(&self, slot: u32) -> Option<&Member> {
        self.0.get(slot as usize)
    }
}

/// The networks that lend, in the order in which everybody's own list names them.
fn lenders(pool: &Pool<'_>) -> Vec<NetworkId> {
    let mut order: Vec<NetworkId> = Vec::new();
    let mut of: BTreeMap<ProfessionalId, Vec<NetworkId>> = BTreeMap::new();
    for (network, candidate) in &pool.sharing {
        of.entry(candidate.member.id).or_default().push(*network);
        if !order.contains(network) {
            order.push(*network);
        }
    }
    for _ in 0..order.len() {
        for list in of.values() {
            for pair in list.windows(2) {
                let at = |id| order.iter().position(|n| *n == id).unwrap();
                let (first, second) = (at(pair[0]), at(pair[1]));
                if first > second {
                    order.swap(first, second);
                }
            }
        }
    }
    order
}

/// The core, its people behind an index: each decision must be the one made from the lists.
struct ThroughIndex;

impl ThroughIndex {
    fn both(
        facts: &Facts<'_>,
        network: NetworkId,
        decide: impl Fn(&Facts<'_>) -> Result<Decision, Refusal>,
    ) -> Result<Decision, Refusal> {
        let lent = facts.pool.sharing.iter().map(|(_, c)| c);
        let everybody: BTreeMap<_, _> = facts
            .pool
            .own
            .iter()
            .chain(lent)
            .map(|c| (c.member.id, c))
            .collect();
        let mut members: Vec<Member> = everybody.values().map(|c| c.member.clone()).collect();
        members.sort_by_key(nearness);
        let held = Held(members);
        let index = Index::build(&held.0);
        let lenders = lenders(&facts.pool);
        let limited: BTreeSet<_> = std::iter::once(&network)
            .chain(&lenders)
            .flat_map(|id| index.limited(*id))
            .collect();
        // Nothing may depend on what was lately asked of anybody else.
        let loads = everybody
            .values()
            .filter(|c| limited.contains(&index.slot(c.member.id).unwrap()))
            .map(|c| (c.member.id, c.load))
            .collect();
        let mut pool = Pool::behind(&index, &held, network, &lenders, &loads);
        pool.lately = facts.pool.lately.clone();
        let through = decide(&Facts {
            pool,
            ..facts.clone()
        });
        assert_eq!(through, decide(facts));
        through
    }
}

impl Engine for ThroughIndex {
    fn raise(&self, raise: Raise, now: Instant, facts: &Facts<'_>) -> Result<Decision, Refusal> {
        Self::both(facts, raise.network, |facts| {
            Core.raise(raise.clone(), now, facts)
        })
    }

    fn decide(
        &self,
        state: &Request,
        command: &Command,
        now: Instant,
        facts: &Facts<'_>,
    ) -> Result<Decision, Refusal> {
        Self::both(facts, state.network, |facts| {
            Core.decide(state, command, now, facts)
        })
    }
}

fn knob(usual: u64) -> u64 {
    let given = std::env::var("RELAIS_TEST_LIVES").ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// I2, I3: the same decisions, and those the simulator's own reading of R5 allows.
#[test]
fn lives_through_the_index_are_the_lives_through_the_lists() {
    let threads = NonZeroUsize::new(2).unwrap();
    let length = Length::new(2026, knob(2_000)).on(threads);
    let report = simulate(length, &ThroughIndex, &mut |_| {});
    if let Some(failure) = &report.failure {
        panic!("{failure}");
    }
}

/// Draws that follow each other from a seed.
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    fn maybe<T>(&mut self, n: u64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(n).then(|| make(self))
    }

    /// More codes than the cards have bits for.
    fn slug(&mut self) -> Slug {
        let most = self.of(&[4, 90, 300]);
        Slug::new(&format!("code-{}", self.below(most))).unwrap()
    }

    fn point(&mut self) -> Point {
        Point {
            lat_e6: 48_000_000 + self.below(600_000) as i32,
            lon_e6: self.of(&[2_000_000, -300_000]) + self.below(600_000) as i32,
        }
    }

    fn near(&mut self) -> Instant {
        NOW + Duration::minutes(self.below(600) as i64 - 300)
    }

    fn network(&mut self) -> NetworkId {
        NetworkId::from_bits(1 + u128::from(self.below(5)))
    }

    fn member(&mut self, id: ProfessionalId) -> Member {
        let contract = Contract {
            from: self.near(),
            until: self.near(),
        };
        let networks: BTreeSet<_> = (0..self.below(4)).map(|_| self.network()).collect();
        let memberships = networks.into_iter().map(|network| Membership {
            network,
            status: self.of(&[MembershipStatus::Active, MembershipStatus::Left]),
        });
        let memberships = memberships.collect();
        let mut flag = || self.below(3) > 0;
        let modes = Modes {
            consultation: flag(),
            visit: flag(),
            teleconsultation: flag(),
        };
        let channels = Channels {
            push: flag(),
            sms: flag(),
            mail: false,
        };
        let weekly = self.maybe(3, |d| {
            let mut weekly = Weekly::default();
            for day in &mut weekly.days {
                let from = d.below(1_200) as u16;
                day.extend(OpenSpan::new(from, from + 1 + d.below(239) as u16));
            }
            weekly
        });
        let quiet = self.maybe(4, |d| QuietHours {
            from: d.below(1_440) as u16,
            until: d.below(1_440) as u16,
        });
        let visits = if self.one_in(3) {
            Sector::Communes([commune(self.below(3))].into())
        } else {
            Sector::Radius(self.below(60_000) as u32)
        };
        Member {
            id,
            profession: self.of(&[Profession::Gp, Profession::Nurse]),
            specialty: self.maybe(2, Self::slug),
            memberships,
            places: (0..self.below(4)).map(|_| self.point()).collect(),
            standing: match self.below(4) {
                0 => Standing::Locum(contract),
                1 => Standing::Intern {
                    contract,
                    supervisor: self.maybe(2, |_| id),
                },
                _ => Standing::Titular,
            },
            profile: Profile {
                modes,
                declined_care: (0..self.below(3)).map(|_| self.slug()).collect(),
                declined_motives: (0..self.below(5)).map(|_| self.slug()).collect(),
                age_min: self.below(20) as u8,
                age_max: 15 + self.below(90) as u8,
                radius_m: self.below(90_000) as u32,
                visits,
                own_patients_only: self.one_in(4),
                weekly,
                off_on_holidays: self.one_in(3),
                unavailable_until: self.maybe(4, Self::near),
                absences: (0..self.below(3)).map(|_| self.absence()).collect(),
                encore: self.maybe(4, |d| Encore {
                    since: d.near(),
                    patients: d.below(3) as u16,
                    until: d.near(),
                }),
                muted_until: self.maybe(5, Self::near),
                daily_max: self.maybe(3, |d| d.below(4) as u16),
                hourly_max: self.maybe(3, |d| d.below(4) as u16),
                rest_minutes: self.maybe(3, |d| d.below(200) as u16),
                quiet,
                quiet_yields_to_urgent: self.one_in(2),
                ladder: Ladder::default(),
                lock_screen: LockScreen::Place,
            },
            channels,
            cooperations: (0..self.below(4)).map(|_| self.declared()).collect(),
        }
    }

    /// Around the day of the questions.
    fn absence(&mut self) -> Absence {
        let first = date(2026, 3, 5 + self.below(10) as i8);
        Absence::new(first, first.saturating_add((self.below(6) as i64).days())).unwrap()
    }

    /// Few codes, so that what is asked is often declared; some over, some to come.
    fn declared(&mut self) -> Declared {
        let since = date(2026, 3, 5 + self.below(10) as i8);
        Declared {
            protocol: Slug::new(self.of(&["pollakiurie", "odynophagie", "cheville"])).unwrap(),
            since,
            until: self.maybe(2, |d| since.saturating_add((d.below(6) as i64).days())),
        }
    }

    fn load(&mut self) -> Load {
        Load {
            asked_today: self.below(5) as u16,
            asked_last_hour: self.below(5) as u16,
            first_of_hour: self.maybe(2, Self::near),
            accepted_at: self.maybe(2, Self::near),
            accepted_since_encore: self.below(3) as u16,
        }
    }
}

/// One or two of the codes that people declare.
fn some_codes(draws: &mut Draws) -> BTreeSet<Slug> {
    let one = |draws: &mut Draws| draws.declared().protocol;
    [one(draws), one(draws)].into()
}

/// 2026-03-10 12:00 in Paris.
const NOW: Instant = Instant::from_millis(1_773_140_400_000);

fn commune(n: u64) -> Insee {
    Insee::new(&format!("9100{n}")).unwrap()
}

fn pro(n: u64) -> ProfessionalId {
    ProfessionalId::from_bits(u128::from(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}

/// An index that was built, then changed, one member at a time.
fn changed(draws: &mut Draws, count: u64) -> (Held, Index) {
    let mut members: Vec<_> = (0..count / 2).map(|n| draws.member(pro(n))).collect();
    members.sort_by_key(nearness);
    let mut index = Index::build(&members);
    let mut held = Held(members);
    for _ in 0..count {
        let member = {
            let n = draws.below(count);
            draws.member(pro(n))
        };
        let before = index
            .slot(member.id)
            .map(|slot| held.0[slot as usize].clone());
        let slot = index.put(before.as_ref(), &member) as usize;
        if slot == held.0.len() {
            held.0.push(member);
        } else {
            held.0[slot] = member;
        }
    }
    (held, index)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: knob(300) as u32, ..ProptestConfig::default() })]

    /// Every verdict, every count, the order, and through which network: as judged one by one.
    #[test]
    fn the_index_says_what_judging_each_says(seed in any::<u64>(), count in 2_u64..60) {
        let draws = &mut Draws(seed);
        let (held, index) = changed(draws, count);
        let own = draws.network();
        let mut lenders: Vec<_> = (0..draws.below(3)).map(|_| draws.network()).collect();
        lenders.sort_unstable();
        lenders.dedup();
        let loads: BTreeMap<_, _> = held.0.iter().map(|m| (m.id, draws.load())).collect();
        let kept: BTreeMap<_, _> = std::iter::once(&own).chain(&lenders)
            .flat_map(|id| index.limited(*id))
            .map(|slot| held.0[slot as usize].id)
            .map(|id| (id, loads[&id]))
            .collect();
        let need = Need {
            profession: Profession::Gp,
            specialty: draws.maybe(2, Draws::slug),
            motives: (0..1 + draws.below(2)).map(|_| draws.slug()).collect(),
            care: draws.slug(),
            mode: draws.of(&[Mode::Consultation, Mode::Visit, Mode::Teleconsultation]),
            within_hours: draws.of(&[2, 48]),
            comment: String::new(),
            series: None,
            cooperations: if draws.one_in(2) { some_codes(draws) } else { BTreeSet::new() },
        };
        let patient = PatientFacts {
            age: { let years = draws.below(90) as u8; Age { years, months: u16::from(years) * 12 } },
            sex: Sex::Female,
            commune: commune(draws.below(3)),
            point: if draws.one_in(4) { None } else { Some(draws.point()) },
        };
        let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        let calendar = Calendar { hours: OpeningHours::default(), zone };
        let wide = draws.one_in(2);
        let some = |draws: &mut Draws| (0..draws.below(4)).map(|_| pro(draws.below(count))).collect();
        let ask = Ask {
            need: &need,
            patient: &patient,
            own,
            wide,
            radius_m: draws.below(90_000) as u32,
            usual: Cow::Owned(vec![pro(0), pro(1)]),
            requester: Some(pro(2)),
            asked: some(draws),
            refused: some(draws),
            now: NOW,
            calendar: &calendar,
        };
        let pool = Pool::behind(&index, &held, own, &lenders, &kept);
        let mut listed = Pool::default();
        for member in &held.0 {
            let candidate = Candidate { member, load: loads[&member.id] };
            let lists = |id: &NetworkId| member.memberships.iter().any(|m| m.network == *id);
            if lists(&own) {
                listed.own.push(candidate);
            }
            for lender in lenders.iter().filter(|l| lists(l)) {
                listed.sharing.push((*lender, candidate));
            }
        }
        prop_assert_eq!(pool.has_neighbours(), listed.sharing.iter().any(|(n, _)| *n != own));
        let sort = |mut all: Vec<_>| {
            all.sort_by_key(|(_, v): &(NetworkId, relais_core::matching::Verdict)| v.professional);
            all
        };
        let (found, wanted) = (sort(pool.verdicts(&ask)), sort(listed.verdicts(&ask)));
        prop_assert_eq!(&found, &wanted);
        // And from the rule itself: each once, judged through a network that may ask them.
        for (network, verdict) in &found {
            let member = &held.0[index.slot(verdict.professional).unwrap() as usize];
            let candidate = Candidate { member, load: loads[&member.id] };
            prop_assert_eq!(verdict, &judge(&candidate, &ask.question(*network, member.id)));
            let may: Vec<_> = std::iter::once(&own).chain(lenders.iter().filter(|_| wide)).collect();
            prop_assert!(may.contains(&network));
            let active = may.iter().any(|n| member.belongs_to(**n));
            prop_assert_eq!(member.belongs_to(*network), active, "asked where they are active");
        }
        let mut counted = Sifted::default();
        for (_, verdict) in &found {
            match verdict.first_failure() {
                Some(finding) => *counted.left_out.entry(finding.test).or_default() += 1,
                None => counted.asked.push((verdict.distance_m, verdict.professional)),
            }
        }
        counted.asked.sort_by_key(|(metres, id)| (metres.unwrap_or(u32::MAX), *id));
        prop_assert_eq!(&pool.sift(&ask), &counted);
        prop_assert_eq!(&listed.sift(&ask), &counted);
        for member in &held.0 {
            let found = pool.find(member.id, own).map(|(network, c)| (network, c.member.id));
            let wanted = listed.find(member.id, own).map(|(network, c)| (network, c.member.id));
            prop_assert_eq!(found, wanted);
        }
    }
}
