//! Who says who somebody is: a provider of identities that the browser is sent to and comes back
//! from (Pro Santé Connect), as a trait with plain values, and its fake; and the keys
//! that people carry themselves (`keys`).
//!
//! Owns what is asked, what is proved and how it may fail. Refuses to decide what a proof opens, to
//! make chance (state, nonce and verifier are given), and to hold anything between the two halves.

mod fake;
mod keys;

pub use fake::FakeIdentity;
pub use keys::{
    Authenticators, FakeAnswer, FakeAuthenticators, KeyAsked, KeyError, KeyOwner, MadeKey,
};

use serde::{Deserialize, Serialize};

/// What a browser is sent with. Each of the three secrets is used once.
#[derive(Clone)]
pub struct Asked {
    /// Comes back in the address: ties the answer to what was asked.
    pub state: String,
    /// Comes back inside the signed token.
    pub nonce: String,
    /// Shown by us, server to server, when the code is exchanged (PKCE): 43 characters or more.
    pub verifier: String,
    /// Where the browser comes back, as declared to the provider.
    pub back: String,
}

/// One way somebody practises, as the provider knows it. Codes of the national lists; empty when
/// the provider does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Activity {
    /// Profession (`10` doctor, `60` nurse…).
    pub profession: String,
    /// Skill (`SM54`…).
    pub skill: String,
    /// How: `L` independent, `S` salaried, `B` volunteer.
    pub mode: String,
    /// Sector (`SA07` own practice…).
    pub sector: String,
    /// Name of the place.
    pub place: String,
    /// Its postcode.
    pub postcode: String,
}

/// What is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The national number (RPPS), eleven digits.
    pub rpps: String,
    /// Family name, as the provider writes it.
    pub last_name: String,
    /// How they practise: none, one or several.
    pub activities: Vec<Activity>,
    /// What is shown to the provider to end its session.
    pub hint: String,
}

/// Why nothing is proved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// The person said no over there, or gave up.
    #[error("refused by the person")]
    Refused,
    /// What was asked is too old over there.
    #[error("expired")]
    Expired,
    /// It cannot be reached, or fails. The word is for the log: no secret, no identity.
    #[error("the provider is away: {0}")]
    Away(String),
    /// It answered, and the answer proves nothing (signature, issuer, nonce, strength…).
    #[error("the answer proves nothing: {0}")]
    Doubtful(String),
    /// Whoever it is has no national number of a health professional.
    #[error("no national number")]
    NoNumber,
}

/// A provider of identities. Called on a thread that may wait.
pub trait IdentityProvider: Send + Sync {
    /// The address the browser is sent to.
    ///
    /// # Errors
    /// [`Unproved::Away`] when the provider must be asked first and does not answer.
    fn begin(&self, asked: &Asked) -> Result<String, Unproved>;

    /// Exchanges the code the browser came back with, and reads who it is.
    ///
    /// # Errors
    /// [`Unproved`], by who must do something about it.
    fn finish(&self, asked: &Asked, code: &str) -> Result<Proved, Unproved>;

    /// The address that ends the provider's own session and comes back to `back`; none when it has
    /// no such address.
    fn farewell(&self, hint: &str, back: &str) -> Option<String>;
}

/// The national number in what a provider calls somebody: `8` and eleven digits.
#[must_use]
pub fn rpps_of(name: &str) -> Option<&str> {
    let rpps = name.strip_prefix('8')?;
    (rpps.len() == 11 && rpps.bytes().all(|b| b.is_ascii_digit())).then_some(rpps)
}

/// What an error in the address means (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
#[must_use]
pub fn refusal(code: &str) -> Unproved {
    match code {
        "access_denied" | "interaction_required" | "login_required" | "consent_required" => {
            Unproved::Refused
        }
        "temporarily_unavailable" | "server_error" => Unproved::Away("said so".to_owned()),
        "expired_token" | "authentication_expired" => Unproved::Expired,
        // The code is of the provider's making: only its shape is kept.
        _ => Unproved::Doubtful("an error of the provider".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_of_the_national_directory_is_one() {
        assert_eq!(rpps_of("899700218896"), Some("99700218896"));
        for name in [
            "099700218896",
            "3910000017/12",
            "89970021889",
            "8997002188966",
            "",
            "89970021889a",
        ] {
            assert_eq!(rpps_of(name), None, "{name}");
        }
    }

    #[test]
    fn a_refusal_is_the_persons_or_the_providers() {
        assert_eq!(refusal("access_denied"), Unproved::Refused);
        assert!(matches!(
            refusal("temporarily_unavailable"),
            Unproved::Away(_)
        ));
        assert!(matches!(refusal("invalid_scope"), Unproved::Doubtful(_)));
    }
}
