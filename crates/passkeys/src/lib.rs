//! Passkeys (WebAuthn): what a browser is asked, and whether its answer is by the key it says, for
//! this site, now. A leaf: nothing but the binary depends on it, so that only the binary waits for
//! its cryptography to be built (ADR 0037).
//!
//! Owns the two ceremonies behind `gateways::identity::Authenticators`. Refuses another origin than
//! the public address, a key that did not verify its holder, a counter that goes back, and to keep
//! anything.
#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relais_gateways::identity::{Authenticators, KeyAsked, KeyError, KeyOwner, MadeKey};
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

/// Passkeys of one public address.
pub struct Passkeys {
    site: String,
    webauthn: Webauthn,
}

impl Passkeys {
    /// Those of a public address; `None` where browsers make none: an address that is a number.
    #[must_use]
    pub fn of(public_url: &str) -> Option<Self> {
        let origin = Url::parse(public_url).ok()?;
        let site = origin.domain()?.to_owned();
        let builder = WebauthnBuilder::new(&site, &origin).ok()?;
        let webauthn = builder.rp_name("Relais").build().ok()?;
        Some(Self { site, webauthn })
    }
}

fn unreadable(error: impl std::fmt::Display) -> KeyError {
    KeyError::Unreadable(error.to_string())
}

fn wrong(error: impl std::fmt::Display) -> KeyError {
    KeyError::Wrong(error.to_string())
}

/// What verification says.
fn refused(error: &WebauthnError) -> KeyError {
    match error {
        WebauthnError::CredentialPossibleCompromise => KeyError::CounterBack,
        other => wrong(other),
    }
}

impl Authenticators for Passkeys {
    fn site(&self) -> &str {
        &self.site
    }

    fn ask_new(&self, owner: &KeyOwner, known: &[String]) -> Result<KeyAsked, KeyError> {
        let known = known
            .iter()
            .filter_map(|id| URL_SAFE_NO_PAD.decode(id).ok());
        let account = Uuid::from_u128(owner.account);
        let (options, state) = self
            .webauthn
            .start_passkey_registration(account, &owner.login, &owner.name, Some(known.collect()))
            .map_err(unreadable)?;
        let mut options = serde_json::to_value(options).map_err(unreadable)?;
        // Kept by the authenticator, so that one signs in without typing who one is.
        if let Some(choice) = options.pointer_mut("/publicKey/authenticatorSelection") {
            choice["residentKey"] = json!("required");
            choice["requireResidentKey"] = Value::Bool(true);
        }
        Ok(KeyAsked {
            options: options.to_string(),
            state: serde_json::to_string(&state).map_err(unreadable)?,
        })
    }

    fn made(&self, state: &str, answer: &str) -> Result<MadeKey, KeyError> {
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(unreadable)?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(wrong)?;
        let key = self
            .webauthn
            .finish_passkey_registration(&answer, &state)
            .map_err(|error| refused(&error))?;
        Ok(MadeKey {
            id: URL_SAFE_NO_PAD.encode(key.cred_id()),
            key: serde_json::to_string(&key).map_err(unreadable)?,
        })
    }

    fn ask_any(&self) -> Result<KeyAsked, KeyError> {
        let (options, state) = self
            .webauthn
            .start_discoverable_authentication()
            .map_err(unreadable)?;
        Ok(KeyAsked {
            options: serde_json::to_string(&options).map_err(unreadable)?,
            state: serde_json::to_string(&state).map_err(unreadable)?,
        })
    }

    fn named(&self, answer: &str) -> Result<(u128, String), KeyError> {
        let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(wrong)?;
        let (account, id) = self
            .webauthn
            .identify_discoverable_authentication(&answer)
            .map_err(|error| refused(&error))?;
        Ok((account.as_u128(), URL_SAFE_NO_PAD.encode(id)))
    }

    fn verify(&self, state: &str, answer: &str, key: &str) -> Result<String, KeyError> {
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(unreadable)?;
        let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(wrong)?;
        let mut key: Passkey = serde_json::from_str(key).map_err(unreadable)?;
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(&answer, state, &key)
            .map_err(|error| refused(&error))?;
        if !result.user_verified() {
            return Err(wrong("the authenticator did not verify its holder"));
        }
        key.update_credential(&result);
        serde_json::to_string(&key).map_err(unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_a_number_has_no_passkeys() {
        assert!(Passkeys::of("https://snp.example.org").is_some());
        assert!(Passkeys::of("http://localhost:8080").is_some());
        assert!(Passkeys::of("http://127.0.0.1:8080").is_none());
        assert!(Passkeys::of("").is_none());
    }

    #[test]
    fn a_key_is_asked_that_verifies_its_holder_and_is_found_without_a_name() {
        let keys = Passkeys::of("https://snp.example.org").unwrap();
        let owner = KeyOwner {
            account: 7,
            login: "99710000011".to_owned(),
            name: "Dr Corvo".to_owned(),
        };
        let asked = keys.ask_new(&owner, &["AAAA".to_owned()]).unwrap();
        let options: Value = serde_json::from_str(&asked.options).unwrap();
        let wants = &options["publicKey"]["authenticatorSelection"];
        assert_eq!(wants["residentKey"], "required");
        assert_eq!(wants["userVerification"], "required");
        assert_eq!(options["publicKey"]["rp"]["id"], "snp.example.org");
        assert_eq!(options["publicKey"]["excludeCredentials"][0]["id"], "AAAA");
        let any = keys.ask_any().unwrap();
        let options: Value = serde_json::from_str(&any.options).unwrap();
        assert_eq!(options["publicKey"]["allowCredentials"], json!([]));
        assert_eq!(options["publicKey"]["userVerification"], "required");
        assert!(matches!(keys.named("{}"), Err(KeyError::Wrong(_))));
        assert!(matches!(
            keys.made(&asked.state, "{}"),
            Err(KeyError::Wrong(_))
        ));
        assert!(matches!(
            keys.made("{}", "{}"),
            Err(KeyError::Unreadable(_))
        ));
    }
}
