//! Ordinary mail, and the providers that carry it. No identity, no health data.

mod fake;

pub use fake::FakeMail;
