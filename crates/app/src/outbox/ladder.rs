//! The ladder of somebody's channels: push, else SMS, else mail, and the rung after one that found
//! no answer (R7).

use super::{LADDER, Note, Post, To, Writer};
use crate::app::Inner;
use crate::directory::Directory;
use crate::error::AppError;
use relais_core::time::Duration;
use relais_gateways::Channel;
use relais_store::Tx;
use relais_store::messages::{Audience, Message};
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
    };
    writer.insert(tx, note)?;
    Ok(true)
}

/// Whether a solicitation that found no answer has another channel to go by.
pub(crate) fn has_next_rung(person: &ProfessionalRow, unanswered: &Message) -> bool {
    rung_after(person, unanswered).is_some()
}

fn rung_after(person: &ProfessionalRow, unanswered: &Message) -> Option<(Channel, String)> {
    let tried = Channel::from_code(&unanswered.channel).unwrap_or(Channel::Mail);
    let later = LADDER.into_iter().filter(|channel| *channel > tried);
    later
        .filter_map(|channel| address(person, channel).map(|to| (channel, to)))
        .next()
}

/// The first channel of somebody's ladder: push, else SMS, else mail (R7).
pub(crate) fn first_rung(person: &ProfessionalRow) -> Option<(Channel, String)> {
    LADDER
        .into_iter()
        .find_map(|channel| address(person, channel).map(|to| (channel, to)))
}

/// Where a channel leads for somebody; `None` when they have or want none.
pub(crate) fn address(person: &ProfessionalRow, channel: Channel) -> Option<String> {
    let channels = person.member.channels;
    match channel {
        Channel::Push if channels.push => Some(
            person
                .alert_number
                .clone()
                .unwrap_or_else(|| person.member.id.to_string()),
        ),
        Channel::Sms if channels.sms => person.alert_number.clone(),
        Channel::Mail if channels.mail => person.mail.clone(),
        Channel::Push | Channel::Sms | Channel::Mail | Channel::Voice | Channel::Mssante => None,
    }
}
