//! `cargo xtask postgres -- CMD…`: a throw-away PostgreSQL for the length of one command.
//!
//! Owns the running of the command beside the cluster. How a cluster is made and stopped is the
//! business of `relais-faults`, which the tests that kill one use as well.

use anyhow::{Context, Result};
use relais_faults::postgres::Cluster;
use std::process::{Command, ExitCode};

/// Runs `command` with `RELAIS_TEST_POSTGRES_URL` set and answers its exit code.
pub(crate) fn run(command: &[&str]) -> Result<ExitCode> {
    let cluster = Cluster::start()?;
    let status = Command::new(command[0])
        .args(&command[1..])
        .env("RELAIS_TEST_POSTGRES_URL", cluster.url())
        .status()
        .with_context(|| format!("running {}", command[0]));
    // Stopped whatever the command did; its own answer comes after.
    drop(cluster);
    let code = status?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
