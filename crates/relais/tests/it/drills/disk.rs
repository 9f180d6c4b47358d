//! The disk of a SQLite installation fills up: what is new is refused in so many words, reads go on,
//! nothing acknowledged is lost, and once there is room the work goes on.
//!
//! Needs a small file system of its own, hence the right to mount one: as in CI. Where that is
//! refused, the test says so on its output and ends.

use super::history::{Front, History};
use crate::folder::Folder;
use crate::nodes::{never_close, operator, past, populate, variables};
use crate::server::{Server, eventually};
use crate::story::otalgia;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file system of few megabytes, unmounted with the value.
struct Small(String);

impl Small {
    /// Nothing where mounting is not allowed.
    fn mount(path: String, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(&path).expect("the temporary folder takes folders");
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs", &path])
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(path))
    }

    /// Takes all the room but `spare` bytes.
    fn fill(&self, spare: usize) {
        let ballast = Path::new(&self.0).join("ballast");
        let block = vec![0; 4096];
        let mut whole = Vec::new();
        let mut file = std::fs::File::create(&ballast).expect("a file");
        while std::io::Write::write_all(&mut file, &block).is_ok() {
            whole.push(());
        }
        let length = (whole.len() * block.len()).saturating_sub(spare);
        file.set_len(length as u64).expect("cut back");
    }

    fn room(&self) {
        std::fs::remove_file(Path::new(&self.0).join("ballast")).expect("the ballast is there");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A mount left behind in a temporary place harms nobody.
        let _ = Command::new("umount").args(["-l", &self.0]).status();
    }
}

#[test]
fn a_full_disk_refuses_what_is_new_and_loses_nothing() {
    let folder = Folder::new();
    let Some(small) = Small::mount(folder.file("small"), 48) else {
        say("not run: no right to mount a small file system here");
        return;
    };
    let url = format!("sqlite://{}/relais.db", small.0);
    let world = populate(&url, past());
    never_close(&folder, &url, &world);
    let variables = variables(&url);
    let borrowed: Vec<(&str, &str)> = variables
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let mut server = Server::serve(&folder, &borrowed);
    let (bases, stop) = ([server.base.clone()], AtomicBool::new(false));
    let history = History::default();
    let desk = server.with_token(&relais_app::demo::token_of(
        crate::nodes::SEED,
        &world.users[operator(&world)],
    ));
    std::thread::scope(|scope| {
        scope.spawn(|| history.live(&world, &bases, &stop));
        eventually(60, "some work before", || {
            (history.count_raised() >= 3 && history.count_yes() >= 1).then_some(())
        });
        small.fill(64 * 1024);
        let refused = eventually(60, "a refusal", || {
            let body = otalgia(None).to_string();
            let answer = desk
                .try_call("POST", "/api/v1/requests", Some(&body), None)
                .ok()?;
            (answer.status != 201).then_some(answer)
        });
        assert!([503, 507].contains(&refused.status), "{}", refused.text);
        assert_eq!(refused.kind, "application/problem+json", "{}", refused.text);
        assert_eq!(desk.get("/api/v1/requests").status, 200, "reads go on");
        assert!(!server.has_ended(), "{}", folder.read("output.log"));

        small.room();
        let raised = history.count_raised();
        eventually(60, "work after", || {
            (history.count_raised() > raised + 1).then_some(())
        });
        stop.store(true, Ordering::Relaxed);
    });
    // Whoever was refused meanwhile asked again, and was answered.
    assert!(history.raise(
        &Front::new(&bases, &world, operator(&world)),
        &AtomicBool::new(false)
    ));
    assert!(server.stop(), "{}", folder.read("output.log"));
    history.check(&url);
}

#[expect(clippy::print_stderr, reason = "a test that is not run says so")]
fn say(text: &str) {
    eprintln!("{text}");
}
