//! An identity reaches nobody it is not for (I4): lists, offers, messages, figures, logs, addresses.
//! The walk over every route is in `access`; here, what needs a story.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use relais_core::access::Role;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::fixture::{CANARY, Reply, Territory, in_territory, text};

/// A page as somebody signed in sees it.
async fn page(t: &Territory, login: &str, path: &str) -> Reply {
    let session = t.app.sign_in_demo(login, String::new()).await.unwrap();
    let request = Request::builder()
        .uri(path)
        .header(header::COOKIE, format!("relais={session}"));
    t.send(request.body(Body::empty()).unwrap()).await
}

#[test]
fn lists_and_the_inside_of_a_request_hold_no_identity_for_anybody() {
    in_territory(|t| async move {
        let operator = t.operator();
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let (token, offer) = &asked[0];
        t.post(
            token,
            &format!("/offers/{offer}/accept"),
            &json!({ "appointment": { "mode": "call" } }),
        )
        .await;
        t.app.settle().await.unwrap();
        let one = t.get(&operator, &format!("/requests/{id}")).await;
        assert!(
            CANARY.found_in(&one.text).is_some(),
            "the scan finds what is there"
        );
        for path in ["/requests", "/requests?status=open"] {
            assert_eq!(
                CANARY.found_in(&t.get(&operator, path).await.text),
                None,
                "{path}"
            );
        }
        for inside in ["verdicts", "timeline", "messages"] {
            let reply = t.get(&operator, &format!("/requests/{id}/{inside}")).await;
            assert_eq!(reply.status, StatusCode::OK);
            assert_eq!(CANARY.found_in(&reply.text), None, "{inside}");
        }
        for path in [
            "/offers".to_owned(),
            "/offers?status=open".to_owned(),
            format!("/offers/{offer}"),
        ] {
            assert_eq!(
                CANARY.found_in(&t.get(token, &path).await.text),
                None,
                "{path}"
            );
        }
        let phones = t.plain(Method::GET, "/demo/phones.json", None).await;
        assert!(phones.json().as_array().unwrap().len() > 5);
        assert_eq!(CANARY.named_in(&phones.text), None, "on a phone");
        let metrics = t.plain(Method::GET, "/metrics", None).await;
        assert_eq!(CANARY.found_in(&metrics.text), None);
    });
}

#[test]
fn the_usual_doctor_reads_the_name_on_their_page_and_nowhere_else() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        t.app.settle().await.unwrap();
        let doctor = t.doctor().id;
        let login = t
            .world
            .users
            .iter()
            .find(|user| user.professional == Some(doctor))
            .unwrap()
            .login
            .clone();
        let token = t.token_of(doctor);
        let offer = text(&t.offer(&token, &id).await["id"]);
        let shown = page(&t, &login, &format!("/offres/{offer}")).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(
            shown
                .text
                .to_lowercase()
                .contains(&CANARY.used_name.to_lowercase()),
            "they recognise their patient (R6)"
        );
        for trace in CANARY.traces() {
            let name = trace.chars().all(char::is_alphabetic) && trace != "xylophage";
            assert!(
                name || !shown.text.to_lowercase().contains(&trace),
                "no more than the name: {trace}"
            );
        }
        assert_eq!(
            CANARY.found_in(&page(&t, &login, "/offres").await.text),
            None,
            "the list"
        );
        assert_eq!(
            CANARY.found_in(&t.get(&token, &format!("/offers/{offer}")).await.text),
            None,
            "the API"
        );
        assert_eq!(
            CANARY.found_in(&t.get(&token, "/offers").await.text),
            None,
            "the list of the API"
        );
        assert_eq!(
            t.get(&token, &format!("/requests/{id}")).await.status,
            StatusCode::NOT_FOUND
        );
        let timeline = t
            .get(&t.operator(), &format!("/requests/{id}/timeline"))
            .await
            .json();
        let looks = timeline["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["act"] == "identity.opened")
            .count();
        assert_eq!(looks, 1, "that look is journaled");
        t.post(&token, &format!("/offers/{offer}/refuse"), &json!({}))
            .await;
        let after = page(&t, &login, &format!("/offres/{offer}")).await;
        assert_eq!(CANARY.found_in(&after.text), None, "the offer is over");
    });
}

