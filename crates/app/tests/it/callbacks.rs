//! What the desk owes patients by voice: calls where no message arrives, words to read, how they end
//! (R7).

use crate::tasks::paris;
use crate::village::{NORTH, PATIENT, Village, leroy_until};
use relais_app::AppError;
use relais_app::callbacks::Ended;
use relais_app::demo::DemoWorld;
use relais_app::members::{Change, PracticeDraft};
use relais_app::requests::desk::Act;
use relais_core::access::Role;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy};
use relais_core::time::{Duration, OpenSpan};
use relais_gateways::{Inbox as _, Mood, Receipt, ReceiptState};

const LANDLINE: &str = "+33199001234";

/// Without a machine that speaks, a landline is called by the desk, with the words to say; newer news
/// take the place of a call not made.
#[test]
fn a_landline_no_machine_speaks_to_becomes_a_call_of_the_desk() {
    Village::each(|v| async move {
        v.phones.set_mood(LANDLINE, Mood::Refuses).unwrap();
        let draft = v.call_for("Belin", Profession::Gp, None, LANDLINE);
        let id = v.raise(draft).await;
        let (tasks, all) = v.app.desk_tasks(&v.desk()).await.unwrap();
        assert_eq!((tasks.len(), all), (1, 1));
        let first = &tasks[0].task;
        assert_eq!(first.kind, "call");
        assert!(first.script.contains("Nous cherchons"), "{}", first.script);
        for identity in ["Belin", "Odile", "Sycomores", LANDLINE] {
            assert!(!first.script.contains(identity), "{}", first.script);
        }
        v.pass(1).await;
        v.accepts(id, "Leroy").await.unwrap();
        let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
        assert_eq!(tasks.len(), 1, "the newer news alone");
        let call = &tasks[0].task;
        assert!(call.script.contains("Dr Leroy"), "{}", call.script);

        let desk = v.desk();
        let end = |how| v.app.end_desk_task(&desk, call.id.clone(), how);
        let opened = v
            .app
            .open_desk_task(&v.desk(), call.id.clone())
            .await
            .ok()
            .unwrap();
        assert_eq!(opened.identity.phone.expose(), LANDLINE);
        end(Ended::NoAnswer).await.unwrap();
        let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
        assert_eq!(tasks[0].task.attempts, 1);
        assert!(tasks[0].task.due_at > v.app.now(), "again later");
        end(Ended::Reached).await.unwrap();
        end(Ended::NoAnswer).await.unwrap();
        assert_eq!(v.app.desk_tasks(&v.desk()).await.unwrap().1, 0);
        let told = v.app.desk_tasks_of(&v.desk(), id).await.unwrap();
        assert_eq!(
            told[0].outcome.as_deref(),
            Some("reached"),
            "it stays as it ended"
        );
        assert_eq!(told[1].outcome.as_deref(), Some("replaced"));
        let acts = v.acts(id).await;
        assert_eq!(
            acts.iter().filter(|act| *act == "patient.called").count(),
            2
        );
    });
}

