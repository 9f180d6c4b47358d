//! The territory a scenario or a simulation plays in: the network, its people, and what was lately
//! asked of each. Gathers for the core what the shell would gather.

use crate::script::{Clause, Script, Setting};
use relais_core::cascade::{Command, Event, Facts, Policy};
use relais_core::ids::{NetworkId, OfferId, ProfessionalId, UserId};
use relais_core::matching::{Candidate, Pool};
use relais_core::people::{
    Channels, Lately, Load, Member, Membership, MembershipStatus, Profile, Standing,
};
use relais_core::request::Request;
use relais_core::time::{Calendar, Duration, Instant, OpeningHours};
use std::collections::BTreeMap;

/// The own network's id.
pub const HOME: NetworkId = NetworkId::from_bits(1);
/// The operator's account.
pub const OPERATOR: UserId = UserId::from_bits(900);
/// The regulator's account.
pub const REGULATOR: UserId = UserId::from_bits(901);

/// Who is called what. Networks: the own one first, then those named anywhere.
#[derive(Debug, Clone, Default)]
pub struct Names {
    people: Vec<String>,
    networks: Vec<String>,
}

fn nth(index: usize) -> u128 {
    u128::try_from(index).unwrap_or(0).saturating_add(1)
}

impl Names {
    /// The id of a professional.
    pub fn professional(&self, name: &str) -> Option<ProfessionalId> {
        let index = self.people.iter().position(|known| known == name)?;
        Some(ProfessionalId::from_bits(nth(index)))
    }

    /// The id of a network.
    pub fn network(&self, name: &str) -> Option<NetworkId> {
        let index = self.networks.iter().position(|known| known == name)?;
        Some(NetworkId::from_bits(nth(index)))
    }

    /// The name of a professional.
    pub fn of(&self, id: ProfessionalId) -> &str {
        let index = usize::try_from(id.bits()).unwrap_or(0).wrapping_sub(1);
        self.people.get(index).map_or("nobody", String::as_str)
    }

    /// The name of a network.
    pub fn of_network(&self, id: NetworkId) -> &str {
        let index = usize::try_from(id.bits()).unwrap_or(0).wrapping_sub(1);
        self.networks.get(index).map_or("nowhere", String::as_str)
    }
}

/// What was asked of somebody before the scenario began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    /// Solicitations of the first day.
    pub asked_today: u16,
    /// Solicitations of the hour that began then.
    pub asked_since: Option<(u16, Instant)>,
    /// Last acceptance.
    pub accepted_at: Option<Instant>,
    /// What the days before had brought.
    pub lately: Lately,
}

/// A professional, with their history.
#[derive(Debug, Clone)]
pub struct Known {
    /// As the directory holds them.
    pub member: Member,
    /// What came before.
    pub base: Base,
    /// When they were asked, since.
    pub asked: Vec<Instant>,
    /// When they accepted, since.
    pub accepted: Vec<Instant>,
    /// What was put to them: when, and whether it was answered, once it was or the window ended.
    pub put: BTreeMap<OfferId, (Instant, Option<bool>)>,
}

/// The territory.
#[derive(Debug, Clone)]
pub struct World {
    /// Who is called what.
    pub names: Names,
    /// The network's settings now.
    pub policy: Policy,
    /// Its hours.
    pub calendar: Calendar,
    /// Networks it shares with.
    pub shares: Vec<String>,
    /// The professionals, in the order of the script.
    pub people: Vec<Known>,
    /// When the world began: the first day's counts end with it.
    pub began: Instant,
    next_id: u128,
}

