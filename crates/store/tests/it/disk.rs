//! A disk that fails at every operation of a transaction in turn, forgets what a sync should have
//! written, or loses its power: what was answered is there, what was refused is not, and a process
//! whose disk failed during a commit writes nothing more.

use relais_faults::disk::{Disk, Odds, Saved, Trouble};
use relais_store::db::Options;
use relais_store::testing::options;
use relais_store::{Db, StoreError, demo_state, migrate};
use rusqlite::{Connection, OpenFlags};

const FILE: &str = "relais.db";

fn open(disk: &Disk) -> Result<Db, StoreError> {
    let on_disk = Options {
        vfs: Some(disk.name().to_owned()),
        ..options()
    };
    Db::open(&format!("sqlite://{FILE}"), &on_disk)
}

/// A migrated store, all of it on the disk, closed.
fn laid_out(seed: u64) -> (Disk, Saved) {
    let disk = Disk::new(seed);
    let db = open(&disk).expect("opens");
    migrate::migrate(&db, 1).expect("migrates");
    db.write_blocking(|tx| demo_state::set(tx, "first", "1"))
        .expect("commits");
    db.close();
    let saved = disk.save();
    (disk, saved)
}

/// A transaction that is more than one page.
fn write(db: &Db, name: &'static str) -> Result<(), StoreError> {
    db.write_blocking(move |tx| {
        demo_state::set(tx, name, &"x".repeat(9_000))?;
        demo_state::set(tx, &format!("{name}, the other half"), "1")
    })
}

/// Which of the names are there; a half is a failure of the test.
fn there(db: &Db, name: &'static str) -> bool {
    let half = format!("{name}, the other half");
    let halves = db
        .read_blocking(move |tx| {
            let one = demo_state::find(tx, name)?.is_some();
            Ok::<_, StoreError>((one, demo_state::find(tx, &half)?.is_some()))
        })
        .expect("reads");
    assert_eq!(halves.0, halves.1, "half a transaction");
    halves.0
}

/// SQLite's own opinion of the file.
fn sound(disk: &Disk) {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let file = Connection::open_with_flags_and_vfs(FILE, flags, disk.name()).expect("opens");
    let said: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("is checked");
    assert_eq!(said, "ok");
}

/// Opens after a trouble, on a disk that works again.
fn again(disk: &Disk, db: Db) -> Db {
    db.close();
    disk.restart();
    let db = open(disk).expect("opens again");
    // Beside the store, and closed before it: the last connection of all folds the log by itself.
    sound(disk);
    db
}

/// Whether whoever serves is told to end the process, without waiting for it.
fn told_lost(db: &Db) -> bool {
    let mut told = std::pin::pin!(db.until_lost());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    told.as_mut().poll(&mut context).is_ready()
}

/// How many operations one transaction takes on an open store.
fn operations(disk: &Disk, saved: &Saved) -> u64 {
    disk.load(saved);
    let db = open(disk).expect("opens");
    disk.calm();
    write(&db, "counted").expect("commits");
    let count = disk.operations();
    db.close();
    count
}

#[test]
fn any_operation_may_fail_and_the_answer_stays_true() {
    let (disk, saved) = laid_out(1);
    let count = operations(&disk, &saved);
    assert!(count > 4, "{count} operations");
    let (mut refused, mut unknown) = (0, 0);
    for at in 1..=count {
        for trouble in [Trouble::Fail, Trouble::Full, Trouble::Short] {
            disk.load(&saved);
            let db = open(&disk).expect("opens");
            disk.strike(at, trouble);
            let answer = write(&db, "struck");
            disk.calm();
            let known = match &answer {
                Ok(()) => Some(true),
                Err(StoreError::Unavailable { .. }) => Some(false),
                Err(StoreError::CommitUnknown { .. }) => None,
                other => panic!("{trouble:?} at {at}: {other:?}"),
            };
            assert_eq!(db.is_lost(), known.is_none(), "{trouble:?} at {at}");
            assert_eq!(told_lost(&db), known.is_none(), "{trouble:?} at {at}");
            refused += u32::from(known == Some(false));
            unknown += u32::from(known.is_none());
            // The disk works again, but nobody may trust what a failed sync left behind.
            let next = write(&db, "after");
            assert_eq!(next.is_ok(), known.is_some(), "{trouble:?} at {at}");
            let db = again(&disk, db);
            if let Some(known) = known {
                assert_eq!(there(&db, "struck"), known, "{trouble:?} at {at}");
            }
            assert_eq!(there(&db, "after"), next.is_ok(), "{trouble:?} at {at}");
            write(&db, "later").expect("a new process writes");
            db.close();
        }
    }
    assert!(refused > 0 && unknown > 0, "{refused} {unknown}");
}

