//! The loop that wakes the tasks: at the next due moment, when told, and every half second at the
//! latest. Only latency depends on it.

use super::housekeeping;
use crate::accounts::open::End;
use crate::app::App;
use crate::bus::{Change, News};
use crate::condition::Task;
use relais_core::time::Duration;
use relais_store::db::Notice;
use std::sync::Arc;

/// Longest sleep between two looks, milliseconds (I8: late by at most a second).
const LOOK_EVERY_MS: i64 = 500;

/// Pause between two looks at the service: the desk knows of a trouble within seconds (QUALITY §3.3).
const SERVICE_EVERY: std::time::Duration = std::time::Duration::from_secs(2);

impl App {
    /// Runs the background tasks until the process ends.
    pub fn spawn_tasks(&self) {
        let app = self.clone();
        tokio::spawn(async move { app.work().await });
        let app = self.clone();
        tokio::spawn(async move { app.carry_news().await });
        let app = self.clone();
        tokio::spawn(async move { app.watch_open_sessions().await });
        let app = self.clone();
        tokio::spawn(async move { app.watch_over().await });
    }

    /// Looks at the service again and again, so that what is wrong is known without the database.
    #[expect(
        clippy::disallowed_methods,
        reason = "how soon somebody is told that the service is degraded; nothing else depends on it"
    )]
    async fn watch_over(self) {
        // What has not run yet is late from now on, not from nowhere.
        for task in Task::ALL {
            self.0.watch.pulse.beat(*task, self.wall_now());
        }
        loop {
            self.look().await;
            tokio::time::sleep(SERVICE_EVERY).await;
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "latency only: what is due is a query"
    )]
    async fn work(self) {
        let mut tidied_at = None;
        loop {
            let wall = self.wall_now();
            if tidied_at.is_none_or(|at| wall.since(at) >= housekeeping::EVERY) {
                tidied_at = Some(wall);
                if let Err(error) = self.housekeeping().await {
                    tracing::warn!(%error, "housekeeping waits for the next hour");
                }
            }
            if let Err(error) = self.settle().await {
                tracing::warn!(%error, "background work waits for the database");
                let pause = std::time::Duration::from_millis(1_000);
                tokio::time::sleep(pause).await;
            }
            let wait = self.pause().await;
            let woken = self.0.wake.notified();
            let _ = tokio::time::timeout(wait, woken).await;
        }
    }

    async fn pause(&self) -> std::time::Duration {
        let next = self.next_due().await.ok().flatten();
        let until = next.map_or(Duration::millis(LOOK_EVERY_MS), |at| self.clock().until(at));
        let bounded = until.as_millis().clamp(1, LOOK_EVERY_MS);
        std::time::Duration::from_millis(bounded.unsigned_abs())
    }

    /// Carries the database's wake-ups to the open pages of this process.
    async fn carry_news(self) {
        let mut listener = self.db().listen();
        loop {
            match listener.next().await {
                Notice::Payload(text) => {
                    if let Some(end) = End::decode(&text) {
                        self.streams().end(&end);
                        continue;
                    }
                    if let Some(change) = Change::decode(&text) {
                        self.bus().tell(News::Changed(Arc::new(change)));
                    }
                    self.wake();
                }
                Notice::Missed => self.bus().tell(News::Resync),
                Notice::Closed => return,
            }
        }
    }
}
