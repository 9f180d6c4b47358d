//! Plays every `scenarios/*.txt` on the production core and compares what happens with its golden
//! `.trace`. `UPDATE_EXPECT=1` writes the traces again: read the difference against RULES before
//! committing it.

use relais_sim::engine::Core;
use relais_sim::script::Script;
use relais_sim::words;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn files(extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("scenarios/ is in the tree");
    let mut found: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    found.sort();
    found
}

#[test]
fn every_scenario_plays_as_its_trace_says_and_breaks_no_invariant() {
    let refresh = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = Vec::new();
    for path in files("txt") {
        let name = path
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&path).expect("readable");
        let told = match words::tell(&text, &Core) {
            Ok(told) => told,
            Err(error) => {
                failures.push(format!("{name}: {error}"));
                continue;
            }
        };
        for breach in &told.breaches {
            failures.push(format!("{name}: {breach}"));
        }
        let golden = path.with_extension("trace");
        if refresh {
            fs::write(&golden, &told.trace).expect("writable");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if let Some(difference) = first_difference(&expected, &told.trace) {
            failures.push(format!("{name}: {difference}"));
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

#[test]
fn scenarios_are_many_and_each_has_its_trace_and_names_its_rule() {
    let scenarios = files("txt");
    assert!(scenarios.len() >= 40, "{} scenarios", scenarios.len());
    let stems = |list: &[PathBuf]| {
        list.iter()
            .map(|path| path.file_stem().expect("a file").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        stems(&scenarios),
        stems(&files("trace")),
        "one trace each, none left over"
    );
    for path in &scenarios {
        let text = fs::read_to_string(path).expect("readable");
        let rule = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .any(|line| {
                ["R1", "R2", "R3", "R4", "R5", "R7", "R8", "T1", "T2"]
                    .iter()
                    .any(|rule| line.contains(rule))
            });
        assert!(rule, "{} names no rule in its first lines", path.display());
    }
}

#[test]
fn every_scenario_is_written_back_and_read_again_the_same() {
    for path in files("txt") {
        let script = Script::parse(&fs::read_to_string(&path).expect("readable"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let again = Script::parse(&script.print())
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", path.display(), script.print()));
        assert_eq!(again, script, "{}", path.display());
    }
}

/// The first line where two texts part, with its number.
fn first_difference(expected: &str, seen: &str) -> Option<String> {
    let (mut left, mut right) = (expected.lines(), seen.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (left.next(), right.next()) {
            (None, None) => return None,
            (old, new) if old == new => {}
            (old, new) => {
                return Some(format!(
                    "trace line {number}\n  expected {}\n  seen     {}",
                    old.unwrap_or("(end)"),
                    new.unwrap_or("(end)")
                ));
            }
        }
    }
}
