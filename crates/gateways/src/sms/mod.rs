//! Text messages: their alphabet and segments, and the providers that carry them.

mod fake;
mod ovh;
mod segments;
mod transliterate;

pub use fake::FakeSms;
pub use ovh::{BASE, NAME, Ovh, Settings as OvhSettings, SettingsError as OvhError};
pub use segments::{Encoding, Segments, is_gsm7, segments};
pub use transliterate::transliterate;
