//! What a professional may know of their own place: what was not put to them and why, and their own figures (R5, R11).

use crate::village::{PATIENT, Village};
use relais_app::AppError;
use relais_app::activity::{ActivityDraft, Quick};
use relais_app::fairness::{Sort, Span, Week, Why};
use relais_core::access::Role;
use relais_core::cascade::Waves;
use relais_core::ids::RequestId;
use relais_core::matching::Test;
use relais_core::people::Profession;
use relais_core::time::Duration;
use std::collections::BTreeMap;

async fn another(v: &Village, n: usize, usual: Option<&str>) -> RequestId {
    v.raise(v.call_for(&format!("Belin{n}"), Profession::Gp, usual, PATIENT))
        .await
}

async fn week(v: &Village, name: &str) -> Week {
    v.app.left_out(&v.as_pro(name), 0, 50).await.unwrap()
}

async fn own_only(v: &Village, name: &str, on: bool) {
    let draft = ActivityDraft {
        own_patients_only: Some(on),
        ..ActivityDraft::default()
    };
    v.app.set_activity(&v.as_pro(name), draft).await.unwrap();
}

/// What a week shows: the first test that failed of each request, newest first.
fn shown(week: &Week) -> Vec<Option<Test>> {
    let first = |why: &Why| match why {
        Why::Failed(findings) => findings.first().map(|finding| finding.test),
        Why::NotYet => None,
    };
    week.page.iter().map(|one| first(&one.why)).collect()
}

#[test]
fn whoever_was_not_asked_reads_why_and_nothing_of_the_patient() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        another(&v, 1, None).await;
        v.app.quick_activity(&leroy, Quick::Away24h).await.unwrap();
        another(&v, 2, None).await;
        v.pass(1).await;
        another(&v, 3, None).await;
        let read = week(&v, "Leroy").await;
        assert_eq!((read.considered, read.left_out), (3, 2));
        assert_eq!(read.by_test, BTreeMap::from([(Test::Availability, 2)]));
        assert_eq!(shown(&read), [Some(Test::Availability); 2]);
        assert!(
            read.page[0].raised_at > read.page[1].raised_at,
            "newest first"
        );
        assert!(read.page.iter().all(|one| one.need.comment.is_empty()));
        let first = v.app.left_out(&leroy, 0, 1).await.unwrap();
        assert_eq!((first.page.len(), first.next), (1, Some(1)));
        let last = v.app.left_out(&leroy, 1, 1).await.unwrap();
        assert_eq!((last.page.len(), last.next), (1, None));
        assert_eq!(last.page[0].raised_at, read.page[1].raised_at);
        let faure = week(&v, "Faure").await;
        assert_eq!(
            (faure.considered, faure.left_out),
            (3, 0),
            "asked each time"
        );
        let denied = v.app.left_out(&v.desk(), 0, 10).await;
        assert!(matches!(denied, Err(AppError::Denied)));
        v.app.advance(Duration::hours(24 * 8)).await.unwrap();
        assert_eq!(week(&v, "Leroy").await.considered, 0, "a week is a week");
    });
}

/// Another profession's requests, and those put to a usual professional alone, are nobody else's matter.
#[test]
fn what_was_put_to_nobody_like_them_is_not_counted() {
    Village::each(|v| async move {
        another(&v, 1, Some("Martin")).await;
        v.raise(v.call_for("Belin2", Profession::Nurse, None, PATIENT))
            .await;
        assert_eq!(week(&v, "Leroy").await.considered, 0);
    });
}

/// A patient who declared them and was not put to them is neither shown nor counted: whoever takes only their own
/// patients would know them by being left out for another reason.
#[test]
fn whose_patient_somebody_is_shows_in_no_reason_and_in_no_count() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        own_only(&v, "Leroy", true).await;
        v.app.quick_activity(&leroy, Quick::Away24h).await.unwrap();
        another(&v, 1, None).await;
        let before = week(&v, "Leroy").await;
        assert_eq!((before.considered, before.left_out), (1, 1));
        another(&v, 2, Some("Leroy")).await;
        let read = week(&v, "Leroy").await;
        assert_eq!((read.considered, read.left_out), (1, 1), "nothing moved");
        assert_eq!(read.by_test, before.by_test);
        own_only(&v, "Leroy", false).await;
        assert_eq!(
            week(&v, "Leroy").await.left_out,
            1,
            "nor once the term is gone"
        );
        assert_eq!(week(&v, "Garnier").await.considered, 2, "others see both");
    });
}

