//! The outbox at work: what waits is handed to a gateway, what comes back is written down, what
//! nobody acknowledged goes to the next channel (I7, R7).
//!
//! Each channel has its own [`lane`], so that a gateway that is slow or away holds nothing but its
//! own messages; the rules are `core::delivery`'s.

mod address;
mod callers;
mod ladder;
mod lane;
mod receipts;
mod record;
mod state;
mod trust;
mod words;

pub(crate) use address::reached;
pub use callers::{Caller, Known, News, Said};
pub(crate) use receipts::note as note_receipts;
pub use state::{GatewayState, ProviderState};
pub use trust::Doubted;

use crate::app::App;
use crate::condition::Task;
use crate::error::AppError;
use relais_gateways::Channel;
use relais_store::messages::{self, Audience, Message};

/// Rows of one transaction: large enough to pay for its commit, small enough to keep others waiting
/// for some milliseconds only.
const BATCH: u32 = 512;

/// What one pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Messages sent, receipts taken, answers handled, ladders climbed.
    pub handled: usize,
}

impl App {
    /// One pass over everything that waits: returns once everything due now was tried. May run
    /// twice, on several nodes, without effect.
    pub async fn deliver(&self) -> Result<Delivery, AppError> {
        let mut handled = self.listen_to_gateways().await? + self.climb_ladders().await?;
        // A lane may find that a message belongs to another one.
        loop {
            let now = self.now();
            let due = self
                .read(move |_, tx| Ok(messages::list_due_channels(tx, now)?))
                .await?;
            let mut sent = 0;
            for channel in Channel::ALL {
                if due.iter().any(|code| code == channel.code()) {
                    sent += self.drain_lane(*channel).await?;
                }
            }
            if sent == 0 {
                break;
            }
            handled += sent;
        }
        handled += self.take_receipts().await?;
        Ok(Delivery { handled })
    }

    /// What gateways brought: receipts and answers. Waits for none of them.
    pub(super) async fn listen_to_gateways(&self) -> Result<usize, AppError> {
        if let Some(world) = &self.outside().world {
            world.tick();
        }
        let mut handled = self.take_receipts().await?;
        handled += self.take_inbound().await?;
        self.judge_providers().await?;
        self.0.watch.pulse.beat(Task::Deliver, self.wall_now());
        Ok(handled)
    }
}

/// It puts an offer to a professional, on the ladder of their channels.
fn asks(message: &Message) -> bool {
    message.kind == "ask" && message.offer.is_some() && message.audience == Audience::Professional
}

/// The failure of one message, logged without its content, unless the whole store is away.
fn alone(done: Result<(), AppError>, what: &str, message: &Message) -> Result<(), AppError> {
    match done {
        Err(error) if error.is_unavailable() => Err(error),
        Err(error) => {
            tracing::error!(%error, message.id = %message.id, "{what}");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