impl World {
    /// The world of a script; the error names what does not exist.
    pub fn new(script: &Script) -> Result<Self, String> {
        let mut policy = Policy::default();
        let zone = jiff::tz::TimeZone::UTC;
        let mut calendar = Calendar {
            hours: OpeningHours::default(),
            zone,
        };
        Setting::Zone(script.zone().to_owned()).apply(&mut policy, &mut calendar, &mut Vec::new());
        let mut shares = Vec::new();
        for setting in &script.network {
            setting.apply(&mut policy, &mut calendar, &mut shares);
        }
        let began = script.lines.iter().map(|line| line.at).min();
        let mut world = Self {
            names: names(script),
            policy,
            calendar,
            shares,
            people: Vec::new(),
            began: began.unwrap_or(Instant::from_millis(0)),
            next_id: 1_000,
        };
        for (index, person) in script.people.iter().enumerate() {
            // Who says nothing of networks is a member of this one.
            let elsewhere = person
                .clauses
                .iter()
                .any(|clause| matches!(clause, Clause::In(_, _)));
            let own = Membership {
                network: HOME,
                status: MembershipStatus::Active,
            };
            let member = Member {
                id: ProfessionalId::from_bits(nth(index)),
                profession: person.profession,
                specialty: None,
                memberships: if elsewhere { Vec::new() } else { vec![own] },
                places: Vec::new(),
                standing: Standing::Titular,
                profile: Profile::default(),
                channels: Channels {
                    push: true,
                    sms: true,
                    mail: true,
                },
                cooperations: Vec::new(),
            };
            let (base, asked, accepted) = (Base::default(), Vec::new(), Vec::new());
            let put = BTreeMap::new();
            world.people.push(Known {
                member,
                base,
                asked,
                accepted,
                put,
            });
            world.change(&person.name, &person.clauses)?;
        }
        Ok(world)
    }

    /// A world without anybody.
    pub(crate) fn nowhere() -> Self {
        Self {
            names: Names::default(),
            policy: Policy::default(),
            calendar: Calendar {
                hours: OpeningHours::default(),
                zone: jiff::tz::TimeZone::UTC,
            },
            shares: Vec::new(),
            people: Vec::new(),
            began: Instant::from_millis(0),
            next_id: 0,
        }
    }

    /// Changes what the directory says of somebody.
    pub fn change(&mut self, name: &str, clauses: &[Clause]) -> Result<(), String> {
        let id = self
            .names
            .professional(name)
            .ok_or_else(|| format!("who is {name}?"))?;
        let known = self.people.iter_mut().find(|known| known.member.id == id);
        let known = known.ok_or_else(|| format!("who is {name}?"))?;
        for clause in clauses {
            clause
                .apply(&mut known.member, &mut known.base, &self.names)
                .ok_or_else(|| format!("{name}: {clause:?} names nothing known"))?;
        }
        Ok(())
    }

    /// Changes the network's settings.
    pub fn set(&mut self, settings: &[Setting]) {
        for setting in settings {
            setting.apply(&mut self.policy, &mut self.calendar, &mut self.shares);
        }
        self.policy.version += 1;
    }

    /// What was lately asked of somebody.
    pub fn load(&self, known: &Known, now: Instant) -> Load {
        self.load_since(self.midnight(now), known, now)
    }

    /// The first moment of the civil day of another.
    fn midnight(&self, now: Instant) -> Instant {
        self.calendar.day_bounds(self.calendar.date(now)).0
    }

    /// The same, for who knows when the civil day began: civil time is what a simulated life costs most.
    fn load_since(&self, midnight: Instant, known: &Known, now: Instant) -> Load {
        let today = |at: &&Instant| **at >= midnight && **at <= now;
        let hour_ago = now - Duration::hours(1);
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let mut asked_today = count(known.asked.iter().filter(today).count());
        if self.began >= midnight {
            asked_today += known.base.asked_today;
        }
        let recent = known
            .asked
            .iter()
            .filter(|at| **at > hour_ago && **at <= now);
        let mut asked_last_hour = count(recent.clone().count());
        let mut first_of_hour = recent.min().copied();
        if let Some((before, since)) = known.base.asked_since
            && since > hour_ago
            && since <= now
        {
            asked_last_hour += before;
            first_of_hour = Some(first_of_hour.map_or(since, |at| at.min(since)));
        }
        let accepted_at = known
            .accepted
            .iter()
            .max()
            .copied()
            .or(known.base.accepted_at);
        let encore = known.member.profile.encore;
        let since = encore.map_or(now, |encore| encore.since);
        let accepted_since_encore = count(known.accepted.iter().filter(|at| **at >= since).count());
        Load {
            asked_today,
            asked_last_hour,
            first_of_hour,
            accepted_at,
            accepted_since_encore,
        }
    }

    /// What was asked of somebody in the last days, and what came of it.
    pub fn lately(&self, known: &Known, back: Duration, now: Instant) -> Lately {
        let within = |at: Instant| at > now - back && at <= now;
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        // What came before the story came before its first moment.
        let base = Some(known.base.lately).filter(|_| within(self.began));
        let base = base.unwrap_or_default();
        let put = known.put.values().filter(|(asked, _)| within(*asked));
        let settled = put.clone().filter_map(|(_, answered)| *answered);
        let answered = settled.clone().filter(|answered| *answered).count();
        Lately {
            asked: base.asked + count(put.count()),
            settled: base.settled + count(settled.count()),
            answered: base.answered + count(answered),
        }
    }

