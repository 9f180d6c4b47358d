//! Two nodes on one PostgreSQL: each fault in turn while people work, then a rolling restart.

use super::history::History;
use crate::folder::Folder;
use crate::nodes::{never_close, past, populate, variables};
use crate::server::{Server, eventually, free_port, pause};
use relais_faults::postgres::Cluster;
use relais_faults::proxy::{Fault, Proxy};
use relais_store::testing::{POSTGRES_URL, TestDb};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What PostgreSQL's driver sends to commit.
const COMMIT: &[u8] = b"COMMIT\0";

/// A node that comes back under the same address.
struct Node<'f> {
    folder: &'f Folder,
    url: String,
    port: u16,
    server: Option<Server>,
}

impl<'f> Node<'f> {
    fn start(folder: &'f Folder, url: String) -> Self {
        let port = free_port();
        let mut node = Self {
            folder,
            url,
            port,
            server: None,
        };
        node.again();
        node
    }

    fn again(&mut self) {
        let variables = variables(&self.url);
        let borrowed: Vec<(&str, &str)> = variables
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        self.server = Some(Server::serve_on(self.port, self.folder, &borrowed));
    }

    fn server(&mut self) -> &mut Server {
        self.server.as_mut().expect("the node runs")
    }

    fn base(&mut self) -> String {
        self.server().base.clone()
    }

    fn ready(&mut self) {
        let anybody = self.server().anybody();
        eventually(30, "a node that is well again", || {
            let answer = anybody.try_call("GET", "/readyz", None, None).ok()?;
            (answer.status == 200).then_some(())
        });
    }
}

#[test]
fn two_nodes_hurt_in_every_way_give_nobody_s_patient_to_two() {
    if std::env::var(POSTGRES_URL).is_err() {
        return;
    }
    let mut cluster = Cluster::start().expect("a PostgreSQL of one's own");
    let direct = cluster.url();
    let folder = Folder::new();
    let world = populate(&direct, past());
    never_close(&folder, &direct, &world);
    let wires = [1, 2].map(|seed| Proxy::before(cluster.port(), seed).expect("a proxy"));
    let mut nodes = [0, 1].map(|n: usize| Node::start(&folder, wires[n].url(&direct)));
    let bases = [nodes[0].base(), nodes[1].base()];
    let (history, stop) = (History::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| history.live(&world, &bases, &stop));
        }
        for round in 0..16 {
            let n = round % 2;
            let wire = &wires[n];
            pause(300);
            match round / 2 {
                0 => {
                    nodes[n].server().kill();
                    pause(200);
                    nodes[n].again();
                }
                1 => wire.times(4, Fault::CutAnswer(COMMIT.to_vec())),
                2 => wire.times(4, Fault::CutBefore(COMMIT.to_vec())),
                3 => {
                    wire.set(Fault::Stall);
                    pause(1_200);
                    wire.set(Fault::None);
                }
                4 => {
                    nodes[n].server().signal("STOP");
                    pause(1_500);
                    nodes[n].server().signal("CONT");
                }
                5 => {
                    wire.set(Fault::Cut { one_in: 40 });
                    pause(700);
                    wire.set(Fault::Delay(Duration::from_millis(20)));
                    pause(300);
                    wire.cut();
                    wire.set(Fault::None);
                }
                which => {
                    if which == 6 {
                        cluster.stop_immediate().expect("stopped at once");
                    } else {
                        cluster.stop_fast().expect("stopped");
                    }
                    pause(200);
                    cluster.start_again().expect("comes back");
                }
            }
        }
        for wire in &wires {
            wire.set(Fault::None);
        }
        for node in &mut nodes {
            node.ready();
        }
        let raised = history.count_raised();
        eventually(90, "work after the faults", || {
            (history.count_raised() > raised + 2 && history.count_yes() >= 5).then_some(())
        });
        stop.store(true, Ordering::Relaxed);
    });
    for node in &mut nodes {
        assert!(node.server().stop(), "{}", folder.read("output.log"));
    }
    history.no_error_of_the_program(&folder.read("output.log"));
    history.check(&direct);
    let cut: u64 = wires.iter().map(|wire| wire.counts().cut).sum();
    assert!(cut >= 8, "hardly any fault: {cut} connections cut");
    assert!(history.count_refused() > 0, "nobody noticed the faults");
}

#[test]
fn a_rolling_restart_fails_nobody() {
    let Some(database) = TestDb::empty_postgres() else {
        return;
    };
    let folder = Folder::new();
    let world = populate(&database.url, past());
    never_close(&folder, &database.url, &world);
    let mut nodes = [0, 1].map(|_| Node::start(&folder, database.url.clone()));
    let bases = [nodes[0].base(), nodes[1].base()];
    let (history, stop) = (History::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| history.live(&world, &bases, &stop));
        }
        for round in 0..4 {
            let before = history.count_raised();
            eventually(60, "work between two restarts", || {
                (history.count_raised() > before).then_some(())
            });
            let node = &mut nodes[round % 2];
            assert!(node.server().stop(), "a node did not end well");
            node.again();
        }
        stop.store(true, Ordering::Relaxed);
    });
    for node in &mut nodes {
        assert!(node.server().stop(), "{}", folder.read("output.log"));
    }
    history.check(&database.url);
    assert_eq!(history.count_refused(), 0, "somebody was turned away");
    assert!(history.count_yes() >= 2, "{} taken", history.count_yes());
}
