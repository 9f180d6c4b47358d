//! The import of secure mailboxes: the public extract of the national directory (columns by their
//! names, separated by `|`). Keeps those of people; refuses a file without the columns, and to
//! forget anything before the whole file was read.

use crate::app::App;
use crate::error::AppError;
use crate::reference::communes_file::BadLine;
use relais_gateways::mssante::is_mailbox;
use relais_store::mailboxes::{self, Mailbox};
use std::io::{self, BufRead};

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Mailboxes of people with a national number.
    pub boxes: Vec<Mailbox>,
    /// Lines of mailboxes that are nobody's in particular: left aside.
    pub aside: u64,
    /// Lines refused.
    pub bad: Vec<BadLine>,
}

/// A file that is no extract of mailboxes.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A column is missing.
    #[error("no column «{0}»: this is not the extract of MSSanté mailboxes")]
    Column(&'static str),
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Most refused lines kept.
const BAD_MAX: usize = 10_000;

/// Reads a whole file.
///
/// # Errors
/// [`ReadError`].
pub fn read(source: impl BufRead) -> Result<Found, ReadError> {
    let mut lines = source.lines();
    let header = lines.next().transpose()?.unwrap_or_default();
    let header: Vec<&str> = header
        .trim_start_matches('\u{feff}')
        .split('|')
        .map(str::trim)
        .collect();
    let column = |name: &'static str| {
        header
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
            .ok_or(ReadError::Column(name))
    };
    let (kind, address) = (column("Type de BAL")?, column("Adresse BAL")?);
    let number = column("Identification nationale PP")?;
    let mut found = Found::default();
    for (index, line) in lines.enumerate() {
        let line = line?;
        let field: Vec<&str> = line.split('|').map(str::trim).collect();
        let at = |column: usize| field.get(column).copied().unwrap_or_default();
        // `8` and the RPPS number; other numbers are nobody's we write to.
        let rpps = at(number)
            .strip_prefix('8')
            .filter(|rest| rest.len() == 11 && rest.bytes().all(|b| b.is_ascii_digit()));
        let Some(rpps) = rpps else {
            found.aside += 1;
            continue;
        };
        if !is_mailbox(at(address)) {
            if found.bad.len() < BAD_MAX {
                found.bad.push(BadLine {
                    line: u64::try_from(index).unwrap_or(u64::MAX).saturating_add(2),
                    reason: "the address is no secure mailbox".to_owned(),
                });
            }
            continue;
        }
        let kind = match at(kind).to_uppercase().as_str() {
            "ORG" => "organisation",
            "APP" => "application",
            _ => "personal",
        };
        found.boxes.push(Mailbox {
            rpps: rpps.to_owned(),
            address: at(address).to_owned(),
            kind: kind.to_owned(),
        });
    }
    Ok(found)
}

impl App {
    /// The number of the next import.
    ///
    /// # Errors
    /// The store.
    pub async fn next_mailbox_import(&self) -> Result<i64, AppError> {
        self.read(|_, tx| Ok(mailboxes::next_run(tx)?)).await
    }

    /// Writes some down.
    ///
    /// # Errors
    /// The store.
    pub async fn import_mailboxes(&self, run: i64, boxes: Vec<Mailbox>) -> Result<(), AppError> {
        self.write(move |_, tx| Ok(mailboxes::upsert(tx, run, &boxes)?))
            .await
    }

    /// Forgets what a whole import did not find any more; answers how many.
    ///
    /// # Errors
    /// The store.
    pub async fn finish_mailbox_import(&self, run: i64) -> Result<u64, AppError> {
        self.write(move |_, tx| Ok(mailboxes::forget_before(tx, run)?))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Type de BAL|Adresse BAL|Type Identifiant PP|Identifiant PP|Identification nationale PP|X\n";

    #[test]
    fn people_are_kept_others_left_aside_and_bad_addresses_said() {
        let file = format!(
            "\u{feff}{HEAD}PER|adam.hoda@medecin.mssante.fr|8|10001234567|810001234567|\n\
             ORG|accueil@ch.mssante.fr||||\nPER|adam@example.fr|8|10001234567|810001234567|\n\
             APP|x@y.mssante.fr|8|10001234567|810001234567|"
        );
        let found = read(file.as_bytes()).unwrap();
        let kinds: Vec<_> = found.boxes.iter().map(|b| b.kind.as_str()).collect();
        assert_eq!(kinds, ["personal", "application"]);
        assert_eq!(found.boxes[0].rpps, "10001234567");
        assert_eq!(found.aside, 1);
        assert_eq!(found.bad[0].line, 4);
    }

    #[test]
    fn another_file_is_refused_by_the_column_it_lacks() {
        let error = read("nom|prénom\na|b\n".as_bytes()).unwrap_err();
        assert!(error.to_string().contains("Type de BAL"));
    }
}
