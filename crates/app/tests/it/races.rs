//! Two people do the same at once, on a database that lets them: one does it, the other hears so, and
//! nothing of either is lost. Each pair runs several times over; on SQLite, which writes one at a time,
//! the same stories only show that they end as they should.

use crate::fixture::Territory;
use crate::passkeys::{Pocket, with_keys};
use crate::signup::{MAIL, PHONE, newcomer, slug};
use crate::village::{NORTH, PATIENT, Village};
use relais_app::error::FieldError;
use relais_app::members::{Change, DRILL_EVERY, PlaceDraft, PracticeDraft};
use relais_app::photos::develop::Picture;
use relais_app::telephony::CallDraft;
use relais_app::{AppError, Who};
use relais_core::access::{Actor, Role};
use relais_core::people::{Profession, Standing};
use relais_core::time::Duration;
use relais_store::application_cards;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

const ROUNDS: u32 = 8;

/// How many of two did it; the other must have been told why not.
fn done<T>(answers: (Result<T, AppError>, Result<T, AppError>), else_told: &str) -> usize {
    let told = |answer: Result<T, AppError>| match answer {
        Ok(_) => 1,
        Err(error) => {
            assert_eq!(slug(Err::<(), _>(error)), else_told);
            0
        }
    };
    told(answers.0) + told(answers.1)
}

/// `users::hold`: the ways into an account are counted one removal after the other.
#[test]
fn the_last_two_keys_are_not_removed_at_once() {
    with_keys(|t, other| async move {
        let (app, who) = (&t.app, t.a_member().1);
        let user = who.actor.unwrap().user;
        let all = app.users().await.unwrap();
        let login = all.into_iter().find(|u| u.id == user).unwrap().login;
        let coordinator = t.staff(Role::Coordinator);
        let given = app.recovery_give(&coordinator, &login).await.unwrap();
        let session = app
            .recover(&login, &given.code, "192.0.2.9", String::new())
            .await
            .unwrap();
        let who = app.session(&session).await.unwrap().unwrap().who("web");
        assert!(!app.has_password(&who).await.unwrap());
        let key = |name: String| Pocket::of(Box::leak(name.into_boxed_str()), &who);
        key("first".to_owned()).add(app, &who).await;
        for round in 0..ROUNDS {
            key(format!("key {round}")).add(app, &who).await;
            let held: Vec<_> = app.keys(&who).await.unwrap();
            assert_eq!(held.len(), 2);
            let removed = tokio::join!(
                app.key_end(&who, &held[0].id),
                other.key_end(&who, &held[1].id)
            );
            let one = [&removed.0, &removed.1];
            assert_eq!(
                one.iter().filter(|answer| answer.is_ok()).count(),
                1,
                "in round {round}: {one:?}"
            );
            assert_eq!(app.keys(&who).await.unwrap().len(), 1, "a way in stays");
        }
    });
}

/// `professionals::hold`: the hour that came free is one patient's, whichever of two links is pressed first.
#[test]
fn a_freed_hour_taken_for_two_at_once_is_given_to_one() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        for round in 0..ROUNDS {
            let phone = |n: u32| format!("+3363998{:04}", 3_000 + 10 * round + n);
            let mut offers = Vec::new();
            for n in [0, 1] {
                let draft = v.call_for("Belin", Profession::Gp, None, &phone(n));
                let id = v.raise(draft).await;
                offers.push(v.offer(id, "Leroy").await);
            }
            let hour = v.app.now() + Duration::minutes(90 + 15 * i64::from(round));
            let take = |offer| v.app.accept_freed(&leroy, offer, hour);
            let both = tokio::join!(take(offers[0]), take(offers[1]));
            assert_eq!(done(both, "hour-taken"), 1, "in round {round}");
        }
    });
}

/// `networks::hold`: everybody is tried once, whoever else asks for it.
#[test]
fn a_drill_asked_for_twice_at_once_goes_once() {
    Territory::on_each_engine(|t| async move {
        let who = t.staff(Role::Coordinator);
        for round in 0..4 {
            let sent = tokio::join!(t.app.start_drill(&who), t.app.start_drill(&who));
            assert_eq!(done(sent, "drill-too-soon"), 1, "in round {round}");
            t.app
                .advance(DRILL_EVERY + Duration::minutes(1))
                .await
                .unwrap();
        }
    });
}

