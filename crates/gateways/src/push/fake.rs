//! Fake notifications: a screen of the fake world where a later one replaces the earlier of its tag.

use crate::fake::FakeWorld;
use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::message::{Channel, Outgoing};
use std::sync::Arc;

/// The fake provider of this channel.
pub struct FakePush(Arc<FakeWorld>);

impl FakePush {
    /// A provider that delivers into this world.
    pub const fn new(world: Arc<FakeWorld>) -> Self {
        Self(world)
    }
}

impl Gateway for FakePush {
    fn about(&self) -> About {
        About {
            name: "fake",
            channel: Channel::Push,
            receipts: true,
            replies: false,
            idempotent: true,
            max_len: Some(1_000),
        }
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let about = self.about();
        check(&about, outgoing)?;
        self.0.deliver(&about, outgoing)
    }
}
