//! The only chance of the simulator: a seeded generator (SplitMix64). Same seed, same draws, on
//! every machine (I14).

/// A seeded generator.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A generator for a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator of the n-th episode of a seed: no need to draw those before it.
    pub const fn nth(seed: u64, n: u64) -> Self {
        Self(seed.wrapping_add(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// A generator of its own for a part, so that drawing more in one part moves no other.
    pub fn fork(&mut self, part: u64) -> Self {
        Self(self.draw() ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number under `limit` (0 when the limit is 0).
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.draw() % limit }
    }

    /// A number between two, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0);
        let drawn = self.below(width.saturating_add(1));
        low.saturating_add(i64::try_from(drawn).unwrap_or(0))
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, chances: u64) -> bool {
        self.below(100) < chances
    }

    /// One of a list; `None` when it is empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let index = self.below(u64::try_from(list.len()).unwrap_or(0));
        list.get(usize::try_from(index).unwrap_or(0))
    }
}

/// FNV-1a over text: the hash of a trace.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let draws = |seed| {
            let mut rng = Rng::new(seed);
            (0..100).map(|_| rng.draw()).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn bounds_are_kept_and_reached() {
        let mut rng = Rng::new(1);
        let drawn: Vec<_> = (0..1_000).map(|_| rng.between(-2, 2)).collect();
        assert!(drawn.iter().all(|n| (-2..=2).contains(n)));
        assert!(drawn.contains(&-2) && drawn.contains(&2));
        assert_eq!(rng.below(0), 0);
    }
}
