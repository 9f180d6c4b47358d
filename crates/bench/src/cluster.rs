//! The PostgreSQL of a run: a durable cluster of our own on the server's processor, from the
//! machine's binaries, gone at the end. Refuses a service of the machine and settings that only a
//! test would use.

use crate::machine::Pins;
use crate::race::{pgbench, psql};
use relais_faults::postgres::Cluster;
use std::sync::atomic::{AtomicU32, Ordering};

/// Connections taken: a thousand contenders, the program's own, and some to look.
const CONNECTIONS: u32 = 1_100;

/// A running cluster.
pub(crate) struct Postgres {
    cluster: Cluster,
    made: AtomicU32,
}

impl Postgres {
    /// Starts it; `None`, said aloud, when the machine has no PostgreSQL.
    pub(crate) fn start(pins: Pins) -> anyhow::Result<Option<Self>> {
        if pgbench().is_err() {
            crate::say(
                "No PostgreSQL here (scripts/need bench installs it): not measured in this run.",
            );
            return Ok(None);
        }
        let cluster = pins.started_serving(|| Cluster::durable(CONNECTIONS))?;
        let made = AtomicU32::new(0);
        Ok(Some(Self { cluster, made }))
    }

    /// A new database of it.
    pub(crate) fn database(&self) -> anyhow::Result<String> {
        let name = format!("bench_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let url = self.cluster.url();
        psql(&url, &format!("CREATE DATABASE {name}"))?;
        let (server, _) = url.rsplit_once('/').unwrap_or((&url, ""));
        Ok(format!("{server}/{name}"))
    }
}
