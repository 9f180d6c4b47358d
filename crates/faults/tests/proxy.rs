//! The wire does to bytes what it was told to, and nothing else.

use relais_faults::proxy::{Fault, Proxy, Way};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A server that answers each line with `:` and the same line, and tells the test what it was asked.
fn echo() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, asked) = channel();
    std::thread::spawn(move || {
        for mut caller in listener.incoming().flatten() {
            let tell = tell.clone();
            std::thread::spawn(move || {
                while let Some(line) = line(&mut caller) {
                    let answer = format!(":{line}\n");
                    // The test may have stopped listening, and the wire may be cut.
                    let _ = tell.send(line);
                    let _ = caller.write_all(answer.as_bytes());
                }
            });
        }
    });
    (port, asked)
}

/// A line without its end; nothing when the connection ended first.
fn line(from: &mut TcpStream) -> Option<String> {
    let (mut text, mut byte) = (Vec::new(), [0]);
    loop {
        match from.read(&mut byte) {
            Ok(1) if byte[0] == b'\n' => return String::from_utf8(text).ok(),
            Ok(1) => text.push(byte[0]),
            _ => return None,
        }
    }
}

fn ask(wire: &mut TcpStream, what: &str) -> Option<String> {
    wire.write_all(format!("{what}\n").as_bytes()).ok()?;
    line(wire)
}

fn connect(proxy: &Proxy) -> TcpStream {
    let wire = TcpStream::connect(proxy.address()).expect("the proxy listens");
    let limit = Some(Duration::from_secs(20));
    wire.set_read_timeout(limit)
        .expect("a socket takes a limit");
    wire
}

#[test]
fn a_sound_wire_changes_nothing() {
    let (port, _asked) = echo();
    let proxy = Proxy::before(port, 1).expect("a proxy");
    let mut wire = connect(&proxy);
    for n in 0..50 {
        let what = format!("{n} {}", "x".repeat(n * 40));
        assert_eq!(ask(&mut wire, &what), Some(format!(":{what}")));
    }
    assert_eq!((proxy.counts().opened, proxy.counts().cut), (1, 0));
}

#[test]
fn an_answer_is_cut_after_the_server_did_what_was_asked() {
    let (port, asked) = echo();
    let proxy = Proxy::before(port, 1).expect("a proxy");
    let mut wire = connect(&proxy);
    proxy.times(1, Fault::CutAnswer(b"COMMIT\n".to_vec()));
    assert_eq!(ask(&mut wire, "BEGIN").as_deref(), Some(":BEGIN"));
    assert_eq!(ask(&mut wire, "COMMIT"), None, "the answer passed");
    assert!(proxy.is_sound());
    assert_eq!(
        ask(&mut connect(&proxy), "COMMIT").as_deref(),
        Some(":COMMIT")
    );
    let seen: Vec<String> = asked.try_iter().collect();
    assert_eq!(seen, ["BEGIN", "COMMIT", "COMMIT"]);
}

#[test]
fn a_cut_before_keeps_the_server_from_it() {
    let (port, asked) = echo();
    let proxy = Proxy::before(port, 1).expect("a proxy");
    let mut wire = connect(&proxy);
    proxy.times(1, Fault::CutBefore(b"COMMIT\n".to_vec()));
    assert_eq!(ask(&mut wire, "BEGIN").as_deref(), Some(":BEGIN"));
    assert_eq!(ask(&mut wire, "COMMIT"), None);
    assert_eq!(
        ask(&mut connect(&proxy), "ROLLBACK").as_deref(),
        Some(":ROLLBACK")
    );
    let seen: Vec<String> = asked.try_iter().collect();
    assert_eq!(seen, ["BEGIN", "ROLLBACK"]);
}

#[test]
fn bytes_are_counted_each_way() {
    let (port, _asked) = echo();
    let proxy = Proxy::before(port, 1).expect("a proxy");
    proxy.set(Fault::CutAfterBytes(Way::ToClient, 12));
    let mut wire = connect(&proxy);
    assert_eq!(ask(&mut wire, "abcd").as_deref(), Some(":abcd"));
    assert_eq!(ask(&mut wire, "abcd"), None, "twelve bytes of answers");
    assert_eq!(proxy.counts().cut, 1);
}

#[test]
fn a_stalled_wire_is_silent_and_goes_on_later() {
    let (port, _asked) = echo();
    let proxy = Proxy::before(port, 1).expect("a proxy");
    let mut wire = connect(&proxy);
    assert!(ask(&mut wire, "before").is_some());
    proxy.set(Fault::Stall);
    let short = Some(Duration::from_millis(200));
    wire.set_read_timeout(short)
        .expect("a socket takes a limit");
    assert_eq!(ask(&mut wire, "during"), None, "a stalled wire answered");
    proxy.set(Fault::None);
    let long = Some(Duration::from_secs(20));
    wire.set_read_timeout(long).expect("a socket takes a limit");
    assert_eq!(line(&mut wire).as_deref(), Some(":during"));
    assert_eq!(proxy.counts().cut, 0);
}

#[test]
fn a_stalled_wire_can_be_cut() {
    let (port, _asked) = echo();
    let proxy = Proxy::before(port, 1).expect("a proxy");
    let mut wire = connect(&proxy);
    assert!(ask(&mut wire, "before").is_some());
    proxy.set(Fault::Stall);
    wire.write_all(b"during\n").expect("written into the stall");
    proxy.cut();
    assert_eq!(line(&mut wire), None);
}

#[test]
fn refusing_closes_what_comes_and_leaves_what_lives() {
    let (port, _asked) = echo();
    let proxy = Proxy::before(port, 1).expect("a proxy");
    let mut old = connect(&proxy);
    assert!(ask(&mut old, "before").is_some());
    proxy.set(Fault::Refuse);
    assert_eq!(ask(&mut connect(&proxy), "new"), None);
    assert!(ask(&mut old, "still").is_some());
    assert_eq!(proxy.counts().refused, 1);
    proxy.set(Fault::None);
    assert!(ask(&mut connect(&proxy), "again").is_some());
}

#[test]
fn the_same_seed_cuts_at_the_same_piece() {
    let run = |seed| {
        let (port, _asked) = echo();
        let proxy = Proxy::before(port, seed).expect("a proxy");
        proxy.set(Fault::Cut { one_in: 12 });
        let lives = |_| {
            let mut wire = connect(&proxy);
            let mut wait = 0;
            while ask(&mut wire, "one").is_some() {
                wait += 1;
            }
            wait
        };
        (0..6).map(lives).collect::<Vec<u32>>()
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}

#[test]
fn a_slow_wire_changes_nothing_but_the_time() {
    let (port, _asked) = echo();
    let proxy = Proxy::before(port, 5).expect("a proxy");
    proxy.set(Fault::Delay(Duration::from_millis(5)));
    let mut wire = connect(&proxy);
    for n in 0..10 {
        assert_eq!(ask(&mut wire, &n.to_string()), Some(format!(":{n}")));
    }
}

#[test]
fn the_address_of_a_database_goes_through_it() {
    let proxy = Proxy::before(1, 1).expect("a proxy");
    let at = proxy.address();
    assert_eq!(
        proxy.url("postgres://relais:s%40cret@127.0.0.1:5433/db?x=1"),
        format!("postgres://relais:s%40cret@{at}/db?x=1")
    );
    assert_eq!(proxy.url("http://127.0.0.1:80"), format!("http://{at}"));
}
