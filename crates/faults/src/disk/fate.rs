//! Whether an operation works, by aim or by chance, and the count of what happened. Knows neither files
//! nor what a failure leaves in them.

use super::state::{Refused, State};
use super::{Odds, Trouble};

/// What has happened to a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Writes that worked.
    pub writes: u64,
    /// Syncs that worked.
    pub syncs: u64,
    /// Operations other than syncs that failed for no reason (EIO).
    pub failed: u64,
    /// Operations that failed for want of space.
    pub full: u64,
    /// Writes that stopped half-way.
    pub short: u64,
    /// Reads that failed.
    pub failed_reads: u64,
    /// Syncs that failed, whatever the reason.
    pub failed_syncs: u64,
    /// Deaths of the process.
    pub kills: u64,
    /// Power cuts.
    pub cuts: u64,
    /// Un-synced changes that a cut kept.
    pub kept: u64,
    /// Un-synced changes that a cut lost.
    pub lost: u64,
    /// Writes that a cut tore.
    pub torn: u64,
    /// Changes that a cut kept although it lost an earlier one.
    pub reordered: u64,
}

/// What is asked of the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Write,
    Sync,
    Other,
}

/// What the disk does with it.
pub(super) enum Fate {
    Works,
    /// Works, and is the last thing that does.
    Dies(Trouble),
    Fails(Trouble),
}

impl State {
    /// Counts an operation and decides what becomes of it.
    pub(super) fn fate(&mut self, kind: Kind) -> Fate {
        self.operations += 1;
        let trouble = match self.aimed {
            Some((at, trouble)) => (at == self.operations).then_some(trouble),
            None => self.throw(),
        };
        match trouble {
            None => Fate::Works,
            Some(Trouble::Fill) => {
                self.filled = true;
                Fate::Works
            }
            Some(how @ (Trouble::Kill | Trouble::Cut)) => Fate::Dies(how),
            // Only a write can stop half-way.
            Some(Trouble::Short) if kind != Kind::Write => Fate::Fails(Trouble::Fail),
            Some(how) => Fate::Fails(how),
        }
    }

    fn throw(&mut self) -> Option<Trouble> {
        let Odds {
            fail, kill, cut, ..
        } = self.odds;
        if fail + kill + cut == 0 {
            return None;
        }
        let thrown = self.dice.below(1_000_000);
        if thrown < fail {
            let ways = [Trouble::Fail, Trouble::Full, Trouble::Short];
            Some(ways[self.dice.index(ways.len())])
        } else if thrown < fail + kill {
            Some(Trouble::Kill)
        } else {
            (thrown < fail + kill + cut).then_some(Trouble::Cut)
        }
    }

    pub(super) fn failed(&mut self, how: Trouble) -> Refused {
        if how == Trouble::Full {
            self.counts.full += 1;
            Refused::Full
        } else {
            self.counts.failed += 1;
            Refused::Io
        }
    }
}
