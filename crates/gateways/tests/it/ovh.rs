//! OVHcloud's HTTP API against a vendor that answers as told, and checks the signature by itself.

use crate::setup::{START_MS, message};
use relais_core::time::{Duration as Length, Instant};
use relais_gateways::http::Secret;
use relais_gateways::sms::{Ovh, OvhError, OvhSettings};
use relais_gateways::testing::{Raw, Reply, Vendor};
use relais_gateways::{Channel, Failure, Gateway as _, Outgoing, Urgency, contract};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The vendor's clock is a minute ahead of ours.
const THEIRS: i64 = START_MS / 1_000 + 60;

fn vendor() -> Vendor {
    let next = AtomicU64::new(27_814_656);
    Vendor::start(move |raw| {
        Some(match raw.path.as_str() {
            "/1.0/auth/time" => Reply::new(200, THEIRS.to_string()),
            _ => {
                let id = next.fetch_add(1, Ordering::Relaxed);
                Reply::new(
                    200,
                    format!(
                        r#"{{"totalCreditsRemoved":1,"invalidReceivers":[],"ids":[{id}],"validReceivers":["+33600000001"]}}"#
                    ),
                )
            }
        })
    })
}

fn settings(base: String) -> OvhSettings {
    OvhSettings {
        name: "ovh",
        base,
        service: "sms-ab12345-1".to_owned(),
        application: "the-application".to_owned(),
        secret: Secret::new("the-secret"),
        consumer: Secret::new("the-consumer"),
        sender: None,
        timeout: Duration::from_secs(5),
        in_flight: 4,
        now: Arc::new(|| Instant::from_millis(START_MS)),
    }
}

fn gateway(vendor: &Vendor) -> Ovh {
    Ovh::new(settings(format!("{}/1.0", vendor.url()))).unwrap()
}

fn sample(key: &str) -> Outgoing {
    message(key, Channel::Sms, "SNP91: demande 4821. Repondez OUI 4821.")
}

fn jobs(vendor: &Vendor) -> Vec<Raw> {
    let seen = vendor.seen().into_iter();
    seen.filter(|raw| raw.path.ends_with("/jobs")).collect()
}

/// SHA-1 by another hand than the gateway's.
fn sha1(text: &str) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new("sha1sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    let said = child.wait_with_output().unwrap().stdout;
    String::from_utf8(said).unwrap().chars().take(40).collect()
}

#[test]
fn the_vendor_keeps_the_contract_but_for_its_memory() {
    let vendor = vendor();
    assert_eq!(contract::holds(&gateway(&vendor), &sample("k")), Ok(()));
}

#[test]
fn a_job_is_signed_at_the_vendors_time_and_carries_one_number() {
    let vendor = vendor();
    let urgent = Outgoing {
        urgency: Urgency::High,
        ttl: Some(Length::minutes(50)),
        ..sample("a-key")
    };
    let gateway = gateway(&vendor);
    gateway.send(&urgent).unwrap();
    gateway.send(&sample("other")).unwrap();
    let asked = vendor.seen();
    let times = asked.iter().filter(|raw| raw.path == "/1.0/auth/time");
    assert_eq!(times.count(), 1, "the time is asked once");
    let raw = jobs(&vendor).remove(0);
    let url = format!("{}/1.0/sms/sms-ab12345-1/jobs", vendor.url());
    let body = String::from_utf8(raw.body.clone()).unwrap();
    let signed = format!("the-secret+the-consumer+POST+{url}+{body}+{THEIRS}");
    assert_eq!(
        raw.header("x-ovh-signature"),
        format!("$1${}", sha1(&signed))
    );
    assert_eq!(raw.header("x-ovh-timestamp"), THEIRS.to_string());
    let job: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        job,
        serde_json::json!({
            "charset": "UTF-8", "class": "phoneDisplay", "coding": "7bit",
            "message": "SNP91: demande 4821. Repondez OUI 4821.", "noStopClause": true,
            "priority": "high", "receivers": ["+33600000001"], "senderForResponse": true,
            "tag": "a-key", "validityPeriod": 50
        })
    );
}

#[test]
fn what_the_vendor_says_is_understood() {
    let vendor = vendor();
    let gateway = gateway(&vendor);
    gateway.send(&sample("first")).unwrap();
    let never = |code: &str| Failure::Never {
        code: code.to_owned(),
    };
    let away = |code, taken_by| Failure::Away { code, taken_by };
    let perhaps = Some("ovh");
    let nobody = r#"{"ids":[],"invalidReceivers":["+33600000001"]}"#;
    let cases = [
        (200, nobody, never("unknown-number")),
        (200, "<html>", away("unreadable", perhaps)),
        (402, "{}", away("no-credit", None)),
        (403, "{}", away("unauthorised", None)),
        (404, "{}", away("no-such-account", None)),
        (400, "{}", never("http-400")),
        (500, "{}", away("server-error", perhaps)),
    ];
    for (status, body, expected) in cases {
        vendor.answer(move |raw| {
            let time = raw.path.ends_with("time");
            Some(if time {
                Reply::new(200, THEIRS.to_string())
            } else {
                Reply::new(status, body)
            })
        });
        assert_eq!(gateway.send(&sample("k")), Err(expected), "{status} {body}");
    }
    vendor.answer(|_| None);
    let cut = gateway.send(&sample("k"));
    assert_eq!(cut, Err(away("cut", perhaps)));
}

#[test]
fn a_signature_refused_makes_the_time_be_asked_again() {
    let vendor = vendor();
    let gateway = gateway(&vendor);
    gateway.send(&sample("a")).unwrap();
    vendor.answer(|_| Some(Reply::new(403, "{}")));
    gateway.send(&sample("b")).unwrap_err();
    let before = vendor.seen().len();
    // The vendor does not even give the time: nothing was handed over.
    let failure = gateway.send(&sample("c")).unwrap_err();
    assert_eq!(
        failure,
        Failure::Away {
            code: "no-time",
            taken_by: None
        }
    );
    assert_eq!(vendor.seen()[before].path, "/1.0/auth/time");
}

#[test]
fn settings_that_would_leak_or_hang_are_refused() {
    let refused = |change: &dyn Fn(&mut OvhSettings)| {
        let mut wrong = settings("https://eu.api.ovh.com/1.0".to_owned());
        change(&mut wrong);
        Ovh::new(wrong).map(drop).err()
    };
    assert_eq!(refused(&|_| {}), None);
    let clear = refused(&|s| s.base = "http://eu.api.ovh.com/1.0".to_owned());
    assert_eq!(clear, Some(OvhError::Url));
    let split = refused(&|s| s.service = "sms/../me".to_owned());
    assert_eq!(split, Some(OvhError::Service));
    for sender in ["", "SNP 91", "an-far-too-long-sender", "é91"] {
        let wrong = refused(&|s| s.sender = Some(sender.to_owned()));
        assert_eq!(wrong, Some(OvhError::Sender), "{sender}");
    }
    assert_eq!(refused(&|s| s.sender = Some("SNP91".to_owned())), None);
    assert_eq!(refused(&|s| s.in_flight = 0), Some(OvhError::InFlight));
}
