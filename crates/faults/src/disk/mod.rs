//! A disk in memory for SQLite, that fails, tears and forgets when told. Owns the files, the count of
//! operations, the faults and what they did; each disk is a file layer with a name of its own, to be
//! given to `relais_store::Options::vfs`.
//! Refuses to touch the machine's disk, and chance without a seed.
//!
//! A process dies ([`Trouble::Kill`]): what it wrote is there, synced or not. The power goes
//! ([`Trouble::Cut`]): what was synced is there, of the rest any subset, torn at sectors. Either way
//! everything opened before is dead until [`Disk::restart`], and stays closed to the old handles.

mod fate;
mod image;
mod locks;
mod state;
mod vfs;

use std::sync::Arc;

pub use self::fate::Counts;
pub use self::state::Saved;
use self::state::{Shared, State};

/// What happens at an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// This operation fails (EIO). A sync that fails forgets what it should have written.
    Fail,
    /// This operation fails for want of space (ENOSPC), whatever it is.
    Full,
    /// This operation fails half-way: the first part of a write stays.
    Short,
    /// From here on nothing grows: writes past the end of a file fail for want of space.
    Fill,
    /// It succeeds, and the process is dead: nothing more reaches the disk.
    Kill,
    /// It succeeds, and the power goes.
    Cut,
}

/// How often things go wrong by chance, for one operation in a million.
#[derive(Debug, Clone, Copy, Default)]
pub struct Odds {
    /// [`Trouble::Fail`], [`Trouble::Full`] or [`Trouble::Short`].
    pub fail: u64,
    /// A read that fails (EIO).
    pub read: u64,
    /// [`Trouble::Kill`].
    pub kill: u64,
    /// [`Trouble::Cut`].
    pub cut: u64,
}

/// A disk.
#[derive(Clone)]
pub struct Disk {
    shared: Arc<Shared>,
}

impl Disk {
    /// An empty disk without troubles, registered with SQLite under a name of its own. The name stays
    /// registered for the life of the process: one disk serves a whole test.
    pub fn new(seed: u64) -> Disk {
        let shared = Shared::new(seed);
        vfs::register(&shared);
        Disk { shared }
    }

    /// The name SQLite knows it by.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    fn state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.shared.state())
    }

    /// No trouble from here on; operations count from 0 again.
    pub fn calm(&self) {
        self.state(|state| state.arm(None, Odds::default()));
    }

    /// Trouble at the `at`-th operation from here (the next is 1): a write, a sync, a truncation, a
    /// deletion, or more memory for the index of the log.
    pub fn strike(&self, at: u64, trouble: Trouble) {
        self.state(|state| state.arm(Some((at, trouble)), Odds::default()));
    }

    /// Trouble by chance from here on; operations count from 0 again.
    pub fn storm(&self, odds: Odds) {
        self.state(|state| state.arm(None, odds));
    }

    /// Throws the dice of another seed from here on.
    pub fn reseed(&self, seed: u64) {
        self.state(|state| state.reseed(seed));
    }

    /// How many operations since the troubles were last told.
    pub fn operations(&self) -> u64 {
        self.state(|state| state.operations())
    }

    /// Whether the process that uses it lives.
    pub fn alive(&self) -> bool {
        self.state(|state| state.alive())
    }

    /// The power goes, or the process dies, now.
    pub fn strike_now(&self, trouble: Trouble) {
        self.state(|state| state.die(trouble));
    }

    /// The machine, or the process, starts again without trouble: old handles are dead for good.
    /// What a power cut did to the files is decided here.
    pub fn restart(&self) {
        self.state(State::restart);
    }

    /// Everything that happened since the disk was made.
    pub fn counts(&self) -> Counts {
        self.state(|state| state.counts())
    }

    /// The files as they are, to begin there again.
    pub fn save(&self) -> Saved {
        self.state(|state| state.save())
    }

    /// The files as they were saved, everything durable. Old handles are dead.
    pub fn load(&self, saved: &Saved) {
        self.state(|state| state.load(saved));
    }
}

#[cfg(test)]
mod tests;
