//! A world with a clock that tests move, and folders of its own.

use relais_core::time::{Duration, Instant};
use relais_gateways::{Address, Channel, FakeWorld, Outgoing, Queue};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// A clock, an inbox, and a world that uses both.
pub(crate) struct Setup {
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) inbox: Arc<Queue>,
    pub(crate) world: Arc<FakeWorld>,
}

/// 2026-11-20T12:13:00Z.
pub(crate) const START_MS: i64 = 1_795_176_780_000;

impl Setup {
    pub(crate) fn in_memory() -> Self {
        let (clock, inbox) = parts();
        let world = FakeWorld::in_memory(reads(&clock), inbox.clone());
        Self {
            clock,
            inbox,
            world,
        }
    }

    pub(crate) fn open(dir: &Folder) -> std::io::Result<Self> {
        let (clock, inbox) = parts();
        let world = FakeWorld::open(&dir.0, reads(&clock), inbox.clone())?;
        Ok(Self {
            clock,
            inbox,
            world,
        })
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.fetch_add(by.as_millis(), Ordering::SeqCst);
        self.world.tick();
    }
}

fn parts() -> (Arc<AtomicI64>, Arc<Queue>) {
    (
        Arc::new(AtomicI64::new(START_MS)),
        Arc::new(Queue::default()),
    )
}

fn reads(clock: &Arc<AtomicI64>) -> impl Fn() -> Instant + Send + Sync + 'static {
    let clock = clock.clone();
    move || Instant::from_millis(clock.load(Ordering::SeqCst))
}

/// A folder removed with the value.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("relais-gateways-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A message to Dr Martin's phone.
pub(crate) fn message(key: &str, channel: Channel, text: &str) -> Outgoing {
    Outgoing::new(
        key,
        channel,
        Address::new("+33600000001"),
        "Dr Martin",
        text,
    )
}

/// A notification about request 7, new or in the place of the earlier one.
pub(crate) fn notification(key: &str, text: &str, replaces: bool) -> Outgoing {
    Outgoing {
        subject: Some("Nouvelle demande".to_owned()),
        tag: Some("req_7".to_owned()),
        replaces,
        ..message(key, Channel::Push, text)
    }
}
