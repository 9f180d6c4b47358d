//! What people of a network may act as, beside what their account is: given and taken by a coordinator, at once,
//! journaled, told. Refuses to leave a network without a coordinator, and a regulator who is no doctor (R3).

use super::{coordinator, of_network};
use crate::accounts::open::End;
use crate::app::{App, Inner, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::signup::tell;
use crate::text;
use relais_core::access::Role;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::people::{MembershipStatus, Profession};
use relais_core::roles::{GIVEN, may_be_given};
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::users::{self, Given, User};
use serde_json::json;

/// What somebody of a network may act as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// The account.
    pub user: UserId,
    /// Its name.
    pub name: String,
    /// May sign in.
    pub active: bool,
    /// What the account is; none when it is of another network.
    pub own: Option<Role>,
    /// What it was given here, and when.
    pub given: Vec<(Role, Instant)>,
    /// What may still be given.
    pub givable: Vec<Role>,
}

impl Roles {
    fn of(user: &User, network: NetworkId, all: &[Given], directory: &Directory) -> Self {
        let given: Vec<_> = all
            .iter()
            .filter(|one| one.user == user.id && one.network == network)
            .map(|one| (one.role, one.at))
            .collect();
        let own = Some(user.role).filter(|_| user.network == Some(network));
        let has = |role: Role| own == Some(role) || given.iter().any(|(one, _)| *one == role);
        let profession = profession(user, directory);
        let givable = GIVEN.iter().copied();
        let givable = givable.filter(|role| may_be_given(*role, profession) && !has(*role));
        Self {
            user: user.id,
            name: user.name.clone(),
            active: user.active,
            own,
            givable: givable.collect(),
            given,
        }
    }
}

fn profession(user: &User, directory: &Directory) -> Option<Profession> {
    let person = user.professional.and_then(|id| directory.person(id));
    person.map(|row| row.member.profession)
}

/// Whom a coordinator gives roles to: an account of the network, or of a live member of it.
fn theirs(tx: &mut Tx<'_>, id: UserId, network: NetworkId) -> Result<User, AppError> {
    let user = users::find(tx, id)?.ok_or(AppError::NotFound)?;
    match user.professional {
        Some(professional) => {
            let (_, status) = of_network(tx, professional, network)?;
            if status != MembershipStatus::Active {
                let detail = "Cette adhésion n’est pas en vigueur. Rechargez la page.";
                return Err(AppError::problem("membership-moved", 409, detail));
            }
        }
        None if user.network == Some(network) => {}
        None => return Err(AppError::NotFound),
    }
    if matches!(user.role, Role::Administrator | Role::Partner) {
        return Err(AppError::NotFound);
    }
    Ok(user)
}

/// How long whoever is left to run a network must still have: time to find and to teach a successor.
const HANDOVER: Duration = Duration::hours(24 * 30);

/// Refuses what would leave a network without anybody who runs it, now or when the contracts of the others end within
/// [`HANDOVER`]; asked after the change, in its transaction.
pub(super) fn still_run(tx: &mut Tx<'_>, network: NetworkId, now: Instant) -> Result<(), AppError> {
    let mut left = |at| users::count_holders(tx, network, Role::Coordinator, at);
    let detail = if left(now)? == 0 {
        "Il ne resterait plus de coordinateur\u{a0}: donnez d’abord ce rôle à quelqu’un d’autre."
    } else if left(now + HANDOVER)? == 0 {
        "Dans trente jours il ne resterait plus de coordinateur\u{a0}: le contrat de qui reste finit avant. Donnez d’abord ce rôle à quelqu’un d’autre."
    } else {
        return Ok(());
    };
    Err(AppError::problem("last-coordinator", 409, detail))
}

/// Refuses days that end sooner than before for the last coordinator of a network; asked after the change, in its
/// transaction.
pub(super) fn still_run_without(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    now: Instant,
) -> Result<(), AppError> {
    let Some(user) = users::find_by_professional(tx, id)? else {
        return Ok(());
    };
    for one in users::list_roles(tx, user.id)? {
        if one.role == Role::Coordinator {
            still_run(tx, one.network, now)?;
        }
    }
    Ok(())
}

/// Takes every role somebody was given in a network: they leave it, or are suspended from it. Answers whether
/// anything was taken.
///
/// # Errors
/// They were its last coordinator.
pub(super) fn take_all(
    tx: &mut Tx<'_>,
    user: &User,
    network: NetworkId,
    who: &Who,
    now: Instant,
) -> Result<bool, AppError> {
    let given = users::list_roles(tx, user.id)?;
    let here: Vec<_> = given.iter().filter(|one| one.network == network).collect();
    for one in &here {
        users::take_role(tx, user.id, network, one.role)?;
        note(tx, "role.taken", user, network, one.role, who, now)?;
    }
    if here.iter().any(|one| one.role == Role::Coordinator) {
        still_run(tx, network, now)?;
    }
    withdraw_given(tx, user, network, who, now)?;
    Ok(!here.is_empty())
}

