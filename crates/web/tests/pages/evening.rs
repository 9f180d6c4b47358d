//! "So many more patients", said in the evening: for that evening, or into the night, and no longer.

use http::StatusCode;
use relais_core::time::Duration;

use crate::site::{Served, Visitor};

/// What the counter says once it was touched at seven in the evening, with the hour shown or another.
async fn said_in_the_evening(doctor: &Visitor<'_>, act: &str, until: &str) {
    let fields = [("faire", act), ("reste", "2"), ("quota_until", until)];
    let done = doctor.post("/activite", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{until}: {}", done.text);
}

#[tokio::test]
async fn patients_counted_in_the_evening_are_not_the_next_days() {
    let served = Served::open("evening").await;
    let evening = served.app.advance(Duration::hours(9)).await;
    evening.expect("it is seven in the evening");
    let doctor = served.professional(served.doctor()).await;
    let shown = |page: &str| page.replace('\u{a0}', " ");

    said_in_the_evening(&doctor, "plus", "18:00").await;
    let page = shown(&doctor.get("/activite").await.text);
    assert!(page.contains("Disponible"), "{page}");
    assert!(page.contains("value=\"00:00\""), "{page}");

    said_in_the_evening(&doctor, "poser", "0:00").await;
    said_in_the_evening(&doctor, "poser", "1:00").await;
    let page = shown(&doctor.get("/activite").await.text);
    assert!(page.contains("value=\"01:00\""), "{page}");
    let past = [("faire", "poser"), ("reste", "2"), ("quota_until", "17:00")];
    let past = doctor.post("/activite", &past).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(past.text.contains("Cette heure est passée"));

    let morning = served.app.advance(Duration::hours(14)).await;
    morning.expect("it is nine in the morning");
    let doctor = served.professional(served.doctor()).await;
    let page = shown(&doctor.get("/activite").await.text);
    assert!(page.contains("Disponible"), "{page}");
}
