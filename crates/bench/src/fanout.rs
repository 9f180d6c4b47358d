//! Row a: one request raised → the last of its messages accepted by a local gateway, with the outbox
//! durable before the first is sent; beside Alertmanager, which fans one alert out to as many
//! webhooks, in memory.

use crate::bench::Bench;
use crate::report::{Reference, Row, Verdict};
use crate::server::{Server, free_port};
use crate::sink::Sink;
use crate::stats::{Spread, ms, pause, tick};
use crate::territory::{Folder, Shape, Territory};
use crate::turns::{Turns, in_turn};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How many are asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Messages of the comparison with Alertmanager.
    #[arg(long, default_value_t = 500)]
    messages: usize,
    /// Messages of the large one, without a reference; 0 = none.
    #[arg(long, default_value_t = 10_000)]
    many: usize,
}

/// Goals, ms.
const FEW_MOST: f64 = 250.0;
const MANY_MOST: f64 = 2_000.0;

/// Measures both.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let sink = Sink::open().await?;
    beside_alertmanager(bench, &sink, args.messages).await?;
    if args.many == 0 {
        return Ok(());
    }
    let territory = Territory::sqlite(Shape::of(args.many))?;
    let server = relais(bench, &sink, &territory).await?;
    let mut took = Vec::new();
    for _ in 0..bench.pairs(5, 2) {
        took.push(once(&sink, &territory, &server).await?);
    }
    let measured = Spread::of(&took);
    bench.keep(Row {
        verdict: Verdict::of(measured.median <= MANY_MOST, || REASON.to_owned()),
        ..row(
            args.many,
            measured,
            took.len(),
            format!("≤ {MANY_MOST:.0} ms"),
        )
    })
}

const REASON: &str =
    "each message is written, claimed, sent and marked in the database, on one processor";

fn row(messages: usize, measured: Spread, turns: usize, goal: String) -> Row {
    Row {
        id: format!("fanout-{messages}"),
        what: format!("request raised → last of {messages} messages taken by the gateway, SQLite"),
        unit: "ms".to_owned(),
        goal,
        measured,
        reference: None,
        n: turns as u64,
        command: "relais-bench fanout".to_owned(),
        verdict: Verdict::Told,
        notes: Vec::new(),
        machine: None,
    }
}

async fn relais(bench: &Bench, sink: &Sink, territory: &Territory) -> anyhow::Result<Server> {
    let gateways = sink.gateways();
    Server::relais(bench.pins, &bench.options.bin, &territory.url, &gateways).await
}

/// One request, from the moment it is posted; ms.
async fn once(sink: &Sink, territory: &Territory, server: &Server) -> anyhow::Result<f64> {
    sink.clear();
    let begun = tick();
    territory.raise(server).await?;
    let last = sink.wait_for("/push", territory.doctors.len(), 120).await?;
    // What else it sends (the patient's SMS) must not weigh on the next turn.
    pause(500).await;
    Ok(ms(last.duration_since(begun)))
}

async fn beside_alertmanager(
    bench: &mut Bench,
    sink: &Sink,
    messages: usize,
) -> anyhow::Result<()> {
    let territory = Territory::sqlite(Shape::of(messages))?;
    let server = relais(bench, sink, &territory).await?;
    once(sink, &territory, &server).await?;
    let pairs = bench.pairs(7, 3);
    let turns = match Alertmanager::start(bench, sink, messages).await? {
        Some(reference) => {
            reference.once(sink, usize::MAX).await?;
            in_turn(
                pairs,
                async |turn| reference.once(sink, turn).await,
                async |_| once(sink, &territory, &server).await,
            )
            .await?
        }
        None => {
            let mut turns = Turns::default();
            for _ in 0..pairs {
                turns.program.push(once(sink, &territory, &server).await?);
            }
            turns
        }
    };
    let measured = Spread::of(&turns.program);
    let absolute = format!("≤ {FEW_MOST:.0} ms");
    if turns.reference.is_empty() {
        return bench.keep(Row {
            verdict: Verdict::of(measured.median <= FEW_MOST, || REASON.to_owned()),
            ..row(messages, measured, pairs, absolute)
        });
    }
    let holds = measured.median <= FEW_MOST && turns.ratio().median <= 1.0;
    bench.keep(Row {
        verdict: Verdict::of(holds, || {
            format!("{REASON}, while Alertmanager keeps its alert in memory")
        }),
        reference: Some(Reference::new(
            "Alertmanager, as many webhooks",
            "ms",
            &turns,
        )),
        ..row(
            messages,
            measured,
            pairs,
            format!("{absolute} and ≤ 1.0 × Alertmanager"),
        )
    })
}

/// Debian's Alertmanager, one receiver with as many webhooks.
struct Alertmanager {
    server: Server,
    messages: usize,
    _folder: Folder,
}

impl Alertmanager {
    async fn start(bench: &Bench, sink: &Sink, messages: usize) -> anyhow::Result<Option<Self>> {
        let program = Path::new("/usr/bin/prometheus-alertmanager");
        if !program.exists() {
            crate::say("No prometheus-alertmanager here (scripts/need bench installs it).");
            return Ok(None);
        }
        let folder = Folder::new("alertmanager")?;
        let config: PathBuf = folder.0.join("fan.yml");
        std::fs::write(&config, fan(sink, messages))?;
        let port = free_port()?;
        let mut command = bench.pins.serving(program);
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.path={}",
                folder.0.join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .args(["--cluster.listen-address=", "--log.level=error"]);
        let server = Server::start(command, port, "/-/ready").await?;
        Ok(Some(Self {
            server,
            messages,
            _folder: folder,
        }))
    }

    /// One alert, from the moment it is posted to the last webhook; ms.
    async fn once(&self, sink: &Sink, turn: usize) -> anyhow::Result<f64> {
        sink.clear();
        let alert = json!([{
            "labels": { "alertname": "demande", "id": format!("d-{turn}"), "motif": "otalgie" },
            "annotations": { "summary": "consultation, 3 km" }
        }]);
        let begun = tick();
        let answer = self.server.post("/api/v2/alerts", None, &alert).await?;
        anyhow::ensure!(answer.status == 200, "Alertmanager: {}", answer.status);
        let last = sink.wait_for("/r/", self.messages, 60).await?;
        pause(500).await;
        Ok(ms(last.duration_since(begun)))
    }
}

fn fan(sink: &Sink, messages: usize) -> String {
    let mut text = String::from(
        "route:\n  receiver: all\n  group_by: ['...']\n  group_wait: 0s\n  group_interval: 1s\n  \
         repeat_interval: 4h\nreceivers:\n- name: all\n  webhook_configs:\n",
    );
    for n in 0..messages {
        let url = sink.url(&format!("/r/{n}"));
        // Writing to a String cannot fail.
        let _ = write!(text, "  - url: {url}\n    send_resolved: false\n");
    }
    text
}
