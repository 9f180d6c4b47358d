//! SMPP against a message centre that answers as told.

use crate::setup::{START_MS, message};
use rcgen::{CertificateParams, KeyPair};
use relais_core::time::{Duration as Length, Instant};
use relais_gateways::http::Secret;
use relais_gateways::sms::{ReceiptIds, Smpp, SmppError, SmppProtection, SmppSettings};
use relais_gateways::testing::{Manner, Smsc};
use relais_gateways::{
    Channel, Failure, Gateway as _, Inbound, Inbox, Outgoing, Receipt, ReceiptState, contract,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the centre brought.
enum Brought {
    Receipt(Receipt),
    Inbound(Inbound),
}

struct Ear(Mutex<Sender<Brought>>);

impl Inbox for Ear {
    fn receipt(&self, receipt: Receipt) {
        self.0.lock().unwrap().send(Brought::Receipt(receipt)).ok();
    }

    fn inbound(&self, inbound: Inbound) {
        self.0.lock().unwrap().send(Brought::Inbound(inbound)).ok();
    }
}

fn settings(port: u16) -> (SmppSettings, Receiver<Brought>) {
    let (say, hear) = channel();
    let settings = SmppSettings {
        name: "smpp",
        host: "127.0.0.1".to_owned(),
        port,
        protection: SmppProtection::None,
        user: "relais".to_owned(),
        password: Secret::new("secret"),
        system_type: String::new(),
        sender: "38000".to_owned(),
        whole: false,
        receipt_ids: ReceiptIds::Same,
        timeout: Duration::from_secs(5),
        quiet: Duration::from_secs(30),
        in_flight: 4,
        inbox: Arc::new(Ear(Mutex::new(say))),
        now: Arc::new(|| Instant::from_millis(START_MS)),
    };
    (settings, hear)
}

fn open(smsc: &Smsc) -> (Smpp, Receiver<Brought>) {
    let (settings, hear) = settings(smsc.port());
    (started(settings), hear)
}

fn started(settings: SmppSettings) -> Smpp {
    let gateway = Smpp::open(settings).unwrap();
    gateway.start();
    gateway
}

fn sample(key: &str) -> Outgoing {
    message(key, Channel::Sms, "SNP91: demande 4821. Repondez OUI 4821.")
}

fn never(code: &str) -> Failure {
    Failure::Never {
        code: code.to_owned(),
    }
}

const fn away(code: &'static str, taken_by: Option<&'static str>) -> Failure {
    Failure::Away { code, taken_by }
}

const WAIT: Duration = Duration::from_secs(10);

fn receipt(hear: &Receiver<Brought>) -> Receipt {
    match hear.recv_timeout(WAIT).unwrap() {
        Brought::Receipt(receipt) => receipt,
        Brought::Inbound(_) => panic!("an answer"),
    }
}

fn inbound(hear: &Receiver<Brought>) -> Inbound {
    match hear.recv_timeout(WAIT).unwrap() {
        Brought::Inbound(inbound) => inbound,
        Brought::Receipt(_) => panic!("a receipt"),
    }
}

#[test]
fn a_message_centre_keeps_the_contract_but_for_its_memory() {
    let smsc = Smsc::start();
    let (gateway, _hear) = open(&smsc);
    assert!(gateway.about().replies, "a short number can be answered");
    assert_eq!(contract::holds(&gateway, &sample("k")), Ok(()));
    assert_eq!(smsc.binds(), 1, "one session for all");
}

#[test]
fn a_process_that_only_looks_opens_no_session() {
    let smsc = Smsc::start();
    let (settings, _hear) = settings(smsc.port());
    let gateway = Smpp::open(settings).unwrap();
    assert_eq!((gateway.about().name, smsc.binds()), ("smpp", 0));
    gateway.start();
    smsc.until("bound once started", |s| s.binds() == 1);
}

#[test]
fn a_message_is_what_the_protocol_wants_and_a_long_one_goes_in_parts() {
    let smsc = Smsc::start();
    let (gateway, _hear) = open(&smsc);
    let timed = Outgoing {
        ttl: Some(Length::minutes(90)),
        ..sample("a")
    };
    let accepted = gateway.send(&timed).unwrap();
    assert_eq!(
        (accepted.provider, accepted.provider_ref.as_str()),
        ("smpp", "7f00")
    );
    let long = message("b", Channel::Sms, &"é€ ".repeat(60));
    let accepted = gateway.send(&long).unwrap();
    assert_eq!(accepted.provider_ref, "7f02", "the last part's number");
    gateway.send(&message("c", Channel::Sms, "Reçu")).unwrap();
    let taken = smsc.taken();
    assert_eq!(taken.len(), 4);
    let first = &taken[0];
    assert_eq!(first.from, (3, "38000".to_owned()));
    assert_eq!(first.to, (1, "33600000001".to_owned()));
    assert_eq!((first.class, first.coding, first.receipt), (0, 0, true));
    assert_eq!(first.validity, "000000013000000R");
    assert_eq!(first.text, b"SNP91: demande 4821. Repondez OUI 4821.");
    let (one, two) = (&taken[1], &taken[2]);
    assert_eq!((one.class, two.class), (0x40, 0x40));
    assert_eq!((one.receipt, two.receipt), (false, true), "one receipt");
    assert_eq!(
        (&one.text[..3], &one.text[4..6]),
        (&[5, 0, 3][..], &[2, 1][..])
    );
    assert_eq!(one.text[3], two.text[3], "the same reference");
    assert_eq!((taken[3].coding, &taken[3].text[4..6]), (8, &[0, 0xE7][..]));
}

#[test]
fn a_centre_that_cuts_long_messages_itself_gets_them_whole() {
    let smsc = Smsc::start();
    let (mut settings, _hear) = settings(smsc.port());
    settings.whole = true;
    settings.sender = "SNP91".to_owned();
    let gateway = started(settings);
    assert!(!gateway.about().replies, "nobody answers a name");
    gateway
        .send(&message("a", Channel::Sms, &"a".repeat(400)))
        .unwrap();
    let taken = smsc.taken();
    assert_eq!(
        (taken.len(), taken[0].text.len(), taken[0].class),
        (1, 400, 0)
    );
    assert_eq!(taken[0].from, (5, "SNP91".to_owned()));
}

#[test]
fn what_the_centre_says_is_understood() {
    let smsc = Smsc::start();
    let (gateway, _hear) = open(&smsc);
    let full = Failure::Later {
        retry_after: Some(Length::seconds(2)),
    };
    let cases = [
        (0x58, full.clone()),
        (0x14, full),
        (0x0B, never("unknown-number")),
        (0x01, never("smpp-01")),
        (0x0A, away("sender-refused", None)),
        (0x08, away("server-error", Some("smpp"))),
        (0xFF, away("refused", None)),
    ];
    for (status, expected) in cases {
        smsc.behave(Manner::Refuse(status));
        assert_eq!(gateway.send(&sample("k")), Err(expected), "{status:#x}");
    }
    let long = message("b", Channel::Sms, &"a".repeat(400));
    smsc.behave(Manner::TakeThenRefuse(1, 0x58));
    let half = gateway.send(&long);
    assert_eq!(
        half,
        Err(away("throttled", Some("smpp"))),
        "half of it is there"
    );
    assert_eq!(smsc.binds(), 1, "none of this ended the session");
    smsc.behave(Manner::Refuse(0x04));
    assert_eq!(gateway.send(&sample("k")), Err(away("not-bound", None)));
    smsc.behave(Manner::Take);
    assert!(gateway.send(&sample("k")).is_ok(), "bound again");
    assert_eq!(smsc.binds(), 2);
}

#[test]
fn a_line_that_is_cut_is_bound_again_and_what_had_no_answer_may_have_been_taken() {
    let smsc = Smsc::start();
    let (gateway, _hear) = open(&smsc);
    smsc.behave(Manner::Cut);
    assert_eq!(gateway.send(&sample("a")), Err(away("cut", Some("smpp"))));
    smsc.behave(Manner::Take);
    assert!(gateway.send(&sample("a")).is_ok());
    let before = smsc.binds();
    smsc.cut();
    smsc.until("bound again although nothing is sent", |s| {
        s.binds() > before
    });
    smsc.behave(Manner::NoBind(0x0E));
    smsc.cut();
    smsc.until("refused", |_| {
        gateway.send(&sample("b")) == Err(away("unauthorised", None))
    });
    drop(smsc);
    let (gone, _hear) = settings(1);
    let gone = Smpp::open(gone).unwrap().send(&sample("k"));
    assert_eq!(gone, Err(away("unreachable", None)));
}

#[test]
fn a_centre_that_says_nothing_is_asked_and_then_left() {
    let smsc = Smsc::start();
    let (mut settings, _hear) = settings(smsc.port());
    settings.quiet = Duration::from_millis(100);
    settings.timeout = Duration::from_secs(1);
    let gateway = started(settings);
    smsc.until("asked", |s| s.questions() > 2);
    assert_eq!(smsc.binds(), 1, "it answered");
    smsc.behave(Manner::Silent);
    smsc.until("bound anew", |s| s.binds() > 1);
    let silent = gateway.send(&sample("k")).unwrap_err();
    assert!(matches!(silent.code(), "timeout" | "cut"), "{silent:?}");
}

#[test]
fn receipts_come_under_the_centres_own_number() {
    let smsc = Smsc::start();
    let (mut settings, hear) = settings(smsc.port());
    settings.receipt_ids = ReceiptIds::Decimal;
    let gateway = started(settings);
    let accepted = gateway.send(&sample("k")).unwrap();
    smsc.receipt("32512", "ENROUTE");
    smsc.receipt("32512", "DELIVRD");
    smsc.receipt("32513", "UNDELIV");
    let first = receipt(&hear);
    assert_eq!(first.provider_ref, accepted.provider_ref);
    assert_eq!(
        (first.provider, first.state),
        (Some("smpp"), ReceiptState::Delivered)
    );
    assert_eq!(receipt(&hear).state, ReceiptState::Failed);
    smsc.until("each was acknowledged", |s| s.answered() == [0, 0, 0]);
}

#[test]
fn an_answer_is_acknowledged_once_the_database_has_it() {
    let smsc = Smsc::start();
    let (_gateway, hear) = open(&smsc);
    smsc.say("+33639980001", b"OUI 4821");
    smsc.say("+33639980001", b"OUI 4821");
    smsc.say("ADVERT", b"Gagnez");
    let (first, again) = (inbound(&hear), inbound(&hear));
    assert_eq!(
        (first.text.as_str(), first.from.expose()),
        ("OUI 4821", "+33639980001")
    );
    assert_eq!(first.provider_ref, again.provider_ref, "brought twice");
    assert!(first.worded && again.worded, "there is no better reference");
    assert!(!first.provider_ref.contains("3998"));
    smsc.until("the advert only", |s| s.answered().len() == 1);
    first.kept.yes();
    smsc.until("the answer", |s| s.answered() == [0, 0]);
    assert!(hear.try_recv().is_err());
}

#[test]
fn what_the_centre_kept_is_heard_with_the_answer_to_the_bind() {
    let smsc = Smsc::start();
    smsc.say("+33639980001", b"NON 4821");
    let (_gateway, hear) = open(&smsc);
    let kept = inbound(&hear);
    assert_eq!(kept.text, "NON 4821");
    kept.kept.yes();
    smsc.until("the answer", |s| s.answered() == [0]);
}

#[test]
fn under_tls_the_centre_is_who_it_says() {
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned()];
    let certificate = CertificateParams::new(names)
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let smsc = Smsc::start_tls(Arc::new(server));
    let (mut known, hear) = settings(smsc.port());
    known.host = "localhost".to_owned();
    known.protection = SmppProtection::Tls {
        authority: Some(certificate.pem().into_bytes()),
    };
    let gateway = Smpp::open(known.clone()).unwrap();
    let accepted = gateway
        .send(&message("k", Channel::Sms, &"long ".repeat(80)))
        .unwrap();
    smsc.receipt(&accepted.provider_ref, "DELIVRD");
    assert_eq!(receipt(&hear).provider_ref, accepted.provider_ref);
    known.protection = SmppProtection::Tls { authority: None };
    let stranger = Smpp::open(known).unwrap().send(&sample("k")).unwrap_err();
    assert_eq!(stranger, away("tls", None));
}

