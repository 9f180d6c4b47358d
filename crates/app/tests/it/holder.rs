//! The patient's own page and what they say on their way: the link, late, no longer needed, the
//! reminder (R7, R8, ADR 0029).

use crate::village::{PATIENT, Village, why};
use relais_app::AppError;
use relais_app::holder::calendar;
use relais_app::requests::desk::Act;
use relais_app::wishes::{Wish, Wishes};
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Appointment, Closure, Status};
use relais_core::time::Duration;
use relais_gateways::Channel;

/// The secret of the link that a message gives.
pub(crate) fn secret_in(text: &str) -> Option<String> {
    let (_, after) = text.split_once("/p/")?;
    let secret = after.chars().take_while(char::is_ascii_alphanumeric);
    Some(secret.collect())
}

impl Village {
    /// The secret of the last link a phone received.
    pub(crate) fn secret(&self, number: &str) -> String {
        let rows = self.phones.list();
        let mut told = rows.iter().rev().filter(|row| row.to == number);
        told.find_map(|row| secret_in(&row.text)).unwrap()
    }

    /// Somebody gives an appointment so many minutes from now.
    async fn appoints(&self, id: RequestId, name: &str, minutes: i64) {
        let at = Appointment::At(self.app.now() + Duration::minutes(minutes));
        let set = Act::SetAppointment(at);
        self.app
            .act(&self.as_pro(name), id, set, why())
            .await
            .unwrap();
        self.app.settle().await.unwrap();
    }
}

/// The link of the first SMS opens the page until a week after the end; its secret is in no row of
/// the outbox, and no other text opens anything.
#[test]
fn the_link_of_the_first_message_opens_the_page_and_stands_in_no_row() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        let secret = v.secret(PATIENT);
        assert_eq!(secret.len(), 22, "128 bits: {secret}");
        let ticket = v.app.ticket(&secret).await.unwrap();
        assert_eq!(ticket.request.id, id);
        assert!(ticket.by.is_none() && ticket.can_cancel() && !ticket.can_be_late());
        assert!(calendar(&ticket).is_none());
        let (_, messages) = v.app.messages(&v.desk(), id).await.unwrap();
        assert!(!messages.is_empty());
        for message in &messages {
            assert!(!message.body.contains(&secret), "{}", message.body);
        }
        v.accepts(id, "Leroy").await.unwrap();
        assert_eq!(v.secret(PATIENT), secret, "the same link all along");
        let ticket = v.app.ticket(&secret).await.unwrap();
        assert_eq!(ticket.by.as_ref().unwrap().name, "Dr Leroy");
        let file = calendar(&ticket).unwrap();
        assert!(file.contains("SUMMARY:Rendez-vous\\, Dr Leroy"), "{file}");
        for identity in ["Tervaux", "Odile", "Sycomores", "1951", PATIENT] {
            assert!(!file.contains(identity), "{identity} in {file}");
        }
        for wrong in ["", "0000000000000000000000", &secret[..21]] {
            let refused = v.app.ticket(wrong).await;
            assert!(matches!(refused, Err(AppError::NotFound)), "{wrong:?}");
        }
        v.does(id, Act::Close(Closure::Seen)).await.unwrap();
        let ended = v.app.ticket(&secret).await.unwrap();
        assert!(ended.by.is_none() && !ended.can_cancel(), "over");
        v.pass(7 * 24 * 60 + 1).await;
        let refused = v.app.ticket(&secret).await;
        assert!(matches!(refused, Err(AppError::NotFound)), "a week later");
        // Its row is kept for a month: nothing is changed by it either.
        let wanted = Wishes::new([Wish::NoList]);
        for refused in [
            v.app.set_wishes_by_link(&secret, wanted).await,
            v.app.answer_by_link(&secret, false).await,
            v.app.late_by_link(&secret, 10).await.map(drop),
            v.app.cancel_by_link(&secret).await,
        ] {
            assert!(matches!(refused, Err(AppError::NotFound)), "{refused:?}");
        }
    });
}

/// Late by SMS and by the page: the professional is told, once; the patient is answered.
#[test]
fn a_patient_who_is_late_is_heard_whatever_the_way() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        let secret = v.secret(PATIENT);
        let phones = v.watch();
        v.answers(PATIENT, "en retard de 20 min").await;
        phones.phone(PATIENT).expects("Dr Leroy est prevenu");
        phones.phone("Dr Leroy").expects("retard d’environ 20");
        let told = v.app.lateness(&v.as_pro("Leroy"), id).await.unwrap();
        assert_eq!(told.unwrap().1, Some(20));
        v.pass(5).await;
        assert!(v.app.late_by_link(&secret, 45).await.unwrap());
        assert!(
            v.app.late_by_link(&secret, 45).await.unwrap(),
            "a double tap"
        );
        v.app.settle().await.unwrap();
        phones.phone("Dr Leroy").expects("retard d’environ 45");
        phones.silent();
        let acts = v.acts(id).await;
        assert_eq!(acts.iter().filter(|act| *act == "patient.late").count(), 2);
        assert_eq!(v.status(id).await, Status::Scheduled, "nothing else moves");
        let wrong = v.app.late_by_link(&secret, 1_000).await;
        assert!(matches!(wrong, Err(AppError::Invalid(_))));
        v.pass(6 * 60).await;
        let past = v.app.late_by_link(&secret, 20).await;
        assert!(matches!(
            past,
            Err(AppError::Problem {
                slug: "too-late",
                ..
            })
        ));
    });
}

