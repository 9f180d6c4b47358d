//! A patient calls an appointment off: whoever kept the hour is offered, in one gesture, the waiting request that
//! could have it (R8, R9). An ordinary offer of theirs, without identity; nobody is obliged. Whoever was asked of
//! none because they had just said yes is asked now, as a newcomer (R4.11).

use crate::app::{Inner, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::outbox::{self, Post};
use crate::text::When;
use relais_core::cascade::{Event, freed_offer};
use relais_core::ids::NetworkId;
use relais_core::request::{CancelledBy, Phase, Request, Status};
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::requests::{self, Filter};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Nobody comes in less than this.
const LEAST: Duration = Duration::minutes(20);
/// Most waiting requests looked at: the newest.
const LOOKED_AT: u32 = 200;

/// Networks where somebody is free again, until waiting requests have looked. In memory: what a process forgets as
/// it dies is looked at when it starts.
#[derive(Debug, Default)]
pub(crate) struct Freed(Mutex<BTreeSet<NetworkId>>);

impl Freed {
    /// Somebody of a network is free again.
    pub(crate) fn note(&self, network: NetworkId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(network);
    }

    /// Those since the last call.
    pub(crate) fn take(&self) -> Vec<NetworkId> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *held).into_iter().collect()
    }
}

/// Offers the hour of a request its patient just called off.
pub(crate) fn freed(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    before: &Request,
    events: &[Event],
    now: Instant,
) -> Result<(), AppError> {
    let Phase::Engaged(engagement) = &before.phase else {
        return Ok(());
    };
    if events
        .iter()
        .any(|event| matches!(event, Event::Cancelled { .. }))
    {
        inner.freed.note(before.network);
    }
    let theirs = |event: &Event| {
        let who = CancelledBy::Patient;
        matches!(event, Event::Cancelled { who: by, .. } if *by == who)
    };
    let at = engagement.appointment.starts_at();
    let Some(at) = at.filter(|at| now + LEAST <= *at && events.iter().any(theirs)) else {
        return Ok(());
    };
    let filter = Filter {
        network: Some(before.network),
        statuses: vec![
            Status::AskingUsual,
            Status::AskingCommunity,
            Status::AskingNeighbours,
            Status::Unfilled,
        ],
        ..Filter::default()
    };
    let professional = engagement.professional;
    let waiting = requests::list(tx, &filter, LOOKED_AT)?;
    // The most pressing first: one hour, one request.
    let chosen = waiting
        .iter()
        .filter_map(|one| {
            let mode = before.need.mode;
            Some((freed_offer(&one.request, professional, at, mode)?, one))
        })
        .min_by_key(|(_, one)| (one.request.care_deadline, one.request.id));
    let Some((offer, stored)) = chosen else {
        return Ok(());
    };
    let who = Who::platform("clock");
    let post = Post {
        request: &stored.request,
        code: &stored.code,
        patient: stored.patient,
        version: stored.version,
        now,
        who: &who,
    };
    let key = format!("freed:{}:{offer}", before.id);
    if !outbox::tell_freed(inner, tx, directory, &post, offer, at, key)? {
        return Ok(());
    }
    let zone = &directory.network(before.network)?.calendar.zone;
    let name = directory
        .person(professional)
        .map(|person| person.display_name())
        .unwrap_or_default();
    let hour = When::new(now, zone).moment(at);
    let body = json!({ "say": format!("L’heure libérée de {hour} est proposée à {name}") });
    let about = Some((&stored.request, stored.patient));
    let (network, act) = (Some(before.network), "offer.freed");
    journal::act(tx, network, act, about, None, &body, &who, now)
}
