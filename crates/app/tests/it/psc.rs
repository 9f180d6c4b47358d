//! Pro Santé Connect: whom a proof opens a session for, whose application it proves, and everything
//! that may go wrong on the way (ADR 0036).

use crate::fixture::Territory;
use crate::signup::{MAIL, PHONE, newcomer, slug};
use relais_app::App;
use relais_app::accounts::psc::{Arrived, Errand, Leaving, Returning, Trouble};
use relais_app::outside::Outside;
use relais_core::access::Role;
use relais_core::time::Duration;
use relais_gateways::identity::{Activity, FakeAuthenticators, FakeIdentity, Proved, Unproved};
use relais_store::{journal, users};
use std::sync::Arc;

/// Runs a story on each engine, with a provider and two processes on one database.
fn with_provider<F: Future<Output = ()>>(story: impl Fn(Territory, App, Arc<FakeIdentity>) -> F) {
    let outside = |outside: Outside| {
        let fake = Arc::new(FakeIdentity::default());
        let outside = Outside {
            identity: Some(Arc::clone(&fake) as _),
            ..outside
        };
        (outside, fake)
    };
    Territory::on_two_nodes(outside, story);
}

fn proved(rpps: &str, places: &[&str]) -> Proved {
    let activity = |place: &&str| Activity {
        profession: "10".to_owned(),
        mode: "L".to_owned(),
        place: (*place).to_owned(),
        ..Activity::default()
    };
    Proved {
        rpps: rpps.to_owned(),
        last_name: "CORVO".to_owned(),
        activities: places.iter().map(activity).collect(),
        hint: "hint-of-a-test".to_owned(),
    }
}

fn to_sign_in() -> Errand {
    Errand::SignIn {
        next: "/offres".to_owned(),
    }
}

/// What the browser comes back with when all goes well.
fn back(leaving: &Leaving) -> Returning {
    let value = |name: &str| {
        let (_, query) = leaving.address.split_once('?').unwrap();
        let found = query.split('&').find_map(|pair| pair.strip_prefix(name));
        found.unwrap().to_owned()
    };
    Returning {
        state: value("state="),
        code: value("code="),
        error: String::new(),
        browser: leaving.browser.clone(),
        device: "Firefox".to_owned(),
    }
}

async fn leave(app: &App, errand: Errand) -> Leaving {
    match app.psc_leave(errand).await.unwrap() {
        Ok(leaving) => leaving,
        Err(trouble) => panic!("{trouble:?}"),
    }
}

