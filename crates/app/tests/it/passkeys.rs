//! Passkeys and the access given back in person (ADR 0037), with an authenticator that says what the
//! test wants; the real protocol is spoken by Chromium in the browser journeys.

use crate::fixture::Territory;
use crate::signup::{MAIL, PHONE, newcomer, slug};
use relais_app::accounts::passkeys::{KeyAttempt, KeyBegun};
use relais_app::accounts::password;
use relais_app::accounts::signin::Attempt;
use relais_app::outside::Outside;
use relais_app::signup::Step;
use relais_app::{App, AppError, Who};
use relais_core::access::Role;
use relais_core::time::Duration;
use relais_gateways::identity::{FakeAnswer, FakeAuthenticators};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Runs a story on each engine, with two processes on one database.
pub(crate) fn with_keys<F: Future<Output = ()>>(story: impl Fn(Territory, App) -> F) {
    let outside = |outside: Outside| {
        let authenticators: Option<_> = Some(Arc::new(FakeAuthenticators::default()) as _);
        let outside = Outside {
            authenticators,
            ..outside
        };
        (outside, ())
    };
    Territory::on_two_nodes(outside, |t, other, ()| story(t, other));
}

/// A key in somebody's pocket.
#[derive(Clone)]
pub(crate) struct Pocket {
    id: &'static str,
    account: u128,
    counter: u32,
}

impl Pocket {
    pub(crate) fn of(id: &'static str, who: &Who) -> Self {
        Self {
            id,
            account: who.actor.unwrap().user.bits(),
            counter: 0,
        }
    }

    fn answer(&mut self, begun: &KeyBegun) -> String {
        self.counter += 1;
        let answer = FakeAnswer {
            id: self.id.to_owned(),
            account: self.account.to_string(),
            challenge: begun.options.clone(),
            counter: self.counter,
        };
        serde_json::to_string(&answer).unwrap()
    }

    pub(crate) async fn add(&mut self, app: &App, who: &Who) {
        let begun = app.key_ask_new(who).await.unwrap();
        let answer = self.answer(&begun);
        app.key_add(who, &begun.ceremony, &answer, " Mon téléphone ")
            .await
            .unwrap();
    }

    async fn signs_in(&mut self, app: &App) -> Result<String, AppError> {
        let begun = app.door_ask_key()?;
        let answer = self.answer(&begun);
        app.sign_in_by_key(attempt(begun.ceremony, answer)).await
    }
}

fn attempt(ceremony: String, answer: String) -> KeyAttempt {
    KeyAttempt {
        ceremony,
        answer,
        source: "192.0.2.7".to_owned(),
        device: "Firefox".to_owned(),
        shared_computer: false,
    }
}

#[test]
fn a_key_signs_in_on_any_node_until_it_is_taken_away() {
    with_keys(|t, other| async move {
        let (app, who) = (&t.app, t.a_member().1);
        let mut phone = Pocket::of("phone", &who);
        phone.add(app, &who).await;
        let keys = app.keys(&who).await.unwrap();
        assert_eq!(keys.len(), 1);
        assert_eq!(
            (keys[0].label.as_str(), keys[0].used_at),
            ("Mon téléphone", None)
        );

        // Asked by one process, answered to another.
        let begun = app.door_ask_key().unwrap();
        let answer = phone.answer(&begun);
        let session = other
            .sign_in_by_key(attempt(begun.ceremony.clone(), answer.clone()))
            .await;
        let signed = app.session(&session.unwrap()).await.unwrap().unwrap();
        assert_eq!(signed.actor.user, who.actor.unwrap().user);
        assert!(signed.strong && signed.fresh);
        let again = app.sign_in_by_key(attempt(begun.ceremony, answer)).await;
        assert_eq!(slug(again), "key-refused", "a ceremony is used once");

        let late = app.door_ask_key().unwrap();
        app.advance(Duration::minutes(5)).await.unwrap();
        let answer = phone.answer(&late);
        let late = app.sign_in_by_key(attempt(late.ceremony, answer)).await;
        assert_eq!(slug(late), "key-refused", "too late");

        app.key_rename(&who, "phone", "Cabinet").await.unwrap();
        assert_eq!(app.keys(&who).await.unwrap()[0].label, "Cabinet");
        let stranger = t.staff(Role::Operator);
        assert_eq!(slug(app.key_end(&stranger, "phone").await), "not-found");
        assert_eq!(
            slug(app.key_rename(&stranger, "phone", "x").await),
            "not-found"
        );
        let mut second = Pocket::of("tablet", &who);
        second.add(app, &who).await;
        app.key_end(&who, "phone").await.unwrap();
        assert_eq!(slug(phone.signs_in(app).await), "key-refused");
        second.signs_in(app).await.unwrap();
    });
}

