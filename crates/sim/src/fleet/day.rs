//! The day of a fleet, written down beforehand: requests, the desk's whims, changes of the directory
//! and of the settings, nodes with their clocks, gateways that go down, and the calm at the end.

use super::duty::Duty;
use super::fault::{Chance, Element, Fault, Part, joined};
use super::node::{Agenda, Node, What, ms};
use super::people::{Text, Want};
use super::shell::{Does, For};
use super::store::Store;
use super::{Figures, Fleet, Life, Setting};
use crate::coverage::Coverage;
use crate::script::{Act, Ask, Clause, Line, Say, Script, Setting as Change};
use crate::territory::{generate, habits};
use crate::world::World;
use relais_core::people::MembershipStatus;
use relais_core::time::{Duration, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// How long the lively part lasts.
const LIVELY: Duration = Duration::hours(14);

/// A change of the directory or of the settings, planned.
#[derive(Debug, Clone)]
pub(super) enum Planned {
    /// What the directory says of somebody.
    Person(String, Vec<Clause>),
    /// The network's settings.
    Settings(Vec<Change>),
}

/// What a fleet starts from.
pub(crate) struct Ground {
    /// The territory.
    pub(crate) script: Script,
    /// When its day starts.
    pub(crate) start: Instant,
    /// Its requests, with when each is raised.
    pub(crate) asks: Vec<(Instant, Ask)>,
}

/// A ground drawn from a seed.
fn drawn(chance: &Chance) -> Ground {
    let mut rng = chance.rng(Part::Territory, 0);
    let (script, start) = generate::territory(&mut rng);
    let mut rng = chance.rng(Part::Day, 0);
    let lives = rng.between(1, 5);
    let asks = (0..lives).map(|_| {
        let ask = generate::ask(&mut rng, &script.people);
        (start + Duration::minutes(rng.between(0, 240)), ask)
    });
    let asks = asks.collect();
    Ground {
        script,
        start,
        asks,
    }
}

/// The fleet of a seed on a ground of its own.
pub(super) fn fleet<'e>(
    seed: u64,
    only: Option<BTreeSet<Element>>,
    setting: Setting<'e>,
    telling: bool,
) -> Fleet<'e> {
    let chance = Chance::new(seed, only);
    let ground = match setting.ground {
        Some(ground) => Ground {
            script: ground.script.clone(),
            start: ground.start,
            asks: ground.asks.clone(),
        },
        None => drawn(&chance),
    };
    on(ground, chance, setting, telling)
}

