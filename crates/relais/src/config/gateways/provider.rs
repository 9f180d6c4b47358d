//! One provider as the file and the variables say it: every value any kind may have, and the door
//! its secrets come through. Which values a kind wants is in [`super::kind`].

use anyhow::Context as _;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::kind::Kind;

/// Longest wait for an answer, seconds.
const TIMEOUT_SECONDS: u64 = 10;
/// Most messages on their way to one provider.
pub(super) const IN_FLIGHT: usize = 32;

/// A provider, and perhaps a second one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Provider {
    /// How it is spoken to.
    pub(super) kind: Kind,
    /// `http`, `ovh`: where messages are posted.
    pub(super) url: String,
    /// `smtp`, `smpp`: name of the server.
    pub(super) host: String,
    /// `smtp`, `smpp`: its port.
    pub(super) port: Option<u16>,
    /// `smtp`: `starttls`, `implicit`, or `none` on this machine. `smpp`: `implicit`, or `none` nearby.
    pub(super) tls: String,
    /// `smtp`, `smpp`: file of an authority of one's own, PEM.
    pub(super) authority_file: Option<PathBuf>,
    /// `smtp`, `smpp`: the account, when the server asks.
    pub(super) user: String,
    /// `smpp`: what some operators want beside the account.
    pub(super) system_type: String,
    /// `smpp`: `parts` or `whole`.
    pub(super) long_messages: String,
    /// `smpp`: `same`, `decimal` or `hexadecimal`.
    pub(super) receipt_ids: String,
    /// `smtp`: who writes.
    pub(super) from: String,
    /// `ovh`: name of the SMS account.
    pub(super) service: String,
    /// `ovh`: application key.
    pub(super) application: String,
    /// `ovh`: file of the consumer key.
    pub(super) consumer_file: Option<PathBuf>,
    /// `ovh`: sender shown; absent = a number that can be answered. `smpp`: sender shown.
    pub(super) sender: String,
    /// `web-push`: whom a push service writes to.
    pub(super) contact: String,
    /// `web-push`: hosts that may be spoken to.
    pub(super) hosts: Vec<String>,
    /// File of the secret: sent with each message, of the account, or the push key.
    pub(super) secret_file: Option<PathBuf>,
    /// File of the secret it shows when it brings receipts and answers.
    pub(super) receipts_secret_file: Option<PathBuf>,
    /// Longest wait for an answer, seconds.
    pub(super) timeout_seconds: Option<u64>,
    /// Most messages on their way at once.
    pub(super) in_flight: Option<usize>,
    /// Tried for what this one surely has not taken.
    pub(super) backup: Option<Box<Provider>>,
    /// The secret itself, from a variable only.
    #[serde(skip)]
    pub(super) secret: Option<SecretText>,
    /// The consumer key itself, from a variable only.
    #[serde(skip)]
    pub(super) consumer: Option<SecretText>,
    /// The secret it shows, from a variable only.
    #[serde(skip)]
    pub(super) receipts_secret: Option<SecretText>,
}

/// A secret read from a variable: never printed.
#[derive(Clone)]
pub(crate) struct SecretText(String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(hidden)")
    }
}

/// The values a variable may set, of each provider.
pub(super) const VALUES: [&str; 24] = [
    "KIND",
    "URL",
    "HOST",
    "PORT",
    "TLS",
    "AUTHORITY_FILE",
    "USER",
    "SYSTEM_TYPE",
    "LONG_MESSAGES",
    "RECEIPT_IDS",
    "FROM",
    "SERVICE",
    "APPLICATION",
    "CONSUMER_FILE",
    "CONSUMER",
    "SENDER",
    "CONTACT",
    "HOSTS",
    "SECRET_FILE",
    "SECRET",
    "RECEIPTS_SECRET_FILE",
    "RECEIPTS_SECRET",
    "TIMEOUT_SECONDS",
    "IN_FLIGHT",
];

