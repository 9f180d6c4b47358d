//! One channel's lane: claims what is due, keeps as many messages on their way as its provider
//! takes, and writes answers down while others leave.
//!
//! A provider that answers in this process is given one message after the other, and its answers
//! are written down together: the order of things is the order of the messages.

use super::address::{Nowhere, Where, carried_or_none, number_or_none, opened, outgoing};
use super::words::{put_right, waits_for_morning};
use super::{BATCH, record};
use crate::app::App;
use crate::callbacks;
use crate::devices;
use crate::error::AppError;
use crate::synthesis::{Carried, is_sealed};
use crate::tasks::runner::REST;
use relais_core::delivery::{Circuit, LEASE, LEASE_SPARE, MessageStatus};
use relais_core::time::{Duration, Instant};
use relais_gateways::{Accepted, Channel, Failure};
use relais_store::messages::{self, Message};
use relais_store::{Tx, patients};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// What waits in memory longer than this while nothing leaves goes back, where an acceptance can
/// still stop it.
const STALE: Duration = Duration::seconds(2);

/// How long a message waits before it looks again: a secure mail for the one before it, a patient's for their record.
const TURN: Duration = Duration::seconds(2);

/// Most sealed mails of one claim.
const SEALED_AT_ONCE: u32 = 16;

/// Pause between two looks at a lane that hangs, milliseconds.
const LOOK_AGAIN_MS: i64 = 500;

/// Answers further apart than this are not waited for.
const GAP: std::time::Duration = std::time::Duration::from_millis(4);

/// Longest that an answer waits for others before it is written down.
const GATHERED: std::time::Duration = std::time::Duration::from_millis(100);

/// A message handed over, and what was said.
pub(super) struct Sent {
    pub(super) message: Message,
    /// Nothing, when it was given back before a gateway was asked.
    pub(super) answer: Option<Result<Accepted, Failure>>,
    /// Until when its providers are left alone, after a failure: it comes back then, with the
    /// others and in its place.
    pub(super) held_until: Option<Instant>,
}

/// A message of this node until its lease ends.
struct Claimed {
    message: Message,
    to: Where,
    carried: Option<Carried>,
    at: Instant,
}

type Queue = Arc<Mutex<VecDeque<Claimed>>>;

/// From the threads of a lane.
enum Said {
    Answer(Box<Sent>),
    ThreadEnded,
}

impl Said {
    const fn is_end(&self) -> bool {
        matches!(self, Self::ThreadEnded)
    }
}

/// Says that a thread ended, even by a panic.
struct Thread(mpsc::UnboundedSender<Said>);

impl Drop for Thread {
    fn drop(&mut self) {
        let _lane_is_over = self.0.send(Said::ThreadEnded);
    }
}

/// How many messages to claim: what can leave at once, and what left in the last second.
struct Pace {
    per_second: usize,
    counted: usize,
    since: Instant,
}

impl Pace {
    fn note(&mut self, answers: usize, now: Instant) {
        self.counted += answers;
        let passed = now.since(self.since).as_millis();
        if passed >= 1_000 {
            let passed = usize::try_from(passed).unwrap_or(usize::MAX);
            (self.per_second, self.counted, self.since) =
                (self.counted.saturating_mul(1_000) / passed, 0, now);
        }
    }

    fn limit(&self, free: usize) -> u32 {
        let limit = free.saturating_add(self.per_second);
        u32::try_from(limit).unwrap_or(BATCH).min(BATCH)
    }
}

