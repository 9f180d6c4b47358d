//! After the appointment, and what patients want: "avez-vous été reçu ?", oppositions kept by every message,
//! the carer told in the patient's place (R6, R7).

use crate::tasks::paris;
use crate::village::{NORTH, PATIENT, Village};
use jiff::tz::TimeZone;
use relais_app::AppError;
use relais_app::demo::DemoWorld;
use relais_app::requests::desk::Act;
use relais_app::synthesis::{NoteDraft, NoteState};
use relais_app::visits::VisitSettingsDraft;
use relais_app::wishes::{Wish, Wishes};
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Closure};
use relais_core::time::{Instant, OpenSpan};
use relais_store::syntheses::Fate;
use relais_store::visit_questions::{self, Tally};

const CARER: &str = "+33639981777";

impl Village {
    /// The coordinator asks patients so many hours after.
    async fn asks_after(&self, hours: &str) {
        let coordinator = self.staff_of(NORTH, Role::Coordinator);
        let held = self.app.visit_settings(&coordinator).await.unwrap();
        let draft = VisitSettingsDraft {
            horizon_hours: held.horizon_hours.to_string(),
            reminder_hours: held.reminder_hours.to_string(),
            question_hours: hours.to_owned(),
            version: held.version,
        };
        let saved = self.app.set_visit_settings(&coordinator, draft).await;
        saved.unwrap();
    }

    /// What a number received, whole.
    pub(crate) fn received(&self, number: &str) -> Vec<String> {
        let rows = self.phones.list().into_iter();
        rows.filter(|row| row.to == number)
            .map(|row| row.text)
            .collect()
    }

    async fn wants(&self, id: RequestId, wishes: &[Wish]) {
        let wanted = Wishes::new(wishes.iter().copied());
        let set = self.app.set_wishes(&self.desk(), id, wanted).await;
        set.unwrap();
    }

    async fn tally(&self) -> Tally {
        let (network, start) = (self.world.networks[NORTH].id, self.at(0));
        let read = self.app.db();
        let read = read.read(move |tx| visit_questions::tally(tx, network, start));
        read.await.unwrap()
    }

    async fn to_check(&self) -> usize {
        let (tasks, _) = self.app.desk_tasks(&self.desk()).await.unwrap();
        let kinds = tasks.iter().filter(|one| one.task.kind == "not-seen");
        kinds.count()
    }
}

/// Asked two hours after; a "no" where the professional says "seen" is to be checked, once.
#[test]
fn a_no_where_the_professional_says_seen_is_a_line_of_the_desk() {
    Village::each(|v| async move {
        v.asks_after("2").await;
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        v.answers(PATIENT, "2").await;
        assert_eq!(v.to_check().await, 0, "nothing was asked: words to read");
        v.pass(125).await;
        v.does(id, Act::Close(Closure::Seen)).await.unwrap();
        v.pass(120).await;
        let last = v.received(PATIENT).pop().unwrap();
        assert!(last.contains("avez-vous ete recu?"), "{last}");
        assert!(!last.contains("/p/"), "{last}");
        v.answers("+33639989999", "2").await;
        assert_eq!((v.to_check().await, v.tally().await.no), (0, 0), "spoofed");
        v.answers(PATIENT, "2").await;
        v.answers(PATIENT, "2").await;
        assert_eq!(v.to_check().await, 1);
        let counted = Tally {
            asked: 1,
            yes: 0,
            no: 1,
        };
        assert_eq!(v.tally().await, counted);
        v.answers(PATIENT, "1").await;
        assert_eq!(v.tally().await.yes, 1, "the last word");
        v.pass(73 * 60).await;
        v.answers(PATIENT, "2").await;
        assert_eq!(
            (v.tally().await.yes, v.to_check().await),
            (1, 1),
            "too late"
        );
    });
}