#[test]
fn a_counter_that_goes_back_ends_the_key_and_its_copy() {
    with_keys(|t, _| async move {
        let (app, who) = (&t.app, t.a_member().1);
        let mut key = Pocket::of("key", &who);
        key.add(app, &who).await;
        let mut copy = key.clone();
        key.signs_in(app).await.unwrap();
        key.signs_in(app).await.unwrap();
        assert_eq!(slug(copy.signs_in(app).await), "key-copied");
        assert_eq!(slug(key.signs_in(app).await), "key-refused", "both are out");
        assert!(app.keys(&who).await.unwrap().is_empty());
    });
}

/// Two tabs ask the same key, and the second answer arrives first: nothing was copied. The same answers at once do no
/// more harm.
#[test]
fn two_tabs_answered_out_of_order_do_not_end_a_key() {
    with_keys(|t, other| async move {
        let (app, who) = (&t.app, t.a_member().1);
        let mut key = Pocket::of("key", &who);
        key.add(app, &who).await;
        let mut copy = key.clone();
        for _ in 0..4 {
            let (first, second) = (app.door_ask_key().unwrap(), app.door_ask_key().unwrap());
            let (early, late) = (key.answer(&first), key.answer(&second));
            app.advance(Duration::seconds(1)).await.unwrap();
            app.sign_in_by_key(attempt(second.ceremony, late))
                .await
                .unwrap();
            let early = other.sign_in_by_key(attempt(first.ceremony, early)).await;
            assert_eq!(slug(early), "key-refused", "that answer is worth nothing");
            assert_eq!(app.keys(&who).await.unwrap().len(), 1, "the key stays");

            let (first, second) = (app.door_ask_key().unwrap(), app.door_ask_key().unwrap());
            let (early, late) = (key.answer(&first), key.answer(&second));
            app.advance(Duration::seconds(1)).await.unwrap();
            let (early, late) = tokio::join!(
                other.sign_in_by_key(attempt(first.ceremony, early)),
                app.sign_in_by_key(attempt(second.ceremony, late))
            );
            late.unwrap();
            assert!(["done", "key-refused"].contains(&slug(early)));
            assert_eq!(app.keys(&who).await.unwrap().len(), 1, "the key stays");
        }
        app.advance(Duration::seconds(1)).await.unwrap();
        assert_eq!(
            slug(copy.signs_in(app).await),
            "key-copied",
            "a copy is one"
        );
    });
}

/// `users::hold`: as many as may be, however many are made at once.
#[test]
fn ten_keys_are_the_most_however_many_are_made_at_once() {
    with_keys(|t, other| async move {
        let (app, who) = (&t.app, t.a_member().1);
        let mut asked = Vec::new();
        for _ in 0..14 {
            asked.push(app.key_ask_new(&who).await.unwrap());
        }
        let mut adding = JoinSet::new();
        for (turn, begun) in asked.into_iter().enumerate() {
            let name: &'static str = Box::leak(format!("key {turn}").into_boxed_str());
            let answer = Pocket::of(name, &who).answer(&begun);
            let node = if turn % 2 == 0 { app } else { &other };
            let (node, who) = (node.clone(), who.clone());
            adding.spawn(async move { node.key_add(&who, &begun.ceremony, &answer, "").await });
        }
        let added = adding.join_all().await;
        assert_eq!(added.iter().filter(|answer| answer.is_ok()).count(), 10);
        for answer in added.into_iter().filter(Result::is_err) {
            let Err(AppError::Invalid(errors)) = answer else {
                panic!("{answer:?}");
            };
            assert!(errors[0].message.contains("déjà dix"), "{errors:?}");
        }
        assert_eq!(app.keys(&who).await.unwrap().len(), 10);
    });
}

