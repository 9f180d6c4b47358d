//! A secretary who answers in the name of professionals (ADR 0043): named and ended by the professional, ended by
//! either of them or by a coordinator, at once, open pages included; one professional at a time, by session.
//!
//! Refuses an account that is something else, and anything the professional may not do. What a secretary may do
//! besides is `core::access`; that each act says in whose name is [`crate::journal`].

use crate::accounts::known::Shown;
use crate::accounts::open::End;
use crate::accounts::recovery;
use crate::accounts::session::SignedIn;
use crate::accounts::term::Term;
use crate::app::{App, Who};
use crate::chance;
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::offers::answer::professional;
use crate::text::When;
use relais_core::access::{Actor, Role};
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::people::MembershipStatus;
use relais_core::time::{Duration, Instant};
use relais_store::users::{self, Secretary, User};
use relais_store::{Tx, offers};
use serde_json::json;

pub use crate::accounts::recovery::Given;

/// Most secretaries of one professional.
const MOST: usize = 6;
/// Accounts one professional opens in a day.
const PER_DAY: u32 = 6;
const DAY: Duration = Duration::hours(24);
/// Open offers counted for the page on which a secretary chooses.
const COUNTED: u32 = 50;

/// Somebody to be named, as typed.
#[derive(Debug, Clone, Default)]
pub struct SecretaryDraft {
    /// First name and name; not needed for an account that exists.
    pub name: String,
    /// What they sign in with.
    pub login: String,
}

/// A secretary, for the professional and the coordinator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The account.
    pub user: UserId,
    /// Its name.
    pub name: String,
    /// What it signs in with.
    pub login: String,
    /// Since when.
    pub since: Instant,
}

/// A professional, for the secretary who chooses in whose name to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whom {
    /// Who.
    pub professional: ProfessionalId,
    /// Since when.
    pub since: Instant,
    /// Offers that wait for an answer.
    pub open: usize,
    /// Chosen in this session.
    pub chosen: bool,
}

fn login(typed: &str) -> Result<String, AppError> {
    let login = typed.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
    if login.chars().all(|c| c.is_ascii_digit()) && !login.is_empty() {
        // A professional signs in by their national number, whenever they join.
        let message = "Pas seulement des chiffres\u{a0}: un numéro RPPS est l’identifiant de son professionnel.";
        return Err(AppError::invalid("/login", message));
    }
    if login.len() < 3 || login.len() > 80 || !login.chars().all(plain) {
        let message = "De 3 à 80 lettres sans accent, chiffres, points, tirets ou @, par exemple claire.morel.";
        return Err(AppError::invalid("/login", message));
    }
    Ok(login)
}

pub(crate) fn named(tx: &mut Tx<'_>, id: ProfessionalId) -> Result<Vec<Named>, AppError> {
    let mut all = Vec::new();
    for one in users::list_secretaries(tx, id)? {
        let user = users::get(tx, one.user)?;
        if user.active {
            all.push(Named {
                user: user.id,
                name: user.name,
                login: user.login,
                since: one.at,
            });
        }
    }
    Ok(all)
}

/// Somebody leaves a network: whoever was named there to answer for them does so no more. Whose streams end.
pub(crate) fn leave_with(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    network: NetworkId,
    who: &Who,
    now: Instant,
) -> Result<Vec<End>, AppError> {
    let mut ends = Vec::new();
    for one in users::list_secretaries(tx, id)? {
        if one.network == network {
            ends.push(over(tx, &one, who, now)?);
        }
    }
    Ok(ends)
}

/// Ends it, told to every node.
fn over(tx: &mut Tx<'_>, one: &Secretary, who: &Who, now: Instant) -> Result<End, AppError> {
    users::end_secretary(tx, one.user, one.professional)?;
    let body =
        json!({ "account": one.user.to_string(), "professional": one.professional.to_string() });
    let act = "secretary.ended";
    journal::act(tx, Some(one.network), act, None, None, &body, who, now)?;
    let end = End::Account(one.user);
    tx.notify(end.encode())?;
    Ok(end)
}

/// Whose names they answer in, who may still be answered for.
fn whose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    directory: &Directory,
    now: Instant,
) -> Result<Vec<Secretary>, AppError> {
    if actor.role != Role::Secretary {
        return Err(AppError::Denied);
    }
    let mut held = users::list_of_secretary(tx, actor.user)?;
    held.retain(|one| Term::of(Some(one.professional), directory).holds(now));
    Ok(held)
}

impl App {
    /// Who answers in the professional's own name.
    ///
    /// # Errors
    /// Not a professional.
    pub async fn my_secretaries(&self, who: &Who) -> Result<Vec<Named>, AppError> {
        let id = professional(&who.signed_in()?)?;
        self.read(move |_, tx| named(tx, id)).await
    }

