//! Where a message goes, read at the last moment, and the form in which a gateway is given it. A
//! patient's number is in no row of the outbox.

use crate::app::Inner;
use crate::error::AppError;
use crate::holder;
use crate::members::{INVITATION, put_secret_in};
use crate::outbox::Body;
use crate::synthesis::{Carried, carry, is_sealed};
use crate::text::PAGE_MASK;
use crate::visits::QUESTION;
use relais_core::access::delivery_identity;
use relais_core::ids::{PatientId, ProfessionalId};
use relais_core::time::Instant;
use relais_core::wishes::{Line, Reach, Wishes};
use relais_gateways::push::{DEVICES_MAX, Subscription};
use relais_gateways::{Address, Channel, Outgoing, Urgency};
use relais_store::messages::Message;
use relais_store::patients::Identity;
use relais_store::{Tx, patient_wishes, patients, users};

/// Why a message goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nowhere {
    /// There is no address, or it cannot be read (the record was erased).
    Unknown,
    /// The patient does not want it.
    Opposed,
    /// It waits for an answer that a landline cannot give.
    Landline,
}

impl Nowhere {
    /// The code of the failure.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "no-address",
            Self::Opposed => "opposed",
            Self::Landline => "landline",
        }
    }
}

/// Where a message goes, if anywhere.
pub(super) type Where = Result<(Channel, Address), Nowhere>;

/// The number, or why there is none: that message fails visibly, the others go. What a professional is
/// told is addressed without opening anything.
pub(super) fn number_or_none(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
) -> Result<Where, AppError> {
    if message.recipient_patient.is_none() && message.recipient_contact.is_none() {
        return number(inner, tx, message);
    }
    match tx.attempt(|tx| number(inner, tx, message)) {
        Err(error) if !error.is_unavailable() => {
            tracing::error!(%error, message.id = %message.id, "a message has no readable address");
            Ok(Err(Nowhere::Unknown))
        }
        other => other,
    }
}

