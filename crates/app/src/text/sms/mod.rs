//! Text messages: GSM-7 only, one segment of 160, no health data, no `http://`. A text that would
//! be too long gives up its least useful words first; what it says never changes.

mod patient;
mod professional;
mod replies;

pub use patient::{check_seen, patient, received, reminder};
pub use professional::{accepter, ask, freed, late, replaced, requester, updated, usual};
pub use replies::{ReplyNews, reply};

use super::facts::Desk;
use relais_gateways::sms::{segments, transliterate};

/// Longest name before it is shortened in a text that is too long.
const NAME_MAX: usize = 24;

/// A code for signing in.
pub fn code(desk: &Desk<'_>, code: &str) -> String {
    let svc = desk.svc;
    fit([format!(
        "{svc}: votre code est {code}. Valable 10 minutes. Ne le donnez a personne."
    )])
}

/// The monthly trial of an alert number.
pub fn trial(desk: &Desk<'_>) -> String {
    fit([format!(
        "{}: essai mensuel. Repondez OK. Aucun patient n'attend.",
        desk.svc
    )])
}

/// The first of these texts that fits in one segment, in GSM-7; else the last, split on purpose.
pub(super) fn fit(texts: impl IntoIterator<Item = String>) -> String {
    let mut kept = String::new();
    for text in texts {
        kept = transliterate(&text);
        if segments(&kept).count() <= 1 {
            break;
        }
    }
    kept
}

/// A name cut at a word or a hyphen, with dots; whole when it is short enough.
fn short_name(name: &str) -> String {
    if name.chars().count() <= NAME_MAX {
        return name.to_owned();
    }
    let head: String = name.chars().take(NAME_MAX - 2).collect();
    let end = head
        .rfind([' ', '-'])
        .filter(|end| *end > NAME_MAX / 2)
        .unwrap_or(head.len());
    let cut = head.get(..end).unwrap_or(&head);
    format!("{cut}...")
}

/// A link without its scheme: shorter, and `http://` never stands in a text.
fn bare(link: &str) -> &str {
    link.split_once("://").map_or(link, |(_, rest)| rest)
}
