//! Fake text messages: a phone of the fake world that tells when it received one, and answers.

use crate::fake::FakeWorld;
use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::message::{Channel, Outgoing};
use crate::sms::segments;
use std::sync::Arc;

/// Longest message taken, segments: beyond, something is wrong with the text.
const MAX_PARTS: usize = 4;

/// The fake provider of this channel.
pub struct FakeSms(Arc<FakeWorld>);

impl FakeSms {
    /// A provider that delivers into this world.
    pub const fn new(world: Arc<FakeWorld>) -> Self {
        Self(world)
    }
}

impl Gateway for FakeSms {
    fn about(&self) -> About {
        About {
            name: "fake",
            channel: Channel::Sms,
            receipts: true,
            replies: true,
            idempotent: true,
            max_len: Some(MAX_PARTS * 153),
        }
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let about = self.about();
        check(&about, outgoing)?;
        if segments(&outgoing.text).count() > MAX_PARTS {
            let code = "too-long".to_owned();
            return Err(Failure::Never { code });
        }
        self.0.deliver(&about, outgoing)
    }
}
