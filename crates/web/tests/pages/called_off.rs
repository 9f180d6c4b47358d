//! What one had in hand was called off: its page says what became of it, and names nobody.

use http::StatusCode;
use relais_core::access::Role;

use crate::site::{Served, call, id_in, pairs};

#[tokio::test]
async fn the_card_of_a_patient_who_called_off_says_so_and_names_nobody() {
    let served = Served::open("called-off").await;
    let operator = served.staff(Role::Operator).await;
    let page = operator.post("/direct", &pairs(&call())).await;
    let id = id_in(&page.location, "req_");
    let doctor = served.professional(served.doctor()).await;
    let offer = id_in(&doctor.get("/offres").await.text, "off_");
    let yes = [("reponse", "oui")];
    let yes = doctor.post(&format!("/offres/{offer}"), &yes).await;
    let card = format!("/prises/{id}");
    assert_eq!(yes.location, card);
    let cancel = [("reason", "Le patient a rappelé"), ("who", "patient")];
    let path = format!("/demandes/{id}/annuler");
    let done = operator.post(&path, &cancel).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);

    let there = format!("/offres/{offer}");
    let moved = doctor.get(&card).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    assert_eq!(moved.location, there);
    // What was pressed on a card that was still open leads there too.
    let hour = [("choix", "call")];
    let pressed = doctor.post(&format!("{card}/rendez-vous"), &hour).await;
    assert_eq!(pressed.location, there, "{}", pressed.text);
    let pressed = doctor.get(&format!("{card}/cloture")).await;
    assert_eq!(pressed.location, there);
    let seen = [("outcome", "seen")];
    let pressed = doctor.post(&format!("{card}/cloture"), &seen).await;
    assert_eq!(pressed.location, there, "{}", pressed.text);
    let why = [("reason", "Autre raison")];
    let pressed = doctor.post(&format!("{card}/desistement"), &why).await;
    assert_eq!(pressed.location, there, "{}", pressed.text);

    let told = doctor.get(&there).await;
    assert!(
        told.text.contains("Annulée par le patient"),
        "{}",
        told.text
    );
    assert!(told.text.contains("N’attendez plus ce patient"));
    let which = told.text.replace(['\u{a0}', '\u{202f}'], " ");
    assert!(which.contains("Consultation à"), "which of two: {which}");
    assert!(which.contains(", annulée aujourd’hui à"), "{which}");
    let list = doctor.get("/offres").await;
    assert!(list.text.contains("Annulée par le patient"));
    for name in ["estardeau", "ESTARDEAU", "Lucinde", "Sablons"] {
        assert!(
            !told.text.contains(name) && !list.text.contains(name),
            "{name}"
        );
    }
    // Somebody who was asked nothing finds nothing there.
    let stranger = served.world.professionals.iter().rev();
    let mut stranger = stranger.filter(|one| one.id != served.doctor());
    let stranger = served
        .professional(stranger.next().expect("others").id)
        .await;
    assert_eq!(stranger.get(&card).await.status, StatusCode::NOT_FOUND);
}
