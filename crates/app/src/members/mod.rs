//! A network's members, for its coordinator: who they are, whether a request can reach them and why
//! not, until when they may practise and where; suspending, reinstating, leaving; what they may act as beside. Refuses alert
//! numbers, and any count of refusals. What belongs to the person and not to the membership (dates,
//! places) holds in each of their networks, and is journaled by the one that changed it.

mod approval;
mod change;
mod drill;
mod drill_due;
mod in_hand;
mod invite;
mod list;
mod places;
mod practice;
mod roles;
mod staff;
mod stand_in;

pub use change::Change;
pub(crate) use drill::heard;
pub use drill::{Drill, EVERY as DRILL_EVERY, Heard};
pub use drill_due::DrillDue;
pub(crate) use in_hand::{is_accepter_gone, taken_on};
pub(crate) use invite::{INVITATION, put_secret_in};
pub use invite::{InvitationDraft, Invited};
pub use list::{ENDING, Members, PER_PAGE, Part, Wanted};
pub use places::{PLACES_MAX, PlaceDraft};
pub(crate) use practice::{LONGEST, Rejoined, rejoined, rejoins};
pub use practice::{PracticeDraft, STANDINGS, last_day};
pub use relais_store::stand_ins::StandIn;
pub use relais_store::users::Invitation;
pub use roles::Roles;
pub(crate) use roles::withdraw_given;
pub use staff::StaffMember;
pub use stand_in::StandInDraft;
pub(crate) use stand_in::{MOST as STAND_INS_MOST, frozen};

use crate::absences::{self, Planned};
use crate::accounts::open::End;
use crate::accounts::term::Term;
use crate::app::{App, Who};
use crate::directory::{Directory, ProfessionalRow};
use crate::error::AppError;
use crate::secretaries::{self, Named};
use relais_core::access::Role;
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::people::MembershipStatus;
use relais_core::time::Instant;
use relais_store::networks;
use relais_store::professionals::{self, Joined};
use relais_store::stand_ins;
use relais_store::users::{self, Device, User};
use relais_store::{Tx, approvals};

/// Most browsers of one person looked at.
const DEVICES: u32 = 20;

/// One member.
#[derive(Debug, Clone)]
pub struct OneMember {
    /// Who.
    pub row: ProfessionalRow,
    /// Where the membership stands.
    pub status: MembershipStatus,
    /// Since when it stands so.
    pub since: Instant,
    /// Their live memberships in networks that share with this one, in either direction.
    pub shared: Vec<Joined>,
    /// How many more they have, in networks that nothing binds to this one (I13).
    pub elsewhere: usize,
    /// The account that signs in for them.
    pub account: Option<User>,
    /// Who stands in for them, now and later.
    pub replaced_by: Vec<StandIn>,
    /// Who answers in their name.
    pub secretaries: Vec<Named>,
    /// Their absences that are not over, with what falls in them.
    pub absences: Vec<Planned>,
    /// For whom they stand in, now and later.
    pub stands_in_for: Vec<StandIn>,
    /// When the scan of the Order's approval was added; none without one.
    pub approval_at: Option<Instant>,
    /// How many patients of this network they have in hand.
    pub in_hand: usize,
    /// Their browsers; none when notifications are not sent by ourselves.
    pub devices: Option<Vec<Device>>,
}

fn coordinator(who: &Who) -> Result<NetworkId, AppError> {
    let actor = who.signed_in()?;
    if actor.role != Role::Coordinator {
        return Err(AppError::Denied);
    }
    Ok(actor.network)
}

fn status_in(row: &ProfessionalRow, network: NetworkId) -> Option<MembershipStatus> {
    let found = row.member.memberships.iter().find(|m| m.network == network);
    found.map(|m| m.status)
}

/// Whether somebody is still of a network, at work in it or suspended.
pub(crate) fn is_live(row: &ProfessionalRow, network: NetworkId) -> bool {
    matches!(
        status_in(row, network),
        Some(MembershipStatus::Active | MembershipStatus::Suspended)
    )
}

