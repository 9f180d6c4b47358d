//! Networks whose open requests should be looked at again (R4.11): somebody is free again, or the directory changed. What
//! asks for a look is a row, in the transaction of the change: the process that made it looks at once, and where that one
//! died or stopped before it had, another does after a while. Looking twice changes nothing. Owns no timer.

use crate::app::{App, Inner};
use crate::chance;
use crate::error::AppError;
use relais_core::ids::NetworkId;
use relais_core::time::{Duration, Instant};
use relais_store::{Tx, look_again};
use std::collections::BTreeMap;
use tokio::sync::Notify;

/// How the wake-up begins.
const SAID: &str = "again";
/// What another process asked for is left to it so long.
const LEFT_TO_OTHERS: Duration = Duration::seconds(10);
/// Changes seen in one look: those that come after are seen in the next.
const MOST: u32 = 1_000;

/// Wakes the look of this process: latency only.
#[derive(Debug, Default)]
pub(crate) struct LookAgain(pub(crate) Notify);

impl LookAgain {
    /// Reads a wake-up; `false` when it is another.
    pub(crate) fn heard(&self, text: &str) -> bool {
        let ours = text == SAID;
        if ours {
            self.0.notify_waiters();
        }
        ours
    }
}

/// The open requests of these networks are looked at once this transaction is done: whoever makes the change does not
/// wait for it.
pub(crate) fn note(
    inner: &Inner,
    tx: &mut Tx<'_>,
    networks: &[NetworkId],
    now: Instant,
) -> Result<(), AppError> {
    let (node, at) = (inner.watch.id(), inner.wall.now());
    for network in networks {
        let id = format!("look_{:032x}", chance::id(now));
        look_again::ask(tx, &id, *network, node, at)?;
    }
    Ok(tx.notify(SAID.to_owned())?)
}

impl App {
    /// Looks where a change asked for it. What fails is tried again at the next look, and holds no deadline.
    pub(crate) async fn look_again_where_asked(&self) {
        let (me, before) = (
            self.0.watch.id().to_owned(),
            self.wall_now() - LEFT_TO_OTHERS,
        );
        let asked = self.read(move |_, tx| Ok(look_again::list(tx, &me, before, MOST)?));
        let asked = match asked.await {
            Ok(asked) => asked,
            Err(error) => {
                tracing::warn!(%error, "open requests wait for the database");
                return;
            }
        };
        let mut by_network: BTreeMap<NetworkId, Vec<String>> = BTreeMap::new();
        for (id, network) in asked {
            by_network.entry(network).or_default().push(id);
        }
        for (network, ids) in by_network {
            let looked = match self.reconsider(vec![network]).await {
                Ok(()) => {
                    self.write(move |_, tx| Ok(look_again::done(tx, &ids)?))
                        .await
                }
                failed => failed,
            };
            if let Err(error) = looked {
                tracing::error!(%error, %network, "open requests could not be looked at again");
            }
        }
    }
}
