//! The state of the service (*état du service*): what is wrong now, since when, how grave. Looked at by
//! each process every few seconds, kept in memory, so that it can be said when the database is away.
//! Owns what counts as wrong and its thresholds; refuses sentences ([`crate::text::condition`]) and
//! anything about anybody.
//!
//! Reading order: this file, [`facts`] (what is seen), [`judge`] (what is wrong with it), [`pulse`]
//! (what this process knows of itself), `look` (seeing, judging, remembering).

pub mod facts;
pub mod judge;
mod look;
pub mod pulse;
#[cfg(test)]
mod tests_of_judge;
#[cfg(test)]
mod tests_of_pulse;

pub use facts::{ChannelState, Facts, Limits, NodeSeen, Reach};
pub use pulse::Task;

pub(crate) use look::Watch;

use relais_core::ids::NetworkId;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;

/// How much a trouble weighs on the work of the desk, lightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// To watch: nobody at the desk has anything to do. Told to those who run the service.
    Watch,
    /// Slows: people are asked, later or by another way.
    Slows,
    /// Hinders: somebody may not be asked, or not be told.
    Hinders,
}

impl Gravity {
    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Slows => "slows",
            Self::Hinders => "hinders",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The database does not answer.
    DatabaseAway,
    /// The database answers, and is not the one this program knows.
    SchemaWrong,
    /// The database answers and writes nothing (disk full, read-only).
    WritesRefused,
    /// The database answers late, or many wait for it.
    DatabaseSlow,
    /// The provider of a channel takes nothing.
    ChannelDown(Channel),
    /// Messages ask for a channel that has no provider.
    ChannelUnset(Channel),
    /// What a provider takes does not arrive.
    ProviderSilent {
        /// Its channel.
        channel: Channel,
        /// Its name in the configuration.
        provider: &'static str,
        /// How many messages in a row, as far as was looked.
        run: u32,
    },
    /// Messages nobody sent although their time has come.
    MessagesLate {
        /// How many.
        count: u32,
    },
    /// Deadlines that passed without anybody coming back.
    DeadlinesLate {
        /// How many.
        count: u32,
    },
    /// Requests that this process tried to bring forward, and could not.
    RequestsStuck {
        /// How many.
        count: u32,
    },
    /// A background task of this process has not come to its end.
    TaskLate(Task),
    /// Other processes of the same database gave no sign of life.
    NodesSilent {
        /// How many.
        count: u32,
    },
    /// Little room is left for the database.
    DiskLow {
        /// Bytes left.
        free: u64,
    },
    /// This process may open few files: live pages will be refused before their number is what one
    /// process is made for.
    FilesFew {
        /// How many.
        allowed: u64,
    },
    /// This process may take little memory: it may be ended while many pages are open.
    MemoryLittle {
        /// Bytes.
        allowed: u64,
    },
    /// This machine's clock and the database's differ.
    ClockOff {
        /// By how much, milliseconds; positive when this machine is ahead.
        by_ms: i64,
    },
    /// This machine's clock jumped.
    ClockStepped {
        /// By how much, milliseconds; positive when it went forward.
        by_ms: i64,
    },
    /// Our secure mailbox can no longer be read: what became of notes is not known.
    MailboxUnread,
    /// So many forms are being filled in that the oldest are forgotten.
    FormsShed {
        /// How many.
        count: u32,
    },
    /// The last known backup is old.
    BackupOld {
        /// Its age.
        age: Duration,
    },
}

impl Trouble {
    /// Every code, for gauges that must exist before anything is wrong.
    pub const CODES: &'static [&'static str] = &[
        "database-away",
        "schema-wrong",
        "writes-refused",
        "database-slow",
        "channel-down",
        "channel-unset",
        "provider-silent",
        "messages-late",
        "deadlines-late",
        "requests-stuck",
        "task-late",
        "nodes-silent",
        "disk-low",
        "files-few",
        "memory-little",
        "clock-off",
        "clock-stepped",
        "mailbox-unread",
        "forms-shed",
        "backup-old",
    ];

    /// Its stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::DatabaseAway => "database-away",
            Self::SchemaWrong => "schema-wrong",
            Self::WritesRefused => "writes-refused",
            Self::DatabaseSlow => "database-slow",
            Self::ChannelDown(_) => "channel-down",
            Self::ChannelUnset(_) => "channel-unset",
            Self::ProviderSilent { .. } => "provider-silent",
            Self::MessagesLate { .. } => "messages-late",
            Self::DeadlinesLate { .. } => "deadlines-late",
            Self::RequestsStuck { .. } => "requests-stuck",
            Self::TaskLate(_) => "task-late",
            Self::NodesSilent { .. } => "nodes-silent",
            Self::DiskLow { .. } => "disk-low",
            Self::FilesFew { .. } => "files-few",
            Self::MemoryLittle { .. } => "memory-little",
            Self::ClockOff { .. } => "clock-off",
            Self::ClockStepped { .. } => "clock-stepped",
            Self::MailboxUnread => "mailbox-unread",
            Self::FormsShed { .. } => "forms-shed",
            Self::BackupOld { .. } => "backup-old",
        }
    }

    /// Which one of several of the same code: a channel, a task.
    pub const fn detail(&self) -> Option<&'static str> {
        match self {
            Self::ChannelDown(channel) | Self::ChannelUnset(channel) => Some(channel.code()),
            Self::ProviderSilent { provider, .. } => Some(provider),
            Self::TaskLate(task) => Some(task.code()),
            _ => None,
        }
    }
}

/// A trouble, whose it is, how grave, since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What.
    pub trouble: Trouble,
    /// The network it concerns; `None` = everybody.
    pub network: Option<NetworkId>,
    /// How grave.
    pub gravity: Gravity,
    /// Since when, on the clock of the requests.
    pub since: Instant,
}

impl Condition {
    /// Its code and detail, for probes and logs: `channel-down sms`. No identity, no network.
    pub fn line(&self) -> String {
        match self.trouble.detail() {
            Some(detail) => format!("{} {detail}", self.trouble.code()),
            None => self.trouble.code().to_owned(),
        }
    }
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceState {
    /// When, on the clock of the requests.
    pub looked_at: Instant,
    /// What is wrong, most grave first.
    pub conditions: Vec<Condition>,
    /// What was seen.
    pub facts: Facts,
}

impl ServiceState {
    /// What concerns somebody of a network and weighs at least so much, most grave first.
    pub fn concerning(
        &self,
        network: NetworkId,
        at_least: Gravity,
    ) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(move |condition| {
            condition.gravity >= at_least && condition.network.is_none_or(|id| id == network)
        })
    }

    /// The codes of what is wrong, each once, most grave first.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for line in self.conditions.iter().map(Condition::line) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }
}
