//! What providers bring back over HTTP: receipts and answers. A provider is told yes only once the
//! database has it, so that it calls again otherwise: nothing of it lives in memory.
//!
//! Refuses a caller without a known secret, and news of another channel's messages.

use super::receipts;
use crate::app::App;
use crate::error::AppError;
use crate::phone::Phone;
use crate::tasks::inbound;
use aws_lc_rs::{constant_time, digest};
use relais_gateways::{Address, Channel, Inbound, Kept, Receipt, ReceiptState, sms};

/// Most receipts in one call.
const RECEIPTS_MAX: usize = 1_000;
/// Longest key or reference, bytes.
const KEY_MAX: usize = 200;
/// Longest answer, bytes: ten segments.
const TEXT_MAX: usize = 1_600;

/// A provider that may call, kept by the fingerprint of its secret.
#[derive(Clone)]
pub struct Caller {
    known: Known,
    fingerprint: [u8; 32],
}

impl Caller {
    /// The provider of a channel, by its name in the configuration, that shows this secret.
    pub fn new(channel: Channel, provider: &'static str, secret: &str) -> Self {
        Self {
            known: Known { channel, provider },
            fingerprint: fingerprint(secret),
        }
    }
}

/// A provider that called and is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    channel: Channel,
    provider: &'static str,
}

/// News of one message, as a provider says it.
#[derive(Debug, Clone)]
pub struct News {
    /// The key the message was sent under.
    pub key: String,
    /// The provider's reference.
    pub reference: String,
    /// `delivered`, `seen` or `failed`.
    pub state: String,
}

/// An answer somebody sent, as a provider says it.
#[derive(Clone)]
pub struct Said {
    /// The provider's reference: the same answer may come twice.
    pub reference: String,
    /// The number it came from.
    pub from: String,
    /// What it says.
    pub text: String,
}

impl App {
    /// Who calls, by the secret shown; every known secret is compared, each in constant time.
    pub fn known_caller(&self, secret: &str) -> Option<Known> {
        let shown = fingerprint(secret);
        let mut found = None;
        for caller in &self.outside().callers {
            let same = constant_time::verify_slices_are_equal(&caller.fingerprint, &shown);
            if same.is_ok() {
                found = Some(caller.known);
            }
        }
        found
    }

    /// Writes receipts down. One for a key nobody knows, or twice, changes nothing.
    ///
    /// # Errors
    /// What is wrong with the call; or the database is away, or could not take one of them: to be
    /// called again.
    pub async fn provider_receipts(&self, by: Known, news: Vec<News>) -> Result<(), AppError> {
        if news.len() > RECEIPTS_MAX {
            return Err(AppError::invalid("/receipts", "at most 1000 at once"));
        }
        let now = self.now();
        let mut batch = Vec::with_capacity(news.len());
        for (n, one) in news.into_iter().enumerate() {
            let state = match one.state.as_str() {
                "delivered" => ReceiptState::Delivered,
                "seen" => ReceiptState::Seen,
                "failed" => ReceiptState::Failed,
                _ => {
                    let pointer = format!("/receipts/{n}/state");
                    return Err(AppError::invalid(pointer, "delivered, seen or failed"));
                }
            };
            if one.key.len() > KEY_MAX || one.reference.len() > KEY_MAX {
                return Err(AppError::invalid(format!("/receipts/{n}"), "too long"));
            }
            batch.push(Receipt {
                idempotency_key: one.key,
                provider: None,
                provider_ref: one.reference,
                state,
                at: now,
            });
        }
        self.note_surely(by, batch).await
    }

    async fn note_surely(&self, by: Known, batch: Vec<Receipt>) -> Result<(), AppError> {
        let now = self.now();
        let failed = self
            .write(move |inner, tx| receipts::note(inner, tx, &batch, Some(by.channel), now))
            .await?;
        self.wake();
        if failed.is_empty() {
            return Ok(());
        }
        Err(AppError::Bug(format!(
            "{} receipt(s) could not be noted",
            failed.len()
        )))
    }

    /// Handles an answer, once: what follows from it is in the database when this returns.
    ///
    /// # Errors
    /// As [`App::provider_receipts`].
    pub async fn provider_inbound(&self, by: Known, said: Said) -> Result<(), AppError> {
        let from = Phone::read(&said.from)
            .ok_or_else(|| AppError::invalid("/from", "a number in international form"))?;
        if said.reference.is_empty() || said.reference.len() > KEY_MAX {
            return Err(AppError::invalid("/ref", "1 to 200 characters"));
        }
        if said.text.len() > TEXT_MAX {
            return Err(AppError::invalid("/text", "at most 1600 bytes"));
        }
        let now = self.now();
        let inbound = Inbound {
            provider_ref: format!("{}:{}", by.channel.code(), said.reference),
            worded: false,
            channel: by.channel,
            from: Address::new(from.e164()),
            text: said.text,
            at: now,
            kept: Kept::default(),
        };
        self.write(move |inner, tx| inbound::answer(inner, tx, &inbound, now))
            .await?;
        self.wake();
        Ok(())
    }
}

impl App {
    /// What OVHcloud says of a message it took, as the values of its call: in the database when this
    /// returns, even before the message is. A call that says nothing readable is counted, and taken: the
    /// vendor has nothing better to say.
    ///
    /// # Errors
    /// The database is away, or could not take it: to be called again.
    pub async fn ovh_receipt(&self, by: Known, said: &[(String, String)]) -> Result<(), AppError> {
        let Some(read) = sms::ovh_receipt(said) else {
            self.0.watch.pulse.stranger(1);
            return Ok(());
        };
        let Some(state) = read.state else {
            return Ok(());
        };
        let receipt = Receipt {
            idempotency_key: String::new(),
            provider: Some(by.provider),
            provider_ref: read.reference,
            state,
            at: self.now(),
        };
        self.note_surely(by, vec![receipt]).await
    }

    /// An answer OVHcloud brings, as the values of its call: handled as any other when this returns. One
    /// that cannot be read is counted, and taken.
    ///
    /// # Errors
    /// The database is away, or could not take it: to be called again.
    pub async fn ovh_reply(&self, by: Known, said: &[(String, String)]) -> Result<(), AppError> {
        let Some(read) = sms::ovh_reply(said) else {
            self.0.watch.pulse.stranger(1);
            return Ok(());
        };
        // Without a number of its own, an answer is known by what it says, when it says it.
        let reference = if read.reference.is_empty() {
            let minute = self.now().millis() / 60_000;
            let whole = format!("{}\n{}\n{minute}", read.from, read.text);
            let mark = self.0.vault.mark("inbound", &whole)?;
            format!("{}:{mark}", by.provider)
        } else {
            format!("{}:{}", by.provider, read.reference)
        };
        let said = Said {
            reference,
            from: read.from,
            text: read.text,
        };
        match self.provider_inbound(by, said).await {
            Err(AppError::Invalid(_)) => {
                self.0.watch.pulse.stranger(1);
                Ok(())
            }
            done => done,
        }
    }

    /// How many calls of providers this process could not read, or spoke of no message of ours.
    pub fn strange_calls(&self) -> u64 {
        self.0.watch.pulse.strangers()
    }
}

fn fingerprint(secret: &str) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, secret.as_bytes());
    let mut out = [0; 32];
    out.copy_from_slice(digest.as_ref());
    out
}
