//! What is in a file of the national directory, before a line of it is written: cut in pieces that several threads look
//! through, told in the order of the lines. Refuses what is no extract of the directory.

use super::national::{Key, People, key_of};
use crate::reference::communes_file::BadLine;
use crate::reference::directory_file::{
    Aside, Columns, HeaderError, LINE_MAX, Line, read_directory,
};
use relais_core::people::Profession;
use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope};

/// Bytes looked through at a time: some six hundred lines. What is ahead of the threads is held in memory.
const PIECE: usize = 1 << 18;
/// Pieces given to a thread before what it says of the first is waited for.
const AHEAD: usize = 2;
/// Most threads: one that reads keeps so many at work.
const THREADS_MAX: usize = 4;

/// What is in a file, before anything is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Lines after the header.
    pub lines: u64,
    /// Lines left aside, by reason.
    pub aside: BTreeMap<Aside, u64>,
    /// Lines refused.
    pub bad: u64,
    /// Numbers whose key is not the one of a real RPPS number: kept, and said.
    pub odd_numbers: u64,
    /// Who is in it, and where.
    pub people: People,
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

/// Whole lines of a file.
struct Piece {
    text: Vec<u8>,
    /// How many lines of the file come before.
    after: u64,
}

/// Cuts a file in pieces.
struct Pieces<R> {
    source: R,
    /// The beginning of the next piece.
    held: Vec<u8>,
    /// Lines given so far, the header among them.
    lines: u64,
}

impl<R: Read> Pieces<R> {
    /// The next piece; none at the end.
    fn next(&mut self) -> Result<Option<Piece>, SurveyError> {
        let mut text = std::mem::take(&mut self.held);
        text.reserve(PIECE);
        loop {
            let from = text.len();
            let read = (&mut self.source).take(PIECE as u64).read_to_end(&mut text);
            let Ok(read) = read else {
                return Err(SurveyError::Broken(self.lines + ends(&text) + 1));
            };
            if read == 0 {
                break;
            }
            if let Some(end) = memchr::memrchr(b'\n', &text[from..]) {
                self.held = text.split_off(from + end + 1);
                break;
            }
            // A line that has not ended yet: what makes it too long is enough of it.
            text.truncate(from.max(LINE_MAX + 1));
        }
        if text.is_empty() {
            return Ok(None);
        }
        let after = self.lines;
        self.lines += ends(&text);
        Ok(Some(Piece { text, after }))
    }
}

fn ends(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

/// What a piece says.
#[derive(Default)]
struct Seen {
    lines: u64,
    aside: BTreeMap<Aside, u64>,
    odd_numbers: u64,
    /// Who, whether as a general practitioner, on which line.
    people: Vec<(Key, bool, u64)>,
    bad: Vec<(BadLine, String)>,
}

fn look(columns: &Columns, piece: &Piece) -> Seen {
    let mut lines = columns.lines(piece.text.as_slice(), piece.after);
    let mut seen = Seen::default();
    loop {
        let line = lines.number() + 1;
        let step = lines.step(|sound| {
            let gp = sound.profession() == Profession::Gp;
            seen.people.push((key_of(sound), gp, line));
            luhn(sound.rpps())
        });
        let Some(step) = step else { break };
        seen.lines += 1;
        match step {
            Line::Entry(sound_number) => seen.odd_numbers += u64::from(!sound_number),
            Line::Aside(aside) => *seen.aside.entry(aside).or_default() += 1,
            Line::Bad(bad, text) => seen.bad.push((bad, text)),
        }
    }
    seen
}

/// A thread that looks through pieces, and says of each what it saw, in the order it was given them.
struct Looker {
    pieces: SyncSender<Piece>,
    seen: Receiver<Seen>,
}

impl Looker {
    fn start<'s>(scope: &'s Scope<'s, '_>, columns: &'s Columns) -> Self {
        let (pieces, given) = sync_channel::<Piece>(AHEAD);
        let (told, seen) = sync_channel(AHEAD);
        scope.spawn(move || {
            for piece in given {
                if told.send(look(columns, &piece)).is_err() {
                    break;
                }
            }
        });
        Self { pieces, seen }
    }

    /// A thread that is gone panicked, and its scope says so at its end.
    fn give(&self, piece: Piece) {
        let _gone = self.pieces.send(piece);
    }

    fn hear(&self) -> Seen {
        self.seen.recv().unwrap_or_default()
    }
}

