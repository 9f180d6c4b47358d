//! Who sends a notification, told to the push service (RFC 8292): a short signed statement made
//! with a key of our own, always the same, since browsers are subscribed under it.
//!
//! Owns the key and the statement. Refuses statements longer than a day, and audiences with a path.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relais_core::time::Instant;
use std::fmt;

/// How long a statement holds, seconds: well under the day that push services allow.
const HOLDS: i64 = 12 * 3_600;

/// The key pair of an installation. Changing it ends every subscription.
pub struct VapidKey {
    pair: EcdsaKeyPair,
    contact: String,
}

/// A key that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VapidError {
    /// Not a private key of ours.
    #[error("the push key is not one made by `relais push-key`")]
    Key,
    /// The push service could not write to anybody.
    #[error("the contact of the push key is mailto:somebody@example.org or an https:// address")]
    Contact,
    /// The machine gives no randomness.
    #[error("this machine gives no randomness")]
    Machine,
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VapidKey")
            .field("public", &self.public())
            .finish_non_exhaustive()
    }
}

impl VapidKey {
    /// A new private key as one line of text, for a file only Relais reads.
    ///
    /// # Errors
    /// [`VapidError::Machine`].
    pub fn generate() -> Result<String, VapidError> {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|_| VapidError::Machine)?;
        Ok(URL_SAFE_NO_PAD.encode(made.as_ref()))
    }

    /// The key of that line. `contact` is whom a push service writes to when something is wrong.
    ///
    /// # Errors
    /// [`VapidError::Key`] or [`VapidError::Contact`].
    pub fn read(line: &str, contact: &str) -> Result<Self, VapidError> {
        let contact = contact.trim();
        let reachable = contact
            .strip_prefix("mailto:")
            .is_some_and(|rest| rest.contains('@'))
            || contact.starts_with("https://");
        let plain = contact.bytes().all(|byte| byte.is_ascii_graphic());
        if !(reachable && plain && !contact.contains(['"', '\\'])) {
            return Err(VapidError::Contact);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(line.trim())
            .map_err(|_| VapidError::Key)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes)
            .map_err(|_| VapidError::Key)?;
        Ok(Self {
            pair,
            contact: contact.to_owned(),
        })
    }

    /// The public key, as a browser wants it (`applicationServerKey`).
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref())
    }

    /// The `Authorization` header for a push service; `audience` is its scheme, host and port.
    ///
    /// # Errors
    /// [`VapidError::Machine`].
    pub fn authorization(&self, audience: &str, now: Instant) -> Result<String, VapidError> {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let head = encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let until = now.millis() / 1_000 + HOLDS;
        let claims = encode(&format!(
            r#"{{"aud":"{audience}","exp":{until},"sub":"{}"}}"#,
            self.contact
        ));
        let signed = format!("{head}.{claims}");
        let signature = self
            .pair
            .sign(&SystemRandom::new(), signed.as_bytes())
            .map_err(|_| VapidError::Machine)?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Ok(format!("vapid t={signed}.{signature}, k={}", self.public()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    const CONTACT: &str = "mailto:garde@relais.example";

    #[test]
    fn a_statement_is_signed_by_the_key_it_names_and_holds_half_a_day() {
        let key = VapidKey::read(&VapidKey::generate().unwrap(), CONTACT).unwrap();
        let now = Instant::from_millis(1_795_176_780_000);
        let header = key.authorization("https://push.example:8443", now).unwrap();
        let (token, public) = header
            .strip_prefix("vapid t=")
            .and_then(|rest| rest.split_once(", k="))
            .unwrap();
        assert_eq!(public, key.public());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let point = URL_SAFE_NO_PAD.decode(public).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let claims = signed.split_once('.').unwrap().1;
        let claims: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        let half_a_day = 1_795_176_780 + 43_200;
        assert_eq!(
            claims,
            serde_json::json!({"aud":"https://push.example:8443","exp":half_a_day,"sub":CONTACT})
        );
    }

    #[test]
    fn the_same_line_is_the_same_key_and_nothing_prints_it() {
        let line = VapidKey::generate().unwrap();
        let key = VapidKey::read(&format!("{line}\n"), CONTACT).unwrap();
        assert_eq!(
            key.public(),
            VapidKey::read(&line, CONTACT).unwrap().public()
        );
        assert!(!format!("{key:?}").contains(&line));
    }

    #[test]
    fn what_is_no_key_or_no_contact_is_refused() {
        let line = VapidKey::generate().unwrap();
        for contact in [
            "",
            "somebody",
            "mailto:",
            "http://a.example",
            "mailto:a@b\"",
            "mailto:a @b",
        ] {
            let refused = VapidKey::read(&line, contact).unwrap_err();
            assert_eq!(refused, VapidError::Contact, "{contact}");
        }
        for wrong in ["", "abc", "é", &line[..20]] {
            assert_eq!(VapidKey::read(wrong, CONTACT).unwrap_err(), VapidError::Key);
        }
    }
}