/// Somebody is no coordinator of a network any more: their invitations to it, and the codes they gave to whoever lost
/// every way in, open nothing.
pub(crate) fn withdraw_given(
    tx: &mut Tx<'_>,
    user: &User,
    network: NetworkId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let invitations = users::withdraw_invitations(tx, network, user.id)?;
    let codes = users::withdraw_recovery(tx, user.id, network)?;
    if invitations + codes == 0 {
        return Ok(());
    }
    let act = "account.given-withdrawn";
    let body =
        json!({ "account": user.id.to_string(), "invitations": invitations, "codes": codes });
    journal::act(tx, Some(network), act, None, None, &body, who, now)
}

fn note(
    tx: &mut Tx<'_>,
    act: &str,
    user: &User,
    network: NetworkId,
    role: Role,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let body = json!({ "account": user.id.to_string(), "role": role.code() });
    journal::act(tx, Some(network), act, None, None, &body, who, now)
}

impl App {
    /// What a member's account may act as in the coordinator's network; none without an account.
    ///
    /// # Errors
    /// For coordinators of their network only.
    pub async fn roles_of(&self, who: &Who, user: UserId) -> Result<Roles, AppError> {
        let network = coordinator(who)?;
        self.read(move |inner, tx| {
            let user = theirs(tx, user, network)?;
            let all = users::list_roles(tx, user.id)?;
            let directory = inner.directory.current(tx)?;
            Ok(Roles::of(&user, network, &all, &directory))
        })
        .await
    }

    /// Everybody who may act in the coordinator's network otherwise than as a professional, by name.
    ///
    /// # Errors
    /// For coordinators only.
    pub async fn team(&self, who: &Who) -> Result<Vec<Roles>, AppError> {
        let network = coordinator(who)?;
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let all = users::list_roles_in(tx, network)?;
            let mut accounts = users::list_for_network(tx, network)?;
            for one in &all {
                if accounts.iter().all(|user| user.id != one.user) {
                    accounts.push(users::get(tx, one.user)?);
                }
            }
            let mut team: Vec<_> = accounts
                .iter()
                .filter(|user| !matches!(user.role, Role::Administrator | Role::Partner))
                .map(|user| Roles::of(user, network, &all, &directory))
                .filter(|one| {
                    one.own.is_some_and(|r| r != Role::Professional) || !one.given.is_empty()
                })
                .collect();
            team.sort_by(|a, b| (&a.name, a.user).cmp(&(&b.name, b.user)));
            Ok(team)
        })
        .await
    }

    /// Gives somebody a role in the coordinator's network; a member is told. Given already: nothing changes.
    ///
    /// # Errors
    /// For coordinators of their network only; a role that is not given, or not to this profession.
    pub async fn give_role(&self, who: &Who, user: UserId, role: Role) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let by = who.signed_in()?.user;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let user = theirs(tx, user, network)?;
            let directory = inner.directory.current(tx)?;
            if !may_be_given(role, profession(&user, &directory)) {
                let message = "Seul un médecin membre du réseau peut être régulateur.";
                return Err(AppError::invalid("/role", message));
            }
            if user.role == role && user.network == Some(network) {
                return Ok(());
            }
            let given = Given {
                user: user.id,
                network,
                role,
                by,
                at: now,
            };
            if !users::give_role(tx, given)? {
                return Ok(());
            }
            note(tx, "role.given", &user, network, role, &who, now)?;
            told(inner, tx, &directory, &user, network, role, true, now)
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Takes a role that was given, at once: pages and streams open in it included. A member is told.
    ///
    /// # Errors
    /// For coordinators of their network only; `last-coordinator`.
    pub async fn take_role(&self, who: &Who, user: UserId, role: Role) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        let end = self
            .write(move |inner, tx| {
                let user = users::find(tx, user)?.ok_or(AppError::NotFound)?;
                if !users::take_role(tx, user.id, network, role)? {
                    return Ok(None);
                }
                // Holds the network's journal: two who take each other's role at once come here in turn.
                note(tx, "role.taken", &user, network, role, &who, now)?;
                if role == Role::Coordinator {
                    still_run(tx, network, now)?;
                    withdraw_given(tx, &user, network, &who, now)?;
                }
                let directory = inner.directory.current(tx)?;
                told(inner, tx, &directory, &user, network, role, false, now)?;
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

#[expect(
    clippy::too_many_arguments,
    reason = "one sentence, its facts gathered by the change"
)]
fn told(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    user: &User,
    network: NetworkId,
    role: Role,
    given: bool,
    now: Instant,
) -> Result<(), AppError> {
    let person = user.professional.and_then(|id| directory.person(id));
    let Some(person) = person else {
        return Ok(());
    };
    let entry = directory.network(network)?;
    let desk = entry.desk(now);
    let act = if given { "given" } else { "taken" };
    let key = format!("{}:role:{}:{act}:{}", user.id, role.code(), now.millis());
    let link = format!("{}/mes-roles", inner.settings.base_url);
    tell(tx, entry, person, key, now, |channel| {
        text::signup::role(channel, &desk, role, given, &link)
    })
}
