//! When the directory changes, every open request looks at it again (R4.11): whose right ended is
//! withdrawn, who became eligible is asked.

use crate::app::{App, Who};
use crate::error::AppError;
use crate::shell::apply;
use relais_core::cascade::Command;
use relais_core::ids::NetworkId;
use relais_store::{StoreError, requests};

/// Most open requests looked at for one change.
const OPEN_MAX: u32 = 2_000;

impl App {
    /// Looks again at every open request: for a process that starts. The one before it may have died
    /// between a change of the directory and this look.
    pub async fn reconsider_everywhere(&self) -> Result<(), AppError> {
        let directory = self.directory().await?;
        let networks = directory.networks().map(|entry| entry.network.id);
        self.reconsider(networks.collect()).await
    }

    /// Looks again at every open request of some networks, now. May run twice without effect.
    ///
    /// # Errors
    /// The database is away, or others changed a request first, again and again.
    pub async fn reconsider(&self, networks: Vec<NetworkId>) -> Result<(), AppError> {
        let directory = self.directory().await?;
        let mut concerned = networks.clone();
        for entry in directory.networks() {
            if entry.lenders.iter().any(|lender| networks.contains(lender)) {
                concerned.push(entry.network.id);
            }
        }
        concerned.sort_unstable();
        concerned.dedup();
        let mut overtaken = None;
        for network in concerned {
            let ids = self
                .read(move |_, tx| Ok(requests::list_open_ids(tx, network, OPEN_MAX)?))
                .await?;
            for id in ids {
                let (now, who) = (self.now(), Who::platform("directory"));
                let done = self
                    .write(move |inner, tx| {
                        apply(inner, tx, id, &Command::Reconsider, &who, now, None)
                    })
                    .await;
                if let Err(error) = done {
                    tracing::error!(request.id = %id, %error, "an open request could not be reconsidered");
                    match error {
                        // Others changed it first, again and again: the next ones may be quieter.
                        AppError::Store(StoreError::Conflict { .. }) => overtaken = Some(error),
                        error if error.is_unavailable() => return Err(error),
                        _ => {}
                    }
                }
            }
        }
        if let Some(error) = overtaken {
            return Err(error);
        }
        self.wake();
        Ok(())
    }
}
