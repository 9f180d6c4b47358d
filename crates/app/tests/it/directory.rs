//! The directory and the settings change while requests are open (R4.11, R4.12).

use crate::village::{NORTH, PATIENT, Village, leroy_until};
use relais_app::AppError;
use relais_app::activity::Quick;
use relais_app::demo::DemoWorld;
use relais_app::requests::desk::Act;
use relais_core::cascade::Refusal;
use relais_core::people::{MembershipStatus, Profession};
use relais_core::request::{Appointment, OfferStatus, RefusalReason, Status, WithdrawReason};
use relais_core::time::Instant;
use relais_store::{StoreError, networks, professionals};

/// R4.11: back from unavailable, then asked; gone unavailable, the offer stays.
#[test]
fn whoever_becomes_available_is_asked_then() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        v.app.quick_activity(&leroy, Quick::Away24h).await.unwrap();
        let id = v.raise(v.open_call()).await;
        assert_eq!(v.asked(id).await, ["Faure", "Garnier", "Martin", "Petit"]);
        let phones = v.watch();
        v.app
            .quick_activity(&leroy, Quick::Available)
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        phones.phone("Dr Leroy").expects("Massy");
        phones.silent();
        v.app
            .quick_activity(&v.as_pro("Petit"), Quick::Away24h)
            .await
            .unwrap();
        assert!(
            v.asked(id).await.contains(&"Petit".to_owned()),
            "what was offered stays offered"
        );
        v.accepts(id, "Petit").await.unwrap();
        for name in ["Martin", "Petit", "Garnier", "Faure", "Leroy"] {
            phones.phone(&v.named(name)).ignored();
        }
        phones.phone(PATIENT).expects("Dr Petit");
    });
}

/// Back at a known hour: asked at that minute, by the clock alone.
#[test]
fn an_absence_that_ends_during_the_stage_is_met_by_the_clock() {
    Village::each(|v| async move {
        let until = v.at(25);
        let away = Quick::AwayUntil(until);
        v.app
            .quick_activity(&v.as_pro("Leroy"), away)
            .await
            .unwrap();
        let id = v.raise(v.open_call()).await;
        v.pass(24).await;
        assert!(!v.asked(id).await.contains(&"Leroy".to_owned()));
        v.pass(1).await;
        assert!(v.asked(id).await.contains(&"Leroy".to_owned()));
        let request = v.read(id).await;
        let leroy = v.pro("Leroy").id;
        let offer = request
            .offers
            .iter()
            .find(|o| o.professional == leroy)
            .unwrap();
        assert_eq!(offer.asked_at, until, "at its own moment");
    });
}

/// A membership suspended while the offer waits: taken back, told, and a yes is refused. Put right, they are asked again,
/// and their yes takes the patient whichever message they answer.
#[test]
fn a_suspended_member_loses_the_offer_and_is_asked_again_when_it_was_a_mistake() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        let (who, home, now) = (v.pro("Leroy").id, v.world.networks[NORTH].id, v.app.now());
        let suspended = MembershipStatus::Suspended;
        let done: Result<(), StoreError> = v
            .app
            .db()
            .write_blocking(move |tx| professionals::set_membership(tx, who, home, suspended, now));
        done.unwrap();
        let early = v.accepts(id, "Leroy").await;
        assert!(
            matches!(early, Err(AppError::Refused(Refusal::RightEnded))),
            "{early:?}"
        );
        let phones = v.watch();
        v.app.reconsider(vec![home]).await.unwrap();
        v.app.settle().await.unwrap();
        phones.phone("Dr Leroy").expects("adhésion");
        let gone = v.offer_status(id, "Leroy").await;
        let expected = WithdrawReason::RightEnded;
        assert!(
            matches!(gone, OfferStatus::Withdrawn { why, .. } if why == expected),
            "{gone:?}"
        );
        let first = v.offer(id, "Leroy").await;
        let active = MembershipStatus::Active;
        let done: Result<(), StoreError> = v
            .app
            .db()
            .write_blocking(move |tx| professionals::set_membership(tx, who, home, active, now));
        done.unwrap();
        for _ in 0..2 {
            v.app.reconsider(vec![home]).await.unwrap();
        }
        v.app.settle().await.unwrap();
        phones.phone("Dr Leroy").expects("Massy");
        phones.silent();
        let leroy = v.as_pro("Leroy");
        let at = Appointment::At(v.at(120));
        let taken = v.app.accept(&leroy, first, at).await.unwrap();
        assert_eq!(taken.after.engaged(), Some(who));
        let theirs = taken.after.offers.iter().filter(|o| o.professional == who);
        assert_eq!(theirs.count(), 2, "one taken back, one taken");
    });
}