fn on(ground: Ground, mut chance: Chance, setting: Setting<'_>, telling: bool) -> Fleet<'_> {
    let Ground {
        mut script,
        start,
        asks,
    } = ground;
    script.lines.clear();
    let mut about = script.clone();
    about.lines.push(Line {
        at: start,
        request: 1,
        say: Say::TimePasses,
    });
    let (world, wrong) = match World::new(&about) {
        Ok(world) => (world, None),
        Err(what) => (World::nowhere(), Some(what)),
    };
    let nodes = nodes(&mut chance, start);
    let lives = asks.iter().enumerate().map(|(index, _)| Life {
        label: u8::try_from(index + 1).unwrap_or(u8::MAX),
        ..Life::default()
    });
    let mut fleet = Fleet {
        engine: setting.engine,
        conduct: setting.conduct,
        chance,
        coverage: Coverage::default(),
        agenda: Agenda::default(),
        now: start,
        nodes,
        store: Store::new(world),
        down: BTreeSet::new(),
        ops: Vec::new(),
        wills: Vec::new(),
        texts: Vec::new(),
        changes: Vec::new(),
        reacted: BTreeSet::new(),
        settled: BTreeMap::new(),
        jumped: false,
        breaches: Vec::new(),
        hash: 0,
        events: 0,
        story: telling.then(Vec::new),
        figures: Figures {
            lives: lives.collect(),
        },
        script,
        latest: Instant::from_millis(0),
        stale: None,
    };
    if let Some(what) = wrong {
        fleet.breach("simulator", what);
    }
    fleet.plan(start, asks);
    fleet
}

fn nodes(chance: &mut Chance, start: Instant) -> Vec<Node> {
    let count = chance.rng(Part::Day, 1).between(1, 3);
    (0..u64::try_from(count).unwrap_or(1))
        .map(|number| {
            let off = chance.strikes(Fault::ClockSkew, number);
            let ahead = if off {
                chance.length(number ^ 0xC10C, -2_000, 2_000)
            } else {
                0
            };
            Node::new(start, ahead)
        })
        .collect()
}

impl Fleet<'_> {
    /// Writes down what will come anyway.
    fn plan(&mut self, start: Instant, asks: Vec<(Instant, Ask)>) {
        let night = (self.script.date.month(), self.script.date.day());
        if matches!(night, (3, 28 | 29) | (10, 24 | 25)) {
            self.coverage.saw("fleet: night of a change of clocks");
        }
        self.coverage.saw(match self.nodes.len() {
            1 => "fleet: one node",
            2 => "fleet: two nodes",
            _ => "fleet: three nodes",
        });
        if self.nodes.iter().any(|node| node.ahead != 0) {
            self.coverage.saw(Fault::ClockSkew.name());
        }
        for (index, (at, ask)) in asks.into_iter().enumerate() {
            let label = u8::try_from(index + 1).unwrap_or(u8::MAX);
            let base = joined(u64::from(label), 0xA5C);
            self.want(at, base, label, Want::Raise(Box::new(ask)));
            let mut rng = self.chance.rng(Part::Habits, base);
            for (n, (after, act)) in habits::desk(&mut rng).into_iter().enumerate() {
                if matches!(act, Act::Tick | Act::Reread) {
                    continue;
                }
                let number = joined(base, u64::try_from(n + 1).unwrap_or(0));
                self.want(at + after, number, label, Want::Do(act, None));
            }
            if rng.percent(5) {
                let number = joined(base, 0xBAD);
                let when = at + Duration::minutes(rng.between(1, 300));
                if self.chance.wants(number) {
                    let (by, offer, yes) = (None, None, false);
                    self.text(
                        when,
                        Text {
                            reference: number,
                            label,
                            by,
                            offer,
                            yes,
                        },
                    );
                }
            }
        }
        self.plan_changes(start);
        self.plan_trouble(start);
        self.agenda.at(start + LIVELY, What::Calm);
    }

    fn plan_changes(&mut self, start: Instant) {
        let mut rng = self.chance.rng(Part::Day, 2);
        for number in 0..rng.below(5) {
            let at = start + Duration::minutes(rng.between(1, 400));
            let Some(person) = rng.pick(&self.script.people).map(|p| p.name.clone()) else {
                continue;
            };
            let clauses = vec![generate::clause(&mut rng, at)];
            if self.chance.wants(joined(number, 0xD14)) {
                self.planned(at, Planned::Person(person, clauses));
            }
        }
        for number in 0..2 {
            let at = start + Duration::minutes(rng.between(1, 300));
            let person = rng.pick(&self.script.people).map(|p| p.name.clone());
            let status = MembershipStatus::Suspended;
            let clause = Clause::In("SNP91".to_owned(), status);
            if let Some(person) = person.filter(|_| self.strikes(Fault::Deactivated, number)) {
                self.planned(at, Planned::Person(person, vec![clause]));
            }
        }
        let at = start + Duration::minutes(rng.between(1, 200));
        let share = u8::try_from(rng.below(101)).unwrap_or(50);
        if self.strikes(Fault::PolicyEdited, 1) {
            self.planned(
                at,
                Planned::Settings(vec![Change::Share(share), Change::Radius(4)]),
            );
        }
    }

    fn planned(&mut self, at: Instant, change: Planned) {
        self.agenda.at(at, What::Change(self.changes.len()));
        self.changes.push(change);
    }

    fn plan_trouble(&mut self, start: Instant) {
        let mut rng = self.chance.rng(Part::Day, 3);
        for node in 0..self.nodes.len() {
            let by = rng.between(-3_600_000, 3_600_000);
            let (at, back) = (rng.between(5, 500), rng.between(5, 200));
            self.agenda
                .at(start + Duration::minutes(at), What::Jump(node, by));
            self.agenda
                .at(start + Duration::minutes(at + back), What::Jump(node, 0));
        }
        // Once in a while everything is down at once, for long.
        let blackout = rng
            .percent(25)
            .then(|| (rng.between(0, 200), rng.between(150, 700)));
        for channel in super::Channel::ALL {
            let own = (rng.between(0, 300), rng.between(1, 120));
            let (at, length) = blackout.unwrap_or(own);
            let down = start + Duration::minutes(at);
            self.agenda.at(down, What::Gateway(channel, true));
            self.agenda.at(
                down + Duration::minutes(length),
                What::Gateway(channel, false),
            );
        }
    }

    /// A planned change is made by a node that runs, in a commit of its own; then that node looks
    /// at every open request again.
    pub(super) fn change(&mut self, index: usize) {
        let Some(planned) = self.changes.get(index).cloned() else {
            return;
        };
        let runs = |node: &usize| self.nodes.get(*node).is_some_and(|n| n.acts(self.now));
        let Some(node) = (0..self.nodes.len()).find(runs) else {
            return self
                .agenda
                .at(self.now + Duration::seconds(30), What::Change(index));
        };
        let draw = joined(u64::try_from(index).unwrap_or(0), 0xC4A);
        if !self.conduct.fulfils(Duty::ReadsDirectory) && self.stale.is_none() {
            self.stale = Some(Box::new(self.store.world.clone()));
        }
        let say = match planned {
            Planned::Person(name, clauses) => {
                if self.store.world.change(&name, &clauses).is_err() {
                    return;
                }
                Say::Change {
                    name,
                    clauses,
                    noticed: false,
                }
            }
            Planned::Settings(settings) => {
                self.store.world.set(&settings);
                self.coverage.saw("policy changed mid-flight");
                Say::Settings(settings)
            }
        };
        self.said(
            draw,
            format_args!("node {node} changes the directory: {say:?}"),
        );
        if self.story.is_some() {
            self.script.lines.push(Line {
                at: self.now,
                request: 1,
                say,
            });
        }
        self.store.directory += 1;
        let open: Vec<u8> = self.store.open().collect();
        for label in &open {
            if let Some(row) = self.store.rows.get_mut(label) {
                row.unread = Some(self.now);
            }
        }
        if self.strikes(Fault::ChangeUnread, draw) {
            self.dies(node, draw);
            return self.wake(draw);
        }
        self.wake(draw);
        for label in open {
            let draw = joined(draw, u64::from(label));
            self.begin(
                node,
                label,
                For::Directory,
                Does::Act(Act::Reread, None),
                draw,
            );
        }
    }

    /// The directory a node decides on: that of the moment, unless it neglects to read it again.
    pub(super) fn world_of(&self) -> &World {
        match &self.stale {
            Some(stale) => stale,
            None => &self.store.world,
        }
    }

    /// Once the faults are over, the desk acts on a request when it is due.
    pub(super) fn desk_when_due(&mut self, label: u8) {
        let Some(due) = self.store.rows.get(&label).and_then(|row| row.due) else {
            return;
        };
        let soon = due.max(self.now) + ms(10);
        self.agenda.at(soon, What::Desk(label));
    }
}
