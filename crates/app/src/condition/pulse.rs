//! What this process knows of itself: when each background task last came to its end, what providers
//! answered, which requests could not be brought forward, whether the clock jumped. In memory only; gone
//! with the process, and found again within seconds.

use super::facts::ChannelState;
use super::judge::STEP_MS;
use crate::clock::Reading;
use relais_core::ids::RequestId;
use relais_core::time::{Duration, Instant};
use relais_gateways::{Accepted, Channel, Failure};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most requests remembered as stuck: past this, the database itself is at fault.
const STUCK_MAX: usize = 200;
/// One message not taken may be one phone's operator; two in a row are the provider.
const REFUSED_IN_A_ROW: u32 = 2;

/// How long it is told that room was made for whoever came next: a flood that rests a while goes on.
const SHED_TOLD: Duration = Duration::hours(1);

/// Forms and applications forgotten to make room.
#[derive(Debug, Clone, Copy)]
struct Shed {
    since: Instant,
    last: Instant,
    count: u32,
}

/// A background task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// Brings forward what is due.
    Due,
    /// Sends what waits, takes what comes back.
    Deliver,
    /// Writes down the digests that are due.
    Digests,
    /// Forgets what is old, anchors the journal.
    Housekeeping,
}

impl Task {
    /// Every task.
    pub const ALL: &'static [Self] = &[Self::Due, Self::Deliver, Self::Digests, Self::Housekeeping];

    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Deliver => "deliver",
            Self::Digests => "digests",
            Self::Housekeeping => "housekeeping",
        }
    }

    /// How long it may take to come to its end again: the first two look every half second and may
    /// meet a crowd or a slow provider; digests are looked for every half minute and hurry nobody; the last runs
    /// every hour.
    pub const fn limit(self) -> Duration {
        match self {
            Self::Due => Duration::seconds(15),
            Self::Deliver => Duration::seconds(60),
            Self::Digests => Duration::minutes(15),
            Self::Housekeeping => Duration::hours(2),
        }
    }
}

/// A request whose tick failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// First failure in a row.
    pub since: Instant,
    /// Failures in a row.
    pub times: u32,
    /// What the program said, in its own words: no identity is in an error.
    pub why: String,
}

#[derive(Debug, Clone, Copy)]
struct Silence {
    since: Instant,
    times: u32,
    unset: bool,
}

#[derive(Debug, Default)]
struct Known {
    /// When each task last came to its end, on the wall's clock.
    tasks: BTreeMap<Task, Instant>,
    silences: BTreeMap<Channel, Silence>,
    stuck: BTreeMap<RequestId, Stuck>,
    reading: Option<Reading>,
    /// By how much the clock jumped, and when on the steady clock.
    step: Option<(i64, i64)>,
    /// Calls of providers that said nothing of ours.
    strangers: u64,
    /// Since when our secure mailbox cannot be read.
    mailbox_unread: Option<Instant>,
    /// The last run of forms forgotten to make room.
    shed: Option<Shed>,
    /// How many, since the start.
    sheds: u64,
}

/// What this process knows of itself.
#[derive(Debug, Default)]
pub(crate) struct Pulse(Mutex<Known>);

impl Pulse {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A task came to its end, at a moment of the wall's clock.
    pub(crate) fn beat(&self, task: Task, wall: Instant) {
        self.known().tasks.insert(task, wall);
    }

    /// How long ago each task that ever ran here came to its end.
    pub(crate) fn silences(&self, wall: Instant) -> BTreeMap<Task, Duration> {
        let known = self.known();
        known
            .tasks
            .iter()
            .map(|(task, at)| (*task, wall.since(*at)))
            .collect()
    }

    /// So many calls of providers could not be read, or were about no message of ours.
    pub(crate) fn stranger(&self, count: u64) {
        let mut known = self.known();
        known.strangers = known.strangers.saturating_add(count);
    }

    /// How many, since the start.
    pub(crate) fn strangers(&self) -> u64 {
        self.known().strangers
    }

    /// Our secure mailbox was read, or could not be.
    pub(crate) fn mailbox(&self, read: bool, now: Instant) {
        let mut known = self.known();
        known.mailbox_unread = if read {
            None
        } else {
            Some(known.mailbox_unread.unwrap_or(now))
        };
    }

