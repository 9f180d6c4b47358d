//! The life of a sheet through the use cases (R3): who may do which step, what is in force when,
//! what a server does without a signature, what the answers of a request count and change.

use crate::fixture::{Territory, serving};
use relais_app::clock::Clock;
use relais_app::demo::DemoProfessional;
use relais_app::outside::Outside;
use relais_app::protocols::versions::{ImportError, Seen};
use relais_app::protocols::{Book, Chosen, Standing, file};
use relais_app::{App, AppError, Who};
use relais_core::access::Role;
use relais_core::cascade::Refusal;
use relais_core::people::Profession;
use relais_core::request::Status;
use relais_core::slug::Slug;
use relais_core::time::{Duration, Instant};
use relais_gateways::{FakeWorld, Queue};
use serde_json::{Value, json};
use std::sync::Arc;

/// The same store, served and no demonstration.
fn served(t: &Territory) -> App {
    let clock: Clock = t.app.clock().clone();
    let inbox = Arc::new(Queue::default());
    let reading = clock.clone();
    let phones = FakeWorld::in_memory(move || reading.now(), Arc::clone(&inbox) as _);
    let outside = Outside::fake(phones, inbox);
    serving(t.app.db().clone(), &clock, outside)
}

async fn seen(app: &App, who: &Who, code: &str, version: i64) -> Seen {
    let opened = app.open_protocol(who, code, Some(version)).await.unwrap();
    Seen {
        code: code.to_owned(),
        version,
        revision: opened.version.revision,
    }
}

/// Somebody of a profession who practises in the first network.
fn somebody(t: &Territory, profession: Profession, after: usize) -> &DemoProfessional {
    let network = t.world.networks[0].id;
    let all = t.world.professionals.iter();
    let mut found = all
        .filter(|p| p.profession == profession)
        .filter(|p| p.member().belongs_to(network) && p.member().standing.holds(t.app.now()));
    found.nth(after).unwrap()
}

fn doctor(t: &Territory) -> &DemoProfessional {
    somebody(t, Profession::Gp, 0)
}

/// Asked by the coordinator, signed by the doctor.
async fn signed(t: &Territory, app: &App, who: &Who, step: Seen, months: u16) {
    let rpps = &doctor(t).rpps;
    app.ask_signature(who, step.clone(), rpps, months)
        .await
        .unwrap();
    let theirs = t.account(doctor(t).id);
    let network = t.world.networks[0].code;
    app.sign_protocol(&theirs, network, step).await.unwrap();
}

/// Review, sign for some months, put in force now.
async fn make_official(t: &Territory, app: &App, who: &Who, code: &str, version: i64, months: u16) {
    let step = seen(app, who, code, version).await;
    app.review_protocol(who, step).await.unwrap();
    let step = seen(app, who, code, version).await;
    signed(t, app, who, step, months).await;
    let step = seen(app, who, code, version).await;
    app.enforce_protocol(who, step, app.now()).await.unwrap();
}

fn slug(problem: &AppError) -> &str {
    match problem {
        AppError::Problem { slug, .. } => slug,
        AppError::Invalid(errors) => errors.first().map_or("", |e| e.pointer.as_str()),
        _ => "",
    }
}

#[test]
fn a_demonstration_holds_forty_sheets_that_nobody_signed() {
    Territory::on_each_engine(|t| async move {
        let network = t.world.networks[0].id;
        let book = t.app.protocols(network).await.unwrap();
        assert_eq!(book.sheets().count(), 39);
        assert_eq!(book.trunk().unwrap().standing, Standing::Demonstration);
        assert!(book.is_demonstration());
        assert!(Arc::ptr_eq(&book, &t.app.protocols(network).await.unwrap()));
        let listed = t
            .app
            .list_protocols(&t.staff(Role::Operator))
            .await
            .unwrap();
        assert_eq!(listed.len(), 40);
        assert!(listed.iter().all(|line| line.in_force.is_some()));
        for role in [Role::Auditor, Role::Administrator] {
            let refused = t.app.list_protocols(&t.staff(role)).await;
            assert_eq!(refused.err(), Some(AppError::Denied), "{role:?}");
        }
    });
}

