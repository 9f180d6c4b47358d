//! Several `relais serve` on one PostgreSQL, and what fell due while none was running.
//!
//! The population comes from the demonstration's own territory, installed by the library on an
//! ordinary database: `serve` itself knows no fictional people.

use crate::cli::run;
use crate::folder::Folder;
use crate::server::{Account, Server, eventually, relais, text};
use crate::story::{MASSY, otalgia, status};
use base64::Engine as _;
use relais_app::clock::Clock;
use relais_app::demo::{DemoWorld, token_of};
use relais_app::outside::Outside;
use relais_app::{App, Settings};
use relais_core::access::Role;
use relais_core::people::Profession;
use relais_core::time::Instant;
use relais_store::seal::{MasterKey, Vault};
use relais_store::testing::TestDb;
use relais_store::{Db, migrate};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) const SEED: u64 = 7;
pub(crate) const KEY: [u8; 32] = [7; 32];

/// Fills the database with the territory as it stood at `start`, and leaves.
pub(crate) fn populate(url: &str, start: Instant) -> Arc<DemoWorld> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime starts").block_on(async {
        let db = Db::open(url, &relais_store::testing::options()).expect("the database opens");
        migrate::migrate(&db, start.millis()).expect("the schema applies");
        let settings = Settings {
            base_url: "http://localhost".to_owned(),
            demo: true,
            node: "populate".to_owned(),
            repeat_waits: relais_app::idempotent::PATIENCE,
        };
        let vault = Vault::new(MasterKey::new(KEY), Vec::new());
        let app = App::new(db, Clock::manual(start), vault, Outside::none(), settings);
        let world = app
            .open_demo(SEED, start)
            .await
            .expect("the territory is installed");
        app.db().close();
        world
    })
}

pub(crate) fn variables(url: &str) -> Vec<(String, String)> {
    let key = base64::engine::general_purpose::STANDARD.encode(KEY);
    vec![
        ("RELAIS_DATABASE_URL".to_owned(), url.to_owned()),
        ("RELAIS_KEYS_MASTER".to_owned(), key),
    ]
}

fn serve(folder: &Folder, url: &str) -> Server {
    let variables = variables(url);
    let borrowed: Vec<(&str, &str)> = variables
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    Server::serve(folder, &borrowed)
}

/// Networks that never close, so that the test may run on a Sunday night.
pub(crate) fn never_close(folder: &Folder, url: &str, world: &DemoWorld) {
    let day = json!(["00:00-24:00"]);
    for network in &world.networks {
        let week: serde_json::Map<String, Value> =
            ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
                .iter()
                .map(|name| ((*name).to_owned(), day.clone()))
                .collect();
        let codes = |list: &[relais_core::geo::Insee]| -> Vec<String> {
            list.iter().map(ToString::to_string).collect()
        };
        let file = json!({
            "code": network.code, "name": network.name, "short_name": network.code,
            "kind": "cpts", "phone": network.phone,
            "communes": codes(&network.communes), "tolerated": codes(&network.tolerated),
            "settings": { "v": 1, "hours": { "weekly": week, "closed_on_holidays": false } },
        });
        let path = folder.write(&format!("{}.json", network.code), &file.to_string());
        let mut command = relais();
        command
            .args(["import", "network", &path])
            .envs(variables(url));
        run(command, "").ok();
    }
}

/// The account of a user of the territory, as the API sees it.
fn account(server: &Server, world: &DemoWorld, user: usize) -> Account {
    let user = &world.users[user];
    Account {
        row: json!({ "name": user.name }),
        caller: server.with_token(&token_of(SEED, user)),
    }
}

pub(crate) fn operator(world: &DemoWorld) -> usize {
    let covers =
        |n: &&relais_app::demo::DemoNetwork| n.communes.iter().any(|c| c.to_string() == MASSY);
    let here = world
        .networks
        .iter()
        .find(covers)
        .expect("a network covers Massy")
        .id;
    let found = world
        .users
        .iter()
        .position(|u| u.role == Role::Operator && u.network == here);
    found.expect("the territory has an operator")
}

/// General practitioners whose rights have no end: the territory is older than the clock of the nodes,
/// and whoever had a contract then may have none now.
pub(crate) fn gps(world: &DemoWorld) -> Vec<usize> {
    let is_gp = |id| {
        world.professionals.iter().any(|p| {
            let lasting = p.standing.ends().is_none() && !p.has_left(past());
            p.id == id && p.profession == Profession::Gp && lasting
        })
    };
    let users = world.users.iter().enumerate();
    users
        .filter(|(_, u)| u.professional.is_some_and(is_gp))
        .map(|(n, _)| n)
        .collect()
}

pub(crate) fn past() -> Instant {
    Instant::from_millis(1_773_133_200_000) // Tuesday 10 March 2026, 10:00 in Paris
}

