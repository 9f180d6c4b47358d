//! The way to somebody, in the map of the telephone that asks: `geo:` where the system opens one; Apple's devices know
//! none, and have addresses of their own. Refuses to say more than a place: no name, no motive.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use relais_core::geo::Point;

use crate::gate::encode;
use crate::web::Web;

/// What the browser says it is; empty when it says nothing. Kept nowhere.
pub(crate) struct Browser(pub(crate) String);

impl FromRequestParts<Web> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        let named = parts.headers.get(header::USER_AGENT);
        let named = named.and_then(|value| value.to_str().ok());
        Ok(Self(named.unwrap_or_default().to_owned()))
    }
}

fn is_apple(browser: &str) -> bool {
    let apple = ["iPhone", "iPad", "iPod", "Macintosh"];
    apple.iter().any(|name| browser.contains(name))
}

/// To a practice, by its address: where the professional is, and nothing of the patient.
pub(crate) fn to_practice(words: &str, browser: &str) -> String {
    if is_apple(browser) {
        format!("https://maps.apple.com/?q={}", encode(words))
    } else {
        format!("geo:0,0?q={}", encode(words))
    }
}

/// To a patient's home: handed to the map itself, never to a web address that a browser would keep.
pub(crate) fn to_home(point: Point, browser: &str) -> String {
    let (lat, lon) = (point.lat(), point.lon());
    if is_apple(browser) {
        format!("maps:?daddr={lat:.5},{lon:.5}")
    } else {
        format!("geo:{lat:.5},{lon:.5}?q={lat:.5},{lon:.5}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 12_5 like Mac OS X) AppleWebKit/605";
    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 6.0.1) AppleWebKit/537 Chrome/49 Mobile";

    #[test]
    fn the_way_opens_the_map_of_the_telephone_that_asks() {
        let words = "12 rue de Paris, Massy";
        assert!(to_practice(words, IPHONE).starts_with("https://maps.apple.com/?q=12%20rue"));
        assert!(to_practice(words, ANDROID).starts_with("geo:0,0?q=12%20rue"));
        assert!(to_practice(words, "").starts_with("geo:"));
    }

    #[test]
    fn a_home_is_told_to_no_web_address() {
        let home = Point::from_degrees(48.71, 2.24).unwrap();
        assert_eq!(to_home(home, IPHONE), "maps:?daddr=48.71000,2.24000");
        for browser in [ANDROID, ""] {
            assert!(to_home(home, browser).starts_with("geo:48.71000,2.24000"));
        }
    }
}
