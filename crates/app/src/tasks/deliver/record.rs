//! What gateways answered, written down: many answers in one transaction, each request read and
//! saved once, whatever the number of its messages.

use super::lane::Sent;
use super::{alone, asks, ladder, receipts};
use crate::app::{Inner, Who};
use crate::callbacks;
use crate::error::AppError;
use crate::outbox::{self, Late, Post};
use crate::shell::{apply_marks, journal_identity};
use crate::synthesis::is_sealed;
use crate::visits;
use relais_core::access::note_delivery;
use relais_core::cascade::Mark;
use relais_core::delivery::{self, Answer, Decision, Facts};
use relais_core::ids::{OfferId, RequestId};
use relais_core::time::{Duration, Instant};
use relais_gateways::{Accepted, Failure};
use relais_store::Tx;
use relais_store::messages::{self, Handed, Message};
use relais_store::patients;
use relais_store::requests::{self, Stored};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The requests of one transaction, each read once.
pub(super) struct Known {
    requests: BTreeMap<RequestId, Stored>,
    locked: bool,
}

impl Known {
    /// Reads as they stand: for a transaction that already holds messages, which those who change a
    /// request take after it.
    pub(super) const fn reading() -> Self {
        Self {
            requests: BTreeMap::new(),
            locked: false,
        }
    }

    /// Reads the requests of some messages, nobody else's until the transaction ends, in the order
    /// of their ids: two nodes that do so do not wait for each other in a circle.
    pub(super) fn of<'m>(
        tx: &mut Tx<'_>,
        messages: impl Iterator<Item = &'m Message>,
    ) -> Result<Self, AppError> {
        let asking = messages.filter(|m| asks(m));
        let ids: BTreeSet<_> = asking.filter_map(|m| m.request).collect();
        let mut known = Self {
            requests: BTreeMap::new(),
            locked: true,
        };
        for id in ids {
            known.get(tx, id)?;
        }
        Ok(known)
    }

    pub(super) fn get(&mut self, tx: &mut Tx<'_>, id: RequestId) -> Result<&Stored, AppError> {
        match self.requests.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(if self.locked {
                requests::get_for_update(tx, id)?
            } else {
                requests::find(tx, id)?.ok_or(AppError::NotFound)?
            })),
        }
    }
}

/// Writes down a batch; when something in it cannot be, one after the other.
pub(super) fn answers(
    inner: &Inner,
    tx: &mut Tx<'_>,
    sent: &[Sent],
    now: Instant,
) -> Result<(), AppError> {
    match tx.attempt(|tx| together(inner, tx, sent, now)) {
        Err(error) if !error.is_unavailable() => {}
        done => return done,
    }
    for one in sent {
        // What follows from one may fail; that it was sent is kept all the same.
        let only = std::slice::from_ref(one);
        let done = tx.attempt(|tx| together(inner, tx, only, now));
        if let (Err(_), Some(Ok(accepted))) = (&done, &one.answer) {
            let (id, taken) = (one.message.id, taken_by(accepted));
            let _kept: Result<(), AppError> =
                tx.attempt(|tx| Ok(messages::mark_sent(tx, id, taken, now, None)?));
        }
        let what = "a message sent could not be written down";
        alone(done, what, &one.message)?;
    }
    Ok(())
}

fn together(inner: &Inner, tx: &mut Tx<'_>, sent: &[Sent], now: Instant) -> Result<(), AppError> {
    let mut known = Known::of(tx, sent.iter().map(|one| &one.message))?;
    let mut marks: BTreeMap<RequestId, Vec<(OfferId, Mark)>> = BTreeMap::new();
    let mut asked = Vec::new();
    let mut handed = Vec::new();
    for one in sent {
        let put = record(inner, tx, &mut known, &mut handed, one, now)?;
        let message = &one.message;
        if put != Put::No
            && let (Some(request), Some(offer)) = (message.request, message.offer)
        {
            asked.push((request, message));
            if put == Put::Yes {
                marks.entry(request).or_default().push((offer, Mark::Sent));
            }
        }
    }
    messages::mark_all_sent(tx, &handed, now)?;
    // Before the requests move: a "pourvu" that follows belongs to the state that was read.
    for (request, message) in asked {
        let stored = known.get(tx, request)?;
        let late = Late {
            sent: message,
            just_now: true,
        };
        taken_back_meanwhile(inner, tx, stored, &late, now)?;
    }
    for (request, marks) in marks {
        let stored = known.get(tx, request)?;
        apply_marks(inner, tx, stored, &marks, now)?;
    }
    receipts::early(inner, tx, sent, now)
}

/// The provider, and its reference.
const fn taken_by(accepted: &Accepted) -> (&'static str, &str) {
    (accepted.provider, accepted.provider_ref.as_str())
}

/// Whether an offer was put to its reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Put {
    /// It was not, or this is no solicitation.
    No,
    /// A provider may have taken it, and nobody heard its answer.
    Perhaps,
    /// A gateway took it.
    Yes,
}

