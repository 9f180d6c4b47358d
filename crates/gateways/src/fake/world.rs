//! Fake phones and mailboxes: what reached them, in order, once per key, and how each behaves.

use super::log::Log;
use crate::gateway::{About, Accepted, Failure, Inbox};
use crate::message::{Address, Channel, Inbound, Kept, Outgoing, Receipt, ReceiptState};
use relais_core::time::{Duration, Instant};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Messages, oldest first.
const PHONES: &str = "phones.jsonl";
/// Answers typed on fake phones.
const REPLIES: &str = "phones-replies.jsonl";
/// How phones behave, last one wins.
const MOODS: &str = "phones-moods.jsonl";

/// One message on a fake phone or in a fake mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneRow {
    /// The provider's reference.
    pub id: String,
    /// When it arrived, RFC 3339.
    pub at: String,
    /// By which way.
    pub channel: Channel,
    /// At which number or address.
    pub to: String,
    /// Whose it is.
    pub owner: String,
    /// Title or subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text shown.
    pub text: String,
    /// The request it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The group of notifications it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// It took the place of the earlier one of its tag.
    #[serde(default)]
    pub replaces: bool,
    /// The later notification that took its place on the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The key it was sent under.
    pub key: String,
}

/// What was typed on a fake phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The provider's reference.
    pub id: String,
    /// When, RFC 3339.
    pub at: String,
    /// From which number.
    pub from: String,
    /// What.
    pub text: String,
}

/// How a phone behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mood {
    /// Receives at once and says so.
    #[default]
    Live,
    /// Switched off: the provider takes the message, no receipt ever comes.
    Off,
    /// Receives at once, but the receipt comes that many seconds later.
    Slow(u32),
    /// Its provider does not answer: try again later.
    Down,
    /// Its provider refuses it for good.
    Refuses,
}

/// A phone or mailbox known so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phone {
    /// Its number or address.
    pub number: String,
    /// Whose it is.
    pub owner: String,
    /// How it behaves.
    pub mood: Mood,
}

#[derive(Serialize, Deserialize)]
struct MoodRow {
    number: String,
    mood: Mood,
}

#[derive(Default)]
struct Logs {
    phones: Option<Log>,
    replies: Option<Log>,
    moods: Option<Log>,
}

#[derive(Default)]
struct Inner {
    rows: Vec<PhoneRow>,
    by_key: BTreeMap<String, usize>,
    on_screen: BTreeMap<(String, String), usize>,
    replies: Vec<Reply>,
    moods: BTreeMap<String, Mood>,
    channels_down: BTreeSet<Channel>,
    late: Vec<Receipt>,
    duplicates: u64,
    logs: Logs,
}

impl Inner {
    /// Adds a row already on the disk, and marks the notification whose place it takes.
    fn add(&mut self, row: PhoneRow) {
        let index = self.rows.len();
        if let (Channel::Push, Some(tag)) = (row.channel, &row.tag) {
            let place = (row.to.clone(), tag.clone());
            let earlier = self.on_screen.insert(place, index);
            let earlier = earlier.filter(|_| row.replaces);
            if let Some(earlier) = earlier.and_then(|at| self.rows.get_mut(at)) {
                earlier.replaced_by = Some(row.id.clone());
            }
        }
        self.by_key.insert(row.key.clone(), index);
        self.rows.push(row);
    }
}

/// The shared outside world of the fakes.
pub struct FakeWorld {
    inner: Mutex<Inner>,
    clock: Box<dyn Fn() -> Instant + Send + Sync>,
    inbox: Arc<dyn Inbox>,
}

