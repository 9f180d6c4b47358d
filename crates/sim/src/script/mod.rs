//! What a scenario says, as data: a setup (network, people), then lines with an hour and a
//! sentence. [`parse`](Script::parse) reads the text a doctor reads; [`print`](Script::print)
//! writes it back, so that a failure found by chance can be pasted into `scenarios/`.

mod clause;
mod clock;
mod parse;
mod print;
mod sentence;
mod setting;

pub use clause::{Clause, Title};
pub use clock::{Clock, parse_minute, parse_weekly, show_minute, show_weekly};
pub use sentence::{Act, Ask, NeedChange, Say, Which};
pub use setting::Setting;

use jiff::civil::Date;
use relais_core::people::Profession;
use relais_core::time::Instant;

/// A scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Comment lines at the top, without their `#`.
    pub about: Vec<String>,
    /// The civil day on which it starts.
    pub date: Date,
    /// The network's settings; the others are the defaults of RULES.
    pub network: Vec<Setting>,
    /// The professionals.
    pub people: Vec<Person>,
    /// What happens.
    pub lines: Vec<Line>,
}

/// A professional of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What the scenario calls them.
    pub name: String,
    /// Their profession.
    pub profession: Profession,
    /// Their terms, in order.
    pub clauses: Vec<Clause>,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Instant,
    /// Of which request (`#2`); 1 unless said.
    pub request: u8,
    /// What.
    pub say: Say,
}

/// A line that is not of the language: which, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for ScriptError {}

impl Script {
    /// The zone the script's hours are told in.
    pub fn zone(&self) -> &str {
        let named = self.network.iter().find_map(|setting| match setting {
            Setting::Zone(zone) => Some(zone.as_str()),
            _ => None,
        });
        named.unwrap_or("Europe/Paris")
    }
}
