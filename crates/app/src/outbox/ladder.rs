//! The ladder of somebody's channels, in the order they chose (push, else SMS, else mail), the rung after
//! one that found no answer, and what their locked telephone may show (R7).

use super::{Body, Note, Post, Rung, To, Writer};
use crate::app::Inner;
use crate::chance;
use crate::directory::Directory;
use crate::error::AppError;
use crate::text::push::Speech;
use crate::text::{self, Written};
use relais_core::ids::MessageId;
use relais_core::reach::{LockScreen, Way};
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::Tx;
use relais_store::messages::{self, Audience, Message, MessageStatus};
use relais_store::professionals::ProfessionalRow;

/// Writes the next rung of a solicitation nobody acknowledged (R7). `false` when there is none.
pub(crate) fn next_rung(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    post: &Post<'_>,
    unanswered: &Message,
) -> Result<bool, AppError> {
    let (Some(id), Some(offer)) = (unanswered.recipient_professional, unanswered.offer) else {
        return Ok(false);
    };
    let Some(person) = directory.person(id) else {
        return Ok(false);
    };
    let Some((channel, address)) = rung_after(person, unanswered) else {
        return Ok(false);
    };
    let mut writer = Writer::new(inner, directory, post)?;
    let offer = writer.offer(offer)?.clone();
    let code = match person.alert_number.as_deref() {
        Some(number) => writer.code(tx, &offer, number)?,
        None => post.code.to_owned(),
    };
    let written = writer.ask_text(&offer, channel, &code, false);
    let to = To::Professional(person, Audience::Professional, channel, address);
    // The key follows from the message that found no answer: twice gives one.
    let note = Note {
        key: format!("{}:next", unanswered.idem_key),
        kind: "ask",
        offer: Some(offer.id),
        to,
        written,
        voice: None,
        replaces: false,
        wait: Duration::ZERO,
        until: None,
        then: Vec::new(),
        days: Vec::new(),
    };
    writer.insert(tx, note)?;
    Ok(true)
}

/// News that a channel did not carry are told by the next one of the ladder (R7). `false` when there is none.
pub(crate) fn tell_otherwise(
    inner: &Inner,
    tx: &mut Tx<'_>,
    untold: &Message,
    now: Instant,
) -> Result<bool, AppError> {
    let Some(id) = untold.recipient_professional else {
        return Ok(false);
    };
    let mut body: Body = serde_json::from_str(&untold.body)
        .map_err(|error| AppError::Bug(format!("message body: {error}")))?;
    if body.then.is_empty() || messages::get(tx, untold.id)?.is_untrue() {
        return Ok(false);
    }
    let directory = inner.directory.current(tx)?;
    let Some(person) = directory.person(id) else {
        return Ok(false);
    };
    while !body.then.is_empty() {
        let rung = body.then.remove(0);
        let channel = Channel::from_code(&rung.channel);
        let Some(to) = channel.and_then(|channel| address(person, channel)) else {
            continue;
        };
        (body.subject, body.text) = (rung.subject, rung.text);
        body.written_ms.get_or_insert(untold.created_at.millis());
        // The key follows from the message that was not carried: twice gives one.
        let next = Message {
            id: MessageId::from_bits(chance::id(now)),
            idem_key: format!("{}:next", untold.idem_key),
            network: untold.network,
            request: untold.request,
            offer: untold.offer,
            kind: untold.kind.clone(),
            audience: untold.audience,
            owner: untold.owner.clone(),
            recipient_professional: Some(id),
            channel: rung.channel,
            address: Some(to),
            body: body.encode()?,
            status: MessageStatus::Queued,
            due_at: now,
            created_at: now,
            expires_at: untold.expires_at.filter(|until| now < *until),
            ..Message::default()
        };
        messages::insert(tx, &next)?;
        return Ok(true);
    }
    Ok(false)
}

/// News as the other channels of somebody word them, from the one after `first` on.
pub(crate) fn rungs_after(
    person: &ProfessionalRow,
    first: Channel,
    write: impl Fn(Channel) -> Written,
) -> Vec<Rung> {
    let Some(first) = way(first) else {
        return Vec::new();
    };
    rungs(person, person.member.profile.ladder.after(first))
        .map(|(channel, _)| {
            let written = on_lock_screen(person, channel, Speech::News, write(channel));
            Rung {
                channel: channel.code().to_owned(),
                subject: written.subject,
                text: written.text,
            }
        })
        .collect()
}

/// Whether a solicitation that found no answer has another channel to go by.
pub(crate) fn has_next_rung(person: &ProfessionalRow, unanswered: &Message) -> bool {
    rung_after(person, unanswered).is_some()
}

fn rung_after(person: &ProfessionalRow, unanswered: &Message) -> Option<(Channel, String)> {
    let tried = Channel::from_code(&unanswered.channel).unwrap_or(Channel::Mail);
    let later = person.member.profile.ladder.after(way(tried)?);
    rungs(person, later).next()
}

/// The first channel of somebody's ladder: push, else SMS, else mail, unless they chose otherwise (R7).
pub(crate) fn first_rung(person: &ProfessionalRow) -> Option<(Channel, String)> {
    rungs(person, person.member.profile.ladder.ways()).next()
}

fn rungs(
    person: &ProfessionalRow,
    ways: impl Iterator<Item = Way>,
) -> impl Iterator<Item = (Channel, String)> {
    ways.map(channel)
        .filter_map(move |channel| leads(person, channel).map(|to| (channel, to)))
}

const fn channel(way: Way) -> Channel {
    match way {
        Way::Push => Channel::Push,
        Way::Sms => Channel::Sms,
        Way::Mail => Channel::Mail,
    }
}

const fn way(channel: Channel) -> Option<Way> {
    match channel {
        Channel::Push => Some(Way::Push),
        Channel::Sms => Some(Way::Sms),
        Channel::Mail => Some(Way::Mail),
        Channel::Voice | Channel::Mssante => None,
    }
}

/// Where a channel leads for somebody; `None` when they have none, or do not want to be asked by it.
pub(crate) fn address(person: &ProfessionalRow, channel: Channel) -> Option<String> {
    let wanted = way(channel).is_some_and(|way| person.member.profile.ladder.wants(way));
    leads(person, channel).filter(|_| wanted)
}

/// Where a channel leads for somebody, wanted or not: what was told by it is taken back by it.
pub(crate) fn leads(person: &ProfessionalRow, channel: Channel) -> Option<String> {
    match channel {
        Channel::Push if person.has_smartphone => Some(
            person
                .alert_number
                .clone()
                .unwrap_or_else(|| person.member.id.to_string()),
        ),
        Channel::Sms => person.alert_number.clone(),
        Channel::Mail => person.mail.clone(),
        Channel::Push | Channel::Voice | Channel::Mssante => None,
    }
}

/// What a notification about a request says to somebody whose locked telephone shows nothing of it (R6, R7);
/// other channels, and other people, are told in full.
pub(crate) fn on_lock_screen(
    person: &ProfessionalRow,
    channel: Channel,
    speech: Speech,
    written: Written,
) -> Written {
    if channel == Channel::Push && person.member.profile.lock_screen == LockScreen::Nothing {
        text::push::discreet(speech)
    } else {
        written
    }
}
