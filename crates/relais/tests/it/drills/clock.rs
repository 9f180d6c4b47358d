//! The machine's clock jumps under a running server: nothing is lost, nothing is done twice, and a
//! clock put back makes nothing come before its hour (I8).
//!
//! Needs Debian's `faketime` (`scripts/need clock`); without it the test says so and ends, except
//! where `RELAIS_TEST_CLOCK` asks for it, as CI does.

use super::history::{Front, History};
use crate::folder::Folder;
use crate::nodes::{SEED, never_close, operator, past, populate, variables};
use crate::server::{Server, eventually, pause, text};
use crate::story::{otalgia, status};
use relais_app::demo::token_of;
use serde_json::json;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// Debian puts the library beside the others of its architecture.
fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let mut found = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    found.find(|path| path.exists())
}

#[test]
fn a_clock_that_jumps_loses_nothing_and_repeats_nothing() {
    let Some(library) = library() else {
        assert!(
            std::env::var("RELAIS_TEST_CLOCK").is_err(),
            "the Debian package `faketime` is missing"
        );
        say("not run: the Debian package `faketime` is missing");
        return;
    };
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file("relais.db"));
    let world = populate(&url, past());
    never_close(&folder, &url, &world);
    let offset = folder.write("offset", "+0");
    let mut variables = variables(&url);
    let preload = library.display().to_string();
    for (name, value) in [
        ("LD_PRELOAD", preload.as_str()),
        ("FAKETIME_TIMESTAMP_FILE", offset.as_str()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ] {
        variables.push((name.to_owned(), value.to_owned()));
    }
    let borrowed: Vec<(&str, &str)> = variables
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let mut server = Server::serve(&folder, &borrowed);
    let desk = crate::server::Account {
        row: json!({}),
        caller: server.with_token(&token_of(SEED, &world.users[operator(&world)])),
    };
    let (history, stop) = (History::default(), AtomicBool::new(false));
    let front = Front::new(&[server.base.clone()], &world, operator(&world));
    let raise = || {
        let raised = desk
            .caller
            .post("/api/v1/requests", &otalgia(None))
            .expect(201);
        text(&raised, "id").to_owned()
    };
    let jump = |to: &str| {
        folder.write("offset", to);
    };

    // Put back by an hour, then by two days: nothing comes before its hour.
    let first = raise();
    for back in ["-1h", "-2d"] {
        jump(back);
        assert!(history.raise(&front, &stop), "no work at {back}");
        pause(1_500);
        assert_eq!(status(&desk, &first), "asking_community", "at {back}");
    }
    jump("+0");
    assert!(history.raise(&front, &stop));
    assert_eq!(status(&desk, &first), "asking_community");

    // Ahead by two days: what fell due by that clock happens, once, and stays when it is put right.
    jump("+2d");
    eventually(20, "the deadline, by a clock two days ahead", || {
        (status(&desk, &first) == "unfilled").then_some(())
    });
    jump("+0");
    assert!(
        history.raise(&front, &stop),
        "no work once the clock is right"
    );
    pause(1_500);
    assert_eq!(status(&desk, &first), "unfilled");
    let timeline = desk
        .caller
        .get(&format!("/api/v1/requests/{first}"))
        .expect(200);
    assert_eq!(text(&timeline, "id"), first);
    let second = raise();
    assert_eq!(status(&desk, &second), "asking_community");
    assert_eq!(server.anybody().get("/readyz").status, 200);
    assert!(server.stop(), "{}", folder.read("output.log"));
    history.check(&url);
}

#[expect(clippy::print_stderr, reason = "a test that is not run says so")]
fn say(text: &str) {
    eprintln!("{text}");
}
