//! The national open extract of professionals, read as a stream: one line in; an entry, a line that is not ours, or a
//! readable reason out. Columns are found by name, whatever their order and the spelling of the year; nothing is quoted.
//! Stores nothing.

use super::communes::Communes;
use super::communes_file::BadLine;
use super::folded;
use relais_core::geo::Insee;
use relais_core::people::Profession;
use relais_store::national::Entry;
use std::io::{self, BufRead};

/// Longest line read, bytes; a longer one is no line of this file.
pub(crate) const LINE_MAX: usize = 64 * 1024;
/// Longest name, characters.
const NAME_MAX: usize = 100;

/// Columns by their folded names, without what stands in brackets; each with its other spellings.
const COLUMNS: [&[&str]; 14] = [
    &["identification nationale pp"],
    &["nom d exercice", "nom exercice"],
    &["prenom d exercice", "prenom exercice"],
    &["code profession"],
    &["code categorie professionnelle"],
    &["code type savoir faire"],
    &["code savoir faire"],
    &["code civilite d exercice", "code civilite exercice"],
    &["code civilite"],
    &["code postal"],
    &["code commune"],
    &["libelle commune"],
    &["telephone"],
    &["libelle civilite"],
];
/// The first so many must be there.
const REQUIRED: usize = 4;

/// A line that is sound, and not for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aside {
    /// Identified by something else than an RPPS number.
    OtherNumber,
    /// A student.
    Student,
    /// A profession that no request is addressed to.
    OtherProfession,
}

impl Aside {
    /// What to say of such lines.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::OtherNumber => "not identified by an RPPS number",
            Self::Student => "students",
            Self::OtherProfession => "professions that no request is addressed to",
        }
    }
}

/// What a line is; of somebody at a place, what was wanted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<T = Box<Entry>> {
    /// Somebody at a place.
    Entry(T),
    /// Sound, and left aside.
    Aside(Aside),
    /// Left out, with its number, the reason, and the line itself for the file of refused lines.
    Bad(BadLine, String),
}

/// The file is no extract of the directory.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// A column is missing.
    #[error(
        "the column `{0}` is missing: this is not the \"Personne_activite\" extract of the national directory"
    )]
    Missing(&'static str),
    /// The first line cannot be read.
    #[error("the first line cannot be read: {0}")]
    Unreadable(String),
}

/// What the fields of an extract are.
#[derive(Debug, Clone)]
pub struct Columns {
    /// For each field of a line, which of [`COLUMNS`] it is.
    of: Vec<Option<usize>>,
    fields: usize,
}

impl Columns {
    /// Reads lines of the extract that come after so many, the header among them.
    pub fn lines<R: BufRead>(&self, source: R, after: u64) -> Lines<R> {
        Lines {
            source,
            columns: self.clone(),
            number: after,
            buffer: Vec::new(),
            broken: false,
        }
    }
}

/// The lines of an extract, in order.
#[derive(Debug)]
pub struct Lines<R> {
    source: R,
    columns: Columns,
    number: u64,
    buffer: Vec<u8>,
    broken: bool,
}

/// Reads an extract.
///
/// # Errors
/// The header cannot be read or lacks a column that is needed. A bad line is an item, not an error.
pub fn read_directory<R: BufRead>(mut source: R) -> Result<Lines<R>, HeaderError> {
    let mut buffer = Vec::new();
    let unreadable = |why: &str| HeaderError::Unreadable(why.to_owned());
    match next_line(&mut source, &mut buffer) {
        Ok(Read::Line) => {}
        Ok(Read::End) => return Err(unreadable("the file is empty")),
        Ok(Read::TooLong) => return Err(unreadable("it is too long")),
        Err(error) => return Err(HeaderError::Unreadable(error.to_string())),
    }
    let header = std::str::from_utf8(&buffer).map_err(|_| unreadable("it is not UTF-8 text"))?;
    let names: Vec<String> = header
        .trim_start_matches('\u{feff}')
        .split('|')
        .map(column)
        .collect();
    let mut at = [None; COLUMNS.len()];
    for (slot, spellings) in at.iter_mut().zip(COLUMNS) {
        *slot = spellings
            .iter()
            .find_map(|spelling| names.iter().position(|name| name == spelling));
    }
    for (slot, spellings) in at.iter().zip(COLUMNS).take(REQUIRED) {
        if slot.is_none() {
            return Err(HeaderError::Missing(spellings[0]));
        }
    }
    let named = names.iter().rposition(|name| !name.is_empty());
    let fields = named.map_or(0, |last| last + 1);
    let column = |field| at.iter().position(|place| *place == Some(field));
    let columns = Columns {
        of: (0..fields).map(column).collect(),
        fields,
    };
    Ok(columns.lines(source, 1))
}

