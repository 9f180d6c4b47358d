//! Killed with -9 while people do what comes after a yes: they write to one another, a note is signed and
//! leaves by secure mail, a landline becomes a call of the desk. What was acknowledged is there, once;
//! each note reaches its doctor, twice only if its sender died with it in hand, under one name (I7).

use super::gateway::{nobody_is_told_twice, nothing_waits};
use super::history::History;
use crate::folder::Folder;
use crate::http::Caller;
use crate::nodes::{SEED, gps, never_close, operator, past, populate, variables};
use crate::note::{give_mailbox, header, mail_operator, secure_mail, usual_doctor};
use crate::server::{Server, eventually, free_port, pause, text, tick};
use crate::story::{otalgia, silent};
use relais_app::demo::{DemoWorld, token_of};
use relais_core::ids::RequestId;
use relais_gateways::testing::{Behaviour, Provider};
use relais_store::desk_tasks::{self, DeskTask};
use relais_store::{Db, StoreError};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const KILLS: u64 = 6;
/// A number no message reaches, with nobody who speaks to it.
const LANDLINE: &str = "+33199001234";
/// Longer than a key stays with a process that died.
const PATIENCE_S: u64 = 90;

/// The territory, and how it is served.
struct Ground {
    folder: Folder,
    world: Arc<DemoWorld>,
    variables: Vec<(String, String)>,
    port: u16,
    /// The usual doctor, and their national number.
    doctor: usize,
    rpps: String,
}

/// A request that somebody has taken on.
struct Taken {
    request: String,
    accepter: usize,
}

/// Something people do once, and do again under the same key when no answer came.
struct Deed {
    user: usize,
    path: String,
    body: Value,
    key: String,
}

impl Ground {
    fn start(&self) -> Server {
        let each = self.variables.iter();
        let borrowed: Vec<_> = each.map(|(a, b)| (a.as_str(), b.as_str())).collect();
        Server::serve_on(self.port, &self.folder, &borrowed)
    }

    fn caller(&self, server: &Server, user: usize) -> Caller {
        server.with_token(&token_of(SEED, &self.world.users[user]))
    }

    /// The offer of a request to somebody, if it waits for them.
    fn offer(&self, server: &Server, user: usize, request: &str) -> Option<String> {
        let caller = self.caller(server, user);
        let list = caller.get("/api/v1/offers?status=open").expect(200);
        let items = list["items"].as_array().expect("a list").clone();
        let found = items.into_iter().find(|o| text(o, "request") == request)?;
        Some(text(&found, "id").to_owned())
    }

    /// A patient on a landline; their usual doctor passes, another takes them.
    fn taken(&self, server: &Server) -> Taken {
        let mut body = otalgia(None);
        body["usual"] = json!({ "doctor": "yes", "rpps": self.rpps, "contacted": "unable" });
        body["patient"]["phone"] = json!(LANDLINE);
        let desk = self.caller(server, operator(&self.world));
        let raised = desk.post("/api/v1/requests", &body).expect(201);
        let request = text(&raised, "id").to_owned();
        if let Some(first) = self.offer(server, self.doctor, &request) {
            let refuse = format!("/api/v1/offers/{first}/refuse");
            let doctor = self.caller(server, self.doctor);
            doctor.post(&refuse, &json!({})).expect(200);
        }
        let (accepter, offer) = eventually(10, "the community asked", || {
            let mut others = gps(&self.world).into_iter().filter(|gp| *gp != self.doctor);
            others.find_map(|gp| Some((gp, self.offer(server, gp, &request)?)))
        });
        let accept = format!("/api/v1/offers/{offer}/accept");
        let body = json!({ "appointment": { "mode": "call" } });
        let accepted = self.caller(server, accepter).post(&accept, &body);
        accepted.expect(200);
        Taken { request, accepter }
    }

    /// What is written about it.
    fn deeds(&self, taken: &Taken, round: u64) -> Vec<Deed> {
        let thread = format!("/api/v1/requests/{}/thread", taken.request);
        let note = format!("/api/v1/requests/{}/synthesis", taken.request);
        let deed = |user, path: &str, body| Deed {
            user,
            path: path.to_owned(),
            body,
            key: format!("care-{round}-{user}-{}", path.len()),
        };
        let signed = json!({
            "diagnosis": "Otite moyenne", "done": "Paracétamol", "to_do": "Revoir lundi", "consent": true
        });
        vec![
            deed(
                taken.accepter,
                &thread,
                json!({ "text": words("cabinet", round) }),
            ),
            deed(
                operator(&self.world),
                &thread,
                json!({ "text": words("poste", round) }),
            ),
            deed(taken.accepter, &note, signed),
        ]
    }
}

