//! The providers of one channel, in order, each behind its circuit: one that does not answer is
//! left alone, and the next one carries what nobody has taken. One that takes everything and delivers
//! nothing is doubted (`core::delivery`): the others go first, and one message now and then tries it.
//!
//! Refuses to hand a message to a second provider while the first may have taken it: two providers
//! do not know each other's keys, and somebody would be told twice (I7).

use crate::gateway::{About, Accepted, Failure, Gateway};
use crate::message::Outgoing;
use crate::push::Subscription;
use relais_core::delivery::{Circuit, Pass, Trust};
use relais_core::time::Instant;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a provider stands, for the people who run the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its name in the configuration.
    pub provider: &'static str,
    /// Whether messages go, and since when they do not.
    pub circuit: Circuit,
    /// Code of its last failure; `None` once it took a message again.
    pub last_code: Option<String>,
    /// Whether what it takes arrives.
    pub trust: Trust,
}

/// The providers of one channel.
pub struct Guard {
    providers: Vec<Provider>,
    now: Box<dyn Fn() -> Instant + Send + Sync>,
    spread_permille: Box<dyn Fn() -> u16 + Send + Sync>,
}

struct Provider {
    gateway: Arc<dyn Gateway>,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    circuit: Circuit,
    calls: BTreeMap<u64, Instant>,
    next_call: u64,
    last_good: Option<Instant>,
    last_code: Option<String>,
    trust: Trust,
}

impl Inside {
    /// The oldest call without an answer, unless another was answered since it began.
    fn oldest_call(&self) -> Option<Instant> {
        let oldest = self.calls.values().min().copied();
        oldest.filter(|began| self.last_good.is_none_or(|good| good <= *began))
    }

    fn pass(&self, now: Instant) -> Pass {
        self.circuit.ask(now, self.oldest_call()).1
    }
}

/// A call under way: noted until it ends, even by a panic.
struct Call<'p> {
    provider: &'p Provider,
    number: u64,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.provider.lock().calls.remove(&self.number);
    }
}

impl Provider {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, now: Instant) -> Result<Call<'_>, Instant> {
        let mut inside = self.lock();
        let (circuit, pass) = inside.circuit.ask(now, inside.oldest_call());
        self.moved(&mut inside, circuit);
        match pass {
            Pass::Go => {
                let number = inside.next_call;
                inside.next_call += 1;
                inside.calls.insert(number, now);
                drop(inside);
                Ok(Call {
                    provider: self,
                    number,
                })
            }
            Pass::Wait(until) => Err(until),
        }
    }

    fn heard(&self, answer: &Result<Accepted, Failure>, now: Instant, spread_permille: u16) {
        let mut inside = self.lock();
        let circuit = match answer {
            Err(Failure::Away { .. }) => inside.circuit.failed(now, spread_permille),
            Err(Failure::Later {
                retry_after: Some(wait),
            }) => inside.circuit.asked_to_wait(now, now + *wait),
            Ok(_) | Err(_) => inside.circuit.answered(),
        };
        match answer {
            Err(failure) if failure.is_temporary() => {
                inside.last_code = Some(failure.code().to_owned());
            }
            Ok(_) | Err(_) => {
                inside.last_good = Some(now);
                inside.last_code = None;
            }
        }
        self.moved(&mut inside, circuit);
    }

    fn moved(&self, inside: &mut Inside, circuit: Circuit) {
        let (was, is) = (inside.circuit.since(), circuit.since());
        inside.circuit = circuit;
        let about = self.gateway.about();
        let (provider, channel) = (about.name, about.channel.code());
        let code = inside.last_code.as_deref().unwrap_or("slow");
        match (was, is) {
            (None, Some(_)) => {
                tracing::warn!(channel, provider, code, "provider left alone: no answer");
            }
            (Some(_), None) => tracing::info!(channel, provider, "provider answers again"),
            (None, None) | (Some(_), Some(_)) => {}
        }
    }
}

impl Guard {
    /// Providers of one channel, the preferred one first. `now` is the application's clock,
    /// `spread_permille` draws rests out by so many thousandths.
    ///
    /// # Panics
    /// Without a provider, or with providers of several channels.
    pub fn new(
        providers: Vec<Arc<dyn Gateway>>,
        now: impl Fn() -> Instant + Send + Sync + 'static,
        spread_permille: impl Fn() -> u16 + Send + Sync + 'static,
    ) -> Self {
        let mut channels = providers.iter().map(|p| p.about().channel);
        let first = channels.next();
        assert!(first.is_some(), "a channel without provider has no guard");
        assert!(channels.all(|c| Some(c) == first), "one guard, one channel");
        let each = providers.into_iter().map(|gateway| Provider {
            gateway,
            inside: Mutex::default(),
        });
        Self {
            providers: each.collect(),
            now: Box::new(now),
            spread_permille: Box::new(spread_permille),
        }
    }

