//! News of messages sent, written down many at a time, each request read and saved once.

use super::record::{Known, taken_back_meanwhile};
use super::{BATCH, asks, ladder};
use crate::app::{App, Inner, Who};
use crate::callbacks;
use crate::error::AppError;
use crate::outbox::Late;
use crate::shell::{apply, apply_marks};
use relais_core::cascade::{Command, Mark};
use relais_core::delivery::{self, Decision};
use relais_core::ids::{OfferId, RequestId};
use relais_core::time::Instant;
use relais_gateways::{Channel, Inbox as _, Receipt, ReceiptState};
use relais_store::Tx;
use relais_store::messages::{self, Message};
use std::collections::BTreeMap;

impl App {
    pub(super) async fn take_receipts(&self) -> Result<usize, AppError> {
        let inbox = &self.outside().inbox;
        let mut waiting = inbox.take_receipts();
        let (mut count, mut kept) = (0, Vec::new());
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(BATCH as usize));
            let batch = std::mem::replace(&mut waiting, rest);
            let (now, noted) = (self.now(), batch.clone());
            match self
                .write(move |inner, tx| note(inner, tx, &noted, None, now))
                .await
            {
                Ok(failed) => {
                    count += batch.len() - failed.len();
                    let failed = failed.into_iter();
                    kept.extend(failed.filter_map(|n| batch.get(n).cloned()));
                }
                Err(error) => {
                    kept.extend(batch);
                    kept.extend(waiting);
                    kept.into_iter().for_each(|receipt| inbox.receipt(receipt));
                    return Err(error);
                }
            }
        }
        kept.into_iter().for_each(|receipt| inbox.receipt(receipt));
        Ok(count)
    }
}

/// Notes a batch, of one channel's messages if said; when something in it cannot be, one after the
/// other. Answers which could not.
pub(crate) fn note(
    inner: &Inner,
    tx: &mut Tx<'_>,
    receipts: &[Receipt],
    only: Option<Channel>,
    now: Instant,
) -> Result<Vec<usize>, AppError> {
    match tx.attempt(|tx| together(inner, tx, receipts, only, now)) {
        Err(error) if !error.is_unavailable() => {}
        done => return done.map(|()| Vec::new()),
    }
    let mut failed = Vec::new();
    for (n, receipt) in receipts.iter().enumerate() {
        let one = std::slice::from_ref(receipt);
        match tx.attempt(|tx| together(inner, tx, one, only, now)) {
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                tracing::error!(%error, key = receipt.idempotency_key, "a receipt could not be noted");
                failed.push(n);
            }
            Ok(()) => {}
        }
    }
    Ok(failed)
}

fn together(
    inner: &Inner,
    tx: &mut Tx<'_>,
    receipts: &[Receipt],
    only: Option<Channel>,
    now: Instant,
) -> Result<(), AppError> {
    let mut found: BTreeMap<&str, Message> = BTreeMap::new();
    for receipt in receipts {
        let key = receipt.idempotency_key.as_str();
        if !found.contains_key(key)
            && let Some(message) = messages::find_by_key(tx, key)?
            && only.is_none_or(|channel| channel.code() == message.channel)
        {
            found.insert(key, message);
        }
    }
    let mut known = Known::of(tx, found.values())?;
    let mut marks: BTreeMap<RequestId, Vec<(OfferId, Mark)>> = BTreeMap::new();
    let mut seen = Vec::new();
    for receipt in receipts {
        let Some(message) = found.get_mut(receipt.idempotency_key.as_str()) else {
            continue;
        };
        let decided = one(inner, tx, &mut known, message, receipt.state, now)?;
        let about = message.request.zip(message.offer).filter(|_| asks(message));
        let Some((request, offer)) = about else {
            continue;
        };
        if matches!(decided, Decision::Delivered | Decision::Seen) {
            // Its sender may have died before it could say that it left.
            let late = Late {
                sent: message,
                just_now: false,
            };
            let stored = known.get(tx, request)?;
            taken_back_meanwhile(inner, tx, stored, &late, now)?;
        }
        match decided {
            Decision::Delivered => {
                let each = marks.entry(request).or_default();
                each.push((offer, Mark::Delivered));
            }
            Decision::Seen => seen.push((request, offer)),
            _ => {}
        }
    }
    for (request, marks) in marks {
        let stored = known.get(tx, request)?;
        apply_marks(inner, tx, stored, &marks, now)?;
    }
    for (request, offer) in seen {
        let who = Who::platform("delivery");
        apply(
            inner,
            tx,
            request,
            &Command::MarkSeen { offer },
            &who,
            now,
            None,
        )?;
    }
    Ok(())
}

/// Writes down one receipt, and on the message at hand, for the next one about it.
fn one(
    inner: &Inner,
    tx: &mut Tx<'_>,
    known: &mut Known,
    message: &mut Message,
    state: ReceiptState,
    now: Instant,
) -> Result<Decision, AppError> {
    let news = match state {
        ReceiptState::Delivered => delivery::Receipt::Delivered,
        ReceiptState::Seen => delivery::Receipt::Seen,
        ReceiptState::Failed => delivery::Receipt::Failed,
    };
    let decided = delivery::receipt(asks(message), message.attempts, message.status, news);
    match decided {
        Decision::Delivered => {
            messages::mark_delivered(tx, message.id, now)?;
            message.status = delivery::MessageStatus::Delivered;
        }
        Decision::Seen => {
            messages::mark_seen(tx, message.id, now)?;
            message.status = delivery::MessageStatus::Delivered;
        }
        Decision::Climb | Decision::GiveUp => {
            messages::mark_failed(tx, message.id, "provider", now)?;
            message.status = delivery::MessageStatus::Failed;
            if decided == Decision::Climb {
                ladder::climb(inner, tx, known, message, now)?;
            } else {
                callbacks::no_message_arrives(inner, tx, message, now)?;
            }
        }
        Decision::Nothing | Decision::RetryAt(_) | Decision::Sent { .. } => {}
    }
    Ok(decided)
}
