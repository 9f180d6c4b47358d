//! Several processes on one PostgreSQL: one winner, one message, one directory. Two processes on
//! one SQLite file are not supported (ARCHITECTURE, Storage): without a PostgreSQL server there is
//! nothing to play here.

use crate::rows::Store;
use crate::village::{PATIENT, Village, run};
use relais_app::AppError;
use relais_app::activity::{ActivityDraft, Quick};
use relais_app::bus::Change;
use relais_app::digests::DigestDraft;
use relais_app::idempotent::Keyed;
use relais_app::requests::desk::Act;
use relais_core::cascade::Refusal;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Status};
use relais_core::time::Duration;
use relais_store::Db;
use relais_store::db::Notice;
use relais_store::testing::options;
use std::collections::BTreeSet;

/// Plays a story with two processes on one PostgreSQL.
fn two<F: Future<Output = ()>>(story: impl Fn(Village, Village) -> F) {
    let Some(store) = Store::postgres() else {
        return;
    };
    run(Village::laid_out(store, &|_| {}), |one| {
        let db = Db::open(&one.store.url, &options()).unwrap();
        let other = one.on(db.clone(), one.app.outside().clone(), "two");
        let playing = story(one, other);
        async move {
            playing.await;
            db.close();
        }
    });
}

/// Two requests launched in the same instant on two nodes, and one doctor who is asked once an hour: together they
/// do not pass what the doctor set (R5).
#[test]
fn two_nodes_together_pass_nobodys_maximum() {
    two(|one, other| async move {
        let most = ActivityDraft {
            hourly_max: Some(Some(1)),
            ..ActivityDraft::default()
        };
        let leroy = one.as_pro("Leroy");
        one.app.set_activity(&leroy, most).await.unwrap();
        for round in 0..8 {
            let mut racing = tokio::task::JoinSet::new();
            for (lane, node) in [&one, &other].into_iter().enumerate() {
                let phone = format!("+3363998{lane}2{round:02}");
                let name = format!("Belin{round}{lane}");
                let draft = node.call_for(&name, Profession::Gp, None, &phone);
                let (app, desk) = (node.app.clone(), node.desk());
                racing.spawn(async move { app.raise(&desk, draft).await.unwrap().id });
            }
            let mut asked = 0;
            for id in racing.join_all().await {
                asked += one.asked(id).await.iter().filter(|n| *n == "Leroy").count();
                one.does(id, Act::Cancel(CancelledBy::Operator))
                    .await
                    .unwrap();
            }
            assert_eq!(asked, 1, "in round {round}");
            one.pass(61).await;
        }
    });
}

/// Five accept on two nodes in the same instant, ten times over: one winner each time.
#[test]
fn accepts_on_two_nodes_have_one_winner() {
    two(|one, other| async move {
        for round in 0..10 {
            let phone = format!("+336399820{round:02}");
            let name = format!("Belin{round}");
            let id = one
                .raise(one.call_for(&name, Profession::Gp, None, &phone))
                .await;
            let at = Appointment::At(one.app.now() + Duration::hours(2));
            let mut racing = tokio::task::JoinSet::new();
            for (lane, name) in one.asked(id).await.into_iter().enumerate() {
                let node = if lane % 2 == 0 { &one } else { &other };
                let (app, who) = (node.app.clone(), node.as_pro(&name));
                let offer = one.offer(id, &name).await;
                racing.spawn(async move { app.accept(&who, offer, at).await.map(drop) });
            }
            let answers = racing.join_all().await;
            assert_eq!(answers.len(), 5);
            let kind = |a: &&Result<(), AppError>| {
                matches!(a, Err(AppError::Refused(Refusal::AlreadyTaken { .. })))
            };
            assert_eq!(
                answers.iter().filter(|a| a.is_ok()).count(),
                1,
                "I1: {answers:?}"
            );
            assert_eq!(answers.iter().filter(kind).count(), 4, "{answers:?}");
            let (a, b) = tokio::join!(one.app.settle(), other.app.settle());
            a.unwrap();
            b.unwrap();
            let told = one.phones.list().into_iter();
            let told = told.filter(|row| row.to == phone && row.text.contains("RDV"));
            assert_eq!(told.count(), 1, "the patient is told once");
            assert_eq!(one.status(id).await, Status::Scheduled);
        }
        let reports = other.app.verify_journal().await.unwrap();
        assert!(
            reports.iter().all(|r| r.first_bad.is_none()),
            "two nodes, one chain: {reports:?}"
        );
    });
}

