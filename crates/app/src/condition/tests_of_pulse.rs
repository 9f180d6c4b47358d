//! What a process notices of itself.

use super::facts::ChannelState;
use super::pulse::Pulse;
use crate::clock::Reading;
use relais_core::time::{Duration, Instant};
use relais_gateways::{Accepted, Channel, Failure};

fn at(ms: i64) -> Instant {
    Instant::from_millis(ms)
}

#[test]
fn a_channel_is_down_after_two_messages_not_taken_and_back_with_one_that_is() {
    let pulse = Pulse::default();
    let later = Err(Failure::Later { retry_after: None });
    let taken = Ok(Accepted {
        provider: "sms",
        provider_ref: "1".to_owned(),
    });
    let sms = || pulse.channels()[&Channel::Sms];
    pulse.heard(Channel::Sms, &later, at(10));
    assert_eq!(sms(), ChannelState::Fine, "perhaps one phone's operator");
    pulse.heard(Channel::Push, &taken, at(11));
    pulse.heard(Channel::Sms, &later, at(12));
    assert_eq!(sms(), ChannelState::Down { since: at(10) });
    assert_eq!(pulse.channels()[&Channel::Push], ChannelState::Fine);
    pulse.heard(Channel::Sms, &taken, at(13));
    assert_eq!(sms(), ChannelState::Fine);
    let refused = Err(Failure::Never {
        code: "too-long".to_owned(),
    });
    for answer in [&later, &refused, &later] {
        pulse.heard(Channel::Sms, answer, at(14));
    }
    assert_eq!(sms(), ChannelState::Fine, "a provider that refuses works");
    let unset = Err(Failure::Misconfigured {
        channel: Channel::Mssante,
    });
    pulse.heard(Channel::Mssante, &unset, at(15));
    let state = pulse.channels()[&Channel::Mssante];
    assert_eq!(state, ChannelState::Unset { since: at(15) });
}

#[test]
fn a_wall_that_moves_otherwise_than_the_steady_clock_has_jumped() {
    let pulse = Pulse::default();
    let read = |wall_ms, steady_ms| pulse.clocks(Reading { wall_ms, steady_ms });
    read(1_000_000, 0);
    read(1_003_900, 2_000);
    assert_eq!(pulse.step(), None, "slewing by less than two seconds");
    read(1_015_900, 4_000);
    assert_eq!(pulse.step(), Some((10_000, Duration::ZERO)), "forward");
    read(1_017_900, 6_000);
    assert_eq!(pulse.step(), Some((10_000, Duration::seconds(2))));
    read(1_000_000, 8_000);
    assert_eq!(pulse.step(), Some((-19_900, Duration::ZERO)), "back");
}