/// A column's name, folded, without what stands in brackets.
fn column(text: &str) -> String {
    let bare = text.split('(').next().unwrap_or_default();
    folded(bare)
}

enum Read {
    Line,
    TooLong,
    End,
}

/// Reads up to the end of a line, without it; what is too long is passed over.
fn next_line<R: BufRead>(source: &mut R, buffer: &mut Vec<u8>) -> io::Result<Read> {
    buffer.clear();
    let (mut any, mut too_long) = (false, false);
    loop {
        let held = source.fill_buf()?;
        if held.is_empty() {
            break;
        }
        any = true;
        let end = memchr::memchr(b'\n', held);
        let taken = end.map_or(held.len(), |end| end + 1);
        if buffer.len() + taken > LINE_MAX {
            too_long = true;
        } else if !too_long {
            buffer.extend_from_slice(&held[..taken]);
        }
        source.consume(taken);
        if end.is_some() {
            break;
        }
    }
    while matches!(buffer.last(), Some(b'\n' | b'\r')) {
        buffer.pop();
    }
    Ok(match (any, too_long) {
        (false, _) => Read::End,
        (true, true) => Read::TooLong,
        (true, false) => Read::Line,
    })
}

impl<R: BufRead> Lines<R> {
    /// The number of the line last read, the header being line 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Whether the file could not be read to its end.
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// What is read from, and what its fields are.
    pub fn into_parts(self) -> (R, Columns) {
        (self.source, self.columns)
    }

    fn bad<T>(&self, reason: impl Into<String>) -> Line<T> {
        let text = String::from_utf8_lossy(&self.buffer).into_owned();
        let bad = BadLine {
            line: self.number,
            reason: reason.into(),
        };
        Line::Bad(bad, text)
    }

    /// Reads a line without looking into it; false at the end.
    pub fn pass(&mut self) -> bool {
        if self.broken {
            return false;
        }
        self.number += 1;
        match next_line(&mut self.source, &mut self.buffer) {
            Ok(Read::End) => false,
            Ok(Read::Line | Read::TooLong) => true,
            Err(_) => {
                self.broken = true;
                false
            }
        }
    }

    /// The next line, of which `make` keeps what is wanted of somebody at a place.
    pub fn step<T>(&mut self, make: impl FnOnce(&Sound<'_>) -> T) -> Option<Line<T>> {
        if self.broken {
            return None;
        }
        self.number += 1;
        match next_line(&mut self.source, &mut self.buffer) {
            Ok(Read::End) => None,
            Ok(Read::TooLong) => Some(self.bad("the line is too long")),
            Ok(Read::Line) => Some(match self.check() {
                Ok(Ok(sound)) => Line::Entry(make(&sound)),
                Ok(Err(aside)) => Line::Aside(aside),
                Err(reason) => self.bad(reason),
            }),
            Err(error) => {
                self.broken = true;
                self.buffer.clear();
                Some(self.bad(format!("the file cannot be read further: {error}")))
            }
        }
    }

    fn check(&self) -> Result<Result<Sound<'_>, Aside>, String> {
        let text = std::str::from_utf8(&self.buffer).map_err(|_| "not UTF-8 text".to_owned())?;
        let cells = self.cells(text)?;
        let cell = |column: usize| cells[column];
        let number = cell(0);
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if number.starts_with('0') && digits(number) && number.len() == 10 {
            return Ok(Err(Aside::OtherNumber));
        }
        let rpps = number.strip_prefix('8').unwrap_or_default();
        if rpps.len() != 11 || !digits(rpps) {
            return if digits(number) && number.len() == 12 {
                Ok(Err(Aside::OtherNumber))
            } else {
                Err("the national number is not `8` and eleven digits".to_owned())
            };
        }
        if cell(4) == "E" {
            return Ok(Err(Aside::Student));
        }
        let profession = cell(3);
        if !digits(profession) {
            return Err("the profession has no code".to_owned());
        }
        let Some(profession) = profession_of(profession, cell(5), cell(6)) else {
            return Ok(Err(Aside::OtherProfession));
        };
        name(cell(1), "surname")?;
        name(cell(2), "first name")?;
        if cell(1).is_empty() {
            return Err("the surname is empty".to_owned());
        }
        Ok(Ok(Sound {
            cells,
            rpps,
            profession,
        }))
    }

