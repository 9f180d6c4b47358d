//! How many segments a text message takes, and in which alphabet (3GPP 23.038 and 23.040).
//! An escape pair of GSM-7 and a surrogate pair of UCS-2 are never split.

/// The default alphabet, one septet each.
pub(super) const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
    ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table, two septets each.
pub(super) const EXTENSION: &str = "^{}\\[~]|€\u{c}";

/// The alphabet a text needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// 160 septets, or 153 a part.
    Gsm7,
    /// 70 UTF-16 units, or 67 a part.
    Ucs2,
}

impl Encoding {
    /// A short name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gsm7 => "gsm7",
            Self::Ucs2 => "ucs2",
        }
    }

    /// Units of a text that fits in one segment, and of each part when it does not
    /// (8-bit concatenation reference).
    pub const fn limits(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }
}

/// What a text costs to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segments {
    /// The alphabet it needs.
    pub encoding: Encoding,
    /// Septets or UTF-16 units in all.
    pub units: usize,
    /// Units of each segment; one segment when it fits, none for an empty text.
    pub parts: Vec<usize>,
}

impl Segments {
    /// How many segments are billed.
    pub const fn count(&self) -> usize {
        self.parts.len()
    }
}

fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Whether every character is of the GSM-7 alphabet.
pub fn is_gsm7(text: &str) -> bool {
    text.chars().all(|c| septets(c).is_some())
}

/// The segments of a text as it stands; nothing is replaced.
pub fn segments(text: &str) -> Segments {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (encoding, widths) = match gsm {
        Some(widths) => (Encoding::Gsm7, widths),
        None => (Encoding::Ucs2, text.chars().map(char::len_utf16).collect()),
    };
    let units = widths.iter().sum();
    let (whole, part) = encoding.limits();
    let mut parts = Vec::new();
    if units <= whole {
        if units > 0 {
            parts.push(units);
        }
    } else {
        let mut filled = 0;
        for width in widths {
            if filled + width > part {
                parts.push(filled);
                filled = 0;
            }
            filled += width;
        }
        parts.push(filled);
    }
    Segments {
        encoding,
        units,
        parts,
    }
}
