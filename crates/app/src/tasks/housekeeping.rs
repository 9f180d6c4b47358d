//! What keeps the tables small and the journal anchored: attempts, sessions and kept answers past
//! their time go, each chain's head is written down apart, and coordinators are told of the drill
//! that is due. May run twice without effect.

use crate::app::App;
use crate::condition::Task;
use crate::error::AppError;
use relais_core::time::Duration;
use relais_store::{
    anchors, applications, calendars, contacts, idempotency, identity_flows, journal, messages,
    nodes, patient_links, postboxes, public_forms, spent_tokens, users,
};

/// How often it runs.
pub(super) const EVERY: Duration = Duration::hours(1);
/// Sign-in attempts are counted over minutes; a day is plenty for a look back.
const ATTEMPTS_KEPT: Duration = Duration::hours(24);
/// Sessions past their end are kept for the list of one's own sessions.
const SESSIONS_KEPT: Duration = Duration::hours(24 * 30);

/// A process silent for a day is gone; its row only told when.
const NODES_KEPT: Duration = Duration::hours(24);

/// What was typed in a contact that raised no request: somebody may call back within the day.
const DRAFTS_KEPT: Duration = Duration::hours(24);

/// Links to patients' own pages go a month after their request (they open nothing from a week after).
const LINKS_KEPT: Duration = Duration::hours(24 * 30);

/// A receipt that came before its message was written down waits no longer: it is about none of ours.
const EARLY_RECEIPTS_KEPT: Duration = Duration::hours(1);

/// An invitation that nobody used stays on the coordinator's page for a month.
const INVITATIONS_KEPT: Duration = Duration::hours(24 * 30);

/// Marks of used tokens are kept so long after the tokens' own end.
const SPENT_KEPT: Duration = Duration::minutes(10);

impl App {
    /// One pass.
    pub async fn housekeeping(&self) -> Result<(), AppError> {
        let (now, wall) = (self.now(), self.wall_now());
        let strangers = self
            .write(move |_, tx| {
                users::prune_attempts(tx, wall - ATTEMPTS_KEPT)?;
                users::prune_sessions(tx, wall - SESSIONS_KEPT)?;
                nodes::prune(tx, wall - NODES_KEPT)?;
                public_forms::prune(tx, now)?;
                applications::prune(tx, now)?;
                identity_flows::prune(tx, wall)?;
                // A node whose clock is behind takes none of them again.
                spent_tokens::prune(tx, wall - SPENT_KEPT)?;
                users::prune_recovery(tx, wall)?;
                users::prune_invitations(tx, now - INVITATIONS_KEPT)?;
                patient_links::prune(tx, now - LINKS_KEPT)?;
                calendars::prune(tx, now - crate::agenda::KEPT)?;
                postboxes::prune_letters(tx, now - crate::synthesis::LETTERS_KEPT)?;
                idempotency::prune(tx, now - crate::idempotent::KEPT)?;
                contacts::forget_drafts(tx, now - DRAFTS_KEPT)?;
                for chain in journal::list_chains(tx)? {
                    anchors::insert_anchor(tx, &chain, now.millis())?;
                }
                Ok(messages::prune_early(tx, now - EARLY_RECEIPTS_KEPT)?)
            })
            .await?;
        self.0.watch.pulse.stranger(strangers);
        self.tell_of_ended_rights().await?;
        self.mark_patients().await?;
        self.purge().await?;
        self.remind_of_drills().await?;
        self.0.watch.pulse.beat(Task::Housekeeping, wall);
        Ok(())
    }
}
