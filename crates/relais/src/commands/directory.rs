//! `relais import directory`: the national open extract, streamed; looked through whole, then written in steps that a cut
//! does not lose. Refused lines are said with their number and reason, and kept in a file beside.

use super::say;
use crate::cli::ImportDirectory;
use crate::config::Config;
use crate::wiring;
use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use relais_app::admin::national::{self, Begun, Survey};
use relais_app::reference::directory_file::Line;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Lines dealt with in one transaction.
const BATCH: usize = 2_000;
/// Refused lines shown; all are in the file beside.
const SHOWN: u64 = 20;
/// Out of a thousand lines, more refused ones than this and the file is refused whole.
const BAD_PER_THOUSAND: u64 = 20;

pub(crate) async fn import(args: ImportDirectory) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let survey = look(&args.file)?;
    let bad = survey.bad;
    if survey.entries == 0 {
        bail!("{} holds nobody: nothing was imported", args.file.display());
    }
    if bad.saturating_mul(1_000) > survey.lines.saturating_mul(BAD_PER_THOUSAND) {
        bail!(
            "{bad} lines of {} are refused: the file is damaged, and nothing was imported. \
             Download it again; the refused lines are in {}",
            survey.lines,
            beside(&args.file).display()
        );
    }
    let digest = survey.digest.clone();
    let begun = app
        .begin_directory_import(digest.clone(), survey.entries, args.shrink_limit)
        .await?;
    let (run, lines_done) = match begun {
        Begun::Already => {
            say("This file is in already: nothing changed.");
            return Ok(());
        }
        Begun::Shrunk { before } => bail!(
            "the file holds {} entries, the last one held {before}: more than {} % fewer, so it is refused whole \
             and the directory stays as it is. If the directory really shrank, say so with --shrink-limit",
            survey.entries,
            args.shrink_limit
        ),
        Begun::From { run, lines_done } => (run, lines_done),
    };
    if lines_done > 1 {
        say(format!("Going on after line {lines_done}."));
    }
    write(&app, &args.file, &digest, run, lines_done).await?;
    let gone = app.finish_directory_import(&digest, run).await?;
    tell(&survey, gone);
    Ok(())
}

/// Looks through the file, refused lines going to a file beside it.
fn look(path: &Path) -> anyhow::Result<Survey> {
    let (file, bar) = open(path, "checking")?;
    let quarantine = beside(path);
    let mut out: Option<BufWriter<File>> = None;
    let mut shown = 0;
    let survey = national::survey(bar.wrap_read(file), |bad, text| {
        if shown < SHOWN {
            bar.suspend(|| say(format!("line {}: {}", bad.line, bad.reason)));
        }
        shown += 1;
        let out = match &mut out {
            Some(out) => out,
            None => out.insert(BufWriter::new(File::create(&quarantine)?)),
        };
        writeln!(out, "{}\t{}\t{text}", bad.line, bad.reason)
    });
    bar.finish_and_clear();
    let survey = survey.with_context(|| path.display().to_string())?;
    if let Some(mut out) = out {
        out.flush()
            .with_context(|| format!("cannot write {}", quarantine.display()))?;
        say(format!(
            "{} line(s) refused: their numbers, reasons and texts are in {}.",
            survey.bad,
            quarantine.display()
        ));
    }
    Ok(survey)
}

async fn write(
    app: &relais_app::App,
    path: &Path,
    digest: &str,
    run: i64,
    lines_done: u64,
) -> anyhow::Result<()> {
    let (file, bar) = open(path, "writing")?;
    let source = BufReader::with_capacity(1 << 18, bar.wrap_read(file));
    let mut lines = national::lines(source)?;
    let mut batch = Vec::with_capacity(BATCH);
    let mut waiting = 0_usize;
    while let Some(line) = lines.next() {
        if lines.number() <= lines_done {
            continue;
        }
        waiting += 1;
        if let Line::Entry(entry) = line {
            batch.push(*entry);
        }
        if waiting >= BATCH {
            waiting = 0;
            let entries = std::mem::take(&mut batch);
            app.write_directory(digest, run, entries, lines.number())
                .await?;
        }
    }
    app.write_directory(digest, run, batch, lines.number())
        .await?;
    bar.finish_and_clear();
    Ok(())
}

fn open(path: &Path, what: &'static str) -> anyhow::Result<(File, ProgressBar)> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let bar = ProgressBar::new(file.metadata()?.len());
    bar.set_style(ProgressStyle::with_template(
        "{msg:9} {bar:40} {bytes}/{total_bytes} {eta}",
    )?);
    bar.set_message(what);
    Ok((file, bar))
}

/// Where the refused lines go.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".refused");
    PathBuf::from(name)
}

fn tell(survey: &Survey, gone: u64) {
    say(format!(
        "{} entries imported from {} lines, {} line(s) refused, {gone} entries no longer listed taken away.",
        survey.entries, survey.lines, survey.bad
    ));
    for (aside, count) in &survey.aside {
        say(format!("{count} line(s) left aside: {}.", aside.reason()));
    }
    if survey.odd_numbers > 0 {
        say(format!(
            "{} line(s) carry a number without a valid check digit: kept.",
            survey.odd_numbers
        ));
    }
}
