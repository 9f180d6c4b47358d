//! The outside world: whatever carries a message to somebody, and brings back receipts and answers.
//!
//! Owns the [`Gateway`] contract, one folder per kind of gateway (`sms/`, `push/`, `mail/`,
//! `voice/`, `mssante/`) with one file per provider and one fake, the [`http`] provider for any kind, its [`guard`], and the [`fake`] world behind
//! the fakes; and who says who somebody is ([`identity`]). Refuses SQL, request state, French sentences and asynchronous code: it receives a
//! finished text and an address, and says what became of it.
//!
//! Reading order: [`message`], [`gateway`], [`registry`], then [`fake`].
#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

pub mod contract;
pub mod fake;
pub mod gateway;
pub mod guard;
pub mod http;
pub mod identity;
pub mod mail;
pub mod message;
pub mod mssante;
pub mod none;
pub mod push;
pub mod registry;
pub mod sms;
#[doc(hidden)]
pub mod testing;
mod tls;
pub mod voice;

pub use fake::{FakeWorld, Mood, PhoneRow};
pub use gateway::{About, Accepted, Failure, Gateway, Inbox, Queue};
pub use guard::{Guard, State};
pub use http::HttpGateway;
pub use message::{
    Address, Attached, Channel, Inbound, Kept, Outgoing, Receipt, ReceiptState, Secure, Urgency,
};
pub use registry::Gateways;
