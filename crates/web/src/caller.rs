//! From which address somebody asks: what limits are counted by, and nothing else. Kept in memory
//! only; never written to a log. Refuses to believe `X-Forwarded-For` from whoever is no proxy of ours.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts};
use http::HeaderMap;
use http::request::Parts;

use crate::web::Web;

/// The address of whoever asks, as a key of limits: whole in IPv4, the /64 of one home in IPv6.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) String);

impl FromRequestParts<Web> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let peer = Extension::<ConnectInfo<SocketAddr>>::from_request_parts(parts, web).await;
        let peer = peer.ok().map(|info| info.0.0.ip());
        Ok(Self(key(peer, &parts.headers, &web.site.trusted_proxies)))
    }
}

fn key(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> String {
    let Some(peer) = peer.map(|ip| ip.to_canonical()) else {
        return "local".to_owned();
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
    match nearest {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
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
        key(peer.parse().ok(), &headers, &trusted)
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
}
