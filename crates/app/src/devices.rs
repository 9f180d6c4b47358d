//! The browsers in which somebody agreed to be told of requests: subscribing one, trying it, hearing
//! from it, forgetting it (R7). Refuses browsers that our push provider could never write to.

use crate::app::{App, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use crate::outbox::Body;
use crate::tasks::deliver::note_receipts;
use crate::text::push;
use relais_core::ids::{MessageId, ProfessionalId};
use relais_core::time::{Duration, Instant};
use relais_gateways::push::{DEVICES_MAX, Subscription};
use relais_gateways::{Channel, Receipt, ReceiptState};
use relais_store::messages::{self, Audience, Message, MessageStatus};
use relais_store::users::{self, Device};
use relais_store::{Tx, professionals};
use serde_json::json;

/// Longest address of a push service, bytes.
const ENDPOINT_MAX: usize = 1_000;
/// Longest key, bytes.
const KEY_MAX: usize = 200;
/// Longest name of a browser, characters.
const LABEL_MAX: usize = 60;
/// A trial that has not left by then is not worth sending.
const TRIAL: Duration = Duration::minutes(10);
/// The kind of a trial notification.
const KIND: &str = "trial";

/// What a browser gives when its owner agrees.
#[derive(Clone)]
pub struct SubscriptionDraft {
    /// Its address at the push service.
    pub endpoint: String,
    /// Its public key, base64url.
    pub p256dh: String,
    /// Its shared secret, base64url.
    pub auth: String,
    /// What people call it: `Téléphone Android`.
    pub label: String,
}

/// A browser that may be written to, without the address that lets one write to it.
#[derive(Debug, Clone)]
pub struct KnownDevice {
    /// Which.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Since when.
    pub since: Instant,
    /// When it last showed a notification, by its own word.
    pub proved_at: Option<Instant>,
}

/// Whether notifications lead to somebody: from their first browser on, until the last is forgotten or gone.
fn reached(tx: &mut Tx<'_>, id: ProfessionalId, by_push: bool) -> Result<(), AppError> {
    Ok(professionals::set_reached_by_push(tx, id, by_push)?)
}

/// A push service knows a browser no more. The last one of somebody: they are told by their other channels.
pub(crate) fn gone(tx: &mut Tx<'_>, endpoint: &str, now: Instant) -> Result<(), AppError> {
    users::mark_device_failed(tx, endpoint, now)?;
    let owner = users::find_professional_of_device(tx, endpoint)?;
    if let Some(owner) = owner
        && users::list_for_professional(tx, owner, 1)?.is_empty()
    {
        reached(tx, owner, false)?;
    }
    Ok(())
}

impl App {
    /// The key browsers subscribe under; `None` when notifications are not sent by ourselves.
    #[must_use]
    pub fn push_key(&self) -> Option<&str> {
        self.outside().push_key.as_deref()
    }

    /// The browsers of whoever asks, oldest first.
    ///
    /// # Errors
    /// Nobody is signed in, or the store is away.
    pub async fn devices(&self, who: &Who) -> Result<Vec<KnownDevice>, AppError> {
        let actor = who.signed_in()?;
        let rows = self
            .read(move |_, tx| Ok(users::list_devices(tx, actor.user)?))
            .await?;
        let each = rows.into_iter().map(|row| KnownDevice {
            id: row.id,
            label: row.label,
            since: row.created_at,
            proved_at: row.proved_at,
        });
        Ok(each.collect())
    }

    /// Keeps a browser; the same one again is the same row. Answers whether it is new: a new one is worth a trial.
    ///
    /// # Errors
    /// Not a professional; a browser that could never be written to; one too many.
    pub async fn subscribe(&self, who: &Who, draft: SubscriptionDraft) -> Result<bool, AppError> {
        let (actor, subscriber) = professional(who)?;
        let to = Subscription {
            endpoint: draft.endpoint,
            p256dh: draft.p256dh,
            auth: draft.auth,
        };
        let long = to.endpoint.len() > ENDPOINT_MAX;
        if long || to.p256dh.len() > KEY_MAX || to.auth.len() > KEY_MAX {
            return Err(AppError::invalid(
                "/endpoint",
                "Cet abonnement est trop long.",
            ));
        }
        if let Some(code) = self.outside().gateways.refuses(&to) {
            tracing::warn!(code, "a browser that cannot be written to");
            return Err(AppError::invalid(
                "/endpoint",
                "Les notifications de ce navigateur ne peuvent pas être utilisées ici. Essayez Chrome, Firefox, Safari ou Edge.",
            ));
        }
        let label: String = draft.label.trim().chars().take(LABEL_MAX).collect();
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let known = users::list_devices(tx, actor.user)?;
            let again = known.iter().any(|d| d.endpoint == to.endpoint);
            if !again && known.len() >= DEVICES_MAX {
                return Err(AppError::invalid(
                    "/endpoint",
                    format!("{DEVICES_MAX} appareils au plus\u{a0}: retirez-en un d’abord."),
                ));
            }
            users::insert_device(
                tx,
                &Device {
                    id: format!("psh_{:032x}", chance::id(now)),
                    user: actor.user,
                    endpoint: to.endpoint.clone(),
                    p256dh: to.p256dh.clone(),
                    auth: to.auth.clone(),
                    label: label.clone(),
                    created_at: now,
                    failed_at: None,
                    proved_at: None,
                },
            )?;
            reached(tx, subscriber, true)?;
            if !again {
                let body = json!({ "label": label });
                let network = Some(actor.network);
                journal::act(
                    tx,
                    network,
                    "device.subscribed",
                    None,
                    None,
                    &body,
                    &who,
                    now,
                )?;
            }
            Ok(!again)
        })
        .await
    }

    /// Forgets a browser.
    ///
    /// # Errors
    /// Not one of theirs.
    pub async fn forget_device(&self, who: &Who, id: String) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            if !users::delete_device(tx, &id, actor.user)? {
                return Err(AppError::NotFound);
            }
            if let Some(id) = actor.professional
                && users::list_devices(tx, actor.user)?.is_empty()
            {
                reached(tx, id, false)?;
            }
            let network = Some(actor.network);
            journal::act(
                tx,
                network,
                "device.forgotten",
                None,
                None,
                &json!({}),
                &who,
                now,
            )?;
            Ok(())
        })
        .await
    }

    /// Sends a trial notification to the browsers of whoever asks.
    ///
    /// # Errors
    /// Not a professional, or no browser yet.
    pub async fn try_devices(&self, who: &Who) -> Result<(), AppError> {
        let (actor, professional) = professional(who)?;
        let now = self.now();
        self.write(move |inner, tx| {
            let Some(newest) = users::list_for_professional(tx, professional, 1)?.pop() else {
                return Err(AppError::invalid(
                    "/endpoint",
                    "Activez d’abord les notifications sur cet appareil.",
                ));
            };
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(actor.network)?;
            let desk = entry.desk(now);
            let notice = push::trial(&desk);
            let id = MessageId::from_bits(chance::id(now));
            let body = Body {
                subject: Some(notice.title),
                text: notice.text,
                tag: Some(KIND.to_owned()),
                replaces: true,
                ..Body::default()
            };
            let owner = directory
                .person(professional)
                .map_or_else(String::new, |person| person.display_name());
            messages::insert(
                tx,
                &Message {
                    id,
                    idem_key: format!("trial:{id}"),
                    network: actor.network,
                    kind: KIND.to_owned(),
                    channel: Channel::Push.code().to_owned(),
                    audience: Audience::Professional,
                    owner,
                    recipient_professional: Some(professional),
                    address: Some(newest.id),
                    body: serde_json::to_string(&body)
                        .map_err(|error| AppError::Bug(format!("message body: {error}")))?,
                    status: MessageStatus::Queued,
                    due_at: now,
                    created_at: now,
                    expires_at: Some(now + TRIAL),
                    ..Message::default()
                },
            )?;
            Ok(())
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// A browser says that it showed a notification: its message is delivered, and the browser is
    /// known to work. News of somebody else's message change nothing.
    ///
    /// # Errors
    /// Not a professional, or the store is away.
    pub async fn notified(&self, who: &Who, key: String, endpoint: String) -> Result<(), AppError> {
        let (actor, professional) = professional(who)?;
        if key.len() > KEY_MAX || endpoint.len() > ENDPOINT_MAX {
            return Err(AppError::invalid("/key", "too long"));
        }
        let now = self.now();
        self.write(move |inner, tx| {
            users::mark_device_proved(tx, &endpoint, actor.user, now)?;
            let theirs = messages::find_by_key(tx, &key)?
                .filter(|m| m.recipient_professional == Some(professional))
                .filter(|m| m.channel == Channel::Push.code());
            if theirs.is_some() {
                let receipt = delivered(key.clone(), now);
                let failed = note_receipts(inner, tx, &[receipt], Some(Channel::Push), now)?;
                if !failed.is_empty() {
                    return Err(AppError::Bug("a receipt could not be noted".to_owned()));
                }
            }
            Ok(())
        })
        .await?;
        self.wake();
        Ok(())
    }
}

fn delivered(key: String, at: Instant) -> Receipt {
    Receipt {
        provider: None,
        provider_ref: String::new(),
        idempotency_key: key,
        state: ReceiptState::Delivered,
        at,
    }
}

fn professional(who: &Who) -> Result<(relais_core::access::Actor, ProfessionalId), AppError> {
    let actor = who.signed_in()?;
    let professional = actor.professional.ok_or(AppError::Denied)?;
    Ok((actor, professional))
}