#[test]
fn a_key_made_under_another_session_is_nobodys() {
    with_keys(|t, _| async move {
        let (app, who) = (&t.app, t.a_member().1);
        let begun = app.key_ask_new(&who).await.unwrap();
        let mut key = Pocket::of("key", &who);
        let answer = key.answer(&begun);
        let operator = t.staff(Role::Operator);
        let stolen = app.key_add(&operator, &begun.ceremony, &answer, "").await;
        assert!(matches!(stolen, Err(AppError::Invalid(_))));
        assert!(app.keys(&operator).await.unwrap().is_empty());
        // The same id twice: the second is refused with a sentence.
        key.add(app, &who).await;
        let begun = app.key_ask_new(&operator).await.unwrap();
        let answer = key.answer(&begun);
        let twice = app.key_add(&operator, &begun.ceremony, &answer, "").await;
        assert!(matches!(twice, Err(AppError::Invalid(_))));
        // A key of somebody else's name opens nothing.
        let mut liar = Pocket {
            account: operator.actor.unwrap().user.bits(),
            ..key.clone()
        };
        assert_eq!(slug(liar.signs_in(app).await), "key-refused");
    });
}

#[test]
fn one_joins_with_a_key_instead_of_a_password() {
    with_keys(|t, _| async move {
        let app = &t.app;
        let token = t.proved(newcomer("Corvo"), PHONE, MAIL).await;
        let begun = app.signup_ask_key(&token).await.unwrap();
        let mut key = Pocket {
            id: "newcomer",
            account: 0,
            counter: 0,
        };
        let answer = key.answer(&begun);
        app.signup_key(&token, &begun.ceremony, &answer, "iPhone")
            .await
            .unwrap();
        let one = app.signup(&token).await.unwrap().unwrap();
        assert_eq!(one.step(), Step::Sent);
        assert_eq!(slug(app.signup_ask_key(&token).await), "not-found");
        let coordinator = t.staff(Role::Coordinator);
        let id = t.waiting(&coordinator).await.applicant.application.id;
        app.approve_application(&coordinator, id, false)
            .await
            .unwrap();
        let all = app.users().await.unwrap();
        let made = all.iter().find(|user| user.login == "99710000011").unwrap();
        assert!(!made.has_password);
        key.account = made.id.bits();
        let session = key.signs_in(app).await.unwrap();
        let signed = app.session(&session).await.unwrap().unwrap();
        let who = signed.who("web");
        let last = app.key_end(&who, "newcomer").await;
        assert!(
            matches!(last, Err(AppError::Invalid(_))),
            "the only way in stays"
        );
    });
}

