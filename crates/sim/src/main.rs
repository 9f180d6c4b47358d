//! `relais-sim --seed N --lives N`: lives request lives and says what was seen. Exits 1 with the
//! seed and the shortest story when something did not hold, or when a fault or a rare branch was
//! hardly ever met. `relais-sim FILE`: plays a scenario and tells it.

use relais_sim::campaign::{Length, Report};
use relais_sim::engine::Core;
use relais_sim::everything::{Layer, simulate};
use relais_sim::fleet::duty::Honest;
use relais_sim::fleet::{self, Setting};
use relais_sim::words;
use std::io::{IsTerminal as _, Write as _};
use std::num::NonZeroUsize;
use std::process::ExitCode;

const USAGE: &str = "usage: relais-sim [--seed N] [--lives N] [--threads N] [--commit ID] \
                     [--only territory|fleet] | --episode SEED | FILE";

/// Lives of a run too short to have met everything.
const SHORT: u64 = 10_000;

fn main() -> anyhow::Result<ExitCode> {
    let mut length = Length::new(1, 10_000);
    let (mut commit, mut layer) = ("unknown".to_owned(), Layer::Both);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_default();
        match word.as_str() {
            "--seed" => length.seed = value().parse()?,
            "--lives" => length.lives = value().parse()?,
            "--threads" => length = length.on(value().parse::<NonZeroUsize>()?),
            "--commit" => commit = value(),
            "--only" => {
                layer = match value().as_str() {
                    "territory" => Layer::Territory,
                    "fleet" => Layer::Fleet,
                    _ => anyhow::bail!(USAGE),
                }
            }
            "--episode" => return episode(value().parse()?),
            file if !file.starts_with('-') => return play(file),
            _ => anyhow::bail!(USAGE),
        }
    }
    let (report, seconds) = timed(|| {
        let mut next = length.lives / 20;
        simulate(length, layer, &mut |lives| {
            if lives >= next && length.lives > SHORT {
                next = lives + length.lives / 20;
                progress(lives, length.lives);
            }
        })
    });
    tell(&report, length, layer, seconds, &commit)
}

/// How far a long run is, on standard error.
fn progress(lives: u64, of: u64) {
    let mut err = std::io::stderr().lock();
    let end = if err.is_terminal() { '\r' } else { '\n' };
    // A closed pipe is no reason to stop.
    let _ = write!(
        err,
        "{lives:>12} of {of} lives, {:>3} %{end}",
        100 * lives.min(of) / of.max(1)
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "the speed is told, and decides nothing"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let started = std::time::Instant::now();
    let done = work();
    (done, started.elapsed().as_secs_f64())
}

fn tell(
    report: &Report,
    length: Length,
    layer: Layer,
    seconds: f64,
    commit: &str,
) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for (what, count) in report.coverage.lines() {
        writeln!(out, "{count:>10}  {what}")?;
    }
    let speed = report.lives as f64 / seconds.max(0.001);
    writeln!(
        out,
        "{} lives, {} inputs, trace {:016x}; {speed:.0} lives per second on {} threads",
        report.lives, report.inputs, report.hash, length.threads
    )?;
    if let Some(failure) = &report.failure {
        writeln!(
            out,
            "\nfound by --seed {}, commit {commit}\n{failure}",
            length.seed
        )?;
        return Ok(ExitCode::FAILURE);
    }
    if report.lives < SHORT {
        return Ok(ExitCode::SUCCESS);
    }
    // Of one layer, what only it can meet.
    let mut rare = report.coverage.rare(report.lives);
    rare.retain(|what| {
        layer == Layer::Both || what.starts_with("fleet:") == (layer == Layer::Fleet)
    });
    if !rare.is_empty() {
        writeln!(
            out,
            "\nhardly or never met, so nothing is known of them: {}",
            rare.join(", ")
        )?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Lives the fleet of one seed and tells everything that happens in it.
fn episode(seed: u64) -> anyhow::Result<ExitCode> {
    let told = fleet::told(seed, Setting::new(&Core, &Honest));
    let mut out = std::io::stdout().lock();
    for line in &told.story {
        writeln!(out, "{line}")?;
    }
    for breach in &told.breaches {
        writeln!(out, "BREACH {breach}")?;
    }
    Ok(if told.breaches.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Plays a scenario and tells it.
fn play(file: &str) -> anyhow::Result<ExitCode> {
    let told = words::tell(&std::fs::read_to_string(file)?, &Core)?;
    write!(std::io::stdout().lock(), "{}", told.trace)?;
    Ok(if told.breaches.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
