//! Regulation (R3): nobody on duty is 15; the queue is in order and each case on one desk; what the
//! regulator writes is kept without a name; a red flag passed over reaches who must know; the setting.

use crate::tasks::paris;
use crate::village::{NORTH, PATIENT, SOUTH, Village};
use relais_app::AppError;
use relais_app::contacts::{Facts, Kept, Opening, Typed};
use relais_app::demo::DemoWorld;
use relais_app::protocols::{Book, Given, GivenAnswer};
use relais_app::regulation::decide::Decision;
use relais_app::regulation::overrides::PassedOver;
use relais_app::regulation::settings::Effect;
use relais_app::requests::raise::Behind;
use relais_core::access::Role;
use relais_core::cascade::{Refusal, Regulation};
use relais_core::people::Profession;
use relais_core::request::{Closure, Ending, NeedEdit, Origin, Phase, Status};
use relais_core::slug::Slug;
use relais_core::time::{Duration, OpenSpan};
use relais_core::triage::Answer;
use relais_store::testing::raw;
use std::collections::BTreeMap;

fn doubt(v: &Village) -> relais_app::requests::draft::RequestDraft {
    let mut draft = v.call();
    draft.triage.as_mut().unwrap().red_flags = "unknown".to_owned();
    draft
}

fn slug(code: &str) -> Slug {
    Slug::new(code).unwrap()
}

#[test]
fn nobody_on_duty_is_15_and_a_duty_ends_by_itself() {
    Village::each(|v| async move {
        let regulator = v.staff_of(NORTH, Role::Regulator);
        let north = v.world.networks[NORTH].id;
        v.app.go_off_duty(&regulator).await.unwrap();
        assert_eq!(v.app.regulator_on_duty(north).await.unwrap(), None);
        let refused = v.app.raise(&v.desk(), doubt(&v)).await.unwrap_err();
        assert_eq!(refused, AppError::Refused(Refusal::NoRegulator));
        // What needs no regulator still goes.
        v.raise(v.call()).await;
        let until = v.app.now() + Duration::minutes(30);
        let duty = v.app.go_on_duty(&regulator, Some(until)).await.unwrap();
        assert_eq!(duty.until, until);
        let waiting = v.raise(doubt(&v)).await;
        assert_eq!(v.status(waiting).await, Status::ToQualify);
        let board = v.app.board(&v.desk()).await.unwrap();
        assert_eq!(board.on_duty.len(), 1);
        v.pass(31).await;
        assert_eq!(v.app.regulator_on_duty(north).await.unwrap(), None);
        assert!(v.app.board(&v.desk()).await.unwrap().on_duty.is_empty());
        // Closing time is the end at the latest.
        let long = v.app.now() + Duration::hours(90);
        let duty = v.app.go_on_duty(&regulator, Some(long)).await.unwrap();
        assert!(duty.until < v.app.now() + Duration::hours(14));
        assert_eq!(v.app.go_off_duty(&regulator).await.unwrap(), 1, "one waits");
        let denied = v.app.go_on_duty(&v.desk(), None).await;
        assert_eq!(denied.unwrap_err(), AppError::Denied);
    });
}

/// A duty through the night when clocks change ends at closing time by the clock on the wall: an hour
/// sooner in spring, later in autumn; until then somebody regulates.
#[test]
fn a_duty_through_the_night_when_clocks_change_ends_at_closing_time() {
    let nights = [
        ("2026-03-28", "2026-03-29", 4),
        ("2026-10-24", "2026-10-25", 6),
    ];
    for (eve, morning, hours) in nights {
        let shape = |world: &mut DemoWorld| {
            world.start = paris(&format!("{eve}T23:00"));
            let days = &mut world.networks[NORTH].hours.weekly.days;
            days[5] = vec![OpenSpan::new(8 * 60, 24 * 60).unwrap()];
            days[6] = vec![OpenSpan::new(0, 4 * 60).unwrap()];
        };
        Village::shaped(shape, |v| async move {
            let regulator = v.staff_of(NORTH, Role::Regulator);
            let north = v.world.networks[NORTH].id;
            let duty = v.app.go_on_duty(&regulator, None).await.unwrap();
            assert_eq!(duty.until, paris(&format!("{morning}T04:00")));
            assert_eq!(duty.until.since(duty.since), Duration::hours(hours));
            v.pass(hours * 60 - 1).await;
            assert!(v.app.regulator_on_duty(north).await.unwrap().is_some());
            v.pass(1).await;
            assert_eq!(v.app.regulator_on_duty(north).await.unwrap(), None);
        });
    }
}

