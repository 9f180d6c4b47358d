//! What people receive: the ladder of channels, "pourvu", who is told of what (R7).

use crate::village::{NORTH, PATIENT, Village};
use relais_app::app::Who;
use relais_app::requests::desk::Act;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Closure, NeedEdit, Status};
use relais_core::time::Duration;
use relais_gateways::{Channel, Mood, PhoneRow};

/// Push, SMS, mail, each after three minutes of silence; then the desk is told. Nothing more.
#[test]
fn a_phone_switched_off_is_tried_by_every_channel_and_then_the_desk_is_told() {
    Village::each(|v| async move {
        v.phones.set_mood(&v.number("Martin"), Mood::Off).unwrap();
        let phones = v.watch();
        phones.phone(PATIENT).ignored();
        let id = v.raise(v.call()).await;
        let push = phones.phone("Dr Martin").expects("à vous d’abord");
        assert_eq!(
            (push.channel, push.to.clone()),
            (Channel::Push, v.number("Martin"))
        );
        v.pass(2).await;
        phones.silent();
        v.pass(1).await;
        let sms = phones.phone("Dr Martin").expects("Repondez OUI");
        assert_eq!(
            (sms.channel, sms.at.as_str()),
            (Channel::Sms, "2026-03-10T09:03:00Z")
        );
        v.pass(2).await;
        phones.silent();
        v.pass(1).await;
        let mail = phones.phone("Dr Martin").expects("Massy");
        assert_eq!(
            (mail.channel, mail.to.as_str()),
            (Channel::Mail, "martin@example.test")
        );
        assert!(!v.acts(id).await.contains(&"offer.unreachable".to_owned()));
        v.pass(3).await;
        assert!(v.acts(id).await.contains(&"offer.unreachable".to_owned()));
        v.pass(30).await;
        let told = v
            .acts(id)
            .await
            .into_iter()
            .filter(|a| a == "offer.unreachable");
        assert_eq!(told.count(), 1, "the desk is told once");
        phones.silent();
    });
}

/// A receipt, even a slow one, stops the ladder; so does opening the page.
#[test]
fn whoever_received_or_opened_it_is_left_in_peace() {
    Village::each(|v| async move {
        v.phones
            .set_mood(&v.number("Leroy"), Mood::Slow(100))
            .unwrap();
        v.phones.set_mood(&v.number("Faure"), Mood::Off).unwrap();
        let id = v.raise(v.open_call()).await;
        let phones = v.watch();
        v.pass(1).await;
        let seen = v.offer(id, "Faure").await;
        v.app.mark_seen(&v.as_pro("Faure"), seen).await.unwrap();
        v.pass(20).await;
        phones.silent();
    });
}

/// Without a smartphone the SMS comes first, with a code of four digits and the number to answer.
#[test]
fn without_a_smartphone_the_sms_comes_first() {
    Village::each(|v| async move {
        let phones = v.watch();
        v.raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
            .await;
        let sms = phones.phone("Dr Petit").expects("votre patiente");
        assert_eq!(sms.channel, Channel::Sms);
        assert!(
            sms.text
                .contains(&format!("OUI {0} ou NON {0}", v.code(&sms.to))),
            "{}",
            sms.text
        );
        phones.phone(PATIENT).expects("nous cherchons");
    });
}

/// The patient hears who, when, where, the phone, how to cancel; the pharmacist who asked too; the
/// usual doctor that it is done; the others "pourvu" on the same card.
#[test]
fn an_acceptance_is_told_to_each_in_their_words() {
    Village::each(|v| async move {
        let mut draft = v.call();
        draft.origin = None;
        draft.triage = None;
        let raised = v.app.raise(&v.as_pro("Potard"), draft).await.unwrap();
        v.app.settle().await.unwrap();
        let id = raised.id;
        let phones = v.watch();
        v.passes(id, "Martin").await;
        for name in ["Leroy", "Garnier", "Faure", "Petit"] {
            phones.phone(&v.named(name)).expects("Massy");
        }
        v.accepts(id, "Garnier").await.unwrap();
        let patient = phones.phone(PATIENT).expects("Dr Garnier");
        assert!(patient.text.contains("12h"), "{}", patient.text);
        assert!(patient.text.contains("Lavoir"), "{}", patient.text);
        assert!(
            patient.text.contains("0199002003"),
            "the contact number: {}",
            patient.text
        );
        assert!(patient.text.contains("ANNUL"), "{}", patient.text);
        let requester = phones.phone("Dr Potard").expects("Dr Garnier");
        assert_eq!(
            requester.channel,
            Channel::Sms,
            "kept, with the number to call"
        );
        assert!(requester.text.contains("0199002003"), "{}", requester.text);
        phones.phone("Dr Martin").expects("pris en charge");
        for name in ["Leroy", "Faure"] {
            let pourvu = phones.phone(&v.named(name)).expects("Rien à faire");
            assert!(pourvu.replaces && pourvu.tag == Some(id.to_string()));
            assert_eq!(pourvu.channel, Channel::Push);
        }
        let petit = phones.phone("Dr Petit").expects("deja prise");
        assert_eq!(petit.channel, Channel::Sms);
        phones.silent();
        let replaced = v
            .phones
            .list()
            .into_iter()
            .filter(|row| row.replaced_by.is_some());
        assert_eq!(replaced.count(), 2, "the notifications of Leroy and Faure");
        let alert = v.number("Garnier").replace("+33", "0");
        phones.nobody_reads(&alert);
        phones.nobody_reads("Tervaux");
    });
}

