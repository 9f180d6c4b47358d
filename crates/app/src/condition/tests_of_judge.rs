//! Each trouble appears when its threshold is crossed, and is gone when it is not.

use super::facts::{ChannelState, Facts, Limits, NodeSeen, Reach};
use super::judge::judge;
use super::{Condition, Gravity, Task, Trouble};
use crate::tasks::deliver::Doubted;
use relais_core::ids::NetworkId;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::Disk;
use relais_store::overview::{LateMessages, LateRequests};
use std::collections::{BTreeMap, BTreeSet};

const NOW: Instant = Instant::from_millis(1_000_000_000);
const HOME: NetworkId = NetworkId::from_bits(1);
const AWAY: NetworkId = NetworkId::from_bits(2);

fn ago(seconds: i64) -> Instant {
    NOW - Duration::seconds(seconds)
}

fn judged(change: impl FnOnce(&mut Facts)) -> Vec<Condition> {
    let mut facts = Facts {
        disk: Some(Disk {
            free: 80_000_000_000,
            total: 100_000_000_000,
        }),
        clock_off_ms: Some(12),
        tasks: Task::ALL
            .iter()
            .map(|task| (*task, Duration::seconds(1)))
            .collect(),
        ..Facts::default()
    };
    change(&mut facts);
    judge(&facts, NOW, &BTreeMap::new())
}

fn lines(change: impl FnOnce(&mut Facts)) -> Vec<(String, Gravity)> {
    let found = judged(change);
    found.iter().map(|c| (c.line(), c.gravity)).collect()
}

fn one(code: &str, gravity: Gravity) -> Vec<(String, Gravity)> {
    vec![(code.to_owned(), gravity)]
}

#[test]
fn nothing_is_wrong_with_an_ordinary_day() {
    assert_eq!(judged(|_| {}), []);
}

#[test]
fn a_database_that_is_away_says_only_that() {
    let away = |facts: &mut Facts| {
        facts.reach = Reach::Away;
        facts.writes_refused = true;
        facts.took = Duration::seconds(5);
        facts.tasks.insert(Task::Due, Duration::minutes(5));
    };
    assert_eq!(lines(away), one("database-away", Gravity::Hinders));
    assert_eq!(
        lines(|facts| facts.reach = Reach::OtherSchema),
        one("schema-wrong", Gravity::Hinders)
    );
    assert_eq!(
        lines(|facts| facts.writes_refused = true),
        one("writes-refused", Gravity::Hinders)
    );
}

#[test]
fn a_slow_database_is_one_that_answers_late_or_has_a_crowd_before_it() {
    let slow = one("database-slow", Gravity::Slows);
    assert_eq!(lines(|facts| facts.took = Duration::seconds(2)), slow);
    assert_eq!(lines(|facts| facts.took = Duration::millis(1_999)), []);
    assert_eq!(lines(|facts| facts.queue = (512, 0)), slow);
    assert_eq!(lines(|facts| facts.queue = (0, 512)), slow);
    assert_eq!(lines(|facts| facts.queue = (511, 511)), []);
}

#[test]
fn one_channel_slows_and_both_quick_ones_hinder() {
    let down = |facts: &mut Facts, channel| {
        let state = ChannelState::Down { since: ago(90) };
        facts.channels.insert(channel, state);
    };
    assert_eq!(
        lines(|facts| down(facts, Channel::Sms)),
        one("channel-down sms", Gravity::Slows)
    );
    assert_eq!(judged(|facts| down(facts, Channel::Sms))[0].since, ago(90));
    let both = lines(|facts| {
        down(facts, Channel::Sms);
        let unset = ChannelState::Unset { since: ago(60) };
        facts.channels.insert(Channel::Push, unset);
        down(facts, Channel::Mail);
    });
    assert_eq!(
        both,
        [
            ("channel-down sms".to_owned(), Gravity::Hinders),
            ("channel-unset push".to_owned(), Gravity::Hinders),
            ("channel-down mail".to_owned(), Gravity::Slows),
        ]
    );
}

