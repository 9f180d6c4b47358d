//! News on their way to readers: one short queue per audience, shared by all who listen to it, so
//! that a reader costs a number and a bell. Refuses to wait for a slow reader: it is told that it
//! missed something.

use bytes::Bytes;
use relais_core::ids::RequestId;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::watch;

/// News an audience keeps for its slowest reader; further behind, one look at everything is less
/// work than so many.
const BEHIND_MAX: usize = 64;

/// What is told to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// This request changed.
    Changed(RequestId),
    /// Something changed, not to be named to this reader.
    Something,
    /// Some news are lost: look at everything.
    Resync,
}

/// One piece of news as a reader hears it.
#[derive(Debug)]
pub struct Told {
    /// Its number, strictly increasing in an epoch.
    pub seq: u64,
    /// What.
    pub what: What,
    carried: OnceLock<Bytes>,
}

impl Told {
    pub(super) fn new(seq: u64, what: What) -> Arc<Self> {
        Arc::new(Self {
            seq,
            what,
            carried: OnceLock::new(),
        })
    }

    /// The form it travels in, made by the first who carries it and shared by all others.
    pub fn carried(&self, make: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.carried.get_or_init(|| make(self)).clone()
    }
}

/// The queue of an audience.
#[derive(Debug)]
pub(super) struct Topic {
    queue: Mutex<Queue>,
    bell: watch::Sender<u64>,
}

#[derive(Debug)]
struct Queue {
    told: VecDeque<Arc<Told>>,
    /// The number of the newest that is not kept any more.
    forgotten: u64,
}

impl Topic {
    pub(super) fn new(head: u64) -> Self {
        Self {
            queue: Mutex::new(Queue {
                told: VecDeque::new(),
                forgotten: head,
            }),
            bell: watch::Sender::new(head),
        }
    }

    pub(super) fn put(&self, told: Arc<Told>) {
        let mut queue = self.queue();
        queue.told.push_back(told);
        if queue.told.len() > BEHIND_MAX
            && let Some(gone) = queue.told.pop_front()
        {
            queue.forgotten = gone.seq;
        }
    }

    pub(super) fn ring(&self, seq: u64) {
        self.bell.send_replace(seq);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who listens.
#[derive(Debug)]
pub struct Reader {
    topic: Arc<Topic>,
    bell: watch::Receiver<u64>,
    /// The number of the last news it was given, or of the last told before it came.
    seen: u64,
}

impl Reader {
    pub(super) fn new(topic: Arc<Topic>, head: u64) -> Self {
        let bell = topic.bell.subscribe();
        Self {
            topic,
            bell,
            seen: head,
        }
    }

    /// Where it stands.
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    /// What was told since, in order; waits until there is something. Dropping the wait loses nothing.
    pub async fn next(&mut self) -> Vec<Arc<Told>> {
        loop {
            // Before looking, so that what is told after the look rings again.
            self.bell.mark_unchanged();
            let told = self.look();
            if !told.is_empty() {
                return told;
            }
            // The bell lives as long as the topic, which this reader keeps.
            let _ = self.bell.changed().await;
        }
    }

    /// What was told since, without waiting.
    pub fn look(&mut self) -> Vec<Arc<Told>> {
        let queue = self.topic.queue();
        let newest = queue.told.back().map_or(0, |told| told.seq);
        if newest <= self.seen {
            return Vec::new();
        }
        let told = if queue.forgotten > self.seen {
            vec![Told::new(newest, What::Resync)]
        } else {
            let new = queue.told.iter().filter(|told| told.seq > self.seen);
            new.cloned().collect()
        };
        drop(queue);
        self.seen = newest;
        told
    }
}
