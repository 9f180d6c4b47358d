//! Accounts of a network's staff, for its coordinator: when each was last used, and closing one at once, with its
//! sessions, streams, tokens and duty. Refuses one's own account, and a network left without a coordinator.

use super::coordinator;
use super::roles::{still_run, take_all};
use crate::accounts::open::End;
use crate::app::{App, Who};
use crate::contacts::put_all_down;
use crate::error::AppError;
use crate::journal;
use relais_core::access::Role;
use relais_core::ids::{NetworkId, UserId};
use relais_core::time::Instant;
use relais_store::users::{self, Invitation, User};
use relais_store::{Tx, regulation};
use serde_json::json;

/// An account of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// The account.
    pub user: User,
    /// Its last sign-in, gesture or call by a program, whichever came last; none when it was never used.
    pub used_at: Option<Instant>,
}

/// Whether an account is one of the staff: neither a professional's, nor the installation's, nor a program's.
pub(super) const fn is_staff(role: Role) -> bool {
    matches!(
        role,
        Role::Operator | Role::Regulator | Role::Coordinator | Role::Auditor
    )
}

/// An account of the staff of this network.
fn of_staff(tx: &mut Tx<'_>, id: UserId, network: NetworkId) -> Result<User, AppError> {
    users::find(tx, id)?
        .filter(|user| user.network == Some(network) && is_staff(user.role))
        .ok_or(AppError::NotFound)
}

impl App {
    /// The accounts of the coordinator's staff by login, closed ones included, and whoever is invited, by name.
    ///
    /// # Errors
    /// For coordinators only.
    pub async fn staff(&self, who: &Who) -> Result<(Vec<StaffMember>, Vec<Invitation>), AppError> {
        let network = coordinator(who)?;
        self.read(move |_, tx| {
            let used = users::list_last_uses(tx, network)?;
            let accounts = users::list_for_network(tx, network)?;
            let staff = accounts
                .into_iter()
                .filter(|user| is_staff(user.role))
                .map(|user| StaffMember {
                    used_at: used.get(&user.id).copied(),
                    user,
                });
            Ok((staff.collect(), users::list_invitations(tx, network)?))
        })
        .await
    }

    /// Closes an account of the staff: sessions, streams and tokens end with it, within one request, and whoever had
    /// duty has it no more, nor any call: what was on their desk waits for anybody. Closed already: nothing changes.
    ///
    /// # Errors
    /// For coordinators of its network only; one's own; `last-coordinator`.
    pub async fn close_staff(&self, who: &Who, user: UserId) -> Result<(), AppError> {
        let network = coordinator(who)?;
        if who.signed_in()?.user == user {
            let detail = "Vous ne pouvez pas fermer votre propre compte\u{a0}: demandez à un autre coordinateur.";
            return Err(AppError::problem("own-account", 409, detail));
        }
        let (now, wall, who) = (self.now(), self.wall_now(), who.clone());
        let end = self
            .write(move |inner, tx| {
                let user = of_staff(tx, user, network)?;
                if !user.active {
                    return Ok(None);
                }
                users::disable(tx, user.id)?;
                users::revoke_all(tx, user.id, wall)?;
                regulation::end_duty(tx, user.id, now)?;
                // Holds the network's journal: two who close each other at once come here in turn.
                let body = json!({ "account": user.id.to_string(), "role": user.role.code() });
                let act = "account.disabled";
                journal::act(tx, Some(network), act, None, None, &body, &who, now)?;
                take_all(tx, &user, network, &who, now)?;
                put_all_down(inner, tx, user.id, &who, now)?;
                if user.role == Role::Coordinator {
                    still_run(tx, network, now)?;
                }
                let end = End::Account(user.id);
                tx.notify(end.encode())?;
                Ok(Some(end))
            })
            .await?;
        self.ended(end);
        self.wake();
        Ok(())
    }
}