fn words(who: &str, round: u64) -> String {
    format!("Un mot du {who}, tour {round}.")
}

/// Asks again under the same key until it is done.
fn insist(caller: &Caller, deed: &Deed) {
    let begun = tick();
    loop {
        let body = deed.body.to_string();
        let answer = caller.try_call("POST", &deed.path, Some(&body), Some(&deed.key));
        match answer {
            Ok(answer) if [200, 201].contains(&answer.status) => return,
            Ok(answer) => {
                let again = answer.status == 503 || answer.text.contains("idempotency-in-flight");
                assert!(again, "{}: {}", deed.path, answer.text);
            }
            Err(_) => {}
        }
        let waited = begun.elapsed().as_secs();
        assert!(waited < PATIENCE_S, "never answered: {}", deed.path);
        pause(50);
    }
}

#[test]
fn killed_amid_notes_calls_and_threads_nothing_is_lost_and_nobody_is_told_twice() {
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file("relais.db"));
    let world = populate(&url, past());
    never_close(&folder, &url, &world);
    let doctor = usual_doctor(&world);
    let rpps = give_mailbox(&folder, &url, &world, doctor);
    let (mails, _mailbox) = mail_operator(&folder);
    let (provider, refuses) = (Provider::start(21), Provider::start(22));
    refuses.behave(Behaviour::Never("unreachable"));
    let mut set = variables(&url);
    set.extend(secure_mail(&folder, &mails));
    for (channel, to) in [("PUSH", &provider), ("SMS", &provider), ("VOICE", &refuses)] {
        set.push((format!("RELAIS_GATEWAYS_{channel}_URL"), to.url()));
    }
    let ground = Ground {
        folder,
        world,
        variables: set,
        port: free_port(),
        doctor,
        rpps,
    };

    let mut all = Vec::new();
    let mut server = ground.start();
    for round in 0..KILLS {
        let taken = ground.taken(&server);
        let deeds = ground.deeds(&taken, round);
        std::thread::scope(|scope| {
            for deed in &deeds {
                let caller = ground.caller(&server, deed.user);
                // Answered or cut, both are fine: that is what the round is about.
                scope.spawn(move || {
                    let body = deed.body.to_string();
                    let _ = caller.try_call("POST", &deed.path, Some(&body), Some(&deed.key));
                });
            }
            pause(15 + round * 70);
            server.signal("KILL");
        });
        server.kill();
        server = ground.start();
        for deed in &deeds {
            insist(&ground.caller(&server, deed.user), deed);
        }
        all.push(taken);
    }

    let db = Db::open(&url, &relais_store::testing::options()).expect("the database opens");
    nothing_waits(&db, &ground.world, "nothing left to send");
    for (round, taken) in (0..).zip(&all) {
        let path = format!("/api/v1/requests/{}/thread", taken.request);
        let desk = ground.caller(&server, operator(&ground.world));
        let thread = desk.get(&path).expect(200);
        let items = thread["items"].as_array().expect("a thread has messages");
        let mut said: Vec<_> = items.iter().map(|item| text(item, "text")).collect();
        said.sort_unstable();
        assert_eq!(said, [words("cabinet", round), words("poste", round)]);
        let calls = calls(&db, &taken.request);
        let open = calls.iter().filter(|call| call.done_at.is_none()).count();
        assert_eq!(open, 1, "a call of the desk: {calls:?}");
        let scripts: BTreeSet<_> = calls.iter().map(|call| &call.script).collect();
        assert_eq!(scripts.len(), calls.len(), "told twice: {calls:?}");
    }
    db.close();
    let mut notes: BTreeMap<String, u32> = BTreeMap::new();
    for mail in mails.mails() {
        if header(&mail, "Subject").contains("XDM/1.0/DDM") {
            *notes.entry(header(&mail, "Message-ID")).or_default() += 1;
        }
    }
    assert_eq!(notes.len(), all.len(), "one note each: {notes:?}");
    assert!(notes.values().all(|times| *times <= 2), "{notes:?}");
    nobody_is_told_twice(&provider);
    let output = ground.folder.read("output.log");
    assert!(server.stop(), "{output}");
    silent("the log", &output);
    History::default().check(&url);
}

fn calls(db: &Db, request: &str) -> Vec<DeskTask> {
    let id: RequestId = request.parse().expect("the API answers ids");
    let tasks = db.read_blocking(move |tx| {
        let mut tasks = desk_tasks::list_for_request(tx, id, 50)?;
        tasks.retain(|task| task.kind == "call");
        Ok::<_, StoreError>(tasks)
    });
    tasks.expect("the database answers")
}
