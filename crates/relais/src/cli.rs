//! The command line, as CONTRACT fixes it. Each command's help carries an example.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Relais: unplanned care, found on one's own territory.
#[derive(Debug, Parser)]
#[command(name = "relais", version, about, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve a demonstration territory: fictional people, one-click roles, fake phones
    #[command(after_help = "Example:\n  relais demo --port 8080 --data ./demo-data")]
    Demo(Demo),
    /// Serve
    #[command(after_help = "Example:\n  relais serve --config /etc/relais.toml")]
    Serve(WithConfig),
    /// Bring the database's schema up to date
    #[command(
        after_help = "Example:\n  relais migrate --config /etc/relais.toml\n  relais migrate --check"
    )]
    Migrate(Migrate),
    /// Look at everything an installation needs, and say what to do
    #[command(after_help = "Example:\n  relais doctor --config /etc/relais.toml")]
    Doctor(Doctor),
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Import reference data or a network's settings
    #[command(subcommand)]
    Import(Import),
    /// Accounts
    #[command(subcommand)]
    User(User),
    /// API tokens
    #[command(subcommand)]
    Token(Token),
    /// Play a scenario, or its requests many times with other habits and other failures
    #[command(
        after_help = "Example:\n  relais simulate scenarios/answers-01-same-millisecond.txt\n  relais simulate scenarios/community-01-waves.txt --seed 7 --runs 500"
    )]
    Simulate(Simulate),
    /// The journal
    #[command(subcommand)]
    Journal(Journal),
    /// Write a consistent, encrypted backup; the server may go on meanwhile
    #[command(after_help = "Example:\n  relais backup /srv/backup/relais-2026-11-23.backup")]
    Backup(BackupFile),
    /// Fill an empty database from a backup, under the same master key
    #[command(
        after_help = "Example:\n  RELAIS_DATABASE_URL=sqlite:///tmp/drill.db relais restore relais.backup"
    )]
    Restore(BackupFile),
    /// Make the key under which browsers subscribe to notifications (kind = "web-push")
    #[command(after_help = "Example:\n  relais push-key /etc/relais/push.key")]
    PushKey(PushKey),
    /// Read mails that came to our secure mailbox (displayed, refused, not delivered); exit 1 when one is for a person
    #[command(after_help = "Example:\n  relais mss-report --config /etc/relais.toml inbox/*.eml")]
    MssReport(MssReport),
    /// Purge what is past its time in a network (the server does it every hour), or say what would go
    #[command(after_help = "Example:\n  relais retention --network SNP91N --dry-run")]
    Retention(Retention),
    /// Rehearse a restore: into a scratch database, journal verified, invariants asked, age told
    #[command(after_help = "Example:\n  relais drill /srv/backup/relais-2026-11-23.backup")]
    Drill(BackupFile),
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The scenario: a territory and what happens in it, as in scenarios/README.md
    pub(crate) scenario: PathBuf,
    /// Seed of the first run
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Runs; more than one = only its territory and its requests are kept, and figures are printed
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) runs: u64,
}

#[derive(Debug, Args)]
pub(crate) struct PushKey {
    /// File written, readable by its owner only; refused when it exists
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct MssReport {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// The mails, one a file (`.eml`)
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Retention {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// The network's code
    #[arg(long)]
    pub(crate) network: String,
    /// Purge nothing: count what is past its time
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A backup's file.
#[derive(Debug, Args)]
pub(crate) struct BackupFile {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// The file
    pub(crate) file: PathBuf,
}

/// Where the configuration is.
#[derive(Debug, Clone, Args)]
pub(crate) struct WithConfig {
    /// Configuration file; RELAIS_* variables override it
    #[arg(long, value_name = "FILE", env = "RELAIS_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

/// The demonstration's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClockKind {
    /// Runs; starts inside opening hours
    Real,
    /// Stands at 10:00 until moved at /demo/clock
    Manual,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Folder that keeps the demonstration between starts
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    pub(crate) data: PathBuf,
    /// Clock
    #[arg(long, value_enum, default_value_t = ClockKind::Real)]
    pub(crate) clock: ClockKind,
    /// Seed of the territory, used the first time
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// Only say what would be done; exit 1 when something would
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check the file and the variables; unknown keys are refused
    #[command(after_help = "Example:\n  relais config check --config /etc/relais.toml")]
    Check(WithConfig),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Communes (CSV, columns of reference/communes.csv)
    #[command(after_help = "Example:\n  relais import communes communes-2027.csv")]
    Communes(ImportFile),
    /// The national directory of professionals (open extract "Personne_activite"); may be cut and started again
    #[command(
        after_help = "Example:\n  relais import directory PS_LibreAcces_Personne_activite_202711250745.txt"
    )]
    Directory(ImportDirectory),
    /// Secure mailboxes (public extract "Extraction_Correspondance_MSSante")
    #[command(
        after_help = "Example:\n  relais import mailboxes Extraction_Correspondance_MSSante_202711250745.txt"
    )]
    Mailboxes(ImportFile),
    /// A network's settings (TOML or JSON)
    #[command(after_help = "Example:\n  relais import network snp91.toml")]
    Network(ImportFile),
    /// Orientation sheets (JSON, as protocols/README.md says), as drafts to review and sign
    #[command(after_help = "Example:\n  relais import protocols fiches.json --network SNP91")]
    Protocols(ImportProtocols),
}

