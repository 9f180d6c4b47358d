//! The kinds of provider: which values each wants, which it refuses, and how it is opened.

use anyhow::{Context as _, bail};
use relais_app::clock::Clock;
use relais_gateways::http::{self, Secret};
use relais_gateways::mail::{Protection, Smtp, SmtpSettings};
use relais_gateways::push::{HOSTS, VapidKey, WebPush, WebPushSettings};
use relais_gateways::sms::{
    BASE, Ovh, OvhSettings, ReceiptIds, SMPP, SMPP_QUIET, Smpp, SmppProtection, SmppSettings,
};
use relais_gateways::{Channel, Gateway, HttpGateway, Queue};
use serde::Deserialize;
use std::sync::Arc;

use super::provider::Provider;

/// How a provider is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// The protocol of `docs/reference/gateway.md`.
    #[default]
    Http,
    /// Mail by SMTP submission.
    Smtp,
    /// SMS by OVHcloud.
    Ovh,
    /// SMS by an operator's own message centre, SMPP 3.4.
    Smpp,
    /// Notifications by the push services of the browsers.
    WebPush,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Http, Self::Smtp, Self::Ovh, Self::Smpp, Self::WebPush];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Smtp => relais_gateways::mail::NAME,
            Self::Ovh => relais_gateways::sms::NAME,
            Self::Smpp => SMPP,
            Self::WebPush => relais_gateways::push::NAME,
        }
    }

    pub(super) fn read(text: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|kind| kind.code() == text);
        found.with_context(|| format!("`{text}` is no kind: http, smtp, ovh, smpp or web-push"))
    }

    /// The one channel it carries, when it is made for one.
    const fn channel(self) -> Option<Channel> {
        match self {
            Self::Http => None,
            Self::Smtp => Some(Channel::Mail),
            Self::Ovh | Self::Smpp => Some(Channel::Sms),
            Self::WebPush => Some(Channel::Push),
        }
    }

    /// The values it wants beside those of every kind.
    const fn wants(self) -> &'static [&'static str] {
        match self {
            Self::Http => &["url"],
            Self::Smtp => &["host", "port", "tls", "authority_file", "user", "from"],
            Self::Ovh => &["url", "service", "application", "consumer", "sender"],
            Self::Smpp => &[
                "host",
                "port",
                "tls",
                "authority_file",
                "user",
                "system_type",
                "long_messages",
                "receipt_ids",
                "sender",
            ],
            Self::WebPush => &["contact", "hosts"],
        }
    }

    /// Whether it brings receipts by itself; the others need a secret to call back with.
    pub(super) const fn is_session(self) -> bool {
        matches!(self, Self::Smpp)
    }
}

/// The window of a message centre, when nothing is set: more than most operators allow is refused by them.
const CENTRE_IN_FLIGHT: usize = 10;

