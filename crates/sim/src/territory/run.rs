//! One episode: a queue of what will happen, played in order of time, faults included, then a
//! quiet end where the desk does its work and every request must end (I6).

mod hours;

use super::{generate, habits};
use crate::check::Breach;
use crate::coverage::Coverage;
use crate::engine::Engine;
use crate::play::{Answer, Play, Step};
use crate::rng::{Rng, hash};
use crate::script::{Act, Line, Say, Script, Setting};
use relais_core::cascade::{Event, due};
use relais_core::ids::{OfferId, ProfessionalId};
use relais_core::request::Phase;
use relais_core::time::{Duration, Instant};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most inputs of an episode: a bound, so that a loop is a failure and not a hang.
const MOST_INPUTS: u64 = 3_000;
/// How long the lively part lasts.
const LIVELY: Duration = Duration::hours(14);

/// An episode that was played.
#[derive(Debug, Clone)]
pub struct Episode {
    /// The territory and everything that happened in it.
    pub script: Script,
    /// What did not hold.
    pub breaches: Vec<Breach>,
    /// Request lives.
    pub lives: u64,
    /// Inputs given to the core.
    pub inputs: u64,
    /// What was seen.
    pub coverage: Coverage,
    /// Hash of everything that happened.
    pub hash: u64,
}

struct Run<'e> {
    rng: Rng,
    faults: generate::Faults,
    play: Play<'e>,
    script: Script,
    queue: BTreeMap<(Instant, u64), (u8, Say)>,
    sequence: u64,
    /// The real time.
    now: Instant,
    /// How far the node's clock is off.
    skew: Duration,
    back: bool,
    coverage: Coverage,
    /// Offers made of an hour that came free.
    hours: BTreeSet<OfferId>,
    inputs: u64,
    hash: u64,
}

/// Plays the episode of a seed.
pub fn episode(seed: u64, engine: &dyn Engine) -> Episode {
    let mut rng = Rng::new(seed);
    let faults = generate::Faults::draw(&mut rng.fork(1));
    let (script, start) = generate::territory(&mut rng.fork(2));
    let mut about = script.clone();
    about.lines.push(Line {
        at: start,
        request: 1,
        say: Say::TimePasses,
    });
    let play = match Play::new(&about, engine) {
        Ok(play) => play,
        Err(what) => return broken(script, what),
    };
    let mut run = Run {
        rng: rng.fork(3),
        faults,
        play,
        script,
        queue: BTreeMap::new(),
        sequence: 0,
        now: start,
        skew: Duration::ZERO,
        back: false,
        coverage: Coverage::default(),
        hours: BTreeSet::new(),
        inputs: 0,
        hash: 0,
    };
    let lives = run.plan(start);
    // The core asserts what must hold (I1): an assertion that fails is a breach like another.
    let lived = catch_unwind(AssertUnwindSafe(|| {
        run.lively(start + LIVELY);
        run.quiet_end();
    }));
    if lived.is_err() {
        run.breach("I1", "the core stopped on an assertion".to_owned());
    }
    let (breaches, hash) = (run.play.breaches, run.hash);
    let (script, coverage, inputs) = (run.script, run.coverage, run.inputs);
    Episode {
        script,
        breaches,
        lives,
        inputs,
        coverage,
        hash,
    }
}

fn broken(script: Script, what: String) -> Episode {
    let breaches = vec![Breach {
        rule: "simulator",
        what,
    }];
    let coverage = Coverage::default();
    Episode {
        script,
        breaches,
        lives: 1,
        inputs: 0,
        coverage,
        hash: 0,
    }
}

