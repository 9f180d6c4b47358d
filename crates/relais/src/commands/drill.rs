//! `relais drill`: a backup that was never restored is none. Restores one into a scratch database
//! that is removed at the end, verifies every chain of the journal, asks the invariants of the rows,
//! and says how old the data are and how long it took. Touches no other database.

use super::say;
use crate::cli::BackupFile;
use crate::config::Config;
use crate::wiring;
use anyhow::{Context as _, bail};
use relais_app::clock::Clock;
use relais_core::time::Instant;
use relais_store::soundness::Soundness;
use relais_store::{Db, Options, StoreError, backup, journal, soundness};
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

/// A folder that goes with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        let path = std::env::temp_dir().join(format!("relais-drill-{}", std::process::id()));
        // Identities are sealed in it, and yet it is nobody else's business.
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is in the system's temporary place, sealed.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the drill; an error when anything does not hold.
pub(crate) fn run(args: &BackupFile) -> anyhow::Result<()> {
    let config = Config::load(args.with.config.as_deref())?;
    let vault = wiring::vault(&config)?;
    let scratch = Scratch::new()?;
    let url = format!("sqlite://{}", scratch.0.join("drill.db").display());
    let hours = std::time::Duration::from_secs(6 * 3_600);
    let options = Options {
        statement_timeout: hours,
        ..Options::default()
    };
    let db = Db::open(&url, &options).context("cannot open the scratch database")?;
    let file =
        File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let clock = Clock::system();
    let begun = clock.now();
    let rows = backup::restore(&db, &vault, BufReader::new(file), begun.millis())?;
    let restored = clock.now();
    say(format!(
        "{rows} rows restored in {}.",
        length(begun, restored)
    ));

    let chains: Vec<journal::Report> = db.read_blocking(|tx| {
        let chains = journal::list_chains(tx)?;
        let each = chains.iter().map(|chain| journal::verify(tx, chain, &[]));
        each.collect::<Result<_, StoreError>>()
    })?;
    let found = db.read_blocking(soundness::check)?;
    db.close();
    say(format!(
        "Journal: {} chains, {} rows. Requests: {}, of which {} open. Messages: {}.",
        chains.len(),
        chains.iter().map(|chain| chain.rows).sum::<u64>(),
        found.requests,
        found.open,
        found.messages
    ));
    if let Some(newest) = found.newest_at {
        say(format!(
            "The data go to {}: {} before now.",
            newest.timestamp(),
            length(newest, clock.now())
        ));
    }
    judge(&chains, &found)?;
    say(format!(
        "Sound. Restored and checked in {}.",
        length(begun, clock.now())
    ));
    Ok(())
}

fn judge(chains: &[journal::Report], found: &Soundness) -> anyhow::Result<()> {
    let mut wrong = 0;
    for chain in chains {
        if let Some((seq, fault)) = &chain.first_bad {
            wrong += 1;
            say(format!("{} ALTERED, row {seq}: {fault:?}", chain.network));
        }
    }
    for (what, id) in &found.faults {
        wrong += 1;
        say(format!("{id}: {what}"));
    }
    if wrong > 0 {
        bail!(
            "{wrong} thing(s) do not hold in this backup: keep it, and the database it came from"
        );
    }
    Ok(())
}

/// A length of time as somebody says it.
fn length(from: Instant, to: Instant) -> String {
    let millis = to.since(from).as_millis().max(0);
    match millis {
        0..10_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        10_000..120_000 => format!("{} s", millis / 1_000),
        120_000..7_200_000 => format!("{} min", millis / 60_000),
        _ => format!("{} h", millis / 3_600_000),
    }
}
