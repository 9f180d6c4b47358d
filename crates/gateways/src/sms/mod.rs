//! Text messages: their alphabet and segments, and the providers that carry them.

mod fake;
mod segments;
mod transliterate;

pub use fake::FakeSms;
pub use segments::{Encoding, Segments, is_gsm7, segments};
pub use transliterate::transliterate;
