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
    assert!(!back.text.contains("C’est la même demande"));
}
