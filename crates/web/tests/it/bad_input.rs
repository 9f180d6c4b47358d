//! Bad input, and the worst day: one clear problem with its pointer, nothing stored, nothing of the
//! content repeated.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::fixture::{CANARY, Reply, Territory, in_territory};

async fn raw(t: &Territory, body: impl Into<Body>) -> Reply {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/api/v1/requests")
        .header(header::AUTHORIZATION, format!("Bearer {}", t.operator()))
        .header(header::CONTENT_TYPE, "application/json");
    t.send(request.body(body.into()).unwrap()).await
}

async fn nothing_stored(t: &Territory) {
    let list = t.get(&t.operator(), "/requests").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 0);
    let phones = t.plain(Method::GET, "/demo/phones.json", None).await.json();
    assert_eq!(phones.as_array().unwrap().len(), 0);
}

/// A draft with one thing changed.
fn with(t: &Territory, pointer: &str, value: Value) -> Value {
    let mut draft = t.draft();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    draft.pointer_mut(parent).unwrap()[name] = value;
    draft
}

#[test]
fn each_wrong_field_is_named() {
    in_territory(|t| async move {
        let wrong = [
            (
                "/patient/birth_date",
                json!("2999-01-01"),
                "/patient/birth_date",
            ),
            (
                "/patient/birth_date",
                json!("2023-02-30"),
                "/patient/birth_date",
            ),
            (
                "/patient/birth_date",
                json!("1801-02-03"),
                "/patient/birth_date",
            ),
            (
                "/patient/birth_date",
                json!(19510402),
                "/patient/birth_date",
            ),
            ("/patient/birth_name", json!(""), "/patient/birth_name"),
            // Of a doctor: a series is a nurse's or a physiotherapist's (R2).
            (
                "/need/series",
                json!({ "times": 2, "per": "day", "days": 10 }),
                "/need/series",
            ),
            (
                "/need/series",
                json!({ "times": 9, "per": "day", "days": 10 }),
                "/need/series/times",
            ),
            (
                "/need/series",
                json!({ "times": 2, "per": "day", "days": 10, "at": ["night"] }),
                "/need/series/at/0",
            ),
            (
                "/patient/birth_name",
                json!("A".repeat(101)),
                "/patient/birth_name",
            ),
            (
                "/patient/birth_name",
                json!("A\u{202e}B"),
                "/patient/birth_name",
            ),
            ("/patient/sex", json!("X"), "/patient/sex"),
            ("/patient/phone", json!("12"), "/patient/phone"),
            ("/patient/phone", json!("bonjour"), "/patient/phone"),
            ("/patient/carer_phone", json!("0"), "/patient/carer_phone"),
            (
                "/patient/address/insee",
                json!("99999"),
                "/patient/address/insee",
            ),
            (
                "/patient/address/insee",
                json!("2X001"),
                "/patient/address/insee",
            ),
            (
                "/patient/address/postcode",
                json!("9130"),
                "/patient/address/postcode",
            ),
            ("/patient/nickname", json!("Zoé"), "/patient/nickname"),
            ("/usual/doctor", json!("perhaps"), "/usual/doctor"),
            ("/usual/rpps", json!("123"), "/usual/rpps"),
            ("/usual/contacted", json!("yes"), "/usual/contacted"),
            ("/triage/red_flags", json!("some"), "/triage/red_flags"),
            ("/need/profession", json!("wizard"), "/need/profession"),
            ("/need/mode", json!("teleportation"), "/need/mode"),
            ("/need/within_hours", json!(7), "/need/within_hours"),
            ("/need/within_hours", json!("12"), "/need/within_hours"),
            ("/need/motives", json!([]), "/need/motives"),
            (
                "/need/motives",
                json!([{ "code": "otalgie" }, { "code": "mal" }]),
                "/need/motives/1/code",
            ),
            (
                "/need/motives",
                json!([{ "cod": "otalgie" }]),
                "/need/motives/0/cod",
            ),
            ("/need/comment", json!("x".repeat(1_001)), "/need/comment"),
            (
                "/need/comment",
                json!(format!("Mme {} dort", CANARY.birth_name)),
                "/need/comment",
            ),
            (
                "/need/comment",
                json!("rappeler au 06 39 98 75 31"),
                "/need/comment",
            ),
            ("/window_minutes", json!(5), "/window_minutes"),
            ("/window_minutes", json!(1_441), "/window_minutes"),
            ("/window_minutes", json!(-1), "/window_minutes"),
            ("/window_minutes", json!(1.5), "/window_minutes"),
            ("/origin", json!("moon"), "/origin"),
            ("/surprise", json!(true), "/surprise"),
        ];
        for (pointer, value, expected) in wrong {
            let reply = t
                .post(
                    &t.operator(),
                    "/requests",
                    &with(&t, pointer, value.clone()),
                )
                .await;
            let what = format!(
                "{pointer} = {}",
                value.to_string().chars().take(60).collect::<String>()
            );
            assert_eq!(
                reply.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{what}: {}",
                reply.text
            );
            assert_eq!(reply.slug(), "invalid", "{what}");
            assert_eq!(reply.pointers(), [expected], "{what}");
            assert_eq!(CANARY.found_in(&reply.text), None, "{what}: {}", reply.text);
            assert!(
                reply.text.len() < 1_000,
                "{what}: the content is not repeated"
            );
        }
        for pointer in [
            "/patient/birth_name",
            "/patient/phone",
            "/need/profession",
            "/need/motives",
            "/patient",
        ] {
            let mut draft = t.draft();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            draft
                .pointer_mut(parent)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(name);
            let reply = t.post(&t.operator(), "/requests", &draft).await;
            assert_eq!(
                (reply.status, reply.pointers()),
                (StatusCode::UNPROCESSABLE_ENTITY, vec![pointer.to_owned()])
            );
        }
        nothing_stored(&t).await;
    });
}

