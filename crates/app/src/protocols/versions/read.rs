//! Sheets read: the list, and one of them with its history and its counts. Changes nothing.

use super::{HISTORY, Listed, Opened, reader, sheet_of};
use crate::app::{App, Who};
use crate::error::AppError;
use relais_store::{protocol_signings, protocols};

impl App {
    /// The sheets of the actor's network, by code.
    pub async fn list_protocols(&self, who: &Who) -> Result<Vec<Listed>, AppError> {
        let actor = reader(who)?;
        let now = self.now();
        self.read(move |_, tx| {
            let mut in_force = protocols::list_in_force(tx, actor.network, now)?;
            let latest = protocols::list_latest(tx, actor.network)?;
            let listed = latest.into_iter().map(|latest| {
                let own = in_force.iter().position(|one| one.code == latest.code);
                Listed {
                    in_force: own.map(|index| in_force.swap_remove(index)),
                    latest,
                }
            });
            Ok(listed.collect())
        })
        .await
    }

    /// One sheet: a version, or the one in force, or the last.
    pub async fn open_protocol(
        &self,
        who: &Who,
        code: &str,
        version: Option<i64>,
    ) -> Result<Opened, AppError> {
        let actor = reader(who)?;
        let (code, now) = (code.to_owned(), self.now());
        self.read(move |_, tx| {
            let history = protocols::list_of_sheet(tx, actor.network, &code, HISTORY)?;
            let in_force = protocols::list_in_force(tx, actor.network, now)?;
            let in_force = in_force.into_iter().find(|one| one.code == code);
            let chosen = match version {
                Some(number) => protocols::find(tx, actor.network, &code, number)?,
                None => in_force.clone().or_else(|| history.first().cloned()),
            };
            let version = chosen.ok_or(AppError::NotFound)?;
            let sheet = sheet_of(&version)?;
            let counts = protocols::list_counts(tx, actor.network, &code, version.version)?;
            let asked = protocol_signings::find(tx, actor.network, &code, version.version)?;
            Ok(Opened {
                asked,
                faults: sheet.faults(),
                version,
                sheet,
                history,
                in_force,
                counts,
            })
        })
        .await
    }
}