#[derive(Debug, Args)]
pub(crate) struct ImportProtocols {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// The file
    pub(crate) file: PathBuf,
    /// Code of the network
    #[arg(long)]
    pub(crate) network: String,
}

#[derive(Debug, Args)]
pub(crate) struct ImportFile {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// The file
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ImportDirectory {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// The file
    pub(crate) file: PathBuf,
    /// By how many percent the file may be smaller than the last one; beyond, it is refused whole
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) shrink_limit: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Create an account; the password is asked, or read from the first line of standard input
    #[command(
        after_help = "Example:\n  relais user add lina --name 'Lina K.' --role operator --network SNP91"
    )]
    Add(UserAdd),
    /// List accounts
    #[command(after_help = "Example:\n  relais user list --json")]
    List(Listing),
    /// Name somebody's telephone set, as the exchange says it; an empty name takes it away
    #[command(after_help = "Example:\n  relais user desk lina 201")]
    Desk(UserDesk),
    /// End an account: its sessions and tokens stop at once
    #[command(after_help = "Example:\n  relais user disable lina")]
    Disable(UserDisable),
}

#[derive(Debug, Args)]
pub(crate) struct UserAdd {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// Login
    pub(crate) login: String,
    /// Name shown on screens
    #[arg(long)]
    pub(crate) name: String,
    /// operator, regulator, coordinator, administrator, auditor, professional, partner
    #[arg(long)]
    pub(crate) role: String,
    /// Code of the network
    #[arg(long)]
    pub(crate) network: String,
    /// RPPS number, for a professional
    #[arg(long)]
    pub(crate) rpps: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Listing {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UserDesk {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// Login
    pub(crate) login: String,
    /// Name of the telephone set
    pub(crate) desk: String,
}

#[derive(Debug, Args)]
pub(crate) struct UserDisable {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// Login
    pub(crate) login: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Create an API token; it is printed once
    #[command(
        after_help = "Example:\n  relais token create --network SNP91 --role partner --label 'SAS 91'"
    )]
    Create(TokenCreate),
}

#[derive(Debug, Args)]
pub(crate) struct TokenCreate {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// Code of the network
    #[arg(long)]
    pub(crate) network: String,
    /// Role the token acts in
    #[arg(long)]
    pub(crate) role: String,
    /// RPPS number, for a professional's token
    #[arg(long)]
    pub(crate) professional: Option<String>,
    /// What it is for
    #[arg(long, default_value = "jeton d’API")]
    pub(crate) label: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Verify the hash chains; exit 1 on any alteration
    #[command(after_help = "Example:\n  relais journal verify")]
    Verify(Listing),
    /// Print the journal as JSON lines
    #[command(after_help = "Example:\n  relais journal export --network SNP91 > journal.jsonl")]
    Export(JournalExport),
}

#[derive(Debug, Args)]
pub(crate) struct JournalExport {
    #[command(flatten)]
    pub(crate) with: WithConfig,
    /// Code of the network; all when left out
    #[arg(long)]
    pub(crate) network: Option<String>,
}
