//! The import of the national directory: looked through whole before a line is written, written in steps that a cut
//! does not lose, then rid of who is in it no more. Refuses a file that shrank: half a file would empty the directory.

use crate::app::App;
use crate::error::AppError;
use crate::reference::communes_file::BadLine;
use crate::reference::directory_file::{Aside, HeaderError, Line, Lines, read_directory};
use aws_lc_rs::digest::{Context, SHA256};
use relais_store::national::{self, Entry};
use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, BufReader, Read};

/// Entries taken away in one transaction.
const SWEEP: u32 = 2_000;

/// What is in a file, before anything is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// SHA-256 of the file, in hexadecimal: the same file twice is the same import.
    pub digest: String,
    /// Lines after the header.
    pub lines: u64,
    /// Different people and communes.
    pub entries: i64,
    /// Lines left aside, by reason.
    pub aside: BTreeMap<Aside, u64>,
    /// Lines refused.
    pub bad: u64,
    /// Numbers whose key is not the one of a real RPPS number: kept, and said.
    pub odd_numbers: u64,
}

/// How an import begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// This very file is in already.
    Already,
    /// To be written from this line on (the header being line 1).
    From {
        /// Number of the import.
        run: i64,
        /// Lines dealt with before.
        lines_done: u64,
    },
    /// Refused whole: the last import had so many entries.
    Shrunk {
        /// So many.
        before: i64,
    },
}

/// Looks through a file; each refused line is told to `refused` with the line itself.
///
/// # Errors
/// The file is no extract of the directory.
pub fn survey<R: Read>(
    source: R,
    mut refused: impl FnMut(&BadLine, &str) -> io::Result<()>,
) -> Result<Survey, SurveyError> {
    let mut lines = read_directory(BufReader::with_capacity(1 << 18, Hashed::new(source)))?;
    let mut survey = Survey {
        digest: String::new(),
        lines: 0,
        entries: 0,
        aside: BTreeMap::new(),
        bad: 0,
        odd_numbers: 0,
    };
    let mut seen = HashSet::new();
    for line in lines.by_ref() {
        survey.lines += 1;
        match line {
            Line::Entry(entry) => {
                if !luhn(&entry.rpps) {
                    survey.odd_numbers += 1;
                }
                seen.insert(key(&entry));
            }
            Line::Aside(aside) => *survey.aside.entry(aside).or_default() += 1,
            Line::Bad(bad, text) => {
                survey.bad += 1;
                refused(&bad, &text).map_err(SurveyError::Refused)?;
            }
        }
    }
    if lines.is_broken() {
        return Err(SurveyError::Broken(lines.number()));
    }
    survey.entries = i64::try_from(seen.len()).unwrap_or(i64::MAX);
    survey.digest = lines.into_source().into_inner().digest();
    Ok(survey)
}

/// Why a file was not looked through.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// It is no extract of the directory.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// It cannot be read to its end.
    #[error("the file cannot be read further than line {0}")]
    Broken(u64),
    /// The refused lines could not be written.
    #[error("cannot write the refused lines: {0}")]
    Refused(io::Error),
}

/// The lines of a file that is to be written.
///
/// # Errors
/// The file is no extract of the directory.
pub fn lines<R: BufRead>(source: R) -> Result<Lines<R>, HeaderError> {
    read_directory(source)
}

/// Small enough to hold a million and a half of them.
fn key(entry: &Entry) -> (u64, [u8; 5]) {
    let mut place = [0; 5];
    for (to, from) in place.iter_mut().zip(entry.insee.bytes()) {
        *to = from;
    }
    (entry.rpps.parse().unwrap_or(0), place)
}

/// The check key of identity numbers: some of the agency's own examples do not have it.
fn luhn(number: &str) -> bool {
    let digits = number.bytes().rev().map(|byte| u32::from(byte & 0x0f));
    let sum: u32 = (0..)
        .zip(digits)
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Digests what passes through.
struct Hashed<R> {
    source: R,
    context: Context,
}

impl<R> Hashed<R> {
    fn new(source: R) -> Self {
        Self {
            source,
            context: Context::new(&SHA256),
        }
    }

    fn digest(self) -> String {
        let digest = self.context.finish();
        digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.context.update(&buffer[..count]);
        Ok(count)
    }
}

impl App {
    /// Begins, or goes on with, the import of a file. `shrink_max_percent`: by how much it may be smaller than the last.
    pub async fn begin_directory_import(
        &self,
        digest: String,
        entries: i64,
        shrink_max_percent: u8,
    ) -> Result<Begun, AppError> {
        let now = self.now().millis();
        self.write(move |_, tx| {
            let known = national::find_import(tx, &digest)?;
            let before = national::find_last_size(tx)?.unwrap_or(0);
            let least = before.saturating_mul(100 - i64::from(shrink_max_percent.min(100))) / 100;
            if entries < least {
                return Ok(Begun::Shrunk { before });
            }
            if let Some(import) = known {
                if import.finished_at.is_none() {
                    return Ok(Begun::From {
                        run: import.run,
                        lines_done: u64::try_from(import.lines_done).unwrap_or(0),
                    });
                }
                if national::is_last(tx, import.run)? {
                    return Ok(Begun::Already);
                }
            }
            let run = national::start_import(tx, &digest, entries, now)?;
            Ok(Begun::From { run, lines_done: 0 })
        })
        .await
    }

    /// Writes entries, and how far the file is.
    pub async fn write_directory(
        &self,
        digest: &str,
        run: i64,
        entries: Vec<Entry>,
        lines_done: u64,
    ) -> Result<(), AppError> {
        let digest = digest.to_owned();
        self.write(move |_, tx| {
            national::set(tx, &entries, run)?;
            let lines = i64::try_from(lines_done).unwrap_or(i64::MAX);
            Ok(national::advance_import(tx, &digest, lines)?)
        })
        .await
    }

    /// Takes away who is in the directory no more, then ends the import; answers how many entries went.
    pub async fn finish_directory_import(&self, digest: &str, run: i64) -> Result<u64, AppError> {
        let mut gone = 0;
        loop {
            let swept = self
                .write(move |_, tx| Ok(national::sweep(tx, run, SWEEP)?))
                .await?;
            gone += swept;
            if swept == 0 {
                break;
            }
        }
        let (digest, now) = (digest.to_owned(), self.now().millis());
        self.write(move |_, tx| Ok(national::finish_import(tx, &digest, now)?))
            .await?;
        Ok(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_looked_through_and_known_again() {
        let text = include_bytes!("../../tests/data/PS_LibreAcces_Personne_activite_FICTIF.txt");
        let look = || survey(&text[..], |_, _| Ok(())).unwrap();
        let found = look();
        assert_eq!((found.lines, found.entries, found.bad), (45, 45, 0));
        assert_eq!(found.odd_numbers, 0);
        assert_eq!(found, look());
        let other = survey(&text[..text.len() - 2], |_, _| Ok(())).unwrap();
        assert_ne!(other.digest, found.digest);
    }

    #[test]
    fn the_key_of_a_number_is_checked() {
        assert!(luhn("10107592585"));
        assert!(!luhn("10003461033"));
    }
}
