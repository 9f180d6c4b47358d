//! Posting one message over a kept connection, and waiting for the answer no longer than set.

use super::answer;
use super::client::{agent, is_this_machine, unanswered};
use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::message::{Channel, Outgoing, Urgency};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use std::fmt;
use std::io::Read as _;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Uri;

/// Largest answer read, bytes.
const ANSWER_MAX: u64 = 16 * 1024;

/// A shared secret. Nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for a header or a comparison. Never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// One provider.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name in the configuration: `http`, or `backup`.
    pub name: &'static str,
    /// What it carries.
    pub channel: Channel,
    /// Where messages are posted: `https://…`, or `http://` on this machine.
    pub url: String,
    /// Sent as `Authorization: Bearer …`; none = no such header.
    pub secret: Option<Secret>,
    /// Longest wait for an answer, connection included.
    pub timeout: Duration,
    /// Most messages on their way at once.
    pub in_flight: usize,
}

/// Settings that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not an address.
    #[error("the url is not an address like https://gateway.example/messages")]
    Url,
    /// Messages and secrets would travel in clear.
    #[error("the url starts with https:// (http:// only for this machine)")]
    Clear,
    /// No time to answer, or more than a message's lease allows.
    #[error("the timeout is between 1 and 15 seconds")]
    Timeout,
    /// None, or too many.
    #[error("in_flight is between 1 and 256")]
    InFlight,
    /// Not fit for a header.
    #[error("the secret is one line of printable ASCII")]
    Secret,
}

/// A provider reached over HTTP.
pub struct HttpGateway {
    settings: Settings,
    agent: Agent,
    authorization: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    key: &'a str,
    channel: &'static str,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
    replaces: bool,
    urgency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secure: Option<Secure<'a>>,
}

/// What only a secure mail has, its files in base64.
#[derive(Serialize)]
struct Secure<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    qualified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<&'a str>,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    media_type: &'static str,
    content: String,
}

impl<'a> Secure<'a> {
    fn of(secure: &'a crate::message::Secure) -> Self {
        let files = secure.files.iter().map(|file| File {
            name: &file.name,
            media_type: file.media_type,
            content: STANDARD.encode(&file.bytes),
        });
        Self {
            code: secure.code.as_deref(),
            qualified: secure.qualified,
            answers: secure.answers.as_deref(),
            files: files.collect(),
        }
    }
}

impl HttpGateway {
    /// A provider, not spoken to yet.
    ///
    /// # Errors
    /// [`SettingsError`], by what must be corrected.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let uri: Uri = settings.url.parse().map_err(|_| SettingsError::Url)?;
        let host = uri.host().ok_or(SettingsError::Url)?;
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_this_machine(host) => {}
            _ => return Err(SettingsError::Clear),
        }
        if !(1..=15).contains(&settings.timeout.as_secs()) {
            return Err(SettingsError::Timeout);
        }
        if !(1..=256).contains(&settings.in_flight) {
            return Err(SettingsError::InFlight);
        }
        let authorization = match &settings.secret {
            Some(secret) if !is_header(secret.expose()) => return Err(SettingsError::Secret),
            Some(secret) => Some(format!("Bearer {}", secret.expose())),
            None => None,
        };
        let agent = agent(settings.timeout, settings.in_flight);
        Ok(Self {
            settings,
            agent,
            authorization,
        })
    }

    fn post(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let body = Body {
            key: &outgoing.idempotency_key,
            channel: outgoing.channel.code(),
            to: outgoing.to.expose(),
            subject: outgoing.subject.as_deref(),
            text: &outgoing.text,
            tag: outgoing.tag.as_deref(),
            replaces: outgoing.replaces,
            urgency: match outgoing.urgency {
                Urgency::High => "high",
                Urgency::Normal => "normal",
            },
            ttl_seconds: outgoing.ttl.map(|ttl| ttl.as_millis() / 1_000),
            secure: outgoing.secure.as_deref().map(Secure::of),
        };
        let body = serde_json::to_vec(&body).map_err(|_| Failure::Never {
            code: "not-json".to_owned(),
        })?;
        let mut request = self
            .agent
            .post(&self.settings.url)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", &outgoing.idempotency_key);
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        let mut response = request
            .send(&body)
            .map_err(|error| unanswered(self.settings.name, &error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get("Retry-After");
        let retry_after = retry_after.and_then(|v| v.to_str().ok()).map(str::to_owned);
        let mut said = Vec::new();
        let reader = response.body_mut().as_reader().take(ANSWER_MAX);
        // A body cut short is read as far as it goes: it is then no answer we understand.
        let _cut = std::io::BufReader::new(reader).read_to_end(&mut said);
        answer::read(self.settings.name, status, retry_after.as_deref(), &said)
    }
}

impl Gateway for HttpGateway {
    fn about(&self) -> About {
        About {
            name: self.settings.name,
            channel: self.settings.channel,
            receipts: true,
            replies: self.settings.channel == Channel::Sms,
            idempotent: true,
            max_len: None,
        }
    }

    fn in_flight(&self) -> usize {
        self.settings.in_flight
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        check(&self.about(), outgoing)?;
        self.post(outgoing)
    }
}

fn is_header(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
