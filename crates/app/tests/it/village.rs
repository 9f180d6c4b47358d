//! A village small enough to know everybody by name, laid out in a fresh store on each engine:
//! three networks, a dozen professionals, one desk each. Owns who lives there and how a test makes
//! them act; refuses chance and the real clock.

use crate::fixture::{application, node};
use crate::people::world;
use crate::rows::Store;
use relais_app::clock::Clock;
use relais_app::demo::{DemoProfessional, DemoUser, DemoWorld, demo_start};
use relais_app::outside::Outside;
use relais_app::requests::desk::Act;
use relais_app::requests::draft::{
    AddressDraft, MotiveDraft, NeedDraft, PatientDraft, RequestDraft, TriageDraft, UsualDraft,
};
use relais_app::shell::Applied;
use relais_app::{App, AppError, Who};
use relais_core::access::{Actor, Role};
use relais_core::ids::{OfferId, ProfessionalId, RequestId};
use relais_core::people::{Contract, Profession, Standing};
use relais_core::request::{Appointment, OfferStatus, RefusalReason, Request, Status};
use relais_core::time::{Duration, Instant};
use relais_gateways::testing::Phones;
use relais_gateways::{FakeWorld, Gateways};
use relais_store::codec::settings::NetworkSettings;
use relais_store::{Db, networks};
use std::sync::Arc;

/// The first network: Massy, Palaiseau, Igny.
pub(crate) const NORTH: usize = 0;
/// The second, which helps the first: Orsay, Gif-sur-Yvette.
pub(crate) const CENTRE: usize = 1;
/// The third, which has no agreement with anybody: Évry.
pub(crate) const SOUTH: usize = 2;

/// The phone of the patient of [`Village::call`].
pub(crate) const PATIENT: &str = "+33639981001";

/// The village and the application on it.
pub(crate) struct Village {
    pub(crate) app: App,
    pub(crate) world: Arc<DemoWorld>,
    pub(crate) phones: Arc<FakeWorld>,
    /// Held so that the store lives as long as the story.
    pub(crate) store: Arc<Store>,
}

impl Village {
    /// Plays a story on each engine.
    pub(crate) fn each<F: Future<Output = ()>>(story: impl Fn(Village) -> F) {
        Self::shaped(|_| {}, story);
    }

    /// Plays a story on each engine, in a village changed beforehand.
    pub(crate) fn shaped<F: Future<Output = ()>>(
        shape: impl Fn(&mut DemoWorld),
        story: impl Fn(Village) -> F,
    ) {
        for store in Store::each() {
            run(Self::laid_out(store, &shape), &story);
        }
    }

    /// Plays a story on PostgreSQL, when there is a server: one that SQLite has no wire for.
    pub(crate) fn on_postgres<F: Future<Output = ()>>(story: impl Fn(Village) -> F) {
        if let Some(store) = Store::postgres() {
            run(Self::laid_out(store, &|_| {}), &story);
        }
    }

    /// Plays a story on each engine, in a store whose rows can be read.
    pub(crate) fn readable<F: Future<Output = ()>>(story: impl Fn(Village) -> F) {
        for store in Store::each_readable() {
            run(Self::laid_out(store, &|_| {}), &story);
        }
    }

    /// The village in a store, at its first moment.
    pub(crate) async fn laid_out(store: Store, shape: &impl Fn(&mut DemoWorld)) -> Self {
        let mut world = world(demo_start("2026-03-10".parse().unwrap()));
        shape(&mut world);
        let (app, phones) = application(&store.db, &Clock::manual(world.start));
        let world = Arc::new(world);
        app.install_demo(&world).await.unwrap();
        Self {
            app,
            world,
            phones,
            store: Arc::new(store),
        }
    }

    /// The same village through another process: same database, clock, phones; other gateways.
    pub(crate) fn through(&self, wire: impl FnOnce(Gateways) -> Gateways, name: &str) -> Village {
        let mut outside = self.app.outside().clone();
        outside.gateways = wire(outside.gateways);
        self.on(self.app.db().clone(), outside, name)
    }

    /// The same village through another process with its own connections.
    pub(crate) fn on(&self, db: Db, outside: Outside, name: &str) -> Village {
        Village {
            app: node(db, self.app.clock(), outside, name),
            world: Arc::clone(&self.world),
            phones: Arc::clone(&self.phones),
            store: Arc::clone(&self.store),
        }
    }

