//! A territory for measures: one network that never closes, one operator, and as many general
//! practitioners at the same place as the measure needs, all of them eligible. Made from the people
//! of the demonstration; nobody in it exists.

use crate::bench::Bench;
use crate::cluster::Postgres;
use crate::server::Server;
use crate::wire::get;
use anyhow::Context as _;
use base64::Engine as _;
use relais_app::clock::Clock;
use relais_app::demo::{DemoProfessional, DemoUser, DemoWorld, token_of};
use relais_app::outside::Outside;
use relais_app::{App, Settings};
use relais_core::access::Role;
use relais_core::ids::{PlaceId, ProfessionalId, UserId};
use relais_core::people::{Membership, MembershipStatus, Profession};
use relais_core::time::{Instant, OpenSpan, OpeningHours, Weekly};
use relais_store::seal::{MasterKey, Vault};
use relais_store::{Db, Options, migrate};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

const SEED: u64 = 7;
/// The master key of every territory measured.
pub(crate) const KEY: [u8; 32] = [7; 32];
/// Massy, where everybody practises.
const INSEE: &str = "91377";

/// The master key, as the program reads it.
pub(crate) fn key() -> String {
    base64::engine::general_purpose::STANDARD.encode(KEY)
}

/// Somebody with an API token.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// What they answer with.
    pub(crate) token: String,
    /// The professional behind the account, for a doctor.
    pub(crate) professional: Option<ProfessionalId>,
    /// Their number in the register, for a doctor.
    pub(crate) rpps: Option<String>,
}

/// What a territory is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// How many general practitioners.
    pub(crate) doctors: usize,
    /// The usual professional's share of the window, percent; none = as shipped.
    pub(crate) share_percent: Option<u8>,
}

impl Shape {
    /// So many doctors, the rest as shipped.
    pub(crate) const fn of(doctors: usize) -> Self {
        Self {
            doctors,
            share_percent: None,
        }
    }
}

/// A populated database; a SQLite file goes with the value, a PostgreSQL with the run.
pub(crate) struct Territory {
    /// Its address.
    pub(crate) url: String,
    /// `SQLite` or `PostgreSQL`.
    pub(crate) engine: &'static str,
    /// Who raises requests.
    pub(crate) operator: Person,
    /// Who is asked.
    pub(crate) doctors: Vec<Person>,
    _removed: Option<Folder>,
}