#[test]
fn a_process_or_a_machine_may_die_after_any_operation() {
    let (disk, saved) = laid_out(2);
    let count = operations(&disk, &saved);
    for at in 1..=count {
        for (trouble, seed) in [Trouble::Kill, Trouble::Cut, Trouble::Cut, Trouble::Cut]
            .into_iter()
            .zip(0..)
        {
            disk.load(&saved);
            disk.reseed(at * 10 + seed);
            let db = open(&disk).expect("opens");
            disk.strike(at, trouble);
            let answer = write(&db, "struck");
            let db = again(&disk, db);
            if answer.is_ok() {
                assert!(there(&db, "struck"), "{trouble:?} after {at}");
            }
            write(&db, "later").expect("writes");
            assert!(there(&db, "later"));
            db.close();
        }
    }
    let counts = disk.counts();
    assert!(
        counts.torn > 0 && counts.lost > 0 && counts.kept > 0,
        "{counts:?}"
    );
}

/// The sync of a commit fails, the process is started again, the power goes: what the new process
/// answered is there. Were it to build on the log as the system shows it, it would not be.
#[test]
fn nothing_is_built_on_what_a_failed_sync_forgot() {
    let (disk, saved) = laid_out(3);
    let count = operations(&disk, &saved);
    for seed in 0..30 {
        disk.load(&saved);
        disk.reseed(seed);
        let db = open(&disk).expect("opens");
        // The last operation of a commit is the sync of the log.
        disk.strike(count, Trouble::Fail);
        let answer = write(&db, "struck");
        assert!(
            matches!(answer, Err(StoreError::CommitUnknown { .. })),
            "{answer:?}"
        );
        // Killed before it could put anything right.
        disk.strike_now(Trouble::Kill);
        let db = again(&disk, db);
        let struck = there(&db, "struck");
        write(&db, "later").expect("a new process writes");
        disk.strike_now(Trouble::Cut);
        let db = again(&disk, db);
        assert!(there(&db, "later"), "answered, then lost: seed {seed}");
        assert_eq!(there(&db, "struck"), struck, "seen, then lost: seed {seed}");
        db.close();
    }
    assert!(disk.counts().failed_syncs >= 30);
}

/// Killed with everything still in the log, then struck again at each operation of the next opening:
/// folding the log is as safe as the log.
#[test]
fn an_opening_may_be_cut_short_at_any_operation() {
    let (disk, saved) = laid_out(6);
    disk.load(&saved);
    let db = open(&disk).expect("opens");
    for name in ["one", "two", "three"] {
        write(&db, name).expect("commits");
    }
    disk.strike_now(Trouble::Kill);
    db.close();
    disk.restart();
    // Everything written so far is synced: only what the opening writes can be lost.
    let unfolded = disk.save();
    let mut openings = 0;
    'each: for at in 1.. {
        for (trouble, seed) in [
            Trouble::Fail,
            Trouble::Full,
            Trouble::Kill,
            Trouble::Cut,
            Trouble::Cut,
        ]
        .into_iter()
        .zip(0..)
        {
            disk.load(&unfolded);
            disk.reseed(at * 10 + seed);
            disk.strike(at, trouble);
            let opened = open(&disk);
            let reached = disk.operations() >= at;
            if let Ok(db) = opened {
                db.close();
            }
            if !reached {
                break 'each;
            }
            disk.restart();
            let db = open(&disk).expect("opens again");
            sound(&disk);
            for name in ["one", "two", "three"] {
                assert!(there(&db, name), "{trouble:?} at {at}: {name} is lost");
            }
            write(&db, "later").expect("writes");
            db.close();
            openings += 1;
        }
    }
    assert!(openings > 40, "{openings} openings");
}

