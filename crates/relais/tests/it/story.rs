//! The story of the demonstration through the JSON API, with the tokens it hands out.

use crate::folder::Folder;
use crate::server::{Account, Server, eventually, one, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(crate) const MASSY: &str = "91377";

/// A request for a patient of Massy: otalgia, GP, within 12 h.
pub(crate) fn otalgia(usual: Option<&Account>) -> Value {
    let usual = match usual {
        Some(doctor) => json!({
            "doctor": "yes", "rpps": text(&doctor.row, "rpps"), "contacted": "unable"
        }),
        None => json!({ "doctor": "no" }),
    };
    json!({
        "patient": {
            "birth_name": "Quatrecanaris", "first_names": "Zéphyrine", "used_name": null,
            "sex": "F", "birth_date": "1951-04-02", "phone": "+33639988701",
            "address": { "line": "71 allée des Canaris-Muets", "postcode": "91300", "insee": MASSY },
            "carer_phone": null
        },
        "usual": usual,
        "triage": { "red_flags": "none", "sheet": null, "version": null, "answers": [] },
        "need": {
            "profession": "gp", "specialty": null, "care_type": "consultation",
            "mode": "consultation", "within_hours": 12,
            "motives": [{ "code": "otalgie" }], "comment": "Douleur depuis hier soir."
        },
        "window_minutes": 60, "consent_synthesis": true, "origin": "patient"
    })
}

/// Strings of that patient that nobody without the right may see.
pub(crate) const CANARIES: [&str; 5] = [
    "quatrecanaris",
    "zéphyrine",
    "39988701",
    "39 98 87 01",
    "canaris-muets",
];

#[track_caller]
pub(crate) fn silent(what: &str, shown: &str) {
    let low = shown.to_lowercase();
    for canary in CANARIES {
        assert!(!low.contains(canary), "{what} shows {canary}: {shown}");
    }
}

/// A GP with a phone and declared patients, if there is one near Massy; any GP with a phone else.
pub(crate) fn usual_doctor(accounts: &[Account]) -> Account {
    let fits = |a: &Account| a.profession() == "gp" && !text(&a.row, "alert_number").is_empty();
    let near = accounts
        .iter()
        .find(|a| fits(a) && text(&a.row, "insee") == MASSY);
    near.cloned()
        .unwrap_or_else(|| one(accounts, "professional", fits))
}

/// Those whom `operator` sees as asked for a request and who hold an open offer of it, with its id.
pub(crate) fn holders(
    accounts: &[Account],
    operator: &Account,
    request: &str,
) -> Vec<(Account, String)> {
    let asked: BTreeSet<String> = items(operator, request, "verdicts")
        .iter()
        .filter(|verdict| verdict["asked"] == true)
        .map(|verdict| text(verdict, "professional").to_owned())
        .collect();
    let theirs = accounts
        .iter()
        .filter(|a| asked.contains(text(&a.row, "professional")));
    theirs
        .filter_map(|a| Some((a.clone(), a.offer(request)?)))
        .collect()
}

/// Does this message belong to that professional? Phones know numbers; names are written shorter.
fn reached(account: &Account, message: &Value) -> bool {
    let number = text(&account.row, "alert_number");
    !number.is_empty() && text(message, "to") == number
}

pub(crate) fn status(account: &Account, request: &str) -> String {
    let shown = account
        .caller
        .get(&format!("/api/v1/requests/{request}"))
        .expect(200);
    text(&shown, "status").to_owned()
}

fn items(account: &Account, request: &str, list: &str) -> Vec<Value> {
    let answer = account
        .caller
        .get(&format!("/api/v1/requests/{request}/{list}"))
        .expect(200);
    answer["items"]
        .as_array()
        .expect("a list has items")
        .clone()
}

#[test]
fn the_demonstration_has_the_people_it_promises() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let accounts = server.accounts();
    let count = |role: &str| accounts.iter().filter(|a| a.is(role)).count();
    assert!(count("operator") >= 2);
    for role in [
        "regulator",
        "coordinator",
        "administrator",
        "auditor",
        "partner",
    ] {
        assert!(count(role) >= 1, "no {role}");
    }
    assert!(count("professional") >= 40);
    let professions: BTreeSet<&str> = accounts
        .iter()
        .filter(|a| a.is("professional"))
        .map(Account::profession)
        .collect();
    assert!(professions.len() >= 7, "{professions:?}");
    let staff_and_pros = accounts.iter().filter(|a| a.is("professional"));
    for account in staff_and_pros {
        assert!(!text(&account.row, "rpps").is_empty(), "{}", account.row);
        assert_eq!(text(&account.row, "insee").len(), 5, "{}", account.row);
    }
    for account in accounts.iter().take(60) {
        assert!(!account.name().is_empty() && !text(&account.row, "network").is_empty());
        assert!(
            text(&account.row, "login_url").starts_with(&server.base)
                || text(&account.row, "login_url").starts_with('/')
        );
        assert_eq!(
            account.caller.get("/api/v1/motives").status,
            200,
            "{}",
            account.row
        );
    }
    assert!(server.started_in.as_secs() < 30);
}

