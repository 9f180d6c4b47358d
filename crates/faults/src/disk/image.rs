//! One file as a disk has it: what a reader sees, what a sync has made durable, and the changes in
//! between. Owns what a power cut and a failed sync do to it; knows nothing of SQLite.

use crate::dice::Dice;

/// What a disk writes whole or not at all, in bytes.
const SECTOR: usize = 512;

/// A change that no sync has covered yet.
#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => write(to, *at, bytes),
            Change::Truncate(length) => to.resize(*length, 0),
        }
    }
}

fn write(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if to.len() < end {
        // What lies between is a hole: it reads as zeros.
        to.resize(end, 0);
    }
    to[at..end].copy_from_slice(bytes);
}

/// What a power cut did, for the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Damage {
    /// Changes that reached the disk without a sync.
    pub(super) kept: u64,
    /// Changes that did not.
    pub(super) lost: u64,
    /// Writes of which only some sectors did.
    pub(super) torn: u64,
    /// Changes kept although an earlier one was lost.
    pub(super) reordered: u64,
}

/// A file.
#[derive(Debug, Clone, Default)]
pub(super) struct Image {
    live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
    /// Whether the folder durably knows the name.
    pub(super) named: bool,
}

impl Image {
    pub(super) fn len(&self) -> usize {
        self.live.len()
    }

    /// Fills `out` from `at`; answers how many bytes there were.
    pub(super) fn read(&self, at: usize, out: &mut [u8]) -> usize {
        let there = self.live.len().saturating_sub(at).min(out.len());
        if there > 0 {
            out[..there].copy_from_slice(&self.live[at..at + there]);
        }
        there
    }

    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) {
        let change = Change::Write {
            at,
            bytes: bytes.to_vec(),
        };
        change.apply(&mut self.live);
        self.pending.push(change);
    }

    pub(super) fn truncate(&mut self, length: usize) {
        let change = Change::Truncate(length);
        change.apply(&mut self.live);
        self.pending.push(change);
    }

    /// A sync that worked: everything written since the last one is durable.
    pub(super) fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
        self.named = true;
    }

    /// A sync that failed, as kernels do it: what did not reach the disk is still seen by readers and
    /// counts as clean, so that no later sync writes it.
    pub(super) fn sync_failed(&mut self, dice: &mut Dice) {
        let all = dice.chance(1, 2);
        for change in self.pending.drain(..) {
            if !all && dice.chance(1, 2) {
                change.apply(&mut self.durable);
            }
        }
    }

    /// The power goes: what was synced stays; of the rest some sectors do, in no particular order.
    pub(super) fn cut(&mut self, dice: &mut Dice) -> Damage {
        let mut damage = Damage::default();
        // How many of ten un-synced changes reach the disk: none, all, or something in between.
        let share = [0, 10, 5, 8, 2][dice.index(5)];
        for change in std::mem::take(&mut self.pending) {
            if !dice.chance(share, 10) {
                damage.lost += 1;
                continue;
            }
            damage.kept += 1;
            damage.reordered += u64::from(damage.lost > 0);
            match &change {
                Change::Write { at, bytes } if dice.chance(1, 3) => {
                    damage.torn += u64::from(tear(&mut self.durable, *at, bytes, dice));
                }
                whole => whole.apply(&mut self.durable),
            }
        }
        self.live.clone_from(&self.durable);
        damage
    }
}

/// Writes some of the sectors that a write covers; answers whether one was left out.
fn tear(to: &mut Vec<u8>, at: usize, bytes: &[u8], dice: &mut Dice) -> bool {
    let mut torn = false;
    let mut from = 0;
    while from < bytes.len() {
        let step = (SECTOR - (at + from) % SECTOR).min(bytes.len() - from);
        if dice.chance(1, 2) {
            write(to, at + from, &bytes[from..from + step]);
        } else {
            torn = true;
        }
        from += step;
    }
    torn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(image: &Image) -> Vec<u8> {
        let mut out = vec![0; image.len()];
        image.read(0, &mut out);
        out
    }

    #[test]
    fn what_was_synced_survives_any_cut() {
        for seed in 0..200 {
            let mut image = Image::default();
            image.write(0, &[1; 2000]);
            image.sync();
            image.write(2000, &[2; 2000]);
            image.cut(&mut Dice::new(seed));
            assert_eq!(seen(&image)[..2000], [1; 2000]);
        }
    }

    #[test]
    fn a_cut_tears_at_sectors_and_reorders() {
        let (mut torn, mut reordered, mut kept, mut lost) = (0, 0, 0, 0);
        for seed in 0..200 {
            let mut image = Image::default();
            image.write(0, &[0; 4096]);
            image.sync();
            for at in 0..4 {
                image.write(at * 1024, &[1; 1024]);
            }
            let damage = image.cut(&mut Dice::new(seed));
            torn += damage.torn;
            reordered += damage.reordered;
            kept += damage.kept;
            lost += damage.lost;
            let bytes = seen(&image);
            for sector in bytes.chunks(512) {
                assert!(sector.iter().all(|b| *b == sector[0]), "a sector is whole");
            }
        }
        assert!(torn > 20 && reordered > 20 && kept > 100 && lost > 100);
    }

    #[test]
    fn what_a_failed_sync_forgot_is_seen_and_never_durable() {
        let mut forgotten = 0;
        for seed in 0..50 {
            let mut dice = Dice::new(seed);
            let mut image = Image::default();
            image.write(0, b"old");
            image.sync();
            image.write(0, b"new");
            image.sync_failed(&mut dice);
            assert_eq!(seen(&image), b"new");
            image.sync();
            image.cut(&mut dice);
            forgotten += u32::from(seen(&image) == b"old");
            // Written again, it is as durable as anything.
            image.write(0, b"new");
            image.sync();
            image.cut(&mut dice);
            assert_eq!(seen(&image), b"new");
        }
        assert!(forgotten > 20);
    }

    #[test]
    fn a_hole_reads_as_zeros_and_a_short_file_says_so() {
        let mut image = Image::default();
        image.write(4, b"x");
        assert_eq!(seen(&image), [0, 0, 0, 0, b'x']);
        let mut out = [9; 8];
        assert_eq!(image.read(3, &mut out), 2);
        assert_eq!(image.read(50, &mut out), 0);
        image.truncate(1);
        assert_eq!(image.len(), 1);
    }
}
