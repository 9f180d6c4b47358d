//! When an appointment is: the day of a page left open over midnight, a span over midnight, and what is said of an hour
//! that cannot be.

use http::StatusCode;
use relais_core::access::Role;
use relais_core::time::Duration;

use crate::site::{Served, Visitor, call, id_in, pairs};

/// The request of the story, taken by the guided visit's doctor; it is ten in the morning, Tuesday 10 March 2026.
async fn taken(served: &Served) -> String {
    let operator = served.staff(Role::Operator).await;
    let page = operator.post("/direct", &pairs(&call())).await;
    let id = id_in(&page.location, "req_");
    let doctor = served.professional(served.doctor()).await;
    let offer = id_in(&doctor.get("/offres").await.text, "off_");
    let yes = [("reponse", "oui")];
    let yes = doctor.post(&format!("/offres/{offer}"), &yes).await;
    assert_eq!(yes.location, format!("/prises/{id}"));
    id
}

async fn pass(served: &Served, minutes: i64) {
    let passed = served.app.advance(Duration::minutes(minutes)).await;
    passed.expect("time passes");
}

/// The values of a list, in order.
fn options(text: &str, name: &str) -> Vec<String> {
    let list = text.split(&format!("name=\"{name}\"")).nth(1);
    let list = list.and_then(|rest| rest.split("</select>").next());
    let values = list.expect("the list").split("value=\"").skip(1);
    let value = |rest: &str| rest.split('"').next().unwrap_or_default().to_owned();
    values.map(value).collect()
}

async fn refused(visitor: &Visitor<'_>, path: &str, fields: &[(&str, &str)], why: &str) {
    let page = visitor.post(path, fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
    assert!(page.text.contains(why), "{why}: {}", page.text);
}

#[tokio::test]
async fn a_page_left_open_over_midnight_gives_the_day_it_showed() {
    let served = Served::open("over-midnight").await;
    let id = taken(&served).await;
    pass(&served, 13 * 60 + 50).await;
    let doctor = served.professional(served.doctor()).await;
    let operator = served.staff(Role::Operator).await;
    let card = format!("/prises/{id}");
    let form = format!("{card}/rendez-vous");
    let desk = format!("/demandes/{id}/rendez-vous");
    let days = ["2026-03-10", "2026-03-11", "2026-03-12"];
    let shown = doctor.get(&card).await.text;
    assert_eq!(options(&shown, "day"), days);
    assert_eq!(options(&shown, "between_day"), days);
    let page = operator.get(&format!("/demandes/{id}")).await.text;
    assert_eq!(options(&page, "day"), days);

    let over = [
        ("choix", "between"),
        ("between_day", days[0]),
        ("from", "23:55"),
        ("to", "1:00"),
    ];
    let done = doctor.post(&form, &over).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let mut turned = over;
    (turned[1].1, turned[2].1, turned[3].1) = (days[1], "21:00", "19:00");
    refused(&doctor, &form, &turned, "La fin doit venir après le début").await;
    let past = [("choix", "other"), ("day", days[0]), ("time", "22:00")];
    refused(&doctor, &form, &past, "Cette heure est déjà passée").await;
    refused(&operator, &desk, &past, "Cette heure est déjà passée").await;

    pass(&served, 15).await;
    let gone = [("choix", "other"), ("day", days[0]), ("time", "9:00")];
    refused(&doctor, &form, &gone, "Ce jour est passé").await;
    refused(&operator, &desk, &gone, "Ce jour est passé").await;
    let offset = [("choix", "other"), ("day", "1"), ("time", "9:00")];
    refused(&doctor, &form, &offset, "l’un des jours proposés").await;
    let tomorrow = [("choix", "other"), ("day", days[1]), ("time", "9:00")];
    let done = doctor.post(&form, &tomorrow).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let told = doctor.get(&card).await.text.replace('\u{a0}', " ");
    assert!(told.contains("ujourd’hui à 9 h"), "{told}");
    let done = operator
        .post(&desk, &[("day", days[2]), ("time", "9:00")])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let told = doctor.get(&card).await.text.replace('\u{a0}', " ");
    assert!(told.contains("emain à 9 h"), "{told}");
}

/// A night watch ends after midnight: an hour that has passed is tomorrow's.
#[tokio::test]
async fn a_watch_until_an_hour_that_has_passed_is_until_tomorrow() {
    let served = Served::open("night-watch").await;
    let regulator = served.staff(Role::Regulator).await;
    let unread = regulator.post("/garde", &[("until", "tard")]).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    // It is ten in the morning.
    let done = regulator.post("/garde", &[("until", "9:00")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = regulator.get("/a-qualifier").await;
    assert!(
        page.text.contains("Vous êtes de garde jusqu’à"),
        "{}",
        page.text
    );
}
