//! The life of one message after it was written down: handed to a gateway, tried again, sent by the
//! next channel, given up in sight of the desk (I7, R7).
//!
//! Owns every length of time of that life, when a provider is left alone or doubted, and what follows from a gateway's answer, a receipt or a
//! silence. Refuses rows, gateways and texts: facts and `now` come in, a [`Decision`] goes out.
//!
//! ```text
//! queued ──claimed──▶ sending ──yes──▶ sent ──receipt──▶ delivered
//!   ▲                   │ later          │ silence, or the provider's no
//!   └───── retry ───────┤                ▼
//!                       └──never──▶ failed ──▶ next channel, else the desk is told
//! queued ──too late──▶ expired      queued ──no longer true──▶ replaced
//! ```

mod circuit;
mod life;
#[cfg(test)]
mod tests_of_r7;
mod trust;

pub use circuit::{Circuit, OPENS_AFTER, OPENS_AFTER_FAILURES, Pass, REST_FIRST, REST_MAX};
pub use life::{Answer, Decision, Facts, Next, Receipt, answered, next_channel, receipt};
pub use trust::{Handed, LOOK_BACK, News, PATIENCE, READERS, RUN, TRIAL_EVERY, Trust, is_said};

use crate::people::coded;
use crate::time::Duration;

coded!(
    /// Where a message stands.
    MessageStatus {
        /// Waits for its time, or for a sender.
        Queued = "queued",
        /// A node is handing it to a gateway, until its lease ends.
        Sending = "sending",
        /// A gateway took it.
        Sent = "sent",
        /// A receipt came back.
        Delivered = "delivered",
        /// It will not arrive this way.
        Failed = "failed",
        /// Its time passed before it could be sent.
        Expired = "expired",
        /// What it said was no longer true before it was sent.
        Replaced = "replaced",
    }
);

/// A claim that was not acknowledged after this long is free again: its process died.
pub const LEASE: Duration = Duration::seconds(60);

/// Nothing is handed over in the last part of a claim: longer than a gateway takes to answer and than
/// clocks of nodes are apart, so that nobody hands over what another node has taken up (I7).
pub const LEASE_SPARE: Duration = Duration::seconds(20);

/// First wait after a gateway said "later" or nothing; doubles with each attempt.
pub const RETRY_FIRST: Duration = Duration::seconds(5);

/// Longest wait between two attempts, unless the gateway asks for more.
pub const RETRY_MAX: Duration = Duration::minutes(5);

/// A message without an expiry of its own is given up after this long, visibly.
pub const GIVE_UP_AFTER: Duration = Duration::hours(6);

/// From here on, news on which an appointment depends is said by the desk rather than by a message that has
/// not left (R7).
pub const PRESSING_WITHIN: Duration = Duration::minutes(30);

/// Silence after which the next channel is tried, for a message about no request (R7).
pub const FALLBACK: Duration = Duration::minutes(3);
