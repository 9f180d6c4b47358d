//! Notes to the usual doctor (R8): signed once, kept sealed, sent once a version, read in the
//! application by a member, stopped when the patient takes their consent back.

use crate::village::{NORTH, PATIENT, Village};
use relais_app::AppError;
use relais_app::demo::DemoWorld;
use relais_app::patients::ins::InsDraft;
use relais_app::synthesis::{NoteDraft, NoteState, Reported};
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_documents::traits::Status;
use relais_gateways::{About, Accepted, Channel, Failure, Gateway, Mood, Outgoing, PhoneRow};
use relais_store::mailboxes::{self, Mailbox};
use relais_store::national;
use relais_store::syntheses::Fate;
use std::sync::{Arc, Mutex};

const BOX: &str = "martin@medecin.mssante.fr";
const OUTSIDE: &str = "99711111128";

/// Dr Martin has a secure mailbox.
pub(crate) fn with_a_mailbox(world: &mut DemoWorld) {
    for person in &mut world.professionals {
        if person.last_name == "Martin" {
            person.mssante = Some(BOX.to_owned());
        }
    }
}

pub(crate) fn draft(diagnosis: &str, consent: bool) -> NoteDraft {
    NoteDraft {
        diagnosis: diagnosis.to_owned(),
        done: "Paracétamol, 3 jours".to_owned(),
        to_do: "Revoir si fièvre".to_owned(),
        consent,
        ..NoteDraft::default()
    }
}

pub(crate) fn mails(v: &Village) -> Vec<PhoneRow> {
    let rows = v.phones.list().into_iter();
    rows.filter(|row| row.channel == Channel::Mssante).collect()
}

/// A patient of Dr Martin, taken on by Dr Leroy.
pub(crate) async fn taken(v: &Village) -> RequestId {
    let mut call = v.call();
    call.consent_synthesis = true;
    let id = v.raise(call).await;
    v.passes(id, "Martin").await;
    v.accepts(id, "Leroy").await.unwrap();
    id
}

pub(crate) async fn sign(
    v: &Village,
    id: RequestId,
    draft: NoteDraft,
) -> Result<NoteState, AppError> {
    let signed = v.app.sign_note(&v.as_pro("Leroy"), id, draft).await;
    v.app.settle().await.unwrap();
    signed
}

pub(crate) async fn state(v: &Village, id: RequestId) -> NoteState {
    let note = v.app.note_of(&v.as_pro("Leroy"), id).await.unwrap();
    note.unwrap().state
}

/// What the software of whoever read a mail sends back.
pub(crate) fn mdn(reference: &str, disposition: &str) -> String {
    let (kind, more) = disposition.split_once("; ").unwrap_or((disposition, ""));
    format!(
        "Subject: Accusé\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\nLu.\n--b\nContent-Type: message/disposition-notification\n\n\
         Original-Message-ID: {reference}\nDisposition: automatic-action/x; {kind}\n{more}\n--b--\n"
    )
}

fn problem<T: std::fmt::Debug>(done: Result<T, AppError>) -> &'static str {
    match done {
        Err(AppError::Problem { slug, .. }) => slug,
        other => panic!("no problem: {other:?}"),
    }
}

