//! After the acceptance: the time, the closure, what is due to whom (R4.8, R8); opening hours (R1);
//! a request raised twice under one key.

use crate::village::{PATIENT, Village, why};
use relais_app::AppError;
use relais_app::idempotent::Keyed;
use relais_app::requests::desk::Act;
use relais_core::cascade::Refusal;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Closure, NeedEdit, Phase, Status};
use relais_core::time::Duration;
use relais_store::testing;

/// Nobody closed: the accepter is reminded after a day, then the desk, and the desk again.
#[test]
fn closing_is_asked_for_until_it_is_done() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        let phones = v.watch();
        v.app.advance(Duration::minutes(26 * 60 - 1)).await.unwrap();
        phones.silent();
        v.pass(1).await;
        phones.phone("Dr Leroy").expects("avez-vous vu le patient");
        v.app.advance(Duration::hours(24)).await.unwrap();
        phones.silent();
        let acts = v.acts(id).await;
        let reminded = acts.iter().filter(|act| *act == "closure.reminded").count();
        assert_eq!(reminded, 2, "the accepter, then the desk");
        v.app
            .act(&v.as_pro("Leroy"), id, Act::Close(Closure::NoShow), None)
            .await
            .unwrap();
        assert_eq!(v.read(id).await.closure(), Some(Closure::NoShow));
        v.app.advance(Duration::hours(48)).await.unwrap();
        phones.silent();
    });
}

/// Each outcome fits the states it fits, and ends the request once.
#[test]
fn every_outcome_ends_what_it_fits() {
    Village::each(|v| async move {
        for closure in Closure::ALL {
            let taken = v.raise(v.open_call()).await;
            v.accepts(taken, "Leroy").await.unwrap();
            let done = v.does(taken, Act::Close(*closure)).await;
            assert_eq!(
                done.is_ok(),
                *closure != Closure::NoTaker,
                "{closure:?} when taken"
            );
            let waiting = v.call_for("Belin", Profession::Dentist, None, PATIENT);
            let waiting = v.raise(waiting).await;
            let done = v.does(waiting, Act::Close(*closure)).await;
            let needs_taker = [
                Closure::Seen,
                Closure::NoShow,
                Closure::NotAtHome,
                Closure::ProfessionalCancelled,
            ];
            assert_eq!(
                done.is_ok(),
                !needs_taker.contains(closure),
                "{closure:?} when unfilled"
            );
            if done.is_ok() {
                let again = v.does(waiting, Act::Close(*closure)).await;
                assert!(matches!(again, Err(AppError::Refused(Refusal::WrongState))));
                assert_eq!(v.read(waiting).await.closure(), Some(*closure));
            }
        }
    });
}

/// A kept appointment that ends otherwise before its hour: the patient hears it from whoever calls off, the
/// accepter from whoever ends it, and nobody hears what they said themselves.
#[test]
fn whoever_waits_for_the_other_is_told_that_they_need_not() {
    Village::each(|v| async move {
        for (closure, hears) in [
            (Closure::PatientCancelled, true),
            (Closure::Administrative, true),
            (Closure::Seen, false),
        ] {
            let id = v.raise(v.open_call()).await;
            v.accepts(id, "Leroy").await.unwrap();
            v.pass(3).await;
            let phones = v.watch();
            v.does(id, Act::Close(closure)).await.unwrap();
            if hears {
                phones.phone("Dr Leroy").expects("N’attendez plus");
            }
            phones.silent();
        }
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        v.pass(3).await;
        let phones = v.watch();
        let off = Act::Close(Closure::ProfessionalCancelled);
        v.app.act(&v.as_pro("Leroy"), id, off, why()).await.unwrap();
        v.app.settle().await.unwrap();
        let told = phones.phone(PATIENT).expects("a un empechement");
        assert!(!told.text.contains("Leroy"), "{}", told.text);
        v.pass(60 * 24).await;
        phones.phone("Dr Leroy").ignored();
        phones.silent();
    });
}