    /// Everybody who could be considered now.
    pub fn pool(&self, now: Instant) -> Pool<'_> {
        let mut pool = Pool::default();
        let midnight = self.midnight(now);
        for known in &self.people {
            let candidate = Candidate {
                member: &known.member,
                load: self.load_since(midnight, known, now),
            };
            let within = |network| {
                known
                    .member
                    .memberships
                    .iter()
                    .any(|m| m.network == network)
            };
            if within(HOME) {
                pool.own.push(candidate);
            }
            for name in &self.shares {
                if let Some(network) = self.names.network(name).filter(|id| within(*id)) {
                    pool.sharing.push((network, candidate));
                }
            }
        }
        pool
    }

    /// The facts the shell would give the core where a cascade starts, with ids nobody used yet.
    pub fn facts(&self, now: Instant) -> Facts<'_> {
        self.facts_under(&self.policy, now)
    }

    /// The same for a command on a request.
    pub fn facts_of(&self, state: &Request, command: &Command, now: Instant) -> Facts<'_> {
        self.facts_under(command.policy(state, &self.policy), now)
    }

    /// The same under a policy: what was asked is counted as far back as it says.
    fn facts_under(&self, policy: &Policy, now: Instant) -> Facts<'_> {
        let mut pool = self.pool(now);
        if let Some(back) = policy.looks_back() {
            let count = |known: &Known| (known.member.id, self.lately(known, back, now));
            pool.lately = self.people.iter().map(count).collect();
        }
        Facts {
            calendar: &self.calendar,
            policy: &self.policy,
            pool,
            first_id: self.next_id,
        }
    }

    /// Remembers what was asked and accepted, and uses up the ids.
    pub fn remember(&mut self, events: &[Event]) {
        self.next_id += 1_000;
        for event in events {
            match event {
                Event::Offered { at, offers } => {
                    for offer in offers {
                        if let Some(known) = self.known_mut(offer.professional) {
                            known.asked.push(*at);
                            known.put.insert(offer.id, (*at, None));
                        }
                    }
                }
                Event::OfferedHour { at, offer, .. } => {
                    if let Some(known) = self.known_mut(offer.professional) {
                        known.asked.push(*at);
                        known.put.insert(offer.id, (*at, None));
                    }
                }
                Event::Accepted {
                    at,
                    professional,
                    offer,
                    ..
                } => {
                    if let Some(known) = self.known_mut(*professional) {
                        known.accepted.push(*at);
                    }
                    self.settle(*offer, true);
                }
                Event::Refused { offer, .. } => self.settle(*offer, true),
                Event::Lapsed { offers, .. } => {
                    for offer in offers {
                        self.settle(*offer, false);
                    }
                }
                _ => {}
            }
        }
    }

    /// An offer was answered, or the window ended.
    fn settle(&mut self, offer: OfferId, answered: bool) {
        let mut everybody = self.people.iter_mut();
        if let Some((_, how)) = everybody.find_map(|known| known.put.get_mut(&offer)) {
            *how = Some(answered);
        }
    }

    /// Somebody, by id.
    pub fn known(&self, id: ProfessionalId) -> Option<&Known> {
        self.people.iter().find(|known| known.member.id == id)
    }

    fn known_mut(&mut self, id: ProfessionalId) -> Option<&mut Known> {
        self.people.iter_mut().find(|known| known.member.id == id)
    }
}

fn names(script: &Script) -> Names {
    let mut networks = Vec::new();
    let named = script.network.iter().find_map(|setting| match setting {
        Setting::Name(name) => Some(name.clone()),
        _ => None,
    });
    networks.push(named.unwrap_or_else(|| "SNP91".to_owned()));
    let mut add = |name: &String| {
        if !networks.contains(name) {
            networks.push(name.clone());
        }
    };
    for setting in &script.network {
        if let Setting::SharesWith(list) = setting {
            list.iter().for_each(&mut add);
        }
    }
    for clause in script.people.iter().flat_map(|person| &person.clauses) {
        if let Clause::In(name, _) = clause {
            add(name);
        }
    }
    Names {
        people: script
            .people
            .iter()
            .map(|person| person.name.clone())
            .collect(),
        networks,
    }
}
