//! The coordinator's side of a sign-up: what is to be looked at before a yes, and what a yes or a no writes (R5).

use crate::fixture::Territory;
use crate::signup::{MAIL, PHONE, newcomer, slug, wrong};
use crate::village::acting;
use relais_app::directory::Directory;
use relais_app::members::{Change, PracticeDraft};
use relais_app::photos::develop::Picture;
use relais_app::signup::Warning;
use relais_core::access::Role;
use relais_core::people::{MembershipStatus, Standing};
use relais_core::time::Duration;
use relais_store::{application_cards, journal, look_again, national, professionals};

/// The directory that the country publishes may drop somebody between their request and the answer: the coordinator reads
/// so, and a member accepted all the same practises where they said.
#[test]
fn whoever_the_directory_dropped_meanwhile_keeps_the_place_they_chose() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let token = t.proved(newcomer("Corvo"), PHONE, MAIL).await;
        t.sent(&token).await;
        let coordinator = t.staff(Role::Coordinator);
        let listed = t.waiting(&coordinator).await;
        assert_eq!(listed.warnings, []);
        let dropped = app.db().write(|tx| {
            for entry in national::list_of_person(tx, "99710000011")? {
                national::remove(tx, &entry.rpps, &entry.insee)?;
            }
            Ok(())
        });
        let dropped: Result<(), relais_store::StoreError> = dropped.await;
        dropped.unwrap();

        let one = t.waiting(&coordinator).await;
        assert_eq!(one.warnings, [Warning::Unlisted]);
        let (before, after) = (listed.applicant.place(), one.applicant.place());
        let said = |place: Option<&national::Entry>| {
            let place = place.unwrap();
            (
                place.insee.clone(),
                place.commune.clone(),
                place.postcode.clone(),
            )
        };
        assert_eq!(said(after), said(before));
        app.approve_application(&coordinator, one.applicant.application.id, false)
            .await
            .unwrap();
        let directory = app.directory().await.unwrap();
        let member = directory.by_rpps("99710000011").unwrap().member.id;
        let written = app.db().read(move |tx| professionals::get(tx, member));
        let places = written.await.unwrap().places;
        let known = places
            .iter()
            .map(|place| (place.insee.to_string(), place.postcode.clone()));
        let (insee, _, postcode) = said(after);
        assert_eq!(known.collect::<Vec<_>>(), [(insee, postcode)]);
    });
}

