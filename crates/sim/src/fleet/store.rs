//! What the nodes share: rows with their versions and due times, the outbox, the keys of what was
//! already done, the directory with its version. Only a commit changes it; it decides nothing.

use super::fault::joined;
use crate::check::Track;
use crate::world::World;
use relais_core::delivery::MessageStatus;
use relais_core::ids::{OfferId, ProfessionalId};
use relais_core::people::Channels;
use relais_core::request::Request;
use relais_core::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// A request as stored, with what only the observer knows.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Where it stands.
    pub state: Request,
    /// Counts its changes.
    pub version: i64,
    /// When somebody must come back.
    pub due: Option<Instant>,
    /// Since when, in real time, its due time could be met: written down, or a fault ago.
    pub armed: Instant,
    /// Since when, in real time, a change of the directory waits to be looked at.
    pub unread: Option<Instant>,
    /// Who accepted, in order.
    pub accepted: Vec<ProfessionalId>,
    /// How often it was ticked, or looked at again.
    pub ticks: u64,
    /// What the checker remembers.
    pub track: Track,
    /// The latest moment it was decided at.
    pub latest: Instant,
}

/// By which way a message goes, in the order they are tried (R7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Channel {
    /// A notification.
    Push,
    /// A text.
    Sms,
    /// A mail.
    Mail,
}

impl Channel {
    /// Every way, in order.
    pub(super) const ALL: [Self; 3] = [Self::Push, Self::Sms, Self::Mail];

    /// Whether it leads to somebody.
    pub(super) const fn leads(self, channels: Channels) -> bool {
        match self {
            Self::Push => channels.push,
            Self::Sms => channels.sms,
            Self::Mail => channels.mail,
        }
    }

    /// Its name in a story.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Sms => "sms",
            Self::Mail => "mail",
        }
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// "Can you take this patient?"
    Ask,
    /// The request changed, still yours to take.
    Update,
    /// "Pourvu": nothing to do any more.
    Replace,
    /// News of whoever is concerned.
    News,
    /// The answer to an SMS; said = yours.
    Reply {
        /// It says that the patient is theirs.
        yours: bool,
    },
}

/// Who reads a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// A professional.
    Professional(ProfessionalId),
    /// The patient of the request.
    Patient,
    /// Whoever raised it.
    Requester(ProfessionalId),
}

/// The stable key of a message: request, version saved, rank, and what followed from which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// Request.
    pub label: u8,
    /// Version saved, or the reference of the SMS it answers.
    pub version: u64,
    /// Rank among the messages of that change.
    pub rank: u16,
    /// 0, then what followed from which: `:next` and `:gone`, two bits each.
    pub path: u16,
    /// For "pourvu" after a question that left late: which of its attempts, else 0.
    pub attempt: u16,
}

impl Key {
    /// The key of what speaks by the next channel.
    pub(super) const fn next(self) -> Self {
        Self {
            path: self.path * 4 + 1,
            ..self
        }
    }

    /// The key of "pourvu" after an attempt at this one that came late.
    pub(super) fn gone(self, attempt: u32) -> Self {
        Self {
            path: self.path * 4 + 2,
            attempt: u16::try_from(attempt).unwrap_or(u16::MAX),
            ..self
        }
    }

    /// As a number, for draws.
    pub(super) const fn number(self) -> u64 {
        let attempt = (self.attempt as u64) << 40;
        let place =
            attempt | (self.label as u64) << 32 | (self.rank as u64) << 16 | self.path as u64;
        joined(place, self.version)
    }
}

/// Who has a message, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// Which node.
    pub node: usize,
    /// Which life of it.
    pub epoch: u32,
    /// Until when, by its clock.
    pub until: Option<Instant>,
}

/// A message of the outbox, with what only the observer knows.
#[derive(Debug, Clone)]
pub(super) struct Note {
    /// Stable key.
    pub key: Key,
    /// About which request.
    pub label: u8,
    /// About which offer.
    pub offer: Option<OfferId>,
    /// What for.
    pub kind: Kind,
    /// By which way.
    pub channel: Channel,
    /// To whom.
    pub reader: Reader,
    /// Where it stands.
    pub status: MessageStatus,
    /// When it may be sent.
    pub due_at: Instant,
    /// How often it was claimed.
    pub attempts: u32,
    /// Who has it.
    pub claim: Option<Claim>,
    /// Written down.
    pub created_at: Instant,
    /// Taken by a gateway, as recorded.
    pub sent_at: Option<Instant>,
    /// A gateway may have it although it did not say yes.
    pub doubt: bool,
    /// Without a receipt by then, the next channel.
    pub escalate_at: Option<Instant>,
    /// Worth nothing after.
    pub expires_at: Option<Instant>,
    /// What the observer knows.
    pub seen: Observed,
}