/// Released when the care deadline has passed: the desk has it, nobody is asked again.
#[test]
fn a_release_past_the_care_deadline_needs_a_hand() {
    Village::each(|v| async move {
        let mut draft = v.open_call();
        draft.need.within_hours = 2;
        let id = v.raise(draft).await;
        v.accepts(id, "Leroy").await.unwrap();
        v.pass(121).await;
        let phones = v.watch();
        v.app
            .act(&v.as_pro("Leroy"), id, Act::Release, why())
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        assert_eq!(v.status(id).await, Status::Unfilled);
        phones.phone(PATIENT).expects("personne n'est libre");
        phones.silent();
    });
}

/// Edited after acceptance: the accepter is told, and may release.
#[test]
fn an_edit_after_acceptance_tells_the_accepter() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        let phones = v.watch();
        let worse = NeedEdit::new(v.read(id).await.need, |need| {
            need.comment = "Ne peut plus marcher.".to_owned();
        });
        v.does(id, Act::Edit(worse)).await.unwrap();
        phones
            .phone("Dr Leroy")
            .expects("modifiée depuis votre accord");
        phones.silent();
        assert_eq!(v.status(id).await, Status::Scheduled);
    });
}

/// Two who read the same need each change their part of it: the second puts nothing back (R4.9).
#[test]
fn two_edits_of_one_reading_keep_both_changes() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        let read = v.read(id).await.need;
        let worse = NeedEdit::new(read.clone(), |need| {
            need.comment = "Ne peut plus marcher.".to_owned();
        });
        let sooner = NeedEdit::new(read.clone(), |need| need.within_hours = 6);
        v.does(id, Act::Edit(worse.clone())).await.unwrap();
        v.does(id, Act::Edit(sooner)).await.unwrap();
        let after = v.read(id).await.need;
        assert_eq!(after.within_hours, 6);
        assert_eq!(after.comment, worse.wanted.comment);
        assert_eq!(after.motives, read.motives);
    });
}

/// A time that cannot be kept is refused; the desk is reminded of a time not set.
#[test]
fn a_time_is_set_that_can_be_kept() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        let (leroy, offer) = (v.as_pro("Leroy"), v.offer(id, "Leroy").await);
        let wrong = [
            Appointment::At(v.at(-1)),
            Appointment::Between(v.at(60), v.at(30)),
            Appointment::At(v.at(60 * 24 * 40)),
            Appointment::Call(Some(v.at(-10))),
        ];
        for at in wrong {
            let refused = v.app.accept(&leroy, offer, at).await;
            assert!(
                matches!(refused, Err(AppError::Refused(Refusal::BadAppointment))),
                "{at:?}"
            );
        }
        v.app
            .accept(&leroy, offer, Appointment::ToBeSet)
            .await
            .unwrap();
        v.pass(31).await;
        let acts = v.acts(id).await;
        assert_eq!(
            acts.iter().filter(|act| *act == "request.reminded").count(),
            2
        );
        let between = Appointment::Between(v.at(90), v.at(120));
        v.does(id, Act::SetAppointment(between)).await.unwrap();
        assert_eq!(v.status(id).await, Status::Scheduled);
    });
}

/// Only the desk cancels in the name of the desk.
#[test]
fn nobody_cancels_in_the_name_of_the_desk() {
    Village::each(|v| async move {
        let raised = v
            .app
            .raise(&v.as_pro("Potard"), v.open_call())
            .await
            .unwrap();
        let potard = v.as_pro("Potard");
        let as_desk = Act::Cancel(CancelledBy::Operator);
        let refused = v.app.act(&potard, raised.id, as_desk, why()).await;
        assert!(matches!(refused, Err(AppError::Denied)), "{refused:?}");
        let own = Act::Cancel(CancelledBy::Requester);
        v.app.act(&potard, raised.id, own, why()).await.unwrap();
    });
}

