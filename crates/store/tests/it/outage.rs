//! A database that goes away: told at once, back by itself, and a commit cut half-way is never run again.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use relais_store::db::Notice;
use relais_store::testing::{TestDb, options};
use relais_store::{Db, StoreError, demo_state};

const PASS: u8 = 0;
const REFUSE: u8 = 1;
/// Forward the COMMIT, then cut before its answer comes back.
const CUT_AFTER_COMMIT: u8 = 2;

/// A wire to the server that the test can cut.
struct Wire {
    mode: Arc<AtomicU8>,
    /// How many times it was cut.
    cuts: Arc<AtomicU32>,
    url: String,
}

impl Wire {
    /// Nothing when the test server is reached through a socket file.
    fn to(url: &str) -> Option<Wire> {
        let (before, rest) = url.split_once('@')?;
        let (host, after) = rest.split_once('/')?;
        let server = if host.contains(':') {
            host.to_string()
        } else {
            format!("{host}:5432")
        };
        TcpStream::connect(&server).ok()?;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let mode = Arc::new(AtomicU8::new(PASS));
        let cuts = Arc::new(AtomicU32::new(0));
        let (held, counted) = (mode.clone(), cuts.clone());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                let Ok(server) = TcpStream::connect(&server) else {
                    return;
                };
                join(client, server, &held, &counted);
            }
        });
        let url = format!("{before}@127.0.0.1:{port}/{after}");
        Some(Wire { mode, cuts, url })
    }

    fn set(&self, mode: u8) {
        self.mode.store(mode, Ordering::SeqCst);
    }
}

fn join(client: TcpStream, server: TcpStream, mode: &Arc<AtomicU8>, cuts: &Arc<AtomicU32>) {
    let cut = Arc::new(AtomicU8::new(0));
    for (mut from, mut to, up) in [
        (
            client.try_clone().expect("cloned"),
            server.try_clone().expect("cloned"),
            true,
        ),
        (server, client, false),
    ] {
        let (mode, cut, cuts) = (mode.clone(), cut.clone(), cuts.clone());
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            loop {
                let count = match from.read(&mut bytes) {
                    Ok(count) if count > 0 => count,
                    _ => break,
                };
                let now = mode.load(Ordering::SeqCst);
                let commit = up
                    && now == CUT_AFTER_COMMIT
                    && bytes[..count].windows(7).any(|w| w == b"COMMIT\0");
                if commit {
                    cut.store(1, Ordering::SeqCst);
                }
                let silenced = !up && cut.load(Ordering::SeqCst) == 1;
                if now == REFUSE || silenced {
                    cuts.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                if to.write_all(&bytes[..count]).is_err() {
                    break;
                }
            }
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
}

fn behind_a_wire() -> Option<(TestDb, Wire, Db)> {
    let store = TestDb::postgres()?;
    let wire = Wire::to(&store.url)?;
    let db = Db::open(&wire.url, &options()).expect("opens through the wire");
    Some((store, wire, db))
}

#[test]
fn an_absent_database_is_told_and_comes_back_by_itself() {
    let Some((_store, wire, db)) = behind_a_wire() else {
        return;
    };
    db.write_blocking(|tx| demo_state::set(tx, "a", "1"))
        .expect("commits");
    wire.set(REFUSE);
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
    wire.set(PASS);
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
    wire.set(CUT_AFTER_COMMIT);
    let answer = db.write_blocking(move |tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        demo_state::set(tx, "a", "2")
    });
    assert!(
        matches!(answer, Err(StoreError::CommitUnknown { .. })),
        "{answer:?}"
    );
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    wire.set(PASS);
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
    wire.set(REFUSE);
    // The next byte from the server finds the wire cut.
    store
        .db
        .write_blocking(|tx| tx.notify("lost"))
        .expect("commits");
    while wire.cuts.load(Ordering::SeqCst) == 0 {
        std::thread::yield_now();
    }
    wire.set(PASS);
    assert_eq!(listener.next_blocking(), Notice::Missed);
    store
        .db
        .write_blocking(|tx| tx.notify("two"))
        .expect("commits");
    assert_eq!(listener.next_blocking(), Notice::Payload("two".into()));
    db.close();
}
