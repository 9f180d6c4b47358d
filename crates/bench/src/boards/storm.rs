//! A storm: every board is cut, changes happen meanwhile, all come back at one instant and say what
//! they heard last. Nothing may be lost, told twice or refused.

use crate::bench::Bench;
use crate::report::{Row, Verdict};
use crate::stats::{Spread, ms, pause, tick};

use super::crowd::{Crowd, number};
use super::desk::Desk;
use super::files;

/// How many, how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Boards that come back.
    #[arg(long, default_value_t = 5_000)]
    subscribers: usize,
}

/// All back and caught up, ms.
const ABSORBED_MOST: f64 = 10_000.0;
/// Changes while they are away.
const MISSED: u64 = 3;

/// Cuts and measures until the last board has heard everything.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let boards = files::within(args.subscribers)?;
    let mut desk = Desk::open(bench, boards, &[]).await?;
    let mut crowd = Crowd::gather(desk.feed(), desk.requests(None)).await?;
    let begun = tick();
    desk.act().await?;
    crowd.all_hear(begun).await?;
    let (mut last, mut overflows) = (Vec::new(), 0);
    let storms = bench.pairs(5, 2);
    for _ in 0..storms {
        let marks = crowd.disperse();
        // The kernel and the server see every cut before the storm.
        pause(500).await;
        for _ in 0..MISSED {
            desk.act().await?;
        }
        let heard = number(&marks[0])?;
        let missed: Vec<u64> = (heard + 1..=heard + MISSED).collect();
        let before = overflown()?;
        let begun = tick();
        crowd = Crowd::rush(desk.feed(), desk.requests(Some(&marks)));
        let times = crowd.all_caught_up(begun, &missed).await?;
        overflows += overflown()? - before;
        last.push(ms(times.max()));
        // One more, live, on every board that came back.
        let begun = tick();
        desk.act().await?;
        crowd.all_hear(begun).await?;
    }
    let lost = crowd.lost;
    crowd.disperse();
    let worst = Spread::of(&last).max;
    bench.keep(Row {
        id: "boards-storm".to_owned(),
        what: format!("{boards} boards cut, back at one instant, until the last has what it missed"),
        unit: "ms".to_owned(),
        goal: format!("≤ {ABSORBED_MOST}, 0 lost, 0 overflows of the listening queue"),
        measured: Spread::of(&last),
        reference: None,
        n: (boards * storms) as u64,
        command: format!("relais-bench storm --subscribers {}", args.subscribers),
        verdict: Verdict::of(worst <= ABSORBED_MOST && lost == 0 && overflows == 0, || {
            format!("slowest storm {worst:.0} ms, {lost} lost, {overflows} overflows")
        }),
        notes: vec![format!(
            "each board was told the {MISSED} changes it missed, in order, once, then one live; {lost} lost; ListenOverflows +{overflows}"
        )],
        machine: None,
    })
}

/// Connections the kernel turned away from full listening queues since it started.
fn overflown() -> anyhow::Result<u64> {
    let text = std::fs::read_to_string("/proc/net/netstat")?;
    let mut lines = text.lines().filter(|line| line.starts_with("TcpExt:"));
    let names = lines.next().unwrap_or_default().split_whitespace();
    let values = lines.next().unwrap_or_default().split_whitespace();
    let mut both = names.zip(values);
    let found = both.find(|(name, _)| *name == "ListenOverflows");
    Ok(found.map_or(Ok(0), |(_, value)| value.parse())?)
}
