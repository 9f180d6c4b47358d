//! `relais import directory`: the national open extract, streamed; looked through whole, then what differs is written, in
//! steps that a cut does not lose. Refused lines are said with their number and reason, and kept in a file beside.

use super::say;
use crate::cli::ImportDirectory;
use crate::config::Config;
use crate::wiring;
use anyhow::{Context as _, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use relais_app::App;
use relais_app::admin::national::{self, Begun, Overtaken, People, Run};
use relais_app::admin::survey::{Survey, survey};
use relais_app::reference::directory_file::HeaderError;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// Transactions read ahead of the one being written.
const AHEAD: usize = 4;
/// Refused lines shown; all are in the file beside.
const SHOWN: u64 = 20;
/// Out of a thousand lines, more refused ones than this and the file is refused whole.
const BAD_PER_THOUSAND: u64 = 20;

pub(crate) async fn import(args: ImportDirectory) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let Some((digest, mut survey)) = read(&app, &args.file).await? else {
        say("This file is in already: nothing changed.");
        return Ok(());
    };
    let people = std::mem::take(&mut survey.people);
    let (entries, bad) = (people.count(), survey.bad);
    if entries == 0 {
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
    let begun = app
        .begin_directory_import(digest.clone(), entries, args.shrink_limit)
        .await?;
    let run = match begun {
        Begun::ToWrite(run) => run,
        Begun::Shrunk { before } => bail!(
            "the file holds {entries} entries, the last one held {before}: more than {} % fewer, so it is refused whole \
             and the directory stays as it is. If the directory really shrank, say so with --shrink-limit",
            args.shrink_limit
        ),
    };
    let stopped = |_: Overtaken| overtaken(&args.file);
    let compared = app.compare_directory(run, people).await?.map_err(stopped)?;
    let gone = compared.gone.len();
    let written = write(&app, run, &args.file, compared.people).await?;
    let ended = app.finish_directory_import(run, compared.gone).await?;
    ended.map_err(stopped)?;
    tell(&survey, entries, written, gone);
    Ok(())
}

fn overtaken(path: &Path) -> anyhow::Error {
    anyhow!(
        "another import of the directory began since: {} is not in whole, and this import stopped. When the other one \
         has ended, the directory is its file; to have this one instead, import it again",
        path.display()
    )
}

/// The file's digest and what is in it; `None` when the directory holds this very file.
async fn read(app: &App, path: &Path) -> anyhow::Result<Option<(String, Survey)>> {
    if app.is_directory_new().await? {
        // There is nothing to know it again by: its digest is taken while it is looked through.
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let taken = tokio::task::spawn_blocking(move || national::digest(file));
        let survey = look(path)?;
        let digest = taken.await?;
        let digest = digest.with_context(|| format!("cannot read {}", path.display()))?;
        return Ok(Some((digest, survey)));
    }
    let digest = digest(path)?;
    if app.is_directory_imported(digest.clone()).await? {
        return Ok(None);
    }
    Ok(Some((digest, look(path)?)))
}

fn digest(path: &Path) -> anyhow::Result<String> {
    let (file, bar) = open(path, "knowing")?;
    let digest = national::digest(bar.wrap_read(file));
    bar.finish_and_clear();
    digest.with_context(|| format!("cannot read {}", path.display()))
}

/// Looks through the file, refused lines going to a file beside it.
fn look(path: &Path) -> anyhow::Result<Survey> {
    let (file, bar) = open(path, "checking")?;
    let quarantine = beside(path);
    let mut out: Option<BufWriter<File>> = None;
    let mut shown = 0;
    let survey = survey(bar.wrap_read(file), |bad, text| {
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

/// Writes what differs; answers how many entries did. The file is read by a thread of its own.
#[expect(
    clippy::disallowed_methods,
    reason = "latency only: how soon others get SQLite's writer"
)]
async fn write(app: &App, run: Run, path: &Path, people: People) -> anyhow::Result<usize> {
    let (file, bar) = open(path, "writing")?;
    let (batches, mut read) = mpsc::channel(AHEAD);
    let pace = app.directory_pace();
    let shown = bar.clone();
    let reader = tokio::task::spawn_blocking(move || {
        let source = BufReader::with_capacity(1 << 18, shown.wrap_read(file));
        let mut changes = people.changes(source)?.peekable();
        while changes.peek().is_some() {
            let batch: Vec<_> = changes.by_ref().take(pace.batch).collect();
            if batches.blocking_send(batch).is_err() {
                break;
            }
        }
        Ok::<_, HeaderError>(())
    });
    let mut written = 0;
    while let Some(batch) = read.recv().await {
        written += batch.len();
        let kept = app.write_directory(run, batch).await?;
        kept.map_err(|_: Overtaken| overtaken(path))?;
        if !pace.breath.is_zero() {
            tokio::time::sleep(pace.breath).await;
        }
    }
    reader.await??;
    bar.finish_and_clear();
    Ok(written)
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

fn tell(survey: &Survey, entries: usize, written: usize, gone: usize) {
    say(format!(
        "{entries} entries imported from {} lines: {written} new or changed, {gone} no longer listed taken away; \
         {} line(s) refused.",
        survey.lines, survey.bad
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