#[test]
fn several_wrong_fields_are_all_named() {
    in_territory(|t| async move {
        let mut draft = with(&t, "/patient/phone", json!("12"));
        draft["need"]["within_hours"] = json!(3);
        draft["origin"] = json!("moon");
        let reply = t.post(&t.operator(), "/requests", &draft).await;
        assert_eq!(
            reply.pointers(),
            ["/patient/phone", "/need/within_hours", "/origin"]
        );
    });
}

#[test]
fn what_is_no_json_is_one_clear_problem() {
    in_territory(|t| async move {
        let draft = t.draft().to_string();
        let deep = format!("{{\"patient\":{}{}}}", "[".repeat(1_000), "]".repeat(1_000));
        let surrogate = draft.replace("Douleur", "\\ud83d");
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("cut short", draft.as_bytes()[..draft.len() - 5].to_vec()),
            ("trailing", format!("{draft} and more").into_bytes()),
            ("a thousand deep", deep.into_bytes()),
            ("a lone surrogate", surrogate.into_bytes()),
            ("no UTF-8", [draft.as_bytes(), b"\xff"].concat()),
            ("not a number", b"{\"window_minutes\": NaN}".to_vec()),
        ];
        for (what, body) in cases {
            let reply = raw(&t, body).await;
            assert_eq!(
                reply.status,
                StatusCode::BAD_REQUEST,
                "{what}: {}",
                reply.text
            );
            assert_eq!(reply.slug(), "malformed", "{what}");
            assert_eq!(CANARY.found_in(&reply.text), None, "{what}");
        }
        let twice = draft.replacen('{', "{\"origin\":\"web\",", 1);
        let reply = raw(&t, twice).await;
        assert_eq!(
            (reply.status, reply.pointers()),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["/origin".to_owned()])
        );
        for (what, body) in [("a list", "[]"), ("a word", "\"x\""), ("null", "null")] {
            let reply = raw(&t, body).await;
            assert_eq!(
                reply.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{what}: {}",
                reply.text
            );
        }
        nothing_stored(&t).await;
    });
}

#[test]
fn ten_megabytes_of_comment_are_refused_kindly() {
    in_territory(|t| async move {
        let draft = with(&t, "/need/comment", json!("é".repeat(5 << 20)));
        let reply = t.post(&t.operator(), "/requests", &draft).await;
        assert_eq!(
            (reply.status, reply.slug()),
            (StatusCode::PAYLOAD_TOO_LARGE, "too-large".to_owned())
        );
        let keyed = t
            .keyed(
                &t.operator(),
                Method::POST,
                "/requests",
                Some(&draft),
                Some("big"),
            )
            .await;
        assert_eq!(keyed.status, StatusCode::PAYLOAD_TOO_LARGE);
        nothing_stored(&t).await;
    });
}

#[test]
fn the_body_must_say_it_is_json() {
    in_territory(|t| async move {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/requests")
            .header(header::AUTHORIZATION, format!("Bearer {}", t.operator()))
            .header(header::CONTENT_TYPE, "text/plain")
            .body(Body::from(t.draft().to_string()))
            .unwrap();
        assert_eq!(
            t.send(request).await.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        );
    });
}

#[test]
fn a_red_flag_goes_to_fifteen_and_no_further() {
    in_territory(|t| async move {
        let reply = t
            .post(
                &t.operator(),
                "/requests",
                &with(&t, "/triage/red_flags", json!("present")),
            )
            .await;
        assert_eq!(
            (reply.status, reply.slug()),
            (StatusCode::UNPROCESSABLE_ENTITY, "red-flag".to_owned())
        );
        nothing_stored(&t).await;
    });
}

#[test]
fn elsewhere_and_at_night_nothing_starts() {
    in_territory(|t| async move {
        let away = json!({ "line": "1 rue de la Paix", "insee": "13055", "postcode": "13001" });
        let reply = t
            .post(
                &t.operator(),
                "/requests",
                &with(&t, "/patient/address", away),
            )
            .await;
        assert_eq!(
            (reply.status, reply.slug()),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                "out-of-territory".to_owned()
            )
        );
        t.pass(14 * 60).await;
        let reply = t.post(&t.operator(), "/requests", &t.draft()).await;
        assert_eq!(
            (reply.status, reply.slug()),
            (StatusCode::CONFLICT, "out-of-hours".to_owned())
        );
        nothing_stored(&t).await;
    });
}

