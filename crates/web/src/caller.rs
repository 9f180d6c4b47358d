//! From which address somebody asks: what limits are counted by, and nothing else. Kept in memory
//! only; never written to a log. Refuses to believe `X-Forwarded-For` from whoever is no proxy of ours.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts};
use http::HeaderMap;
use http::request::Parts;

use crate::web::Web;

/// How wide around an address one looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ring {
    /// One address in IPv4, the /64 of one home in IPv6.
    Home,
    /// The /56 a provider gives one line; none in IPv4.
    Line,
    /// The /48 of one site in IPv6, the /24 in IPv4.
    Site,
}

impl Ring {
    /// From the narrowest.
    pub const ALL: [Self; 3] = [Self::Home, Self::Line, Self::Site];

    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Line => "line",
            Self::Site => "site",
        }
    }
}

/// The address of whoever asks, as keys of limits: its own, and those of the blocks around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    home: String,
    line: Option<String>,
    site: Option<String>,
}

impl Address {
    /// Of an address.
    #[must_use]
    pub fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = ip.octets();
                Self {
                    home: ip.to_string(),
                    line: None,
                    site: Some(format!("{a}.{b}.{c}.0/24")),
                }
            }
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                let block = |d: u16| Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0);
                Self {
                    home: block(d).to_string(),
                    line: Some(format!("{}/56", block(d & 0xff00))),
                    site: Some(format!("{}/48", block(0))),
                }
            }
        }
    }

    /// Of whoever came by no network.
    fn local() -> Self {
        Self {
            home: "local".to_owned(),
            line: None,
            site: None,
        }
    }

    /// The narrowest key: what failures are counted by.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home
    }

    /// The key of a ring; none where there is no such ring.
    #[must_use]
    pub fn ring(&self, ring: Ring) -> Option<&str> {
        match ring {
            Ring::Home => Some(&self.home),
            Ring::Line => self.line.as_deref(),
            Ring::Site => self.site.as_deref(),
        }
    }

    /// The widest key: what shares of a common room are counted by.
    #[must_use]
    pub fn widest(&self) -> &str {
        self.site.as_deref().unwrap_or(&self.home)
    }
}

/// From where somebody asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Address);

impl FromRequestParts<Web> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let peer = Extension::<ConnectInfo<SocketAddr>>::from_request_parts(parts, web).await;
        let peer = peer.ok().map(|info| info.0.0.ip());
        let trusted = &web.site.trusted_proxies;
        Ok(Self(nearest(peer, &parts.headers, trusted)))
    }
}

fn nearest(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> Address {
    let Some(peer) = peer.map(|ip| ip.to_canonical()) else {
        return Address::local();
    };
    let mut nearest = peer;
    if trusted.contains(&peer) {
        // From the nearest to the farthest: the first that is no proxy of ours is who asks.
        let hops = headers.get_all("x-forwarded-for").iter();
        let hops: Vec<&str> = hops
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(','))
            .collect();
        for hop in hops.iter().rev() {
            let Ok(ip) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            nearest = ip.to_canonical();
            if !trusted.contains(&nearest) {
                break;
            }
        }
    }
    Address::of(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn of(peer: &str, forwarded: Option<&'static str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(value) = forwarded {
            headers.insert("x-forwarded-for", HeaderValue::from_static(value));
        }
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let from = nearest(peer.parse().ok(), &headers, &trusted);
        from.home().to_owned()
    }

    #[test]
    fn only_a_proxy_of_ours_says_for_whom_it_asks() {
        assert_eq!(of("198.51.100.7", Some("203.0.113.9")), "198.51.100.7");
        assert_eq!(of("127.0.0.1", Some("203.0.113.9")), "203.0.113.9");
        assert_eq!(
            of("127.0.0.1", Some("6.6.6.6, 203.0.113.9, 10.0.0.2")),
            "203.0.113.9"
        );
        assert_eq!(of("127.0.0.1", Some("203.0.113.9, nonsense")), "127.0.0.1");
        assert_eq!(of("127.0.0.1", None), "127.0.0.1");
        assert_eq!(of("", None), "local");
    }

    #[test]
    fn a_home_has_one_key_whatever_its_device() {
        assert_eq!(
            of("2001:db8:1:2::1", None),
            of("2001:db8:1:2:ffff::9", None)
        );
        assert_ne!(of("2001:db8:1:2::1", None), of("2001:db8:1:3::1", None));
        assert_eq!(of("::ffff:198.51.100.7", None), "198.51.100.7");
    }

    #[test]
    fn an_address_knows_the_blocks_around_it() {
        let rings = |ip: &str| {
            let from = Address::of(ip.parse().unwrap());
            Ring::ALL.map(|ring| from.ring(ring).unwrap_or("-").to_owned())
        };
        assert_eq!(
            rings("2001:db8:1:abcd::7"),
            [
                "2001:db8:1:abcd::",
                "2001:db8:1:ab00::/56",
                "2001:db8:1::/48"
            ]
        );
        assert_eq!(rings("192.0.2.9"), ["192.0.2.9", "-", "192.0.2.0/24"]);
        assert_eq!(Address::local().widest(), "local");
    }
}