#[test]
fn a_server_uses_what_a_clinician_signed_until_the_signature_ends() {
    Territory::on_each_engine(|t| async move {
        let (network, who) = (t.world.networks[0].id, t.staff(Role::Coordinator));
        let app = served(&t);
        assert_eq!(*app.protocols(network).await.unwrap(), Book::default());
        let step = seen(&app, &who, "GORGE", 1).await;
        let unsigned = app.enforce_protocol(&who, step.clone(), app.now()).await;
        assert_eq!(slug(&unsigned.unwrap_err()), "protocol-not-signed");
        let rpps = &doctor(&t).rpps;
        let early = app.ask_signature(&who, step.clone(), rpps, 12).await;
        assert_eq!(slug(&early.unwrap_err()), "protocol-not-reviewed");
        app.review_protocol(&who, step.clone()).await.unwrap();
        let stale = app.review_protocol(&who, step).await.unwrap_err();
        assert_eq!(slug(&stale), "protocol-changed");
        let step = seen(&app, &who, "GORGE", 1).await;
        let pharmacist = somebody(&t, Profession::Pharmacist, 0);
        for nobody in ["10000000000", "", &pharmacist.rpps] {
            let refused = app.ask_signature(&who, step.clone(), nobody, 12).await;
            assert_eq!(slug(&refused.unwrap_err()), "/rpps");
        }
        let refused = app.ask_signature(&who, step.clone(), rpps, 25).await;
        assert_eq!(slug(&refused.unwrap_err()), "/months");
        signed(&t, &app, &who, step, 1).await;
        let step = seen(&app, &who, "GORGE", 1).await;
        app.enforce_protocol(&who, step, app.now()).await.unwrap();
        let book = app.protocols(network).await.unwrap();
        let gorge = book.sheet("GORGE").unwrap();
        assert!(
            matches!(&gorge.standing, Standing::Signed { rpps, .. } if *rpps == doctor(&t).rpps)
        );
        assert!(!book.is_demonstration());
        // Without a trunk nothing else matters: the regulator.
        assert!(book.trunk().is_none());
        app.clock().set(app.now() + Duration::hours(32 * 24));
        assert_eq!(app.protocols(network).await.unwrap().sheet("GORGE"), None);
        // The demonstration goes on with it, under the banner.
        let demo = t.app.protocols(network).await.unwrap();
        assert_eq!(
            demo.sheet("GORGE").unwrap().standing,
            Standing::Demonstration
        );
    });
}

#[test]
fn a_version_is_signed_by_the_clinician_who_was_asked_and_by_nobody_for_them() {
    Territory::on_each_engine(|t| async move {
        let (who, network) = (t.staff(Role::Coordinator), t.world.networks[0].code);
        let step = seen(&t.app, &who, "GORGE", 1).await;
        t.app.review_protocol(&who, step).await.unwrap();
        let step = seen(&t.app, &who, "GORGE", 1).await;
        let (asked, other) = (doctor(&t), somebody(&t, Profession::Gp, 1));
        let (theirs, others) = (t.account(asked.id), t.account(other.id));
        let ask = |person: &DemoProfessional| {
            let rpps = person.rpps.clone();
            let (t, who, step) = (&t, who.clone(), step.clone());
            async move { t.app.ask_signature(&who, step, &rpps, 6).await.unwrap() }
        };
        let sign = |as_who: &Who, step: &Seen| {
            let (t, as_who, step) = (&t, as_who.clone(), step.clone());
            async move { t.app.sign_protocol(&as_who, network, step).await }
        };
        assert_eq!(
            sign(&theirs, &step).await,
            Err(AppError::NotFound),
            "nobody asked"
        );
        ask(asked).await;
        assert_eq!(
            sign(&who, &step).await,
            Err(AppError::Denied),
            "the coordinator"
        );
        assert_eq!(
            sign(&others, &step).await,
            Err(AppError::NotFound),
            "not asked"
        );
        let waiting = t.app.signatures_asked(&theirs).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].network, network);
        assert_eq!(waiting[0].sheet.code, "GORGE");
        assert!(t.app.signatures_asked(&others).await.unwrap().is_empty());
        // A no with its reason, which the coordinator reads; then somebody else.
        let mute = t
            .app
            .decline_signature(&theirs, network, step.clone(), " ")
            .await;
        assert_eq!(slug(&mute.unwrap_err()), "/why");
        let no = t
            .app
            .decline_signature(&theirs, network, step.clone(), "La question 3.")
            .await;
        no.unwrap();
        assert_eq!(
            sign(&theirs, &step).await,
            Err(AppError::NotFound),
            "said no"
        );
        let opened = t.app.open_protocol(&who, "GORGE", Some(1)).await.unwrap();
        let (_, why) = opened.asked.unwrap().declined.unwrap();
        assert_eq!(why, "La question 3.");
        ask(other).await;
        // What changed since it was read is not signed.
        let older = Seen {
            revision: step.revision - 1,
            ..step.clone()
        };
        assert_eq!(
            slug(&sign(&others, &older).await.unwrap_err()),
            "protocol-changed"
        );
        sign(&others, &step).await.unwrap();
        let opened = t.app.open_protocol(&who, "GORGE", Some(1)).await.unwrap();
        let signature = opened.version.signature.unwrap();
        assert_eq!(signature.rpps, other.rpps);
        assert!(signature.by.ends_with(&other.last_name), "{}", signature.by);
        let account = others.actor.unwrap().user.to_string();
        assert_eq!(signature.recorded_by, account, "their own account");
        assert!(t.app.signatures_asked(&others).await.unwrap().is_empty());
    });
}