#[test]
fn what_is_late_belongs_to_its_network() {
    let found = judged(|facts| {
        let late = |network, count, oldest| LateRequests {
            network,
            count,
            oldest,
        };
        facts.late_requests = vec![late(HOME, 3, ago(59)), late(AWAY, 1, ago(60))];
        let waiting = |channel: &str, count, oldest| LateMessages {
            network: HOME,
            channel: channel.to_owned(),
            count,
            abandoned: 0,
            oldest,
        };
        facts.late_messages = vec![waiting("push", 2, ago(40)), waiting("sms", 5, ago(70))];
        facts.stuck.insert(AWAY, (1, ago(30)));
    });
    let seen: Vec<_> = found
        .into_iter()
        .map(|c| (c.trouble, c.network, c.gravity, c.since))
        .collect();
    assert_eq!(
        seen,
        [
            (
                Trouble::DeadlinesLate { count: 1 },
                Some(AWAY),
                Gravity::Hinders,
                ago(60)
            ),
            (
                Trouble::RequestsStuck { count: 1 },
                Some(AWAY),
                Gravity::Hinders,
                ago(30)
            ),
            (
                Trouble::MessagesLate { count: 7 },
                Some(HOME),
                Gravity::Slows,
                ago(70)
            ),
            (
                Trouble::DeadlinesLate { count: 3 },
                Some(HOME),
                Gravity::Slows,
                ago(59)
            ),
        ]
    );
}

#[test]
fn a_task_is_late_past_its_own_limit() {
    for (task, limit, gravity) in [
        (Task::Due, Duration::seconds(15), Gravity::Hinders),
        (Task::Deliver, Duration::seconds(60), Gravity::Hinders),
        (Task::Digests, Duration::minutes(15), Gravity::Watch),
        (Task::Housekeeping, Duration::hours(2), Gravity::Watch),
    ] {
        let line = format!("task-late {}", task.code());
        let just = Duration::millis(limit.as_millis() - 1);
        assert_eq!(
            lines(|facts| _ = facts.tasks.insert(task, limit)),
            one(&line, gravity)
        );
        assert_eq!(lines(|facts| _ = facts.tasks.insert(task, just)), []);
    }
}

#[test]
fn another_process_is_missed_then_forgotten() {
    let nodes = |silent: &[i64]| {
        let node = |seconds: &i64| NodeSeen {
            name: "relais-2".to_owned(),
            version: "0.1.0".to_owned(),
            is_this: false,
            up: Duration::hours(1),
            silent: Duration::seconds(*seconds),
        };
        let nodes = silent.iter().map(node).collect();
        lines(|facts| facts.nodes = nodes)
    };
    assert_eq!(nodes(&[1, 29]), []);
    assert_eq!(nodes(&[30]), one("nodes-silent", Gravity::Watch));
    assert_eq!(nodes(&[599, 1]), one("nodes-silent", Gravity::Watch));
    assert_eq!(nodes(&[600]), [], "stopped for good");
}

#[test]
fn a_disk_is_told_in_three_steps() {
    const MIB: u64 = 1024 * 1024;
    let free = |free| {
        lines(|facts| {
            facts.disk = Some(Disk {
                free,
                total: 100_000 * MIB,
            });
        })
    };
    assert_eq!(free(2_048 * MIB), []);
    assert_eq!(free(2_048 * MIB - 1), one("disk-low", Gravity::Watch));
    assert_eq!(free(512 * MIB - 1), one("disk-low", Gravity::Slows));
    assert_eq!(free(64 * MIB - 1), one("disk-low", Gravity::Hinders));
}

#[test]
fn clocks_apart_and_jumps_are_noticed() {
    let off = one("clock-off", Gravity::Slows);
    assert_eq!(lines(|facts| facts.clock_off_ms = Some(2_001)), off);
    assert_eq!(lines(|facts| facts.clock_off_ms = Some(-2_001)), off);
    assert_eq!(lines(|facts| facts.clock_off_ms = Some(-2_000)), []);
    let step = |by, ago| lines(|facts| facts.clock_step = Some((by, ago)));
    let small = one("clock-stepped", Gravity::Watch);
    let large = one("clock-stepped", Gravity::Slows);
    assert_eq!(step(-3_000, Duration::minutes(59)), small);
    assert_eq!(step(-30_000, Duration::ZERO), large);
    assert_eq!(step(90_000, Duration::hours(1)), [], "old news");
}

