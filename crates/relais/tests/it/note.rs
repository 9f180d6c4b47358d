//! A note to the usual doctor, from the real binary to a mail server over mutual TLS: signed through
//! the API, received whole, corrected, received again. With `RELAIS_TEST_DOCUMENTS=<folder>` what was
//! received is written there, for checkers that are not ours (`scripts/documents`).

use crate::cli::run;
use crate::folder::Folder;
use crate::nodes::{SEED, gps, never_close, operator, past, populate, variables};
use crate::server::{Server, eventually, relais, text};
use crate::story::otalgia;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use relais_app::demo::{DemoWorld, token_of};
use relais_gateways::testing::{Dovecot, Knows, MailServer};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::json;
use std::sync::Arc;

/// Starts an operator that knows us by our certificate; the files we need are in the folder. Its mailbox is on a
/// server of its own, where the machine has one.
pub(crate) fn mail_operator(folder: &Folder) -> (MailServer, Option<Dovecot>) {
    let root_key = KeyPair::generate().expect("a key");
    let mut root = CertificateParams::new(Vec::<String>::new()).expect("parameters");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.distinguished_name
        .push(DnType::CommonName, "test authority");
    let authority = root.self_signed(&root_key).expect("signed").pem();
    let issuer = Issuer::new(root, root_key);
    let signed = |name: &str| {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.signed_by(&key, &issuer).expect("signed");
        (certificate.pem(), key.serialize_pem())
    };
    let (theirs, ours) = (signed("localhost"), signed("snp.cpts.mssante.fr"));
    folder.write("ca.pem", &authority);
    folder.write("ours.pem", &ours.0);
    folder.write("ours.key", &ours.1);
    let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate");
    let mut roots = RootCertStore::empty();
    roots.add(der(&authority)).expect("an authority");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let clients =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let key = PrivateKeyDer::from_pem_slice(theirs.1.as_bytes()).expect("a key");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(clients.build().expect("a verifier"))
        .with_single_cert(vec![der(&theirs.0)], key)
        .expect("a server");
    let mailbox = Dovecot::start(&theirs, Knows::Certificate(&authority));
    (MailServer::start_tls(Arc::new(config)), mailbox)
}

/// What an installation needs to know to write by that operator, whose files are in the folder.
pub(crate) fn secure_mail(folder: &Folder, mails: &MailServer) -> Vec<(String, String)> {
    let set = [
        ("MODE", "smtp".to_owned()),
        ("HOST", "localhost".to_owned()),
        ("PORT", mails.port().to_string()),
        ("CA_FILE", folder.file("ca.pem")),
        ("CLIENT_CERT", folder.file("ours.pem")),
        ("CLIENT_KEY", folder.file("ours.key")),
        ("FROM", "snp@cpts-nord-essonne.mssante.fr".to_owned()),
        (
            "DISPLAY_NAME",
            "CPTS Nord Essonne - Soins non programmés".to_owned(),
        ),
        ("NIL", "NIL-TEST".to_owned()),
        ("STRUCT_ID", "1910000017".to_owned()),
    ];
    let named = set.map(|(name, value)| (format!("RELAIS_MSS_{name}"), value));
    named.into()
}

/// Gives a doctor a mailbox, by the directory of mailboxes; answers their national number.
pub(crate) fn give_mailbox(folder: &Folder, url: &str, world: &DemoWorld, doctor: usize) -> String {
    let id = world.users[doctor].professional;
    let mut people = world.professionals.iter();
    let found = people.find(|p| Some(p.id) == id).expect("a person");
    let rpps = found.rpps.clone();
    let extract = folder.write(
        "boxes.txt",
        &format!(
            "Type de BAL|Adresse BAL|Type Identifiant PP|Identifiant PP|Identification nationale PP|\n\
             PER|adam.hoda@medecin.mssante.fr|8|{rpps}|8{rpps}|\n"
        ),
    );
    let mut command = relais();
    command
        .args(["import", "mailboxes", &extract])
        .envs(variables(url));
    run(command, "").ok();
    rpps
}

/// A field of the head of a mail; empty when it is not there.
pub(crate) fn header(mail: &str, name: &str) -> String {
    let head = mail
        .split("\r\n\r\n")
        .next()
        .unwrap_or_default()
        .replace("\r\n ", " ");
    let found = head
        .lines()
        .find_map(|l| l.strip_prefix(&format!("{name}: ")).map(str::to_owned));
    found.unwrap_or_default()
}

/// A general practitioner of the territory without a mailbox of their own: the directory's counts.
pub(crate) fn usual_doctor(world: &DemoWorld) -> usize {
    let fits = |user: &usize| {
        let id = world.users[*user].professional;
        let mut people = world.professionals.iter();
        people.any(|p| Some(p.id) == id && p.mssante.is_none())
    };
    let found = gps(world).into_iter().find(fits);
    found.expect("somebody has no mailbox of their own")
}

