//! The providers of each channel: where they are, and with which secret. A channel without a
//! provider fails visibly; a second one carries what the first cannot.

use anyhow::{Context as _, bail};
use relais_app::clock::Clock;
use relais_app::tasks::deliver::Caller;
use relais_gateways::http::{Secret, Settings};
use relais_gateways::{Channel, Gateway, Gateways, Guard, HttpGateway};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for an answer, seconds.
const TIMEOUT_SECONDS: u64 = 10;
/// Most messages on their way to one provider.
const IN_FLIGHT: usize = 32;

/// The providers, by channel.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Section {
    pub(crate) push: Option<Provider>,
    pub(crate) sms: Option<Provider>,
    pub(crate) mail: Option<Provider>,
    pub(crate) voice: Option<Provider>,
    pub(crate) mssante: Option<Provider>,
}

/// A provider, and perhaps a second one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Provider {
    /// Where messages are posted.
    pub(crate) url: String,
    /// File of the secret sent with each message.
    pub(crate) secret_file: Option<PathBuf>,
    /// File of the secret it shows when it brings receipts and answers.
    pub(crate) receipts_secret_file: Option<PathBuf>,
    /// Longest wait for an answer, seconds.
    pub(crate) timeout_seconds: Option<u64>,
    /// Most messages on their way at once.
    pub(crate) in_flight: Option<usize>,
    /// Tried for what this one surely has not taken.
    pub(crate) backup: Option<Box<Provider>>,
    /// The secret itself, from a variable only.
    #[serde(skip)]
    pub(crate) secret: Option<SecretText>,
    /// The secret it shows, from a variable only.
    #[serde(skip)]
    pub(crate) receipts_secret: Option<SecretText>,
}

/// A secret read from a variable: never printed.
#[derive(Clone)]
pub(crate) struct SecretText(String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText(hidden)")
    }
}

/// The values a variable may set, of each provider.
const VALUES: [&str; 7] = [
    "URL",
    "SECRET_FILE",
    "SECRET",
    "RECEIPTS_SECRET_FILE",
    "RECEIPTS_SECRET",
    "TIMEOUT_SECONDS",
    "IN_FLIGHT",
];

/// Shortest secret a provider may show.
const CALLER_SECRET_MIN: usize = 16;

/// Every variable: `RELAIS_GATEWAYS_SMS_URL`, `RELAIS_GATEWAYS_SMS_BACKUP_URL` …
pub(crate) fn variables() -> impl Iterator<Item = String> {
    let places = Channel::ALL.iter().flat_map(|channel| {
        let name = channel.code().to_uppercase();
        [name.clone(), format!("{name}_BACKUP")]
    });
    places.flat_map(|place| VALUES.map(|value| format!("RELAIS_GATEWAYS_{place}_{value}")))
}

impl Section {
    fn place(&mut self, channel: Channel) -> &mut Option<Provider> {
        match channel {
            Channel::Push => &mut self.push,
            Channel::Sms => &mut self.sms,
            Channel::Mail => &mut self.mail,
            Channel::Voice => &mut self.voice,
            Channel::Mssante => &mut self.mssante,
        }
    }

    fn get(&self, channel: Channel) -> Option<&Provider> {
        match channel {
            Channel::Push => self.push.as_ref(),
            Channel::Sms => self.sms.as_ref(),
            Channel::Mail => self.mail.as_ref(),
            Channel::Voice => self.voice.as_ref(),
            Channel::Mssante => self.mssante.as_ref(),
        }
    }

