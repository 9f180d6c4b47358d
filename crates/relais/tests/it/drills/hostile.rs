//! Everything that could give one patient to two people or tell somebody twice, tried at once on two nodes
//! of one PostgreSQL, round after round: everybody accepts on both nodes, the winner gives the patient back
//! on both in the same instant while colleagues press stale pages and SMS answers come doubled and late,
//! and connections are cut between a commit and its answer (I1, I7, R4.6, R4.8).

use super::gateway::nothing_waits;
use super::history::History;
use crate::folder::Folder;
use crate::http::Caller;
use crate::nodes::{SEED, gps, never_close, operator, past, populate, variables};
use crate::server::{Server, eventually, text};
use crate::story::otalgia;
use relais_app::demo::{DemoWorld, token_of};
use relais_faults::proxy::{Fault, Proxy};
use relais_gateways::testing::Provider;
use relais_store::Db;
use relais_store::testing::TestDb;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const ROUNDS: usize = 8;
/// The telephone of `otalgia`'s patient.
const PATIENT: &str = "+33639988701";
/// The secret of whoever brings SMS answers.
const SECRET: &str = "un-secret-d-au-moins-seize";

/// Two nodes, each behind a wire of its own, and who asks them.
struct Pair {
    world: Arc<DemoWorld>,
    wires: [Proxy; 2],
    nodes: [Server; 2],
    keys: AtomicU64,
}

impl Pair {
    fn caller(&self, node: usize, user: usize) -> Caller {
        self.nodes[node % 2].with_token(&token_of(SEED, &self.world.users[user]))
    }

    /// Reads, again while a node finds its database.
    fn read(&self, node: usize, user: usize, path: &str) -> Value {
        let caller = self.caller(node, user);
        eventually(30, path, || {
            let answer = caller.try_call("GET", path, None, None).ok()?;
            (answer.status == 200).then(|| answer.json())
        })
    }

    /// Raises a request, under one key until it is answered.
    fn raise(&self, round: usize) -> String {
        let desk = self.caller(round, operator(&self.world));
        let (body, key) = (otalgia(None).to_string(), format!("raised-{round}"));
        let raised = eventually(90, "a request raised", || {
            let answer = desk.try_call("POST", "/api/v1/requests", Some(&body), Some(&key));
            let answer = answer.ok().filter(|answer| answer.status == 201)?;
            Some(answer.json())
        });
        text(&raised, "id").to_owned()
    }

