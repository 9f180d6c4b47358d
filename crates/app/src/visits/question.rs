//! "Avez-vous été reçu ? 1 oui 2 non" (R7): it left, it was answered, by SMS or on the patient's page.

use super::ANSWERED_WITHIN;
use crate::app::{App, Inner, Who};
use crate::callbacks;
use crate::chance;
use crate::error::AppError;
use crate::journal;
use relais_core::request::{Closure, Ending, Phase, Request};
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::messages::Message;
use relais_store::requests::Stored;
use relais_store::visit_questions::{self, VisitQuestion};
use serde_json::json;

/// The kind of its message: it waits, and gives way to any later news.
pub(crate) const QUESTION: &str = "patient-question";

/// A gateway took the question: from now on it may be answered.
pub(crate) fn left(tx: &mut Tx<'_>, message: &Message, now: Instant) -> Result<(), AppError> {
    match (message.kind.as_str(), message.request) {
        (QUESTION, Some(request)) => Ok(visit_questions::set_asked(
            tx,
            request,
            message.network,
            now,
        )?),
        _ => Ok(()),
    }
}

/// Whether a question still waits for an answer, or may be answered otherwise.
pub(crate) fn is_asked(question: Option<VisitQuestion>, now: Instant) -> bool {
    question.is_some_and(|question| now.since(question.asked_at) <= ANSWERED_WITHIN)
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Written down.
    Noted,
    /// Written down, and somebody will look.
    ToCheck,
    /// Nothing was asked, or too long ago.
    NotAsked,
}

/// Takes an answer, once. A "no" is for the desk to check unless the professional says the same.
pub(crate) fn answer(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    received: bool,
    who: &Who,
    now: Instant,
) -> Result<Heard, AppError> {
    let request = &stored.request;
    if !is_asked(visit_questions::find(tx, request.id)?, now) {
        return Ok(Heard::NotAsked);
    }
    let checked = !received && is_to_check(request);
    let heard = if checked {
        Heard::ToCheck
    } else {
        Heard::Noted
    };
    let since = now - ANSWERED_WITHIN;
    if !visit_questions::answer(tx, request.id, received, who.source, since, now)? {
        return Ok(heard);
    }
    if checked {
        let key = format!("question:{}:{}", request.id, now.millis());
        callbacks::not_seen(inner, tx, stored, &key, who, now)?;
        return Ok(heard);
    }
    let say = if received {
        "Le patient dit avoir été reçu"
    } else {
        "Le patient dit ne pas avoir été reçu, comme le professionnel"
    };
    let about = Some((request, stored.patient));
    let (network, act) = (Some(request.network), "patient.answered");
    let body = json!({ "say": say, "received": received });
    journal::act(tx, network, act, about, None, &body, who, now)?;
    Ok(heard)
}

/// Whether a "no" says something else than what is known: still open, or closed as seen.
fn is_to_check(request: &Request) -> bool {
    match &request.phase {
        Phase::Engaged(_) => true,
        Phase::Ended(Ending::Closed { closure, .. }) => *closure == Closure::Seen,
        Phase::Ended(Ending::Cancelled { .. } | Ending::Transferred15 { .. })
        | Phase::ToQualify { .. }
        | Phase::Asking(_)
        | Phase::Paused(_)
        | Phase::Unfilled(_) => false,
    }
}

impl App {
    /// The holder of a link says whether they were received.
    ///
    /// # Errors
    /// `NotFound`; `too-late` when nothing was asked, or too long ago.
    pub async fn answer_by_link(&self, secret: &str, received: bool) -> Result<(), AppError> {
        let digest = chance::fingerprint(secret);
        let now = self.now();
        self.write(move |inner, tx| {
            let stored = crate::holder::opened(tx, &digest, now)?;
            let who = Who::platform("page");
            match answer(inner, tx, &stored, received, &who, now)? {
                Heard::Noted | Heard::ToCheck => Ok(()),
                Heard::NotAsked => {
                    let detail = "Il n’y a plus de question à laquelle répondre. Pour nous parler, appelez le service.";
                    Err(AppError::problem("too-late", 409, detail))
                }
            }
        })
        .await?;
        self.wake();
        Ok(())
    }
}
