//! Mail by SMTP against a server that answers as told.

use crate::setup::message;
use relais_core::time::Duration as Length;
use relais_gateways::http::Secret;
use relais_gateways::mail::{Protection, Smtp, SmtpError, SmtpSettings};
use relais_gateways::testing::MailServer;
use relais_gateways::{Address, Channel, Failure, Gateway as _, Outgoing, contract};
use std::time::Duration;

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        name: "smtp",
        host: "127.0.0.1".to_owned(),
        port,
        protection: Protection::None,
        authority: None,
        account: None,
        from: "SNP Essonne <ne-pas-repondre@snp.example>".to_owned(),
        timeout: Duration::from_secs(5),
        in_flight: 2,
    }
}

fn sample(key: &str) -> Outgoing {
    Outgoing {
        to: Address::new("dr.martin@cabinet.example"),
        subject: Some("Nouvelle demande à Évry".to_owned()),
        ..message(
            key,
            Channel::Mail,
            "Une demande vous attend.\n.\nAvant 17 h.",
        )
    }
}

#[test]
fn a_mail_server_keeps_the_contract() {
    let server = MailServer::start();
    let gateway = Smtp::new(&settings(server.port())).unwrap();
    assert_eq!(contract::holds(&gateway, &sample("k")), Ok(()));
}

#[test]
fn a_mail_is_whole_under_a_stable_id_and_opens_no_other_header() {
    let server = MailServer::start();
    let gateway = Smtp::new(&settings(server.port())).unwrap();
    let split = Outgoing {
        subject: Some("Demande\r\nBcc: somebody@evil.example".to_owned()),
        ..sample("a-key")
    };
    gateway.send(&sample("a-key")).unwrap();
    gateway.send(&split).unwrap();
    let mails = server.mails();
    let id = |mail: &str| {
        let mut lines = mail.lines().map(str::to_owned);
        lines.find(|line| line.starts_with("Message-ID: <"))
    };
    assert_eq!(id(&mails[0]), id(&mails[1]));
    assert!(id(&mails[0]).unwrap().ends_with("@snp.example>"));
    assert!(mails[0].contains("Auto-Submitted: auto-generated\r\n"));
    assert!(mails[0].contains("To: dr.martin@cabinet.example\r\n"));
    assert!(!mails[0].contains("Dr Martin"), "no name beside an address");
    assert!(
        mails[0].contains("\r\n..\r\n"),
        "a dot alone does not end it"
    );
    let head = mails[1].split("\r\n\r\n").next().unwrap();
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
}

#[test]
fn what_the_server_says_is_understood() {
    let server = MailServer::start();
    let gateway = Smtp::new(&settings(server.port())).unwrap();
    let never = |code: &str| Failure::Never {
        code: code.to_owned(),
    };
    let away = |code, taken_by| Failure::Away { code, taken_by };
    let later = Failure::Later {
        retry_after: Some(Length::seconds(60)),
    };
    let cases = [
        ("RCPT", Some("550 no such user"), never("smtp-550")),
        ("RCPT", Some("450 greylisted"), later),
        ("MAIL", Some("530 who are you"), away("unauthorised", None)),
        (".", Some("421 going away"), away("unavailable", None)),
        (".", None, away("cut", Some("smtp"))),
    ];
    for (step, answer, expected) in cases {
        server.behave();
        server.say(step, answer);
        assert_eq!(
            gateway.send(&sample("k")),
            Err(expected),
            "{step} {answer:?}"
        );
    }
    let gone = Smtp::new(&settings(1)).unwrap().send(&sample("k"));
    assert_eq!(gone, Err(away("unreachable", None)));
    let wrong = Outgoing {
        to: Address::new("not an address"),
        ..sample("k")
    };
    assert_eq!(gateway.send(&wrong), Err(never("bad-address")));
}

#[test]
fn settings_that_would_leak_or_hang_are_refused() {
    let refused = |change: &dyn Fn(&mut SmtpSettings)| {
        let mut wrong = settings(25);
        change(&mut wrong);
        Smtp::new(&wrong).map(drop).err()
    };
    assert_eq!(refused(&|_| {}), None);
    let elsewhere = refused(&|s| s.host = "mail.example".to_owned());
    assert_eq!(elsewhere, Some(SmtpError::Clear));
    assert_eq!(
        refused(&|s| s.from = "SNP".to_owned()),
        Some(SmtpError::From)
    );
    let slow = refused(&|s| s.timeout = Duration::from_secs(60));
    assert_eq!(slow, Some(SmtpError::Timeout));
    assert_eq!(refused(&|s| s.in_flight = 0), Some(SmtpError::InFlight));
    let secret = SmtpSettings {
        account: Some(("relais".to_owned(), Secret::new("hush-hush"))),
        ..settings(25)
    };
    assert!(!format!("{secret:?}").contains("hush"));
}