#[test]
fn every_key_lost_an_access_is_given_back_in_person_once_and_the_old_ways_end() {
    with_keys(|t, other| async move {
        let (app, who) = (&t.app, t.a_member().1);
        let mut phone = Pocket::of("phone", &who);
        phone.add(app, &who).await;
        let old = phone.signs_in(app).await.unwrap();
        let login = {
            let all = app.users().await.unwrap();
            let user = who.actor.unwrap().user;
            all.into_iter().find(|u| u.id == user).unwrap().login
        };
        let coordinator = t.staff(Role::Coordinator);
        let operator = t.staff(Role::Operator);
        assert_eq!(slug(app.recovery_give(&operator, &login).await), "denied");
        for wrong in ["nobody", t.world.users[0].login.as_str()] {
            let elsewhere =
                wrong != "nobody" && t.world.users[0].network == coordinator.actor.unwrap().network;
            if !elsewhere {
                let answer = app.recovery_give(&coordinator, wrong).await;
                assert!(matches!(answer, Err(AppError::Invalid(_))), "{wrong}");
            }
        }
        let given = app.recovery_give(&coordinator, &login).await.unwrap();
        assert_eq!(
            (given.login.as_str(), given.code.len()),
            (login.as_str(), 8)
        );
        let use_code = |code: &str| {
            let (app, login, code) = (other.clone(), login.clone(), code.to_owned());
            async move { app.recover(&login, &code, "192.0.2.9", String::new()).await }
        };
        for _ in 0..4 {
            assert_eq!(slug(use_code("00000000").await), "recovery-refused");
        }
        let session = use_code(&given.code).await.unwrap();
        assert_eq!(
            slug(use_code(&given.code).await),
            "recovery-refused",
            "once"
        );
        assert!(
            app.session(&old).await.unwrap().is_none(),
            "old sessions end"
        );
        assert_eq!(slug(phone.signs_in(app).await), "key-refused");

        // A password with a code is chosen in the session that opened, without a script.
        let signed = app.session(&session).await.unwrap().unwrap();
        let who = signed.who("web");
        assert!(!app.has_password(&who).await.unwrap());
        let secret = app.new_secret(&who).await.unwrap();
        assert_eq!(
            app.secret_again(&who, &secret.sealed).unwrap(),
            secret.shown
        );
        let code = code_of(&secret.shown, app);
        let typed = "une phrase assez longue".to_owned();
        let short = app
            .set_password(&who, "court".to_owned(), &code, &secret.sealed)
            .await;
        assert!(matches!(short, Err(AppError::Invalid(_))));
        let theirs = app
            .set_password(&coordinator, typed.clone(), &code, &secret.sealed)
            .await;
        assert_eq!(slug(theirs), "not-found", "a secret is one person's");
        app.set_password(&who, typed.clone(), &code, &secret.sealed)
            .await
            .unwrap();
        let attempt = Attempt {
            login: login.clone(),
            password: typed,
            code: code_of(&secret.shown, app),
            source: "192.0.2.9".to_owned(),
            device: String::new(),
            shared_computer: false,
            known: String::new(),
        };
        app.sign_in(attempt).await.unwrap();
    });
}

#[test]
fn a_code_dies_of_five_wrong_tries_and_of_old_age_and_is_not_given_without_end() {
    with_keys(|t, _| async move {
        let (app, coordinator) = (&t.app, t.staff(Role::Coordinator));
        let user = t.a_member().1.actor.unwrap().user;
        let all = app.users().await.unwrap();
        let login = all.into_iter().find(|u| u.id == user).unwrap().login;
        let recover = |code: String| {
            let (app, login) = (app.clone(), login.clone());
            async move { app.recover(&login, &code, "192.0.2.9", String::new()).await }
        };
        let first = app.recovery_give(&coordinator, &login).await.unwrap();
        for _ in 0..5 {
            assert_eq!(
                slug(recover("00000000".to_owned()).await),
                "recovery-refused"
            );
        }
        assert_eq!(slug(recover(first.code).await), "recovery-refused", "dead");
        let second = app.recovery_give(&coordinator, &login).await.unwrap();
        app.advance(Duration::minutes(30)).await.unwrap();
        assert_eq!(
            slug(recover(second.code).await),
            "recovery-refused",
            "too late"
        );
        app.recovery_give(&coordinator, &login).await.unwrap();
        let fourth = app.recovery_give(&coordinator, &login).await;
        assert!(matches!(fourth, Err(AppError::Invalid(_))));
        let mut refused = "";
        for _ in 0..20 {
            refused = slug(recover("11111111".to_owned()).await);
        }
        assert_eq!(refused, "another error", "one source must wait");
    });
}

fn code_of(secret: &str, app: &App) -> String {
    let digit = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let bits: String = secret
        .chars()
        .map(|c| format!("{:05b}", digit(c)))
        .collect();
    let byte = |i: usize| u8::from_str_radix(&bits[i * 8..i * 8 + 8], 2).unwrap();
    let seed: [u8; 20] = (0..20).map(byte).collect::<Vec<u8>>().try_into().unwrap();
    let seconds = u64::try_from(app.now().millis() / 1_000).unwrap();
    password::totp(seed).unwrap().generate(seconds).to_string()
}
