//! A code of six digits that proves a telephone or a mailbox: kept as a mark under the master key,
//! tried five times at most, good for ten minutes. Refuses to say how near a guess was.

use crate::app::Inner;
use crate::chance;
use crate::error::AppError;
use relais_core::ids::ApplicationId;
use relais_core::time::{Duration, Instant};
use serde::{Deserialize, Serialize};

/// A code is good for so long.
const GOOD_FOR: Duration = Duration::minutes(10);
/// Times a code may be tried: a guesser has five chances in a million.
const TRIES: u8 = 5;

/// Where a proof stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Proof {
    /// The mark of the code that was sent; none before, and once it was tried too often.
    mark: Option<String>,
    /// Good until, milliseconds.
    until: i64,
    /// Times it was tried.
    tries: u8,
    /// It was right.
    pub(super) proved: bool,
}

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tried {
    Right,
    /// Wrong; so many tries are left.
    Wrong(u8),
    /// Tried too often, or too late: a new one must be asked for.
    Dead,
}

fn mark(inner: &Inner, id: ApplicationId, what: &str, code: &str) -> Result<String, AppError> {
    Ok(inner
        .vault
        .mark("signup code", &format!("{id} {what} {code}"))?)
}

impl Proof {
    /// A new code; the former one is worth nothing any more.
    pub(super) fn renew(
        &mut self,
        inner: &Inner,
        id: ApplicationId,
        what: &str,
        now: Instant,
    ) -> Result<String, AppError> {
        let code = chance::six_digits();
        *self = Self {
            mark: Some(mark(inner, id, what, &code)?),
            until: (now + GOOD_FOR).millis(),
            ..Self::default()
        };
        Ok(code)
    }

    /// Tries what was typed: spaces and dashes do not count.
    pub(super) fn try_code(
        &mut self,
        inner: &Inner,
        id: ApplicationId,
        what: &str,
        typed: &str,
        now: Instant,
    ) -> Result<Tried, AppError> {
        let typed: String = typed.chars().filter(char::is_ascii_digit).collect();
        let Some(kept) = self.mark.clone().filter(|_| now.millis() < self.until) else {
            return Ok(Tried::Dead);
        };
        if mark(inner, id, what, &typed)? == kept {
            self.proved = true;
            self.mark = None;
            return Ok(Tried::Right);
        }
        self.tries += 1;
        if self.tries >= TRIES {
            self.mark = None;
            return Ok(Tried::Dead);
        }
        Ok(Tried::Wrong(TRIES - self.tries))
    }
}
