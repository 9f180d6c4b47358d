//! The commands. Errors end on standard error in one readable paragraph, with exit code 1; usage
//! errors are clap's, with exit code 2.

mod accounts;
mod backup;
mod check;
mod demo;
mod directory;
mod drill;
mod import;
mod journal;
mod mss;
mod push_key;
mod retention;
mod serve;
mod simulate;
mod whole_file;

use crate::cli::{Cli, Command, ConfigCommand, Import, Journal, Token, User};
use relais_app::AppError;
use std::io::{ErrorKind, Write as _};

/// Runs a command.
pub(crate) fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Demo(args) => blocking(demo::run(args)),
        Command::Serve(args) => blocking(serve::run(args)),
        Command::Migrate(args) => check::migrate(&args),
        Command::Doctor(args) => blocking(check::doctor(args)),
        Command::Config(ConfigCommand::Check(args)) => check::config(&args),
        Command::Import(Import::Communes(args)) => blocking(import::communes(args)),
        Command::Import(Import::Directory(args)) => blocking(directory::import(args)),
        Command::Import(Import::Mailboxes(args)) => blocking(mss::import(args)),
        Command::Import(Import::Network(args)) => blocking(import::network(args)),
        Command::Import(Import::Protocols(args)) => blocking(import::protocols(args)),
        Command::User(User::Add(args)) => blocking(accounts::add(args)),
        Command::User(User::List(args)) => blocking(accounts::list(args)),
        Command::User(User::Desk(args)) => blocking(accounts::desk(args)),
        Command::User(User::Disable(args)) => blocking(accounts::disable(args)),
        Command::Token(Token::Create(args)) => blocking(accounts::token(args)),
        Command::Simulate(args) => simulate::run(&args),
        Command::Journal(Journal::Verify(args)) => blocking(journal::verify(args)),
        Command::Journal(Journal::Export(args)) => blocking(journal::export(args)),
        Command::Backup(args) => backup::write(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Drill(args) => drill::run(&args),
        Command::PushKey(args) => push_key::run(&args),
        Command::Retention(args) => blocking(retention::run(args)),
        Command::MssReport(args) => blocking(mss::report(args)),
    }
}

fn blocking(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work)
}

/// One readable paragraph on standard error.
#[expect(
    clippy::print_stderr,
    reason = "the command line speaks on standard error"
)]
pub(crate) fn complain(error: &anyhow::Error) {
    let mut text = format!("relais: {error}");
    for cause in error.chain().skip(1) {
        text.push_str(&format!(": {cause}"));
    }
    if let Some(AppError::Invalid(fields)) = error.downcast_ref() {
        for field in fields {
            text.push_str(&format!("\n  {} {}", field.pointer, field.message));
        }
    }
    if let Some(AppError::Problem { detail, .. }) = error.downcast_ref() {
        text.push_str(&format!("\n  {detail}"));
    }
    eprintln!("{text}");
}

/// A line on standard output. Whoever reads may have heard enough (`| head`): what was done stays done.
pub(crate) fn say(text: impl AsRef<str>) {
    match writeln!(std::io::stdout(), "{}", text.as_ref()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&anyhow::Error::new(error).context("cannot write the answer"));
        }
        _ => {}
    }
}
