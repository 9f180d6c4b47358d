//! The story of the first issue, end to end, on both engines.

use crate::fixture::Territory;
use relais_app::requests::desk::Act;
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::cascade::Refusal;
use relais_core::request::{Appointment, Closure, RefusalReason, Status};
use relais_core::time::Duration;

#[test]
fn the_usual_doctor_passes_the_community_is_asked_and_two_accept_at_once() {
    Territory::on_each_engine(|t| async move {
        let operator = t.staff(Role::Operator);
        let doctor = t.world.professionals[t.world.guided.doctor].clone();
        let patient = t.world.patients[t.world.guided.first_call.patient].clone();
        let start = t.app.now();

        let preview = t.app.preview(&operator, t.first_call()).await.unwrap();
        assert!(
            preview.eligible() >= 8,
            "{} would be asked",
            preview.eligible()
        );

        let raised = t.app.raise(&operator, t.first_call()).await.unwrap();
        t.app.settle().await.unwrap();
        let request = t.read(raised.id).await;
        assert_eq!(request.status(), Status::AskingUsual);
        assert_eq!(request.offers.len(), 1, "the usual doctor alone (I2)");
        let number = doctor.alert_number.clone().unwrap();
        let asked = t.received(&number, start);
        assert_eq!(asked.len(), 1, "{asked:?}");
        for secret in [&patient.birth_name, &patient.first_names, &patient.phone] {
            assert!(
                !asked[0].text.contains(secret.as_str()),
                "an identity in a notification"
            );
        }

        t.pass(7).await;
        let deadline = match &request.phase {
            relais_core::request::Phase::Asking(asking) => asking.deadline,
            other => panic!("{other:?}"),
        };
        let offer = t.offer_to(raised.id, doctor.id).await;
        t.app
            .refuse(&t.account(doctor.id), offer, RefusalReason::Unsaid)
            .await
            .unwrap();
        t.app.settle().await.unwrap();
        let request = t.read(raised.id).await;
        assert_eq!(request.status(), Status::AskingCommunity);
        let relais_core::request::Phase::Asking(asking) = &request.phase else {
            panic!()
        };
        assert_eq!(asking.deadline, deadline, "the deadline does not move (T2)");
        let asked: Vec<_> = request.live_offers().cloned().collect();
        assert!(asked.len() >= 7, "{} asked", asked.len());

        let (one, two) = (&asked[0], &asked[1]);
        let at = Appointment::At(t.app.now() + Duration::hours(2));
        let (first, second) = (t.account(one.professional), t.account(two.professional));
        let (first, second) = tokio::join!(
            t.app.accept(&first, one.id, at),
            t.app.accept(&second, two.id, at)
        );
        let won = [&first, &second]
            .iter()
            .filter(|answer| answer.is_ok())
            .count();
        assert_eq!(won, 1, "exactly one winner (I1)");
        let lost = if first.is_err() { first } else { second };
        assert!(
            matches!(lost, Err(AppError::Refused(Refusal::AlreadyTaken { .. }))),
            "{lost:?}"
        );
        t.app.settle().await.unwrap();
        let request = t.read(raised.id).await;
        assert_eq!(request.status(), Status::Scheduled);
        assert_eq!(request.live_offers().count(), 0);

        let told = t.received(&patient.phone, start);
        assert_eq!(told.len(), 2, "searching, then who, where, when: {told:?}");
        let reports = t.app.verify_journal().await.unwrap();
        assert!(reports.iter().all(|report| report.first_bad.is_none()));
    });
}

#[test]
fn silence_opens_the_community_at_half_time_and_nobody_makes_it_need_a_hand() {
    Territory::on_each_engine(|t| async move {
        let operator = t.staff(Role::Operator);
        let raised = t.app.raise(&operator, t.first_call()).await.unwrap();
        t.pass(59).await;
        assert_eq!(t.read(raised.id).await.status(), Status::AskingUsual);
        t.pass(1).await;
        assert_eq!(t.read(raised.id).await.status(), Status::AskingCommunity);
        t.pass(60).await;
        let request = t.read(raised.id).await;
        assert_eq!(request.status(), Status::Unfilled);
        t.app
            .act(&operator, raised.id, Act::TakeInHand, None)
            .await
            .unwrap();
        let late = request.offers[3].clone();
        let doer = t.account(late.professional);
        let applied = t
            .app
            .accept(&doer, late.id, Appointment::ToBeSet)
            .await
            .unwrap();
        assert_eq!(
            applied.after.status(),
            Status::Accepted,
            "a late yes is care (R4.5)"
        );
        let closure = Act::Close(Closure::Seen);
        t.app.act(&doer, raised.id, closure, None).await.unwrap();
        assert_eq!(t.read(raised.id).await.status(), Status::Closed);
    });
}

#[test]
fn every_story_of_the_territory_ends_where_it_says() {
    Territory::on_each_engine(|t| async move {
        t.app.play_stories(&t.world).await.unwrap();
        assert_eq!(t.app.now(), t.world.start);
        let mut seen = Vec::new();
        for network in &t.world.networks {
            let user = t
                .world
                .users
                .iter()
                .find(|u| u.role == Role::Operator && u.network == network.id)
                .unwrap();
            let actor = relais_core::access::Actor {
                user: user.id,
                role: Role::Operator,
                network: network.id,
                professional: None,
            };
            let who = Who::actor(actor, "test");
            let (rows, _) = t.app.requests(&who, Vec::new(), None, 200).await.unwrap();
            seen.extend(rows.iter().map(|row| row.stored.request.status().code()));
        }
        let mut expected: Vec<_> = t.world.stories.iter().map(|s| s.ends_as.code()).collect();
        expected.sort_unstable();
        seen.sort_unstable();
        assert_eq!(seen, expected);
    });
}
