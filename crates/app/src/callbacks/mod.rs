//! What the desk owes patients by voice (R7): a call where no message can arrive (a landline without a
//! machine that speaks, a number that refuses), words a patient wrote that are for a person to read,
//! an "I was not seen".
//!
//! Owns when such a task is made, who reads it, how it ends. Refuses to show a number or a word
//! without a journaled look (R6), and to let a call say what is no longer true.

mod list;
mod make;

pub use list::{Ended, Opened, Task};
pub(crate) use make::{
    accepter_back, accepter_gone, accepter_left, hear, never_left, not_carried, not_seen,
};

use relais_core::time::Duration;

/// Most tasks of one list.
pub const LIST_MAX: u32 = 100;
/// Words longer than this are cut before they are sealed, characters: a few SMS.
const WORDS_MAX: usize = 1_000;
/// Most tasks that may wait about one request: beyond, a patient is asked to phone.
const OPEN_MAX: u32 = 20;
/// A call is due so soon after the news it carries.
const CALL_WITHIN: Duration = Duration::minutes(10);
/// Words are to be read within.
const READ_WITHIN: Duration = Duration::minutes(15);
/// Nobody answered: the next attempt.
const TRY_AGAIN: Duration = Duration::minutes(15);
/// A message was left: the next attempt.
const AFTER_MESSAGE: Duration = Duration::minutes(60);
