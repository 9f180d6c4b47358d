//! Cooperation protocols and matching: who is asked under a sheet, what the form says when nobody
//! declared, and that a declaration counts for the next request.

use std::collections::BTreeMap;

use http::StatusCode;
use relais_app::Who;
use relais_app::cooperation::CooperationDraft;
use relais_app::error::AppError;
use relais_app::requests::desk::Act;
use relais_core::access::{Actor, Role};
use relais_core::ids::ProfessionalId;
use relais_core::people::Profession;
use relais_core::request::NeedEdit;
use relais_core::slug::Slug;
use relais_store::cooperations;

use crate::counter::{dressing, pharmacist, raised};
use crate::site::{Served, pairs};

/// Burning urine at the counter, for another pharmacist; every question of the sheet asked.
fn cystitis(once: u32) -> BTreeMap<String, String> {
    let mut form = dressing(once);
    for (name, value) in [
        ("profession", "other"),
        ("other_profession", "pharmacist"),
        ("motive", "cystite"),
        ("mode", "consultation"),
        ("sheet_shown", "URIF"),
        ("inclusion_urif_i1", "yes"),
    ] {
        form.insert(name.to_owned(), value.to_owned());
    }
    form
}

fn asked_of(served: &Served, profession: Profession, protocol: &str) -> Vec<ProfessionalId> {
    let people = served.world.professionals.iter();
    let all = people.filter(|one| {
        let declared = |code: &Slug| code.as_str() == protocol;
        one.profession == profession && one.cooperations.iter().any(|c| declared(&c.protocol))
    });
    all.map(|one| one.id).collect()
}

fn codes(codes: &[&str]) -> std::collections::BTreeSet<Slug> {
    codes
        .iter()
        .map(|code| Slug::new(code).expect("a code"))
        .collect()
}

/// Everybody's declarations end the day before.
async fn nobody_declares(served: &Served) {
    let world = std::sync::Arc::clone(&served.world);
    let db = served.app.db();
    db.write_blocking(move |tx| {
        for person in world
            .professionals
            .iter()
            .filter(|p| !p.cooperations.is_empty())
        {
            for one in cooperations::list_of_professional(tx, person.id)? {
                let (place, since) = (&one.place, one.since_on);
                cooperations::end(tx, person.id, &one.protocol, place, since, since)?;
            }
        }
        Ok::<_, AppError>(())
    })
    .expect("ended");
}

fn regulator(served: &Served) -> Who {
    let network = served.world.networks[0].id;
    let users = served.world.users.iter();
    let user = users
        .filter(|user| user.network == network)
        .find(|user| user.role == Role::Regulator)
        .expect("a regulator");
    let actor = Actor {
        user: user.id,
        role: user.role,
        network,
        professional: user.professional,
    };
    Who::actor(actor, "web")
}

#[tokio::test]
async fn a_request_that_follows_a_sheet_is_asked_of_those_who_declared_one_of_its_protocols() {
    let served = Served::open("cooperation-asked").await;
    let counter = pharmacist(&served).await;
    let id = raised(&counter, &cystitis(1)).await;
    let desk = served.desk();
    let request = served
        .app
        .request(&desk, id)
        .await
        .expect("seen")
        .stored
        .request;
    let under = codes(&["pollakiurie", "trod-cystite"]);
    assert_eq!(request.need.cooperations, under, "frozen in the request");
    let mut able = asked_of(&served, Profession::Pharmacist, "pollakiurie");
    able.extend(asked_of(&served, Profession::Pharmacist, "trod-cystite"));
    assert!(!request.offers.is_empty(), "somebody near declared");
    for offer in &request.offers {
        assert!(
            able.contains(&offer.professional),
            "asked without the right"
        );
    }

    // Why the others were not, in words, for the desk and for software.
    let operator = served.staff(Role::Operator).await;
    let page = operator.get(&format!("/demandes/{id}")).await;
    let said = page.text.replace('\u{a0}', " ").replace("&#39;", "’");
    assert!(
        said.contains("n’a déclaré aucun des protocoles de coopération « Brûlures urinaires »"),
        "{said}"
    );
    assert!(said.contains("Protocole demandé"));
    let offered = request.offers[0].professional;
    let doctor = served.professional(offered).await;
    let alert = doctor
        .get(&format!("/offres/{}", request.offers[0].id))
        .await;
    assert!(
        alert.text.contains("Sous protocole de coopération"),
        "{}",
        alert.text
    );

    // Only a doctor says that the protocol does not matter.
    let free = NeedEdit::new(request.need.clone(), |need| need.cooperations.clear());
    let mine = served.who(served.world.professionals[served.world.guided.pharmacist].id);
    for who in [&mine, &desk] {
        let refused = served.app.act(who, id, Act::Edit(free.clone()), None).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    }
    let wider = served
        .app
        .act(&regulator(&served), id, Act::Edit(free), None)
        .await;
    let request = wider.expect("a doctor may").after;
    assert!(request.need.cooperations.is_empty());
    assert!(
        request
            .offers
            .iter()
            .any(|offer| !able.contains(&offer.professional))
    );
}

