//! Puts the pieces together: keys, store, application.

use crate::config::Config;
use anyhow::{Context as _, bail};
use relais_app::clock::Clock;
use relais_app::outside::Outside;
use relais_app::{App, Settings};
use relais_store::seal::{MasterKey, Vault};
use relais_store::{Db, Options};
use std::path::Path;
use std::sync::Arc;

/// The store of the configuration.
pub(crate) fn store(config: &Config) -> anyhow::Result<Db> {
    Db::open(&config.database.url, &Options::default())
        .with_context(|| format!("cannot open the database {}", config.database_shown()))
}

/// The store of the configuration, for work that reads or writes all of it.
pub(crate) fn store_for_long_work(config: &Config) -> anyhow::Result<Db> {
    let hours = std::time::Duration::from_secs(6 * 3_600);
    let options = Options {
        statement_timeout: hours,
        ..Options::default()
    };
    Db::open(&config.database.url, &options)
        .with_context(|| format!("cannot open the database {}", config.database_shown()))
}

/// The application on a store whose schema is up to date.
pub(crate) fn application(config: &Config) -> anyhow::Result<App> {
    let db = store(config)?;
    let pending = relais_store::migrate::pending(&db)?;
    if !pending.is_empty() {
        bail!("the schema is not up to date: run `relais migrate` first");
    }
    let vault = vault(config)?;
    let settings = Settings {
        base_url: config.public_url(),
        demo: false,
        node: node_name(),
        repeat_waits: relais_app::idempotent::PATIENCE,
    };
    let clock = Clock::system();
    let inbox = Arc::default();
    let outside = Outside {
        gateways: config.gateways.open(&clock, &inbox, config.mss.open()?)?,
        inbox,
        callers: config.gateways.callers()?,
        receipted: config.gateways.receipted()?,
        push_key: config.gateways.vapid()?.map(|key| key.public()),
        sender: config.mss.sender(),
        postbox: config.mss.mailbox()?,
        identity: config.psc.open()?,
        authenticators: passkeys(&config.public_url()),
        ..Outside::none()
    };
    Ok(App::new(db, clock, vault, outside, settings))
}

/// What asks browsers for passkeys, where the public address is a name.
pub(crate) fn passkeys(
    public_url: &str,
) -> Option<Arc<dyn relais_gateways::identity::Authenticators>> {
    let keys = relais_passkeys::Passkeys::of(public_url)?;
    Some(Arc::new(keys))
}

/// How this process is called where people look at the service. In containers every process is
/// number 1: the machine tells them apart.
fn node_name() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine: String = machine.trim().chars().take(40).collect();
    let machine = if machine.is_empty() {
        "relais"
    } else {
        &machine
    };
    format!("{machine}-{}", std::process::id())
}

/// The master keys: one in force, earlier ones to open what they wrapped.
pub(crate) fn vault(config: &Config) -> anyhow::Result<Vault> {
    let keys = &config.keys;
    let current = match (&keys.master, &keys.master_file) {
        (Some(text), _) => key(text).context("RELAIS_KEYS_MASTER")?,
        (None, Some(path)) => key_file(path)?,
        (None, None) => bail!(
            "no master key: identities are sealed under it.\n\
             Make one with `head -c 32 /dev/urandom | base64 > master.key`, keep a copy elsewhere,\n\
             and set keys.master_file (or RELAIS_KEYS_MASTER_FILE)"
        ),
    };
    let older = keys
        .older_files
        .iter()
        .map(|path| key_file(path).map(MasterKey::new));
    Ok(Vault::new(
        MasterKey::new(current),
        older.collect::<anyhow::Result<_>>()?,
    ))
}

fn key_file(path: &Path) -> anyhow::Result<[u8; 32]> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the master key {}", path.display()))?;
    key(&text).with_context(|| format!("the master key {}", path.display()))
}

fn key(text: &str) -> anyhow::Result<[u8; 32]> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text.trim())
        .context("is not base 64")?;
    match bytes.try_into() {
        Ok(key) => Ok(key),
        Err(_) => bail!("is not 32 bytes long"),
    }
}

/// Logs to standard error.
pub(crate) fn logs(config: &Config) -> anyhow::Result<()> {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(&config.log.filter).context("log.filter")?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if config.log.format == "json" {
        builder.json().init();
    } else {
        builder.init();
    }
    Ok(())
}

/// Answers when the process has to end: it was asked to, or the disk failed during a commit and only
/// a new process may write again (ADR 0012).
pub(crate) async fn end(db: Db) {
    tokio::select! {
        () = stop_asked() => {}
        () = db.until_lost() => {}
    }
}

/// Closes the store of a process that ends; an error when it ends because its disk failed, so that
/// whatever watches over it starts it again.
pub(crate) fn close(db: &Db) -> anyhow::Result<()> {
    let lost = db.is_lost();
    db.close();
    if lost {
        bail!("the disk failed during a commit: start again once the disk is well");
    }
    Ok(())
}

/// Ends when the process is asked to stop.
async fn stop_asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
