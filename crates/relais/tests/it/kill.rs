//! `kill -9` at unforeseen moments: nothing that was acknowledged is lost, nothing goes twice, what
//! fell due meanwhile happens at once (I7, I8, I15).

use crate::cli::run;
use crate::folder::Folder;
use crate::http::Caller;
use crate::server::{Account, Server, eventually, one, pause, relais, text};
use crate::story::{otalgia, status, usual_doctor};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many times the process is killed.
const KILLS: u32 = 40;

/// What the server said yes to.
#[derive(Default)]
struct Acknowledged {
    raised: BTreeSet<String>,
    taken: BTreeMap<String, String>,
}

/// A seeded source of moments: xorshift, so that a failure can be replayed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// Raises and accepts until told to stop or until nobody answers any more.
fn live(operator: &Caller, doctors: &[Account], stop: &AtomicBool, facts: &Mutex<Acknowledged>) {
    let body = otalgia(None).to_string();
    while !stop.load(Ordering::Relaxed) {
        let Ok(answer) = operator.try_call("POST", "/api/v1/requests", Some(&body), None) else {
            return;
        };
        if answer.status == 201 {
            let id = text(&answer.json(), "id").to_owned();
            facts.lock().expect("no holder panics").raised.insert(id);
        }
        for doctor in doctors {
            let Ok(list) = doctor
                .caller
                .try_call("GET", "/api/v1/offers?status=open", None, None)
            else {
                return;
            };
            let list = list.json();
            let Some(offer) = list["items"].as_array().and_then(|items| items.first()) else {
                continue;
            };
            let path = format!("/api/v1/offers/{}/accept", text(offer, "id"));
            let taking = json!({ "appointment": { "mode": "call" } }).to_string();
            let Ok(answer) = doctor.caller.try_call("POST", &path, Some(&taking), None) else {
                return;
            };
            if answer.status == 200 {
                let mut facts = facts.lock().expect("no holder panics");
                facts
                    .taken
                    .insert(text(offer, "request").to_owned(), doctor.name().to_owned());
            }
        }
    }
}

/// The engaged professional's offer is the accepted one, and the only one (I1).
fn check(accounts: &[Account], facts: &Acknowledged, seed: u64) {
    let operator = one(accounts, "operator", |_| true);
    for id in &facts.raised {
        let answer = operator.caller.get(&format!("/api/v1/requests/{id}"));
        assert_eq!(answer.status, 200, "seed {seed}: the request {id} was lost");
    }
    for (id, who) in &facts.taken {
        // Asked of whoever took it: the request may be a neighbouring network's.
        let doctor = one(accounts, "professional", |a| a.name() == who);
        let now = status(&doctor, id);
        assert!(
            ["accepted", "scheduled"].contains(&now.as_str()),
            "seed {seed}: {id} is {now} again"
        );
        let card = doctor.caller.get(&format!("/api/v1/requests/{id}"));
        let name = card.json()["patient"]["birth_name"].to_string();
        assert!(
            name.len() > 4,
            "seed {seed}: {who} lost {id}: {}",
            card.text
        );
    }
}

/// No message twice under one key, none twice to one phone about one thing.
fn check_phones(server: &Server, seed: u64) {
    let mut keys = BTreeSet::new();
    for message in server.phones() {
        let key = text(&message, "key");
        assert!(
            key.is_empty() || keys.insert(key.to_owned()),
            "seed {seed}: {message} went twice"
        );
    }
}

#[test]
fn killed_many_times_amid_activity_nothing_is_lost_and_nothing_goes_twice() {
    let seed: u64 = 20_261_122;
    let mut dice = Dice(seed);
    let folder = Folder::new();
    let mut server = Server::demo(&folder);
    let facts = Mutex::new(Acknowledged::default());
    for round in 0..KILLS {
        let accounts = server.accounts();
        let operator = one(&accounts, "operator", |_| true);
        let gps = accounts
            .iter()
            .filter(|a| a.is("professional") && a.profession() == "gp");
        let doctors: Vec<Account> = gps.take(6).cloned().collect();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| live(&operator.caller, &doctors, &stop, &facts));
            scope.spawn(|| live(&operator.caller, &doctors[3..], &stop, &facts));
            if round % 4 == 3 {
                let anybody = server.anybody();
                let by = json!({ "advance": "PT7M" }).to_string();
                scope.spawn(move || {
                    // Cut or not, both are fine: that is what the round is about.
                    let _ = anybody.try_call("POST", "/demo/clock", Some(&by), None);
                });
            }
            pause(5 + dice.below(180));
            server.kill();
            stop.store(true, Ordering::Relaxed);
        });
        server = Server::demo(&folder);
        if round % 8 == 7 {
            check(
                &server.accounts(),
                &facts.lock().expect("no holder panics"),
                seed,
            );
        }
    }
    let accounts = server.accounts();
    let facts = facts.into_inner().expect("no holder panicked");
    check(&accounts, &facts, seed);
    check_phones(&server, seed);
    assert!(
        facts.raised.len() >= 5,
        "hardly any activity: {} raised",
        facts.raised.len()
    );
    assert!(
        server.started_in.as_secs() < 10,
        "started in {:?}",
        server.started_in
    );
    assert!(server.stop());
    journal_verifies(&folder);
}

/// `relais journal verify` on the demonstration's database (I9).
fn journal_verifies(folder: &Folder) {
    use base64::Engine as _;
    let key =
        std::fs::read(folder.path().join("data/master.key")).expect("the demonstration has a key");
    let mut command = relais();
    command
        .args(["journal", "verify"])
        .env(
            "RELAIS_DATABASE_URL",
            format!("sqlite://{}", folder.file("data/relais.db")),
        )
        .env(
            "RELAIS_KEYS_MASTER",
            base64::engine::general_purpose::STANDARD.encode(key),
        );
    run(command, "").ok();
}

#[test]
fn the_clock_and_the_state_are_kept_over_a_kill() {
    let folder = Folder::new();
    let mut server = Server::demo(&folder);
    let usual = usual_doctor(&server.accounts());
    let operator = one(&server.accounts(), "operator", |_| true);
    let raised = operator
        .caller
        .post("/api/v1/requests", &otalgia(Some(&usual)))
        .expect(201);
    let id = text(&raised, "id").to_owned();
    let moved = server.advance("PT10M").json();
    let sent = eventually(10, "the alert", || {
        let sent = server.phones();
        sent.iter()
            .any(|m| text(m, "request") == id && text(m, "to") == text(&usual.row, "alert_number"))
            .then_some(sent)
    });
    server.kill();
    server = Server::demo(&folder);
    let now = server.anybody().get("/demo/clock").expect(200);
    assert!(instant(&now) >= instant(&moved), "{now} is before {moved}");
    let operator = one(&server.accounts(), "operator", |_| true);
    assert_eq!(status(&operator, &id), "asking_usual");
    let about = |messages: &[Value]| messages.iter().filter(|m| text(m, "request") == id).count();
    assert_eq!(
        about(&server.phones()),
        about(&sent),
        "a message went again after the restart"
    );
    server.advance("PT21M");
    assert_eq!(status(&operator, &id), "asking_community");
}

/// The moment in a clock's answer, whatever the field is called.
fn instant(clock: &Value) -> String {
    let texts = clock
        .as_object()
        .map(|o| o.values().filter_map(Value::as_str).collect::<Vec<_>>());
    let found = texts
        .unwrap_or_default()
        .into_iter()
        .find(|t| t.len() >= 20 && t.ends_with('Z'));
    found
        .unwrap_or_else(|| panic!("no instant in {clock}"))
        .to_owned()
}
