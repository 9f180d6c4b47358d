//! Providers that call back: who is believed, about what, and that a yes means it is written down.

use crate::village::{PATIENT, Village};
use relais_app::AppError;
use relais_app::tasks::deliver::{Caller, News, Said};
use relais_core::people::Profession;
use relais_core::request::{OfferStatus, Status};
use relais_gateways::{Channel, Mood};

const PUSH: &str = "the secret that the push provider shows";
const SMS: &str = "the secret that the text provider shows";

/// The village, where two providers may call.
fn listening(v: &Village) -> Village {
    let mut outside = v.app.outside().clone();
    outside.callers = vec![
        Caller::new(Channel::Push, PUSH),
        Caller::new(Channel::Sms, SMS),
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
