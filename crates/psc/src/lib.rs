//! Pro Santé Connect: an OpenID Connect client (code, PKCE, nonce, state, signed user info) whose
//! every endpoint is a setting, since the provider's discovery document is not at the standard
//! place. A leaf: nothing but the binary depends on it, so that only the binary waits for its
//! cryptography to be built (ADR 0036).
//!
//! Owns the protocol with the provider. Refuses to follow a redirect, to speak in clear to another
//! machine, to believe a token that is not signed by the provider for us, and to keep anything but
//! the addresses it discovered.
#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

mod claims;
mod client;
mod endpoints;
mod settings;
#[cfg(test)]
mod tests;

pub use client::ProSanteConnect;
pub use settings::{ClientAuth, Settings, SettingsError};