impl Survey {
    fn add(
        &mut self,
        seen: Seen,
        refused: &mut impl FnMut(&BadLine, &str) -> io::Result<()>,
    ) -> Result<(), SurveyError> {
        self.lines += seen.lines;
        self.odd_numbers += seen.odd_numbers;
        for (aside, count) in seen.aside {
            *self.aside.entry(aside).or_default() += count;
        }
        for (key, gp, line) in seen.people {
            self.people.see(key, gp, line);
        }
        for (bad, text) in seen.bad {
            self.bad += 1;
            refused(&bad, &text).map_err(SurveyError::Refused)?;
        }
        Ok(())
    }
}

/// Looks through a file; each refused line is told to `refused` with the line itself, in their order.
///
/// # Errors
/// The file is no extract of the directory, or cannot be read to its end.
///
/// # Panics
/// A thread that looks through it panicked.
pub fn survey<R: Read>(
    source: R,
    mut refused: impl FnMut(&BadLine, &str) -> io::Result<()>,
) -> Result<Survey, SurveyError> {
    let (source, columns) = read_directory(BufReader::with_capacity(1 << 18, source))?.into_parts();
    let mut pieces = Pieces {
        source,
        held: Vec::new(),
        lines: 1,
    };
    // One is left to whoever is served meanwhile.
    let threads = thread::available_parallelism().map_or(1, |all| all.get() - 1);
    let threads = threads.clamp(1, THREADS_MAX);
    let mut survey = Survey::default();
    thread::scope(|scope| {
        let lookers: Vec<_> = (0..threads)
            .map(|_| Looker::start(scope, &columns))
            .collect();
        // Each thread in turn: what they saw is heard in the order of the file.
        let (mut given, mut heard) = (0, 0);
        let of = |turn: usize| &lookers[turn % threads];
        while let Some(piece) = pieces.next()? {
            if given - heard == threads * AHEAD {
                survey.add(of(heard).hear(), &mut refused)?;
                heard += 1;
            }
            of(given).give(piece);
            given += 1;
        }
        for turn in heard..given {
            survey.add(of(turn).hear(), &mut refused)?;
        }
        Ok(survey)
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::national::Change;
    use std::fmt::Write as _;

    const HEAD: &str =
        "Identification nationale PP|Nom d'exercice|Prénom d'exercice|Code profession";

    /// Some megabytes: what several threads look through is what one would find, told in order.
    #[test]
    fn many_pieces_are_told_in_the_order_of_their_lines() {
        let mut text = HEAD.to_owned();
        let mut bad = Vec::new();
        for line in 2..120_000_u32 {
            // Somebody, a broken line, a line longer than a piece.
            match line % 1_000 {
                7 => write!(text, "\n{line}").unwrap(),
                8 if line % 30_000 == 8 => write!(text, "\n{}", "x".repeat(PIECE + 99)).unwrap(),
                _ => write!(text, "\n8{:011}|Nom{line}|Prénom|60", line / 2).unwrap(),
            }
            if line % 1_000 == 7 || line % 30_000 == 8 {
                bad.push(u64::from(line));
            }
        }
        assert!(text.len() > 5 * PIECE, "{} bytes", text.len());
        let mut told = Vec::new();
        let found = survey(text.as_bytes(), |one, _| {
            told.push(one.line);
            Ok(())
        });
        let found = found.unwrap();
        assert_eq!(told, bad);
        assert_eq!((found.lines, found.bad), (119_998, bad.len() as u64));
        // Of the two lines about one number, the last counts.
        let entries = found.people.changes(text.as_bytes()).unwrap();
        let entries: Vec<_> = entries.collect();
        assert_eq!(entries.len(), found.people.count());
        assert!(entries.iter().all(|change| match change {
            Change::New(one) => {
                let line: u32 = one.last_name.trim_start_matches("Nom").parse().unwrap();
                line % 2 == 1 || line % 1_000 == 6
            }
            Change::Changed(_) => false,
        }));
    }

    #[test]
    fn a_file_that_stops_short_says_where() {
        let whole = format!("{HEAD}\n810000000011|A|B|60\n810000000012|A|B|60\n8100");
        let broken = io::Error::other("the disk is gone");
        let source = whole.as_bytes().chain(Broken(Some(broken)));
        match survey(source, |_, _| Ok(())) {
            Err(SurveyError::Broken(line)) => assert_eq!(line, 4),
            other => panic!("{other:?}"),
        }
    }

    struct Broken(Option<io::Error>);

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            self.0.take().map_or(Ok(0), Err)
        }
    }

    #[test]
    fn refused_lines_that_cannot_be_kept_end_it() {
        let text = format!("{HEAD}\n1|A|B|60\n");
        let full = survey(text.as_bytes(), |_, _| Err(io::Error::other("full")));
        assert!(matches!(full, Err(SurveyError::Refused(_))));
    }

    #[test]
    fn the_key_of_a_number_is_checked() {
        assert!(luhn("10107592585"));
        assert!(!luhn("10003461033"));
    }
}