impl App {
    /// Sends everything due on a channel; returns once each of them was tried.
    pub(in crate::tasks) async fn drain_lane(&self, channel: Channel) -> Result<usize, AppError> {
        if self.outside().gateways.in_flight(channel) > 0 {
            return self.drain_abreast(channel).await;
        }
        let mut count = 0;
        loop {
            if self.0.farewell.is_asked() {
                return Ok(count);
            }
            let (claimed, taken) = self.claim(channel, BATCH).await?;
            if taken == 0 {
                return Ok(count);
            }
            count += taken;
            let gateways = self.outside().gateways.clone();
            let app = self.clone();
            let answers = tokio::task::spawn_blocking(move || {
                let each = claimed.into_iter();
                each.map(|one| hand_over(&app, &gateways, one))
                    .collect::<Vec<_>>()
            });
            let sent = answers
                .await
                .map_err(|error| AppError::Bug(format!("gateway: {error}")))?;
            self.write_down(Arc::new(sent)).await?;
        }
    }

    async fn drain_abreast(&self, channel: Channel) -> Result<usize, AppError> {
        let most = self.outside().gateways.in_flight(channel);
        let queue: Queue = Arc::default();
        let (said, mut hear) = mpsc::unbounded_channel();
        let mut pace = Pace {
            per_second: BATCH as usize,
            counted: 0,
            since: self.now(),
        };
        let (mut threads, mut count, mut dry) = (0, 0, false);
        let mut away = None;
        loop {
            if self.0.farewell.is_asked() {
                // Nothing more is taken; what was not sent is somebody else's at once.
                dry = true;
                let back = unsent(lock(&queue).split_off(0));
                if !back.is_empty() {
                    self.write_down_surely(back).await?;
                }
            }
            let queued = lock(&queue).len();
            if !dry && queued < most {
                let limit = match self.standing(channel) {
                    Standing::Asked => pace.limit(most - threads.min(most)),
                    Standing::Probed if threads == 0 => 1,
                    Standing::Probed => 0,
                    Standing::LeftAlone => BATCH,
                };
                dry = true;
                if limit > 0 {
                    match self.claim(channel, limit).await {
                        Ok((claimed, taken)) => {
                            (away, dry) = (None, taken == 0);
                            count += taken;
                            lock(&queue).extend(claimed);
                        }
                        // What is on its way is heard first: forgotten, it would be sent again (I7).
                        Err(error) => away = Some(error),
                    }
                }
            }
            let queued = lock(&queue).len();
            while threads < most && threads < queued {
                self.spawn_thread(&queue, said.clone());
                threads += 1;
            }
            if threads == 0 && queued == 0 {
                if let Some(error) = away {
                    return Err(error);
                }
                if dry {
                    return Ok(count);
                }
                continue;
            }
            let mut answers = Vec::new();
            let mut woken = std::pin::pin!(self.0.wake.notified());
            woken.as_mut().enable();
            tokio::select! {
                first = hear.recv() => {
                    let mut heard = Vec::from_iter(first);
                    gather(&mut hear, &mut heard, threads).await;
                    for said in heard {
                        match said {
                            Said::Answer(sent) => answers.push(*sent),
                            // Whatever woke the lane meanwhile is looked at.
                            Said::ThreadEnded => (threads, dry) = (threads - 1, false),
                        }
                    }
                }
                // What is due is asked for again, and not at each of a thousand changes a second.
                () = async { woken.as_mut().await; rest().await } => dry = false,
                () = look_again() => {
                    dry = false;
                    answers = put_back_stale(&queue, self.now());
                }
            }
            pace.note(answers.len(), self.now());
            if !answers.is_empty() {
                // What was answered makes room, or says that somebody is back.
                dry = false;
                self.write_down_surely(answers).await?;
            }
        }
    }

    fn spawn_thread(&self, queue: &Queue, said: mpsc::UnboundedSender<Said>) {
        let (app, queue) = (self.clone(), Arc::clone(queue));
        let gateways = self.outside().gateways.clone();
        let thread = Thread(said);
        tokio::task::spawn_blocking(move || {
            let thread = thread;
            loop {
                let next = lock(&queue).pop_front();
                let Some(claimed) = next else {
                    return;
                };
                let sent = Box::new(hand_over(&app, &gateways, claimed));
                if thread.0.send(Said::Answer(sent)).is_err() {
                    return;
                }
            }
        });
    }

