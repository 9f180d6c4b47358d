//! A file of sheets becomes drafts, whole or not at all. The versions in force stay; a sheet that says
//! what its last version says is left alone. Owns also the sheets of a demonstration.

use super::Status;
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

impl App {
    /// Imports a file of sheets into a network, as drafts. Whole or not at all; the versions in
    /// force stay; a sheet that says what its last version says is left alone.
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
                let imported = import(tx, network.id, &file.sheets, now)?;
                let who = Who::platform("command");
                let body = json!({ "new": imported.new, "changed": imported.changed });
                let act = "protocol.imported";
                journal::act(tx, Some(network.id), act, None, None, &body, &who, now)?;
                Ok(imported)
            })
            .await?;
        Ok(imported)
    }
}

/// Writes drafts where a sheet changed.
fn import(
    tx: &mut Tx<'_>,
    network: NetworkId,
    sheets: &[Sheet],
    now: Instant,
) -> Result<Imported, AppError> {
    let mut done = Imported::default();
    for sheet in sheets {
        let last = protocols::list_of_sheet(tx, network, &sheet.code, 1)?;
        let body = sheet.to_json();
        let content = (sheet.title.as_str(), body.as_str());
        match last.first() {
            None => {
                protocols::insert_draft(tx, network, &sheet.code, 1, content, "command", now)?;
                done.new += 1;
            }
            Some(last) if last.body == body => done.same += 1,
            Some(last) if last.status == Status::Draft && last.in_force_from.is_none() => {
                protocols::save_draft(tx, last, content, "command", now)?;
                done.changed += 1;
            }
            Some(last) => {
                let number = last.version + 1;
                protocols::insert_draft(tx, network, &sheet.code, number, content, "command", now)?;
                done.changed += 1;
            }
        }
    }
    Ok(done)
}

/// Lays the shipped sheets into a demonstration's network, unsigned, in force at once.
pub(crate) fn lay_out(tx: &mut Tx<'_>, network: NetworkId, now: Instant) -> Result<(), AppError> {
    let sheets = &shipped().sheets;
    import(tx, network, sheets, now)?;
    for sheet in sheets {
        if let Some(version) = protocols::find(tx, network, &sheet.code, 1)? {
            protocols::put_in_force(tx, &version, now, now)?;
        }
    }
    Ok(())
}
