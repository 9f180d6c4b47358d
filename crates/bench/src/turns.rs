//! A B A B: reference and program in turn, so that what the machine does meanwhile weighs on both.

use crate::stats::Spread;

/// What each turn measured, same unit on both sides.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// The program's figures.
    pub(crate) program: Vec<f64>,
    /// The reference's, pair by pair.
    pub(crate) reference: Vec<f64>,
}

impl Turns {
    /// Program over reference, pair by pair.
    pub(crate) fn ratio(&self) -> Spread {
        let pairs = self.program.iter().zip(&self.reference);
        Spread::of(&pairs.map(|(a, b)| a / b).collect::<Vec<_>>())
    }
}

/// Measures the reference, then the program, `pairs` times.
pub(crate) async fn in_turn(
    pairs: usize,
    mut reference: impl AsyncFnMut(usize) -> anyhow::Result<f64>,
    mut program: impl AsyncFnMut(usize) -> anyhow::Result<f64>,
) -> anyhow::Result<Turns> {
    let mut turns = Turns::default();
    for pair in 0..pairs {
        turns.reference.push(reference(pair).await?);
        turns.program.push(program(pair).await?);
    }
    Ok(turns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_taken_pair_by_pair() {
        let turns = Turns {
            program: vec![10.0, 40.0, 9.0],
            reference: vec![10.0, 20.0, 3.0],
        };
        let ratio = turns.ratio();
        assert_eq!((ratio.median, ratio.min, ratio.max), (2.0, 1.0, 3.0));
    }
}
