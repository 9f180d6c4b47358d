//! A file of protocols: read whole or refused whole, each fault with its line and its reason.

use super::TRUNK;
use super::check::Wrong;
use super::illegible::Illegible;
use super::read::{self, address};
use super::sheet::Sheet;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const SHIPPED: &str = include_str!("../../../../protocols/protocoles-demo.json");
/// Largest file read, bytes.
pub const FILE_MAX: usize = 4 << 20;
/// Most sheets of a file.
pub const SHEETS_MAX: usize = 300;

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {reason}", .sheet.as_ref().map(|code| format!(", sheet {code}")).unwrap_or_default())]
pub struct FileFault {
    /// Line of the file, from 1.
    pub line: usize,
    /// Sheet, when it could be read that far.
    pub sheet: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// Why a file is refused. Said in English on the command line, in French on the page
/// (`crate::text::protocol_file`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file is beyond its limit.
    #[error("the file is larger than {} MB", FILE_MAX >> 20)]
    TooLarge,
    /// No sheet, or too many.
    #[error("a file holds 1 to {SHEETS_MAX} sheets")]
    Count,
    /// Two sheets of one code.
    #[error("the code stands twice in the file")]
    CodeTwice,
    /// A source named by a sheet and not told.
    #[error("source `{0}` is not in `sources`")]
    Source(String),
    /// It cannot be read.
    #[error("{0}")]
    Illegible(Illegible),
    /// It can be read, and may not be followed.
    #[error("{0}")]
    Wrong(Wrong),
}

/// What a file holds.
#[derive(Debug, Clone)]
pub struct FileRead {
    /// The warning to show with its sheets, when it carries one.
    pub warning: Option<String>,
    /// The sheets, in the order of the file; none has a fault.
    pub sheets: Vec<Sheet>,
    /// What the keys of the sources stand for.
    pub sources: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    #[serde(default)]
    avertissement: Option<String>,
    #[serde(default, rename = "destinations")]
    _destinations: BTreeMap<String, String>,
    #[serde(default)]
    sources: BTreeMap<String, String>,
    #[serde(borrow)]
    protocoles: Vec<&'a RawValue>,
}

/// Reads a file of protocols. Every fault found, in the order of the file, when there is one.
pub fn read_file(text: &str) -> Result<FileRead, Vec<FileFault>> {
    let whole = |line: usize, reason: Reason| {
        vec![FileFault {
            line,
            sheet: None,
            reason,
        }]
    };
    if text.len() > FILE_MAX {
        return Err(whole(1, Reason::TooLarge));
    }
    let file: File<'_> = serde_json::from_str(text).map_err(|error| {
        let reason = Reason::Illegible((&error).into());
        whole(error.line().max(1), reason)
    })?;
    if file.protocoles.is_empty() || file.protocoles.len() > SHEETS_MAX {
        return Err(whole(1, Reason::Count));
    }
    let line = |at: usize| {
        let before = at.saturating_sub(address(text)).min(text.len());
        text.as_bytes()[..before]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1
    };
    let mut faults = Vec::new();
    let mut sheets: Vec<Sheet> = Vec::new();
    for raw in &file.protocoles {
        let located = match read::read(raw.get()) {
            Ok(located) => located,
            Err(unread) => {
                let (at, further) = unread.at;
                faults.push(FileFault {
                    line: line(at) + further,
                    sheet: None,
                    reason: Reason::Illegible(unread.reason),
                });
                continue;
            }
        };
        let sheet = located.sheet;
        if sheets.iter().any(|known| known.code == sheet.code) {
            faults.push(FileFault {
                line: line(address(raw.get())),
                sheet: Some(sheet.code.clone()),
                reason: Reason::CodeTwice,
            });
        }
        for fault in sheet.faults() {
            let place = fault
                .question
                .and_then(|index| located.questions.get(index));
            faults.push(FileFault {
                line: line(place.copied().unwrap_or_else(|| address(raw.get()))),
                sheet: Some(sheet.code.clone()),
                reason: Reason::Wrong(fault.wrong),
            });
        }
        sheets.push(sheet);
    }
    for (code, key) in unknown_sources(&sheets, &file.sources) {
        faults.push(FileFault {
            line: 1,
            sheet: Some(code),
            reason: Reason::Source(key),
        });
    }
    if faults.is_empty() {
        Ok(FileRead {
            warning: file.avertissement,
            sheets,
            sources: file.sources,
        })
    } else {
        Err(faults)
    }
}

