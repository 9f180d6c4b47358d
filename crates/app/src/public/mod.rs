//! The public's door to a network (R1, R2): a form that asks to be called back, and what is told
//! when the network is closed. Owns the questions, what is checked of the answers, the promise of a
//! call back, and the limits that keep one flood from shutting everybody out.
//!
//! Refuses to decide anything: a form becomes an open contact that an operator calls back, never a
//! request by itself. Refuses a form while the network is closed, or where a sign of alarm is said.

pub mod answers;
mod birth;
pub mod closed;
mod flow;
mod key;
mod number;
pub mod place;
pub mod settings;

pub use answers::{Answers, Step};
pub(crate) use flow::source_mark;
pub use flow::{Filling, Saved, Sent};
pub use key::FormKey;

use crate::directory::{Directory, NetworkEntry};
use relais_core::time::{Duration, Instant, Openness};
use std::sync::Arc;

/// Whether the form of a network takes requests now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// It does; what is sent now is called back before this.
    Open {
        /// The promise: never after closing time.
        promised_at: Instant,
    },
    /// Open, but too near closing time to promise: people phone.
    LastMinutes {
        /// When it closes.
        closes_at: Instant,
    },
    /// The network is closed (R1).
    Closed {
        /// When it opens again, within two months.
        opens_at: Option<Instant>,
    },
    /// The network has no form: people phone.
    NoForm,
}

/// Where the door of a network stands.
pub fn door(entry: &NetworkEntry, now: Instant) -> Door {
    let public = &entry.network.extra.public;
    let closes_at = match entry.calendar.openness(now) {
        Openness::Closed => {
            return Door::Closed {
                opens_at: entry.calendar.next_opening(now),
            };
        }
        Openness::Until(closes_at) => Some(closes_at),
        Openness::Always => None,
    };
    if !public.form {
        return Door::NoForm;
    }
    let last = Duration::minutes(public.last_form_minutes.into());
    if let Some(closes_at) = closes_at.filter(|closes_at| closes_at.since(now) < last) {
        return Door::LastMinutes { closes_at };
    }
    let promised = now + Duration::minutes(public.call_back_minutes.into());
    Door::Open {
        promised_at: closes_at.map_or(promised, |closes_at| promised.min(closes_at)),
    }
}

/// The word of a network's public address: its setting, else its code in small letters.
pub fn slug(entry: &NetworkEntry) -> String {
    let network = &entry.network;
    match &network.extra.public.slug {
        Some(slug) => slug.clone(),
        None => network.code.to_ascii_lowercase(),
    }
}

/// The working network of a public address.
pub fn find<'d>(directory: &'d Directory, word: &str) -> Option<&'d Arc<NetworkEntry>> {
    working(directory).find(|entry| slug(entry) == word)
}

/// The network an address that is nobody's was meant for: typed in capitals, or by the network's code before it had a
/// word of its own.
pub fn meant<'d>(directory: &'d Directory, word: &str) -> Option<&'d Arc<NetworkEntry>> {
    let word = word.trim().to_lowercase();
    find(directory, &word).or_else(|| {
        working(directory).find(|entry| entry.network.code.to_ascii_lowercase() == word)
    })
}

/// The networks somebody may turn to.
pub fn working(directory: &Directory) -> impl Iterator<Item = &Arc<NetworkEntry>> {
    directory.networks().filter(|entry| entry.network.active)
}
