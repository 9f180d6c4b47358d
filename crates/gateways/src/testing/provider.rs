//! A provider over HTTP that behaves as told: well, slowly, badly, or not at all. It remembers
//! every request with its time and key, and how often it said yes to each.

use super::wire::{Raw, Reply};
use serde::Deserialize;
use std::collections::{BTreeMap, VecDeque};
use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Longest time a held or slow answer may take: a test that forgets one ends all the same.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the provider does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes the message at once.
    Accept,
    /// Takes it, and says so after this long.
    Slow(Duration),
    /// Takes it, and says so once [`Provider::release`] is called.
    Hold,
    /// Takes it, then cuts the connection instead of saying so.
    TakeThenReset,
    /// Cuts the connection without taking anything.
    Reset,
    /// Answers this status without taking anything.
    Status(u16),
    /// 429, with these seconds in `Retry-After`.
    TooMany(u32),
    /// 503, with these seconds in `Retry-After`.
    Unavailable(u32),
    /// Refuses this message for good (422) with this code.
    Never(&'static str),
    /// 200, and nothing that can be read.
    Garbage,
}

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its `Idempotency-Key`.
    pub key: String,
    /// Its `Authorization` header.
    pub authorization: String,
    /// The message, as sent.
    pub message: Sent,
    /// How long after the provider was started.
    pub after: Duration,
    /// What was done with it.
    pub done: Behaviour,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// The key again.
    pub key: String,
    /// The channel.
    pub channel: String,
    /// The address.
    pub to: String,
    /// A title.
    #[serde(default)]
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// What it is grouped by.
    #[serde(default)]
    pub tag: Option<String>,
    /// Takes the place of the earlier one.
    pub replaces: bool,
    /// `high` or `normal`.
    pub urgency: String,
    /// Worth nothing after this many seconds.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
}

struct State {
    usual: Vec<(u32, Behaviour)>,
    next: VecDeque<Behaviour>,
    seed: u64,
    seen: Vec<Seen>,
    taken: BTreeMap<String, (String, u32)>,
    held: bool,
    stopped: bool,
    open: Vec<TcpStream>,
    connections: usize,
}

struct Shared {
    state: Mutex<State>,
    moved: Condvar,
    started: Instant,
}

