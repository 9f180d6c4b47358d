//! Answers by SMS: yes and no in any dress, codes, cancellations, repeats (R7).

use crate::village::{PATIENT, Village, why};
use relais_app::requests::desk::Act;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, OfferStatus, Phase, Status};
use relais_gateways::{Address, Channel, Inbound, Inbox as _, Kept};
use relais_store::{StoreError, professionals};

/// Every way people write yes, each answered once.
#[test]
fn yes_is_understood_in_any_dress_and_leaves_the_time_to_the_desk() {
    for dress in ["OUI {}", "oui{}", " Oui. {}", "ＯＵＩ {} svp", "Ouí {}!"] {
        Village::each(|v| async move {
            let petit = v.number("Petit");
            let id = v.raise(v.open_call()).await;
            let code = v.code(&petit);
            let phones = v.watch();
            v.answers(&petit, &dress.replace("{}", &code)).await;
            let answer = phones.phone("Dr Petit").expects("c'est a vous");
            assert_eq!(answer.channel, Channel::Sms);
            phones.phone(PATIENT).expects("Dr Petit s'occupe de vous");
            for name in ["Martin", "Leroy", "Garnier", "Faure"] {
                phones.phone(&v.named(name)).expects("Rien à faire");
            }
            let request = v.read(id).await;
            assert_eq!(request.status(), Status::Accepted, "{dress}");
            let Phase::Engaged(engagement) = &request.phase else {
                panic!("not engaged")
            };
            assert_eq!(engagement.appointment, Appointment::ToBeSet, "R4.7");
            assert_eq!(
                engagement.due_at,
                Some(v.at(15)),
                "the desk has the task, with a clock"
            );
            phones.nobody_reads("Tervaux");
            phones.silent();
        });
    }
}

#[test]
fn no_is_noted_and_the_one_open_request_needs_no_code() {
    Village::each(|v| async move {
        let petit = v.number("Petit");
        let phones = v.watch();
        v.answers(&petit, "oui").await;
        phones.phone("Dr Petit").expects("aucune demande n'attend");
        let one = v
            .raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
            .await;
        phones.phone("Dr Petit").expects("OUI");
        phones.phone(PATIENT).expects("nous cherchons");
        let first = v.code(&petit);
        let two = v
            .raise(v.call_for("Belin", Profession::Gp, Some("Petit"), "+33639981002"))
            .await;
        phones.phone("Dr Petit").expects("OUI");
        phones.phone("+33639981002").expects("nous cherchons");
        let second = v.code(&petit);
        assert_ne!(first, second, "unique per phone among its open offers");
        v.answers(&petit, "oui").await;
        let several = phones
            .phone("Dr Petit")
            .expects("plusieurs demandes attendent");
        assert!(several.text.contains(&first) && several.text.contains(&second));
        v.answers(&petit, "oui 0007").await;
        phones.phone("Dr Petit").expects("code 0007 inconnu");
        v.answers(&petit, "bonjour").await;
        phones.phone("Dr Petit").expects("non comprise");
        v.answers(&petit, &format!("oui non {first}")).await;
        phones.phone("Dr Petit").expects("non comprise");
        phones.silent();
        v.answers(&petit, &format!("Non {first} désolé")).await;
        phones.phone("Dr Petit").expects("vous passez");
        assert!(matches!(
            v.offer_status(one, "Petit").await,
            OfferStatus::Refused { .. }
        ));
        for name in ["Martin", "Leroy", "Garnier", "Faure"] {
            phones.phone(&v.named(name)).expects("Massy");
        }
        v.answers(&petit, "oui").await;
        phones
            .phone("Dr Petit")
            .expects(&format!("c'est a vous ({second})"));
        assert_eq!(v.status(two).await, Status::Accepted);
        assert_eq!(v.status(one).await, Status::AskingCommunity);
        phones.phone("+33639981002").expects("Dr Petit");
        phones.silent();
    });
}

