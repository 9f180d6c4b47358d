//! What is wrong with what was seen: a pure function and its thresholds, each with its reason.

use super::facts::{ChannelState, Facts, Reach};
use super::pulse::Task;
use super::{Condition, Gravity, Trouble};
use relais_core::ids::NetworkId;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use std::collections::BTreeMap;

/// A deadline is late by at most 1 s while running (I8): past this, somebody must know.
pub const DEADLINE_LATE: Duration = Duration::seconds(10);
/// Past this, a late deadline means that people are not being asked.
const DEADLINE_VERY_LATE: Duration = Duration::seconds(60);
/// A message waits for the next pass, or for its turn in a crowd: seconds, not half a minute.
pub const MESSAGE_LATE: Duration = Duration::seconds(30);
/// A database that takes this long to answer a small read makes every page slow.
const SLOW: Duration = Duration::seconds(2);
/// Writes waiting in line: at a thousand a second, half a second of patience.
const LONG_QUEUE: usize = 512;
/// Little room: a month of a busy network, and time to do something about it.
const DISK_LITTLE: u64 = 2 * 1024 * 1024 * 1024;
/// Very little: days.
const DISK_VERY_LITTLE: u64 = 512 * 1024 * 1024;
/// Almost none: SQLite needs room for its journal, and refuses writes when there is none.
const DISK_NONE: u64 = 64 * 1024 * 1024;
/// Five thousand live pages (a region's desks and telephones), and room for those who act.
pub const FILES_ENOUGH: u64 = 6_200;
/// What five thousand live pages take, three times over: an import, a backup, a crowd beside them.
pub const MEMORY_ENOUGH: u64 = 512 * 1024 * 1024;
/// Two clocks further apart than this give hours that people notice, and deadlines that differ.
const CLOCK_OFF_MS: i64 = 2_000;
/// A jump smaller than this is the ordinary slewing of a clock.
pub(super) const STEP_MS: i64 = 2_000;
/// A jump this large moved countdowns and deadlines under people's eyes.
const STEP_LARGE_MS: i64 = 30_000;
/// How long a jump is spoken of.
const STEP_TOLD: Duration = Duration::hours(1);
/// Other processes write a sign of life every few seconds.
const NODE_SILENT: Duration = Duration::seconds(30);
/// A process silent this long is taken for stopped for good.
const NODE_FORGOTTEN: Duration = Duration::minutes(10);
/// Operators stop for a moment at night; what became of a note can wait that long.
const MAILBOX_UNREAD: Duration = Duration::minutes(15);
/// A backup a day, and two hours for it to run.
const BACKUP_OLD: Duration = Duration::hours(26);

/// What is wrong, most grave first; `remembered` says since when the same was wrong before.
pub fn judge(
    facts: &Facts,
    now: Instant,
    remembered: &BTreeMap<(String, Option<NetworkId>), Instant>,
) -> Vec<Condition> {
    let mut found = Found {
        now,
        conditions: Vec::new(),
    };
    database(facts, &mut found);
    channels(facts, &mut found);
    doubts(facts, &mut found);
    work(facts, &mut found);
    mailbox(facts, &mut found);
    flood(facts, &mut found);
    machine(facts, &mut found);
    let mut conditions = found.conditions;
    for condition in &mut conditions {
        if let Some(since) = remembered.get(&(condition.line(), condition.network)) {
            condition.since = condition.since.min(*since);
        }
    }
    conditions.sort_by(|a, b| {
        (b.gravity, a.since, a.line(), a.network).cmp(&(a.gravity, b.since, b.line(), b.network))
    });
    conditions
}

struct Found {
    now: Instant,
    conditions: Vec<Condition>,
}

impl Found {
    fn add(&mut self, gravity: Gravity, trouble: Trouble) {
        self.add_since(gravity, trouble, None, self.now);
    }

    fn add_since(
        &mut self,
        gravity: Gravity,
        trouble: Trouble,
        network: Option<NetworkId>,
        since: Instant,
    ) {
        self.conditions.push(Condition {
            trouble,
            network,
            gravity,
            since: since.min(self.now),
        });
    }

    fn ago(&self, length: Duration) -> Instant {
        self.now - length
    }
}

fn database(facts: &Facts, found: &mut Found) {
    match facts.reach {
        Reach::Away => found.add(Gravity::Hinders, Trouble::DatabaseAway),
        Reach::OtherSchema => found.add(Gravity::Hinders, Trouble::SchemaWrong),
        Reach::Answers if facts.writes_refused => {
            found.add(Gravity::Hinders, Trouble::WritesRefused);
        }
        Reach::Answers => {
            let crowded = facts.queue.0 >= LONG_QUEUE || facts.queue.1 >= LONG_QUEUE;
            if facts.took >= SLOW || crowded {
                found.add(Gravity::Slows, Trouble::DatabaseSlow);
            }
        }
    }
}

fn channels(facts: &Facts, found: &mut Found) {
    let works = |channel| {
        let state = facts.channels.get(&channel).copied().unwrap_or_default();
        state == ChannelState::Fine
    };
    // Whoever is reached by neither of the two is reached by mail, which nobody reads in two minutes.
    let reachable = works(Channel::Push) || works(Channel::Sms);
    for (channel, state) in &facts.channels {
        let quick = matches!(channel, Channel::Push | Channel::Sms);
        let gravity = if quick && !reachable {
            Gravity::Hinders
        } else {
            Gravity::Slows
        };
        match *state {
            ChannelState::Fine => {}
            ChannelState::Down { since } => {
                found.add_since(gravity, Trouble::ChannelDown(*channel), None, since);
            }
            ChannelState::Unset { since } => {
                found.add_since(gravity, Trouble::ChannelUnset(*channel), None, since);
            }
        }
    }
}

