//! The story through the real routes, without any script: a call, the usual doctor, two doctors at
//! once, a red flag, forms gone wrong, and who may not.

use http::StatusCode;
use relais_core::access::Role;
use relais_web::routes;

use crate::site::{Served, Visitor, call, id_in, pairs};

/// What nobody may read before acceptance.
const NAMES: [&str; 4] = ["estardeau", "ESTARDEAU", "Lucinde", "Sablons"];

fn named(text: &str) -> bool {
    NAMES.iter().any(|name| text.contains(name))
}

async fn launched(served: &Served) -> String {
    let operator = served.staff(Role::Operator).await;
    let mut form = call();
    let doctor = &served.world.professionals[served.world.guided.doctor];
    let first = doctor
        .first_names
        .split_whitespace()
        .next()
        .unwrap_or_default();
    form.insert(
        "usual_name".to_owned(),
        format!("{} {first} {}, Massy", doctor.civility, doctor.last_name),
    );
    let page = operator.post("/direct", &pairs(&form)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    // The same form again, a double click: the same request.
    let again = operator.post("/direct", &pairs(&form)).await;
    assert_eq!(
        id_in(&again.location, "req_"),
        id_in(&page.location, "req_")
    );
    id_in(&page.location, "req_")
}

/// How sure the identity is, said on its page: the number goes in and is shown to nobody again.
async fn said_who_they_are(doctor: &Visitor<'_>, request: &str) {
    let page = format!("/prises/{request}/identite");
    let card = doctor.get(&format!("/prises/{request}")).await;
    assert!(card.text.contains(&page) && card.text.contains("Identité provisoire"));
    let typed = [
        ("status", "qualified"),
        ("number", "279035121518990"),
        ("authority", "test"),
        ("birth_place", "63220"),
    ];
    let wrong = doctor.post(&page, &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("sa clé est fausse") && wrong.text.contains("63220"));
    let mut right = typed;
    right[1].1 = "2 79 03 51 215 189 89";
    let said = doctor.post(&page, &right).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
    let shown = doctor.get(&page).await;
    assert!(shown.text.contains("Identité qualifiée"));
    assert!(!shown.text.contains("51215") && !shown.text.contains("215 189"));
    // Another choice leaves the number's fields filled: they are not said with it.
    let doubted = [
        ("status", "provisional"),
        ("doubtful", "oui"),
        typed[2],
        typed[3],
    ];
    doctor.post(&page, &doubted).await;
    let card = doctor.get(&format!("/prises/{request}")).await;
    assert!(card.text.contains("Identité mise en doute"));
}

#[tokio::test]
async fn the_usual_doctor_takes_his_patient_without_script() {
    let served = Served::open("usual").await;
    let request = launched(&served).await;
    let operator = served.staff(Role::Operator).await;
    let page = operator.get(&format!("/demandes/{request}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!named(&page.text), "the request's page names the patient");
    let shown = operator
        .post(&format!("/demandes/{request}/identite"), &[])
        .await;
    assert!(named(&shown.text), "the named act shows the identity");
    assert_eq!(
        shown
            .headers
            .get("cache-control")
            .map(|value| value.as_bytes()),
        Some(&b"no-store"[..])
    );

    let doctor = served.professional(served.doctor()).await;
    let list = doctor.get("/offres").await;
    assert!(!named(&list.text), "the list names the patient");
    let offer = id_in(&list.text, "off_");
    let card = doctor.get(&format!("/offres/{offer}")).await;
    assert!(
        named(&card.text),
        "his own page of the offer shows his patient's name (R6)"
    );
    assert!(
        !card.text.contains("Sablons"),
        "and nothing else of the identity"
    );

    let yes = doctor
        .post(&format!("/offres/{offer}"), &[("reponse", "oui")])
        .await;
    assert_eq!(yes.location, format!("/prises/{request}"));
    let twice = doctor
        .post(&format!("/offres/{offer}"), &[("reponse", "oui")])
        .await;
    assert_eq!(twice.location, yes.location, "a double tap is the same yes");
    let patient = doctor.get(&yes.location).await;
    assert!(patient.text.contains("Lucinde Testardeau") && patient.text.contains("06 39 98 12 34"));
    let choice = patient
        .text
        .split("value=\"at:")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a time to propose");
    let value = format!("at:{choice}");
    let done = doctor
        .post(
            &format!("/prises/{request}/rendez-vous"),
            &[("choix", &value)],
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let wrong = doctor
        .post(
            &format!("/prises/{request}/rendez-vous"),
            &[("choix", "other"), ("day", "0"), ("time", "tantôt")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("<title>Erreur\u{a0}:") && wrong.text.contains("data-focus"));
    said_who_they_are(&doctor, &request).await;
    let note = format!("/prises/{request}/note");
    let typed = [
        ("diagnosis", " "),
        ("to_do", "Revoir lundi"),
        ("consent", "oui"),
    ];
    let wrong = doctor.post(&note, &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("le diagnostic ou le motif retenu"));
    assert!(wrong.text.contains("Revoir lundi"), "nothing typed is lost");
    let signed = doctor
        .post(&note, &[("diagnosis", "Lombalgie"), ("consent", "oui")])
        .await;
    assert_eq!(signed.location, note);
    let shown = doctor.get(&note).await;
    assert!(
        shown
            .text
            .contains("aucun autre médecin traitant n’est connu")
    );
    assert!(shown.text.contains("Lombalgie") && shown.text.contains("Valider la correction"));
    let printed = doctor.get(&format!("/prises/{request}/note.pdf")).await;
    assert!(printed.bytes.starts_with(b"%PDF-1.4"));
    for path in [
        note.clone(),
        format!("/prises/{request}/note.pdf"),
        format!("/syntheses/{request}"),
    ] {
        let refused = operator.get(&path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let list = operator.get("/notes-non-remises").await;
    assert!(
        list.text.contains("Toutes les notes ont été remises"),
        "{}",
        list.text
    );
    let closed = doctor
        .post(
            &format!("/prises/{request}/cloture"),
            &[("outcome", "seen")],
        )
        .await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    assert!(
        !named(&doctor.get("/prises").await.text),
        "the list of patients names one"
    );
}

#[tokio::test]
async fn two_doctors_at_once_and_one_is_told_kindly() {
    let served = Served::open("two").await;
    let request = launched(&served).await;
    let usual = served.professional(served.doctor()).await;
    let offer = id_in(&usual.get("/offres").await.text, "off_");
    let passed = usual
        .post(&format!("/offres/{offer}"), &[("reponse", "non")])
        .await;
    assert_eq!(passed.location, "/offres?dit=passe");
    let who = served.staff(Role::Operator).await;
    assert!(
        who.get(&format!("/demandes/{request}"))
            .await
            .text
            .contains("Communauté sollicitée")
    );

    let mut asked = Vec::new();
    for person in &served.world.professionals {
        if asked.len() == 2 {
            break;
        }
        let id = request.parse().expect("an id");
        let desk = served
            .world
            .users
            .iter()
            .find(|user| user.role == Role::Operator)
            .expect("an operator");
        let actor = relais_core::access::Actor {
            user: desk.id,
            role: desk.role,
            network: desk.network,
            professional: None,
        };
        let read = served
            .app
            .request(&relais_app::Who::actor(actor, "test"), id)
            .await
            .expect("the desk may read");
        if let Some(offer) = read
            .stored
            .request
            .live_offers()
            .find(|offer| offer.professional == person.id)
        {
            asked.push((person.id, offer.id));
        }
    }
    let [one, other] = asked.as_slice() else {
        panic!("two doctors are asked")
    };
    let (first, second) = (
        served.professional(one.0).await,
        served.professional(other.0).await,
    );
    let card = first.get(&format!("/offres/{}", one.1)).await;
    assert_eq!(card.status, StatusCode::OK);
    assert!(!named(&card.text), "the community's card names the patient");
    assert_eq!(
        first.get(&format!("/offres/{}", other.1)).await.status,
        StatusCode::NOT_FOUND,
        "another's offer"
    );
    let yes = [("reponse", "oui")];
    let (one_path, other_path) = (format!("/offres/{}", one.1), format!("/offres/{}", other.1));
    let (a, b) = tokio::join!(first.post(&one_path, &yes), second.post(&other_path, &yes));
    let mut answers = [a.status, b.status];
    answers.sort();
    assert_eq!(answers, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    let told = if a.status == StatusCode::CONFLICT {
        a
    } else {
        b
    };
    assert!(
        told.text.contains("Déjà pris en charge par un confrère"),
        "{}",
        told.text
    );
    assert!(!named(&told.text));
}

#[tokio::test]
async fn a_red_flag_leads_to_the_15_and_to_no_request() {
    let served = Served::open("flag").await;
    let operator = served.staff(Role::Operator).await;
    let mut form = call();
    form.insert("q_tronc-3".to_owned(), "yes".to_owned());
    let page = operator.post("/direct", &pairs(&form)).await;
    assert_eq!(page.location, "/direct/15", "{}", page.text);
    let page = operator.get("/direct/15").await;
    assert!(page.text.contains("Transférer au 15 maintenant"));
    assert!(page.text.contains("tel:15") && page.text.contains("12 rue des Sablons"));
    let reload = operator.get("/direct").await;
    assert_eq!(reload.location, "/direct/15", "a reload does not leave it");
    let mistaken = operator.post("/direct/passer-outre", &[]).await;
    assert!(
        mistaken.text.contains("Écrivez pourquoi"),
        "going back demands a reason"
    );
    let done = operator.post("/direct/transfert", &[]).await;
    assert_eq!(done.location, "/direct?dit=transferee");
    let board = operator.get("/direct/tableau").await;
    assert!(
        board.text.contains("Aucune demande en cours"),
        "{}",
        board.text
    );

    let page = operator.post("/direct", &pairs(&form)).await;
    assert_eq!(page.location, "/direct/15");
    let why = "douleur ancienne déjà vue par son cardiologue";
    let page = operator
        .post("/direct/passer-outre", &[("override_reason", why)])
        .await;
    assert_eq!(page.location, "/direct?dit=passe-outre", "{}", page.text);
    let call = operator.get("/direct").await;
    assert!(call.text.contains("Demander l’avis du régulateur"));
    let hidden = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = call.text.split_once(&mark).expect("a hidden field");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    for name in ["contact", "version", "override_reason"] {
        form.insert(name.to_owned(), hidden(name));
    }
    let page = operator.post("/direct", &pairs(&form)).await;
    assert!(
        page.location.ends_with("dit=a-qualifier"),
        "{} {}",
        page.status,
        page.location
    );
    let request = operator
        .get(&format!("/demandes/{}", id_in(&page.location, "req_")))
        .await;
    assert!(
        request.text.contains("À qualifier") && request.text.contains("passé outre"),
        "the regulator decides, never the cascade, and reads why"
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_at_once_and_nothing_is_lost() {
    let served = Served::open("wrong").await;
    let operator = served.staff(Role::Operator).await;
    let mut form = call();
    form.insert("birth_date".to_owned(), "31/02/1990".to_owned());
    form.insert("phone".to_owned(), "06 39".to_owned());
    form.insert("commune".to_owned(), "Nulle-Part".to_owned());
    form.remove("motive");
    form.remove("q_tronc-4");
    let page = operator.post("/direct", &pairs(&form)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for anchor in ["#flags", "#commune", "#motive"] {
        assert!(
            page.text.contains(&format!("<a href=\"{anchor}\"")),
            "{anchor}"
        );
    }
    assert!(
        page.text.contains("value=\"Testardeau\""),
        "what was typed is kept"
    );
    form.insert("q_tronc-4".to_owned(), "no".to_owned());
    let page = operator.post("/direct", &pairs(&form)).await;
    for anchor in ["#birth-date", "#phone", "#commune", "#motive"] {
        assert!(
            page.text.contains(&format!("<a href=\"{anchor}\"")),
            "{anchor}"
        );
    }
    let mut leaking = call();
    leaking.insert("comment".to_owned(), "rappeler Mme Testardeau".to_owned());
    let page = operator.post("/direct", &pairs(&leaking)).await;
    assert!(
        page.text.contains("<a href=\"#comment\""),
        "a comment with the name is refused (R6)"
    );
    let board = operator.get("/direct/tableau").await;
    assert!(!board.text.contains("/demandes/req_"), "{}", board.text);
    assert!(!named(&board.text), "a call on hold shows no name");
}

#[tokio::test]
async fn another_site_cannot_act_and_roles_keep_to_their_pages() {
    let served = Served::open("roles").await;
    let request = launched(&served).await;
    let operator = served.staff(Role::Operator).await;
    let path = format!("/demandes/{request}/elargir");
    for site in [Some("cross-site"), Some("same-site"), None] {
        assert_eq!(
            operator.post_from(site, &path).await.status,
            StatusCode::FORBIDDEN,
            "{site:?}"
        );
    }
    let nobody = served.nobody();
    let page = nobody.get(&format!("/demandes/{request}")).await;
    assert!(
        page.location.starts_with("/connexion?suite=/demandes/"),
        "{}",
        page.location
    );
    assert_eq!(
        nobody.get("/direct/tableau").await.status,
        StatusCode::UNAUTHORIZED
    );
    let doctor = served.professional(served.doctor()).await;
    assert_eq!(
        doctor.get(&format!("/demandes/{request}")).await.status,
        StatusCode::FORBIDDEN
    );
    for role in [Role::Administrator, Role::Auditor] {
        let visitor = served.staff(role).await;
        assert_eq!(
            visitor.get("/direct").await.status,
            StatusCode::FORBIDDEN,
            "{role:?}"
        );
    }
    let closed = operator.post("/deconnexion", &[]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    assert!(
        operator
            .get("/direct")
            .await
            .location
            .starts_with("/connexion"),
        "an ended session opens nothing"
    );
}

/// Every page without anything in its address, as every role: the patient's name is in none (R6).
#[tokio::test]
async fn no_list_and_no_page_without_an_act_names_the_patient() {
    let served = Served::open("scan").await;
    launched(&served).await;
    let roles = [
        Role::Operator,
        Role::Regulator,
        Role::Coordinator,
        Role::Administrator,
        Role::Auditor,
    ];
    let mut seen = 0;
    for role in roles {
        let visitor = served.staff(role).await;
        for route in routes() {
            let stream = route.path == "/flux";
            if route.method.name() == "GET"
                && !route.path.contains('{')
                && !stream
                && !route.path.starts_with("/demo")
            {
                let page = visitor.get(route.path).await;
                assert!(
                    !named(&page.text),
                    "{} names the patient to {role:?}",
                    route.path
                );
                assert!(
                    !page.status.is_server_error(),
                    "{} answers {}",
                    route.path,
                    page.status
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 60, "{seen} pages were read");
}
