//! Plays a scenario on a core: each line becomes commands, each answer is checked (I1–I6, I8) and
//! kept. Every command is decided twice, as after a crash between deciding and saving: the second
//! answer must be the first one.

pub(crate) mod commands;

use crate::check::{self, Breach, Track};
use crate::engine::Engine;
use crate::script::{Act, Ask, Line, Say, Script};
use crate::world::World;
use relais_core::cascade::{
    Command, Decision, Event, Late, Preview, Refusal, due, enter_late, preview,
};
use relais_core::message::Effect;
use relais_core::request::Request;
use relais_core::time::{Duration, Instant};
use std::collections::BTreeMap;

/// Most ticks one "time passes" may need before it is a loop.
const MOST_TICKS: usize = 2_000;

/// A request's life so far.
#[derive(Debug, Clone)]
pub struct Life {
    /// Where it stands.
    pub state: Request,
    /// Everything that happened to it.
    pub events: usize,
    /// The directory changed and nobody reconsidered it yet.
    pub unnoticed: bool,
    track: Track,
}

/// What one command led to.
#[derive(Debug, Clone)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// Which request.
    pub request: u8,
    /// The sentence, when it is not the line itself.
    pub act: Option<Act>,
    /// The answer.
    pub answer: Answer,
}

/// The core's answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Done: the state after, what happened, what is told.
    Done(Box<Request>, Vec<Event>, Vec<Effect>),
    /// Refused.
    Refused(Refusal),
    /// A preview.
    Shown(Box<Preview>),
}

/// A scenario being played.
pub struct Play<'e> {
    engine: &'e dyn Engine,
    /// The territory.
    pub world: World,
    /// The requests, by label.
    pub lives: BTreeMap<u8, Life>,
    /// What did not hold.
    pub breaches: Vec<Breach>,
    /// The latest moment seen.
    latest: Instant,
}

impl<'e> Play<'e> {
    /// Sets the scene.
    pub fn new(script: &Script, engine: &'e dyn Engine) -> Result<Self, String> {
        let world = World::new(script)?;
        let (lives, breaches, latest) = (BTreeMap::new(), Vec::new(), Instant::from_millis(0));
        Ok(Self {
            engine,
            world,
            lives,
            breaches,
            latest,
        })
    }

    /// Plays one line, then looks whether somebody waits to be asked and nothing will ask them.
    pub fn line(&mut self, line: &Line) -> Result<Vec<Step>, String> {
        self.probe(line.at);
        let steps = self.sentence(line)?;
        self.probe(line.at);
        self.latest = self.latest.max(line.at);
        Ok(steps)
    }

    /// Not while the clock is behind what was already seen: what the clock alone lifted and took
    /// again then has no other witness.
    fn probe(&mut self, at: Instant) {
        if at < self.latest {
            return;
        }
        for life in self.lives.values().filter(|life| !life.unnoticed) {
            check::everybody_asked(&self.world, &life.state, at, &mut self.breaches);
        }
    }

    fn sentence(&mut self, line: &Line) -> Result<Vec<Step>, String> {
        let (at, label) = (line.at, line.request);
        match &line.say {
            Say::Request(ask) => self.raise(at, label, ask).map(|step| vec![step]),
            Say::Late(ask, called, answers) => {
                let late = commands::late(&self.world, *called, answers)?;
                self.late(at, label, ask, &late).map(|step| vec![step])
            }
            Say::Preview(ask) => {
                let raise = commands::raise(&self.world, label, ask, at)?;
                let shown = Answer::Shown(Box::new(preview(raise, at, &self.world.facts(at))));
                Ok(vec![Step {
                    at,
                    request: label,
                    act: None,
                    answer: shown,
                }])
            }
            Say::Do(acts) => {
                let mut steps = Vec::new();
                for act in acts {
                    let answer = self.act(at, label, act)?;
                    let act = (acts.len() > 1).then(|| act.clone());
                    steps.push(Step {
                        at,
                        request: label,
                        act,
                        answer,
                    });
                }
                Ok(steps)
            }
            Say::TimePasses => Ok(self.pass_time(at)),
            Say::Change {
                name,
                clauses,
                noticed,
            } => {
                self.world.change(name, clauses)?;
                self.changed(at, *noticed)
            }
            Say::Settings(settings) => {
                self.world.set(settings);
                self.changed(at, true)
            }
        }
    }