/// Rights end with the dates of a contract: no hour is promised after it, by whoever gives it (R5, R8).
#[test]
fn nobody_promises_an_hour_after_their_contract() {
    Village::shaped(leroy_until(90), |v| async move {
        let id = v.raise(v.open_call()).await;
        let (leroy, offer) = (v.as_pro("Leroy"), v.offer(id, "Leroy").await);
        let until = v.at(90);
        let late = [
            Appointment::At(until),
            Appointment::Between(v.at(60), v.at(91)),
            Appointment::Call(Some(v.at(120))),
        ];
        for at in late {
            let refused = v.app.accept(&leroy, offer, at).await;
            let expected = Refusal::BeyondRight { until };
            assert!(
                matches!(&refused, Err(AppError::Refused(why)) if *why == expected),
                "{at:?}: {:?}",
                refused.err()
            );
        }
        let open = Appointment::ToBeSet;
        v.app.accept(&leroy, offer, open).await.unwrap();
        let refused = v.does(id, Act::SetAppointment(late[0])).await;
        assert!(
            matches!(refused, Err(AppError::Refused(Refusal::BeyondRight { .. }))),
            "the desk neither"
        );
        let kept = Appointment::Between(v.at(60), until);
        v.does(id, Act::SetAppointment(kept)).await.unwrap();
        assert_eq!(v.status(id).await, Status::Scheduled);
    });
}

/// Whoever is not an active member of a network any more asks nothing of its people (I13).
#[test]
fn a_member_no_more_asks_nothing_of_the_network() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        v.app.raise(&leroy, v.open_call()).await.unwrap();
        let (who, home, now) = (v.pro("Leroy").id, v.world.networks[NORTH].id, v.app.now());
        for ended in [MembershipStatus::Suspended, MembershipStatus::Left] {
            let done: Result<(), StoreError> = v
                .app
                .db()
                .write_blocking(move |tx| professionals::set_membership(tx, who, home, ended, now));
            done.unwrap();
            let refused = v.app.raise(&leroy, v.open_call()).await;
            assert!(
                matches!(refused, Err(AppError::Refused(Refusal::RightEnded))),
                "{:?}",
                refused.err()
            );
        }
    });
}

/// The process dies between a change of the directory and the look that follows: the next one looks
/// at its start, once (R4.11, I15).
#[test]
fn a_process_that_starts_looks_at_what_the_last_one_left() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        let (who, home, now) = (v.pro("Leroy").id, v.world.networks[NORTH].id, v.app.now());
        let suspended = MembershipStatus::Suspended;
        let done: Result<(), StoreError> = v
            .app
            .db()
            .write_blocking(move |tx| professionals::set_membership(tx, who, home, suspended, now));
        done.unwrap();
        for _ in 0..2 {
            v.app.reconsider_everywhere().await.unwrap();
        }
        let gone = v.offer_status(id, "Leroy").await;
        let expected = WithdrawReason::RightEnded;
        assert!(
            matches!(gone, OfferStatus::Withdrawn { why, .. } if why == expected),
            "{gone:?}"
        );
        let acts = v.acts(id).await;
        let taken_back = acts.iter().filter(|act| act.contains("withdrawn"));
        assert_eq!(taken_back.count(), 1, "{acts:?}");
    });
}

