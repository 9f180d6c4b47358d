//! What every subcommand stands on: options, the machine's facts, and the book its rows go to.

use crate::cluster::Postgres;
use crate::machine::{Facts, Pins};
use crate::report::{Book, Row};
use anyhow::Context as _;
use std::path::PathBuf;

/// Options common to every subcommand.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The program under test.
    #[arg(long, global = true, default_value = "target/release/relais")]
    pub(crate) bin: PathBuf,
    /// Where measured rows are kept, one JSON object a line, until `report` reads them.
    #[arg(long, global = true, default_value = "target/bench/rows.jsonl")]
    pub(crate) rows: PathBuf,
    /// Fewer pairs: for a look, not for a claim.
    #[arg(long, global = true)]
    pub(crate) quick: bool,
    /// One engine alone, `sqlite` or `postgresql`: for a look, not for a claim.
    #[arg(long, global = true, value_parser = ["sqlite", "postgresql"])]
    pub(crate) engine: Option<String>,
}

/// A bench under way.
pub(crate) struct Bench {
    /// As asked.
    pub(crate) options: Options,
    /// Which processors serve and which load.
    pub(crate) pins: Pins,
    /// The PostgreSQL of this run; `None` when the machine has none.
    pub(crate) postgres: Option<Postgres>,
    facts: Facts,
    book: Book,
}

impl Bench {
    /// Looks at the machine, keeps this process to the load client's processor, opens the book.
    pub(crate) fn open(options: Options) -> anyhow::Result<Self> {
        let pins = Pins::take();
        let facts = Facts::look().context("looking at the machine")?;
        println!("{facts}");
        let book = Book::at(&options.rows);
        Ok(Self {
            options,
            pins,
            postgres: None,
            facts,
            book,
        })
    }

    /// The same with a PostgreSQL beside, when the machine has one.
    pub(crate) fn with_postgres(mut self) -> anyhow::Result<Self> {
        self.postgres = Postgres::start(self.pins)?;
        Ok(self)
    }

    /// `quick` when a look is enough, `full` for a claim.
    pub(crate) fn pairs(&self, full: usize, quick: usize) -> usize {
        if self.options.quick { quick } else { full }
    }

    /// Prints a measured row and keeps it, with the machine as it was before and is now.
    pub(crate) fn keep(&mut self, row: Row) -> anyhow::Result<()> {
        let row = row.on(self.facts.again());
        println!("{row}");
        self.book.keep(&row)
    }
}
