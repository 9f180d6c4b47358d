//! The cascade through the use cases: who is asked when, who wins, what comes back (R4).

use crate::people::settle_in;
use crate::village::{CENTRE, NORTH, Village};
use relais_app::AppError;
use relais_app::requests::desk::Act;
use relais_core::access::Role;
use relais_core::cascade::{Refusal, Waves};
use relais_core::people::Profession;
use relais_core::request::{
    Appointment, CancelledBy, Closure, OfferStatus, Phase, RefusalReason, Status, WithdrawReason,
};
use relais_core::time::Duration;

/// Silence, then a no: each stage opens at its moment, and the deadline stays where it was.
#[test]
fn silence_opens_the_community_at_half_time_and_a_no_by_all_opens_what_follows_at_once() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        assert_eq!(v.asked(id).await, ["Martin"], "I2");
        let Phase::Asking(first) = v.read(id).await.phase else {
            panic!("not asking")
        };
        assert_eq!(first.stage_until, v.at(60));
        v.pass(59).await;
        assert_eq!(v.asked(id).await, ["Martin"]);
        v.pass(1).await;
        assert_eq!(
            v.asked(id).await,
            ["Faure", "Garnier", "Leroy", "Martin", "Petit"]
        );
        let Phase::Asking(second) = v.read(id).await.phase else {
            panic!("not asking")
        };
        assert_eq!(second.deadline, first.deadline, "T2");
        for name in ["Faure", "Garnier", "Leroy", "Martin", "Petit"] {
            assert_eq!(v.status(id).await, Status::AskingCommunity);
            v.passes(id, name).await;
        }
        assert_eq!(
            v.status(id).await,
            Status::AskingNeighbours,
            "at once (R4.2)"
        );
        assert_eq!(v.asked(id).await, ["Orsel", "Voisin"]);
        v.passes(id, "Orsel").await;
        v.passes(id, "Voisin").await;
        assert_eq!(v.status(id).await, Status::Unfilled);
    });
}

/// The neighbours open halfway through the community's leg, those of the agreement only.
#[test]
fn neighbours_of_the_agreement_are_asked_halfway_and_only_they() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.pass(59).await;
        assert!(!v.asked(id).await.contains(&"Voisin".to_owned()));
        v.pass(1).await;
        assert_eq!(v.status(id).await, Status::AskingNeighbours);
        let asked = v.asked(id).await;
        assert!(asked.contains(&"Voisin".to_owned()) && asked.contains(&"Orsel".to_owned()));
        assert!(
            !asked.contains(&"Evrard".to_owned()),
            "no agreement with the south (I13)"
        );
        v.accepts(id, "Voisin").await.unwrap();
        assert_eq!(v.status(id).await, Status::Scheduled);
    });
}

#[test]
fn an_operator_widens_by_hand_before_the_hour() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.does(id, Act::Widen).await.unwrap();
        assert_eq!(v.status(id).await, Status::AskingNeighbours);
        assert!(v.asked(id).await.contains(&"Voisin".to_owned()));
        let again = v.does(id, Act::Widen).await.unwrap();
        assert!(again.events.is_empty(), "widening twice changes nothing");
    });
}

/// Fifty accepts in the same instant: one engagement, forty-nine kind answers, one patient SMS.
#[test]
fn fifty_accept_at_once_and_one_wins() {
    let crowd = |world: &mut relais_app::demo::DemoWorld| {
        for n in 0..45 {
            settle_in(world, &format!("Foule{n:02}"), Profession::Gp);
        }
    };
    Village::shaped(crowd, |v| async move {
        let id = v.raise(v.open_call()).await;
        let asked = v.asked(id).await;
        assert_eq!(asked.len(), 50, "{asked:?}");
        let before = v.phones.list().len();
        let at = Appointment::At(v.app.now() + Duration::hours(2));
        let mut running = tokio::task::JoinSet::new();
        for name in &asked {
            let (app, who, offer) = (v.app.clone(), v.as_pro(name), v.offer(id, name).await);
            running.spawn(async move { app.accept(&who, offer, at).await.map(drop) });
        }
        let answers = running.join_all().await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "I1");
        let kind = |answer: &Result<(), AppError>| {
            matches!(answer, Err(AppError::Refused(Refusal::AlreadyTaken { .. })))
        };
        assert_eq!(answers.iter().filter(|answer| kind(answer)).count(), 49);
        v.app.settle().await.unwrap();
        let told: Vec<_> = v.phones.list().split_off(before);
        let patient = told.iter().filter(|row| row.to == crate::village::PATIENT);
        assert_eq!(patient.count(), 1, "one SMS \"taken\"");
        let pourvu = told.iter().filter(|row| row.text.contains("par un confr"));
        assert_eq!(
            pourvu.count(),
            49,
            "everybody else's notification is replaced"
        );
        assert_eq!(
            told.len(),
            50,
            "and nobody is told anything else: {told:#?}"
        );
    });
}

