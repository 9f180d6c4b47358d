//! Figures of a running installation, for its watchers: counts and delays, never an identity.

use crate::app::App;
use crate::error::AppError;
use relais_core::request::Status;
use relais_core::time::Duration;
use relais_store::{messages, networks, requests};
use std::collections::BTreeMap;

/// Most failed messages counted.
const FAILED_MAX: u32 = 1_000;
/// Failures older than this are no news.
const DAY: Duration = Duration::hours(24);

/// What a watcher looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// By network.
    pub networks: Vec<NetworkFigures>,
    /// How late the oldest deadline is; zero when none is.
    pub late: Duration,
    /// How late the oldest message is; zero when none is.
    pub messages_late: Duration,
    /// Jobs that wait for the store: writes, reads.
    pub queue: (usize, usize),
}

/// Figures of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkFigures {
    /// Its code.
    pub code: String,
    /// Requests by status.
    pub requests: BTreeMap<Status, i64>,
    /// Messages that wait for a gateway.
    pub waiting: u32,
    /// Messages that failed in the last 24 hours, 1,000 at most.
    pub failed: usize,
}

impl App {
    /// The figures now.
    pub async fn figures(&self) -> Result<Figures, AppError> {
        let now = self.now();
        let queue = self.db().waiting();
        self.read(move |_, tx| {
            let mut found = Vec::new();
            for network in networks::list(tx)? {
                found.push(NetworkFigures {
                    requests: requests::count_by_status(tx, network.id)?,
                    waiting: messages::count_waiting(tx, network.id)?,
                    failed: messages::list_failed(tx, network.id, now - DAY, FAILED_MAX)?.len(),
                    code: network.code,
                });
            }
            let late = |due: Option<_>| due.map(|at| now.since(at)).unwrap_or_default();
            Ok(Figures {
                networks: found,
                late: late(requests::next_due(tx)?),
                messages_late: late(messages::next_due(tx)?),
                queue,
            })
        })
        .await
    }
}
