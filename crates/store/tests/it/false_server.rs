//! A server that answers what no PostgreSQL is made to answer on demand: stopped right after a COMMIT,
//! refusing one, talking nonsense. It speaks just enough of the protocol for a connection to open.

use relais_store::testing::options;
use relais_store::{Db, StoreError};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What the server answers to a command, which is the n-th of its words since it was started.
type Answers = dyn Fn(&str, u32) -> Vec<u8> + Send + Sync;

/// A message of the protocol: its letter, its length, its content.
fn message(letter: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 4).expect("short");
    [&[letter][..], &length.to_be_bytes(), content].concat()
}

/// A command done, in a transaction or out of one.
fn done(word: &str, state: u8) -> Vec<u8> {
    let tag = format!("{word}\0");
    [message(b'C', tag.as_bytes()), message(b'Z', &[state])].concat()
}

fn error(severity: &str, code: &str) -> Vec<u8> {
    let fields = format!("S{severity}\0V{severity}\0C{code}\0Mas told\0\0");
    message(b'E', fields.as_bytes())
}

/// Serves until nobody connects any more; answers its address.
fn start(answers: impl Fn(&str, u32) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has ports");
    let address = listener.local_addr().expect("a bound socket has one");
    let (answers, commits): (Arc<Answers>, _) = (Arc::new(answers), Arc::new(AtomicU32::new(0)));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (answers, commits) = (Arc::clone(&answers), Arc::clone(&commits));
            // A client that goes away ends its thread.
            std::thread::spawn(move || serve(client, &*answers, &commits));
        }
    });
    format!("postgres://relais@{address}/relais")
}

fn serve(mut client: TcpStream, answers: &Answers, commits: &AtomicU32) -> io::Result<()> {
    let _startup = body(&mut client)?;
    // Whoever comes is who they say; ready.
    let welcome = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
    client.write_all(&welcome)?;
    loop {
        let mut letter = [0];
        client.read_exact(&mut letter)?;
        let asked = body(&mut client)?;
        if letter[0] != b'Q' {
            return Ok(());
        }
        let asked = String::from_utf8_lossy(&asked);
        let answer = match asked.split([' ', '\0']).next() {
            Some("START") => done("START TRANSACTION", b'T'),
            Some("COMMIT") => answers("COMMIT", commits.fetch_add(1, Ordering::Relaxed)),
            Some("ROLLBACK") => done("ROLLBACK", b'I'),
            _ => done("SET", b'I'),
        };
        client.write_all(&answer)?;
        // After its last word a server closes.
        if answer.windows(5).any(|word| word == b"FATAL") {
            return Ok(());
        }
    }
}

fn body(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    client.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length).saturating_sub(4) as usize];
    client.read_exact(&mut body)?;
    Ok(body)
}

/// Runs a transaction that asks nothing; what was answered, and how often it was run.
fn commit(url: &str) -> (Result<(), StoreError>, u32) {
    let db = Db::open(url, &options()).expect("the server lets us in");
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let answer = db.write_blocking(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    db.close();
    (answer, runs.load(Ordering::Relaxed))
}

#[test]
fn a_server_stopped_right_after_a_commit_has_us_run_nothing_twice() {
    // The answer and the last word in one piece, as a server stopped fast sends them.
    let url = start(|_, _| [done("COMMIT", b'I'), error("FATAL", "57P01")].concat());
    let (answer, runs) = commit(&url);
    // The driver may or may not give the answer that came first.
    assert!(
        matches!(answer, Ok(()) | Err(StoreError::CommitUnknown { .. })),
        "{answer:?}"
    );
    assert_eq!(runs, 1, "what was committed was done again");
}

#[test]
fn a_server_stopped_in_place_of_an_answer_leaves_a_commit_unknown() {
    let url = start(|_, _| error("FATAL", "57P01"));
    let (answer, runs) = commit(&url);
    assert!(
        matches!(answer, Err(StoreError::CommitUnknown { .. })),
        "{answer:?}"
    );
    assert_eq!(runs, 1);
}

#[test]
fn a_commit_that_was_refused_is_run_again() {
    let url = start(|_, nth| match nth {
        0 => [error("ERROR", "40001"), message(b'Z', b"I")].concat(),
        _ => done("COMMIT", b'I'),
    });
    assert_eq!(commit(&url), (Ok(()), 2));
}

#[test]
fn a_server_that_talks_nonsense_is_away_and_we_are_not_wrong() {
    // "Bind complete": an answer, to something that was not asked.
    let url = start(|_, _| [message(b'2', b""), message(b'Z', b"I")].concat());
    let db = Db::open(&url, &options()).expect("the server lets us in");
    let answer: Result<(), StoreError> = db.read_blocking(|_| Ok(()));
    assert!(
        matches!(answer, Err(StoreError::Unavailable { .. })),
        "{answer:?}"
    );
    let answer: Result<(), StoreError> = db.write_blocking(|_| Ok(()));
    assert!(
        matches!(answer, Err(StoreError::CommitUnknown { .. })),
        "{answer:?}"
    );
    db.close();
}
