//! The files of a disk behind one lock: opening, reading, writing, dying, starting again. Whether an
//! operation fails is decided in `fate`; the names of C are in `vfs`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::fate::{Counts, Fate, Kind};
use super::image::Image;
use super::locks::{HandleId, Held, Locks, Regions};
use super::{Odds, Trouble};
use crate::dice::Dice;

/// Files to begin with again.
#[derive(Debug, Clone)]
pub struct Saved(BTreeMap<String, Image>);

/// Why an operation did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// EIO, or the process is dead.
    Io,
    /// ENOSPC.
    Full,
    /// Somebody else holds the lock.
    Held,
    /// No such file.
    Missing,
}

impl From<Held> for Refused {
    fn from(_: Held) -> Refused {
        Refused::Held
    }
}

/// A disk and the handles on it.
pub(super) struct Shared {
    pub(super) name: String,
    state: Mutex<State>,
}

impl Shared {
    pub(super) fn new(seed: u64) -> Arc<Shared> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Arc::new(Shared {
            name: format!("relais-faults-{number}"),
            state: Mutex::new(State::new(seed)),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// A file that was opened.
pub(super) struct Opened {
    pub(super) disk: Arc<Shared>,
    pub(super) name: String,
    id: HandleId,
    generation: u64,
    /// Gone when closed; its operations never fail and do not count.
    temporary: bool,
    /// Held as long as SQLite may look at it.
    regions: Option<Arc<Mutex<Regions>>>,
}

#[derive(Debug, Default)]
struct File {
    image: Image,
    locks: Locks,
    regions: Arc<Mutex<Regions>>,
}

pub(super) struct State {
    files: BTreeMap<String, File>,
    /// Deleted files that a power cut may bring back.
    ghosts: BTreeMap<String, Image>,
    handles: HandleId,
    generation: u64,
    /// The process is dead, and how it died.
    dead: Option<Trouble>,
    pub(super) aimed: Option<(u64, Trouble)>,
    pub(super) odds: Odds,
    pub(super) filled: bool,
    pub(super) operations: u64,
    pub(super) dice: Dice,
    pub(super) counts: Counts,
}

impl State {
    fn new(seed: u64) -> State {
        State {
            files: BTreeMap::new(),
            ghosts: BTreeMap::new(),
            handles: 0,
            generation: 0,
            dead: None,
            aimed: None,
            odds: Odds::default(),
            filled: false,
            operations: 0,
            dice: Dice::new(seed),
            counts: Counts::default(),
        }
    }

    pub(super) fn arm(&mut self, aimed: Option<(u64, Trouble)>, odds: Odds) {
        self.aimed = aimed;
        self.odds = odds;
        self.filled = false;
        self.operations = 0;
    }

    pub(super) fn reseed(&mut self, seed: u64) {
        self.dice = Dice::new(seed);
    }

    pub(super) fn operations(&self) -> u64 {
        self.operations
    }

    pub(super) fn alive(&self) -> bool {
        self.dead.is_none()
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    pub(super) fn die(&mut self, how: Trouble) {
        if self.dead.is_none() {
            self.dead = Some(how);
            if how == Trouble::Cut {
                self.counts.cuts += 1;
            } else {
                self.counts.kills += 1;
            }
        }
    }

    pub(super) fn restart(&mut self) {
        if self.dead.take() == Some(Trouble::Cut) {
            self.lose_power();
        }
        self.renew();
    }

    fn lose_power(&mut self) {
        for (name, image) in std::mem::take(&mut self.ghosts) {
            if self.dice.chance(1, 2) {
                let back = File {
                    image,
                    ..File::default()
                };
                self.files.entry(name).or_insert(back);
            }
        }
        let (files, dice, counts) = (&mut self.files, &mut self.dice, &mut self.counts);
        files.retain(|_, file| {
            if !file.image.named && dice.chance(1, 2) {
                return false;
            }
            let damage = file.image.cut(dice);
            counts.kept += damage.kept;
            counts.lost += damage.lost;
            counts.torn += damage.torn;
            counts.reordered += damage.reordered;
            file.image.named = true;
            true
        });
    }

    /// A new process: no handle, no lock, no shared memory of the old one.
    fn renew(&mut self) {
        self.generation += 1;
        self.dead = None;
        for file in self.files.values_mut() {
            file.locks = Locks::default();
            file.regions = Arc::default();
        }
        self.arm(None, Odds::default());
    }

    pub(super) fn save(&self) -> Saved {
        let files = self.files.iter();
        Saved(files.map(|(n, f)| (n.clone(), f.image.clone())).collect())
    }

    pub(super) fn load(&mut self, saved: &Saved) {
        self.ghosts.clear();
        let files = saved.0.iter().map(|(name, image)| {
            let mut image = image.clone();
            image.sync();
            let file = File {
                image,
                ..File::default()
            };
            (name.clone(), file)
        });
        self.files = files.collect();
        self.renew();
    }

    /// The file of a handle, as long as its process lives.
    fn file(&mut self, of: &Opened) -> Result<&mut File, Refused> {
        if self.dead.is_some() || of.generation != self.generation {
            return Err(Refused::Io);
        }
        self.files.get_mut(&of.name).ok_or(Refused::Io)
    }

    pub(super) fn open(
        &mut self,
        disk: &Arc<Shared>,
        name: Option<String>,
        create: bool,
        temporary: bool,
    ) -> Result<Opened, Refused> {
        if self.dead.is_some() {
            return Err(Refused::Io);
        }
        self.handles += 1;
        let temporary = temporary || name.is_none();
        let name = name.unwrap_or_else(|| format!("temporary {}", self.handles));
        if !self.files.contains_key(&name) {
            if !create && !temporary {
                return Err(Refused::Missing);
            }
            self.ghosts.remove(&name);
            self.files.insert(name.clone(), File::default());
        }
        Ok(Opened {
            disk: Arc::clone(disk),
            name,
            id: self.handles,
            generation: self.generation,
            temporary,
            regions: None,
        })
    }

    pub(super) fn close(&mut self, of: &Opened) {
        let id = of.id;
        if let Ok(file) = self.file(of) {
            file.locks.forget(id);
            if of.temporary {
                self.files.remove(&of.name);
            }
        }
    }

    pub(super) fn exists(&self, name: &str) -> Result<bool, Refused> {
        if self.dead.is_some() {
            return Err(Refused::Io);
        }
        Ok(self.files.contains_key(name))
    }

    pub(super) fn delete(&mut self, name: &str, durably: bool) -> Result<(), Refused> {
        if self.dead.is_some() {
            return Err(Refused::Io);
        }
        if !self.files.contains_key(name) {
            return Err(Refused::Missing);
        }
        let fate = self.fate(Kind::Other);
        if let Fate::Fails(how) = fate {
            return Err(self.failed(how));
        }
        if let Some(file) = self.files.remove(name)
            && !durably
        {
            self.ghosts.insert(name.to_owned(), file.image);
        }
        if let Fate::Dies(how) = fate {
            self.die(how);
        }
        Ok(())
    }

    pub(super) fn read(
        &mut self,
        of: &Opened,
        at: usize,
        out: &mut [u8],
    ) -> Result<usize, Refused> {
        self.file(of)?;
        if self.odds.read > 0 && !of.temporary && self.dice.chance(self.odds.read, 1_000_000) {
            self.counts.failed_reads += 1;
            return Err(Refused::Io);
        }
        Ok(self.file(of)?.image.read(at, out))
    }

    pub(super) fn size(&mut self, of: &Opened) -> Result<usize, Refused> {
        Ok(self.file(of)?.image.len())
    }

    pub(super) fn write(&mut self, of: &Opened, at: usize, bytes: &[u8]) -> Result<(), Refused> {
        let length = self.file(of)?.image.len();
        let fate = if of.temporary {
            Fate::Works
        } else {
            self.fate(Kind::Write)
        };
        if self.filled && !of.temporary && at + bytes.len() > length {
            self.counts.full += 1;
            return Err(Refused::Full);
        }
        if let Fate::Fails(how) = fate {
            if how == Trouble::Short {
                let part = self.dice.index(bytes.len());
                self.file(of)?.image.write(at, &bytes[..part]);
                self.counts.short += 1;
                return Err(if self.dice.chance(1, 2) {
                    Refused::Full
                } else {
                    Refused::Io
                });
            }
            return Err(self.failed(how));
        }
        self.file(of)?.image.write(at, bytes);
        self.counts.writes += 1;
        if let Fate::Dies(how) = fate {
            self.die(how);
        }
        Ok(())
    }

    pub(super) fn truncate(&mut self, of: &Opened, length: usize) -> Result<(), Refused> {
        self.file(of)?;
        let fate = if of.temporary {
            Fate::Works
        } else {
            self.fate(Kind::Other)
        };
        if let Fate::Fails(how) = fate {
            return Err(self.failed(how));
        }
        self.file(of)?.image.truncate(length);
        if let Fate::Dies(how) = fate {
            self.die(how);
        }
        Ok(())
    }

    pub(super) fn sync(&mut self, of: &Opened) -> Result<(), Refused> {
        self.file(of)?;
        if of.temporary {
            return Ok(());
        }
        let fate = self.fate(Kind::Sync);
        if let Fate::Fails(_) = fate {
            let mut dice = self.dice.clone();
            self.file(of)?.image.sync_failed(&mut dice);
            self.dice = dice;
            self.counts.failed_syncs += 1;
            return Err(Refused::Io);
        }
        self.file(of)?.image.sync();
        // File systems with a journal write folder changes in order: deletions before this are kept.
        self.ghosts.clear();
        self.counts.syncs += 1;
        if let Fate::Dies(how) = fate {
            self.die(how);
        }
        Ok(())
    }

    pub(super) fn lock(&mut self, of: &Opened, level: i32) -> Result<(), Refused> {
        let id = of.id;
        Ok(self.file(of)?.locks.lock(id, level)?)
    }

    pub(super) fn unlock(&mut self, of: &Opened, level: i32) {
        let id = of.id;
        if let Ok(file) = self.file(of) {
            file.locks.unlock(id, level);
        }
    }

    pub(super) fn reserved(&mut self, of: &Opened) -> Result<bool, Refused> {
        Ok(self.file(of)?.locks.reserved())
    }

    pub(super) fn lock_places(
        &mut self,
        of: &Opened,
        bits: u8,
        exclusive: bool,
    ) -> Result<(), Refused> {
        let id = of.id;
        Ok(self.file(of)?.locks.lock_places(id, bits, exclusive)?)
    }

    pub(super) fn unlock_places(&mut self, of: &Opened, bits: u8) {
        let id = of.id;
        if let Ok(file) = self.file(of) {
            file.locks.unlock_places(id, bits);
        }
    }

    /// A region of the shared index: nothing when it does not exist and is not to be made.
    pub(super) fn region(
        &mut self,
        of: &mut Opened,
        number: usize,
        bytes: usize,
        make: bool,
    ) -> Result<Option<*mut u8>, Refused> {
        let regions = Arc::clone(&self.file(of)?.regions);
        let mut held = regions.lock().unwrap_or_else(|e| e.into_inner());
        while make && held.count() <= number {
            if let Fate::Fails(how) = self.fate(Kind::Other) {
                return Err(self.failed(how));
            }
            held.grow(bytes);
        }
        let place = held.at(number);
        drop(held);
        of.regions = Some(regions);
        Ok(place)
    }

    /// The handle no longer looks at the index; the last one may throw it away.
    pub(super) fn unmap(&mut self, of: &mut Opened, throw_away: bool) {
        let id = of.id;
        of.regions = None;
        if let Ok(file) = self.file(of) {
            file.locks.unlock_places(id, u8::MAX);
            if throw_away {
                file.regions = Arc::default();
            }
        }
    }
}
