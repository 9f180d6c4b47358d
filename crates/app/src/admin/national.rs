//! The import of the national directory: looked through whole before a line is written, compared with what is here, then
//! only what differs is written, in steps: an import that was cut is begun again and finds less to do. Of two at once the
//! last begun is the directory, and the other stops at its next step. Refuses a file that shrank: half a file would
//! empty the directory.

use crate::app::App;
use crate::error::AppError;
use crate::reference::directory_file::{HeaderError, Line, Lines, Sound, read_directory};
use aws_lc_rs::digest::{Context, SHA256};
use relais_core::people::Profession;
use relais_store::national::{self, Entry};
use relais_store::{Engine, Tx};
use std::collections::hash_map::{DefaultHasher, HashMap};
use std::hash::{Hash as _, Hasher as _};
use std::io::{self, BufRead, Read};
use std::num::NonZeroU64;
use std::time::Duration;

/// One in so many is next to nothing.
const NEXT_TO_NOTHING: usize = 10;
/// Entries taken away in one transaction.
const SWEEP: usize = 1_000;

/// Somebody at a commune of work: the number, the commune's code (zeros without one).
pub(super) type Key = (u64, [u8; 5]);

/// What is known of somebody at a commune, beside the entry itself: small enough to hold a million and a half of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    /// The last line about them there: the one that counts.
    line: u32,
    /// A line about them there says general practice, which wins over another specialty whatever their order.
    gp: bool,
    /// The mark of what the directory holds of them there.
    held: Option<NonZeroU64>,
}

/// Who a file is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(HashMap<Key, Standing>);

impl People {
    /// A line about somebody; lines are seen in their order.
    pub(super) fn see(&mut self, key: Key, gp: bool, line: u64) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let one = self.0.entry(key).or_insert(Standing {
            line,
            gp,
            held: None,
        });
        one.line = line;
        one.gp |= gp;
    }

    /// How many entries they make.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Reads a file again, for what of it is to be written.
    ///
    /// # Errors
    /// The file is no extract of the directory.
    pub fn changes<R: BufRead>(&self, source: R) -> Result<Changes<'_, R>, HeaderError> {
        let lines = read_directory(source)?;
        Ok(Changes {
            people: self,
            count: self.lines_that_count(),
            lines,
        })
    }

    /// A bit a line, of those that are the last about somebody somewhere.
    fn lines_that_count(&self) -> Vec<u64> {
        let last = self.0.values().map(|one| one.line).max().unwrap_or(0);
        let mut bits = vec![0; usize::try_from(last / u64::BITS).unwrap_or(0) + 1];
        for one in self.0.values() {
            bits[usize::try_from(one.line / u64::BITS).unwrap_or(0)] |= 1 << (one.line % u64::BITS);
        }
        bits
    }
}

/// An entry to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Of somebody who is not there yet.
    New(Entry),
    /// In the place of what is there.
    Changed(Entry),
}

/// The entries of a file that the directory does not hold as they are.
#[derive(Debug)]
pub struct Changes<'a, R> {
    people: &'a People,
    count: Vec<u64>,
    lines: Lines<R>,
}

impl<R> Changes<'_, R> {
    fn counts(&self, line: u64) -> bool {
        let (word, bit) = (line / u64::from(u64::BITS), line % u64::from(u64::BITS));
        let word = usize::try_from(word)
            .ok()
            .and_then(|word| self.count.get(word));
        word.is_some_and(|word| word >> bit & 1 == 1)
    }
}

impl<R: BufRead> Iterator for Changes<'_, R> {
    type Item = Change;

    fn next(&mut self) -> Option<Change> {
        loop {
            let (people, line) = (self.people, self.lines.number() + 1);
            if !self.counts(line) {
                if self.lines.pass() {
                    continue;
                }
                return None;
            }
            if let Line::Entry(Some(change)) = self.lines.step(|sound| people.change(sound))? {
                return Some(change);
            }
        }
    }
}

impl People {
    fn change(&self, sound: &Sound<'_>) -> Option<Change> {
        let standing = self.0.get(&key_of(sound))?;
        let mut entry = sound.entry();
        if standing.gp && sound.profession() == Profession::Specialist {
            entry.profession = Profession::Gp.code().to_owned();
        }
        match standing.held {
            None => Some(Change::New(entry)),
            Some(held) if held == mark(&entry) => None,
            Some(_) => Some(Change::Changed(entry)),
        }
    }
}