/// Closed: no request. Nearly closed: the window is short and says so.
#[test]
fn opening_hours_are_kept() {
    Village::each(|v| async move {
        v.app.clock().move_to(v.at(9 * 60 + 56));
        let preview = v.app.preview(&v.desk(), v.call()).await.unwrap();
        assert_eq!(
            preview.window.deadline,
            v.at(10 * 60 + 6),
            "ten minutes, past closing"
        );
        let id = v.raise(v.call()).await;
        let Phase::Asking(asking) = v.read(id).await.phase else {
            panic!("not asking")
        };
        assert_eq!(
            (asking.stage_until, asking.deadline),
            (v.at(601), v.at(606))
        );
        v.app.clock().move_to(v.at(10 * 60));
        let closed = v.app.raise(&v.desk(), v.call()).await;
        let Err(AppError::Refused(Refusal::OutOfHours { opens_at })) = closed else {
            panic!("raised when closed")
        };
        assert_eq!(opens_at, Some(v.at(22 * 60)), "tomorrow at eight");
    });
}

/// The same key: the same answer, kept sealed; another body is refused; a failure is forgotten.
#[test]
fn a_key_gives_its_answer_again_and_keeps_it_sealed() {
    Village::readable(|v| async move {
        let (app, user) = (&v.app, v.desk().actor.unwrap().user);
        let begin = |key: &str, body: &'static str| {
            app.begin_idempotent(user, key.to_owned(), "/api/v1/requests", body.as_bytes())
        };
        assert_eq!(begin("k-1", "a").await.unwrap(), Keyed::Fresh);
        let slug = |answer: Result<Keyed, AppError>| match answer {
            Err(AppError::Problem { slug, .. }) => slug,
            other => panic!("{other:?}"),
        };
        assert_eq!(slug(begin("k-1", "a").await), "idempotency-in-flight");
        let body = r#"{"patient":"Zyxwélique Tervaux"}"#.to_owned();
        app.finish_idempotent(user, "k-1".to_owned(), 201, body.clone())
            .await
            .unwrap();
        let again = Keyed::Again { status: 201, body };
        assert_eq!(begin("k-1", "a").await.unwrap(), again);
        assert_eq!(slug(begin("k-1", "b").await), "idempotency-mismatch");
        let other = v.as_pro("Leroy").actor.unwrap().user;
        let theirs = app
            .begin_idempotent(other, "k-1".to_owned(), "/x", b"a")
            .await;
        assert_eq!(theirs.unwrap(), Keyed::Fresh, "a key is its owner's");
        assert_eq!(begin("k-2", "a").await.unwrap(), Keyed::Fresh);
        app.finish_idempotent(user, "k-2".to_owned(), 503, String::new())
            .await
            .unwrap();
        assert_eq!(
            begin("k-2", "a").await.unwrap(),
            Keyed::Fresh,
            "to be tried again"
        );
        for key in ["", "a b", "é", &"x".repeat(201)] {
            assert_eq!(slug(begin(key, "a").await), "idempotency-key");
        }
        for rows in v.store.rows().values() {
            assert!(
                rows.iter().all(|row| !row.contains("Tervaux")),
                "kept sealed"
            );
        }
    });
}

/// One spoiled request neither stops the clock of the others nor floods its own phones.
#[test]
fn a_spoiled_request_holds_up_nobody() {
    Village::each(|v| async move {
        let spoiled = v.app.raise(&v.desk(), v.call()).await.unwrap().id;
        let sound = v.call_for("Belin", Profession::Gp, Some("Leroy"), "+33639981002");
        let sound = v.app.raise(&v.desk(), sound).await.unwrap().id;
        let damage = format!("UPDATE requests SET state = '{{}}' WHERE id = '{spoiled}'");
        testing::raw(v.app.db(), &damage).unwrap();
        v.app.settle().await.unwrap();
        for minutes in [60, 61, 62, 120] {
            v.app.clock().move_to(v.at(minutes));
            let report = v.app.run_due().await.unwrap();
            assert!(report.failed <= 1, "{report:?}");
            v.app.settle().await.unwrap();
        }
        assert_eq!(v.status(sound).await, Status::Unfilled);
        assert_eq!(
            v.phones.duplicates(),
            0,
            "sent once, although what follows failed"
        );
    });
}
