//! Row b: a thousand professionals accept one request at the same instant over HTTP. One wins, the
//! others are told so kindly, and whatever was acknowledged is there after `kill -9`.

use crate::bench::Bench;
use crate::hello;
use crate::race::Race;
use crate::report::{Reference, Row, Verdict};
use crate::server::Server;
use crate::sink::Sink;
use crate::stats::{Spread, eventually, ms};
use crate::territory::{Person, Shape, Territory};
use crate::turns::{Turns, in_turn};
use crate::volley::Battery;
use crate::wire::post;
use anyhow::{Context as _, bail};
use serde_json::json;
use std::collections::BTreeMap;

/// How many, how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Professionals who accept at once, each with a connection, a token and an offer of their own.
    #[arg(long, default_value_t = 1_000)]
    connections: usize,
    /// Each acceptance carries an `Idempotency-Key`, as a careful program's does.
    #[arg(long)]
    keyed: bool,
}

/// Why an answer takes longer than the floor.
const WAITED: &str = "whoever came before the winner's commit is answered by it, and that commit \
carries the \"pourvu\" of everybody else, a row each";

/// p99 over bare axum hello.
const HELLO_MOST: f64 = 1.5;
/// p99 over the PostgreSQL race.
const RACE_MOST: f64 = 0.1;
/// The slowest answer, ms.
const SLOWEST_MOST: f64 = 500.0;

/// Measures on each engine at hand.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    for territory in Territory::each(bench, Shape::of(args.connections))? {
        on(bench, &args, &territory).await?;
    }
    Ok(())
}

async fn on(bench: &mut Bench, args: &Args, territory: &Territory) -> anyhow::Result<()> {
    let sink = Sink::open().await?;
    let gateways = sink.gateways();
    let server = Server::relais(bench.pins, &bench.options.bin, &territory.url, &gateways).await?;
    let floor = hello::start(bench.pins).await?;
    let mut bare = Battery::open(floor.address, args.connections).await?;
    let mut field = Field::open(args, territory, server, &sink).await?;
    // One volley of each that does not count: caches, and pages of the program, are cold once.
    bare.fire(hello::shots(args.connections)).await?;
    field.volley().await?;
    field.forget();

    let pairs = bench.pairs(5, if args.keyed { 2 } else { 3 });
    let against_hello = in_turn(
        pairs,
        async |_| {
            let volley = bare.fire(hello::shots(args.connections)).await?;
            Ok(ms(volley.times.at(0.99)))
        },
        async |_| field.volley().await,
    )
    .await?;
    let against_race = match &bench.postgres {
        Some(postgres) if !args.keyed => {
            let race = Race::prepare(&postgres.database()?, args.connections)?;
            let run = async |_| Ok(ms(race.run()?.at(0.99)));
            Some(in_turn(pairs, run, async |_| field.volley().await).await?)
        }
        _ => None,
    };
    let Field {
        mut server,
        p50,
        slowest,
        won,
        battery,
        ..
    } = field;
    drop(battery);
    server.kill()?;
    // The same program finds every acknowledged acceptance, or no figure counts.
    let server = Server::relais(bench.pins, &bench.options.bin, &territory.url, &gateways).await?;
    durable(&server, territory, &won).await?;

    let note = format!(
        "p50 {} ms; 1 winner and {} clean refusals in each of {} volleys; every acknowledged accept found after kill -9",
        Spread::of(&p50).shown(),
        args.connections - 1,
        won.len()
    );
    report(
        bench,
        args,
        territory,
        &against_hello,
        against_race.as_ref(),
        &slowest,
        note,
    )
}

fn report(
    bench: &mut Bench,
    args: &Args,
    territory: &Territory,
    against_hello: &Turns,
    against_race: Option<&Turns>,
    slowest: &[f64],
    note: String,
) -> anyhow::Result<()> {
    let (tail, keyed, flag) = if args.keyed {
        ("-keyed", ", each under a key", " --keyed")
    } else {
        ("", "", "")
    };
    let engine = territory.engine;
    let what = format!("{} simultaneous accepts{keyed}, {engine}", args.connections);
    let row = |kind: &str, suffix: &str, goal: String, figures: &[f64]| Row {
        id: format!("accepts-{kind}-{}{tail}", engine.to_lowercase()),
        what: format!("{what}: {suffix}"),
        unit: "ms".to_owned(),
        goal,
        measured: Spread::of(figures),
        reference: None,
        n: (figures.len() * args.connections) as u64,
        command: format!("relais-bench accepts{flag}"),
        verdict: Verdict::Told,
        notes: vec![note.clone()],
        machine: None,
    };
    let goal = format!("≤ {HELLO_MOST} × hello");
    bench.keep(Row {
        verdict: Verdict::of(against_hello.ratio().median <= HELLO_MOST, || {
            WAITED.to_owned()
        }),
        reference: Some(Reference::new(
            "bare axum hello, same volley",
            "ms",
            against_hello,
        )),
        ..row("hello", "p99 beside hello", goal, &against_hello.program)
    })?;
    let goal = format!("≤ {SLOWEST_MOST:.0} ms");
    bench.keep(Row {
        verdict: Verdict::of(slowest.iter().all(|ms| *ms <= SLOWEST_MOST), || {
            WAITED.to_owned()
        }),
        ..row("slowest", "slowest answer", goal, slowest)
    })?;
    let Some(turns) = against_race else {
        return Ok(());
    };
    let goal = "≤ 1/10 of the PostgreSQL race".to_owned();
    bench.keep(Row {
        verdict: Verdict::of(turns.ratio().median <= RACE_MOST, || WAITED.to_owned()),
        reference: Some(Reference::new(
            "pgbench -f race.sql -c 1000 -t 1",
            "ms",
            turns,
        )),
        ..row("race", "p99 beside the race", goal, &turns.program)
    })
}

