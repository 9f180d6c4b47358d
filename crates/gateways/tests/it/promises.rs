//! The contract of providers, and that it catches one that breaks it.

use crate::setup::{Setup, message};
use relais_gateways::none::Unconfigured;
use relais_gateways::sms::FakeSms;
use relais_gateways::{About, Accepted, Channel, Failure, Gateway, Gateways, Outgoing, contract};
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn every_fake_keeps_the_contract() {
    for channel in Channel::ALL {
        let setup = Setup::in_memory();
        let all = Gateways::fake(&setup.world);
        let sample = message("key", *channel, "SNP91: un message");
        assert_eq!(
            contract::holds(&One(&all, *channel), &sample),
            Ok(()),
            "{channel:?}"
        );
        assert!(all.is_configured(*channel));
    }
}

/// One channel of the registry, as a gateway.
struct One<'a>(&'a Gateways, Channel);

impl Gateway for One<'_> {
    fn about(&self) -> About {
        self.0.about(self.1)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        // The registry would pick another provider for another channel: ask this one.
        relais_gateways::gateway::check(&self.about(), outgoing)?;
        self.0.send(outgoing)
    }
}

/// Gives a new reference each time, whatever the key.
struct Forgetful(AtomicU32);

impl Gateway for Forgetful {
    fn about(&self) -> About {
        About {
            name: "forgetful",
            ..Unconfigured(Channel::Sms).about()
        }
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        relais_gateways::gateway::check(&self.about(), outgoing)?;
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Accepted {
            provider: "forgetful",
            provider_ref: number.to_string(),
        })
    }
}

#[test]
fn the_contract_sees_a_provider_that_sends_twice_or_nothing() {
    let sample = message("key", Channel::Sms, "SNP91: un message");
    let broken = contract::holds(&Forgetful(AtomicU32::new(0)), &sample);
    assert_eq!(
        broken,
        Err("the same key gave another reference".to_owned())
    );
    assert!(contract::holds(&Unconfigured(Channel::Sms), &sample).is_err());
}

#[test]
fn without_configuration_every_channel_fails_visibly() {
    let none = Gateways::none();
    for channel in Channel::ALL {
        let answer = none.send(&message("key", *channel, "un message"));
        assert_eq!(answer, Err(Failure::Misconfigured { channel: *channel }));
        assert!(!none.is_configured(*channel));
    }
    let with_sms = none.with(std::sync::Arc::new(FakeSms::new(Setup::in_memory().world)));
    let configured: Vec<_> = Channel::ALL
        .iter()
        .filter(|c| with_sms.is_configured(**c))
        .collect();
    assert_eq!(configured, [&Channel::Sms]);
}

#[test]
fn an_sms_of_five_segments_is_refused_for_good() {
    let gateways = Gateways::fake(&Setup::in_memory().world);
    let send = |length| gateways.send(&message("key", Channel::Sms, &"ê".repeat(length)));
    assert!(send(4 * 67).is_ok());
    let gateways = Gateways::fake(&Setup::in_memory().world);
    let code = "too-long".to_owned();
    let long = gateways.send(&message("key", Channel::Sms, &"ê".repeat(4 * 67 + 1)));
    assert_eq!(long, Err(Failure::Never { code }));
}