/// Off unless the network says so; not asked of whoever is known not to have come; on the page like by SMS.
#[test]
fn the_question_is_asked_only_where_it_says_something() {
    Village::each(|v| async move {
        let quiet = v.raise(v.open_call()).await;
        v.accepts(quiet, "Leroy").await.unwrap();
        v.pass(125).await;
        v.does(quiet, Act::Close(Closure::Seen)).await.unwrap();
        v.pass(24 * 60).await;
        assert_eq!(v.tally().await.asked, 0, "off");
        v.asks_after("1").await;
        for closure in [Closure::NoShow, Closure::Seen] {
            let id = v.raise(v.open_call()).await;
            v.accepts(id, "Leroy").await.unwrap();
            let page = v.received(PATIENT).into_iter().rev();
            let page = page.filter_map(|text| Some(text.split_once("/p/")?.1[..22].to_owned()));
            let secret = page.take(1).last().unwrap();
            v.pass(125).await;
            let early = v.app.answer_by_link(&secret, true).await;
            assert!(matches!(
                early,
                Err(AppError::Problem {
                    slug: "too-late",
                    ..
                })
            ));
            v.does(id, Act::Close(closure)).await.unwrap();
            v.pass(60).await;
            let asked = v.app.ticket(&secret).await.unwrap().received;
            assert_eq!(asked.is_some(), closure == Closure::Seen, "{closure:?}");
            if asked.is_some() {
                v.app.answer_by_link(&secret, true).await.unwrap();
                let said = v.app.ticket(&secret).await.unwrap().received;
                assert_eq!(said, Some(Some(true)));
            }
        }
        let counted = Tally {
            asked: 1,
            yes: 1,
            no: 0,
        };
        assert_eq!((v.tally().await, v.to_check().await), (counted, 0));
    });
}

/// Every message to a patient, over a whole life: none leaves to somebody who opposes them, whatever the
/// cause; news are called, and the next request of the same person knows it.
#[test]
fn no_message_of_any_kind_reaches_a_patient_who_opposes_them() {
    Village::each(|v| async move {
        v.asks_after("1").await;
        let id = v.raise(v.open_call()).await;
        v.wants(id, &[Wish::NoMessages]).await;
        let before = v.received(PATIENT).len();
        v.pass(61).await;
        v.accepts(id, "Leroy").await.unwrap();
        let call = v.app.desk_tasks(&v.desk()).await.unwrap().0.pop().unwrap();
        assert!(
            call.task.script.contains("Dr Leroy"),
            "{}",
            call.task.script
        );
        let later = Appointment::At(v.app.now() + relais_core::time::Duration::hours(5));
        v.does(id, Act::SetAppointment(later)).await.unwrap();
        v.answers(PATIENT, "RETARD 20").await;
        v.answers(PATIENT, "je ne trouve pas").await;
        v.pass(5 * 60).await;
        v.does(id, Act::Close(Closure::Seen)).await.unwrap();
        v.pass(120).await;
        let again = v.raise(v.open_call()).await;
        v.pass(60).await;
        v.does(again, Act::Cancel(CancelledBy::Operator))
            .await
            .unwrap();
        assert_eq!(v.received(PATIENT).len(), before);
        let (_, rows) = v.app.messages(&v.desk(), id).await.unwrap();
        let kinds: Vec<_> = rows
            .iter()
            .filter(|row| row.failure_code() == Some("opposed"))
            .map(|row| row.kind.as_str())
            .collect();
        for kind in ["patient", "patient-reminder", "patient-question", "reply"] {
            assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
        }
        v.wants(again, &[]).await;
        v.raise(v.open_call()).await;
        assert_eq!(v.received(PATIENT).len(), before + 1, "taken back");
    });
}

/// The carer's mobile is told where the patient says so, and may answer; not before, and nobody else.
#[test]
fn the_carer_is_told_in_the_place_of_a_patient_without_a_mobile() {
    Village::each(|v| async move {
        let mut draft = v.call_for("Tervaux", Profession::Gp, None, "+33199001234");
        draft.patient.carer_phone = Some(CARER.to_owned());
        let id = v.raise(draft).await;
        v.answers(CARER, "ANNUL").await;
        assert!(v.received(CARER).is_empty(), "nobody said so");
        v.wants(id, &[Wish::TellCarer]).await;
        v.accepts(id, "Leroy").await.unwrap();
        let told = v.received(CARER).pop().unwrap();
        assert!(told.contains("Dr Leroy"), "{told}");
        for identity in ["Tervaux", "Odile"] {
            assert!(!told.contains(identity), "{told}");
        }
        v.answers(CARER, "ANNUL").await;
        assert!(v.read(id).await.is_ended());
        let last = v.received(CARER).pop().unwrap();
        assert!(last.contains("annul"), "{last}");
    });
}

