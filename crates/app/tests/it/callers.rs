//! Providers that call back: who is believed, about what, and that a yes means it is written down.

use crate::village::{PATIENT, Village};
use relais_app::AppError;
use relais_app::tasks::deliver::{Caller, News, Said};
use relais_core::people::Profession;
use relais_core::request::{OfferStatus, Status};
use relais_gateways::{
    About, Accepted, Channel, Failure, Gateway, Gateways, Guard, Mood, Outgoing,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const PUSH: &str = "the secret that the push provider shows";
const SMS: &str = "the secret that the text provider shows";

/// The village, where two providers may call.
fn listening(v: &Village) -> Village {
    let mut outside = v.app.outside().clone();
    outside.callers = vec![
        Caller::new(Channel::Push, "fake", PUSH),
        Caller::new(Channel::Sms, "fake", SMS),
    ];
    v.on(v.app.db().clone(), outside, "called")
}

fn news(key: &str, state: &str) -> Vec<News> {
    vec![News {
        key: key.to_owned(),
        reference: "r".to_owned(),
        state: state.to_owned(),
    }]
}

/// A receipt counts once, for its own channel; one about nothing is taken and forgotten.
#[test]
fn receipts_are_written_down_before_the_provider_hears_yes() {
    Village::each(|v| async move {
        v.phones.set_mood(&v.number("Martin"), Mood::Off).unwrap();
        let v = listening(&v);
        let id = v.raise(v.call()).await;
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let key = messages.iter().find(|m| m.channel == "push").unwrap();
        let key = key.idem_key.clone();
        let status = async || v.offer_status(id, "Martin").await;
        assert_eq!(v.app.known_caller("something else"), None);
        let [push, sms] = [PUSH, SMS].map(|secret| v.app.known_caller(secret).unwrap());
        let say =
            async |by, key: &str, state: &str| v.app.provider_receipts(by, news(key, state)).await;
        say(push, "nobody knows this key", "delivered")
            .await
            .unwrap();
        say(sms, &key, "delivered").await.unwrap();
        assert!(
            matches!(status().await, OfferStatus::Sent { .. }),
            "not theirs"
        );
        let wrong = say(push, &key, "maybe").await;
        assert!(matches!(wrong, Err(AppError::Invalid(_))));
        for _ in 0..2 {
            say(push, &key, "delivered").await.unwrap();
            assert!(matches!(status().await, OfferStatus::Delivered { .. }));
        }
        say(push, &key, "failed").await.unwrap();
        assert!(
            matches!(status().await, OfferStatus::Delivered { .. }),
            "a lie"
        );
        say(push, &key, "seen").await.unwrap();
        assert!(matches!(status().await, OfferStatus::Seen { .. }));
        v.pass(20).await;
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let asked = messages.iter().filter(|m| m.kind == "ask").count();
        assert_eq!(asked, 1, "nothing more was tried");
    });
}

/// An answer brought twice is one answer.
#[test]
fn an_answer_is_handled_before_the_provider_hears_yes() {
    Village::each(|v| async move {
        let v = listening(&v);
        let petit = v.number("Petit");
        let id = v
            .raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
            .await;
        let said = Said {
            reference: "mo-1".to_owned(),
            from: petit.clone(),
            text: format!("OUI {}", v.code(&petit)),
        };
        let sms = v.app.known_caller(SMS).unwrap();
        let phones = v.watch();
        for _ in 0..2 {
            v.app.provider_inbound(sms, said.clone()).await.unwrap();
            assert_eq!(v.status(id).await, Status::Accepted);
            v.app.settle().await.unwrap();
        }
        phones.phone("Dr Petit").expects("c'est a vous");
        phones.phone(PATIENT).expects("Dr Petit");
        phones.silent();
        // A provider that counts its references anew: another text, or another number, is heard.
        let no = Said {
            text: format!("NON {}", v.code(&petit)),
            ..said.clone()
        };
        for _ in 0..2 {
            v.app.provider_inbound(sms, no.clone()).await.unwrap();
            v.app.settle().await.unwrap();
        }
        phones.phone("Dr Petit").expects("c'est a vous");
        phones.silent();
        let nobody = Said {
            from: "soft-drink advert".to_owned(),
            ..said
        };
        let refused = v.app.provider_inbound(sms, nobody).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))));
    });
}