    /// The cells that matter, in the order of [`COLUMNS`]; empty where the file has no such column.
    fn cells<'a>(&self, text: &'a str) -> Result<[&'a str; COLUMNS.len()], String> {
        let mut found = [""; COLUMNS.len()];
        let (mut count, mut from, mut extra) = (0, 0, false);
        let ends = memchr::memchr_iter(b'|', text.as_bytes());
        for end in ends.chain(std::iter::once(text.len())) {
            let cell = &text[from..end];
            from = end + 1;
            match self.columns.of.get(count) {
                Some(Some(column)) => found[*column] = cell.trim(),
                Some(None) => {}
                None => extra |= !cell.trim().is_empty(),
            }
            count += 1;
        }
        if count < self.columns.fields || extra {
            return Err(format!(
                "{count} fields where the header has {}",
                self.columns.fields
            ));
        }
        Ok(found)
    }
}

/// A line that says who somebody is and where they practise.
#[derive(Debug)]
pub struct Sound<'a> {
    cells: [&'a str; COLUMNS.len()],
    rpps: &'a str,
    profession: Profession,
}

impl Sound<'_> {
    /// National number, eleven digits.
    pub const fn rpps(&self) -> &str {
        self.rpps
    }

    /// What they are.
    pub const fn profession(&self) -> Profession {
        self.profession
    }

    /// The commune of work as it is today, if the line gives one.
    pub fn insee(&self) -> Option<Insee> {
        let insee = Insee::new(self.cells[10])?;
        Some(Communes::shipped().get(insee).map_or(insee, |c| c.insee))
    }

    /// The entry it becomes.
    pub fn entry(&self) -> Entry {
        let cell = |column: usize| self.cells[column];
        let insee = self.insee();
        let known = insee.and_then(|insee| Communes::shipped().get(insee));
        let commune = known.map_or(cell(11), |commune| commune.name);
        let phone = Some(cell(12)).filter(|text| !text.is_empty());
        let civility = match (cell(7), cell(8)) {
            ("", other) => civility(other),
            (practice, _) => civility(practice),
        };
        Entry {
            rpps: self.rpps.to_owned(),
            dept: insee.map_or_else(String::new, |insee| insee.department().to_owned()),
            insee: insee.map_or_else(String::new, |insee| insee.to_string()),
            profession: self.profession.code().to_owned(),
            civility: civility.to_owned(),
            last_name: cell(1).to_owned(),
            first_name: cell(2).to_owned(),
            commune: commune.to_owned(),
            postcode: cell(9).chars().take(5).collect(),
            phone: phone.map(|text| text.chars().take(20).collect()),
            search: folded(&format!("{} {} {commune}", cell(1), cell(2))),
        }
    }
}

fn name(text: &str, what: &str) -> Result<(), String> {
    if text.len() > NAME_MAX && text.chars().count() > NAME_MAX {
        return Err(format!("the {what} is longer than {NAME_MAX} characters"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("the {what} holds a control character"));
    }
    Ok(())
}

fn civility(code: &str) -> &'static str {
    match code {
        "DR" => "Dr",
        "PR" => "Pr",
        "M" => "M.",
        "MME" | "MLLE" => "Mme",
        _ => "",
    }
}

/// The profession of a code of the national list and, for doctors, of their specialty: general practice is SM26, SM53
/// or SM54, or none said.
fn profession_of(code: &str, kind: &str, skill: &str) -> Option<Profession> {
    Some(match code {
        "10" => match (kind, skill) {
            ("S", "SM26" | "SM53" | "SM54") | (_, "") => Profession::Gp,
            ("S", "SM03") => Profession::Biologist,
            _ => Profession::Specialist,
        },
        "21" => Profession::Pharmacist,
        "40" => Profession::Dentist,
        "50" => Profession::Midwife,
        "60" | "69" => Profession::Nurse,
        "70" => Profession::Physio,
        "80" => Profession::Podiatrist,
        "91" => Profession::Speech,
        "92" => Profession::Orthoptist,
        _ => return None,
    })
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        self.step(|sound| Box::new(sound.entry()))
    }
}

#[cfg(test)]
#[path = "tests_of_directory_file.rs"]
mod tests;