/// A server, everybody connected to it, and what came of the volleys so far.
struct Field<'t> {
    sink: &'t Sink,
    args: &'t Args,
    territory: &'t Territory,
    server: Server,
    battery: Battery,
    p50: Vec<f64>,
    slowest: Vec<f64>,
    won: BTreeMap<String, usize>,
}

impl<'t> Field<'t> {
    async fn open(
        args: &'t Args,
        territory: &'t Territory,
        server: Server,
        sink: &'t Sink,
    ) -> anyhow::Result<Self> {
        let battery = Battery::open(server.address, args.connections).await?;
        Ok(Self {
            sink,
            args,
            territory,
            server,
            battery,
            p50: Vec::new(),
            slowest: Vec::new(),
            won: BTreeMap::new(),
        })
    }

    /// A fresh request, accepted by everybody at once; answers the 99th percentile, ms.
    async fn volley(&mut self) -> anyhow::Result<f64> {
        self.sink.clear();
        let request = self.territory.raise(&self.server).await?;
        // Everybody was told, as they would have been: the others' "pourvu" is part of the work.
        self.sink
            .wait_for("/push", self.territory.doctors.len(), 60)
            .await?;
        let offers = offers(&mut self.battery, self.territory, &request).await?;
        let shots = shots(self.args, self.territory, &offers);
        let volley = self.battery.fire(shots).await?;
        let winner = winner(&volley.answers, &self.territory.doctors)?;
        self.won.insert(request, winner);
        self.p50.push(ms(volley.times.at(0.5)));
        self.slowest.push(ms(volley.times.max()));
        Ok(ms(volley.times.at(0.99)))
    }

    /// Forgets the figures, not the winners.
    fn forget(&mut self) {
        self.p50.clear();
        self.slowest.clear();
    }
}

/// Each doctor's offer of the request, asked for on their own connection: they looked before they
/// tap.
async fn offers(
    battery: &mut Battery,
    territory: &Territory,
    request: &str,
) -> anyhow::Result<Vec<String>> {
    let ask = territory.doctors.iter().map(Territory::open_offers);
    let seen = battery.fire(ask.collect()).await?;
    seen.answers
        .iter()
        .map(|answer| {
            let list = answer.expect(200)?;
            let items = list["items"].as_array().context("offers are a list")?;
            let mine = items.iter().find(|offer| offer["request"] == request);
            let id = mine.and_then(|offer| offer["id"].as_str());
            Ok(id.context("no offer of this request")?.to_owned())
        })
        .collect()
}

fn shots(args: &Args, territory: &Territory, offers: &[String]) -> Vec<Vec<u8>> {
    let body = json!({ "appointment": { "mode": "call" } });
    let shots = territory.doctors.iter().zip(offers);
    shots
        .map(|(doctor, offer)| {
            let path = format!("/api/v1/offers/{offer}/accept");
            let key = format!("bench-{offer}");
            let key = args.keyed.then_some(key.as_str());
            post(&path, Some(&doctor.token), key, &body)
        })
        .collect()
}

/// Who won: exactly one, everybody else told it is taken.
fn winner(answers: &[crate::wire::Answer], doctors: &[Person]) -> anyhow::Result<usize> {
    let mut won = None;
    for (index, answer) in answers.iter().enumerate() {
        match answer.status {
            200 if won.is_none() => won = Some(index),
            200 => bail!("two winners"),
            409 => {
                let problem = answer.json()?;
                let kind = problem["type"].as_str().unwrap_or_default();
                anyhow::ensure!(kind.ends_with("already-taken"), "{problem}");
            }
            status => bail!("{status}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }
    anyhow::ensure!(answers.len() == doctors.len(), "an answer is missing");
    won.context("nobody won")
}

/// Every acknowledged acceptance is there after the kill.
async fn durable(
    server: &Server,
    territory: &Territory,
    won: &BTreeMap<String, usize>,
) -> anyhow::Result<()> {
    let operator = Some(territory.operator.token.as_str());
    for (request, winner) in won {
        let path = format!("/api/v1/requests/{request}");
        let shown = eventually(10, "the request after the restart", async || {
            let answer = server.get(&path, operator).await?;
            Ok((answer.status == 200).then_some(answer))
        })
        .await?
        .json()?;
        let taker = shown["accepted_by"]["id"].as_str();
        let expected = territory.doctors[*winner].professional;
        let expected = expected.map(|id| id.to_string());
        anyhow::ensure!(
            taker.map(str::to_owned) == expected,
            "the acceptance of {request} was lost: {}",
            shown["accepted_by"]
        );
    }
    Ok(())
}
