//! The journal: whatever is done to its rows is found.

use relais_store::journal::{self, Entry, Fault};
use relais_store::testing::{self, on_each_engine};
use relais_store::{Db, StoreError, anchors};

fn entry(n: u32) -> Entry {
    Entry {
        id: format!("evt_{n}"),
        at: i64::from(n) * 1000,
        actor: "usr_1".into(),
        role: "operator".into(),
        act: "identity.seen".into(),
        about: Some("req_1".into()),
        subject: n.is_multiple_of(2).then(|| "pat_1".to_string()),
        why: Some("appel".into()),
        source: None,
        body: format!("{{\"n\":{n}}}"),
    }
}

fn fill(db: &Db, rows: u32) {
    db.write_blocking(move |tx| {
        let (first, rest) = (entry(1), (2..=rows).map(entry).collect::<Vec<_>>());
        journal::append(tx, "net_1", &[first])?;
        journal::append(tx, "net_1", &rest)?;
        anchors::insert_anchor(tx, "net_1", 99_000).map(|_| ())
    })
    .expect("the journal is filled");
}

fn verify(db: &Db) -> journal::Report {
    db.read_blocking(|tx| journal::verify(tx, "net_1", &[]))
        .expect("the journal is read")
}

#[test]
fn an_untouched_journal_verifies() {
    on_each_engine(|db| {
        fill(db, 7);
        assert_eq!(verify(db).first_bad, None);
        assert_eq!(verify(db).rows, 7);
        let seen = db
            .read_blocking(|tx| journal::list_subject(tx, "pat_1", 10))
            .expect("lists");
        assert_eq!(seen.iter().map(|l| l.seq).collect::<Vec<_>>(), [2, 4, 6]);
        let about = db
            .read_blocking(|tx| journal::list_about(tx, "net_1", "req_1", None, 3))
            .expect("lists");
        let seqs = |rows: &[journal::Link]| rows.iter().map(|l| l.seq).collect::<Vec<_>>();
        assert_eq!(seqs(&about), [7, 6, 5], "the newest first");
        let rest = db
            .read_blocking(|tx| journal::list_about(tx, "net_1", "req_1", Some(5), 3))
            .expect("lists");
        assert_eq!(seqs(&rest), [4, 3, 2]);
    });
}

#[test]
fn an_empty_journal_verifies() {
    on_each_engine(|db| {
        assert_eq!(
            verify(db),
            journal::Report {
                network: "net_1".into(),
                rows: 0,
                first_bad: None
            }
        );
    });
}

/// Every column of every row, deletions, exchanges, additions, the head, the anchors.
#[test]
fn every_single_change_is_found() {
    let mut changes: Vec<(String, i64)> = vec![];
    for seq in 1..=5 {
        for set in [
            "id = 'evt_x'",
            "at = at + 1",
            "actor = 'usr_2'",
            "role = 'auditor'",
            "act = 'x'",
            "about = NULL",
            "about = 'req_2'",
            "why = NULL",
            "why = ''",
            "source = ''",
            "source = 'web'",
            "subject = 'pat_2'",
            "body = '{}'",
            "hash = prev_hash",
            "prev_hash = hash",
            "network = 'net_2'",
            "seq = seq + 100",
        ] {
            changes.push((format!("UPDATE journal SET {set} WHERE seq = {seq}"), seq));
        }
        changes.push((format!("DELETE FROM journal WHERE seq = {seq}"), seq));
    }
    changes.push(("DELETE FROM journal".to_string(), 1));
    changes.push(("DELETE FROM journal WHERE seq > 3".to_string(), 4));
    changes.push((
        "UPDATE journal SET seq = 102 WHERE seq = 2; UPDATE journal SET seq = 2 WHERE seq = 3; \
         UPDATE journal SET seq = 3 WHERE seq = 102"
            .to_string(),
        2,
    ));
    changes.push(("UPDATE journal_heads SET seq = 4".to_string(), 6));
    changes.push(("UPDATE journal_heads SET hash = 'x'".to_string(), 6));
    changes.push(("DELETE FROM journal_heads".to_string(), 6));
    changes.push(("UPDATE anchors SET hash = 'x'".to_string(), 5));
    changes.push(("UPDATE anchors SET seq = 9".to_string(), 6));
    on_each_engine(|db| {
        fill(db, 5);
        for (change, at) in &changes {
            let change = change.clone();
            // Damage, verify and undo in one transaction that never commits.
            let found: Result<(), Found> = db.write_blocking(move |tx| {
                testing::damage(tx, &change)?;
                let report = journal::verify(tx, "net_1", &[])?;
                Err(Found::Report(report.first_bad))
            });
            match found {
                Err(Found::Report(Some((place, _)))) => {
                    assert!(place <= *at, "found at {place}, done at {at}");
                }
                other => panic!("{:?}: not found: {other:?}", db.engine()),
            }
        }
        assert_eq!(verify(db).first_bad, None);
    });
}

#[derive(Debug)]
enum Found {
    Report(Option<(i64, Fault)>),
    Store(#[expect(dead_code, reason = "shown by the failing test")] StoreError),
}

impl From<StoreError> for Found {
    fn from(e: StoreError) -> Found {
        Found::Store(e)
    }
}

impl relais_store::TxError for Found {
    fn store(&self) -> Option<&StoreError> {
        None
    }
}

/// Somebody rewrites the end of the chain, its head and its anchors: only an exported anchor tells.
#[test]
fn a_rewritten_chain_is_found_by_an_exported_anchor() {
    on_each_engine(|db| {
        fill(db, 5);
        let exported = db
            .read_blocking(|tx| anchors::list(tx, "net_1"))
            .expect("lists");
        testing::raw(
            db,
            "DELETE FROM anchors; DELETE FROM journal WHERE seq > 3; UPDATE journal_heads SET seq = 3, \
             hash = (SELECT hash FROM journal WHERE seq = 3)",
        )
        .expect("damaged");
        db.write_blocking(|tx| journal::append(tx, "net_1", &[entry(40), entry(50), entry(60)]))
            .expect("appended");
        assert_eq!(verify(db).first_bad, None, "the chain itself is whole");
        let report = db
            .read_blocking(move |tx| journal::verify(tx, "net_1", &exported))
            .expect("the journal is read");
        assert_eq!(report.first_bad, Some((5, Fault::AgainstAnchor)));
    });
}

#[test]
fn concurrent_appends_make_one_chain() {
    on_each_engine(|db| {
        let threads: Vec<_> = (0..4_u32)
            .map(|t| {
                let db = db.clone();
                std::thread::spawn(move || {
                    for n in 0..10 {
                        let row = entry(1000 * (t + 1) + n);
                        db.write_blocking(move |tx| {
                            journal::append(tx, "net_1", std::slice::from_ref(&row))
                        })
                        .expect("appended");
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("ends");
        }
        let report = verify(db);
        assert_eq!((report.rows, report.first_bad), (40, None));
    });
}
