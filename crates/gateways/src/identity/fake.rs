//! A provider of identities for tests: says what it was told to say, once the three secrets come
//! back as they were sent.

use super::{Asked, IdentityProvider, Proved, Unproved};
use std::sync::{Mutex, PoisonError};

/// The fake.
#[derive(Default)]
pub struct FakeIdentity {
    next: Mutex<Option<Result<Proved, Unproved>>>,
    away: Mutex<bool>,
}

/// The code it hands out.
const CODE: &str = "code-of-the-fake";

impl FakeIdentity {
    /// What the next person proves, or why they do not.
    pub fn say(&self, next: Result<Proved, Unproved>) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
    }

    /// Whether it cannot be reached.
    pub fn set_away(&self, away: bool) {
        *self.away.lock().unwrap_or_else(PoisonError::into_inner) = away;
    }

    fn is_away(&self) -> bool {
        *self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdentityProvider for FakeIdentity {
    fn begin(&self, asked: &Asked) -> Result<String, Unproved> {
        if self.is_away() {
            return Err(Unproved::Away("unreachable".to_owned()));
        }
        Ok(format!(
            "https://psc.test/auth?state={}&code={CODE}",
            asked.state
        ))
    }

    fn finish(&self, asked: &Asked, code: &str) -> Result<Proved, Unproved> {
        if self.is_away() {
            return Err(Unproved::Away("unreachable".to_owned()));
        }
        if code != CODE || asked.verifier.len() < 43 || asked.nonce.is_empty() {
            return Err(Unproved::Doubtful("not what was asked".to_owned()));
        }
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        // A code is exchanged once.
        next.take()
            .unwrap_or_else(|| Err(Unproved::Doubtful("a code used twice".to_owned())))
    }

    fn farewell(&self, hint: &str, back: &str) -> Option<String> {
        Some(format!("https://psc.test/logout?hint={hint}&back={back}"))
    }
}
