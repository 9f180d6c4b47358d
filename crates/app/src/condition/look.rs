//! Seeing, judging, remembering: one look at the service, and where the last one is kept.

use super::facts::{ChannelState, Facts, Limits, NodeSeen, Reach};
use super::judge::{DEADLINE_LATE, MESSAGE_LATE, judge};
use super::pulse::Pulse;
use super::{Condition, ServiceState};
use crate::app::App;
use crate::chance;
use crate::clock::steady_ms;
use crate::error::AppError;
use relais_core::delivery::Circuit;
use relais_core::ids::{NetworkId, RequestId};
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::counters::{self, BACKUP_ENDED};
use relais_store::nodes::{self, Node};
use relais_store::overview::{self, LateMessages, LateRequests};
use relais_store::{Engine, StoreError, Tx, migrate};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{Semaphore, watch};

/// A database that has not answered a look by then is away, whatever it is doing.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
/// A process that stops says so within this, or not at all.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(2);
/// How often this process writes that it lives.
const BEAT_EVERY: Duration = Duration::seconds(5);
/// Most processes shown.
const NODES_MAX: u32 = 50;

type Remembered = BTreeMap<(String, Option<NetworkId>), Instant>;

/// The last look of this process, and what it remembers from one to the next.
pub(crate) struct Watch {
    pub(crate) pulse: Pulse,
    state: watch::Sender<Arc<ServiceState>>,
    since: Mutex<Remembered>,
    /// One look at a time: one that hangs is not joined by another.
    one: Arc<Semaphore>,
    id: String,
    started: OnceLock<Instant>,
    /// When providers were last judged by their receipts.
    pub(crate) judged: Mutex<Option<Instant>>,
    beaten: Mutex<Option<Instant>>,
    refused: AtomicBool,
    limits: OnceLock<Limits>,
}

impl Default for Watch {
    fn default() -> Self {
        let nothing = ServiceState {
            looked_at: Instant::from_millis(0),
            conditions: Vec::new(),
            facts: Facts::default(),
        };
        Self {
            pulse: Pulse::default(),
            state: watch::Sender::new(Arc::new(nothing)),
            since: Mutex::new(Remembered::new()),
            one: Arc::new(Semaphore::new(1)),
            id: chance::fingerprint(&chance::token()),
            started: OnceLock::new(),
            judged: Mutex::new(None),
            beaten: Mutex::new(None),
            refused: AtomicBool::new(false),
            limits: OnceLock::new(),
        }
    }
}

impl Watch {
    /// What this process is known by until it ends; another start is another id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

/// What the database says in one look.
struct Said {
    pending: usize,
    late_requests: Vec<LateRequests>,
    late_messages: Vec<LateMessages>,
    nodes: Vec<Node>,
    /// Of those that could not be brought forward here: still due, and whose.
    stuck: Vec<(RequestId, NetworkId)>,
    clock: Option<Instant>,
    bytes: Option<i64>,
    backup: Option<Instant>,
}

impl App {
    /// What the machine grants this process: told once, by whoever starts it.
    pub fn granted(&self, limits: Limits) {
        // Told twice, the first stands: what a process was granted does not change.
        let _ = self.0.watch.limits.set(limits);
    }

    /// How many forms and applications this process forgot to make room for others.
    pub fn forms_shed(&self) -> u64 {
        self.0.watch.pulse.sheds()
    }

    /// What is wrong now, as the last look found it.
    pub fn state(&self) -> Arc<ServiceState> {
        Arc::clone(&self.0.watch.state.borrow())
    }

    /// The same, told again whenever what is wrong changes.
    pub fn follow_state(&self) -> watch::Receiver<Arc<ServiceState>> {
        self.0.watch.state.subscribe()
    }

    /// Looks at the service, and remembers what is wrong with it.
    pub async fn look(&self) -> Arc<ServiceState> {
        let watch = &self.0.watch;
        if let Some(reading) = self.0.wall.reading() {
            watch.pulse.clocks(reading);
        }
        let facts = self.see().await;
        let now = self.now();
        let conditions = {
            let mut since = watch.since.lock().unwrap_or_else(PoisonError::into_inner);
            let conditions = judge(&facts, now, &since);
            *since = conditions
                .iter()
                .map(|one| ((one.line(), one.network), one.since))
                .collect();
            conditions
        };
        let fresh = Arc::new(ServiceState {
            looked_at: now,
            conditions,
            facts,
        });
        let kept = Arc::clone(&fresh);
        watch.state.send_if_modified(|held| {
            let changed = !held
                .conditions
                .iter()
                .map(told)
                .eq(kept.conditions.iter().map(told));
            *held = kept;
            changed
        });
        fresh
    }