/// Sheets as a file that [`read_file`] takes, laid out to be edited by hand. What the sources of the
/// shipped sheets stand for is told; those of a territory's own sheets are left to be told.
pub fn written<'s>(sheets: impl IntoIterator<Item = &'s Sheet>) -> String {
    let sheets: Vec<&Sheet> = sheets.into_iter().collect();
    let keys = sheets.iter().flat_map(|sheet| {
        let asked = sheet.questions.iter().flat_map(|one| &one.sources);
        asked.chain(sheet.advice.iter().flat_map(|one| &one.sources))
    });
    let told = |key: &String| {
        let known = shipped().sources.get(key).cloned();
        (key.clone(), known.unwrap_or_default())
    };
    let sources: BTreeMap<String, String> = keys.map(told).collect();
    let bodies = sheets.iter().map(|sheet| sheet.to_json());
    let bodies: Vec<serde_json::Value> = bodies
        .map(|body| serde_json::from_str(&body).expect("what was written as JSON is JSON"))
        .collect();
    let whole = serde_json::json!({ "sources": sources, "protocoles": bodies });
    serde_json::to_string_pretty(&whole).expect("strings and numbers always serialise")
}

fn unknown_sources(sheets: &[Sheet], known: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for sheet in sheets {
        let asked = sheet
            .questions
            .iter()
            .flat_map(|question| &question.sources);
        let advised = sheet.advice.iter().flat_map(|advice| &advice.sources);
        for key in asked.chain(advised).filter(|key| !known.contains_key(*key)) {
            found.push((sheet.code.clone(), key.clone()));
        }
    }
    found
}

/// The demonstration sheets shipped with the product, read once. Reviewed by no doctor.
pub fn shipped() -> &'static FileRead {
    static ONCE: OnceLock<FileRead> = OnceLock::new();
    ONCE.get_or_init(|| {
        read_file(SHIPPED).expect("the embedded protocols are read whole by a test")
    })
}

/// The text of the file shipped, for an import.
pub const fn shipped_text() -> &'static str {
    SHIPPED
}

/// The shipped trunk.
pub fn shipped_trunk() -> &'static Sheet {
    let mut sheets = shipped().sheets.iter();
    let trunk = sheets.find(|sheet| sheet.code == TRUNK);
    trunk.expect("the embedded protocols hold the trunk")
}

