//! Calls to those who have no mobile phone.

mod fake;

pub use fake::FakeVoice;
