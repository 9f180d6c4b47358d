//! Secure mail on the command line: mailboxes of the national directory, and what came back to ours.

use super::say;
use crate::cli::{ImportFile, MssReport};
use crate::config::Config;
use crate::wiring;
use anyhow::{Context as _, bail};
use relais_app::admin::mailboxes;
use relais_app::synthesis::{REPORT_MAX, Reported};
use std::fs::File;
use std::io::{BufReader, Read as _};

/// Mailboxes written in one transaction.
const BATCH: usize = 2_000;
/// Refused lines shown; all are counted.
const SHOWN: usize = 20;

/// `relais import mailboxes`
pub(crate) async fn import(args: ImportFile) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let file =
        File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let found = mailboxes::read(BufReader::with_capacity(1 << 18, file))
        .with_context(|| args.file.display().to_string())?;
    for wrong in found.bad.iter().take(SHOWN) {
        say(format!("line {}: {}", wrong.line, wrong.reason));
    }
    if found.boxes.is_empty() {
        bail!("no mailbox of anybody: nothing was imported");
    }
    let (count, run) = (found.boxes.len(), app.next_mailbox_import().await?);
    for batch in found.boxes.chunks(BATCH) {
        app.import_mailboxes(run, batch.to_vec()).await?;
    }
    let gone = app.finish_mailbox_import(run).await?;
    say(format!(
        "{count} mailboxes imported, {gone} forgotten, {} line(s) left aside, {} refused.",
        found.aside,
        found.bad.len()
    ));
    Ok(())
}

/// `relais mss-report`
pub(crate) async fn report(args: MssReport) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let mut unread = 0_usize;
    for path in &args.files {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut mail = Vec::new();
        file.take(REPORT_MAX as u64 + 1)
            .read_to_end(&mut mail)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let said = match app.take_report(&mail).await? {
            Reported::Displayed => "displayed".to_owned(),
            Reported::Answered(code) => format!("refused by the reader's software, {code}"),
            Reported::Undelivered => "not delivered".to_owned(),
            Reported::Nothing => "nothing to do".to_owned(),
            Reported::Unknown => {
                unread += 1;
                "about no note of ours, or for a person to read".to_owned()
            }
        };
        say(format!("{}: {said}", path.display()));
    }
    if unread > 0 {
        bail!("{unread} mail(s) left for a person to read");
    }
    Ok(())
}
