//! The commune file: one line in, one checked record or one readable reason out. Owns the columns
//! of `communes.csv` (embedded, or given to `relais import communes`); stores nothing.

use relais_core::geo::{Insee, Point};
use std::io::Read;

/// Columns the file must have; others are ignored, the order is free.
const COLUMNS: [&str; 9] = [
    "insee",
    "nom",
    "codes_postaux",
    "dept",
    "population",
    "lat",
    "lon",
    "lat_bourg",
    "lon_bourg",
];

/// One commune of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneLine {
    /// INSEE code.
    pub insee: Insee,
    /// Name as published.
    pub name: String,
    /// Postcodes, five digits each; some communes have none.
    pub postcodes: Vec<String>,
    /// Department, as text (`2A`, `974`).
    pub department: String,
    /// Inhabitants.
    pub population: u32,
    /// Centroid of the commune's outline; `None` for a few islands.
    pub centroid: Option<Point>,
    /// Town centre, where known.
    pub town: Option<Point>,
}

/// A line that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadLine {
    /// Line number in the file, the header being line 1.
    pub line: u64,
    /// Why, in plain words.
    pub reason: String,
}

/// The file is no commune file.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// A column is missing.
    #[error("column `{0}` is missing; expected {expected}", expected = COLUMNS.join(", "))]
    Missing(&'static str),
    /// The first line cannot be read.
    #[error("the first line cannot be read: {0}")]
    Unreadable(#[from] csv::Error),
}

/// Reads a commune file (UTF-8, comma-separated, header by name).
///
/// # Errors
/// The header cannot be read or lacks a column. A bad line is an item, not an error: reading goes
/// on after it.
pub fn read_communes<R: Read>(source: R) -> Result<CommuneLines<R>, HeaderError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
    let header = reader.headers()?.clone();
    let mut at = [0; COLUMNS.len()];
    for (slot, name) in at.iter_mut().zip(COLUMNS) {
        let found = header
            .iter()
            .position(|cell| cell.trim_start_matches('\u{feff}') == name);
        *slot = found.ok_or(HeaderError::Missing(name))?;
    }
    Ok(CommuneLines {
        reader,
        at,
        record: csv::StringRecord::new(),
    })
}

/// The lines of a commune file, in order.
#[derive(Debug)]
pub struct CommuneLines<R> {
    reader: csv::Reader<R>,
    at: [usize; COLUMNS.len()],
    record: csv::StringRecord,
}

impl<R: Read> Iterator for CommuneLines<R> {
    type Item = Result<CommuneLine, BadLine>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.reader.position().line();
        match self.reader.read_record(&mut self.record) {
            Ok(false) => None,
            Ok(true) => {
                let line = self.record.position().map_or(line, csv::Position::line);
                let at = self.at;
                let cell = |index: usize| self.record.get(at[index]).map(str::trim);
                Some(check(cell).map_err(|reason| BadLine { line, reason }))
            }
            Err(error) => {
                let reason = match error.kind() {
                    csv::ErrorKind::Utf8 { .. } => "not UTF-8 text".to_owned(),
                    _ => error.to_string(),
                };
                // A broken stream gives the same error for ever; a broken line does not.
                if error.is_io_error() {
                    self.record.clear();
                    return self.stop(BadLine { line, reason });
                }
                Some(Err(BadLine { line, reason }))
            }
        }
    }
}

impl<R: Read> CommuneLines<R> {
    fn stop(&mut self, last: BadLine) -> Option<Result<CommuneLine, BadLine>> {
        if self.at[0] == usize::MAX {
            return None;
        }
        self.at[0] = usize::MAX;
        Some(Err(last))
    }
}