#[test]
fn a_note_goes_once_and_is_read_by_the_usual_doctor_and_nobody_else() {
    Village::shaped(with_a_mailbox, |v| async move {
        let id = taken(&v).await;
        let stranger = v.app.sign_note(&v.desk(), id, draft("x", true)).await;
        assert_eq!(stranger, Err(AppError::Denied), "the desk signs nothing");
        let before = v.phones.list().len();
        sign(&v, id, draft("Otite moyenne", true)).await.unwrap();
        sign(&v, id, draft("Otite moyenne", true)).await.unwrap();
        let sent = mails(&v);
        assert_eq!(sent.len(), 1, "signed twice, sent once");
        assert_eq!(sent[0].to, BOX);
        let subject = sent[0].subject.clone().unwrap();
        assert!(
            subject.starts_with("XDM/1.0/DDM+CR ou fiche de consultation"),
            "{subject}"
        );
        assert!(subject.ends_with("TERVAUX ODILE 02/04/1951"), "{subject}");
        assert!(!sent[0].text.contains("Tervaux") && !sent[0].text.contains("Otite"));
        let told: Vec<_> = v.phones.list().split_off(before);
        let told: Vec<_> = told
            .into_iter()
            .filter(|r| r.channel != Channel::Mssante)
            .collect();
        assert_eq!(
            told.len(),
            1,
            "Dr Martin is told there is something to read"
        );
        assert_eq!(told[0].to, v.number("Martin"));
        assert!(!told[0].text.contains("ervaux"));

        assert!(matches!(state(&v, id).await, NoteState::Accepted { .. }));
        let seen = v.app.note_of(&v.desk(), id).await.unwrap().unwrap();
        assert!(seen.in_application && !seen.may_correct && seen.read_at.is_none());
        for other in ["Garnier", "Leroy"] {
            let read = v.app.read_note(&v.as_pro(other), id).await;
            assert_eq!(read, Err(AppError::NotFound), "{other}");
        }
        assert_eq!(
            v.app.read_note(&v.desk(), id).await,
            Err(AppError::NotFound)
        );
        let read = v.app.read_note(&v.as_pro("Martin"), id).await.unwrap();
        assert_eq!(read.patient, "Tervaux Odile");
        assert_eq!(read.parts[0].1, "Otite moyenne");
        let seen = v.app.note_of(&v.desk(), id).await.unwrap().unwrap();
        assert!(seen.read_at.is_some());
        let acts = v.acts(id).await;
        assert!(acts.contains(&"note.signed".to_owned()), "{acts:?}");
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let looks = v.app.who_saw(&coordinator, id).await.unwrap();
        let sent = looks
            .rows
            .iter()
            .filter(|look| look.purpose == "note-delivery");
        assert_eq!(sent.count(), 1, "one mail left with the identity");
        let pdf = v.app.note_pdf(&v.as_pro("Leroy"), id).await.unwrap();
        assert!(pdf.starts_with(b"%PDF-1.4"));
        let desk = v.app.note_pdf(&v.desk(), id).await;
        assert_eq!(desk, Err(AppError::Denied));
    });
}

