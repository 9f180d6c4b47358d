//! Wake-ups: one sender inside the process, fed after COMMIT (SQLite) or by a listening connection
//! (PostgreSQL). Refuses to be a queue: a listener that lags is told that it missed something.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use tokio::sync::broadcast;

use super::address::Address;
use super::{patience, postgres as pg};
use crate::dialect;

const HELD: usize = 1024;

/// One wake-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// What was given to `Tx::notify`.
    Payload(Arc<str>),
    /// Some were lost (the listener lagged, or the connection was cut): look at everything.
    Missed,
    /// The store was closed.
    Closed,
}

/// Receives wake-ups from the moment it was made.
pub struct Listener {
    receiver: broadcast::Receiver<Option<Arc<str>>>,
}

impl Listener {
    /// The next wake-up.
    pub async fn next(&mut self) -> Notice {
        match self.receiver.recv().await {
            Ok(Some(payload)) => Notice::Payload(payload),
            Ok(None) | Err(broadcast::error::RecvError::Lagged(_)) => Notice::Missed,
            Err(broadcast::error::RecvError::Closed) => Notice::Closed,
        }
    }

    /// The next wake-up, on a thread that may wait.
    pub fn next_blocking(&mut self) -> Notice {
        match self.receiver.blocking_recv() {
            Ok(Some(payload)) => Notice::Payload(payload),
            Ok(None) | Err(broadcast::error::RecvError::Lagged(_)) => Notice::Missed,
            Err(broadcast::error::RecvError::Closed) => Notice::Closed,
        }
    }

    /// A wake-up already here, if any.
    pub fn try_next(&mut self) -> Option<Notice> {
        match self.receiver.try_recv() {
            Ok(Some(payload)) => Some(Notice::Payload(payload)),
            Ok(None) | Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Notice::Missed),
            Err(_) => None,
        }
    }
}

/// The sending side.
#[derive(Clone)]
pub(crate) struct Bell {
    sender: broadcast::Sender<Option<Arc<str>>>,
    remote: Option<Arc<Remote>>,
}

struct Remote {
    address: Address,
    started: Once,
    stop: AtomicBool,
}

impl Bell {
    /// Rung by the writer of this process.
    pub(crate) fn local() -> Bell {
        Bell {
            sender: broadcast::channel(HELD).0,
            remote: None,
        }
    }

    /// Rung by the server, from the first listener on.
    pub(crate) fn remote(address: Address) -> Bell {
        let remote = Remote {
            address,
            started: Once::new(),
            stop: AtomicBool::new(false),
        };
        Bell {
            sender: broadcast::channel(HELD).0,
            remote: Some(Arc::new(remote)),
        }
    }

    pub(crate) fn ring(&self, payload: &str) {
        // Nobody listening is not a failure.
        let _ = self.sender.send(Some(payload.into()));
    }

    pub(crate) fn listen(&self) -> Listener {
        let receiver = self.sender.subscribe();
        if let Some(remote) = &self.remote {
            remote.started.call_once(|| {
                let (ready, listening) = crossbeam_channel::bounded(1);
                let sender = self.sender.downgrade();
                let remote = remote.clone();
                let thread = std::thread::Builder::new()
                    .name("store-listen".to_string())
                    .spawn(move || hear(&remote, &sender, &ready));
                match thread {
                    // What is notified after this call is heard; a server that does not answer is not waited for.
                    Ok(_) => drop(listening.recv_timeout(Duration::from_secs(3))),
                    Err(e) => tracing::error!(error = %e, "no thread to listen for wake-ups"),
                }
            });
        }
        Listener { receiver }
    }

    pub(crate) fn close(&self) {
        if let Some(remote) = &self.remote {
            remote.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// Listens until the store is gone, reconnecting as long as it takes.
fn hear(
    remote: &Remote,
    sender: &broadcast::WeakSender<Option<Arc<str>>>,
    ready: &crossbeam_channel::Sender<()>,
) {
    let gone = || remote.stop.load(Ordering::Relaxed) || sender.strong_count() == 0;
    let ring = |notice: Option<Arc<str>>| sender.upgrade().map(|s| s.send(notice));
    let mut failures = 0;
    let mut heard_before = false;
    while !gone() {
        let client = remote.address.connect().and_then(|mut client| {
            client.batch_execute(dialect::POSTGRES_LISTEN)?;
            Ok(client)
        });
        let mut client = match client {
            Ok(client) => client,
            Err(e) => {
                failures += 1;
                tracing::warn!(error = %pg::error(&e), "not listening for wake-ups");
                patience::pause(patience::before_reconnection(failures));
                continue;
            }
        };
        failures = 0;
        let _ = ready.try_send(());
        if heard_before {
            ring(None);
        }
        heard_before = true;
        while !gone() {
            match notified(&mut client) {
                Ok(Some(payload)) => drop(ring(Some(payload))),
                Ok(None) if client.is_closed() => break,
                Ok(None) => {}
                Err(e) => {
                    tracing::warn!(error = %pg::error(&e), "the listening connection was lost");
                    break;
                }
            }
        }
    }
}

fn notified(client: &mut ::postgres::Client) -> Result<Option<Arc<str>>, ::postgres::Error> {
    use ::postgres::fallible_iterator::FallibleIterator;
    let mut notifications = client.notifications();
    let next = notifications
        .timeout_iter(Duration::from_millis(500))
        .next()?;
    Ok(next.map(|n| n.payload().into()))
}
