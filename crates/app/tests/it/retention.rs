//! What is past its time goes (R6): in its own class and time, never of an open request, once, counted
//! and not named; an erased identity opens to nobody, and figures stay.

use crate::village::{NORTH, Village};
use relais_app::AppError;
use relais_app::contact_log::Choice;
use relais_app::photos::develop::Picture;
use relais_app::requests::desk::Act;
use relais_app::synthesis::NoteDraft;
use relais_app::threads::NewMessage;
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::Closure;
use relais_core::retention::{Class, Retention};
use relais_core::time::Duration;

/// A request with everything that has a duration, closed.
async fn lived(v: &Village) -> RequestId {
    let id = v.raise(v.open_call()).await;
    v.accepts(id, "Leroy").await.unwrap();
    let leroy = v.as_pro("Leroy");
    let picture = || Picture {
        width: 2,
        height: 2,
        jpeg: b"\xff\xd8\xff\xd9".to_vec(),
    };
    v.app
        .add_photos(&v.desk(), id, vec![picture(), picture()], false)
        .await
        .unwrap();
    let said = NewMessage {
        key: String::new(),
        text: "Mme Tervaux est vue.".to_owned(),
        pictures: vec![picture()],
    };
    v.app.write_in_thread(&leroy, id, said).await.unwrap();
    let note = NoteDraft {
        diagnosis: "Otite".to_owned(),
        ..NoteDraft::default()
    };
    v.app.sign_note(&leroy, id, note).await.unwrap();
    v.app
        .act(&leroy, id, Act::Close(Closure::Seen), None)
        .await
        .unwrap();
    v.app.settle().await.unwrap();
    id
}

impl Village {
    /// Days pass, and nothing else happens.
    fn ages(&self, days: i64) {
        let clock = self.app.clock();
        clock.move_to(clock.now() + Duration::hours(24 * days));
    }

    /// What was purged so far, by class.
    async fn purged(&self) -> Vec<(Class, u64)> {
        let coordinator = self.staff_of(NORTH, Role::Coordinator);
        let held = self.app.retention(&coordinator).await.unwrap();
        let mut all: Vec<_> = held.proof.iter().map(|p| (p.class, p.counted)).collect();
        all.sort_unstable();
        all
    }
}

#[test]
fn each_class_goes_in_its_time_and_is_counted_not_named() {
    Village::each(|v| async move {
        let id = lived(&v).await;
        let open = v.call_for("Belin", Profession::Gp, None, "+33639981002");
        let open = v.raise(open).await;
        v.accepts(open, "Leroy").await.unwrap();
        let leroy = v.as_pro("Leroy");
        v.app.purge().await.unwrap();
        assert_eq!(v.purged().await, [], "nothing before its time");
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let figures = || async {
            let choice = Choice {
                day: Some("2026-03-10".parse().unwrap()),
                ..Choice::default()
            };
            v.app
                .contact_log(&coordinator, choice, None, 10)
                .await
                .unwrap()
                .figures
        };

        v.ages(91);
        let due = v.app.purge_due(v.world.networks[NORTH].code).await.unwrap();
        let photos = due.iter().find(|one| one.class == Class::Photos).unwrap();
        assert_eq!((photos.due, photos.days), (2, 90));
        let before = figures().await;
        v.app.purge().await.unwrap();
        v.app.purge().await.unwrap();
        assert_eq!(v.purged().await, [(Class::Photos, 2)], "once");
        assert_eq!(figures().await, before);
        assert!(v.app.photos(&leroy, id).await.unwrap().is_empty());
        assert_eq!(v.app.thread(&leroy, id).await.unwrap().lines.len(), 1);
        assert!(v.app.note_pdf(&leroy, id).await.is_ok());

        v.ages(300);
        v.app.purge().await.unwrap();
        let purged = v.purged().await;
        assert!(
            purged.contains(&(Class::Notes, 1)) && purged.contains(&(Class::Threads, 1)),
            "{purged:?}"
        );
        assert!(purged.contains(&(Class::Visits, 1)), "{purged:?}");
        assert!(
            purged.iter().all(|(class, _)| *class != Class::Identities),
            "{purged:?}"
        );
        assert!(v.app.thread(&leroy, id).await.unwrap().lines.is_empty());
        assert_eq!(v.app.note_pdf(&leroy, id).await, Err(AppError::NotFound));
        assert!(
            v.app.note_of(&leroy, id).await.unwrap().is_some(),
            "that it was stays"
        );
        assert!(v.app.open_identity(&leroy, id).await.is_ok());
        let (_, told) = v.app.messages(&v.desk(), id).await.unwrap();
        assert!(
            !told.is_empty()
                && told
                    .iter()
                    .all(|m| m.body == "{\"text\":\"\"}" && m.address.is_none())
        );
        let (_, told) = v.app.messages(&v.desk(), open).await.unwrap();
        assert!(
            !told.is_empty() && told.iter().all(|m| m.body != "{\"text\":\"\"}"),
            "its request is not over: what was said stays"
        );

        v.ages(400);
        v.app.purge().await.unwrap();
        assert!(v.purged().await.contains(&(Class::Identities, 1)));
        assert!(
            v.app.open_identity(&leroy, id).await.is_err(),
            "its key is gone"
        );
        assert!(
            v.app.open_identity(&v.desk(), open).await.is_ok(),
            "its request is not over"
        );
        let csv = String::from_utf8(v.app.retention_csv(&coordinator).await.unwrap()).unwrap();
        assert!(
            csv.contains("Identités des patients;1;") && !csv.contains("req_"),
            "{csv}"
        );
        let looks = v.app.who_saw(&coordinator, id).await.unwrap();
        assert!(!looks.rows.is_empty(), "who saw stays");
        let known = v.app.request(&v.desk(), id).await.unwrap();
        assert_eq!(
            known.stored.request.closure(),
            Some(Closure::Seen),
            "the request stays"
        );
    });
}

#[test]
fn durations_are_the_coordinators_and_hold_together() {
    Village::each(|v| async move {
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let held = v.app.retention(&coordinator).await.unwrap();
        let asked = Retention {
            photos: 30,
            ..held.retention
        };
        let wrong = Retention {
            notes: 3_000,
            ..asked
        };
        match v.app.set_retention(&coordinator, held.version, wrong).await {
            Err(AppError::Invalid(errors)) => assert_eq!(errors[0].pointer, "/notes"),
            other => panic!("{other:?}"),
        }
        v.app
            .set_retention(&coordinator, held.version, asked)
            .await
            .unwrap();
        let now = v.app.retention(&coordinator).await.unwrap();
        assert_eq!((now.retention, now.version), (asked, held.version + 1));
        match v
            .app
            .set_retention(&coordinator, held.version, held.retention)
            .await
        {
            Err(AppError::Problem { slug, .. }) => assert_eq!(slug, "settings-moved"),
            other => panic!("{other:?}"),
        }
        assert_eq!(v.app.retention(&v.desk()).await, Err(AppError::Denied));
        assert_eq!(v.app.purge_due("XXX").await, Err(AppError::NotFound));
    });
}
