//! Settings of a network are saved over what was shown: whoever comes second reads again. Owns that check alone; what
//! is changed, and by whom, is each page's.

use crate::error::AppError;
use relais_core::ids::NetworkId;
use relais_store::Tx;
use relais_store::networks::{self, Network};

/// The network, if its settings are still those of the version shown.
///
/// # Errors
/// `settings-moved` when somebody saved them since; the network does not exist.
pub(crate) fn settings_shown(
    tx: &mut Tx<'_>,
    id: NetworkId,
    version: i64,
) -> Result<Network, AppError> {
    let network = networks::get(tx, id)?;
    if network.settings_version == version {
        return Ok(network);
    }
    let detail = "Quelqu’un a changé les réglages du réseau depuis l’affichage de cette page. Rien n’a été enregistré\u{a0}: relisez, puis recommencez.";
    Err(AppError::problem("settings-moved", 409, detail))
}
