//! Notifications to the browsers people subscribed: agreed to, tried, heard from, forgotten; without
//! one, the SMS is the next rung at once (R7). Nobody's browser is another's.

use crate::village::Village;
use relais_app::AppError;
use relais_app::devices::SubscriptionDraft;
use relais_app::requests::desk::Act;
use relais_core::request::{NeedEdit, OfferStatus};
use relais_gateways::push::{VapidKey, WebPush, WebPushSettings};
use relais_gateways::testing::{Reply, Vendor};
use relais_gateways::{Channel, Guard};
use std::sync::Arc;
use std::time::Duration;

/// The browser of RFC 8291's example.
const POINT: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// A push service that takes everything, but for the endpoints called `old`.
fn push_service() -> Vendor {
    Vendor::start(|raw| {
        let gone = raw.path.ends_with("old");
        Some(Reply::new(if gone { 410 } else { 201 }, "").with("Location", "/m/1"))
    })
}

/// The same village, its notifications sent by ourselves.
fn ours(v: &Village) -> Village {
    let key = VapidKey::read(
        &VapidKey::generate().unwrap(),
        "mailto:garde@relais.example",
    );
    let clock = v.app.clock().clone();
    let now = clock.clone();
    let gateway = WebPush::new(WebPushSettings {
        name: "web-push",
        key: Arc::new(key.unwrap()),
        hosts: vec!["127.0.0.1".to_owned()],
        timeout: Duration::from_secs(5),
        in_flight: 4,
        now: Arc::new(move || now.now()),
    });
    let guard = Guard::new(vec![Arc::new(gateway)], move || clock.now(), || 0);
    v.through(|gateways| gateways.with(Arc::new(guard)), "web-push")
}

fn browser(vendor: &Vendor, name: &str) -> SubscriptionDraft {
    SubscriptionDraft {
        endpoint: format!("{}/push/{name}", vendor.url()),
        p256dh: POINT.to_owned(),
        auth: AUTH.to_owned(),
        label: "Téléphone".to_owned(),
    }
}

fn told(vendor: &Vendor, name: &str) -> usize {
    let seen = vendor.seen();
    seen.iter().filter(|raw| raw.path.ends_with(name)).count()
}

#[test]
fn whoever_has_a_browser_is_told_there_and_by_sms_when_it_says_nothing() {
    Village::each(|v| async move {
        let vendor = push_service();
        let v = ours(&v);
        let martin = v.as_pro("Martin");
        v.app
            .subscribe(&martin, browser(&vendor, "one"))
            .await
            .unwrap();
        let id = v.raise(v.call()).await;
        assert_eq!(told(&vendor, "one"), 1);
        assert!(
            v.phones
                .list()
                .iter()
                .all(|row| row.to != v.number("Martin"))
        );
        v.pass(4).await;
        let sms = v.phones.list();
        assert!(
            sms.iter().any(|row| row.to == v.number("Martin")),
            "the SMS followed"
        );
        // The phone that got the SMS says so; the browser never did.
        let offer = v.offer_status(id, "Martin").await;
        assert!(matches!(offer, OfferStatus::Delivered { .. }), "{offer:?}");
        let devices = v.app.devices(&martin).await.unwrap();
        assert_eq!(devices[0].proved_at, None);
    });
}

#[test]
fn a_browser_that_showed_it_is_believed_and_no_sms_follows() {
    Village::each(|v| async move {
        let vendor = push_service();
        let v = ours(&v);
        let (martin, other) = (v.as_pro("Martin"), v.as_pro("Leroy"));
        v.app
            .subscribe(&martin, browser(&vendor, "one"))
            .await
            .unwrap();
        let id = v.raise(v.call()).await;
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let push = messages.iter().find(|m| m.channel == "push").unwrap();
        let (key, endpoint) = (push.idem_key.clone(), browser(&vendor, "one").endpoint);
        // Somebody else's word about it counts for nothing.
        let notified = v.app.notified(&other, key.clone(), endpoint.clone());
        notified.await.unwrap();
        assert!(matches!(
            v.offer_status(id, "Martin").await,
            OfferStatus::Sent { .. }
        ));
        assert_eq!(v.app.devices(&martin).await.unwrap()[0].proved_at, None);
        v.app.notified(&martin, key, endpoint).await.unwrap();
        let offer = v.offer_status(id, "Martin").await;
        assert!(matches!(offer, OfferStatus::Delivered { .. }), "{offer:?}");
        v.pass(4).await;
        assert!(
            v.phones
                .list()
                .iter()
                .all(|row| row.to != v.number("Martin"))
        );
        assert!(v.app.devices(&martin).await.unwrap()[0].proved_at.is_some());
    });
}

