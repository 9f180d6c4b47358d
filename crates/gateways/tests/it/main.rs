//! The outside world, from outside the crate: what every provider promises, what the fake phones
//! keep, how long a text message is.

mod phones;
mod promises;
mod segments;
mod setup;
