//! A provider reached over HTTP, for any channel: one JSON message is posted to one address, and
//! the answer is read. The reference page is `docs/reference/gateway.md`.
//!
//! Owns the wire: what is posted, how an answer is understood, how long it is waited for. Refuses
//! to retry, to follow a redirect, to speak to any other host than the configured one, and to let
//! a number, a text or a secret into a log.

pub(crate) mod answer;
pub(crate) mod client;
mod post;

pub use client::{agent, is_this_machine};
pub use post::{HttpGateway, Secret, Settings, SettingsError};
