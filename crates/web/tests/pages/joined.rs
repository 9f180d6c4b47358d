//! A second call for a request, and a launch taken back, without any script.

use http::StatusCode;
use relais_core::access::Role;

use crate::site::{Served, Visitor, call, id_in, pairs};

/// The request of the story, launched.
async fn launched(operator: &Visitor<'_>) -> String {
    let page = operator.post("/direct", &pairs(&call())).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    id_in(&page.location, "req_")
}

/// The call of somebody who rings about it, as its form says.
fn second(id: &str) -> std::collections::BTreeMap<String, String> {
    let mut form = call();
    form.insert("once".to_owned(), "f".repeat(32));
    form.insert("same_as".to_owned(), id.to_owned());
    form
}

/// Cancelled while the page that joins is open: the page says so, the call stays, and may be launched.
#[tokio::test]
async fn a_request_that_ended_takes_no_call_any_more() {
    let served = Served::open("joined-over").await;
    let operator = served.staff(Role::Operator).await;
    let id = launched(&operator).await;
    let mut form = second(&id);
    let asked = operator.post("/direct/doublon", &pairs(&form)).await;
    assert!(asked.text.contains("Rattacher et finir l’appel"));
    let cancel = [("reason", "Le patient a rappelé"), ("who", "patient")];
    let path = format!("/demandes/{id}/annuler");
    let done = operator.post(&path, &cancel).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    form.insert("sure".to_owned(), "oui".to_owned());
    form.insert("ajout".to_owned(), "Rappelle".to_owned());
    let late = operator.post("/direct/doublon", &pairs(&form)).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("a pris fin") && late.text.contains("Revenir à la saisie"));
    assert!(!late.text.contains("Rattacher et finir l’appel"));
    form.remove("sure");
    let again = operator.post("/direct/doublon", &pairs(&form)).await;
    assert!(again.text.contains("a pris fin"), "{}", again.text);
    let back = operator
        .post("/direct/reprendre-saisie", &pairs(&form))
        .await;
    assert!(back.text.contains("Testardeau"), "what was typed is there");
    assert!(!back.text.contains("name=\"same_as\""));
}

/// The button pressed three times: one call, one note, and the draft is kept with the call.
#[tokio::test]
async fn a_call_is_joined_once_however_often_the_button_is_pressed() {
    let served = Served::open("joined-once").await;
    let operator = served.staff(Role::Operator).await;
    let id = launched(&operator).await;
    let mut form = second(&id);
    form.insert("sure".to_owned(), "oui".to_owned());
    form.insert("ajout".to_owned(), "La fièvre monte depuis midi".to_owned());
    for _ in 0..3 {
        let joined = operator.post("/direct/doublon", &pairs(&form)).await;
        assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.text);
        assert!(
            joined.location.contains("dit=rattachee"),
            "{}",
            joined.location
        );
    }
    let (_, rows) = served
        .app
        .timeline(&served.desk(), id.parse().expect("an id"))
        .await
        .expect("read");
    let again = rows
        .iter()
        .filter(|row| row.entry.act == "request.called-again");
    assert_eq!(again.count(), 1);
    let id = id.parse().expect("an id");
    let thread = served.app.thread(&served.desk(), id).await;
    assert_eq!(thread.map(|thread| thread.lines.len()).ok(), Some(1));
}

/// A form sent before anything was kept: undone, it is on the desk as it was typed.
#[tokio::test]
async fn a_launch_faster_than_what_keeps_it_comes_back_whole() {
    let served = Served::open("undone-fast").await;
    let operator = served.staff(Role::Operator).await;
    let id = launched(&operator).await;
    let undone = operator.post(&format!("/demandes/{id}/defaire"), &[]).await;
    assert_eq!(undone.location, "/direct?dit=defaite", "{}", undone.text);
    let desk = operator.get("/direct").await;
    assert!(desk.text.contains("Testardeau") && desk.text.contains("12 rue des Sablons"));

    // The answer lost on the way, it is asked again; and the page of before is sent again: nothing is done twice.
    let twice = operator.post(&format!("/demandes/{id}/defaire"), &[]).await;
    assert_eq!(twice.location, "/direct?dit=defaite", "{}", twice.text);
    let back = operator.post("/direct", &pairs(&call())).await;
    assert_eq!(back.location, "/direct?dit=deja-defaite", "{}", back.text);
    let desk = operator.get(&back.location).await;
    assert!(desk.text.contains("revenu sur votre poste") && desk.text.contains("Testardeau"));
    let page = operator.get(&format!("/demandes/{id}")).await;
    assert!(page.text.contains("l’appel est revenu au poste"));
}

