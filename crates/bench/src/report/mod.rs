//! Rows of figures: kept in a file as they are measured, then laid out in the page. Refuses a
//! figure without its range, its count, its command and its machine.

mod page;

use crate::bench::Bench;
use crate::machine::Facts;
use crate::stats::Spread;
use crate::turns::Turns;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// One figure of the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    /// Its name among rows; a later row of the same name replaces it.
    pub(crate) id: String,
    /// What is measured, in words.
    pub(crate) what: String,
    /// Unit of `measured`.
    pub(crate) unit: String,
    /// The goal, in words; `–` for none.
    pub(crate) goal: String,
    /// The program's figure.
    pub(crate) measured: Spread,
    /// What it is compared with, in the same run.
    pub(crate) reference: Option<Reference>,
    /// How many single measures are behind it.
    pub(crate) n: u64,
    /// How to take it again.
    pub(crate) command: String,
    /// Whether the goal is met.
    pub(crate) verdict: Verdict,
    /// Further facts, a sentence each.
    pub(crate) notes: Vec<String>,
    /// The machine; filled when the row is kept.
    pub(crate) machine: Option<Facts>,
}

/// A reference measured in turn with the program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reference {
    /// What it is.
    pub(crate) name: String,
    /// Unit of `measured`.
    pub(crate) unit: String,
    /// Its figure.
    pub(crate) measured: Spread,
    /// Program over reference, pair by pair.
    pub(crate) ratio: Spread,
}

impl Reference {
    /// Of what was measured in turn.
    pub(crate) fn new(name: &str, unit: &str, turns: &Turns) -> Self {
        Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            measured: Spread::of(&turns.reference),
            ratio: turns.ratio(),
        }
    }
}

/// Whether a goal is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// It is.
    Met,
    /// It is not, and why.
    Short {
        /// The reason, as far as it is known.
        reason: String,
    },
    /// There is no goal: told for whoever compares.
    Told,
}

impl Verdict {
    /// Met when it holds, short for that reason otherwise.
    pub(crate) fn of(holds: bool, reason: impl FnOnce() -> String) -> Self {
        if holds {
            Self::Met
        } else {
            Self::Short { reason: reason() }
        }
    }
}

impl Row {
    /// The same, on a machine.
    pub(crate) fn on(self, machine: Facts) -> Self {
        Self {
            machine: Some(machine),
            ..self
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} {} (goal {}, n = {})",
            self.what,
            self.measured.shown(),
            self.unit,
            self.goal,
            self.n
        )?;
        if let Some(reference) = &self.reference {
            let (shown, ratio) = (reference.measured.shown(), reference.ratio.shown());
            write!(f, "; {} {shown} {}", reference.name, reference.unit)?;
            write!(f, "; ratio {ratio}")?;
        }
        match &self.verdict {
            Verdict::Met => write!(f, "; met")?,
            Verdict::Short { reason } => write!(f, "; SHORT: {reason}")?,
            Verdict::Told => {}
        }
        for note in &self.notes {
            write!(f, "\n    {note}")?;
        }
        Ok(())
    }
}

/// The file rows go to.
pub(crate) struct Book {
    path: PathBuf,
}

impl Book {
    /// At a path; made when the first row is kept.
    pub(crate) fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Adds a row.
    pub(crate) fn keep(&self, row: &Row) -> anyhow::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .with_context(|| self.path.display().to_string())?;
        writeln!(file, "{}", serde_json::to_string(row)?)?;
        Ok(())
    }
}

/// Every row of a file, a later one in the place of an earlier of the same name.
fn read(text: &str) -> anyhow::Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for line in text.lines() {
        let row: Row = serde_json::from_str(line).with_context(|| line.to_owned())?;
        match rows.iter_mut().find(|known| known.id == row.id) {
            Some(known) => *known = row,
            None => rows.push(row),
        }
    }
    Ok(rows)
}

/// Where to write.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The page.
    #[arg(long, default_value = "docs/reference/performance.md")]
    page: PathBuf,
    /// What could not be measured in this run, a sentence each.
    #[arg(long)]
    missing: Vec<String>,
}

/// Writes the page from the rows.
pub(crate) fn run(bench: &Bench, args: Args) -> anyhow::Result<()> {
    let path = &bench.options.rows;
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{}: nothing measured yet", path.display()))?;
    let rows = read(&text)?;
    std::fs::write(&args.page, page::page(&rows, &args.missing))?;
    crate::say(&format!("{} rows → {}", rows.len(), args.page.display()));
    Ok(())
}