#[test]
fn a_request_finds_its_professional() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let accounts = server.accounts();
    let operator = one(&accounts, "operator", |_| true);
    let usual = usual_doctor(&accounts);
    let body = otalgia(Some(&usual));

    let before = operator.caller.get("/api/v1/requests").expect(200);
    let preview = operator
        .caller
        .post("/api/v1/requests/preview", &body)
        .expect(200);
    assert!(preview["eligible"].as_u64().unwrap_or(0) > 1, "{preview}");
    assert!(preview["excluded"].is_object(), "{preview}");
    assert_eq!(
        operator.caller.get("/api/v1/requests").expect(200),
        before,
        "a preview stored something"
    );

    let raised = operator.caller.post("/api/v1/requests", &body).expect(201);
    let id = text(&raised, "id").to_owned();
    assert_eq!(text(&raised, "status"), "asking_usual");
    assert!(raised["status_until"].is_string(), "{raised}");

    // The usual doctor, alone (I2), without a name anywhere (I4).
    let asked = holders(&accounts, &operator, &id);
    assert_eq!(asked.len(), 1, "the usual doctor is not alone");
    assert_eq!(asked[0].0.name(), usual.name());
    let alert = eventually(10, "the usual doctor's alert", || {
        server
            .phones()
            .into_iter()
            .find(|m| text(m, "request") == id && reached(&usual, m))
    });
    silent("the alert", &alert.to_string());
    silent(
        "the API's offer",
        &usual.caller.get("/api/v1/offers?status=open").text,
    );

    // He passes: the community, at once.
    usual
        .caller
        .post(&format!("/api/v1/offers/{}/refuse", asked[0].1), &json!({}))
        .expect(200);
    assert_eq!(status(&operator, &id), "asking_community");
    let community = holders(&accounts, &operator, &id);
    assert!(community.len() >= 2, "{} asked", community.len());
    assert!(
        community
            .iter()
            .all(|(a, _)| a.profession() == "gp" && a.name() != usual.name())
    );
    let verdicts = items(&operator, &id, "verdicts");
    assert!(
        verdicts
            .iter()
            .any(|v| v["asked"] == false && !v["reasons"].as_array().is_none_or(Vec::is_empty))
    );

    // Two at once: one winner (I1).
    let taking = json!({ "appointment": { "mode": "call" } });
    let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
        let takers: Vec<_> = community
            .iter()
            .take(4)
            .map(|(account, offer)| {
                let path = format!("/api/v1/offers/{offer}/accept");
                let (caller, taking) = (&account.caller, &taking);
                scope.spawn(move || {
                    let answer = caller.post(&path, taking);
                    (answer.status, answer.json())
                })
            })
            .collect();
        takers
            .into_iter()
            .map(|t| t.join().expect("a caller ends"))
            .collect()
    });
    let winners: Vec<usize> = (0..answers.len())
        .filter(|n| answers[*n].0 == 200)
        .collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    let winner = winners[0];
    assert_eq!(
        text(&answers[winner].1["patient"], "birth_name"),
        "Quatrecanaris"
    );
    for (n, (code, problem)) in answers.iter().enumerate().filter(|(n, _)| *n != winner) {
        assert_eq!(*code, 409, "{problem}");
        assert_eq!(text(problem, "type"), "/problems/already-taken");
        silent("a late taker's answer", &problem.to_string());
        let shown = community[n].0.caller.get(&format!("/api/v1/requests/{id}"));
        silent("a late taker's look at the request", &shown.text);
    }
    let again = community[winner].0.caller.post(
        &format!("/api/v1/offers/{}/accept", community[winner].1),
        &taking,
    );
    assert_eq!(
        again.status, 200,
        "the winner repeating himself: {}",
        again.text
    );

    // Everybody is told, nobody is named.
    let patient = eventually(10, "the patient told", || {
        server.phones().into_iter().rev().find(|m| {
            text(m, "request") == id
                && text(m, "to") == "+33639988701"
                && !text(m, "text").contains("cherchons")
        })
    });
    assert!(text(&patient, "text").chars().count() <= 160, "{patient}");
    let others: Vec<&Account> = community
        .iter()
        .enumerate()
        .filter(|(n, _)| *n != winner)
        .map(|(_, (a, _))| a)
        .collect();
    eventually(10, "another one told that it is taken", || {
        server.phones().into_iter().find(|m| {
            text(m, "request") == id
                && m["replaces"] == true
                && others.iter().any(|a| reached(a, m))
        })
    });
    for message in server.phones() {
        let said = format!("{} {}", text(&message, "subject"), text(&message, "text"));
        for canary in ["quatrecanaris", "zéphyrine", "canaris-muets"] {
            assert!(
                !said.to_lowercase().contains(canary),
                "a phone shows {canary}: {message}"
            );
        }
    }
    assert!(items(&operator, &id, "timeline").len() >= 4);
    assert!(items(&operator, &id, "messages").len() >= 4);
    silent("the server's output", &folder.read("output.log"));
}