#[test]
fn a_mailbox_that_cannot_be_read_is_told_after_a_quarter_of_an_hour() {
    let unread = |minutes| {
        let since = NOW - Duration::minutes(minutes);
        lines(|facts| facts.mailbox_unread = Some(since))
    };
    assert_eq!(unread(14), []);
    assert_eq!(unread(15), one("mailbox-unread", Gravity::Watch));
}

#[test]
fn forms_forgotten_to_make_room_are_told_to_whoever_keeps_it() {
    let shed = lines(|facts| facts.shed = Some((12, NOW - Duration::minutes(5))));
    assert_eq!(shed, one("forms-shed", Gravity::Watch));
}

#[test]
fn a_backup_is_missed_after_a_day_and_two_hours() {
    let backup = |hours| lines(|facts| facts.backup_age = Some(Duration::hours(hours)));
    assert_eq!(backup(25), []);
    assert_eq!(backup(26), one("backup-old", Gravity::Watch));
}

#[test]
fn a_process_that_is_granted_little_is_told_to_whoever_keeps_it() {
    let granted = |files, memory| lines(|facts| facts.limits = Limits { files, memory });
    let mega = |n: u64| Some(n * 1024 * 1024);
    assert_eq!(granted(Some(6_200), mega(512)), []);
    assert_eq!(granted(None, None), [], "no limit");
    let few = granted(Some(1_024), mega(512));
    assert_eq!(few, one("files-few", Gravity::Watch));
    let little = granted(Some(6_200), mega(511));
    assert_eq!(little, one("memory-little", Gravity::Watch));
}

#[test]
fn a_provider_whose_messages_do_not_arrive_is_told_as_far_as_it_weighs() {
    let doubted = |alone| {
        lines(|facts| {
            facts.doubted = vec![Doubted {
                channel: Channel::Sms,
                provider: "ovh",
                since: ago(600),
                run: 7,
                alone,
            }];
        })
    };
    assert_eq!(doubted(false), one("provider-silent ovh", Gravity::Watch));
    assert_eq!(doubted(true), one("provider-silent ovh", Gravity::Slows));
}

#[test]
fn since_when_is_remembered_from_look_to_look() {
    let facts = Facts {
        writes_refused: true,
        ..Facts::default()
    };
    let before = BTreeMap::from([(("writes-refused".to_owned(), None), ago(120))]);
    assert_eq!(judge(&facts, NOW, &before)[0].since, ago(120));
    assert_eq!(judge(&facts, NOW, &BTreeMap::new())[0].since, NOW);
}

#[test]
fn codes_are_distinct_and_every_trouble_has_its_own() {
    let all = [
        Trouble::DatabaseAway,
        Trouble::SchemaWrong,
        Trouble::WritesRefused,
        Trouble::DatabaseSlow,
        Trouble::ChannelDown(Channel::Sms),
        Trouble::ChannelUnset(Channel::Sms),
        Trouble::ProviderSilent {
            channel: Channel::Sms,
            provider: "ovh",
            run: 5,
        },
        Trouble::MessagesLate { count: 1 },
        Trouble::DeadlinesLate { count: 1 },
        Trouble::RequestsStuck { count: 1 },
        Trouble::TaskLate(Task::Due),
        Trouble::NodesSilent { count: 1 },
        Trouble::DiskLow { free: 1 },
        Trouble::FilesFew { allowed: 1 },
        Trouble::MemoryLittle { allowed: 1 },
        Trouble::ClockOff { by_ms: 1 },
        Trouble::ClockStepped { by_ms: 1 },
        Trouble::MailboxUnread,
        Trouble::FormsShed { count: 1 },
        Trouble::BackupOld {
            age: Duration::ZERO,
        },
    ];
    let codes: Vec<_> = all.iter().map(Trouble::code).collect();
    assert_eq!(codes, Trouble::CODES);
    let distinct: BTreeSet<_> = codes.iter().collect();
    assert_eq!(distinct.len(), codes.len());
}
