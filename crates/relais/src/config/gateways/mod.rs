//! The providers of each channel: where they are, and with which secret. A channel without a
//! provider fails visibly; a second one carries what the first cannot.

mod kind;
mod provider;

use anyhow::{Context as _, bail};
use kind::Kind;
use provider::Provider;
use relais_app::clock::Clock;
use relais_app::tasks::deliver::Caller;
use relais_gateways::push::VapidKey;
use relais_gateways::{Channel, Gateway, Gateways, Guard, Queue};
use serde::Deserialize;
use std::sync::Arc;

/// Shortest secret a provider may show.
const CALLER_SECRET_MIN: usize = 16;

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

/// Every variable: `RELAIS_GATEWAYS_SMS_URL`, `RELAIS_GATEWAYS_SMS_BACKUP_URL` …
pub(crate) fn variables() -> impl Iterator<Item = String> {
    let places = Channel::ALL.iter().flat_map(|channel| {
        let name = channel.code().to_uppercase();
        [name.clone(), format!("{name}_BACKUP")]
    });
    places
        .flat_map(|place| provider::VALUES.map(|value| format!("RELAIS_GATEWAYS_{place}_{value}")))
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
                one.check(channel, name)
                    .with_context(|| place(channel, name))?;
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
            provider
                .named()
                .map(move |(name, one)| (place(channel, name), one.shown()))
        });
        all.collect()
    }

    /// The providers, ready to be spoken to; their secrets are read here.
    pub(crate) fn open(
        &self,
        clock: &Clock,
        inbox: &Arc<Queue>,
        secure: Option<Arc<dyn Gateway>>,
    ) -> anyhow::Result<Gateways> {
        let mut gateways = Gateways::none();
        let guarded = |each| {
            let clock = clock.clone();
            let spread = || u16::from(relais_app::app::new_key()[0]);
            Arc::new(Guard::new(each, move || clock.now(), spread))
        };
        if let Some(secure) = secure {
            gateways = gateways.with(guarded(vec![secure]));
        }
        for (channel, provider) in self.all() {
            let mut each: Vec<Arc<dyn Gateway>> = Vec::new();
            for (name, one) in provider.named() {
                let gateway = one
                    .open(channel, name, clock, inbox)
                    .with_context(|| place(channel, name))?;
                each.push(gateway);
            }
            gateways = gateways.with(guarded(each));
        }
        Ok(gateways)
    }
}

impl Section {
    /// The key browsers subscribe under, when notifications are sent by ourselves.
    pub(crate) fn vapid(&self) -> anyhow::Result<Option<VapidKey>> {
        let push = self.push.as_ref();
        push.map_or(Ok(None), Provider::vapid)
    }

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
                if one.kind == Kind::Ovh && !is_path(&secret) {
                    bail!(
                        "{}: OVHcloud shows the secret of receipts in an address: letters, digits, - and _ only",
                        place(channel, name)
                    );
                }
                callers.push(Caller::new(channel, name, &secret));
            }
        }
        Ok(callers)
    }
}

/// Fit for an address without being written otherwise.
fn is_path(secret: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    secret.bytes().all(plain)
}

impl Section {
    /// The providers of SMS that bring receipts: one whose receipts stop is doubted.
    pub(crate) fn receipted(&self) -> anyhow::Result<Vec<(Channel, &'static str)>> {
        let mut all = Vec::new();
        for (name, one) in self.sms.iter().flat_map(Provider::named) {
            if one.kind.is_session() || one.read_receipts_secret()?.is_some() {
                all.push((Channel::Sms, name));
            }
        }
        Ok(all)
    }
}

fn place(channel: Channel, name: &str) -> String {
    match name {
        "backup" => format!("gateways.{}.backup", channel.code()),
        _ => format!("gateways.{}", channel.code()),
    }
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
        let gateways = section
            .open(&Clock::system(), &Arc::default(), None)
            .unwrap();
        assert_eq!(gateways.in_flight(Channel::Sms), provider::IN_FLIGHT);
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
    fn who_calls_back_and_whose_silence_is_noticed() {
        let file = "[sms]\nkind = \"ovh\"\nservice = \"sms-a-1\"\napplication = \"k\"\n\
            [sms.backup]\nkind = \"smpp\"\nhost = \"smsc.example\"\nuser = \"u\"\nsender = \"38000\"";
        let silent = section(file, &[]).unwrap();
        assert_eq!(silent.receipted().unwrap(), [(Channel::Sms, "backup")]);
        let secret = |secret| section(file, &[("RELAIS_GATEWAYS_SMS_RECEIPTS_SECRET", secret)]);
        let heard = secret("abcdefghij_klmno-42").unwrap();
        assert_eq!(heard.callers().unwrap().len(), 1);
        assert_eq!(heard.receipted().unwrap().len(), 2);
        let odd = secret("not/fit for an address").unwrap().callers();
        assert!(
            odd.map(drop)
                .unwrap_err()
                .to_string()
                .contains("letters, digits")
        );
    }

    #[test]
    fn every_variable_has_its_name() {
        let all: Vec<_> = variables().collect();
        assert_eq!(all.len(), Channel::ALL.len() * 2 * provider::VALUES.len());
        assert!(all.contains(&"RELAIS_GATEWAYS_MAIL_BACKUP_SECRET_FILE".to_owned()));
    }
}
