//! What moved, told to the pages that are open: ids only, never content (R6). Owns the numbers of
//! the news, the recent ones kept for those who come back, and who hears what (I13). Lowers latency
//! and nothing else: a page that missed too much is told to look at everything.
//!
//! A number means something inside one `epoch`, the life of this process. Another process, or this
//! one after a restart, has another epoch: a mark of the first says nothing to the second, which
//! answers [`Start::Lost`] and never guesses.

mod change;
mod mark;
mod topic;

pub use change::Change;
pub use mark::Mark;
pub use topic::{Reader, Told, What};

use crate::chance;
use relais_core::access::{Actor, Role};
use relais_core::ids::{NetworkId, ProfessionalId};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use topic::Topic;

/// Changes kept for pages that come back. A department at its busiest (20 requests a minute, some
/// fifty changes each) makes 1,000 a minute: four minutes of it, for under a megabyte.
const HELD_MAX: usize = 4_096;

/// What is told.
#[derive(Debug, Clone)]
pub enum News {
    /// Something changed.
    Changed(Arc<Change>),
    /// Some news may have been missed: look at everything again.
    Resync,
}

/// Those who hear the same news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Audience {
    /// The desk of a network: operators, regulators, coordinators.
    Desk(NetworkId),
    /// One professional.
    Professional(ProfessionalId),
    /// Accounts whom no request concerns: told only to look again.
    Nobody,
}

impl Audience {
    fn of(actor: &Actor) -> Self {
        match (actor.role, actor.professional) {
            (Role::Operator | Role::Regulator | Role::Coordinator, _) => Self::Desk(actor.network),
            (Role::Professional | Role::Secretary, Some(me)) => Self::Professional(me),
            (
                Role::Professional
                | Role::Secretary
                | Role::Partner
                | Role::Administrator
                | Role::Auditor,
                _,
            ) => Self::Nobody,
        }
    }
}

/// One piece of news, in the forms it may be told.
#[derive(Debug)]
struct Held {
    news: News,
    /// With the request's id, for those for whom it was named.
    named: Arc<Told>,
    /// Without, for professionals when too many are concerned to be named.
    unnamed: Arc<Told>,
}

impl Held {
    /// The form an audience may hear, if any.
    fn told_to(&self, audience: Audience) -> Option<&Arc<Told>> {
        let News::Changed(change) = &self.news else {
            return Some(&self.unnamed);
        };
        match (audience, &change.professionals) {
            (Audience::Desk(network), _) => (network == change.network).then_some(&self.named),
            (Audience::Professional(me), Some(list)) => list.contains(&me).then_some(&self.named),
            // Too many to name: the page looks, and sees only what is its own.
            (Audience::Professional(_), None) => Some(&self.unnamed),
            (Audience::Nobody, _) => None,
        }
    }
}

/// How a listener begins.
#[derive(Debug)]
pub enum Start {
    /// From now on.
    Fresh,
    /// With what was told since the mark it gave, in order.
    Replay(Vec<Arc<Told>>),
    /// What it missed is not known any more: it must look at everything.
    Lost,
}

/// The process's bus. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bus(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    epoch: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last number given.
    seq: u64,
    held: VecDeque<Held>,
    topics: HashMap<Audience, Weak<Topic>>,
    /// How many topics there may be before those that nobody reads are forgotten.
    sweep_at: usize,
}

impl Default for Bus {
    fn default() -> Self {
        Self(Arc::new(Inner {
            epoch: chance::epoch(),
            state: Mutex::default(),
        }))
    }
}

impl Bus {
    /// The life these numbers belong to.
    pub fn epoch(&self) -> &str {
        &self.0.epoch
    }

    /// Tells everybody whom it concerns.
    pub fn tell(&self, news: News) {
        let mut state = self.state();
        state.seq += 1;
        let seq = state.seq;
        let (named, unnamed) = match &news {
            News::Changed(change) => (
                change.request.map_or(What::Something, What::Changed),
                What::Something,
            ),
            News::Resync => (What::Resync, What::Resync),
        };
        let held = Held {
            news,
            named: Told::new(seq, named),
            unnamed: Told::new(seq, unnamed),
        };
        // Put in order under the lock; readers are woken after it.
        let woken: Vec<Arc<Topic>> = state
            .concerned(&held)
            .into_iter()
            .filter_map(|(topic, told)| topic.upgrade().map(|topic| (topic, told)))
            .map(|(topic, told)| {
                topic.put(told);
                topic
            })
            .collect();
        state.held.push_back(held);
        if state.held.len() > HELD_MAX {
            state.held.pop_front();
        }
        drop(state);
        for topic in woken {
            topic.ring(seq);
        }
    }

    /// Listens from now on, and answers what was told since `since`, the mark of the last news the
    /// reader had. Both happen in one step: nothing told in between is lost or told twice (Q11).
    /// A mark that cannot be read, of another epoch, or older than what is kept, is [`Start::Lost`].
    pub fn listen(&self, actor: &Actor, since: Option<&str>) -> (Reader, Start) {
        let audience = Audience::of(actor);
        let mut state = self.state();
        let head = state.seq;
        let topic = state.topic(audience);
        let reader = Reader::new(topic, head);
        let Some(since) = since else {
            return (reader, Start::Fresh);
        };
        let known = Mark::parse(since)
            .filter(|mark| mark.epoch == self.0.epoch && mark.seq <= head)
            .filter(|mark| mark.seq >= state.forgotten());
        let Some(mark) = known else {
            return (reader, Start::Lost);
        };
        let missed = usize::try_from(head - mark.seq).unwrap_or(usize::MAX);
        let from = state.held.len().saturating_sub(missed);
        let told = state.held.iter().skip(from);
        let told: Vec<_> = told
            .filter_map(|held| held.told_to(audience))
            .cloned()
            .collect();
        if told.iter().any(|told| told.what == What::Resync) {
            return (reader, Start::Lost);
        }
        (reader, Start::Replay(told))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A list of ids is whole whatever thread died beside it.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The number of the newest news that is not kept any more.
    fn forgotten(&self) -> u64 {
        self.seq - u64::try_from(self.held.len()).unwrap_or(self.seq)
    }

    fn topic(&mut self, audience: Audience) -> Arc<Topic> {
        if let Some(topic) = self.topics.get(&audience).and_then(Weak::upgrade) {
            return topic;
        }
        if self.topics.len() >= self.sweep_at {
            self.topics.retain(|_, topic| topic.strong_count() > 0);
            self.sweep_at = (self.topics.len() * 2).max(64);
        }
        let topic = Arc::new(Topic::new(self.seq));
        self.topics.insert(audience, Arc::downgrade(&topic));
        topic
    }

    /// The topics that must hear, with what they hear.
    fn concerned(&self, held: &Held) -> Vec<(Weak<Topic>, Arc<Told>)> {
        let News::Changed(change) = &held.news else {
            return self.all(held);
        };
        let Some(list) = &change.professionals else {
            return self.all(held);
        };
        let people = list.iter().map(|id| Audience::Professional(*id));
        std::iter::once(Audience::Desk(change.network))
            .chain(people)
            .filter_map(|audience| self.topics.get(&audience))
            .map(|topic| (topic.clone(), Arc::clone(&held.named)))
            .collect()
    }

    fn all(&self, held: &Held) -> Vec<(Weak<Topic>, Arc<Told>)> {
        self.topics
            .iter()
            .filter_map(|(audience, topic)| {
                let told = held.told_to(*audience)?;
                Some((topic.clone(), Arc::clone(told)))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
