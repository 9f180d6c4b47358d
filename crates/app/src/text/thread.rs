//! The thread of a request: the notification that something waits in it, in whose quality one
//! writes, the file that is handed over. A notification says neither what nor about whom.

use super::facts::{Desk, Written};
use super::push::{Notice, notice};
use super::sms::fit;
use super::written;
use relais_core::access::ThreadSide;
use relais_gateways::Channel;

/// Tells a reader that a message waits.
pub fn told(channel: Channel, desk: &Desk<'_>, code: &str, link: &str) -> Written {
    let svc = desk.svc;
    let short = || {
        fit([
            format!("{svc}: un message vous attend sur la demande {code}. Le lire: {link}"),
            format!("{svc}: un message vous attend sur la demande {code}, dans l'application."),
        ])
    };
    written(channel, desk, short, || told_notice(desk, code, link))
}

fn told_notice(desk: &Desk<'_>, code: &str, link: &str) -> Notice {
    let sentence = format!("un message vous attend sur la demande {code}.");
    notice(desk, "Message à lire", &sentence, link)
}

/// In whose quality somebody writes.
pub const fn side(side: ThreadSide) -> &'static str {
    match side {
        ThreadSide::Desk => "le réseau",
        ThreadSide::Requester => "demandeur",
        ThreadSide::Accepter => "prend le patient en charge",
        ThreadSide::Usual => "professionnel habituel",
    }
}

/// `2 photos`
pub fn photos(count: u8) -> String {
    match count {
        1 => "1 photo".to_owned(),
        many => format!("{many} photos"),
    }
}
