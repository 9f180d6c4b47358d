//! Text messages by the HTTP API of OVHcloud: each request is signed with three keys and a time.
//!
//! Owns the signature and what the vendor's answer means. Receipts come back by the account's
//! call-back address. Refuses to put more than one number in a job, and any commercial mention.

use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::http::Secret;
use crate::http::answer::{away, seconds};
use crate::http::client::{agent, is_this_machine, unanswered};
use crate::message::{Channel, Outgoing, Urgency};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use relais_core::time::{Duration, Instant};
use serde::{Deserialize, Serialize};
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};
use ureq::Agent;
use ureq::http::Uri;

/// Its name in the configuration.
pub const NAME: &str = "ovh";
/// Where the vendor's European service is.
pub const BASE: &str = "https://eu.api.ovh.com/1.0";
/// Longest text: ten parts.
const TEXT_MAX: usize = 1_530;
/// Largest answer read, bytes.
const ANSWER_MAX: u64 = 64 * 1024;
/// A message nobody waits for is worth nothing after this, minutes.
const VALID_DEFAULT: i64 = 24 * 60;

/// The account.
#[derive(Clone)]
pub struct Settings {
    /// Its name among the providers of its channel: [`NAME`], or `backup`.
    pub name: &'static str,
    /// Where the service is.
    pub base: String,
    /// Name of the SMS account (`sms-ab12345-1`).
    pub service: String,
    /// Application key.
    pub application: String,
    /// Application secret.
    pub secret: Secret,
    /// Consumer key.
    pub consumer: Secret,
    /// Sender shown; none = a number that can be answered.
    pub sender: Option<String>,
    /// Longest wait for an answer.
    pub timeout: std::time::Duration,
    /// Most messages on their way at once.
    pub in_flight: usize,
    /// The clock.
    pub now: Arc<dyn Fn() -> Instant + Send + Sync>,
}

/// Settings that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Messages and keys would travel in clear, or nowhere.
    #[error("the url starts with https:// (http:// only for this machine)")]
    Url,
    /// Not an account.
    #[error("service is the name of the SMS account, like sms-ab12345-1")]
    Service,
    /// Not a sender.
    #[error("sender is 3 to 11 letters and digits, or absent to let people answer")]
    Sender,
    /// No time to answer, or more than a message's lease allows.
    #[error("the timeout is between 1 and 15 seconds")]
    Timeout,
    /// None, or too many.
    #[error("in_flight is between 1 and 256")]
    InFlight,
}

/// The vendor.
pub struct Ovh {
    settings: Settings,
    agent: Agent,
    /// How far the vendor's clock is from ours, seconds; unknown until asked.
    ahead: Mutex<Option<i64>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Job<'a> {
    charset: &'static str,
    class: &'static str,
    coding: &'static str,
    message: &'a str,
    no_stop_clause: bool,
    priority: &'static str,
    receivers: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'a str>,
    sender_for_response: bool,
    tag: &'a str,
    validity_period: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    #[serde(default)]
    ids: Vec<u64>,
    #[serde(default)]
    invalid_receivers: Vec<String>,
}

impl Ovh {
    /// The vendor, not spoken to yet.
    ///
    /// # Errors
    /// [`SettingsError`], by what must be corrected.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let uri: Uri = settings.base.parse().map_err(|_| SettingsError::Url)?;
        match (uri.scheme_str(), uri.host()) {
            (Some("https"), Some(_)) => {}
            (Some("http"), Some(host)) if is_this_machine(host) => {}
            _ => return Err(SettingsError::Url),
        }
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if settings.service.is_empty() || !plain(&settings.service) {
            return Err(SettingsError::Service);
        }
        let sender = settings.sender.as_deref();
        let fits = |text: &str| {
            (3..=11).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if !sender.is_none_or(fits) {
            return Err(SettingsError::Sender);
        }
        if !(1..=15).contains(&settings.timeout.as_secs()) {
            return Err(SettingsError::Timeout);
        }
        if !(1..=256).contains(&settings.in_flight) {
            return Err(SettingsError::InFlight);
        }
        let agent = agent(settings.timeout, settings.in_flight);
        Ok(Self {
            settings,
            agent,
            ahead: Mutex::new(None),
        })
    }