#[test]
fn a_new_version_comes_in_force_at_its_date_and_the_old_one_is_kept() {
    Territory::on_each_engine(|t| async move {
        let (network, who) = (t.world.networks[0].id, t.staff(Role::Coordinator));
        let operator = t.staff(Role::Operator);
        let denied = t.app.draft_protocol(&operator, "GORGE", 1).await;
        assert_eq!(denied, Err(AppError::Denied));
        let number = t.app.draft_protocol(&who, "GORGE", 1).await.unwrap();
        assert_eq!(number, 2);
        assert_eq!(t.app.draft_protocol(&who, "GORGE", 1).await.unwrap(), 2);
        let frozen = seen(&t.app, &who, "GORGE", 1).await;
        let mut sheet = t
            .app
            .open_protocol(&who, "GORGE", Some(2))
            .await
            .unwrap()
            .sheet;
        let refused = t.app.save_protocol(&who, frozen, sheet.clone()).await;
        assert_eq!(slug(&refused.unwrap_err()), "protocol-not-draft");
        // What is wrong is kept, shown, and not reviewed.
        sheet.questions[0].text = " ".to_owned();
        let step = seen(&t.app, &who, "GORGE", 2).await;
        t.app
            .save_protocol(&who, step, sheet.clone())
            .await
            .unwrap();
        let opened = t.app.open_protocol(&who, "GORGE", Some(2)).await.unwrap();
        assert_eq!(opened.faults.len(), 1);
        let step = seen(&t.app, &who, "GORGE", 2).await;
        let refused = t.app.review_protocol(&who, step.clone()).await.unwrap_err();
        assert_eq!(slug(&refused), "/questions/0");
        sheet.questions[0].text = "La personne bave-t-elle ?".to_owned();
        t.app.save_protocol(&who, step, sheet).await.unwrap();
        let step = seen(&t.app, &who, "GORGE", 2).await;
        let own = t.app.review_protocol(&who, step.clone()).await;
        assert_eq!(slug(&own.unwrap_err()), "protocol-own-words");
        let regulator = t.staff(Role::Regulator);
        t.app.review_protocol(&regulator, step).await.unwrap();
        let tomorrow: Instant = t.app.now() + Duration::hours(24);
        let step = seen(&t.app, &who, "GORGE", 2).await;
        t.app.enforce_protocol(&who, step, tomorrow).await.unwrap();
        let text = |book: &Book| book.sheet("GORGE").unwrap().sheet.questions[0].text.clone();
        let today = t.app.protocols(network).await.unwrap();
        assert_ne!(text(&today), "La personne bave-t-elle ?");
        assert_eq!(today.sheet("GORGE").unwrap().version, 1);
        t.app.clock().set(tomorrow);
        let book = t.app.protocols(network).await.unwrap();
        assert_eq!(text(&book), "La personne bave-t-elle ?");
        assert_eq!(
            t.app
                .open_protocol(&who, "GORGE", None)
                .await
                .unwrap()
                .version
                .version,
            2
        );
        assert_eq!(
            t.app
                .open_protocol(&who, "GORGE", Some(1))
                .await
                .unwrap()
                .history
                .len(),
            2
        );
        t.app.retire_protocol(&who, "GORGE").await.unwrap();
        let book = t.app.protocols(network).await.unwrap();
        let motive = Slug::new("odynophagie").unwrap();
        assert!(matches!(book.choose(&motive, None), Chosen::Unlisted));
        let again = t.app.retire_protocol(&who, "GORGE").await.unwrap_err();
        assert_eq!(slug(&again), "protocol-not-in-force");
    });
}

