//! The outside world of the demonstration and of tests: phones and mailboxes that keep what they
//! received, on disk or in memory, whatever happens to the program that sent it.

mod log;
mod world;

pub use world::{FakeWorld, Mood, Phone, PhoneRow, Reply};