/// The warning to show wherever demonstration questions are asked, in French.
pub fn warning() -> &'static str {
    shipped().warning.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_core::triage::Kind;

    /// One sheet in the full form, on lines one can count.
    fn file(questions: &str) -> String {
        format!(
            r#"{{
"avertissement": "essai",
"sources": {{"S": "une source"}},
"protocoles": [
{{"code": "ESSAI", "libelle": "Essai", "inclusion": "Un essai", "motifs": ["toux"],
 "destinations": ["15", "MG"], "fin": ["MG"],
 "questions": [
{questions}
 ]}}
]}}"#
        )
    }

    const FLAG: &str = r#"{"cle": "e-1", "genre": "alerte", "texte": "Respire mal ?", "si_oui": "15", "sources": ["S"]}"#;

    fn refused(text: &str) -> String {
        let faults = read_file(text).unwrap_err();
        faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" | ")
    }

    #[test]
    fn the_shipped_file_is_read_whole_and_written_again_the_same() {
        let read = read_file(SHIPPED).unwrap();
        assert_eq!(read.sheets.len(), 40);
        assert!(
            read.warning
                .is_some_and(|warning| warning.contains("NON VALIDÉ"))
        );
        for sheet in &read.sheets {
            assert_eq!(sheet.faults(), Vec::new(), "{}", sheet.code);
            let again = Sheet::from_json(&sheet.to_json()).unwrap();
            assert_eq!(again, *sheet);
        }
    }

    #[test]
    fn the_file_of_a_book_is_read_again_as_the_same_sheets() {
        let book = crate::protocols::Book::demonstration();
        let read = read_file(&book.to_file()).unwrap();
        assert_eq!(read.sheets.len(), 40);
        for sheet in &read.sheets {
            let shipped = shipped().sheets.iter().find(|one| one.code == sheet.code);
            assert_eq!(Some(sheet), shipped);
        }
    }

    #[test]
    fn every_sheet_of_the_motive_list_is_there_and_serves_its_motive() {
        let sheets = &shipped().sheets;
        for motive in crate::reference::motives::Motives::shipped().all() {
            for code in [&motive.sheet, &motive.sheet_child].into_iter().flatten() {
                let sheet = sheets.iter().find(|sheet| sheet.code == *code).unwrap();
                assert!(sheet.motives.contains(&motive.code), "{code}");
            }
        }
    }

    #[test]
    fn red_flags_are_asked_first_whatever_the_order_of_the_short_form() {
        let sheets = &shipped().sheets;
        let gorge = sheets.iter().find(|sheet| sheet.code == "GORGE").unwrap();
        let keys: Vec<_> = gorge.questions.iter().map(|q| q.key.as_str()).collect();
        // A foreign body leads to 15: a red flag, though the file lists it out of protocol.
        assert_eq!(
            keys[..7],
            [
                "gorge-1", "gorge-2", "gorge-3", "gorge-4", "gorge-5", "gorge-x2", "gorge-x1"
            ]
        );
        assert_eq!(gorge.questions[7].kind, Kind::Inclusion);
    }

    #[test]
    fn a_sound_file_is_read() {
        let read = read_file(&file(FLAG)).unwrap();
        assert_eq!(read.sheets[0].questions[0].key, "e-1");
    }

    #[test]
    fn each_fault_is_told_with_its_line_and_its_reason() {
        let two = |second: &str| file(&format!("{FLAG},\n{second}"));
        let cases: &[(String, &str)] = &[
            ("{".to_owned(), "line 1"),
            (
                file(FLAG).replace("\"libelle\"", "\"libele\""),
                "line 5: unknown field `libele`",
            ),
            (
                two(r#"{"cle": "e-1", "genre": "a-noter", "texte": "Âge ?"}"#),
                "line 9, sheet ESSAI: key `e-1`: used twice",
            ),
            (
                two(r#"{"cle": "e-2", "genre": "a-noter", "texte": " "}"#),
                "line 9, sheet ESSAI: the sentence to read aloud is missing",
            ),
            (
                two(r#"{"cle": "e-2", "genre": "exclusion", "texte": "Autre ?", "si_oui": "XX"}"#),
                "line 9: a `exclusion` cannot lead to `XX` on a yes",
            ),
            (
                two(
                    r#"{"cle": "e-2", "genre": "exclusion", "texte": "Autre ?", "si_oui": "MT", "dire": ""}"#,
                ),
                "line 9, sheet ESSAI: the sentence to say (`dire`) is missing",
            ),
            (
                file(&format!(
                    "{},\n{FLAG}",
                    r#"{"cle": "e-0", "genre": "a-noter", "texte": "Âge ?"}"#
                )),
                "line 9, sheet ESSAI: a red flag comes after another kind of question",
            ),
            (
                two(
                    r#"{"cle": "e-2", "genre": "exclusion", "texte": "Deux ?", "si_oui": "MT", "seulement_si": {"question": "e-3", "reponse": "non"}},
{"cle": "e-3", "genre": "exclusion", "texte": "Trois ?", "si_oui": "MT", "seulement_si": {"question": "e-2", "reponse": "non"}}"#,
                ),
                "line 9, sheet ESSAI: cycle",
            ),
            (
                two(
                    r#"{"cle": "e-2", "genre": "exclusion", "texte": "Deux ?", "si_oui": "MT", "seulement_si": {"question": "e-1", "reponse": "oui"}}"#,
                ),
                "line 9, sheet ESSAI: unreachable: no answers lead to this question",
            ),
            (
                file(FLAG).replace("[\"15\", \"MG\"]", "[\"15\", \"MG\", \"SF\"]"),
                "line 5, sheet ESSAI: unreachable: destination `SF` is announced",
            ),
            (
                file(FLAG).replace("\"toux\"", "\"tou\""),
                "line 5, sheet ESSAI: `tou` is not in the motive list",
            ),
            (
                file(FLAG).replace("\"MG\"]", "\"MX\"]"),
                "line 5: `MX` is no destination",
            ),
            (
                file(FLAG).replace("[\"S\"]", "[\"T\"]"),
                "source `T` is not in `sources`",
            ),
            (
                file(FLAG).replace("[\n{\"code\"", "[\n{\"code\": \"AUTRE\", \"code\""),
                "line 5: duplicate field `code`",
            ),
        ];
        for (text, told) in cases {
            let refused = refused(text);
            assert!(refused.contains(told), "{refused}\nwanted: {told}");
        }
        let twice = file(FLAG);
        let sheet = &twice[twice.find("{\"code\"").unwrap()..twice.rfind("\n]}").unwrap()];
        let twice = twice.replace(sheet, &format!("{sheet},\n{sheet}"));
        assert!(
            refused(&twice).contains("stands twice"),
            "{}",
            refused(&twice)
        );
    }
}