    fn standing(&self, channel: Channel) -> Standing {
        let states = self.outside().gateways.states(channel);
        let closed = |c: Circuit| matches!(c, Circuit::Closed { .. });
        if states.is_empty() || states.iter().any(|s| closed(s.circuit)) {
            return Standing::Asked;
        }
        let trying = states
            .iter()
            .any(|s| matches!(s.circuit, Circuit::Trying { .. }));
        let held = self.outside().gateways.held_until(channel, self.now());
        match held {
            Some(_) if !trying => Standing::LeftAlone,
            Some(_) | None => Standing::Probed,
        }
    }

    /// What is due on a channel, and how many were looked at: some belong to another lane.
    async fn claim(&self, channel: Channel, limit: u32) -> Result<(Vec<Claimed>, usize), AppError> {
        let now = self.now();
        self.write(move |inner, tx| {
            record::take_back_lapsed(inner, tx, channel.code(), now)?;
            for over in messages::expire(tx, now)? {
                callbacks::never_left(inner, tx, &over, now)?;
            }
            // What is sealed is opened as it is claimed: not more of it than can soon leave.
            let limit = match channel {
                Channel::Mssante => limit.min(SEALED_AT_ONCE),
                _ => limit,
            };
            // Names may be shared, by containers above all: this process's own id is not.
            let me = inner.watch.id();
            let rows = messages::claim(tx, now, now + LEASE, me, channel.code(), limit)?;
            let taken = rows.len();
            let mut claimed = Vec::with_capacity(taken);
            for mut message in rows {
                if is_sealed(&message) && waits_its_turn(tx, &message, now)?
                    || waits_for_morning(inner, tx, &message, now)?
                    || waits_for_the_record(tx, &message, now)?
                {
                    continue;
                }
                put_right(inner, tx, &mut message, now)?;
                let mut to = number_or_none(inner, tx, &message)?;
                if to.as_ref().is_ok_and(|(to, _)| *to == channel)
                    && !opened(inner, tx, &mut message, now)?
                {
                    to = Err(Nowhere::Unknown);
                }
                match &to {
                    // A landline is called, not written to: the voice lane's business.
                    Ok((other, _)) if *other != channel => {
                        messages::reroute(tx, message.id, other.code())?;
                    }
                    Ok(_) | Err(_) => claimed.push(Claimed {
                        carried: carried_or_none(inner, tx, &message)?,
                        message,
                        to,
                        at: now,
                    }),
                }
            }
            Ok((claimed, taken))
        })
        .await
    }

    /// What a gateway said is kept while the database is away, as long as leases hold: forgotten, it
    /// would be asked again (I7).
    async fn write_down_surely(&self, sent: Vec<Sent>) -> Result<(), AppError> {
        let sent = Arc::new(sent);
        let mut tries = LEASE.as_millis() / LOOK_AGAIN_MS;
        loop {
            match self.write_down(Arc::clone(&sent)).await {
                Err(error) if error.is_unavailable() && tries > 0 => {
                    tracing::warn!(%error, answers = sent.len(), "answers wait for the database");
                    tries -= 1;
                    look_again().await;
                }
                done => return done,
            }
        }
    }

    async fn write_down(&self, sent: Arc<Vec<Sent>>) -> Result<(), AppError> {
        let now = self.now();
        let gone = self.outside().gateways.take_gone(Channel::Push);
        self.write(move |inner, tx| {
            for endpoint in &gone {
                devices::gone(tx, endpoint, now)?;
            }
            record::answers(inner, tx, &sent, now)
        })
        .await
    }
}

/// To one mailbox, secure mails leave in their order: a correction never before what it corrects.
/// One whose turn has not come is put back behind the one before it.
fn waits_its_turn(tx: &mut Tx<'_>, message: &Message, now: Instant) -> Result<bool, AppError> {
    let Some((status, due_at)) = messages::find_earlier(tx, message)? else {
        return Ok(false);
    };
    let at = match status {
        MessageStatus::Queued => due_at.max(now + TURN),
        _ => now + TURN,
    };
    messages::put_back(tx, message.id, message.attempts, at)?;
    Ok(true)
}

