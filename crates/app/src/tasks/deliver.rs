//! The outbox at work: what waits is handed to a gateway, what comes back is written down, what
//! nobody acknowledged goes to the next channel (I7, R7).

use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::condition::Task;
use crate::error::AppError;
use crate::journal;
use crate::outbox::{self, Body, Post};
use crate::shell::apply;
use relais_core::access::delivery_identity;
use relais_core::cascade::Command;
use relais_core::delivery::{self, Decision, Facts, Next};
use relais_core::ids::{PatientId, RequestId};
use relais_core::time::{Duration, Instant};
use relais_gateways::{
    Accepted, Address, Channel, Failure, Inbox as _, Outgoing, Receipt, ReceiptState, Urgency,
};
use relais_store::messages::{self, Audience, Message};
use relais_store::{Tx, patients, requests};

/// Messages claimed at once.
const BATCH: u32 = 64;
/// What one pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Messages sent, receipts taken, answers handled, ladders climbed.
    pub handled: usize,
}

struct Tried {
    message: Message,
    /// How it went, when it had somewhere to go: a patient's landline is called.
    channel: Option<Channel>,
    /// What the gateway said; nothing when the claim was over before it was asked.
    answer: Option<Result<Accepted, Failure>>,
}

impl App {
    /// One pass over everything that waits. May run twice, on several nodes, without effect.
    pub async fn deliver(&self) -> Result<Delivery, AppError> {
        if let Some(world) = &self.outside().world {
            world.tick();
        }
        let mut handled = self.take_receipts().await?;
        handled += self.take_inbound().await?;
        handled += self.climb_ladders().await?;
        handled += self.send_waiting().await?;
        handled += self.take_receipts().await?;
        self.0.watch.pulse.beat(Task::Deliver, self.wall_now());
        Ok(Delivery { handled })
    }

    async fn send_waiting(&self) -> Result<usize, AppError> {
        let mut count = 0;
        loop {
            let (now, node) = (self.now(), self.settings().node.clone());
            let claimed = self
                .write(move |inner, tx| {
                    let rows = messages::claim(tx, now, now + delivery::LEASE, &node, BATCH)?;
                    rows.into_iter()
                        .map(|m| Ok((number_or_none(inner, tx, &m)?, m)))
                        .collect()
                })
                .await?;
            let claimed: Vec<(Option<(Channel, Address)>, Message)> = claimed;
            if claimed.is_empty() {
                return Ok(count);
            }
            count += claimed.len();
            let (gateways, app) = (self.outside().gateways.clone(), self.clone());
            let answers = tokio::task::spawn_blocking(move || {
                let send = |(to, message): (Option<(Channel, Address)>, Message)| {
                    // This node may have stood still, or its gateway may be slow.
                    let held = still_held(&message, app.now());
                    let channel = to.as_ref().map(|(channel, _)| *channel);
                    let answer = match outgoing(&message, to) {
                        _ if !held => None,
                        Some(outgoing) => Some(gateways.send(&outgoing)),
                        None => Some(Err(Failure::Never {
                            code: "no-address".to_owned(),
                        })),
                    };
                    Tried {
                        message,
                        channel,
                        answer,
                    }
                };
                claimed.into_iter().map(send).collect::<Vec<_>>()
            });
            let sent = answers
                .await
                .map_err(|error| AppError::Bug(format!("gateway: {error}")))?;
            let now = self.now();
            for one in &sent {
                if let (Some(channel), Some(answer)) = (one.channel, &one.answer) {
                    self.0.watch.pulse.heard(channel, answer, now);
                }
            }
            self.write(move |inner, tx| {
                for one in &sent {
                    let Some(answer) = &one.answer else {
                        messages::give_back(tx, one.message.id, one.message.attempts)?;
                        continue;
                    };
                    // What follows from one may fail; that it was sent is kept all the same.
                    let done: Result<(), AppError> =
                        tx.attempt(|tx| record(inner, tx, one, answer, now));
                    if let (Err(_), Ok(accepted)) = (&done, answer) {
                        let id = one.message.id;
                        let _kept: Result<(), AppError> = tx.attempt(|tx| {
                            Ok(messages::mark_sent(
                                tx,
                                id,
                                &accepted.provider_ref,
                                now,
                                None,
                            )?)
                        });
                    }
                    alone(
                        done,
                        "a message sent could not be written down",
                        &one.message,
                    )?;
                }
                Ok(())
            })
            .await?;
        }
    }

    async fn take_receipts(&self) -> Result<usize, AppError> {
        let inbox = &self.outside().inbox;
        let mut receipts = inbox.take_receipts().into_iter();
        let mut count = 0;
        let mut kept = Vec::new();
        while let Some(receipt) = receipts.next() {
            let (now, noted) = (self.now(), receipt.clone());
            let done = self
                .write(move |inner, tx| note_receipt(inner, tx, &noted, now))
                .await;
            match done {
                Ok(()) => count += 1,
                Err(error) if error.is_unavailable() => {
                    kept.push(receipt);
                    kept.extend(receipts);
                    kept.into_iter().for_each(|receipt| inbox.receipt(receipt));
                    return Err(error);
                }
                Err(error) => {
                    tracing::error!(%error, key = receipt.idempotency_key, "a receipt could not be noted");
                    kept.push(receipt);
                }
            }
        }
        kept.into_iter().for_each(|receipt| inbox.receipt(receipt));
        Ok(count)
    }

