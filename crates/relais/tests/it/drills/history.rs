//! People who raise and accept without end, through whichever node answers, and everything they were
//! told: the history that is held against the database once the faults are over.

use crate::cli::run;
use crate::http::{Answer, Caller};
use crate::nodes::{KEY, SEED, gps, operator, variables};
use crate::server::{pause, relais, text, tick};
use crate::story::otalgia;
use relais_app::demo::{DemoWorld, token_of};
use relais_core::ids::{ProfessionalId, RequestId};
use relais_store::{Db, requests, soundness};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How long somebody asks again before it counts as never answered: longer than a key stays with a
/// node that died.
const PATIENCE_S: u64 = 90;

/// Somebody who asks one node, then the other, as a proxy in front of them does.
pub(crate) struct Front {
    nodes: Vec<Caller>,
}

impl Front {
    pub(crate) fn new(bases: &[String], world: &DemoWorld, user: usize) -> Self {
        let token = token_of(SEED, &world.users[user]);
        let nodes = bases.iter().map(|base| Caller::new(base, Some(&token)));
        Self {
            nodes: nodes.collect(),
        }
    }

    /// Asks until somebody answers for good; nothing when told to stop, or after too long.
    fn ask(
        &self,
        history: &History,
        method: &str,
        path: &str,
        body: Option<&str>,
        stop: &AtomicBool,
    ) -> Option<Answer> {
        let number = history.asked.fetch_add(1, Ordering::Relaxed);
        let key = format!("drill-{}-{number}", std::process::id());
        let begun = tick();
        for turn in usize::try_from(number).unwrap_or(0).. {
            let node = &self.nodes[turn % self.nodes.len()];
            let answer = node.try_call(method, path, body, Some(&key)).ok();
            match answer {
                Some(answer) if answer.status == 500 => {
                    history
                        .broken
                        .lock()
                        .expect("no holder panics")
                        .push(answer.text);
                }
                Some(answer) if final_answer(&answer) => return Some(answer),
                Some(answer) if answer.status == 503 => {
                    history.refused.fetch_add(1, Ordering::Relaxed);
                }
                _ => {}
            }
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            if begun.elapsed().as_secs() > PATIENCE_S {
                history.unanswered.fetch_add(1, Ordering::Relaxed);
                return None;
            }
            pause(40);
        }
        None
    }
}

/// Not one that says "ask again": overloaded, database away, the same key still in work.
fn final_answer(answer: &Answer) -> bool {
    let in_work = answer.status == 409 && answer.text.contains("idempotency-in-flight");
    !in_work && ![429, 500, 502, 503, 504, 507].contains(&answer.status)
}

/// What people were told.
#[derive(Default)]
pub(crate) struct History {
    /// Requests said to be raised.
    raised: Mutex<BTreeSet<String>>,
    /// Who was told yes, by request.
    yes: Mutex<BTreeMap<String, BTreeSet<ProfessionalId>>>,
    /// Bodies of answers 500.
    broken: Mutex<Vec<String>>,
    asked: AtomicU64,
    refused: AtomicU64,
    unanswered: AtomicU64,
}

impl History {
    pub(crate) fn count_raised(&self) -> usize {
        self.raised.lock().expect("no holder panics").len()
    }

    pub(crate) fn count_yes(&self) -> usize {
        self.yes.lock().expect("no holder panics").len()
    }

    /// Answers 503.
    pub(crate) fn count_refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// The operator raises one request; whether it was said to be.
    pub(crate) fn raise(&self, operator: &Front, stop: &AtomicBool) -> bool {
        let body = otalgia(None).to_string();
        let answer = operator.ask(self, "POST", "/api/v1/requests", Some(&body), stop);
        let Some(answer) = answer.filter(|answer| answer.status == 201) else {
            return false;
        };
        let id = text(&answer.json(), "id").to_owned();
        let new = self
            .raised
            .lock()
            .expect("no holder panics")
            .insert(id.clone());
        assert!(new, "two demands were answered with the one request {id}");
        true
    }

