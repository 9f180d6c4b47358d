//! What a browser carries for us between a question and its answer: sealed by us, opened by any node,
//! used once. Owns that nothing is written for whoever asks, so that asking a million times fills
//! nothing up and keeps nobody else out; refuses what is not ours, of another errand, late, or used
//! (ADR 0048).

use crate::app::App;
use crate::chance;
use crate::error::AppError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relais_core::time::{Duration, Instant};
use relais_store::seal::Secret;
use relais_store::spent_tokens;
use serde::{Deserialize, Serialize};

/// What came back, once.
pub(crate) struct Returned {
    /// What was sealed.
    pub(crate) text: String,
    /// The moment it would have opened no more.
    pub(crate) until: Instant,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Carried {
    /// Chance: what its use is marked by.
    id: String,
    /// Milliseconds: it opens before this.
    until: i64,
    text: String,
}

fn about(errand: &str) -> String {
    format!("carried {errand}")
}

impl App {
    /// Seals what a browser carries for an errand until it comes back, for so long.
    ///
    /// # Errors
    /// When sealing fails.
    pub(crate) fn seal_carried(
        &self,
        errand: &str,
        text: String,
        life: Duration,
    ) -> Result<String, AppError> {
        let carried = Carried {
            id: chance::token(),
            until: (self.wall_now() + life).millis(),
            text,
        };
        let plain = serde_json::to_string(&carried)
            .map_err(|_| AppError::Bug("what is carried is no text".to_owned()))?;
        let vault = &self.0.vault;
        let sealed = vault.seal_setting(&about(errand), &Secret::new(plain))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What a browser carried for this errand, once; `None` when it is not ours, of another errand,
    /// too late, or used. Only what opens writes anything.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn take_carried(
        &self,
        errand: &str,
        token: &str,
    ) -> Result<Option<Returned>, AppError> {
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(token) else {
            return Ok(None);
        };
        let Ok(plain) = self.0.vault.open_setting(&about(errand), &sealed) else {
            return Ok(None);
        };
        // The error is not kept: it could repeat a secret.
        let carried: Carried = serde_json::from_str(plain.expose())
            .map_err(|_| AppError::Bug("what was carried does not read".to_owned()))?;
        let until = Instant::from_millis(carried.until);
        if self.wall_now() >= until {
            return Ok(None);
        }
        let mark = chance::fingerprint(&carried.id);
        let first = self
            .write(move |_, tx| Ok(spent_tokens::spend(tx, &mark, until)?))
            .await?;
        let text = carried.text;
        Ok(first.then_some(Returned { text, until }))
    }
}
