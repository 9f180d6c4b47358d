//! Networks whose open requests should be looked at again (R4.11): somebody is free again, or a change of the directory
//! met a database that was away. Kept in memory: what a process forgets as it dies is looked at when the next one starts.
//!
//! What a transaction finds out is noted twice: at once, and by a wake-up that PostgreSQL lets out when the transaction has
//! committed. A look between the two sees nothing, and the second note makes another. Looking twice changes nothing.

use crate::app::Inner;
use crate::error::AppError;
use relais_core::ids::NetworkId;
use relais_store::Tx;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How the wake-up begins.
const SAID: &str = "again ";

/// The networks to look at again.
#[derive(Debug, Default)]
pub(crate) struct LookAgain(Mutex<BTreeSet<NetworkId>>);

impl LookAgain {
    /// Its open requests should be looked at.
    pub(crate) fn note(&self, network: NetworkId) {
        self.held().insert(network);
    }

    /// Those since the last call.
    pub(crate) fn take(&self) -> Vec<NetworkId> {
        std::mem::take(&mut *self.held()).into_iter().collect()
    }

    /// Reads a wake-up; `false` when it is another.
    pub(crate) fn heard(&self, text: &str) -> bool {
        let network = text.strip_prefix(SAID).map(str::parse);
        if let Some(Ok(network)) = network {
            self.note(network);
        }
        network.is_some()
    }

    fn held(&self) -> MutexGuard<'_, BTreeSet<NetworkId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The open requests of a network should be looked at once this transaction is done.
pub(crate) fn note(inner: &Inner, tx: &mut Tx<'_>, network: NetworkId) -> Result<(), AppError> {
    inner.look_again.note(network);
    Ok(tx.notify(format!("{SAID}{network}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_looked_at_once_for_all_that_was_said_of_it() {
        let again = LookAgain::default();
        let (one, other) = (NetworkId::from_bits(1), NetworkId::from_bits(2));
        again.note(other);
        assert!(again.heard(&format!("{SAID}{one}")));
        assert!(again.heard(&format!("{SAID}{other}")));
        assert!(again.heard("again and again"), "ours, though unreadable");
        assert!(!again.heard("ended session 1"));
        assert_eq!(again.take(), [one, other]);
        assert!(again.take().is_empty());
    }
}
