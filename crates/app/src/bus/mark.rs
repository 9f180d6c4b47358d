//! Where a reader stands: the life of the process that told it something, and the number of that.

use std::fmt;

/// `<epoch>-<number>`, the id of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The life of the process that gave the number.
    pub epoch: &'a str,
    /// The number.
    pub seq: u64,
}

impl<'a> Mark<'a> {
    /// Reads a mark; `None` when it is none of any epoch.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (epoch, seq) = text.split_once('-')?;
        // One text for one mark: no sign, no leading zero, no surprise in a log.
        let plain = !seq.is_empty() && seq.bytes().all(|b| b.is_ascii_digit());
        if epoch.is_empty() || !plain || (seq.len() > 1 && seq.starts_with('0')) {
            return None;
        }
        let seq = seq.parse().ok()?;
        Some(Self { epoch, seq })
    }
}

impl fmt::Display for Mark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_and_nothing_else_is() {
        let mark = Mark {
            epoch: "a0b1",
            seq: 42,
        };
        assert_eq!(Mark::parse(&mark.to_string()), Some(mark));
        for wrong in [
            "",
            "-",
            "a-",
            "-1",
            "a",
            "a--1",
            "a-+1",
            "a-01",
            "a-1 ",
            "a-1-2",
            "a-99999999999999999999999",
        ] {
            assert_eq!(Mark::parse(wrong), None, "{wrong}");
        }
    }
}
