//! A provider that says yes and delivers nothing: nobody hears of it but by the receipts that do not come.
//! It is doubted after a run of silences, the next provider goes first, and one message now and then sees
//! whether it delivers again.
//!
//! What it took stays its own: nothing is sent a second time by another because of a doubt (I7).

use crate::time::{Duration, Instant};

/// A receipt is waited for this long before its absence says anything: operators take seconds, a telephone
/// in a tunnel takes minutes.
pub const PATIENCE: Duration = Duration::minutes(5);

/// Messages in a row that did not arrive, before a provider is doubted.
pub const RUN: usize = 5;

/// Different readers among them: one telephone switched off is not the provider.
pub const READERS: usize = 3;

/// How often one message sees whether a doubted provider delivers again.
pub const TRIAL_EVERY: Duration = Duration::minutes(10);

/// What is older says nothing of today: after this long without news a provider is trusted again.
pub const LOOK_BACK: Duration = Duration::hours(6);

/// A message a provider took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handed<R> {
    /// When.
    pub at: Instant,
    /// What became of it.
    pub news: News,
    /// Who reads it: the same for the same person.
    pub reader: R,
}

/// What a provider said of a message it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    None,
    /// It arrived.
    Arrived,
    /// It never will.
    Lost,
}

/// Whether anything can be said of a message: what is fresh may still arrive.
pub fn is_said(at: Instant, news: News, now: Instant) -> bool {
    news != News::None || now.since(at) >= PATIENCE
}

/// What is thought of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trust {
    /// It delivers, or too little is known.
    #[default]
    Trusted,
    /// What it took does not arrive.
    Doubted {
        /// When it took the first message of the run that did not arrive.
        since: Instant,
        /// Length of the run, as far as it was looked at.
        run: u32,
        /// From then on one message may see whether it delivers again.
        trial_at: Instant,
    },
}

impl Trust {
    /// Judges the latest messages a provider took of which something can be said ([`is_said`]), newest first;
    /// `latest` is when it took its latest message, whatever is said of it.
    pub fn judge<R: Ord>(handed: &[Handed<R>], latest: Option<Instant>, now: Instant) -> Self {
        let recent = handed.iter().filter(|one| now.since(one.at) <= LOOK_BACK);
        // What may still arrive says nothing yet.
        let said = recent.filter(|one| is_said(one.at, one.news, now));
        let run: Vec<_> = said.take_while(|one| one.news != News::Arrived).collect();
        let mut readers: Vec<_> = run.iter().map(|one| &one.reader).collect();
        readers.sort_unstable();
        readers.dedup();
        match (run.last(), latest) {
            (Some(first), Some(latest)) if run.len() >= RUN && readers.len() >= READERS => {
                Self::Doubted {
                    since: first.at,
                    run: u32::try_from(run.len()).unwrap_or(u32::MAX),
                    trial_at: latest + TRIAL_EVERY,
                }
            }
            _ => Self::Trusted,
        }
    }

    /// Whether a message goes by it before a provider that is trusted: it does when nothing speaks against
    /// it, or as a trial, if silence about this message would be noticed.
    pub fn comes_first(self, noticed: bool, now: Instant) -> bool {
        match self {
            Self::Trusted => true,
            Self::Doubted { trial_at, .. } => noticed && trial_at <= now,
        }
    }

    /// A message was handed over: no other trial for a while.
    #[must_use]
    pub fn handed(self, now: Instant) -> Self {
        match self {
            Self::Trusted => Self::Trusted,
            Self::Doubted { since, run, .. } => Self::Doubted {
                since,
                run,
                trial_at: now + TRIAL_EVERY,
            },
        }
    }

