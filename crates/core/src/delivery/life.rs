//! What follows from a gateway's answer, a receipt, a silence.

use super::{GIVE_UP_AFTER, MessageStatus, RETRY_FIRST, RETRY_MAX};
use crate::request::OfferStatus;
use crate::time::{Duration, Instant};

/// What the rules need to know of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// It puts an offer to a professional: silence makes the next channel speak. Anything else is
    /// news, which is sent, or given up.
    pub asks: bool,
    /// How often it was handed to a gateway, this time included.
    pub attempts: u32,
    /// When it was written down.
    pub created_at: Instant,
    /// Worth nothing after this.
    pub expires_at: Option<Instant>,
    /// Silence after which the next channel speaks: the network's setting, frozen in the request.
    pub fallback: Duration,
    /// Its reader has another channel, not tried yet.
    pub rung_left: bool,
    /// Thousandths by which a wait is drawn out, so that a crowd does not come back at once; the
    /// caller chooses it, and the same message is always given the same.
    pub spread_permille: u16,
}

impl Facts {
    /// From here on nobody waits for a gateway any more.
    pub fn give_up_at(&self) -> Instant {
        self.expires_at.unwrap_or(self.created_at + GIVE_UP_AFTER)
    }

    /// When the next channel speaks although this one was not answered by a gateway.
    fn next_channel_at(&self) -> Option<Instant> {
        self.asks.then(|| self.created_at + self.fallback)
    }
}

/// What a gateway said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It took the message, and answers for it from now on.
    Accepted,
    /// Not now, or no answer at all: the message may have been taken.
    Later {
        /// How long to wait at least, if it said.
        retry_after: Option<Duration>,
    },
    /// Nobody was asked: its providers are left alone until then.
    Held {
        /// Until when.
        until: Instant,
    },
    /// Not this one, ever.
    Never,
}

/// News of a message that a gateway took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It reached the phone or the box.
    Delivered,
    /// It was opened.
    Seen,
    /// It will never arrive.
    Failed,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Sent. Without a receipt by `escalate_at`, [`next_channel`] says what follows.
    Sent {
        /// When silence is noticed; `None` = nobody waits for a receipt.
        escalate_at: Option<Instant>,
    },
    /// Handed over again then, under the same key.
    RetryAt(Instant),
    /// It arrived.
    Delivered,
    /// It arrived and was opened.
    Seen,
    /// Failed this way; [`next_channel`] says what follows.
    Climb,
    /// Failed, for everybody to see; nothing follows.
    GiveUp,
    /// Nothing changes.
    Nothing,
}

/// What follows when an offer did not reach its reader by one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Written again for the next channel of the ladder.
    Channel,
    /// No channel is left: the desk is told, once.
    TellDesk,
    /// Nothing: they know already, or there is nothing to answer any more.
    Nothing,
}

/// What becomes of a message that a gateway answered, or did not answer (I7).
pub fn answered(facts: &Facts, answer: Answer, now: Instant) -> Decision {
    match answer {
        Answer::Accepted => Decision::Sent {
            // The last channel too: without a receipt, the desk is told.
            escalate_at: facts.asks.then_some(now + facts.fallback),
        },
        Answer::Later { retry_after } => retry(facts, now, now + wait(facts, retry_after)),
        Answer::Held { until } => retry(facts, now, until.max(now)),
        Answer::Never => failed(facts),
    }
}

/// What a receipt changes. The same one may come twice, before the gateway's own answer, after
/// another that says the contrary, or for a message never sent: the first good news stands.
/// `attempts` is how often it was handed to a gateway.
pub fn receipt(asks: bool, attempts: u32, status: MessageStatus, news: Receipt) -> Decision {
    use MessageStatus::{Delivered, Expired, Failed, Queued, Replaced, Sending, Sent};
    if attempts == 0 {
        return Decision::Nothing;
    }
    match (news, status) {
        (Receipt::Delivered, Queued | Sending | Sent | Failed) => Decision::Delivered,
        (Receipt::Seen, Queued | Sending | Sent | Delivered | Failed) => Decision::Seen,
        (Receipt::Failed, Queued | Sending | Sent) if asks => Decision::Climb,
        (Receipt::Failed, Queued | Sending | Sent) => Decision::GiveUp,
        (Receipt::Delivered, Delivered)
        | (Receipt::Failed, Delivered | Failed)
        | (_, Expired | Replaced) => Decision::Nothing,
    }
}

/// What follows for an offer that one channel did not bring, or brought without a receipt in time.
pub fn next_channel(offer: Option<OfferStatus>, rung_left: bool) -> Next {
    // Answered, taken back, or opened by whatever way: nothing more to try.
    let waits = offer.is_some_and(|s| s.is_live() && !matches!(s, OfferStatus::Seen { .. }));
    match (waits, rung_left) {
        (false, _) => Next::Nothing,
        (true, true) => Next::Channel,
        (true, false) => Next::TellDesk,
    }
}

/// A message that was not taken is tried again then, or sooner if something else is due before.
fn retry(facts: &Facts, now: Instant, at: Instant) -> Decision {
    let next_channel_at = facts.next_channel_at();
    // Away for as long as a receipt is waited for: the next channel, if there is one.
    let silent = facts.rung_left && next_channel_at.is_some_and(|at| at <= now);
    if silent || facts.give_up_at() <= now {
        return failed(facts);
    }
    // Not past the moment the next channel speaks, nor past the moment it is given up.
    let at = at.min(facts.give_up_at());
    Decision::RetryAt(match next_channel_at {
        Some(next) if next > now => at.min(next),
        Some(_) | None => at,
    })
}

/// How long to wait after an attempt that failed for now.
fn wait(facts: &Facts, retry_after: Option<Duration>) -> Duration {
    let earlier = facts.attempts.saturating_sub(1).min(10);
    let doubled = Duration::millis(RETRY_FIRST.as_millis() << earlier).min(RETRY_MAX);
    let drawn = doubled.as_millis() * i64::from(facts.spread_permille) / 1_000;
    let wait = doubled + Duration::millis(drawn);
    retry_after.map_or(wait, |said| said.max(wait))
}

const fn failed(facts: &Facts) -> Decision {
    if facts.asks {
        Decision::Climb
    } else {
        Decision::GiveUp
    }
}
