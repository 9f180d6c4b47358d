//! Photos: from the counter's form to the eyes of those who may see them, and of nobody else.

use http::{StatusCode, header};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use relais_core::access::Role;
use relais_core::ids::{ProfessionalId, RequestId};
use relais_core::request::Offer;

use crate::counter::{dressing, pharmacist, taken};
use crate::site::{Page, Served, call, id_in, pairs};

fn jpeg() -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new(&mut out)
        .encode_image(&RgbImage::from_pixel(64, 48, Rgb([180, 120, 90])))
        .expect("our own picture");
    out
}

/// A photo with a place in its metadata.
fn from_a_telephone() -> Vec<u8> {
    let plain = jpeg();
    let body = b"Exif\0\0 48.7309N 2.2713E";
    let mut out = plain[..2].to_vec();
    out.extend([0xff, 0xe1]);
    out.extend(u16::try_from(body.len() + 2).expect("short").to_be_bytes());
    out.extend(body);
    out.extend(&plain[2..]);
    out
}

async fn asked(served: &Served, id: RequestId) -> Vec<Offer> {
    served.app.settle().await.expect("what is due is done");
    let desk = served.desk();
    let read = served.app.request(&desk, id).await.expect("seen");
    read.stored.request.live_offers().cloned().collect()
}

async fn somebody_else(served: &Served, offers: &[Offer]) -> ProfessionalId {
    let asked: Vec<_> = offers.iter().map(|offer| offer.professional).collect();
    let network = served.world.networks[0].id;
    let user = served.world.users.iter().find(|user| {
        user.network == network && user.professional.is_some_and(|id| !asked.contains(&id))
    });
    user.and_then(|user| user.professional).expect("a stranger")
}

fn is_ours(page: &Page) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(page.headers[header::CONTENT_TYPE], "image/jpeg");
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert!(page.bytes.starts_with(&[0xff, 0xd8, 0xff]));
    assert!(!page.text.contains("48.7309N"), "the place is gone");
}

#[tokio::test]
async fn a_photo_without_face_is_seen_by_those_asked_and_each_look_is_written_down() {
    let served = Served::open("photo").await;
    let counter = pharmacist(&served).await;
    let mut form = dressing(1);
    form.insert("faceless".to_owned(), "oui".to_owned());
    let sent = from_a_telephone();
    let files: [(&str, &[u8]); 2] = [("photos", &sent), ("photos", b"")];
    let page = counter.post_files("/demander", &pairs(&form), &files).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let id: RequestId = id_in(&page.location, "req_").parse().expect("an id");
    let mine = counter.get(&format!("/mes-demandes/{id}")).await;
    assert!(mine.text.contains(&format!("/mes-demandes/{id}/photos/1")));
    assert!(!mine.text.contains(&format!("/mes-demandes/{id}/photos/2")));
    is_ours(&counter.get(&format!("/mes-demandes/{id}/photos/1")).await);

    let offers = asked(&served, id).await;
    let offer = &offers[0];
    let nurse = served.professional(offer.professional).await;
    let card = nurse.get(&format!("/offres/{}", offer.id)).await;
    assert!(
        card.text
            .contains(&format!("/offres/{}/photos/1", offer.id))
    );
    is_ours(&nurse.get(&format!("/offres/{}/photos/1", offer.id)).await);
    let missing = nurse.get(&format!("/offres/{}/photos/2", offer.id)).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);

    let stranger = served
        .professional(somebody_else(&served, &offers).await)
        .await;
    for path in [
        format!("/offres/{}/photos/1", offer.id),
        format!("/prises/{id}/photos/1"),
        format!("/mes-demandes/{id}/photos/1"),
    ] {
        let refused = stranger.get(&path).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
    }
    let coordinator = served.staff(Role::Coordinator).await;
    let refused = coordinator.get(&format!("/demandes/{id}/photos/1")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let operator = served.staff(Role::Operator).await;
    is_ours(&operator.get(&format!("/demandes/{id}/photos/1")).await);

    let (_, links) = served.app.timeline(&served.desk(), id).await.expect("seen");
    let looks: Vec<_> = links
        .iter()
        .filter(|link| link.entry.act == "photo.opened")
        .map(|link| link.entry.why.clone().unwrap_or_default())
        .collect();
    assert_eq!(looks, ["desk", "offer-photo", "requester"], "newest first");
}

