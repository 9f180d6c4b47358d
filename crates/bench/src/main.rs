//! `relais-bench`: measures the product from outside, beside a reference, in turn, in one run.
//!
//! Owns load clients, references, and the page they fill (`docs/reference/performance.md`). Refuses
//! to be part of the product, to compare numbers of two runs, and to judge by wall clock in a test.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line bench talks to its terminal"
)]

mod accepts;
mod bench;
mod boards;
mod cluster;
mod commits;
mod country;
mod deadline;
mod fanout;
mod hello;
mod import;
mod machine;
mod matching;
mod memory;
mod race;
mod report;
mod server;
mod sink;
mod start;
mod stats;
mod territory;
mod turns;
mod typing;
mod volley;
mod weights;
mod wire;

use bench::{Bench, Options};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "relais-bench",
    about = "Measures Relais beside references, in turn, in one run"
)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Many professionals accept one request at the same instant.
    Accepts(accepts::Args),
    /// One act, heard by thousands of open boards, beside nginx with nchan.
    Boards(boards::Args),
    /// Thousands of boards cut, and back at one instant.
    Storm(boards::StormArgs),
    /// Boards held open: what they cost in memory.
    Held(boards::HeldArgs),
    /// The floor: the same volley against a bare axum server.
    Hello(hello::Args),
    /// The bare axum server itself, until killed.
    #[command(hide = true)]
    HelloServe(hello::ServeArgs),
    /// Durable accepts a second on distinct requests.
    Commits(commits::Args),
    /// The error of each deadline on the real clock.
    Deadline(deadline::Args),
    /// One request raised → the last of its messages taken by the gateway.
    Fanout(fanout::Args),
    /// Memory over simulated days.
    Memory(memory::Args),
    /// What pages weigh on a first visit.
    Weights(weights::Args),
    /// Who may be asked in the national directory.
    Matching(matching::Args),
    /// Each letter typed of a commune, a motive, a usual doctor.
    Typing(typing::Args),
    /// The national directory imported, beside `wc -l` and a bare COPY.
    Import(import::Args),
    /// First and second start, memory at rest.
    Start(start::Args),
    /// Writes the page from the rows measured so far.
    Report(report::Args),
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    // The server under test may use every core it is given; the load client keeps to one.
    if let Command::HelloServe(args) = cli.command {
        return hello::serve(args);
    }
    let mut bench = Bench::open(cli.options)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Accepts(args) => accepts::run(&mut bench.with_postgres()?, args).await,
            Command::Boards(args) => boards::run(&mut bench, args).await,
            Command::Storm(args) => boards::storm(&mut bench, args).await,
            Command::Held(args) => boards::held(&mut bench, args).await,
            Command::Hello(args) => hello::run(&mut bench, args).await,
            Command::Commits(args) => commits::run(&mut bench.with_postgres()?, args).await,
            Command::Deadline(args) => deadline::run(&mut bench.with_postgres()?, args).await,
            Command::Fanout(args) => fanout::run(&mut bench, args).await,
            Command::Memory(args) => memory::run(&mut bench, args).await,
            Command::Weights(args) => weights::run(&mut bench, args).await,
            Command::Matching(args) => matching::run(&mut bench.with_postgres()?, args).await,
            Command::Typing(args) => typing::run(&mut bench, args).await,
            Command::Import(args) => import::run(&mut bench.with_postgres()?, args).await,
            Command::Start(args) => start::run(&mut bench, args).await,
            Command::Report(args) => report::run(&bench, args),
            Command::HelloServe(_) => Ok(()),
        }
    })
}

/// A line for whoever watches.
pub(crate) fn say(text: &str) {
    println!("{text}");
}
