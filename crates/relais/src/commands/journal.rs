//! The journal: proof and export.

use super::say;
use crate::cli::{JournalExport, Listing};
use crate::config::Config;
use crate::wiring;
use anyhow::bail;

/// `relais journal verify`
pub(crate) async fn verify(args: Listing) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let reports = app.verify_journal().await?;
    let mut altered = 0;
    let mut rows = Vec::new();
    for report in &reports {
        let bad = report.first_bad.as_ref();
        altered += usize::from(bad.is_some());
        let what = bad.map(|(seq, fault)| format!("row {seq}: {fault:?}"));
        rows.push(serde_json::json!({
            "chain": report.network, "rows": report.rows, "first_bad": what,
        }));
        if !args.json {
            let state =
                what.map_or_else(|| "verified".to_owned(), |what| format!("ALTERED, {what}"));
            say(format!(
                "{:<34} {:>8} rows  {state}",
                report.network, report.rows
            ));
        }
    }
    if args.json {
        say(serde_json::to_string_pretty(&rows)?);
    }
    if altered > 0 {
        bail!(
            "{altered} chain(s) altered: keep the database as it is and call your data-protection officer"
        );
    }
    Ok(())
}

/// `relais journal export`
pub(crate) async fn export(args: JournalExport) -> anyhow::Result<()> {
    let app = wiring::application(&Config::load(args.with.config.as_deref())?)?;
    let mut after = None;
    loop {
        let rows = app
            .export_journal(args.network.clone(), after.clone())
            .await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some((last.network.clone(), last.seq));
        for row in &rows {
            let e = &row.entry;
            say(serde_json::json!({
                "chain": row.network, "seq": row.seq, "id": e.id, "at": e.at, "actor": e.actor,
                "role": e.role, "act": e.act, "about": e.about, "subject": e.subject, "why": e.why,
                "source": e.source, "body": e.body, "prev_hash": row.prev_hash, "hash": row.hash,
            })
            .to_string());
        }
    }
}