/// The provider: listens on a free port of this machine until dropped.
pub struct Provider {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Provider {
    /// Starts one that accepts everything; `seed` decides the order of a [`Provider::mix`].
    ///
    /// # Panics
    /// Without a free port.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's provider notes when requests arrive; nothing is decided by it"
    )]
    pub fn start(seed: u64) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0));
        let listener = listener.unwrap_or_else(|error| panic!("no free port: {error}"));
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("no address: {error}"));
        let state = State {
            usual: vec![(1, Behaviour::Accept)],
            next: VecDeque::new(),
            seed,
            seen: Vec::new(),
            taken: BTreeMap::new(),
            held: true,
            stopped: false,
            open: Vec::new(),
            connections: 0,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            moved: Condvar::new(),
            started: Instant::now(),
        });
        let inside = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&inside);
                if shared.lock().stopped {
                    return;
                }
                if let Ok(twin) = stream.try_clone() {
                    let mut state = shared.lock();
                    state.open.push(twin);
                    state.connections += 1;
                }
                thread::spawn(move || {
                    let _ended = serve(&shared, stream);
                });
            }
        });
        Self { shared, address }
    }

    /// Where messages are posted.
    pub fn url(&self) -> String {
        format!("http://{}/messages", self.address)
    }

    /// From now on, every request gets this.
    pub fn behave(&self, behaviour: Behaviour) {
        self.mix(vec![(1, behaviour)]);
    }

    /// From now on, each request gets one of these, by weight, in an order the seed decides.
    pub fn mix(&self, weighted: Vec<(u32, Behaviour)>) {
        self.shared.lock().usual = weighted;
    }

    /// The next requests get these, in turn, before the usual.
    pub fn script(&self, next: impl IntoIterator<Item = Behaviour>) {
        self.shared.lock().next.extend(next);
    }

    /// Answers held by [`Behaviour::Hold`] leave, and later ones are not held.
    pub fn release(&self) {
        self.shared.lock().held = false;
        self.shared.moved.notify_all();
    }

    /// Every request so far, in the order of arrival.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// How often each key was answered with a yes, or taken without one.
    pub fn taken(&self) -> BTreeMap<String, u32> {
        let state = self.shared.lock();
        let each = state.taken.iter();
        each.map(|(key, (_, times))| (key.clone(), *times))
            .collect()
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> usize {
        self.shared.lock().connections
    }

    /// Waits until this many requests arrived.
    ///
    /// # Panics
    /// When they have not after a minute.
    pub fn wait_for(&self, requests: usize) {
        let state = self.shared.lock();
        let waited = self
            .shared
            .moved
            .wait_timeout_while(state, PATIENCE, |state| state.seen.len() < requests);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let seen = state.seen.len();
        assert!(seen >= requests, "{seen} requests of {requests} arrived");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        {
            let mut state = self.shared.lock();
            state.stopped = true;
            state.held = false;
            for stream in state.open.drain(..) {
                let _closed = stream.shutdown(Shutdown::Both);
            }
        }
        self.shared.moved.notify_all();
        // Wakes the listener so that it sees that it is over.
        let _woken = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as long as `go_on` says, at most this long.
    fn wait(&self, longest: Duration, go_on: impl Fn(&State) -> bool) {
        let state = self.lock();
        let waited = self
            .moved
            .wait_timeout_while(state, longest, |state| go_on(state));
        drop(waited);
    }

    /// Notes a request and says what to do with it, with its reference when it is taken.
    fn arrived(&self, request: Request) -> (Behaviour, String) {
        let mut state = self.lock();
        let done = state.choose();
        let next_ref = format!("ref-{}", state.taken.len() + 1);
        let taken = matches!(
            done,
            Behaviour::Accept | Behaviour::Slow(_) | Behaviour::Hold | Behaviour::TakeThenReset
        );
        let mut reference = String::new();
        if taken {
            let entry = state.taken.entry(request.key.clone());
            let known = entry.or_insert((next_ref, 0));
            known.1 += 1;
            reference.clone_from(&known.0);
        }
        state.seen.push(Seen {
            key: request.key,
            authorization: request.authorization,
            message: request.message,
            after: self.started.elapsed(),
            done: done.clone(),
        });
        drop(state);
        self.moved.notify_all();
        (done, reference)
    }
}

impl State {
    fn choose(&mut self) -> Behaviour {
        if let Some(next) = self.next.pop_front() {
            return next;
        }
        // A small generator of its own: same seed, same order.
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005);
        self.seed = self.seed.wrapping_add(1_442_695_040_888_963_407);
        let total: u32 = self.usual.iter().map(|(weight, _)| *weight).sum();
        let mut left = u32::try_from(self.seed >> 33).unwrap_or(0) % total.max(1);
        for (weight, behaviour) in &self.usual {
            if left < *weight {
                return behaviour.clone();
            }
            left -= weight;
        }
        Behaviour::Accept
    }
}

struct Request {
    key: String,
    authorization: String,
    message: Sent,
}

/// One connection, request after request.
fn serve(shared: &Shared, stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        let (done, reference) = shared.arrived(request);
        match done {
            Behaviour::Slow(long) => shared.wait(long, |state| !state.stopped),
            Behaviour::Hold => shared.wait(PATIENCE, |state| state.held),
            Behaviour::Reset | Behaviour::TakeThenReset => return out.shutdown(Shutdown::Both),
            _ => {}
        }
        answer(&done, &reference).write(&mut out)?;
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    Ok(Raw::read(reader)?.map(|raw| {
        let message = serde_json::from_slice(&raw.body);
        Request {
            key: raw.header("idempotency-key").to_owned(),
            authorization: raw.header("authorization").to_owned(),
            message: message.unwrap_or_else(|error| panic!("not a message: {error}")),
        }
    }))
}

fn answer(done: &Behaviour, reference: &str) -> Reply {
    match done {
        Behaviour::Status(status) => Reply::new(*status, "{}"),
        Behaviour::TooMany(s) => Reply::new(429, "{}").with("Retry-After", s.to_string()),
        Behaviour::Unavailable(s) => Reply::new(503, "{}").with("Retry-After", s.to_string()),
        Behaviour::Never(code) => Reply::new(422, format!("{{\"code\":\"{code}\"}}")),
        Behaviour::Garbage => Reply::new(200, "<html>Bonjour</html>"),
        _ => Reply::new(202, format!("{{\"ref\":\"{reference}\"}}")),
    }
}
