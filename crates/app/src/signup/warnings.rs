//! What a coordinator looks at before saying yes to somebody who applies (R5). Decides nothing.

use super::decide::standing;
use super::{Applicant, known};
use crate::app::Inner;
use crate::error::AppError;
use crate::members::{Rejoined, rejoins};
use relais_core::geo::Insee;
use relais_core::ids::NetworkId;
use relais_core::people::{Membership, MembershipStatus};
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::applications::{self, ApplicationStatus};
use relais_store::professionals::{self, ProfessionalRow};

/// What to look at before saying yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Somebody has an account under this national number, with another telephone and mailbox: a new
    /// phone, or somebody else. It does not change.
    Account,
    /// They are a member of this network already.
    Member,
    /// Their mobile is the alert number of these members: recycled by an operator, or shared.
    SharedNumber(Vec<String>),
    /// So many others wait under the same national number.
    Others(i64),
    /// They practise in none of the network's communes.
    Outside,
    /// The national directory listed them when they began, and lists them no more.
    Unlisted,
    /// They practise already under a title or days that a network wrote and that still run: those stay, whatever the
    /// application says.
    Practice,
}

/// An application before the coordinator.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Who applies.
    pub applicant: Applicant,
    /// What to look at.
    pub warnings: Vec<Warning>,
}

impl Waiting {
    /// Whether their mobile is somebody else's alert number.
    pub fn is_shared(&self) -> bool {
        let shared = |w: &Warning| matches!(w, Warning::SharedNumber(_));
        self.warnings.iter().any(shared)
    }
}

pub(super) fn warnings(
    inner: &Inner,
    tx: &mut Tx<'_>,
    one: &Applicant,
    network: NetworkId,
    now: Instant,
) -> Result<Vec<Warning>, AppError> {
    let mut found = Vec::new();
    if one.application.status != ApplicationStatus::Pending {
        return Ok(found);
    }
    let directory = inner.directory.current(tx)?;
    if let Some((row, account)) = known(tx, &one.application.rpps)? {
        if account && is_member(&row, network) {
            found.push(Warning::Member);
        } else if account && !one.body.has_account {
            found.push(Warning::Account);
        }
        let said = standing(one, &directory.network(network)?.calendar, now);
        let kept = said.is_ok_and(|said| rejoins(&row, said, now) == Rejoined::Kept);
        if kept && !found.contains(&Warning::Member) {
            found.push(Warning::Practice);
        }
    }
    let shared = sharing(tx, one)?;
    if !shared.is_empty() {
        let name = |row: &ProfessionalRow| row.display_name();
        found.push(Warning::SharedNumber(shared.iter().map(name).collect()));
    }
    let same = applications::count_waiting_of(tx, network, &one.application.rpps)?;
    if same > 1 {
        found.push(Warning::Others(same - 1));
    }
    if !one.is_listed() {
        found.push(Warning::Unlisted);
    }
    let communes = &directory.network(network)?.communes;
    let insee = one.place().and_then(|place| Insee::new(&place.insee));
    if insee.is_none_or(|insee| !communes.contains_key(&insee)) {
        found.push(Warning::Outside);
    }
    Ok(found)
}

pub(super) fn is_member(row: &ProfessionalRow, network: NetworkId) -> bool {
    let live = |m: &Membership| m.network == network && m.status != MembershipStatus::Left;
    row.member.memberships.iter().any(live)
}

/// Others whose alert number is the applicant's mobile.
pub(super) fn sharing(tx: &mut Tx<'_>, one: &Applicant) -> Result<Vec<ProfessionalRow>, AppError> {
    let ids = professionals::find_by_alert_number(tx, one.phone())?;
    let mut rows = Vec::new();
    for id in ids {
        let row = professionals::get(tx, id)?;
        if row.rpps != one.application.rpps {
            rows.push(row);
        }
    }
    Ok(rows)
}
