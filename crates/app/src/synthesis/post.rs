//! The messages about a note, and its lines in the journal: sealed to a mailbox, without identity to a member.

use super::TOLD;
use super::compose::Doctor;
use super::sign::Signing;
use crate::app::Who;
use crate::bus::Change;
use crate::chance;
use crate::error::AppError;
use crate::journal;
use crate::outbox::{Body, first_rung, on_lock_screen, rungs_after};
use crate::text::note;
use crate::text::push::Speech;
use relais_core::delivery::MessageStatus;
use relais_core::ids::{MessageId, ProfessionalId};
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::Tx;
use relais_store::messages::{self, Audience, Message};
use relais_store::requests::Stored;
use serde_json::json;

/// How long an operator that does not take a note is asked again (R8): a day, and an hour for the
/// day of a clock change.
const TRIED_FOR: Duration = Duration::hours(25);

/// Tells a member, without identity, that there is something to read.
pub(super) fn tell(
    signing: &Signing<'_>,
    tx: &mut Tx<'_>,
    doctor: ProfessionalId,
    version: u32,
) -> Result<(), AppError> {
    let request = &signing.stored.request;
    let entry = signing.directory.network(request.network)?;
    let Some(person) = signing.directory.person(doctor) else {
        return Ok(());
    };
    let Some((channel, address)) = first_rung(person) else {
        return Ok(());
    };
    let link = format!(
        "{}/syntheses/{}",
        signing.inner.settings.base_url, request.id
    );
    let desk = entry.desk(signing.now);
    let word = |channel| note::told(channel, &desk, &link);
    let written = on_lock_screen(person, channel, Speech::News, word(channel));
    let body = Body {
        subject: written.subject,
        text: written.text,
        tag: Some(request.id.to_string()),
        then: rungs_after(person, channel, word),
        ..Body::default()
    };
    let message = Message {
        id: MessageId::from_bits(chance::id(signing.now)),
        idem_key: format!("{TOLD}:{}:{version}", request.id),
        network: request.network,
        request: Some(request.id),
        kind: TOLD.to_owned(),
        channel: channel.code().to_owned(),
        audience: Audience::Usual,
        owner: person.display_name(),
        recipient_professional: Some(doctor),
        address: Some(address),
        body: body.encode()?,
        status: MessageStatus::Queued,
        due_at: signing.now,
        created_at: signing.now,
        ..Message::default()
    };
    messages::insert(tx, &message)?;
    Ok(())
}

/// A message whose content is sealed elsewhere, to a mailbox of the usual doctor.
pub(crate) fn message(
    stored: &Stored,
    key: String,
    kind: &str,
    doctor: &Doctor,
    mailbox: &str,
    now: Instant,
) -> Message {
    Message {
        id: MessageId::from_bits(chance::id(now)),
        idem_key: key,
        network: stored.request.network,
        request: Some(stored.request.id),
        kind: kind.to_owned(),
        channel: Channel::Mssante.code().to_owned(),
        audience: Audience::Usual,
        owner: doctor.said(),
        recipient_professional: doctor.member,
        address: Some(mailbox.to_owned()),
        // What it says is sealed; nothing of it lies here.
        body: "{\"text\":\"\"}".to_owned(),
        status: MessageStatus::Queued,
        due_at: now,
        created_at: now,
        expires_at: Some(now + TRIED_FOR),
        ..Message::default()
    }
}

/// Writes to the journal what was done with a note, and wakes open pages.
pub(super) fn told(
    tx: &mut Tx<'_>,
    stored: &Stored,
    who: &Who,
    now: Instant,
    act: &str,
    say: &str,
) -> Result<(), AppError> {
    let request = &stored.request;
    let body = json!({ "say": say, "more": serde_json::Value::Null });
    let about = Some((request, stored.patient));
    journal::act(tx, Some(request.network), act, about, None, &body, who, now)?;
    let change = Change {
        network: request.network,
        request: Some(request.id),
        professionals: Some(request.engaged().into_iter().collect()),
        alert: None,
    };
    Ok(tx.notify(change.encode())?)
}
