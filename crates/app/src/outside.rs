//! The outside world as the application sees it: gateways, what comes back from them, and under a
//! demonstration the fake phones themselves.

use crate::synthesis::Sender;
use crate::tasks::deliver::Caller;
use relais_gateways::identity::{Authenticators, IdentityProvider};
use relais_gateways::mssante::ReadPost;
use relais_gateways::{Channel, FakeWorld, Gateways, Queue};
use std::sync::Arc;

/// Our secure mailbox.
#[derive(Clone)]
pub struct OurMailbox {
    /// How it is read.
    pub post: Arc<dyn ReadPost>,
    /// How often it is looked at.
    pub every: std::time::Duration,
}

/// Gateways and their inbox.
#[derive(Clone)]
pub struct Outside {
    /// One provider per channel.
    pub gateways: Gateways,
    /// Receipts and answers that came back.
    pub inbox: Arc<Queue>,
    /// The fake phones, under a demonstration or a test.
    pub world: Option<Arc<FakeWorld>>,
    /// Providers that may bring receipts and answers over HTTP.
    pub callers: Vec<Caller>,
    /// Providers that bring receipts, by channel and name: one whose receipts stop is doubted.
    pub receipted: Vec<(Channel, &'static str)>,
    /// The public key browsers subscribe under, when notifications are sent by ourselves.
    pub push_key: Option<String>,
    /// Who writes to usual doctors by secure health mail; none = nobody does.
    pub sender: Option<Sender>,
    /// Our secure mailbox, where what came back is read; none = nobody reads it but people.
    pub postbox: Option<OurMailbox>,
    /// Who says who a professional is (Pro Santé Connect); none = nobody is asked.
    pub identity: Option<Arc<dyn IdentityProvider>>,
    /// What asks browsers for passkeys and verifies them; none = this address has none.
    pub authenticators: Option<Arc<dyn Authenticators>>,
}

impl Outside {
    /// No gateway at all: every message fails visibly.
    pub fn none() -> Self {
        Self {
            gateways: Gateways::none(),
            inbox: Arc::new(Queue::default()),
            world: None,
            callers: Vec::new(),
            receipted: Vec::new(),
            push_key: None,
            sender: None,
            postbox: None,
            identity: None,
            authenticators: None,
        }
    }

    /// Fake phones.
    pub fn fake(world: Arc<FakeWorld>, inbox: Arc<Queue>) -> Self {
        Self {
            gateways: Gateways::fake(&world),
            inbox,
            world: Some(world),
            callers: Vec::new(),
            receipted: Vec::new(),
            push_key: None,
            sender: Some(Sender::fictitious()),
            postbox: None,
            identity: None,
            authenticators: None,
        }
    }
}
