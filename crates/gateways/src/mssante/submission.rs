//! Secure health mail by SMTP submission to an operator: TLS always, a certificate of ours or an
//! account, the headers the space asks for.
//!
//! Owns the form of the mail and what the operator's answer means. Refuses an address outside the
//! space, and to send more than one mail at once: their order is the order of the messages.

use super::is_mailbox;
use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::http::Secret;
use crate::mail::{message_id, understood};
use crate::message::{Channel, Outgoing, Secure};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Identity, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Address, Message, SmtpTransport, Transport as _};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::time::{Duration, SystemTime};

/// Its name in the configuration.
pub const NAME: &str = "mss";

/// How the connection is protected. There is no third way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// TLS before anything is said (port 587).
    StartTls,
    /// TLS from the first byte (port 465).
    Implicit,
}

/// How the operator knows us.
#[derive(Debug, Clone)]
pub enum Auth {
    /// A certificate of ours and its key, PEM. One certificate: an intermediate one is not sent.
    Certificate {
        /// The certificate.
        certificate: Vec<u8>,
        /// Its key.
        key: Secret,
    },
    /// An account.
    Login {
        /// Its name.
        user: String,
        /// Its secret.
        secret: Secret,
    },
}

/// The operator and us.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the server, as in its certificate.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// The authority of the operator's certificate, PEM; none = the machine's.
    pub authority: Option<Vec<u8>>,
    /// How the operator knows us.
    pub auth: Auth,
    /// Our mailbox.
    pub from: String,
    /// The name beside it.
    pub display_name: String,
    /// Reference of the product at the agency (`X-MSS-NIL`).
    pub nil: String,
    /// Asks the reader's software to say that it displayed the mail.
    pub request_mdn: bool,
    /// Largest mail, bytes.
    pub max_bytes: usize,
    /// Longest wait for each step of the conversation.
    pub timeout: Duration,
}

/// Settings that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not a mailbox of the space.
    #[error("from is a mailbox of the secure space, like snp@cpts.mssante.fr")]
    From,
    /// Nobody.
    #[error("display_name says whose mailbox it is, like CPTS Nord Essonne - Soins non programmés")]
    DisplayName,
    /// None.
    #[error("nil is the product's reference, one word of ASCII, sent with every mail")]
    Nil,
    /// Not a certificate.
    #[error("ca_file is a certificate in PEM")]
    Authority,
    /// Not a certificate, or not its key.
    #[error("client_cert is one certificate in PEM and client_key its key in PEM")]
    Certificate,
    /// No time to answer, or more than a message's lease allows.
    #[error("the timeout is between 1 and 15 seconds")]
    Timeout,
    /// Not the name of a folder.
    #[error("the folder is the name of a folder of the mailbox, in plain letters, like INBOX")]
    Folder,
    /// Too small for a note, or more than the space takes.
    #[error("max_bytes is between 100000 and 25000000")]
    Size,
    /// TLS cannot be set up for this name.
    #[error("the host is the name of a server")]
    Host,
}

/// An operator.
pub struct Submission {
    from: Mailbox,
    nil: String,
    request_mdn: bool,
    max_bytes: usize,
    transport: SmtpTransport,
}