/// With another provider to carry what is new, only whoever keeps the service has something to do.
fn doubts(facts: &Facts, found: &mut Found) {
    for one in &facts.doubted {
        let trouble = Trouble::ProviderSilent {
            channel: one.channel,
            provider: one.provider,
            run: one.run,
        };
        let gravity = if one.alone {
            Gravity::Slows
        } else {
            Gravity::Watch
        };
        found.add_since(gravity, trouble, None, one.since);
    }
}

fn work(facts: &Facts, found: &mut Found) {
    for late in &facts.late_requests {
        let gravity = if found.now.since(late.oldest) >= DEADLINE_VERY_LATE {
            Gravity::Hinders
        } else {
            Gravity::Slows
        };
        let trouble = Trouble::DeadlinesLate { count: late.count };
        found.add_since(gravity, trouble, Some(late.network), late.oldest);
    }
    let mut messages: BTreeMap<NetworkId, (u32, Instant)> = BTreeMap::new();
    for late in &facts.late_messages {
        let (count, oldest) = messages.entry(late.network).or_insert((0, late.oldest));
        *count += late.count;
        *oldest = late.oldest.min(*oldest);
    }
    for (network, (count, oldest)) in messages {
        let trouble = Trouble::MessagesLate { count };
        found.add_since(Gravity::Slows, trouble, Some(network), oldest);
    }
    for (network, (count, since)) in &facts.stuck {
        let trouble = Trouble::RequestsStuck { count: *count };
        found.add_since(Gravity::Hinders, trouble, Some(*network), *since);
    }
    // Without its database no task comes to its end: that is said already.
    if facts.reach == Reach::Answers {
        for (task, silent) in &facts.tasks {
            if *silent >= task.limit() {
                let gravity = match task {
                    Task::Due | Task::Deliver => Gravity::Hinders,
                    Task::Digests | Task::Housekeeping => Gravity::Watch,
                };
                found.add_since(gravity, Trouble::TaskLate(*task), None, found.ago(*silent));
            }
        }
    }
    let silent: Vec<Duration> = facts
        .nodes
        .iter()
        .filter(|node| !node.is_this)
        .map(|node| node.silent)
        .filter(|silent| (NODE_SILENT..NODE_FORGOTTEN).contains(silent))
        .collect();
    if let Some(longest) = silent.iter().max() {
        let count = u32::try_from(silent.len()).unwrap_or(u32::MAX);
        let since = found.ago(*longest);
        found.add_since(Gravity::Watch, Trouble::NodesSilent { count }, None, since);
    }
}

fn mailbox(facts: &Facts, found: &mut Found) {
    let since = facts.mailbox_unread;
    if let Some(since) = since.filter(|since| found.now.since(*since) >= MAILBOX_UNREAD) {
        found.add_since(Gravity::Watch, Trouble::MailboxUnread, None, since);
    }
}

fn flood(facts: &Facts, found: &mut Found) {
    if let Some((count, since)) = facts.shed {
        found.add_since(Gravity::Watch, Trouble::FormsShed { count }, None, since);
    }
}

fn machine(facts: &Facts, found: &mut Found) {
    if let Some(free) = facts.disk.map(|disk| disk.free) {
        let gravity = match free {
            0..DISK_NONE => Some(Gravity::Hinders),
            DISK_NONE..DISK_VERY_LITTLE => Some(Gravity::Slows),
            DISK_VERY_LITTLE..DISK_LITTLE => Some(Gravity::Watch),
            DISK_LITTLE.. => None,
        };
        if let Some(gravity) = gravity {
            found.add(gravity, Trouble::DiskLow { free });
        }
    }
    if let Some(allowed) = facts.limits.files.filter(|files| *files < FILES_ENOUGH) {
        found.add(Gravity::Watch, Trouble::FilesFew { allowed });
    }
    if let Some(allowed) = facts.limits.memory.filter(|bytes| *bytes < MEMORY_ENOUGH) {
        found.add(Gravity::Watch, Trouble::MemoryLittle { allowed });
    }
    if let Some(by_ms) = facts.clock_off_ms.filter(|by| by.abs() > CLOCK_OFF_MS) {
        found.add(Gravity::Slows, Trouble::ClockOff { by_ms });
    }
    if let Some((by_ms, ago)) = facts.clock_step.filter(|(_, ago)| *ago < STEP_TOLD) {
        let gravity = if by_ms.abs() >= STEP_LARGE_MS {
            Gravity::Slows
        } else {
            Gravity::Watch
        };
        let since = found.ago(ago);
        found.add_since(gravity, Trouble::ClockStepped { by_ms }, None, since);
    }
    if let Some(age) = facts.backup_age.filter(|age| *age >= BACKUP_OLD) {
        let since = found.ago(age) + BACKUP_OLD;
        found.add_since(Gravity::Watch, Trouble::BackupOld { age }, None, since);
    }
}
