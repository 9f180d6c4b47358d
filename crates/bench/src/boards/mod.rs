//! Row e: live boards. Thousands of pages hear of one real change, beside nginx with nchan that
//! sends as many the same bytes; twenty thousand are held; five thousand come back at once.

mod crowd;
mod desk;
mod files;
mod held;
mod nchan;
mod storm;

pub(crate) use held::{Args as HeldArgs, run as held};
pub(crate) use storm::{Args as StormArgs, run as storm};

use crate::bench::Bench;
use crate::report::{Reference, Row, Verdict};
use crate::stats::{Spread, Times, ms, tick};
use crate::turns::in_turn;
use crowd::{Crowd, Feed};
use desk::Desk;
use nchan::Nchan;

/// How many, how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Open boards on each side.
    #[arg(long, default_value_t = 5_000)]
    subscribers: usize,
    /// Changes told in each turn.
    #[arg(long, default_value_t = 10)]
    rounds: usize,
}

/// Delivery to the last but one hundredth, ms.
const P99_MOST: f64 = 250.0;
/// p99 over nchan's.
const NCHAN_MOST: f64 = 1.0;

/// Measures delivery from the sending of an act to each page.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let asked = args.subscribers;
    let both = if nchan::is_here() { 2 } else { 1 };
    let subscribers = files::within(asked * both)? / both;
    let mut desk = Desk::open(bench, subscribers, &[]).await?;
    let at_rest = desk.server.memory_mib()?;
    let mut boards = Crowd::gather(desk.feed(), desk.requests(None)).await?;
    let mut last = Vec::new();
    let mut all = Times::new();
    let mut program = async |_| {
        let mut turn = Times::new();
        for _ in 0..args.rounds {
            let begun = tick();
            desk.act().await?;
            let heard = boards.all_hear(begun).await?;
            last.push(ms(heard.max()));
            turn.add(&heard);
        }
        all.add(&turn);
        Ok(ms(turn.at(0.99)))
    };
    // One turn that does not count: the program's pages are cold once.
    program(0).await?;
    let pairs = bench.pairs(7, 3);
    let turns = if both == 2 {
        let mut nchan = Nchan::start(bench.pins, subscribers).await?;
        let requests = vec![nchan.subscribe(); subscribers];
        let mut pages = Crowd::gather(Feed::Nchan(nchan.address), requests).await?;
        let reference = async |_| {
            let mut turn = Times::new();
            for _ in 0..args.rounds {
                let begun = tick();
                nchan.publish().await?;
                turn.add(&pages.all_hear(begun).await?);
            }
            Ok(ms(turn.at(0.99)))
        };
        Some(in_turn(pairs, reference, &mut program).await?)
    } else {
        crate::say("No nginx with nchan here (scripts/need bench installs it): no reference.");
        None
    };
    let alone = match &turns {
        Some(turns) => turns.program.clone(),
        None => {
            let mut p99 = Vec::new();
            for turn in 0..pairs {
                p99.push(program(turn).await?);
            }
            p99
        }
    };
    let ratio = turns.as_ref().map(|turns| turns.ratio().median);
    let met = Spread::of(&alone).median <= P99_MOST && ratio.is_some_and(|r| r <= NCHAN_MOST);
    let held = desk.server.memory_mib()?;
    boards.disperse();
    bench.keep(Row {
        id: "boards".to_owned(),
        what: format!("one act → {subscribers} open boards, p99 from the sending of the act"),
        unit: "ms".to_owned(),
        goal: format!("≤ {P99_MOST}, ≤ {NCHAN_MOST} × nchan"),
        measured: Spread::of(&alone),
        reference: turns
            .as_ref()
            .map(|turns| Reference::new("nginx + nchan, a message as long", "ms", turns)),
        n: all.count(),
        command: format!("relais-bench boards --subscribers {asked}"),
        verdict: Verdict::of(met, || {
            if ratio.is_none() {
                "no reference on this machine".to_owned()
            } else {
                "one write to the network per page; the act itself is signed in, judged and durable"
                    .to_owned()
            }
        }),
        notes: vec![
            format!(
                "p50 {:.1} ms, slowest {:.1} ms; to the last page {} ms",
                ms(all.at(0.5)),
                ms(all.max()),
                Spread::of(&last).shown()
            ),
            format!(
                "server at rest {at_rest:.0} MiB, with {subscribers} boards {held:.0} MiB; ids grew on every page, nothing was lost"
            ),
        ],
        machine: None,
    })
}