/// Too late: "déjà prise", with the hour; after a cancellation: over. A stranger gets no answer.
#[test]
fn too_late_is_said_kindly_with_the_hour() {
    Village::each(|v| async move {
        let petit = v.number("Petit");
        let id = v.raise(v.open_call()).await;
        let code = v.code(&petit);
        v.pass(42).await;
        v.accepts(id, "Leroy").await.unwrap();
        let phones = v.watch();
        v.answers(&petit, &format!("OUI {code}")).await;
        phones
            .phone("Dr Petit")
            .expects(&format!("demande {code} deja prise a 10h42"));
        v.answers(&petit, &format!("NON {code}")).await;
        phones.phone("Dr Petit").expects(&code);
        v.answers("+33639989999", &format!("OUI {code}")).await;
        phones.silent();
        let theirs = "+33639981002";
        let other = v
            .raise(v.call_for("Belin", Profession::Gp, Some("Petit"), theirs))
            .await;
        phones.phone("Dr Petit").expects("OUI");
        phones.phone(theirs).expects("nous cherchons");
        let code = v.code(&petit);
        v.answers(theirs, "annuler").await;
        assert_eq!(v.status(other).await, Status::Cancelled);
        phones.phone(theirs).expects("annulee");
        phones.phone("Dr Petit").expects("annulee");
        v.answers(&petit, &format!("OUI {code}")).await;
        phones.phone("Dr Petit").expects("annulee ou terminee");
        phones.silent();
    });
}

/// The patient was given back; the same yes comes again, from the provider or from the telephone: it
/// takes nobody (R4.8).
#[test]
fn a_yes_heard_again_after_the_patient_was_given_back_takes_nobody() {
    Village::each(|v| async move {
        let petit = v.number("Petit");
        let id = v.raise(v.open_call()).await;
        let yes = format!("OUI {}", v.code(&petit));
        v.answers(&petit, &yes).await;
        assert_eq!(v.status(id).await, Status::Accepted);
        v.pass(10).await;
        let who = v.as_pro("Petit");
        v.app.act(&who, id, Act::Release, why()).await.unwrap();
        v.app.settle().await.unwrap();
        let phones = v.watch();
        v.phones.repeat_replies(v.world.start);
        v.app.settle().await.unwrap();
        phones.silent();
        v.pass(5).await;
        v.answers(&petit, &yes).await;
        phones
            .phone("Dr Petit")
            .expects("vous avez rendu ce patient a 10h10");
        phones.silent();
        assert_eq!(v.status(id).await, Status::AskingCommunity);
    });
}

/// An operator's centre gives no reference: the same *OUI* without a code is the first one brought again, or was
/// said of another request. It takes nobody else, on whichever side of two minutes it falls, and is never silence.
#[test]
fn a_yes_without_a_code_brought_again_takes_no_other_patient() {
    for minutes in [1, 3, 9] {
        Village::each(|v| async move {
            let petit = v.number("Petit");
            let said = || async {
                v.app.outside().inbox.inbound(Inbound {
                    provider_ref: "smpp:words".to_owned(),
                    worded: true,
                    channel: Channel::Sms,
                    from: Address::new(v.number("Petit")),
                    text: "oui".to_owned(),
                    at: v.app.now(),
                    kept: Kept::default(),
                });
                v.app.settle().await.unwrap();
            };
            let one = v
                .raise(v.call_for("Tervaux", Profession::Gp, Some("Petit"), PATIENT))
                .await;
            let phones = v.watch();
            phones.phone(PATIENT).ignored();
            phones.phone("+33639981002").ignored();
            said().await;
            phones.phone("Dr Petit").expects("c'est a vous");
            assert_eq!(v.status(one).await, Status::Accepted);
            said().await;
            phones.phone("Dr Petit").expects_nothing();
            let theirs = "+33639981002";
            let two = v
                .raise(v.call_for("Belin", Profession::Gp, Some("Petit"), theirs))
                .await;
            phones.phone("Dr Petit").expects("OUI");
            let code = v.code(&petit);
            v.pass(minutes).await;
            said().await;
            phones
                .phone("Dr Petit")
                .expects(&format!("avec le code: {code}"));
            assert_eq!(v.status(two).await, Status::AskingUsual, "{minutes} min");
            v.answers(&petit, &format!("oui {code}")).await;
            phones
                .phone("Dr Petit")
                .expects(&format!("c'est a vous ({code})"));
            v.pass(11).await;
            said().await;
            phones.phone("Dr Petit").expects("aucune demande n'attend");
        });
    }
}

