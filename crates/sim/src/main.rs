//! `relais-sim --seed N --lives N`: lives request lives and says what was seen. Exits 1 with the
//! seed and the shortest scenario when something did not hold. `relais-sim FILE`: plays a scenario
//! and tells it.

use relais_sim::engine::Core;
use relais_sim::territory::simulate;
use relais_sim::words;
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let (mut seed, mut lives) = (1, 10_000);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_default();
        match word.as_str() {
            "--seed" => seed = value().parse()?,
            "--lives" => lives = value().parse()?,
            file if !file.starts_with('-') => return play(file),
            _ => anyhow::bail!("usage: relais-sim [--seed N] [--lives N] | FILE"),
        }
    }
    let report = simulate(seed, lives, &Core);
    let mut out = std::io::stdout().lock();
    for (what, count) in report.coverage.lines() {
        writeln!(out, "{count:>10}  {what}")?;
    }
    writeln!(
        out,
        "{} lives, {} inputs, trace {:016x}",
        report.lives, report.inputs, report.hash
    )?;
    if let Some(failure) = report.failure {
        writeln!(out, "\n{failure}")?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
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