fn trouble(arrived: Arrived) -> Trouble {
    match arrived {
        Arrived::Not(trouble, _) => trouble,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_proof_opens_the_session_of_its_number_once_in_time_in_one_browser_on_any_node() {
    with_provider(|t, other, psc| async move {
        let (rpps, who) = t.a_member();
        let wanted = who.actor.unwrap().user;
        let leaving = leave(&t.app, to_sign_in()).await;
        psc.say(Ok(proved(&rpps, &[])));
        let stolen = Returning {
            browser: "another browser".to_owned(),
            ..back(&leaving)
        };
        assert_eq!(
            trouble(t.app.psc_return(stolen).await.unwrap()),
            Trouble::Expired
        );
        // The other process answers: what was sent is in the database.
        let Arrived::SignedIn { session, next } = other.psc_return(back(&leaving)).await.unwrap()
        else {
            panic!("signed in");
        };
        assert_eq!(next, "/offres");
        let signed = t.app.session(&session).await.unwrap().unwrap();
        assert_eq!(signed.actor.user, wanted);
        assert!(
            signed.strong && signed.fresh,
            "an identity may be shown (R6)"
        );
        psc.say(Ok(proved(&rpps, &[])));
        let again = t.app.psc_return(back(&leaving)).await.unwrap();
        assert_eq!(trouble(again), Trouble::Expired, "used once");

        // Signing out leads to the provider's own way out, once.
        let browser = other.psc_farewell(&session).await.unwrap().unwrap();
        t.app.close_session(&session).await.unwrap();
        let out = t.app.psc_end(&browser).await.unwrap().unwrap();
        assert!(out.contains("hint-of-a-test"), "{out}");
        assert_eq!(t.app.psc_end(&browser).await.unwrap(), None);
        assert_eq!(other.psc_farewell(&session).await.unwrap(), None);

        let late = leave(&t.app, to_sign_in()).await;
        t.app.advance(Duration::minutes(10)).await.unwrap();
        assert_eq!(
            trouble(t.app.psc_return(back(&late)).await.unwrap()),
            Trouble::Expired
        );
    });
}

#[test]
fn a_proof_opens_nothing_to_a_stranger_or_to_an_account_that_ended() {
    with_provider(|t, _, psc| async move {
        let (rpps, who) = t.a_member();
        let leaving = leave(&t.app, to_sign_in()).await;
        psc.say(Ok(proved("99799999999", &[])));
        let arrived = t.app.psc_return(back(&leaving)).await.unwrap();
        assert_eq!(trouble(arrived), Trouble::Unknown);

        let user = who.actor.unwrap().user;
        let ended = t.app.db().write(move |tx| users::disable(tx, user));
        ended.await.unwrap();
        let leaving = leave(&t.app, to_sign_in()).await;
        psc.say(Ok(proved(&rpps, &[])));
        let arrived = t.app.psc_return(back(&leaving)).await.unwrap();
        assert_eq!(trouble(arrived), Trouble::Unknown);
        let acts = t
            .app
            .db()
            .read(|tx| journal::list_after(tx, journal::INSTALLATION, 0, 1_000))
            .await
            .unwrap();
        let refused = acts
            .iter()
            .filter(|link| link.entry.act == "session.refused");
        assert_eq!(refused.count(), 2);
    });
}

#[test]
fn each_failure_of_the_provider_has_its_word_and_the_password_still_opens() {
    with_provider(|t, _, psc| async move {
        for (why, said) in [
            (Unproved::Away("x".to_owned()), Trouble::Away),
            (Unproved::Doubtful("x".to_owned()), Trouble::Doubtful),
            (Unproved::NoNumber, Trouble::NoNumber),
            (Unproved::Expired, Trouble::Expired),
        ] {
            let leaving = leave(&t.app, to_sign_in()).await;
            psc.say(Err(why));
            let arrived = t.app.psc_return(back(&leaving)).await.unwrap();
            assert_eq!(trouble(arrived), said);
        }
        let leaving = leave(&t.app, to_sign_in()).await;
        let no = Returning {
            error: "access_denied".to_owned(),
            ..back(&leaving)
        };
        assert_eq!(
            trouble(t.app.psc_return(no).await.unwrap()),
            Trouble::Refused
        );
        psc.set_away(true);
        let answer = t.app.psc_leave(to_sign_in()).await.unwrap();
        assert_eq!(answer.err(), Some(Trouble::Away));
        // Nothing of it is in the way of the ordinary one.
        let login = &t.world.users[0].login;
        assert!(t.app.sign_in_demo(login, String::new()).await.is_ok());
    });
}

#[test]
fn an_application_is_proved_by_its_own_number_and_the_coordinator_reads_for_which_activity() {
    with_provider(|t, _, psc| async move {
        let app = &t.app;
        let token = t.proved(newcomer("Corvo"), PHONE, MAIL).await;
        t.sent(&token).await;
        let errand = app.signup_errand(&token).await.unwrap();
        assert_eq!(
            slug(app.signup_errand("another browser").await),
            "not-found"
        );

        let leaving = leave(app, errand.clone()).await;
        psc.say(Ok(proved("99799999999", &["CABINET"])));
        let arrived = app.psc_return(back(&leaving)).await.unwrap();
        assert!(
            matches!(arrived, Arrived::Not(Trouble::Other, Some(_))),
            "{arrived:?}"
        );
        let coordinator = t.staff(Role::Coordinator);
        assert_eq!(t.waiting(&coordinator).await.applicant.proof(), None);

        let leaving = leave(app, errand.clone()).await;
        psc.say(Ok(proved("99710000011", &["CABINET", "CLINIQUE"])));
        assert_eq!(
            app.psc_return(back(&leaving)).await.unwrap(),
            Arrived::Proved
        );
        let proof = t.waiting(&coordinator).await.applicant.proof().unwrap();
        assert!(proof.asks_activity() && proof.chosen.is_none());
        let wrong = app.signup_activity(&token, 2).await;
        assert_eq!(slug(wrong), "another error");
        app.signup_activity(&token, 1).await.unwrap();
        let proof = t.waiting(&coordinator).await.applicant.proof().unwrap();
        assert_eq!(proof.chosen.unwrap().place, "CLINIQUE");

        let waiting = t.waiting(&coordinator).await;
        let id = waiting.applicant.application.id;
        app.approve_application(&coordinator, id, false)
            .await
            .unwrap();
        assert_eq!(slug(app.signup_errand(&token).await), "not-found");
        let late = app.signup_activity(&token, 0).await;
        assert_eq!(slug(late), "not-found");

        // The new member signs in by the same proof, without a word of the password.
        let leaving = leave(app, to_sign_in()).await;
        psc.say(Ok(proved("99710000011", &["CABINET"])));
        let arrived = app.psc_return(back(&leaving)).await.unwrap();
        assert!(matches!(arrived, Arrived::SignedIn { .. }), "{arrived:?}");
    });
}

/// Asking writes nothing down: no number of questions to keys, nor of browsers sent away, keeps anybody out (ADR 0048).
#[test]
fn thousands_of_questions_to_keys_keep_nobody_from_coming_back() {
    let outside = |outside: Outside| {
        let fake = Arc::new(FakeIdentity::default());
        let outside = Outside {
            identity: Some(Arc::clone(&fake) as _),
            authenticators: Some(Arc::new(FakeAuthenticators::default()) as _),
            ..outside
        };
        (outside, fake)
    };
    Territory::on_two_nodes(outside, |t, other, psc| async move {
        let (rpps, _) = t.a_member();
        for _ in 0..3_000 {
            t.app.door_ask_key().unwrap();
        }
        for _ in 0..2_100 {
            leave(&t.app, to_sign_in()).await;
        }
        let leaving = leave(&t.app, to_sign_in()).await;
        psc.say(Ok(proved(&rpps, &[])));
        let arrived = other.psc_return(back(&leaving)).await.unwrap();
        assert!(matches!(arrived, Arrived::SignedIn { .. }), "{arrived:?}");
    });
}

/// What a browser carries fits in its cookie, whatever page it was going to.
#[test]
fn a_page_too_long_to_be_carried_is_left_out() {
    with_provider(|t, _, psc| async move {
        let (rpps, _) = t.a_member();
        for (length, kept) in [(1_500, true), (1_501, false)] {
            let next = format!("/{}", "a".repeat(length - 1));
            let errand = Errand::SignIn { next: next.clone() };
            let leaving = leave(&t.app, errand).await;
            assert!(leaving.browser.len() < 3_500, "{}", leaving.browser.len());
            psc.say(Ok(proved(&rpps, &[])));
            let arrived = t.app.psc_return(back(&leaving)).await.unwrap();
            let Arrived::SignedIn { next: to, .. } = arrived else {
                panic!("{arrived:?}");
            };
            assert_eq!(to == next, kept, "{length}");
        }
    });
}

#[test]
fn without_a_provider_nothing_of_it_exists() {
    Territory::on_each_engine(|t| async move {
        assert!(!t.app.has_identity_provider());
        let leaving = t.app.psc_leave(to_sign_in()).await;
        assert_eq!(slug(leaving), "not-found");
        let returning = t.app.psc_return(Returning::default()).await;
        assert_eq!(slug(returning), "not-found");
    });
}