#[test]
fn a_case_is_on_one_desk_at_a_time() {
    Village::each(|v| async move {
        let (ours, theirs) = (
            v.staff_of(NORTH, Role::Regulator),
            v.staff_of(SOUTH, Role::Regulator),
        );
        let first = v.raise(doubt(&v)).await;
        v.pass(2).await;
        let second = v.raise(doubt(&v)).await;
        let queue = v.app.regulation_queue(&ours).await.unwrap();
        let ids: Vec<_> = queue.cases.iter().map(|c| c.stored.request.id).collect();
        assert_eq!(ids, [first, second], "the one who waits longest first");
        assert!(!queue.cases[0].is_late(queue.at));
        v.pass(14).await;
        let queue = v.app.regulation_queue(&ours).await.unwrap();
        assert!(queue.cases[0].is_late(queue.at) && !queue.cases[1].is_late(queue.at));
        assert!(
            v.app
                .regulation_queue(&theirs)
                .await
                .unwrap()
                .cases
                .is_empty()
        );
        v.app.claim_case(&ours, first, false).await.unwrap();
        v.app.claim_case(&ours, first, false).await.unwrap();
        let elsewhere = v.app.claim_case(&theirs, first, true).await.unwrap_err();
        assert_eq!(elsewhere, AppError::NotFound);
        let queue = v.app.regulation_queue(&ours).await.unwrap();
        let claim = queue.cases[0].claim.unwrap();
        assert_eq!(Some(claim.user), ours.actor.map(|actor| actor.user));
        let claimed = v.acts(first).await;
        let times = claimed.iter().filter(|act| *act == "regulation.claimed");
        assert_eq!(times.count(), 1, "saying it twice is once: {claimed:?}");
        v.app.put_case_back(&ours, first).await.unwrap();
        let queue = v.app.regulation_queue(&ours).await.unwrap();
        assert_eq!(queue.cases[0].claim, None);
    });
}

#[test]
fn what_the_regulator_writes_is_kept_and_never_names_the_patient() {
    Village::each(|v| async move {
        let regulator = v.staff_of(NORTH, Role::Regulator);
        let id = v.raise(doubt(&v)).await;
        let advise = |text: &str| Decision::Advise {
            advice: Some(text.to_owned()),
        };
        let named = v
            .app
            .regulate(&regulator, id, advise("Mme Tervaux boira chaud"), None)
            .await;
        assert!(
            matches!(&named, Err(AppError::Invalid(errors)) if errors[0].pointer == "/advice"),
            "{named:?}"
        );
        assert_eq!(v.status(id).await, Status::ToQualify, "nothing was done");
        let denied = v.app.regulate(&v.desk(), id, advise("Boire"), None).await;
        assert_eq!(denied.unwrap_err(), AppError::Denied);
        v.app
            .regulate(
                &regulator,
                id,
                advise("Boire, rappeler si la fièvre monte"),
                None,
            )
            .await
            .unwrap();
        let after = v.read(id).await;
        assert!(matches!(
            after.phase,
            Phase::Ended(Ending::Closed {
                closure: Closure::PhoneAdvice,
                ..
            })
        ));
        let case = v.app.regulation_case(&regulator, id).await.unwrap();
        assert_eq!(case.notes[0].text, "Boire, rappeler si la fièvre monte");
        let again = v.app.regulate(&regulator, id, advise("Boire"), None).await;
        assert_eq!(again.unwrap_err(), AppError::Refused(Refusal::WrongState));
    });
}

