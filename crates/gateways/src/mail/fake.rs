//! Fake mailboxes: no receipt, as with ordinary mail.

use crate::fake::FakeWorld;
use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::message::{Channel, Outgoing};
use std::sync::Arc;

/// The fake provider of this channel.
pub struct FakeMail(Arc<FakeWorld>);

impl FakeMail {
    /// A provider that delivers into this world.
    pub const fn new(world: Arc<FakeWorld>) -> Self {
        Self(world)
    }
}

impl Gateway for FakeMail {
    fn about(&self) -> About {
        About {
            name: "fake",
            channel: Channel::Mail,
            receipts: false,
            replies: false,
            idempotent: true,
            max_len: None,
        }
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let about = self.about();
        check(&about, outgoing)?;
        self.0.deliver(&about, outgoing)
    }
}