/// A double tap by the winner is the same answer; a late no by the winner is refused with a reason.
#[test]
fn a_repeat_by_the_winner_changes_nothing() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        v.accepts(id, "Martin").await.unwrap();
        let again = v.accepts(id, "Martin").await.unwrap();
        assert!(again.events.is_empty());
        let offer = v.offer(id, "Martin").await;
        let who = v.as_pro("Martin");
        let no = v.app.refuse(&who, offer, RefusalReason::Unsaid).await;
        assert!(
            matches!(no, Err(AppError::Refused(Refusal::AlreadyYours))),
            "{no:?}"
        );
    });
}

/// Released: the community again, without the one who gave back; who passed is left alone.
#[test]
fn a_release_asks_again_without_those_who_said_no() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.passes(id, "Leroy").await;
        v.accepts(id, "Garnier").await.unwrap();
        v.pass(30).await;
        let who = v.as_pro("Garnier");
        let unsaid = v.app.act(&who, id, Act::Release, None).await;
        assert!(
            matches!(unsaid, Err(AppError::Invalid(_))),
            "a reason is required (R4.8)"
        );
        let stranger = v.as_pro("Faure");
        let why = crate::village::why();
        let not_theirs = v.app.act(&stranger, id, Act::Release, why.clone()).await;
        assert!(
            matches!(not_theirs, Err(AppError::NotFound)),
            "{not_theirs:?}"
        );
        v.app.act(&who, id, Act::Release, why).await.unwrap();
        v.app.settle().await.unwrap();
        assert_eq!(v.status(id).await, Status::AskingCommunity);
        assert_eq!(v.asked(id).await, ["Faure", "Martin", "Petit"]);
        let Phase::Asking(asking) = v.read(id).await.phase else {
            panic!("not asking")
        };
        assert_eq!(asking.deadline, v.at(120), "what was left of the window");
        v.accepts(id, "Faure").await.unwrap();
        v.pass(115).await;
        let faure = v.as_pro("Faure");
        v.app
            .act(&faure, id, Act::Release, crate::village::why())
            .await
            .unwrap();
        let Phase::Asking(asking) = v.read(id).await.phase else {
            panic!("not asking")
        };
        assert_eq!(asking.deadline, v.at(155), "ten minutes at least");
    });
}

/// Each may cancel, in their own name; afterwards every door is closed, kindly.
#[test]
fn a_cancelled_request_frees_everybody_and_stays_cancelled() {
    Village::each(|v| async move {
        for by in [
            CancelledBy::Patient,
            CancelledBy::Requester,
            CancelledBy::Operator,
        ] {
            let id = v.raise(v.open_call()).await;
            v.does(id, Act::Cancel(by)).await.unwrap();
            assert_eq!(v.status(id).await, Status::Cancelled);
            let gone = v.offer_status(id, "Leroy").await;
            let expected = WithdrawReason::Cancelled;
            assert!(matches!(gone, OfferStatus::Withdrawn { why, .. } if why == expected));
            let late = v.accepts(id, "Leroy").await;
            assert!(
                matches!(late, Err(AppError::Refused(Refusal::OfferClosed))),
                "{late:?}"
            );
            let again = v.does(id, Act::Cancel(by)).await;
            assert!(matches!(again, Err(AppError::Refused(Refusal::WrongState))));
        }
        let id = v.raise(v.open_call()).await;
        let unsaid = v
            .app
            .act(&v.desk(), id, Act::Cancel(CancelledBy::Operator), None)
            .await;
        assert!(
            matches!(unsaid, Err(AppError::Invalid(_))),
            "a reason is required (R4.9)"
        );
    });
}

/// A pause moves every deadline by its length, never past the care deadline.
#[test]
fn a_pause_shifts_the_deadlines_by_its_length() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        v.pass(20).await;
        v.does(id, Act::Pause).await.unwrap();
        v.pass(30).await;
        assert_eq!(v.status(id).await, Status::Paused);
        v.does(id, Act::Resume).await.unwrap();
        let Phase::Asking(asking) = v.read(id).await.phase else {
            panic!("not asking")
        };
        assert_eq!((asking.stage_until, asking.deadline), (v.at(90), v.at(150)));
        v.pass(39).await;
        assert_eq!(v.status(id).await, Status::AskingUsual);
        v.pass(1).await;
        assert_eq!(v.status(id).await, Status::AskingCommunity);
        v.does(id, Act::Pause).await.unwrap();
        v.accepts(id, "Leroy").await.unwrap();
        assert_eq!(
            v.status(id).await,
            Status::Scheduled,
            "a yes during a pause counts"
        );
    });
}

