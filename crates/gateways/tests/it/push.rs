//! Web Push against a push service that answers as told. That a browser can open what is sent is
//! proved elsewhere: by the example of the RFC, and by an independent decryptor on the real binary.

use crate::setup::{START_MS, message, notification};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relais_core::time::{Duration as Length, Instant};
use relais_gateways::push::{Subscription, VapidKey, WebPush, WebPushSettings};
use relais_gateways::testing::{Raw, Reply, Vendor};
use relais_gateways::{Address, Channel, Failure, Gateway as _, Outgoing, Urgency, contract};
use std::sync::Arc;
use std::time::Duration;

/// The browser of RFC 8291's example.
const POINT: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

struct Bench {
    vendor: Vendor,
    gateway: WebPush,
}

fn taken(raw: &Raw) -> Option<Reply> {
    let place = format!("/m/{}", raw.header("authorization").len() + raw.body.len());
    let unique = URL_SAFE_NO_PAD.encode(raw.body.get(..16)?);
    Some(Reply::new(201, "").with("Location", format!("{place}/{unique}")))
}

fn bench() -> Bench {
    let vendor = Vendor::start(taken);
    let key = VapidKey::read(
        &VapidKey::generate().unwrap(),
        "mailto:garde@relais.example",
    );
    let gateway = WebPush::new(WebPushSettings {
        name: "web-push",
        key: Arc::new(key.unwrap()),
        hosts: vec!["127.0.0.1".to_owned()],
        timeout: Duration::from_secs(5),
        in_flight: 4,
        now: Arc::new(|| Instant::from_millis(START_MS)),
    });
    Bench { vendor, gateway }
}

fn browser(endpoint: String) -> Subscription {
    Subscription {
        endpoint,
        p256dh: POINT.to_owned(),
        auth: AUTH.to_owned(),
    }
}

impl Bench {
    fn to(&self, names: &[&str]) -> Address {
        let each: Vec<_> = names
            .iter()
            .map(|name| browser(format!("{}/push/{name}", self.vendor.url())))
            .collect();
        Subscription::address(&each).unwrap()
    }

    fn sample(&self, key: &str) -> Outgoing {
        Outgoing {
            to: self.to(&["one"]),
            ..notification(
                key,
                "SNP : consultation MG, Massy (3 km), avant 17 h",
                false,
            )
        }
    }
}

#[test]
fn the_push_services_keep_the_contract() {
    let bench = bench();
    assert_eq!(contract::holds(&bench.gateway, &bench.sample("k")), Ok(()));
}

#[test]
fn what_the_push_service_reads_says_nothing_but_how_to_carry_it() {
    let bench = bench();
    let sample = Outgoing {
        urgency: Urgency::High,
        ttl: Some(Length::minutes(50)),
        ..bench.sample("req_7:1")
    };
    bench.gateway.send(&sample).unwrap();
    let raw = bench.vendor.seen().remove(0);
    assert_eq!(
        (raw.method.as_str(), raw.path.as_str()),
        ("POST", "/push/one")
    );
    assert_eq!(raw.header("ttl"), "3000");
    assert_eq!(raw.header("urgency"), "high");
    assert_eq!(raw.header("content-encoding"), "aes128gcm");
    assert_eq!(raw.header("topic").len(), 32);
    assert!(raw.header("authorization").starts_with("vapid t=ey"));
    let readable = String::from_utf8_lossy(&raw.body);
    for told in ["Massy", "consultation", "req_7"] {
        assert!(!readable.contains(told), "{readable}");
        assert!(!format!("{:?}", raw.headers).contains(told));
    }
    assert_eq!(
        raw.body.get(..16).unwrap().len() + 4 + 1 + 65 + 512 + 16,
        raw.body.len()
    );
}

#[test]
fn pourvu_has_the_topic_of_what_it_replaces() {
    let bench = bench();
    bench.gateway.send(&bench.sample("a")).unwrap();
    let taken = Outgoing {
        to: bench.to(&["one"]),
        ..notification("b", "Prise par un confrère. Rien à faire.", true)
    };
    bench.gateway.send(&taken).unwrap();
    let topics: Vec<_> = bench
        .vendor
        .seen()
        .iter()
        .map(|raw| raw.header("topic").to_owned())
        .collect();
    assert_eq!(topics[0], topics[1]);
}

#[test]
fn a_browser_that_is_no_more_is_named_and_another_one_is_enough() {
    let bench = bench();
    bench.vendor.answer(|raw| {
        if raw.path.ends_with("old") {
            Some(Reply::new(410, ""))
        } else {
            taken(raw)
        }
    });
    let both = Outgoing {
        to: bench.to(&["old", "new"]),
        ..bench.sample("k")
    };
    bench.gateway.send(&both).unwrap();
    let old = format!("{}/push/old", bench.vendor.url());
    assert_eq!(bench.gateway.take_gone(), [old]);
    assert_eq!(bench.gateway.take_gone(), [""; 0], "said once");
    let alone = Outgoing {
        to: bench.to(&["old"]),
        ..bench.sample("l")
    };
    let failure = bench.gateway.send(&alone).unwrap_err();
    assert_eq!(failure.code(), "no-device");
    assert!(!failure.is_temporary(), "the ladder climbs at once");
}

#[test]
fn answers_are_understood() {
    let bench = bench();
    let perhaps = Some("web-push");
    let away = |code, taken_by| Failure::Away { code, taken_by };
    let later = |s| Failure::Later {
        retry_after: Some(Length::seconds(s)),
    };
    let never = |code: &str| Failure::Never {
        code: code.to_owned(),
    };
    let cases: [(u16, Failure); 7] = [
        (429, later(30)),
        (500, away("server-error", perhaps)),
        (403, never("push-key-mismatch")),
        (404, never("no-device")),
        (413, never("too-long")),
        (400, never("push-refused")),
        (302, away("not-a-gateway", None)),
    ];
    for (status, expected) in cases {
        bench.vendor.answer(move |_| Some(Reply::new(status, "")));
        assert_eq!(
            bench.gateway.send(&bench.sample("k")),
            Err(expected),
            "{status}"
        );
    }
    bench
        .vendor
        .answer(|_| Some(Reply::new(429, "").with("Retry-After", "7")));
    assert_eq!(bench.gateway.send(&bench.sample("k")), Err(later(7)));
    bench.vendor.answer(|_| None);
    assert_eq!(
        bench.gateway.send(&bench.sample("k")),
        Err(away("cut", perhaps))
    );
}

#[test]
fn no_host_but_the_listed_ones_is_spoken_to() {
    let bench = bench();
    let refused = [
        "https://169.254.169.254/latest/meta-data",
        "http://localhost:1/push",
        "https://push.example/one",
        "http://127.0.0.1.evil.example/one",
        "https://user@127.0.0.1/one",
        "ftp://127.0.0.1/one",
        "not an address",
    ];
    for endpoint in refused {
        let to = Subscription::address(&[browser(endpoint.to_owned())]).unwrap();
        let failure = bench.gateway.send(&Outgoing {
            to,
            ..bench.sample("k")
        });
        assert_eq!(
            failure.unwrap_err().code(),
            "push-host-not-allowed",
            "{endpoint}"
        );
    }
    assert_eq!(bench.vendor.seen(), []);
}

#[test]
fn somebody_without_a_browser_is_refused_for_good() {
    let bench = bench();
    let plain = message("k", Channel::Push, "SNP : une demande");
    assert_eq!(bench.gateway.send(&plain).unwrap_err().code(), "no-device");
}