impl Provider {
    /// Refuses what could not carry a message of the channel. Secrets in files are not read.
    pub(super) fn check(&self, channel: Channel, name: &'static str) -> anyhow::Result<()> {
        if let Some(only) = self.kind.channel()
            && only != channel
        {
            bail!(
                "kind = \"{}\" carries {} only",
                self.kind.code(),
                only.code()
            );
        }
        let set = [
            ("url", !self.url.is_empty()),
            ("host", !self.host.is_empty()),
            ("port", self.port.is_some()),
            ("tls", !self.tls.is_empty()),
            ("authority_file", self.authority_file.is_some()),
            ("user", !self.user.is_empty()),
            ("system_type", !self.system_type.is_empty()),
            ("long_messages", !self.long_messages.is_empty()),
            ("receipt_ids", !self.receipt_ids.is_empty()),
            ("from", !self.from.is_empty()),
            ("service", !self.service.is_empty()),
            ("application", !self.application.is_empty()),
            (
                "consumer",
                self.consumer.is_some() || self.consumer_file.is_some(),
            ),
            ("sender", !self.sender.is_empty()),
            ("contact", !self.contact.is_empty()),
            ("hosts", !self.hosts.is_empty()),
        ];
        let wanted = self.kind.wants();
        if let Some((strange, _)) = set.iter().find(|(n, is)| *is && !wanted.contains(n)) {
            bail!("{strange} says nothing to kind = \"{}\"", self.kind.code());
        }
        if self.kind == Kind::WebPush && (self.backup.is_some() || name == "backup") {
            bail!("notifications sent by ourselves have no backup: the SMS is theirs");
        }
        match self.kind {
            Kind::Http => {
                HttpGateway::new(self.http(channel, name, None))?;
            }
            Kind::Smtp => {
                Smtp::new(&self.smtp(name, None, None)?)?;
            }
            Kind::Ovh => {
                let nothing = Secret::new(String::new());
                Ovh::new(self.ovh(name, nothing.clone(), nothing, &Clock::system()))?;
                if self.application.is_empty() {
                    bail!("application is the application key");
                }
            }
            Kind::Smpp => {
                let clock = Clock::system();
                self.smpp(name, String::new(), None, &Arc::default(), &clock)?
                    .check()?;
            }
            Kind::WebPush => {
                let sample = VapidKey::generate()?;
                VapidKey::read(&sample, &self.contact)?;
            }
        }
        Ok(())
    }

    /// The provider, ready to be spoken to; its secrets are read here.
    pub(super) fn open(
        &self,
        channel: Channel,
        name: &'static str,
        clock: &Clock,
        inbox: &Arc<Queue>,
    ) -> anyhow::Result<Arc<dyn Gateway>> {
        let secret = self.read_secret()?;
        let needed = |what: &str| secret.clone().with_context(|| format!("{what} is missing"));
        Ok(match self.kind {
            Kind::Http => Arc::new(HttpGateway::new(self.http(channel, name, secret))?),
            Kind::Smtp => {
                let authority = self.authority_file.as_ref().map(std::fs::read);
                let authority = authority.transpose().context("cannot read the authority")?;
                Arc::new(Smtp::new(&self.smtp(name, secret, authority)?)?)
            }
            Kind::Ovh => {
                let secret = Secret::new(needed("secret_file, the application secret,")?);
                let consumer = self.read_consumer()?;
                let consumer = consumer.context("consumer_file, the consumer key, is missing")?;
                let settings = self.ovh(name, secret, Secret::new(consumer), clock);
                Arc::new(Ovh::new(settings)?)
            }
            Kind::Smpp => {
                let authority = self.authority_file.as_ref().map(std::fs::read);
                let authority = authority.transpose().context("cannot read the authority")?;
                let password = needed("secret_file, the password of the account,")?;
                let settings = self.smpp(name, password, authority, inbox, clock)?;
                Arc::new(Smpp::open(settings)?)
            }
            Kind::WebPush => {
                let key = self.vapid()?.context("the push key is missing")?;
                let hosts = if self.hosts.is_empty() {
                    HOSTS.map(str::to_owned).to_vec()
                } else {
                    self.hosts.clone()
                };
                let clock = clock.clone();
                Arc::new(WebPush::new(WebPushSettings {
                    name,
                    key: Arc::new(key),
                    hosts,
                    timeout: self.timeout(),
                    in_flight: self.most(),
                    now: Arc::new(move || clock.now()),
                }))
            }
        })
    }

    /// The key browsers subscribe under; none when notifications are somebody else's business.
    pub(super) fn vapid(&self) -> anyhow::Result<Option<VapidKey>> {
        if self.kind != Kind::WebPush {
            return Ok(None);
        }
        let line = self.read_secret()?;
        let line = line.context("secret_file, the key made by `relais push-key`, is missing")?;
        Ok(Some(VapidKey::read(&line, &self.contact)?))
    }