impl Provider {
    /// Itself and its backup, with the names providers go by.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &Self)> {
        let second = self.backup.as_deref().map(|second| ("backup", second));
        std::iter::once((self.kind.code(), self)).chain(second)
    }

    /// Puts the variables over the file; says whether one was there.
    pub(super) fn apply(
        &mut self,
        name: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<bool> {
        let mut set = false;
        for value in VALUES {
            let place = format!("{name}_{value}");
            if let Some(text) = variable(&place) {
                self.set(value, text).context(place)?;
                set = true;
            }
        }
        Ok(set)
    }

    fn set(&mut self, value: &str, text: String) -> anyhow::Result<()> {
        match value {
            "KIND" => self.kind = Kind::read(&text)?,
            "URL" => self.url = text,
            "HOST" => self.host = text,
            "PORT" => self.port = Some(number(&text)?),
            "TLS" => self.tls = text,
            "AUTHORITY_FILE" => self.authority_file = Some(text.into()),
            "USER" => self.user = text,
            "SYSTEM_TYPE" => self.system_type = text,
            "LONG_MESSAGES" => self.long_messages = text,
            "RECEIPT_IDS" => self.receipt_ids = text,
            "FROM" => self.from = text,
            "SERVICE" => self.service = text,
            "APPLICATION" => self.application = text,
            "CONSUMER_FILE" => self.consumer_file = Some(text.into()),
            "CONSUMER" => self.consumer = Some(SecretText(text)),
            "SENDER" => self.sender = text,
            "CONTACT" => self.contact = text,
            "HOSTS" => {
                let each = text
                    .split(',')
                    .map(str::trim)
                    .filter(|host| !host.is_empty());
                self.hosts = each.map(str::to_owned).collect();
            }
            "SECRET_FILE" => self.secret_file = Some(text.into()),
            "SECRET" => self.secret = Some(SecretText(text)),
            "RECEIPTS_SECRET_FILE" => self.receipts_secret_file = Some(text.into()),
            "RECEIPTS_SECRET" => self.receipts_secret = Some(SecretText(text)),
            "TIMEOUT_SECONDS" => self.timeout_seconds = Some(number(&text)?),
            "IN_FLIGHT" => self.in_flight = Some(number(&text)?),
            other => anyhow::bail!("{other} is no value of a provider"),
        }
        Ok(())
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.unwrap_or(TIMEOUT_SECONDS))
    }

    pub(super) fn most(&self) -> usize {
        self.in_flight.unwrap_or(IN_FLIGHT)
    }

    /// Where its secret comes from, for people.
    pub(super) fn secret_place(&self) -> String {
        match (&self.secret, &self.secret_file) {
            (Some(_), _) => "secret from its variable".to_owned(),
            (None, Some(path)) => format!("secret in {}", path.display()),
            (None, None) => "no secret".to_owned(),
        }
    }

    pub(super) fn read_secret(&self) -> anyhow::Result<Option<String>> {
        one_of(self.secret.as_ref(), self.secret_file.as_deref())
    }

    pub(super) fn read_consumer(&self) -> anyhow::Result<Option<String>> {
        one_of(self.consumer.as_ref(), self.consumer_file.as_deref())
    }

    pub(super) fn read_receipts_secret(&self) -> anyhow::Result<Option<String>> {
        let file = self.receipts_secret_file.as_deref();
        one_of(self.receipts_secret.as_ref(), file)
    }
}

fn number<N: std::str::FromStr>(text: &str) -> anyhow::Result<N> {
    text.parse()
        .map_err(|_| anyhow::anyhow!("`{text}` is not a number that fits"))
}

/// The variable's, else the file's.
fn one_of(secret: Option<&SecretText>, file: Option<&Path>) -> anyhow::Result<Option<String>> {
    match (secret, file) {
        (Some(secret), _) => Ok(Some(secret.0.clone())),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the gateway's secret {}", path.display()))?;
            Ok(Some(text.trim().to_owned()))
        }
        (None, None) => Ok(None),
    }
}
