//! The first PostgreSQL is lost with everything on it; the synchronous standby takes its place, as in
//! `docs/operations/continuite.md`: what was acknowledged is there (RPO 0).

use super::history::History;
use crate::folder::Folder;
use crate::nodes::{never_close, past, populate, variables};
use crate::server::{Server, eventually};
use relais_faults::postgres::Cluster;
use relais_store::testing::POSTGRES_URL;
use std::sync::atomic::{AtomicBool, Ordering};

fn serve(folder: &Folder, url: &str) -> Server {
    let variables = variables(url);
    let borrowed: Vec<(&str, &str)> = variables
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    Server::serve(folder, &borrowed)
}

#[test]
fn a_standby_that_takes_over_has_all_that_was_acknowledged() {
    if std::env::var(POSTGRES_URL).is_err() {
        return;
    }
    let mut first = Cluster::start().expect("a PostgreSQL of one's own");
    let folder = Folder::new();
    let world = populate(&first.url(), past());
    never_close(&folder, &first.url(), &world);
    let second = first.synchronous_standby().expect("a standby that follows");
    let history = History::default();

    let mut server = serve(&folder, &first.url());
    let (bases, stop) = ([server.base.clone()], AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| history.live(&world, &bases, &stop));
        eventually(60, "some patients taken", || {
            (history.count_raised() >= 5 && history.count_yes() >= 2).then_some(())
        });
        first.kill().expect("killed at once");
        stop.store(true, Ordering::Relaxed);
    });
    server.kill();

    second.promote().expect("the standby takes over");
    let mut server = serve(&folder, &second.url());
    history.check(&second.url());
    let (raised, bases) = (history.count_raised(), [server.base.clone()]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| history.live(&world, &bases, &stop));
        eventually(60, "work after the failover", || {
            (history.count_raised() > raised + 1).then_some(())
        });
        stop.store(true, Ordering::Relaxed);
    });
    assert!(server.stop(), "{}", folder.read("output.log"));
    history.check(&second.url());
}