/// What the observer knows of a message and no node does.
#[derive(Debug, Clone, Default)]
pub(super) struct Observed {
    /// How often a gateway took it.
    pub taken: u32,
    /// How often it may be taken once more: its process died, or seemed dead, between the
    /// gateway's yes and our record of it.
    pub windows: u32,
    /// A gateway took it and no record of that is committed.
    pub unrecorded: bool,
    /// When a gateway last took it, in real time.
    pub taken_at: Option<Instant>,
    /// The key it was first taken under.
    pub under: Option<u64>,
    /// Receipts a gateway sent of it, true or not.
    pub receipts: u32,
    /// How often it reached its reader.
    pub arrived: u32,
    /// Whether the desk was told that nobody could be reached.
    pub desk: bool,
    /// Since when, in real time, its next step could be made.
    pub armed: Option<Instant>,
}

/// What was answered under a key.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// When the work began, by the clock of its node.
    pub since: Instant,
    /// Which node, in which life.
    pub by: (usize, u32),
    /// The answer, once there is one.
    pub reply: Option<super::people::Reply>,
}

/// The store.
#[derive(Debug, Clone)]
pub(super) struct Store {
    /// The directory, the settings, and what was lately asked of each.
    pub world: World,
    /// Counts the changes of the directory.
    pub directory: u64,
    /// Counts the changes of what was lately asked.
    pub loads: u64,
    /// The requests, by label.
    pub rows: BTreeMap<u8, Row>,
    /// The outbox.
    pub notes: Vec<Note>,
    /// Messages whose life is not over.
    pub waiting: Vec<usize>,
    /// Keys of what was asked.
    pub keys: BTreeMap<u64, Kept>,
    /// References of the SMS answers that were heard.
    pub heard: BTreeSet<u64>,
    /// First of the ids nobody used.
    pub next_id: u128,
}

impl Store {
    /// An empty store over a directory.
    pub(super) fn new(world: World) -> Self {
        Self {
            world,
            directory: 1,
            loads: 1,
            rows: BTreeMap::new(),
            notes: Vec::new(),
            waiting: Vec::new(),
            keys: BTreeMap::new(),
            heard: BTreeSet::new(),
            next_id: 1_000,
        }
    }

    /// Writes a message down, once per key.
    pub(super) fn insert(&mut self, note: Note) -> bool {
        if self.notes.iter().any(|known| known.key == note.key) {
            return false;
        }
        self.waiting.push(self.notes.len());
        self.notes.push(note);
        true
    }

    /// Forgets, among those to look at, the messages nothing more happens to.
    pub(super) fn tidy(&mut self) {
        let notes = &self.notes;
        self.waiting.retain(|index| {
            notes.get(*index).is_some_and(|note| {
                use MessageStatus::{Queued, Sending};
                matches!(note.status, Queued | Sending) || note.escalate_at.is_some()
            })
        });
    }

    /// Loses what was written last of a change: for nodes that write it in a commit of its own.
    pub(super) fn lose(&mut self, label: u8, version: i64) {
        let version = u64::try_from(version).unwrap_or(0);
        while self
            .notes
            .last()
            .is_some_and(|n| (n.key.label, n.key.version) == (label, version))
        {
            self.notes.pop();
        }
        let left = self.notes.len();
        self.waiting.retain(|index| *index < left);
    }

    /// Whether somebody has another way, not tried yet.
    pub(super) fn rung_after(&self, note: &Note) -> Option<Channel> {
        let Reader::Professional(id) = note.reader else {
            return None;
        };
        let channels = self.world.known(id)?.member.channels;
        Channel::ALL
            .into_iter()
            .find(|channel| *channel > note.channel && channel.leads(channels))
    }

    /// The first way to somebody.
    pub(super) fn first_rung(&self, id: ProfessionalId) -> Option<Channel> {
        let channels = self.world.known(id)?.member.channels;
        Channel::ALL
            .into_iter()
            .find(|channel| channel.leads(channels))
    }

    /// Requests that are not over.
    pub(super) fn open(&self) -> impl Iterator<Item = u8> + '_ {
        self.rows
            .iter()
            .filter(|(_, row)| !row.state.is_ended())
            .map(|(label, _)| *label)
    }
}