    /// Since when it cannot be.
    pub(crate) fn mailbox_unread(&self) -> Option<Instant> {
        self.known().mailbox_unread
    }

    /// A form or an application was forgotten to make room for another.
    pub(crate) fn shed(&self, now: Instant) {
        let mut known = self.known();
        known.sheds = known.sheds.saturating_add(1);
        let run = known.shed.filter(|run| now.since(run.last) < SHED_TOLD);
        known.shed = Some(Shed {
            since: run.map_or(now, |run| run.since),
            last: now,
            count: run.map_or(1, |run| run.count.saturating_add(1)),
        });
    }

    /// How many since the start.
    pub(crate) fn sheds(&self) -> u64 {
        self.known().sheds
    }

    /// How many in the run that goes on, and since when; none when the last is an hour old.
    pub(crate) fn shed_lately(&self, now: Instant) -> Option<(u32, Instant)> {
        let run = self.known().shed?;
        (now.since(run.last) < SHED_TOLD).then_some((run.count, run.since))
    }

    /// What a provider answered.
    pub(crate) fn heard(&self, channel: Channel, answer: &Result<Accepted, Failure>, now: Instant) {
        let mut known = self.known();
        let unset = match answer {
            // A provider that refuses one message works.
            Ok(_) | Err(Failure::Never { .. }) => {
                known.silences.remove(&channel);
                return;
            }
            // Nobody was asked: nothing was heard.
            Err(Failure::Held { .. }) => return,
            Err(Failure::Later { .. } | Failure::Away { .. }) => false,
            Err(Failure::Misconfigured { .. }) => true,
        };
        let silence = known.silences.entry(channel).or_insert(Silence {
            since: now,
            times: 0,
            unset,
        });
        silence.times += 1;
        silence.unset = unset;
    }

    /// Every channel, by what its provider answered.
    pub(crate) fn channels(&self) -> BTreeMap<Channel, ChannelState> {
        let known = self.known();
        let state = |channel: &Channel| match known.silences.get(channel) {
            Some(silence) if silence.unset => ChannelState::Unset {
                since: silence.since,
            },
            Some(silence) if silence.times >= REFUSED_IN_A_ROW => ChannelState::Down {
                since: silence.since,
            },
            Some(_) | None => ChannelState::Fine,
        };
        Channel::ALL
            .iter()
            .map(|channel| (*channel, state(channel)))
            .collect()
    }

    /// A request could not be brought forward.
    pub(crate) fn stuck(&self, id: RequestId, why: String, now: Instant) {
        let mut known = self.known();
        let full = known.stuck.len() >= STUCK_MAX;
        match known.stuck.get_mut(&id) {
            Some(held) => {
                held.times += 1;
                held.why = why;
            }
            None if full => {}
            None => {
                let first = Stuck {
                    since: now,
                    times: 1,
                    why,
                };
                known.stuck.insert(id, first);
            }
        }
    }

    /// A request was brought forward.
    pub(crate) fn moved(&self, id: RequestId) {
        self.known().stuck.remove(&id);
    }

    /// The requests that could not be brought forward.
    pub(crate) fn all_stuck(&self) -> BTreeMap<RequestId, Stuck> {
        self.known().stuck.clone()
    }

    /// Two clocks read at once: a wall that moved otherwise than the steady one has jumped.
    pub(crate) fn clocks(&self, reading: Reading) {
        let mut known = self.known();
        let last = known.reading.replace(reading);
        if let Some(last) = last {
            let by = (reading.wall_ms - last.wall_ms) - (reading.steady_ms - last.steady_ms);
            if by.abs() > STEP_MS {
                known.step = Some((by, reading.steady_ms));
            }
        }
    }

    /// The last jump of the clock: by how much in milliseconds, and how long ago.
    pub(crate) fn step(&self) -> Option<(i64, Duration)> {
        let known = self.known();
        let (by, at) = known.step?;
        let now = known.reading?.steady_ms;
        Some((by, Duration::millis((now - at).max(0))))
    }
}
