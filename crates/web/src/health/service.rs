//! The state of the service as gauges: one per code of trouble, and what was measured. Labels hold codes
//! and names of our own; no network, nothing about anybody.

use std::fmt::Write as _;

use relais_app::condition::{ChannelState, Gravity, ServiceState, Trouble};
use relais_core::time::Duration;

use super::{head, seconds};

/// Writes the gauges of the last look.
pub(super) fn write(out: &mut String, state: &ServiceState) {
    head(
        out,
        "relais_condition",
        "gauge",
        "Troubles of each code: 0 none, else the gravest, 1 watch, 2 slows, 3 hinders.",
    );
    for code in Trouble::CODES {
        let found = state.conditions.iter();
        let worst = found
            .filter(|one| one.trouble.code() == *code)
            .map(|one| weight(one.gravity))
            .max()
            .unwrap_or_default();
        let _ = writeln!(out, "relais_condition{{code=\"{code}\"}} {worst}");
    }
    let facts = &state.facts;
    head(
        out,
        "relais_channel_working",
        "gauge",
        "Whether the provider of a channel takes messages, as far as this process knows.",
    );
    for (channel, found) in &facts.channels {
        let works = u8::from(*found == ChannelState::Fine);
        let _ = writeln!(
            out,
            "relais_channel_working{{channel=\"{}\"}} {works}",
            channel.code()
        );
    }
    head(
        out,
        "relais_provider_silent",
        "gauge",
        "Messages in a row that a provider took and that did not arrive; absent for one that is trusted.",
    );
    for one in &facts.doubted {
        let (channel, provider, run) = (one.channel.code(), one.provider, one.run);
        let _ = writeln!(
            out,
            "relais_provider_silent{{channel=\"{channel}\",provider=\"{provider}\"}} {run}"
        );
    }
    head(
        out,
        "relais_task_age_seconds",
        "gauge",
        "How long ago each background task of this process came to its end.",
    );
    for (task, age) in &facts.tasks {
        let (task, age) = (task.code(), seconds(*age));
        let _ = writeln!(out, "relais_task_age_seconds{{task=\"{task}\"}} {age}");
    }
    one(
        out,
        "relais_database_answer_seconds",
        "How long the database took to answer the last look.",
        Some(seconds(facts.took)),
    );
    one(
        out,
        "relais_nodes",
        "Processes known to the database, this one among them.",
        Some(facts.nodes.len().to_string()),
    );
    one(
        out,
        "relais_disk_free_bytes",
        "Room left where the embedded database lies.",
        facts.disk.map(|disk| disk.free.to_string()),
    );
    one(
        out,
        "relais_database_bytes",
        "Size of the database.",
        facts.database_bytes.map(|bytes| bytes.to_string()),
    );
    one(
        out,
        "relais_clock_offset_seconds",
        "This machine's clock less the database's.",
        facts.clock_off_ms.map(signed),
    );
    one(
        out,
        "relais_backup_age_seconds",
        "Age of the last backup known.",
        facts.backup_age.map(seconds),
    );
}

const fn weight(gravity: Gravity) -> u8 {
    match gravity {
        Gravity::Watch => 1,
        Gravity::Slows => 2,
        Gravity::Hinders => 3,
    }
}

fn signed(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    format!("{sign}{}", seconds(Duration::millis(ms.abs())))
}

/// A gauge without labels; nothing is said of what was not measured.
fn one(out: &mut String, name: &str, help: &str, value: Option<String>) {
    if let Some(value) = value {
        head(out, name, "gauge", help);
        let _ = writeln!(out, "{name} {value}");
    }
}
