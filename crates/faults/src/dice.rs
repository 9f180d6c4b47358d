//! Chance by seed: the same seed throws the same dice on every machine. Refuses any other source.

/// A small generator (SplitMix64): good enough to choose faults, never for secrets.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// Sixty-four bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number under `limit`; 0 when the limit is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.bits() % limit }
    }

    /// True `times` times in `of`.
    pub fn chance(&mut self, times: u64, of: u64) -> bool {
        self.below(of) < times
    }

    /// An index of a list of that length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_throws_the_same() {
        let (mut a, mut b) = (Dice::new(7), Dice::new(7));
        let throws: Vec<u64> = (0..40).map(|_| a.below(6)).collect();
        assert_eq!(throws, (0..40).map(|_| b.below(6)).collect::<Vec<_>>());
        let faces: std::collections::BTreeSet<u64> = throws.into_iter().collect();
        assert!(faces.len() >= 4, "{faces:?}");
        assert_eq!(a.below(0), 0);
    }
}