/// What the directory holds beside a file.
#[derive(Debug)]
pub struct Compared {
    /// Who the file is about, each with what is held of them.
    pub people: People,
    /// Who is held and is in the file no more: number and commune.
    pub gone: Vec<(String, String)>,
}

/// An import that was begun. Whoever is killed holds nothing back: the next one begins after it all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run(i64);

/// Another import began since: this one writes nothing more, and is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overtaken;

/// How an import begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// To be compared, then written.
    ToWrite(Run),
    /// Refused whole: the last import had so many entries.
    Shrunk {
        /// So many.
        before: i64,
    },
}

/// SHA-256 of a file, in hexadecimal: the same file twice is the same import.
///
/// # Errors
/// The file cannot be read to its end.
pub fn digest(mut source: impl Read) -> io::Result<String> {
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 18];
    loop {
        match source.read(&mut buffer)? {
            0 => break,
            count => context.update(&buffer[..count]),
        }
    }
    let digest = context.finish();
    Ok(digest.as_ref().iter().map(|b| format!("{b:02x}")).collect())
}

/// How entries are written: how many in a transaction, and what is left between two for whoever else writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Entries in one transaction.
    pub batch: usize,
    /// Between two transactions.
    pub breath: Duration,
}

pub(super) fn key_of(sound: &Sound<'_>) -> Key {
    let insee = sound.insee();
    key(
        sound.rpps(),
        insee.as_ref().map_or("", |insee| insee.as_str()),
    )
}

fn key(rpps: &str, insee: &str) -> Key {
    let mut place = [0; 5];
    for (to, from) in place.iter_mut().zip(insee.bytes()) {
        *to = from;
    }
    (rpps.parse().unwrap_or(0), place)
}

/// A mark of everything an entry says, the same within this process.
fn mark(entry: &Entry) -> NonZeroU64 {
    let mut hasher = DefaultHasher::new();
    entry.hash(&mut hasher);
    NonZeroU64::new(hasher.finish()).unwrap_or(NonZeroU64::MIN)
}

impl App {
    /// Begins the import of a file: the last one from now on, whatever another was doing. `shrink_max_percent`: by how much it may be smaller than the last.
    pub async fn begin_directory_import(
        &self,
        digest: String,
        entries: usize,
        shrink_max_percent: u8,
    ) -> Result<Begun, AppError> {
        let now = self.now().millis();
        let entries = i64::try_from(entries).unwrap_or(i64::MAX);
        self.write(move |_, tx| {
            let before = national::find_last_size(tx)?.unwrap_or(0);
            let least = before.saturating_mul(100 - i64::from(shrink_max_percent.min(100))) / 100;
            if entries < least {
                return Ok(Begun::Shrunk { before });
            }
            let run = national::start_import(tx, &digest, entries, now)?;
            Ok(Begun::ToWrite(Run(run)))
        })
        .await
    }

    /// Whether this very file is what the directory holds.
    pub async fn is_directory_imported(&self, digest: String) -> Result<bool, AppError> {
        self.read(move |_, tx| match national::find_import(tx, &digest)? {
            Some(import) if import.finished_at.is_some() => Ok(national::is_last(tx, import.run)?),
            _ => Ok(false),
        })
        .await
    }

    /// Compares the people of a file with the directory as it is. One that holds next to nothing of them loses the
    /// indexes of its searches until the import ends: they are built once, over everybody.
    pub async fn compare_directory(
        &self,
        run: Run,
        mut people: People,
    ) -> Result<Result<Compared, Overtaken>, AppError> {
        let held = self
            .read(|_, tx| {
                Ok(national::list_kept(tx, |entry| {
                    (key(&entry.rpps, &entry.insee), mark(entry))
                })?)
            })
            .await?;
        let next_to_nothing = held.len().saturating_mul(NEXT_TO_NOTHING) < people.count();
        // Where somebody is, what is written replaces what is there, which is found by its key.
        let empty = held.is_empty();
        let prepared = self.import_step(run, move |tx| {
            if next_to_nothing {
                national::drop_indexes(tx)?;
            }
            if empty {
                national::drop_key(tx)?;
            } else {
                national::set_key(tx)?;
            }
            Ok(())
        });
        if let Err(overtaken) = prepared.await? {
            return Ok(Err(overtaken));
        }
        let mut gone = Vec::new();
        for ((number, place), mark) in held {
            match people.0.get_mut(&(number, place)) {
                Some(standing) => standing.held = Some(mark),
                None => gone.push((
                    format!("{number:011}"),
                    place
                        .iter()
                        .filter(|b| **b != 0)
                        .map(|b| char::from(*b))
                        .collect(),
                )),
            }
        }
        Ok(Ok(Compared { people, gone }))
    }

