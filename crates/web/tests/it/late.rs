//! A call lived on paper, entered afterwards: its hours are true, it is marked, and nobody is
//! disturbed for what is settled already.

use std::fmt::Write as _;

use axum::body::Body;
use http::{Request, StatusCode, header};
use relais_core::access::Role;
use relais_core::time::Duration;
use serde_json::{Value, json};

use crate::fixture::{CANARY, Reply, Territory, in_haste, in_territory, on_each_engine, text};

type Typed = Vec<(&'static str, String)>;

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

async fn enter(t: &Territory, typed: &Typed) -> Reply {
    let pairs: Vec<_> = typed
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    send(t, "POST", "/appels/apres-coup", pairs.join("&")).await
}

/// As the operator's browser sends it.
async fn send(t: &Territory, method: &str, path: &str, body: String) -> Reply {
    let user = t.user(Role::Operator, 0);
    let session = t
        .app
        .sign_in_demo(&user.login, String::new())
        .await
        .unwrap();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, format!("relais={session}"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    t.send(request.body(Body::from(body)).unwrap()).await
}

/// What a sheet says of the call of the canary, `minutes` ago; it is 10:00 in the territory.
fn sheet(t: &Territory, issue: &str, day: &str, hour: &str) -> Typed {
    let said = [
        ("once", "0123456789abcdef0123456789abcdef"),
        ("day", day),
        ("hour", hour),
        ("origin", "patient"),
        ("issue", issue),
        ("red_flags", "none"),
        ("motive", "otalgie"),
        ("profession", "gp"),
        ("mode", "consultation"),
        ("within_hours", "12"),
        ("birth_name", CANARY.birth_name),
        ("first_names", CANARY.first_names),
        ("birth_date", CANARY.birth_date),
        ("sex", "F"),
        ("phone", CANARY.phone),
        ("commune", "Massy 91300"),
        ("usual", "yes"),
        ("usual_name", &t.doctor().rpps),
        ("contacted", "unable"),
    ];
    said.iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

fn with(mut typed: Typed, more: &[(&'static str, &str)]) -> Typed {
    for (name, value) in more {
        typed.retain(|(known, _)| known != name);
        typed.push((name, (*value).to_owned()));
    }
    typed
}

/// Another doctor of the network than the patient's own.
fn colleague(t: &Territory) -> (String, String) {
    let doctor = t.doctor();
    let other = t.world.professionals.iter().find(|p| {
        p.id != doctor.id
            && p.profession == relais_core::people::Profession::Gp
            && p.member().belongs_to(t.world.networks[0].id)
            && p.standing.holds(t.app.now())
    });
    let other = other.expect("two doctors in the network");
    (other.rpps.clone(), t.token_of(other.id))
}

fn id_of(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    let to = reply.headers["location"].to_str().unwrap();
    let id = to.strip_prefix("/demandes/").expect("the request's page");
    id.split('?').next().unwrap().to_owned()
}

async fn items(t: &Territory, path: &str) -> Vec<Value> {
    let list = t.get(&t.operator(), path).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    list.json()["items"].as_array().unwrap().clone()
}

#[test]
fn a_patient_taken_by_phone_is_theirs_at_the_true_hour_and_nobody_is_disturbed() {
    on_each_engine(|t| async move {
        let (rpps, token) = colleague(&t);
        let typed = with(
            sheet(&t, "taken", "2026-03-10", "08:40"),
            &[
                ("who_0", &t.doctor().rpps),
                ("at_0", "8h50"),
                ("said_0", "no"),
                ("who_1", &rpps),
                ("at_1", "09:10"),
                ("said_1", "yes"),
                ("appt", "at"),
                ("appt_from", "16:30"),
            ],
        );
        let id = id_of(&enter(&t, &typed).await);
        assert_eq!(id_of(&enter(&t, &typed).await), id, "a double click");
        t.app.settle().await.unwrap();

        let read = t
            .get(&t.operator(), &format!("/requests/{id}"))
            .await
            .json();
        assert_eq!(read["status"], "scheduled");
        let called = (t.app.now() - Duration::minutes(80))
            .timestamp()
            .to_string();
        assert_eq!(read["raised_at"], json!(called), "{read}");
        let told = items(&t, &format!("/requests/{id}/messages")).await;
        let (kept, said): (Vec<_>, Vec<_>) =
            told.iter().partition(|m| m["kind"] == "patient-reminder");
        for message in said {
            assert_eq!(message["audience"], "usual", "told on the phone: {message}");
        }
        assert_eq!(
            kept.len(),
            1,
            "the reminder of the day, like any appointment's"
        );
        assert_eq!(kept[0]["status"], "queued");
        let mine = t.get(&token, &format!("/requests/{id}")).await;
        assert_eq!(
            mine.json()["patient"]["birth_name"],
            CANARY.birth_name,
            "{}",
            mine.text
        );
        let said: Vec<String> = items(&t, &format!("/requests/{id}/timeline?limit=200"))
            .await
            .iter()
            .map(|row| text(&row["say"]).replace('\u{a0}', " "))
            .collect();
        for wanted in [
            "Saisie après coup",
            "au téléphone, à 8 h 50",
            "au téléphone, à 9 h 10",
        ] {
            assert!(said.iter().any(|line| line.contains(wanted)), "{said:?}");
        }
        let log = items(&t, "/contacts?limit=100").await;
        let contact = log.iter().find(|c| c["request"] == json!(id)).unwrap();
        assert_eq!(contact["entered_late"], true);
        assert_eq!(contact["received_at"], json!(called));
        let chains = t.app.verify_journal().await.unwrap();
        assert!(chains.iter().all(|chain| chain.first_bad.is_none()), "I9");
    });
}

#[test]
fn one_still_open_asks_those_who_did_not_answer_by_phone() {
    in_territory(|t| async move {
        let (rpps, token) = colleague(&t);
        let typed = with(
            sheet(&t, "open", "10/03/2026", "08:40"),
            &[("who_0", &rpps), ("at_0", "08:50"), ("said_0", "no")],
        );
        let id = id_of(&enter(&t, &typed).await);
        let read = t
            .get(&t.operator(), &format!("/requests/{id}"))
            .await
            .json();
        assert_eq!(read["status"], "asking_usual", "{read}");
        let asked = t.open_to_the_community(&id).await;
        assert!(!asked.iter().any(|(who, _)| *who == token));
        let page = send(&t, "GET", &format!("/demandes/{id}"), String::new()).await;
        assert!(page.text.contains("saisie après coup"), "marked as such");
    });
}

#[test]
fn a_call_that_raised_nothing_has_its_outcome_and_its_hour() {
    in_territory(|t| async move {
        let typed = vec![
            ("day", "2026-03-09".to_owned()),
            ("hour", "18:20".to_owned()),
            ("origin", "pharmacy".to_owned()),
            ("issue", "transferred-15".to_owned()),
        ];
        let unsaid = enter(&t, &typed).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsaid.text.contains("Dites pourquoi le 15"));
        let typed = with(typed, &[("reason", "Douleur dans la poitrine.")]);
        let done = enter(&t, &typed).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let log = items(&t, "/contacts?limit=100&day=2026-03-09&late=true").await;
        let found = log
            .iter()
            .filter(|c| c["outcome"] == "transferred-15" && c["entered_late"] == true);
        assert_eq!(found.count(), 1, "{log:?}");
    });
}

#[test]
fn what_cannot_be_true_is_said_on_its_field_and_nothing_typed_is_lost() {
    in_territory(|t| async move {
        let (rpps, _) = colleague(&t);
        let open = sheet(&t, "open", "2026-03-10", "08:40");
        let before = items(&t, "/requests?limit=100").await.len();
        for (changed, field, sentence) in [
            (vec![("hour", "11:40")], "hour", "ni à venir"),
            (vec![("day", "2026-02-10")], "hour", "sept jours"),
            (
                vec![("red_flags", "present")],
                "red-flags",
                "transfert au 15",
            ),
            (vec![("issue", "taken")], "issue", "quel professionnel"),
            (
                vec![
                    ("who_0", rpps.as_str()),
                    ("at_0", "09:50"),
                    ("said_0", "yes"),
                    ("appt", "to-be-set"),
                ],
                "issue",
                "encore à pourvoir",
            ),
            (
                vec![
                    ("who_0", "Dr Personne"),
                    ("at_0", "09:00"),
                    ("said_0", "no"),
                ],
                "who-0",
                "n’est pas membre",
            ),
            (
                vec![
                    ("who_0", rpps.as_str()),
                    ("at_0", "08:10"),
                    ("said_0", "no"),
                ],
                "at-0",
                "Une réponse est notée avant",
            ),
            (vec![("commune", "Nulle-Part")], "commune", "Aucune commune"),
        ] {
            let refused = enter(&t, &with(open.clone(), &changed)).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{changed:?} {}",
                refused.text
            );
            let error = format!("id=\"{field}-erreur\"");
            assert!(refused.text.contains(&error), "{changed:?}: {field}");
            assert!(refused.text.contains(sentence), "{changed:?}: {sentence}");
            assert!(refused.text.contains(CANARY.birth_name), "still typed");
        }
        assert_eq!(items(&t, "/requests?limit=100").await.len(), before);
    });
}

/// The same sheet is being entered already: it comes back as it was typed, under the same key, with what to do.
#[test]
fn a_sheet_that_is_being_entered_comes_back_as_it_was_typed() {
    in_haste(|t| async move {
        let user = t.user(Role::Operator, 0).id;
        let once = "0123456789abcdef0123456789abcdef";
        let key = format!("form-{once}");
        let begun = t.app.begin_idempotent(user, key.clone(), "form", b"").await;
        begun.unwrap();
        let typed = sheet(&t, "open", "2026-03-10", "09:40");
        let busy = enter(&t, &typed).await;
        assert_eq!(busy.status, StatusCode::CONFLICT, "{}", busy.text);
        assert!(busy.text.contains("elle ne partira pas deux fois"));
        for kept in [CANARY.birth_name, CANARY.first_names, once] {
            assert!(busy.text.contains(kept), "{kept} is still there");
        }
        // Whoever had it answered nothing: sent again, it is entered.
        let failed = t.app.finish_idempotent(user, key, 500, String::new());
        failed.await.unwrap();
        let entered = enter(&t, &typed).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    });
}
