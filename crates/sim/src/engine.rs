//! What is under proof: the core, behind one door, so that a test can plant a bug in front of it.

use relais_core::cascade::{self, Command, Decision, Facts, Raise, Refusal};
use relais_core::request::Request;
use relais_core::time::Instant;

/// Something that decides like the core.
pub trait Engine: Sync {
    /// Raises a request.
    fn raise(&self, raise: Raise, now: Instant, facts: &Facts<'_>) -> Result<Decision, Refusal>;

    /// Decides a command.
    fn decide(
        &self,
        state: &Request,
        command: &Command,
        now: Instant,
        facts: &Facts<'_>,
    ) -> Result<Decision, Refusal>;
}

/// The production core.
#[derive(Debug, Clone, Copy, Default)]
pub struct Core;

impl Engine for Core {
    fn raise(&self, raise: Raise, now: Instant, facts: &Facts<'_>) -> Result<Decision, Refusal> {
        cascade::raise(raise, now, facts)
    }

    fn decide(
        &self,
        state: &Request,
        command: &Command,
        now: Instant,
        facts: &Facts<'_>,
    ) -> Result<Decision, Refusal> {
        cascade::decide(state, command, now, facts)
    }
}
