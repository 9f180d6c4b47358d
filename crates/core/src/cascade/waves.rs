//! Waves (R4.3): in which order those who may be asked go out, and how many at a time. Owns the one formula; refuses to
//! remember: what was asked lately is a fact of the pool, the rest is the frozen policy.

use super::policy::{Policy, Waves};
use crate::ids::NetworkId;
use crate::matching::{Pool, Verdict, turn};
use crate::people::Lately;

/// So many settled solicitations make a rate worth believing; under it a wave has its fixed size.
pub const SETTLED_ENOUGH: u32 = 50;

/// Puts those who may be asked in turn, and says how many of them this wave asks.
pub(super) fn first_in_turn(
    policy: &Policy,
    waves: Waves,
    eligible: &mut [(NetworkId, Verdict)],
    pool: &Pool<'_>,
) -> usize {
    let looked = policy.looks_back().is_some();
    let lately = |verdict: &Verdict| {
        let found = pool.lately.get(&verdict.professional);
        found.copied().filter(|_| looked).unwrap_or_default()
    };
    eligible.sort_by_key(|(_, verdict)| turn(verdict, lately(verdict)));
    wave_size(waves, eligible.iter().map(|(_, verdict)| lately(verdict)))
}

/// How many a wave asks, of those who may still be asked: the fixed size, or as many as it takes for the answers wanted
/// at the rate observed among them, between those wanted and the most. With too little settled, the fixed size; with
/// enough settled and no answer at all, the most.
///
/// Asked 120 times to the end of the window, they answered 40 times: two answers take six people.
pub fn wave_size(waves: Waves, waiting: impl Iterator<Item = Lately>) -> usize {
    let fixed = usize::from(waves.size.max(1));
    let Some(by) = waves.by_answers else {
        return fixed;
    };
    let (settled, answered) = waiting.fold((0_u32, 0_u32), |(settled, answered), one| {
        (
            settled.saturating_add(u32::from(one.settled)),
            answered.saturating_add(u32::from(one.answered.min(one.settled))),
        )
    });
    if settled < SETTLED_ENOUGH {
        return fixed;
    }
    let wanted = u32::from(by.wanted.max(1));
    let most = u32::from(by.most).max(wanted);
    let needed = match answered {
        0 => most,
        some => wanted.saturating_mul(settled).div_ceil(some),
    };
    usize::try_from(needed.clamp(wanted, most)).unwrap_or(fixed)
}

#[cfg(test)]
mod tests {
    use super::super::policy::ByAnswers;
    use super::*;
    use proptest::prelude::*;

    fn waves(by_answers: Option<(u16, u16)>) -> Waves {
        Waves {
            size: 5,
            interval_minutes: 10,
            by_answers: by_answers.map(|(wanted, most)| ByAnswers { wanted, most }),
        }
    }

    /// So many people, each with as many settled and answered.
    fn people(count: usize, settled: u16, answered: u16) -> impl Iterator<Item = Lately> {
        let one = Lately {
            asked: settled,
            settled,
            answered,
        };
        std::iter::repeat_n(one, count)
    }

    #[test]
    fn a_wave_is_as_large_as_the_answers_wanted_need() {
        let by = waves(Some((2, 12)));
        assert_eq!(wave_size(by, people(10, 12, 4)), 6, "one in three answers");
        assert_eq!(wave_size(by, people(10, 12, 12)), 2, "everybody answers");
        assert_eq!(
            wave_size(by, people(10, 12, 1)),
            12,
            "no more than the most"
        );
        assert_eq!(wave_size(by, people(10, 12, 0)), 12, "nobody ever answers");
        assert_eq!(wave_size(by, people(4, 12, 12)), 5, "48 say nothing yet");
        assert_eq!(wave_size(by, people(0, 0, 0)), 5);
        assert_eq!(wave_size(waves(None), people(10, 12, 4)), 5, "off");
    }

    proptest! {
        /// Between the answers wanted and the most, whatever was observed; and never smaller when fewer answer.
        #[test]
        fn a_size_stays_in_its_bounds_and_follows_silence(
            wanted in 0_u16..20, most in 0_u16..500, each in 0_u16..60, count in 0_usize..40, answered in 0_u16..60
        ) {
            let by = waves(Some((wanted, most)));
            let low = usize::from(wanted.max(1));
            let high = usize::from(most).max(low);
            let size = |answered: u16| wave_size(by, people(count, each, answered));
            let held = size(answered);
            let known = u32::from(each) * u32::try_from(count).unwrap() >= SETTLED_ENOUGH;
            if known {
                prop_assert!((low..=high).contains(&held));
                prop_assert!(size(answered.saturating_sub(1)) >= held);
            } else {
                prop_assert_eq!(held, 5);
            }
        }
    }
}