/// A launch keeps the form, then raises. When its answer is lost between the two — its node died — the same form is sent
/// again with the version it knew: it is no other window's.
#[tokio::test]
async fn a_launch_whose_answer_was_lost_after_keeping_the_form_is_sent_again() {
    let served = Served::open("kept-then-lost").await;
    let operator = served.staff(Role::Operator).await;
    let mut form = call();
    let kept = operator.post("/direct/garder", &pairs(&form)).await;
    let kept: serde_json::Value = serde_json::from_str(&kept.text).expect("what was kept");
    let contact = kept["contact"].as_str().expect("a contact").to_owned();
    form.insert("contact".to_owned(), contact.clone());
    form.insert("version".to_owned(), kept["version"].to_string());
    form.insert("first_names".to_owned(), String::new());
    for _ in 0..2 {
        let refused = operator.post("/direct", &pairs(&form)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!refused.text.contains("autre fenêtre"), "{}", refused.text);
    }
    let contact = contact.parse().expect("an id");
    let row = served.app.contact_row(&served.desk(), contact).await;
    let version = row.expect("the call").version;
    assert_eq!(Some(version - 1), kept["version"].as_i64(), "kept once");

    // What another window really changed is still told apart.
    form.insert("first_names".to_owned(), "Lucinde".to_owned());
    let other = operator.post("/direct", &pairs(&form)).await;
    assert!(other.text.contains("autre fenêtre"), "{}", other.text);
}

/// Two operators on one call: whoever launches late is shown the request it became.
#[tokio::test]
async fn a_call_launched_from_another_desk_leads_to_its_request() {
    let served = Served::open("launched-elsewhere").await;
    let first = served.staff(Role::Operator).await;
    let mut form = call();
    let kept = first.post("/direct/garder", &pairs(&form)).await;
    let kept: serde_json::Value = serde_json::from_str(&kept.text).expect("what was kept");
    form.insert(
        "contact".to_owned(),
        kept["contact"].as_str().expect("a contact").to_owned(),
    );
    form.insert("version".to_owned(), kept["version"].to_string());
    let launched = first.post("/direct", &pairs(&form)).await;
    let id = id_in(&launched.location, "req_");
    form.insert("once".to_owned(), format!("{:032x}", 0xbeef));
    let second = served.colleague(Role::Operator).await;
    let late = second.post("/direct", &pairs(&form)).await;
    assert_eq!(late.location, format!("/demandes/{id}?dit=deja-devenue"));
    let page = second.get(&late.location).await;
    assert!(page.text.contains("est devenu cette demande"));
}

/// The answers of a call kept while it was typed are those the regulator reads.
#[tokio::test]
async fn the_answers_of_a_kept_call_reach_the_regulator() {
    let served = Served::open("answers-kept").await;
    let operator = served.staff(Role::Operator).await;
    let mut form = call();
    let kept = operator.post("/direct/garder", &pairs(&form)).await;
    let kept: serde_json::Value = serde_json::from_str(&kept.text).expect("what was kept");
    let contact = kept["contact"].as_str().expect("a contact").to_owned();
    form.insert("contact".to_owned(), contact);
    form.insert("version".to_owned(), kept["version"].to_string());
    let page = operator.post("/direct", &pairs(&form)).await;
    let id = id_in(&page.location, "req_");
    let regulator = served.acting(Role::Regulator);
    let id = id.parse().expect("an id");
    let case = served.app.regulation_case(&regulator, id).await;
    let asked = case.expect("the case").asked;
    assert!(asked.iter().any(|one| one.answer.is_some()), "{asked:?}");
}

/// The same form is being launched, by a process that answers nothing: it comes back as it was typed, under the same
/// key, and says what to do; sent again, it is one request.
#[tokio::test]
async fn a_form_that_is_being_launched_comes_back_as_it_was_typed() {
    let waits = std::time::Duration::from_millis(20);
    let served = Served::open_where("launch-busy", waits).await;
    let operator = served.staff(Role::Operator).await;
    let (form, user) = (call(), served.desk().signed_in().expect("an actor").user);
    let key = format!("form-{}", form["once"]);
    let begun = served
        .app
        .begin_idempotent(user, key.clone(), "form", b"")
        .await;
    begun.expect("nobody else has it");
    let busy = operator.post("/direct", &pairs(&form)).await;
    assert_eq!(busy.status, StatusCode::CONFLICT, "{}", busy.text);
    assert!(busy.text.contains("elle ne partira pas deux fois"));
    assert!(busy.text.contains("Testardeau"), "what was typed is there");
    let same = format!("name=\"once\" value=\"{}\"", form["once"]);
    assert!(busy.text.contains(&same), "under the same key");
    let failed = served
        .app
        .finish_idempotent(user, key, 500, String::new())
        .await;
    failed.expect("left");
    let sent = operator.post("/direct", &pairs(&form)).await;
    let again = operator.post("/direct", &pairs(&form)).await;
    assert_eq!(
        id_in(&sent.location, "req_"),
        id_in(&again.location, "req_")
    );
}