#[tokio::test]
async fn a_photo_with_a_face_waits_for_the_yes() {
    let served = Served::open("photo-face").await;
    let counter = pharmacist(&served).await;
    let sent = jpeg();
    let page = counter
        .post_files("/demander", &pairs(&dressing(1)), &[("photos", &sent)])
        .await;
    let id: RequestId = id_in(&page.location, "req_").parse().expect("an id");
    let offers = asked(&served, id).await;
    let nurse = served.professional(offers[0].professional).await;
    let card = nurse.get(&format!("/offres/{}", offers[0].id)).await;
    assert!(card.text.contains("1 photo s’affiche si vous acceptez."));
    let early = nurse
        .get(&format!("/offres/{}/photos/1", offers[0].id))
        .await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    let early = nurse.get(&format!("/prises/{id}/photos/1")).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);

    taken(&served, id).await;
    let card = nurse.get(&format!("/prises/{id}")).await;
    assert!(card.text.contains(&format!("/prises/{id}/photos/1")));
    is_ours(&nurse.get(&format!("/prises/{id}/photos/1")).await);
    let second = served.professional(offers[1].professional).await;
    let late = second
        .get(&format!("/offres/{}/photos/1", offers[1].id))
        .await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "taken by a colleague");
}

#[tokio::test]
async fn a_photo_that_cannot_be_taken_is_said_and_nothing_typed_is_lost() {
    let served = Served::open("photo-wrong").await;
    let counter = pharmacist(&served).await;
    let heic: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let page = counter
        .post_files("/demander", &pairs(&dressing(1)), &[("photos", heic)])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("<a href=\"#photos\""));
    assert!(page.text.contains("Le plus compatible"));
    assert!(page.text.contains("value=\"Testardeau\""), "kept");
    let good = jpeg();
    let six: Vec<(&str, &[u8])> = (0..6).map(|_| ("photos", good.as_slice())).collect();
    let page = counter
        .post_files("/demander", &pairs(&dressing(2)), &six)
        .await;
    assert!(page.text.contains("5 photos au plus"));
    let heavy = vec![0xff; 12 * 1024 * 1024 + 1];
    let page = counter
        .post_files("/demander", &pairs(&dressing(3)), &[("photos", &heavy)])
        .await;
    assert!(page.text.contains("dépasse 12\u{a0}Mo"), "{}", page.text);
    let mut form = dressing(4);
    form.remove("consent");
    let page = counter
        .post_files("/demander", &pairs(&form), &[("photos", &good)])
        .await;
    assert!(page.text.contains("Choisissez de nouveau vos photos"));
    let list = counter.get("/mes-demandes").await;
    assert!(
        list.text.contains("Vous n’avez rien demandé"),
        "nothing was raised"
    );

    let page = counter
        .post_files("/demander", &pairs(&dressing(5)), &six[..4])
        .await;
    let id = id_in(&page.location, "req_");
    let more = counter
        .post_files(&format!("/mes-demandes/{id}/photos"), &[], &six[..2])
        .await;
    assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        more.text.contains("5 photos au plus par demande"),
        "{}",
        more.text
    );
    let operator = served.staff(Role::Operator).await;
    let more = operator
        .post_files(&format!("/demandes/{id}/photos"), &[], &six[..1])
        .await;
    assert_eq!(more.location, format!("/demandes/{id}?dit=photos"));
    let none = operator
        .post_files(&format!("/demandes/{id}/photos"), &[], &[])
        .await;
    assert!(none.text.contains("Choisissez au moins une photo"));
}

#[tokio::test]
async fn photos_go_with_a_call_of_the_desk_once_and_a_refused_one_loses_nothing_typed() {
    let served = Served::open("photo-desk").await;
    let operator = served.staff(Role::Operator).await;
    let mut form = call();
    form.insert("faceless".to_owned(), "oui".to_owned());
    let sent = from_a_telephone();

    let files: [(&str, &[u8]); 2] = [("photos", &sent), ("photos", b"%PDF-1.7 not a picture")];
    let page = operator.post_files("/direct", &pairs(&form), &files).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in [
        "<a href=\"#photos\"",
        "value=\"Testardeau\"",
        "value=\"06 39 98 12 34\"",
    ] {
        assert!(page.text.contains(said), "{said} in {}", page.text);
    }
    let board = operator.get("/direct/tableau").await;
    assert!(!board.text.contains("/demandes/req_"), "nothing launched");

    // Something else is wrong: the photos, which were right, are to be chosen again.
    let mut short = form.clone();
    short.insert("phone".to_owned(), "06 39".to_owned());
    let page = operator
        .post_files("/direct", &pairs(&short), &[("photos", &sent)])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("<a href=\"#phone\""));
    assert!(page.text.contains("Choisissez de nouveau vos photos"));

    for _ in 0..2 {
        let page = operator
            .post_files("/direct", &pairs(&form), &[("photos", &sent)])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        let id = id_in(&page.location, "req_");
        let request = operator.get(&format!("/demandes/{id}")).await;
        assert!(request.text.contains(&format!("/demandes/{id}/photos/1")));
        assert!(!request.text.contains(&format!("/demandes/{id}/photos/2")));
        is_ours(&operator.get(&format!("/demandes/{id}/photos/1")).await);
    }
}
