//! The digest of what somebody was asked (R7): only for who asked, at its hour, once, counts alone; none to whoever is
//! away, suspended or gone.

use crate::village::{PATIENT, Village};
use relais_app::AppError;
use relais_app::activity::{ActivityDraft, QuietDraft};
use relais_app::digests::DigestDraft;
use relais_app::members::Change;
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::RefusalReason;
use relais_core::time::{Duration, Instant};

fn every(code: &str, hour: u8) -> DigestDraft {
    DigestDraft {
        every: Some(code.to_owned()),
        hour: Some(hour),
    }
}

async fn raised(v: &Village, name: &str) -> RequestId {
    v.raise(v.call_for(name, Profession::Gp, None, PATIENT))
        .await
}

/// What reached anybody as a digest, without its no-break spaces.
fn told(v: &Village) -> Vec<String> {
    let all = v.phones.list().into_iter().map(|row| row.text);
    let mut all: Vec<_> = all.map(|text| text.replace('\u{a0}', " ")).collect();
    all.retain(|text| text.contains("proposée"));
    all
}

/// The village opens on a Tuesday at ten: so many hours after it.
async fn until(v: &Village, hours: i64) {
    let target: Instant = v.at(hours * 60);
    v.app.advance(target.since(v.app.now())).await.unwrap();
}

#[test]
fn it_comes_at_its_hour_to_who_asked_and_counts_what_happened() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        let wish = v.app.digest(&leroy).await.unwrap().wish;
        assert_eq!(wish, None, "off until asked for");
        v.app.set_digest(&leroy, every("day", 19)).await.unwrap();
        let (_, due) = v.app.digest(&leroy).await.unwrap().wish.unwrap();
        assert_eq!(due, v.at(9 * 60));
        let (first, second) = (raised(&v, "Belin").await, raised(&v, "Cazal").await);
        v.accepts(first, "Leroy").await.unwrap();
        let offer = v.offer(second, "Leroy").await;
        v.app
            .refuse(&leroy, offer, RefusalReason::Full)
            .await
            .unwrap();
        v.app.advance(Duration::minutes(8 * 60 + 59)).await.unwrap();
        assert_eq!(told(&v), [""; 0], "not before seven");
        until(&v, 10).await;
        let said = told(&v);
        assert_eq!(
            said.len(),
            1,
            "once, and to nobody who did not ask: {said:?}"
        );
        let words = "depuis 10 h, 2 demandes vous ont été proposées : 2 réponses, dont 1 prise en charge. 1 patient est en cours.";
        assert!(said[0].contains(words), "{said:?}");
        for name in ["Belin", "Cazal", "Massy"] {
            assert!(!said[0].contains(name), "no identity, no place: {said:?}");
        }
        // Nothing is said twice: the next one counts from there, and there is nothing to say.
        until(&v, 9 + 48).await;
        assert_eq!(told(&v).len(), 1);
        v.app
            .set_digest(&leroy, DigestDraft::default())
            .await
            .unwrap();
        raised(&v, "Dumas").await;
        until(&v, 9 + 96).await;
        assert_eq!(told(&v).len(), 1, "none any more");
    });
}

#[test]
fn a_choice_that_is_none_is_refused_and_it_is_nobody_elses() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        for wrong in [every("hour", 8), every("day", 24)] {
            let answer = v.app.set_digest(&leroy, wrong).await;
            assert!(matches!(answer, Err(AppError::Invalid(_))), "{answer:?}");
        }
        let answer = v.app.set_digest(&v.desk(), every("day", 8)).await;
        assert!(matches!(answer, Err(AppError::Denied)), "{answer:?}");
        assert_eq!(v.app.digest(&leroy).await.unwrap().wish, None);
    });
}

#[test]
fn quiet_hours_hold_it_and_nothing_to_say_sends_nothing() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        v.app.set_digest(&leroy, every("day", 19)).await.unwrap();
        until(&v, 24).await;
        assert_eq!(told(&v), [""; 0], "nothing was asked");
        raised(&v, "Belin").await;
        // Said after the moment was set.
        let quiet = ActivityDraft {
            quiet: Some(Some(QuietDraft {
                from_minute: 18 * 60,
                until_minute: 7 * 60,
            })),
            ..ActivityDraft::default()
        };
        v.app.set_activity(&leroy, quiet).await.unwrap();
        until(&v, 24 + 20).await;
        assert_eq!(told(&v), [""; 0], "in their quiet hours");
        until(&v, 24 + 22).await;
        let said = told(&v);
        assert_eq!(said.len(), 1, "when they end");
        assert!(
            said[0].contains("depuis le mar. 10 mars à 19 h"),
            "since the one before last: {said:?}"
        );
    });
}

#[test]
fn whoever_is_away_or_suspended_gets_none_and_loses_no_count() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        let coordinator = v.staff_of(0, Role::Coordinator);
        v.app.set_digest(&leroy, every("day", 19)).await.unwrap();
        raised(&v, "Belin").await;
        let away = ActivityDraft {
            unavailable_until: Some(Some("2026-03-11T20:00:00+01:00".to_owned())),
            ..ActivityDraft::default()
        };
        v.app.set_activity(&leroy, away).await.unwrap();
        until(&v, 9 + 24).await;
        assert_eq!(told(&v), [""; 0], "away for two evenings");
        let id = v.pro("Leroy").id;
        v.app
            .change_member(&coordinator, id, Change::Suspend, "essai".to_owned())
            .await
            .unwrap();
        until(&v, 9 + 48).await;
        assert_eq!(told(&v), [""; 0], "suspended on the third");
        v.app
            .change_member(&coordinator, id, Change::Reinstate, "essai".to_owned())
            .await
            .unwrap();
        until(&v, 9 + 72).await;
        let said = told(&v);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains("depuis le mar. 10 mars à 10 h, 1 demande"),
            "{said:?}"
        );
        v.app
            .change_member(&coordinator, id, Change::Leave, "essai".to_owned())
            .await
            .unwrap();
        until(&v, 9 + 24 * 14).await;
        assert_eq!(told(&v).len(), 1, "gone");
    });
}

#[test]
fn a_service_that_was_down_for_days_sends_one_and_a_week_has_one() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        v.app.set_digest(&leroy, every("day", 19)).await.unwrap();
        raised(&v, "Belin").await;
        v.app.clock().move_to(v.at(60 * (24 + 8)));
        v.app.settle().await.unwrap();
        assert_eq!(told(&v).len(), 1, "a day late, an hour before the next");
        let (_, due) = v.app.digest(&leroy).await.unwrap().wish.unwrap();
        assert_eq!(due, v.at(60 * (48 + 9)), "not an hour later");
        until(&v, 48).await;
        v.app.set_digest(&leroy, every("week", 8)).await.unwrap();
        raised(&v, "Cazal").await;
        until(&v, 24 * 5).await;
        assert_eq!(told(&v).len(), 1, "not yet Monday");
        until(&v, 24 * 21).await;
        let said = told(&v);
        assert_eq!(
            said.len(),
            2,
            "on Monday, and not on those when nothing was asked"
        );
        assert!(said[1].contains("1 demande"), "{said:?}");
    });
}
