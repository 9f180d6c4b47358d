//! Transactions: commit, rollback, retry, isolation, limits, wake-ups.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use relais_store::db::{Notice, Options};
use relais_store::testing::{TestDb, on_each_engine, options};
use relais_store::{Constraint, Db, StoreError, TxError, demo_state, migrate};

/// What an application's own error looks like.
#[derive(Debug, PartialEq)]
enum AppError {
    Refused,
    Store(StoreError),
}

impl From<StoreError> for AppError {
    fn from(e: StoreError) -> AppError {
        AppError::Store(e)
    }
}

impl TxError for AppError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            AppError::Refused => None,
            AppError::Store(e) => Some(e),
        }
    }
}

fn read(db: &Db, name: &'static str) -> Option<String> {
    db.read_blocking(move |tx| demo_state::find(tx, name))
        .expect("the state is read")
}

#[test]
fn a_refusal_rolls_back_and_is_not_run_again() {
    on_each_engine(|db| {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let answer: Result<(), AppError> = db.write_blocking(move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            demo_state::set(tx, "a", "1")?;
            Err(AppError::Refused)
        });
        assert_eq!(answer, Err(AppError::Refused));
        assert_eq!(runs.load(Ordering::Relaxed), 1);
        assert_eq!(read(db, "a"), None);
    });
}

#[test]
fn a_conflict_is_run_again_until_it_passes() {
    on_each_engine(|db| {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let answer: Result<u32, AppError> = db.write_blocking(move |tx| {
            let run = counted.fetch_add(1, Ordering::Relaxed) + 1;
            demo_state::set(tx, &format!("run {run}"), "1")?;
            if run < 3 {
                return Err(StoreError::conflict("requests", "req_1").into());
            }
            Ok(run)
        });
        assert_eq!(answer, Ok(3));
        assert_eq!(
            (read(db, "run 1"), read(db, "run 3")),
            (None, Some("1".to_string()))
        );
    });
}

#[test]
fn a_conflict_that_lasts_is_told() {
    on_each_engine(|db| {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let answer: Result<(), StoreError> = db.write_blocking(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Err(StoreError::conflict("requests", "req_1"))
        });
        assert_eq!(answer, Err(StoreError::conflict("requests", "req_1")));
        assert_eq!(runs.load(Ordering::Relaxed), options().attempts);
    });
}

#[test]
fn a_panic_is_a_bug_and_the_store_goes_on() {
    on_each_engine(|db| {
        for _ in 0..5 {
            let answer: Result<(), StoreError> = db.write_blocking(|tx| {
                demo_state::set(tx, "a", "1")?;
                panic!("as the test wants")
            });
            assert!(
                matches!(answer, Err(StoreError::Bug { why }) if why.contains("as the test wants"))
            );
            let answer: Result<(), StoreError> = db.read_blocking(|_| panic!("in a read"));
            assert!(matches!(answer, Err(StoreError::Bug { .. })));
        }
        assert_eq!(read(db, "a"), None);
        db.write_blocking(|tx| demo_state::set(tx, "a", "2"))
            .expect("writes still work");
        assert_eq!(read(db, "a"), Some("2".to_string()));
    });
}

#[test]
fn a_read_cannot_write() {
    on_each_engine(|db| {
        let answer: Result<(), StoreError> = db.read_blocking(|tx| demo_state::set(tx, "a", "1"));
        assert!(answer.is_err(), "{:?}", db.engine());
        assert_eq!(read(db, "a"), None);
    });
}

#[test]
fn a_swallowed_failure_does_not_commit() {
    on_each_engine(|db| {
        let answer: Result<(), StoreError> = db.write_blocking(|tx| {
            demo_state::set(tx, "a", "1")?;
            let _ = demo_state::insert(tx, "a", "2");
            Ok(())
        });
        assert!(answer.expect_err("both engines refuse").is_unique());
        assert_eq!(read(db, "a"), None);
    });
}

#[test]
fn an_attempt_fails_alone() {
    on_each_engine(|db| {
        let inner: Result<StoreError, StoreError> = db.write_blocking(|tx| {
            demo_state::set(tx, "a", "1")?;
            let failed = tx.attempt(|tx| {
                demo_state::set(tx, "b", "1")?;
                demo_state::insert(tx, "a", "2")
            });
            demo_state::set(tx, "c", "1")?;
            Ok(failed.expect_err("the key exists"))
        });
        let inner = inner.expect("the rest commits");
        assert!(matches!(
            inner,
            StoreError::Constraint {
                kind: Constraint::Unique,
                ..
            }
        ));
        assert_eq!(read(db, "a").as_deref(), Some("1"));
        assert_eq!(read(db, "b"), None);
        assert_eq!(read(db, "c").as_deref(), Some("1"));
    });
}

