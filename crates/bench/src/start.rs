//! How long a start takes, and what a process holds at rest.

use crate::bench::Bench;
use crate::report::{Row, Verdict};
use crate::server::{Server, free_port};
use crate::stats::{Spread, ms};
use crate::territory::{Folder, Shape, Territory};

/// Nothing to choose.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {}

/// A start of the demonstration, its territory made or found.
pub(crate) async fn demonstration(bench: &Bench, folder: &Folder) -> anyhow::Result<Server> {
    let port = free_port()?;
    let mut command = bench.pins.serving(&bench.options.bin);
    command
        .args([
            "demo",
            "--clock",
            "manual",
            "--port",
            &port.to_string(),
            "--data",
        ])
        .arg(folder.0.join("data"));
    Server::start(command, port, "/readyz").await
}

/// First and second start, memory at rest.
pub(crate) async fn run(bench: &mut Bench, _: Args) -> anyhow::Result<()> {
    let (mut first, mut second, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..bench.pairs(5, 2) {
        let folder = Folder::new(&format!("demo-{turn}"))?;
        first.push(ms(demonstration(bench, &folder).await?.started_in));
        let server = demonstration(bench, &folder).await?;
        second.push(ms(server.started_in));
        memory.push(server.memory_mib()?);
    }
    let row = |id: &str, what: &str, unit: &str, figures: &[f64]| Row {
        id: id.to_owned(),
        what: what.to_owned(),
        unit: unit.to_owned(),
        goal: "–".to_owned(),
        measured: Spread::of(figures),
        reference: None,
        n: figures.len() as u64,
        command: "relais-bench start".to_owned(),
        verdict: Verdict::Told,
        notes: Vec::new(),
        machine: None,
    };
    let made = "demonstration, first start: territory made, stories played";
    bench.keep(row("start-first", made, "ms", &first))?;
    bench.keep(row(
        "start-second",
        "demonstration, second start",
        "ms",
        &second,
    ))?;
    let rest = "memory at rest after the second start";
    bench.keep(row("memory-rest", rest, "MiB", &memory))?;

    let territory = Territory::sqlite(Shape::of(10))?;
    let mut serve = Vec::new();
    for _ in 0..bench.pairs(5, 2) {
        let server = Server::relais(bench.pins, &bench.options.bin, &territory.url, &[]).await?;
        serve.push(ms(server.started_in));
    }
    bench.keep(row(
        "start-serve",
        "`relais serve`, ready on SQLite",
        "ms",
        &serve,
    ))
}
