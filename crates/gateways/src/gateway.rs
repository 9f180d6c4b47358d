//! The contract every provider fulfils: it describes itself, it sends or says why not, and what
//! comes back goes to an [`Inbox`] given by the shell.

use crate::guard::State;
use crate::message::{Channel, Inbound, Outgoing, Receipt};
use relais_core::delivery::{Circuit, Trust};
use relais_core::time::{Duration, Instant};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// What a provider can do. Asked, never assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Name of the provider, as in the configuration.
    pub name: &'static str,
    /// What it carries.
    pub channel: Channel,
    /// Tells when a message arrived.
    pub receipts: bool,
    /// Carries answers back.
    pub replies: bool,
    /// Sends nothing twice under one idempotency key.
    pub idempotent: bool,
    /// Longest text it takes, in characters; `None` = no limit of its own.
    pub max_len: Option<usize>,
}

/// The provider took the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Who took it, by its name in the configuration.
    pub provider: &'static str,
    /// Its own reference, found again in receipts.
    pub provider_ref: String,
}

/// The provider did not take the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Not now: try again.
    #[error("gateway not answering now")]
    Later {
        /// How long to wait at least, if it said.
        retry_after: Option<Duration>,
    },
    /// No usable answer: the provider is down, slow, or does not know us.
    #[error("gateway away: {code}")]
    Away {
        /// What went wrong, a short stable code without any address or text.
        code: &'static str,
        /// The provider that may have taken the message all the same: only it, under the same
        /// key, may be given the message again (I7).
        taken_by: Option<&'static str>,
    },
    /// Nobody was asked: every provider that may carry it is left alone until then.
    #[error("gateway left alone")]
    Held {
        /// Until when.
        until: Instant,
    },
    /// Not this one, ever: the next channel, or somebody must look.
    #[error("refused by the gateway: {code}")]
    Never {
        /// Why, a short stable code without any address or text.
        code: String,
    },
    /// Nothing will pass before somebody changes the settings.
    #[error("no working gateway configured for {}", .channel.code())]
    Misconfigured {
        /// The channel nobody carries.
        channel: Channel,
    },
}

impl Failure {
    /// Not this message, ever.
    pub fn never(code: &str) -> Self {
        Self::Never {
            code: code.to_owned(),
        }
    }

    /// A stable code for the row of the delivery.
    pub fn code(&self) -> &str {
        match self {
            Self::Later { .. } => "later",
            Self::Away { code, .. } => code,
            Self::Held { .. } => "held",
            Self::Never { code } => code,
            Self::Misconfigured { .. } => "misconfigured",
        }
    }

    /// Worth another attempt on the same channel.
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Later { .. } | Self::Away { .. } | Self::Held { .. }
        )
    }
}

/// One provider of one kind of message.
pub trait Gateway: Send + Sync {
    /// What it is and what it can do.
    fn about(&self) -> About;

    /// From now on it listens too, if it keeps a line of its own: called once by a process that serves, never
    /// by one that only looks.
    fn start(&self) {}

    /// Most messages it is given at once. Zero for what answers in this process: it is given one
    /// after the other, and the order of things is the order of the messages.
    fn in_flight(&self) -> usize {
        0
    }

    /// Until when no provider of this channel may be asked; `None` when one may.
    fn held_until(&self, now: Instant) -> Option<Instant> {
        let _always = now;
        None
    }

    /// It writes to browsers: an address is the subscriptions of a person
    /// ([`crate::push::Subscription`]), not a number.
    fn takes_subscriptions(&self) -> bool {
        false
    }

    /// Why a browser could never be written to; `None` when it can.
    fn refuses(&self, subscription: &crate::push::Subscription) -> Option<&'static str> {
        let _none_is_written_to = subscription;
        Some("push-not-ours")
    }

    /// Endpoints of browsers that are no more, since the last call: to be forgotten.
    fn take_gone(&self) -> Vec<String> {
        Vec::new()
    }

    /// How each provider stands, in the order they are tried.
    fn states(&self) -> Vec<State> {
        vec![State {
            provider: self.about().name,
            circuit: Circuit::default(),
            last_code: None,
            trust: Trust::default(),
        }]
    }

    /// What is thought of a provider, by its name: a doubted one is asked after the others.
    fn think(&self, provider: &str, trust: Trust) {
        let _only_one = (provider, trust);
    }

    /// Hands a message over. `Ok` means that the provider answers for it from now on.
    ///
    /// # Errors
    /// [`Failure`], by what the caller should do next.
    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure>;
}

/// The checks that are the same for every provider; each calls it first.
///
/// # Errors
/// [`Failure::Never`] with `wrong-channel`, `empty`, `no-address` or `too-long`.
pub fn check(about: &About, outgoing: &Outgoing) -> Result<(), Failure> {
    let never = |code: &str| Err(Failure::never(code));
    if outgoing.channel != about.channel {
        return never("wrong-channel");
    }
    if outgoing.text.trim().is_empty() {
        return never("empty");
    }
    if outgoing.to.expose().trim().is_empty() {
        return never("no-address");
    }
    match about.max_len {
        Some(max) if outgoing.text.chars().count() > max => never("too-long"),
        Some(_) | None => Ok(()),
    }
}

/// Where receipts and answers go. May be called before the `send` they follow from has returned:
/// an implementation only notes what it is given, it takes no lock of the sender.
pub trait Inbox: Send + Sync {
    /// News of a message sent.
    fn receipt(&self, receipt: Receipt);
    /// A message from outside.
    fn inbound(&self, inbound: Inbound);
}

/// The simplest inbox: two queues, emptied by the shell when it is woken.
#[derive(Default)]
pub struct Queue {
    receipts: Mutex<VecDeque<Receipt>>,
    inbound: Mutex<VecDeque<Inbound>>,
}

impl Queue {
    /// Receipts that came since the last call, oldest first.
    pub fn take_receipts(&self) -> Vec<Receipt> {
        let mut queue = self.receipts.lock().unwrap_or_else(PoisonError::into_inner);
        queue.drain(..).collect()
    }

    /// Messages that came since the last call, oldest first.
    pub fn take_inbound(&self) -> Vec<Inbound> {
        let mut queue = self.inbound.lock().unwrap_or_else(PoisonError::into_inner);
        queue.drain(..).collect()
    }
}

impl Inbox for Queue {
    fn receipt(&self, receipt: Receipt) {
        let mut queue = self.receipts.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(receipt);
    }

    fn inbound(&self, inbound: Inbound) {
        let mut queue = self.inbound.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(inbound);
    }
}
