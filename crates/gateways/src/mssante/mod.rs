//! Secure health mail (MSSanté), and the providers that carry it.

mod fake;

pub use fake::FakeMssante;