#[test]
fn settings_that_would_leak_or_hang_are_refused() {
    let refused = |change: &dyn Fn(&mut SmppSettings)| {
        let (mut wrong, _hear) = settings(2_775);
        change(&mut wrong);
        wrong.check().err()
    };
    assert_eq!(refused(&|_| {}), None);
    assert_eq!(
        refused(&|s| s.host = "10.8.0.1".to_owned()),
        None,
        "a tunnel"
    );
    for host in ["smpp.example", "51.15.0.1"] {
        let clear = refused(&|s| s.host = host.to_owned());
        assert_eq!(clear, Some(SmppError::Clear), "{host}");
    }
    let garbage = refused(&|s| {
        s.protection = SmppProtection::Tls {
            authority: Some(b"nothing".to_vec()),
        };
    });
    assert!(matches!(garbage, Some(SmppError::Authority(_))));
    assert_eq!(refused(&|s| s.host = String::new()), Some(SmppError::Host));
    assert_eq!(
        refused(&|s| s.user = "a b".to_owned()),
        Some(SmppError::User)
    );
    let long = refused(&|s| s.password = Secret::new("ninechars"));
    assert_eq!(long, Some(SmppError::Password));
    for sender in ["", "+336", "SNP 91", "twelveletter"] {
        let wrong = refused(&|s| s.sender = sender.to_owned());
        assert_eq!(wrong, Some(SmppError::Sender), "{sender}");
    }
    assert_eq!(refused(&|s| s.in_flight = 0), Some(SmppError::InFlight));
    let slow = refused(&|s| s.timeout = Duration::from_secs(60));
    assert_eq!(slow, Some(SmppError::Timeout));
}
