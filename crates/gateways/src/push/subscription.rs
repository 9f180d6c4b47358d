//! Where a notification goes: the browsers of one person, each with the keys it gave. It is the
//! form in which `app` writes the address of a push message, read from the store at the last moment.

use crate::message::Address;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most browsers of one person that are told.
pub const DEVICES_MAX: usize = 10;

/// A browser that agreed to be told. Whoever holds it can write to that browser: never for a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Address at the push service.
    pub endpoint: String,
    /// Public key of the browser, base64url.
    pub p256dh: String,
    /// Shared secret of the browser, base64url.
    pub auth: String,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription(hidden)")
    }
}

impl Subscription {
    /// The address of a message to all of these, or `None` without any.
    #[must_use]
    pub fn address(each: &[Self]) -> Option<Address> {
        let each = each.get(..DEVICES_MAX.min(each.len()))?;
        if each.is_empty() {
            return None;
        }
        serde_json::to_string(each).ok().map(Address::new)
    }

    /// What an address holds; `None` when it is another kind of address.
    pub(super) fn read(address: &Address) -> Option<Vec<Self>> {
        serde_json::from_str(address.expose()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(name: &str) -> Subscription {
        Subscription {
            endpoint: format!("https://push.example/{name}"),
            p256dh: "key".to_owned(),
            auth: "auth".to_owned(),
        }
    }

    #[test]
    fn an_address_is_read_back_and_shows_nothing() {
        let both = [subscription("a"), subscription("b")];
        let address = Subscription::address(&both).unwrap();
        assert_eq!(Subscription::read(&address).unwrap(), both);
        assert!(!format!("{both:?} {address:?}").contains("push.example"));
        assert_eq!(Subscription::address(&[]), None);
        assert_eq!(Subscription::read(&Address::new("+33639980001")), None);
    }

    #[test]
    fn no_more_than_the_most_are_told() {
        let many: Vec<_> = (0..30).map(|n| subscription(&n.to_string())).collect();
        let address = Subscription::address(&many).unwrap();
        assert_eq!(Subscription::read(&address).unwrap(), many[..DEVICES_MAX]);
    }
}
