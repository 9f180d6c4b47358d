//! What goes into the journal: one row per event and per look at an identity, with the sentence
//! that people read and the facts that programs read. Never an identity.

use crate::app::Who;
use crate::chance;
use crate::directory::Directory;
use crate::error::AppError;
use crate::text::When;
use crate::text::timeline::{self, Names};
use relais_core::access::{IdentityAccess, LookUpAccess, Purpose};
use relais_core::cascade::Event;
use relais_core::ids::{EntryId, NetworkId, OfferId, PatientId, ProfessionalId, RequestId, UserId};
use relais_core::request::Request;
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::journal::{self, Entry};
use serde_json::json;

/// In whose name a secretary acted, in the facts of each row of theirs (ADR 0043).
const IN_NAME_OF: &str = "in_name_of";

/// Who acted, as people read it: `Claire Morel, au nom de Dr Leroy`; none when it is no person known.
pub fn by(entry: &Entry, directory: &Directory) -> Option<String> {
    let name = entry
        .actor
        .parse()
        .ok()
        .and_then(|user| directory.user_name(user))?;
    let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap_or_default();
    let id = body
        .get(IN_NAME_OF)
        .and_then(|id| id.as_str()?.parse().ok());
    let person = id.and_then(|id: ProfessionalId| directory.person(id));
    Some(match person {
        Some(person) => format!("{name}, au nom de {}", person.display_name()),
        None => name,
    })
}

/// Delivery facts live in the outbox, wake-ups are no facts: neither is journaled.
const fn is_told(event: &Event) -> bool {
    !matches!(
        event,
        Event::OfferSent { .. } | Event::OfferDelivered { .. } | Event::Scheduled { .. }
    )
}

/// The people of a request, named for its history.
struct Named<'n> {
    directory: &'n Directory,
    request: &'n Request,
}

impl Names for Named<'_> {
    fn professional(&self, id: ProfessionalId) -> String {
        self.directory
            .person(id)
            .map(|person| person.display_name())
            .unwrap_or_default()
    }

    fn user(&self, id: UserId) -> String {
        self.directory.user_name(id).unwrap_or_default()
    }

    fn offer(&self, id: OfferId) -> String {
        let to = self.request.offer(id).map(|offer| offer.professional);
        to.map(|id| self.professional(id)).unwrap_or_default()
    }
}

/// Appends the events of one decision.
#[expect(
    clippy::too_many_arguments,
    reason = "who, what, whom about, why, when: a journal row"
)]
pub(crate) fn events(
    tx: &mut Tx<'_>,
    directory: &Directory,
    request: &Request,
    patient: PatientId,
    events: &[Event],
    who: &Who,
    now: Instant,
    why: Option<&str>,
) -> Result<(), AppError> {
    let zone = &directory.network(request.network)?.calendar.zone;
    let (names, when) = (Named { directory, request }, When { now, zone });
    let in_name = who
        .actor
        .and_then(|actor| timeline::in_name(&actor, &names));
    let entries: Vec<Entry> = events
        .iter()
        .filter(|event| is_told(event))
        .enumerate()
        .filter_map(|(n, event)| {
            let told = timeline::event(event, &names, &when)?;
            // What somebody did comes first; the rest follows from it.
            let sentence = match in_name.as_ref().filter(|_| n == 0) {
                Some(words) => format!("{} ({words})", told.sentence),
                None => told.sentence,
            };
            let status = request.status().code();
            let mut body = json!({ "say": sentence, "more": told.consequence, "status": status });
            if told.at != now {
                // Lived on paper: the row's own hour is that of the entry (R2).
                body["happened_at"] = told.at.millis().into();
            }
            Some(entry(
                who,
                now,
                event.act(),
                Some((request, patient)),
                why,
                &body,
            ))
        })
        .collect();
    if !entries.is_empty() {
        journal::append(tx, &request.network.to_string(), &entries)?;
    }
    Ok(())
}

/// Appends a look at an identity: who, whose, when, why.
pub(crate) fn identity(
    tx: &mut Tx<'_>,
    network: NetworkId,
    patient: PatientId,
    access: &IdentityAccess,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let mut row = entry(who, now, "identity.opened", None, None, &json!({}));
    row.about = Some(access.request().to_string());
    row.subject = Some(patient.to_string());
    row.why = Some(access.purpose().code().to_owned());
    journal::append(tx, &network.to_string(), &[row])?;
    Ok(())
}

/// Appends a look at an identity found by a look-up of the desk; `about` its last request, when it has one.
pub(crate) fn looked_up(
    tx: &mut Tx<'_>,
    access: &LookUpAccess,
    patient: PatientId,
    about: Option<RequestId>,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let mut row = entry(who, now, "identity.opened", None, None, &json!({}));
    row.about = about.map(|request| request.to_string());
    row.subject = Some(patient.to_string());
    row.why = Some(Purpose::LookUp.code().to_owned());
    journal::append(tx, &access.network().to_string(), &[row])?;
    Ok(())
}

/// Appends an act that is no event of the cascade (sign-in, note, contact, setting).
#[expect(
    clippy::too_many_arguments,
    reason = "who, what, whom about, why, when: a journal row"
)]
pub(crate) fn act(
    tx: &mut Tx<'_>,
    network: Option<NetworkId>,
    act: &str,
    request: Option<(&Request, PatientId)>,
    why: Option<&str>,
    body: &serde_json::Value,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let chain = network.map_or_else(|| journal::INSTALLATION.to_owned(), |id| id.to_string());
    journal::append(tx, &chain, &[entry(who, now, act, request, why, body)])?;
    Ok(())
}

fn entry(
    who: &Who,
    now: Instant,
    act: &str,
    request: Option<(&Request, PatientId)>,
    why: Option<&str>,
    body: &serde_json::Value,
) -> Entry {
    let mut body = body.clone();
    if let Some(professional) = who.actor.and_then(|actor| actor.in_name_of()) {
        body[IN_NAME_OF] = professional.to_string().into();
    }
    Entry {
        id: EntryId::from_bits(chance::id(now)).to_string(),
        at: now.millis(),
        actor: who
            .actor
            .map_or_else(|| "relais".to_owned(), |actor| actor.user.to_string()),
        role: who
            .actor
            .map_or("platform", |actor| actor.role.code())
            .to_owned(),
        act: act.to_owned(),
        about: request.map(|(request, _)| request.id.to_string()),
        subject: request.map(|(_, patient)| patient.to_string()),
        why: why.map(str::to_owned),
        source: Some(who.source.to_owned()),
        body: body.to_string(),
    }
}
