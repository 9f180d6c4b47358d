//! Messages of real nodes at a real HTTP gateway: a node killed again and again, a node that stands
//! still for longer than its lease. Each message arrives; it goes twice only if its sender died, or
//! stood still, with it in hand, and then under the same key (I7).

use super::history::{Front, History};
use crate::folder::Folder;
use crate::nodes::{never_close, operator, past, populate, variables};
use crate::server::{Server, eventually, pause};
use relais_app::demo::DemoWorld;
use relais_gateways::testing::{Behaviour, Provider};
use relais_store::messages::{self, Message, MessageStatus};
use relais_store::testing::TestDb;
use relais_store::{Db, requests};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn serve(folder: &Folder, url: &str, provider: &Provider) -> Server {
    let mut variables = variables(url);
    for channel in ["PUSH", "SMS", "MAIL", "VOICE"] {
        variables.push((format!("RELAIS_GATEWAYS_{channel}_URL"), provider.url()));
    }
    let borrowed: Vec<(&str, &str)> = variables
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    Server::serve(folder, &borrowed)
}

/// Waits until no message of any network waits to be sent or is being sent.
#[track_caller]
pub(super) fn nothing_waits(db: &Db, world: &DemoWorld, what: &str) {
    let networks: Vec<_> = world.networks.iter().map(|network| network.id).collect();
    // Whatever a node held that is no more is free once its lease ends.
    eventually(200, what, || {
        let networks = networks.clone();
        let waiting = db.read_blocking(move |tx| {
            let each = networks.iter().map(|id| messages::count_waiting(tx, *id));
            each.sum::<Result<u32, relais_store::StoreError>>()
        });
        (waiting.expect("the database answers") == 0).then_some(())
    });
}

/// Messages that were claimed more than once.
fn taken_up(db: &Db) -> usize {
    count(db, |message| message.attempts > 1)
}

/// Messages about requests that are so.
fn count(db: &Db, so: fn(&Message) -> bool) -> usize {
    let counted = db.read_blocking(move |tx| {
        let mut count = 0;
        for stored in requests::list(tx, &requests::Filter::default(), 5_000)? {
            let all = messages::list_for_request(tx, stored.request.id, None, 500)?;
            count += all.iter().filter(|message| so(message)).count();
        }
        Ok::<_, relais_store::StoreError>(count)
    });
    counted.expect("the database answers")
}

/// Raises a request, and waits until some of its messages are with the provider.
fn some_leave(history: &History, world: &DemoWorld, server: &Server, provider: &Provider) {
    let front = Front::new(std::slice::from_ref(&server.base), world, operator(world));
    let before = provider.seen().len();
    assert!(history.raise(&front, &AtomicBool::new(false)));
    eventually(60, "messages on their way", || {
        (provider.seen().len() > before + 2).then_some(())
    });
}