/// A vendor that numbers what it takes, and says nothing more by itself.
struct Numbering(AtomicU64);

/// Its first number.
const FIRST: u64 = 27_814_656;

impl Gateway for Numbering {
    fn about(&self) -> About {
        About {
            name: "ovh",
            channel: Channel::Sms,
            receipts: true,
            replies: true,
            idempotent: false,
            max_len: None,
        }
    }

    fn send(&self, _taken: &Outgoing) -> Result<Accepted, Failure> {
        Ok(Accepted {
            provider: "ovh",
            provider_ref: self.0.fetch_add(1, Ordering::Relaxed).to_string(),
        })
    }
}

const BACKUP: &str = "the secret of the second vendor";

fn numbering(v: &Village) -> Village {
    let mut outside = v.app.outside().clone();
    let vendor = Numbering(AtomicU64::new(FIRST));
    outside.gateways = outside.gateways.with(Arc::new(vendor));
    outside.callers = vec![
        Caller::new(Channel::Sms, "ovh", SMS),
        Caller::new(Channel::Sms, "backup", BACKUP),
    ];
    v.on(v.app.db().clone(), outside, "numbering")
}

fn call(id: u64, ptt: &str, description: &str) -> Vec<(String, String)> {
    let values = [
        ("id", id.to_string()),
        ("ptt", ptt.to_owned()),
        ("description", description.to_owned()),
    ];
    let each = values.into_iter();
    each.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A vendor that names its own number only: the message is found, twice, late, and after a lie.
#[test]
fn a_receipt_by_the_vendors_number_finds_its_message_once() {
    Village::each(|v| async move {
        let v = numbering(&v);
        let id = v
            .raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
            .await;
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let asked = messages.iter().find(|m| m.kind == "ask").unwrap();
        let reference: u64 = asked.provider_ref.as_deref().unwrap().parse().unwrap();
        let [ovh, backup] = [SMS, BACKUP].map(|secret| v.app.known_caller(secret).unwrap());
        let status = async || v.offer_status(id, "Petit").await;
        let say = async |by, ptt: &str, description: &str| {
            let said = call(reference, ptt, description);
            v.app.ovh_receipt(by, &said).await.unwrap();
        };
        say(backup, "4", "1").await;
        say(ovh, "3", "4").await;
        say(ovh, "500", "1").await;
        let waits = matches!(status().await, OfferStatus::Sent { .. });
        assert!(waits, "another's number, on its way, a contradiction");
        for _ in 0..2 {
            say(ovh, "4", "1").await;
            assert!(matches!(status().await, OfferStatus::Delivered { .. }));
        }
        say(ovh, "500", "2").await;
        let stands = matches!(status().await, OfferStatus::Delivered { .. });
        assert!(stands, "the first good news stands");
        v.app.ovh_receipt(ovh, &call(1, "4", "1")).await.unwrap();
        v.app.ovh_receipt(ovh, &[]).await.unwrap();
        assert_eq!(v.app.strange_calls(), 1, "what cannot be read");
        v.pass(90).await;
        v.app.housekeeping().await.unwrap();
        // The other provider's, and the one about nothing: nobody's, after an hour.
        assert_eq!(v.app.strange_calls(), 3);
    });
}

/// A receipt that is there before our own record of its message is kept for it.
#[test]
fn a_receipt_before_its_message_is_written_down_counts_all_the_same() {
    Village::each(|v| async move {
        let v = numbering(&v);
        let ovh = v.app.known_caller(SMS).unwrap();
        for number in FIRST..FIRST + 10 {
            let said = call(number, "4", "1");
            v.app.ovh_receipt(ovh, &said).await.unwrap();
        }
        let id = v
            .raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
            .await;
        v.app.settle().await.unwrap();
        let status = v.offer_status(id, "Petit").await;
        assert!(
            matches!(status, OfferStatus::Delivered { .. }),
            "{status:?}"
        );
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let sms: Vec<_> = messages.iter().filter(|m| m.channel == "sms").collect();
        assert!(sms.iter().all(|m| m.delivered_at.is_some()), "{sms:?}");
    });
}

/// An answer OVHcloud brings goes through the same door as any other, once.
#[test]
fn an_answer_brought_by_the_vendor_is_handled_once() {
    Village::each(|v| async move {
        let v = listening(&v);
        let petit = v.number("Petit");
        let id = v
            .raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
            .await;
        let said: Vec<(String, String)> = [
            ("id", "991".to_owned()),
            ("senderid", petit.trim_start_matches('+').to_owned()),
            ("message", format!("oui {}", v.code(&petit))),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let sms = v.app.known_caller(SMS).unwrap();
        let phones = v.watch();
        for _ in 0..2 {
            v.app.ovh_reply(sms, &said).await.unwrap();
            assert_eq!(v.status(id).await, Status::Accepted);
            v.app.settle().await.unwrap();
        }
        phones.phone("Dr Petit").expects("c'est a vous");
        phones.phone(PATIENT).expects("Dr Petit");
        phones.silent();
    });
}

/// The second provider, which delivers.
struct Second(Gateways);

impl Gateway for Second {
    fn about(&self) -> About {
        About {
            name: "backup",
            ..self.0.about(Channel::Sms)
        }
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        self.0.send(outgoing).map(|taken| Accepted {
            provider: "backup",
            ..taken
        })
    }
}

/// A provider that takes everything and delivers nothing is noticed, left for the next one, and come back
/// to; what it swallowed is sent by nobody else (I7).
#[test]
fn a_provider_that_delivers_nothing_is_left_for_the_next_and_come_back_to() {
    Village::each(|v| async move {
        let liar = Arc::new(Numbering(AtomicU64::new(FIRST)));
        let taken = || liar.0.load(Ordering::Relaxed) - FIRST;
        let mut outside = v.app.outside().clone();
        let clock = v.app.clock().clone();
        let second = Arc::new(Second(outside.gateways.clone()));
        let guard = Guard::new(vec![liar.clone(), second], move || clock.now(), || 0);
        outside.gateways = outside.gateways.with(Arc::new(guard));
        outside.callers = vec![Caller::new(Channel::Sms, "ovh", SMS)];
        outside.receipted = vec![(Channel::Sms, "ovh")];
        let v = v.on(v.app.db().clone(), outside, "doubting");
        let arrived = || {
            let rows = v.phones.list();
            rows.iter()
                .filter(|row| row.channel == Channel::Sms)
                .count()
        };
        let (start, ovh) = (arrived(), v.app.known_caller(SMS).unwrap());
        let raise = async |n: usize, doctor: &str| {
            let name = format!("Belin{n}");
            v.raise(v.call_for(&name, Profession::Gp, Some(doctor), PATIENT))
                .await
        };
        for n in 0..5 {
            raise(n, "Martin").await;
        }
        assert!(taken() >= 5 && arrived() == start, "{} taken", taken());
        v.pass(6).await;
        v.app.look().await;
        let lines = v.app.state().lines();
        assert!(
            lines.contains(&"provider-silent ovh".to_owned()),
            "{lines:?}"
        );
        let (swallowed, before) = (taken(), arrived());
        raise(5, "Martin").await;
        assert_eq!(taken(), swallowed, "the next one goes first");
        assert_eq!(arrived(), before + 1, "and only with what is new");
        // Ten minutes later one solicitation tries it, and its receipt ends the doubt.
        v.pass(10).await;
        let (tried, before) = (taken(), arrived());
        raise(6, "Petit").await;
        assert_eq!(taken(), tried + 1, "the solicitation alone");
        assert_eq!(arrived(), before + 1, "the patient's news");
        let said = call(FIRST + tried, "4", "1");
        v.app.ovh_receipt(ovh, &said).await.unwrap();
        v.pass(1).await;
        v.app.look().await;
        assert_eq!(v.app.doubted_providers(), []);
        let before = taken();
        raise(7, "Martin").await;
        assert!(taken() > before, "it is come back to");
    });
}
