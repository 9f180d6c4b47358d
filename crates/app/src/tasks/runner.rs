//! The loops that wake the tasks: at the next due moment, when told, and every half second at the
//! latest. Told again and again, each looks as often as [`REST`] lets it: a thousand changes a second
//! cost no more looks than a hundred. Only latency depends on it.

use super::housekeeping;
use crate::accounts::open::End;
use crate::app::{App, Inner};
use crate::bus::{Change, News};
use crate::condition::Task;
use crate::error::AppError;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::db::Notice;
use relais_store::{Tx, contacts, messages, requests};
use std::sync::Arc;

/// Longest sleep between two looks, milliseconds (I8: late by at most a second).
const LOOK_EVERY_MS: i64 = 500;

/// Shortest time between two looks of one loop.
pub(super) const REST: std::time::Duration = std::time::Duration::from_millis(10);

/// Pause between two looks at the service: the desk knows of a trouble within seconds (QUALITY §3.3).
const SERVICE_EVERY: std::time::Duration = std::time::Duration::from_secs(2);

/// Pause between two looks at the digests people asked for: apart from what is due, so that no deadline waits for
/// them.
const DIGESTS_EVERY: std::time::Duration = std::time::Duration::from_secs(30);

/// Longest pause between two looks at a mailbox that cannot be read.
const MAILBOX_PATIENCE: std::time::Duration = std::time::Duration::from_secs(15 * 60);

/// The next moment of each lane asked about.
pub(crate) fn next_of_lanes(
    _: &Inner,
    tx: &mut Tx<'_>,
    lanes: &[Channel],
) -> Result<Vec<Result<Option<Instant>, AppError>>, AppError> {
    let each = lanes.iter();
    each.map(|channel| Ok(Ok(messages::next_due_of(tx, channel.code())?)))
        .collect()
}

impl App {
    /// Runs the background tasks until the process ends.
    pub fn spawn_tasks(&self) {
        self.outside().gateways.start();
        let app = self.clone();
        tokio::spawn(async move { app.work().await });
        let app = self.clone();
        tokio::spawn(async move { app.look_again_when_asked().await });
        let app = self.clone();
        tokio::spawn(async move { app.hear().await });
        for channel in Channel::ALL {
            let app = self.clone();
            tokio::spawn(async move { app.carry(*channel).await });
        }
        let app = self.clone();
        tokio::spawn(async move { app.carry_news().await });
        let app = self.clone();
        tokio::spawn(async move { app.watch_open_sessions().await });
        let app = self.clone();
        tokio::spawn(async move { app.watch_over().await });
        let app = self.clone();
        tokio::spawn(async move { app.start_afresh().await });
        let app = self.clone();
        tokio::spawn(async move { app.write_digests_on_time().await });
        if let Some(ours) = &self.outside().postbox {
            let (app, every) = (self.clone(), ours.every);
            tokio::spawn(async move { app.read_again_and_again(every).await });
        }
    }

