//! The village on a disk of ours: a process opens it, dies, and another opens it again, with the same
//! clock and the same phones. Owns who opens what, and the count of what was handed to the gateways.

use crate::fixture::application;
use crate::people::world;
use crate::rows::Store;
use crate::village::Village;
use relais_app::clock::Clock;
use relais_app::demo::{DemoWorld, demo_start};
use relais_faults::disk::{Disk, Saved};
use relais_gateways::{About, Accepted, Channel, Failure, Gateway, Gateways, Outgoing};
use relais_store::db::Options;
use relais_store::testing::options;
use relais_store::{Db, StoreError, migrate};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Its name on the disk.
pub(super) const FILE: &str = "relais.db";

/// How often a gateway said yes, by key.
#[derive(Clone, Default)]
pub(super) struct Sends(Arc<Mutex<BTreeMap<String, u32>>>);

impl Sends {
    /// Every key a gateway said yes to, and how often.
    pub(super) fn by_key(&self) -> BTreeMap<String, u32> {
        self.0.lock().unwrap().clone()
    }

    /// Gateways that count before they do as the ones behind.
    pub(super) fn counting(&self, behind: &Gateways) -> Gateways {
        let mut wired = behind.clone();
        for channel in [Channel::Push, Channel::Sms, Channel::Mail, Channel::Voice] {
            wired = wired.with(Arc::new(Counted {
                behind: behind.clone(),
                channel,
                sends: self.clone(),
            }));
        }
        wired
    }
}

struct Counted {
    behind: Gateways,
    channel: Channel,
    sends: Sends,
}

impl Gateway for Counted {
    fn about(&self) -> About {
        self.behind.about(self.channel)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let answer = self.behind.send(outgoing);
        if answer.is_ok() {
            let mut sends = self.sends.0.lock().unwrap();
            *sends.entry(outgoing.idempotency_key.clone()).or_insert(0) += 1;
        }
        answer
    }
}

/// The village laid out on a disk, to begin there as often as one likes.
pub(super) struct Ground {
    pub(super) disk: Disk,
    saved: Saved,
    world: Arc<DemoWorld>,
}

impl Ground {
    pub(super) async fn laid_out(seed: u64) -> Ground {
        let disk = Disk::new(seed);
        let db = open(&disk).unwrap();
        migrate::migrate(&db, 0).unwrap();
        let world = Arc::new(world(demo_start("2026-03-10".parse().unwrap())));
        let (app, _) = application(&db, &Clock::manual(world.start));
        app.install_demo(&world).await.unwrap();
        db.close();
        let saved = disk.save();
        Ground { disk, saved, world }
    }

    /// A first process on the village as it was laid out.
    pub(super) fn process(&self) -> (Village, Sends) {
        self.disk.load(&self.saved);
        let db = open(&self.disk).unwrap();
        let (app, phones) = application(&db, &Clock::manual(self.world.start));
        let bare = Village {
            app,
            world: Arc::clone(&self.world),
            phones,
            store: Arc::new(Store::around(db, FILE)),
        };
        let sends = Sends::default();
        let v = bare.through(|gateways| sends.counting(&gateways), "first");
        (v, sends)
    }

    /// The process is dead; the next one opens what is left. A disk that fails even then is an error.
    pub(super) fn next(&self, dead: &Village) -> Result<Village, StoreError> {
        dead.app.db().close();
        self.disk.restart();
        let db = open(&self.disk)?;
        let outside = dead.app.outside().clone();
        let next = dead.on(db.clone(), outside, "next");
        Ok(Village {
            store: Arc::new(Store::around(db, FILE)),
            ..next
        })
    }

    /// Whether this process can go on: the disk still answers it, and its store still writes.
    pub(super) fn lives(&self, v: &Village) -> bool {
        self.disk.alive() && !v.app.db().is_lost()
    }
}

fn open(disk: &Disk) -> Result<Db, StoreError> {
    let on_disk = Options {
        vfs: Some(disk.name().to_owned()),
        ..options()
    };
    Db::open(&format!("sqlite://{FILE}"), &on_disk)
}