    /// A doctor accepts the first of their open offers.
    fn accept(&self, doctor: &Front, who: ProfessionalId, stop: &AtomicBool) {
        let path = "/api/v1/offers?status=open";
        let Some(list) = doctor.ask(self, "GET", path, None, stop) else {
            return;
        };
        let list = list.json();
        let Some(offer) = list["items"].as_array().and_then(|items| items.first()) else {
            return;
        };
        let path = format!("/api/v1/offers/{}/accept", text(offer, "id"));
        let taking = json!({ "appointment": { "mode": "call" } }).to_string();
        let Some(answer) = doctor.ask(self, "POST", &path, Some(&taking), stop) else {
            return;
        };
        if answer.status == 200 {
            let request = text(offer, "request").to_owned();
            let mut yes = self.yes.lock().expect("no holder panics");
            yes.entry(request).or_default().insert(who);
        }
    }

    /// Raises and lets several doctors accept at once, until told to stop.
    pub(crate) fn live(&self, world: &DemoWorld, bases: &[String], stop: &AtomicBool) {
        let desk = Front::new(bases, world, operator(world));
        let doctors: Vec<(Front, ProfessionalId)> = gps(world)
            .into_iter()
            .filter_map(|user| {
                Some((
                    Front::new(bases, world, user),
                    world.users[user].professional?,
                ))
            })
            .collect();
        let mut round = 0;
        while !stop.load(Ordering::Relaxed) {
            self.raise(&desk, stop);
            std::thread::scope(|scope| {
                for n in 0..4 {
                    let (doctor, who) = &doctors[(round + n) % doctors.len()];
                    scope.spawn(move || self.accept(doctor, *who, stop));
                }
            });
            round += 3;
        }
    }

    /// Nobody was told of an error of the program; what the nodes wrote about theirs otherwise.
    #[track_caller]
    pub(crate) fn no_error_of_the_program(&self, log: &str) {
        let broken = self.broken.lock().expect("no holder panics");
        let errors = log.lines().filter(|line| {
            (line.contains("ERROR") || line.contains("panicked")) && !line.contains("unavailable")
        });
        let errors: Vec<_> = errors.collect();
        assert!(
            broken.is_empty(),
            "answers 500: {broken:?}\n{}",
            errors.join("\n")
        );
    }

    /// Everything that was said is so, once, and the database is sound.
    #[track_caller]
    pub(crate) fn check(&self, url: &str) {
        let (raised, yes) = (
            self.raised.lock().expect("no holder panics").clone(),
            self.yes.lock().expect("no holder panics").clone(),
        );
        let broken = self.broken.lock().expect("no holder panics");
        assert!(broken.is_empty(), "answers 500: {broken:?}");
        let unanswered = self.unanswered.load(Ordering::Relaxed);
        assert_eq!(unanswered, 0, "demands never answered");
        for (request, people) in &yes {
            assert_eq!(people.len(), 1, "I1: {request} was given to {people:?}");
        }
        let db = Db::open(url, &relais_store::testing::options()).expect("the database opens");
        let stored = db.read_blocking(move |tx| {
            let find = |tx: &mut relais_store::Tx<'_>, id: &String| {
                let id: RequestId = id.parse().expect("the API answers ids");
                requests::find(tx, id)
            };
            let lost: Vec<String> = raised
                .iter()
                .filter(|id| !matches!(find(tx, id), Ok(Some(_))))
                .cloned()
                .collect();
            let mut other = Vec::new();
            for (id, people) in &yes {
                let stored = find(tx, id)?;
                let engaged = stored.and_then(|stored| stored.request.engaged());
                if engaged != people.first().copied() {
                    other.push(format!("{id}: told {people:?}, stored {engaged:?}"));
                }
            }
            Ok::<_, relais_store::StoreError>((lost, other, soundness::check(tx)?))
        });
        db.close();
        let (lost, other, sound) = stored.expect("the database answers");
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        assert!(other.is_empty(), "acknowledged and not so: {other:?}");
        assert_eq!(sound.faults, []);
        let mut command = relais();
        command.args(["journal", "verify"]).envs(variables(url));
        run(command, "").ok();
    }
}

/// The key that every drill's installation is sealed under, for `relais` commands.
pub(crate) fn key() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(KEY)
}
