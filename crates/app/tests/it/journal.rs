//! The journal verifies after everything, and an alteration is found (I9).

use crate::village::{Village, why};
use relais_app::requests::desk::Act;
use relais_core::request::{CancelledBy, Closure};
use relais_store::testing;

async fn a_day(v: &Village) {
    let one = v.raise(v.call()).await;
    v.passes(one, "Martin").await;
    v.accepts(one, "Leroy").await.unwrap();
    v.app.open_identity(&v.as_pro("Leroy"), one).await.unwrap();
    v.app
        .act(&v.as_pro("Leroy"), one, Act::Release, why())
        .await
        .unwrap();
    v.app.settle().await.unwrap();
    v.accepts(one, "Petit").await.unwrap();
    v.app
        .act(&v.as_pro("Petit"), one, Act::Close(Closure::Seen), None)
        .await
        .unwrap();
    let two = v.raise(v.open_call()).await;
    v.pass(150).await;
    v.app
        .note(&v.desk(), two, "Rappelé.".to_owned())
        .await
        .unwrap();
    v.does(two, Act::Cancel(CancelledBy::Patient))
        .await
        .unwrap();
}

fn journal_checks(checks: &[relais_app::admin::doctor::Check]) -> Vec<bool> {
    checks
        .iter()
        .filter(|c| c.name == "journal")
        .map(|c| c.ok)
        .collect()
}

#[test]
fn the_journal_verifies_after_a_day_and_says_who_did_what() {
    Village::each(|v| async move {
        a_day(&v).await;
        let reports = v.app.verify_journal().await.unwrap();
        assert!(
            reports.iter().all(|report| report.first_bad.is_none()),
            "{reports:?}"
        );
        assert!(
            reports.iter().map(|report| report.rows).sum::<u64>() > 25,
            "{reports:?}"
        );
        assert!(
            journal_checks(&v.app.doctor().await.unwrap())
                .iter()
                .all(|ok| *ok)
        );
        let rows = v
            .app
            .export_journal(Some("NORD91".to_owned()), None)
            .await
            .unwrap();
        let leroy = v.as_pro("Leroy").actor.unwrap().user.to_string();
        let released = rows
            .iter()
            .find(|row| row.entry.act == "request.released")
            .unwrap();
        assert_eq!(
            (released.entry.actor.as_str(), released.entry.role.as_str()),
            (leroy.as_str(), "professional")
        );
        assert_eq!(released.entry.why, why());
        assert_eq!(released.entry.source.as_deref(), Some("test"));
        let clock = rows
            .iter()
            .find(|row| row.entry.act == "request.unfilled")
            .unwrap();
        assert_eq!(
            (clock.entry.actor.as_str(), clock.entry.role.as_str()),
            ("relais", "platform")
        );
        let south = v
            .app
            .export_journal(Some("SUD91".to_owned()), None)
            .await
            .unwrap();
        assert!(south.is_empty(), "each network has its chain");
    });
}

/// Changed, removed, inserted, cut at the end: each is found, at its row.
#[test]
fn every_alteration_is_found() {
    let alterations = [
        "UPDATE journal SET why = 'autre chose' WHERE act = 'request.released'",
        "UPDATE journal SET at = at - 1 WHERE act = 'offer.accepted'",
        "UPDATE journal SET actor = 'usr_x' WHERE act = 'identity.opened'",
        "UPDATE journal SET subject = NULL WHERE act = 'identity.opened'",
        "DELETE FROM journal WHERE act = 'identity.opened'",
        "DELETE FROM journal WHERE seq = 1",
        "DELETE FROM journal WHERE seq = (SELECT MAX(j.seq) FROM journal j WHERE j.network = journal.network)",
        "UPDATE journal SET hash = 'x' WHERE seq = 3",
    ];
    for alteration in alterations {
        Village::each(|v| async move {
            a_day(&v).await;
            testing::raw(v.app.db(), alteration).unwrap();
            let reports = v.app.verify_journal().await.unwrap();
            assert!(
                reports.iter().any(|report| report.first_bad.is_some()),
                "{alteration}"
            );
            let checks = v.app.doctor().await.unwrap();
            assert!(journal_checks(&checks).contains(&false), "{alteration}");
        });
    }
}

/// The end of a chain cut off and its head rewritten to match: the anchor remembers.
#[test]
fn a_cut_whose_head_was_rewritten_is_found_by_the_anchor() {
    let cut = [
        "DELETE FROM journal WHERE seq = (SELECT MAX(j.seq) FROM journal j WHERE j.network = journal.network)",
        "UPDATE journal_heads SET \
         seq = (SELECT MAX(j.seq) FROM journal j WHERE j.network = journal_heads.network), \
         hash = (SELECT j.hash FROM journal j WHERE j.network = journal_heads.network \
         ORDER BY j.seq DESC LIMIT 1)",
    ];
    Village::each(|v| async move {
        a_day(&v).await;
        v.app.housekeeping().await.unwrap();
        for statement in cut {
            testing::raw(v.app.db(), statement).unwrap();
        }
        let reports = v.app.verify_journal().await.unwrap();
        assert!(reports.iter().any(|report| report.first_bad.is_some()));
    });
}