#[test]
fn a_note_and_its_correction_reach_a_mail_server_over_mutual_tls() {
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file("relais.db"));
    let world = populate(&url, past());
    never_close(&folder, &url, &world);
    let doctor = usual_doctor(&world);
    let rpps = give_mailbox(&folder, &url, &world, doctor);
    let (mails, mailbox) = mail_operator(&folder);
    let mut set = variables(&url);
    set.extend(secure_mail(&folder, &mails));
    if let Some(mailbox) = &mailbox {
        for (name, value) in [
            ("IMAP_HOST", "localhost".to_owned()),
            ("IMAP_PORT", mailbox.port().to_string()),
            ("IMAP_EVERY_SECONDS", "1".to_owned()),
        ] {
            set.push((format!("RELAIS_MSS_{name}"), value));
        }
    }
    let borrowed: Vec<_> = set.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let mut server = Server::serve(&folder, &borrowed);
    let of = |user: usize| server.with_token(&token_of(SEED, &world.users[user]));
    let offer = |user: usize, request: &str| {
        let list = of(user).get("/api/v1/offers?status=open").expect(200);
        let items = list["items"].as_array().expect("a list").clone();
        let found = items.into_iter().find(|o| text(o, "request") == request)?;
        Some(text(&found, "id").to_owned())
    };

    let mut body = otalgia(None);
    body["usual"] = json!({ "doctor": "yes", "rpps": rpps, "contacted": "unable" });
    let desk = of(operator(&world));
    let raised = desk.post("/api/v1/requests", &body).expect(201);
    let request = text(&raised, "id").to_owned();
    if let Some(first) = offer(doctor, &request) {
        let refuse = format!("/api/v1/offers/{first}/refuse");
        of(doctor).post(&refuse, &json!({})).expect(200);
    }
    let (accepter, accept) = eventually(10, "the community asked", || {
        let others = gps(&world).into_iter().filter(|gp| *gp != doctor);
        others
            .into_iter()
            .find_map(|gp| Some((gp, offer(gp, &request)?)))
    });
    let accept = format!("/api/v1/offers/{accept}/accept");
    let taken = of(accepter).post(&accept, &json!({ "appointment": { "mode": "call" } }));
    taken.expect(200);

    let path = format!("/api/v1/requests/{request}/synthesis");
    let note = |diagnosis: &str| json!({ "diagnosis": diagnosis, "done": "Paracétamol", "to_do": "Revoir lundi", "consent": true });
    let stranger = of(doctor).post(&path, &note("Otite"));
    assert!([403, 404].contains(&stranger.status), "{}", stranger.text);
    of(accepter).post(&path, &note("Otite moyenne")).expect(200);
    eventually(20, "the note received", || {
        (mails.mails().len() == 1).then_some(())
    });
    // Corrected once the operator has said yes, and that was written down.
    eventually(20, "the note taken", || {
        let state = of(accepter).post(&path, &note("Otite moyenne")).expect(200);
        (text(&state, "state") == "accepted").then_some(())
    });
    of(accepter).post(&path, &note("Otite externe")).expect(200);
    eventually(20, "the correction received", || {
        (mails.mails().len() == 2).then_some(())
    });

    let received = mails.mails();
    assert_eq!(header(&received[0], "To"), "adam.hoda@medecin.mssante.fr");
    assert!(header(&received[0], "Subject").starts_with("XDM/1.0/DDM+CR ou fiche"));
    assert_eq!(header(&received[0], "X-MSS-INS"), "N");
    assert!(header(&received[1], "Subject").starts_with("[Annule et remplace] XDM/1.0/DDM+"));
    assert_eq!(
        header(&received[1], "In-Reply-To"),
        header(&received[0], "Message-ID")
    );
    if let Some(documents) = std::env::var_os("RELAIS_TEST_DOCUMENTS") {
        let documents = std::path::Path::new(&documents);
        std::fs::create_dir_all(documents).expect("the folder");
        for (n, mail) in received.iter().enumerate() {
            let file = documents.join(format!("received-{n}.eml"));
            std::fs::write(file, mail).expect("written");
        }
    }
    let state = || {
        let said = of(accepter).post(&path, &note("Otite externe")).expect(200);
        text(&said, "state").to_owned()
    };
    if let Some(mailbox) = &mailbox {
        let refused = mdn(&received[1], "processed/error\nError: 903^INS absente^x");
        mailbox.deliver("1", &refused);
        eventually(30, "the error code read in the mailbox", || {
            (state() == "answered").then_some(())
        });
        mailbox.deliver("2", "From: adam.hoda@medecin.mssante.fr\n\nBonjour.\n");
        mailbox.deliver("3", &mdn(&received[1], "displayed"));
        eventually(30, "the note displayed", || {
            (state() == "displayed").then_some(())
        });
        eventually(30, "two mails marked as read, the letter left", || {
            (mailbox.seen() == ["1", "3"]).then_some(())
        });
    }
    assert!(server.stop(), "{}", folder.read("output.log"));
    crate::story::silent("the log", &folder.read("output.log"));

    let shown = mdn(&received[1], "displayed");
    let mut command = relais();
    command
        .args(["mss-report", &folder.write("mdn.eml", &shown)])
        .envs(variables(&url));
    let said = run(command, "").ok();
    assert!(said.contains("displayed"), "{said}");
}

/// What the software of whoever read a mail sends back.
fn mdn(mail: &str, disposition: &str) -> String {
    format!(
        "From: adam.hoda@medecin.mssante.fr\nTo: snp@cpts-nord-essonne.mssante.fr\nSubject: Accusé\n\
         MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n\
         --b\nContent-Type: text/plain; charset=utf-8\n\nVotre message a été traité.\n\
         --b\nContent-Type: message/disposition-notification\n\n\
         Final-Recipient: rfc822;adam.hoda@medecin.mssante.fr\nOriginal-Message-ID: {}\n\
         Disposition: automatic-action/MDN-sent-automatically; {disposition}\n\n--b--\n",
        header(mail, "Message-ID")
    )
}
