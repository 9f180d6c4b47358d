//! Making the key of notifications, once.

use super::say;
use crate::cli::PushKey;
use anyhow::Context as _;
use relais_gateways::push::VapidKey;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

/// `relais push-key`
pub(crate) fn run(args: &PushKey) -> anyhow::Result<()> {
    let line = VapidKey::generate()?;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&args.file)
        .with_context(|| {
            format!(
                "cannot make {}: another key would end every subscription, so a file that exists is left alone",
                args.file.display()
            )
        })?;
    writeln!(file, "{line}").context("cannot write the key")?;
    file.sync_all().context("cannot write the key")?;
    say(format!(
        "Written to {}. Keep a copy elsewhere: with another key, everybody has to subscribe again.",
        args.file.display()
    ));
    Ok(())
}
