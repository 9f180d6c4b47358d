//! A patient's number written down wrongly, put right by the desk: whose phone says what, before and after.

use crate::holder::secret_in;
use crate::village::{NORTH, PATIENT, SOUTH, Village, leroy_until, why};
use relais_app::AppError;
use relais_app::patients::{Corrected, PhonesDraft};
use relais_app::requests::desk::Act;
use relais_app::wishes::{Wish, Wishes};
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy};
use relais_core::time::Duration;
use relais_store::{StoreError, patients};
use std::sync::mpsc::channel;

/// The right one.
const RIGHT: &str = "+33639981777";

impl Village {
    async fn corrects(&self, id: RequestId, phone: &str) -> Result<Corrected, AppError> {
        let draft = PhonesDraft {
            phone: Some(phone.to_owned()),
            carer_phone: None,
        };
        let done = self.app.correct_phones(&self.desk(), id, draft).await;
        self.app.settle().await.unwrap();
        done
    }

    /// What a professional was told, by whatever channel.
    fn told(&self, name: &str) -> Vec<String> {
        let rows = self.phones.list().into_iter();
        let theirs = rows.filter(|row| row.owner.contains(name));
        theirs.map(|row| row.text).collect()
    }
}

#[test]
fn the_right_number_hears_how_things_stand_and_the_wrong_one_can_do_nothing_more() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        let theirs = v.secret(PATIENT);
        v.accepts(id, "Leroy").await.unwrap();
        let wrong = v.received(PATIENT).len();
        let leroy = v.told("Leroy").len();

        assert_eq!(v.corrects(id, "06 39 98 17 77").await, Ok(Corrected::Told));
        let told = v.received(RIGHT);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("Dr Leroy"), "{told:?}");
        assert_eq!(v.received(PATIENT).len(), wrong, "nothing more to them");
        let news = v.told("Leroy");
        assert_eq!(news.len(), leroy + 1, "{news:?}");
        let last = news.last().unwrap();
        assert!(
            last.contains("le bon numéro est sur votre page") && !last.contains("17 77"),
            "{last}"
        );

        let ours = v.secret(RIGHT);
        assert_ne!(ours, theirs);
        assert_eq!(v.app.ticket(&ours).await.unwrap().request.id, id);
        let closed = v.app.ticket(&theirs).await;
        assert!(matches!(closed, Err(AppError::NotFound)));
        v.answers(PATIENT, "ANNUL").await;
        assert!(!v.read(id).await.is_ended(), "they are nobody's patient");

        assert_eq!(v.corrects(id, RIGHT).await, Ok(Corrected::Same));
        assert_eq!(v.received(RIGHT).len(), 1, "told once");
        let leroy = v.as_pro("Leroy");
        let shown = v.app.open_identity(&leroy, id).await.unwrap();
        assert_eq!(shown.phone.expose(), RIGHT);
        let (_, lines) = v.app.timeline(&v.desk(), id).await.unwrap();
        let said = format!("{lines:?}");
        assert!(said.contains("Téléphone du patient corrigé"), "{said}");
        assert!(!said.contains("1777") && !said.contains("17 77"), "{said}");

        v.answers(RIGHT, "ANNUL").await;
        assert!(v.read(id).await.is_ended());
        let over = v.corrects(id, PATIENT).await;
        assert!(matches!(over, Err(AppError::Refused(_))), "{over:?}");
    });
}

/// While somebody is looked for; put right twice; the next caller of that number is known by it.
#[test]
fn who_still_waits_hears_that_they_are_looked_for_and_a_second_number_repeats_nothing() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        assert_eq!(v.corrects(id, "+33639981778").await, Ok(Corrected::Told));
        assert_eq!(v.corrects(id, RIGHT).await, Ok(Corrected::Told));
        let told = v.received(RIGHT);
        assert!(told.len() == 1 && told[0].contains("cherchons"), "{told:?}");

        let second = PhonesDraft {
            phone: None,
            carer_phone: Some("06 39 98 17 79".to_owned()),
        };
        let kept = v.app.correct_phones(&v.desk(), id, second).await;
        assert_eq!(kept, Ok(Corrected::Kept));
        v.app.settle().await.unwrap();
        assert_eq!(v.received(RIGHT).len(), 1, "they have heard it");
        assert!(v.received("+33639981779").is_empty());

        v.does(id, Act::Pause).await.unwrap();
        assert_eq!(v.corrects(id, PATIENT).await, Ok(Corrected::Kept));
        let cancel = Act::Cancel(CancelledBy::Operator);
        v.app.act(&v.desk(), id, cancel, why()).await.unwrap();
    });
}

/// Nobody hears that somebody whose rights are over sees them: the desk calls.
#[test]
fn a_gone_accepter_is_announced_to_nobody() {
    Village::shaped(leroy_until(120), |v| async move {
        let id = v.raise(v.open_call()).await;
        let offer = v.offer(id, "Leroy").await;
        let call = Appointment::Call(None);
        let leroy = v.as_pro("Leroy");
        v.app.accept(&leroy, offer, call).await.unwrap();
        v.pass(121).await;
        v.app.housekeeping().await.unwrap();
        let told = v.told("Leroy").len();
        assert_eq!(v.corrects(id, RIGHT).await, Ok(Corrected::Kept));
        assert!(v.received(RIGHT).is_empty());
        assert_eq!(v.told("Leroy").len(), told);
    });
}

