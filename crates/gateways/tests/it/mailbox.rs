//! Our own box, read on a real IMAP server that is not ours (Debian's Dovecot, `scripts/need imap`).

use crate::mssante::{Certificates, certificates};
use relais_gateways::http::Secret;
use relais_gateways::mssante::{
    Auth, Place, Postbox, PostboxSettings, Protection, ReadPost as _, SubmissionError, Unread,
};
use relais_gateways::testing::{Dovecot, Knows};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

const LETTER: &str =
    "From: a@medecin.mssante.fr\r\nSubject: =?UTF-8?Q?Re=C3=A7u?=\r\n\r\nReçu {12}\r\n";

fn by_certificate(port: u16, of: &Certificates) -> PostboxSettings {
    PostboxSettings {
        host: "localhost".to_owned(),
        port,
        protection: Protection::StartTls,
        authority: Some(of.authority.clone().into_bytes()),
        auth: Auth::Certificate {
            certificate: of.ours.0.clone().into_bytes(),
            key: Secret::new(of.ours.1.clone()),
        },
        address: "snp@cpts.mssante.fr".to_owned(),
        folder: "INBOX".to_owned(),
        timeout: Duration::from_secs(5),
    }
}

fn by_login(port: u16, of: &Certificates, secret: &str) -> PostboxSettings {
    PostboxSettings {
        protection: Protection::Implicit,
        auth: Auth::Login {
            user: "snp".to_owned(),
            secret: Secret::new(secret),
        },
        ..by_certificate(port, of)
    }
}

#[test]
fn known_by_a_certificate_it_reads_what_is_new_and_marks_what_it_is_told() {
    let certificates = certificates();
    let knows = Knows::Certificate(&certificates.authority);
    let Some(server) = Dovecot::start(&certificates.server, knows) else {
        return;
    };
    let open = || Postbox::new(by_certificate(server.port(), &certificates)).unwrap();
    let postbox = open();
    let empty = postbox.read(Place::default(), 10).unwrap();
    assert_eq!((empty.mails.len(), empty.more), (0, false));

    server.deliver("1", LETTER);
    let long = format!("Subject: long\r\n\r\n{}", "x".repeat(400_000));
    server.deliver("2", &long);
    server.deliver("3", LETTER);
    let first = postbox.read(Place::default(), 2).unwrap();
    assert_eq!((first.mails.len(), first.more), (2, true));
    let sizes: Vec<usize> = first.mails.iter().map(|mail| mail.mail.len()).collect();
    assert!(sizes.contains(&LETTER.len()), "byte for byte: {sizes:?}");
    assert!(sizes.iter().all(|size| *size <= 262_144), "{sizes:?}");
    assert!(server.seen().is_empty(), "looking marks nothing");

    let place = Place {
        validity: first.validity,
        uid: first.mails[1].uid,
    };
    let rest = open().read(place, 2).unwrap();
    assert_eq!((rest.mails.len(), rest.more), (1, false));
    let last = Place {
        uid: rest.mails[0].uid,
        ..place
    };
    assert!(
        postbox.read(last, 2).unwrap().mails.is_empty(),
        "nothing twice"
    );
    let all: Vec<u32> = first
        .mails
        .iter()
        .chain(&rest.mails)
        .map(|m| m.uid)
        .collect();
    postbox.mark_read(first.validity, &all[..2]).unwrap();
    assert_eq!(server.seen().len(), 2);
    postbox.mark_read(first.validity + 1, &all).unwrap();
    assert_eq!(
        server.seen().len(),
        2,
        "numbers of another time are nobody's"
    );

    let stranger = by_login(server.implicit_port(), &certificates, "x");
    let refused = Postbox::new(stranger).unwrap().read(last, 2);
    assert!(refused.is_err(), "no certificate, no box");
}

#[test]
fn known_by_an_account_it_reads_under_tls_and_says_why_it_cannot() {
    let of = certificates();
    let Some(server) = Dovecot::start(&of.server, Knows::Login("se\"cret")) else {
        return;
    };
    server.deliver("1", LETTER);
    let port = server.implicit_port();
    let postbox = Postbox::new(by_login(port, &of, "se\"cret")).unwrap();
    let read = postbox.read(Place::default(), 5).unwrap();
    assert_eq!(read.mails.len(), 1);
    let said =
        |settings: PostboxSettings| Postbox::new(settings).unwrap().read(Place::default(), 5);
    assert_eq!(
        said(by_login(port, &of, "other")),
        Err(Unread("unauthorised"))
    );
    let elsewhere = PostboxSettings {
        folder: "Elsewhere".to_owned(),
        ..by_login(port, &of, "se\"cret")
    };
    assert_eq!(said(elsewhere), Err(Unread("no-such-folder")));
    let mut stranger = by_login(port, &of, "se\"cret");
    stranger.authority = Some(certificates().authority.into_bytes());
    assert_eq!(said(stranger), Err(Unread("tls")), "an authority not ours");
    drop(server);
    assert_eq!(
        said(by_login(port, &of, "se\"cret")),
        Err(Unread("unreachable"))
    );
}

#[test]
fn a_server_without_tls_never_hears_who_we_are() {
    let of = certificates();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"* OK ready\r\n").unwrap();
        let mut heard = [0; 64];
        let count = stream.read(&mut heard).unwrap();
        stream.write_all(b"r0 BAD unknown command\r\n").unwrap();
        let mut more = Vec::new();
        let _closed = stream.read_to_end(&mut more);
        (heard[..count].to_vec(), more)
    });
    let settings = PostboxSettings {
        protection: Protection::StartTls,
        ..by_login(port, &of, "secret")
    };
    let read = Postbox::new(settings).unwrap().read(Place::default(), 5);
    assert_eq!(read, Err(Unread("no-tls")));
    let (heard, more) = server.join().unwrap();
    assert_eq!(heard, b"r0 STARTTLS\r\n");
    assert!(more.is_empty(), "{more:?}");
}

#[test]
fn settings_that_could_not_read_are_refused_by_name() {
    let of = certificates();
    let refused = |change: fn(&mut PostboxSettings)| {
        let mut settings = by_certificate(143, &of);
        change(&mut settings);
        Postbox::new(settings).err()
    };
    assert_eq!(refused(|_| ()), None);
    assert_eq!(refused(|s| s.host.clear()), Some(SubmissionError::Host));
    assert_eq!(
        refused(|s| s.folder = "a\"\r\nb".to_owned()),
        Some(SubmissionError::Folder)
    );
    assert_eq!(
        refused(|s| s.timeout = Duration::from_secs(60)),
        Some(SubmissionError::Timeout)
    );
    assert_eq!(
        refused(|s| s.authority = Some(b"none".to_vec())),
        Some(SubmissionError::Authority)
    );
    assert_eq!(
        refused(|s| s.auth = Auth::Certificate {
            certificate: b"none".to_vec(),
            key: Secret::new("none"),
        }),
        Some(SubmissionError::Certificate)
    );
}