/// A message with the secret of its link in it, where it gives one: a patient's page, an invitation. Like a patient's
/// number, in no row of the outbox. One that cannot be read fails visibly, the others go.
pub(super) fn opened(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &mut Message,
    now: Instant,
) -> Result<bool, AppError> {
    if !message.body.contains(PAGE_MASK) {
        return Ok(true);
    }
    let put = tx.attempt(|tx| {
        let mut read: Body = serde_json::from_str(&message.body)
            .map_err(|error| AppError::Bug(format!("message body: {error}")))?;
        read.text = match (message.recipient_patient, message.request) {
            (Some(_), Some(request)) => {
                holder::put_in(inner, tx, &read.text, request, message.network, now)?
            }
            _ if message.kind == INVITATION => put_secret_in(inner, &read.text, &message.idem_key)?,
            _ => return Ok(None),
        };
        let body = serde_json::to_string(&read);
        body.map(Some)
            .map_err(|error| AppError::Bug(format!("body: {error}")))
    });
    match put {
        Ok(body) => {
            if let Some(body) = body {
                message.body = body;
            }
            Ok(true)
        }
        Err(error) if !error.is_unavailable() => {
            tracing::error!(%error, message.id = %message.id, "a link cannot be given");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// A patient's number is read here, at the last moment; a landline is called.
fn number(inner: &Inner, tx: &mut Tx<'_>, message: &Message) -> Result<Where, AppError> {
    if let Some(patient) = message.recipient_patient {
        return patient_number(inner, tx, patient, message);
    }
    Ok(other_number(inner, tx, message)?.ok_or(Nowhere::Unknown))
}

fn other_number(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
) -> Result<Option<(Channel, Address)>, AppError> {
    let channel = Channel::from_code(&message.channel);
    if let Some(contact) = message.recipient_contact {
        let phone = crate::contacts::number(inner, tx, contact)?;
        return Ok(channel
            .zip(phone)
            .map(|(c, phone)| (c, Address::new(phone.e164()))));
    }
    let ours = inner.outside.gateways.takes_subscriptions(Channel::Push);
    if channel == Some(Channel::Push)
        && ours
        && let Some(professional) = message.recipient_professional
    {
        return browsers(tx, professional);
    }
    Ok(channel
        .zip(message.address.clone())
        .map(|(c, to)| (c, Address::new(to))))
}

/// The browsers somebody subscribed; without any, what they are told goes by another way.
fn browsers(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
) -> Result<Option<(Channel, Address)>, AppError> {
    let most = u32::try_from(DEVICES_MAX).unwrap_or(u32::MAX);
    let each: Vec<_> = users::list_for_professional(tx, professional, most)?
        .into_iter()
        .map(|device| Subscription {
            endpoint: device.endpoint,
            p256dh: device.p256dh,
            auth: device.auth,
        })
        .collect();
    Ok(Subscription::address(&each).map(|to| (Channel::Push, to)))
}

/// The one door of every message to a patient: what they want is asked here, as it leaves (R6, R7).
fn patient_number(
    inner: &Inner,
    tx: &mut Tx<'_>,
    patient: PatientId,
    message: &Message,
) -> Result<Where, AppError> {
    let Some(request) = message.request else {
        return Ok(Err(Nowhere::Unknown));
    };
    let wishes = patient_wishes::of_patient(tx, patient)?;
    let identity = patients::open(tx, &inner.vault, patient, &delivery_identity(request))?;
    Ok(match reached(&wishes, &identity) {
        None => Err(Nowhere::Opposed),
        Some((Channel::Voice, _)) if message.kind == QUESTION => Err(Nowhere::Landline),
        Some((channel, number)) => Ok((channel, Address::new(number))),
    })
}

/// By which way and at which number news of a patient reach them; none when somebody of the desk calls instead (R7).
pub(crate) fn reached<'i>(wishes: &Wishes, identity: &'i Identity) -> Option<(Channel, &'i str)> {
    let own = identity.phone.expose();
    let carer = identity.carer_phone.as_ref().map(|phone| phone.expose());
    match (wishes.reach(line(own), carer.map(line)), carer) {
        (Reach::Desk, _) => None,
        (Reach::TextCarer, Some(carer)) => Some((Channel::Sms, carer)),
        (Reach::Voice, _) => Some((Channel::Voice, own)),
        (Reach::Text | Reach::TextCarer, _) => Some((Channel::Sms, own)),
    }
}

fn line(e164: &str) -> Line {
    let mobile = crate::phone::Phone::read(e164).is_some_and(|phone| phone.is_mobile());
    if mobile { Line::Mobile } else { Line::Landline }
}

/// What a sealed message carries, or none when it may not leave any more, or cannot be opened: that
/// message fails visibly, the others go.
pub(super) fn carried_or_none(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
) -> Result<Option<Carried>, AppError> {
    if !is_sealed(message) {
        return Ok(None);
    }
    match tx.attempt(|tx| carry(inner, tx, message)) {
        Err(error) if !error.is_unavailable() => {
            tracing::error!(%error, message.id = %message.id, "a sealed message cannot be opened");
            Ok(None)
        }
        other => other,
    }
}

/// The finished message.
pub(super) fn outgoing(
    message: &Message,
    to: Option<(Channel, Address)>,
    carried: Option<Carried>,
) -> Option<Outgoing> {
    let (channel, address) = to?;
    if is_sealed(message) {
        let carried = carried?;
        return Some(Outgoing {
            subject: Some(carried.subject),
            request: message.request,
            secure: Some(Box::new(carried.secure)),
            ttl: message.expires_at.map(|at| at.since(message.created_at)),
            only: perhaps_at(message),
            ..Outgoing::new(
                &message.idem_key,
                channel,
                address,
                &message.owner,
                carried.text,
            )
        });
    }
    let body: Body = serde_json::from_str(&message.body).ok()?;
    let text = match (channel, body.voice) {
        (Channel::Voice, Some(script)) => script,
        _ => body.text,
    };
    Some(Outgoing {
        subject: body.subject,
        tag: body.tag,
        replaces: body.replaces,
        request: message.request,
        offer: message.offer,
        urgency: if message.is_urgent() {
            Urgency::High
        } else {
            Urgency::Normal
        },
        ttl: message.expires_at.map(|at| at.since(message.created_at)),
        only: perhaps_at(message),
        ..Outgoing::new(&message.idem_key, channel, address, &message.owner, text)
    })
}

/// The provider that may have taken a message at an earlier attempt.
fn perhaps_at(message: &Message) -> Option<String> {
    let failure = message.failure.as_deref()?;
    failure
        .split_once('@')
        .map(|(_, provider)| provider.to_owned())
}
