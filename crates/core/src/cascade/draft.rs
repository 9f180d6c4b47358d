//! A state being changed: events are folded as they are emitted, and what must be told gathers
//! beside them. What every part of the cascade works on.

use super::{Event, Policy, evolve, react};
use crate::ids::{IdBlock, OfferId};
use crate::matching::Pool;
use crate::message::Effect;
use crate::request::Request;
use crate::time::{Calendar, Duration, Instant};

/// What the core is told, gathered by the shell beforehand. The core never asks.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The network's opening hours and civil time.
    pub calendar: &'a Calendar,
    /// The network's settings now; frozen when a cascade starts.
    pub policy: &'a Policy,
    /// Everybody who could be considered. For an answer to an offer, at least the one answering.
    pub pool: Pool<'a>,
    /// First of the ids the core may use.
    pub first_id: u128,
}

/// What a command led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The state after.
    pub after: Request,
    /// What happened, in order; empty when the command was already done.
    pub events: Vec<Event>,
    /// What must be told.
    pub effects: Vec<Effect>,
}

/// A state being changed, with what happened so far.
pub(super) struct Draft<'f, 'a> {
    pub(super) state: Request,
    pub(super) now: Instant,
    pub(super) facts: &'f Facts<'a>,
    ids: IdBlock,
    events: Vec<Event>,
    effects: Vec<Effect>,
}

impl<'f, 'a> Draft<'f, 'a> {
    pub(super) fn new(state: Request, now: Instant, facts: &'f Facts<'a>) -> Self {
        let ids = IdBlock::starting_at(facts.first_id);
        Self {
            state,
            now,
            facts,
            ids,
            events: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub(super) fn emit(&mut self, event: Event) {
        let before = self.state.clone();
        self.state = evolve(before.clone(), &event);
        self.effects.extend(react(&before, &event, &self.state));
        self.events.push(event);
    }

    pub(super) fn offer_id(&mut self) -> OfferId {
        OfferId::from_bits(self.ids.take())
    }

    /// A moment when the desk is there: now, or the next opening.
    pub(super) fn at_the_desk(&self, at: Instant) -> Instant {
        self.facts.calendar.next_opening(at).unwrap_or(at)
    }

    pub(super) fn minutes(&self, minutes: u16) -> Instant {
        self.now + Duration::minutes(i64::from(minutes.max(1)))
    }

    pub(super) fn finish(self) -> Decision {
        Decision {
            after: self.state,
            events: self.events,
            effects: self.effects,
        }
    }
}
