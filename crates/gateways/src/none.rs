//! The gateway of a channel nobody configured: it refuses visibly, so that no message is believed
//! sent.

use crate::gateway::{About, Accepted, Failure, Gateway};
use crate::message::{Channel, Outgoing};

/// Nothing configured for this channel.
#[derive(Debug, Clone, Copy)]
pub struct Unconfigured(pub Channel);

impl Gateway for Unconfigured {
    fn about(&self) -> About {
        About {
            name: "none",
            channel: self.0,
            receipts: false,
            replies: false,
            idempotent: true,
            max_len: None,
        }
    }

    fn send(&self, _: &Outgoing) -> Result<Accepted, Failure> {
        Err(Failure::Misconfigured { channel: self.0 })
    }
}