    /// Lets somebody answer in the professional's own name. A login that is nobody's yet becomes a secretary's
    /// account of the network, and the answer is the code, said once, with which they choose how to sign in.
    ///
    /// # Errors
    /// Not an active member; a login that is somebody else's, or cannot be one; too many.
    pub async fn name_secretary(
        &self,
        who: &Who,
        draft: SecretaryDraft,
    ) -> Result<Option<Given>, AppError> {
        let actor = who.signed_in()?;
        let id = professional(&actor)?;
        let login = login(&draft.login)?;
        let name: String = draft.name.split_whitespace().collect::<Vec<_>>().join(" ");
        let (now, wall, who) = (self.now(), self.wall_now(), who.clone());
        let (account, code) = (UserId::from_bits(chance::id(now)), chance::eight_digits());
        self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let person = directory.person(id).ok_or(AppError::NotFound)?;
            let membership = person.member.memberships.iter();
            let mut here = membership.filter(|m| m.network == actor.network);
            if !here.any(|m| m.status == MembershipStatus::Active) {
                return Err(AppError::Denied);
            }
            if users::list_secretaries(tx, id)?.len() >= MOST {
                let message = "Six personnes au plus répondent en votre nom. Retirez-en une.";
                return Err(AppError::invalid("/login", message));
            }
            let found = users::find_by_login(tx, &login)?;
            let theirs = |user: &User| {
                user.active && user.role == Role::Secretary && user.network == Some(actor.network)
            };
            let (user, given) = match found {
                Some(user) if theirs(&user) => (user, None),
                Some(_) => {
                    let message =
                        "Cet identifiant est pris par un autre compte. Choisissez-en un autre.";
                    return Err(AppError::invalid("/login", message));
                }
                None => {
                    if name.chars().count() < 3 || name.chars().count() > 80 {
                        let message = "Écrivez son prénom et son nom.";
                        return Err(AppError::invalid("/name", message));
                    }
                    let key = format!("secretary by {}", actor.user);
                    if users::count_attempts(tx, &key, wall - DAY)? >= PER_DAY {
                        let message =
                            "Six comptes ont déjà été ouverts aujourd’hui. Reprenez demain.";
                        return Err(AppError::invalid("/login", message));
                    }
                    users::insert_attempt(tx, &key, wall, true)?;
                    let user = User {
                        id: account,
                        login: login.clone(),
                        name: name.clone(),
                        role: Role::Secretary,
                        network: Some(actor.network),
                        professional: None,
                        active: true,
                        created_at: now,
                        has_password: false,
                        has_totp: false,
                    };
                    users::insert(tx, &user)?;
                    let given = recovery::give(inner, tx, &user, &code, actor.user, wall)?;
                    (user, Some(given))
                }
            };
            let new = Secretary {
                user: user.id,
                professional: id,
                network: actor.network,
                by: actor.user,
                at: now,
            };
            if users::name_secretary(tx, new)? {
                let body =
                    json!({ "account": user.id.to_string(), "professional": id.to_string() });
                let network = Some(actor.network);
                journal::act(tx, network, "secretary.named", None, None, &body, &who, now)?;
            }
            Ok(given)
        })
        .await
    }

    /// Ends it at once: by the professional, by the secretary, or by a coordinator of the network it was said in.
    /// Ended already: nothing changes.
    ///
    /// # Errors
    /// Anybody else.
    pub async fn end_secretary(
        &self,
        who: &Who,
        user: UserId,
        id: ProfessionalId,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        let end = self
            .write(move |_, tx| {
                let held = users::list_of_secretary(tx, user)?;
                let held = held.iter().find(|one| one.professional == id);
                let own = actor.role == Role::Professional && actor.professional == Some(id);
                let theirs = actor.role == Role::Secretary && actor.user == user;
                let network = held.map(|one| one.network);
                let runs = actor.role == Role::Coordinator
                    && network.is_none_or(|network| network == actor.network);
                if !(own || theirs || runs) {
                    return Err(AppError::NotFound);
                }
                held.map(|one| over(tx, one, &who, now)).transpose()
            })
            .await?;
        if let Some(end) = end {
            self.streams().end(&end);
        }
        Ok(())
    }

    /// In whose names a secretary may answer, and what waits for each.
    ///
    /// # Errors
    /// Not a secretary.
    pub async fn whom(&self, who: &Who) -> Result<Vec<Whom>, AppError> {
        let actor = who.signed_in()?;
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let mut all = Vec::new();
            for one in whose(tx, &actor, &directory, now)? {
                let id = one.professional;
                let open = offers::list_for_professional(tx, id, true, None, COUNTED)?;
                all.push(Whom {
                    professional: id,
                    since: one.at,
                    open: open.len(),
                    chosen: actor.professional == Some(id),
                });
            }
            Ok(all)
        })
        .await
    }

    /// Answers for a professional from the next request on, in this session alone.
    ///
    /// # Errors
    /// Not their secretary (any more); a professional whose rights are over.
    pub async fn act_for(
        &self,
        account: &SignedIn,
        token: &str,
        id: ProfessionalId,
    ) -> Result<(), AppError> {
        let hash = chance::fingerprint(token);
        let shown = Shown::Session(hash.clone());
        let (now, who, actor) = (self.now(), account.who("web"), account.actor);
        self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let zone = &directory.network(actor.network)?.calendar.zone;
            Term::of(Some(id), &directory).check(&When::new(now, zone))?;
            let held = whose(tx, &actor, &directory, now)?;
            let one = held.iter().find(|one| one.professional == id);
            let network = one.ok_or(AppError::NotFound)?.network;
            users::act_for(tx, &hash, Some(id))?;
            let body = json!({ "account": actor.user.to_string(), "professional": id.to_string() });
            let act = "secretary.chose";
            journal::act(tx, Some(network), act, None, None, &body, &who, now)
        })
        .await?;
        self.0.known.forget(&shown);
        Ok(())
    }
}
