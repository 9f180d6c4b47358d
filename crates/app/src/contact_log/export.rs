//! The log as a file for a spreadsheet, in French words. Refuses a file that would be cut: too many rows
//! is an error, never a shorter file. Never an identity, never free text.

use super::{Choice, Entry, Place, filter, page, sees_rows};
use crate::app::{App, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::reference::motives::Motives;
use crate::spreadsheet::sheet;
use crate::text::{When, labels};
use jiff::civil::Date;

/// Most contacts of one file.
pub const ROWS_MAX: usize = 20_000;
/// Rows read at a time.
const STEP: u32 = 500;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The day it is of.
    pub day: Date,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

const HEAD: [&str; 11] = [
    "Jour",
    "Heure",
    "Origine",
    "Issue",
    "Précision",
    "Motifs",
    "Durée (min)",
    "Répondu par",
    "Demande",
    "Saisi après coup",
    "Contact",
];

impl App {
    /// What was chosen of a day, oldest first.
    ///
    /// # Errors
    /// `too-many-rows` when the file would hold more than [`ROWS_MAX`] contacts.
    pub async fn contact_log_csv(&self, who: &Who, choice: Choice) -> Result<File, AppError> {
        let actor = who.signed_in()?;
        if !sees_rows(&actor)? {
            return Err(AppError::Denied);
        }
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let (filter, day, _) = filter(&directory, actor.network, &choice, now)?;
            let mut rows: Vec<Entry> = Vec::new();
            let mut before: Option<Place> = None;
            loop {
                let (some, next) = page(tx, &filter, before, STEP)?;
                rows.extend(some);
                if rows.len() > ROWS_MAX {
                    return Err(too_many());
                }
                before = next;
                if before.is_none() {
                    break;
                }
            }
            rows.reverse();
            let zone = &directory.network(actor.network)?.calendar.zone;
            let bytes = file(&rows, &directory, &When::new(now, zone), day)?;
            Ok(File { day, bytes })
        })
        .await
    }
}

fn too_many() -> AppError {
    AppError::problem(
        "too-many-rows",
        422,
        format!(
            "Plus de {ROWS_MAX} contacts\u{a0}: le fichier serait coupé. Choisissez une origine, une issue ou une personne."
        ),
    )
}

fn file(
    rows: &[Entry],
    directory: &Directory,
    when: &When<'_>,
    day: Date,
) -> Result<Vec<u8>, AppError> {
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let motives: Vec<&str> = row
            .motives
            .iter()
            .map(|code| Motives::shipped().label(code))
            .collect();
        let cells = [
            day.to_string(),
            when.clock(row.received_at),
            labels::origin(row.origin).to_owned(),
            labels::contact_outcome(row.outcome.as_deref()).to_owned(),
            labels::outcome_reason(row.reason_code.as_deref()).to_owned(),
            motives.join(", "),
            row.length()
                .map(|length| length.as_minutes().to_string())
                .unwrap_or_default(),
            row.operator
                .and_then(|id| directory.user_name(id))
                .unwrap_or_default(),
            row.request
                .as_ref()
                .map(|(_, code)| code.clone())
                .unwrap_or_default(),
            if row.entered_late { "oui" } else { "" }.to_owned(),
            row.id.to_string(),
        ];
        lines.push(cells);
    }
    sheet(HEAD, lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_core::ids::{ContactId, UserId};
    use relais_core::request::Origin;
    use relais_core::time::Instant;

    #[test]
    fn the_file_starts_with_its_mark_and_its_columns() {
        let day = jiff::civil::date(2026, 11, 24);
        let at = |minutes: i64| Instant::from_millis(1_795_503_600_000 + minutes * 60_000);
        let row = Entry {
            id: ContactId::from_bits(1),
            origin: Origin::EmergencyDepartment,
            outcome: None,
            request: None,
            operator: Some(UserId::from_bits(9)),
            received_at: at(0),
            entered_late: false,
            ended_at: Some(at(4)),
            motives: vec![
                Motives::shipped()
                    .get("toux")
                    .expect("a motive")
                    .code
                    .clone(),
            ],
            reason: Some("jamais dans le fichier".to_owned()),
            reason_code: Some("renewal".to_owned()),
        };
        let zone = jiff::tz::TimeZone::UTC;
        let when = When::new(at(0), &zone);
        let bytes = file(&[row], &Directory::default(), &when, day).expect("a file");
        let text = String::from_utf8(bytes).expect("UTF-8");
        let mut lines = text.split("\r\n");
        assert_eq!(
            lines.next(),
            Some(
                "\u{feff}Jour;Heure;Origine;Issue;Précision;Motifs;Durée (min);Répondu par;Demande;Saisi après coup;Contact"
            )
        );
        let line = lines.next().expect("a row");
        assert!(line.starts_with("2026-11-24;"), "{line}");
        assert!(
            line.contains(
                ";Urgences;en cours;renouvellement d’ordonnance;Toux, syndrome grippal;4;;;;con_"
            ),
            "{line}"
        );
        assert!(!text.contains("jamais"), "free text stays inside");
    }
}
