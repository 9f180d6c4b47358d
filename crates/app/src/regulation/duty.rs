//! "De garde", "plus de garde": a regulator says so with an end, closing time at the latest. Nobody on
//! duty = 15 (R3).

use super::{regulator, row_id};
use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use relais_core::access::{Actor, Role};
use relais_core::ids::{NetworkId, UserId};
use relais_core::regulation;
use relais_core::request::{Request, Status};
use relais_core::time::Instant;
use relais_store::regulation::{self as store, Duty};
use relais_store::requests::{self, Filter};
use relais_store::{Tx, users};
use serde_json::json;

/// Somebody on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Since when.
    pub since: Instant,
    /// Until when at the latest.
    pub until: Instant,
}

impl App {
    /// Who is on duty in the actor's network, first come first; for those who follow requests.
    pub async fn regulators_on_duty(&self, who: &Who) -> Result<Vec<OnDuty>, AppError> {
        let actor = who.signed_in()?;
        if !matches!(
            actor.role,
            Role::Operator | Role::Regulator | Role::Coordinator
        ) {
            return Err(AppError::Denied);
        }
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            on_duty(tx, &directory, actor.network, now)
        })
        .await
    }

    /// The regulator on duty in a network, if one is: what stands between a doubt and the 15 (R3).
    pub async fn regulator_on_duty(&self, network: NetworkId) -> Result<Option<OnDuty>, AppError> {
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            Ok(on_duty(tx, &directory, network, now)?.into_iter().next())
        })
        .await
    }

    /// "De garde", until a moment, or closing time; replaces the duty said before.
    ///
    /// # Errors
    /// Refused when the network is closed, or the end has passed.
    pub async fn go_on_duty(&self, who: &Who, until: Option<Instant>) -> Result<OnDuty, AppError> {
        let actor = who.signed_in()?;
        regulator(&actor)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let calendar = &directory.network(actor.network)?.calendar;
            let until = regulation::duty_until(calendar, now, until)?;
            begin(tx, actor.network, actor.user, now, until)?;
            let body = json!({ "say": "Régulateur de garde", "until": until.millis() });
            let network = Some(actor.network);
            journal::act(tx, network, "duty.begun", None, None, &body, &who, now)?;
            tell_queue(tx, actor.network)?;
            Ok(OnDuty {
                user: actor.user,
                name: directory.user_name(actor.user).unwrap_or_default(),
                since: now,
                until,
            })
        })
        .await
    }

    /// "Plus de garde". Answers how many cases wait with nobody on duty any more: those go to 15.
    pub async fn go_off_duty(&self, who: &Who) -> Result<usize, AppError> {
        let actor = who.signed_in()?;
        regulator(&actor)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            if store::end_duty(tx, actor.user, now)? {
                let body = json!({ "say": "Plus de garde" });
                let network = Some(actor.network);
                journal::act(tx, network, "duty.ended", None, None, &body, &who, now)?;
            }
            let waiting = tell_queue(tx, actor.network)?;
            let nobody = store::list_on_duty(tx, actor.network, now)?.is_empty();
            Ok(if nobody { waiting } else { 0 })
        })
        .await
    }
}

/// Writes a duty down.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    network: NetworkId,
    user: UserId,
    since: Instant,
    until: Instant,
) -> Result<(), AppError> {
    let id = row_id("dut", since);
    Ok(store::begin_duty(
        tx,
        &Duty {
            id,
            network,
            user,
            since,
            until,
        },
    )?)
}

/// Who is on duty, as this transaction sees it. Somebody whose account was closed, or
/// who regulates no more, is not.
pub(crate) fn on_duty(
    tx: &mut Tx<'_>,
    directory: &Directory,
    network: NetworkId,
    now: Instant,
) -> Result<Vec<OnDuty>, AppError> {
    let mut found = Vec::new();
    for duty in store::list_on_duty(tx, network, now)? {
        if !users::holds_role(tx, duty.user, network, Role::Regulator)? {
            continue;
        }
        found.push(OnDuty {
            user: duty.user,
            name: directory.user_name(duty.user).unwrap_or_default(),
            since: duty.since,
            until: duty.until,
        });
    }
    Ok(found)
}

impl Inner {
    /// Refuses a request that would wait for a regulator who is not there (R3). A regulator who raises
    /// one is there.
    pub(crate) fn somebody_regulates(
        &self,
        tx: &mut Tx<'_>,
        directory: &Directory,
        actor: &Actor,
        raised: &Request,
        now: Instant,
    ) -> Result<(), AppError> {
        if raised.status() != Status::ToQualify {
            return Ok(());
        }
        let there = actor.role == Role::Regulator && actor.network == raised.network;
        let there = there || !on_duty(tx, directory, raised.network, now)?.is_empty();
        Ok(regulation::check_duty(raised, there)?)
    }
}

/// Tells the boards that who regulates changed. Answers how many cases wait.
fn tell_queue(tx: &mut Tx<'_>, network: NetworkId) -> Result<usize, AppError> {
    tx.notify(Change::contacts(network, None).encode())?;
    let filter = Filter {
        network: Some(network),
        statuses: vec![Status::ToQualify],
        ..Filter::default()
    };
    Ok(requests::list(tx, &filter, super::QUEUE_MAX)?.len())
}
