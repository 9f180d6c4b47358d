//! The end of a process that was asked to stop: its lanes take nothing more, give back what they hold unsent, and
//! write down what gateways still answer. A stop then sends nothing twice; only a death may (I7).

use crate::app::App;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// Longest wait for gateways that were asked already.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether the process was asked to stop, and how many lanes have messages in hand.
#[derive(Debug, Default)]
pub(crate) struct Farewell {
    asked: AtomicBool,
    busy: AtomicUsize,
    quiet: Notify,
}

impl Farewell {
    /// Whether nothing more is to be taken.
    pub(crate) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// A lane has messages in hand until the answer is dropped.
    pub(crate) fn at_work(&self) -> AtWork<'_> {
        self.busy.fetch_add(1, Ordering::SeqCst);
        AtWork(self)
    }
}

/// A lane with messages in hand.
pub(crate) struct AtWork<'f>(&'f Farewell);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
        self.0.quiet.notify_waiters();
    }
}

impl App {
    /// Lets the lanes end: to be called before the store is closed.
    pub async fn rest_lanes(&self) {
        let farewell = &self.0.farewell;
        farewell.asked.store(true, Ordering::SeqCst);
        self.wake();
        let ended = async {
            loop {
                let mut quiet = std::pin::pin!(farewell.quiet.notified());
                quiet.as_mut().enable();
                if farewell.busy.load(Ordering::SeqCst) == 0 {
                    return;
                }
                quiet.await;
            }
        };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("a gateway did not answer in time: what it was given may be sent again");
        }
    }
}
