//! Telling the coordinators that somebody waits for their answer, at most once an hour each. Refuses whoever is no
//! coordinator any more, and an account that nothing leads to.

use super::apply::HOUR;
use super::post::{Letter, NEWS, post, tell_member};
use super::{is_mail, mail_works};
use crate::app::Inner;
use crate::directory::NetworkEntry;
use crate::error::AppError;
use crate::text;
use relais_core::access::Role;
use relais_core::ids::ApplicationId;
use relais_core::time::Instant;
use relais_gateways::Channel;
use relais_store::Tx;
use relais_store::users::{self, User};

/// Everybody who may answer, told in the transaction that asks them.
pub(super) fn coordinators(
    inner: &Inner,
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    id: ApplicationId,
    now: Instant,
) -> Result<(), AppError> {
    let network = entry.network.id;
    let mut all: Vec<User> = users::list_for_network(tx, network)?;
    all.retain(|user| user.role == Role::Coordinator);
    for given in users::list_roles_in(tx, network)? {
        if given.role == Role::Coordinator && all.iter().all(|user| user.id != given.user) {
            all.push(users::get(tx, given.user)?);
        }
    }
    for user in all.iter().filter(|user| user.active) {
        let told = format!("application told {}", user.id);
        if users::count_attempts(tx, &told, now - HOUR)? > 0 {
            continue;
        }
        if tell(inner, tx, entry, user, id, now)? {
            users::insert_attempt(tx, &told, now, true)?;
        }
    }
    Ok(())
}

/// One of them: a professional by their own first way, one of the staff by the address they sign in with. Answers
/// whether anything leads to them.
fn tell(
    inner: &Inner,
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    user: &User,
    id: ApplicationId,
    now: Instant,
) -> Result<bool, AppError> {
    let desk = entry.desk(now);
    let link = format!("{}/candidatures", inner.settings.base_url);
    let key = format!("{id}:waits:{}", user.id);
    let directory = inner.directory.current(tx)?;
    if let Some(person) = user.professional.and_then(|id| directory.person(id)) {
        tell_member(tx, entry, person, key, now, |channel| {
            text::signup::waits(channel, &desk, &link)
        })?;
        return Ok(true);
    }
    if !is_mail(&user.login) || !mail_works(inner) {
        return Ok(false);
    }
    let letter = Letter {
        entry,
        key,
        kind: "signup-waits",
        owner: user.name.clone(),
        channel: Channel::Mail,
        address: user.login.clone(),
        member: None,
        written: text::signup::waits(Channel::Mail, &desk, &link),
        life: NEWS,
    };
    post(tx, letter, now)?;
    Ok(true)
}
