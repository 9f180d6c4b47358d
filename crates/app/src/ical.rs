//! Writing a calendar file (RFC 5545): lines folded between letters, texts escaped so that none ends a
//! line early. Owns the form; knows neither appointments nor people.

use relais_core::time::Instant;
use std::fmt::Write as _;

/// Longest line of such a file, octets, the end of line left out.
const LINE_MAX: usize = 75;

/// A file being written.
#[derive(Default)]
pub(crate) struct File(String);

impl File {
    /// One line, as it is.
    pub(crate) fn line(&mut self, line: &str) {
        let mut room = LINE_MAX;
        for c in line.chars() {
            if room < c.len_utf8() {
                self.0.push_str("\r\n ");
                room = LINE_MAX - 1;
            }
            self.0.push(c);
            room -= c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A property whose value is text.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => {
                    let _ = write!(line, "\\{c}");
                }
                '\n' => line.push_str("\\n"),
                c if c.is_control() => {}
                c => line.push(c),
            }
        }
        self.line(&line);
    }

    /// The file.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// A moment, in UTC.
pub(crate) fn stamp(at: Instant) -> String {
    at.timestamp()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_letters_and_nothing_ends_one_early() {
        let mut file = File::default();
        let name = "é;,\\\r\nEND:VEVENT".repeat(9);
        file.text("SUMMARY", &name);
        assert!(!file.0.contains("\nEND"), "{}", file.0);
        for line in file.0.trim_end().split("\r\n") {
            assert!(line.len() <= LINE_MAX, "{line}");
        }
        let whole = file.0.replace("\r\n ", "");
        assert!(
            whole.starts_with("SUMMARY:é\\;\\,\\\\\\nEND:VEVENT"),
            "{whole}"
        );
    }
}
