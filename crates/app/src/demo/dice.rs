//! The demonstration's own chance: seeded, the same on every machine (I14). Never a source of
//! secrets: tokens and keys come from elsewhere.

/// A xoshiro256** generator.
#[derive(Debug, Clone)]
pub(super) struct Dice([u64; 4]);

/// One step of splitmix64: spreads a seed over the state.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Dice {
    /// Dice for one purpose: drawing more of one thing does not change the others.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let mut state = purpose.bytes().fold(seed, |hash, byte| {
            (hash ^ u64::from(byte))
                .wrapping_mul(0x0100_0000_01b3)
                .rotate_left(17)
        });
        Self(std::array::from_fn(|_| splitmix(&mut state)))
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// The 128 bits of an id: 48 of the given milliseconds, 80 of chance.
    pub(super) fn id_bits(&mut self, millis: i64) -> u128 {
        let time = u128::from(u64::try_from(millis).unwrap_or(0)) << 80;
        time | (u128::from(self.next() >> 48) << 64) | u128::from(self.next())
    }

    /// A number below `bound` (0 when the bound is 0).
    pub(super) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        let wide = u128::from(self.next()) * bound as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(super) fn pick<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        &several[self.below(several.len())]
    }

    /// The index of one of several, by weight; 0 when every weight is 0.
    pub(super) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// Shuffles in place.
    pub(super) fn shuffle<T>(&mut self, several: &mut [T]) {
        for last in (1..several.len()).rev() {
            several.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_and_purpose_give_the_same_draws() {
        let draw = |seed, purpose| {
            let mut dice = Dice::new(seed, purpose);
            (0..50).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, "names"), draw(7, "names"));
        assert_ne!(draw(7, "names"), draw(8, "names"));
        assert_ne!(draw(7, "names"), draw(7, "phones"));
    }

    #[test]
    fn draws_follow_their_weights() {
        let mut dice = Dice::new(1, "weights");
        let mut counts = [0_usize; 3];
        for _ in 0..10_000 {
            counts[dice.weighted(&[1, 0, 3])] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((2_200..2_800).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn a_shuffle_keeps_everything() {
        let mut several: Vec<_> = (0..100).collect();
        Dice::new(3, "shuffle").shuffle(&mut several);
        assert_ne!(several, (0..100).collect::<Vec<_>>());
        several.sort_unstable();
        assert_eq!(several, (0..100).collect::<Vec<_>>());
    }
}