    /// Puts the variables over the file.
    pub(super) fn apply(
        &mut self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<()> {
        for channel in Channel::ALL {
            let name = format!("RELAIS_GATEWAYS_{}", channel.code().to_uppercase());
            let mut first = self.place(*channel).clone().unwrap_or_default();
            let mut second = first.backup.take().map(|b| *b).unwrap_or_default();
            let set = first.apply(&name, variable)?;
            let set_second = second.apply(&format!("{name}_BACKUP"), variable)?;
            let known = self.place(*channel);
            let had_second = known.as_ref().is_some_and(|p| p.backup.is_some());
            if known.is_none() && !set && !set_second {
                continue;
            }
            first.backup = (had_second || set_second).then(|| Box::new(second));
            *known = Some(first);
        }
        Ok(())
    }

    /// Refuses what could not carry a message.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        for (channel, provider) in self.all() {
            let backup = provider.backup.as_deref();
            if backup.is_some_and(|second| second.backup.is_some()) {
                bail!(
                    "gateways.{}.backup has no backup of its own",
                    channel.code()
                );
            }
            for (name, one) in provider.named() {
                let settings = one.settings(channel, name, one.secret.clone().map(|s| s.0));
                HttpGateway::new(settings).with_context(|| place(channel, name))?;
            }
        }
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = (Channel, &Provider)> {
        let each = Channel::ALL.iter();
        each.filter_map(|channel| self.get(*channel).map(|provider| (*channel, provider)))
    }

    /// One line per provider, without secrets, as `relais config check` shows them.
    pub(crate) fn shown(&self) -> Vec<(String, String)> {
        let all = self.all().flat_map(|(channel, provider)| {
            provider.named().map(move |(name, one)| {
                let secret = match (&one.secret, &one.secret_file) {
                    (Some(_), _) => "secret from its variable".to_owned(),
                    (None, Some(path)) => format!("secret in {}", path.display()),
                    (None, None) => "no secret".to_owned(),
                };
                (place(channel, name), format!("{} ({secret})", one.url))
            })
        });
        all.collect()
    }

    /// The providers, ready to be spoken to; their secrets are read here.
    pub(crate) fn open(&self, clock: &Clock) -> anyhow::Result<Gateways> {
        let mut gateways = Gateways::none();
        for (channel, provider) in self.all() {
            let mut each: Vec<Arc<dyn Gateway>> = Vec::new();
            for (name, one) in provider.named() {
                let settings = one.settings(channel, name, one.read_secret()?);
                let gateway = HttpGateway::new(settings).with_context(|| place(channel, name))?;
                each.push(Arc::new(gateway));
            }
            let clock = clock.clone();
            let spread = || u16::from(relais_app::app::new_key()[0]);
            gateways = gateways.with(Arc::new(Guard::new(each, move || clock.now(), spread)));
        }
        Ok(gateways)
    }
}

impl Section {
    /// The providers that may bring receipts and answers, by the secrets they show.
    pub(crate) fn callers(&self) -> anyhow::Result<Vec<Caller>> {
        let mut callers = Vec::new();
        for (channel, provider) in self.all() {
            for (name, one) in provider.named() {
                let Some(secret) = one.read_receipts_secret()? else {
                    continue;
                };
                if secret.len() < CALLER_SECRET_MIN {
                    bail!(
                        "{}: the secret of receipts has {CALLER_SECRET_MIN} characters at least",
                        place(channel, name)
                    );
                }
                callers.push(Caller::new(channel, &secret));
            }
        }
        Ok(callers)
    }
}

fn place(channel: Channel, name: &str) -> String {
    match name {
        "backup" => format!("gateways.{}.backup", channel.code()),
        _ => format!("gateways.{}", channel.code()),
    }
}

impl Provider {
    /// Itself and its backup, with the names providers go by.
    fn named(&self) -> impl Iterator<Item = (&'static str, &Provider)> {
        let second = self.backup.as_deref().map(|second| ("backup", second));
        std::iter::once(("http", self)).chain(second)
    }

