//! Double clicks, answers that come too late or twice: defined, and kind.

use http::{Method, StatusCode};
use serde_json::json;

use crate::fixture::{CANARY, in_territory, on_each_engine, text};

#[test]
fn a_double_tap_takes_the_patient_once() {
    on_each_engine(|t| async move {
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let (token, offer) = &asked[0];
        let (path, body) = (
            format!("/offers/{offer}/accept"),
            json!({ "appointment": { "mode": "call" } }),
        );
        let (one, two, three) = tokio::join!(
            t.post(token, &path, &body),
            t.post(token, &path, &body),
            t.keyed(token, Method::POST, &path, Some(&body), Some("tap"))
        );
        for reply in [&one, &two, &three] {
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
            assert_eq!(reply.json()["patient"]["first_names"], CANARY.first_names);
        }
        let timeline = t
            .get(&t.operator(), &format!("/requests/{id}/timeline"))
            .await
            .json();
        let taken = timeline["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| text(&row["act"]).contains("accepted"))
            .count();
        assert_eq!(taken, 1, "{timeline}");
    });
}

/// The answer was lost, the patient was given back by another way, and the program asks again: it is
/// told so, and takes nobody, under its key or a new one (R4.8).
#[test]
fn a_yes_heard_again_after_the_patient_was_given_back_takes_nobody() {
    on_each_engine(|t| async move {
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let (token, offer) = &asked[0];
        let path = format!("/offers/{offer}/accept");
        let body = json!({ "appointment": { "mode": "call" } });
        let send = async |key| {
            t.keyed(token, Method::POST, &path, Some(&body), Some(key))
                .await
        };
        let first = send("tap").await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text);
        let release = format!("/requests/{id}/release");
        let given_back = t
            .post(token, &release, &json!({ "reason": "unwell" }))
            .await;
        assert_eq!(given_back.status, StatusCode::OK, "{}", given_back.text);
        for key in ["tap", "tap", "another"] {
            let late = send(key).await;
            assert_eq!(
                (late.status, late.slug()),
                (StatusCode::CONFLICT, "given-back".to_owned()),
                "{}",
                late.text
            );
            assert_eq!(CANARY.found_in(&late.text), None);
        }
        let path = format!("/requests/{id}");
        let now = t.get(&t.operator(), &path).await.json();
        assert_eq!(now["status"], "asking_community", "nobody has the patient");
        // A colleague takes them: the same yes says nothing else.
        let (colleague, theirs) = &asked[1];
        let accept = format!("/offers/{theirs}/accept");
        let taken = t.post(colleague, &accept, &body).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
        assert_eq!(send("tap").await.slug(), "given-back");
    });
}

#[test]
fn everybody_at_once_and_exactly_one_has_the_patient() {
    on_each_engine(|t| async move {
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let body = json!({ "appointment": { "mode": "to-be-set" } });
        let calls = asked.iter().map(|(token, offer)| {
            let (t, body) = (&t, &body);
            async move {
                t.post(token, &format!("/offers/{offer}/accept"), body)
                    .await
            }
        });
        let replies = futures_util::future::join_all(calls).await;
        let won: Vec<_> = replies
            .iter()
            .filter(|reply| reply.status == StatusCode::OK)
            .collect();
        assert_eq!(won.len(), 1, "exactly one (I1)");
        for reply in replies
            .iter()
            .filter(|reply| reply.status != StatusCode::OK)
        {
            assert_eq!(
                (reply.status, reply.slug()),
                (StatusCode::CONFLICT, "already-taken".to_owned())
            );
            assert_eq!(CANARY.found_in(&reply.text), None);
        }
    });
}

#[test]
fn an_answer_to_what_is_over_is_kind() {
    in_territory(|t| async move {
        let operator = t.operator();
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let (token, offer) = &asked[0];
        let body = json!({ "appointment": { "mode": "call" } });
        let accept = format!("/offers/{offer}/accept");
        let refuse = format!("/offers/{offer}/refuse");
        let cancelled = t
            .post(
                &operator,
                &format!("/requests/{id}/cancel"),
                &json!({ "reason": "Vu ailleurs." }),
            )
            .await;
        assert_eq!(cancelled.json()["status"], "cancelled");
        let late = t.post(token, &accept, &body).await;
        assert_eq!(
            (late.status, late.slug()),
            (StatusCode::CONFLICT, "offer-closed".to_owned())
        );
        assert_eq!(CANARY.found_in(&late.text), None);
        let no = t.post(token, &refuse, &json!({})).await;
        assert_eq!(
            (no.status, text(&no.json()["status"])),
            (StatusCode::OK, "withdrawn".to_owned()),
            "nothing to say no to"
        );
        let again = t
            .post(
                &operator,
                &format!("/requests/{id}/cancel"),
                &json!({ "reason": "Encore." }),
            )
            .await;
        assert_eq!(again.slug(), "wrong-state");
    });
}

#[test]
fn a_no_after_a_yes_is_a_release() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let (token, offer) = &asked[0];
        t.post(
            token,
            &format!("/offers/{offer}/accept"),
            &json!({ "appointment": { "mode": "call" } }),
        )
        .await;
        let no = t
            .post(token, &format!("/offers/{offer}/refuse"), &json!({}))
            .await;
        assert_eq!(
            (no.status, no.slug()),
            (StatusCode::CONFLICT, "already-yours".to_owned())
        );
        let other = &asked[1];
        let late = t
            .post(&other.0, &format!("/offers/{}/refuse", other.1), &json!({}))
            .await;
        assert!(
            late.status == StatusCode::OK || late.status == StatusCode::CONFLICT,
            "{}",
            late.text
        );
    });
}

#[test]
fn a_no_twice_is_one_no_and_a_yes_after_a_no_still_helps() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let (token, offer) = &asked[0];
        let path = format!("/offers/{offer}/refuse");
        assert_eq!(
            t.post(token, &path, &json!({ "reason": "too-far" }))
                .await
                .json()["reason"],
            "too-far"
        );
        assert_eq!(
            t.post(token, &path, &json!({})).await.status,
            StatusCode::OK
        );
        assert_eq!(
            t.post(token, &path, &json!({ "reason": "lazy" }))
                .await
                .pointers(),
            ["/reason"]
        );
    });
}
