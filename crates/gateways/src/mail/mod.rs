//! Ordinary mail, and the providers that carry it.

mod fake;
mod smtp;

pub use fake::FakeMail;
pub use smtp::{NAME, Protection, Settings as SmtpSettings, SettingsError as SmtpError, Smtp};
pub(crate) use smtp::{message_id, understood};