/// The page cancels like `ANNUL`: everybody is told, twice is once, and not after the hour.
#[test]
fn the_page_cancels_until_its_hour() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        let secret = v.secret(PATIENT);
        let phones = v.watch();
        v.app.cancel_by_link(&secret).await.unwrap();
        v.app.cancel_by_link(&secret).await.unwrap();
        v.app.settle().await.unwrap();
        let told = phones.phone("Dr Leroy").expects("annulée par le patient");
        assert!(told.text.contains("aujourd’hui à"), "{}", told.text);
        phones.phone(PATIENT).expects("annulee");
        phones.silent();
        drop(phones);
        assert_eq!(v.status(id).await, Status::Cancelled);

        let seen = v.raise(v.open_call()).await;
        v.accepts(seen, "Leroy").await.unwrap();
        let secret = v.secret(PATIENT);
        v.pass(3 * 60).await;
        let past = v.app.cancel_by_link(&secret).await;
        assert!(matches!(
            past,
            Err(AppError::Problem {
                slug: "too-late",
                ..
            })
        ));
        v.answers(PATIENT, "ANNUL").await;
        assert_eq!(v.status(seen).await, Status::Scheduled, "seen by then");
    });
}

/// The reminder leaves some hours before; a change takes its place, and an end silences it.
#[test]
fn a_reminder_leaves_before_the_hour_unless_something_changes() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        v.appoints(id, "Leroy", 6 * 60).await;
        let phones = v.watch();
        v.pass(2 * 60 + 59).await;
        phones.silent();
        v.pass(1).await;
        let reminder = phones
            .phone(PATIENT)
            .expects("votre RDV est aujourd'hui a 16h");
        assert_eq!(reminder.channel, Channel::Sms);
        assert!(reminder.text.contains("ANNUL"), "{}", reminder.text);
        phones.silent();
        drop(phones);

        let other = v.call_for("Belin", Profession::Gp, None, "+33639981002");
        let moved = v.raise(other).await;
        v.accepts(moved, "Leroy").await.unwrap();
        v.appoints(moved, "Leroy", 5 * 60).await;
        v.appoints(moved, "Leroy", 6 * 60).await;
        v.pass(2 * 60).await;
        v.does(moved, Act::Close(Closure::PatientCancelled))
            .await
            .unwrap();
        v.pass(4 * 60).await;
        let told = v.phones.list();
        let reminded = told.iter().filter(|row| row.text.contains("votre RDV est"));
        assert_eq!(reminded.count(), 1, "the first patient alone: {told:?}");
    });
}

/// The machine was off over the night: the reminder that waited tells the day it leaves, and wakes nobody (R7).
#[test]
fn a_reminder_that_leaves_late_tells_the_day_it_is_and_wakes_nobody() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        // Half past eight the next morning: said at seven the evening before.
        v.appoints(id, "Leroy", 22 * 60 + 30).await;
        let phones = v.watch();
        // Off from ten in the morning to twenty to seven.
        v.app.clock().move_to(v.at(20 * 60 + 40));
        v.app.settle().await.unwrap();
        phones.silent();
        let (_, rows) = v.app.messages(&v.desk(), id).await.unwrap();
        let waits = rows.iter().find(|row| row.kind == "patient-reminder");
        let waits = waits.unwrap();
        assert_eq!(waits.due_at, v.at(22 * 60), "eight in the morning");
        assert_eq!(waits.failure, None, "nothing holds it up");
        v.pass(79).await;
        phones.silent();
        v.pass(1).await;
        let reminder = phones
            .phone(PATIENT)
            .expects("votre RDV est aujourd'hui a 8h30");
        assert!(!reminder.text.contains("demain"), "{}", reminder.text);
        phones.silent();
    });
}

/// What a professional is told a day late says when it was written: *demain* was said of another day.
#[test]
fn news_that_leave_on_another_day_say_when_they_were_written() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        let tomorrow = Appointment::At(v.at(23 * 60));
        let set = Act::SetAppointment(tomorrow);
        v.app.act(&v.desk(), id, set, why()).await.unwrap();
        let phones = v.watch();
        v.app.clock().move_to(v.at(22 * 60));
        v.app.settle().await.unwrap();
        let told = phones.phone("Dr Leroy").expects("crit hier");
        assert!(told.text.contains("demain"), "{}", told.text);
        // Of the two words to the patient, the news had its day and the reminder has its own.
        phones
            .phone(PATIENT)
            .expects("votre RDV est aujourd'hui a 9h");
    });
}

/// A change of hour is told as a change, to somebody who knew one.
#[test]
fn a_change_of_hour_is_told_as_a_change() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        let phones = v.watch();
        v.appoints(id, "Leroy", 90).await;
        phones.phone(PATIENT).expects("changement, RDV");
    });
}