/// What becomes of it afterwards: time set by the desk, released, cancelled, closed.
#[test]
fn whoever_asked_or_has_the_patient_hears_what_becomes_of_it() {
    Village::each(|v| async move {
        let mut draft = v.open_call();
        draft.origin = None;
        let raised = v.app.raise(&v.as_pro("Potard"), draft).await.unwrap();
        v.app.settle().await.unwrap();
        let id = raised.id;
        let offer = v.offer(id, "Leroy").await;
        let leroy = v.as_pro("Leroy");
        v.app
            .accept(&leroy, offer, Appointment::ToBeSet)
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        let phones = v.watch();
        assert_eq!(v.status(id).await, Status::Accepted);
        v.does(id, Act::SetAppointment(Appointment::At(v.at(240))))
            .await
            .unwrap();
        phones.phone(PATIENT).expects("14h");
        phones.phone("Dr Leroy").expects("14");
        phones.phone("Dr Potard").expects("14h");
        phones.silent();
        let why = crate::village::why();
        v.app
            .act(&leroy, id, Act::Release, why.clone())
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        phones.phone(PATIENT).expects("empechement");
        phones.phone("Dr Potard").expects("désiste");
        for name in ["Martin", "Garnier", "Faure", "Petit"] {
            phones.phone(&v.named(name)).expects("Massy");
        }
        phones.silent();
        v.accepts(id, "Faure").await.unwrap();
        phones.phone(PATIENT).expects("Dr Faure");
        phones.phone("Dr Potard").expects("Dr Faure");
        for name in ["Martin", "Garnier", "Petit"] {
            phones.phone(&v.named(name)).expects("par un confr");
        }
        let cancelled = Act::Cancel(CancelledBy::Requester);
        v.app
            .act(&v.as_pro("Potard"), id, cancelled, why)
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        phones.phone(PATIENT).expects("annulee");
        phones.phone("Dr Faure").expects("annulée par le demandeur");
        phones.silent();

        let other = v
            .raise(v.call_for("Belin", Profession::Gp, Some("Martin"), PATIENT))
            .await;
        phones.phone("Dr Martin").expects("Massy");
        phones.phone(PATIENT).expects("nous cherchons");
        v.accepts(other, "Martin").await.unwrap();
        phones.phone(PATIENT).expects("Dr Martin");
        let closing = Act::Close(Closure::Seen);
        v.app
            .act(&v.as_pro("Martin"), other, closing, None)
            .await
            .unwrap();
        v.app.settle().await.unwrap();
        assert_eq!(v.status(other).await, Status::Closed);
        phones.silent();
    });
}

/// A patient with a landline is called, with a script that can be read aloud.
#[test]
fn a_landline_is_called() {
    Village::each(|v| async move {
        let phones = v.watch();
        let call = v.call_for("Tervaux", Profession::Gp, Some("Martin"), "01 99 00 12 34");
        let id = v.raise(call).await;
        phones.phone("Dr Martin").expects("Massy");
        let voice = phones
            .phone("+33199001234")
            .expects("Bonjour, ici Nord. Nous cherchons");
        assert_eq!(voice.channel, Channel::Voice);
        v.accepts(id, "Martin").await.unwrap();
        let told = phones.phone("+33199001234").expects("avec Dr Martin");
        assert!(
            !told.text.contains("ANNUL"),
            "a landline cannot answer: {}",
            told.text
        );
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        let spoken = messages.iter().filter(|m| m.channel == "voice").count();
        assert_eq!(spoken, 2, "the desk sees that it was a call");
    });
}

