//! The state of an installation, in lines an administrator can act on; the journal's proof.

use crate::app::App;
use crate::condition::Reach;
use crate::error::AppError;
use relais_core::time::Instant;
use relais_store::journal::{self, Link, Report};
use relais_store::{StoreError, anchors, messages, migrate, networks, requests};

/// Rows of one page of an export.
const PAGE: u32 = 1_000;

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// Fine, or not.
    pub ok: bool,
    /// What was found, and what to do when it is not fine.
    pub detail: String,
}

impl App {
    /// Looks at everything an installation needs.
    pub async fn doctor(&self) -> Result<Vec<Check>, AppError> {
        let mut checks = Vec::new();
        let pending = migrate::pending(self.db())?;
        checks.push(Check {
            name: "schema",
            ok: pending.is_empty(),
            detail: if pending.is_empty() {
                "up to date".to_owned()
            } else {
                format!("{} migration(s) to run: relais migrate", pending.len())
            },
        });
        let now = self.now();
        let (late, waiting) = self
            .read(move |_, tx| Ok((requests::next_due(tx)?, messages::next_due(tx)?)))
            .await?;
        checks.push(lateness("deadlines", late, now));
        checks.push(lateness("outbox", waiting, now));
        for about in self.outside().gateways.all() {
            let ok = self.outside().gateways.is_configured(about.channel);
            checks.push(Check {
                name: "gateway",
                ok,
                detail: if ok {
                    format!("{}: {}", about.channel.code(), about.name)
                } else {
                    format!(
                        "{}: none configured, its messages fail visibly",
                        about.channel.code()
                    )
                },
            });
        }
        for report in self.verify_journal().await? {
            checks.push(Check {
                name: "journal",
                ok: report.first_bad.is_none(),
                detail: match &report.first_bad {
                    None => format!("{}: {} rows verified", report.network, report.rows),
                    Some((seq, fault)) => {
                        format!("{}: altered at row {seq} ({fault:?})", report.network)
                    }
                },
            });
        }
        Ok(checks)
    }

    /// Verifies every chain of the journal (I9).
    pub async fn verify_journal(&self) -> Result<Vec<Report>, AppError> {
        self.read(|_, tx| {
            let mut reports = Vec::new();
            for chain in journal::list_chains(tx)? {
                let anchors = anchors::list(tx, &chain)?;
                reports.push(journal::verify(tx, &chain, &anchors)?);
            }
            Ok(reports)
        })
        .await
    }

    /// A page of the journal after a row of a chain; every chain, or a network's own.
    pub async fn export_journal(
        &self,
        network: Option<String>,
        after: Option<(String, i64)>,
    ) -> Result<Vec<Link>, AppError> {
        self.read(move |_, tx| {
            let chains = match &network {
                Some(code) => {
                    let found = networks::find_by_code(tx, code)?
                        .ok_or_else(|| AppError::invalid("/network", "no network has this code"))?;
                    vec![found.id.to_string()]
                }
                None => journal::list_chains(tx)?,
            };
            let (from, mut seq) = after.clone().unwrap_or_default();
            for chain in chains
                .into_iter()
                .skip_while(|chain| !from.is_empty() && *chain != from)
            {
                let rows = journal::list_after(tx, &chain, seq, PAGE)?;
                if !rows.is_empty() {
                    return Ok(rows);
                }
                seq = 0;
            }
            Ok(Vec::new())
        })
        .await
    }

    /// Whether the database answers and its schema is this program's, asked of it now.
    pub async fn reach(&self) -> Reach {
        let pending: Result<usize, AppError> =
            self.read(|_, tx| Ok(migrate::pending_in(tx)?.len())).await;
        match pending {
            Ok(0) => Reach::Answers,
            Ok(_) | Err(AppError::Store(StoreError::Schema { .. })) => Reach::OtherSchema,
            Err(error) => {
                tracing::warn!(%error, "asked whether it is ready, the database does not answer");
                Reach::Away
            }
        }
    }
}

fn lateness(name: &'static str, due: Option<Instant>, now: Instant) -> Check {
    let late = due.map(|at| now.since(at).as_minutes()).unwrap_or_default();
    let detail = match due {
        None => "nothing waits".to_owned(),
        Some(_) if late > 0 => format!("the oldest is {late} min late: is a server running?"),
        Some(at) => format!("next at {at:?}"),
    };
    Check {
        name,
        ok: late < 1,
        detail,
    }
}
