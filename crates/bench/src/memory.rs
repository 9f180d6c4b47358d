//! Memory over time: a demonstration whose clock is moved day by day while people raise requests and
//! answer them; what the process holds after each day, and how that grows.

use crate::bench::Bench;
use crate::report::{Row, Verdict};
use crate::server::Server;
use crate::start::demonstration;
use crate::stats::{Spread, tick};
use crate::territory::{Folder, otalgia};
use anyhow::Context as _;
use serde_json::json;

/// How long.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Days of the simulated clock, at most.
    #[arg(long, default_value_t = 365)]
    days: u32,
    /// Minutes of real time, at most: sixty for the full measure.
    #[arg(long, default_value_t = 2)]
    minutes: u64,
}

/// Requests raised each day.
const A_DAY: usize = 10;
/// Growth that would matter on a machine that runs for a year, MiB a day.
const GROWTH_MOST: f64 = 0.25;

/// Measures the slope.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let folder = Folder::new("year")?;
    let server = demonstration(bench, &folder).await?;
    let accounts = server.get("/demo/accounts.json", None).await?.json()?;
    let accounts = accounts.as_array().context("accounts are a list")?;
    let operator = accounts.iter().find(|a| a["role"] == "operator");
    let token = operator
        .and_then(|a| a["api_token"].as_str())
        .context("an operator with a token")?;
    let begun = tick();
    let mut held = vec![server.memory_mib()?];
    let (mut raised, mut refused) = (0_usize, 0_usize);
    for _ in 0..args.days {
        if begun.elapsed().as_secs() >= args.minutes * 60 {
            break;
        }
        for _ in 0..A_DAY {
            let token = Some(token);
            let answer = server
                .post("/api/v1/requests", token, &otalgia(None))
                .await?;
            match answer.status {
                201 => raised += 1,
                // Closed on Sundays, and not every operator's territory holds Massy.
                _ => refused += 1,
            }
            advance(&server, "PT30M").await?;
        }
        advance(&server, "PT19H").await?;
        held.push(server.memory_mib()?);
    }
    let days = held.len() - 1;
    anyhow::ensure!(days >= 2, "not two days in {} minutes", args.minutes);
    let slope = slope(&held[held.len() / 2..]);
    let row = |id: &str, what: String, unit: &str, figures: &[f64]| Row {
        id: id.to_owned(),
        what,
        unit: unit.to_owned(),
        goal: "–".to_owned(),
        measured: Spread::of(figures),
        reference: None,
        n: days as u64,
        command: "relais-bench memory --minutes 60".to_owned(),
        verdict: Verdict::Told,
        notes: vec![format!(
            "{days} simulated days in {} s; {raised} requests raised, {refused} refused (closed)",
            begun.elapsed().as_secs()
        )],
        machine: None,
    };
    let what = format!("memory held, demonstration over {days} simulated days");
    bench.keep(row("memory-held", what, "MiB", &held))?;
    let what = "growth of memory, second half of those days".to_owned();
    bench.keep(Row {
        goal: format!("≤ {GROWTH_MOST} MiB a day"),
        verdict: Verdict::of(slope <= GROWTH_MOST, || {
            "fake phones of the demonstration keep every message in memory; `serve` has none"
                .to_owned()
        }),
        ..row("memory-slope", what, "MiB/day", &[slope])
    })
}

async fn advance(server: &Server, by: &str) -> anyhow::Result<()> {
    let moved = server
        .post("/demo/clock", None, &json!({ "advance": by }))
        .await?;
    anyhow::ensure!(moved.status == 200, "the clock: {}", moved.status);
    Ok(())
}

/// Least squares, per step.
fn slope(figures: &[f64]) -> f64 {
    let n = figures.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let mean = figures.iter().sum::<f64>() / n;
    let (mut over, mut under) = (0.0, 0.0);
    for (at, figure) in figures.iter().enumerate() {
        let x = at as f64 - middle;
        over += x * (figure - mean);
        under += x * x;
    }
    if under == 0.0 { 0.0 } else { over / under }
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn the_slope_of_a_line_is_its_own() {
        assert!((slope(&[1.0, 3.0, 5.0, 7.0]) - 2.0).abs() < 1e-9);
        assert!(slope(&[4.0, 4.0, 4.0]).abs() < 1e-9);
    }
}