/// Nobody: the patient is told, the desk gets an owner and a clock; a late yes is care; relaunch.
#[test]
fn an_unfilled_request_has_a_clock_an_owner_and_still_takes_a_late_yes() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.pass(119).await;
        let phones = v.watch();
        v.pass(1).await;
        assert_eq!(v.status(id).await, Status::Unfilled);
        phones
            .phone(crate::village::PATIENT)
            .expects("Un operateur vous appelle avant");
        phones.silent();
        let early = v.does(id, Act::Close(Closure::Seen)).await;
        assert!(matches!(early, Err(AppError::Refused(Refusal::BadClosure))));
        v.does(id, Act::TakeInHand).await.unwrap();
        let Phase::Unfilled(unfilled) = v.read(id).await.phase else {
            panic!("filled")
        };
        assert_eq!(unfilled.owner, Some(v.desk().actor.unwrap().user));
        assert_eq!(unfilled.remind_at, v.at(135));
        v.pass(15).await;
        let Phase::Unfilled(unfilled) = v.read(id).await.phase else {
            panic!("filled")
        };
        assert_eq!(
            unfilled.remind_at,
            v.at(150),
            "the owner's clock goes on (I6)"
        );
        assert!(matches!(
            v.offer_status(id, "Petit").await,
            OfferStatus::Lapsed { .. }
        ));
        v.accepts(id, "Petit").await.unwrap();
        phones.phone(crate::village::PATIENT).expects("Dr Petit");
        for name in ["Leroy", "Martin", "Garnier", "Faure", "Voisin", "Orsel"] {
            phones
                .phone(&v.named(name))
                .expects("prise par un confrère");
        }
        phones.silent();

        let other = v
            .raise(v.call_for("Belin", Profession::Gp, None, "+33639981002"))
            .await;
        v.pass(120).await;
        assert_eq!(v.status(other).await, Status::Unfilled);
        v.passes(other, "Faure").await;
        v.does(other, Act::Relaunch(Some(30))).await.unwrap();
        let asked = v.asked(other).await;
        assert_eq!(
            asked,
            ["Garnier", "Leroy", "Martin", "Petit"],
            "a late no counts too"
        );
        v.pass(30).await;
        assert_eq!(v.status(other).await, Status::Unfilled);
        v.does(other, Act::Close(Closure::NoTaker)).await.unwrap();
        assert_eq!(v.read(other).await.closure(), Some(Closure::NoTaker));
        phones.phone(crate::village::PATIENT).ignored();
        phones.phone("+33639981002").ignored();
        for p in &v.world.professionals {
            phones.phone(&v.named(&p.last_name)).ignored();
        }
    });
}

/// A request for which nobody at all is eligible is created, and goes straight to the desk (R4.2).
#[test]
fn nobody_eligible_is_said_at_once_with_the_reasons() {
    Village::each(|v| async move {
        let draft = v.call_for(
            "Tervaux",
            Profession::Dentist,
            None,
            crate::village::PATIENT,
        );
        let preview = v.app.preview(&v.desk(), draft.clone()).await.unwrap();
        assert_eq!(preview.eligible(), 0);
        let id = v.raise(draft).await;
        assert_eq!(v.status(id).await, Status::Unfilled);
        let (_, stages) = v.app.verdicts(&v.desk(), id).await.unwrap();
        let judged: usize = stages.iter().map(|stage| stage.verdicts.len()).sum();
        assert!(judged >= 8, "everybody has a verdict, {judged}");
        assert!(stages.iter().flat_map(|s| &s.verdicts).all(|v| !v.asked()));
    });
}

/// Waves: the nearest first, so many at a time; a no by the whole wave calls the next at once.
#[test]
fn waves_go_out_nearest_first_at_their_interval() {
    let waves = |world: &mut relais_app::demo::DemoWorld| {
        let size = Waves {
            size: 2,
            interval_minutes: 20,
            by_answers: None,
        };
        world.networks[NORTH].policy.waves = Some(size);
    };
    Village::shaped(waves, |v| async move {
        let id = v.raise(v.open_call()).await;
        assert_eq!(v.asked(id).await, ["Leroy", "Martin"], "those of Massy");
        v.pass(19).await;
        assert_eq!(v.asked(id).await.len(), 2);
        v.pass(1).await;
        let second = v.asked(id).await;
        assert_eq!(second.len(), 4, "{second:?}");
        for name in second {
            v.passes(id, &name).await;
        }
        let third = v.asked(id).await;
        assert_eq!(third.len(), 1, "the next wave at once: {third:?}");
    });
}

/// The regulator qualifies what is in doubt; nobody is asked before.
#[test]
fn a_doubt_goes_to_the_regulator_first() {
    Village::each(|v| async move {
        let mut draft = v.call();
        draft.triage.as_mut().unwrap().red_flags = "unknown".to_owned();
        let id = v.raise(draft.clone()).await;
        assert_eq!(v.status(id).await, Status::ToQualify);
        let operator = v.does(id, Act::Qualify(None)).await;
        assert!(matches!(operator, Err(AppError::Denied)), "{operator:?}");
        let elsewhere = v.staff_of(CENTRE, Role::Regulator);
        let stranger = v.app.act(&elsewhere, id, Act::Qualify(None), None).await;
        assert!(matches!(stranger, Err(AppError::NotFound)), "{stranger:?}");
        let regulator = v.staff_of(NORTH, Role::Regulator);
        v.app
            .act(&regulator, id, Act::Qualify(None), None)
            .await
            .unwrap();
        assert_eq!(v.asked(id).await, ["Martin"]);
        draft.triage.as_mut().unwrap().red_flags = "present".to_owned();
        let flagged = v.app.raise(&v.desk(), draft).await;
        assert!(matches!(flagged, Err(AppError::Refused(Refusal::RedFlag))));
    });
}