    async fn see(&self) -> Facts {
        let pulse = &self.0.watch.pulse;
        let (asked, wall) = (steady_ms(), self.wall_now());
        let said = self.within(self.clone().ask()).await;
        let (took, answered) = (Duration::millis(steady_ms() - asked), self.wall_now());
        let mut facts = Facts {
            took,
            queue: self.db().waiting(),
            channels: self.channels(),
            doubted: self.doubted_providers(),
            tasks: pulse.silences(answered),
            disk: self.db().disk().unwrap_or_else(|error| {
                tracing::warn!(%error, "the room left is not known");
                None
            }),
            clock_step: pulse.step(),
            mailbox_unread: pulse.mailbox_unread(),
            shed: pulse.shed_lately(self.now()),
            limits: self.0.watch.limits.get().copied().unwrap_or_default(),
            ..Facts::default()
        };
        let said = match said {
            Some(Ok(said)) => said,
            Some(Err(AppError::Store(StoreError::Schema { .. }))) => {
                facts.reach = Reach::OtherSchema;
                return facts;
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "the database does not answer");
                facts.reach = Reach::Away;
                return facts;
            }
            None => {
                tracing::warn!("the database does not answer in time");
                facts.reach = Reach::Away;
                return facts;
            }
        };
        if said.pending > 0 {
            facts.reach = Reach::OtherSchema;
            return facts;
        }
        facts.writes_refused = !self.beat(answered).await;
        // The middle of the question and the answer is when the server read its clock.
        let middle = i64::midpoint(wall.millis(), answered.millis());
        let system = !self.0.wall.is_manual();
        facts.clock_off_ms = said
            .clock
            .filter(|_| system)
            .map(|theirs| middle - theirs.millis());
        facts.backup_age = said.backup.map(|at| answered.since(at));
        facts.database_bytes = said.bytes;
        facts.late_requests = said.late_requests;
        facts.late_messages = said.late_messages;
        facts.nodes = said
            .nodes
            .into_iter()
            .map(|node| NodeSeen {
                is_this: node.id == self.0.watch.id,
                up: answered.since(node.started_at),
                silent: answered.since(node.seen_at),
                name: node.name,
                version: node.version,
            })
            .collect();
        let held = pulse.all_stuck();
        for (id, stuck) in &held {
            match said.stuck.iter().find(|(still, _)| still == id) {
                Some((_, network)) => {
                    let (count, since) = facts.stuck.entry(*network).or_insert((0, stuck.since));
                    *count += 1;
                    *since = stuck.since.min(*since);
                }
                // Somebody else brought it forward.
                None => pulse.moved(*id),
            }
        }
        facts
    }

    /// Every channel, by what was heard; and down when its providers are all left alone, which is
    /// when nothing is heard any more.
    fn channels(&self) -> BTreeMap<Channel, ChannelState> {
        let mut channels = self.0.watch.pulse.channels();
        for (channel, state) in &mut channels {
            let providers = self.outside().gateways.states(*channel);
            match of_circuits(providers.iter().map(|one| one.circuit)) {
                ChannelState::Fine => {}
                down => *state = down,
            }
        }
        channels
    }