    /// Since when it is doubted.
    pub const fn since(self) -> Option<Instant> {
        match self {
            Self::Trusted => None,
            Self::Doubted { since, .. } => Some(since),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    fn ago(minutes: i64) -> Instant {
        NOW - Duration::minutes(minutes)
    }

    fn handed(minutes: i64, news: News, reader: u8) -> Handed<u8> {
        let at = ago(minutes);
        Handed { at, news, reader }
    }

    fn silent(count: u8, from: i64) -> Vec<Handed<u8>> {
        (0..count)
            .map(|n| handed(from + i64::from(n), News::None, n))
            .collect()
    }

    fn judge(handed: &[Handed<u8>]) -> Trust {
        Trust::judge(handed, handed.first().map(|one| one.at), NOW)
    }

    #[test]
    fn five_messages_to_three_people_without_a_word_are_a_doubt() {
        let doubt = judge(&silent(5, 6));
        let expected = Trust::Doubted {
            since: ago(10),
            run: 5,
            trial_at: ago(6) + TRIAL_EVERY,
        };
        assert_eq!(doubt, expected);
        assert_eq!(judge(&silent(4, 6)), Trust::Trusted);
        assert_eq!(judge(&silent(9, 1)), doubt_of(9, 1), "some are too fresh");
        let one_phone: Vec<_> = (0..20).map(|n| handed(6 + n, News::None, 7)).collect();
        assert_eq!(judge(&one_phone), Trust::Trusted);
    }

    /// The five of nine that are old enough.
    fn doubt_of(count: i64, from: i64) -> Trust {
        Trust::Doubted {
            since: ago(from + count - 1),
            run: 5,
            trial_at: ago(from) + TRIAL_EVERY,
        }
    }

    #[test]
    fn refusals_of_everything_are_a_doubt_at_once_and_one_arrival_ends_it() {
        let lost = [0, 1, 2, 3, 4].map(|n| handed(i64::from(n), News::Lost, n));
        assert!(judge(&lost).since().is_some());
        let mut arrived = lost.to_vec();
        arrived.insert(0, handed(0, News::Arrived, 9));
        assert_eq!(judge(&arrived), Trust::Trusted);
        let mut before = silent(5, 6);
        before[2].news = News::Arrived;
        assert_eq!(judge(&before), Trust::Trusted, "not in a row");
    }

    #[test]
    fn a_doubted_provider_gets_one_noticed_message_every_ten_minutes() {
        let doubt = judge(&silent(5, 11));
        assert!(doubt.comes_first(true, NOW));
        assert!(!doubt.comes_first(false, NOW), "nobody would notice");
        let tried = doubt.handed(NOW);
        assert!(!tried.comes_first(true, NOW + Duration::minutes(9)));
        assert!(tried.comes_first(true, NOW + TRIAL_EVERY));
    }

    #[test]
    fn yesterday_is_forgotten() {
        assert_eq!(judge(&silent(20, 361)), Trust::Trusted);
    }

    /// A provider that swallows everything for a while, then delivers again, under steady traffic: how many
    /// messages it swallowed, and how long it stayed doubted after it delivered again.
    fn swallowed(gap_seconds: i64, lies_until: i64, end: i64) -> (usize, i64) {
        let mut taken: Vec<Handed<usize>> = Vec::new();
        let (mut trust, mut lost, mut back_at) = (Trust::default(), 0, None);
        for n in 0..(end * 60 / gap_seconds) {
            let now = NOW + Duration::seconds(n * gap_seconds);
            let newest = taken.iter().rev();
            let said = newest.filter(|one| is_said(one.at, one.news, now));
            let said: Vec<_> = said.take(20).copied().collect();
            let judged = Trust::judge(&said, taken.last().map(|one| one.at), now);
            trust = match (judged, trust) {
                // What was handed over meanwhile is known here too.
                (Trust::Doubted { .. }, Trust::Doubted { trial_at, .. }) if trial_at > now => trust,
                (judged, _) => judged,
            };
            let lies = now.since(NOW) < Duration::minutes(lies_until);
            if !lies && trust == Trust::Trusted && back_at.is_none() {
                back_at = Some(now.since(NOW).as_millis() / 60_000 - lies_until);
            }
            if trust.comes_first(true, now) {
                let news = if lies { News::None } else { News::Arrived };
                lost += usize::from(lies);
                // Not by the clock: every trial would be to the same person.
                let reader = taken.len() % 50;
                taken.push(Handed {
                    at: now,
                    news,
                    reader,
                });
                trust = trust.handed(now);
            }
        }
        (lost, back_at.unwrap_or(i64::MAX))
    }

    proptest! {
        #[test]
        fn what_a_liar_swallows_is_bounded_and_it_is_come_back_to(
            gap in 5_i64..120, hours in 1_i64..5,
        ) {
            let (lost, back) = swallowed(gap, hours * 60, hours * 60 + 60);
            // What leaves during the patience and the run, then one every ten minutes.
            let before = usize::try_from(5 * 60 / gap).unwrap() + RUN + 1;
            let trials = usize::try_from(hours * 6).unwrap() + 1;
            prop_assert!(lost <= before + trials, "{lost} lost, {before} + {trials} allowed");
            prop_assert!(back <= 13, "doubted {back} minutes after it delivered again");
        }

        #[test]
        fn one_arrival_among_the_last_five_is_trust(
            news in proptest::collection::vec(0_u8..3, 0..20), arrived in 0_usize..5,
        ) {
            let mut all: Vec<_> = news.iter().enumerate().map(|(n, said)| {
                let said = [News::None, News::Arrived, News::Lost][usize::from(*said)];
                handed(6 + n as i64, said, n as u8)
            }).collect();
            if let Some(one) = all.get_mut(arrived) {
                one.news = News::Arrived;
                prop_assert_eq!(judge(&all), Trust::Trusted);
            }
        }
    }
}
