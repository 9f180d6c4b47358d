//! The messages of a sign-up, written in the transaction that causes them. A code in the outbox is
//! worth nothing without the browser it was asked from.

use super::body::Body;
use super::codes::CodesBy;
use crate::app::Inner;
use crate::chance;
use crate::directory::NetworkEntry;
use crate::error::AppError;
use crate::outbox::{self, first_rung};
use crate::text::{self, Written};
use relais_core::ids::{ApplicationId, MessageId, ProfessionalId};
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::Tx;
use relais_store::messages::{self, Audience, Message, MessageStatus};
use relais_store::professionals::ProfessionalRow;

/// News that nobody could carry for two days is old.
pub(super) const NEWS: Duration = Duration::hours(48);
/// A code is good for ten minutes.
const CODE: Duration = Duration::minutes(10);

/// One message to write.
pub(crate) struct Letter<'l> {
    pub(crate) entry: &'l NetworkEntry,
    pub(crate) key: String,
    pub(crate) kind: &'static str,
    pub(crate) owner: String,
    pub(crate) channel: Channel,
    pub(crate) address: String,
    pub(crate) member: Option<ProfessionalId>,
    pub(crate) written: Written,
    pub(crate) life: Duration,
}

pub(crate) fn post(tx: &mut Tx<'_>, letter: Letter<'_>, now: Instant) -> Result<(), AppError> {
    let body = outbox::Body {
        subject: letter.written.subject,
        text: letter.written.text,
        ..outbox::Body::default()
    };
    let message = Message {
        id: MessageId::from_bits(chance::id(now)),
        idem_key: letter.key,
        network: letter.entry.network.id,
        kind: letter.kind.to_owned(),
        channel: letter.channel.code().to_owned(),
        audience: Audience::Professional,
        owner: letter.owner,
        address: Some(letter.address),
        recipient_professional: letter.member,
        body: body.encode()?,
        status: MessageStatus::Queued,
        due_at: now,
        created_at: now,
        expires_at: Some(now + letter.life),
        ..Message::default()
    };
    messages::insert(tx, &message)?;
    Ok(())
}

/// New codes for what is not proved yet; by a call, the mobile's alone.
pub(super) fn codes(
    inner: &Inner,
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    id: ApplicationId,
    body: &mut Body,
    by: CodesBy,
    now: Instant,
) -> Result<(), AppError> {
    let (desk, n) = (entry.desk(now), body.sendings);
    let letter = |channel: Channel, address: &str, written| Letter {
        entry,
        key: format!("{id}:{}:{n}", channel.code()),
        kind: "signup-code",
        owner: "Inscription".to_owned(),
        channel,
        address: address.to_owned(),
        member: None,
        written,
        life: CODE,
    };
    if !body.sms_code.proved {
        let code = body.sms_code.renew(inner, id, "sms", now)?;
        let (channel, text) = match by {
            CodesBy::Messages => (Channel::Sms, text::sms::code(&desk, &code)),
            CodesBy::Call => (Channel::Voice, text::voice::code(&desk, &code)),
        };
        let written = Written {
            subject: None,
            text,
        };
        post(tx, letter(channel, &body.phone, written), now)?;
    }
    let mail = body.mail_code.as_mut().filter(|proof| !proof.proved);
    if let Some(proof) = mail.filter(|_| by == CodesBy::Messages) {
        let code = proof.renew(inner, id, "mail", now)?;
        let written = text::signup::code(&desk, &code);
        post(tx, letter(Channel::Mail, &body.mail, written), now)?;
    }
    Ok(())
}

/// The coordinator's answer, by SMS and by mail.
pub(super) fn answer(
    inner: &Inner,
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    id: ApplicationId,
    body: &Body,
    now: Instant,
    written: impl Fn(Channel) -> Written,
) -> Result<(), AppError> {
    let mut ways = vec![(Channel::Sms, body.phone.clone())];
    if super::mail_works(inner) {
        ways.push((Channel::Mail, body.mail.clone()));
    }
    for (channel, address) in ways {
        let letter = Letter {
            entry,
            key: format!("{id}:answer:{}", channel.code()),
            kind: "signup-answer",
            owner: format!("{} {}", body.first_name, body.last_name),
            channel,
            address,
            member: None,
            written: written(channel),
            life: NEWS,
        };
        post(tx, letter, now)?;
    }
    Ok(())
}

/// Something told to a member, by their own first channel; nothing when they have none.
pub(crate) fn tell_member(
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    person: &ProfessionalRow,
    key: String,
    now: Instant,
    written: impl Fn(Channel) -> Written,
) -> Result<(), AppError> {
    let Some((channel, address)) = first_rung(person) else {
        return Ok(());
    };
    let letter = Letter {
        entry,
        key,
        kind: "signup-news",
        owner: person.display_name(),
        channel,
        address,
        member: Some(person.member.id),
        written: written(channel),
        life: NEWS,
    };
    post(tx, letter, now)
}
