//! A file of sheets becomes drafts, whole or not at all. The versions in force stay; a sheet that says
//! what its last version says is left alone. Owns also the sheets of a demonstration.

use super::coordinator;
use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::protocols::file::{FileFault, read_file, shipped};
use crate::protocols::sheet::Sheet;
use relais_core::ids::NetworkId;
use relais_core::time::Instant;
use relais_store::protocols;
use relais_store::{Tx, networks};
use serde_json::json;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Sheets that did not exist.
    pub new: usize,
    /// Sheets given a new draft.
    pub changed: usize,
    /// Sheets whose last version says the same.
    pub same: usize,
}

/// Why an import did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file was refused whole.
    #[error("{} fault(s) in the file: nothing was imported, the versions in force stay", .0.len())]
    File(Vec<FileFault>),
    /// The application refused.
    #[error(transparent)]
    App(#[from] AppError),
}

/// The author of what the command line imports.
const COMMAND: &str = "command";

impl App {
    /// Imports a file of sheets into a network, as drafts, from the command line. Whole or not at all;
    /// the versions in force stay; a sheet that says what its last version says is left alone.
    ///
    /// # Errors
    /// Everything wrong in the file, by line; a network that does not exist.
    pub async fn import_protocols(
        &self,
        network: &str,
        text: &str,
    ) -> Result<Imported, ImportError> {
        let file = read_file(text).map_err(ImportError::File)?;
        let (code, now) = (network.to_owned(), self.now());
        let imported = self
            .write(move |_, tx| {
                let network = networks::find_by_code(tx, &code)?
                    .ok_or_else(|| AppError::invalid("/network", "no network has this code"))?;
                let who = Who::platform(COMMAND);
                bring_in(tx, network.id, &file.sheets, &who, COMMAND, now)
            })
            .await?;
        Ok(imported)
    }

    /// The same, by the coordinator of the actor's network, from the page.
    ///
    /// # Errors
    /// Everything wrong in the file, by line; somebody who is no coordinator.
    pub async fn bring_protocols(&self, who: &Who, text: &str) -> Result<Imported, ImportError> {
        let actor = coordinator(who)?;
        let file = read_file(text).map_err(ImportError::File)?;
        let (who, now) = (who.clone(), self.now());
        let imported = self
            .write(move |_, tx| {
                let author = actor.user.to_string();
                bring_in(tx, actor.network, &file.sheets, &who, &author, now)
            })
            .await?;
        Ok(imported)
    }
}

/// The import with its line in the journal.
fn bring_in(
    tx: &mut Tx<'_>,
    network: NetworkId,
    sheets: &[Sheet],
    who: &Who,
    author: &str,
    now: Instant,
) -> Result<Imported, AppError> {
    let imported = import(tx, network, sheets, author, now)?;
    let body = json!({ "new": imported.new, "changed": imported.changed });
    let act = "protocol.imported";
    journal::act(tx, Some(network), act, None, None, &body, who, now)?;
    Ok(imported)
}

/// Writes drafts where a sheet changed: always a new version, so that no draft somebody writes is
/// lost under a file.
fn import(
    tx: &mut Tx<'_>,
    network: NetworkId,
    sheets: &[Sheet],
    author: &str,
    now: Instant,
) -> Result<Imported, AppError> {
    let mut done = Imported::default();
    for sheet in sheets {
        let last = protocols::list_of_sheet(tx, network, &sheet.code, 1)?;
        let body = sheet.to_json();
        let content = (sheet.title.as_str(), body.as_str());
        let number = match last.first() {
            Some(last) if last.body == body => {
                done.same += 1;
                continue;
            }
            Some(last) => {
                done.changed += 1;
                last.version + 1
            }
            None => {
                done.new += 1;
                1
            }
        };
        protocols::insert_draft(tx, network, &sheet.code, number, content, author, now)?;
    }
    Ok(done)
}

/// Lays the shipped sheets into a demonstration's network, unsigned, in force at once.
pub(crate) fn lay_out(tx: &mut Tx<'_>, network: NetworkId, now: Instant) -> Result<(), AppError> {
    let sheets = &shipped().sheets;
    import(tx, network, sheets, COMMAND, now)?;
    for sheet in sheets {
        if let Some(version) = protocols::find(tx, network, &sheet.code, 1)? {
            protocols::put_in_force(tx, &version, now, now)?;
        }
    }
    Ok(())
}
