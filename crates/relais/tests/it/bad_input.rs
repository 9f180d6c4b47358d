//! Bad input to the real process: one clear problem with its pointer, nothing stored, nothing
//! logged of the content.

use crate::folder::Folder;
use crate::server::{Account, Server, one, text};
use crate::story::otalgia;
use serde_json::{Value, json};

const MARK: &str = "Marqueur-Jamais-Journalise";

fn count(operator: &Account) -> usize {
    let list = operator.caller.get("/api/v1/requests").expect(200);
    list["items"].as_array().map_or(0, Vec::len)
}

/// A good body with one value replaced, at a JSON pointer.
fn but(pointer: &str, value: Value) -> String {
    let mut body = otalgia(None);
    let (parent, last) = pointer
        .rsplit_once('/')
        .expect("a pointer starts with a slash");
    let parent = body
        .pointer_mut(parent)
        .expect("the pointer's parent exists");
    parent[last] = value;
    body.to_string()
}

#[test]
fn each_wrong_body_is_one_problem_that_names_the_place() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let operator = one(&server.accounts(), "operator", |_| true);
    let long = MARK.repeat(400_000);
    let comment = |text: &str| but("/need/comment", json!(text));
    let cases: Vec<(&str, String, &str)> = vec![
        ("not JSON", "{".to_owned(), ""),
        ("empty", String::new(), ""),
        (
            "unknown field",
            but("/need/colour", json!("blue")),
            "colour",
        ),
        (
            "impossible date",
            but("/patient/birth_date", json!("1951-02-30")),
            "/patient/birth_date",
        ),
        (
            "birth in the future",
            but("/patient/birth_date", json!("2199-01-01")),
            "/patient/birth_date",
        ),
        (
            "phone that is none",
            but("/patient/phone", json!("bonjour")),
            "/patient/phone",
        ),
        (
            "unknown INSEE",
            but("/patient/address/insee", json!("99999")),
            "/patient/address",
        ),
        (
            "no motive",
            but("/need/motives", json!([])),
            "/need/motives",
        ),
        (
            "unknown motive",
            but("/need/motives", json!([{ "code": "licorne" }])),
            "/need/motives",
        ),
        (
            "a window of zero",
            but("/window_minutes", json!(0)),
            "/window_minutes",
        ),
        (
            "a negative window",
            but("/window_minutes", json!(-5)),
            "window_minutes",
        ),
        ("a wrong type", but("/patient", json!(12)), "patient"),
        ("10 MB of comment", comment(&long), ""),
        (
            "10 kB of comment",
            comment(&MARK.repeat(400)),
            "/need/comment",
        ),
        (
            "the patient's name",
            comment("appeler Madame QUATRECANARIS"),
            "/need/comment",
        ),
        (
            "a lone surrogate",
            comment("@@").replace("@@", "\\ud800"),
            "",
        ),
        ("1,000 deep", "[".repeat(1000) + &"]".repeat(1000), ""),
        (
            "1e400",
            but("/window_minutes", json!("@@")).replace("\"@@\"", "1e400"),
            "",
        ),
        ("NUL", comment("a\u{0}b"), "/need/comment"),
    ];
    let before = count(&operator);
    for (name, body, pointer) in cases {
        let called = operator
            .caller
            .try_call("POST", "/api/v1/requests", Some(&body), None);
        let Ok(answer) = called else {
            // A body far over the limit may be cut while it is still being sent.
            assert_eq!(name, "10 MB of comment");
            continue;
        };
        assert!(
            (400..500).contains(&answer.status),
            "{name}: {} {}",
            answer.status,
            answer.text
        );
        assert!(
            answer.kind.starts_with("application/problem+json"),
            "{name}: {}",
            answer.kind
        );
        let problem = answer.json();
        assert!(
            text(&problem, "type").starts_with("/problems/"),
            "{name}: {problem}"
        );
        assert_eq!(problem["status"], answer.status, "{name}: {problem}");
        assert!(
            answer.text.contains(pointer),
            "{name}: no {pointer} in {problem}"
        );
        assert!(
            !answer.text.contains(MARK),
            "{name}: the answer repeats the content"
        );
    }
    assert_eq!(count(&operator), before, "something was stored");
    let log = folder.read("output.log");
    for word in [
        MARK,
        "Quatrecanaris",
        "QUATRECANARIS",
        "licorne",
        "39988701",
    ] {
        assert!(!log.contains(word), "the log says {word}: {log}");
    }
}

#[test]
fn a_red_flag_is_refused_towards_the_15() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let operator = one(&server.accounts(), "operator", |_| true);
    let before = count(&operator);
    let body = but("/triage/red_flags", json!("present"));
    let answer = operator
        .caller
        .try_call("POST", "/api/v1/requests", Some(&body), None);
    let answer = answer.expect("the server answers");
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    assert_eq!(text(&answer.json(), "type"), "/problems/red-flag");
    assert_eq!(count(&operator), before);
    let unknown = but("/triage/red_flags", json!("unknown"));
    let answer = operator
        .caller
        .try_call("POST", "/api/v1/requests", Some(&unknown), None);
    let answer = answer.expect("the server answers").expect(201);
    assert_eq!(text(&answer, "status"), "to_qualify");
}

#[test]
fn a_replayed_key_answers_the_same_and_another_body_is_refused() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let operator = one(&server.accounts(), "operator", |_| true);
    let body = otalgia(None).to_string();
    let post = |body: &str| {
        let answer =
            operator
                .caller
                .try_call("POST", "/api/v1/requests", Some(body), Some("cle-1"));
        answer.expect("the server answers")
    };
    let first = post(&body).expect(201);
    let again = post(&body).expect(201);
    assert_eq!(first["id"], again["id"]);
    let other = post(&but("/window_minutes", json!(45)));
    assert!((400..500).contains(&other.status), "{}", other.text);
    // The same key at the same moment, twice: one request.
    let before = count(&operator);
    let body = but("/need/comment", json!("deux fois"));
    let both = std::thread::scope(|scope| {
        let twice = || {
            let caller = operator.caller.clone();
            let body = body.clone();
            scope.spawn(move || {
                caller.try_call("POST", "/api/v1/requests", Some(&body), Some("cle-2"))
            })
        };
        [twice(), twice()].map(|t| {
            t.join()
                .expect("a caller ends")
                .expect("the server answers")
                .status
        })
    });
    assert!(
        both.iter().all(|code| [201, 409, 425].contains(code)),
        "{both:?}"
    );
    assert_eq!(count(&operator), before + 1);
}

#[test]
fn without_a_good_token_nothing_is_said() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let token = text(
        &one(&server.accounts(), "operator", |_| true).row,
        "api_token",
    )
    .to_owned();
    for caller in [
        server.anybody(),
        server.with_token("relais_nope"),
        server.with_token(""),
    ] {
        let answer = caller.get("/api/v1/requests");
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
    assert_eq!(
        server
            .anybody()
            .get(&format!("/api/v1/requests?token={token}"))
            .status,
        401
    );
    assert_eq!(server.anybody().get("/api/v1/nothing-here").status / 100, 4);
    assert!(
        !folder.read("output.log").contains(&token),
        "a token was logged"
    );
}