/// The coordinator sees how solicitations are spread; nobody else does.
#[test]
fn solicitations_are_spread_over_members_for_the_coordinator_alone() {
    Village::each(|v| async move {
        let coordinator = v.staff_of(0, Role::Coordinator);
        let first = another(&v, 1, None).await;
        v.app
            .quick_activity(&v.as_pro("Leroy"), Quick::Away24h)
            .await
            .unwrap();
        let second = another(&v, 2, None).await;
        v.passes(first, "Leroy").await;
        v.accepts(first, "Faure").await.unwrap();
        v.passes(second, "Faure").await;
        let read = |sort| v.app.solicitations(&coordinator, Span::default(), sort);
        let spread = read(Sort::Asked).await.unwrap();
        let of = |name: &str| {
            let found = spread.rows.iter().find(|one| one.row.last_name == name);
            let tally = found.expect("listed").tally;
            (tally.asked, tally.answered, tally.taken)
        };
        assert_eq!(of("Leroy"), (1, 1, 0));
        assert_eq!(of("Faure"), (2, 2, 1));
        assert_eq!(
            spread.asked,
            spread.rows.iter().map(|one| one.tally.asked).sum::<u32>()
        );
        assert!(
            spread.rows.len() > spread.reached,
            "members nobody asked are listed"
        );
        let least = read(Sort::LeastAsked).await.unwrap();
        assert_eq!(least.rows.first().map(|one| one.tally.asked), Some(0));
        let taken = read(Sort::Taken).await.unwrap();
        assert_eq!(
            taken.rows.first().map(|one| one.row.last_name.as_str()),
            Some("Faure")
        );
        let file = v
            .app
            .solicitations_csv(&coordinator, Span::default(), Sort::Name)
            .await
            .unwrap();
        let file = String::from_utf8(file).unwrap();
        assert_eq!(file.lines().count(), spread.rows.len() + 1);
        assert!(file.contains("Faure Camille;"), "{file}");
        for who in [v.desk(), v.as_pro("Leroy"), v.staff_of(0, Role::Auditor)] {
            let denied = v.app.solicitations(&who, Span::default(), Sort::Name).await;
            assert!(matches!(denied, Err(AppError::Denied)));
        }
        for (from, until) in [
            ("hier", ""),
            ("2026-12-01", "2026-01-01"),
            ("2020-01-01", ""),
        ] {
            let span = Span {
                from: from.to_owned(),
                until: until.to_owned(),
            };
            let refused = v.app.solicitations(&coordinator, span, Sort::Name).await;
            assert!(
                matches!(refused, Err(AppError::Invalid(_))),
                "{from} {until}"
            );
        }
    });
}

/// In waves, whoever was asked least among those of the same kilometre goes first (R4.3).
#[test]
fn the_next_wave_goes_to_whoever_was_asked_least() {
    let waves = |world: &mut relais_app::demo::DemoWorld| {
        world.networks[0].policy.waves = Some(Waves {
            size: 1,
            interval_minutes: 20,
            by_answers: None,
        });
    };
    Village::shaped(waves, |v| async move {
        let mut first = Vec::new();
        for n in 1..=4 {
            let id = another(&v, n, None).await;
            first.extend(v.asked(id).await);
            v.pass(1).await;
        }
        let leroy = first.iter().filter(|name| *name == "Leroy").count();
        let martin = first.iter().filter(|name| *name == "Martin").count();
        assert_eq!(
            (leroy, martin),
            (2, 2),
            "those of Massy, in turn: {first:?}"
        );
    });
}

#[test]
fn a_quarter_counts_what_was_asked_taken_and_entrusted() {
    Village::each(|v| async move {
        let first = another(&v, 1, None).await;
        let second = another(&v, 2, Some("Leroy")).await;
        v.pass(3).await;
        v.accepts(first, "Leroy").await.unwrap();
        v.passes(second, "Leroy").await;
        v.accepts(second, "Faure").await.unwrap();
        let quarter = v.app.own_quarter(&v.as_pro("Leroy")).await.unwrap();
        let (tally, balance) = (quarter.tally, quarter.balance);
        assert_eq!((tally.asked, tally.answered, tally.taken), (2, 2, 1));
        assert_eq!((tally.under_way, tally.seen), (1, 0));
        assert_eq!((balance.received, balance.received_from_colleague), (1, 0));
        assert_eq!((balance.usual_asked, balance.usual_elsewhere), (1, 1));
        let median = quarter.median.unwrap();
        assert_eq!((median.took, median.answers), (Duration::minutes(3), 2));
        let faure = v.app.own_quarter(&v.as_pro("Faure")).await.unwrap();
        assert_eq!((faure.tally.taken, faure.balance.usual_asked), (1, 0));
        let denied = v.app.own_quarter(&v.desk()).await;
        assert!(matches!(denied, Err(AppError::Denied)));
    });
}