    fn apply(
        &mut self,
        name: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<bool> {
        let mut set = false;
        let mut value = |what: &str| {
            let found = variable(&format!("{name}_{what}"));
            set |= found.is_some();
            found
        };
        if let Some(url) = value("URL") {
            self.url = url;
        }
        if let Some(path) = value("SECRET_FILE") {
            self.secret_file = Some(path.into());
        }
        if let Some(secret) = value("SECRET") {
            self.secret = Some(SecretText(secret));
        }
        if let Some(path) = value("RECEIPTS_SECRET_FILE") {
            self.receipts_secret_file = Some(path.into());
        }
        if let Some(secret) = value("RECEIPTS_SECRET") {
            self.receipts_secret = Some(SecretText(secret));
        }
        if let Some(text) = value("TIMEOUT_SECONDS") {
            let seconds = text.parse().ok();
            self.timeout_seconds =
                Some(seconds.with_context(|| format!("{name}_TIMEOUT_SECONDS is a number"))?);
        }
        if let Some(text) = value("IN_FLIGHT") {
            let most = text.parse().ok();
            self.in_flight = Some(most.with_context(|| format!("{name}_IN_FLIGHT is a number"))?);
        }
        Ok(set)
    }

    fn settings(&self, channel: Channel, name: &'static str, secret: Option<String>) -> Settings {
        Settings {
            name,
            channel,
            url: self.url.clone(),
            secret: secret.map(Secret::new),
            timeout: Duration::from_secs(self.timeout_seconds.unwrap_or(TIMEOUT_SECONDS)),
            in_flight: self.in_flight.unwrap_or(IN_FLIGHT),
        }
    }

    fn read_secret(&self) -> anyhow::Result<Option<String>> {
        one_of(self.secret.as_ref(), self.secret_file.as_deref())
    }

    fn read_receipts_secret(&self) -> anyhow::Result<Option<String>> {
        let file = self.receipts_secret_file.as_deref();
        one_of(self.receipts_secret.as_ref(), file)
    }
}

/// The variable's, else the file's.
fn one_of(secret: Option<&SecretText>, file: Option<&Path>) -> anyhow::Result<Option<String>> {
    match (secret, file) {
        (Some(secret), _) => Ok(Some(secret.0.clone())),
        (None, Some(path)) => read(path).map(Some),
        (None, None) => Ok(None),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the gateway's secret {}", path.display()))?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str, variables: &[(&str, &str)]) -> anyhow::Result<Section> {
        let mut section: Section = toml::from_str(text)?;
        let find = |name: &str| {
            let mut all = variables.iter();
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        section.apply(&find)?;
        section.check()?;
        Ok(section)
    }

    #[test]
    fn a_provider_and_its_backup_come_from_the_file_and_the_variables() {
        let file =
            "[sms]\nurl = \"https://a.example/m\"\n[sms.backup]\nurl = \"https://b.example/m\"";
        let set = [
            ("RELAIS_GATEWAYS_SMS_SECRET", "hush"),
            ("RELAIS_GATEWAYS_SMS_BACKUP_IN_FLIGHT", "4"),
            ("RELAIS_GATEWAYS_PUSH_URL", "http://127.0.0.1:9/m"),
        ];
        let section = section(file, &set).unwrap();
        let shown = section.shown();
        let places: Vec<_> = shown.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(
            places,
            ["gateways.push", "gateways.sms", "gateways.sms.backup"]
        );
        assert!(!format!("{section:?} {shown:?}").contains("hush"));
        let gateways = section.open(&Clock::system()).unwrap();
        assert_eq!(gateways.in_flight(Channel::Sms), IN_FLIGHT);
        assert!(gateways.is_configured(Channel::Push));
        assert!(!gateways.is_configured(Channel::Mail));
        let names: Vec<_> = gateways.states(Channel::Sms).into_iter().collect();
        assert_eq!(
            names.iter().map(|s| s.provider).collect::<Vec<_>>(),
            ["http", "backup"]
        );
    }

    #[test]
    fn what_would_travel_in_clear_is_refused() {
        let clear = section("[sms]\nurl = \"http://a.example/m\"", &[]).unwrap_err();
        assert!(format!("{clear:#}").starts_with("gateways.sms: the url starts with https://"));
        let none = section("[mail]\nin_flight = 3", &[]).unwrap_err();
        assert!(format!("{none:#}").starts_with("gateways.mail: the url is not"));
        assert!(section("[sms]\nurl = \"https://a/\"\nretries = 3", &[]).is_err());
    }

    #[test]
    fn every_variable_has_its_name() {
        let all: Vec<_> = variables().collect();
        assert_eq!(all.len(), Channel::ALL.len() * 2 * VALUES.len());
        assert!(all.contains(&"RELAIS_GATEWAYS_MAIL_BACKUP_SECRET_FILE".to_owned()));
    }
}
