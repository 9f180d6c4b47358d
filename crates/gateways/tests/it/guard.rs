//! Providers behind their circuits: one that is away is left alone, the second one carries what
//! nobody has taken, and nothing that somebody may have.

use crate::setup::message;
use relais_core::delivery::{Circuit, TRIAL_EVERY, Trust};
use relais_core::ids::OfferId;
use relais_core::time::{Duration, Instant};
use relais_gateways::{About, Accepted, Channel, Failure, Gateway, Guard, Outgoing};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// Answers what it is told to, and remembers what it was given.
struct Told {
    name: &'static str,
    away: Mutex<Option<Failure>>,
    given: Mutex<Vec<String>>,
}

impl Told {
    fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self {
            name,
            away: Mutex::default(),
            given: Mutex::default(),
        })
    }

    fn says(&self, failure: Option<Failure>) {
        *self.away.lock().unwrap() = failure;
    }

    fn given(&self) -> Vec<String> {
        std::mem::take(&mut *self.given.lock().unwrap())
    }
}

impl Gateway for Told {
    fn about(&self) -> About {
        About {
            name: self.name,
            channel: Channel::Sms,
            receipts: true,
            replies: true,
            idempotent: true,
            max_len: None,
        }
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let key = outgoing.idempotency_key.clone();
        self.given.lock().unwrap().push(key.clone());
        match self.away.lock().unwrap().clone() {
            Some(failure) => Err(failure),
            None => Ok(Accepted {
                provider: self.name,
                provider_ref: key,
            }),
        }
    }
}

struct Scene {
    first: Arc<Told>,
    second: Arc<Told>,
    guard: Guard,
    clock: Arc<AtomicI64>,
}

const START: i64 = 1_800_000_000_000;