/// `professionals::hold`: an adhesion is changed once, and said once.
#[test]
fn an_adhesion_suspended_twice_at_once_is_suspended_once() {
    Territory::on_each_engine(|t| async move {
        let id = t.world.professionals[t.world.guided.doctor].id;
        let who = t.staff(Role::Coordinator);
        let change = |change| {
            let reason = "Absences répétées".to_owned();
            t.app.change_member(&who, id, change, reason)
        };
        for round in 0..ROUNDS {
            let both = tokio::join!(change(Change::Suspend), change(Change::Suspend));
            assert_eq!(done(both, "membership-moved"), 1, "in round {round}");
            let both = tokio::join!(change(Change::Reinstate), change(Change::Reinstate));
            assert_eq!(done(both, "membership-moved"), 1, "in round {round}");
        }
    });
}

/// `professionals::hold`: a row that is written back whole loses nothing of what another wrote meanwhile.
#[test]
fn a_record_changed_by_two_keeps_what_both_wrote() {
    Territory::on_each_engine(|t| async move {
        let id = t.world.professionals[t.world.guided.doctor].id;
        let who = t.staff(Role::Coordinator);
        let held = t.app.member(&who, id).await.unwrap().row.places;
        for round in 0..2 * ROUNDS {
            let label = format!("Cabinet {round}");
            let place = PlaceDraft {
                id: held[0].id.to_string(),
                label: label.clone(),
                line: held[0].line.clone(),
                insee: held[0].insee.as_str().to_owned(),
                postcode: held[0].postcode.clone(),
                main: true,
            };
            let (word, standing) = if round % 2 == 0 {
                ("retired", Standing::Retired)
            } else {
                ("titular", Standing::Titular)
            };
            let practice = PracticeDraft {
                standing: word.to_owned(),
                from: String::new(),
                until: String::new(),
                supervisor: String::new(),
            };
            let (placed, practised) = tokio::join!(
                t.app.set_places(&who, id, vec![place]),
                t.app.set_practice(&who, id, practice)
            );
            placed.unwrap();
            practised.unwrap();
            let row = t.app.member(&who, id).await.unwrap().row;
            assert_eq!(
                (row.places[0].label.as_str(), row.member.standing),
                (label.as_str(), standing),
                "in round {round}"
            );
        }
    });
}

/// The same person applied twice; two coordinators say yes at once: one account, and one who is told.
#[test]
fn two_applications_of_one_person_approved_at_once_make_one_account() {
    Territory::on_each_engine(|t| async move {
        for (phone, mail) in [(PHONE, MAIL), ("+33639984444", "autre@exemple.fr")] {
            let token = t.proved(newcomer("Corvo"), phone, mail).await;
            t.sent(&token).await;
        }
        let who = t.staff(Role::Coordinator);
        let (waiting, _) = t.app.applications(&who).await.unwrap();
        let ids: Vec<_> = waiting.iter().map(|one| one.application.id).collect();
        assert_eq!(ids.len(), 2);
        let both = tokio::join!(
            t.app.approve_application(&who, ids[0], false),
            t.app.approve_application(&who, ids[1], false)
        );
        assert_eq!(done(both, "already-member"), 1);
        let all = t.app.users().await.unwrap();
        let made = all.iter().filter(|user| user.login == "99710000011");
        assert_eq!(made.count(), 1);
    });
}

/// `applications::lock_by_token`: every try of a code counts, whichever node it came by; the right one then opens
/// nothing any more.
#[test]
fn a_sign_up_code_is_tried_five_times_however_many_try_at_once() {
    Territory::on_two_nodes(
        |outside| (outside, ()),
        |t, other, ()| async move {
            let (token, good) = t.asked_for_codes(PHONE, MAIL).await;
            let wrong = if good == "111111" { "222222" } else { "111111" };
            let mut tries = JoinSet::new();
            for turn in 0..24 {
                let app = if turn % 2 == 0 { &t.app } else { &other }.clone();
                let token = token.clone();
                tries.spawn(async move {
                    let mail = String::new();
                    app.signup_codes(&token, wrong.to_owned(), mail).await
                });
            }
            let said = tries.join_all().await;
            let heard = |answer: &Result<Vec<FieldError>, AppError>| {
                let errors = answer.as_ref().unwrap();
                let sms = errors.iter().find(|error| error.pointer == "/sms");
                !sms.unwrap().message.contains("cinq fois")
            };
            let evaluated = said.iter().filter(|answer| heard(answer)).count();
            assert_eq!(evaluated, 4, "the fifth is the last");
            let mail = String::new();
            let left = t.app.signup_codes(&token, good, mail).await.unwrap();
            assert!(left[0].message.contains("cinq fois"), "{left:?}");
        },
    );
}

