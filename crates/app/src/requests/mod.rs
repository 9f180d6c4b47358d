//! Requests: raise, preview, read, and everything the desk does with them.

pub(crate) mod behind;
pub mod board;
pub mod comment;
pub mod contact;
pub(crate) mod delegation;
pub mod desk;
pub mod draft;
pub(crate) mod field;
pub mod habits;
pub mod late;
pub mod need;
pub mod next;
pub mod paper;
pub mod person;
pub mod raise;
pub mod read;
pub mod series;
pub mod ways_out;
