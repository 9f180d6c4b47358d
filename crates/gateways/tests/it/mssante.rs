//! Secure health mail: by submission over mutual TLS to a server that answers as told, and by a
//! folder.

use crate::setup::message;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use relais_core::time::{Duration as Length, Instant};
use relais_gateways::http::Secret;
use relais_gateways::mssante::{
    Auth, DropFolder, Protection, Submission, SubmissionError, SubmissionSettings, is_mailbox,
};
use relais_gateways::testing::MailServer;
use relais_gateways::{
    Address, Attached, Channel, Failure, Gateway as _, Outgoing, Secure, contract,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::sync::Arc;
use std::time::Duration;

/// An authority, a server's certificate and ours, made for one test.
pub(crate) struct Certificates {
    pub(crate) authority: String,
    pub(crate) server: (String, String),
    pub(crate) ours: (String, String),
}

pub(crate) fn certificates() -> Certificates {
    let root_key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new(Vec::<String>::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.distinguished_name
        .push(DnType::CommonName, "test authority");
    let authority = root.self_signed(&root_key).unwrap().pem();
    let issuer = Issuer::new(root, root_key);
    let signed = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        (
            params.signed_by(&key, &issuer).unwrap().pem(),
            key.serialize_pem(),
        )
    };
    Certificates {
        authority,
        server: signed("localhost"),
        ours: signed("snp.cpts.mssante.fr"),
    }
}

fn server(certificates: &Certificates) -> MailServer {
    let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(der(&certificates.authority)).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let clients =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .unwrap();
    let key = PrivateKeyDer::from_pem_slice(certificates.server.1.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![der(&certificates.server.0)], key)
        .unwrap();
    MailServer::start_tls(Arc::new(config))
}

fn settings(port: u16, certificates: &Certificates) -> SubmissionSettings {
    SubmissionSettings {
        host: "localhost".to_owned(),
        port,
        protection: Protection::StartTls,
        authority: Some(certificates.authority.clone().into_bytes()),
        auth: Auth::Certificate {
            certificate: certificates.ours.0.clone().into_bytes(),
            key: Secret::new(certificates.ours.1.clone()),
        },
        from: "snp@cpts-nord-essonne.mssante.fr".to_owned(),
        display_name: "CPTS Nord Essonne - Soins non programmés".to_owned(),
        nil: "NIL-TEST".to_owned(),
        request_mdn: true,
        max_bytes: 10_000_000,
        timeout: Duration::from_secs(5),
    }
}

fn sample(key: &str) -> Outgoing {
    Outgoing {
        to: Address::new("adam.hoda@medecin.mssante.fr"),
        subject: Some("XDM/1.0/DDM+CR de télémédecine DURAND ZOE 02/04/1951".to_owned()),
        secure: Some(Box::new(Secure {
            at: Instant::from_millis(1_769_190_312_000),
            code: Some("85208-7".to_owned()),
            qualified: false,
            answers: None,
            files: vec![
                Attached {
                    name: "IHE_XDM.ZIP".to_owned(),
                    media_type: "application/zip",
                    bytes: b"PK\x03\x04\xff\xfe".to_vec(),
                },
                Attached {
                    name: "20260123_CR de télémédecine_DURAND_ZOE.pdf".to_owned(),
                    media_type: "application/pdf",
                    bytes: b"%PDF-1.4\n\x80\x81".to_vec(),
                },
            ],
        })),
        ..message(key, Channel::Mssante, "Bonjour, une note est jointe.")
    }
}

#[test]
fn an_operator_over_mutual_tls_keeps_the_contract() {
    let certificates = certificates();
    let server = server(&certificates);
    let gateway = Submission::new(&settings(server.port(), &certificates)).unwrap();
    assert_eq!(contract::holds(&gateway, &sample("k")), Ok(()));
}

#[test]
fn the_mail_has_the_headers_of_the_space_and_is_the_same_at_each_attempt() {
    let certificates = certificates();
    let server = server(&certificates);
    let gateway = Submission::new(&settings(server.port(), &certificates)).unwrap();
    let first = gateway.send(&sample("k")).unwrap();
    gateway.send(&sample("k")).unwrap();
    let correction = {
        let mut later = sample("k2");
        later.secure.as_mut().unwrap().answers = Some(first.provider_ref.clone());
        later
    };
    gateway.send(&correction).unwrap();
    let mails = server.mails();
    assert_eq!(mails[0], mails[1], "an attempt again is the same mail");
    let head = mails[0].split("\r\n\r\n").next().unwrap();
    for line in [
        "X-MSS-NIL: NIL-TEST",
        "X-MSS-CODECDA: 85208-7",
        "X-MSS-INS: N",
        "Disposition-Notification-To: snp@cpts-nord-essonne.mssante.fr",
        "To: adam.hoda@medecin.mssante.fr",
    ] {
        assert!(head.contains(line), "{line} is not in\n{head}");
    }
    assert!(head.is_ascii(), "what is not ASCII is encoded");
    assert!(
        first
            .provider_ref
            .ends_with("@cpts-nord-essonne.mssante.fr>")
    );
    assert!(head.contains(&format!("Message-ID: {}", first.provider_ref)));
    let answers = format!("In-Reply-To: {}", first.provider_ref);
    assert!(mails[2].contains(&answers) && mails[2].contains("References: <"));
}

#[test]
fn without_our_certificate_nothing_is_said() {
    let certificates = certificates();
    let server = server(&certificates);
    let stranger = SubmissionSettings {
        auth: Auth::Login {
            user: "snp".to_owned(),
            secret: Secret::new("hush"),
        },
        ..settings(server.port(), &certificates)
    };
    let gateway = Submission::new(&stranger).unwrap();
    let failure = gateway.send(&sample("k")).unwrap_err();
    assert!(matches!(failure, Failure::Away { .. }), "{failure:?}");
    assert!(server.mails().is_empty());
}

#[test]
fn what_the_operator_says_is_understood() {
    let certificates = certificates();
    let server = server(&certificates);
    let gateway = Submission::new(&settings(server.port(), &certificates)).unwrap();
    let later = |seconds: Option<i64>| Failure::Later {
        retry_after: seconds.map(Length::seconds),
    };
    let cases = [
        (
            "RCPT",
            "550 5.1.1 no such mailbox",
            Failure::never("smtp-550"),
        ),
        ("RCPT", "552 5.2.2 mailbox full", Failure::never("smtp-552")),
        ("RCPT", "452 4.2.2 mailbox full for now", later(None)),
        ("MAIL", "451 4.3.0 not today", later(Some(60))),
    ];
    for (step, answer, expected) in cases {
        server.behave();
        server.say(step, Some(answer));
        assert_eq!(gateway.send(&sample("k")), Err(expected), "{answer}");
    }
    server.behave();
    let outside = Outgoing {
        to: Address::new("dr.hoda@cabinet.example"),
        ..sample("k")
    };
    assert_eq!(
        gateway.send(&outside),
        Err(Failure::never("not-a-secure-mailbox"))
    );
    let mut heavy = sample("k");
    heavy.secure.as_mut().unwrap().files[0].bytes = vec![7; 9_000_000];
    assert_eq!(gateway.send(&heavy), Err(Failure::never("too-large")));
    assert!(server.mails().is_empty());
}

#[test]
fn settings_that_could_not_send_are_refused_by_name() {
    let certificates = certificates();
    let refused = |change: &dyn Fn(&mut SubmissionSettings)| {
        let mut wrong = settings(587, &certificates);
        change(&mut wrong);
        Submission::new(&wrong).map(drop).err()
    };
    assert_eq!(refused(&|_| {}), None);
    let outside = refused(&|s| s.from = "snp@cpts.example".to_owned());
    assert_eq!(outside, Some(SubmissionError::From));
    let nobody = refused(&|s| s.display_name = " ".to_owned());
    assert_eq!(nobody, Some(SubmissionError::DisplayName));
    assert_eq!(
        refused(&|s| s.nil = String::new()),
        Some(SubmissionError::Nil)
    );
    assert_eq!(refused(&|s| s.max_bytes = 10), Some(SubmissionError::Size));
    let no_key = refused(&|s| {
        s.auth = Auth::Certificate {
            certificate: b"not one".to_vec(),
            key: Secret::new("neither"),
        };
    });
    assert_eq!(no_key, Some(SubmissionError::Certificate));
}

#[test]
fn a_mailbox_is_in_the_space_or_is_none() {
    assert!(is_mailbox("Adam.Hoda@medecin.mssante.fr"));
    for wrong in [
        "a@mssante.fr",
        "a@b.mssante.fr.evil.example",
        "@x.mssante.fr",
        "a b@x.mssante.fr",
        "a@x.mssante.fr\r\nBcc: b",
    ] {
        assert!(!is_mailbox(wrong), "{wrong}");
    }
}

#[test]
fn a_folder_keeps_the_contract_and_holds_whole_mails_only() {
    let folder = std::env::temp_dir().join(format!("relais-folder-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let gateway = DropFolder::new(&folder, "snp@cpts.mssante.fr", "NIL-TEST").unwrap();
    assert_eq!(contract::holds(&gateway, &sample("k")), Ok(()));
    let each: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(
        each.len(),
        2,
        "two messages, two folders, nothing half written"
    );
    for mail in &each {
        let text = std::fs::read_to_string(mail.join("envelope.json")).unwrap();
        let envelope: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(envelope["headers"][1][0], "X-MSS-CODECDA");
        for file in envelope["files"].as_array().unwrap() {
            assert!(mail.join(file.as_str().unwrap()).is_file());
        }
    }
    let mut escaping = sample("k3");
    escaping.secure.as_mut().unwrap().files[0].name = "../../evil".to_owned();
    assert_eq!(
        gateway.send(&escaping),
        Err(Failure::never("bad-file-name"))
    );
    std::fs::remove_dir_all(&folder).unwrap();
    let gone = gateway.send(&sample("k4")).unwrap_err();
    assert!(matches!(
        gone,
        Failure::Away {
            code: "no-folder",
            ..
        }
    ));
}
