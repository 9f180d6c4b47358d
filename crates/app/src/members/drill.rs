//! The monthly drill of a network's channels: each active member is sent a trial on the way a request
//! would take first; who did not receive it is listed with why, and can be written to by their other
//! ways (R7). Refuses two in one month: a trial too often is not read.

use super::coordinator;
use super::drill_due::LOOKED;
use crate::app::{App, Who};
use crate::directory::ProfessionalRow;
use crate::error::AppError;
use crate::journal;
use crate::outbox::{first_rung, leads};
use crate::signup::{Letter, post};
use crate::text;
use relais_core::ids::ProfessionalId;
use relais_core::people::MembershipStatus;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::messages::drill::{self, KIND};
use relais_store::messages::{self, Message, MessageStatus};
use relais_store::networks;
use serde_json::json;
use std::collections::BTreeMap;

/// No second drill before this.
pub const EVERY: Duration = Duration::hours(24 * 21);
/// A trial nobody could carry within a day has failed.
const LIFE: Duration = Duration::hours(24);
/// An answer counts this long.
const HEARD: Duration = Duration::hours(24 * 7);
/// A receipt is awaited this long before its absence says something.
const PATIENCE: Duration = Duration::minutes(30);
/// Most members of one drill.
const MOST: u32 = 5_000;

/// What became of one member's trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Answered *OK*, or the notification was shown.
    Answered(Channel),
    /// The receipt came.
    Received(Channel),
    /// On its way.
    Waiting(Channel),
    /// A gateway took it, and no receipt came.
    Silent(Channel),
    /// It could not be delivered.
    Failed(Channel),
    /// Nothing leads to them.
    NoWay,
}

impl Heard {
    fn of(message: &Message, now: Instant) -> Option<Self> {
        let channel = Channel::from_code(&message.channel)?;
        if message.seen_at.is_some() {
            return Some(Self::Answered(channel));
        }
        let waited = now.since(message.sent_at.unwrap_or(message.created_at)) >= PATIENCE;
        Some(match message.status {
            MessageStatus::Delivered => Self::Received(channel),
            MessageStatus::Failed | MessageStatus::Expired => Self::Failed(channel),
            // Mail tells no receipt: that it left is all there is to know.
            MessageStatus::Sent if channel == Channel::Mail => Self::Received(channel),
            MessageStatus::Sent if waited => Self::Silent(channel),
            MessageStatus::Queued
            | MessageStatus::Sending
            | MessageStatus::Sent
            | MessageStatus::Replaced => Self::Waiting(channel),
        })
    }

    /// Whether it must be looked into.
    pub const fn is_missing(self) -> bool {
        matches!(self, Self::Silent(_) | Self::Failed(_) | Self::NoWay)
    }
}

/// The last drill.
#[derive(Debug, Clone)]
pub struct Drill {
    /// When it began.
    pub at: Instant,
    /// Active members then or now, by name: what became of their trial.
    pub rows: Vec<(ProfessionalRow, Heard)>,
}

impl App {
    /// The last drill of the actor's network; `None` when there was none within a year.
    ///
    /// # Errors
    /// For coordinators only.
    pub async fn drill(&self, who: &Who) -> Result<Option<Drill>, AppError> {
        let (network, now) = (coordinator(who)?, self.now());
        let found = self
            .read(move |_, tx| {
                let Some(at) = drill::last(tx, network, now - LOOKED)? else {
                    return Ok(None);
                };
                Ok(Some((at, drill::list(tx, network, at, MOST)?)))
            })
            .await?;
        let Some((at, sent)) = found else {
            return Ok(None);
        };
        let mut heard: BTreeMap<ProfessionalId, Heard> = BTreeMap::new();
        for message in &sent {
            if let (Some(id), Some(one)) = (message.recipient_professional, Heard::of(message, now))
            {
                heard.insert(id, one);
            }
        }
        let directory = self.directory().await?;
        let mut rows: Vec<_> = directory
            .named_in(network)
            .filter(|(_, row)| row.member.belongs_to(network))
            .filter_map(|(name, row)| {
                let unreached = !row.member.channels.any();
                let one = heard.get(&row.member.id).copied();
                // Whoever joined since was not part of it.
                let one = one.or_else(|| unreached.then_some(Heard::NoWay))?;
                Some((name.to_owned(), row.clone(), one))
            })
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let rows = rows.into_iter().map(|(_, row, one)| (row, one));
        Ok(Some(Drill {
            at,
            rows: rows.collect(),
        }))
    }