    /// Asks the database, without waiting for it longer than [`PATIENCE`]; a question that hangs is
    /// left to itself, and no other is asked meanwhile.
    async fn within<T: Send + 'static>(
        &self,
        question: impl Future<Output = Result<T, AppError>> + Send + 'static,
    ) -> Option<Result<T, AppError>> {
        let permit = Arc::clone(&self.0.watch.one).try_acquire_owned().ok()?;
        let asking = tokio::spawn(async move {
            let answer = question.await;
            drop(permit);
            answer
        });
        tokio::time::timeout(PATIENCE, asking).await.ok()?.ok()
    }

    async fn ask(self) -> Result<Said, AppError> {
        let now = self.now();
        let stuck: Vec<RequestId> = self.0.watch.pulse.all_stuck().into_keys().collect();
        self.read(move |_, tx| Ok(said(tx, now, &stuck)?)).await
    }

    /// Writes that this process lives; `false` when that is refused.
    async fn beat(&self, wall: Instant) -> bool {
        let watch = &self.0.watch;
        let last = *watch.beaten.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = watch.refused.load(Ordering::Relaxed);
        // A clock set back must not silence it.
        let recent = last.is_some_and(|at| at <= wall && wall.since(at) < BEAT_EVERY);
        if recent && !refused {
            return true;
        }
        let node = Node {
            id: watch.id.clone(),
            name: self.settings().node.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: *watch.started.get_or_init(|| wall),
            seen_at: wall,
            body: "{}".to_owned(),
        };
        let alone = last.is_none() && self.db().engine() == Engine::Sqlite;
        let app = self.clone();
        let writing = async move {
            app.write(move |_, tx| {
                // A file is one process's: those before this one are gone.
                if alone {
                    nodes::prune(tx, node.started_at)?;
                }
                Ok(nodes::beat(tx, &node)?)
            })
            .await
        };
        let written = match self.within(writing).await {
            Some(Ok(())) => true,
            // A crowd is no refusal: it is said as such.
            Some(Err(AppError::Store(StoreError::Busy | StoreError::Conflict { .. }))) => !refused,
            Some(Err(error)) => {
                tracing::warn!(%error, "the database refuses to write");
                false
            }
            None => false,
        };
        watch.refused.store(!written, Ordering::Relaxed);
        if written {
            *watch.beaten.lock().unwrap_or_else(PoisonError::into_inner) = Some(wall);
        }
        written
    }

    /// This process stops: the others need not wait for it. Nor does it wait long to say so.
    ///
    /// # Errors
    /// When the database did not take it, or not in time.
    pub async fn leave(&self) -> Result<(), AppError> {
        let id = self.0.watch.id.clone();
        let leaving = self.write(move |_, tx| Ok(nodes::delete(tx, &id)?));
        let left = tokio::time::timeout(FAREWELL, leaving).await;
        left.unwrap_or(Err(AppError::Store(StoreError::Timeout)))
    }
}

/// A channel is down when none of its providers is asked any more, since the last one fell.
fn of_circuits(circuits: impl Iterator<Item = Circuit>) -> ChannelState {
    let since: Option<Vec<Instant>> = circuits.map(Circuit::since).collect();
    match since.and_then(|all| all.into_iter().max()) {
        Some(since) => ChannelState::Down { since },
        None => ChannelState::Fine,
    }
}

/// What people are told of a condition: while this stays, nobody is told again.
fn told(one: &Condition) -> (String, Option<NetworkId>, super::Gravity, Instant) {
    (one.line(), one.network, one.gravity, one.since)
}

fn said(tx: &mut Tx<'_>, now: Instant, stuck: &[RequestId]) -> Result<Said, StoreError> {
    let pending = migrate::pending_in(tx)?.len();
    if pending > 0 {
        // The tables may not be there.
        return Ok(Said {
            pending,
            late_requests: Vec::new(),
            late_messages: Vec::new(),
            nodes: Vec::new(),
            stuck: Vec::new(),
            clock: None,
            bytes: None,
            backup: None,
        });
    }
    let mut still = Vec::new();
    for id in stuck {
        let mark = overview::find_mark(tx, *id)?.filter(|mark| mark.due_at <= now);
        still.extend(mark.map(|mark| (mark.id, mark.network)));
    }
    let backup = counters::value(tx, BACKUP_ENDED)?;
    Ok(Said {
        pending,
        late_requests: overview::late_requests(tx, now - DEADLINE_LATE)?,
        late_messages: overview::late_messages(tx, now - MESSAGE_LATE)?,
        nodes: nodes::list(tx, NODES_MAX)?,
        stuck: still,
        clock: overview::server_clock(tx)?,
        bytes: overview::size(tx)?,
        backup: (backup > 0).then(|| Instant::from_millis(backup)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_down_when_its_last_provider_is_left_alone() {
        let at = Instant::from_millis;
        let well = Circuit::default();
        let open = |since| Circuit::Open {
            since: at(since),
            until: at(90),
            tries: 0,
        };
        let trying = Circuit::Trying {
            since: at(20),
            at: at(80),
            tries: 3,
        };
        let state = |circuits: &[Circuit]| of_circuits(circuits.iter().copied());
        assert_eq!(state(&[well]), ChannelState::Fine);
        assert_eq!(state(&[open(10), well]), ChannelState::Fine, "a second one");
        let down = ChannelState::Down { since: at(20) };
        assert_eq!(state(&[open(10), trying]), down);
    }
}