#[test]
fn without_a_browser_or_with_one_that_is_no_more_the_sms_goes_at_once() {
    Village::each(|v| async move {
        let vendor = push_service();
        let v = ours(&v);
        v.raise(v.call()).await;
        assert_eq!(vendor.seen(), []);
        let by_sms = |name: &str| {
            let number = v.number(name);
            v.phones
                .list()
                .iter()
                .filter(|row| row.to == number)
                .count()
        };
        assert_eq!(by_sms("Martin"), 1);
        let martin = v.as_pro("Martin");
        v.app
            .subscribe(&martin, browser(&vendor, "old"))
            .await
            .unwrap();
        v.raise(v.call_for(
            "Autre",
            relais_core::people::Profession::Gp,
            Some("Martin"),
            "+33639981002",
        ))
        .await;
        assert_eq!((told(&vendor, "old"), by_sms("Martin")), (1, 2));
        assert_eq!(v.app.devices(&martin).await.unwrap().len(), 0, "forgotten");
    });
}

/// R7: news are as much owed as questions, and a browser that is no more is no way to anybody.
#[test]
fn news_a_browser_does_not_carry_go_by_the_next_way() {
    Village::each(|v| async move {
        let vendor = push_service();
        let v = ours(&v);
        let id = v.raise(v.call()).await;
        v.accepts(id, "Martin").await.unwrap();
        let martin = v.as_pro("Martin");
        v.app
            .subscribe(&martin, browser(&vendor, "old"))
            .await
            .unwrap();
        let number = v.number("Martin");
        let before = v.phones.list().len();
        let worse = NeedEdit::new(v.read(id).await.need, |need| {
            need.comment = "Ne peut plus marcher.".to_owned();
        });
        v.does(id, Act::Edit(worse)).await.unwrap();
        v.app.settle().await.unwrap();
        assert_eq!(told(&vendor, "old"), 1, "tried there first");
        let rows = v.phones.list();
        let sms: Vec<_> = rows[before..].iter().filter(|r| r.to == number).collect();
        assert_eq!(sms.len(), 1, "told once");
        assert!(sms[0].text.contains("modifiee"), "{}", sms[0].text);
        let directory = v.app.directory().await.unwrap();
        let id = martin.actor.unwrap().professional.unwrap();
        let person = directory.person(id);
        assert!(!person.unwrap().has_smartphone, "asked by SMS from now on");
    });
}

#[test]
fn a_trial_goes_to_ones_own_browsers_and_is_seen_by_its_own_word() {
    Village::each(|v| async move {
        let vendor = push_service();
        let v = ours(&v);
        let martin = v.as_pro("Martin");
        let nothing = v.app.try_devices(&martin).await.unwrap_err();
        assert!(matches!(nothing, AppError::Invalid(_)), "{nothing:?}");
        for name in ["one", "two", "one"] {
            v.app
                .subscribe(&martin, browser(&vendor, name))
                .await
                .unwrap();
        }
        v.app.try_devices(&martin).await.unwrap();
        v.app.settle().await.unwrap();
        assert_eq!((told(&vendor, "one"), told(&vendor, "two")), (1, 1));
        let devices = v.app.devices(&martin).await.unwrap();
        assert_eq!(devices.len(), 2, "the same browser twice is one");
        // Somebody else signs in on the same browser: it is theirs now, and not proved.
        let other = v.as_pro("Leroy");
        v.app
            .subscribe(&other, browser(&vendor, "one"))
            .await
            .unwrap();
        assert_eq!(v.app.devices(&martin).await.unwrap().len(), 1);
        let theirs = v.app.devices(&other).await.unwrap();
        let id = theirs[0].id.clone();
        let not_mine = v.app.forget_device(&martin, id.clone()).await.unwrap_err();
        assert!(matches!(not_mine, AppError::NotFound));
        v.app.forget_device(&other, id).await.unwrap();
        assert_eq!(v.app.devices(&other).await.unwrap().len(), 0);
    });
}

#[test]
fn a_browser_that_could_never_be_written_to_is_refused_with_a_sentence() {
    Village::each(|v| async move {
        let vendor = push_service();
        let mine = ours(&v);
        let martin = v.as_pro("Martin");
        let refused = |draft: SubscriptionDraft| mine.app.subscribe(&martin, draft);
        let elsewhere = SubscriptionDraft {
            endpoint: "https://169.254.169.254/latest".to_owned(),
            ..browser(&vendor, "one")
        };
        let keyless = SubscriptionDraft {
            p256dh: "AAAA".to_owned(),
            ..browser(&vendor, "one")
        };
        for draft in [elsewhere, keyless] {
            let error = refused(draft).await.unwrap_err();
            assert!(matches!(error, AppError::Invalid(_)), "{error:?}");
        }
        for n in 0..10 {
            refused(browser(&vendor, &n.to_string())).await.unwrap();
        }
        let eleventh = refused(browser(&vendor, "eleventh")).await.unwrap_err();
        assert!(matches!(eleventh, AppError::Invalid(_)), "{eleventh:?}");
        let desk = mine
            .app
            .subscribe(&mine.desk(), browser(&vendor, "desk"))
            .await;
        assert!(matches!(desk.unwrap_err(), AppError::Denied));
        // Where notifications are somebody else's business there is nothing to subscribe to.
        let theirs = v.app.subscribe(&martin, browser(&vendor, "x")).await;
        assert!(theirs.is_err());
        assert!(!v.app.outside().gateways.takes_subscriptions(Channel::Push));
    });
}
