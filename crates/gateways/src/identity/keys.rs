//! Keys that live in somebody's telephone or computer (passkeys): what is asked of a browser and
//! what its answer proves, as a trait with plain texts, and a fake. Refuses to keep anything: the
//! state of a ceremony and the keys are given back and handed in again.

use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// Whose key is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOwner {
    /// The account, which the authenticator gives back when the key is used.
    pub account: u128,
    /// The login, shown by the authenticator.
    pub login: String,
    /// The name, shown by the authenticator.
    pub name: String,
}

/// A ceremony that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAsked {
    /// What the browser is given, JSON.
    pub options: String,
    /// What is needed to read its answer; never shown.
    pub state: String,
}

/// A key that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeKey {
    /// Its id, as the authenticator says it (base64url).
    pub id: String,
    /// What verifies its signatures, and its counter.
    pub key: String,
}

/// Why an answer proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not an answer to what was asked, here, by this key.
    #[error("the answer proves nothing: {0}")]
    Wrong(String),
    /// The counter of its signatures went back: a copy of the key is somewhere.
    #[error("the counter went back")]
    CounterBack,
    /// Ours: a state or a key that cannot be read.
    #[error("unreadable: {0}")]
    Unreadable(String),
}

/// Whatever asks and verifies.
pub trait Authenticators: Send + Sync {
    /// The name keys are made for: pages elsewhere offer none.
    fn site(&self) -> &str;

    /// Asks a browser to make a key; `known` are the ids of those that exist already.
    ///
    /// # Errors
    /// [`KeyError::Unreadable`].
    fn ask_new(&self, owner: &KeyOwner, known: &[String]) -> Result<KeyAsked, KeyError>;

    /// Reads the key that was made.
    ///
    /// # Errors
    /// [`KeyError`].
    fn made(&self, state: &str, answer: &str) -> Result<MadeKey, KeyError>;

    /// Asks a browser for a signature by any key it has for us.
    ///
    /// # Errors
    /// [`KeyError::Unreadable`].
    fn ask_any(&self) -> Result<KeyAsked, KeyError>;

    /// Whose key an answer says it is by, and which; nothing is proved yet.
    ///
    /// # Errors
    /// [`KeyError::Wrong`].
    fn named(&self, answer: &str) -> Result<(u128, String), KeyError>;

    /// Verifies the signature with the key; answers the key as it must be kept from now on.
    ///
    /// # Errors
    /// [`KeyError`].
    fn verify(&self, state: &str, answer: &str, key: &str) -> Result<String, KeyError>;
}

/// An authenticator for tests: an answer is `{"id", "account", "challenge", "counter"}`.
#[derive(Default)]
pub struct FakeAuthenticators {
    asked: Mutex<u32>,
}

/// What the fake's answers and keys hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FakeAnswer {
    /// Id of the key.
    pub id: String,
    /// The account, decimal.
    pub account: String,
    /// The challenge that was given.
    pub challenge: String,
    /// Signatures so far; none counts nothing.
    pub counter: u32,
}

fn read(text: &str) -> Result<FakeAnswer, KeyError> {
    serde_json::from_str(text).map_err(|error| KeyError::Wrong(error.to_string()))
}

fn written(answer: &FakeAnswer) -> String {
    serde_json::to_string(answer).unwrap_or_default()
}

impl FakeAuthenticators {
    fn asked(&self) -> KeyAsked {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        *asked += 1;
        let challenge = format!("challenge-{asked}");
        KeyAsked {
            options: challenge.clone(),
            state: challenge,
        }
    }
}

impl Authenticators for FakeAuthenticators {
    fn site(&self) -> &'static str {
        "localhost"
    }

    fn ask_new(&self, _: &KeyOwner, _: &[String]) -> Result<KeyAsked, KeyError> {
        Ok(self.asked())
    }

    fn made(&self, state: &str, answer: &str) -> Result<MadeKey, KeyError> {
        let answer = read(answer)?;
        if answer.challenge != state {
            return Err(KeyError::Wrong("another challenge".to_owned()));
        }
        Ok(MadeKey {
            key: written(&answer),
            id: answer.id,
        })
    }

    fn ask_any(&self) -> Result<KeyAsked, KeyError> {
        Ok(self.asked())
    }

    fn named(&self, answer: &str) -> Result<(u128, String), KeyError> {
        let answer = read(answer)?;
        let account = answer.account.parse();
        let account = account.map_err(|_| KeyError::Wrong("no account".to_owned()))?;
        Ok((account, answer.id))
    }

    fn verify(&self, state: &str, answer: &str, key: &str) -> Result<String, KeyError> {
        let (answer, key) = (read(answer)?, read(key)?);
        if answer.challenge != state || answer.id != key.id {
            return Err(KeyError::Wrong("another challenge or key".to_owned()));
        }
        if answer.counter <= key.counter && (answer.counter, key.counter) != (0, 0) {
            return Err(KeyError::CounterBack);
        }
        Ok(written(&answer))
    }
}
