//! Durable accepts a second on distinct requests, over HTTP with everything an acceptance does,
//! beside `pgbench` committing three rows and beside a bare SQLite loop committing the same three.

use crate::bench::Bench;
use crate::race::Race;
use crate::report::{Reference, Row, Verdict};
use crate::server::Server;
use crate::stats::{Spread, tick};
use crate::territory::{Folder, Shape, Territory, otalgia};
use crate::turns::in_turn;
use crate::wire::{Connection, post};
use anyhow::Context as _;
use serde_json::json;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// How many.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Acceptances of each turn.
    #[arg(long, default_value_t = 192)]
    accepts: usize,
}

/// Doctors, each the usual one of the next.
const DOCTORS: usize = 32;
/// Callers at once.
const CALLERS: [usize; 3] = [16, 64, 256];
/// How long a reference commits in one turn, seconds; longer where many must connect first.
const SECONDS: u64 = 2;

/// Measures on each engine.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    for territory in Territory::each(bench, Shape::of(DOCTORS))? {
        let mut server =
            Server::relais(bench.pins, &bench.options.bin, &territory.url, &[]).await?;
        for callers in CALLERS {
            let pairs = bench.pairs(5, 1);
            let name;
            let accepts = async |_| accepts(&server, &territory, args.accepts, callers).await;
            let turns = match (&bench.postgres, territory.engine) {
                (Some(postgres), "PostgreSQL") => {
                    let race = Race::prepare(&postgres.database()?, callers)?;
                    name = "pgbench, three rows in one statement";
                    in_turn(
                        pairs,
                        async |_| race.commits(callers, SECONDS + callers as u64 / 64),
                        accepts,
                    )
                    .await?
                }
                _ => {
                    name = "bare SQLite loop, three rows, one writer";
                    let bare = async |_| bare_loop(bench);
                    in_turn(pairs, bare, accepts).await?
                }
            };
            bench.keep(Row {
                id: format!("commits-{callers}-{}", territory.engine.to_lowercase()),
                what: format!(
                    "durable accepts on distinct requests, {callers} at once, {}",
                    territory.engine
                ),
                unit: "/s".to_owned(),
                goal: "–".to_owned(),
                measured: Spread::of(&turns.program),
                reference: Some(Reference::new(name, "/s", &turns)),
                n: (args.accepts * pairs) as u64,
                command: "relais-bench commits".to_owned(),
                verdict: Verdict::Told,
                notes: Vec::new(),
                machine: None,
            })?;
        }
        // A process that is killed has lost nothing it acknowledged.
        server.kill()?;
        let server = Server::relais(bench.pins, &bench.options.bin, &territory.url, &[]).await?;
        let token = Some(territory.operator.token.as_str());
        let left = server
            .get("/api/v1/requests?status=asking_usual&limit=1", token)
            .await?;
        let left = left.expect(200)?;
        let none = left["items"].as_array().is_some_and(Vec::is_empty);
        anyhow::ensure!(none, "an acknowledged acceptance was lost: {left}");
    }
    Ok(())
}

/// Raises requests that only their usual doctor is asked for, then has all of them accepted.
async fn accepts(
    server: &Server,
    territory: &Territory,
    count: usize,
    callers: usize,
) -> anyhow::Result<f64> {
    let mut raising = Connection::open(server.address).await?;
    for n in 0..count {
        let usual = &territory.doctors[n % DOCTORS];
        let other = &territory.doctors[(n + 1) % DOCTORS];
        let draft = otalgia(Some(usual));
        let shot = post("/api/v1/requests", Some(&other.token), None, &draft);
        raising.ask(&shot).await?.expect(201)?;
    }
    let mut shots = VecDeque::new();
    let body = json!({ "appointment": { "mode": "call" } });
    for doctor in &territory.doctors {
        let answer = raising.ask(&Territory::open_offers(doctor)).await?;
        let list = answer.expect(200)?;
        for offer in list["items"].as_array().context("offers are a list")? {
            let id = offer["id"].as_str().context("an offer has an id")?;
            let path = format!("/api/v1/offers/{id}/accept");
            shots.push_back(post(&path, Some(&doctor.token), None, &body));
        }
    }
    anyhow::ensure!(shots.len() == count, "{} offers of {count}", shots.len());
    let mut ready = Vec::new();
    for _ in 0..callers {
        ready.push(Connection::open(server.address).await?);
    }
    let shots = Rc::new(RefCell::new(shots));
    let begun = tick();
    let local = tokio::task::LocalSet::new();
    let mut work = tokio::task::JoinSet::new();
    for mut connection in ready {
        let shots = Rc::clone(&shots);
        work.spawn_local_on(
            async move {
                loop {
                    let shot = shots.borrow_mut().pop_front();
                    let Some(shot) = shot else {
                        return anyhow::Ok(());
                    };
                    connection.ask(&shot).await?.expect(200)?;
                }
            },
            &local,
        );
    }
    local
        .run_until(async {
            while let Some(done) = work.join_next().await {
                done??;
            }
            anyhow::Ok(())
        })
        .await?;
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

/// Three rows a commit, WAL, synchronous FULL, one writer, on the server's processor.
fn bare_loop(bench: &Bench) -> anyhow::Result<f64> {
    let folder = Folder::new("loop")?;
    let path = folder.0.join("loop.db");
    bench.pins.started_serving(|| {
        let db = rusqlite::Connection::open(&path)?;
        db.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             CREATE TABLE request(id INTEGER PRIMARY KEY, status INT, ver INT, body TEXT);
             CREATE TABLE event(id INTEGER PRIMARY KEY, req INT, kind INT, at INT, body TEXT);
             CREATE INDEX event_req ON event(req);
             CREATE TABLE outbox(id INTEGER PRIMARY KEY, req INT, dest TEXT, body TEXT, st INT);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 10000)
             INSERT INTO request SELECT i, 0, 0, 'motif: fievre enfant 3 ans' FROM n;",
        )?;
        let begun = tick();
        let mut commits = 0_u32;
        while begun.elapsed().as_secs() < SECONDS {
            db.execute_batch("BEGIN IMMEDIATE")?;
            let id = i64::from(commits) * 7_919 % 10_000 + 1;
            db.prepare_cached("UPDATE request SET status=1-status, ver=ver+1 WHERE id=?1")?
                .execute([id])?;
            db.prepare_cached("INSERT INTO event(req,kind,at,body) VALUES(?1,3,0,'{\"what\":\"accepted\"}')")?
                .execute([id])?;
            db.prepare_cached("INSERT INTO outbox(req,dest,body,st) VALUES(?1,'+33600000000','Votre demande a ete acceptee',0)")?
                .execute([id])?;
            db.execute_batch("COMMIT")?;
            commits += 1;
        }
        Ok(f64::from(commits) / begun.elapsed().as_secs_f64())
    })
}