/// News go to the carer, who has heard them: the patient's own number repeats nothing.
#[test]
fn who_is_written_to_hears_nothing_twice() {
    Village::each(|v| async move {
        let carer = "+33639981779";
        let mut draft = v.open_call();
        draft.patient.carer_phone = Some(carer.to_owned());
        let id = v.raise(draft).await;
        let wanted = Wishes::new([Wish::TellCarer]);
        v.app.set_wishes(&v.desk(), id, wanted).await.unwrap();
        v.accepts(id, "Leroy").await.unwrap();
        let (heard, link) = (v.received(carer).len(), v.secret(carer));
        assert_eq!(v.corrects(id, RIGHT).await, Ok(Corrected::Kept));
        assert_eq!(v.received(carer).len(), heard);
        assert!(v.received(RIGHT).is_empty());
        assert!(v.app.ticket(&link).await.is_ok(), "theirs still opens");

        let quiet = Wishes::new([Wish::NoMessages]);
        v.app.set_wishes(&v.desk(), id, quiet).await.unwrap();
        assert_eq!(v.corrects(id, PATIENT).await, Ok(Corrected::Kept));
        assert!(v.app.ticket(&link).await.is_err());
    });
}

#[test]
fn what_is_no_number_or_no_business_of_theirs_changes_nothing() {
    Village::each(|v| async move {
        let mut call = v.call_for("Belin", Profession::Gp, None, PATIENT);
        call.need.comment = Some("Rappeler au 06 39 98 17 77.".to_owned());
        let id = v.raise(call).await;
        for (typed, says) in [
            ("", "Donnez le bon numéro"),
            ("12", "pas un numéro"),
            (RIGHT, "commentaire"),
        ] {
            let Err(AppError::Invalid(errors)) = v.corrects(id, typed).await else {
                panic!("{typed} is taken");
            };
            assert_eq!(errors[0].pointer, "/phone");
            assert!(errors[0].message.contains(says), "{errors:?}");
            assert!(!errors[0].message.contains("Belin"), "{errors:?}");
        }
        let draft = || PhonesDraft {
            phone: Some("+33639981780".to_owned()),
            carer_phone: None,
        };
        for (who, expect) in [
            (v.staff_of(SOUTH, Role::Operator), AppError::NotFound),
            (v.staff_of(NORTH, Role::Coordinator), AppError::Denied),
        ] {
            assert_eq!(v.app.correct_phones(&who, id, draft()).await, Err(expect));
        }
        let leroy = v.as_pro("Leroy");
        assert!(v.app.correct_phones(&leroy, id, draft()).await.is_err());
        let shown = v.app.open_identity(&v.desk(), id).await.unwrap();
        assert_eq!(shown.phone.expose(), PATIENT);
    });
}

/// While the record is being written, a message to its number waits, and nobody waits for it.
#[test]
fn what_is_said_to_a_number_waits_while_it_is_put_right() {
    Village::on_postgres(|v| async move {
        let id = v.app.raise(&v.desk(), v.open_call()).await.unwrap().id;
        let db = v.app.db().clone();
        let ((begun, held), (over, ends)) = (channel::<()>(), channel::<()>());
        let write = move || {
            db.write_blocking(move |tx| {
                let patient = patients::find_of_request(tx, id)?;
                patients::hold(tx, patient.expect("it is about somebody"))?;
                let _ = begun.send(());
                // Or the test failed meanwhile.
                let _ = ends.recv();
                Ok::<_, StoreError>(())
            })
        };
        let writing = tokio::task::spawn_blocking(write);
        let begins = tokio::task::spawn_blocking(move || held.recv());
        begins.await.unwrap().unwrap();
        v.app.settle().await.unwrap();
        assert!(v.received(PATIENT).is_empty());
        assert!(!v.told("Leroy").is_empty(), "nobody else waits");
        over.send(()).unwrap();
        writing.await.unwrap().unwrap();
        v.app.advance(Duration::seconds(3)).await.unwrap();
        assert_eq!(v.received(PATIENT).len(), 1);
    });
}

/// Another node sends at the moment of the correction: whatever the wrong number gets opens nothing.
#[test]
fn a_number_put_right_while_its_messages_leave_has_no_link_that_opens() {
    Village::on_postgres(|v| async move {
        let far = v.through(|gateways| gateways, "far");
        for round in 0..12 {
            let wrong = format!("+3363998{:04}", 2_000 + round);
            let right = format!("06 39 98 {:02} 77", 30 + round);
            let draft = v.call_for("Belin", Profession::Gp, None, &wrong);
            let id = v.app.raise(&v.desk(), draft).await.unwrap().id;
            if round % 2 == 0 {
                v.app.settle().await.unwrap();
                let offer = v.offer(id, "Leroy").await;
                let call = Appointment::Call(None);
                let leroy = v.as_pro("Leroy");
                v.app.accept(&leroy, offer, call).await.unwrap();
            }
            let draft = PhonesDraft {
                phone: Some(right),
                carer_phone: None,
            };
            let desk = v.desk();
            let corrected = v.app.correct_phones(&desk, id, draft);
            let (sent, corrected) = tokio::join!(far.app.settle(), corrected);
            sent.unwrap();
            corrected.unwrap();
            v.app.settle().await.unwrap();
            for text in v.received(&wrong) {
                if let Some(secret) = secret_in(&text) {
                    let opened = v.app.ticket(&secret).await;
                    assert!(opened.is_err(), "round {round}: {text}");
                }
            }
        }
    });
}