/// What was answered on a call that was kept meanwhile reaches the regulator, whichever version of the form kept it.
#[test]
fn the_answers_of_a_kept_call_are_in_the_case() {
    Village::each(|v| async move {
        let (desk, regulator) = (v.desk(), v.staff_of(NORTH, Role::Regulator));
        let book = Book::demonstration();
        let key = book.trunk().unwrap().sheet.questions[1].key.clone();
        let answers = vec![GivenAnswer {
            question: key,
            answer: "unknown".to_owned(),
        }];
        let given = Given {
            trunk: book.trunk().map(|version| version.version),
            answers,
            ..Given::default()
        };
        for (name, listed) in [("Tervaux", false), ("Belin", true)] {
            let opening = Opening {
                kept: Some(Kept {
                    typed: Typed(BTreeMap::from([(
                        "birth_name".to_owned(),
                        vec![name.to_owned()],
                    )])),
                    caller: None,
                    origin: Origin::Patient,
                    facts: Facts::default(),
                    sheet: None,
                    triage: Some(given.clone()),
                }),
                ..Opening::call(v.world.networks[NORTH].id)
            };
            let call = v.app.open_contact(&desk, opening).await.unwrap().contact.id;
            if listed {
                // As programs before this one kept them.
                let list = serde_json::to_string(&given.answers).unwrap();
                let sql = format!("UPDATE contacts SET triage = '{list}' WHERE id = '{call}'");
                raw(v.app.db(), &sql).unwrap();
            }
            let mut draft = v.call_for(name, Profession::Gp, None, PATIENT);
            draft.triage.as_mut().unwrap().red_flags = "unknown".to_owned();
            let behind = Behind {
                contact: Some(call),
                ..Behind::default()
            };
            let raised = v.app.raise_from(&desk, draft, None, behind).await.unwrap();
            let case = v.app.regulation_case(&regulator, raised.id).await.unwrap();
            let doubts = case
                .asked
                .iter()
                .filter(|one| one.answer == Some(Answer::Unknown));
            assert_eq!(doubts.count(), 1, "{name}: {:?}", case.asked);
        }
    });
}

#[test]
fn a_case_is_launched_with_what_the_regulator_changed() {
    Village::each(|v| async move {
        let regulator = v.staff_of(NORTH, Role::Regulator);
        let id = v.raise(doubt(&v)).await;
        let sooner = NeedEdit::new(v.read(id).await.need, |need| {
            need.within_hours = 6;
            need.motives = vec![slug("fievre")];
        });
        v.app
            .regulate(
                &regulator,
                id,
                Decision::Change {
                    need: sooner.clone(),
                    pre_diagnosis: None,
                },
                None,
            )
            .await
            .unwrap();
        assert_eq!(v.status(id).await, Status::ToQualify, "changed and kept");
        v.app
            .regulate(
                &regulator,
                id,
                Decision::Launch {
                    need: None,
                    pre_diagnosis: Some("Angine probable".to_owned()),
                },
                None,
            )
            .await
            .unwrap();
        let after = v.read(id).await;
        assert_eq!(after.status(), Status::AskingUsual);
        assert_eq!(after.need, sooner.wanted);
        assert!(
            v.app
                .regulation_queue(&regulator)
                .await
                .unwrap()
                .cases
                .is_empty()
        );
        let case = v.app.regulation_case(&regulator, id).await.unwrap();
        assert_eq!(case.notes[0].kind, "pre-diagnosis");
        assert_eq!(case.since, None);
    });
}

