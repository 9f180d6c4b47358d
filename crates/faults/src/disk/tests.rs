//! The disk under SQLite itself: it holds a database, and each trouble does what it says.

use super::{Disk, Odds, Trouble};
use rusqlite::{Connection, OpenFlags};

fn connect(disk: &Disk) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let db = Connection::open_with_flags_and_vfs("t.db", flags, disk.name())?;
    db.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")?;
    Ok(db)
}

fn sum(db: &Connection) -> i64 {
    db.query_row("SELECT coalesce(sum(n), 0) FROM t", [], |row| row.get(0))
        .expect("the table is read")
}

/// A table with one row, everything on the disk.
fn laid_out(seed: u64) -> Disk {
    let disk = Disk::new(seed);
    let db = connect(&disk).expect("opens");
    db.execute_batch("CREATE TABLE t (n INTEGER, filler BLOB); INSERT INTO t VALUES (1, NULL)")
        .expect("made");
    drop(db);
    disk
}

#[test]
fn two_connections_see_each_others_rows_and_one_writes_at_a_time() {
    let disk = laid_out(1);
    let (one, other) = (
        connect(&disk).expect("opens"),
        connect(&disk).expect("opens"),
    );
    other.busy_timeout(std::time::Duration::ZERO).expect("set");
    one.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (2, NULL)")
        .expect("writes");
    assert!(other.execute_batch("BEGIN IMMEDIATE").is_err(), "busy");
    assert_eq!(sum(&other), 1, "a reader sees what is committed");
    one.execute_batch("COMMIT").expect("commits");
    assert_eq!(sum(&other), 3);
}

#[test]
fn a_commit_survives_a_cut_and_a_transaction_that_was_open_does_not() {
    let (mut torn, mut lost) = (0, 0);
    for seed in 0..40 {
        let disk = laid_out(seed);
        let db = connect(&disk).expect("opens");
        db.execute_batch("INSERT INTO t VALUES (10, zeroblob(9000))")
            .expect("commits");
        db.execute_batch("BEGIN; INSERT INTO t VALUES (100, zeroblob(900000))")
            .expect("writes");
        // A sync of nothing durable: the frames of the open transaction are written, not committed.
        db.cache_flush().expect("written");
        disk.strike_now(Trouble::Cut);
        assert!(db.execute_batch("COMMIT").is_err(), "dead");
        disk.restart();
        drop(db);
        let db = connect(&disk).expect("opens again");
        assert_eq!(sum(&db), 11);
        let check: String = db
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("checked");
        assert_eq!(check, "ok");
        torn += disk.counts().torn;
        lost += disk.counts().lost;
    }
    assert!(torn > 0 && lost > 0, "the cuts did nothing");
}

#[test]
fn each_operation_of_a_commit_can_fail() {
    let disk = laid_out(3);
    let insert = "INSERT INTO t VALUES (10, zeroblob(9000))";
    let saved = disk.save();
    let db = connect(&disk).expect("opens");
    disk.calm();
    db.execute_batch(insert).expect("commits");
    let operations = disk.operations();
    drop(db);
    assert!(operations > 3, "{operations}");
    for at in 1..=operations {
        for trouble in [Trouble::Fail, Trouble::Full, Trouble::Short] {
            disk.load(&saved);
            let db = connect(&disk).expect("opens");
            disk.strike(at, trouble);
            assert!(db.execute_batch(insert).is_err(), "{trouble:?} at {at}");
            assert_eq!(sum(&db), 1, "{trouble:?} at {at}");
        }
    }
    let counts = disk.counts();
    assert!(counts.failed > 0 && counts.full > 0 && counts.short > 0 && counts.failed_syncs > 0);
}

#[test]
fn a_full_disk_stays_full_and_reads_go_on() {
    let disk = laid_out(4);
    let db = connect(&disk).expect("opens");
    disk.strike(1, Trouble::Fill);
    for _ in 0..3 {
        assert!(
            db.execute_batch("INSERT INTO t VALUES (10, zeroblob(90000))")
                .is_err()
        );
        assert_eq!(sum(&db), 1);
    }
    disk.calm();
    db.execute_batch("INSERT INTO t VALUES (10, NULL)")
        .expect("room again");
    assert_eq!(sum(&db), 11);
}

#[test]
fn reads_fail_by_chance_and_a_seed_always_does_the_same() {
    let play = |seed| {
        let disk = laid_out(seed);
        let db = connect(&disk).expect("opens");
        disk.storm(Odds {
            fail: 50_000,
            read: 20_000,
            ..Odds::default()
        });
        let answers: Vec<bool> = (0..200)
            .map(|n| {
                db.execute_batch(&format!("INSERT INTO t VALUES ({n}, zeroblob(5000))"))
                    .is_ok()
            })
            .collect();
        (answers, disk.counts())
    };
    let (answers, counts) = play(5);
    assert!(answers.contains(&true) && answers.contains(&false));
    assert!(counts.failed_reads > 0 || counts.failed > 0, "{counts:?}");
    assert_eq!(play(5), (answers, counts), "same seed, same faults");
}

#[test]
fn a_killed_process_leaves_what_it_wrote() {
    let disk = laid_out(6);
    let db = connect(&disk).expect("opens");
    db.execute_batch("PRAGMA synchronous=OFF; INSERT INTO t VALUES (10, NULL)")
        .expect("commits without a sync");
    disk.strike_now(Trouble::Kill);
    assert!(!disk.alive());
    disk.restart();
    let again = connect(&disk).expect("opens again");
    assert_eq!(sum(&again), 11);
    assert!(
        db.execute_batch("SELECT * FROM t").is_err(),
        "the old one is dead"
    );
}
