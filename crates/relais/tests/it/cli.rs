//! The command line: help, exit codes, refusals in one readable paragraph.

use crate::folder::Folder;
use crate::server::relais;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// How a command ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self.out
    }
}

/// Runs a command to its end, with `input` on its standard input.
pub(crate) fn run(mut command: Command, input: &str) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut pipe = child.stdin.take().expect("the input is piped");
    // A command that reads nothing closes its end first: that is its right.
    let _ = pipe.write_all(input.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().expect("the command ends");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn relais_with(args: &[&str]) -> Ran {
    let mut command = relais();
    command.args(args);
    run(command, "")
}

const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["serve"],
    &["migrate"],
    &["doctor"],
    &["config"],
    &["config", "check"],
    &["import"],
    &["import", "communes"],
    &["import", "directory"],
    &["import", "network"],
    &["import", "protocols"],
    &["user"],
    &["user", "add"],
    &["user", "list"],
    &["user", "desk"],
    &["user", "disable"],
    &["token"],
    &["token", "create"],
    &["simulate"],
    &["journal"],
    &["journal", "verify"],
    &["journal", "export"],
];

#[test]
fn the_committed_help_is_the_real_one() {
    let mut page = String::from(
        "# The command line\n\nWhat `relais COMMAND --help` prints; rewritten by `make docs`.\n\
         Exit codes: 0 done, 1 refused or failed (one paragraph on standard error), 2 usage.\n",
    );
    for command in COMMANDS {
        let mut args = command.to_vec();
        args.push("--help");
        let help = relais_with(&args).ok();
        let title = [&["relais"], *command].concat().join(" ");
        write!(page, "\n## {title}\n\n```text\n{}\n```\n", help.trim_end())
            .expect("a string takes text");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md");
    if std::env::var_os("RELAIS_TEST_REFRESH").is_some() {
        std::fs::write(&path, &page).expect("docs/reference can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/reference/cli.md differs: `make docs` rewrites it"
    );
}

fn scenario(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    path.join(name).display().to_string()
}

#[test]
fn a_scenario_is_played_and_its_trace_is_the_golden_one() {
    let path = scenario("answers-01-same-millisecond.txt");
    let golden = std::fs::read_to_string(scenario("answers-01-same-millisecond.trace"))
        .expect("a golden trace");
    let told = relais_with(&["simulate", &path]).ok();
    assert_eq!(told.trim_end(), golden.trim_end());
}

#[test]
fn many_runs_of_a_scenario_print_figures_with_their_base_and_the_same_for_a_seed() {
    let path = scenario("community-01-waves.txt");
    let told = || relais_with(&["simulate", &path, "--seed", "3", "--runs", "40"]).ok();
    let figures = told();
    for words in ["40 tirages", "Prises en charge", " sur ", "en médiane"] {
        assert!(figures.contains(words), "{words} in\n{figures}");
    }
    assert_eq!(figures, told());
}

#[test]
fn a_scenario_that_cannot_be_read_is_refused_with_the_line() {
    let folder = Folder::new();
    let path = folder.write("wrong.txt", "date 2026-03-02\nDr B: wizard at Palaiseau\n");
    let ran = relais_with(&["simulate", &path]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("line 2") && ran.err.contains("wizard"),
        "{}",
        ran.err
    );
}

#[test]
fn every_command_that_acts_shows_an_example() {
    for command in COMMANDS.iter().filter(|command| !command.is_empty()) {
        let groups = ["config", "import", "user", "token", "journal"];
        if command.len() == 1 && groups.contains(&command[0]) {
            continue;
        }
        let mut args = command.to_vec();
        args.push("--help");
        assert!(relais_with(&args).ok().contains("Example:"), "{command:?}");
    }
}

#[test]
fn usage_errors_exit_with_2() {
    for args in [
        &["serv"][..],
        &["demo", "--port", "many"],
        &["import", "network"],
        &[],
    ] {
        let ran = relais_with(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(
            !ran.err.is_empty(),
            "{args:?} says nothing on standard error"
        );
    }
}

#[test]
fn an_unknown_key_is_refused_with_its_name() {
    let folder = Folder::new();
    let file = folder.write(
        "relais.toml",
        "[http]\nlisten = \"127.0.0.1:1\"\nporte = 2\n",
    );
    let ran = relais_with(&["config", "check", "--config", &file]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("porte"), "{}", ran.err);
    assert!(ran.out.is_empty());
}

#[test]
fn an_unknown_variable_is_refused_with_its_name() {
    let mut command = relais();
    command
        .args(["config", "check"])
        .env("RELAIS_DATABSE_URL", "sqlite://x.db");
    let ran = run(command, "");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("RELAIS_DATABSE_URL"), "{}", ran.err);
}

#[test]
fn a_good_configuration_is_shown_without_its_secrets() {
    let mut command = relais();
    command
        .args(["config", "check"])
        .env(
            "RELAIS_DATABASE_URL",
            "postgres://relais:tres-secret@db/relais",
        )
        .env("RELAIS_KEYS_MASTER", "cle-tres-secrete");
    let shown = run(command, "").ok();
    assert!(shown.contains("@db/relais"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn a_missing_file_is_one_readable_paragraph() {
    let ran = relais_with(&["serve", "--config", "/nowhere/relais.toml"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.starts_with("relais: ") && ran.err.contains("/nowhere/relais.toml"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}
