//! The monthly drill of the channels: sent once, heard by receipt or by OK; who is not reached is named
//! with why, and written to by another way, once.

use crate::fixture::Territory;
use crate::village::{NORTH, Village};
use relais_app::AppError;
use relais_app::members::{DRILL_EVERY, Heard};
use relais_core::access::Role;
use relais_core::time::Duration;
use relais_gateways::{Channel, Mood};

fn slug<T>(answer: Result<T, AppError>) -> &'static str {
    match answer {
        Err(AppError::Problem { slug, .. }) => slug,
        Err(AppError::Denied) => "denied",
        Err(AppError::NotFound) => "not-found",
        Err(_) => "another error",
        Ok(_) => "done",
    }
}

#[test]
fn who_does_not_receive_the_monthly_trial_is_named_and_written_to_once() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let (coordinator, operator) = (t.staff(Role::Coordinator), t.staff(Role::Operator));
        assert_eq!(slug(app.drill(&operator).await), "denied");
        assert!(app.drill(&coordinator).await.unwrap().is_none());
        assert_eq!(slug(app.tell_dormant(&coordinator).await), "not-found");
        // By SMS alone, and by a phone that is off.
        let plain = &t.world.professionals[1];
        let number = plain.alert_number.clone().unwrap();
        let off = &t.world.professionals[t.world.guided.doctor];
        let off_number = off.alert_number.clone().unwrap();
        t.phones.set_mood(&off_number, Mood::Off).unwrap();
        let since = app.now();
        let sent = app.start_drill(&coordinator).await.unwrap();
        assert!(sent > 50, "{sent}");
        assert_eq!(slug(app.start_drill(&coordinator).await), "drill-too-soon");
        app.settle().await.unwrap();
        let trial = t.received(&number, since);
        assert!(
            trial.iter().any(|row| row.text.contains("essai mensuel")),
            "{trial:?}"
        );
        t.phones.reply(&number, "ok").unwrap();
        t.pass(31).await;
        let held = app.drill(&coordinator).await.unwrap().unwrap();
        assert_eq!(held.at, since);
        let heard = |id| {
            held.rows
                .iter()
                .find(|(row, _)| row.member.id == id)
                .unwrap()
                .1
        };
        assert_eq!(heard(plain.id), Heard::Answered(Channel::Sms));
        assert!(heard(off.id).is_missing(), "{:?}", heard(off.id));
        let unreachable = held.rows.iter().filter(|(_, one)| *one == Heard::NoWay);
        for (row, _) in unreachable {
            assert!(!row.member.channels.any());
        }
        let missing = held.rows.iter().filter(|(_, one)| one.is_missing()).count();
        assert!(
            missing < held.rows.len() / 2,
            "{missing} of {}",
            held.rows.len()
        );

        let told = app.tell_dormant(&coordinator).await.unwrap();
        assert!(told > 0);
        app.settle().await.unwrap();
        let mail = off.mail.clone().unwrap();
        let written = t.received(&mail, since);
        assert!(
            written
                .iter()
                .any(|row| row.text.contains("ne vous arrivent plus")),
            "{written:?}"
        );
        assert_eq!(app.tell_dormant(&coordinator).await.unwrap(), 0, "once");
        app.advance(DRILL_EVERY + Duration::minutes(1))
            .await
            .unwrap();
        app.start_drill(&coordinator).await.unwrap();
    });
}

/// A month later it is due: the coordinators read it, are told once by what leads to them, and no more once it is done.
#[test]
fn a_month_later_it_is_due_and_told_once() {
    Village::each(|v| async move {
        let app = &v.app;
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        assert_eq!(slug(app.drill_due(&v.desk()).await), "denied");
        let never = app.drill_due(&coordinator).await.unwrap().unwrap();
        assert_eq!((never.last, never.since), (None, None));
        // One of the members coordinates beside: there is a way to tell them.
        let user = v.as_pro("Leroy").signed_in().unwrap().user;
        app.give_role(&coordinator, user, Role::Coordinator)
            .await
            .unwrap();
        let told = || {
            let rows = v.phones.list().into_iter();
            rows.filter(|row| row.text.contains("essai mensuel des canaux"))
                .count()
        };
        let start = app.now();
        app.housekeeping().await.unwrap();
        app.settle().await.unwrap();
        assert_eq!(told(), 0, "a network that never did one is not written to");
        app.start_drill(&coordinator).await.unwrap();
        assert_eq!(app.drill_due(&coordinator).await.unwrap(), None);
        let mut days = 0;
        let due = loop {
            if let Some(due) = app.drill_due(&coordinator).await.unwrap() {
                break due;
            }
            app.housekeeping().await.unwrap();
            app.settle().await.unwrap();
            assert_eq!(told(), 0, "not within the month");
            days += 1;
            assert!(days < 40, "a month and a few closed days");
            app.advance(Duration::hours(24)).await.unwrap();
        };
        assert!(days > 27, "{days}");
        assert_eq!(due.last, Some(start));
        for _ in 0..24 {
            app.housekeeping().await.unwrap();
            app.advance(Duration::hours(1)).await.unwrap();
        }
        assert_eq!(told(), 1, "once, when the network is open");
        app.start_drill(&coordinator).await.unwrap();
        assert_eq!(app.drill_due(&coordinator).await.unwrap(), None, "done");
    });
}
