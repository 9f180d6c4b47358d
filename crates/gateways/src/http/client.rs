//! The client every provider reached over HTTP is spoken to with: it keeps connections, verifies
//! certificates, bounds every wait, follows nothing, and says whether what had no answer may have
//! been taken.

use super::answer;
use crate::gateway::Failure;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error, Timeout};

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// Kept connections are dropped after this long without use, before most servers drop them.
const IDLE: Duration = Duration::from_secs(15);

/// One client per provider: it keeps connections, follows nothing, and asks no other host.
#[must_use]
pub fn agent(timeout: Duration, in_flight: usize) -> Agent {
    let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(crypto)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("relais/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(CONNECT.min(timeout)))
        .timeout_global(Some(timeout))
        .max_idle_connections(in_flight)
        .max_idle_connections_per_host(in_flight)
        .max_idle_age(IDLE)
        .max_response_header_size(16 * 1024)
        .build()
        .into()
}

/// No answer. Before the message left, it was surely not taken.
pub(crate) fn unanswered(provider: &'static str, error: &Error) -> Failure {
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => answer::away("unreachable", None),
        Error::HostNotFound => answer::away("unknown-host", None),
        Error::ConnectionFailed => answer::away("unreachable", None),
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            answer::away("unreachable", None)
        }
        Error::Tls(_) | Error::Rustls(_) => answer::away("tls", None),
        Error::Timeout(_) => answer::away("timeout", Some(provider)),
        _ => answer::away("cut", Some(provider)),
    }
}

/// Whether a host is this machine, where nothing travels in clear over a wire.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