#[test]
fn silence_opens_the_community_then_asks_for_a_hand_and_a_late_yes_is_care() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let accounts = server.accounts();
    let operator = one(&accounts, "operator", |_| true);
    let usual = usual_doctor(&accounts);
    let raised = operator
        .caller
        .post("/api/v1/requests", &otalgia(Some(&usual)))
        .expect(201);
    let id = text(&raised, "id").to_owned();
    server.advance("PT29M");
    assert_eq!(status(&operator, &id), "asking_usual", "opened early (I8)");
    server.advance("PT2M");
    assert_eq!(status(&operator, &id), "asking_community");
    let community = holders(&accounts, &operator, &id);
    server.advance("PT30M");
    let shown = operator
        .caller
        .get(&format!("/api/v1/requests/{id}"))
        .expect(200);
    assert_eq!(text(&shown, "status"), "unfilled");
    assert!(
        shown["status_until"].is_string(),
        "an unfilled request is due (I5): {shown}"
    );
    let told = eventually(10, "the patient told that nobody is free yet", || {
        server.phones().into_iter().find(|m| {
            text(m, "request") == id
                && text(m, "to") == "+33639988701"
                && text(m, "text").contains("personne n'est libre")
        })
    });
    assert!(text(&told, "text").chars().count() <= 160);
    let (late, offer) = community
        .iter()
        .find(|(a, _)| a.name() != usual.name())
        .expect("somebody was asked");
    let answer = late.caller.post(
        &format!("/api/v1/offers/{offer}/accept"),
        &json!({ "appointment": { "mode": "to-be-set" } }),
    );
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[test]
fn a_cancelled_request_closes_its_offers() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let accounts = server.accounts();
    let operator = one(&accounts, "operator", |_| true);
    let raised = operator
        .caller
        .post("/api/v1/requests", &otalgia(None))
        .expect(201);
    let id = text(&raised, "id").to_owned();
    let asked = holders(&accounts, &operator, &id);
    let (doctor, offer) = asked.first().expect("somebody was asked");
    let cancelled = operator.caller.post(
        &format!("/api/v1/requests/{id}/cancel"),
        &json!({ "reason": "patient" }),
    );
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);
    let late = doctor.caller.post(
        &format!("/api/v1/offers/{offer}/accept"),
        &json!({ "appointment": { "mode": "call" } }),
    );
    assert_eq!(late.status, 409, "{}", late.text);
    assert_eq!(text(&late.json(), "type"), "/problems/offer-closed");
    silent("the refusal", &late.text);
}

#[test]
fn who_has_no_part_in_a_request_learns_nothing_of_it() {
    let folder = Folder::new();
    let server = Server::demo(&folder);
    let accounts = server.accounts();
    let operator = one(&accounts, "operator", |_| true);
    let raised = operator
        .caller
        .post("/api/v1/requests", &otalgia(None))
        .expect(201);
    let id = text(&raised, "id").to_owned();
    let here = text(&operator.row, "network").to_owned();
    let outsiders = accounts.iter().filter(|a| {
        a.is("auditor")
            || a.is("administrator")
            || (a.is("operator") && text(&a.row, "network") != here)
            || (a.is("professional") && a.profession() == "dentist")
    });
    let mut tried = 0;
    for outsider in outsiders.take(8) {
        tried += 1;
        for path in ["", "/verdicts", "/timeline", "/messages"] {
            let answer = outsider.caller.get(&format!("/api/v1/requests/{id}{path}"));
            assert!(
                [403, 404].contains(&answer.status),
                "{} {path}: {}",
                outsider.row,
                answer.text
            );
            silent("an outsider's answer", &answer.text);
        }
    }
    assert!(tried >= 3);
    let coordinator = one(&accounts, "coordinator", |a| {
        text(&a.row, "network") == here
    });
    silent(
        "the coordinator's view",
        &coordinator
            .caller
            .get(&format!("/api/v1/requests/{id}"))
            .text,
    );
}
