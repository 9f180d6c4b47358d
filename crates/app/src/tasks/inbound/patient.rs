//! What a patient writes: cancelling, being late, having been received or not, anything else. Answered once; of two
//! children under one number, a person hears which.

use super::blank;
use crate::app::{Inner, Who};
use crate::callbacks;
use crate::directory::NetworkEntry;
use crate::error::AppError;
use crate::holder::{self, Told};
use crate::text::{self, ReplyNews, Understood};
use crate::visits::{self, Heard};
use relais_core::cascade::Command;
use relais_core::ids::{NetworkId, PatientId, RequestId, UserId};
use relais_core::request::{CancelledBy, Phase};
use relais_core::time::{Duration, Instant};
use relais_core::wishes::Wish;
use relais_gateways::Inbound;
use relais_store::messages::{self, Audience, Message};
use relais_store::{Tx, patient_marks, patient_wishes, patients, requests, visit_questions};

/// Most records read for one number as a carer's.
const RECORDS_MAX: u32 = 60;

/// How far back a patient's `ANNUL` looks for a request.
const LOOK_BACK: Duration = Duration::hours(72);

/// Handles what a patient wrote; `false` when no patient has this number.
pub(super) fn answer(
    inner: &Inner,
    tx: &mut Tx<'_>,
    inbound: &Inbound,
    understood: &Understood,
    key: &str,
    now: Instant,
) -> Result<bool, AppError> {
    let number = inbound.from.expose();
    let directory = inner.directory.current(tx)?;
    // What is still open comes before what is over, then the latest.
    let mut latest: Option<(bool, RequestId, NetworkId, PatientId)> = None;
    let mut count_open = 0;
    let mut asked = Vec::new();
    for entry in directory.networks() {
        let network = entry.network.id;
        let known = told_at(inner, tx, network, number)?;
        asked.extend(visit_questions::list_open(
            tx,
            &known,
            now - visits::ANSWERED_WITHIN,
        )?);
        for request in requests::list_for_patient(tx, &known, now - LOOK_BACK)? {
            let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
            let open = !stored.request.is_ended();
            count_open += usize::from(open);
            if latest.is_none_or(|(held_open, held, ..)| (held_open, held) < (open, request)) {
                latest = Some((open, request, network, stored.patient));
            }
        }
    }
    // What was asked is what is answered, when it can only be one: two children under their mother's
    // number are for a person to hear.
    let question = match (understood, asked.as_slice()) {
        (Understood::Seen | Understood::NotSeen, [one]) => Some(*one),
        _ => None,
    };
    if let Some(one) = question {
        let stored = requests::find(tx, one)?.ok_or(AppError::NotFound)?;
        latest = Some((false, one, stored.request.network, stored.patient));
    }
    // A number nobody knows gets no answer: it may be spoofed.
    let Some((_, request, network, patient)) = latest else {
        return Ok(false);
    };
    let stored = requests::get_for_update(tx, request)?;
    let open = !stored.request.is_ended();
    let name;
    let news = match understood {
        // Two children under their mother's number: which of them is for a person to hear.
        Understood::Cancel if count_open > 1 => ReplyNews::PatientSeveralOpen,
        Understood::Cancel if open && !holder::cancellable(&stored.request, now) => {
            ReplyNews::PatientNothingToCancel
        }
        Understood::Late(_) if count_open > 1 => ReplyNews::PatientSeveralLate,
        Understood::Late(minutes) => {
            let who = Who::platform("sms");
            match holder::late(inner, tx, &stored, *minutes, &who, now)? {
                Told::Them(id) => {
                    name = inner
                        .directory
                        .current(tx)?
                        .person(id)
                        .map(|p| p.display_name());
                    ReplyNews::PatientLate {
                        name: name.as_deref().unwrap_or_default(),
                    }
                }
                Told::Nobody => ReplyNews::PatientLateCall,
                Told::NothingToBeLateFor => ReplyNews::PatientNothingToCancel,
            }
        }
        Understood::Cancel if open => {
            let was = match &stored.request.phase {
                Phase::Engaged(engagement) => engagement.appointment.latest(),
                _ => None,
            };
            let command = Command::Cancel {
                by: UserId::from_bits(0),
                who: CancelledBy::Patient,
            };
            let who = Who::platform("sms");
            crate::shell::apply_to(inner, tx, stored, &command, &who, now, Some("ANNUL"))?;
            ReplyNews::PatientCancelled { was }
        }
        Understood::Cancel => ReplyNews::PatientNothingToCancel,
        Understood::Yes(_) | Understood::Ok => ReplyNews::PatientThanks,
        Understood::Seen | Understood::NotSeen if question.is_some() => {
            let (received, who) = (*understood == Understood::Seen, Who::platform("sms"));
            match visits::answer(inner, tx, &stored, received, &who, now)? {
                Heard::Noted => ReplyNews::PatientThanks,
                Heard::ToCheck => heard_by(directory.network(network)?, now),
                Heard::NotAsked => ReplyNews::PatientNotUnderstood,
            }
        }
        Understood::Seen => ReplyNews::PatientThanks,
        Understood::NotSeen | Understood::No(_) | Understood::Unclear => {
            if callbacks::hear(inner, tx, &stored, &inbound.text, key, now)? {
                heard_by(directory.network(network)?, now)
            } else {
                ReplyNews::PatientNotUnderstood
            }
        }
    };
    let entry = directory.network(network)?;
    let desk = entry.desk(now);
    let text = text::reply(&desk, &news);
    let reply = Message {
        request: Some(request),
        recipient_patient: Some(patient),
        audience: Audience::Patient,
        owner: "Patient".to_owned(),
        ..blank(network, key, now, text)?
    };
    messages::insert(tx, &reply)?;
    Ok(true)
}

/// Whether a request of whoever has this number as a patient is open.
pub(super) fn waits(
    inner: &Inner,
    tx: &mut Tx<'_>,
    number: &str,
    now: Instant,
) -> Result<bool, AppError> {
    let directory = inner.directory.current(tx)?;
    for entry in directory.networks() {
        let known = told_at(inner, tx, entry.network.id, number)?;
        for request in requests::list_for_patient(tx, &known, now - LOOK_BACK)? {
            if requests::find(tx, request)?.is_some_and(|stored| !stored.request.is_ended()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Records whose messages go to a number: the patient's own, and a carer's who is told in their place.
fn told_at(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
    number: &str,
) -> Result<Vec<PatientId>, AppError> {
    let mut known = patients::find_by_phone(tx, &inner.vault, network, number)?;
    for patient in patient_marks::list_by_phone(tx, &inner.vault, network, number, RECORDS_MAX)? {
        if !known.contains(&patient)
            && patient_wishes::of_patient(tx, patient)?.has(Wish::TellCarer)
        {
            known.push(patient);
        }
    }
    Ok(known)
}

/// What a patient is told of words that a person will read: now, or when the desk opens.
fn heard_by(entry: &NetworkEntry, now: Instant) -> ReplyNews<'static> {
    if entry.calendar.is_open(now) {
        return ReplyNews::PatientHeard { opens: None };
    }
    match entry.calendar.next_opening(now) {
        Some(at) => ReplyNews::PatientHeard { opens: Some(at) },
        None => ReplyNews::PatientNotUnderstood,
    }
}