/// The same words about the same request to the same address under two keys: somebody told twice.
#[track_caller]
pub(super) fn nobody_is_told_twice(provider: &Provider) {
    let mut keys: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for seen in provider.seen() {
        let told = (seen.message.tag, seen.message.to, seen.message.text);
        keys.entry(told).or_default().insert(seen.key);
    }
    let twice: Vec<_> = keys.iter().filter(|(_, keys)| keys.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn killed_while_it_sends_a_node_tells_everybody_and_nobody_under_two_keys() {
    const KILLS: u32 = 8;
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file("relais.db"));
    let world = populate(&url, past());
    never_close(&folder, &url, &world);
    let provider = Provider::start(11);
    provider.behave(Behaviour::Slow(Duration::from_millis(3)));
    let history = History::default();
    for round in 0..KILLS {
        let mut server = serve(&folder, &url, &provider);
        some_leave(&history, &world, &server, &provider);
        pause(u64::from(round) * 7);
        server.kill();
    }
    let mut server = serve(&folder, &url, &provider);
    let db = Db::open(&url, &relais_store::testing::options()).expect("the database opens");
    nothing_waits(&db, &world, "nothing left to send");
    db.close();
    nobody_is_told_twice(&provider);
    let most = provider.taken().values().copied().max().unwrap_or_default();
    assert!(
        most <= 2,
        "sent {most} times: no message is in hand at two kills"
    );
    assert!(server.stop(), "{}", folder.read("output.log"));
    history.check(&url);
}

/// Asked to stop with messages in hand: what a provider was given is heard, what it was not is free at once.
#[test]
fn a_node_asked_to_stop_sends_nothing_twice_and_holds_nothing_back() {
    const STOPS: usize = 4;
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file("relais.db"));
    let world = populate(&url, past());
    never_close(&folder, &url, &world);
    let provider = Provider::start(13);
    // Every stop finds messages with the provider.
    provider.behave(Behaviour::Slow(Duration::from_millis(400)));
    let history = History::default();
    for _ in 0..STOPS {
        let mut server = serve(&folder, &url, &provider);
        some_leave(&history, &world, &server, &provider);
        assert!(server.stop(), "{}", folder.read("output.log"));
        let db = Db::open(&url, &relais_store::testing::options()).expect("the database opens");
        let held = count(&db, |message| message.status == MessageStatus::Sending);
        assert_eq!(held, 0, "a node that ended holds messages");
        db.close();
    }
    provider.behave(Behaviour::Accept);
    let mut server = serve(&folder, &url, &provider);
    let db = Db::open(&url, &relais_store::testing::options()).expect("the database opens");
    nothing_waits(&db, &world, "nothing left to send");
    db.close();
    nobody_is_told_twice(&provider);
    let most = provider.taken().values().copied().max();
    assert_eq!(most, Some(1), "sent again after a stop");
    assert!(server.stop(), "{}", folder.read("output.log"));
    history.check(&url);
}

#[test]
fn a_node_that_stood_still_sends_nothing_that_another_has_sent() {
    let Some(database) = TestDb::empty_postgres() else {
        return;
    };
    let folder = Folder::new();
    let world = populate(&database.url, past());
    never_close(&folder, &database.url, &world);
    let provider = Provider::start(12);
    provider.behave(Behaviour::Slow(Duration::from_millis(150)));
    let (history, stop) = (History::default(), AtomicBool::new(false));
    let mut still = serve(&folder, &database.url, &provider);
    let front = Front::new(&[still.base.clone()], &world, operator(&world));
    let before = provider.seen().len();
    for _ in 0..3 {
        assert!(history.raise(&front, &stop));
    }
    eventually(60, "messages on their way", || {
        (provider.seen().len() > before + 2).then_some(())
    });
    still.signal("STOP");
    // Given to the provider already, or in a socket on its way there.
    pause(1_000);
    let in_hand: BTreeSet<String> = provider.seen().into_iter().map(|seen| seen.key).collect();
    provider.behave(Behaviour::Accept);
    let mut other = serve(&folder, &database.url, &provider);
    let db = Db::open(&database.url, &relais_store::testing::options()).expect("opens");
    nothing_waits(&db, &world, "the other node sends what the first had taken");
    assert!(taken_up(&db) > 0, "the first node had nothing in hand");
    still.signal("CONT");
    let front = Front::new(&[still.base.clone()], &world, operator(&world));
    assert!(history.raise(&front, &stop), "the first node works again");
    nothing_waits(&db, &world, "nothing left to send");
    db.close();
    let stale: Vec<String> = provider
        .taken()
        .into_iter()
        .filter(|(key, times)| *times > 1 && !in_hand.contains(key))
        .map(|(key, _)| key)
        .collect();
    assert!(
        stale.is_empty(),
        "sent again by the node that woke: {stale:?}"
    );
    nobody_is_told_twice(&provider);
    assert!(
        still.stop() && other.stop(),
        "{}",
        folder.read("output.log")
    );
    history.check(&database.url);
}