/// While a patient's number is put right, their messages wait: one addressed before, whose link was read after, would give
/// a stranger a link that opens (ADR 0052).
fn waits_for_the_record(
    tx: &mut Tx<'_>,
    message: &Message,
    now: Instant,
) -> Result<bool, AppError> {
    let Some(patient) = message.recipient_patient else {
        return Ok(false);
    };
    if patients::is_still(tx, patient)? {
        return Ok(false);
    }
    messages::wait(tx, message.id, message.attempts, now + TURN)?;
    Ok(true)
}

/// How the providers of a channel stand.
enum Standing {
    /// One of them is asked: messages go.
    Asked,
    /// One message sees whether one of them is back.
    Probed,
    /// Nobody is asked: what is due is put off until somebody is, or climbs.
    LeftAlone,
}

fn lock(queue: &Queue) -> std::sync::MutexGuard<'_, VecDeque<Claimed>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "latency only: a slow provider must not hide what became due meanwhile"
)]
async fn look_again() {
    let pause = std::time::Duration::from_millis(LOOK_AGAIN_MS.unsigned_abs());
    tokio::time::sleep(pause).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "latency only: changes that come together are looked at together"
)]
async fn rest() {
    tokio::time::sleep(REST).await;
}

/// Answers that come one upon the other are written down together: a transaction for each few would
/// cost more than their sending. Ends when nothing comes for a moment, or nobody is left to answer.
async fn gather(hear: &mut mpsc::UnboundedReceiver<Said>, heard: &mut Vec<Said>, threads: usize) {
    let all = async {
        let mut left = threads;
        left -= heard.iter().filter(|s| s.is_end()).count();
        while left > 0 && heard.len() < BATCH as usize {
            let next = tokio::time::timeout(GAP, hear.recv());
            let Ok(Some(said)) = next.await else {
                return;
            };
            left -= usize::from(said.is_end());
            heard.push(said);
        }
    };
    let _in_time = tokio::time::timeout(GATHERED, all).await;
}

/// Nothing left for a while: what still waits in memory goes back unsent.
fn put_back_stale(queue: &Queue, now: Instant) -> Vec<Sent> {
    let mut queue = lock(queue);
    let stale = queue.front().is_some_and(|one| now.since(one.at) >= STALE);
    let back = if stale {
        queue.split_off(0)
    } else {
        VecDeque::new()
    };
    unsent(back)
}

/// Claimed, and given back as it was.
fn unsent(back: VecDeque<Claimed>) -> Vec<Sent> {
    let each = back.into_iter().map(|one| Sent {
        message: one.message,
        answer: None,
        held_until: None,
    });
    each.collect()
}

/// Hands a message to its gateway, unless its lease could end before the answer.
fn hand_over(app: &App, gateways: &relais_gateways::Gateways, one: Claimed) -> Sent {
    let to = one.to.as_ref();
    let channel = to.map_or(Channel::Push, |(channel, _)| *channel);
    let nowhere = to.err().map_or(Nowhere::Unknown.code(), |why| why.code());
    // This node may have stood still, or its gateway may be slow.
    let lease = one.message.lease_until;
    let held = lease.is_some_and(|until| app.now() + LEASE_SPARE < until);
    let answer = held.then(|| match outgoing(&one.message, one.to.ok(), one.carried) {
        Some(outgoing) => gateways.send(&outgoing),
        None => Err(Failure::Never {
            code: nowhere.to_owned(),
        }),
    });
    if let Some(answer) = &answer {
        app.0.watch.pulse.heard(channel, answer, app.now());
    }
    let failed = matches!(&answer, Some(Err(failure)) if failure.is_temporary());
    let held_until = failed.then(|| gateways.held_until(channel, app.now()));
    Sent {
        message: one.message,
        answer,
        held_until: held_until.flatten(),
    }
}
