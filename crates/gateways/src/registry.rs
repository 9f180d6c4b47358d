//! Which provider carries which channel. Exactly one each, so that a channel without a provider
//! fails visibly instead of silently.

use crate::fake::FakeWorld;
use crate::gateway::{About, Accepted, Failure, Gateway};
use crate::guard::State;
use crate::mail::FakeMail;
use crate::message::{Channel, Outgoing};
use crate::mssante::FakeMssante;
use crate::none::Unconfigured;
use crate::push::{FakePush, Subscription};
use crate::sms::FakeSms;
use crate::voice::FakeVoice;
use relais_core::delivery::Trust;
use relais_core::time::Instant;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One provider per channel.
#[derive(Clone)]
pub struct Gateways(BTreeMap<Channel, Arc<dyn Gateway>>);

impl Gateways {
    /// No provider at all: every message fails as misconfigured.
    pub fn none() -> Self {
        let every = Channel::ALL.iter().copied();
        Self(
            every
                .map(|c| (c, Arc::new(Unconfigured(c)) as Arc<dyn Gateway>))
                .collect(),
        )
    }

    /// The fake phones and mailboxes of the demonstration and of tests.
    pub fn fake(world: &Arc<FakeWorld>) -> Self {
        Self::none()
            .with(Arc::new(FakePush::new(world.clone())))
            .with(Arc::new(FakeSms::new(world.clone())))
            .with(Arc::new(FakeMail::new(world.clone())))
            .with(Arc::new(FakeVoice::new(world.clone())))
            .with(Arc::new(FakeMssante::new(world.clone())))
    }

    /// The same, with this provider for the channel it says it carries.
    #[must_use]
    pub fn with(mut self, gateway: Arc<dyn Gateway>) -> Self {
        self.0.insert(gateway.about().channel, gateway);
        self
    }

    /// What carries a channel.
    pub fn about(&self, channel: Channel) -> About {
        match self.0.get(&channel) {
            Some(gateway) => gateway.about(),
            None => Unconfigured(channel).about(),
        }
    }

    /// Every channel with what carries it, for `relais doctor` and the settings page.
    pub fn all(&self) -> impl Iterator<Item = About> + '_ {
        Channel::ALL.iter().map(|channel| self.about(*channel))
    }

    /// Whether a channel has a provider.
    pub fn is_configured(&self, channel: Channel) -> bool {
        self.about(channel).name != Unconfigured(channel).about().name
    }

    /// Most messages a channel is given at once; zero when it answers in this process.
    pub fn in_flight(&self, channel: Channel) -> usize {
        self.0.get(&channel).map_or(0, |g| g.in_flight())
    }

    /// Until when nobody may be asked to carry a channel; `None` when somebody may.
    pub fn held_until(&self, channel: Channel, now: Instant) -> Option<Instant> {
        self.0.get(&channel).and_then(|g| g.held_until(now))
    }

    /// Whether notifications go to the browsers people subscribed, and not to a number.
    pub fn takes_subscriptions(&self, channel: Channel) -> bool {
        self.0
            .get(&channel)
            .is_some_and(|g| g.takes_subscriptions())
    }

    /// Why a browser could never be written to; `None` when it can.
    pub fn refuses(&self, subscription: &Subscription) -> Option<&'static str> {
        let push = self.0.get(&Channel::Push);
        push.map_or(Some("push-not-ours"), |g| g.refuses(subscription))
    }

    /// Endpoints of browsers that are no more, since the last call: to be forgotten.
    pub fn take_gone(&self, channel: Channel) -> Vec<String> {
        self.0
            .get(&channel)
            .map(|g| g.take_gone())
            .unwrap_or_default()
    }

    /// How the providers of a channel stand, in the order they are tried.
    pub fn states(&self, channel: Channel) -> Vec<State> {
        self.0.get(&channel).map(|g| g.states()).unwrap_or_default()
    }

    /// From now on providers listen too.
    pub fn start(&self) {
        for gateway in self.0.values() {
            gateway.start();
        }
    }

    /// What is thought of a provider of a channel, by its name.
    pub fn think(&self, channel: Channel, provider: &str, trust: Trust) {
        if let Some(gateway) = self.0.get(&channel) {
            gateway.think(provider, trust);
        }
    }

    /// Hands a message to the provider of its channel.
    ///
    /// # Errors
    /// The provider's [`Failure`]; [`Failure::Misconfigured`] without a provider.
    pub fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let channel = outgoing.channel;
        let answer = match self.0.get(&channel) {
            Some(gateway) => gateway.send(outgoing),
            None => Unconfigured(channel).send(outgoing),
        };
        if let Err(failure) = answer.as_ref()
            && !matches!(failure, Failure::Held { .. })
        {
            tracing::warn!(
                channel = channel.code(),
                key = %outgoing.idempotency_key,
                code = failure.code(),
                "message not taken by the gateway"
            );
        }
        answer
    }
}
