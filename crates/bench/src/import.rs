//! The national directory imported by the program itself: a file of the real one's size and shape, into each engine,
//! beside `wc -l` of the same file and beside a bare COPY of it; the same file again, the next month's; and what a request
//! raised meanwhile waits.

use crate::bench::Bench;
use crate::country::{self, Size};
use crate::race::psql;
use crate::report::{Reference, Row, Verdict};
use crate::server::Server;
use crate::stats::{Spread, Times, ms, pause, tick};
use crate::territory::{Folder, Shape, Territory, key};
use crate::turns::{Turns, in_turn};
use anyhow::Context as _;
use std::cell::Cell;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// How large the file is.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {
    /// Lines of the file, made up; the real one has 2.4 million.
    #[arg(long, default_value_t = 2_400_000)]
    lines: usize,
}

/// A whole file into SQLite, s.
const FULL_S: f64 = 20.0;
/// The same file again, s.
const AGAIN_S: f64 = 5.0;
/// Program over a bare COPY.
const COPY_RATIO: f64 = 1.5;
/// Held while importing, MiB.
const MEMORY_MIB: f64 = 200.0;
/// Out of a thousand people, who changed within a month.
const CHANGED: usize = 20;
/// Between two requests raised, ms.
const BETWEEN_MS: u64 = 40;
/// Requests raised while nothing is imported.
const ALONE: u64 = 200;

/// Imports.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let folder = Folder::new("import")?;
    let (file, month) = (folder.0.join("before.txt"), folder.0.join("after.txt"));
    let lines = args.lines;
    country::write_to(&file, Size { lines, changed: 0 })?;
    let changed = CHANGED;
    country::write_to(&month, Size { lines, changed })?;
    let mib = std::fs::metadata(&file)?.len() as f64 / (1024.0 * 1024.0);
    let told = format!("{lines} lines, {mib:.0} MiB, made up; both processors");
    sqlite(bench, &file, &month, &told).await?;
    if bench.postgres.is_some() {
        postgres(bench, &file, &told).await?;
    }
    beside(bench, &file, &told).await
}

async fn sqlite(bench: &mut Bench, file: &Path, month: &Path, told: &str) -> anyhow::Result<()> {
    let (mut again, mut next) = (Turns::default(), Turns::default());
    let most = Cell::new(0.0_f64);
    let pairs = bench.pairs(3, 1);
    let full = in_turn(
        pairs,
        async |_| wc(file),
        async |_| {
            let territory = Territory::sqlite(Shape::of(2))?;
            let full = import(bench, &territory, file).await?;
            most.set(most.get().max(full.mib));
            for (turns, file) in [(&mut again, file), (&mut next, month)] {
                turns.reference.push(wc(file)?);
                turns
                    .program
                    .push(import(bench, &territory, file).await?.seconds);
            }
            Ok(full.seconds)
        },
    )
    .await?;
    let row = |id: &str, what: &str, goal: f64, turns: &Turns| {
        let measured = Spread::of(&turns.program);
        Row {
            id: id.to_owned(),
            what: what.to_owned(),
            unit: "s".to_owned(),
            goal: format!("≤ {goal} s"),
            verdict: Verdict::of(measured.max <= goal, || {
                "over its goal in this run".to_owned()
            }),
            measured,
            reference: Some(Reference::new("`wc -l` of the same file", "s", turns)),
            n: turns.program.len() as u64,
            command: "relais-bench import".to_owned(),
            notes: vec![told.to_owned()],
            machine: None,
        }
    };
    let mut whole = row(
        "import-sqlite",
        "the whole directory imported, SQLite",
        FULL_S,
        &full,
    );
    whole
        .notes
        .push(format!("{:.0} MiB held at most", most.get()));
    bench.keep(whole)?;
    bench.keep(Row {
        unit: "MiB".to_owned(),
        goal: format!("≤ {MEMORY_MIB} MiB"),
        measured: Spread::of(&[most.get()]),
        verdict: Verdict::of(most.get() <= MEMORY_MIB, || {
            "over its goal in this run".to_owned()
        }),
        reference: None,
        ..row("import-memory", "held by the import at most", 0.0, &full)
    })?;
    bench.keep(row(
        "import-again",
        "the same file again, SQLite",
        AGAIN_S,
        &again,
    ))?;
    bench.keep(Row {
        goal: "–".to_owned(),
        verdict: Verdict::Told,
        ..row(
            "import-month",
            "the next month's file, one in fifty changed, SQLite",
            0.0,
            &next,
        )
    })
}

