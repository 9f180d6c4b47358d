//! Ordinary mail by SMTP submission: one server, one account, over TLS.
//!
//! Owns the form of a mail and what the server's answer means. Refuses to speak in clear to
//! anything but this machine, and to write a name beside an address.

use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::http::Secret;
use crate::http::answer::away;
use crate::http::client::is_this_machine;
use crate::message::{Channel, Outgoing};
use aws_lc_rs::digest::{SHA256, digest};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Address, Message, SmtpTransport, Transport as _};
use relais_core::time::Duration as Length;
use std::error::Error as _;
use std::time::Duration;

/// Its name in the configuration.
pub const NAME: &str = "smtp";
/// Longest subject, characters.
const SUBJECT_MAX: usize = 200;
/// How long a server that says "not now" without more is left alone.
const LATER: Length = Length::seconds(60);

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// In clear, then TLS before anything is said (port 587).
    StartTls,
    /// TLS from the first byte (port 465).
    Implicit,
    /// In clear: to this machine only.
    None,
}

/// The server and the account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name among the providers of its channel: [`NAME`], or `backup`.
    pub name: &'static str,
    /// Name of the server, as in its certificate.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// An authority of one's own, PEM; none = the machine's.
    pub authority: Option<Vec<u8>>,
    /// Account and its secret, when the server asks.
    pub account: Option<(String, Secret)>,
    /// Who writes: `SNP Essonne Nord <ne-pas-repondre@snp.example>`.
    pub from: String,
    /// Longest wait for each step of the conversation.
    pub timeout: Duration,
    /// Most mails on their way at once.
    pub in_flight: u8,
}

/// Settings that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Mails and secrets would travel in clear.
    #[error("tls = \"none\" is for a server on this machine only")]
    Clear,
    /// Not somebody who can write.
    #[error("from is an address like SNP Essonne <ne-pas-repondre@snp.example>")]
    From,
    /// Not a certificate.
    #[error("the authority is a certificate in PEM")]
    Authority,
    /// No time to answer, or more than a message's lease allows.
    #[error("the timeout is between 1 and 15 seconds")]
    Timeout,
    /// None.
    #[error("in_flight is at least 1")]
    InFlight,
    /// TLS cannot be set up for this name.
    #[error("the host is the name of a server")]
    Host,
}

/// A mail server.
pub struct Smtp {
    name: &'static str,
    from: Mailbox,
    in_flight: u8,
    transport: SmtpTransport,
}

impl Smtp {
    /// A server, not spoken to yet.
    ///
    /// # Errors
    /// [`SettingsError`], by what must be corrected.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let from: Mailbox = settings.from.parse().map_err(|_| SettingsError::From)?;
        if !(1..=15).contains(&settings.timeout.as_secs()) {
            return Err(SettingsError::Timeout);
        }
        if settings.in_flight == 0 {
            return Err(SettingsError::InFlight);
        }
        if settings.host.trim().is_empty() {
            return Err(SettingsError::Host);
        }
        let tls = match settings.protection {
            Protection::None if is_this_machine(&settings.host) => Tls::None,
            Protection::None => return Err(SettingsError::Clear),
            Protection::StartTls => Tls::Required(parameters(settings)?),
            Protection::Implicit => Tls::Wrapper(parameters(settings)?),
        };
        let pool = PoolConfig::new().max_size(u32::from(settings.in_flight));
        let mut builder = SmtpTransport::builder_dangerous(&settings.host)
            .port(settings.port)
            .timeout(Some(settings.timeout))
            .pool_config(pool)
            .tls(tls);
        if let Some((user, secret)) = &settings.account {
            let secret = secret.expose().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), secret));
        }
        Ok(Self {
            name: settings.name,
            from,
            in_flight: settings.in_flight,
            transport: builder.build(),
        })
    }

    fn mail(&self, outgoing: &Outgoing) -> Result<Message, Failure> {
        let to: Address = outgoing
            .to
            .expose()
            .trim()
            .parse()
            .map_err(|_| Failure::never("bad-address"))?;
        // One line, whatever it was made of: a subject never opens another header.
        let subject: String = outgoing
            .subject
            .as_deref()
            .unwrap_or("Relais")
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(SUBJECT_MAX)
            .collect();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(self.message_id(&outgoing.idempotency_key)))
            .header(AutoSubmitted)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(outgoing.text.clone())
            .map_err(|_| Failure::never("not-a-mail"))
    }

    /// The same over every attempt: a server or a reader that knows it shows one mail.
    fn message_id(&self, key: &str) -> String {
        message_id(key, self.from.email.domain())
    }
}

/// `Message-ID` of a key on a domain.
pub(crate) fn message_id(key: &str, domain: &str) -> String {
    let hash = digest(&SHA256, key.as_bytes());
    let short: String = hash
        .as_ref()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("<{short}@{domain}>")
}

impl Gateway for Smtp {
    fn about(&self) -> About {
        About {
            name: self.name,
            channel: Channel::Mail,
            receipts: false,
            replies: false,
            idempotent: false,
            max_len: None,
        }
    }

    fn in_flight(&self) -> usize {
        usize::from(self.in_flight)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        check(&self.about(), outgoing)?;
        let mail = self.mail(outgoing)?;
        self.transport
            .send(&mail)
            .map_err(|error| understood(self.name, &error))?;
        Ok(Accepted {
            provider: self.name,
            provider_ref: self.message_id(&outgoing.idempotency_key),
        })
    }
}

/// Written by a program: nobody's absence message answers it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn parameters(settings: &Settings) -> Result<TlsParameters, SettingsError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority {
        let authority = Certificate::from_pem(pem).map_err(|_| SettingsError::Authority)?;
        builder = builder.add_root_certificate(authority);
    }
    builder.build().map_err(|_| SettingsError::Host)
}

/// A refusal of us is not a refusal of the mail; what had no answer may have been taken.
pub(crate) fn understood(provider: &'static str, error: &Error) -> Failure {
    let code = error.status().map(|status| status.to_string());
    match code.as_deref() {
        Some("530" | "534" | "535" | "538") => return away("unauthorised", None),
        Some("554") if error.is_permanent() => return Failure::never("smtp-554"),
        Some(code) if error.is_permanent() => return Failure::never(&format!("smtp-{code}")),
        Some("421") => return away("unavailable", None),
        Some(_) => {
            return Failure::Later {
                retry_after: Some(LATER),
            };
        }
        None => {}
    }
    if error.is_tls() {
        return away("tls", None);
    }
    if refused(error) {
        return away("unreachable", None);
    }
    if error.is_timeout() {
        return away("timeout", Some(provider));
    }
    if error.is_client() {
        return away("smtp-client", None);
    }
    away("cut", Some(provider))
}

fn refused(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::ConnectionRefused;
        }
        cause = inner.source();
    }
    false
}