impl Scene {
    fn new() -> Self {
        let (first, second) = (Told::new("http"), Told::new("backup"));
        let clock = Arc::new(AtomicI64::new(START));
        let reads = Arc::clone(&clock);
        let guard = Guard::new(
            vec![first.clone(), second.clone()],
            move || Instant::from_millis(reads.load(Ordering::SeqCst)),
            || 0,
        );
        Self {
            first,
            second,
            guard,
            clock,
        }
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    fn now(&self) -> Instant {
        Instant::from_millis(self.clock.load(Ordering::SeqCst))
    }

    fn send(&self, key: &str) -> Result<Accepted, Failure> {
        self.guard.send(&message(key, Channel::Sms, "un message"))
    }
}

fn away(taken_by: Option<&'static str>) -> Option<Failure> {
    let code = "timeout";
    Some(Failure::Away { code, taken_by })
}

#[test]
fn what_was_surely_not_taken_goes_to_the_second_provider_at_once() {
    let scene = Scene::new();
    scene.first.says(away(None));
    assert!(scene.send("a").is_ok());
    assert_eq!(
        (scene.first.given(), scene.second.given()),
        (vec!["a".to_owned()], vec!["a".to_owned()])
    );
}

#[test]
fn what_may_have_been_taken_is_never_given_to_another_provider() {
    let scene = Scene::new();
    scene.first.says(away(Some("http")));
    for n in 0..5 {
        assert!(scene.send(&n.to_string()).is_err());
    }
    assert_eq!(scene.second.given(), Vec::<String>::new());
    let mut again = message("0", Channel::Sms, "un message");
    again.only = Some("http".to_owned());
    let until = scene.now() + Duration::seconds(2);
    assert_eq!(scene.guard.send(&again), Err(Failure::Held { until }));
    assert!(scene.send("new").is_ok(), "the second carries what is new");
    assert_eq!(scene.second.given(), ["new"]);
    scene.first.says(None);
    scene.pass(2);
    assert!(scene.guard.send(&again).is_ok());
    assert_eq!(scene.second.given(), Vec::<String>::new());
}

#[test]
fn a_provider_taken_out_of_the_settings_binds_nobody() {
    let scene = Scene::new();
    let mut old = message("0", Channel::Sms, "un message");
    old.only = Some("gone".to_owned());
    assert!(scene.guard.send(&old).is_ok());
}

#[test]
fn one_left_alone_is_not_asked_and_one_message_sees_whether_it_is_back() {
    let scene = Scene::new();
    scene.first.says(away(Some("http")));
    scene.second.says(away(Some("backup")));
    for n in 0..10 {
        assert!(scene.send(&n.to_string()).is_err());
    }
    assert_eq!(
        (scene.first.given().len(), scene.second.given().len()),
        (5, 5)
    );
    let until = scene.now() + Duration::seconds(2);
    assert_eq!(scene.send("held"), Err(Failure::Held { until }));
    assert_eq!(scene.guard.held_until(scene.now()), Some(until));
    assert!(scene.first.given().is_empty());
    scene.pass(2);
    assert_eq!(scene.guard.held_until(scene.now()), None);
    assert!(scene.send("probe").is_err());
    assert_eq!(scene.first.given(), ["probe"]);
    let states = scene.guard.states();
    assert!(matches!(states[0].circuit, Circuit::Open { tries: 1, .. }));
    assert_eq!(states[0].last_code.as_deref(), Some("timeout"));
    scene.first.says(None);
    scene.pass(4);
    assert!(scene.send("back").is_ok());
    let states = scene.guard.states();
    assert_eq!(states[0].circuit, Circuit::default());
    assert_eq!(states[0].last_code, None);
}

#[test]
fn a_provider_that_says_when_is_not_asked_before() {
    let scene = Scene::new();
    let retry_after = Some(Duration::seconds(20));
    scene.first.says(Some(Failure::Later { retry_after }));
    for n in 0..3 {
        assert!(scene.send(&n.to_string()).is_ok(), "by the second");
    }
    assert_eq!(scene.first.given(), ["0"]);
    scene.first.says(None);
    scene.pass(20);
    assert!(scene.send("x").is_ok());
    assert_eq!(scene.first.given(), ["x"]);
}

#[test]
fn a_refusal_of_the_message_says_that_the_provider_answers() {
    let scene = Scene::new();
    let code = "unknown-number".to_owned();
    scene.first.says(Some(Failure::Never { code }));
    for n in 0..20 {
        assert_eq!(
            scene.send(&n.to_string()).unwrap_err().code(),
            "unknown-number"
        );
    }
    assert_eq!(scene.first.given().len(), 20);
    assert!(scene.second.given().is_empty());
}

fn doubt(scene: &Scene) -> Trust {
    Trust::Doubted {
        since: scene.now(),
        run: 5,
        trial_at: scene.now() + TRIAL_EVERY,
    }
}

fn asking(key: &str) -> Outgoing {
    let mut asking = message(key, Channel::Sms, "une demande");
    asking.offer = Some(OfferId::from_bits(1));
    asking
}

#[test]
fn a_doubted_provider_goes_last_and_keeps_what_it_may_have() {
    let scene = Scene::new();
    scene.guard.think("http", doubt(&scene));
    assert!(scene.guard.send(&asking("a")).is_ok());
    assert_eq!(scene.second.given(), ["a"]);
    assert!(scene.first.given().is_empty());
    let mut again = asking("taken before");
    again.only = Some("http".to_owned());
    assert!(scene.guard.send(&again).is_ok());
    assert_eq!(scene.first.given(), ["taken before"], "nobody else's, ever");
    scene.second.says(away(None));
    assert!(scene.guard.send(&asking("b")).is_ok());
    assert_eq!(scene.first.given(), ["b"], "better than nobody");
    assert!(scene.guard.states()[0].trust.since().is_some());
}

#[test]
fn a_doubted_provider_is_tried_by_one_solicitation_at_a_time() {
    let scene = Scene::new();
    scene.guard.think("http", doubt(&scene));
    scene.pass(600);
    assert!(scene.send("news").is_ok());
    assert!(
        scene.first.given().is_empty(),
        "nobody would notice its silence"
    );
    for key in ["trial", "next"] {
        assert!(scene.guard.send(&asking(key)).is_ok());
    }
    assert_eq!(scene.first.given(), ["trial"]);
    assert_eq!(scene.second.given(), ["news", "next"]);
    // The database does not know of the trial yet.
    let old = Trust::Doubted {
        since: scene.now(),
        run: 5,
        trial_at: scene.now(),
    };
    scene.guard.think("http", old);
    assert!(scene.guard.send(&asking("not twice")).is_ok());
    assert!(scene.first.given().is_empty());
    scene.guard.think("http", Trust::Trusted);
    assert!(scene.send("back").is_ok());
    assert_eq!(scene.first.given(), ["back"]);
}
