//! Backup and restore: one consistent, encrypted file, of either engine, for either engine.

use super::say;
use super::whole_file::Partial;
use crate::cli::BackupFile;
use crate::config::Config;
use crate::wiring;
use anyhow::Context as _;
use relais_app::clock::Clock;
use relais_store::backup;
use relais_store::counters::{self, BACKUP_ENDED};
use std::fs::File;
use std::io::BufReader;

/// `relais backup`: the file must not exist, so that no backup is ever written over; it has its name once it is whole.
pub(crate) fn write(args: &BackupFile) -> anyhow::Result<()> {
    let config = Config::load(args.with.config.as_deref())?;
    let db = wiring::store_for_long_work(&config)?;
    let vault = wiring::vault(&config)?;
    let partial = Partial::begin(&args.file)?;
    let rows = backup::write(&db, &vault, partial.file()?)?;
    partial.keep()?;
    say(format!("{rows} rows written to {}.", args.file.display()));
    // Only to be able to say how old it is; the backup stands without it.
    let ended = Clock::system().now().millis();
    let noted = db.write_blocking(move |tx| counters::raise(tx, BACKUP_ENDED, ended));
    if let Err(error) = noted {
        say(format!("Its date could not be noted: {error}"));
    }
    say("It opens only with the master key: keep the two apart.");
    db.close();
    Ok(())
}

/// `relais restore`: into an empty database, everything or nothing.
pub(crate) fn restore(args: &BackupFile) -> anyhow::Result<()> {
    let config = Config::load(args.with.config.as_deref())?;
    let db = wiring::store_for_long_work(&config)?;
    let vault = wiring::vault(&config)?;
    let file =
        File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let now = Clock::system().now().millis();
    let rows = backup::restore(&db, &vault, BufReader::new(file), now)?;
    say(format!(
        "{rows} rows restored. Run `relais journal verify` before serving."
    ));
    db.close();
    Ok(())
}