/// Both nodes look at what is due and what waits, at once: each thing is done once.
#[test]
fn two_nodes_do_each_thing_once() {
    two(|one, other| async move {
        let mut ids = Vec::new();
        for n in 0..6 {
            let call = one.call_for(
                &format!("Belin{n}"),
                Profession::Gp,
                Some("Martin"),
                PATIENT,
            );
            ids.push(one.app.raise(&one.desk(), call).await.unwrap().id);
        }
        for minutes in [0, 60, 90, 120, 135] {
            one.app.clock().move_to(one.at(minutes));
            let (a, b) = tokio::join!(one.app.settle(), other.app.settle());
            a.unwrap();
            b.unwrap();
        }
        assert_eq!(
            one.phones.duplicates(),
            0,
            "each message was handed over once"
        );
        let keys: BTreeSet<_> = one.phones.list().into_iter().map(|row| row.key).collect();
        assert_eq!(keys.len(), one.phones.list().len());
        for id in ids {
            assert_eq!(one.status(id).await, Status::Unfilled);
            let acts = one.acts(id).await;
            let count = |act: &str| acts.iter().filter(|a| *a == act).count();
            assert_eq!(
                count("cascade.stage-opened"),
                3,
                "usual, community, neighbours: {acts:?}"
            );
            assert_eq!(count("request.unfilled"), 1);
            assert_eq!(count("request.reminded"), 1);
        }
    });
}

/// A digest that both nodes find due, days late, goes once (I7).
#[test]
fn two_nodes_write_one_digest() {
    two(|one, other| async move {
        let leroy = one.as_pro("Leroy");
        let daily = DigestDraft {
            every: Some("day".to_owned()),
            hour: Some(19),
        };
        one.app.set_digest(&leroy, daily).await.unwrap();
        let call = one.call_for("Belin", Profession::Gp, None, PATIENT);
        one.raise(call).await;
        for days in [2, 4, 6] {
            one.app.clock().move_to(one.at(days * 24 * 60));
            let (a, b) = tokio::join!(one.app.settle(), other.app.settle());
            a.unwrap();
            b.unwrap();
        }
        let rows = one.phones.list();
        let digests = rows.iter().filter(|row| row.text.contains("proposée"));
        assert_eq!(digests.count(), 1, "{rows:?}");
        assert_eq!(one.phones.duplicates(), 0);
    });
}

/// A node dies, or is stopped, between a change and the look that follows: the other one looks (R4.11, R4.13).
#[test]
fn what_a_dead_node_was_to_look_at_is_looked_at_by_the_other() {
    two(|one, other| async move {
        let leroy = one.as_pro("Leroy");
        let away = one.app.quick_activity(&leroy, Quick::Away24h);
        away.await.unwrap();
        one.app.settle().await.unwrap();
        let id = other.raise(other.open_call()).await;
        let back = one.app.quick_activity(&leroy, Quick::Available);
        back.await.unwrap();
        // Left to whoever made the change, as long as it may live.
        other.app.settle().await.unwrap();
        let asked = async || other.asked(id).await.contains(&"Leroy".to_owned());
        assert!(!asked().await);
        one.app.clock().move_to(one.at(0) + Duration::seconds(11));
        other.app.settle().await.unwrap();
        assert!(asked().await);
        // And once only.
        let acts = other.acts(id).await;
        one.app.settle().await.unwrap();
        other.app.settle().await.unwrap();
        assert_eq!(other.acts(id).await, acts);
    });
}

/// A directory kept in memory is never older than the decision it serves.
#[test]
fn a_profile_changed_on_one_node_counts_on_the_other_at_once() {
    two(|one, other| async move {
        other.app.directory().await.unwrap();
        let leroy = one.as_pro("Leroy");
        one.app
            .quick_activity(&leroy, Quick::Away24h)
            .await
            .unwrap();
        let draft = other.open_call();
        let seen = other
            .app
            .preview(&other.desk(), draft.clone())
            .await
            .unwrap();
        assert_eq!(seen.eligible(), 4);
        let raised = other.app.raise(&other.desk(), draft).await.unwrap();
        assert_eq!(
            other.asked(raised.id).await,
            ["Faure", "Garnier", "Martin", "Petit"]
        );
        one.app
            .quick_activity(&leroy, Quick::Available)
            .await
            .unwrap();
        one.app.settle().await.unwrap();
        assert!(
            other.asked(raised.id).await.contains(&"Leroy".to_owned()),
            "R4.11"
        );
        other
            .app
            .quick_activity(&leroy, Quick::MutedToday)
            .await
            .unwrap();
        let seen = one.app.preview(&one.desk(), one.open_call()).await.unwrap();
        assert_eq!(seen.eligible(), 4);
    });
}

