//! Severity at the counter: the sheets, the 15, the doctor who passes over it, the declared
//! cooperation protocol, and the slip for the patient.

use std::collections::BTreeMap;

use http::StatusCode;
use relais_app::Who;
use relais_core::access::{Actor, Role};
use relais_core::ids::RequestId;
use relais_core::time::Instant;
use relais_store::contacts;

use crate::counter::{dressing, pharmacist, raised, taken};
use crate::site::{Page, Served, Visitor, id_in, pairs};

/// A woman of forty-five with burning urine, for a doctor; every question of the sheet asked.
fn cystitis(once: u32) -> BTreeMap<String, String> {
    let mut form = dressing(once);
    for (name, value) in [
        ("profession", "gp"),
        ("motive", "cystite"),
        ("mode", "consultation"),
        ("sheet_shown", "URIF"),
        ("inclusion_urif_i1", "yes"),
    ] {
        form.insert(name.to_owned(), value.to_owned());
    }
    form
}

fn ended_as(served: &Served, outcome: &'static str) -> i64 {
    let network = served.world.networks[0].id;
    let (from, until) = (Instant::from_millis(0), Instant::from_millis(i64::MAX));
    let counts = served
        .app
        .db()
        .read_blocking(move |tx| contacts::count_by_outcome(tx, network, from, until))
        .expect("counted");
    let found = counts.iter().find(|(code, _)| code == outcome);
    found.map_or(0, |(_, count)| *count)
}

async fn asked_for(visitor: &Visitor<'_>) -> Page {
    visitor.get("/mes-demandes").await
}

