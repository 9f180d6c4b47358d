//! The sheet for the hours when the machine is down: everything open is on it, no name ever, numbers
//! only for the desk, and each of them written to the journal.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use relais_core::access::Role;
use serde_json::json;

use crate::fixture::{CANARY, Reply, Territory, in_territory, text};

async fn sheet(t: &Territory, role: Role, method: Method) -> Reply {
    let user = t.user(role, 0);
    let session = t
        .app
        .sign_in_demo(&user.login, String::new())
        .await
        .unwrap();
    let request = Request::builder()
        .method(method)
        .uri("/demandes/imprimer")
        .header(header::COOKIE, format!("relais={session}"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    t.send(request.body(Body::empty()).unwrap()).await
}

/// How often a number of somebody was looked at for this request.
async fn looks(t: &Territory, request: &str) -> usize {
    let path = format!("/requests/{request}/timeline?limit=200");
    let rows = t.get(&t.operator(), &path).await.json();
    let items = rows["items"].as_array().unwrap();
    items
        .iter()
        .filter(|row| row["act"] == "identity.opened")
        .count()
}

#[test]
fn everything_open_is_on_the_sheet_and_numbers_are_a_journaled_look() {
    in_territory(|t| async move {
        let request = t.raise(&t.draft()).await;
        let read = t.get(&t.operator(), &format!("/requests/{request}")).await;
        let code = text(&read.json()["code"]);
        let waiting = json!({ "origin": "web", "motives": [{ "code": "toux" }], "patient": t.draft()["patient"] });
        let made = t.post(&t.operator(), "/contacts", &waiting).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);

        let plain = sheet(&t, Role::Coordinator, Method::GET).await;
        assert_eq!(plain.status, StatusCode::OK);
        assert!(plain.text.contains(&code), "{}", plain.text);
        assert!(plain.text.contains("toux"), "{}", plain.text);
        assert_eq!(CANARY.found_in(&plain.text), None);
        assert!(!plain.text.contains("Ajouter les numéros"));

        let before = looks(&t, &request).await;
        let desk = sheet(&t, Role::Operator, Method::GET).await;
        assert_eq!(CANARY.found_in(&desk.text), None);
        assert!(desk.text.contains("Ajouter les numéros"));
        assert_eq!(looks(&t, &request).await, before, "nothing was opened");

        let numbered = sheet(&t, Role::Operator, Method::POST).await;
        assert_eq!(numbered.status, StatusCode::OK, "{}", numbered.text);
        assert!(
            numbered.text.contains("06 39 98 75 31"),
            "the patient's number"
        );
        assert!(numbered.text.contains("06 39 98 64 20"), "the carer's");
        assert!(!numbered.text.contains(CANARY.birth_name), "never a name");
        assert_eq!(looks(&t, &request).await, before + 1);

        let coordinator = sheet(&t, Role::Coordinator, Method::POST).await;
        assert_eq!(coordinator.status, StatusCode::FORBIDDEN);
        assert_eq!(looks(&t, &request).await, before + 1);

        let cancel = json!({ "reason": "Rappelle demain.", "by": "patient" });
        t.post(
            &t.operator(),
            &format!("/requests/{request}/cancel"),
            &cancel,
        )
        .await;
        let after = sheet(&t, Role::Operator, Method::GET).await;
        assert!(!after.text.contains(&code), "what ended is no longer on it");
    });
}