/// Where open requests look again after a change of somebody (R4.11).
fn networks_of(row: &ProfessionalRow) -> Vec<NetworkId> {
    row.member.memberships.iter().map(|m| m.network).collect()
}

/// Somebody of a network, whatever the status of their membership.
fn of_network(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    network: NetworkId,
) -> Result<(ProfessionalRow, MembershipStatus), AppError> {
    let row = professionals::find(tx, id)?.ok_or(AppError::NotFound)?;
    let status = status_in(&row, network).ok_or(AppError::NotFound)?;
    Ok((row, status))
}

/// The same, still of the network: what belongs to the person is changed by who has them.
fn live(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    network: NetworkId,
) -> Result<ProfessionalRow, AppError> {
    let (row, _) = of_network(tx, id, network)?;
    if is_live(&row, network) {
        return Ok(row);
    }
    let detail = "Cette personne n’est pas membre de votre réseau. Rechargez la page.";
    Err(AppError::problem("membership-moved", 409, detail))
}

/// Ends what somebody has open when a change just took their last right: told to every node in the
/// transaction of the change, and in this process after it.
fn sign_out(
    tx: &mut Tx<'_>,
    directory: &Directory,
    id: ProfessionalId,
    now: Instant,
) -> Result<Option<End>, AppError> {
    let term = Term::of(Some(id), directory);
    let Some(user) = users::find_by_professional(tx, id)?.filter(|_| !term.holds(now)) else {
        return Ok(None);
    };
    if term == Term::Left {
        // Dates may be prolonged; whoever comes back to a network signs in anew.
        users::revoke_all(tx, user.id, now)?;
    }
    let end = End::Account(user.id);
    tx.notify(end.encode())?;
    Ok(Some(end))
}

impl App {
    /// One member.
    ///
    /// # Errors
    /// For coordinators of their network only; not found.
    pub async fn member(&self, who: &Who, id: ProfessionalId) -> Result<OneMember, AppError> {
        let network = coordinator(who)?;
        let (ours, now) = (self.push_key().is_some(), self.now());
        self.read(move |inner, tx| {
            let (row, status) = of_network(tx, id, network)?;
            let directory = inner.directory.current(tx)?;
            let calendar = &directory.network(network)?.calendar;
            let away = &row.member.profile.absences;
            let bound: Vec<_> = networks::list_agreements(tx, network)?
                .iter()
                .map(|one| {
                    if one.from == network {
                        one.to
                    } else {
                        one.from
                    }
                })
                .collect();
            let joined = professionals::list_joined(tx, id)?;
            let since = joined.iter().find(|one| one.network == network);
            let since = since.map(|one| one.since).ok_or(AppError::NotFound)?;
            let others = joined
                .into_iter()
                .filter(|one| one.network != network && one.status == MembershipStatus::Active);
            let (shared, unbound): (Vec<_>, Vec<_>) =
                others.partition(|one| bound.contains(&one.network));
            let devices = if ours {
                Some(users::list_for_professional(tx, id, DEVICES)?)
            } else {
                None
            };
            let held = in_hand::list(tx, id, now)?;
            Ok(OneMember {
                account: users::find_by_professional(tx, id)?,
                secretaries: secretaries::named(tx, id)?,
                absences: absences::planned(tx, id, away, calendar, calendar.date(now))?,
                replaced_by: stand_ins::list_of_absent(tx, id, now, stand_in::MOST)?,
                stands_in_for: stand_ins::list_of_locum(tx, id, now, stand_in::MOST)?,
                approval_at: approvals::find_added(tx, id)?,
                in_hand: held
                    .iter()
                    .filter(|one| one.request.network == network)
                    .count(),
                elsewhere: unbound.len(),
                row,
                status,
                since,
                shared,
                devices,
            })
        })
        .await
    }

    fn ended(&self, ends: impl IntoIterator<Item = End>) {
        for end in ends {
            self.streams().end(&end);
        }
    }
}
