//! What moved, told to the pages that are open: ids only, never content (R6). Lowers latency and
//! nothing else: a page that missed one fetches what stands.

use relais_core::ids::{NetworkId, ProfessionalId, RequestId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::broadcast;

/// Most professionals named in one change; more = everybody looks.
const NAMED_MAX: usize = 150;

/// A request changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The network that answers for it.
    pub network: NetworkId,
    /// Which request.
    pub request: RequestId,
    /// The professionals whose list changed with it; `None` = many.
    pub professionals: Option<Vec<ProfessionalId>>,
    /// What the desk should be told aloud, if anything: an alert's code.
    pub alert: Option<String>,
}

impl Change {
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
        format!("{} {} {alert} {who}", self.network, self.request)
    }

    /// Reads a payload; `None` when it is not one of ours.
    pub fn decode(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ' ');
        let network = parts.next()?.parse().ok()?;
        let request = parts.next()?.parse().ok()?;
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

/// What a listener gets.
#[derive(Debug, Clone)]
pub enum News {
    /// Something changed.
    Changed(Arc<Change>),
    /// Some news may have been missed: look at everything again.
    Resync,
}

/// News with its number, strictly increasing in a process.
#[derive(Debug, Clone)]
pub struct Numbered {
    /// The number.
    pub seq: u64,
    /// The news.
    pub news: News,
}

/// The process's bus.
#[derive(Debug, Clone)]
pub struct Bus {
    sender: broadcast::Sender<Numbered>,
    seq: Arc<AtomicU64>,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(1_024).0,
            seq: Arc::new(AtomicU64::new(1)),
        }
    }
}

impl Bus {
    /// Tells everybody who listens.
    pub fn tell(&self, news: News) {
        let seq = self.seq.fetch_add(1, Ordering::Relaxed);
        // Nobody listening is fine.
        let _ = self.sender.send(Numbered { seq, news });
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Numbered> {
        self.sender.subscribe()
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
                request: RequestId::from_bits(2),
                professionals,
                alert: Some("taken".to_owned()),
            };
            assert_eq!(Change::decode(&change.encode()), Some(change));
        }
        assert_eq!(Change::decode("hello"), None);
    }
}