#[tokio::test]
async fn a_doctor_s_own_request_asks_for_no_protocol() {
    let served = Served::open("cooperation-doctor").await;
    let doctor = served.professional(served.doctor()).await;
    let id = raised(&doctor, &cystitis(1)).await;
    let read = served.app.request(&served.desk(), id).await.expect("seen");
    assert!(read.stored.request.need.cooperations.is_empty());
}

#[tokio::test]
async fn when_nobody_declared_the_form_says_so_and_offers_who_else_the_sheet_leads_to() {
    let served = Served::open("cooperation-nobody").await;
    let counter = pharmacist(&served).await;
    let form = cystitis(1);
    let before = counter.post("/demander/portee", &pairs(&form)).await;
    assert!(!before.text.contains("n’a déclaré l’un des protocoles"));
    nobody_declares(&served).await;
    let count = counter.post("/demander/portee", &pairs(&form)).await;
    assert!(
        count
            .text
            .contains("Personne, parmi les pharmaciens du réseau, n’a déclaré l’un des protocoles"),
        "{}",
        count.text
    );
    for other in ["midwife", "gp"] {
        let button = format!("name=\"towards\" value=\"{other}\"");
        assert!(count.text.contains(&button), "{other}: {}", count.text);
    }
    // The button addresses the form to them, and counts again; nothing typed is lost.
    let mut turned = form.clone();
    turned.insert("towards".to_owned(), "gp".to_owned());
    let page = counter.post("/demander/portee", &pairs(&turned)).await;
    assert!(
        page.text
            .contains("name=\"profession\" value=\"gp\" checked"),
        "{}",
        page.text
    );
    assert!(page.text.contains("value=\"Testardeau\""));
    assert!(!page.text.contains("n’a déclaré l’un des protocoles"));
    turned.insert("towards".to_owned(), "midwife".to_owned());
    let page = counter.post("/demander/portee", &pairs(&turned)).await;
    assert!(
        page.text
            .contains("name=\"profession\" value=\"other\" checked")
    );
    assert!(page.text.contains("value=\"midwife\" selected"));

    // The request itself needs a hand at once, and the reason is there; another profession is a way out.
    let id = raised(&counter, &form).await;
    let desk = served.desk();
    let request = served
        .app
        .request(&desk, id)
        .await
        .expect("seen")
        .stored
        .request;
    assert!(request.offers.is_empty());
    let operator = served.staff(Role::Operator).await;
    let hand = operator.get(&format!("/demandes/{id}")).await;
    assert!(
        hand.text.contains("sans protocole de coopération"),
        "{}",
        hand.text
    );

    // Who declares now counts at once.
    let able = served
        .world
        .professionals
        .iter()
        .find(|one| {
            one.profession == Profession::Pharmacist
                && !one.cooperations.is_empty()
                && one.memberships[0].network == served.world.networks[0].id
        })
        .expect("a pharmacist of the network");
    let person = served.app.directory().await.expect("read");
    let place = relais_app::cooperation::places(person.person(able.id).expect("known")).remove(0);
    let draft = CooperationDraft {
        protocol: "trod-cystite".to_owned(),
        place,
        since: "05/01/2026".to_owned(),
        until: String::new(),
    };
    served
        .app
        .declare_cooperation(&served.who(able.id), draft)
        .await
        .expect("declared");
    let count = counter.post("/demander/portee", &pairs(&form)).await;
    assert_eq!(count.status, StatusCode::OK);
    assert!(
        !count.text.contains("n’a déclaré l’un des protocoles"),
        "{}",
        count.text
    );
}