#[tokio::test]
async fn a_red_flag_at_the_counter_leads_to_the_15_and_is_written_down_once() {
    let served = Served::open("severity-15").await;
    let counter = pharmacist(&served).await;
    let mut form = cystitis(1);
    form.insert("sign".to_owned(), "tronc-6".to_owned());
    form.insert("red_flags".to_owned(), "present".to_owned());
    let page = counter.post("/demander", &pairs(&form)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("Appelez le 15 maintenant"),
        "{}",
        page.text
    );
    assert!(page.text.contains("tel:15"));
    assert!(!page.text.contains("passer outre"), "not for a pharmacist");
    // A tick wins over "none", whatever was said beside it.
    form.insert("red_flags".to_owned(), "none".to_owned());
    let page = counter.post("/demander", &pairs(&form)).await;
    assert!(page.text.contains("Appelez le 15 maintenant"));
    form.insert(
        "override_reason".to_owned(),
        "je connais la patiente".to_owned(),
    );
    let refused = counter.post("/demander/passer-outre", &pairs(&form)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    for _ in 0..2 {
        let done = counter.post("/demander/15", &pairs(&form)).await;
        assert_eq!(done.location, "/mes-demandes?dit=transferee");
    }
    assert!(
        asked_for(&counter)
            .await
            .text
            .contains("Vous n’avez rien demandé")
    );
    assert_eq!(
        ended_as(&served, "transferred-15"),
        1,
        "once, however often it is pressed"
    );
    let back = counter.post("/demander/fiche", &pairs(&form)).await;
    assert!(
        back.text.contains("value=\"Testardeau\""),
        "nothing typed is lost"
    );
}

#[tokio::test]
async fn a_doctor_passes_over_with_a_reason_and_the_regulator_reads_it_first() {
    let served = Served::open("severity-doctor").await;
    let doctor = served.professional(served.doctor()).await;
    let mut form = cystitis(1);
    form.insert("sign".to_owned(), "tronc-6".to_owned());
    let page = doctor.post("/demander", &pairs(&form)).await;
    assert!(page.text.contains("Vous êtes médecin"));
    let page = doctor.post("/demander/passer-outre", &pairs(&form)).await;
    assert!(page.text.contains("Écrivez pourquoi vous passez outre"));
    form.insert(
        "override_reason".to_owned(),
        "convulsion ancienne, connue, traitée".to_owned(),
    );
    let page = doctor.post("/demander/passer-outre", &pairs(&form)).await;
    assert!(page.location.ends_with("dit=a-qualifier"), "{}", page.text);
    let id: RequestId = id_in(&page.location, "req_").parse().expect("an id");
    let operator = served.staff(Role::Operator).await;
    let seen = operator.get(&format!("/demandes/{id}")).await;
    assert!(seen.text.contains("À qualifier"), "never to a cascade");
    assert!(
        seen.text.contains("convulsion ancienne"),
        "the reason is read"
    );
}

#[tokio::test]
async fn a_doubt_with_no_regulator_on_duty_is_the_15_even_for_a_doctor() {
    let served = Served::open("severity-alone").await;
    let network = served.world.networks[0].id;
    for user in &served.world.users {
        if user.role == Role::Regulator && user.network == network {
            let actor = Actor {
                user: user.id,
                role: user.role,
                network,
                professional: user.professional,
            };
            let regulator = Who::actor(actor, "test");
            served.app.go_off_duty(&regulator).await.expect("off duty");
        }
    }
    let doctor = served.professional(served.doctor()).await;
    let mut form = cystitis(1);
    form.insert("red_flags".to_owned(), "unknown".to_owned());
    let page = doctor.post("/demander", &pairs(&form)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("Appelez le 15 maintenant"),
        "{}",
        page.text
    );
    assert!(page.text.contains("aucun médecin régulateur de garde"));
    assert!(!page.text.contains("passer outre"), "nobody would read it");
    let done = doctor.post("/demander/15", &pairs(&form)).await;
    assert_eq!(done.location, "/mes-demandes?dit=transferee");
    assert_eq!(ended_as(&served, "transferred-15"), 1);
}

#[tokio::test]
async fn questions_that_were_not_shown_are_asked_and_a_doubt_is_the_regulator_s() {
    let served = Served::open("severity-asked").await;
    let counter = pharmacist(&served).await;
    let mut form = cystitis(1);
    form.remove("sheet_shown");
    let page = counter.post("/demander", &pairs(&form)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("<a href=\"#red-flags\""),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("name=\"sheet_shown\" value=\"URIF\""),
        "shown now"
    );
    assert!(page.text.contains("value=\"urif-1\""));

    let mut form = cystitis(2);
    form.remove("inclusion_urif_i1");
    let page = counter.post("/demander", &pairs(&form)).await;
    assert!(
        page.text.contains("<a href=\"#inclusion-urif-i1\""),
        "{}",
        page.text
    );

    let id = raised(&counter, &cystitis(3)).await;
    let mine = counter.get(&format!("/mes-demandes/{id}")).await;
    assert!(mine.text.contains("sollicité"), "{}", mine.text);

    let mut doubt = cystitis(4);
    doubt.insert("red_flags".to_owned(), "unknown".to_owned());
    // Somebody else: the same person again would be said to be a possible duplicate.
    for (name, value) in [
        ("birth_name", "Autre"),
        ("first_names", "Bérénice"),
        ("birth_date", "12/05/1990"),
        ("phone", "0639981099"),
    ] {
        doubt.insert(name.to_owned(), value.to_owned());
    }
    let page = counter.post("/demander", &pairs(&doubt)).await;
    assert!(
        page.location.ends_with("dit=a-qualifier"),
        "{} {}",
        page.location,
        page.text
    );
}

#[tokio::test]
async fn a_sheet_proposes_the_pharmacist_only_under_a_protocol_in_force() {
    let served = Served::open("severity-protocol").await;
    let counter = pharmacist(&served).await;
    let form = cystitis(1);
    let shown = counter.post("/demander/fiche", &pairs(&form)).await;
    assert!(
        shown.text.contains("Vous n’en avez pas déclaré"),
        "{}",
        shown.text
    );
    assert!(!shown.text.contains("Je prends en charge"));
    let refused = counter
        .post("/demander/prise-en-charge", &pairs(&form))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let page = counter.get("/activite/protocoles").await;
    assert!(!page.text.contains("Lombalgie"), "not of this profession");
    let at = page.text.find("name=\"place\">").expect("a list of places");
    let place: String = page.text[at..]
        .split("value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a place")
        .to_owned();
    let declare = |since: &'static str, place: String| {
        let counter = &counter;
        async move {
            let fields = [
                ("faire", "declarer"),
                ("protocol", "pollakiurie"),
                ("place", place.as_str()),
                ("since", since),
            ];
            counter.post("/activite/protocoles", &fields).await
        }
    };
    let wrong = declare("31/02/2026", "Ailleurs".to_owned()).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("<a href=\"#since\"") && wrong.text.contains("<a href=\"#place\""));
    let later = declare("01/01/2027", place.clone()).await;
    assert_eq!(later.location, "/activite/protocoles?dit=protocole-declare");
    let shown = counter.post("/demander/fiche", &pairs(&form)).await;
    assert!(
        !shown.text.contains("Je prends en charge"),
        "not before its date"
    );
    declare("05/01/2026", place.clone()).await;
    let shown = counter.post("/demander/fiche", &pairs(&form)).await;
    assert!(
        shown.text.contains("depuis le 5 janvier 2026"),
        "{}",
        shown.text
    );
    assert!(shown.text.contains("Je prends en charge sous protocole"));
    let coordinator = served.staff(Role::Coordinator).await;
    let list = coordinator.get("/cooperation").await;
    assert!(list.text.contains("Brûlures urinaires") && list.text.contains("En cours"));
    assert!(list.text.contains("À venir"));

    let mut away = form.clone();
    away.insert("inclusion_urif_i1".to_owned(), "no".to_owned());
    let page = counter
        .post("/demander/prise-en-charge", &pairs(&away))
        .await;
    assert!(page.text.contains("ne mène pas à vous"), "{}", page.text);
    let done = counter
        .post("/demander/prise-en-charge", &pairs(&form))
        .await;
    assert_eq!(
        done.location, "/mes-demandes?dit=protocole",
        "{}",
        done.text
    );
    assert!(
        asked_for(&counter)
            .await
            .text
            .contains("Vous n’avez rien demandé")
    );
    assert_eq!(ended_as(&served, "advice"), 1);

    let end = [
        ("faire", "terminer"),
        ("protocol", "pollakiurie"),
        ("place", place.as_str()),
        ("since", "2026-01-05"),
    ];
    let ended = counter.post("/activite/protocoles", &end).await;
    assert_eq!(ended.location, "/activite/protocoles?dit=protocole-fini");
}

#[tokio::test]
async fn the_slip_says_what_happens_and_nothing_about_the_person() {
    let served = Served::open("severity-slip").await;
    let counter = pharmacist(&served).await;
    let id = raised(&counter, &dressing(1)).await;
    let slip = counter.get(&format!("/mes-demandes/{id}/fiche")).await;
    assert!(
        slip.text.contains("Nous cherchons pour vous"),
        "{}",
        slip.text
    );
    assert!(slip.text.contains("appelez le 15"));
    let phone = relais_app::phone::national(&served.world.networks[0].phone);
    assert!(slip.text.contains(&phone), "the number to call");
    for secret in ["Testardeau", "Lucinde", "pansement", "Sablons", "1981"] {
        assert!(!slip.text.contains(secret), "{secret}");
    }
    taken(&served, id).await;
    let slip = counter.get(&format!("/mes-demandes/{id}/fiche")).await;
    assert!(slip.text.contains("Qui s’occupe de vous"), "{}", slip.text);
    let stranger = served.professional(served.doctor()).await;
    let refused = stranger.get(&format!("/mes-demandes/{id}/fiche")).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}
