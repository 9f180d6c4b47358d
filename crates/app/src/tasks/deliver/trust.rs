//! Whether what providers take arrives, judged from what is written down: every process comes to the same
//! opinion, and none is lost with it. The rule is `core::delivery`'s.

use crate::app::App;
use crate::error::AppError;
use relais_core::delivery::{Handed, LOOK_BACK, News, PATIENCE, Trust};
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::messages;
use std::sync::PoisonError;

/// How often it is judged.
const EVERY: Duration = Duration::seconds(15);

/// How many of the latest messages are looked at.
const LATEST: u32 = 20;

/// A provider whose messages do not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubted {
    /// What it carries.
    pub channel: Channel,
    /// Its name in the configuration.
    pub provider: &'static str,
    /// When it took the first message of those that did not arrive.
    pub since: Instant,
    /// How many in a row, as far as was looked.
    pub run: u32,
    /// Nobody else carries the channel better.
    pub alone: bool,
}

impl App {
    /// Judges the providers that bring receipts, now and then.
    pub(super) async fn judge_providers(&self) -> Result<(), AppError> {
        let watched = self.outside().receipted.clone();
        let now = self.now();
        if watched.is_empty() || !self.is_time_to_judge(now) {
            return Ok(());
        }
        let judged = self
            .read(move |_, tx| {
                let mut judged = Vec::with_capacity(watched.len());
                for &(channel, provider) in &watched {
                    let (code, since, fresh) = (channel.code(), now - LOOK_BACK, now - PATIENCE);
                    let latest = messages::find_latest_taken(tx, code, provider)?;
                    let taken = messages::list_taken(tx, (code, provider), since, fresh, LATEST)?;
                    let handed: Vec<_> = taken
                        .into_iter()
                        .map(|one| Handed {
                            at: one.at,
                            news: match (one.delivered_at, one.refused_at) {
                                (Some(_), _) => News::Arrived,
                                (None, Some(_)) => News::Lost,
                                (None, None) => News::None,
                            },
                            reader: one.reader,
                        })
                        .collect();
                    judged.push((channel, provider, Trust::judge(&handed, latest, now)));
                }
                Ok(judged)
            })
            .await?;
        for (channel, provider, trust) in judged {
            self.outside().gateways.think(channel, provider, trust);
        }
        Ok(())
    }

    fn is_time_to_judge(&self, now: Instant) -> bool {
        let judged = &self.0.watch.judged;
        let mut last = judged.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|at| now < at || now.since(at) >= EVERY);
        if due {
            *last = Some(now);
        }
        due
    }

    /// The providers whose messages do not arrive, as this process last judged.
    pub fn doubted_providers(&self) -> Vec<Doubted> {
        let mut all = Vec::new();
        for channel in Channel::ALL {
            let states = self.outside().gateways.states(*channel);
            let alone = states
                .iter()
                .all(|state| state.trust.since().is_some() || state.circuit.since().is_some());
            for state in states {
                if let Trust::Doubted { since, run, .. } = state.trust {
                    all.push(Doubted {
                        channel: *channel,
                        provider: state.provider,
                        since,
                        run,
                        alone,
                    });
                }
            }
        }
        all
    }
}