/// A number that was given to somebody else answers nothing of its former owner, and its former owner's
/// request waits on.
#[test]
fn a_recycled_number_takes_no_patient_of_its_former_owner() {
    Village::each(|v| async move {
        let number = v.number("Petit");
        let id = v.raise(v.open_call()).await;
        let code = v.code(&number);
        let (former, next) = (v.pro("Petit").id, v.pro("Garnier").id);
        let to = number.clone();
        v.app
            .db()
            .write(move |tx| -> Result<(), StoreError> {
                for (id, number) in [(former, None), (next, Some(to.clone()))] {
                    let mut row = professionals::get(tx, id)?;
                    row.alert_number = number;
                    professionals::update(tx, &row)?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let phones = v.watch();
        v.answers(&number, &format!("OUI {code}")).await;
        phones
            .phone("Dr Garnier")
            .expects(&format!("code {code} inconnu"));
        v.answers(&number, "oui").await;
        phones
            .phone("Dr Garnier")
            .expects("aucune demande n'attend");
        phones.silent();
        assert_eq!(v.status(id).await, Status::AskingCommunity);
    });
}

/// `ANNUL` frees everybody, and the patient is answered once.
#[test]
fn a_patient_cancels_and_is_answered_once() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        let phones = v.watch();
        v.answers(PATIENT, "Annulé").await;
        let answer = phones.phone(PATIENT).expects("votre RDV de 12h est annule");
        assert_eq!(answer.channel, Channel::Sms);
        phones.phone("Dr Leroy").expects("annulée par le patient");
        phones.silent();
        assert_eq!(v.status(id).await, Status::Cancelled);
        v.answers(PATIENT, "ANNUL").await;
        phones.phone(PATIENT).expects("aucun RDV a venir");
        v.answers(PATIENT, "je ne veux pas annuler").await;
        phones.phone(PATIENT).expects("transmis a l'operateur");
        phones.silent();
        let live = v.read(id).await.live_offers().count();
        assert_eq!(live, 0, "everybody is free");
    });
}

/// An older request still open is cancelled rather than the newer one that is over.
#[test]
fn a_patient_cancels_what_is_still_open() {
    Village::each(|v| async move {
        let open = v
            .raise(v.call_for("Tervaux", Profession::Gp, Some("Martin"), PATIENT))
            .await;
        v.pass(1).await;
        let over = v
            .raise(v.call_for("Belin", Profession::Gp, Some("Leroy"), PATIENT))
            .await;
        {
            let phones = v.watch();
            v.answers(PATIENT, "ANNUL").await;
            phones.phone(PATIENT).expects("rien n'est annule");
        }
        for id in [open, over] {
            let status = v.status(id).await;
            assert_eq!(status, Status::AskingUsual, "whose is for a person to hear");
        }
        v.does(over, Act::Cancel(CancelledBy::Patient))
            .await
            .unwrap();
        v.answers(PATIENT, "ANNUL").await;
        assert_eq!(
            v.status(open).await,
            Status::Cancelled,
            "the one that is left"
        );
    });
}

