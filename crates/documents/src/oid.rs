//! Object identifiers and the identifiers drawn from them, all computed: nothing here is chance.

use aws_lc_rs::digest::{SHA256, digest};

/// The identifiers of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oids {
    root: String,
    owned: bool,
}

impl Oids {
    /// Under a root of one's own (`1.2.250.1.999`).
    pub fn owned(root: impl Into<String>) -> Self {
        Self {
            root: root.into(),
            owned: true,
        }
    }

    /// Without a root: drawn from a name that is this installation's alone, its own address
    /// (`2.25.` and a number of 128 bits, ISO 9834-8).
    pub fn of_name(name: &str) -> Self {
        Self {
            root: format!("2.25.{}", number(name)),
            owned: false,
        }
    }

    /// Whether a text is an OID that may be a root: digits and dots, at most 20 characters.
    pub fn is_root(text: &str) -> bool {
        let arcs: Vec<&str> = text.split('.').collect();
        let plain = |arc: &&str| {
            !arc.is_empty()
                && arc.bytes().all(|b| b.is_ascii_digit())
                && (arc.len() == 1 || !arc.starts_with('0'))
        };
        text.len() <= 20
            && arcs.len() >= 3
            && arcs.iter().all(plain)
            && matches!(arcs.first(), Some(&("0" | "1" | "2")))
    }

    /// The installation itself, as the source of a submission.
    pub(crate) fn source(&self) -> &str {
        &self.root
    }

    /// The domain of our own patient numbers.
    pub(crate) fn patients(&self) -> String {
        format!("{}.4", self.root)
    }

    /// One thing by its 128 bits, under an arc of our root or, without one, on its own.
    pub(crate) fn thing(&self, arc: u8, bits: u128) -> String {
        if self.owned {
            format!("{}.{arc}.{bits}", self.root)
        } else {
            format!("2.25.{}", number(&format!("{}.{arc}.{bits}", self.root)))
        }
    }
}

/// 128 bits of a name.
fn number(name: &str) -> u128 {
    let hash = digest(&SHA256, name.as_bytes());
    let first = hash.as_ref().iter().take(16);
    first.fold(0, |n, byte| (n << 8) | u128::from(*byte))
}

/// `urn:uuid:…` of a part of a document: the same part of the same document has the same one.
pub(crate) fn urn(document: &str, part: &str) -> String {
    let bits = number(&format!("{document}#{part}"));
    // Version 8 of RFC 9562: made by its own rule.
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    let (a, rest) = hex.split_at(8);
    let (b, rest) = rest.split_at(4);
    let (c, rest) = rest.split_at(4);
    let (d, e) = rest.split_at(4);
    format!("urn:uuid:{a}-{b}-{c}-{d}-{e}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_oids_of_at_most_64_characters() {
        let each = [
            Oids::owned("1.2.250.1.999999.1"),
            Oids::of_name("snp@cpts.mssante.fr"),
        ];
        for oids in each {
            for oid in [
                oids.source().to_owned(),
                oids.patients(),
                oids.thing(5, u128::MAX),
            ] {
                assert!(oid.len() <= 64, "{oid}");
                assert!(oid.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
            }
        }
    }

    #[test]
    fn a_root_is_digits_and_dots_without_a_leading_nought() {
        assert!(Oids::is_root("1.2.250.1.213"));
        for wrong in [
            "",
            "1",
            "1.2",
            "3.2.1",
            "1.02.3",
            "1..3",
            "1.2.a",
            "1.2.250.1.213.1.1.1.4.5",
        ] {
            assert!(!Oids::is_root(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_part_keeps_its_number_and_no_other_part_has_it() {
        assert_eq!(urn("1.2.3", "set"), urn("1.2.3", "set"));
        assert_ne!(urn("1.2.3", "set"), urn("1.2.3", "doc"));
        assert_eq!(urn("1.2.3", "set").len(), "urn:uuid:".len() + 36);
    }
}
