//! Text messages: their alphabet and segments, and the providers that carry them.

mod fake;
mod ovh;
mod ovh_news;
mod segments;
pub(crate) mod smpp;
mod transliterate;

pub use fake::FakeSms;
pub use ovh::{BASE, NAME, Ovh, Settings as OvhSettings, SettingsError as OvhError};
pub use ovh_news::{OvhReceipt, OvhReply, receipt as ovh_receipt, reply as ovh_reply};
pub use segments::{Encoding, Segments, is_gsm7, segments};
pub use smpp::{
    NAME as SMPP, Protection as SmppProtection, QUIET as SMPP_QUIET, ReceiptIds,
    Settings as SmppSettings, SettingsError as SmppError, Smpp,
};
pub use transliterate::transliterate;