#[test]
fn on_two_nodes_one_accepts_and_both_know() {
    let Some(database) = TestDb::empty_postgres() else {
        return;
    };
    let folder = Folder::new();
    let world = populate(&database.url, past());
    never_close(&folder, &database.url, &world);
    let nodes = [serve(&folder, &database.url), serve(&folder, &database.url)];
    let on = |node: usize, user: usize| account(&nodes[node], &world, user);
    let boss = [on(0, operator(&world)), on(1, operator(&world))];
    let gps = gps(&world);

    for round in 0..8 {
        let raised = boss[round % 2]
            .caller
            .post("/api/v1/requests", &otalgia(None))
            .expect(201);
        let id = text(&raised, "id").to_owned();
        assert_eq!(
            status(&boss[(round + 1) % 2], &id),
            "asking_community",
            "the other node is behind"
        );
        let holders: Vec<(usize, String)> = gps
            .iter()
            .filter_map(|gp| Some((*gp, on(1, *gp).offer(&id)?)))
            .take(6)
            .collect();
        assert!(holders.len() >= 2, "{} asked", holders.len());
        let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
            let takers: Vec<_> = holders
                .iter()
                .enumerate()
                .map(|(n, (gp, offer))| {
                    let taker = on(n % 2, *gp);
                    let path = format!("/api/v1/offers/{offer}/accept");
                    scope.spawn(move || {
                        let answer = taker
                            .caller
                            .post(&path, &json!({ "appointment": { "mode": "call" } }));
                        (answer.status, answer.text)
                    })
                })
                .collect();
            takers
                .into_iter()
                .map(|t| t.join().expect("a caller ends"))
                .collect()
        });
        let won = answers.iter().filter(|(code, _)| *code == 200).count();
        assert_eq!(won, 1, "round {round}: {answers:?}");
        assert!(
            answers.iter().all(|(code, _)| [200, 409].contains(code)),
            "{answers:?}"
        );
        for boss in &boss {
            eventually(5, "the acceptance on both nodes", || {
                (status(boss, &id) == "accepted").then_some(())
            });
        }
    }
}

#[test]
fn one_node_killed_the_other_goes_on() {
    let Some(database) = TestDb::empty_postgres() else {
        return;
    };
    let folder = Folder::new();
    let world = populate(&database.url, past());
    never_close(&folder, &database.url, &world);
    let mut first = serve(&folder, &database.url);
    let second = serve(&folder, &database.url);
    let raised = account(&first, &world, operator(&world))
        .caller
        .post("/api/v1/requests", &otalgia(None))
        .expect(201);
    first.kill();
    let boss = account(&second, &world, operator(&world));
    let id = text(&raised, "id");
    assert_eq!(status(&boss, id), "asking_community");
    boss.caller
        .post("/api/v1/requests", &otalgia(None))
        .expect(201);
}

#[test]
fn what_fell_due_while_nothing_ran_happens_within_two_seconds() {
    let folder = Folder::new();
    let sqlite = format!("sqlite://{}", folder.file("relais.db"));
    let postgres = TestDb::empty_postgres();
    let urls = std::iter::once(sqlite).chain(postgres.iter().map(|db| db.url.clone()));
    for url in urls {
        let world = populate(&url, past());
        let server = serve(&folder, &url);
        let boss = account(&server, &world, operator(&world));
        let late = || -> Vec<String> {
            let list = boss.caller.get("/api/v1/requests?limit=100").expect(200);
            let now = present();
            let items = list["items"].as_array().expect("a list").clone();
            items
                .iter()
                .filter(|r| {
                    r["status_until"]
                        .as_str()
                        .is_some_and(|until| until < now.as_str())
                })
                .map(|r| {
                    format!(
                        "{} {} {}",
                        text(r, "id"),
                        text(r, "status"),
                        text(r, "status_until")
                    )
                })
                .collect()
        };
        eventually(2, "no deadline left behind", || {
            late().is_empty().then_some(())
        });
    }
}

#[test]
fn without_a_gateway_messages_fail_where_somebody_sees_it() {
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file("relais.db"));
    let world = populate(&url, past());
    never_close(&folder, &url, &world);
    let server = serve(&folder, &url);
    let boss = account(&server, &world, operator(&world));
    let raised = boss
        .caller
        .post("/api/v1/requests", &otalgia(None))
        .expect(201);
    let id = text(&raised, "id").to_owned();
    eventually(10, "a failure on the request", || {
        let list = boss
            .caller
            .get(&format!("/api/v1/requests/{id}/messages"))
            .expect(200);
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .any(|m| m.to_string().contains("fail") || m.to_string().contains("misconfigured"))
            .then_some(())
    });
}

/// The present, as the API writes instants.
fn present() -> String {
    let seconds = Clock::system().now().timestamp().as_second();
    jiff::Timestamp::from_second(seconds)
        .expect("the present is in range")
        .to_string()
}
