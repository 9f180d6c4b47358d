//! The application: what every use case stands on. Built once by the binary, or by a test.

use crate::accounts::known::{self, Found, Known, Shown};
use crate::accounts::open::Streams;
use crate::arbiter::Arbiter;
use crate::bus::Bus;
use crate::clock::Clock;
use crate::condition::Watch;
use crate::directory::{Cache, Directory};
use crate::error::AppError;
use crate::idempotent::Held;
use crate::offers::asked::{self, Asked};
use crate::outside::Outside;
use crate::protocols::Books;
use crate::shared_read::SharedRead;
use crate::tasks::farewell::Farewell;
use crate::tasks::look_again::LookAgain;
use crate::tasks::runner::next_of_lanes;

use relais_core::access::Actor;
use relais_core::ids::OfferId;
use relais_core::time::Instant;
use relais_gateways::Channel;
use relais_store::seal::Vault;
use relais_store::{Db, Tx};
use std::sync::Arc;
use tokio::sync::Notify;

/// Settings of the process, not of a network.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach it: put in messages, no slash at the end.
    pub base_url: String,
    /// Running as a demonstration: fake phones, one-click roles, clock control.
    pub demo: bool,
    /// Name of this process among those of one database.
    pub node: String,
    /// How long a POST repeated under its key waits for the answer that is being made
    /// ([`crate::idempotent::PATIENCE`]).
    pub repeat_waits: std::time::Duration,
}

/// The application. Cheap to clone.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) wall: Clock,
    pub(crate) vault: Vault,
    pub(crate) directory: Cache,
    pub(crate) known: Known,
    pub(crate) door: SharedRead<Shown, Found>,
    pub(crate) asked: SharedRead<OfferId, Asked>,
    pub(crate) lanes: SharedRead<Channel, Option<Instant>>,
    pub(crate) arbiter: Arbiter,
    pub(crate) bus: Bus,
    pub(crate) streams: Streams,
    pub(crate) outside: Outside,
    pub(crate) settings: Settings,
    pub(crate) wake: Notify,
    pub(crate) hashing: tokio::sync::Semaphore,
    pub(crate) developing: tokio::sync::Semaphore,
    pub(crate) held: Held,
    pub(crate) watch: Watch,
    pub(crate) books: Books,
    pub(crate) look_again: LookAgain,
    pub(crate) farewell: Farewell,
}

/// Who does something, for the rules and for the journal.
#[derive(Debug, Clone)]
pub struct Who {
    /// The account; `None` = the platform itself (its clock, its deliveries).
    pub actor: Option<Actor>,
    /// From where: `web`, `api`, `sms`, `clock`, `delivery`, `command`.
    pub source: &'static str,
}

impl Who {
    /// Somebody signed in.
    pub const fn actor(actor: Actor, source: &'static str) -> Self {
        Self {
            actor: Some(actor),
            source,
        }
    }

    /// The platform itself.
    pub const fn platform(source: &'static str) -> Self {
        Self {
            actor: None,
            source,
        }
    }

    /// The signed-in actor, or a refusal.
    pub fn signed_in(&self) -> Result<Actor, AppError> {
        self.actor.ok_or(AppError::SignedOut)
    }
}

impl App {
    /// Assembles the application on an open, migrated store.
    pub fn new(db: Db, clock: Clock, vault: Vault, outside: Outside, settings: Settings) -> Self {
        Self(Arc::new(Inner {
            db,
            wall: clock.clone(),
            clock,
            vault,
            directory: Cache::default(),
            known: Known::default(),
            door: SharedRead::new(known::read),
            asked: SharedRead::new(asked::read),
            lanes: SharedRead::new(next_of_lanes),
            arbiter: Arbiter::default(),
            bus: Bus::default(),
            streams: Streams::default(),
            outside,
            settings,
            wake: Notify::new(),
            hashing: tokio::sync::Semaphore::new(2),
            developing: tokio::sync::Semaphore::new(1),
            held: Held::default(),
            watch: Watch::default(),
            books: Books::default(),
            look_again: LookAgain::default(),
            farewell: Farewell::default(),
        }))
    }

    /// The same, its sessions on another clock than its requests: a demonstration's clock is moved
    /// by hand, and nobody should be signed out by it. To be called before the first clone.
    #[must_use]
    pub fn with_wall(mut self, wall: Clock) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.wall = wall;
        }
        self
    }

    /// Now, for sessions and codes.
    pub(crate) fn wall_now(&self) -> Instant {
        self.0.wall.now()
    }

    /// Now.
    pub fn now(&self) -> Instant {
        self.0.clock.now()
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The bus of changes.
    pub fn bus(&self) -> &Bus {
        &self.0.bus
    }

    /// The process's settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The outside world: gateways, and the fake phones under a demonstration.
    pub fn outside(&self) -> &Outside {
        &self.0.outside
    }

    /// The store, for the binary's own commands.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The vault, for the binary's own commands.
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The directory as it stands in the database.
    pub async fn directory(&self) -> Result<Arc<Directory>, AppError> {
        let inner = Arc::clone(&self.0);
        self.0
            .db
            .read(move |tx| inner.directory.current(tx).map_err(AppError::from))
            .await
    }

    /// The directory held in memory, for display only: answers without the database, and is empty
    /// before it was first read.
    pub fn directory_held(&self) -> Arc<Directory> {
        self.0.directory.last_known()
    }

    /// Runs a use case's transaction with the application at hand.
    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: Fn(&Inner, &mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        self.0.db.write(move |tx| run(&inner, tx)).await
    }

    /// Runs a read with the application at hand.
    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: Fn(&Inner, &mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        self.0.db.read(move |tx| run(&inner, tx)).await
    }

    /// Wakes the background tasks: something may be due or waiting to be sent.
    pub fn wake(&self) {
        self.0.wake.notify_waiters();
    }
}

/// Thirty-two bytes of chance: a master key for a demonstration, or for `relais` to print once.
pub fn new_key() -> [u8; 32] {
    crate::chance::key()
}