    /// The vendor's time now, seconds: asked once, and again when a signature was refused.
    fn time(&self) -> Result<i64, Failure> {
        let ours = (self.settings.now)().millis() / 1_000;
        let known = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ahead) = known {
            return Ok(ours + ahead);
        }
        let url = format!("{}/auth/time", self.settings.base);
        // Nothing was handed over yet, whatever became of the question.
        let untaken = |failure| match failure {
            Failure::Away { code, .. } => away(code, None),
            other => other,
        };
        let mut response = self
            .agent
            .get(url)
            .call()
            .map_err(|error| untaken(unanswered(self.settings.name, &error)))?;
        let mut said = String::new();
        let reader = response.body_mut().as_reader().take(64);
        let _cut = std::io::BufReader::new(reader).read_to_string(&mut said);
        let theirs: i64 = said.trim().parse().map_err(|_| away("no-time", None))?;
        let mut kept = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(theirs - ours);
        Ok(theirs)
    }

    fn job(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let valid = outgoing.ttl.map_or(VALID_DEFAULT, |ttl| {
            (ttl.as_millis() / 60_000).clamp(1, VALID_DEFAULT)
        });
        let sender = self.settings.sender.as_deref();
        let body = Job {
            charset: "UTF-8",
            class: "phoneDisplay",
            coding: match super::segments(&outgoing.text).encoding {
                super::Encoding::Gsm7 => "7bit",
                super::Encoding::Ucs2 => "8bit",
            },
            message: &outgoing.text,
            no_stop_clause: true,
            priority: match outgoing.urgency {
                Urgency::High => "high",
                Urgency::Normal => "medium",
            },
            receivers: [outgoing.to.expose()],
            sender,
            sender_for_response: sender.is_none(),
            tag: &outgoing.idempotency_key,
            validity_period: valid,
        };
        let body = serde_json::to_string(&body).map_err(|_| Failure::never("not-json"))?;
        let url = format!("{}/sms/{}/jobs", self.settings.base, self.settings.service);
        let time = self.time()?;
        let mut response = self
            .agent
            .post(&url)
            .header("Content-Type", "application/json")
            .header("X-Ovh-Application", &self.settings.application)
            .header("X-Ovh-Consumer", self.settings.consumer.expose())
            .header("X-Ovh-Timestamp", time.to_string())
            .header("X-Ovh-Signature", self.signature(&url, &body, time))
            .send(body.as_bytes())
            .map_err(|error| unanswered(self.settings.name, &error))?;
        let status = response.status().as_u16();
        let wait = response.headers().get("Retry-After");
        let wait = wait
            .and_then(|v| v.to_str().ok())
            .and_then(|t| seconds(Some(t)));
        let mut said = Vec::new();
        let reader = response.body_mut().as_reader().take(ANSWER_MAX);
        let _cut = std::io::BufReader::new(reader).read_to_end(&mut said);
        let answer = understood(self.settings.name, status, wait, &said);
        if matches!(
            answer,
            Err(Failure::Away {
                code: "unauthorised",
                ..
            })
        ) {
            // A clock that moved makes signatures wrong: ask the time again next time.
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        answer
    }

    /// `$1$` and the SHA-1 of secret, consumer, method, address, body and time.
    fn signature(&self, url: &str, body: &str, time: i64) -> String {
        let (secret, consumer) = (&self.settings.secret, &self.settings.consumer);
        let signed = format!(
            "{}+{}+POST+{url}+{body}+{time}",
            secret.expose(),
            consumer.expose()
        );
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, signed.as_bytes());
        let hex: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        format!("$1${hex}")
    }
}

impl Gateway for Ovh {
    fn about(&self) -> About {
        About {
            name: self.settings.name,
            channel: Channel::Sms,
            receipts: true,
            replies: self.settings.sender.is_none(),
            idempotent: false,
            max_len: Some(TEXT_MAX),
        }
    }

    fn in_flight(&self) -> usize {
        self.settings.in_flight
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        check(&self.about(), outgoing)?;
        self.job(outgoing)
    }
}

fn understood(
    provider: &'static str,
    status: u16,
    wait: Option<Duration>,
    body: &[u8],
) -> Result<Accepted, Failure> {
    let perhaps = Some(provider);
    match status {
        200..=299 => {
            let taken: Taken =
                serde_json::from_slice(body).map_err(|_| away("unreadable", perhaps))?;
            match taken.ids.first() {
                Some(id) => Ok(Accepted {
                    provider,
                    provider_ref: id.to_string(),
                }),
                None if !taken.invalid_receivers.is_empty() => {
                    Err(Failure::never("unknown-number"))
                }
                None => Err(away("unreadable", perhaps)),
            }
        }
        429 => Err(Failure::Later {
            retry_after: Some(wait.unwrap_or(Duration::seconds(5))),
        }),
        // No credit left is said so: everything waits, and the people who run the service know.
        402 => Err(away("no-credit", None)),
        401 | 403 => Err(away("unauthorised", None)),
        404 => Err(away("no-such-account", None)),
        400..=499 => Err(Failure::never(&format!("http-{status}"))),
        500..=599 => Err(away("server-error", perhaps)),
        _ => Err(away("not-a-gateway", None)),
    }
}
