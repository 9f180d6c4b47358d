//! What survives: groups of transactions, a killed server, a full disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use relais_store::db::Options;
use relais_store::testing::{TestDb, options};
use relais_store::{Db, StoreError, demo_state, migrate};

/// A directory of its own, gone at the end of the test.
struct Dir(std::path::PathBuf);

impl Dir {
    fn new(name: &str) -> Dir {
        let path = std::env::temp_dir().join(format!("relais-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("the directory is made");
        Dir(path)
    }

    fn url(&self) -> String {
        format!("sqlite://{}/relais.db", self.0.display())
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_was_answered_is_there_after_reopening() {
    let dir = Dir::new("reopen");
    {
        let db = Db::open(&dir.url(), &options()).expect("opens");
        migrate::migrate(&db, 1).expect("migrates");
        db.write_blocking(|tx| demo_state::set(tx, "a", "1"))
            .expect("commits");
        let seen = db.read_blocking(|tx| demo_state::find(tx, "a"));
        assert_eq!(seen, Ok(Some("1".to_string())), "a reader sees it at once");
        db.close();
    }
    let db = Db::open(&dir.url(), &options()).expect("opens again");
    let seen = db.read_blocking(|tx| demo_state::find(tx, "a"));
    assert_eq!(seen, Ok(Some("1".to_string())));
}

#[test]
fn one_failure_of_a_group_undoes_only_itself() {
    let dir = Dir::new("group");
    let db = Db::open(&dir.url(), &options()).expect("opens");
    migrate::migrate(&db, 1).expect("migrates");
    let threads: Vec<_> = (0..40)
        .map(|n| {
            let db = db.clone();
            std::thread::spawn(move || {
                let answer: Result<(), StoreError> = db.write_blocking(move |tx| {
                    demo_state::set(tx, &format!("{n}"), "1")?;
                    if n % 4 == 0 {
                        Err(StoreError::bug("on purpose"))
                    } else {
                        Ok(())
                    }
                });
                answer.is_ok()
            })
        })
        .collect();
    for (n, thread) in threads.into_iter().enumerate() {
        let ok = thread.join().expect("ends");
        assert_eq!(ok, n % 4 != 0);
        let seen = db.read_blocking(move |tx| demo_state::find(tx, &format!("{n}")));
        assert_eq!(seen.expect("reads").is_some(), ok, "{n}");
    }
}

/// An interrupted change makes SQLite undo the whole group: the others of the group still succeed.
#[test]
fn a_group_undone_by_one_member_is_run_again_for_the_others() {
    let dir = Dir::new("undone");
    let quick = Options {
        statement_timeout: std::time::Duration::from_millis(150),
        ..options()
    };
    let db = Db::open(&dir.url(), &quick).expect("opens");
    migrate::migrate(&db, 1).expect("migrates");
    let (entered, is_inside) = std::sync::mpsc::sync_channel(1);
    let (let_go, held) = std::sync::mpsc::sync_channel::<()>(1);
    let held = std::sync::Mutex::new(held);
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let first = {
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
    is_inside.recv().expect("the first transaction runs");
    // These two wait together, so they make one group.
    let good = {
        let db = db.clone();
        std::thread::spawn(move || {
            db.write_blocking(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                demo_state::set(tx, "good", "1")
            })
        })
    };
    while db.waiting().0 < 1 {
        std::thread::yield_now();
    }
    let endless = {
        let db = db.clone();
        std::thread::spawn(move || {
            relais_store::testing::raw(
                &db,
                "INSERT INTO counters SELECT CAST(i AS TEXT), i FROM (WITH RECURSIVE n(i) AS \
                 (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n)",
            )
        })
    };
    while db.waiting().0 < 2 {
        std::thread::yield_now();
    }
    let_go.send(()).expect("the first transaction waits");
    first.join().expect("ends").expect("commits");
    assert!(endless.join().expect("ends").is_err());
    good.join()
        .expect("ends")
        .expect("commits after the group was undone");
    assert_eq!(runs.load(Ordering::Relaxed), 2, "run again with the group");
    let seen = db.read_blocking(|tx| demo_state::find(tx, "good"));
    assert_eq!(seen, Ok(Some("1".to_string())));
    let none = db.read_blocking(|tx| relais_store::counters::value(tx, "1"));
    assert_eq!(none, Ok(0), "nothing of the endless change stays");
}

/// A commit that fails tells everybody of the group, and keeps nothing.
#[test]
fn a_failed_commit_is_told_to_the_whole_group() {
    let dir = Dir::new("full");
    let db = Db::open(&dir.url(), &options()).expect("opens");
    migrate::migrate(&db, 1).expect("migrates");
    // A deferred foreign key is checked at COMMIT.
    relais_store::testing::raw(
        &db,
        "CREATE TABLE late (id TEXT PRIMARY KEY, up TEXT REFERENCES late (id) DEFERRABLE INITIALLY DEFERRED)",
    )
    .expect("made");
    let broken = relais_store::testing::raw(&db, "INSERT INTO late VALUES ('a', 'nobody')");
    assert!(
        matches!(broken, Err(StoreError::Constraint { .. })),
        "{broken:?}"
    );
    relais_store::testing::raw(&db, "INSERT INTO late VALUES ('a', NULL)")
        .expect("the row was not kept");
}

#[test]
fn a_server_that_cuts_connections_is_reconnected_to() {
    let Some(store) = TestDb::postgres() else {
        return;
    };
    let db = &store.db;
    db.write_blocking(|tx| demo_state::set(tx, "a", "1"))
        .expect("commits");
    let cut = || {
        let mut admin = postgres::Client::connect(&store.url, postgres::NoTls).expect("connects");
        admin
            .query(
                "SELECT pg_terminate_backend(pid, 3000) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
                &[],
            )
            .expect("the connections are cut");
    };
    // Idle connections die: the next transaction does not notice.
    cut();
    for n in 0..4 {
        let name = format!("after cut {n}");
        db.write_blocking(move |tx| demo_state::set(tx, &name, "1"))
            .expect("reconnects");
    }
    // A connection dies in the middle of a transaction: it is run again, once, whole.
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let url = store.url.clone();
    db.write_blocking(move |tx| {
        demo_state::set(tx, "middle", "1")?;
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            let mut admin = postgres::Client::connect(&url, postgres::NoTls).expect("connects");
            admin
                .query(
                    "SELECT pg_terminate_backend(pid, 3000) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()",
                    &[],
                )
                .expect("the connections are cut");
        }
        demo_state::set(tx, "middle too", "1")
    })
    .expect("the transaction is run again");
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}

/// A process stands still in the middle of a transaction for longer than the server lets it: it is
/// run again, as after any lost connection, and nobody is told of a bug.
#[test]
fn a_transaction_that_stood_still_is_run_again() {
    let Some(store) = TestDb::postgres() else {
        return;
    };
    let options = Options {
        statement_timeout: std::time::Duration::from_millis(250),
        ..options()
    };
    let db = Db::open(&store.url, &options).expect("opens");
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, url) = (runs.clone(), store.url.clone());
    let done = db.write_blocking(move |tx| {
        demo_state::set(tx, "still", "1")?;
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            let mut other = postgres::Client::connect(&url, postgres::NoTls).expect("connects");
            other.query("SELECT pg_sleep(2)", &[]).expect("time passes");
        }
        demo_state::set(tx, "still too", "1")
    });
    assert_eq!(done, Ok(()));
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}

#[test]
fn a_server_that_is_not_there_is_told_at_opening() {
    let gone = Db::open("postgres://nobody@127.0.0.1:1/none", &options());
    assert!(matches!(
        gone.map(|_| ()),
        Err(StoreError::Unavailable { .. })
    ));
    let odd = Db::open("mysql://x", &options());
    assert!(matches!(odd.map(|_| ()), Err(StoreError::Schema { .. })));
    let missing = Db::open("sqlite:///no/such/directory/relais.db", &options());
    assert!(matches!(
        missing.map(|_| ()),
        Err(StoreError::Unavailable { .. })
    ));
}

/// Two nodes fight for the same rows in opposite order: the server kills one as a deadlock, and it is run again.
#[test]
fn a_deadlock_is_run_again() {
    let Some(store) = TestDb::postgres() else {
        return;
    };
    let db = &store.db;
    db.write_blocking(|tx| {
        demo_state::set(tx, "a", "0")?;
        demo_state::set(tx, "b", "0")
    })
    .expect("commits");
    let barrier = Arc::new(std::sync::Barrier::new(2));
    let threads: Vec<_> = [("a", "b"), ("b", "a")]
        .into_iter()
        .map(|(one, two)| {
            let (db, barrier) = (db.clone(), barrier.clone());
            let first_run = AtomicU32::new(0);
            std::thread::spawn(move || {
                db.write_blocking(move |tx| {
                    demo_state::set(tx, one, "1")?;
                    if first_run.fetch_add(1, Ordering::Relaxed) == 0 {
                        barrier.wait();
                    }
                    demo_state::set(tx, two, "1")
                })
            })
        })
        .collect();
    for thread in threads {
        thread
            .join()
            .expect("ends")
            .expect("both commit in the end");
    }
}