#[test]
fn a_correction_after_sending_says_what_it_replaces_and_before_sending_takes_its_place() {
    Village::shaped(with_a_mailbox, |v| async move {
        let id = taken(&v).await;
        v.phones.set_channel_down(Channel::Mssante, true);
        sign(&v, id, draft("Otite", true)).await.unwrap();
        assert!(matches!(state(&v, id).await, NoteState::Queued { .. }));
        sign(&v, id, draft("Otite externe", true)).await.unwrap();
        v.phones.set_channel_down(Channel::Mssante, false);
        v.pass(10).await;
        let first = mails(&v);
        assert_eq!(first.len(), 1, "the version that never left is not sent");
        assert!(first[0].subject.as_deref().unwrap().starts_with("XDM/"));

        sign(&v, id, draft("Otite externe maligne", true))
            .await
            .unwrap();
        let both = mails(&v);
        assert_eq!(both.len(), 2);
        let subject = both[1].subject.as_deref().unwrap();
        assert!(
            subject.starts_with("[Annule et remplace] XDM/1.0/DDM+"),
            "{subject}"
        );
        let owed = format!(
            "ayant pour objet : {}",
            first[0].subject.as_deref().unwrap()
        );
        assert!(both[1].text.contains(&owed), "{}", both[1].text);
        let note = v
            .app
            .note_of(&v.as_pro("Leroy"), id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(note.version, 3);
        let signed = v.app.note_signed(&v.as_pro("Leroy"), id).await.unwrap();
        assert_eq!(signed.diagnosis, "Otite externe maligne");
    });
}

#[test]
fn consent_taken_back_stops_what_has_not_left() {
    Village::shaped(with_a_mailbox, |v| async move {
        let id = taken(&v).await;
        v.phones.set_channel_down(Channel::Mssante, true);
        sign(&v, id, draft("Otite", true)).await.unwrap();
        v.app.withdraw_note(&v.desk(), id).await.unwrap();
        v.phones.set_channel_down(Channel::Mssante, false);
        v.pass(60).await;
        assert!(mails(&v).is_empty());
        assert_eq!(state(&v, id).await, NoteState::NotSent(Fate::Withdrawn));
        let read = v.app.read_note(&v.as_pro("Martin"), id).await;
        assert_eq!(read, Err(AppError::NotFound), "nor read in the application");
        sign(&v, id, draft("Otite", true)).await.unwrap();
        assert_eq!(mails(&v).len(), 1, "agreed again");
        let late = v.app.withdraw_note(&v.as_pro("Leroy"), id).await;
        assert_eq!(problem(late), "note-sent");
    });
}

#[test]
fn what_can_not_be_sent_says_why_and_nothing_leaves() {
    Village::each(|v| async move {
        let id = taken(&v).await;
        let empty = sign(&v, id, draft(" ", true)).await;
        assert!(matches!(empty, Err(AppError::Invalid(_))));
        let long = sign(&v, id, draft(&"a".repeat(1_001), true)).await;
        assert!(matches!(long, Err(AppError::Invalid(_))));
        let refused = sign(&v, id, draft("Otite", false)).await.unwrap();
        assert_eq!(refused, NoteState::NotSent(Fate::NoConsent));
        let boxless = sign(&v, id, draft("Otite", true)).await.unwrap();
        assert_eq!(boxless, NoteState::NotSent(Fate::NoMailbox));
        let listed = v
            .app
            .undelivered_notes(&v.staff_of(NORTH, Role::Coordinator))
            .await;
        assert!(
            listed.unwrap().is_empty(),
            "Dr Martin reads it in the application"
        );
        let nobody = v.raise(v.open_call()).await;
        v.accepts(nobody, "Leroy").await.unwrap();
        let alone = sign(&v, nobody, draft("Otite", true)).await.unwrap();
        assert_eq!(alone, NoteState::NotSent(Fate::NoDoctor));
        assert!(mails(&v).is_empty());
    });
}

#[test]
fn a_mailbox_that_refuses_is_listed_and_sent_to_again_once_it_takes() {
    Village::shaped(with_a_mailbox, |v| async move {
        let id = taken(&v).await;
        v.phones.set_mood(BOX, Mood::Refuses).unwrap();
        sign(&v, id, draft("Otite", true)).await.unwrap();
        assert!(matches!(
            state(&v, id).await,
            NoteState::Failed { code: Some(_) }
        ));
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let listed = v.app.undelivered_notes(&coordinator).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert!(listed[0].next.is_some(), "somebody is told what to do");
        let stranger = v
            .app
            .resend_note(&coordinator, id, "x@y.mssante.fr".to_owned())
            .await;
        assert!(
            matches!(stranger, Err(AppError::Invalid(_))),
            "an address of the directory only"
        );
        v.phones.set_mood(BOX, Mood::Live).unwrap();
        v.app
            .resend_note(&coordinator, id, BOX.to_owned())
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        let again = v.app.resend_note(&coordinator, id, BOX.to_owned()).await;
        assert_eq!(problem(again), "note-not-failed");
        assert_eq!(mails(&v).len(), 1);
        assert!(
            v.app
                .undelivered_notes(&coordinator)
                .await
                .unwrap()
                .is_empty()
        );
        let professional = v.app.undelivered_notes(&v.as_pro("Leroy")).await;
        assert_eq!(professional.map(|_| ()), Err(AppError::Denied));
    });
}

#[test]
fn an_operator_away_for_a_day_loses_nothing_and_longer_is_said() {
    Village::shaped(with_a_mailbox, |v| async move {
        let (first, second) = (taken(&v).await, {
            let call = v.call_for(
                "Vaudran",
                relais_core::people::Profession::Gp,
                Some("Martin"),
                "+33639981002",
            );
            let id = v.raise(call).await;
            v.passes(id, "Martin").await;
            v.accepts(id, "Leroy").await.unwrap();
            id
        });
        v.phones.set_channel_down(Channel::Mssante, true);
        sign(&v, first, draft("Otite", true)).await.unwrap();
        v.pass(1).await;
        sign(&v, second, draft("Angine", true)).await.unwrap();
        v.pass(24 * 60).await;
        v.phones.set_channel_down(Channel::Mssante, false);
        v.pass(10).await;
        let subjects: Vec<_> = mails(&v)
            .into_iter()
            .filter_map(|row| row.subject)
            .collect();
        assert_eq!(subjects.len(), 2, "one message each");
        assert!(subjects[0].contains("TERVAUX") && subjects[1].contains("VAUDRAN"));
        v.phones.set_channel_down(Channel::Mssante, true);
        sign(&v, first, draft("Otite guérie", true)).await.unwrap();
        v.pass(26 * 60).await;
        assert_eq!(state(&v, first).await, NoteState::Failed { code: None });
    });
}

#[test]
fn what_the_reader_says_comes_back_to_its_note() {
    Village::shaped(with_a_mailbox, |v| async move {
        let id = taken(&v).await;
        sign(&v, id, draft("Otite", true)).await.unwrap();
        let reference = mails(&v)[0].id.clone();
        let report = |disposition: &str| mdn(&reference, disposition);
        let refused = v
            .app
            .take_report(report("processed/Error: 903^x").as_bytes())
            .await;
        assert_eq!(refused, Ok(Reported::Answered("903".to_owned())));
        assert_eq!(
            state(&v, id).await,
            NoteState::Answered {
                code: "903".to_owned()
            }
        );
        let shown = v.app.take_report(report("displayed").as_bytes()).await;
        assert_eq!(shown, Ok(Reported::Displayed));
        assert!(matches!(state(&v, id).await, NoteState::Displayed { .. }));
        assert_eq!(
            v.app
                .take_report(mdn("<other@x>", "displayed").as_bytes())
                .await,
            Ok(Reported::Unknown)
        );
    });
}

#[test]
fn a_usual_doctor_who_is_no_member_is_told_once_by_secure_mail_with_consent() {
    Village::each(|v| async move {
        let entry = national::Entry {
            rpps: OUTSIDE.to_owned(),
            insee: "67482".to_owned(),
            profession: "gp".to_owned(),
            civility: "Dr".to_owned(),
            last_name: "De La Tour".to_owned(),
            first_name: "Jean-Pierre".to_owned(),
            commune: "Strasbourg".to_owned(),
            postcode: "67000".to_owned(),
            dept: "67".to_owned(),
            phone: None,
            search: "de la tour jean pierre strasbourg".to_owned(),
        };
        let mailbox = Mailbox {
            rpps: OUTSIDE.to_owned(),
            address: "jp.delatour@medecin.mssante.fr".to_owned(),
            kind: "personal".to_owned(),
        };
        let written = v.app.db().write(move |tx| {
            national::set(tx, std::slice::from_ref(&entry))?;
            mailboxes::upsert(tx, 1, std::slice::from_ref(&mailbox))
        });
        written.await.unwrap();
        for (consent, phone, told) in [(false, PATIENT, 0), (true, "+33639981002", 1)] {
            let name = if consent { "Vaudran" } else { "Tervaux" };
            let mut call = v.call_for(
                name,
                relais_core::people::Profession::Gp,
                Some("Martin"),
                phone,
            );
            call.usual.rpps = Some(OUTSIDE.to_owned());
            call.consent_synthesis = consent;
            let id = v.raise(call).await;
            v.accepts(id, "Leroy").await.unwrap();
            assert_eq!(mails(&v).len(), told, "consent {consent}");
            if consent {
                let mail = &mails(&v)[0];
                assert!(mail.text.contains("VAUDRAN Odile") && mail.text.contains("Leroy"));
                assert!(!mail.subject.as_deref().unwrap().contains("VAUDRAN"));
                sign(&v, id, draft("Otite", true)).await.unwrap();
                assert_eq!(mails(&v).len(), 2);
                assert!(mails(&v)[1].subject.as_deref().unwrap().starts_with("XDM/"));
            }
        }
    });
}

/// Keeps what a secure mail carried.
#[derive(Default)]
struct Kept(Mutex<Vec<bool>>);

impl Gateway for Kept {
    fn about(&self) -> About {
        About {
            name: "kept",
            channel: Channel::Mssante,
            receipts: false,
            replies: false,
            idempotent: true,
            max_len: None,
        }
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let secure = outgoing.secure.as_ref().unwrap();
        self.0.lock().unwrap().push(secure.qualified);
        Ok(Accepted {
            provider: "kept",
            provider_ref: outgoing.idempotency_key.clone(),
        })
    }
}

/// Qualified by whoever asked the national service, the number leaves with the note; doubted, it does not.
#[test]
fn a_qualified_identity_leaves_with_its_number_until_it_is_doubted() {
    const NUMBER: &str = "279035121518989";
    Village::shaped(with_a_mailbox, |v| async move {
        let id = taken(&v).await;
        let said = |status: &str, number: Option<&str>, doubtful| InsDraft {
            status: status.to_owned(),
            number: number.map(str::to_owned),
            authority: Some("test".to_owned()),
            birth_place: Some("51215".to_owned()),
            doubtful,
        };
        let leroy = v.as_pro("Leroy");
        let whole = said("qualified", Some(NUMBER), false);
        for stranger in [v.desk(), v.as_pro("Garnier"), v.as_pro("Martin")] {
            let refused = v.app.set_ins(&stranger, id, whole.clone()).await;
            assert!(
                matches!(refused, Err(AppError::Denied | AppError::NotFound)),
                "{refused:?}"
            );
        }
        let nir = InsDraft {
            authority: Some("nir".to_owned()),
            ..whole.clone()
        };
        for (wrong, pointer) in [
            (said("sure", None, false), "/status"),
            (said("validated", Some(NUMBER), false), "/number"),
            (said("qualified", Some("279035121518988"), false), "/number"),
            (said("qualified", None, false), "/number"),
            (said("qualified", Some(NUMBER), true), "/doubtful"),
            (nir, "/authority"),
        ] {
            match v.app.set_ins(&leroy, id, wrong).await {
                Err(AppError::Invalid(errors)) => assert_eq!(errors[0].pointer, pointer),
                other => panic!("{pointer}: {other:?}"),
            }
        }
        assert_eq!(
            v.app.ins(&leroy, id).await.unwrap().status,
            Status::Provisional
        );

        let kept = Arc::new(Kept::default());
        let gateway = Arc::clone(&kept);
        let other = v.through(|gateways| gateways.with(gateway), "other");
        v.app.set_ins(&leroy, id, whole).await.unwrap();
        assert_eq!(
            v.app.ins(&v.desk(), id).await.unwrap().status,
            Status::Qualified
        );
        sign(&other, id, draft("Otite", true)).await.unwrap();
        v.app
            .set_ins(&leroy, id, said("provisional", None, true))
            .await
            .unwrap();
        sign(&other, id, draft("Otite externe", true))
            .await
            .unwrap();
        assert_eq!(*kept.0.lock().unwrap(), [true, false]);
        let acts = v.acts(id).await;
        let told = acts.iter().filter(|act| *act == "patient.identity-status");
        assert_eq!(told.count(), 2, "{acts:?}");
    });
}
