//! A table as a file for a spreadsheet: UTF-8 with its mark, semicolons. A cell that a spreadsheet
//! would take for a formula is made text. Refuses nothing else: what may be in it is its caller's.

use crate::error::AppError;

/// The file: a head, then the rows in their order.
pub(crate) fn sheet<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Vec<u8>, AppError> {
    let bug = |error: &dyn std::fmt::Display| AppError::Bug(format!("csv: {error}"));
    let mut out = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(vec![0xEF, 0xBB, 0xBF]);
    out.write_record(head).map_err(|error| bug(&error))?;
    for row in rows {
        out.write_record(row.map(harmless))
            .map_err(|error| bug(&error))?;
    }
    out.into_inner().map_err(|error| bug(&error))
}

/// A cell that no spreadsheet takes for a formula: those start with one of a few signs, behind which
/// an apostrophe makes them text.
fn harmless(cell: String) -> String {
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\u{ff1d}');
    if cell.trim_start_matches(' ').starts_with(formula) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_would_be_computed_becomes_text() {
        for (cell, kept) in [
            ("=1+1", "'=1+1"),
            ("+33", "'+33"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =HYPERLINK(\"x\")", "'  =HYPERLINK(\"x\")"),
            ("\t=1", "'\t=1"),
            ("Lina K.", "Lina K."),
            ("", ""),
        ] {
            assert_eq!(harmless(cell.to_owned()), kept);
        }
    }
}