/// What the desk has to say gives way to newer news, told or not: an hour that moved, the 15. A late failure of what
/// is no longer true makes no call, and takes no true one away.
#[test]
fn a_call_says_what_is_still_true_or_is_not_made() {
    Village::each(|v| async move {
        let open = async || v.app.desk_tasks(&v.desk()).await.unwrap().0;
        let id = v.raise(v.open_call()).await;
        let (_, told) = v.app.messages(&v.desk(), id).await.unwrap();
        let searching = told.iter().find(|m| m.kind == "patient").unwrap().clone();
        v.phones.set_mood(PATIENT, Mood::Refuses).unwrap();
        v.accepts(id, "Leroy").await.unwrap();
        v.pass(3).await;
        let calls = open().await;
        assert_eq!(calls.len(), 1, "{calls:?}");
        assert!(calls[0].task.script.contains("Dr Leroy"), "{calls:?}");
        // The provider says a day later that the first text never arrived.
        v.app.outside().inbox.receipt(Receipt {
            idempotency_key: searching.idem_key.clone(),
            provider: None,
            provider_ref: searching.provider_ref.clone().unwrap_or_default(),
            state: ReceiptState::Failed,
            at: v.app.now(),
        });
        v.app.settle().await.unwrap();
        let calls = open().await;
        assert_eq!(calls.len(), 1, "{calls:?}");
        assert!(calls[0].task.script.contains("Dr Leroy"), "{calls:?}");
        // Moved, and told by a phone that works again.
        v.phones.set_mood(PATIENT, Mood::Live).unwrap();
        let later = Appointment::At(v.app.now() + Duration::hours(5));
        v.does(id, Act::SetAppointment(later)).await.unwrap();
        assert!(open().await.is_empty(), "the hour of before is not said");
        v.phones.set_mood(PATIENT, Mood::Refuses).unwrap();
        let sooner = Appointment::At(v.app.now() + Duration::hours(4));
        v.does(id, Act::SetAppointment(sooner)).await.unwrap();
        assert_eq!(open().await.len(), 1);
        v.does(id, Act::Transfer15).await.unwrap();
        assert!(open().await.is_empty(), "nobody says an hour that is gone");
    });
}

/// What is said tomorrow names its day.
#[test]
fn a_script_read_another_day_names_the_day() {
    let shape = |world: &mut DemoWorld| {
        world.start = paris("2026-03-10T19:50");
        for day in &mut world.networks[NORTH].hours.weekly.days {
            *day = vec![OpenSpan::new(8 * 60, 20 * 60).unwrap()];
        }
    };
    Village::shaped(shape, |v| async move {
        v.phones.set_mood(LANDLINE, Mood::Refuses).unwrap();
        let id = v
            .raise(v.call_for("Belin", Profession::Gp, None, LANDLINE))
            .await;
        let offer = v.offer(id, "Leroy").await;
        let at = Appointment::At(paris("2026-03-11T07:30"));
        v.app.accept(&v.as_pro("Leroy"), offer, at).await.unwrap();
        v.pass(8).await;
        let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
        let call = &tasks[0].task;
        assert_eq!(call.due_at, paris("2026-03-11T08:00"));
        assert!(call.script.contains("mercredi 11"), "{}", call.script);
        for relative in ["demain", "aujourd"] {
            assert!(!call.script.contains(relative), "{}", call.script);
        }
    });
}

/// A mobile that refuses for good is called too.
#[test]
fn a_number_that_refuses_becomes_a_call_of_the_desk() {
    Village::each(|v| async move {
        v.phones.set_mood(PATIENT, Mood::Refuses).unwrap();
        v.raise(v.open_call()).await;
        let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
        assert_eq!(tasks.len(), 1);
        assert!(tasks[0].task.script.starts_with("Bonjour, ici"));
    });
}

/// What a patient writes in their own words is read by the desk and by nobody else, even long after;
/// their number of messages is bounded.
#[test]
fn free_words_are_read_by_the_desk_alone() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.answers(PATIENT, "je ne trouve pas l'adresse, c'est Odile")
            .await;
        let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
        let task = tasks[0].task.clone();
        assert_eq!((task.kind.as_str(), task.has_words), ("words", true));
        assert!(!format!("{task:?}").contains("Odile"), "sealed");
        let opened = v
            .app
            .open_desk_task(&v.desk(), task.id.clone())
            .await
            .ok()
            .unwrap();
        assert!(opened.words.unwrap().expose().contains("c'est Odile"));
        assert!(v.acts(id).await.contains(&"identity.opened".to_owned()));
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        for other in [coordinator, v.as_pro("Leroy")] {
            let refused = v.app.open_desk_task(&other, task.id.clone()).await;
            assert!(matches!(
                refused,
                Err(AppError::Denied | AppError::NotFound)
            ));
        }
        v.does(id, Act::Cancel(CancelledBy::Patient)).await.unwrap();
        v.answers(PATIENT, "merci quand meme").await;
        assert_eq!(
            v.app.desk_tasks(&v.desk()).await.unwrap().1,
            2,
            "closed, and read"
        );
        for n in 0..25 {
            v.answers(PATIENT, &format!("encore {n} fois bonjour"))
                .await;
        }
        assert_eq!(v.app.desk_tasks(&v.desk()).await.unwrap().1, 20, "a bound");
    });
}