/// News promised to a waiting patient come at the promised minute.
#[test]
fn a_waiting_patient_gets_the_news_that_were_promised() {
    let hourly = |world: &mut relais_app::demo::DemoWorld| {
        world.networks[NORTH].policy.patient_news_minutes = 30;
    };
    Village::shaped(hourly, |v| async move {
        let phones = v.watch();
        v.raise(v.call()).await;
        let first = phones
            .phone(PATIENT)
            .expects("Prochain message avant 10h30");
        assert!(first.text.contains("15"), "{}", first.text);
        phones.phone("Dr Martin").expects("Massy");
        v.pass(29).await;
        phones.silent();
        v.pass(1).await;
        phones.phone(PATIENT).expects("nous cherchons encore");
        phones.silent();
        v.app.advance(Duration::minutes(29)).await.unwrap();
        phones.silent();
    });
}

/// Edited before acceptance: those asked are told on the same card; whom it no longer fits, too.
#[test]
fn an_edit_tells_those_already_asked() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        let phones = v.watch();
        let worse = NeedEdit::new(v.read(id).await.need, |need| {
            need.comment = "Ne se déplace plus.".to_owned();
        });
        v.does(id, Act::Edit(worse.clone())).await.unwrap();
        for name in ["Martin", "Leroy", "Garnier", "Faure"] {
            let row = phones.phone(&v.named(name)).expects("Massy");
            assert_eq!(row.subject.as_deref(), Some("Demande modifiée"));
            assert!(row.replaces);
        }
        phones.phone("Dr Petit").expects("demande modifiee");
        phones.silent();
        let nurse = NeedEdit::new(worse.wanted, |need| need.profession = Profession::Nurse);
        let other = v.does(id, Act::Edit(nurse)).await;
        assert!(
            other.is_err(),
            "another profession is another request (R4.9)"
        );
    });
}

/// Whoever accepts on a page has two minutes to choose a time before the patient is told without one:
/// what ends the request meanwhile takes that word back.
#[test]
fn an_acceptance_that_is_over_before_it_was_told_is_told_to_nobody() {
    Village::each(|v| async move {
        let others = ["+33639981002", "+33639981003"];
        let lines = [PATIENT, others[0], others[1]];
        let mut taken = Vec::new();
        for line in lines {
            let draft = v.call_for("Tervaux", Profession::Gp, None, line);
            let id = v.raise(draft).await;
            let leroy = Who {
                source: "web",
                ..v.as_pro("Leroy")
            };
            let offer = v.offer(id, "Leroy").await;
            let accepted = v.app.accept(&leroy, offer, Appointment::ToBeSet).await;
            accepted.unwrap();
            v.app.settle().await.unwrap();
            taken.push(id);
        }
        v.answers(lines[0], "ANNUL").await;
        v.does(taken[1], Act::Close(Closure::PhoneAdvice))
            .await
            .unwrap();
        v.does(taken[2], Act::Transfer15).await.unwrap();
        v.pass(5).await;
        for id in taken {
            assert!(v.read(id).await.is_ended());
        }
        let untrue =
            |row: &PhoneRow| lines.contains(&row.to.as_str()) && row.text.contains("Leroy");
        let rows = v.phones.list();
        assert!(!rows.iter().any(untrue), "{rows:#?}");
    });
}

/// While their provider does not answer, the hour of whoever has the patient is moved, the need changes, and it ends:
/// they read the last word, and it is the last thing they read.
#[test]
fn whoever_has_the_patient_reads_no_older_hour_after_a_newer() {
    Village::each(|v| async move {
        let moved = |minutes| Act::SetAppointment(Appointment::At(v.at(minutes)));
        let mine = |text: &str| {
            let rows = v.phones.list();
            let to = [v.number("Leroy"), "leroy@example.test".to_owned()];
            let mut told = rows.into_iter().filter(|row| to.contains(&row.to));
            told.rfind(|_| true)
                .is_some_and(|row| row.text.contains(text))
        };
        for (last, said) in [
            (moved(300), "à 15\u{a0}h"),
            (Act::Cancel(CancelledBy::Patient), "annulée"),
        ] {
            let id = v.raise(v.open_call()).await;
            v.accepts(id, "Leroy").await.unwrap();
            v.pass(1).await;
            v.phones.set_mood(&v.number("Leroy"), Mood::Down).unwrap();
            v.does(id, moved(180)).await.unwrap();
            v.does(id, last).await.unwrap();
            v.phones.set_mood(&v.number("Leroy"), Mood::Live).unwrap();
            v.pass(20).await;
            let rows = v.phones.list();
            assert!(mine(said), "{said}: {rows:#?}");
            let older =
                |row: &PhoneRow| row.text.contains("à 13\u{a0}h") && !row.text.contains("annulée");
            assert!(!rows.iter().any(older), "{rows:#?}");
            v.does(id, Act::Cancel(CancelledBy::Operator)).await.ok();
            v.pass(20).await;
        }
    });
}
