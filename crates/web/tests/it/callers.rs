//! What each kind of caller does through the API beside the cascade: the pharmacist, the SAS, the
//! operator's contacts, a professional's own terms, the lists that help to ask.

use http::{Method, StatusCode};
use relais_core::access::Role;
use serde_json::{Value, json};

use crate::fixture::{CANARY, in_hours, in_territory, text};

#[test]
fn a_pharmacist_follows_what_they_raised_and_others_do_not() {
    in_territory(|t| async move {
        let counter = t.token_of(t.world.professionals[t.world.guided.pharmacist].id);
        let mut draft = t.draft();
        draft["triage"] = Value::Null;
        draft["origin"] = Value::Null;
        draft["need"]["profession"] = json!("nurse");
        draft["need"]["care_type"] = Value::Null;
        draft["need"]["mode"] = json!("visit");
        draft["need"]["motives"] = json!([{ "code": "plaie" }]);
        draft["usual"] = json!({ "doctor": "no" });
        let raised = t.post(&counter, "/requests", &draft).await;
        assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
        let raised = raised.json();
        assert_eq!(
            (text(&raised["origin"]), text(&raised["requester"]["kind"])),
            ("pharmacy".to_owned(), "professional".to_owned())
        );
        let id = text(&raised["id"]);
        let seen = t.get(&counter, &format!("/requests/{id}")).await.json();
        assert_eq!(
            seen["patient"]["phone"], CANARY.phone,
            "whoever raised it sees it"
        );
        assert_eq!(
            t.get(&counter, &format!("/requests/{id}/verdicts"))
                .await
                .status,
            StatusCode::FORBIDDEN
        );
        let stranger = t.token_of(t.doctor().id);
        assert_eq!(
            t.get(&stranger, &format!("/requests/{id}")).await.status,
            StatusCode::NOT_FOUND
        );
        let note = t
            .post(
                &counter,
                &format!("/requests/{id}/note"),
                &json!({ "text": "Passe à 15 h." }),
            )
            .await;
        assert_eq!(note.status, StatusCode::CREATED, "{}", note.text);
        let gone = t
            .post(
                &counter,
                &format!("/requests/{id}/cancel"),
                &json!({ "reason": "Pansement fait." }),
            )
            .await;
        assert_eq!(gone.json()["status"], "cancelled");
    });
}

#[test]
fn the_sas_raises_and_sees_its_own() {
    in_territory(|t| async move {
        let partner = t
            .world
            .users
            .iter()
            .find(|user| user.role == Role::Partner)
            .unwrap();
        let sas = t.token(partner);
        let mut draft = t.draft();
        draft["origin"] = Value::Null;
        let home = t
            .world
            .networks
            .iter()
            .find(|network| network.id == partner.network)
            .unwrap();
        draft["patient"]["address"] =
            json!({ "line": CANARY.line, "insee": home.communes[0].as_str() });
        let raised = t.post(&sas, "/requests", &draft).await;
        assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
        assert_eq!(raised.json()["origin"], "partner");
        let id = text(&raised.json()["id"]);
        assert_eq!(
            t.get(&sas, "/requests").await.json()["items"][0]["id"],
            id.as_str()
        );
        draft["triage"] = Value::Null;
        assert_eq!(
            t.post(&sas, "/requests", &draft).await.pointers(),
            ["/triage"]
        );
    });
}

#[test]
fn a_contact_is_recorded_with_its_outcome() {
    in_territory(|t| async move {
        let operator = t.operator();
        let mut contact = json!({
            "origin": "patient", "outcome": "advice", "usual_doctor": "no",
            "motives": [{ "code": "rhume" }], "patient": t.draft()["patient"],
        });
        let recorded = t.post(&operator, "/contacts", &contact).await;
        assert_eq!(recorded.status, StatusCode::CREATED, "{}", recorded.text);
        assert_eq!(CANARY.found_in(&recorded.text), None);
        contact["outcome"] = json!("request");
        assert_eq!(
            t.post(&operator, "/contacts", &contact).await.pointers(),
            ["/outcome"]
        );
        contact["outcome"] = json!("advice");
        contact["reason"] = json!(format!("Mme {} rappellera", CANARY.birth_name));
        assert_eq!(
            t.post(&operator, "/contacts", &contact).await.pointers(),
            ["/reason"]
        );
        contact["reason"] = Value::Null;
        contact["motives"] = json!([{ "code": "rhume" }, { "code": "inconnu" }]);
        contact["patient"]["birth_date"] = json!("2999-01-01");
        assert_eq!(
            t.post(&operator, "/contacts", &contact).await.pointers(),
            ["/patient/birth_date", "/motives/1/code"]
        );
        assert_eq!(
            t.post(&operator, "/contacts", &json!({ "origin": "web" }))
                .await
                .status,
            StatusCode::CREATED
        );
    });
}

