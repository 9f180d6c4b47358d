//! The one way a request changes: read the row with its version, gather facts, let the core
//! decide, and save state, due time, journal, verdicts and outbox in the same transaction.

use crate::app::{Inner, Who};
use crate::bus::Change;
use crate::chance;
use crate::directory::Directory;
use crate::error::AppError;
use crate::{callbacks, journal, outbox, visits};
use relais_core::access::IdentityAccess;
use relais_core::cascade::{Command, Decision, Event, Facts, Mark, Policy, decide, due, mark_all};
use relais_core::ids::{NetworkId, OfferId, PatientId, ProfessionalId, RequestId};
use relais_core::matching::Pool;
use relais_core::message::{DeskAlert, Effect};
use relais_core::people::{Lately, Load};
use relais_core::request::Request;
use relais_core::time::{Duration, Instant, civil_day_end};
use relais_store::requests::{self, Stored};
use relais_store::{Tx, offers, solicitations, verdicts};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A request after a command.
#[derive(Debug, Clone)]
pub struct Applied {
    /// As it was.
    pub before: Stored,
    /// As it is.
    pub after: Request,
    /// What happened; empty when the command was already done.
    pub events: Vec<Event>,
}

/// Applies a command to a stored request. `why` is the reason given by the person, without identity.
pub(crate) fn apply(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: RequestId,
    command: &Command,
    who: &Who,
    now: Instant,
    why: Option<&str>,
) -> Result<Applied, AppError> {
    let stored = requests::get_for_update(tx, id)?;
    apply_to(inner, tx, stored, command, who, now, why)
}

/// [`apply`] to a request already read for update in this transaction.
pub(crate) fn apply_to(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: Stored,
    command: &Command,
    who: &Who,
    now: Instant,
    why: Option<&str>,
) -> Result<Applied, AppError> {
    let directory = if command.may_ask() {
        inner.directory.held_still(tx)?
    } else {
        inner.directory.current(tx)?
    };
    let network = stored.request.network;
    let entry = directory.network(network)?;
    let loads = if command.may_ask() {
        loads_to_ask(tx, &directory, network, now)?
    } else {
        BTreeMap::new()
    };
    let pool = if command.looks_at_people() {
        let mut pool = directory.pool(network, &loads);
        if command.may_ask() {
            let policy = command.policy(&stored.request, &entry.network.policy);
            pool.lately = lately(tx, network, policy, now)?;
        }
        pool
    } else {
        Pool::default()
    };
    let facts = Facts {
        calendar: &entry.calendar,
        policy: &entry.network.policy,
        pool,
        first_id: chance::id(now),
    };
    let Decision {
        after,
        events,
        effects,
    } = decide(&stored.request, command, now, &facts)?;
    if !events.is_empty() {
        let saving = Saving {
            before: Some(&stored),
            after: &after,
            events: &events,
            effects: &effects,
        };
        save(inner, tx, &directory, &saving, who, now, why)?;
    }
    Ok(Applied {
        before: stored,
        after,
        events,
    })
}

/// Marks what gateways said of many offers of one request, which is saved once; its messages are
/// marked by the caller. `stored` was read for update in this transaction.
pub(crate) fn apply_marks(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    marks: &[(OfferId, Mark)],
    now: Instant,
) -> Result<(), AppError> {
    let decided = mark_all(&stored.request, marks, now);
    if decided.events.is_empty() {
        return Ok(());
    }
    let directory = inner.directory.current(tx)?;
    let saving = Saving {
        before: Some(stored),
        after: &decided.after,
        events: &decided.events,
        effects: &decided.effects,
    };
    let who = Who::platform("delivery");
    save(inner, tx, &directory, &saving, &who, now, None)
}

/// What is about to be saved.
pub(crate) struct Saving<'s> {
    /// The stored request, unless it is new and was inserted just now.
    pub(crate) before: Option<&'s Stored>,
    /// The state after.
    pub(crate) after: &'s Request,
    /// What happened.
    pub(crate) events: &'s [Event],
    /// What must be told.
    pub(crate) effects: &'s [Effect],
}

/// Saves a decision: everything or nothing (I7).
pub(crate) fn save(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Arc<Directory>,
    saving: &Saving<'_>,
    who: &Who,
    now: Instant,
    why: Option<&str>,
) -> Result<(), AppError> {
    let after = saving.after;
    let (version, patient, code) = match saving.before {
        Some(stored) => {
            requests::update(tx, after, stored.version, &stored.request, due(after), now)?;
            (stored.version + 1, stored.patient, stored.code.clone())
        }
        None => {
            let stored = requests::find(tx, after.id)?.ok_or(AppError::NotFound)?;
            (stored.version, stored.patient, stored.code)
        }
    };
    for event in saving.events {
        if let Event::Judged {
            at,
            stage,
            round,
            verdicts: found,
        } = event
        {
            verdicts::merge(tx, after.id, *round, *stage, *at, found)?;
        }
    }
    let post = outbox::Post {
        request: after,
        code: &code,
        patient,
        version,
        now,
        who,
    };
    outbox::enqueue(inner, tx, directory, &post, saving.effects)?;
    if let Some(stored) = saving.before {
        callbacks::accepter_left(tx, &stored.request, after, now)?;
        visits::ended(tx, &stored.request, after, now)?;
        visits::freed(inner, tx, directory, &stored.request, saving.events, now)?;
    }
    tx.notify(change(saving).encode())?;
    journal::events(tx, directory, after, patient, saving.events, who, now, why)?;
    Ok(())
}