    fn changed(&mut self, at: Instant, noticed: bool) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        let open: Vec<u8> = self.open().collect();
        for label in open {
            if noticed {
                let answer = self.act(at, label, &Act::Reread)?;
                steps.push(Step {
                    at,
                    request: label,
                    act: None,
                    answer,
                });
            } else if let Some(life) = self.lives.get_mut(&label) {
                life.unnoticed = true;
            }
        }
        Ok(steps)
    }

    fn open(&self) -> impl Iterator<Item = u8> + '_ {
        self.lives
            .iter()
            .filter(|(_, life)| !life.state.is_ended())
            .map(|(label, _)| *label)
    }

    /// The next due moment among open requests.
    pub fn next_due(&self) -> Option<(Instant, u8)> {
        let dues = self
            .lives
            .iter()
            .filter_map(|(label, life)| due(&life.state).map(|(at, _)| (at, *label)));
        dues.min()
    }

    fn pass_time(&mut self, until: Instant) -> Vec<Step> {
        let mut steps = Vec::new();
        for _ in 0..MOST_TICKS {
            let Some((at, label)) = self.next_due().filter(|(at, _)| *at <= until) else {
                return steps;
            };
            self.probe(at - Duration::millis(1));
            if let Ok(answer) = self.act(at, label, &Act::Tick) {
                steps.push(Step {
                    at,
                    request: label,
                    act: Some(Act::Tick),
                    answer,
                });
            }
        }
        self.breach(
            "I8",
            format!("time does not pass: {MOST_TICKS} ticks before {until:?}"),
        );
        steps
    }

    fn breach(&mut self, rule: &'static str, what: String) {
        self.breaches.push(Breach { rule, what });
    }

    fn raise(&mut self, at: Instant, label: u8, ask: &Ask) -> Result<Step, String> {
        let raise = commands::raise(&self.world, label, ask, at)?;
        let facts = self.world.facts(at);
        let first = self.engine.raise(raise.clone(), at, &facts);
        let same = self.engine.raise(raise.clone(), at, &facts) == first;
        let blank = check::blank(raise, at, facts.policy);
        if !same {
            self.breach("I14", "raised twice, answered differently".to_owned());
        }
        Ok(self.begun(at, label, &blank, first))
    }

    /// One lived on paper: its life begins at the call.
    fn late(&mut self, at: Instant, label: u8, ask: &Ask, late: &Late) -> Result<Step, String> {
        let raise = commands::raise(&self.world, label, ask, late.happened_at)?;
        let facts = self.world.facts(at);
        let first = enter_late(raise.clone(), late, at, &facts);
        let blank = check::blank(raise, late.happened_at, facts.policy);
        Ok(self.begun(at, label, &blank, first))
    }

    fn begun(
        &mut self,
        at: Instant,
        label: u8,
        blank: &Request,
        first: Result<Decision, Refusal>,
    ) -> Step {
        let answer = match first {
            Ok(decision) => {
                let mut track = Track::default();
                self.checked(&mut track, blank, &Command::Tick, true, at, &decision);
                self.world.remember(&decision.events);
                let Decision {
                    after,
                    events,
                    effects,
                } = decision;
                let state = after.clone();
                let life = Life {
                    state,
                    events: events.len(),
                    unnoticed: false,
                    track,
                };
                self.lives.insert(label, life);
                Answer::Done(Box::new(after), events, effects)
            }
            Err(refusal) => Answer::Refused(refusal),
        };
        Step {
            at,
            request: label,
            act: None,
            answer,
        }
    }

    /// Carries out an act on a request.
    pub fn act(&mut self, at: Instant, label: u8, act: &Act) -> Result<Answer, String> {
        let life = self
            .lives
            .get(&label)
            .ok_or_else(|| format!("no request #{label}"))?;
        let command = commands::command(&self.world, &life.state, act)?;
        let (before, unnoticed) = (life.state.clone(), life.unnoticed);
        let mut track = life.track.clone();
        let facts = self.world.facts_of(&before, &command, at);
        let first = self.engine.decide(&before, &command, at, &facts);
        if self.engine.decide(&before, &command, at, &facts) != first {
            self.breach(
                "I14",
                format!("{act:?} decided twice, answered differently"),
            );
        }
        let unnoticed = unnoticed && command != Command::Reconsider;
        match first {
            Ok(decision) => {
                self.checked(&mut track, &before, &command, false, at, &decision);
                self.world.remember(&decision.events);
                self.repeated(&decision.after, &command, at);
                let Decision {
                    after,
                    events,
                    effects,
                } = decision;
                if let Some(life) = self.lives.get_mut(&label) {
                    life.events += events.len();
                    (life.state, life.track, life.unnoticed) = (after.clone(), track, unnoticed);
                }
                Ok(Answer::Done(Box::new(after), events, effects))
            }
            Err(refusal) => Ok(Answer::Refused(refusal)),
        }
    }

    fn checked(
        &mut self,
        track: &mut Track,
        before: &Request,
        command: &Command,
        raising: bool,
        at: Instant,
        decision: &Decision,
    ) {
        let command = (!raising).then_some(command);
        let behind = at < self.latest;
        let step = check::Seen {
            before,
            command,
            at,
            decision,
            behind,
        };
        check::step(track, &self.world, &step, &mut self.breaches);
    }

    /// What is already done, done again at the same moment, changes nothing.
    fn repeated(&mut self, after: &Request, command: &Command, at: Instant) {
        let idempotent = matches!(
            command,
            Command::Tick
                | Command::Reconsider
                | Command::MarkSent { .. }
                | Command::MarkDelivered { .. }
                | Command::MarkSeen { .. }
                | Command::Accept { .. }
                | Command::Refuse { .. }
                | Command::TakeInHand { .. }
                | Command::OfferHour { .. }
        );
        if !idempotent {
            return;
        }
        let again =
            self.engine
                .decide(after, command, at, &self.world.facts_of(after, command, at));
        if let Ok(decision) = again
            && (!decision.events.is_empty() || !decision.effects.is_empty())
        {
            let acts: Vec<_> = decision.events.iter().map(Event::act).collect();
            self.breach("idempotence", format!("{command:?} again led to {acts:?}"));
        }
    }
}
