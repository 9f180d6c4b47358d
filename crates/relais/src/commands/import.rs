//! Imports: progress, bad lines with their number and reason, idempotent.

use super::say;
use crate::cli::{ImportFile, ImportProtocols};
use crate::config::Config;
use crate::wiring;
use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use relais_app::admin::networks::Imported;
use relais_app::protocols::versions::ImportError;
use relais_app::reference::communes_file::read_communes;
use std::fs::File;
use std::io::BufReader;

/// Lines written in one transaction.
const BATCH: usize = 500;
/// Bad lines shown; all are counted.
const SHOWN: usize = 20;

/// `relais import network`
pub(crate) async fn network(args: ImportFile) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let text = std::fs::read_to_string(&args.file)
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    let toml = args
        .file
        .extension()
        .is_some_and(|extension| extension == "toml");
    let text = if toml {
        let value: toml::Value =
            toml::from_str(&text).with_context(|| args.file.display().to_string())?;
        serde_json::to_string(&value)?
    } else {
        text
    };
    match app.import_network(text).await? {
        Imported::Created(_) => say("Network created."),
        Imported::Changed(_) => say("Settings changed: they apply to requests raised from now on."),
        Imported::Unchanged(_) => say("Nothing changed."),
    }
    Ok(())
}

/// `relais import communes`
pub(crate) async fn communes(args: ImportFile) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let file =
        File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let bar = ProgressBar::new(file.metadata()?.len());
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {bytes}/{total_bytes} {eta}",
    )?);
    let (mut good, mut bad, mut batch) = (0_usize, Vec::new(), Vec::with_capacity(BATCH));
    for line in read_communes(BufReader::new(bar.wrap_read(file)))? {
        match line {
            Ok(commune) => {
                good += 1;
                batch.push(commune);
            }
            Err(wrong) => bad.push(wrong),
        }
        if batch.len() == BATCH {
            app.import_communes(std::mem::take(&mut batch)).await?;
        }
    }
    app.import_communes(batch).await?;
    bar.finish_and_clear();
    for wrong in bad.iter().take(SHOWN) {
        say(format!("line {}: {}", wrong.line, wrong.reason));
    }
    say(format!(
        "{good} communes imported, {} line(s) refused.",
        bad.len()
    ));
    if good == 0 {
        bail!("nothing was imported");
    }
    Ok(())
}

/// `relais import protocols`
pub(crate) async fn protocols(args: ImportProtocols) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let text = std::fs::read_to_string(&args.file)
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    match app.import_protocols(&args.network, &text).await {
        Ok(done) => {
            let (new, changed, same) = (done.new, done.changed, done.same);
            say(format!(
                "{new} new sheet(s), {changed} changed, {same} unchanged. \
                 They are drafts: none is used before it is reviewed, signed and dated."
            ));
            Ok(())
        }
        Err(ImportError::File(faults)) => {
            for fault in faults.iter().take(SHOWN) {
                say(fault.to_string());
            }
            let count = faults.len();
            bail!(
                "{} is refused: {count} fault(s), nothing imported, the versions in force stay",
                args.file.display()
            );
        }
        Err(ImportError::App(error)) => Err(error.into()),
    }
}
