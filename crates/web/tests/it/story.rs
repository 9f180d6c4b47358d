//! The story of the first issue, through the JSON API, on every engine.

use http::{Method, StatusCode};
use relais_core::access::Role;
use serde_json::{Value, json};

use crate::fixture::{CANARY, in_hours, in_territory, on_each_engine, text};

#[test]
fn a_request_finds_its_professional() {
    on_each_engine(|t| async move {
        let operator = t.operator();
        let preview = t
            .post(&operator, "/requests/preview", &t.draft())
            .await
            .json();
        assert!(preview["eligible"].as_u64().unwrap() >= 8, "{preview}");
        assert_eq!(preview["usual"][0]["rpps"], t.doctor().rpps.as_str());
        assert_eq!(
            t.get(&operator, "/requests").await.json()["items"]
                .as_array()
                .unwrap()
                .len(),
            0,
            "nothing stored"
        );

        let raised = t.post(&operator, "/requests", &t.draft()).await;
        assert_eq!(raised.status, StatusCode::CREATED);
        let raised = raised.json();
        assert_eq!(raised["status"], "asking_usual");
        assert_eq!(raised["asked"]["total"], 1, "the usual doctor alone (I2)");
        let id = text(&raised["id"]);
        t.app.settle().await.unwrap();

        let asked = t.open_to_the_community(&id).await;
        let after = t.get(&operator, &format!("/requests/{id}")).await.json();
        assert_eq!(after["status"], "asking_community");
        assert_eq!(
            after["deadline"], raised["deadline"],
            "the deadline does not move (R4.2)"
        );

        let body = json!({ "appointment": { "mode": "call" } });
        let (one, two) = (&asked[0], &asked[1]);
        let paths = [
            format!("/offers/{}/accept", one.1),
            format!("/offers/{}/accept", two.1),
        ];
        let (first, second) = tokio::join!(
            t.post(&one.0, &paths[0], &body),
            t.post(&two.0, &paths[1], &body)
        );
        let mut statuses = [first.status, second.status];
        statuses.sort();
        assert_eq!(
            statuses,
            [StatusCode::OK, StatusCode::CONFLICT],
            "exactly one (I1)"
        );
        let (won, lost, winner, loser) = if first.status == StatusCode::OK {
            (first, second, one, two)
        } else {
            (second, first, two, one)
        };
        assert_eq!(lost.slug(), "already-taken");
        assert_eq!(won.json()["patient"]["birth_name"], CANARY.birth_name);
        assert_eq!(won.json()["status"], "accepted");
        t.app.settle().await.unwrap();

        let again = t
            .post(&winner.0, &format!("/offers/{}/accept", winner.1), &body)
            .await;
        assert_eq!(again.status, StatusCode::OK, "a repeat by the winner");
        assert_eq!(again.json()["patient"]["phone"], CANARY.phone);
        let offer = t
            .get(&loser.0, &format!("/offers/{}", loser.1))
            .await
            .json();
        assert_eq!(
            (text(&offer["status"]), text(&offer["reason"])),
            ("withdrawn".to_owned(), "taken".to_owned())
        );

        let patient = t.plain(Method::GET, "/demo/phones.json", None).await.json();
        let told: Vec<&Value> = patient
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["to"] == CANARY.phone)
            .collect();
        assert_eq!(told.len(), 2, "searching, then who: {told:?}");

        let at = json!({ "appointment": { "mode": "at", "at": in_hours(&t, 2) } });
        let set = t
            .post(&winner.0, &format!("/requests/{id}/appointment"), &at)
            .await
            .json();
        assert_eq!(set["status"], "scheduled");
        let closed = t
            .post(
                &winner.0,
                &format!("/requests/{id}/close"),
                &json!({ "closure": "seen" }),
            )
            .await
            .json();
        assert_eq!(
            (text(&closed["status"]), text(&closed["closure"])),
            ("closed".to_owned(), "seen".to_owned())
        );

        let timeline = t
            .get(&operator, &format!("/requests/{id}/timeline"))
            .await
            .json();
        let acts: Vec<String> = timeline["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| text(&row["act"]))
            .collect();
        assert!(
            acts.iter().any(|act| act == "identity.opened"),
            "each display is journaled: {acts:?}"
        );
        let messages = t
            .get(&operator, &format!("/requests/{id}/messages"))
            .await
            .json();
        assert!(messages["items"].as_array().unwrap().len() > 5);
    });
}

