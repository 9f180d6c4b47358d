//! The pharmacist's counter: the five-part form, in everyday words, and what it remembers.

use std::collections::BTreeMap;

use http::StatusCode;
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::Appointment;
use relais_core::time::Duration;

use crate::site::{Served, Visitor, id_in, pairs};

/// The form of the guided visit's pharmacist: a dressing at home, for a patient of Massy.
pub(crate) fn dressing(once: u32) -> BTreeMap<String, String> {
    let once = format!("{once:032x}");
    [
        ("once", once.as_str()),
        ("profession", "nurse"),
        ("motive", "pansement"),
        ("red_flags", "none"),
        ("mode", "visit"),
        ("within_hours", "48"),
        ("window_minutes", "60"),
        ("birth_name", "Testardeau"),
        ("first_names", "Lucinde"),
        ("birth_date", "04 03 1981"),
        ("sex", "F"),
        ("phone", "06 39 98 12 34"),
        ("address_line", "12 rue des Sablons"),
        ("commune", "Massy"),
        ("usual", "no"),
        ("consent", "oui"),
    ]
    .iter()
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect()
}

pub(crate) async fn pharmacist(served: &Served) -> Visitor<'_> {
    let id = served.world.professionals[served.world.guided.pharmacist].id;
    served.professional(id).await
}

/// Raises a request and says which.
pub(crate) async fn raised(visitor: &Visitor<'_>, form: &BTreeMap<String, String>) -> RequestId {
    let page = visitor.post("/demander", &pairs(form)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    id_in(&page.location, "req_").parse().expect("an id")
}

/// Somebody who was asked says yes, by whatever channel.
pub(crate) async fn taken(served: &Served, id: RequestId) {
    served.app.settle().await.expect("what is due is done");
    let desk = served.desk();
    let read = served.app.request(&desk, id).await.expect("seen");
    let offer = read.stored.request.live_offers().next().expect("asked");
    let (offer, professional) = (offer.id, offer.professional);
    let who = served.who(professional);
    served
        .app
        .accept(&who, offer, Appointment::Call(None))
        .await
        .expect("the first yes");
}

#[tokio::test]
async fn a_word_is_a_motive_and_the_last_choices_are_proposed_again_without_the_patient() {
    let served = Served::open("counter").await;
    let counter = pharmacist(&served).await;
    let first = counter.get("/demander").await;
    assert!(!first.text.contains("Repris de votre dernière demande"));
    let found = counter.get("/motifs?q=gorge").await;
    assert!(found.text.contains("Mal de gorge"), "{}", found.text);

    raised(&counter, &dressing(1)).await;
    let again = counter.get("/demander").await;
    assert!(again.text.contains("Repris de votre dernière demande"));
    for chosen in [
        "name=\"profession\" value=\"nurse\" checked",
        "name=\"mode\" value=\"visit\" checked",
        "name=\"within_hours\" value=\"48\" checked",
        "value=\"60\" selected",
    ] {
        assert!(again.text.contains(chosen), "{chosen}");
    }
    for patient in ["Testardeau", "Lucinde", "12 34", "Sablons", "value=\"Massy"] {
        assert!(!again.text.contains(patient), "{patient}");
    }
    assert!(
        again.text.contains("name=\"motive\" value=\"\""),
        "a motive is a patient's"
    );

    let later = served.app.now() + Duration::minutes(1);
    served.app.clock().move_to(later);
    let mut other = dressing(2);
    other.insert("profession".to_owned(), "other".to_owned());
    other.insert(
        "other_profession".to_owned(),
        Profession::Dentist.code().to_owned(),
    );
    other.insert("motive".to_owned(), "rage de dents".to_owned());
    other.insert("mode".to_owned(), "consultation".to_owned());
    other.insert("sheet_shown".to_owned(), "DENT".to_owned());
    for n in 1..=3 {
        other.insert(format!("inclusion_dent_i{n}"), "yes".to_owned());
    }
    let id = raised(&counter, &other).await;
    let mine = counter.get(&format!("/mes-demandes/{id}")).await;
    assert!(mine.text.contains("dentaire"), "{}", mine.text);
    let again = counter.get("/demander").await;
    assert!(again.text.contains("value=\"other\" checked"));
    assert!(again.text.contains("value=\"dentist\" selected"));
}

#[tokio::test]
async fn what_is_missing_or_ambiguous_is_said_on_its_field_and_kept() {
    let served = Served::open("counter-wrong").await;
    let counter = pharmacist(&served).await;
    let mut form = dressing(1);
    form.insert("motive".to_owned(), "gastro".to_owned());
    form.insert("profession".to_owned(), "other".to_owned());
    form.remove("red_flags");
    form.remove("consent");
    let page = counter.post("/demander", &pairs(&form)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for anchor in ["#other-profession", "#motive", "#red-flags", "#consent"] {
        assert!(
            page.text.contains(&format!("<a href=\"{anchor}\"")),
            "{anchor}"
        );
    }
    assert!(
        page.text.contains("Vomissements\u{a0}; Diarrhée"),
        "both are named"
    );
    assert!(
        page.text.contains("value=\"gastro\""),
        "the words typed are kept"
    );
    assert!(page.text.contains("value=\"Testardeau\""));
}

#[tokio::test]
async fn the_expected_answer_is_shown_from_five_on_with_its_base() {
    let served = Served::open("counter-pace").await;
    let counter = pharmacist(&served).await;
    for n in 1..=4 {
        let id = raised(&counter, &dressing(n)).await;
        taken(&served, id).await;
    }
    let page = counter.get("/demander").await;
    assert!(!page.text.contains("médiane"), "four say nothing");
    let id = raised(&counter, &dressing(5)).await;
    taken(&served, id).await;
    let page = counter.get("/demander").await;
    assert!(
        page.text.contains(
            "Infirmiers, réponse médiane à cette heure\u{a0}: 1\u{a0}min, sur 5 demandes prises"
        ),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn a_care_that_repeats_is_read_by_whoever_is_asked() {
    let served = Served::open("counter-series").await;
    let counter = pharmacist(&served).await;
    let mut form = dressing(1);
    for (name, value) in [
        ("series_times", "2"),
        ("series_per", "day"),
        ("series_days", "quinze"),
        ("series_at", "morning"),
    ] {
        form.insert(name.to_owned(), value.to_owned());
    }
    let page = counter.post("/demander", &pairs(&form)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("<a href=\"#series-days\""));
    assert!(
        page.text.contains("value=\"quinze\""),
        "nothing typed is lost"
    );

    form.insert("series_days".to_owned(), "10".to_owned());
    let id = raised(&counter, &form).await;
    served.app.settle().await.expect("what is due is done");
    let read = served.app.request(&served.desk(), id).await.expect("seen");
    let offer = read.stored.request.live_offers().next().expect("asked");
    let nurse = served.professional(offer.professional).await;
    let card = nurse.get(&format!("/offres/{}", offer.id)).await;
    let said = "2\u{a0}fois par jour pendant 10\u{a0}jours, le matin.";
    assert!(card.text.contains(said), "{}", card.text);
    let desk = served.staff(Role::Operator).await;
    let shown = desk.get(&format!("/demandes/{id}")).await;
    assert!(
        shown.text.contains("2\u{a0}fois par jour"),
        "{}",
        shown.text
    );
}
