//! Row a': the usual doctor's share ends → the community is notified. The error of each deadline,
//! on the real clock: never early, late by no more than a second.

use crate::bench::Bench;
use crate::report::{Row, Verdict};
use crate::server::Server;
use crate::sink::{Hit, Sink};
use crate::stats::{Spread, Times, ms, pause};
use crate::territory::{Shape, Territory, otalgia};
use anyhow::Context as _;
use relais_core::cascade::due;
use relais_core::ids::RequestId;
use relais_core::time::Instant;
use relais_store::{Db, Options, StoreError, requests};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Requests whose usual doctor stays silent.
    #[arg(long, default_value_t = 600)]
    requests: usize,
}

/// A window of ten minutes and a share of five percent: half a minute.
const SHARE_PERCENT: u8 = 5;
/// Those who may be asked: one usual doctor and the community.
const DOCTORS: usize = 6;
/// Latest, ms.
const LATE_MOST: f64 = 1_000.0;

/// Measures on each engine.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let shape = Shape {
        doctors: DOCTORS,
        share_percent: Some(SHARE_PERCENT),
    };
    let count = bench.pairs(args.requests, args.requests / 4);
    for territory in Territory::each(bench, shape)? {
        on(bench, &territory, count).await?;
    }
    Ok(())
}

async fn on(bench: &mut Bench, territory: &Territory, count: usize) -> anyhow::Result<()> {
    let sink = Sink::open().await?;
    let gateways = sink.gateways();
    let server = Server::relais(bench.pins, &bench.options.bin, &territory.url, &gateways).await?;
    let usual = territory.doctors.first().context("a usual doctor")?;
    let mut draft = otalgia(Some(usual));
    draft["window_minutes"] = 10.into();
    let mut ids = Vec::new();
    for _ in 0..count {
        let token = Some(territory.operator.token.as_str());
        let answer = server.post("/api/v1/requests", token, &draft).await?;
        let raised = answer.expect(201)?;
        let id: RequestId = raised["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .context("a request has an id")?;
        ids.push(id);
        // Under the operator's own limit, and deadlines that do not all fall at once.
        pause(22).await;
    }
    let due = deadlines(&territory.url, &ids)?;
    let told = usize::from(count > 0) * count * DOCTORS;
    sink.wait_for("/push", told, 180).await?;
    let first = first_of_community(&sink.hits("/push"));

    let (mut times, mut earliest) = (Times::new(), i64::MAX);
    for (id, due) in &due {
        let at = first.get(&id.to_string()).context("a community told")?;
        let error = at - due.millis();
        earliest = earliest.min(error);
        times.record(Duration::from_millis(u64::try_from(error).unwrap_or(0)));
    }
    let worst = ms(times.max());
    let measured = Spread {
        median: ms(times.at(0.5)),
        min: earliest as f64,
        max: worst,
    };
    bench.keep(Row {
        id: format!("deadline-{}", territory.engine.to_lowercase()),
        what: format!(
            "usual doctor's share ends → first of the community notified, {}: error",
            territory.engine
        ),
        unit: "ms".to_owned(),
        goal: "never early, ≤ 1 s at p99.99".to_owned(),
        measured,
        reference: None,
        n: times.count(),
        command: "relais-bench deadline".to_owned(),
        verdict: Verdict::of(earliest >= 0 && worst <= LATE_MOST, || {
            "the machine was busy when the deadline fell".to_owned()
        }),
        notes: vec![format!(
            "p99 {:.0} ms, p99.99 {:.0} ms; the bracket is the earliest and the latest of all",
            ms(times.at(0.99)),
            ms(times.at(0.9999))
        )],
        machine: None,
    })
}

/// When each share ends, as stored: to the millisecond.
fn deadlines(url: &str, ids: &[RequestId]) -> anyhow::Result<Vec<(RequestId, Instant)>> {
    let (url, ids) = (url.to_owned(), ids.to_vec());
    let work = move || {
        let db = Db::open(&url, &Options::default())?;
        let found = db.read_blocking(move |tx| {
            let mut found = Vec::new();
            for id in &ids {
                let stored = requests::find(tx, *id)?;
                found.extend(stored.and_then(|s| Some((*id, due(&s.request)?.0))));
            }
            Ok::<_, StoreError>(found)
        });
        db.close();
        found
    };
    // On a thread apart: the drivers wait.
    let done = std::thread::spawn(work).join();
    let found = done.map_err(|_| anyhow::anyhow!("the look stopped short"))??;
    Ok(found)
}

/// The second message about each request: the first was the usual doctor's.
fn first_of_community(hits: &[Hit]) -> BTreeMap<String, i64> {
    let mut about: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for hit in hits {
        let body: serde_json::Value = serde_json::from_slice(&hit.body).unwrap_or_default();
        if let Some(tag) = body["tag"].as_str() {
            about.entry(tag.to_owned()).or_default().push(hit.wall_ms);
        }
    }
    about
        .into_iter()
        .filter_map(|(tag, mut at)| {
            at.sort_unstable();
            at.get(1).map(|second| (tag, *second))
        })
        .collect()
}
