//! A backup of a database that people work on, rehearsed: restored apart, verified, counted.

use super::history::{History, key};
use crate::cli::run;
use crate::folder::Folder;
use crate::nodes::{never_close, past, populate, variables};
use crate::server::{Server, eventually, relais};
use relais_store::testing::TestDb;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_backup_made_at_work_passes_the_drill_and_holds_all_that_was_acknowledged_before() {
    let folder = Folder::new();
    let sqlite = format!("sqlite://{}", folder.file("relais.db"));
    let postgres = TestDb::empty_postgres();
    let urls = std::iter::once(sqlite).chain(postgres.iter().map(|db| db.url.clone()));
    for (n, url) in urls.enumerate() {
        let world = populate(&url, past());
        never_close(&folder, &url, &world);
        let variables = variables(&url);
        let borrowed: Vec<(&str, &str)> = variables
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let mut server = Server::serve(&folder, &borrowed);
        let (bases, stop) = ([server.base.clone()], AtomicBool::new(false));
        let (before, after) = (History::default(), History::default());
        let file = folder.file(&format!("{n}.backup"));
        let work = |history: &History, stop: &AtomicBool| history.live(&world, &bases, stop);
        std::thread::scope(|scope| {
            scope.spawn(|| work(&before, &stop));
            eventually(60, "some work before the backup", || {
                (before.count_raised() >= 4 && before.count_yes() >= 1).then_some(())
            });
            stop.store(true, Ordering::Relaxed);
        });
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| work(&after, &stop));
            eventually(60, "work during the backup", || {
                (after.count_raised() >= 1).then_some(())
            });
            let mut backup = relais();
            backup.args(["backup", &file]).envs(variables.clone());
            run(backup, "").ok();
            stop.store(true, Ordering::Relaxed);
        });
        assert!(server.stop(), "{}", folder.read("output.log"));

        let drill = |file: &str| {
            let mut drill = relais();
            drill.args(["drill", file]).env("RELAIS_KEYS_MASTER", key());
            run(drill, "")
        };
        let said = drill(&file).ok();
        for part in [
            "rows restored in",
            "The data go to",
            "Sound. Restored and checked in",
        ] {
            assert!(said.contains(part), "{said}");
        }
        // What the drill says is said in the output of the tests too: the age, the time it took.
        print(&said);

        let restored = format!("sqlite://{}", folder.file(&format!("{n}.restored.db")));
        let mut restore = relais();
        restore
            .args(["restore", &file])
            .env("RELAIS_DATABASE_URL", &restored)
            .env("RELAIS_KEYS_MASTER", key());
        run(restore, "").ok();
        before.check(&restored);

        let mut bytes = std::fs::read(&file).expect("the backup is there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let altered = folder.file(&format!("{n}.altered"));
        std::fs::write(&altered, bytes).expect("the temporary folder takes files");
        assert_eq!(
            drill(&altered).code,
            1,
            "an altered backup passed the drill"
        );
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the age and the time are what a drill is for"
)]
fn print(text: &str) {
    println!("{text}");
}