impl Run<'_> {
    fn breach(&mut self, rule: &'static str, what: String) {
        self.play.breaches.push(Breach { rule, what });
    }

    fn later(&mut self, at: Instant, request: u8, say: Say) {
        self.sequence += 1;
        self.queue.insert((at, self.sequence), (request, say));
    }

    /// Writes down what will come anyway: requests, the desk's whims, changes of the directory.
    fn plan(&mut self, start: Instant) -> u64 {
        if matches!(
            (self.script.date.month(), self.script.date.day()),
            (3, 28 | 29) | (10, 24 | 25)
        ) {
            self.coverage.saw("night of a change of clocks");
        }
        let lives = self.rng.between(1, 5);
        for number in 1..=lives {
            let label = u8::try_from(number).unwrap_or(1);
            let ask = generate::ask(&mut self.rng, &self.script.people);
            let at = start + Duration::minutes(self.rng.between(0, 240));
            self.later(at, label, Say::Request(ask));
            for (after, act) in habits::desk(&mut self.rng) {
                self.later(at + after, label, Say::Do(vec![act]));
            }
        }
        for _ in 0..self.rng.below(6) {
            let at = start + Duration::minutes(self.rng.between(1, 400));
            let Some(person) = self.rng.pick(&self.script.people).cloned() else {
                continue;
            };
            let clauses = vec![generate::clause(&mut self.rng, at)];
            let unread = self.rng.percent(self.faults.unread);
            if unread {
                self.coverage.saw("fault: directory unread");
                let reread = at + Duration::minutes(self.rng.between(1, 90));
                for label in 1..=lives {
                    let label = u8::try_from(label).unwrap_or(1);
                    self.later(reread, label, Say::Do(vec![Act::Reread]));
                }
            }
            let noticed = !unread;
            if self.rng.percent(30)
                && let Some(right) = generate::put_right(&clauses)
            {
                let after = at + Duration::minutes(self.rng.between(1, 60));
                let (name, clauses, noticed) = (person.name.clone(), vec![right], true);
                let change = Say::Change {
                    name,
                    clauses,
                    noticed,
                };
                self.later(after, 1, change);
            }
            self.later(
                at,
                1,
                Say::Change {
                    name: person.name,
                    clauses,
                    noticed,
                },
            );
        }
        if self.rng.percent(20) {
            let at = start + Duration::minutes(self.rng.between(1, 200));
            let share = u8::try_from(self.rng.below(101)).unwrap_or(50);
            let settings = vec![Setting::Share(share), Setting::Radius(4)];
            self.coverage.saw("policy changed mid-flight");
            self.later(at, 1, Say::Settings(settings));
        }
        self.plan_hours(start, lives);
        u64::try_from(lives).unwrap_or(1)
    }

    /// The lively part: inputs and ticks in order of time, with faults.
    fn lively(&mut self, until: Instant) {
        while self.inputs < MOST_INPUTS && self.play.breaches.is_empty() {
            let input = self.queue.keys().next().copied();
            let tick = self
                .play
                .next_due()
                .map(|(at, label)| (self.real_time(at), label));
            match (input, tick) {
                (Some((at, _)), Some((when, label))) if when <= at && when <= until => {
                    self.tick(when, label);
                }
                (None, Some((when, label))) if when <= until => self.tick(when, label),
                (Some(key), _) if key.0 <= until => {
                    let Some((label, say)) = self.queue.remove(&key) else {
                        return;
                    };
                    self.input(key.0, label, say);
                }
                _ => return,
            }
        }
    }

    /// When the node's clock will show a moment: at the earliest, now.
    fn real_time(&self, at: Instant) -> Instant {
        let real = if self.back {
            at + self.skew
        } else {
            at - self.skew
        };
        real.max(self.now)
    }

    /// The scheduler finds a request due; sometimes late, and then what came first goes first.
    fn tick(&mut self, at: Instant, label: u8) {
        let late = if self.rng.percent(self.faults.late) {
            self.coverage.saw("fault: late tick");
            Duration::seconds(self.rng.between(1, 1_500))
        } else {
            Duration::millis(self.rng.between(0, 900))
        };
        let when = at + late;
        while let Some(key) = self.queue.keys().next().copied().filter(|key| key.0 < when) {
            let Some((other, say)) = self.queue.remove(&key) else {
                return;
            };
            self.input(key.0, other, say);
            if !self.play.breaches.is_empty() {
                return;
            }
        }
        if self
            .play
            .lives
            .get(&label)
            .is_some_and(|life| !life.state.is_ended())
        {
            self.give(when, label, Say::Do(vec![Act::Tick]));
        }
    }

    fn input(&mut self, at: Instant, label: u8, say: Say) {
        let outside = matches!(&say, Say::Do(acts) if acts.iter().any(|act| *act != Act::Reread));
        let faults = self.faults;
        if outside && self.rng.percent(faults.lost) {
            return self.coverage.saw("fault: input lost");
        }
        if outside && self.rng.percent(faults.reordered) {
            self.coverage.saw("fault: input out of order");
            let later = Duration::millis(self.rng.between(1, 600_000));
            return self.later(at + later, label, say);
        }
        if outside && self.rng.percent(faults.crash) {
            // Decided, never saved: the state is as before and the input comes again.
            self.coverage.saw("fault: crash before saving");
            let later = Duration::millis(self.rng.between(500, 5_000));
            return self.later(at + later, label, say);
        }
        if self.rng.percent(faults.asleep) {
            self.sleep(at);
        }
        if self.rng.percent(faults.jump) {
            self.jump();
        }
        if outside && self.rng.percent(faults.twice) {
            self.coverage.saw("fault: input twice");
            let same = self.rng.percent(30);
            let later = if same { 0 } else { self.rng.between(1, 30_000) };
            self.later(at + Duration::millis(later), label, say.clone());
        }
        self.give(at, label, say);
    }

    /// The node sleeps: what comes meanwhile comes together at its awakening, in any order.
    fn sleep(&mut self, at: Instant) {
        self.coverage.saw("fault: node asleep");
        let awake = at + Duration::seconds(self.rng.between(10, 1_200));
        let keys: Vec<_> = self
            .queue
            .keys()
            .copied()
            .filter(|key| key.0 <= awake)
            .collect();
        let mut held = Vec::new();
        for key in keys {
            held.extend(self.queue.remove(&key));
        }
        while !held.is_empty() {
            let index = self.rng.below(u64::try_from(held.len()).unwrap_or(1));
            let (label, say) = held.swap_remove(usize::try_from(index).unwrap_or(0));
            self.later(awake, label, say);
        }
    }

    /// The node's clock jumps, or is put right again.
    fn jump(&mut self) {
        if self.skew != Duration::ZERO {
            self.skew = Duration::ZERO;
            return;
        }
        self.skew = Duration::seconds(self.rng.between(1, 3_600));
        self.back = self.rng.percent(50);
        self.coverage.saw(if self.back {
            "fault: clock back"
        } else {
            "fault: clock forward"
        });
    }

    /// Gives the core one input at the node's own time, and plans what people do about it.
    fn give(&mut self, real: Instant, label: u8, say: Say) {
        self.now = self.now.max(real);
        let at = if self.back {
            self.now - self.skew
        } else {
            self.now + self.skew
        };
        let paused = self.phase(label, |phase| matches!(phase, Phase::Paused(_)));
        let kept = self.kept(label);
        let line = Line {
            at,
            request: label,
            say: self.together(real, label, say),
        };
        self.inputs += 1;
        self.script.lines.push(line.clone());
        let Ok(steps) = self.play.line(&line) else {
            // Of a request that was never raised: nothing to do.
            self.script.lines.pop();
            return;
        };
        for step in steps {
            self.seen(real, &step, paused);
            if let Some(kept) = kept.as_ref().filter(|_| step.frees()) {
                self.called_off(real, &step, kept);
            }
        }
    }

    fn phase(&self, label: u8, wanted: fn(&Phase) -> bool) -> bool {
        self.play
            .lives
            .get(&label)
            .is_some_and(|life| wanted(&life.state.phase))
    }

    /// Two professionals, the same millisecond: the next acceptance of the same request joins.
    fn together(&mut self, real: Instant, label: u8, say: Say) -> Say {
        let Say::Do(mut acts) = say else { return say };
        let first = matches!(acts.as_slice(), [Act::Accepts(..)]);
        if !first || !self.rng.percent(30) {
            return Say::Do(acts);
        }
        let next = self.queue.iter().find_map(|(key, (other, say))| match say {
            Say::Do(more) if *other == label => match more.as_slice() {
                [Act::Accepts(who, _, _)] if Some(who.as_str()) != acts.first()?.who() => {
                    Some((*key, who.clone()))
                }
                _ => None,
            },
            _ => None,
        });
        if let Some((key, who)) = next.filter(|(key, _)| key.0 > real) {
            self.queue.remove(&key);
            self.coverage.saw("fault: same millisecond");
            let same = acts.first().cloned().map(|act| match act {
                Act::Accepts(_, which, when) => Act::Accepts(who.clone(), which, when),
                other => other,
            });
            acts.extend(same);
        }
        Say::Do(acts)
    }

    /// Counts what happened and lets people react.
    fn seen(&mut self, real: Instant, step: &Step, paused: bool) {
        let mut text = format!("{} #{} ", step.at.millis(), step.request);
        match &step.answer {
            Answer::Refused(refusal) => {
                self.coverage.refusal(*refusal);
                text.push_str(refusal.code());
            }
            Answer::Shown(_) => {}
            Answer::Done(after, events, effects) => {
                for event in events {
                    self.coverage.event(event);
                    self.coverage.stood_in(after, event);
                    self.coverage.put_right(after, event);
                    let _ = write!(text, "{} ", event.act());
                    self.react(real, step.request, event, paused);
                    if matches!(event, Event::Released { at, .. } if after.care_deadline <= *at) {
                        self.coverage.saw("released past the care deadline");
                    }
                }
                let next = due(after).map(|(at, why)| (at.millis(), why.code()));
                let _ = write!(text, "{} {next:?} {}", after.status().code(), effects.len());
            }
        }
        self.hash = self.hash.rotate_left(5) ^ hash(&text);
    }

    /// Somebody is asked: what they will do about it.
    fn asked(&mut self, real: Instant, label: u8, id: ProfessionalId) {
        let who = self.play.world.names.of(id).to_owned();
        for (after, act) in habits::asked(&mut self.rng, &who, real) {
            self.later(real + after, label, Say::Do(vec![act]));
        }
    }

    fn react(&mut self, real: Instant, label: u8, event: &Event, paused: bool) {
        match event {
            Event::Offered { offers, .. } => {
                for offer in offers {
                    self.asked(real, label, offer.professional);
                }
            }
            Event::BecameUnfilled { .. } => self.sought(real, label),
            Event::OfferedHour { offer, .. } => {
                self.hours.insert(offer.id);
                self.asked(real, label, offer.professional);
            }
            Event::Accepted {
                professional,
                offer,
                ..
            } => {
                if self.hours.contains(offer) {
                    self.coverage.saw("an hour that came free was taken");
                }
                if paused {
                    self.coverage.saw("accepted while paused");
                }
                let who = self.play.world.names.of(*professional).to_owned();
                for (after, act) in habits::accepted(&mut self.rng, &who, real) {
                    self.later(real + after, label, Say::Do(vec![act]));
                }
            }
            Event::Scheduled {
                next_wave_at,
                recheck_at,
                ..
            } => {
                if next_wave_at.is_some() {
                    self.coverage.saw("next wave");
                }
                if recheck_at.is_some() {
                    self.coverage.saw("somebody returned");
                }
            }
            _ => {}
        }
    }

    /// Faults over, nobody answers any more: every request still has a next step, and ends.
    fn quiet_end(&mut self) {
        (self.queue, self.skew) = (BTreeMap::new(), Duration::ZERO);
        while self.play.breaches.is_empty() {
            if self.inputs >= MOST_INPUTS {
                return self.breach("I6", format!("still open after {MOST_INPUTS} inputs"));
            }
            let open = self
                .play
                .lives
                .values()
                .filter(|life| !life.state.is_ended())
                .count();
            let due = self
                .play
                .next_due()
                .map(|(at, label)| (self.real_time(at), label));
            let Some((at, label)) = due else {
                if open > 0 {
                    self.breach("I5", format!("{open} requests open and nothing due"));
                }
                return;
            };
            let Some(life) = self.play.lives.get(&label) else {
                return;
            };
            let holder = life.state.engaged().map(|id| self.play.world.names.of(id));
            let step = habits::next_step(&life.state, holder.unwrap_or_default());
            if step != Act::Tick {
                self.give(at, label, Say::Do(vec![Act::Tick]));
            }
            self.give(at, label, Say::Do(vec![step]));
        }
    }
}
