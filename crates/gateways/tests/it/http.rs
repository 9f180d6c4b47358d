//! The HTTP provider against one that behaves as told.

use crate::setup::message;
use relais_core::time::Duration as Length;
use relais_gateways::http::{HttpGateway, Secret, Settings, SettingsError};
use relais_gateways::testing::{Behaviour, Provider};
use relais_gateways::{Address, Channel, Failure, Gateway as _, Outgoing, Urgency, contract};
use std::time::Duration;

fn settings(url: String, channel: Channel) -> Settings {
    Settings {
        name: "http",
        channel,
        url,
        secret: Some(Secret::new("s3cret-of-the-gateway")),
        timeout: Duration::from_secs(5),
        in_flight: 8,
    }
}

fn gateway(provider: &Provider) -> HttpGateway {
    HttpGateway::new(settings(provider.url(), Channel::Sms)).unwrap()
}

fn sample() -> Outgoing {
    message("key", Channel::Sms, "SNP91: un message")
}

#[test]
fn the_http_provider_keeps_the_contract_on_every_channel() {
    for channel in Channel::ALL {
        let provider = Provider::start(1);
        let gateway = HttpGateway::new(settings(provider.url(), *channel)).unwrap();
        let sample = message("key", *channel, "SNP91: un message");
        assert_eq!(contract::holds(&gateway, &sample), Ok(()), "{channel:?}");
    }
}

#[test]
fn a_message_is_posted_whole_with_its_key_and_the_secret() {
    let provider = Provider::start(1);
    let whole = Outgoing {
        subject: Some("Nouvelle demande".to_owned()),
        tag: Some("req_7".to_owned()),
        replaces: true,
        urgency: Urgency::High,
        ttl: Some(Length::minutes(2)),
        ..message("a-key", Channel::Sms, "Ça va ? \"oui\"\n")
    };
    gateway(&provider).send(&whole).unwrap();
    let seen = provider.seen().remove(0);
    assert_eq!(seen.key, "a-key");
    assert_eq!(seen.authorization, "Bearer s3cret-of-the-gateway");
    let sent = seen.message;
    assert_eq!(
        (sent.key.as_str(), sent.channel.as_str(), sent.to.as_str()),
        ("a-key", "sms", "+33600000001")
    );
    assert_eq!(sent.text, "Ça va ? \"oui\"\n");
    assert_eq!(sent.subject.as_deref(), Some("Nouvelle demande"));
    assert_eq!(sent.tag.as_deref(), Some("req_7"));
    assert_eq!(
        (sent.replaces, sent.urgency.as_str(), sent.ttl_seconds),
        (true, "high", Some(120))
    );
}

#[test]
fn what_cannot_be_said_yes_to_says_whether_it_may_have_been_taken() {
    let provider = Provider::start(1);
    let gateway = gateway(&provider);
    let away = |code, taken_by| Err(Failure::Away { code, taken_by });
    let perhaps = Some("http");
    let later = |s| {
        Err(Failure::Later {
            retry_after: Some(Length::seconds(s)),
        })
    };
    let never = |code: &str| {
        Err(Failure::Never {
            code: code.to_owned(),
        })
    };
    let cases = [
        (Behaviour::Status(500), away("server-error", perhaps)),
        (Behaviour::Status(401), away("unauthorised", None)),
        (Behaviour::Status(302), away("not-a-gateway", None)),
        (Behaviour::Status(400), never("http-400")),
        (Behaviour::Never("unknown-number"), never("unknown-number")),
        (Behaviour::TooMany(7), later(7)),
        (Behaviour::Unavailable(3), later(3)),
        (Behaviour::Garbage, away("unreadable", perhaps)),
        (Behaviour::Reset, away("cut", perhaps)),
        (Behaviour::TakeThenReset, away("cut", perhaps)),
    ];
    for (behaviour, expected) in cases {
        provider.script([behaviour.clone()]);
        assert_eq!(gateway.send(&sample()), expected, "{behaviour:?}");
    }
    let again = gateway.send(&sample()).unwrap();
    assert_eq!(again.provider_ref, "ref-1", "the one taken before the cut");
    assert_eq!(provider.taken().get("key"), Some(&2));
}

#[test]
fn a_provider_that_is_not_there_has_surely_taken_nothing() {
    // A port below those the system hands out: no other test can be given it meanwhile.
    let url = "http://127.0.0.1:1/messages".to_owned();
    let gone = HttpGateway::new(settings(url, Channel::Sms)).unwrap();
    let expected = Err(Failure::Away {
        code: "unreachable",
        taken_by: None,
    });
    assert_eq!(gone.send(&sample()), expected);
}

#[test]
fn a_provider_that_does_not_answer_in_time_may_have_taken_it() {
    let provider = Provider::start(1);
    provider.behave(Behaviour::Hold);
    let short = Settings {
        timeout: Duration::from_secs(1),
        ..settings(provider.url(), Channel::Sms)
    };
    let answer = HttpGateway::new(short).unwrap().send(&sample());
    let expected = Err(Failure::Away {
        code: "timeout",
        taken_by: Some("http"),
    });
    assert_eq!(answer, expected);
}

#[test]
fn connections_are_kept() {
    let provider = Provider::start(1);
    let gateway = gateway(&provider);
    for n in 0..50 {
        gateway
            .send(&message(&n.to_string(), Channel::Sms, "oui"))
            .unwrap();
    }
    assert_eq!(provider.connections(), 1);
    assert_eq!(provider.taken().len(), 50);
}

#[test]
fn settings_that_would_leak_or_hang_are_refused() {
    let refused = |change: &dyn Fn(&mut Settings)| {
        let url = "https://gateway.example/messages".to_owned();
        let mut wrong = settings(url, Channel::Sms);
        change(&mut wrong);
        HttpGateway::new(wrong).map(drop).err()
    };
    assert_eq!(refused(&|_| {}), None);
    let url = |text: &str| refused(&|s: &mut Settings| text.clone_into(&mut s.url));
    assert_eq!(url("http://gateway.example/"), Some(SettingsError::Clear));
    assert_eq!(url("ftp://gateway.example/"), Some(SettingsError::Clear));
    assert_eq!(url("gateway"), Some(SettingsError::Clear));
    assert_eq!(url("/messages"), Some(SettingsError::Url));
    assert_eq!(url("http://[::1]:9/messages"), None);
    let slow = refused(&|s| s.timeout = Duration::from_secs(60));
    assert_eq!(slow, Some(SettingsError::Timeout));
    assert_eq!(refused(&|s| s.in_flight = 0), Some(SettingsError::InFlight));
    let split = refused(&|s| s.secret = Some(Secret::new("a\r\nX: b")));
    assert_eq!(split, Some(SettingsError::Secret));
}

#[test]
fn neither_secret_nor_number_is_printed() {
    let shown = format!(
        "{:?} {:?}",
        settings("https://g.example/".to_owned(), Channel::Sms),
        Address::new("+33612345678")
    );
    for private in ["s3cret", "6123"] {
        assert!(!shown.contains(private), "{shown}");
    }
}
