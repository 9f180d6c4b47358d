//! What an installation says of its contract with the provider. Refuses what could not work.

use relais_gateways::http::{Secret, is_this_machine};
use std::time::Duration;
use ureq::http::Uri;

/// How we prove who we are to the provider's token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// The secret in the body of the request.
    Post,
    /// The secret in the `Authorization` header.
    Basic,
}

/// One contract with one provider. An empty endpoint is read from the discovery document.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who signs: compared letter for letter with what tokens say.
    pub issuer: String,
    /// Where the discovery document is; empty = the standard place under the issuer.
    pub discovery: String,
    /// Where browsers are sent.
    pub authorization_endpoint: String,
    /// Where codes are exchanged.
    pub token_endpoint: String,
    /// Where it says who somebody is.
    pub userinfo_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where its session is ended.
    pub end_session_endpoint: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: Secret,
    /// How the secret is shown.
    pub client_auth: ClientAuth,
    /// What is asked for, `openid` apart.
    pub scopes: Vec<String>,
    /// The strength of authentication asked for and required (`eidas1`); empty = not asked.
    pub acr: String,
    /// Whether the user info must be a signed token.
    pub signed_user_info: bool,
    /// Longest wait for each answer.
    pub timeout: Duration,
}

/// Settings that cannot be used, by what must be corrected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not an address, or one where secrets would travel in clear.
    #[error("{0} is an address that starts with https:// (http:// only for this machine)")]
    Address(&'static str),
    /// Nothing there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// No time to answer, or too much of it.
    #[error("the timeout is between 1 and 15 seconds")]
    Timeout,
}

/// Whether an address may be spoken to: encrypted, or on this machine.
pub(crate) fn is_safe(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else {
        return false;
    };
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => is_this_machine(host),
        _ => false,
    }
}

impl Settings {
    /// Refuses what could not work.
    ///
    /// # Errors
    /// [`SettingsError`], by what must be corrected.
    pub fn check(&self) -> Result<(), SettingsError> {
        if !is_safe(&self.issuer) {
            return Err(SettingsError::Address("issuer"));
        }
        for (name, address) in [
            ("discovery", &self.discovery),
            ("authorization_endpoint", &self.authorization_endpoint),
            ("token_endpoint", &self.token_endpoint),
            ("userinfo_endpoint", &self.userinfo_endpoint),
            ("jwks_uri", &self.jwks_uri),
            ("end_session_endpoint", &self.end_session_endpoint),
        ] {
            if !address.is_empty() && !is_safe(address) {
                return Err(SettingsError::Address(name));
            }
        }
        if self.client_id.is_empty() {
            return Err(SettingsError::Missing("client_id"));
        }
        if self.client_secret.expose().is_empty() {
            return Err(SettingsError::Missing("the client secret"));
        }
        if !(1..=15).contains(&self.timeout.as_secs()) {
            return Err(SettingsError::Timeout);
        }
        Ok(())
    }
}