#[test]
fn those_who_lost_never_learn_whose_patient_it_was() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let body = json!({ "appointment": { "mode": "to-be-set" } });
        t.post(
            &asked[0].0,
            &format!("/offers/{}/accept", asked[0].1),
            &body,
        )
        .await;
        t.app.settle().await.unwrap();
        for (token, offer) in &asked[1..] {
            let replies = [
                t.post(token, &format!("/offers/{offer}/accept"), &body)
                    .await,
                t.get(token, &format!("/offers/{offer}")).await,
                t.get(token, &format!("/requests/{id}")).await,
                t.get(token, "/offers").await,
                t.get(token, "/requests").await,
            ];
            assert_eq!(replies[0].slug(), "already-taken");
            assert_eq!(replies[2].status, StatusCode::NOT_FOUND);
            for reply in replies {
                assert_eq!(CANARY.found_in(&reply.text), None, "{}", reply.text);
            }
        }
        let coordinator = t.token(t.user(Role::Coordinator, 0));
        let seen = t.get(&coordinator, &format!("/requests/{id}")).await;
        assert_eq!(
            (seen.status, CANARY.found_in(&seen.text)),
            (StatusCode::OK, None),
            "the coordinator sees no identity"
        );
    });
}

#[test]
fn the_number_that_alerts_ring_on_is_shown_to_nobody() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        t.app.settle().await.unwrap();
        let doctor = t.doctor().clone();
        let (alert, contact) = (doctor.alert_number.unwrap(), doctor.contact_number.unwrap());
        assert_ne!(alert, contact);
        let token = t.token_of(doctor.id);
        let offer = text(&t.offer(&token, &id).await["id"]);
        let body = json!({ "appointment": { "mode": "call" } });
        t.post(&token, &format!("/offers/{offer}/accept"), &body)
            .await;
        t.app.settle().await.unwrap();
        let operator = t.operator();
        let seen = t.get(&operator, &format!("/requests/{id}")).await;
        assert_eq!(
            seen.json()["accepted_by"]["contact_number"],
            contact.as_str()
        );
        let digits = alert.trim_start_matches("+33").to_owned();
        for path in ["", "/messages", "/timeline", "/verdicts"] {
            let reply = t.get(&operator, &format!("/requests/{id}{path}")).await;
            assert_eq!(reply.status, StatusCode::OK);
            assert!(!reply.text.contains(&digits), "{path}");
        }
        for row in t
            .plain(Method::GET, "/demo/phones.json", None)
            .await
            .json()
            .as_array()
            .unwrap()
        {
            assert!(
                !text(&row["text"]).replace(' ', "").contains(&digits),
                "{row}"
            );
        }
    });
}

/// Everything logged by this process, at every level.
#[derive(Clone)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn listening() -> &'static Lines {
    static LINES: OnceLock<Lines> = OnceLock::new();
    LINES.get_or_init(|| {
        let lines = Lines(Arc::default());
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(lines.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        lines
    })
}

#[test]
fn no_log_line_holds_an_identity_or_what_was_refused() {
    let lines = listening();
    in_territory(|t| async move {
        tracing::info!("the ear hears");
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let body = json!({ "appointment": { "mode": "call" } });
        t.post(
            &asked[0].0,
            &format!("/offers/{}/accept", asked[0].1),
            &body,
        )
        .await;
        t.get(&t.operator(), &format!("/requests/{id}")).await;
        t.pass(24 * 60).await;
        let mut wrong = t.draft();
        wrong["patient"]["birth_date"] = json!("2999-01-01");
        wrong["patient"][CANARY.birth_name] = json!(CANARY.phone);
        t.post(&t.operator(), "/requests", &wrong).await;
        let broken = format!(
            "{{\"patient\": \"{} {}\\ud800\"",
            CANARY.birth_name, CANARY.phone
        );
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/requests")
            .header(header::AUTHORIZATION, format!("Bearer {}", t.operator()))
            .header(header::CONTENT_TYPE, "application/json");
        t.send(request.body(Body::from(broken)).unwrap()).await;
        t.app.db().close();
        t.post(&t.operator(), "/requests", &t.draft()).await;
    });
    let heard = String::from_utf8_lossy(&lines.0.lock().unwrap()).into_owned();
    assert!(heard.contains("the ear hears"));
    let line = heard.lines().find(|line| CANARY.found_in(line).is_some());
    assert_eq!(line, None);
}