    /// Sends each active member a trial on their first channel; answers how many were sent.
    ///
    /// # Errors
    /// For coordinators only; one was begun less than [`EVERY`] ago; nobody to send to, or too many.
    pub async fn start_drill(&self, who: &Who) -> Result<usize, AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        let sent = self
            .write(move |inner, tx| {
                // Asked twice at once, the second waits here, and finds the first.
                networks::hold(tx, network)?;
                if drill::last(tx, network, now - EVERY)?.is_some() {
                    let detail = "Un essai a déjà eu lieu il y a moins de trois semaines.";
                    return Err(AppError::problem("drill-too-soon", 409, detail));
                }
                let directory = inner.directory.current(tx)?;
                let entry = directory.network(network)?;
                let desk = entry.desk(now);
                let mut sent = 0;
                let members = directory.of_network(network);
                for row in members.filter(|row| row.member.belongs_to(network)) {
                    let Some((channel, to)) = first_rung(row) else {
                        continue;
                    };
                    if sent >= usize::try_from(MOST).unwrap_or(usize::MAX) {
                        let detail =
                            "Plus de 5 000 membres\u{a0}: l’essai se fait réseau par réseau.";
                        return Err(AppError::problem("drill-too-large", 409, detail));
                    }
                    let letter = Letter {
                        entry,
                        key: format!("{KIND}:{network}:{}:{}", row.member.id, now.millis()),
                        kind: KIND,
                        owner: row.display_name(),
                        channel,
                        address: to,
                        member: Some(row.member.id),
                        written: text::signup::drill(channel, &desk),
                        life: LIFE,
                    };
                    post(tx, letter, now)?;
                    sent += 1;
                }
                if sent == 0 {
                    let detail = "Aucun membre actif n’a de moyen d’être joint.";
                    return Err(AppError::problem("drill-nobody", 409, detail));
                }
                let (act, body) = ("channels.drill", json!({ "sent": sent }));
                journal::act(tx, Some(network), act, None, None, &body, &who, now)?;
                Ok(sent)
            })
            .await?;
        self.wake();
        Ok(sent)
    }

    /// Writes by their other channels to those whose trial did not arrive; once for each of them and
    /// each drill. Answers how many were written to.
    ///
    /// # Errors
    /// For coordinators only; no drill.
    pub async fn tell_dormant(&self, who: &Who) -> Result<usize, AppError> {
        let network = coordinator(who)?;
        let held = self.drill(who).await?.ok_or(AppError::NotFound)?;
        let silent: Vec<(ProfessionalRow, Channel)> = held
            .rows
            .into_iter()
            .filter_map(|(row, heard)| match heard {
                Heard::Silent(channel) | Heard::Failed(channel) => Some((row, channel)),
                _ => None,
            })
            .collect();
        let (now, at, who) = (self.now(), held.at, who.clone());
        let told = self
            .write(move |inner, tx| {
                let directory = inner.directory.current(tx)?;
                let entry = directory.network(network)?;
                let desk = entry.desk(now);
                let link = format!("{}/notifications", inner.settings.base_url);
                let mut told = 0;
                for (row, tried) in &silent {
                    let others = [Channel::Push, Channel::Sms, Channel::Mail];
                    let others = others.into_iter().filter(|channel| channel != tried);
                    let mut reached = false;
                    for channel in others {
                        let Some(to) = leads(row, channel) else {
                            continue;
                        };
                        let id = row.member.id;
                        let key = format!("dormant:{id}:{}:{}", channel.code(), at.millis());
                        if messages::find_by_key(tx, &key)?.is_some() {
                            continue;
                        }
                        let letter = Letter {
                            entry,
                            key,
                            kind: "dormant",
                            owner: row.display_name(),
                            channel,
                            address: to,
                            member: Some(id),
                            written: text::signup::dormant(channel, &desk, *tried, &link),
                            life: LIFE,
                        };
                        post(tx, letter, now)?;
                        reached = true;
                    }
                    told += usize::from(reached);
                }
                let (act, body) = ("channels.dormant-told", json!({ "told": told }));
                journal::act(tx, Some(network), act, None, None, &body, &who, now)?;
                Ok(told)
            })
            .await?;
        self.wake();
        Ok(told)
    }
}

/// Somebody answered *OK* to a trial, from a number they receive alerts on.
pub(crate) fn heard(
    tx: &mut relais_store::Tx<'_>,
    people: &[ProfessionalId],
    now: Instant,
) -> Result<(), AppError> {
    for id in people {
        for one in relais_store::professionals::list_joined(tx, *id)? {
            if one.status == MembershipStatus::Active {
                drill::heard(tx, one.network, *id, now - HEARD, now)?;
            }
        }
    }
    Ok(())
}