#[test]
fn ones_own_terms_are_read_changed_and_sent_back() {
    in_territory(|t| async move {
        let doctor = t.token_of(t.doctor().id);
        let mut terms = t.get(&doctor, "/me/activity").await.json();
        terms["daily_max"] = json!(3);
        terms["quiet"] = json!({ "from_minute": 1320, "until_minute": 420 });
        let changed = t
            .call(&doctor, Method::PUT, "/me/activity", Some(&terms))
            .await;
        assert_eq!(changed.json(), terms, "what is read can be sent back");
        let away = json!({ "unavailable_until": in_hours(&t, 24) });
        assert_eq!(
            t.call(&doctor, Method::PUT, "/me/activity", Some(&away))
                .await
                .status,
            StatusCode::OK
        );
        let preview = t
            .post(&t.operator(), "/requests/preview", &t.draft())
            .await
            .json();
        assert_eq!(preview["usual_skipped"], "unavailable", "{preview}");
        let wrong = json!({ "unavailable_until": "demain" });
        assert_eq!(
            t.call(&doctor, Method::PUT, "/me/activity", Some(&wrong))
                .await
                .pointers(),
            ["/unavailable_until"]
        );
    });
}

#[test]
fn a_digest_is_asked_for_and_given_up() {
    in_territory(|t| async move {
        let doctor = t.token_of(t.doctor().id);
        let none = t.get(&doctor, "/me/digest").await.json();
        assert_eq!(
            (&none["every"], &none["next_at"]),
            (&Value::Null, &Value::Null)
        );
        let weekly = json!({ "every": "week", "hour": 7 });
        let set = t
            .call(&doctor, Method::PUT, "/me/digest", Some(&weekly))
            .await
            .json();
        assert_eq!((&set["every"], &set["hour"]), (&json!("week"), &json!(7)));
        assert!(set["next_at"].is_string() && set["by"] == "mail", "{set}");
        assert_eq!(t.get(&doctor, "/me/digest").await.json(), set);
        for (wrong, pointer) in [
            (json!({ "every": "hour" }), "/every"),
            (json!({ "every": "day", "hour": 24 }), "/hour"),
        ] {
            let reply = t
                .call(&doctor, Method::PUT, "/me/digest", Some(&wrong))
                .await;
            assert_eq!(reply.pointers(), [pointer]);
        }
        let never = json!({ "every": null });
        t.call(&doctor, Method::PUT, "/me/digest", Some(&never))
            .await;
        assert_eq!(t.get(&doctor, "/me/digest").await.json(), none);
    });
}

#[test]
fn lists_that_help_to_ask() {
    in_territory(|t| async move {
        let operator = t.operator();
        let motives = t.get(&operator, "/motives").await.json();
        let codes: Vec<String> = motives["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| text(&one["code"]))
            .collect();
        let contract = "toux fievre odynophagie otalgie douleur-abdominale vomissement rachialgie cephalees eruption \
            rhume douleur-thoracique dyspnee cystite entorse plaie lombalgie dentaire ophtalmo grossesse psy \
            soins-infirmiers kinesitherapie renouvellement autre";
        for code in contract.split_whitespace() {
            assert!(codes.iter().any(|known| known == code), "{code}");
        }
        let found = t.get(&operator, "/communes?q=massy").await.json();
        assert_eq!(
            (
                text(&found["items"][0]["insee"]),
                text(&found["items"][0]["territory"])
            ),
            ("91377".to_owned(), "own".to_owned())
        );
        assert_eq!(
            t.get(&operator, "/communes?q=91300").await.json()["items"][0]["name"],
            "Massy"
        );
    });
}