/// The nights when clocks change: what comes up as the desk closes is due when it opens, by the clock on the
/// wall, and waits till then.
#[test]
fn a_call_due_in_the_night_when_clocks_change_is_due_when_the_desk_opens() {
    let nights = [
        ("2026-03-28", "2026-03-29", 11),
        ("2026-10-24", "2026-10-25", 13),
    ];
    for (eve, morning, hours) in nights {
        let shape = |world: &mut DemoWorld| {
            world.start = paris(&format!("{eve}T19:55"));
            for day in &mut world.networks[NORTH].hours.weekly.days {
                *day = vec![OpenSpan::new(8 * 60, 20 * 60).unwrap()];
            }
        };
        Village::shaped(shape, |v| async move {
            v.phones.set_mood(LANDLINE, Mood::Refuses).unwrap();
            v.raise(v.call_for("Belin", Profession::Gp, None, LANDLINE))
                .await;
            v.raise(v.open_call()).await;
            v.answers(PATIENT, "je ne trouve pas l'adresse").await;
            let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
            let opens = paris(&format!("{morning}T08:00"));
            let due: Vec<_> = tasks.iter().map(|one| one.task.due_at).collect();
            assert_eq!(due, [opens, opens], "a call, and words to read");
            assert_eq!(
                opens.since(v.world.start),
                Duration::minutes(hours * 60 + 5)
            );
        });
    }
}

/// ADR 0038: whoever loses the right to see their patients leaves nobody waiting for them. A suspension takes nothing away.
#[test]
fn the_desk_hears_at_once_of_the_patients_of_whoever_lost_access() {
    Village::each(|v| async move {
        let (first, past) = (v.raise(v.open_call()).await, v.raise(v.call()).await);
        v.accepts(first, "Leroy").await.unwrap();
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let leroy = v.pro("Leroy").id;
        let member = v.app.member(&coordinator, leroy).await.unwrap();
        assert_eq!(member.in_hand, 1);
        let change = |what| {
            v.app
                .change_member(&coordinator, leroy, what, "Déménage.".to_owned())
        };
        change(Change::Suspend).await.unwrap();
        assert_eq!(v.app.desk_tasks(&v.desk()).await.unwrap().1, 0);
        change(Change::Leave).await.unwrap();
        let (tasks, all) = v.app.desk_tasks(&v.desk()).await.unwrap();
        assert_eq!((tasks.len(), all), (1, 1));
        let call = &tasks[0].task;
        assert_eq!((call.request, call.due_at), (first, v.app.now()));
        assert!(
            call.script.contains("Dr Leroy ne pourra"),
            "{}",
            call.script
        );
        let told = |acts: Vec<String>| acts.iter().filter(|act| *act == "accepter.gone").count();
        assert_eq!(told(v.acts(first).await), 1);
        v.app.housekeeping().await.unwrap();
        assert_eq!(told(v.acts(first).await), 1, "once");
        assert_eq!(told(v.acts(past).await), 0);
        // Back, nobody is called any more; leaving again is told again.
        let back = v
            .app
            .change_member(&coordinator, leroy, Change::Reinstate, String::new());
        back.await.unwrap();
        assert_eq!(v.app.desk_tasks(&v.desk()).await.unwrap().1, 0);
        v.pass(1).await;
        change(Change::Leave).await.unwrap();
        assert_eq!(v.app.desk_tasks(&v.desk()).await.unwrap().1, 1);
        // Given back by the desk, for nobody else can, it is looked for again.
        v.does(first, Act::Release).await.unwrap();
        v.accepts(first, "Garnier").await.unwrap();
        let garnier = v.pro("Garnier").id;
        assert_eq!(
            v.does(first, Act::Release).await.err(),
            Some(AppError::Denied)
        );
        assert_eq!(
            v.app.member(&coordinator, garnier).await.unwrap().in_hand,
            1
        );
    });
}

