//! `relais demo`: a living territory of fictional people, on the embedded database.

use super::say;
use crate::cli::{ClockKind, Demo};
use crate::limits;
use anyhow::Context as _;
use relais_app::app::new_key;
use relais_app::clock::Clock;
use relais_app::demo::{DemoWorld, demo_start};
use relais_app::outside::Outside;
use relais_app::{App, Settings};
use relais_core::time::Instant;
use relais_gateways::{FakeWorld, Queue};
use relais_store::seal::{MasterKey, Vault};
use relais_store::{Db, Options};
use relais_web::{DemoControls, Site};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// The demonstration's database, in its folder.
const DATABASE: &str = "relais.db";

/// Serves the demonstration until told to stop.
pub(crate) async fn run(args: Demo) -> anyhow::Result<()> {
    crate::wiring::logs(&demo_logs())?;
    std::fs::create_dir_all(&args.data)
        .with_context(|| format!("cannot make the folder {}", args.data.display()))?;
    let address = SocketAddr::from(([127, 0, 0, 1], args.port));
    let listener = relais_web::listen(address).with_context(|| {
        format!("cannot listen on {address}: is another demonstration running? Try --port")
    })?;
    let base_url = format!("http://{address}");
    if !args.data.join(DATABASE).exists() {
        say("Première fois : le territoire se prépare, quelques secondes…");
    }
    let (app, world) = open(&args, base_url.clone()).await?;
    let granted = limits::raise();
    app.granted(granted);
    app.streams().limit(limits::live_pages(granted));
    app.spawn_tasks();
    app.keep_demo_clock();
    say(format!("Relais, démonstration : {base_url}"));
    say(format!("  rôles en un clic     {base_url}/demo"));
    say(format!("  téléphones fictifs   {base_url}/demo/phones"));
    let site = Site {
        demo: Some(DemoControls { world }),
        secure_cookies: false,
        trusted_proxies: Vec::new(),
    };
    let router = relais_web::router(app.clone(), site);
    let patience = relais_web::Patience::default();
    relais_web::serve(
        listener,
        router,
        patience,
        crate::wiring::end(app.db().clone()),
    )
    .await;
    if !app.db().is_lost() {
        app.save_demo_clock().await?;
    }
    crate::wiring::close(app.db())
}

fn demo_logs() -> crate::config::Config {
    let mut config = crate::config::Config::default();
    config.log.filter = "warn,relais=info".to_owned();
    config
}

async fn open(args: &Demo, base_url: String) -> anyhow::Result<(App, Arc<DemoWorld>)> {
    let url = format!("sqlite://{}", args.data.join(DATABASE).display());
    let db = Db::open(&url, &Options::default()).context("cannot open the demonstration")?;
    let system = Clock::system();
    relais_store::migrate::migrate(&db, system.now().millis())?;
    let vault = Vault::new(MasterKey::new(key(&args.data)?), Vec::new());
    let start = demo_start(today(&system));
    let clock = match args.clock {
        ClockKind::Manual => Clock::manual(start),
        ClockKind::Real => Clock::moved_to(start),
    };
    let inbox = Arc::new(Queue::default());
    let reading = clock.clone();
    let phones = FakeWorld::open(&args.data, move || reading.now(), Arc::clone(&inbox) as _)
        .context("cannot open the fake phones")?;
    let node = "demo".to_owned();
    let settings = Settings {
        base_url,
        demo: true,
        node,
        repeat_waits: relais_app::idempotent::PATIENCE,
    };
    let outside = Outside {
        // Browsers keep no key for an address that is a number: under this name they do.
        authenticators: crate::wiring::passkeys(&format!("http://localhost:{}", args.port)),
        ..Outside::fake(phones, inbox)
    };
    let app = App::new(db, clock, vault, outside, settings).with_wall(system);
    let world = app.open_demo(args.seed, start).await?;
    Ok((app, world))
}

fn today(clock: &Clock) -> jiff::civil::Date {
    let now: Instant = clock.now();
    now.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The demonstration's own master key, made the first time.
fn key(data: &Path) -> anyhow::Result<[u8; 32]> {
    let path = data.join("master.key");
    if let Ok(bytes) = std::fs::read(&path) {
        return bytes
            .try_into()
            .map_err(|_| anyhow::anyhow!("{} is damaged", path.display()));
    }
    let key = new_key();
    std::fs::write(&path, key).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(key)
}