fn check<'a>(cell: impl Fn(usize) -> Option<&'a str>) -> Result<CommuneLine, String> {
    let text = |index: usize| {
        cell(index).ok_or_else(|| format!("the cell `{}` is missing", COLUMNS[index]))
    };
    let code = text(0)?;
    let insee = Insee::new(code).ok_or_else(|| format!("`{code}` is not an INSEE code"))?;
    let name = text(1)?;
    if name.is_empty() {
        return Err("the name is empty".to_owned());
    }
    let mut postcodes = Vec::new();
    for postcode in text(2)?.split_whitespace() {
        if postcode.len() != 5 || !postcode.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("`{postcode}` is not a postcode"));
        }
        postcodes.push(postcode.to_owned());
    }
    let department = text(3)?;
    if department != insee.department() {
        return Err(format!(
            "department `{department}` does not fit the code {insee}"
        ));
    }
    let population = match text(4)? {
        "" => 0,
        count => count
            .parse()
            .map_err(|_| format!("`{count}` is not a population"))?,
    };
    Ok(CommuneLine {
        insee,
        name: name.to_owned(),
        postcodes,
        department: department.to_owned(),
        population,
        centroid: point(text(5)?, text(6)?)?,
        town: point(text(7)?, text(8)?)?,
    })
}

fn point(lat: &str, lon: &str) -> Result<Option<Point>, String> {
    if lat.is_empty() && lon.is_empty() {
        return Ok(None);
    }
    let degrees = |text: &str| text.parse::<f64>().ok();
    degrees(lat)
        .zip(degrees(lon))
        .and_then(|(lat, lon)| Point::from_degrees(lat, lon))
        .map(Some)
        .ok_or_else(|| format!("`{lat}`, `{lon}` are not coordinates"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "insee,nom,codes_postaux,dept,region,population,lat,lon,lat_bourg,lon_bourg,origine_coord";

    fn read(lines: &str) -> Vec<Result<CommuneLine, BadLine>> {
        read_communes(format!("{HEAD}\n{lines}").as_bytes())
            .unwrap()
            .collect()
    }

    #[test]
    fn a_good_line_is_read_whole() {
        let found = read("91377,Massy,91300,91,11,51729,48.7275,2.2753,48.7269,2.2832,contour\n");
        let massy = found[0].as_ref().unwrap();
        assert_eq!((massy.name.as_str(), massy.population), ("Massy", 51_729));
        assert_eq!(massy.postcodes, ["91300"]);
        assert_eq!(massy.town, Point::from_degrees(48.7269, 2.2832));
    }

    #[test]
    fn each_bad_line_has_its_number_and_reason_and_the_next_is_read() {
        let found = read(
            "9137,Massy,91300,91,11,1,48.7,2.2,,,x\n\
             91377,,91300,91,11,1,48.7,2.2,,,x\n\
             91377,Massy,9130O,91,11,1,48.7,2.2,,,x\n\
             91377,Massy,91300,92,11,1,48.7,2.2,,,x\n\
             91377,Massy,91300,91,11,many,48.7,2.2,,,x\n\
             91377,Massy,91300,91,11,1,148.7,2.2,,,x\n\
             91377,Massy\n\
             2A004,Ajaccio,20000 20090,2A,94,1,41.9,8.7,,,x\n",
        );
        let reasons: Vec<_> = found.iter().filter_map(|f| f.as_ref().err()).collect();
        let lines: Vec<_> = reasons.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(
            reasons[0].to_string(),
            "line 2: `9137` is not an INSEE code"
        );
        assert_eq!(reasons[2].reason, "`9130O` is not a postcode");
        assert_eq!(reasons[6].reason, "the cell `codes_postaux` is missing");
        assert_eq!(found[7].as_ref().unwrap().postcodes.len(), 2);
    }

    #[test]
    fn bytes_that_are_no_text_spoil_their_line_only() {
        let mut bytes = format!("{HEAD}\n").into_bytes();
        bytes.extend_from_slice(b"91377,Ma\xffsy,91300,91,11,1,48.7,2.2,,,x\n");
        bytes.extend_from_slice(b"91471,Orsay,91400,91,11,1,48.7,2.2,,,x\n");
        let found: Vec<_> = read_communes(bytes.as_slice()).unwrap().collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].as_ref().unwrap_err().reason, "not UTF-8 text");
        assert_eq!(found[1].as_ref().unwrap().name, "Orsay");
    }

    #[test]
    fn a_file_without_the_columns_is_refused() {
        let error = read_communes("code,nom\n1,a\n".as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("column `insee` is missing"));
    }
}
