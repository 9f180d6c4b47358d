//! Notifications on phones and computers, and the providers that carry them.

mod fake;

pub use fake::FakePush;
