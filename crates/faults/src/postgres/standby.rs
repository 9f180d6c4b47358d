//! A second server that follows a first one, commit by commit, and can take its place: what
//! `docs/operations/continuite.md` tells operators to set up, done the same way.

use super::{Cluster, Owner, free_port};
use anyhow::{Context, Result, bail};
use std::os::unix::fs::DirBuilderExt as _;
use std::process::{Command, Stdio};

/// The name under which the first server waits for the second.
const NAME: &str = "relais_standby";

impl Cluster {
    /// Makes a standby of this cluster, starts it, and has this cluster confirm no commit that the
    /// standby has not written down.
    ///
    /// # Errors
    /// When a program of PostgreSQL fails, with its words.
    pub fn synchronous_standby(&self) -> Result<Cluster> {
        let name = format!("{}-standby", self.folder.display());
        let folder = std::path::PathBuf::from(name);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("making {}", folder.display()))?;
        let owner = Owner::of(&folder)?;
        owner.takes(&folder)?;
        let mut standby = Cluster {
            folder,
            bin: self.bin.clone(),
            owner,
            password: self.password.clone(),
            port: free_port()?,
            further: Vec::new(),
            child: None,
        };
        let mut copy = self
            .owner
            .command(&self.bin.join("pg_basebackup"), &standby.folder);
        copy.arg("-D").arg(standby.folder.join("data"));
        copy.arg("-d")
            .arg(format!("{}?application_name={NAME}", self.url()));
        copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync"]);
        done(&mut copy, "pg_basebackup")?;
        standby.start_again()?;
        // Refers to the name that -R wrote into the standby's primary_conninfo.
        self.sql(&format!(
            "ALTER SYSTEM SET synchronous_standby_names = '{NAME}'"
        ))?;
        self.sql("SELECT pg_reload_conf()")?;
        for _ in 0..STARTS_LOOKED_AT {
            let state = self.sql(&format!(
                "SELECT sync_state FROM pg_stat_replication WHERE application_name = '{NAME}'"
            ))?;
            if state.trim() == "sync" {
                return Ok(standby);
            }
            // Waits on the server, which has nothing better to do.
            self.sql("SELECT pg_sleep(0.1)")?;
        }
        bail!("the standby never became synchronous")
    }

    /// Has a standby become a server that takes writes.
    ///
    /// # Errors
    /// When it is not promoted within the time `pg_ctl` allows.
    pub fn promote(&self) -> Result<()> {
        let mut promote = self.owner.command(&self.bin.join("pg_ctl"), &self.folder);
        promote.arg("-D").arg(self.folder.join("data"));
        promote.args(["-w", "promote"]);
        done(&mut promote, "pg_ctl promote").map(|_| ())
    }

    /// One statement, by `psql`; answers what it prints.
    ///
    /// # Errors
    /// When the server refuses it, with its words.
    pub fn sql(&self, statement: &str) -> Result<String> {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.arg("-d").arg(self.url());
        psql.args([
            "-X",
            "-A",
            "-t",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
        ]);
        done(&mut psql, "psql")
    }
}

/// Looks at the replication before giving up, a tenth of a second apart.
const STARTS_LOOKED_AT: u32 = 200;

fn done(command: &mut Command, what: &str) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("running {what}"))?;
    if !output.status.success() {
        bail!("{what}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
