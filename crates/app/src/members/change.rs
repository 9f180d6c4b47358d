//! Admitting, suspending, reinstating, ending a membership: at once, with a reason for the journal, told to the
//! person without it.

use super::{coordinator, in_hand, networks_of, of_network, roles, sign_out};
use crate::accounts::open::End;
use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::secretaries;
use crate::signup::tell;
use crate::tasks::look_again;
use crate::text;
use relais_core::ids::ProfessionalId;
use relais_core::people::MembershipStatus;
use relais_store::{professionals, users};
use serde_json::json;

/// Longest reason, characters.
const REASON_MAX: usize = 300;

/// What a coordinator does to a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A member from now on, for whoever asked to be and has an account already.
    Admit,
    /// No request any more, until reinstated; their patients stay theirs.
    Suspend,
    /// Asked again.
    Reinstate,
    /// Out of the network.
    Leave,
}

impl Change {
    /// Where a membership stands after it, if it may be done from there.
    const fn after(self, status: MembershipStatus) -> Option<MembershipStatus> {
        match (self, status) {
            (Self::Admit, MembershipStatus::Applied) => Some(MembershipStatus::Active),
            (Self::Suspend, MembershipStatus::Active) => Some(MembershipStatus::Suspended),
            (Self::Reinstate, MembershipStatus::Suspended | MembershipStatus::Left) => {
                Some(MembershipStatus::Active)
            }
            (Self::Leave, MembershipStatus::Active | MembershipStatus::Suspended) => {
                Some(MembershipStatus::Left)
            }
            _ => None,
        }
    }

    const fn act(self) -> &'static str {
        match self {
            Self::Admit => "member.admitted",
            Self::Suspend => "member.suspended",
            Self::Reinstate => "member.reinstated",
            Self::Leave => "member.left",
        }
    }
}

fn read_reason(change: Change, typed: &str) -> Result<String, AppError> {
    let reason = typed.trim();
    let grave = matches!(change, Change::Suspend | Change::Leave);
    if grave && reason.is_empty() {
        let message = "Écrivez la raison\u{a0}: elle est inscrite au journal.";
        return Err(AppError::invalid("/reason", message));
    }
    if reason.chars().count() > REASON_MAX {
        return Err(AppError::invalid("/reason", "300 caractères au plus."));
    }
    Ok(reason.to_owned())
}

impl App {
    /// Admits, suspends, reinstates or ends a membership, at once; the member is told. Whoever leaves their
    /// last network is signed out everywhere, open streams included. The roles they were given in the network
    /// end with a suspension or a leave.
    ///
    /// # Errors
    /// For coordinators of their network only; not from where it stands; no reason; its last coordinator.
    pub async fn change_member(
        &self,
        who: &Who,
        id: ProfessionalId,
        change: Change,
        reason: String,
    ) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let reason = read_reason(change, &reason)?;
        let (now, who) = (self.now(), who.clone());
        let ends = self
            .write(move |inner, tx| {
                // Who changes the same adhesion at the same moment comes after, and reads what became of it.
                professionals::hold(tx, id)?;
                users::hold_rights(tx)?;
                let (row, status) = of_network(tx, id, network)?;
                let Some(after) = change.after(status) else {
                    let detail = "Cette adhésion a changé entre-temps. Rechargez la page.";
                    return Err(AppError::problem("membership-moved", 409, detail));
                };
                professionals::set_membership(tx, id, network, after, now)?;
                let body = json!({ "professional": id.to_string() });
                let (act, why) = (
                    change.act(),
                    Some(reason.as_str()).filter(|r| !r.is_empty()),
                );
                journal::act(tx, Some(network), act, None, why, &body, &who, now)?;
                let account = users::find_by_professional(tx, id)?;
                let ends = matches!(change, Change::Suspend | Change::Leave);
                let taken = match account.filter(|_| ends) {
                    Some(user) if roles::take_all(tx, &user, network, &who, now)? => {
                        let end = End::Account(user.id);
                        tx.notify(end.encode())?;
                        Some(end)
                    }
                    _ => None,
                };
                let directory = inner.directory.current(tx)?;
                let entry = directory.network(network)?;
                let desk = entry.desk(now);
                let key = format!("{id}:{act}:{}", now.millis());
                let link = &inner.settings.base_url;
                tell(tx, entry, &row, key, now, |channel| match change {
                    Change::Admit => text::signup::joined(channel, &desk, link),
                    Change::Suspend => text::signup::suspended(channel, &desk),
                    Change::Reinstate => text::signup::reinstated(channel, &desk),
                    Change::Leave => text::signup::left(channel, &desk),
                })?;
                in_hand::told(inner, tx, &directory, id, &who, now)?;
                let mut all: Vec<End> = sign_out(tx, &directory, id, now)?
                    .or(taken)
                    .into_iter()
                    .collect();
                if change == Change::Leave {
                    all.extend(secretaries::leave_with(tx, id, network, &who, now)?);
                }
                look_again::note(inner, tx, &networks_of(&row), now)?;
                Ok(all)
            })
            .await?;
        self.ended(ends);
        self.wake();
        Ok(())
    }
}