    /// A step of an import, in one transaction, while it is the last that was begun: none begins meanwhile.
    async fn import_step(
        &self,
        run: Run,
        work: impl Fn(&mut Tx<'_>) -> Result<(), AppError> + Send + Sync + 'static,
    ) -> Result<Result<(), Overtaken>, AppError> {
        self.write(move |_, tx| {
            if !national::hold_last(tx, run.0)? {
                return Ok(Err(Overtaken));
            }
            work(tx).map(Ok)
        })
        .await
    }

    /// How fast entries may be written. SQLite has one writer, whose turn others wait for: some milliseconds each, and
    /// a millisecond between two, as whoever waits looks again after one. PostgreSQL lets everybody write.
    pub fn directory_pace(&self) -> Pace {
        match self.db().engine() {
            Engine::Sqlite => Pace {
                batch: 1_000,
                breath: Duration::from_millis(1),
            },
            Engine::Postgres => Pace {
                batch: 10_000,
                breath: Duration::ZERO,
            },
        }
    }

    /// Whether no import was ever whole.
    pub async fn is_directory_new(&self) -> Result<bool, AppError> {
        self.read(|_, tx| Ok(national::find_last_size(tx)?.is_none()))
            .await
    }

    /// Writes entries.
    pub async fn write_directory(
        &self,
        run: Run,
        changes: Vec<Change>,
    ) -> Result<Result<(), Overtaken>, AppError> {
        let (mut new, mut changed) = (Vec::with_capacity(changes.len()), Vec::new());
        for change in changes {
            match change {
                Change::New(entry) => new.push(entry),
                Change::Changed(entry) => changed.push(entry),
            }
        }
        self.import_step(run, move |tx| {
            national::fill(tx, &new)?;
            Ok(national::set(tx, &changed)?)
        })
        .await
    }

    /// Takes away who is in the directory no more, then ends the import.
    pub async fn finish_directory_import(
        &self,
        run: Run,
        gone: Vec<(String, String)>,
    ) -> Result<Result<(), Overtaken>, AppError> {
        // Neither the key nor an index changes what is held: nobody waits to begin while they are built.
        self.write(|_, tx| Ok(national::set_key(tx)?)).await?;
        let mut gone = gone.into_iter().peekable();
        while gone.peek().is_some() {
            let some: Vec<_> = gone.by_ref().take(SWEEP).collect();
            let removed = self.import_step(run, move |tx| {
                for (rpps, insee) in &some {
                    national::remove(tx, rpps, insee)?;
                }
                Ok(())
            });
            if let Err(overtaken) = removed.await? {
                return Ok(Err(overtaken));
            }
        }
        self.write(|_, tx| Ok(national::index_near(tx)?)).await?;
        self.write(|_, tx| Ok(national::index_name(tx)?)).await?;
        let now = self.now().millis();
        self.import_step(run, move |tx| Ok(national::finish_import(tx, run.0, now)?))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::survey::survey;

    #[test]
    fn a_file_is_looked_through_and_known_again() {
        let text = include_bytes!("../../tests/data/PS_LibreAcces_Personne_activite_FICTIF.txt");
        let found = survey(&text[..], |_, _| Ok(())).unwrap();
        assert_eq!((found.lines, found.people.count(), found.bad), (45, 45, 0));
        assert_eq!(found.odd_numbers, 0);
        assert_eq!(digest(&text[..]).unwrap(), digest(&text[..]).unwrap());
        assert_ne!(digest(&text[..]).unwrap(), digest(&text[1..]).unwrap());
    }
}
