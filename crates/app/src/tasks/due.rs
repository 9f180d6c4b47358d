//! Everything that is due: open contacts, and each request whose time has come gets a tick.

use super::left::Left;
use crate::app::{App, Who};
use crate::condition::Task;
use crate::error::AppError;
use crate::shell::apply;
use relais_core::cascade::Command;
use relais_core::ids::RequestId;
use relais_core::time::Instant;
use relais_store::requests;
use std::collections::BTreeMap;

/// Ticks of one request in one pass before it is left for the next: a guard, not a rule.
const SAME_MAX: u32 = 8;

/// What one pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Requests ticked, and open contacts dealt with.
    pub ticked: usize,
    /// Those whose tick failed, and stays due.
    pub failed: usize,
}

impl App {
    /// Deals with every open contact and ticks every request that is due now, oldest first.
    pub async fn run_due(&self) -> Result<Report, AppError> {
        let (moved, left) = self.run_due_contacts().await?;
        let mut report = Report {
            ticked: moved,
            failed: left,
        };
        let mut failed = Left::<RequestId>::nothing();
        let mut times: BTreeMap<RequestId, u32> = BTreeMap::new();
        loop {
            let now = self.now();
            let limit = failed.page();
            let ids = self
                .read(move |_, tx| Ok(requests::list_due(tx, now, limit)?))
                .await?;
            let todo = failed.others(ids);
            if todo.is_empty() {
                self.0.watch.pulse.beat(Task::Due, self.wall_now());
                return Ok(report);
            }
            for id in todo {
                let count = times.entry(id).or_insert(0);
                *count += 1;
                if *count > SAME_MAX {
                    tracing::error!(request.id = %id, "a request stays due after its ticks");
                    let why = "it stays due after its ticks".to_owned();
                    self.0.watch.pulse.stuck(id, why, now);
                    report.failed += 1;
                    failed.add(id);
                    continue;
                }
                match self.tick(id).await {
                    Ok(changed) => {
                        self.0.watch.pulse.moved(id);
                        report.ticked += usize::from(changed);
                    }
                    Err(error) => {
                        tracing::error!(request.id = %id, %error, "a due request could not be ticked");
                        // A database that is away stops everybody, and is said as such.
                        if !error.is_unavailable() {
                            self.0.watch.pulse.stuck(id, error.to_string(), self.now());
                        }
                        report.failed += 1;
                        failed.add(id);
                    }
                }
            }
        }
    }

    /// Ticks one request; `false` when nothing happened, since it is not due any more.
    pub async fn tick(&self, id: RequestId) -> Result<bool, AppError> {
        let now = self.now();
        let who = Who::platform("clock");
        let applied =
            self.write(move |inner, tx| apply(inner, tx, id, &Command::Tick, &who, now, None));
        Ok(!applied.await?.events.is_empty())
    }

    /// The next moment anything is due: request, message, open contact or digest.
    pub async fn next_due(&self) -> Result<Option<Instant>, AppError> {
        self.read(|_, tx| {
            let requests = requests::next_due(tx)?;
            let messages = relais_store::messages::next_due(tx)?;
            let contacts = relais_store::contacts::next_due(tx)?;
            let digests = relais_store::digests::next_due(tx)?;
            let all = [requests, messages, contacts, digests];
            Ok(all.into_iter().flatten().min())
        })
        .await
    }
}
