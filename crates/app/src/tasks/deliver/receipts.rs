//! News of messages sent, written down many at a time, each request read and saved once.

use super::lane::Sent;
use super::record::{Known, taken_back_meanwhile};
use super::{BATCH, asks, ladder};
use crate::app::{App, Inner, Who};
use crate::callbacks;
use crate::error::AppError;
use crate::outbox::Late;
use crate::shell::{apply, apply_marks};
use relais_core::cascade::{Command, Mark};
use relais_core::delivery::{self, Decision};
use relais_core::ids::{MessageId, OfferId, RequestId};
use relais_core::time::Instant;
use relais_gateways::{Channel, Inbox as _, Receipt, ReceiptState};
use relais_store::Tx;
use relais_store::messages::{self, Early, Message};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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

/// How a receipt names its message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name<'r> {
    Key(&'r str),
    /// Of this provider.
    Reference(&'static str, &'r str),
}

impl<'r> Name<'r> {
    fn of(receipt: &'r Receipt) -> Self {
        match receipt.provider {
            Some(provider) if receipt.idempotency_key.is_empty() => {
                Self::Reference(provider, &receipt.provider_ref)
            }
            Some(_) | None => Self::Key(&receipt.idempotency_key),
        }
    }

    fn find(self, tx: &mut Tx<'_>) -> Result<Option<Message>, AppError> {
        Ok(match self {
            Self::Key(key) => messages::find_by_key(tx, key)?,
            Self::Reference(provider, reference) => {
                messages::find_by_reference(tx, provider, reference)?
            }
        })
    }
}

/// A receipt about a message that is not written down yet, or never was ours: kept for an hour.
fn keep(
    tx: &mut Tx<'_>,
    provider: &str,
    reference: &str,
    state: ReceiptState,
    now: Instant,
) -> Result<(), AppError> {
    let state = match state {
        ReceiptState::Delivered => "delivered",
        ReceiptState::Seen => "seen",
        ReceiptState::Failed => "failed",
    };
    let early = Early {
        state: state.to_owned(),
        received_at: now,
    };
    if !messages::insert_early(tx, provider, reference, &early)? {
        tracing::warn!(provider, "too many receipts about messages nobody knows");
    }
    Ok(())
}

/// Receipts that came before these messages were written down: now they are.
pub(super) fn early(
    inner: &Inner,
    tx: &mut Tx<'_>,
    sent: &[Sent],
    now: Instant,
) -> Result<(), AppError> {
    if !messages::has_early(tx)? {
        return Ok(());
    }
    let mut news = Vec::new();
    for one in sent {
        let Some(Ok(accepted)) = &one.answer else {
            continue;
        };
        let reference = &accepted.provider_ref;
        let Some(early) = messages::take_early(tx, accepted.provider, reference)? else {
            continue;
        };
        news.push(Receipt {
            idempotency_key: one.message.idem_key.clone(),
            provider: Some(accepted.provider),
            provider_ref: reference.clone(),
            state: match early.state.as_str() {
                "seen" => ReceiptState::Seen,
                "failed" => ReceiptState::Failed,
                _ => ReceiptState::Delivered,
            },
            at: early.received_at,
        });
    }
    together(inner, tx, &news, None, now)
}

fn together(
    inner: &Inner,
    tx: &mut Tx<'_>,
    receipts: &[Receipt],
    only: Option<Channel>,
    now: Instant,
) -> Result<(), AppError> {
    let mut names: BTreeMap<Name<'_>, Option<MessageId>> = BTreeMap::new();
    let mut found: BTreeMap<MessageId, Message> = BTreeMap::new();
    for receipt in receipts {
        let name = Name::of(receipt);
        if let Entry::Vacant(place) = names.entry(name) {
            let message = name.find(tx)?;
            let theirs = |m: &Message| only.is_none_or(|channel| channel.code() == m.channel);
            let message = message.filter(theirs);
            place.insert(message.as_ref().map(|m| m.id));
            if let Some(message) = message {
                found.entry(message.id).or_insert(message);
            }
        }
        if names.get(&name) == Some(&None)
            && let Name::Reference(provider, reference) = name
        {
            keep(tx, provider, reference, receipt.state, now)?;
        }
    }
    let mut known = Known::of(tx, found.values())?;
    let mut marks: BTreeMap<RequestId, Vec<(OfferId, Mark)>> = BTreeMap::new();
    let mut seen = Vec::new();
    for receipt in receipts {
        let id = names.get(&Name::of(receipt)).copied().flatten();
        let Some(message) = id.and_then(|id| found.get_mut(&id)) else {
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
            let first = messages::mark_failed(tx, message.id, "provider", now)?;
            message.status = delivery::MessageStatus::Failed;
            // Another node was told the same at the same moment: what follows is its to do.
            if !first {
                return Ok(Decision::Nothing);
            }
            if decided == Decision::Climb {
                ladder::climb(inner, tx, known, message, now)?;
            } else {
                callbacks::not_carried(inner, tx, message, now)?;
            }
        }
        Decision::Nothing | Decision::RetryAt(_) | Decision::Sent { .. } => {}
    }
    Ok(decided)
}
