//! Repository chores in Rust: `cargo xtask tidy | postgres -- CMD…`.
//!
//! Owns the checks and helpers that are about the tree itself. Refuses anything the product needs
//! at run time: nothing here is linked into `relais`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line chore talks to its terminal"
)]

mod postgres;
mod tidy;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND

  tidy                 check the tree: sizes, headers, banned words, imports, links, migrations
  postgres -- CMD …    start a throw-away PostgreSQL, run CMD with RELAIS_TEST_POSTGRES_URL, stop it";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["tidy"] => tidy::run(&root()),
        ["postgres", "--", command @ ..] if !command.is_empty() => postgres::run(command),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace root: the folder above this crate's own.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lives one folder under the workspace root")
        .to_path_buf()
}