    /// The number in the last "OUI nnnn" that a phone received.
    pub(crate) fn code(&self, number: &str) -> String {
        let rows = self.phones.list();
        let mut asked = rows.iter().rev().filter(|row| row.to == number);
        let text = asked.find_map(|row| row.text.split_once("OUI ")).unwrap().1;
        text.chars().take_while(char::is_ascii_digit).collect()
    }

    /// A phone answers, and the answer is dealt with.
    pub(crate) async fn answers(&self, number: &str, text: &str) {
        self.phones.reply(number, text).unwrap();
        self.app.settle().await.unwrap();
    }

    /// The acts written in the history of a request, oldest first.
    pub(crate) async fn acts(&self, id: RequestId) -> Vec<String> {
        let (_, rows) = self.app.timeline(&self.desk(), id).await.unwrap();
        rows.into_iter().rev().map(|row| row.entry.act).collect()
    }

    /// Somebody of the staff of a network.
    pub(crate) fn staff_of(&self, network: usize, role: Role) -> Who {
        let network = self.world.networks[network].id;
        let mut users = self.world.users.iter();
        let user = users.find(|u| u.role == role && u.network == network);
        acting(user.unwrap_or_else(|| panic!("no {role:?} there")))
    }

    /// The operator of the first network.
    pub(crate) fn desk(&self) -> Who {
        self.staff_of(NORTH, Role::Operator)
    }

    /// A professional's account, by surname.
    pub(crate) fn as_pro(&self, name: &str) -> Who {
        let id = self.pro(name).id;
        let mut users = self.world.users.iter();
        acting(users.find(|u| u.professional == Some(id)).unwrap())
    }

