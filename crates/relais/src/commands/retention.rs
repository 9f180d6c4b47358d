//! `relais retention`: counts what is past its time, or purges it as the server does every hour.

use super::say;
use crate::cli::Retention;
use crate::config::Config;
use crate::wiring;
use serde_json::json;

/// Runs.
pub(crate) async fn run(args: Retention) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let before = app.purge_due(&args.network).await?;
    if !args.dry_run {
        app.purge_network(&args.network).await?;
    }
    let after = app.purge_due(&args.network).await?;
    if args.json {
        let classes = before.iter().zip(&after).map(|(was, left)| {
            json!({
                "class": was.class.code(),
                "days": was.days,
                "before": was.before.timestamp().to_string(),
                "due": was.due,
                "left": left.due,
            })
        });
        let classes: Vec<_> = classes.collect();
        say(
            json!({ "network": args.network, "dry_run": args.dry_run, "classes": classes })
                .to_string(),
        );
        return Ok(());
    }
    for (was, left) in before.iter().zip(&after) {
        let (class, days) = (was.class.code(), was.days);
        say(if args.dry_run {
            format!("{class}: {} past their {days} days", was.due)
        } else {
            format!(
                "{class}: {} past their {days} days, {} left",
                was.due, left.due
            )
        });
    }
    Ok(())
}