/// `applications::lock`: a photo that arrives while the answer is given goes with it, or is refused.
#[test]
fn a_card_sent_while_the_answer_is_given_is_not_kept() {
    Territory::on_each_engine(|t| async move {
        let who = t.staff(Role::Coordinator);
        for round in 0..ROUNDS {
            let (phone, mail) = (
                format!("+3363998420{round}"),
                format!("c{round}@exemple.fr"),
            );
            let token = t.proved(newcomer("Corvo"), &phone, &mail).await;
            t.sent(&token).await;
            let id = t.waiting(&who).await.applicant.application.id;
            let picture = Picture {
                width: 4,
                height: 3,
                jpeg: vec![7; 200_000],
            };
            let (sent, refused) = tokio::join!(
                t.app.signup_card(&token, picture),
                t.app
                    .refuse_application(&who, id, "identity".to_owned(), String::new())
            );
            refused.unwrap();
            assert!(["done", "not-found"].contains(&slug(sent)), "round {round}");
            let kept = t.app.db();
            let kept = kept.read(move |tx| application_cards::find_added(tx, id));
            assert_eq!(kept.await, Ok(None), "in round {round}");
        }
    });
}

/// Asked after the change, which holds the version of the directory and the network's journal: two coordinators who
/// take each other's role at once leave one.
#[test]
fn two_coordinators_do_not_take_each_others_role_at_once() {
    Village::each(|v| async move {
        let first = v.staff_of(NORTH, Role::Coordinator);
        let as_coordinator = |name: &str| {
            let actor = v.as_pro(name).actor.unwrap();
            let role = Role::Coordinator;
            Who::actor(Actor { role, ..actor }, "test")
        };
        let (leroy, martin) = (as_coordinator("Leroy"), as_coordinator("Martin"));
        let user = |who: &Who| who.actor.unwrap().user;
        let give = |by: &Who, to: &Who| {
            let (app, by, to) = (v.app.clone(), by.clone(), user(to));
            async move { app.give_role(&by, to, Role::Coordinator).await.unwrap() }
        };
        give(&first, &leroy).await;
        v.app.close_staff(&leroy, user(&first)).await.unwrap();
        give(&leroy, &martin).await;
        for round in 0..ROUNDS {
            let both = tokio::join!(
                v.app.take_role(&leroy, user(&martin), Role::Coordinator),
                v.app.take_role(&martin, user(&leroy), Role::Coordinator)
            );
            let leroy_stays = both.0.is_ok();
            assert_eq!(done(both, "last-coordinator"), 1, "in round {round}");
            if leroy_stays {
                give(&leroy, &martin).await;
            } else {
                give(&martin, &leroy).await;
            }
        }
    });
}

/// The exchange tells the two first events of one call at once: one contact.
#[test]
fn the_first_two_events_of_one_call_are_one_contact() {
    Village::each(|v| async move {
        let mut contacts = BTreeSet::new();
        for round in 0..ROUNDS {
            let hear = |event: &str| {
                let draft = CallDraft {
                    event: event.to_owned(),
                    call_id: format!("call-{round}"),
                    from: Some(PATIENT.to_owned()),
                    to: Some("0160000000".to_owned()),
                    desk: None,
                };
                let (app, desk) = (v.app.clone(), v.desk());
                async move { app.hear_call(&desk, draft).await.unwrap().contact }
            };
            let (one, two) = tokio::join!(hear("ringing"), hear("ended"));
            assert_eq!(one, two, "in round {round}");
            assert!(contacts.insert(one));
        }
    });
}