/// What the desk has to say for whoever lost access stands: no older news, no new hour takes its place.
#[test]
fn nothing_takes_the_place_of_the_call_for_whoever_lost_access() {
    Village::each(|v| async move {
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let scripts = async || {
            let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
            let scripts = tasks.into_iter().map(|one| one.task.script);
            scripts.collect::<Vec<_>>()
        };
        let id = v.raise(v.open_call()).await;
        let (offer, at) = (v.offer(id, "Leroy").await, v.at(120));
        let leroy = v.as_pro("Leroy");
        let yes = v.app.accept(&leroy, offer, Appointment::At(at));
        yes.await.unwrap();
        let leave = v.app.change_member(
            &coordinator,
            v.pro("Leroy").id,
            Change::Leave,
            "Déménage.".to_owned(),
        );
        leave.await.unwrap();
        // The news of the appointment had not left, and never will.
        v.phones.set_mood(PATIENT, Mood::Refuses).unwrap();
        v.app.settle().await.unwrap();
        let said = scripts().await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("Dr Leroy ne pourra"), "{said:?}");
        let moved = v
            .does(id, Act::SetAppointment(Appointment::At(v.at(180))))
            .await;
        assert!(
            matches!(
                moved,
                Err(AppError::Problem {
                    slug: "accepter-gone",
                    ..
                })
            ),
            "{moved:?}"
        );
        assert_eq!(scripts().await.len(), 1);
        v.does(id, Act::Cancel(CancelledBy::Patient)).await.unwrap();
        let said = scripts().await;
        assert!(!said.iter().any(|one| one.contains("Leroy")), "{said:?}");
    });
}

/// The same last day written again after a prolongation is told again.
#[test]
fn a_last_day_written_twice_is_told_twice() {
    Village::each(|v| async move {
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Garnier").await.unwrap();
        for (until, waiting) in [("09/03/2026", 1), ("31/12/2026", 0), ("09/03/2026", 1)] {
            let days = PracticeDraft {
                standing: "adjunct".to_owned(),
                from: "01/03/2026".to_owned(),
                until: until.to_owned(),
                supervisor: String::new(),
            };
            let written = v.app.set_practice(&coordinator, v.pro("Garnier").id, days);
            written.await.unwrap();
            let (_, all) = v.app.desk_tasks(&v.desk()).await.unwrap();
            assert_eq!(all, waiting, "until {until}");
        }
    });
}

/// Dates pass by themselves: nobody does anything then. An hour that was kept is nobody's to look for.
#[test]
fn dates_that_pass_by_themselves_leave_nobody_waiting() {
    Village::shaped(leroy_until(120), |v| async move {
        let waiting = v.raise(v.open_call()).await;
        let offer = v.offer(waiting, "Leroy").await;
        let who = v.as_pro("Leroy");
        let call = Appointment::Call(None);
        v.app.accept(&who, offer, call).await.unwrap();
        let kept = v.raise(v.open_call()).await;
        let offer = v.offer(kept, "Leroy").await;
        let soon = Appointment::At(v.at(60));
        v.app.accept(&who, offer, soon).await.unwrap();
        v.app.housekeeping().await.unwrap();
        assert_eq!(v.app.desk_tasks(&v.desk()).await.unwrap().1, 0);
        v.pass(121).await;
        for _ in 0..2 {
            v.app.housekeeping().await.unwrap();
            let (tasks, _) = v.app.desk_tasks(&v.desk()).await.unwrap();
            let about: Vec<_> = tasks.iter().map(|one| one.task.request).collect();
            assert_eq!(about, [waiting]);
        }
    });
}