#[test]
fn an_appointment_must_be_possible() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        t.app.settle().await.unwrap();
        let doctor = t.token_of(t.doctor().id);
        let offer = crate::fixture::text(&t.offer(&doctor, &id).await["id"]);
        let path = format!("/offers/{offer}/accept");
        let (past, later) = ("2020-01-01T10:00:00Z", "2020-01-01T09:00:00Z");
        let wrong = [
            (json!({}), "/appointment"),
            (json!({ "appointment": {} }), "/appointment/mode"),
            (
                json!({ "appointment": { "mode": "soon" } }),
                "/appointment/mode",
            ),
            (
                json!({ "appointment": { "mode": "slot" } }),
                "/appointment/mode",
            ),
            (
                json!({ "appointment": { "mode": "at" } }),
                "/appointment/at",
            ),
            (
                json!({ "appointment": { "mode": "at", "at": "14:30" } }),
                "/appointment/at",
            ),
            (
                json!({ "appointment": { "mode": "between", "from": past } }),
                "/appointment/until",
            ),
            (
                json!({ "appointment": { "mode": "call", "at": past } }),
                "/appointment/at",
            ),
            (
                json!({ "appointment": { "mode": "call" }, "force": true }),
                "/force",
            ),
        ];
        for (body, pointer) in wrong {
            let reply = t.post(&doctor, &path, &body).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert_eq!(reply.pointers(), [pointer], "{body}");
        }
        for body in [
            json!({ "appointment": { "mode": "at", "at": past } }),
            json!({ "appointment": { "mode": "between", "from": past, "until": later } }),
        ] {
            assert_eq!(
                t.post(&doctor, &path, &body).await.slug(),
                "bad-appointment",
                "{body}"
            );
        }
        assert_eq!(
            t.offer(&doctor, &id).await["acceptable"],
            true,
            "nothing was accepted on the way"
        );
    });
}

#[test]
fn ids_that_are_none_lead_nowhere() {
    in_territory(|t| async move {
        let operator = t.operator();
        for id in [
            "req_1",
            "off_00000000000000000000000000",
            "req_00000000000000000000000000",
            "%00",
            "..%2f..%2fetc",
            "%FF",
            "%C3%28",
        ] {
            let reply = t.get(&operator, &format!("/requests/{id}")).await;
            assert_eq!(
                (reply.status, reply.slug()),
                (StatusCode::NOT_FOUND, "not-found".to_owned()),
                "{id}"
            );
        }
        assert_eq!(
            t.get(&operator, "/nothing").await.status,
            StatusCode::NOT_FOUND
        );
        let wrong = t.call(&operator, Method::DELETE, "/requests", None).await;
        assert_eq!(
            (wrong.status, wrong.slug()),
            (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed".to_owned()
            )
        );
    });
}

#[test]
fn who_is_nobody_is_told_so() {
    in_territory(|t| async move {
        for token in [
            "",
            "relais_demo_0000000000000000000000000000000000000000",
            "Bearer",
            "x",
        ] {
            let reply = t.get(token, "/requests").await;
            assert_eq!(
                (reply.status, reply.slug()),
                (StatusCode::UNAUTHORIZED, "signed-out".to_owned()),
                "{token}"
            );
            assert_eq!(reply.headers[header::WWW_AUTHENTICATE], "Bearer");
        }
    });
}

#[test]
fn a_hammer_is_asked_to_wait() {
    in_territory(|t| async move {
        let operator = t.operator();
        let mut last = None;
        for _ in 0..2_000 {
            let reply = t.get(&operator, "/me/activity").await;
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                last = Some(reply);
                break;
            }
        }
        let reply = last.expect("two thousand calls in a moment are too many");
        assert_eq!(reply.slug(), "too-many");
        assert!(reply.headers.contains_key(header::RETRY_AFTER));
    });
}

#[test]
fn a_database_that_is_gone_is_said_in_a_sentence() {
    in_territory(|t| async move {
        let operator = t.operator();
        t.app.db().close();
        for reply in [
            t.get(&operator, "/requests").await,
            t.post(&operator, "/requests", &t.draft()).await,
        ] {
            assert_eq!(
                (reply.status, reply.slug()),
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable".to_owned())
            );
            assert!(reply.headers.contains_key(header::RETRY_AFTER));
            assert_eq!(CANARY.found_in(&reply.text), None);
        }
        t.app.look().await;
        let ready = t.plain(Method::GET, "/readyz", None).await;
        assert_eq!(
            (ready.status, ready.text.as_str()),
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "not-ready\ndatabase-away\n"
            )
        );
        let figures = t.plain(Method::GET, "/metrics", None).await;
        assert_eq!(figures.status, StatusCode::OK, "what is known without it");
        assert!(
            figures
                .text
                .contains("relais_condition{code=\"database-away\"} 3\n"),
            "{}",
            figures.text
        );
        assert_eq!(
            t.plain(Method::GET, "/healthz", None).await.status,
            StatusCode::OK,
            "the process lives"
        );
    });
}
