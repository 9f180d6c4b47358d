//! The `relais` binary: command line, configuration, wiring. Refuses rules: it opens what is asked
//! for and hands over to the application.

mod cli;
mod commands;
mod config;
mod limits;
mod wiring;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::complain(&error);
            ExitCode::from(1)
        }
    }
}
