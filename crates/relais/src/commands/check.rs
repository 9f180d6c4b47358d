//! Looking at an installation: configuration, schema, state.

use super::say;
use crate::cli::{Doctor, Migrate, WithConfig};
use crate::config::Config;
use crate::limits;
use crate::wiring;
use anyhow::bail;
use relais_app::clock::Clock;
use relais_store::migrate;

/// `relais config check`
pub(crate) fn config(args: &WithConfig) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref())?;
    say(format!("database.url          {}", config.database_shown()));
    say(format!("http.listen           {}", config.http.listen));
    say(format!("http.public_url       {}", config.public_url()));
    say(format!(
        "http.trusted_proxies  {:?}",
        config.http.trusted_proxies
    ));
    let key = match (&config.keys.master, &config.keys.master_file) {
        (Some(_), _) => "from RELAIS_KEYS_MASTER".to_owned(),
        (None, Some(path)) => path.display().to_string(),
        (None, None) => "none: `relais serve` will refuse to start".to_owned(),
    };
    say(format!("keys.master           {key}"));
    say(format!(
        "log                   {} {}",
        config.log.format, config.log.filter
    ));
    for (place, provider) in config.gateways.shown() {
        say(format!("{place:<21} {provider}"));
    }
    say(format!("mss                   {}", config.mss.shown()));
    say(format!("psc                   {}", config.psc.shown()));
    say("The configuration is valid.");
    Ok(())
}

/// `relais migrate`
pub(crate) fn migrate(args: &Migrate) -> anyhow::Result<()> {
    let config = Config::load(args.with.config.as_deref())?;
    let db = wiring::store(&config)?;
    let pending = migrate::pending(&db)?;
    if args.check {
        for migration in &pending {
            say(format!("{:04} {}", migration.version, migration.name));
        }
        if pending.is_empty() {
            say("The schema is up to date.");
            return Ok(());
        }
        bail!("{} migration(s) to run", pending.len());
    }
    let done = migrate::migrate(&db, Clock::system().now().millis())?;
    say(format!(
        "{done} migration(s) run, the schema is up to date."
    ));
    db.close();
    Ok(())
}

/// `relais doctor`
pub(crate) async fn doctor(args: Doctor) -> anyhow::Result<()> {
    let config = Config::load(args.with.config.as_deref())?;
    let app = wiring::application(&config)?;
    let mut checks = app.doctor().await?;
    checks.extend(limits::checks(limits::raise()));
    if args.json {
        let rows: Vec<_> = checks
            .iter()
            .map(|c| serde_json::json!({ "name": c.name, "ok": c.ok, "detail": c.detail }))
            .collect();
        say(serde_json::to_string_pretty(&rows)?);
    } else {
        for check in &checks {
            let mark = if check.ok { "ok" } else { "TO DO" };
            say(format!("{:<6} {:<10} {}", mark, check.name, check.detail));
        }
    }
    let wrong = checks.iter().filter(|check| !check.ok).count();
    if wrong > 0 {
        bail!("{wrong} thing(s) to look at");
    }
    Ok(())
}