    /// A professional, by surname.
    pub(crate) fn pro(&self, name: &str) -> &DemoProfessional {
        let mut people = self.world.professionals.iter();
        let found = people.find(|p| p.last_name == name);
        found.unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    /// The alert number of a professional.
    pub(crate) fn number(&self, name: &str) -> String {
        self.pro(name).alert_number.clone().unwrap()
    }

    /// How messages name a professional.
    pub(crate) fn named(&self, name: &str) -> String {
        format!("{} {name}", self.pro(name).civility)
    }

    /// Watches every phone from now on.
    pub(crate) fn watch(&self) -> Phones {
        Phones::watch(Arc::clone(&self.phones))
    }

    /// An ordinary call: a general practitioner for a patient of Massy whose usual doctor is Martin.
    pub(crate) fn call(&self) -> RequestDraft {
        self.call_for("Tervaux", Profession::Gp, Some("Martin"), PATIENT)
    }

    /// A call for somebody else.
    pub(crate) fn call_for(
        &self,
        patient: &str,
        profession: Profession,
        usual: Option<&str>,
        phone: &str,
    ) -> RequestDraft {
        RequestDraft {
            patient: PatientDraft {
                birth_name: patient.to_owned(),
                first_names: "Odile".to_owned(),
                used_name: None,
                sex: "F".to_owned(),
                birth_date: "1951-04-02".to_owned(),
                phone: phone.to_owned(),
                address: AddressDraft {
                    line: Some("8 allée des Sycomores".to_owned()),
                    postcode: Some("91300".to_owned()),
                    insee: Some("91377".to_owned()),
                },
                carer_phone: None,
            },
            usual: UsualDraft {
                doctor: Some(if usual.is_some() { "yes" } else { "no" }.to_owned()),
                rpps: usual.map(|name| self.pro(name).rpps.clone()),
                professionals: Vec::new(),
                contacted: Some("unreachable".to_owned()),
            },
            triage: Some(TriageDraft {
                red_flags: "none".to_owned(),
                sheet: None,
                version: None,
                answers: Vec::new(),
            }),
            need: NeedDraft {
                profession: profession.code().to_owned(),
                specialty: None,
                care_type: None,
                mode: Some("consultation".to_owned()),
                within_hours: 12,
                motives: vec![MotiveDraft {
                    code: "otalgie".to_owned(),
                    text: None,
                }],
                comment: Some("Depuis hier soir.".to_owned()),
                series: None,
                cooperations: Vec::new(),
            },
            window_minutes: None,
            consent_synthesis: false,
            origin: Some("patient".to_owned()),
            not_same_as: Vec::new(),
        }
    }

    /// A call for somebody without a usual doctor: the community is asked at once.
    pub(crate) fn open_call(&self) -> RequestDraft {
        self.call_for("Tervaux", Profession::Gp, None, PATIENT)
    }

    /// Raises a request at the desk and lets its first messages go.
    pub(crate) async fn raise(&self, draft: RequestDraft) -> RequestId {
        let raised = self.app.raise(&self.desk(), draft).await.unwrap();
        self.app.settle().await.unwrap();
        raised.id
    }

    /// The request as the desk of its network sees it.
    pub(crate) async fn read(&self, id: RequestId) -> Request {
        let desks = [NORTH, CENTRE, SOUTH].map(|n| self.staff_of(n, Role::Operator));
        for desk in desks {
            if let Ok(read) = self.app.request(&desk, id).await {
                return read.stored.request;
            }
        }
        panic!("no desk sees {id}");
    }

    pub(crate) async fn status(&self, id: RequestId) -> Status {
        self.read(id).await.status()
    }

    /// The latest offer to somebody, whatever became of it.
    pub(crate) async fn offer(&self, id: RequestId, name: &str) -> OfferId {
        let (request, who) = (self.read(id).await, self.pro(name).id);
        let mut offers = request.offers.iter().rev();
        let found = offers.find(|offer| offer.professional == who);
        found.unwrap_or_else(|| panic!("{name} was not asked")).id
    }

    pub(crate) async fn offer_status(&self, id: RequestId, name: &str) -> OfferStatus {
        let offer = self.offer(id, name).await;
        self.read(id).await.offer(offer).unwrap().status
    }

    /// Surnames of those whose offer waits for an answer, in order.
    pub(crate) async fn asked(&self, id: RequestId) -> Vec<String> {
        let request = self.read(id).await;
        let name = |who: ProfessionalId| self.world.professional(who).unwrap().last_name.clone();
        let mut names: Vec<_> = request
            .live_offers()
            .map(|o| name(o.professional))
            .collect();
        names.sort();
        names
    }

    /// "J'accepte", by somebody, in two hours.
    pub(crate) async fn accepts(&self, id: RequestId, name: &str) -> Result<Applied, AppError> {
        let at = Appointment::At(self.app.now() + Duration::hours(2));
        let offer = self.offer(id, name).await;
        let applied = self.app.accept(&self.as_pro(name), offer, at).await;
        self.app.settle().await.unwrap();
        applied
    }

    /// "Je passe", by somebody.
    pub(crate) async fn passes(&self, id: RequestId, name: &str) {
        let offer = self.offer(id, name).await;
        let who = self.as_pro(name);
        let passed = self.app.refuse(&who, offer, RefusalReason::Unsaid).await;
        passed.unwrap();
        self.app.settle().await.unwrap();
    }

    /// The desk does something.
    pub(crate) async fn does(&self, id: RequestId, act: Act) -> Result<Applied, AppError> {
        let applied = self.app.act(&self.desk(), id, act, why()).await;
        self.app.settle().await.unwrap();
        applied
    }

    /// Time passes; everything due on the way happens.
    pub(crate) async fn pass(&self, minutes: i64) {
        self.app.advance(Duration::minutes(minutes)).await.unwrap();
    }

    /// A network changes what it decides for itself.
    pub(crate) async fn settings(&self, network: usize, change: impl FnOnce(&mut NetworkSettings)) {
        let (id, now) = (self.world.networks[network].id, self.app.now());
        let read = self.app.db().read(move |tx| networks::get(tx, id)).await;
        let mut held = read.unwrap();
        change(&mut held.extra);
        let saved = self
            .app
            .db()
            .write(move |tx| networks::update(tx, &held, now, "test"));
        saved.await.unwrap();
    }

    /// How many minutes after the first moment.
    pub(crate) fn at(&self, minutes: i64) -> Instant {
        self.world.start + Duration::minutes(minutes)
    }
}

/// A reason, as the desk types one.
pub(crate) fn why() -> Option<String> {
    Some("à la demande".to_owned())
}

/// Runs a story on one thread: the order of things is the order of the text.
pub(crate) fn run<F: Future<Output = ()>>(
    village: impl Future<Output = Village>,
    story: impl Fn(Village) -> F,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .unwrap()
        .block_on(async { story(village.await).await });
}

/// Dr Leroy stands in for somebody until so many minutes after the first moment.
pub(crate) fn leroy_until(minutes: i64) -> impl Fn(&mut DemoWorld) {
    move |world| {
        let (from, until) = (
            world.start - Duration::hours(24),
            world.start + Duration::minutes(minutes),
        );
        let mut people = world.professionals.iter_mut();
        let leroy = people.find(|p| p.last_name == "Leroy").unwrap();
        leroy.standing = Standing::Locum(Contract { from, until });
    }
}

/// An account that acts.
pub(crate) fn acting(user: &DemoUser) -> Who {
    Who::actor(
        Actor {
            user: user.id,
            role: user.role,
            network: user.network,
            professional: user.professional,
        },
        "test",
    )
}