/// Writes down one answer, or puts it among what was handed over; says whether an offer was put to its
/// reader.
fn record<'s>(
    inner: &Inner,
    tx: &mut Tx<'_>,
    known: &mut Known,
    handed: &mut Vec<Handed<'s>>,
    sent: &'s Sent,
    now: Instant,
) -> Result<Put, AppError> {
    let message = &sent.message;
    let (id, claim) = (message.id, message.attempts);
    let Some(said) = &sent.answer else {
        messages::give_back(tx, id, claim)?;
        return Ok(Put::No);
    };
    let answer = match said {
        Ok(_) => Answer::Accepted,
        Err(Failure::Held { until }) => Answer::Held { until: *until },
        Err(Failure::Later { retry_after }) => later(sent, *retry_after),
        Err(Failure::Away { .. }) => later(sent, None),
        Err(Failure::Never { .. } | Failure::Misconfigured { .. }) => Answer::Never,
    };
    let facts = facts(inner, tx, known, message, answer)?;
    match (delivery::answered(&facts, answer, now), said) {
        (Decision::Sent { escalate_at }, Ok(accepted)) => {
            handed.push(Handed {
                id,
                provider: accepted.provider,
                provider_ref: &accepted.provider_ref,
                escalate_at,
            });
            visits::left(tx, message, now)?;
            disclosed(tx, message, now)?;
            Ok(if facts.asks { Put::Yes } else { Put::No })
        }
        (Decision::RetryAt(at), Err(Failure::Held { .. })) => {
            messages::put_back(tx, id, claim, at)?;
            Ok(Put::No)
        }
        (Decision::RetryAt(at), Err(failure)) => {
            let why = why_later(message, failure);
            messages::retry_later(tx, id, claim, at, &why)?;
            Ok(perhaps(&facts, &why))
        }
        (decided, Err(failure)) => {
            let why = why_later(message, failure);
            let given_up = messages::mark_refused(tx, id, claim, &why, now)?;
            // Nothing follows from a claim that was lost: another node has it, or has sent it.
            if given_up && decided == Decision::Climb {
                ladder::climb(inner, tx, known, message, now)?;
            }
            if given_up && decided == Decision::GiveUp {
                callbacks::not_carried(inner, tx, message, now)?;
            }
            Ok(perhaps(&facts, &why))
        }
        (decided, Ok(_)) => Err(AppError::Bug(format!("accepted, and {decided:?}"))),
    }
}

/// A mail with an identity left for a usual doctor: whoever asks who saw their data is told (R6).
fn disclosed(tx: &mut Tx<'_>, message: &Message, now: Instant) -> Result<(), AppError> {
    let Some(request) = message.request.filter(|_| is_sealed(message)) else {
        return Ok(());
    };
    let Some(patient) = patients::find_of_request(tx, request)? else {
        return Ok(());
    };
    let (access, who) = (note_delivery(request), Who::platform("delivery"));
    journal_identity(tx, message.network, patient, &access, &who, now)
}

/// A solicitation that some provider may have taken.
fn perhaps(facts: &Facts, why: &str) -> Put {
    if facts.asks && why.contains('@') {
        Put::Perhaps
    } else {
        Put::No
    }
}

/// Not taken for now: it waits for its providers when they are left alone, else on its own.
fn later(sent: &Sent, retry_after: Option<Duration>) -> Answer {
    match sent.held_until {
        Some(until) => Answer::Held { until },
        None => Answer::Later { retry_after },
    }
}

/// Why a message waits. Whoever may have taken it is named after an `@`, and stays named whatever
/// the next attempts say: only that provider may be given it again (I7).
fn why_later(message: &Message, failure: &Failure) -> String {
    match (failure, &message.failure) {
        (_, Some(before)) if before.contains('@') => before.clone(),
        (
            Failure::Away {
                code,
                taken_by: Some(provider),
            },
            _,
        ) => format!("{code}@{provider}"),
        (failure, _) => failure.code().to_owned(),
    }
}

/// What the rules of a message's life need to know of one.
fn facts(
    inner: &Inner,
    tx: &mut Tx<'_>,
    known: &mut Known,
    message: &Message,
    answer: Answer,
) -> Result<Facts, AppError> {
    let asks = asks(message);
    let away = matches!(answer, Answer::Later { .. } | Answer::Held { .. });
    let rung_left = match message.recipient_professional.filter(|_| asks && away) {
        Some(id) => {
            let directory = inner.directory.current(tx)?;
            let person = directory.person(id);
            person.is_some_and(|person| outbox::has_next_rung(person, message))
        }
        None => false,
    };
    let fallback = match message.request.filter(|_| asks) {
        Some(id) => {
            let minutes = known.get(tx, id)?.request.policy.fallback_minutes;
            Duration::minutes(i64::from(minutes.max(1)))
        }
        None => delivery::FALLBACK,
    };
    Ok(Facts {
        asks,
        attempts: message.attempts,
        created_at: message.created_at,
        expires_at: message.expires_at,
        fallback,
        rung_left,
        spread_permille: 0,
    })
}

/// Solicitations that a node had in hand when it died, of offers taken back meanwhile: nobody knows
/// whether they left, so "pourvu" does, and they do not.
pub(super) fn take_back_lapsed(
    inner: &Inner,
    tx: &mut Tx<'_>,
    channel: &str,
    now: Instant,
) -> Result<(), AppError> {
    let mut known = Known::reading();
    for message in messages::take_back_lapsed(tx, now, channel)? {
        let Some(request) = message.request else {
            continue;
        };
        let late = Late {
            sent: &message,
            just_now: true,
        };
        let stored = known.get(tx, request)?;
        taken_back_meanwhile(inner, tx, stored, &late, now)?;
    }
    Ok(())
}

/// A solicitation that left while its offer was being taken back: "pourvu" follows it.
pub(super) fn taken_back_meanwhile(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    late: &Late<'_>,
    now: Instant,
) -> Result<(), AppError> {
    let directory = inner.directory.current(tx)?;
    let post = Post {
        request: &stored.request,
        code: &stored.code,
        patient: stored.patient,
        version: stored.version,
        now,
        who: &Who::platform("delivery"),
    };
    outbox::replace_late(inner, tx, &directory, &post, late)
}