    /// Our secure mailbox, for as long as the process lives; less and less often while it cannot be
    /// read.
    #[expect(
        clippy::disallowed_methods,
        reason = "latency only: where reading stopped is stored, and nothing else depends on it"
    )]
    async fn read_again_and_again(self, every: std::time::Duration) {
        let mut pause = every;
        loop {
            let read = self.read_postbox().await;
            let away = matches!(&read, Err(AppError::Problem { .. }));
            self.0.watch.pulse.mailbox(!away, self.now());
            pause = match read {
                Ok(_) => every,
                Err(error) => {
                    tracing::warn!(%error, "the mailbox waits");
                    (pause * 2).min(MAILBOX_PATIENCE).max(every)
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Once, at the start: requests meet what changed while nobody was there to look (R4.11).
    #[expect(
        clippy::disallowed_methods,
        reason = "waits for a database that is away; nothing else depends on it"
    )]
    async fn start_afresh(self) {
        while let Err(error) = self.reconsider_everywhere().await {
            tracing::warn!(%error, "open requests wait for the database");
            tokio::time::sleep(std::time::Duration::from_millis(1_000)).await;
        }
    }

    /// The digests people asked for, each at its moment or within half a minute.
    #[expect(
        clippy::disallowed_methods,
        reason = "latency only: when a digest is due is stored"
    )]
    async fn write_digests_on_time(self) {
        loop {
            if self.0.farewell.is_asked() {
                return;
            }
            match self.write_digests().await {
                Ok(0) => tokio::time::sleep(DIGESTS_EVERY).await,
                Ok(_) => self.wake(),
                Err(error) => {
                    tracing::warn!(%error, "digests wait for the database");
                    tokio::time::sleep(DIGESTS_EVERY).await;
                }
            }
        }
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
            let rest = tokio::time::sleep(REST);
            // Told of from here on, so that nothing falls between the look and the wait.
            let mut woken = std::pin::pin!(self.0.wake.notified());
            woken.as_mut().enable();
            let next = match self.attend().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(%error, "background work waits for the database");
                    let pause = std::time::Duration::from_millis(1_000);
                    tokio::time::sleep(pause).await;
                    None
                }
            };
            let _ = tokio::time::timeout(self.wait_until(next), woken).await;
            rest.await;
        }
    }

    /// Deadlines and silences: everything that waits for nobody (I8). The next moment any of it is
    /// due; none when what is due could not be done.
    async fn attend(&self) -> Result<Option<Instant>, AppError> {
        loop {
            let next = self.next_moment().await?;
            if next.is_none_or(|at| at > self.now()) {
                self.0.watch.pulse.beat(Task::Due, self.wall_now());
                return Ok(next);
            }
            let due = self.run_due().await?;
            if due.ticked + self.climb_ladders().await? == 0 && due.failed > 0 {
                return Ok(None);
            }
        }
    }

    /// Open requests that should look again (R4.11), apart from what is due: a network has hundreds, and no deadline
    /// waits for them.
    async fn look_again_when_asked(self) {
        let look_every = std::time::Duration::from_millis(LOOK_EVERY_MS.unsigned_abs());
        loop {
            let mut woken = std::pin::pin!(self.0.look_again.0.notified());
            woken.as_mut().enable();
            self.look_again_where_asked().await;
            let _ = tokio::time::timeout(look_every, woken).await;
        }
    }

    /// What gateways bring, apart from what is due: a receipt that waits for a request which another
    /// process holds makes no deadline late (I8).
    #[expect(
        clippy::disallowed_methods,
        reason = "latency only: what a gateway brought is kept until it is written down"
    )]
    async fn hear(self) {
        let look_every = std::time::Duration::from_millis(LOOK_EVERY_MS.unsigned_abs());
        loop {
            let rest = tokio::time::sleep(REST);
            let mut woken = std::pin::pin!(self.0.wake.notified());
            woken.as_mut().enable();
            match self.listen_to_gateways().await {
                Ok(0) => {
                    let _ = tokio::time::timeout(look_every, woken).await;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "receipts and answers wait for the database");
                    tokio::time::sleep(look_every).await;
                }
            }
            rest.await;
        }
    }

    /// One channel's lane, for as long as the process lives.
    #[expect(
        clippy::disallowed_methods,
        reason = "latency only: what is due is a query"
    )]
    async fn carry(self, channel: Channel) {
        loop {
            let rest = tokio::time::sleep(REST);
            let mut woken = std::pin::pin!(self.0.wake.notified());
            woken.as_mut().enable();
            let next = match self.next_due_of(channel).await {
                _ if self.0.farewell.is_asked() => return,
                Ok(Some(at)) if at <= self.now() => {
                    let sent = {
                        let _at_work = self.0.farewell.at_work();
                        self.drain_lane(channel).await
                    };
                    let failed = sent.is_err();
                    if let Err(error) = sent {
                        let channel = channel.code();
                        tracing::warn!(%error, channel, "messages wait for the database");
                        let pause = std::time::Duration::from_millis(1_000);
                        tokio::time::sleep(pause).await;
                    }
                    if failed {
                        continue;
                    }
                    self.next_due_of(channel).await
                }
                next => next,
            };
            let wait = self.wait_until(next.ok().flatten());
            let _ = tokio::time::timeout(wait, woken).await;
            rest.await;
        }
    }

    /// When a lane has something to send: the lanes are woken together, and one read serves those
    /// that ask while another is under way.
    async fn next_due_of(&self, channel: Channel) -> Result<Option<Instant>, AppError> {
        self.0.lanes.get(&self.0, channel).await
    }

    async fn next_moment(&self) -> Result<Option<Instant>, AppError> {
        self.read(|_, tx| {
            let requests = requests::next_due(tx)?;
            let silences = messages::next_escalation(tx)?;
            let contacts = contacts::next_due(tx)?;
            Ok([requests, silences, contacts].into_iter().flatten().min())
        })
        .await
    }

    /// Until a moment, as the clock goes, and half a second at most.
    fn wait_until(&self, next: Option<Instant>) -> std::time::Duration {
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
                    if self.0.look_again.heard(&text) {
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