/// What changes on one node wakes the pages of the other.
#[test]
fn news_cross_from_node_to_node() {
    two(|one, other| async move {
        let mut listener = other.app.db().listen();
        let raised = one.app.raise(&one.desk(), one.call()).await.unwrap();
        // The listening connection opens in its own time: the desk goes on writing until it hears.
        for n in 0..100 {
            let text = format!("Rappelé {n} fois.");
            one.app.note(&one.desk(), raised.id, text).await.unwrap();
            let offer = one.offer(raised.id, "Martin").await;
            one.app
                .mark_seen(&one.as_pro("Martin"), offer)
                .await
                .unwrap();
            let again = one.call_for(&format!("Belin{n}"), Profession::Gp, None, PATIENT);
            let expected = one.app.raise(&one.desk(), again).await.unwrap().id;
            let bound = std::time::Duration::from_millis(500);
            while let Ok(notice) = tokio::time::timeout(bound, listener.next()).await {
                let Notice::Payload(text) = notice else {
                    continue;
                };
                let change = Change::decode(&text).unwrap();
                assert_eq!(change.network, one.world.networks[0].id);
                if change.request == Some(expected) {
                    return;
                }
            }
        }
        panic!("node two never heard of what node one did");
    });
}

/// The same demand through two nodes at once: the second waits for the answer of the first, and gives it.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the first answers while the second waits; sooner or later, the answer is the same"
)]
fn a_repeat_on_the_other_node_waits_for_the_answer() {
    two(|one, other| async move {
        let user = one.desk().signed_in().unwrap().user;
        let begin = |node: &Village| {
            let app = node.app.clone();
            async move {
                let key = "twice".to_owned();
                app.begin_idempotent(user, key, "/api/v1/requests", b"{}")
                    .await
            }
        };
        one.app.look().await;
        assert_eq!(begin(&one).await.unwrap(), Keyed::Fresh);
        let answered = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let (key, body) = ("twice".to_owned(), "{}".to_owned());
            one.app.finish_idempotent(user, key, 201, body).await
        };
        let (again, answered) = tokio::join!(begin(&other), answered);
        answered.unwrap();
        let body = "{}".to_owned();
        assert_eq!(again.unwrap(), Keyed::Again { status: 201, body });
    });
}

/// A node dies with a key in hand: whoever asks the other node again is served once its silence is
/// long, and not before; a node that lives keeps its key for a minute.
#[test]
fn the_key_of_a_dead_node_is_taken_over_after_its_silence() {
    two(|one, other| async move {
        let user = one.desk().signed_in().unwrap().user;
        let begin = async |node: &Village, key: &str| {
            let begun = node
                .app
                .begin_idempotent(user, key.to_owned(), "/api/v1/requests", b"{}");
            begun.await.ok()
        };
        one.app.look().await;
        other.app.look().await;
        assert_eq!(begin(&one, "lives").await, Some(Keyed::Fresh));
        assert_eq!(begin(&one, "dies").await, Some(Keyed::Fresh));
        let clock = one.app.clock();
        let later = |seconds| clock.move_to(one.at(0) + Duration::seconds(seconds));
        later(14);
        assert_eq!(begin(&other, "dies").await, None, "it may be slow");
        one.app.look().await;
        later(20);
        assert_eq!(
            begin(&other, "lives").await,
            None,
            "it beat six seconds ago"
        );
        later(30);
        assert_eq!(begin(&other, "dies").await, Some(Keyed::Fresh));
        assert_eq!(begin(&one, "dies").await, None, "it is the other's now");
    });
}

/// A form is sent again as soon as its node has died: it waits until the silence is long enough to be a death, and is
/// served, in the same request.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the silence grows long while the second waits; sooner or later, the answer is the same"
)]
fn whoever_waits_for_a_dead_node_is_served_once_its_silence_is_long() {
    two(|one, other| async move {
        let user = one.desk().signed_in().unwrap().user;
        let begin = |node: &Village| {
            let app = node.app.clone();
            async move {
                let key = "form-again".to_owned();
                app.begin_idempotent(user, key, "form", b"").await
            }
        };
        one.app.look().await;
        other.app.look().await;
        assert_eq!(begin(&one).await.unwrap(), Keyed::Fresh);
        let dies = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let clock = one.app.clock();
            clock.move_to(one.at(0) + Duration::seconds(16));
        };
        let (again, ()) = tokio::join!(begin(&other), dies);
        assert_eq!(again.unwrap(), Keyed::Fresh);
    });
}
