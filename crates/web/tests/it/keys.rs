//! Idempotency keys: the same key gives the same answer and acts once, whatever dies or stands still meanwhile.

use http::{Method, StatusCode};
use relais_app::App;
use relais_app::idempotent::{Kept, Keyed};
use relais_app::requests::contact::Recorded;
use relais_app::requests::desk::Stored;
use relais_app::requests::raise::Raised;
use relais_core::access::Role;
use serde_json::json;

use crate::fixture::{in_territory, on_each_engine};

#[test]
fn a_key_gives_the_same_answer_and_acts_once() {
    on_each_engine(|t| async move {
        let operator = t.operator();
        let draft = t.draft();
        let send = |key| {
            t.keyed(
                &operator,
                Method::POST,
                "/requests",
                Some(&draft),
                Some(key),
            )
        };
        let first = send("k-1").await;
        let again = send("k-1").await;
        assert_eq!((first.status, &first.text), (again.status, &again.text));
        assert_eq!(first.status, StatusCode::CREATED);
        assert_eq!(
            t.get(&operator, "/requests").await.json()["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let other = json!({ "reason": "x" });
        let reused = t
            .keyed(
                &operator,
                Method::POST,
                "/requests",
                Some(&other),
                Some("k-1"),
            )
            .await;
        assert_eq!(
            (reused.status, reused.slug()),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-mismatch".to_owned()
            )
        );
        let elsewhere = t
            .keyed(
                &operator,
                Method::POST,
                "/requests/preview",
                Some(&draft),
                Some("k-1"),
            )
            .await;
        assert_eq!(elsewhere.slug(), "idempotency-mismatch");
        let second = send("k-2").await.json();
        assert_eq!(
            second["possible_duplicates"][0]["id"],
            first.json()["id"],
            "the same person is shown (R2)"
        );
        let bad = t
            .keyed(
                &operator,
                Method::POST,
                "/requests",
                Some(&draft),
                Some("a key with spaces"),
            )
            .await;
        assert_eq!(
            (bad.status, bad.slug()),
            (StatusCode::BAD_REQUEST, "idempotency-key".to_owned())
        );
    });
}

#[test]
fn a_key_belongs_to_whoever_used_it() {
    in_territory(|t| async move {
        let draft = t.draft();
        let one = t
            .keyed(
                &t.operator(),
                Method::POST,
                "/requests",
                Some(&draft),
                Some("same"),
            )
            .await;
        let regulator = t.token(t.user(Role::Regulator, 0));
        let two = t
            .keyed(
                &regulator,
                Method::POST,
                "/requests",
                Some(&draft),
                Some("same"),
            )
            .await;
        assert_ne!(one.json()["id"], two.json()["id"]);
    });
}

#[test]
fn a_refusal_is_kept_under_its_key_too() {
    in_territory(|t| async move {
        let mut draft = t.draft();
        draft["patient"]["phone"] = json!("12");
        let operator = t.operator();
        let first = t
            .keyed(
                &operator,
                Method::POST,
                "/requests",
                Some(&draft),
                Some("k"),
            )
            .await;
        let again = t
            .keyed(
                &operator,
                Method::POST,
                "/requests",
                Some(&draft),
                Some("k"),
            )
            .await;
        assert_eq!(first.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!((first.status, first.text), (again.status, again.text));
    });
}

#[test]
fn a_yes_is_kept_under_its_key_and_a_taken_is_judged_again() {
    on_each_engine(|t| async move {
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let body = json!({ "appointment": { "mode": "call" } });
        let ((winner, won), (loser, lost)) = (&asked[0], &asked[1]);
        let path = |offer: &str| format!("/offers/{offer}/accept");
        let send = async |token: &str, offer: &str| {
            let path = path(offer);
            t.keyed(token, Method::POST, &path, Some(&body), Some("tap"))
                .await
        };
        let first = send(winner, won).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text);
        let again = send(winner, won).await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        let elsewhere = json!({ "appointment": { "mode": "to-be-set" } });
        let there = path(won);
        let other = t
            .keyed(winner, Method::POST, &there, Some(&elsewhere), Some("tap"))
            .await;
        assert_eq!(other.slug(), "idempotency-mismatch");
        for _ in 0..2 {
            assert_eq!(send(loser, lost).await.slug(), "already-taken");
        }
        let release = format!("/requests/{id}/release");
        let given_back = t
            .post(winner, &release, &json!({ "reason": "unwell" }))
            .await;
        assert_eq!(given_back.status, StatusCode::OK, "{}", given_back.text);
        // What was taken is free again: the same yes, under the same key, is care now.
        assert_eq!(send(loser, lost).await.status, StatusCode::OK);
    });
}

#[test]
fn a_process_that_dies_leaves_no_key_half_used() {
    in_territory(|t| async move {
        let user = t.user(Role::Operator, 0).id;
        let (operator, draft) = (t.operator(), t.draft());
        let send = |key| {
            t.keyed(
                &operator,
                Method::POST,
                "/requests",
                Some(&draft),
                Some(key),
            )
        };
        let asked = format!("/api/v1/requests\n{draft}");
        // Died before the act: what is found of it is a key in flight that nobody works on.
        let dead = t.another_process();
        let begun = dead
            .begin_idempotent(
                user,
                "before".to_owned(),
                "/api/v1/requests",
                asked.as_bytes(),
            )
            .await;
        assert!(begun.is_ok());
        let first = send("before").await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        // Died after it: the answer was kept in the transaction that raised.
        let dead = t.another_process();
        dead.begin_idempotent(
            user,
            "after".to_owned(),
            "/api/v1/requests",
            asked.as_bytes(),
        )
        .await
        .unwrap();
        let kept = Kept {
            key: "after".to_owned(),
            answer: Box::new(|raised: &Raised, _| format!("{{\"id\":\"{}\"}}", raised.id)),
        };
        let draft = serde_json::from_value(draft.clone()).unwrap();
        let who = t.who(Role::Operator);
        let raised = dead.raise_once(&who, draft, Some(kept)).await.unwrap();
        let list = t.get(&operator, "/requests").await.json()["items"].clone();
        let again = t.app.begin_idempotent(
            user,
            "after".to_owned(),
            "/api/v1/requests",
            asked.as_bytes(),
        );
        let expected = Keyed::Again {
            status: 201,
            body: format!("{{\"id\":\"{}\"}}", raised.id),
        };
        assert_eq!(again.await.unwrap(), expected);
        assert_eq!(list.as_array().unwrap().len(), 2, "one for each key");
    });
}

/// A contact and a line of the history are made once, and their answer is found, when the process
/// dies between the act and the keeping of its answer.
#[test]
fn what_is_made_is_made_once_when_the_process_dies_before_it_answers() {
    in_territory(|t| async move {
        let (user, who) = (t.user(Role::Operator, 0).id, t.who(Role::Operator));
        let id = t.raise(&t.draft()).await;
        let dead = t.another_process();
        let begin = async |app: &App, route, key: &str| {
            let begun = app.begin_idempotent(user, key.to_owned(), route, b"asked");
            begun.await.unwrap()
        };
        let again = |body: String| Keyed::Again { status: 201, body };

        let route = "/api/v1/contacts";
        assert_eq!(begin(&dead, route, "c").await, Keyed::Fresh);
        let kept = Kept {
            key: "c".to_owned(),
            answer: Box::new(|made: &Recorded, _| made.id.to_string()),
        };
        let contact = json!({ "origin": "patient", "outcome": "advice" });
        let draft = serde_json::from_value(contact).unwrap();
        let made = dead.record_once(&who, draft, Some(kept)).await.unwrap();
        let found = begin(&t.app, route, "c").await;
        assert_eq!(found, again(made.id.to_string()), "the one that was made");

        let route = "/api/v1/requests/{id}/note";
        assert_eq!(begin(&dead, route, "n").await, Keyed::Fresh);
        let kept = Kept {
            key: "n".to_owned(),
            answer: Box::new(|stored: &Stored, _| stored.request.id.to_string()),
        };
        let (request, text) = (id.parse().unwrap(), "Rappellera demain.".to_owned());
        dead.note_once(&who, request, text, Some(kept))
            .await
            .unwrap();
        assert_eq!(begin(&t.app, route, "n").await, again(id.clone()));
        let path = format!("/requests/{id}/timeline");
        let timeline = t.get(&t.operator(), &path).await.json();
        let rows = timeline["items"].as_array().unwrap().iter();
        let notes = rows.filter(|row| row["act"] == "request.noted");
        assert_eq!(notes.count(), 1);
    });
}

#[test]
fn a_key_being_used_makes_the_second_wait_for_its_answer() {
    in_territory(|t| async move {
        let (operator, draft) = (t.operator(), t.draft());
        let send = || {
            t.keyed(
                &operator,
                Method::POST,
                "/requests",
                Some(&draft),
                Some("same"),
            )
        };
        let (one, two, three) = tokio::join!(send(), send(), send());
        for reply in [&one, &two, &three] {
            assert_eq!(
                (reply.status, &reply.text),
                (StatusCode::CREATED, &one.text)
            );
        }
        let list = t.get(&operator, "/requests").await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    });
}

/// A process stands still with a key in hand, another takes the key over and acts: whoever wakes up
/// does nothing any more (I7).
#[test]
fn a_process_that_stood_still_does_not_act_a_second_time() {
    in_territory(|t| async move {
        let user = t.user(Role::Operator, 0).id;
        let (operator, draft) = (t.operator(), t.draft());
        let asked = format!("/api/v1/requests\n{draft}");
        let still = t.another_process();
        let key = "slow".to_owned();
        let begun = still.begin_idempotent(user, key.clone(), "/api/v1/requests", asked.as_bytes());
        assert_eq!(begun.await.unwrap(), Keyed::Fresh);
        let send = || {
            let (path, body) = ("/requests", Some(&draft));
            t.keyed(&operator, Method::POST, path, body, Some("slow"))
        };
        let first = send().await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        let kept = Kept {
            key: key.clone(),
            answer: Box::new(|_: &Raised, _| "{}".to_owned()),
        };
        let same = serde_json::from_value(draft.clone()).unwrap();
        let who = t.who(Role::Operator);
        let late = still.raise_once(&who, same, Some(kept)).await;
        assert!(late.is_err(), "a second request under one key");
        still
            .finish_idempotent(user, key, 503, String::new())
            .await
            .unwrap();
        let again = send().await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        let list = t.get(&operator, "/requests").await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    });
}
