//! Who holds which lock on a file, and the memory that connections share for the index of the
//! write-ahead log. Everything happens in one process: tables instead of the system's locks.

use std::collections::BTreeMap;

/// One opened file.
pub(super) type HandleId = u64;

/// SQLite's levels, by its own numbers.
pub(super) const SHARED: i32 = 1;
const RESERVED: i32 = 2;
const PENDING: i32 = 3;
const EXCLUSIVE: i32 = 4;

/// Somebody else holds what is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held;

/// The locks of one file.
#[derive(Debug, Default)]
pub(super) struct Locks {
    levels: BTreeMap<HandleId, i32>,
    /// Bits of the eight places of the shared index, by handle: shared, exclusive.
    places: BTreeMap<HandleId, (u8, u8)>,
}

impl Locks {
    pub(super) fn lock(&mut self, who: HandleId, level: i32) -> Result<(), Held> {
        let mine = self.levels.get(&who).copied().unwrap_or(0);
        if mine >= level {
            return Ok(());
        }
        let others = self.levels.iter().filter(|(id, _)| **id != who);
        let highest = others.map(|(_, level)| *level).max().unwrap_or(0);
        let free = match level {
            SHARED => highest < PENDING,
            _ => highest < RESERVED,
        };
        if !free {
            return Err(Held);
        }
        if level == EXCLUSIVE && highest >= SHARED {
            // Nobody new may read; those who do are waited for.
            self.levels.insert(who, PENDING);
            return Err(Held);
        }
        self.levels.insert(who, level);
        Ok(())
    }

    pub(super) fn unlock(&mut self, who: HandleId, level: i32) {
        if level == 0 {
            self.levels.remove(&who);
        } else if self.levels.get(&who).is_some_and(|mine| *mine > level) {
            self.levels.insert(who, level);
        }
    }

    pub(super) fn reserved(&self) -> bool {
        self.levels.values().any(|level| *level >= RESERVED)
    }

    pub(super) fn lock_places(
        &mut self,
        who: HandleId,
        bits: u8,
        exclusive: bool,
    ) -> Result<(), Held> {
        let others = self.places.iter().filter(|(id, _)| **id != who);
        let taken = others.fold(0, |taken, (_, (shared, alone))| {
            taken | alone | if exclusive { *shared } else { 0 }
        });
        if taken & bits != 0 {
            return Err(Held);
        }
        let mine = self.places.entry(who).or_default();
        if exclusive {
            mine.1 |= bits;
        } else {
            mine.0 |= bits;
        }
        Ok(())
    }

    pub(super) fn unlock_places(&mut self, who: HandleId, bits: u8) {
        if let Some((shared, alone)) = self.places.get_mut(&who) {
            *shared &= !bits;
            *alone &= !bits;
        }
    }

    /// The handle is closed.
    pub(super) fn forget(&mut self, who: HandleId) {
        self.levels.remove(&who);
        self.places.remove(&who);
    }
}

/// The memory of the index, in regions that never move. What is in them is SQLite's alone: it reads
/// and writes them from several threads by its own rules, so nothing here ever looks inside.
#[derive(Debug, Default)]
pub(super) struct Regions(Vec<Region>);

/// Memory from the heap, aligned for 64-bit words, freed with this value.
#[derive(Debug)]
struct Region(Box<[std::sync::atomic::AtomicU64]>);

impl Regions {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Adds a region of zeros.
    pub(super) fn grow(&mut self, bytes: usize) {
        let words = bytes.div_ceil(8);
        self.0.push(Region((0..words).map(|_| 0.into()).collect()));
    }

    /// Where a region is.
    pub(super) fn at(&self, number: usize) -> Option<*mut u8> {
        let Region(words) = self.0.get(number)?;
        // Atomics may be changed behind a shared reference; only C does.
        Some(words.as_ptr().cast::<u8>().cast_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writer_at_a_time_and_readers_are_waited_for() {
        let mut locks = Locks::default();
        locks.lock(1, SHARED).unwrap();
        locks.lock(2, SHARED).unwrap();
        locks.lock(1, RESERVED).unwrap();
        assert!(locks.reserved());
        assert_eq!(locks.lock(2, RESERVED), Err(Held));
        assert_eq!(locks.lock(1, EXCLUSIVE), Err(Held), "2 reads");
        assert_eq!(locks.lock(3, SHARED), Err(Held), "1 waits");
        locks.unlock(2, 0);
        locks.lock(1, EXCLUSIVE).unwrap();
        locks.unlock(1, 0);
        locks.lock(3, SHARED).unwrap();
    }

    #[test]
    fn places_are_shared_or_alone() {
        let mut locks = Locks::default();
        locks.lock_places(1, 0b1000, false).unwrap();
        locks.lock_places(2, 0b1000, false).unwrap();
        assert_eq!(locks.lock_places(3, 0b1100, true), Err(Held));
        locks.unlock_places(1, 0b1000);
        locks.forget(2);
        locks.lock_places(3, 0b1100, true).unwrap();
        assert_eq!(locks.lock_places(1, 0b0100, false), Err(Held));
    }

    #[test]
    fn regions_stay_where_they_are() {
        let mut regions = Regions::default();
        regions.grow(32_768);
        let first = regions.at(0);
        for _ in 0..50 {
            regions.grow(32_768);
        }
        assert_eq!(regions.at(0), first);
        assert_eq!(regions.at(51), None);
        assert_eq!(regions.count(), 51);
    }
}