    /// Posts, whatever becomes of it; the status when somebody answered.
    fn post(&self, node: usize, user: usize, path: &str, body: &Value) -> Option<u16> {
        let key = format!("hostile-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        self.post_as(node, user, path, body, &key)
    }

    fn post_as(
        &self,
        node: usize,
        user: usize,
        path: &str,
        body: &Value,
        key: &str,
    ) -> Option<u16> {
        let caller = self.caller(node, user);
        let answer = caller.try_call("POST", path, Some(&body.to_string()), Some(key));
        let answer = answer.ok()?;
        let known = [200, 201, 403, 404, 409, 503].contains(&answer.status);
        assert!(known, "{path}: {} {}", answer.status, answer.text);
        Some(answer.status)
    }

    /// An SMS brought by the provider to a node.
    fn brings(&self, node: usize, reference: &str, from: &str, said: &str) {
        let caller = self.nodes[node].with_token(SECRET);
        let body = json!({ "ref": reference, "from": from, "text": said }).to_string();
        // Not taken: the provider brings it again.
        eventually(30, "an SMS answer taken", || {
            let answer = caller.try_call("POST", "/gateway/inbound", Some(&body), None);
            (answer.ok()?.status == 202).then_some(())
        });
    }

    /// The open offer of a request to each of those who have one.
    fn offers(&self, request: &str) -> Vec<(usize, String)> {
        let gps = gps(&self.world).into_iter();
        let held = gps.filter_map(|gp| {
            let list = self.read(gp, gp, "/api/v1/offers?status=open");
            let items = list["items"].as_array()?.clone();
            let offer = items.into_iter().find(|o| text(o, "request") == request)?;
            Some((gp, text(&offer, "id").to_owned()))
        });
        held.take(6).collect()
    }

    /// What happened to a request, oldest first.
    fn acts(&self, request: &str) -> Vec<String> {
        let path = format!("/api/v1/requests/{request}/timeline");
        let said = self.read(0, operator(&self.world), &path);
        let items = said["items"].as_array().expect("a list").clone();
        let mut acts: Vec<String> = items.iter().map(|i| text(i, "act").to_owned()).collect();
        acts.reverse();
        acts
    }

    /// The engaged professional, as the database has it.
    fn engaged(&self, db: &Db, request: &str) -> Option<usize> {
        let id = request.parse().expect("the API answers ids");
        let stored = db.read_blocking(move |tx| relais_store::requests::find(tx, id));
        let engaged = stored.expect("answers").expect("kept").request.engaged()?;
        let mut users = self.world.users.iter();
        users.position(|user| user.professional == Some(engaged))
    }

    /// The next commit of a node is made, and its answer never comes.
    fn cut_after_commit(&self, node: usize, times: u32) {
        self.wires[node % 2].times(times, Fault::CutAnswer(b"COMMIT\0".to_vec()));
    }
}

/// Nobody has the patient while somebody else has: yes and giving back take turns.
fn turns(acts: &[String]) {
    let mut held = false;
    for act in acts {
        match act.as_str() {
            "offer.accepted" => {
                assert!(!held, "given to two: {acts:?}");
                held = true;
            }
            "request.released" => {
                assert!(held, "given back twice: {acts:?}");
                held = false;
            }
            _ => {}
        }
    }
}

/// A patient reads each news once; whoever was asked reads that it is taken once for each time they were
/// asked, at most.
fn told_in_turn(provider: &Provider) {
    let mut news: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    let mut asked: BTreeMap<_, [BTreeSet<String>; 2]> = BTreeMap::new();
    for seen in provider.seen() {
        let message = seen.message;
        if message.to == PATIENT {
            let about = seen.key.split(':').next().unwrap_or_default().to_owned();
            let heard = news.entry((about, message.text)).or_default();
            heard.insert(seen.key);
        } else {
            let taken = usize::from(message.text.contains("Rien à faire"));
            let about = asked.entry((message.tag, message.to)).or_default();
            about[taken].insert(seen.key);
        }
    }
    for (heard, keys) in news {
        assert_eq!(keys.len(), 1, "told twice: {heard:?} {keys:?}");
    }
    for (about, [asked, taken]) in asked {
        let turns = taken.len() <= asked.len();
        assert!(turns, "{about:?}: asked {asked:?}, taken {taken:?}");
    }
}

#[test]
fn nothing_tried_at_once_on_two_nodes_gives_a_patient_to_two() {
    let Some(database) = TestDb::empty_postgres() else {
        return;
    };
    let Some(server) = database.url.split_once('@').and_then(|(_, rest)| {
        let at = rest.split_once('/')?.0;
        at.parse().ok()
    }) else {
        return;
    };
    let folder = Folder::new();
    let world = populate(&database.url, past());
    never_close(&folder, &database.url, &world);
    let provider = Provider::start(31);
    let wires = [1, 2].map(|seed| Proxy::start(server, seed).expect("a proxy"));
    let nodes = [0, 1].map(|n: usize| {
        let mut set = variables(&wires[n].url(&database.url));
        for channel in ["PUSH", "SMS", "MAIL", "VOICE"] {
            set.push((format!("RELAIS_GATEWAYS_{channel}_URL"), provider.url()));
        }
        let secret = "RELAIS_GATEWAYS_SMS_RECEIPTS_SECRET".to_owned();
        set.push((secret, SECRET.to_owned()));
        let borrowed: Vec<_> = set.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        Server::serve(&folder, &borrowed)
    });
    let pair = Pair {
        world,
        wires,
        nodes,
        keys: AtomicU64::new(0),
    };
    let db = Db::open(&database.url, &relais_store::testing::options()).expect("opens");
    let taking = json!({ "appointment": { "mode": "call" } });
    let (mut given_back, mut by_sms) = (0, 0);
    for round in 0..ROUNDS {
        let request = pair.raise(round);
        let offers = pair.offers(&request);
        assert!(offers.len() >= 3, "{} asked", offers.len());
        let accept = |offer: &str| format!("/api/v1/offers/{offer}/accept");

        // Everybody, on both nodes, each twice under one key; one commit's answer never comes.
        pair.cut_after_commit(round, 1);
        std::thread::scope(|scope| {
            for (gp, offer) in &offers {
                for node in [0, 1, 1] {
                    let (pair, taking, key) = (&pair, &taking, format!("tap-{round}-{gp}"));
                    scope.spawn(move || pair.post_as(node, *gp, &accept(offer), taking, &key));
                }
            }
        });
        let winner = pair.engaged(&db, &request);
        let winner = winner.unwrap_or_else(|| panic!("nobody won: {:?}", pair.acts(&request)));
        turns(&pair.acts(&request));

        // Given back on both nodes at once; stale pages, and an SMS on both nodes, meanwhile.
        let code = provider.seen().into_iter().rev().find_map(|seen| {
            let sms = seen.message.channel == "sms" && seen.message.text.contains("OUI ");
            let code = seen.message.text.split_once("OUI ")?.1.get(..4)?.to_owned();
            sms.then_some((seen.message.to, format!("OUI {code}")))
        });
        let release = format!("/api/v1/requests/{request}/release");
        let why = json!({ "reason": "unwell" });
        pair.cut_after_commit(round + 1, 1);
        std::thread::scope(|scope| {
            for node in [0, 1] {
                let (pair, release, why, code) = (&pair, &release, &why, &code);
                scope.spawn(move || pair.post(node, winner, release, why));
                if let Some((from, said)) = code {
                    let reference = format!("sms-{round}");
                    scope.spawn(move || pair.brings(node, &reference, from, said));
                }
            }
            for (gp, offer) in offers.iter().filter(|(gp, _)| *gp != winner).take(2) {
                for node in [0, 1] {
                    let (pair, taking) = (&pair, &taking);
                    scope.spawn(move || pair.post(node, *gp, &accept(offer), taking));
                }
            }
        });
        let acts = pair.acts(&request);
        turns(&acts);
        given_back += usize::from(acts.iter().any(|act| act == "request.released"));
        by_sms += usize::from(code.is_some());

        // The first winner's yes, again, late, under its key and another.
        let now = pair.engaged(&db, &request);
        if let Some((gp, offer)) = offers
            .iter()
            .find(|(gp, _)| *gp == winner && now != Some(winner))
        {
            let key = format!("tap-{round}-{gp}");
            for node in [0, 1] {
                for key in [&key, &format!("{key}-late-{node}")] {
                    let again = eventually(30, "an answer", || {
                        let said = pair.post_as(node, *gp, &accept(offer), &taking, key);
                        said.filter(|status| *status != 503)
                    });
                    assert_eq!(again, 409, "a yes of before took the patient again");
                }
            }
            assert_eq!(pair.engaged(&db, &request), now);
        }
        if let Some((from, said)) = &code {
            // The provider's own doubt: the same answer, minutes late.
            pair.brings(round % 2, &format!("sms-{round}"), from, said);
        }
        turns(&pair.acts(&request));
    }
    assert!(
        given_back >= ROUNDS / 2,
        "hardly anybody gave a patient back"
    );
    assert!(by_sms > 0, "nobody was asked by SMS");
    let cut: u64 = pair.wires.iter().map(|wire| wire.counts().cut).sum();
    assert!(cut >= 4, "hardly a connection was cut: {cut}");
    nothing_waits(&db, &pair.world, "nothing left to send");
    db.close();
    told_in_turn(&provider);
    let log = folder.read("output.log");
    let [mut one, mut two] = pair.nodes;
    assert!(one.stop() && two.stop(), "{log}");
    History::default().check(&database.url);
}
