//! Boards held open: what they cost in memory, and whether they still hear.

use crate::bench::Bench;
use crate::report::{Row, Verdict};
use crate::stats::{Spread, ms, tick};

use super::crowd::Crowd;
use super::desk::Desk;
use super::files;

/// How many.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Boards held open.
    #[arg(long, default_value_t = 20_000)]
    subscribers: usize,
}

/// Memory with 20,000 boards, MiB.
const MEMORY_MOST: f64 = 400.0;
/// What the program keeps for acts, and its own.
const SERVERS_OWN: usize = 1_300;
/// As the service unit of the installation guide starts it: one heap, not one per thread.
const AS_A_SERVICE: (&str, &str) = ("MALLOC_ARENA_MAX", "1");
const GOAL_AT: f64 = 20_000.0;

/// Opens them, looks at the memory, tells all of them something.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    // The server is another process under the same limit, and keeps some of it for acts.
    let most = files::within(args.subscribers + SERVERS_OWN)? - SERVERS_OWN;
    let boards = args.subscribers.min(most);
    let mut desk = Desk::open(bench, boards, &[AS_A_SERVICE]).await?;
    let before = desk.server.memory_mib()?;
    let begun = tick();
    let mut crowd = Crowd::gather(desk.feed(), desk.requests(None)).await?;
    let opened = begun.elapsed();
    let held = desk.server.memory_mib()?;
    let begun = tick();
    desk.act().await?;
    let heard = crowd.all_hear(begun).await?;
    let after = desk.server.memory_mib()?;
    let each = (after - before) * 1024.0 / boards as f64;
    // As many as the goal says, at what each costs here.
    let at_goal = before + each * GOAL_AT / 1024.0;
    crowd.disperse();
    bench.keep(Row {
        id: "boards-held".to_owned(),
        what: format!("memory of the server with {boards} boards held open"),
        unit: "MiB".to_owned(),
        goal: format!("≤ {MEMORY_MOST} with {GOAL_AT}"),
        measured: Spread::of(&[held, after]),
        reference: None,
        n: boards as u64,
        command: format!("relais-bench held --subscribers {}", args.subscribers),
        verdict: Verdict::of(after.max(at_goal) <= MEMORY_MOST, || {
            format!("{each:.1} KiB a board, {at_goal:.0} MiB with {GOAL_AT}")
        }),
        notes: vec![
            format!("{}={}, as in the guide's service unit", AS_A_SERVICE.0, AS_A_SERVICE.1),
            format!("{before:.0} MiB before the first, {each:.1} KiB each; with {GOAL_AT}: {at_goal:.0} MiB"),
            format!(
                "opened in {:.1} s; one act heard by all of them, the last after {:.0} ms",
                opened.as_secs_f64(),
                ms(heard.max())
            ),
        ],
        machine: None,
    })
}
