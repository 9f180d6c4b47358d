//! When the desk is given something to say or to read.

use super::{CALL_WITHIN, OPEN_MAX, READ_WITHIN, WORDS_MAX};
use crate::app::{Inner, Who};
use crate::bus::Change;
use crate::chance;
use crate::directory::ProfessionalRow;
use crate::error::AppError;
use crate::journal;
use crate::members::is_accepter_gone;
use crate::outbox::{self, Body};
use crate::text;
use relais_core::ids::{NetworkId, ProfessionalId, RequestId};
use relais_core::request::{Phase, Request};
use relais_core::time::{Calendar, Duration, Instant};
use relais_store::Tx;
use relais_store::desk_tasks::{self, NewTask};
use relais_store::messages::{self, Audience, Message};
use relais_store::requests::{self, Stored};
use relais_store::seal::Secret;
use serde_json::json;

/// A time at which somebody is at the desk.
fn at_the_desk(calendar: &Calendar, now: Instant, within: Duration) -> Instant {
    let at = now + within;
    if calendar.is_open(at) {
        at
    } else {
        calendar.next_opening(at).unwrap_or(at)
    }
}

fn id(now: Instant) -> String {
    format!("dtk_{:032x}", chance::id(now))
}

/// A message was not carried: another channel of its reader has it, else somebody says it.
pub(crate) fn not_carried(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
    now: Instant,
) -> Result<(), AppError> {
    if outbox::tell_otherwise(inner, tx, message, now)? {
        return Ok(());
    }
    no_message_arrives(inner, tx, message, now)
}

/// A message waited for its provider until nobody waits for it: what it told a patient is still true, and
/// somebody says it. A reminder whose hour is over is not said.
pub(crate) fn never_left(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
    now: Instant,
) -> Result<(), AppError> {
    if message.kind == outbox::PATIENT {
        no_message_arrives(inner, tx, message, now)?;
    }
    Ok(())
}

/// A message to a patient will never arrive: somebody says it. What waited to be said before it is no
/// longer true.
fn no_message_arrives(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
    now: Instant,
) -> Result<(), AppError> {
    let (Audience::Patient, Some(request)) = (message.audience, message.request) else {
        return Ok(());
    };
    let body: Body = serde_json::from_str(&message.body)
        .map_err(|error| AppError::Bug(format!("message body: {error}")))?;
    // Newer news came since: what could not be told is not true any more.
    if messages::get(tx, message.id)?.is_untrue() {
        return Ok(());
    }
    // An answer to what they just wrote needs no call: news do, and have words to be said.
    let Some(script) = body.voice else {
        return Ok(());
    };
    let directory = inner.directory.current(tx)?;
    // The one call of whoever lost their doctor says the contrary of what did not arrive.
    let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
    if is_accepter_gone(&directory, &stored.request, now) {
        return Ok(());
    }
    let calendar = &directory.network(message.network)?.calendar;
    let due_at = at_the_desk(calendar, now, CALL_WITHIN);
    let new = NewTask {
        id: &id(now),
        network: message.network,
        request,
        kind: "call",
        at: now,
        due_at,
        script: &script,
        words: None,
        origin: &message.idem_key,
    };
    // The same failure told twice makes one call, and never takes away the one it made.
    if desk_tasks::insert(tx, &inner.vault, &new)? {
        desk_tasks::replace_calls(tx, request, Some(&message.idem_key), now)?;
        wake(tx, message.network, request)?;
    }
    Ok(())
}

/// A patient wrote something no machine understands: a person reads it. `false` when nothing can be kept:
/// as many already wait as somebody reads.
pub(crate) fn hear(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    said: &str,
    key: &str,
    now: Instant,
) -> Result<bool, AppError> {
    let words: String = said
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .take(WORDS_MAX)
        .collect();
    let waiting = desk_tasks::list_for_request(tx, stored.request.id, OPEN_MAX)?;
    let waiting = waiting.iter().filter(|task| task.done_at.is_none()).count();
    if words.trim().is_empty() || waiting >= OPEN_MAX as usize {
        return Ok(false);
    }
    let kept = Task {
        kind: "words",
        say: "Le patient a écrit un SMS à lire",
        within: READ_WITHIN,
        words: Some(Secret::new(words)),
    };
    kept.keep(inner, tx, stored, key, &Who::platform("sms"), now)?;
    Ok(true)
}