/// The schema is laid out by transactions: cut short anywhere, the next start goes on from there.
#[test]
fn a_migration_may_be_cut_short_at_any_operation() {
    let disk = Disk::new(7);
    let empty = disk.save();
    let db = open(&disk).expect("opens");
    disk.calm();
    migrate::migrate(&db, 1).expect("migrates");
    let count = disk.operations();
    let whole = migrate::dump_schema(&db).expect("is told");
    db.close();
    for at in (1..=count).step_by(3) {
        let trouble =
            [Trouble::Cut, Trouble::Kill, Trouble::Fail][usize::try_from(at % 3).expect("small")];
        disk.load(&empty);
        disk.reseed(at);
        let db = open(&disk).expect("opens");
        disk.strike(at, trouble);
        let answer = migrate::migrate(&db, 1);
        let db = again(&disk, db);
        if answer.is_ok() {
            assert_eq!(
                migrate::pending(&db).expect("is told").len(),
                0,
                "{trouble:?} at {at}"
            );
        }
        migrate::migrate(&db, 2).expect("goes on");
        assert_eq!(
            migrate::dump_schema(&db).expect("is told"),
            whole,
            "{trouble:?} at {at}"
        );
        db.close();
    }
}

#[test]
fn a_full_disk_refuses_writes_and_reads_go_on() {
    let (disk, saved) = laid_out(4);
    disk.load(&saved);
    let db = open(&disk).expect("opens");
    disk.strike(1, Trouble::Fill);
    for _ in 0..3 {
        let answer = write(&db, "struck");
        assert!(
            matches!(answer, Err(StoreError::Unavailable { .. })),
            "{answer:?}"
        );
        assert!(!there(&db, "struck"));
    }
    assert!(!db.is_lost(), "nothing was half done");
    disk.calm();
    write(&db, "struck").expect("room again");
    db.close();
}

/// Reads, writes and syncs fail by chance while transactions share commits.
#[test]
fn groups_under_a_storm_keep_what_was_answered() {
    let (disk, saved) = laid_out(5);
    let (mut kept, mut lost) = (0, 0);
    for seed in 0..60 {
        disk.load(&saved);
        disk.reseed(seed);
        let db = open(&disk).expect("opens");
        disk.storm(Odds {
            fail: 15_000,
            read: 3_000,
            cut: 4_000,
            ..Odds::default()
        });
        let writers: Vec<_> = (0..4)
            .map(|lane| {
                let db = db.clone();
                std::thread::spawn(move || {
                    let names = (0..6).map(|n| format!("{lane} {n}"));
                    let done = names.filter(|name| {
                        let name = name.clone();
                        let answer: Result<(), StoreError> = db.write_blocking(move |tx| {
                            demo_state::set(tx, &name, &"x".repeat(3_000))
                        });
                        answer.is_ok()
                    });
                    done.collect::<Vec<_>>()
                })
            })
            .collect();
        let mut answered = Vec::new();
        for writer in writers {
            answered.extend(writer.join().expect("ends"));
        }
        let died = !disk.alive();
        let db = again(&disk, db);
        for name in answered {
            let seen = db.read_blocking(move |tx| demo_state::find(tx, &name));
            assert!(seen.expect("reads").is_some(), "seed {seed}");
            kept += 1;
        }
        lost += u32::from(died);
        db.close();
    }
    let counts = disk.counts();
    assert!(kept > 100 && lost > 5, "{kept} {lost}");
    assert!(
        counts.failed_reads > 0 && counts.failed_syncs > 0,
        "{counts:?}"
    );
}