#[test]
fn concurrent_increments_are_all_kept() {
    on_each_engine(|db| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                std::thread::spawn(move || {
                    for _ in 0..25 {
                        db.write_blocking(|tx| relais_store::counters::next(tx, "n").map(|_| ()))
                            .expect("the increment commits");
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("the thread ends");
        }
        let next = db.write_blocking(|tx| relais_store::counters::next(tx, "n"));
        assert_eq!(next, Ok(101));
    });
}

#[test]
fn wake_ups_come_after_the_commit_only() {
    on_each_engine(|db| {
        let mut listener = db.listen();
        let refused: Result<(), AppError> = db.write_blocking(|tx| {
            tx.notify("lost")?;
            Err(AppError::Refused)
        });
        assert_eq!(refused, Err(AppError::Refused));
        db.write_blocking(|tx| {
            let undone: Result<(), StoreError> = tx.attempt(|tx| {
                tx.notify("undone")?;
                Err(StoreError::bug("on purpose"))
            });
            assert!(undone.is_err());
            tx.notify("kept")
        })
        .expect("commits");
        assert_eq!(listener.next_blocking(), Notice::Payload("kept".into()));
        assert_eq!(listener.try_next(), None);
    });
}

#[test]
fn a_wake_up_reaches_the_other_node() {
    let Some(store) = TestDb::postgres() else {
        return;
    };
    let other = Db::open(&store.url, &options()).expect("the second node opens");
    let mut listener = other.listen();
    store
        .db
        .write_blocking(|tx| tx.notify("req_1"))
        .expect("commits");
    assert_eq!(listener.next_blocking(), Notice::Payload("req_1".into()));
    other.close();
}

#[test]
fn a_full_queue_is_told_at_once() {
    let small = Options {
        queue: 1,
        ..options()
    };
    let db = Db::open("sqlite::memory:", &small).expect("opens");
    migrate::migrate(&db, 1).expect("migrates");
    let (entered, is_inside) = std::sync::mpsc::sync_channel(1);
    let (let_go, held) = std::sync::mpsc::sync_channel::<()>(1);
    let held = std::sync::Mutex::new(held);
    let slow = {
        let db = db.clone();
        std::thread::spawn(move || {
            db.write_blocking(move |_| {
                entered.send(()).expect("the test waits");
                held.lock()
                    .expect("one runner")
                    .recv()
                    .expect("the test lets go");
                Ok::<(), StoreError>(())
            })
        })
    };
    is_inside.recv().expect("the transaction runs");
    let waiting = {
        let db = db.clone();
        std::thread::spawn(move || db.write_blocking(|tx| demo_state::set(tx, "a", "1")))
    };
    while db.waiting().0 == 0 {
        std::thread::yield_now();
    }
    let third: Result<(), StoreError> = db.write_blocking(|_| Ok(()));
    assert_eq!(third, Err(StoreError::Busy));
    let_go.send(()).expect("the transaction waits");
    slow.join().expect("ends").expect("commits");
    waiting.join().expect("ends").expect("what waited was done");
    assert_eq!(read(&db, "a").as_deref(), Some("1"));
}

#[test]
fn a_closed_store_says_so() {
    on_each_engine(|db| {
        db.close();
        let answer: Result<(), StoreError> = db.write_blocking(|_| Ok(()));
        assert_eq!(answer, Err(StoreError::Stopped));
    });
}

#[test]
fn a_statement_that_lasts_is_stopped() {
    let quick = Options {
        statement_timeout: std::time::Duration::from_millis(100),
        ..options()
    };
    let db = Db::open("sqlite::memory:", &quick).expect("opens");
    migrate::migrate(&db, 1).expect("migrates");
    db.write_blocking(|tx| demo_state::set(tx, "a", "1"))
        .expect("commits");
    let long =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    let answer = relais_store::testing::raw(&db, long);
    assert_eq!(answer, Err(StoreError::Timeout));
    assert_eq!(read(&db, "a").as_deref(), Some("1"));
    if let Some(store) = TestDb::postgres() {
        let db = Db::open(&store.url, &quick).expect("opens");
        assert_eq!(
            relais_store::testing::raw(&db, long),
            Err(StoreError::Timeout)
        );
        db.close();
    }
}

#[tokio::test]
async fn async_callers_get_the_same_answers() {
    for store in relais_store::testing::engines() {
        store
            .db
            .write(|tx| demo_state::set(tx, "a", "1"))
            .await
            .expect("commits");
        let seen = store
            .db
            .read(|tx| demo_state::find(tx, "a"))
            .await
            .expect("reads");
        assert_eq!(seen.as_deref(), Some("1"));
    }
}

#[test]
fn a_text_with_a_nul_is_refused_by_both_engines() {
    on_each_engine(|db| {
        let answer = db.write_blocking(|tx| demo_state::set(tx, "a", "1\0 2"));
        assert!(matches!(answer, Err(StoreError::Bug { .. })), "{answer:?}");
    });
}