    /// Solicitations without receipt after the set delay: the next channel, then the desk.
    async fn climb_ladders(&self) -> Result<usize, AppError> {
        let mut count = 0;
        loop {
            let now = self.now();
            let climbed = self
                .write(move |inner, tx| {
                    let late = messages::list_escalations(tx, now, BATCH)?;
                    for message in &late {
                        let done: Result<(), AppError> =
                            tx.attempt(|tx| climb(inner, tx, message, now));
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

/// The failure of one message, logged without its content, unless the whole store is away.
fn alone(done: Result<(), AppError>, what: &str, message: &Message) -> Result<(), AppError> {
    match done {
        Err(error) if error.is_unavailable() => Err(error),
        Err(error) => {
            tracing::error!(%error, message.id = %message.id, "{what}");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// The number, or none when it cannot be read (the record was erased): that message fails visibly,
/// the others go.
fn number_or_none(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
) -> Result<Option<(Channel, Address)>, AppError> {
    match tx.attempt(|tx| number(inner, tx, message)) {
        Err(error) if !error.is_unavailable() => {
            tracing::error!(%error, message.id = %message.id, "a message has no readable address");
            Ok(None)
        }
        other => other,
    }
}

/// A patient's number is read here, at the last moment; a landline is called.
fn number(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
) -> Result<Option<(Channel, Address)>, AppError> {
    let channel = Channel::from_code(&message.channel);
    if let Some(patient) = message.recipient_patient {
        return patient_number(inner, tx, patient, message.request);
    }
    Ok(channel
        .zip(message.address.clone())
        .map(|(c, to)| (c, Address::new(to))))
}

fn patient_number(
    inner: &Inner,
    tx: &mut Tx<'_>,
    patient: PatientId,
    request: Option<RequestId>,
) -> Result<Option<(Channel, Address)>, AppError> {
    let Some(request) = request else {
        return Ok(None);
    };
    let identity = patients::open(tx, &inner.vault, patient, &delivery_identity(request))?;
    let e164 = identity.phone.expose();
    let mobile = crate::phone::Phone::read(e164).is_some_and(|phone| phone.is_mobile());
    let channel = if mobile { Channel::Sms } else { Channel::Voice };
    Ok(Some((channel, Address::new(e164))))
}

/// Whether the claim under which a message is about to be handed over is sure to be this node's.
fn still_held(message: &Message, now: Instant) -> bool {
    message
        .lease_until
        .is_some_and(|until| now + delivery::LEASE_SPARE < until)
}

fn outgoing(message: &Message, to: Option<(Channel, Address)>) -> Option<Outgoing> {
    let (channel, address) = to?;
    let body: Body = serde_json::from_str(&message.body).ok()?;
    let asking = message.kind == "ask";
    let text = match (channel, body.voice) {
        (Channel::Voice, Some(script)) => script,
        _ => body.text,
    };
    Some(Outgoing {
        subject: body.subject,
        tag: body.tag,
        replaces: body.replaces,
        request: message.request,
        urgency: if asking {
            Urgency::High
        } else {
            Urgency::Normal
        },
        ttl: message.expires_at.map(|at| at.since(message.created_at)),
        only: perhaps_at(message),
        ..Outgoing::new(&message.idem_key, channel, address, &message.owner, text)
    })
}

fn record(
    inner: &Inner,
    tx: &mut Tx<'_>,
    tried: &Tried,
    said: &Result<Accepted, Failure>,
    now: Instant,
) -> Result<(), AppError> {
    let message = &tried.message;
    if let Some(channel) = tried.channel.filter(|c| c.code() != message.channel) {
        messages::set_channel(tx, message.id, channel.code())?;
    }
    let answer = match said {
        Ok(_) => delivery::Answer::Accepted,
        Err(Failure::Later { retry_after }) => delivery::Answer::Later {
            retry_after: *retry_after,
        },
        Err(Failure::Away { .. }) => delivery::Answer::Later { retry_after: None },
        Err(Failure::Held { until }) => delivery::Answer::Held { until: *until },
        Err(Failure::Never { .. } | Failure::Misconfigured { .. }) => delivery::Answer::Never,
    };
    let facts = facts(inner, tx, message, answer)?;
    match (delivery::answered(&facts, answer, now), said) {
        (Decision::Sent { escalate_at }, Ok(accepted)) => {
            messages::mark_sent(tx, message.id, &accepted.provider_ref, now, escalate_at)?;
            let about = message.offer.filter(|_| facts.asks);
            if let (Some(offer), Some(request)) = (about, message.request) {
                let who = Who::platform("delivery");
                let command = Command::MarkSent { offer };
                apply(inner, tx, request, &command, &who, now, None)?;
                taken_back_meanwhile(inner, tx, message, request, now)?;
            }
            Ok(())
        }
        (Decision::RetryAt(at), Err(failure)) => {
            let (id, claim) = (message.id, message.attempts);
            match failure {
                Failure::Held { .. } => messages::put_back(tx, id, claim, at)?,
                _ => messages::retry_later(tx, id, claim, at, &why_later(message, failure))?,
            }
            Ok(())
        }
        (decided, Err(failure)) => {
            let claim = message.attempts;
            let given_up = messages::mark_refused(tx, message.id, claim, failure.code(), now)?;
            // Nothing follows from a claim that was lost: another node has it, or has sent it.
            if given_up && decided == Decision::Climb {
                climb(inner, tx, message, now)?;
            }
            Ok(())
        }
        (decided, Ok(_)) => Err(AppError::Bug(format!("accepted, and {decided:?}"))),
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

/// The provider that may have taken a message at an earlier attempt.
fn perhaps_at(message: &Message) -> Option<String> {
    let failure = message.failure.as_deref()?;
    failure
        .split_once('@')
        .map(|(_, provider)| provider.to_owned())
}

/// What the rules of a message's life need to know of one.
fn facts(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
    answer: delivery::Answer,
) -> Result<Facts, AppError> {
    let asks = asks(message);
    let away = matches!(
        answer,
        delivery::Answer::Later { .. } | delivery::Answer::Held { .. }
    );
    let rung_left = match message.recipient_professional.filter(|_| asks && away) {
        Some(id) => {
            let directory = inner.directory.current(tx)?;
            let person = directory.person(id);
            person.is_some_and(|person| outbox::has_next_rung(person, message))
        }
        None => false,
    };
    Ok(Facts {
        asks,
        attempts: message.attempts,
        created_at: message.created_at,
        expires_at: message.expires_at,
        fallback: if asks {
            fallback(tx, message)?
        } else {
            delivery::FALLBACK
        },
        rung_left,
        spread_permille: 0,
    })
}

/// It puts an offer to a professional, on the ladder of their channels.
fn asks(message: &Message) -> bool {
    message.kind == "ask" && message.offer.is_some() && message.audience == Audience::Professional
}

/// A solicitation that left while its offer was being taken back: "pourvu" follows it.
fn taken_back_meanwhile(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
    request: RequestId,
    now: Instant,
) -> Result<(), AppError> {
    let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
    let directory = inner.directory.current(tx)?;
    let post = Post {
        request: &stored.request,
        code: &stored.code,
        patient: stored.patient,
        version: stored.version,
        now,
        who: &Who::platform("delivery"),
    };
    outbox::replace_late(inner, tx, &directory, &post, message)
}

fn fallback(tx: &mut Tx<'_>, message: &Message) -> Result<Duration, AppError> {
    let Some(id) = message.request else {
        return Ok(delivery::FALLBACK);
    };
    let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
    Ok(Duration::minutes(i64::from(
        stored.request.policy.fallback_minutes.max(1),
    )))
}

fn note_receipt(
    inner: &Inner,
    tx: &mut Tx<'_>,
    receipt: &Receipt,
    now: Instant,
) -> Result<(), AppError> {
    let Some(message) = messages::find_by_key(tx, &receipt.idempotency_key)? else {
        return Ok(());
    };
    let news = match receipt.state {
        ReceiptState::Delivered => delivery::Receipt::Delivered,
        ReceiptState::Seen => delivery::Receipt::Seen,
        ReceiptState::Failed => delivery::Receipt::Failed,
    };
    let asks = asks(&message);
    let command = match delivery::receipt(asks, message.attempts, message.status, news) {
        Decision::Delivered => {
            messages::mark_delivered(tx, message.id, now)?;
            message.offer.map(|offer| Command::MarkDelivered { offer })
        }
        Decision::Seen => {
            messages::mark_seen(tx, message.id, now)?;
            message.offer.map(|offer| Command::MarkSeen { offer })
        }
        Decision::Climb => {
            messages::mark_failed(tx, message.id, "provider", now)?;
            climb(inner, tx, &message, now)?;
            None
        }
        Decision::GiveUp => {
            messages::mark_failed(tx, message.id, "provider", now)?;
            None
        }
        Decision::Nothing | Decision::RetryAt(_) | Decision::Sent { .. } => None,
    };
    if let (Some(command), Some(request)) = (command.filter(|_| asks), message.request) {
        let who = Who::platform("delivery");
        apply(inner, tx, request, &command, &who, now, None)?;
    }
    Ok(())
}

/// The next channel for a solicitation that did not arrive; with none left, the desk is told.
fn climb(inner: &Inner, tx: &mut Tx<'_>, message: &Message, now: Instant) -> Result<(), AppError> {
    let (Some(request), Some(offer)) = (message.request, message.offer) else {
        return Ok(());
    };
    if !asks(message) {
        return Ok(());
    }
    let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
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
            request,
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