/// A temporary folder, removed with the value.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// A new one.
    pub(crate) fn new(name: &str) -> anyhow::Result<Self> {
        let path = crate::machine::scratch(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Territory {
    /// On a SQLite file of its own.
    pub(crate) fn sqlite(shape: Shape) -> anyhow::Result<Self> {
        let folder = Folder::new("sqlite")?;
        let url = format!("sqlite://{}", folder.0.join("relais.db").display());
        Self::on(url, "SQLite", shape, Some(folder))
    }

    /// On a database of its own of a PostgreSQL.
    pub(crate) fn postgres(postgres: &Postgres, shape: Shape) -> anyhow::Result<Self> {
        Self::on(postgres.database()?, "PostgreSQL", shape, None)
    }

    /// On each engine at hand.
    pub(crate) fn each(bench: &Bench, shape: Shape) -> anyhow::Result<Vec<Self>> {
        let asked = |engine| {
            bench
                .options
                .engine
                .as_deref()
                .is_none_or(|only| only == engine)
        };
        let mut all = Vec::new();
        if asked("sqlite") {
            all.push(Self::sqlite(shape)?);
        }
        if let Some(postgres) = bench.postgres.as_ref().filter(|_| asked("postgresql")) {
            all.push(Self::postgres(postgres, shape)?);
        }
        Ok(all)
    }

    fn on(
        url: String,
        engine: &'static str,
        shape: Shape,
        removed: Option<Folder>,
    ) -> anyhow::Result<Self> {
        let start = Clock::system().now();
        let world = Arc::new(world(shape, start)?);
        install(&url, &world, start)?;
        let person = |user: &DemoUser| Person {
            token: token_of(SEED, user),
            professional: user.professional,
            rpps: user
                .professional
                .and_then(|id| world.professional(id))
                .map(|p| p.rpps.clone()),
        };
        let of = |role| world.users.iter().filter(move |u| u.role == role);
        let operator = of(Role::Operator).next().context("no operator")?;
        Ok(Self {
            url,
            engine,
            operator: person(operator),
            doctors: of(Role::Professional).map(person).collect(),
            _removed: removed,
        })
    }

    /// Raises a request that everybody is asked for at once, and answers its id.
    pub(crate) async fn raise(&self, server: &Server) -> anyhow::Result<String> {
        let token = Some(self.operator.token.as_str());
        let draft = otalgia(None);
        let answer = server.post("/api/v1/requests", token, &draft).await?;
        let raised = answer.expect(201)?;
        let asked = raised["asked"]["total"].as_u64().unwrap_or(0);
        anyhow::ensure!(
            usize::try_from(asked)? == self.doctors.len(),
            "{asked} asked instead of {}",
            self.doctors.len()
        );
        let id = raised["id"].as_str().context("a request has an id")?;
        Ok(id.to_owned())
    }

    /// The request that asks a doctor for their open offers.
    pub(crate) fn open_offers(doctor: &Person) -> Vec<u8> {
        get("/api/v1/offers?status=open&limit=100", Some(&doctor.token))
    }
}

/// A patient of Massy who is nobody: otalgia, a GP within twelve hours, and perhaps a usual doctor.
pub(crate) fn otalgia(usual: Option<&Person>) -> Value {
    let usual = match usual.and_then(|doctor| doctor.rpps.as_deref()) {
        Some(rpps) => json!({ "doctor": "yes", "rpps": rpps, "contacted": "unable" }),
        None => json!({ "doctor": "no" }),
    };
    json!({
        "patient": {
            "birth_name": "Quatrebancs", "first_names": "Zéphyrine", "used_name": null,
            "sex": "F", "birth_date": "1951-04-02", "phone": "+33639988701",
            "address": { "line": "71 allée des Bancs", "postcode": "91300", "insee": INSEE },
            "carer_phone": null
        },
        "usual": usual,
        "triage": { "red_flags": "none", "sheet": null, "version": null, "answers": [] },
        "need": {
            "profession": "gp", "specialty": null, "care_type": "consultation",
            "mode": "consultation", "within_hours": 12,
            "motives": [{ "code": "otalgie" }], "comment": "Douleur depuis hier soir."
        },
        "window_minutes": 60, "consent_synthesis": true, "origin": "patient"
    })
}

/// The demonstration's first network and its GP of Massy, as often as needed.
fn world(shape: Shape, start: Instant) -> anyhow::Result<DemoWorld> {
    let mut world = DemoWorld::generate(SEED, start);
    let doctor = world
        .professionals
        .get(world.guided.doctor)
        .filter(|p| p.profession == Profession::Gp)
        .cloned()
        .context("the demonstration has a GP of Massy")?;
    let network = doctor.home();
    world.networks.retain(|n| n.id == network);
    for network in &mut world.networks {
        network.hours = always();
        if let Some(percent) = shape.share_percent {
            network.policy.usual_share_percent = percent;
        }
    }
    world.sharing.clear();
    world.patients.clear();
    world.stories.clear();
    world
        .users
        .retain(|u| u.role == Role::Operator && u.network == network);
    world.users.truncate(1);
    world.professionals = (0..shape.doctors).map(|n| copy(&doctor, n)).collect();
    let accounts = world.professionals.iter().enumerate();
    let accounts: Vec<_> = accounts
        .map(|(n, person)| DemoUser {
            id: UserId::from_bits(number(start, 2, n)),
            login: format!("bench{n}@demo.example"),
            name: person.display_name(),
            role: Role::Professional,
            network,
            professional: Some(person.id),
            featured: false,
        })
        .collect();
    world.users.extend(accounts);
    Ok(world)
}

fn copy(doctor: &DemoProfessional, n: usize) -> DemoProfessional {
    let mut copy = doctor.clone();
    let start = Instant::from_millis(1_767_225_600_000);
    copy.id = ProfessionalId::from_bits(number(start, 1, n));
    copy.rpps = rpps(n);
    copy.last_name = format!("Banc{n}");
    copy.alert_number = Some(format!("+336399{:05}", 80_000 + n % 20_000));
    copy.mail = None;
    copy.mssante = None;
    copy.places.truncate(1);
    for place in &mut copy.places {
        place.id = PlaceId::from_bits(number(start, 3, n));
    }
    copy.memberships = vec![Membership {
        network: doctor.home(),
        status: MembershipStatus::Active,
    }];
    copy
}

/// An id nobody else has: 48 bits of time, a kind, a number.
fn number(start: Instant, kind: u128, n: usize) -> u128 {
    let millis = u128::try_from(start.millis()).unwrap_or(0);
    (millis << 80) | (kind << 64) | (n as u128)
}

/// A fictional RPPS number (9970…) with its key.
fn rpps(n: usize) -> String {
    let body = format!("9970{n:06}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0');
            let weighed = if at % 2 == 0 { digit * 2 } else { digit };
            weighed / 10 + weighed % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn always() -> OpeningHours {
    let mut weekly = Weekly::default();
    for day in &mut weekly.days {
        day.extend(OpenSpan::new(0, 1_440));
    }
    OpeningHours {
        weekly,
        ..OpeningHours::default()
    }
}

/// Migrates and fills a database, on a thread apart: the drivers wait.
fn install(url: &str, world: &Arc<DemoWorld>, start: Instant) -> anyhow::Result<()> {
    let work = || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let db = Db::open(url, &Options::default())?;
            migrate::migrate(&db, start.millis())?;
            let settings = Settings {
                base_url: "http://localhost".to_owned(),
                demo: true,
                node: "bench".to_owned(),
                repeat_waits: relais_app::idempotent::PATIENCE,
            };
            let vault = Vault::new(MasterKey::new(KEY), Vec::new());
            let app = App::new(db, Clock::manual(start), vault, Outside::none(), settings);
            app.install_demo(world).await?;
            app.db().close();
            anyhow::Ok(())
        })
    };
    std::thread::scope(|scope| scope.spawn(work).join())
        .map_err(|_| anyhow::anyhow!("populating stopped short"))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rpps_number_carries_its_luhn_key() {
        let number = rpps(42);
        assert_eq!(number.len(), 11);
        let sum: u32 = number
            .bytes()
            .rev()
            .enumerate()
            .map(|(at, d)| {
                let d = u32::from(d - b'0') * if at % 2 == 1 { 2 } else { 1 };
                d / 10 + d % 10
            })
            .sum();
        assert_eq!(sum % 10, 0);
    }

    #[test]
    fn everybody_is_somebody_else() {
        let start = Instant::from_millis(1_773_133_200_000);
        let world = world(Shape::of(50), start).expect("the demonstration has what it takes");
        let ids: std::collections::BTreeSet<_> = world.professionals.iter().map(|p| p.id).collect();
        assert_eq!(ids.len(), 50);
        assert_eq!(world.users.len(), 51);
    }
}