/// A patient says that they were not seen (R7), and nobody knows it yet: to be checked.
pub(crate) fn not_seen(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    key: &str,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let kept = Task {
        kind: "not-seen",
        say: "Le patient dit ne pas avoir été reçu\u{a0}: à vérifier",
        within: READ_WITHIN,
        words: None,
    };
    kept.keep(inner, tx, stored, key, who, now)
}

fn gone(request: RequestId, id: ProfessionalId) -> String {
    format!("{}{request}:{id}:", desk_tasks::STANDS)
}

/// Whoever had the patient has them no more, or it is over: nobody calls any more to say that they are gone.
pub(crate) fn accepter_left(
    tx: &mut Tx<'_>,
    before: &Request,
    after: &Request,
    now: Instant,
) -> Result<(), AppError> {
    let Phase::Engaged(held) = &before.phase else {
        return Ok(());
    };
    let theirs =
        matches!(&after.phase, Phase::Engaged(one) if one.professional == held.professional);
    if !theirs {
        desk_tasks::replace_caused(tx, before.id, &gone(before.id, held.professional), now)?;
    }
    Ok(())
}

/// Whoever has the patient may see them again: nobody calls any more to say otherwise.
pub(crate) fn accepter_back(
    tx: &mut Tx<'_>,
    stored: &Stored,
    id: ProfessionalId,
    now: Instant,
) -> Result<(), AppError> {
    let (network, request) = (stored.request.network, stored.request.id);
    if desk_tasks::replace_caused(tx, request, &gone(request, id), now)? > 0 {
        wake(tx, network, request)?;
    }
    Ok(())
}

/// Whoever has the patient may see them no more: their rights are over `since`. The patient is called, and the desk
/// looks for somebody else. `false` when it was said.
pub(crate) fn accepter_gone(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    person: &ProfessionalRow,
    since: &str,
    who: &Who,
    now: Instant,
) -> Result<bool, AppError> {
    let (network, request) = (stored.request.network, stored.request.id);
    let directory = inner.directory.current(tx)?;
    let entry = directory.network(network)?;
    let origin = format!("{}{since}", gone(request, person.member.id));
    let name = person.display_name();
    let new = NewTask {
        id: &id(now),
        network,
        request,
        kind: "call",
        at: now,
        due_at: at_the_desk(&entry.calendar, now, Duration::ZERO),
        script: &text::voice::gone(&entry.desk(now), &name),
        words: None,
        origin: &origin,
    };
    if !desk_tasks::insert(tx, &inner.vault, &new)? && !desk_tasks::reopen(tx, &new)? {
        return Ok(false);
    }
    desk_tasks::replace_calls(tx, request, Some(&origin), now)?;
    let about = Some((&stored.request, stored.patient));
    let body = json!({
        "say": format!("{name} n’a plus accès à ses patients"),
        "more": "Appelez le patient, et rendez la demande pour chercher quelqu’un d’autre.",
    });
    journal::act(
        tx,
        Some(network),
        "accepter.gone",
        about,
        None,
        &body,
        who,
        now,
    )?;
    wake(tx, network, request)?;
    Ok(true)
}

struct Task {
    kind: &'static str,
    say: &'static str,
    within: Duration,
    words: Option<Secret>,
}

impl Task {
    fn keep(
        &self,
        inner: &Inner,
        tx: &mut Tx<'_>,
        stored: &Stored,
        key: &str,
        who: &Who,
        now: Instant,
    ) -> Result<(), AppError> {
        let network = stored.request.network;
        let directory = inner.directory.current(tx)?;
        let calendar = &directory.network(network)?.calendar;
        let new = NewTask {
            id: &id(now),
            network,
            request: stored.request.id,
            kind: self.kind,
            at: now,
            due_at: at_the_desk(calendar, now, self.within),
            script: "",
            words: self.words.as_ref().map(|words| (stored.patient, words)),
            origin: &format!("sms:{key}"),
        };
        if desk_tasks::insert(tx, &inner.vault, &new)? {
            let act = format!("patient.{}", self.kind);
            let about = Some((&stored.request, stored.patient));
            let body = json!({ "say": self.say });
            journal::act(tx, Some(network), &act, about, None, &body, who, now)?;
            wake(tx, network, stored.request.id)?;
        }
        Ok(())
    }
}

fn wake(tx: &mut Tx<'_>, network: NetworkId, request: RequestId) -> Result<(), AppError> {
    let change = Change {
        network,
        request: Some(request),
        professionals: Some(Vec::new()),
        alert: None,
    };
    Ok(tx.notify(change.encode())?)
}