#[test]
fn a_refused_file_leaves_everything_and_an_import_is_made_once() {
    Territory::on_each_engine(|t| async move {
        let (network, code) = (t.world.networks[0].id, t.world.networks[0].code);
        let before = t.app.protocols(network).await.unwrap();
        let text = file::shipped_text();
        let broken = text.replacen("\"si_oui\": \"15\"", "\"si_oui\": \"XV\"", 1);
        let refused = t.app.import_protocols(code, &broken).await;
        let Err(ImportError::File(faults)) = refused else {
            panic!("{refused:?}");
        };
        assert!(
            faults[0].to_string().contains("`XV` is no destination"),
            "{}",
            faults[0]
        );
        assert_eq!(t.app.protocols(network).await.unwrap(), before);
        let same = t.app.import_protocols(code, text).await.unwrap();
        assert_eq!((same.new, same.changed, same.same), (0, 0, 40));
        let other = text.replacen("A-t-elle fait une convulsion ?", "A-t-elle convulsé ?", 1);
        for changed in [1, 0] {
            let done = t.app.import_protocols(code, &other).await.unwrap();
            assert_eq!((done.new, done.changed), (0, changed));
        }
        // By the coordinator from the page: the same door, under their name, and no draft is
        // overwritten.
        let who = t.staff(Role::Coordinator);
        let mine = text.replacen("A-t-elle fait une convulsion ?", "Convulse-t-elle ?", 1);
        let done = t.app.bring_protocols(&who, &mine).await.unwrap();
        assert_eq!((done.new, done.changed, done.same), (0, 1, 39));
        let trunk = t.app.open_protocol(&who, "TRONC", Some(3)).await.unwrap();
        assert_eq!(trunk.history.len(), 3, "both drafts are kept");
        let refused = t.app.bring_protocols(&who, &broken).await;
        assert!(matches!(refused, Err(ImportError::File(_))));
        let operator = t.staff(Role::Operator);
        let denied = t.app.bring_protocols(&operator, text).await;
        assert!(matches!(denied, Err(ImportError::App(AppError::Denied))));
        // A draft: what is in force stays.
        assert_eq!(t.app.protocols(network).await.unwrap(), before);
        let nowhere = t.app.import_protocols("NEANT", text).await;
        assert!(matches!(
            nowhere,
            Err(ImportError::App(AppError::Invalid(_)))
        ));
    });
}

fn all_no() -> Vec<Value> {
    let sheets = &file::shipped().sheets;
    let asked = |code: &str| sheets.iter().find(|s| s.code == code).unwrap();
    let questions = asked("TRONC")
        .questions
        .iter()
        .chain(&asked("OREILLE").questions);
    questions
        .filter(|q| !q.key.contains("-n"))
        .map(|q| {
            let answer = if q.key.ends_with("-i1") { "yes" } else { "no" };
            json!({ "question": q.key, "answer": answer })
        })
        .collect()
}

#[test]
fn the_answers_of_a_request_are_walked_and_counted() {
    Territory::on_each_engine(|t| async move {
        let operator = t.staff(Role::Operator);
        let raise = |key: &'static str, answer: &'static str| {
            let (t, operator) = (&t, operator.clone());
            async move {
                let mut draft = t.first_call();
                let triage = draft.triage.as_mut().unwrap();
                (triage.sheet, triage.version) = (Some("OREILLE".to_owned()), Some(1));
                triage.answers = all_no();
                for one in &mut triage.answers {
                    if one["question"] == key {
                        one["answer"] = json!(answer);
                    }
                }
                t.app
                    .raise(&operator, draft)
                    .await
                    .map(|raised| raised.request.status())
            }
        };
        let refused = raise("oreille-2", "yes").await;
        assert_eq!(refused, Err(AppError::Refused(Refusal::RedFlag)));
        assert_eq!(raise("tronc-3", "unknown").await, Ok(Status::ToQualify));
        assert!(matches!(raise("none", "").await, Ok(status) if status != Status::ToQualify));
        let opened = t
            .app
            .open_protocol(&operator, "OREILLE", None)
            .await
            .unwrap();
        let counted = opened
            .counts
            .iter()
            .find(|count| count.question == "oreille-2")
            .unwrap();
        // The refused one was no contact: nothing was written.
        assert_eq!((counted.yes, counted.no, counted.unknown), (0, 2, 0));
        let trunk = t.app.open_protocol(&operator, "TRONC", None).await.unwrap();
        let counted = trunk
            .counts
            .iter()
            .find(|count| count.question == "tronc-3")
            .unwrap();
        assert_eq!((counted.yes, counted.no, counted.unknown), (0, 1, 1));
    });
}

#[test]
fn signing_once_more_makes_a_sheet_official_under_a_server() {
    Territory::on_each_engine(|t| async move {
        let (network, who) = (t.world.networks[0].id, t.staff(Role::Coordinator));
        let app = served(&t);
        for code in ["TRONC", "OREILLE"] {
            make_official(&t, &app, &who, code, 1, 12).await;
        }
        let book = app.protocols(network).await.unwrap();
        assert!(book.trunk().is_some() && book.sheet("OREILLE").is_some());
        let motive = Slug::new("odynophagie").unwrap();
        assert!(matches!(book.choose(&motive, None), Chosen::Unlisted));
    });
}