/// The same answer twice, the same receipt twice, out of order: once is enough.
#[test]
fn what_comes_back_twice_is_handled_once() {
    Village::each(|v| async move {
        let petit = v.number("Petit");
        let id = v.raise(v.open_call()).await;
        let code = v.code(&petit);
        let phones = v.watch();
        let inbox = &v.app.outside().inbox;
        v.phones.reply(&petit, &format!("NON {code}")).unwrap();
        for inbound in inbox.take_inbound() {
            inbox.inbound(inbound.clone());
            inbox.inbound(inbound);
        }
        v.app.settle().await.unwrap();
        v.phones.repeat_replies(v.world.start);
        v.phones.repeat_receipts(v.world.start);
        v.phones.repeat_receipts(v.world.start);
        v.app.settle().await.unwrap();
        phones.phone("Dr Petit").expects("vous passez");
        phones.silent();
        let acts = v.acts(id).await;
        assert_eq!(acts.iter().filter(|act| *act == "offer.refused").count(), 1);
        let row = v
            .phones
            .list()
            .into_iter()
            .find(|row| row.owner == "Dr Leroy")
            .unwrap();
        assert!(v.phones.open_message(&row.id));
        v.phones.repeat_receipts(v.world.start);
        v.app.settle().await.unwrap();
        let status = v.offer_status(id, "Leroy").await;
        assert!(
            matches!(status, OfferStatus::Seen { .. }),
            "never backwards: {status:?}"
        );
    });
}

/// A trial is heard; a word that means something to patients only is not a yes.
#[test]
fn a_trial_is_heard() {
    Village::each(|v| async move {
        let phones = v.watch();
        v.answers(&v.number("Roux"), "Ok").await;
        phones.phone("Mme Roux").expects("bien recu");
        v.answers(&v.number("Roux"), "1").await;
        phones.phone("Mme Roux").expects("non comprise");
    });
}

/// A doctor is somebody's patient too: their own cancellation is understood.
#[test]
fn a_professional_who_is_a_patient_may_cancel() {
    Village::each(|v| async move {
        let leroy = v.number("Leroy");
        let id = v
            .raise(v.call_for("Belin", Profession::Gp, Some("Martin"), &leroy))
            .await;
        let phones = v.watch();
        v.answers(&leroy, "ANNUL").await;
        phones.phone(&leroy).expects("votre demande est annulee");
        phones.phone("Dr Martin").expects("annulée");
        assert_eq!(v.status(id).await, Status::Cancelled);
        v.answers(&v.number("Faure"), "ANNUL").await;
        phones.phone("Dr Faure").expects("non comprise");
    });
}

/// A doctor is a patient too: what no machine understands is read by the desk as long as a request of theirs is open,
/// as it is for anybody else, and answers what they were asked as a doctor otherwise.
#[test]
fn a_professional_who_is_a_patient_is_heard_by_the_desk() {
    Village::each(|v| async move {
        let petit = v.number("Petit");
        let id = v
            .raise(v.call_for("Tervaux", Profession::Gp, None, &petit))
            .await;
        let last = || {
            let mut rows = v.phones.list().into_iter();
            rows.rfind(|row| row.to == petit).unwrap().text
        };
        v.answers(&petit, "je ne viendrai pas").await;
        assert!(last().contains("message transmis"), "{}", last());
        let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
        assert_eq!(tasks.len(), 1);
        assert_eq!(tasks[0].request.id, id);
        let lina = v.desk();
        let opened = v.app.open_desk_task(&lina, tasks[0].task.id.clone());
        let words = opened.await.unwrap().words.unwrap();
        assert_eq!(words.expose(), "je ne viendrai pas");
        // Their own request is over: they are a professional again.
        v.does(id, Act::Cancel(CancelledBy::Operator))
            .await
            .unwrap();
        v.answers(&petit, "je ne viendrai pas demain").await;
        assert!(last().contains("non comprise"), "{}", last());
        let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
        assert_eq!(tasks.len(), 1, "nothing new to read");
    });
}