/// Whoever opposes notes is written about to nobody, whatever box was ticked.
#[test]
fn no_note_leaves_about_a_patient_who_opposes_them() {
    Village::each(|v| async move {
        let mut call = v.call();
        call.consent_synthesis = true;
        let id = v.raise(call).await;
        v.passes(id, "Martin").await;
        v.accepts(id, "Leroy").await.unwrap();
        let note = NoteDraft {
            diagnosis: "Angine".to_owned(),
            consent: true,
            ..NoteDraft::default()
        };
        let signed = v.app.sign_note(&v.as_pro("Leroy"), id, note.clone()).await;
        assert_ne!(signed.unwrap(), NoteState::NotSent(Fate::NoConsent));
        assert!(v.app.read_note(&v.as_pro("Martin"), id).await.is_ok());
        v.wants(id, &[Wish::NoNotes]).await;
        let read = v.app.read_note(&v.as_pro("Martin"), id).await;
        assert!(matches!(read, Err(AppError::NotFound)));
        let corrected = NoteDraft {
            done: "Repos".to_owned(),
            ..note
        };
        let signed = v.app.sign_note(&v.as_pro("Leroy"), id, corrected).await;
        assert_eq!(signed.unwrap(), NoteState::NotSent(Fate::NoConsent));
        let acts = v.acts(id).await;
        assert!(acts.contains(&"patient.wish".to_owned()), "{acts:?}");
    });
}

/// The nights when clocks change: reminded the evening before, asked from eight in the morning on, once each,
/// by the clock on the wall.
#[test]
fn nobody_is_woken_on_the_nights_when_clocks_change() {
    const OTHER: &str = "+33639981002";
    for (eve, morning) in [("2026-03-28", "2026-03-29"), ("2026-10-24", "2026-10-25")] {
        let shape = |world: &mut DemoWorld| {
            world.start = paris(&format!("{eve}T10:00"));
            for day in &mut world.networks[NORTH].hours.weekly.days {
                *day = vec![OpenSpan::new(8 * 60, 20 * 60).unwrap()];
            }
        };
        Village::shaped(shape, |v| async move {
            v.asks_after("3").await;
            let takes = async |draft, name: &str, hour: String| {
                let id = v.raise(draft).await;
                let offer = v.offer(id, name).await;
                let at = Appointment::At(paris(&hour));
                let who = v.as_pro(name);
                v.app.accept(&who, offer, at).await.unwrap();
                v.app.settle().await.unwrap();
            };
            takes(v.open_call(), "Leroy", format!("{eve}T20:30")).await;
            let early = v.call_for("Belin", Profession::Gp, None, OTHER);
            takes(early, "Garnier", format!("{morning}T09:30")).await;
            let end = paris(&format!("{morning}T20:00"));
            v.app.advance(end.since(v.app.now())).await.unwrap();
            let said = |number: &str, words: &str| {
                let rows = v.phones.list().into_iter();
                let theirs = rows.filter(|row| row.to == number && row.text.contains(words));
                let moments = theirs.map(|row| row.at.parse::<jiff::Timestamp>().unwrap());
                let moments = moments.map(|at| Instant::from_millis(at.as_millisecond()));
                moments.collect::<Vec<_>>()
            };
            let question = "avez-vous ete recu?";
            assert_eq!(
                said(PATIENT, question),
                [paris(&format!("{morning}T08:00"))]
            );
            assert_eq!(said(OTHER, question), [paris(&format!("{morning}T12:30"))]);
            // Three hours before half past nine is night.
            let evening = paris(&format!("{eve}T19:00"));
            let then = |at: &&Instant| **at == evening;
            assert_eq!(said(OTHER, "RDV").iter().filter(then).count(), 1);
            let zone = TimeZone::get("Europe/Paris").unwrap();
            for at in [said(PATIENT, ""), said(OTHER, "")].concat() {
                let hour = at.timestamp().to_zoned(zone.clone()).hour();
                assert!((8..21).contains(&hour), "woken at {at:?}");
            }
        });
    }
}