#[test]
fn nobody_makes_it_need_a_hand_and_a_late_yes_is_care() {
    in_territory(|t| async move {
        let operator = t.operator();
        let id = t.raise(&t.draft()).await;
        t.app.settle().await.unwrap();
        let doctor = t.token_of(t.doctor().id);
        let offer = text(&t.offer(&doctor, &id).await["id"]);
        t.pass(60).await;
        assert_eq!(
            t.get(&operator, &format!("/requests/{id}")).await.json()["status"],
            "asking_community"
        );
        t.pass(60).await;
        let unfilled = t.get(&operator, &format!("/requests/{id}")).await.json();
        assert_eq!(unfilled["status"], "unfilled");
        assert_eq!(unfilled["unfilled"]["reason"], "deadline-passed");
        let held = t
            .post(
                &operator,
                &format!("/requests/{id}/take-in-hand"),
                &json!({}),
            )
            .await
            .json();
        assert_eq!(
            held["unfilled"]["owner"],
            t.user(Role::Operator, 0).id.to_string()
        );
        let late = t.offer(&doctor, &id).await;
        assert_eq!(
            (text(&late["status"]), late["acceptable"].as_bool()),
            ("lapsed".to_owned(), Some(true))
        );
        let taken = t
            .post(
                &doctor,
                &format!("/offers/{offer}/accept"),
                &json!({ "appointment": { "mode": "to-be-set" } }),
            )
            .await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    });
}

#[test]
fn the_winner_may_give_the_patient_back_and_then_sees_no_more() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        let asked = t.open_to_the_community(&id).await;
        let (token, offer) = &asked[0];
        let body = json!({ "appointment": { "mode": "call" } });
        let path = format!("/offers/{offer}/accept");
        let won = t
            .keyed(token, Method::POST, &path, Some(&body), Some("one"))
            .await;
        assert_eq!(won.json()["patient"]["birth_name"], CANARY.birth_name);
        let silent = t
            .post(token, &format!("/requests/{id}/release"), &json!({}))
            .await;
        assert_eq!(
            (silent.status, silent.pointers()),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["/reason".to_owned()])
        );
        let back = t
            .post(
                token,
                &format!("/requests/{id}/release"),
                &json!({ "reason": "Urgence au cabinet." }),
            )
            .await;
        assert_eq!(back.json()["status"], "asking_community", "{}", back.text);
        let again = t
            .keyed(token, Method::POST, &path, Some(&body), Some("one"))
            .await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
        assert_eq!(again.slug(), "given-back", "a yes heard again takes nobody");
        assert_eq!(
            CANARY.found_in(&again.text),
            None,
            "without what is no longer theirs to see"
        );
    });
}