impl FakeWorld {
    /// A world that lives as long as the value.
    pub fn in_memory(
        clock: impl Fn() -> Instant + Send + Sync + 'static,
        inbox: Arc<dyn Inbox>,
    ) -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::default(),
            clock: Box::new(clock),
            inbox,
        })
    }

    /// A world kept in files of this folder, as it was when it was last open.
    ///
    /// # Errors
    /// Those of the file system; `InvalidData` when a file was altered.
    pub fn open(
        dir: &Path,
        clock: impl Fn() -> Instant + Send + Sync + 'static,
        inbox: Arc<dyn Inbox>,
    ) -> io::Result<Arc<Self>> {
        std::fs::create_dir_all(dir)?;
        let (phones, rows) = Log::open::<PhoneRow>(&dir.join(PHONES))?;
        let (answers, replies) = Log::open(&dir.join(REPLIES))?;
        let (moods, kept) = Log::open::<MoodRow>(&dir.join(MOODS))?;
        let mut inner = Inner {
            replies,
            moods: kept.into_iter().map(|row| (row.number, row.mood)).collect(),
            logs: Logs {
                phones: Some(phones),
                replies: Some(answers),
                moods: Some(moods),
            },
            ..Inner::default()
        };
        rows.into_iter().for_each(|row| inner.add(row));
        Ok(Arc::new(Self {
            inner: Mutex::new(inner),
            clock: Box::new(clock),
            inbox,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that arrived, newest last.
    pub fn list(&self) -> Vec<PhoneRow> {
        self.lock().rows.clone()
    }

    /// How many sends were repeats of a key already known: nothing was added for them.
    pub fn duplicates(&self) -> u64 {
        self.lock().duplicates
    }

    /// Everything typed on the phones, newest last.
    pub fn replies(&self) -> Vec<Reply> {
        self.lock().replies.clone()
    }

    /// Phones and mailboxes that received something or were given a behaviour.
    pub fn phones(&self) -> Vec<Phone> {
        let inner = self.lock();
        let mut owners: BTreeMap<&str, &str> =
            inner.moods.keys().map(|n| (n.as_str(), "")).collect();
        for row in &inner.rows {
            owners.insert(&row.to, &row.owner);
        }
        let phone = |(number, owner): (&str, &str)| Phone {
            number: number.to_owned(),
            owner: owner.to_owned(),
            mood: inner.moods.get(number).copied().unwrap_or_default(),
        };
        owners.into_iter().map(phone).collect()
    }

    /// Changes how a phone behaves from now on.
    ///
    /// # Errors
    /// Those of the file system; nothing changed then.
    pub fn set_mood(&self, number: &str, mood: Mood) -> io::Result<()> {
        let mut inner = self.lock();
        let number = number.to_owned();
        if let Some(log) = &mut inner.logs.moods {
            log.append(&MoodRow {
                number: number.clone(),
                mood,
            })?;
        }
        inner.moods.insert(number, mood);
        Ok(())
    }

    /// Takes the whole gateway of a channel down, or up again, until the world is closed.
    pub fn set_channel_down(&self, channel: Channel, down: bool) {
        let mut inner = self.lock();
        if down {
            inner.channels_down.insert(channel);
        } else {
            inner.channels_down.remove(&channel);
        }
    }

    /// Whether the provider of a channel answers nobody.
    pub fn is_channel_down(&self, channel: Channel) -> bool {
        self.lock().channels_down.contains(&channel)
    }

    /// Answers as this phone: the shell's inbox gets it at once.
    ///
    /// # Errors
    /// Those of the file system; nothing was sent then.
    pub fn reply(&self, from: &str, text: &str) -> io::Result<Reply> {
        let at = (self.clock)();
        let reply = {
            let mut inner = self.lock();
            let reply = Reply {
                id: format!("reply-{:06}", inner.replies.len() + 1),
                at: at.timestamp().to_string(),
                from: from.to_owned(),
                text: text.to_owned(),
            };
            if let Some(log) = &mut inner.logs.replies {
                log.append(&reply)?;
            }
            inner.replies.push(reply.clone());
            reply
        };
        self.inbox.inbound(inbound(&reply, at));
        Ok(reply)
    }

    /// Opens a notification as its owner would: the shell hears that it was seen.
    /// `false` when there is no such message.
    pub fn open_message(&self, id: &str) -> bool {
        let at = (self.clock)();
        let found = self.lock().rows.iter().find(|row| row.id == id).cloned();
        let Some(row) = found else { return false };
        self.inbox.receipt(receipt(&row, ReceiptState::Seen, at));
        true
    }

    /// Gives the receipts of slow phones that are due.
    pub fn tick(&self) {
        let now = (self.clock)();
        let due: Vec<_> = self.lock().late.extract_if(.., |r| r.at <= now).collect();
        due.into_iter().for_each(|r| self.inbox.receipt(r));
    }

    /// Gives again the answers typed since a moment, for the same reason. Each keeps its
    /// reference, by which the shell knows those it already handled.
    pub fn repeat_replies(&self, since: Instant) {
        let replies = self.replies();
        let recent = replies.into_iter().filter_map(|reply| {
            let at = moment(&reply.at).filter(|at| *at >= since)?;
            Some(inbound(&reply, at))
        });
        recent.for_each(|inbound| self.inbox.inbound(inbound));
    }

    /// Gives again the receipts of everything that arrived since a moment, as a provider does
    /// that was not answered: for a shell that died before it noted them.
    pub fn repeat_receipts(&self, since: Instant) {
        let due: Vec<_> = {
            let inner = self.lock();
            let arrived = inner.rows.iter().filter(|row| gives_receipts(row.channel));
            let live = arrived
                .filter(|r| inner.moods.get(&r.to).copied().unwrap_or_default() == Mood::Live);
            live.filter_map(|row| {
                let at = moment(&row.at).filter(|at| *at >= since)?;
                Some(receipt(row, ReceiptState::Delivered, at))
            })
            .collect()
        };
        due.into_iter().for_each(|r| self.inbox.receipt(r));
    }

    /// Empties every phone and mailbox and forgets how they behaved.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn reset(&self) -> io::Result<()> {
        let mut inner = self.lock();
        let mut logs = std::mem::take(&mut inner.logs);
        let cleared = [&mut logs.phones, &mut logs.replies, &mut logs.moods]
            .into_iter()
            .flatten()
            .try_for_each(Log::clear);
        *inner = Inner {
            logs,
            ..Inner::default()
        };
        cleared
    }

    /// Takes a message for one of the fakes, which has checked it.
    pub(crate) fn deliver(&self, about: &About, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let at = (self.clock)();
        let (row, news) = {
            let mut inner = self.lock();
            let number = outgoing.to.expose();
            let mood = inner.moods.get(number).copied().unwrap_or_default();
            let known = inner.by_key.get(&outgoing.idempotency_key).copied();
            if let Some(row) = known.and_then(|index| inner.rows.get(index)).cloned() {
                inner.duplicates += 1;
                (row, None)
            } else {
                refuse(mood, inner.channels_down.contains(&outgoing.channel))?;
                let row = row(outgoing, inner.rows.len() + 1, at);
                if let Some(log) = &mut inner.logs.phones
                    && let Err(error) = log.append(&row)
                {
                    tracing::error!(%error, "fake phones cannot be written");
                    return Err(Failure::Later { retry_after: None });
                }
                inner.add(row.clone());
                let news = about.receipts.then(|| news(&mut inner, &row, mood, at));
                (row, news.flatten())
            }
        };
        if let Some(receipt) = news {
            self.inbox.receipt(receipt);
        }
        Ok(Accepted {
            provider: about.name,
            provider_ref: row.id,
        })
    }
}

/// The receipt to give at once, if the phone gives one; a slow one is kept for later.
fn news(inner: &mut Inner, row: &PhoneRow, mood: Mood, at: Instant) -> Option<Receipt> {
    let delivered = |at| receipt(row, ReceiptState::Delivered, at);
    match mood {
        Mood::Live => Some(delivered(at)),
        Mood::Slow(seconds) => {
            let later = at + Duration::seconds(i64::from(seconds));
            inner.late.push(delivered(later));
            None
        }
        Mood::Off | Mood::Down | Mood::Refuses => None,
    }
}

fn refuse(mood: Mood, channel_down: bool) -> Result<(), Failure> {
    match mood {
        Mood::Refuses => Err(Failure::Never {
            code: "refused".to_owned(),
        }),
        Mood::Down => Err(Failure::Later { retry_after: None }),
        Mood::Live | Mood::Off | Mood::Slow(_) if channel_down => {
            Err(Failure::Later { retry_after: None })
        }
        Mood::Live | Mood::Off | Mood::Slow(_) => Ok(()),
    }
}

fn row(outgoing: &Outgoing, number: usize, at: Instant) -> PhoneRow {
    PhoneRow {
        id: format!("{}-{number:06}", outgoing.channel.code()),
        at: at.timestamp().to_string(),
        channel: outgoing.channel,
        to: outgoing.to.expose().to_owned(),
        owner: outgoing.owner.clone(),
        subject: outgoing.subject.clone(),
        text: outgoing.text.clone(),
        request: outgoing.request.map(|id| id.to_string()),
        tag: outgoing.tag.clone(),
        replaces: outgoing.replaces,
        replaced_by: None,
        key: outgoing.idempotency_key.clone(),
    }
}

fn receipt(row: &PhoneRow, state: ReceiptState, at: Instant) -> Receipt {
    Receipt {
        idempotency_key: row.key.clone(),
        provider: None,
        provider_ref: row.id.clone(),
        state,
        at,
    }
}

fn inbound(reply: &Reply, at: Instant) -> Inbound {
    Inbound {
        provider_ref: reply.id.clone(),
        worded: false,
        channel: Channel::Sms,
        from: Address::new(reply.from.clone()),
        text: reply.text.clone(),
        at,
        kept: Kept::default(),
    }
}

/// Channels whose fakes say when a message arrived.
const fn gives_receipts(channel: Channel) -> bool {
    match channel {
        Channel::Push | Channel::Sms => true,
        Channel::Mail | Channel::Voice | Channel::Mssante => false,
    }
}

fn moment(text: &str) -> Option<Instant> {
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    Some(Instant::from_millis(timestamp.as_millisecond()))
}