async fn postgres(bench: &mut Bench, file: &Path, told: &str) -> anyhow::Result<()> {
    let pairs = bench.pairs(3, 1);
    let postgres = bench.postgres.as_ref().context("no PostgreSQL")?;
    let turns = in_turn(
        pairs,
        async |_| bare_copy(&postgres.database()?, file),
        async |_| {
            let territory = Territory::postgres(postgres, Shape::of(2))?;
            Ok(import(bench, &territory, file).await?.seconds)
        },
    )
    .await?;
    let ratio = turns.ratio();
    bench.keep(Row {
        id: "import-postgresql".to_owned(),
        what: "the whole directory imported, PostgreSQL".to_owned(),
        unit: "s".to_owned(),
        goal: format!("≤ {COPY_RATIO} × a bare COPY"),
        verdict: Verdict::of(ratio.median <= COPY_RATIO, || {
            "a key and two indexes are built over those who are kept, \
             the file is read twice; the bare COPY reads it once and builds none"
                .to_owned()
        }),
        measured: Spread::of(&turns.program),
        reference: Some(Reference::new(
            "bare COPY of the file into a table of texts",
            "s",
            &turns,
        )),
        n: turns.program.len() as u64,
        command: "relais-bench import".to_owned(),
        notes: vec![
            told.to_owned(),
            "the server on one processor, as everywhere here".to_owned(),
        ],
        machine: None,
    })
}

/// Requests raised over HTTP, alone, then while the directory is imported into the same SQLite file.
async fn beside(bench: &mut Bench, file: &Path, told: &str) -> anyhow::Result<()> {
    let territory = Territory::sqlite(Shape::of(2))?;
    let server = Server::relais(bench.pins, &bench.options.bin, &territory.url, &[]).await?;
    let mut alone = Times::new();
    for _ in 0..ALONE {
        raise(&territory, &server, &mut alone).await?;
    }
    let mut meanwhile = Times::new();
    let mut importing = start(bench, &territory, file)?;
    let ended = loop {
        if let Some(status) = importing.try_wait()? {
            break status;
        }
        raise(&territory, &server, &mut meanwhile).await?;
    };
    anyhow::ensure!(ended.success(), "import: {ended}");
    let turns = Turns {
        program: vec![ms(meanwhile.at(0.99))],
        reference: vec![ms(alone.at(0.99))],
    };
    bench.keep(Row {
        id: "import-beside".to_owned(),
        what: "a request raised while the whole directory is imported into the same SQLite file, p99".to_owned(),
        unit: "ms".to_owned(),
        goal: "–".to_owned(),
        verdict: Verdict::Told,
        measured: Spread::of(&turns.program),
        reference: Some(Reference::new("the same, nothing imported", "ms", &turns)),
        n: meanwhile.count(),
        command: "relais-bench import".to_owned(),
        notes: vec![
            told.to_owned(),
            format!(
                "medians {:.1} ms and {:.1} ms; the slowest of all {:.0} ms, while an index is built over a directory that \
                 was empty",
                ms(meanwhile.at(0.5)),
                ms(alone.at(0.5)),
                ms(meanwhile.max())
            ),
        ],
        machine: None,
    })
}

async fn raise(territory: &Territory, server: &Server, times: &mut Times) -> anyhow::Result<()> {
    pause(BETWEEN_MS).await;
    let begun = tick();
    territory.raise(server).await?;
    times.record(begun.elapsed());
    Ok(())
}

/// What an import took.
struct Took {
    seconds: f64,
    mib: f64,
}

fn start(bench: &Bench, territory: &Territory, file: &Path) -> anyhow::Result<Child> {
    let mut command = Command::new("taskset");
    // Whoever imports has the machine, whatever this process keeps to.
    command.args(["-c", "0-1"]).arg(&bench.options.bin);
    command
        .args(["import", "directory"])
        .arg(file)
        .env("RELAIS_DATABASE_URL", &territory.url)
        .env("RELAIS_KEYS_MASTER", key())
        .env("RELAIS_LOG_FILTER", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().context("starting an import")
}

async fn import(bench: &Bench, territory: &Territory, file: &Path) -> anyhow::Result<Took> {
    let begun = tick();
    let mut child = start(bench, territory, file)?;
    let mut mib = 0.0;
    loop {
        if let Some(status) = child.try_wait()? {
            anyhow::ensure!(status.success(), "import: {status}");
            break;
        }
        mib = peak_mib(child.id()).unwrap_or(mib);
        pause(20).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Took { seconds, mib })
}

/// The most a process ever held, MiB.
fn peak_mib(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

fn wc(file: &Path) -> anyhow::Result<f64> {
    let begun = tick();
    let counted = Command::new("wc").arg("-l").arg(file).output()?;
    anyhow::ensure!(counted.status.success(), "wc: {}", counted.status);
    Ok(begun.elapsed().as_secs_f64())
}

/// The file as it is, into a table of texts without an index.
fn bare_copy(url: &str, file: &Path) -> anyhow::Result<f64> {
    let columns: Vec<String> = (1..=57).map(|n| format!("c{n} TEXT")).collect();
    psql(url, &format!("CREATE TABLE bare ({})", columns.join(", ")))?;
    let begun = tick();
    let copy = format!(
        "COPY bare FROM '{}' WITH (FORMAT csv, DELIMITER '|', HEADER true, QUOTE E'\\x01')",
        file.display()
    );
    psql(url, &copy)?;
    Ok(begun.elapsed().as_secs_f64())
}