    /// Where it is, for people, without secrets.
    pub(super) fn shown(&self) -> String {
        let place = match self.kind {
            Kind::Http => self.url.clone(),
            Kind::Smtp => format!("smtp {}:{}", self.host, self.smtp_port()),
            Kind::Ovh => format!("ovh {}", self.service),
            Kind::Smpp => format!("smpp {}:{}", self.host, self.smpp_port()),
            Kind::WebPush => format!("web-push, contact {}", self.contact),
        };
        format!("{place} ({})", self.secret_place())
    }

    fn http(&self, channel: Channel, name: &'static str, secret: Option<String>) -> http::Settings {
        http::Settings {
            name,
            channel,
            url: self.url.clone(),
            secret: secret.map(Secret::new),
            timeout: self.timeout(),
            in_flight: self.most(),
        }
    }

    fn smtp_port(&self) -> u16 {
        let usual = if self.tls == "implicit" { 465 } else { 587 };
        self.port.unwrap_or(usual)
    }

    fn smtp(
        &self,
        name: &'static str,
        secret: Option<String>,
        authority: Option<Vec<u8>>,
    ) -> anyhow::Result<SmtpSettings> {
        let protection = match self.tls.as_str() {
            "" | "starttls" => Protection::StartTls,
            "implicit" => Protection::Implicit,
            "none" => Protection::None,
            other => bail!("tls = \"{other}\": starttls, implicit, or none on this machine"),
        };
        let user = (!self.user.is_empty()).then(|| self.user.clone());
        Ok(SmtpSettings {
            name,
            host: self.host.clone(),
            port: self.smtp_port(),
            protection,
            authority,
            account: user.zip(secret.map(Secret::new)),
            from: self.from.clone(),
            timeout: self.timeout(),
            in_flight: u8::try_from(self.most()).unwrap_or(u8::MAX),
        })
    }

    fn smpp_port(&self) -> u16 {
        let usual = if self.tls == "none" { 2_775 } else { 3_550 };
        self.port.unwrap_or(usual)
    }

    fn smpp(
        &self,
        name: &'static str,
        password: String,
        authority: Option<Vec<u8>>,
        inbox: &Arc<Queue>,
        clock: &Clock,
    ) -> anyhow::Result<SmppSettings> {
        let clock = clock.clone();
        Ok(SmppSettings {
            name,
            host: self.host.clone(),
            port: self.smpp_port(),
            protection: match self.tls.as_str() {
                "" | "implicit" => SmppProtection::Tls { authority },
                "none" => SmppProtection::None,
                other => bail!("tls = \"{other}\": implicit, or none nearby"),
            },
            user: self.user.clone(),
            password: Secret::new(password),
            system_type: self.system_type.clone(),
            sender: self.sender.clone(),
            whole: match self.long_messages.as_str() {
                "" | "parts" => false,
                "whole" => true,
                other => bail!("long_messages = \"{other}\": parts or whole"),
            },
            receipt_ids: match self.receipt_ids.as_str() {
                "" | "same" => ReceiptIds::Same,
                "decimal" => ReceiptIds::Decimal,
                "hexadecimal" => ReceiptIds::Hexadecimal,
                other => bail!("receipt_ids = \"{other}\": same, decimal or hexadecimal"),
            },
            timeout: self.timeout(),
            quiet: SMPP_QUIET,
            in_flight: self.in_flight.unwrap_or(CENTRE_IN_FLIGHT),
            inbox: Arc::clone(inbox) as _,
            now: Arc::new(move || clock.now()),
        })
    }

