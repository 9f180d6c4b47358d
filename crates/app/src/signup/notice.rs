//! Telling the coordinators something: that somebody waits for their answer, at most once an hour each; what is due.
//! Refuses whoever is no coordinator any more, and an account that nothing leads to.

use super::apply::HOUR;
use super::post::{Letter, NEWS, post, tell_member};
use super::{is_mail, mail_works};
use crate::app::Inner;
use crate::directory::NetworkEntry;
use crate::error::AppError;
use crate::text::{self, Written};
use relais_core::access::Role;
use relais_core::ids::{ApplicationId, NetworkId};
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
    let (desk, link) = (
        entry.desk(now),
        format!("{}/candidatures", inner.settings.base_url),
    );
    for user in coordinators_of(tx, entry.network.id)? {
        let told = format!("application told {}", user.id);
        if users::count_attempts(tx, &told, now - HOUR)? > 0 {
            continue;
        }
        let news = News {
            kind: "signup-waits",
            key: format!("{id}:waits:{}", user.id),
        };
        let written = |channel| text::signup::waits(channel, &desk, &link);
        if tell_coordinator(inner, tx, entry, &user, news, now, written)? {
            users::insert_attempt(tx, &told, now, true)?;
        }
    }
    Ok(())
}

/// The open accounts of a network's coordinators, those who are it beside something else included.
pub(crate) fn coordinators_of(tx: &mut Tx<'_>, network: NetworkId) -> Result<Vec<User>, AppError> {
    let mut all: Vec<User> = users::list_for_network(tx, network)?;
    all.retain(|user| user.role == Role::Coordinator);
    for given in users::list_roles_in(tx, network)? {
        if given.role == Role::Coordinator && all.iter().all(|user| user.id != given.user) {
            all.push(users::get(tx, given.user)?);
        }
    }
    all.retain(|user| user.active);
    Ok(all)
}

/// What a coordinator is told about, under the key that makes it one message.
pub(crate) struct News {
    pub(crate) kind: &'static str,
    pub(crate) key: String,
}

/// One of them: a professional by their own first way, one of the staff by the address they sign in with. Answers
/// whether anything leads to them.
pub(crate) fn tell_coordinator(
    inner: &Inner,
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    user: &User,
    News { kind, key }: News,
    now: Instant,
    written: impl Fn(Channel) -> Written,
) -> Result<bool, AppError> {
    let directory = inner.directory.current(tx)?;
    if let Some(person) = user.professional.and_then(|id| directory.person(id)) {
        tell_member(tx, entry, person, key, now, written)?;
        return Ok(true);
    }
    if !is_mail(&user.login) || !mail_works(inner) {
        return Ok(false);
    }
    let letter = Letter {
        entry,
        key,
        kind,
        owner: user.name.clone(),
        channel: Channel::Mail,
        address: user.login.clone(),
        member: None,
        written: written(Channel::Mail),
        life: NEWS,
    };
    post(tx, letter, now)?;
    Ok(true)
}