#[test]
fn what_is_wrong_goes_to_the_regulator_and_advice_closes() {
    in_territory(|t| async move {
        let mut draft = t.draft();
        draft["triage"]["red_flags"] = json!("unknown");
        let id = t.raise(&draft).await;
        let regulator = t.token(t.user(Role::Regulator, 0));
        let operator = t.operator();
        assert_eq!(
            t.get(&operator, &format!("/requests/{id}")).await.json()["status"],
            "to_qualify"
        );
        let path = format!("/requests/{id}/qualify");
        assert_eq!(
            t.post(&operator, &path, &json!({})).await.status,
            StatusCode::FORBIDDEN
        );
        let change = json!({ "need": { "within_hours": 6, "comment": "Vu par le régulateur." } });
        let launched = t.post(&regulator, &path, &change).await.json();
        assert_eq!(
            (
                text(&launched["status"]),
                launched["need"]["within_hours"].as_u64()
            ),
            ("asking_usual".to_owned(), Some(6))
        );
        assert_eq!(
            launched["need"]["motives"][0]["code"], "otalgie",
            "what is left out stays"
        );
        let other = t.raise(&draft).await;
        let advised = t
            .post(
                &regulator,
                &format!("/requests/{other}/qualify"),
                &json!({ "decision": "advise" }),
            )
            .await;
        assert_eq!(
            advised.json()["closure"],
            "phone-advice",
            "{}",
            advised.text
        );
        let late = t
            .post(&regulator, &path, &json!({ "decision": "advise" }))
            .await;
        assert_eq!(late.slug(), "wrong-state");
    });
}

#[test]
fn the_desk_steers() {
    in_territory(|t| async move {
        let operator = t.operator();
        let id = t.raise(&t.draft()).await;
        let at = |act: &str| format!("/requests/{id}/{act}");
        assert_eq!(
            t.post(&operator, &at("pause"), &json!({})).await.json()["status"],
            "paused"
        );
        assert_eq!(
            t.post(&operator, &at("pause"), &json!({})).await.slug(),
            "wrong-state"
        );
        assert_eq!(
            t.post(&operator, &at("resume"), &json!({})).await.json()["status"],
            "asking_usual"
        );
        let note = t
            .post(&operator, &at("note"), &json!({ "text": "Rappelé." }))
            .await;
        assert_eq!(note.status, StatusCode::CREATED);
        let edited = t
            .call(
                &operator,
                Method::PATCH,
                &format!("/requests/{id}"),
                Some(&json!({ "within_hours": 24 })),
            )
            .await;
        assert_eq!(edited.json()["need"]["within_hours"], 24, "{}", edited.text);
        let other = json!({ "need": { "profession": "nurse" } });
        let other = t
            .call(
                &operator,
                Method::PATCH,
                &format!("/requests/{id}"),
                Some(&other),
            )
            .await;
        assert_eq!(other.slug(), "profession-change");
        t.open_to_the_community(&id).await;
        assert_eq!(
            t.post(&operator, &at("relaunch"), &json!({ "window_minutes": 30 }))
                .await
                .json()["round"],
            2
        );
        assert_eq!(
            t.post(&operator, &at("relaunch"), &json!({ "window_minutes": 5 }))
                .await
                .slug(),
            "window"
        );
        let widened = t.post(&operator, &at("widen"), &json!({})).await;
        assert_eq!(
            widened.json()["status"],
            "asking_neighbours",
            "{}",
            widened.text
        );
        let gone = t
            .post(
                &operator,
                &at("transfer-15"),
                &json!({ "reason": "Aggravation." }),
            )
            .await;
        assert_eq!(gone.json()["status"], "transferred_15");
    });
}

#[test]
fn lists_come_by_pages() {
    in_territory(|t| async move {
        let operator = t.operator();
        let mut raised = Vec::new();
        for _ in 0..5 {
            raised.push(t.raise(&t.draft()).await);
            t.pass(1).await;
        }
        let (mut seen, mut path) = (Vec::new(), "/requests?limit=2&status=open".to_owned());
        loop {
            let page = t.get(&operator, &path).await.json();
            seen.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| text(&item["id"])),
            );
            match page["next"].as_str() {
                Some(next) => path = format!("/requests?limit=2&status=open&cursor={next}"),
                None => break,
            }
        }
        raised.reverse();
        assert_eq!(seen, raised, "newest first, each once");
        for bad in ["status=new", "limit=0", "limit=many", "cursor=x", "page=2"] {
            let reply = t.get(&operator, &format!("/requests?{bad}")).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
    });
}
