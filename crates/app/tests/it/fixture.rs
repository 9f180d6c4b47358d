//! A territory laid out in a fresh store, with what the tests need to play in it.

use relais_app::clock::Clock;
use relais_app::demo::{DemoWorld, demo_start};
use relais_app::outside::Outside;
use relais_app::requests::draft::RequestDraft;
use relais_app::{App, Settings, Who};
use relais_core::access::{Actor, Role};
use relais_core::ids::{OfferId, ProfessionalId, RequestId};
use relais_core::request::Request;
use relais_core::time::{Duration, Instant};
use relais_gateways::{FakeWorld, PhoneRow, Queue};
use relais_store::Db;
use relais_store::seal::{MasterKey, Vault};
use relais_store::testing::engines;
use std::sync::Arc;

/// A territory and the application on it.
pub(crate) struct Territory {
    pub(crate) app: App,
    pub(crate) world: Arc<DemoWorld>,
    pub(crate) phones: Arc<FakeWorld>,
}

/// The application on a migrated store.
pub(crate) fn application(db: &Db, clock: &Clock) -> (App, Arc<FakeWorld>) {
    let inbox = Arc::new(Queue::default());
    let reading = clock.clone();
    let phones = FakeWorld::in_memory(move || reading.now(), Arc::clone(&inbox) as _);
    let outside = Outside::fake(Arc::clone(&phones), inbox);
    (node(db.clone(), clock, outside, "test"), phones)
}

/// One process of an installation: the same database, clock and outside world as the others.
pub(crate) fn node(db: Db, clock: &Clock, outside: Outside, name: &str) -> App {
    let vault = Vault::new(MasterKey::new([7; 32]), Vec::new());
    let settings = Settings {
        base_url: "https://relais.test".to_owned(),
        demo: true,
        node: name.to_owned(),
        repeat_waits: std::time::Duration::from_secs(2),
    };
    App::new(db, clock.clone(), vault, outside, settings)
}

/// The same as `relais serve` would: no demonstration.
pub(crate) fn serving(db: Db, clock: &Clock, outside: Outside) -> App {
    let vault = Vault::new(MasterKey::new([7; 32]), Vec::new());
    let settings = Settings {
        base_url: "https://relais.test".to_owned(),
        demo: false,
        node: "served".to_owned(),
        repeat_waits: std::time::Duration::from_secs(2),
    };
    App::new(db, clock.clone(), vault, outside, settings)
}

/// A territory in a store, for tests that need no application on it.
pub(crate) fn lay_out(db: &Db, world: DemoWorld) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let (app, _) = application(db, &Clock::manual(world.start));
        app.install_demo(&Arc::new(world)).await.unwrap();
    });
}

impl Territory {
    /// Runs a story on each engine.
    pub(crate) fn on_each_engine<F: Future<Output = ()>>(story: impl Fn(Territory) -> F) {
        for db in engines() {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let start = demo_start("2026-03-10".parse().unwrap());
                let clock = Clock::manual(start);
                let (app, phones) = application(&db.db, &clock);
                let world = Arc::new(DemoWorld::generate(1, start));
                app.install_demo(&world).await.unwrap();
                story(Territory { app, world, phones }).await;
            });
        }
    }

    /// Runs a story on each engine, with two processes on one database, and an outside changed beforehand by what the
    /// story holds of it.
    pub(crate) fn on_two_nodes<X, F: Future<Output = ()>>(
        outside: impl Fn(Outside) -> (Outside, X),
        story: impl Fn(Territory, App, X) -> F,
    ) {
        for db in engines() {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let start = demo_start("2026-03-10".parse().unwrap());
                let clock = Clock::manual(start);
                let inbox = Arc::new(Queue::default());
                let reading = clock.clone();
                let phones = FakeWorld::in_memory(move || reading.now(), Arc::clone(&inbox) as _);
                let (outside, held) = outside(Outside::fake(Arc::clone(&phones), inbox));
                let app = node(db.db.clone(), &clock, outside.clone(), "test");
                let other = node(db.db.clone(), &clock, outside, "other");
                let world = Arc::new(DemoWorld::generate(1, start));
                app.install_demo(&world).await.unwrap();
                story(Territory { app, world, phones }, other, held).await;
            });
        }
    }

    /// A professional of the first network who has an account: their national number and themselves.
    pub(crate) fn a_member(&self) -> (String, Who) {
        let network = self.world.networks[0].id;
        let mut users = self.world.users.iter();
        let user = users.find(|u| u.network == network && u.professional.is_some());
        let id = user.unwrap().professional.unwrap();
        let one = self.world.professional(id).unwrap();
        (one.rpps.clone(), self.account(id))
    }

    /// Somebody of the staff of the first network.
    pub(crate) fn staff(&self, role: Role) -> Who {
        let network = self.world.networks[0].id;
        let found = self
            .world
            .users
            .iter()
            .find(|u| u.role == role && u.network == network);
        let user = found.unwrap();
        Who::actor(
            Actor {
                user: user.id,
                role,
                network: user.network,
                professional: None,
            },
            "test",
        )
    }

    /// A professional's account.
    pub(crate) fn account(&self, id: ProfessionalId) -> Who {
        let user = self
            .world
            .users
            .iter()
            .find(|u| u.professional == Some(id))
            .unwrap();
        Who::actor(
            Actor {
                user: user.id,
                role: Role::Professional,
                network: user.network,
                professional: Some(id),
            },
            "test",
        )
    }

    /// The first call of the guided visit, as an operator would type it.
    pub(crate) fn first_call(&self) -> RequestDraft {
        let call = &self.world.guided.first_call;
        relais_app::demo::draft(&self.world, call.patient, &call.need, call.origin, None).unwrap()
    }

    pub(crate) async fn read(&self, id: RequestId) -> Request {
        let who = self.staff(Role::Operator);
        self.app.request(&who, id).await.unwrap().stored.request
    }

    /// The live offer to somebody, or the nearest one to anybody else.
    pub(crate) async fn offer_to(&self, id: RequestId, who: ProfessionalId) -> OfferId {
        let request = self.read(id).await;
        request
            .live_offers()
            .find(|offer| offer.professional == who)
            .unwrap()
            .id
    }

    pub(crate) async fn pass(&self, minutes: i64) {
        self.app.advance(Duration::minutes(minutes)).await.unwrap();
    }

    /// What reached a number since a moment, oldest first.
    pub(crate) fn received(&self, number: &str, since: Instant) -> Vec<PhoneRow> {
        let since = since.timestamp();
        let rows = self.phones.list();
        let recent = |row: &PhoneRow| row.at.parse::<jiff::Timestamp>().unwrap() >= since;
        rows.into_iter()
            .filter(|row| row.to == number && recent(row))
            .collect()
    }
}
