//! What is seen of the service before anything is judged: plain values, gathered in one look.

use super::pulse::Task;
use crate::tasks::deliver::Doubted;
use relais_core::ids::NetworkId;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::Disk;
use relais_store::overview::{LateMessages, LateRequests};
use std::collections::BTreeMap;

/// Whether the database can be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// It answers.
    #[default]
    Answers,
    /// It answers, and its schema is not this program's.
    OtherSchema,
    /// It does not answer.
    Away,
}

/// What the providers of a channel answered lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelState {
    /// Nothing went wrong since the last message taken.
    #[default]
    Fine,
    /// Takes nothing, since a moment of the requests' clock.
    Down {
        /// Since when.
        since: Instant,
    },
    /// Nobody carries it, and messages asked for it.
    Unset {
        /// Since when.
        since: Instant,
    },
}

/// Another process of the same database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSeen {
    /// Its name.
    pub name: String,
    /// The version of its program.
    pub version: String,
    /// It is this process.
    pub is_this: bool,
    /// How long ago it started.
    pub up: Duration,
    /// How long ago it gave its last sign of life.
    pub silent: Duration,
}

/// What the machine grants this process, as it stood when it started; `None` = no limit, or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Files that may be open: each live page is one.
    pub files: Option<u64>,
    /// Memory it may take, bytes.
    pub memory: Option<u64>,
}

/// What one look sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whether the database answers.
    pub reach: Reach,
    /// Whether the last attempt to write was refused.
    pub writes_refused: bool,
    /// How long the database took to answer.
    pub took: Duration,
    /// Jobs that wait for it: writes, reads.
    pub queue: (usize, usize),
    /// Deadlines passed longer ago than [`super::judge::DEADLINE_LATE`].
    pub late_requests: Vec<LateRequests>,
    /// Messages that should have left longer ago than [`super::judge::MESSAGE_LATE`].
    pub late_messages: Vec<LateMessages>,
    /// Requests whose tick failed here, by network: how many, and the first failure of the oldest.
    pub stuck: BTreeMap<NetworkId, (u32, Instant)>,
    /// Every channel.
    pub channels: BTreeMap<Channel, ChannelState>,
    /// Providers that take messages and deliver nothing.
    pub doubted: Vec<Doubted>,
    /// How long ago each background task of this process came to its end.
    pub tasks: BTreeMap<Task, Duration>,
    /// The processes seen, this one among them.
    pub nodes: Vec<NodeSeen>,
    /// Room left for an embedded database.
    pub disk: Option<Disk>,
    /// What the machine grants this process.
    pub limits: Limits,
    /// Size of the database, bytes.
    pub database_bytes: Option<i64>,
    /// This machine's clock less the database's, milliseconds; `None` for an embedded one.
    pub clock_off_ms: Option<i64>,
    /// The last jump of this machine's clock: by how much in milliseconds, and how long ago.
    pub clock_step: Option<(i64, Duration)>,
    /// Since when our secure mailbox cannot be read from here; none when it can, or is nobody's business.
    pub mailbox_unread: Option<Instant>,
    /// Forms and applications that this process forgot to make room, in the run that goes on, and since when.
    pub shed: Option<(u32, Instant)>,
    /// Age of the last backup known.
    pub backup_age: Option<Duration>,
}
