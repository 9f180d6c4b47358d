//! What moved: the request (or the contacts of a desk) and those whose lists moved with it, and how it travels through the
//! database to every node. Ids only, never content (R6).

use relais_core::ids::{NetworkId, ProfessionalId, RequestId};

/// Most professionals named in one change; more = everybody looks. A wake-up carries 4,000 bytes at
/// most, an id is 30: one more and the whole change would be refused.
const NAMED_MAX: usize = 120;

/// A request changed, or the open contacts of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The network that answers for it.
    pub network: NetworkId,
    /// Which request; none = the open contacts of the network's desk.
    pub request: Option<RequestId>,
    /// The professionals whose list changed with it; `None` = many.
    pub professionals: Option<Vec<ProfessionalId>>,
    /// What the desk should be told aloud, if anything: an alert's code.
    pub alert: Option<String>,
}

impl Change {
    /// The open contacts of a desk moved.
    pub const fn contacts(network: NetworkId, alert: Option<String>) -> Self {
        Self {
            network,
            request: None,
            professionals: Some(Vec::new()),
            alert,
        }
    }

    /// The wake-up payload, sent through the database to every node.
    pub fn encode(&self) -> String {
        let who = match &self.professionals {
            Some(list) if list.len() <= NAMED_MAX => list
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(","),
            Some(_) | None => "*".to_owned(),
        };
        let alert = self.alert.as_deref().unwrap_or("-");
        let request = self
            .request
            .map_or_else(|| "-".to_owned(), |id| id.to_string());
        format!("{} {request} {alert} {who}", self.network)
    }

    /// Reads a payload; `None` when it is not one of ours.
    pub fn decode(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ' ');
        let network = parts.next()?.parse().ok()?;
        let request = match parts.next()? {
            "-" => None,
            id => Some(id.parse().ok()?),
        };
        let alert = Some(parts.next()?).filter(|a| *a != "-").map(str::to_owned);
        let professionals = match parts.next()? {
            "*" => None,
            "" => Some(Vec::new()),
            list => Some(
                list.split(',')
                    .map(str::parse)
                    .collect::<Result<_, _>>()
                    .ok()?,
            ),
        };
        Some(Self {
            network,
            request,
            professionals,
            alert,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_survives_its_payload() {
        for professionals in [None, Some(vec![]), Some(vec![ProfessionalId::from_bits(4)])] {
            let change = Change {
                network: NetworkId::from_bits(1),
                request: Some(RequestId::from_bits(2)),
                professionals,
                alert: Some("taken".to_owned()),
            };
            assert_eq!(Change::decode(&change.encode()), Some(change));
        }
        let desk = Change::contacts(NetworkId::from_bits(1), None);
        assert_eq!(Change::decode(&desk.encode()), Some(desk));
        assert_eq!(Change::decode("hello"), None);
    }

    /// Putting a request to a whole department at once is one change like another.
    #[test]
    fn a_change_that_concerns_many_fits_into_a_wake_up() {
        for count in [1, NAMED_MAX, NAMED_MAX + 1, 140, 5_000] {
            let everyone = (0..count).map(|n| ProfessionalId::from_bits(n as u128));
            let change = Change {
                network: NetworkId::from_bits(u128::MAX),
                request: Some(RequestId::from_bits(u128::MAX)),
                professionals: Some(everyone.collect()),
                alert: Some("needs-a-hand".to_owned()),
            };
            let text = change.encode();
            assert!(text.len() <= 4_000, "{count}: {}", text.len());
            let read = Change::decode(&text).expect("ours");
            assert_eq!(read.professionals.is_some(), count <= NAMED_MAX);
        }
    }
}