    fn ovh(
        &self,
        name: &'static str,
        secret: Secret,
        consumer: Secret,
        clock: &Clock,
    ) -> OvhSettings {
        let url = (!self.url.is_empty()).then(|| self.url.clone());
        let clock = clock.clone();
        OvhSettings {
            name,
            base: url.unwrap_or_else(|| BASE.to_owned()),
            service: self.service.clone(),
            application: self.application.clone(),
            secret,
            consumer,
            sender: (!self.sender.is_empty()).then(|| self.sender.clone()),
            timeout: self.timeout(),
            in_flight: self.most(),
            now: Arc::new(move || clock.now()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(channel: Channel, text: &str) -> String {
        let provider: Provider = toml::from_str(text).unwrap();
        let name = provider.kind.code();
        match provider.check(channel, name) {
            Ok(()) => String::new(),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn each_kind_is_taken_with_what_it_wants() {
        let smtp = "kind = \"smtp\"\nhost = \"mail.example\"\nfrom = \"a@b.example\"";
        assert_eq!(refused(Channel::Mail, smtp), "");
        let ovh = "kind = \"ovh\"\nservice = \"sms-ab1-1\"\napplication = \"k\"";
        assert_eq!(refused(Channel::Sms, ovh), "");
        let smpp =
            "kind = \"smpp\"\nhost = \"smsc.example\"\nuser = \"relais\"\nsender = \"38000\"";
        assert_eq!(refused(Channel::Sms, smpp), "");
        let push = "kind = \"web-push\"\ncontact = \"mailto:a@b.example\"";
        assert_eq!(refused(Channel::Push, push), "");
    }

    #[test]
    fn what_a_kind_cannot_use_is_said() {
        let cases = [
            (Channel::Sms, "kind = \"smtp\"", "carries mail only"),
            (
                Channel::Mail,
                "kind = \"smtp\"\nurl = \"x\"",
                "url says nothing",
            ),
            (
                Channel::Mail,
                "kind = \"smtp\"\nhost = \"h\"\nfrom = \"nobody\"",
                "from is an address",
            ),
            (
                Channel::Mail,
                "kind = \"smtp\"\nhost = \"h\"\nfrom = \"a@b.c\"\ntls = \"maybe\"",
                "tls = \"maybe\"",
            ),
            (
                Channel::Mail,
                "kind = \"smtp\"\nhost = \"h\"\nfrom = \"a@b.c\"\ntls = \"none\"",
                "on this machine only",
            ),
            (
                Channel::Sms,
                "kind = \"ovh\"\nservice = \"../x\"",
                "service is",
            ),
            (
                Channel::Sms,
                "kind = \"smpp\"\nhost = \"h.example\"\nuser = \"u\"\nsender = \"38000\"\ntls = \"none\"",
                "or a private address",
            ),
            (
                Channel::Sms,
                "kind = \"smpp\"\nhost = \"h\"\nuser = \"u\"\nsender = \"38000\"\nlong_messages = \"cut\"",
                "parts or whole",
            ),
            (
                Channel::Push,
                "kind = \"web-push\"",
                "the contact of the push key",
            ),
            (
                Channel::Push,
                "kind = \"web-push\"\ncontact = \"mailto:a@b.c\"\n[backup]\nurl = \"https://x/\"",
                "have no backup",
            ),
        ];
        for (channel, text, expected) in cases {
            let said = refused(channel, text);
            assert!(said.contains(expected), "{text}\n{said}");
        }
        assert!(Kind::read("fax").is_err());
    }

    #[test]
    fn a_kind_is_opened_with_its_secrets_and_not_without() {
        let text = "kind = \"web-push\"\ncontact = \"mailto:a@b.example\"";
        let mut push: Provider = toml::from_str(text).unwrap();
        let clock = Clock::system();
        let without = push
            .open(Channel::Push, "web-push", &clock, &Arc::default())
            .map(drop);
        assert!(without.unwrap_err().to_string().contains("push-key"));
        let line = VapidKey::generate().unwrap();
        let variable = |name: &str| (name == "X_SECRET").then(|| line.clone());
        assert!(push.apply("X", &variable).unwrap());
        let open = push
            .open(Channel::Push, "web-push", &clock, &Arc::default())
            .unwrap();
        assert!(open.takes_subscriptions());
        assert_eq!(open.about().name, "web-push");
        assert!(!format!("{push:?} {}", push.shown()).contains(&line));
    }
}
