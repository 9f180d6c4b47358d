//! Short codes in lower case (`otalgie`, `soins-infirmiers`): motives, care types, specialties.

use std::fmt;

/// A code of 1 to 40 characters among `a-z 0-9 -`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Box<str>);

/// The text is empty, too long, or holds another character.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a code has 1 to 40 characters among a-z, 0-9 and -")]
pub struct SlugError;

impl Slug {
    /// Reads a code. Errors when it is not one.
    pub fn new(text: &str) -> Result<Self, SlugError> {
        let fits = (1..=40).contains(&text.len());
        let clean = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits && clean {
            Ok(Self(text.into()))
        } else {
            Err(SlugError)
        }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_codes_pass() {
        assert!(Slug::new("soins-infirmiers").is_ok());
        for bad in ["", "Otalgie", "mal d'oreille", "é", &"a".repeat(41)] {
            assert_eq!(Slug::new(bad), Err(SlugError));
        }
    }
}
