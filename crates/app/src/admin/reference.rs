//! Reference data imported into the database, used instead of the shipped one from the next start.

use crate::app::App;
use crate::error::AppError;
use crate::reference::communes::Communes;
use crate::reference::communes_file::CommuneLine;
use relais_store::communes::{self, CommuneRow};

impl App {
    /// Writes communes; the same line twice changes nothing.
    pub async fn import_communes(&self, lines: Vec<CommuneLine>) -> Result<(), AppError> {
        let rows: Vec<CommuneRow> = lines.into_iter().filter_map(row).collect();
        self.write(move |_, tx| {
            for row in &rows {
                communes::set(tx, row)?;
            }
            Ok(())
        })
        .await
    }

    /// Uses the imported communes, if there are any; to be called before anything looks at one.
    pub async fn use_imported_communes(&self) -> Result<bool, AppError> {
        let rows = self.read(|_, tx| Ok(communes::list(tx)?)).await?;
        Ok(Communes::use_imported(rows.into_iter().map(line).collect()))
    }
}

/// A commune without any point cannot be matched on: the shipped one, if any, stays.
fn row(line: CommuneLine) -> Option<CommuneRow> {
    Some(CommuneRow {
        insee: line.insee,
        name: line.name,
        postcodes: line.postcodes,
        dept: line.department,
        point: line.centroid.or(line.town)?,
        town: line.town,
        population: line.population,
    })
}

fn line(row: CommuneRow) -> CommuneLine {
    CommuneLine {
        insee: row.insee,
        name: row.name,
        postcodes: row.postcodes,
        department: row.dept,
        population: row.population,
        centroid: Some(row.point),
        town: row.town,
    }
}
