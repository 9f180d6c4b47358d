//! Solicitations without a receipt in time: the next channel, then the desk (R7).

use super::record::Known;
use super::{BATCH, alone, asks};
use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::error::AppError;
use crate::journal;
use crate::outbox::{self, Post};
use relais_core::delivery::{self, Next};
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::messages::{self, Message};

impl App {
    /// Solicitations without receipt after the set delay: the next channel, then the desk.
    pub(in crate::tasks) async fn climb_ladders(&self) -> Result<usize, AppError> {
        let mut count = 0;
        loop {
            let now = self.now();
            let next = self
                .read(|_, tx| Ok(messages::next_escalation(tx)?))
                .await?;
            if next.is_none_or(|at| at > now) {
                return Ok(count);
            }
            let climbed = self
                .write(move |inner, tx| {
                    let late = messages::list_escalations(tx, now, BATCH)?;
                    let mut known = Known::reading();
                    for message in &late {
                        let done: Result<(), AppError> =
                            tx.attempt(|tx| climb(inner, tx, &mut known, message, now));
                        alone(done, "the next channel could not be chosen", message)?;
                        messages::clear_escalation(tx, message.id)?;
                    }
                    Ok(late.len())
                })
                .await?;
            if climbed == 0 {
                return Ok(count);
            }
            count += climbed;
        }
    }
}

/// The next channel for a solicitation that did not arrive; with none left, the desk is told.
pub(super) fn climb(
    inner: &Inner,
    tx: &mut Tx<'_>,
    known: &mut Known,
    message: &Message,
    now: Instant,
) -> Result<(), AppError> {
    let (Some(request), Some(offer)) = (message.request, message.offer) else {
        return Ok(());
    };
    if !asks(message) {
        return Ok(());
    }
    let stored = known.get(tx, request)?;
    let directory = inner.directory.current(tx)?;
    let person = message
        .recipient_professional
        .and_then(|id| directory.person(id));
    let rung_left = person.is_some_and(|person| outbox::has_next_rung(person, message));
    let status = stored.request.offer(offer).map(|o| o.status);
    let next = delivery::next_channel(status, rung_left);
    if next == Next::Nothing {
        return Ok(());
    }
    let who = Who::platform("delivery");
    let post = Post {
        request: &stored.request,
        code: &stored.code,
        patient: stored.patient,
        version: stored.version,
        now,
        who: &who,
    };
    if next == Next::Channel && outbox::next_rung(inner, tx, &directory, &post, message)? {
        return Ok(());
    }
    tx.notify(
        Change {
            network: stored.request.network,
            request: Some(request),
            professionals: Some(Vec::new()),
            alert: Some("unreachable".to_owned()),
        }
        .encode(),
    )?;
    let name = person.map(|p| p.display_name()).unwrap_or_default();
    let say = format!("{name} n’a pas pu être joint");
    let body =
        serde_json::json!({ "say": say, "more": "Aucun canal n’a répondu\u{a0}: à appeler." });
    let about = Some((&stored.request, stored.patient));
    let network = Some(stored.request.network);
    journal::act(
        tx,
        network,
        "offer.unreachable",
        about,
        None,
        &body,
        &who,
        now,
    )
}