impl Submission {
    /// An operator, not spoken to yet.
    ///
    /// # Errors
    /// [`SettingsError`], by what must be corrected.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        if !is_mailbox(&settings.from) {
            return Err(SettingsError::From);
        }
        let address: Address = settings.from.parse().map_err(|_| SettingsError::From)?;
        let name = settings.display_name.trim();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(SettingsError::DisplayName);
        }
        if settings.nil.is_empty() || !settings.nil.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(SettingsError::Nil);
        }
        if !(1..=15).contains(&settings.timeout.as_secs()) {
            return Err(SettingsError::Timeout);
        }
        if !(100_000..=25_000_000).contains(&settings.max_bytes) {
            return Err(SettingsError::Size);
        }
        if settings.host.trim().is_empty() {
            return Err(SettingsError::Host);
        }
        let parameters = parameters(settings)?;
        let tls = match settings.protection {
            Protection::StartTls => Tls::Required(parameters),
            Protection::Implicit => Tls::Wrapper(parameters),
        };
        let mut builder = SmtpTransport::builder_dangerous(&settings.host)
            .port(settings.port)
            .timeout(Some(settings.timeout))
            .pool_config(PoolConfig::new().max_size(1))
            .tls(tls);
        if let Auth::Login { user, secret } = &settings.auth {
            let secret = secret.expose().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), secret));
        }
        Ok(Self {
            from: Mailbox::new(Some(name.to_owned()), address),
            nil: settings.nil.clone(),
            request_mdn: settings.request_mdn,
            max_bytes: settings.max_bytes,
            transport: builder.build(),
        })
    }

    fn message_id(&self, key: &str) -> String {
        message_id(key, self.from.email.domain())
    }

    fn mail(&self, outgoing: &Outgoing, secure: &Secure) -> Result<Message, Failure> {
        let to = outgoing.to.expose().trim();
        if !is_mailbox(to) {
            return Err(Failure::never("not-a-secure-mailbox"));
        }
        let to: Address = to.parse().map_err(|_| Failure::never("bad-address"))?;
        // One line, whatever it was made of: a subject never opens another header.
        let subject: String = outgoing
            .subject
            .as_deref()
            .unwrap_or_default()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let id = self.message_id(&outgoing.idempotency_key);
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .date(instant(secure))
            .message_id(Some(id.clone()))
            .subject(subject)
            .raw_header(header("X-MSS-NIL", &self.nil));
        if let Some(code) = &secure.code {
            let qualified = if secure.qualified { "O" } else { "N" };
            builder = builder
                .raw_header(header("X-MSS-CODECDA", code))
                .raw_header(header("X-MSS-INS", qualified));
        }
        if let Some(earlier) = &secure.answers {
            builder = builder
                .in_reply_to(earlier.clone())
                .references(earlier.clone());
        }
        if self.request_mdn {
            let ours = self.from.email.to_string();
            builder = builder.raw_header(header("Disposition-Notification-To", &ours));
        }
        let text = SinglePart::plain(outgoing.text.clone());
        let made = if secure.files.is_empty() {
            builder.singlepart(text)
        } else {
            let boundary: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
            let mut parts = MultiPart::mixed().boundary(boundary).singlepart(text);
            for file in &secure.files {
                let kind = ContentType::parse(file.media_type)
                    .map_err(|_| Failure::never("not-a-mail"))?;
                let part = Attachment::new(file.name.clone()).body(file.bytes.clone(), kind);
                parts = parts.singlepart(part);
            }
            builder.multipart(parts)
        };
        made.map_err(|_| Failure::never("not-a-mail"))
    }
}

impl Gateway for Submission {
    fn about(&self) -> About {
        About {
            name: NAME,
            channel: Channel::Mssante,
            receipts: false,
            replies: false,
            idempotent: false,
            max_len: None,
        }
    }

    fn in_flight(&self) -> usize {
        1
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        check(&self.about(), outgoing)?;
        let Some(secure) = &outgoing.secure else {
            return Err(Failure::never("not-a-secure-mail"));
        };
        let mail = self.mail(outgoing, secure)?;
        if mail.formatted().len() > self.max_bytes {
            return Err(Failure::never("too-large"));
        }
        self.transport
            .send(&mail)
            .map_err(|error| refused(&error))?;
        Ok(Accepted {
            provider: NAME,
            provider_ref: self.message_id(&outgoing.idempotency_key),
        })
    }
}

/// A full or busy mailbox is that mailbox's business: the operator is not left alone for it.
fn refused(error: &Error) -> Failure {
    let code = error.status().map(|status| status.to_string());
    match code.as_deref() {
        Some("450" | "452") => Failure::Later { retry_after: None },
        _ => understood(NAME, error),
    }
}

fn instant(secure: &Secure) -> SystemTime {
    let millis = u64::try_from(secure.at.millis()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn parameters(settings: &Settings) -> Result<TlsParameters, SettingsError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority {
        let authority = Certificate::from_pem(pem).map_err(|_| SettingsError::Authority)?;
        builder = builder.add_root_certificate(authority);
    }
    if let Auth::Certificate { certificate, key } = &settings.auth {
        // lettre hands what it is given to rustls as it is, which wants DER.
        let der =
            CertificateDer::from_pem_slice(certificate).map_err(|_| SettingsError::Certificate)?;
        let identity = Identity::from_pem(&der, key.expose().as_bytes())
            .map_err(|_| SettingsError::Certificate)?;
        builder = builder.identify_with(identity);
    }
    builder.build().map_err(|_| match settings.auth {
        Auth::Certificate { .. } => SettingsError::Certificate,
        Auth::Login { .. } => SettingsError::Host,
    })
}