/// Who comes back with a new contract practises by it from the coordinator's yes on; what another network wrote and still
/// runs stays, and the coordinator reads so before deciding (ADR 0038).
#[test]
fn a_new_contract_said_by_whoever_comes_back_is_the_one_they_have() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let (rpps, who) = t.a_member();
        let id = who.actor.unwrap().professional.unwrap();
        let coordinator = t.staff(Role::Coordinator);
        let number = t.world.professional(id).unwrap().alert_number.clone();
        let number = number.unwrap();
        t.lists(&rpps).await;
        let day = |days: i64| {
            let day = app.now() + Duration::hours(24 * days);
            day.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date()
        };
        let practice = |days: i64| PracticeDraft {
            standing: "locum".to_owned(),
            from: day(0).to_string(),
            until: day(days).to_string(),
            supervisor: String::new(),
        };
        let held = practice(40);
        app.set_practice(&coordinator, id, held).await.unwrap();
        let leave = || app.change_member(&coordinator, id, Change::Leave, "Fin".to_owned());
        leave().await.unwrap();
        app.advance(Duration::hours(24 * 45)).await.unwrap();

        let said = day(90);
        t.applies_again(&rpps, &number, &said.to_string()).await;
        let one = t.waiting(&coordinator).await;
        assert_eq!(one.warnings, [], "what is over gives way");
        let yes = app.approve_application(&coordinator, one.applicant.application.id, false);
        yes.await.unwrap();
        let standing = |directory: &Directory| directory.person(id).unwrap().member.standing;
        let now_held = standing(&app.directory().await.unwrap());
        assert!(matches!(now_held, Standing::Locum(_)) && now_held.holds(app.now()));
        let last = now_held.ends().unwrap() - Duration::hours(12);
        assert_eq!(
            last.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date(),
            said
        );
        let network = t.world.networks[0].id.to_string();
        let acts = app
            .db()
            .read(move |tx| journal::list_after(tx, &network, 0, 10_000));
        let acts = acts.await.unwrap();
        let lines = acts
            .iter()
            .filter(|line| line.entry.act == "member.practice");
        assert_eq!(lines.count(), 2, "the coordinator's, then the yes");

        // Another network has them, with days that run longer: they stay, and the coordinator is told before.
        let other = t.world.networks[1].id;
        let there = app.now();
        let joined = app.db().write(move |tx| {
            let active = MembershipStatus::Active;
            professionals::set_membership(tx, id, other, active, there)
        });
        joined.await.unwrap();
        leave().await.unwrap();
        let shorter = day(10).to_string();
        t.applies_again(&rpps, &number, &shorter).await;
        let one = t.waiting(&coordinator).await;
        assert_eq!(one.warnings, [Warning::Practice]);
        let yes = app.approve_application(&coordinator, one.applicant.application.id, false);
        yes.await.unwrap();
        assert_eq!(standing(&app.directory().await.unwrap()), now_held);

        // A later end takes nothing from anybody.
        leave().await.unwrap();
        let later = day(200).to_string();
        t.applies_again(&rpps, &number, &later).await;
        let one = t.waiting(&coordinator).await;
        assert_eq!(one.warnings, []);
        let yes = app.approve_application(&coordinator, one.applicant.application.id, false);
        yes.await.unwrap();
        let longer = standing(&app.directory().await.unwrap());
        assert!(longer.ends() > now_held.ends() && longer.holds(app.now()));
        // Their days are longer there too: what is open in that network is looked at again (R4.11).
        let soon = app.now() + Duration::hours(1);
        let asked = app.db();
        let asked = asked.read(move |tx| look_again::list(tx, "test", soon, 1_000));
        let asked = asked.await.unwrap();
        assert!(asked.iter().any(|(_, network)| *network == other));
    });
}

/// The photo of a card: sealed, seen by the coordinator of that network alone, each look written down, gone with the
/// answer.
#[test]
fn a_card_is_seen_by_whoever_decides_and_goes_with_the_answer() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let picture = |byte: u8| Picture {
            width: 4,
            height: 3,
            jpeg: vec![byte; 9],
        };
        let token = t.proved(newcomer("Corvo"), PHONE, MAIL).await;
        assert_eq!(
            slug(app.signup_card(&token, picture(1)).await),
            "not-found",
            "not sent yet"
        );
        t.sent(&token).await;
        let coordinator = t.staff(Role::Coordinator);
        let id = t.waiting(&coordinator).await.applicant.application.id;
        assert_eq!(
            slug(app.application_card(&coordinator, id).await),
            "not-found"
        );
        for byte in 1..=5 {
            app.signup_card(&token, picture(byte)).await.unwrap();
        }
        assert_eq!(
            wrong(app.signup_card(&token, picture(6)).await),
            ["/photos"]
        );
        assert!(t.waiting(&coordinator).await.applicant.card_at().is_some());
        let card = app.application_card(&coordinator, id).await.unwrap();
        assert_eq!(*card, vec![5; 9], "the last one");
        let operator = t.staff(Role::Operator);
        assert_eq!(slug(app.application_card(&operator, id).await), "denied");
        let other = t.world.networks[1].id;
        let elsewhere = t.world.users.iter();
        let elsewhere = elsewhere.filter(|u| u.role == Role::Coordinator && u.network == other);
        for user in elsewhere {
            let seen = app.application_card(&acting(user), id).await;
            assert_eq!(slug(seen), "not-found");
        }
        app.refuse_application(&coordinator, id, "identity".to_owned(), String::new())
            .await
            .unwrap();
        assert_eq!(
            slug(app.application_card(&coordinator, id).await),
            "already-decided"
        );
        assert_eq!(slug(app.signup_card(&token, picture(7)).await), "not-found");
        let kept = app
            .db()
            .read(move |tx| application_cards::find_added(tx, id))
            .await;
        assert_eq!(kept, Ok(None), "nothing of it is kept");
    });
}