/// The wake-up for open pages: which request, whose lists.
fn change(saving: &Saving<'_>) -> Change {
    let request = saving.after;
    let mut professionals = BTreeSet::new();
    let known: BTreeMap<_, _> = saving
        .before
        .map(|stored| {
            stored
                .request
                .offers
                .iter()
                .map(|o| (o.id, o.status))
                .collect()
        })
        .unwrap_or_default();
    for offer in &request.offers {
        if known.get(&offer.id) != Some(&offer.status) {
            professionals.insert(offer.professional);
        }
    }
    professionals.extend(request.engaged());
    professionals.extend(request.requester.professional());
    let alert = saving.effects.iter().find_map(|effect| match effect {
        Effect::Desk(alert) => Some(alert_code(*alert).to_owned()),
        _ => None,
    });
    Change {
        network: request.network,
        request: Some(request.id),
        professionals: Some(professionals.into_iter().collect()),
        alert,
    }
}

/// The code of a desk alert, for the live region of the board.
pub const fn alert_code(alert: DeskAlert) -> &'static str {
    match alert {
        DeskAlert::ToQualify => "to-qualify",
        DeskAlert::Taken => "taken",
        DeskAlert::NeedsAHand { .. } => "needs-a-hand",
        DeskAlert::SetTime => "set-time",
        DeskAlert::Released => "released",
        DeskAlert::PausedLong => "paused-long",
        DeskAlert::Unclosed => "unclosed",
    }
}

/// What a launch holds, for a transaction that writes in the journal before it launches: every other one takes these
/// first.
pub(crate) fn hold_still(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
) -> Result<(), AppError> {
    let directory = inner.directory.held_still(tx)?;
    hold_people(tx, &directory, network)
}

/// [`loads`], for a transaction that may ask: nobody else asks those for whom it matters until it ends, so that two
/// requests launched at once on two nodes pass nobody's maximum together (R5).
pub(crate) fn loads_to_ask(
    tx: &mut Tx<'_>,
    directory: &Directory,
    network: NetworkId,
    now: Instant,
) -> Result<BTreeMap<ProfessionalId, Load>, AppError> {
    hold_people(tx, directory, network)?;
    loads(tx, directory, network, now)
}

fn hold_people(tx: &mut Tx<'_>, directory: &Directory, network: NetworkId) -> Result<(), AppError> {
    let entry = directory.network(network)?;
    let pool = std::iter::once(network).chain(entry.lenders.iter().copied());
    let counted = pool.flat_map(|id| directory.limited(id));
    let counted: BTreeSet<_> = counted.map(|person| person.member.id).collect();
    Ok(offers::hold_loads(tx, &Vec::from_iter(counted))?)
}

/// What was lately asked of those in a network's pool for whom it matters.
pub(crate) fn loads(
    tx: &mut Tx<'_>,
    directory: &Directory,
    network: NetworkId,
    now: Instant,
) -> Result<BTreeMap<ProfessionalId, Load>, AppError> {
    let entry = directory.network(network)?;
    let day_end = civil_day_end(now, &entry.calendar.zone);
    let day_start = day_start(now, day_end, &entry.calendar.zone);
    let mut networks = vec![network];
    networks.extend(entry.lenders.iter().copied());
    // A network none of whose people counts what is asked of them is not looked up at all.
    let mut encores = BTreeMap::new();
    networks.retain(|id| {
        let mut any = false;
        for person in directory.limited(*id) {
            any = true;
            if let Some(encore) = person.member.profile.encore {
                encores.insert(person.member.id, encore.since);
            }
        }
        any
    });
    Ok(offers::loads(
        tx,
        &networks,
        day_start,
        now - Duration::hours(1),
        &encores,
    )?)
}

/// What was lately asked of a network's members, as far back as a policy looks; nothing when it does not.
pub(crate) fn lately(
    tx: &mut Tx<'_>,
    network: NetworkId,
    policy: &Policy,
    now: Instant,
) -> Result<BTreeMap<ProfessionalId, Lately>, AppError> {
    Ok(match policy.looks_back() {
        Some(back) => solicitations::lately(tx, network, now - back)?,
        None => BTreeMap::new(),
    })
}

fn day_start(now: Instant, day_end: Instant, zone: &jiff::tz::TimeZone) -> Instant {
    // The start of a civil day is the end of the one that holds the moment 24 h before its end,
    // less what a clock change took or gave.
    let eve = day_end - Duration::hours(26);
    let start = civil_day_end(eve, zone);
    if start <= now {
        start
    } else {
        day_end - Duration::hours(24)
    }
}

/// Writes down that an identity is opened, in the transaction that opens it (R6).
pub(crate) fn journal_identity(
    tx: &mut Tx<'_>,
    network: NetworkId,
    patient: PatientId,
    access: &IdentityAccess,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    journal::identity(tx, network, patient, access, who, now)
}