/// R4.12: settings edited while a cascade runs are for the next one.
#[test]
fn a_policy_edited_meanwhile_is_for_the_next_request() {
    Village::each(|v| async move {
        let first = v.raise(v.call()).await;
        let (home, now): (_, Instant) = (v.world.networks[NORTH].id, v.app.now());
        let done: Result<(), StoreError> = v.app.db().write_blocking(move |tx| {
            let mut network = networks::get(tx, home)?;
            network.policy.usual_share_percent = 25;
            networks::update(tx, &network, now, "test").map(drop)
        });
        done.unwrap();
        v.app.reconsider(vec![home]).await.unwrap();
        let second = v
            .raise(v.call_for("Belin", Profession::Gp, Some("Martin"), "+33639981002"))
            .await;
        v.pass(30).await;
        assert_eq!(
            v.status(first).await,
            Status::AskingUsual,
            "frozen at its start"
        );
        assert_eq!(
            v.status(second).await,
            Status::AskingCommunity,
            "a quarter of the window"
        );
        v.pass(30).await;
        assert_eq!(v.status(first).await, Status::AskingCommunity);
    });
}

/// Newly approved while the community is asked: asked then, like everybody.
#[test]
fn a_newly_approved_member_is_asked_then() {
    let applied = |world: &mut DemoWorld| {
        let mut people = world.professionals.iter_mut();
        let leroy = people.find(|p| p.last_name == "Leroy").unwrap();
        leroy.memberships[0].status = MembershipStatus::Applied;
    };
    Village::shaped(applied, |v| async move {
        let id = v.raise(v.open_call()).await;
        assert!(!v.asked(id).await.contains(&"Leroy".to_owned()));
        let (who, home, now) = (v.pro("Leroy").id, v.world.networks[NORTH].id, v.app.now());
        let active = MembershipStatus::Active;
        let done: Result<(), StoreError> = v
            .app
            .db()
            .write_blocking(move |tx| professionals::set_membership(tx, who, home, active, now));
        done.unwrap();
        v.app.reconsider(vec![home]).await.unwrap();
        assert!(v.asked(id).await.contains(&"Leroy".to_owned()));
    });
}

/// A locum's contract ends during the window: the clock alone takes the offer back.
#[test]
fn a_contract_that_ends_takes_the_offer_back_at_its_hour() {
    Village::shaped(leroy_until(30), |v| async move {
        let id = v.raise(v.open_call()).await;
        v.pass(29).await;
        assert!(v.asked(id).await.contains(&"Leroy".to_owned()));
        let phones = v.watch();
        v.pass(1).await;
        let at = v.at(30);
        let gone = v.offer_status(id, "Leroy").await;
        let expected = WithdrawReason::RightEnded;
        assert_eq!(gone, OfferStatus::Withdrawn { at, why: expected });
        phones.phone("Dr Leroy").expects("droit d’exercice");
        let late = v.accepts(id, "Leroy").await;
        assert!(matches!(
            late,
            Err(AppError::Refused(
                Refusal::RightEnded | Refusal::OfferClosed
            ))
        ));
    });
}

/// "Plus rien aujourd'hui" refused with its offer: nothing of it is kept, in memory neither.
#[test]
fn what_was_not_saved_is_not_remembered_either() {
    Village::each(|v| async move {
        let mine = v
            .raise(v.call_for("Belin", Profession::Gp, Some("Leroy"), PATIENT))
            .await;
        v.accepts(mine, "Leroy").await.unwrap();
        let offer = v.offer(mine, "Leroy").await;
        let not_today = RefusalReason::NotToday;
        let refused = v.app.refuse(&v.as_pro("Leroy"), offer, not_today).await;
        assert!(matches!(
            refused,
            Err(AppError::Refused(Refusal::AlreadyYours))
        ));
        v.app
            .quick_activity(&v.as_pro("Garnier"), Quick::Away24h)
            .await
            .unwrap();
        let id = v.raise(v.open_call()).await;
        assert_eq!(v.asked(id).await, ["Faure", "Leroy", "Martin", "Petit"]);
    });
}
