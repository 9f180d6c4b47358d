//! The territory's protocols with their French text: sheets read from a file or the store, the book
//! of those in force for a network, what a contact's answers mean. Owns reading, checking and
//! finding sheets; the walk itself is `relais_core::triage`. Refuses to judge anything: it shows
//! what the territory's clinicians wrote, and computes no diagnosis and no risk score.
//!
//! Reading order: [`sheet`], [`form`] (the JSON of a sheet), [`file`], [`book`], [`answers`].

pub mod answers;
pub mod book;
pub mod check;
pub mod destination;
pub mod difference;
pub mod file;
pub mod form;
mod held;
pub mod illegible;
mod read;
pub mod sheet;
#[cfg(test)]
mod tests_of_walks;
pub mod versions;

pub use answers::{Given, GivenAnswer};
pub use book::{Book, Chosen, InForce, Standing};
pub use check::{Fault, Wrong};
pub use file::{FileFault, Reason, read_file};
pub(crate) use held::{Books, count_answers};
pub use sheet::{Advice, Question, Sheet};

/// The common trunk's code: asked on every contact before the motive.
pub const TRUNK: &str = "TRONC";
/// Below this age in months, a sheet written for every motive comes first.
pub const CHILD_MONTHS: u16 = 15 * 12;
