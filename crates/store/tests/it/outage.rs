//! A database that goes away: told at once, back by itself, and a commit cut half-way is never run again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use relais_faults::proxy::{Fault, Proxy};
use relais_store::db::Notice;
use relais_store::testing::{TestDb, options, raw};
use relais_store::{Db, StoreError, TxError, demo_state};

/// A store behind a wire that can be cut; nothing without a test server, or when it is reached
/// through a socket file.
fn behind_a_wire() -> Option<(TestDb, Proxy, Db)> {
    let store = TestDb::postgres()?;
    let (_, rest) = store.url.split_once('@')?;
    let server = rest.split_once('/')?.0.parse().ok()?;
    let wire = Proxy::start(server, 1).expect("a free port");
    let db = Db::open(&wire.url(&store.url), &options()).expect("opens through the wire");
    Some((store, wire, db))
}

/// Everything that lives is cut, nothing new is let through.
fn pull(wire: &Proxy) {
    wire.set(Fault::Refuse);
    wire.cut();
}

#[test]
fn an_absent_database_is_told_and_comes_back_by_itself() {
    let Some((_store, wire, db)) = behind_a_wire() else {
        return;
    };
    db.write_blocking(|tx| demo_state::set(tx, "a", "1"))
        .expect("commits");
    pull(&wire);
    for _ in 0..5 {
        let answer = db.write_blocking(|tx| demo_state::set(tx, "a", "2"));
        assert!(
            matches!(answer, Err(StoreError::Unavailable { .. })),
            "{answer:?}"
        );
        let answer = db.read_blocking(|tx| demo_state::find(tx, "a"));
        assert!(
            matches!(answer, Err(StoreError::Unavailable { .. })),
            "{answer:?}"
        );
    }
    wire.set(Fault::None);
    // Nobody does anything: each thread connects again once its pause is over.
    let (_never, pace) = std::sync::mpsc::channel::<()>();
    let back = (0..500).any(|_| {
        let _ = pace.recv_timeout(std::time::Duration::from_millis(20));
        db.write_blocking(|tx| demo_state::set(tx, "a", "3"))
            .is_ok()
            && db.read_blocking(|tx| demo_state::find(tx, "a")) == Ok(Some("3".to_string()))
    });
    assert!(back, "the store is back");
    db.close();
}

#[test]
fn a_commit_cut_half_way_is_unknown_and_not_run_again() {
    let Some((store, wire, db)) = behind_a_wire() else {
        return;
    };
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    // The connection is open and idle before the wire is told to cut.
    db.write_blocking(|tx| demo_state::set(tx, "a", "1"))
        .expect("commits");
    wire.times(1, Fault::CutAnswer(b"COMMIT\0".to_vec()));
    let answer = db.write_blocking(move |tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        demo_state::set(tx, "a", "2")
    });
    assert!(
        matches!(answer, Err(StoreError::CommitUnknown { .. })),
        "{answer:?}"
    );
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    wire.set(Fault::None);
    db.close();
    // It happened: whoever runs it again blindly would do it twice.
    let seen = store.db.read_blocking(|tx| demo_state::find(tx, "a"));
    assert_eq!(seen, Ok(Some("2".to_string())));
}

#[test]
fn a_listener_is_told_that_it_may_have_missed_something() {
    let Some((store, wire, db)) = behind_a_wire() else {
        return;
    };
    let mut listener = db.listen();
    store
        .db
        .write_blocking(|tx| tx.notify("one"))
        .expect("commits");
    assert_eq!(listener.next_blocking(), Notice::Payload("one".into()));
    pull(&wire);
    store
        .db
        .write_blocking(|tx| tx.notify("lost"))
        .expect("commits");
    wire.set(Fault::None);
    assert_eq!(listener.next_blocking(), Notice::Missed);
    store
        .db
        .write_blocking(|tx| tx.notify("two"))
        .expect("commits");
    assert_eq!(listener.next_blocking(), Notice::Payload("two".into()));
    db.close();
}

/// Has the server itself refuse a transaction with a code.
fn said(db: &Db, code: &str) -> StoreError {
    let refuse = format!("DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{code}'; END $$");
    raw(db, &refuse).expect_err("the server refuses")
}

#[test]
fn each_class_of_refusal_says_whose_it_is() {
    let Some(store) = TestDb::postgres() else {
        return;
    };
    // No connection, no room, an administrator, a disk, a standby, the server's own damage: it comes back.
    for code in [
        "08006", "25006", "25P03", "25P04", "53100", "53200", "53300", "57P01", "57P02", "57P03",
        "57P05", "58030", "58P01", "XX000", "XX001", "XX002",
    ] {
        let answer = said(&store.db, code);
        assert!(
            matches!(answer, StoreError::Unavailable { .. }),
            "{code}: {answer:?}"
        );
    }
    // To be run again.
    for code in ["40000", "40001", "40003", "40P01"] {
        let answer = said(&store.db, code);
        assert_eq!(answer, StoreError::conflict("transaction", code));
    }
    // Too long, or a row that somebody else held for too long.
    for code in ["57014", "55P03"] {
        assert_eq!(said(&store.db, code), StoreError::Timeout, "{code}");
    }
    // Ours.
    for code in ["22012", "42601", "42501", "54000"] {
        let answer = said(&store.db, code);
        assert!(
            matches!(answer, StoreError::Bug { .. }),
            "{code}: {answer:?}"
        );
    }
}

/// What an application says of a row that it did not find.
#[derive(Debug)]
enum Judged {
    Unknown,
    Store(StoreError),
}

impl From<StoreError> for Judged {
    fn from(error: StoreError) -> Self {
        Judged::Store(error)
    }
}

impl TxError for Judged {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Judged::Unknown => None,
            Judged::Store(error) => Some(error),
        }
    }
}

#[test]
fn what_is_made_of_a_statement_that_was_not_answered_is_not_told() {
    let Some((_store, wire, db)) = behind_a_wire() else {
        return;
    };
    db.write_blocking(|tx| demo_state::set(tx, "a", "1"))
        .expect("commits");
    wire.times(1, Fault::CutBefore(b"SELECT".to_vec()));
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let answer: Result<(), Judged> = db.write_blocking(move |tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        let found = demo_state::find(tx, "a");
        found.map(drop).map_err(|_| Judged::Unknown)
    });
    // Nothing had been done: it was run again, and passed.
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    pull(&wire);
    let answer: Result<(), Judged> = db.write_blocking(|tx| {
        demo_state::find(tx, "a")
            .map(drop)
            .map_err(|_| Judged::Unknown)
    });
    assert!(
        matches!(answer, Err(Judged::Store(StoreError::Unavailable { .. }))),
        "{answer:?}"
    );
    db.close();
}