#[test]
fn a_red_flag_passed_over_comes_first_and_reaches_the_coordinator() {
    Village::each(|v| async move {
        let regulator = v.staff_of(NORTH, Role::Regulator);
        let first = v.raise(doubt(&v)).await;
        v.pass(1).await;
        let signs = vec!["Est-ce que la personne est inconsciente ?".to_owned()];
        let desk = v.desk();
        let passing = |draft, reason: &str| {
            let passed_over = Some(PassedOver {
                signs: signs.clone(),
                reason: reason.to_owned(),
            });
            let behind = Behind {
                passed_over,
                ..Behind::default()
            };
            v.app.raise_from(&desk, draft, None, behind)
        };
        for refused in [" ", "Tervaux parlait bien"] {
            let refused = passing(doubt(&v), refused).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
        }
        // What was passed over is for the regulator: what nobody qualifies is not raised with it.
        let asked = passing(v.call(), "coché par erreur, elle parlait").await;
        assert!(matches!(asked, Err(AppError::Bug(_))), "{asked:?}");
        let queue = v.app.regulation_queue(&regulator).await.unwrap();
        assert_eq!(queue.cases.len(), 1, "nothing was raised by those refused");
        let over = passing(doubt(&v), "coché par erreur, elle parlait").await;
        let over = over.unwrap().id;
        let queue = v.app.regulation_queue(&regulator).await.unwrap();
        let ids: Vec<_> = queue.cases.iter().map(|c| c.stored.request.id).collect();
        assert_eq!(ids, [over, first], "passed over: before who waits longer");
        for role in [Role::Regulator, Role::Coordinator] {
            let page = v
                .app
                .overrides(&v.staff_of(NORTH, role), None)
                .await
                .unwrap();
            assert_eq!(page.rows.len(), 1);
            assert_eq!(page.rows[0].over.signs, signs);
            assert_eq!(page.rows[0].stored.request.id, over);
        }
        let denied = v.app.overrides(&v.desk(), None).await;
        assert_eq!(denied.unwrap_err(), AppError::Denied);
        let south = v.staff_of(SOUTH, Role::Coordinator);
        assert!(v.app.overrides(&south, None).await.unwrap().rows.is_empty());
        assert!(
            v.acts(over)
                .await
                .contains(&"red-flag.overridden".to_owned())
        );
    });
}

#[test]
fn the_setting_is_previewed_versioned_and_holds_for_what_comes_after() {
    Village::each(|v| async move {
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let before = v.raise(v.call()).await;
        v.raise(doubt(&v)).await;
        let motives = Regulation::ForMotives(vec![slug("otalgie")]);
        let held = v.app.regulation_setting(&coordinator).await.unwrap();
        assert_eq!(held.regulation, Regulation::WhenUnknown);
        let preview = |wanted| v.app.preview_regulation(&coordinator, wanted);
        let effect = Effect {
            all: 2,
            doubt: 1,
            setting: 1,
            capped: false,
        };
        assert_eq!(preview(motives.clone()).await, Ok(effect));
        let effect = Effect {
            setting: 0,
            ..effect
        };
        assert_eq!(preview(Regulation::WhenUnknown).await, Ok(effect));
        let unknown = Regulation::ForMotives(vec![slug("inconnu")]);
        assert!(matches!(preview(unknown).await, Err(AppError::Invalid(_))));
        let nothing = Regulation::ForMotives(Vec::new());
        assert!(matches!(preview(nothing).await, Err(AppError::Invalid(_))));
        let save = |version| v.app.set_regulation(&coordinator, version, motives.clone());
        save(held.version).await.unwrap();
        let moved = save(held.version).await.unwrap_err();
        assert!(matches!(
            moved,
            AppError::Problem {
                slug: "settings-moved",
                ..
            }
        ));
        let after = v.raise(v.call()).await;
        assert_eq!(v.status(after).await, Status::ToQualify);
        assert_eq!(
            v.status(before).await,
            Status::AskingUsual,
            "frozen (R4.12)"
        );
        let held = v.app.regulation_setting(&coordinator).await.unwrap();
        assert_eq!(held.regulation, motives);
        assert_eq!(held.versions.len(), 2);
        let denied = v.app.regulation_setting(&v.desk()).await;
        assert_eq!(denied.unwrap_err(), AppError::Denied);
    });
}
