//! The contact log by the API and in the browser: what came in is there, once, without a name; its
//! figures add up; its file opens in a spreadsheet; an auditor sees figures and nothing else.

use axum::body::Body;
use http::{Request, StatusCode, header};
use relais_core::access::Role;
use relais_core::time::Duration;
use serde_json::{Value, json};

use crate::fixture::{CANARY, Reply, Territory, in_territory, text};

/// A page as somebody of a role sees it.
async fn page(t: &Territory, role: Role, path: &str) -> Reply {
    let user = t.user(role, 0);
    let session = t
        .app
        .sign_in_demo(&user.login, String::new())
        .await
        .unwrap();
    let request = Request::builder()
        .uri(path)
        .header(header::COOKIE, format!("relais={session}"))
        .header("sec-fetch-site", "same-origin");
    t.send(request.body(Body::empty()).unwrap()).await
}

async fn contact(t: &Territory, origin: &str, outcome: Option<&str>, motives: &[&str]) -> String {
    let motives: Vec<Value> = motives.iter().map(|code| json!({ "code": code })).collect();
    let body = json!({ "origin": origin, "outcome": outcome, "motives": motives,
        "patient": t.draft()["patient"] });
    let made = t.post(&t.operator(), "/contacts", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    text(&made.json()["id"])
}

/// A day with seven contacts: five of the operator's, a request, and one still open.
async fn a_day(t: &Territory) -> Vec<String> {
    let mut ids = vec![
        contact(t, "patient", Some("advice"), &["rhume"]).await,
        contact(t, "relative", Some("hung-up"), &[]).await,
        contact(t, "pharmacy", Some("out-of-scope"), &["renouvellement"]).await,
        contact(t, "patient", Some("advice"), &["toux", "fievre"]).await,
        contact(t, "sas", Some("transferred-15"), &["dyspnee"]).await,
    ];
    t.raise(&t.draft()).await;
    ids.push(contact(t, "web", None, &["toux"]).await);
    ids
}

#[test]
fn the_day_is_read_page_by_page_and_its_figures_add_up() {
    in_territory(|t| async move {
        let operator = t.operator();
        let before = t.get(&operator, "/contacts/figures").await.json()["total"]
            .as_u64()
            .unwrap();
        a_day(&t).await;
        let figures = t.get(&operator, "/contacts/figures").await.json();
        let total = figures["total"].as_u64().unwrap();
        assert_eq!(total, before + 7);
        let sum = |table: &str| -> u64 {
            let table = figures[table].as_object().unwrap();
            table.values().map(|n| n.as_u64().unwrap()).sum()
        };
        assert_eq!(sum("by_origin"), total);
        assert_eq!(sum("by_outcome") + figures["open"].as_u64().unwrap(), total);
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/contacts?limit=3{cursor}");
            let list = t.get(&operator, &path).await;
            assert_eq!(CANARY.found_in(&list.text), None, "{}", list.text);
            let list = list.json();
            seen.extend(list["items"].as_array().unwrap().clone());
            match list["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len() as u64, total, "each contact once");
        let hours: Vec<String> = seen.iter().map(|c| text(&c["received_at"])).collect();
        assert!(hours.is_sorted_by(|a, b| a >= b), "newest first: {hours:?}");
        let raised = seen.iter().find(|c| c["outcome"] == "request").unwrap();
        assert!(raised["request"].is_string() && raised["motives"] == json!(["otalgie"]));
    });
}

#[test]
fn a_filter_keeps_what_it_says() {
    in_territory(|t| async move {
        let ids = a_day(&t).await;
        let operator = t.operator();
        let found = async |query: &str| -> Vec<String> {
            let list = t
                .get(&operator, &format!("/contacts?limit=100&{query}"))
                .await;
            assert_eq!(list.status, StatusCode::OK, "{}", list.text);
            let items = list.json()["items"].as_array().unwrap().clone();
            items.iter().map(|c| text(&c["id"])).collect()
        };
        let advice = found("outcome=advice&motive=rhume").await;
        assert!(advice.contains(&ids[0]) && !advice.contains(&ids[3]));
        let coughs = found("motive=toux").await;
        assert!(coughs.contains(&ids[3]) && coughs.contains(&ids[5]) && !coughs.contains(&ids[0]));
        assert_eq!(found("outcome=open").await.first(), Some(&ids[5]));
        let mine = format!("operator={}", t.user(Role::Operator, 0).id);
        assert!(found(&mine).await.len() >= 7);
        assert_eq!(
            found("operator=usr_00000000000000000000000009").await.len(),
            0
        );
        for wrong in [
            "origin=lune",
            "outcome=perdu",
            "motive=%25",
            "day=hier",
            "cursor=x",
            "x=1",
        ] {
            let refused = t.get(&operator, &format!("/contacts?{wrong}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        let tomorrow = t.get(&operator, "/contacts?day=2999-01-01").await;
        assert_eq!(tomorrow.pointers(), ["/day"]);
        let one = t
            .get(&operator, &format!("/contacts/{}", ids[2]))
            .await
            .json();
        assert_eq!(
            (&one["outcome"], &one["origin"]),
            (&json!("out-of-scope"), &json!("pharmacy"))
        );
    });
}

#[test]
fn yesterday_is_another_day() {
    in_territory(|t| async move {
        let id = contact(&t, "patient", Some("wrong-number"), &[]).await;
        let today = t.get(&t.operator(), "/contacts/figures").await.json();
        t.app.advance(Duration::hours(24)).await.unwrap();
        let list = async |query: &str| t.get(&t.operator(), &format!("/contacts{query}")).await;
        assert!(!list("?limit=100").await.text.contains(&id));
        let path = format!("?limit=100&day={}", today["day"].as_str().unwrap());
        assert!(list(&path).await.text.contains(&id));
    });
}

#[test]
fn the_file_holds_every_contact_of_the_choice_and_no_name() {
    in_territory(|t| async move {
        a_day(&t).await;
        let file = page(&t, Role::Coordinator, "/appels.csv?issue=advice").await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        let name = file.headers["content-disposition"].to_str().unwrap();
        assert!(
            name.starts_with("attachment; filename=\"appels-2"),
            "{name}"
        );
        assert!(
            file.text.starts_with("\u{feff}Jour;Heure;"),
            "{}",
            file.text
        );
        let figures = t.get(&t.operator(), "/contacts/figures").await.json();
        let advice = figures["by_outcome"]["advice"].as_u64().unwrap();
        assert_eq!(file.text.lines().count() as u64, advice + 1);
        assert_eq!(CANARY.found_in(&file.text), None);
    });
}

#[test]
fn an_auditor_sees_figures_and_no_row() {
    in_territory(|t| async move {
        a_day(&t).await;
        let code = "/demandes/req_";
        let desk = page(&t, Role::Operator, "/appels").await;
        assert!(
            desk.text.contains("Filtrer") && desk.text.contains(code),
            "{}",
            desk.text
        );
        assert_eq!(CANARY.found_in(&desk.text), None);
        let auditor = page(&t, Role::Auditor, "/appels").await;
        assert_eq!(auditor.status, StatusCode::OK);
        assert!(auditor.text.contains("Par issue"));
        assert!(!auditor.text.contains("Filtrer") && !auditor.text.contains(code));
        let file = page(&t, Role::Auditor, "/appels.csv").await;
        assert_eq!(file.status, StatusCode::FORBIDDEN);
        let account = page(&t, Role::Auditor, "/mon-compte").await;
        assert!(account.text.contains("href=\"/appels\""));
    });
}

#[test]
fn an_address_that_means_nothing_is_refused_with_a_sentence() {
    in_territory(|t| async move {
        for query in [
            "jour=hier",
            "issue=perdu",
            "origine=x",
            "motif=%25",
            "personne=1",
            "apres=2",
        ] {
            let answer = page(&t, Role::Operator, &format!("/appels?{query}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
        let tomorrow = page(&t, Role::Operator, "/appels?jour=2999-01-01").await;
        assert_eq!(tomorrow.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            tomorrow.text.contains("pas encore venu"),
            "{}",
            tomorrow.text
        );
    });
}