    /// The providers of a message, in the order they are asked: in that of the settings, the doubted ones
    /// last. A trial goes by a message whose silence is noticed: a solicitation, which has a next channel.
    fn order<'g>(&'g self, outgoing: &'g Outgoing) -> Vec<&'g Provider> {
        let (now, noticed) = ((self.now)(), outgoing.offer.is_some());
        let mut order: Vec<_> = self.fit(outgoing.only.as_deref()).collect();
        order.sort_by_key(|provider| !provider.lock().trust.comes_first(noticed, now));
        order
    }

    /// Those that may be given a message: one of them only, when it may have it already.
    fn fit<'g>(&'g self, only: Option<&'g str>) -> impl Iterator<Item = &'g Provider> {
        let known = only.is_some_and(|name| self.providers.iter().any(|p| p.is(name)));
        self.providers
            .iter()
            .filter(move |p| !known || only.is_some_and(|name| p.is(name)))
    }
}

impl Provider {
    fn hand(&self, now: Instant) {
        let mut inside = self.lock();
        inside.trust = inside.trust.handed(now);
    }

    fn think(&self, trust: Trust) {
        let mut inside = self.lock();
        let about = self.gateway.about();
        let (provider, channel) = (about.name, about.channel.code());
        match (inside.trust, trust) {
            (Trust::Trusted, Trust::Doubted { run, .. }) => {
                tracing::warn!(channel, provider, run, "provider doubted: nothing arrives");
            }
            (Trust::Doubted { .. }, Trust::Trusted) => {
                tracing::info!(channel, provider, "provider trusted again");
            }
            _ => {}
        }
        inside.trust = match (inside.trust, trust) {
            // A trial of this process that is not written down yet.
            (
                Trust::Doubted { trial_at: ours, .. },
                Trust::Doubted {
                    since,
                    run,
                    trial_at,
                },
            ) => Trust::Doubted {
                since,
                run,
                trial_at: trial_at.max(ours),
            },
            (_, news) => news,
        };
    }

    fn is(&self, name: &str) -> bool {
        self.gateway.about().name == name
    }
}

impl Gateway for Guard {
    fn about(&self) -> About {
        let first = self.providers.first();
        first.map_or_else(|| unreachable!("checked by new"), |p| p.gateway.about())
    }

    fn start(&self) {
        for provider in &self.providers {
            provider.gateway.start();
        }
    }

    fn in_flight(&self) -> usize {
        let each = self.providers.iter().map(|p| p.gateway.in_flight());
        each.max().unwrap_or(0)
    }

    fn held_until(&self, now: Instant) -> Option<Instant> {
        let mut soonest: Option<Instant> = None;
        for provider in &self.providers {
            match provider.lock().pass(now) {
                Pass::Go => return None,
                Pass::Wait(until) => soonest = Some(soonest.map_or(until, |s| s.min(until))),
            }
        }
        soonest
    }

    fn takes_subscriptions(&self) -> bool {
        self.providers
            .iter()
            .any(|p| p.gateway.takes_subscriptions())
    }

    fn refuses(&self, subscription: &Subscription) -> Option<&'static str> {
        let first = self.providers.first();
        first.map_or(Some("push-not-ours"), |p| p.gateway.refuses(subscription))
    }

    fn take_gone(&self) -> Vec<String> {
        let each = self.providers.iter();
        each.flat_map(|p| p.gateway.take_gone()).collect()
    }

    fn think(&self, provider: &str, trust: Trust) {
        if let Some(known) = self.providers.iter().find(|p| p.is(provider)) {
            known.think(trust);
        }
    }

    fn states(&self) -> Vec<State> {
        let each = self.providers.iter().map(|provider| {
            let inside = provider.lock();
            State {
                provider: provider.gateway.about().name,
                circuit: inside.circuit,
                last_code: inside.last_code.clone(),
                trust: inside.trust,
            }
        });
        each.collect()
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let mut held: Option<Instant> = None;
        let mut failure = None;
        for provider in self.order(outgoing) {
            let call = match provider.begin((self.now)()) {
                Ok(call) => call,
                Err(until) => {
                    held = Some(held.map_or(until, |soonest| soonest.min(until)));
                    continue;
                }
            };
            provider.hand((self.now)());
            let answer = provider.gateway.send(outgoing);
            drop(call);
            provider.heard(&answer, (self.now)(), (self.spread_permille)());
            match answer {
                // Surely not taken: the next one may have it at once.
                Err(away @ (Failure::Away { taken_by: None, .. } | Failure::Later { .. })) => {
                    failure = Some(away);
                }
                other => return other,
            }
        }
        match (failure, held) {
            (Some(failure), _) => Err(failure),
            (None, Some(until)) => Err(Failure::Held { until }),
            (None, None) => Err(Failure::Misconfigured {
                channel: outgoing.channel,
            }),
        }
    }
}
