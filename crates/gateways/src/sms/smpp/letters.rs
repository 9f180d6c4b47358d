//! A text as the bytes of its parts: GSM-7 with one letter a byte (as SMPP carries it), or UCS-2; longer
//! ones in parts that the phone joins again. And back, for what people answer.

use crate::sms::segments::{BASIC, EXTENSION, Encoding, segments};

/// The escape of the extension table.
const ESCAPE: u8 = 0x1B;

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// The network's own alphabet: GSM-7, one letter a byte.
    Default,
    /// UTF-16, big-endian.
    Ucs2,
}

impl Coding {
    /// The code on the wire.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Default => 0,
            Self::Ucs2 => 8,
        }
    }
}

/// The code of a letter in GSM-7, behind the escape or not.
fn septet(letter: char) -> Option<(bool, u8)> {
    let basic = BASIC.chars().position(|c| c == letter);
    if let Some(place) = basic {
        // The table leaves the escape out.
        let code = if place < usize::from(ESCAPE) {
            place
        } else {
            place + 1
        };
        return u8::try_from(code).ok().map(|code| (false, code));
    }
    let place = EXTENSION.chars().position(|c| c == letter)?;
    EXTENSION_CODES.get(place).map(|code| (true, *code))
}

/// The codes of [`EXTENSION`], in its order.
const EXTENSION_CODES: [u8; 10] = [0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65, 0x0A];

fn letter(code: u8) -> Option<char> {
    let place = match code {
        ESCAPE => return None,
        _ if code < ESCAPE => code,
        _ => code - 1,
    };
    BASIC.chars().nth(usize::from(place))
}

/// A text whole, as the bytes of one coding.
pub(crate) fn whole(text: &str) -> (Coding, Vec<u8>) {
    match segments(text).encoding {
        Encoding::Gsm7 => (Coding::Default, text.chars().flat_map(gsm).collect()),
        Encoding::Ucs2 => (Coding::Ucs2, text.chars().flat_map(ucs).collect()),
    }
}

/// A text in parts, each with the header that joins it to the others; one part without a header when it
/// fits. Parts of one text carry its `reference`; a letter of two units is never split.
pub(crate) fn parts(text: &str, reference: u8) -> (Coding, Vec<Vec<u8>>) {
    let said = segments(text);
    let (coding, unit, bytes): (_, usize, fn(char) -> Vec<u8>) = match said.encoding {
        Encoding::Gsm7 => (Coding::Default, 1, gsm),
        Encoding::Ucs2 => (Coding::Ucs2, 2, ucs),
    };
    let mut letters = text.chars().map(bytes).peekable();
    let total = u8::try_from(said.count()).unwrap_or(u8::MAX);
    let mut parts = Vec::with_capacity(said.count());
    for (number, units) in (1_u8..=total).zip(&said.parts) {
        let mut part = if total > 1 {
            vec![5, 0, 3, reference, total, number]
        } else {
            Vec::new()
        };
        let full = part.len() + units * unit;
        while part.len() < full
            && let Some(next) = letters.next()
        {
            part.extend(next);
        }
        parts.push(part);
    }
    (coding, parts)
}

fn gsm(c: char) -> Vec<u8> {
    match septet(c) {
        Some((false, code)) => vec![code],
        Some((true, code)) => vec![ESCAPE, code],
        None => Vec::new(),
    }
}

fn ucs(c: char) -> Vec<u8> {
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units);
    units.iter().flat_map(|unit| unit.to_be_bytes()).collect()
}

/// A text as it arrives; `None` for what is no text. `headed`: it begins with a header, which is left out.
pub(crate) fn read(coding: u8, bytes: &[u8], headed: bool) -> Option<String> {
    let bytes = if headed {
        let (length, rest) = bytes.split_first()?;
        rest.get(usize::from(*length)..)?
    } else {
        bytes
    };
    match coding {
        0 => Some(read_gsm(bytes)),
        1 => Some(String::from_utf8_lossy(bytes).into_owned()),
        3 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        8 => {
            let pairs = bytes.as_chunks::<2>().0.iter();
            let units: Vec<u16> = pairs.map(|pair| u16::from_be_bytes(*pair)).collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

fn read_gsm(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut escaped = false;
    for byte in bytes.iter().copied() {
        if std::mem::take(&mut escaped) {
            let place = EXTENSION_CODES.iter().position(|code| *code == byte);
            let found = place.and_then(|place| EXTENSION.chars().nth(place));
            out.extend(found.or_else(|| letter(byte)));
        } else if byte == ESCAPE {
            escaped = true;
        } else {
            out.push(letter(byte).unwrap_or('?'));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_have_the_codes_of_the_table() {
        // 3GPP 23.038, read off the table.
        let (coding, bytes) = whole("@£é\n_ÆÉ A¡§¿à€[");
        assert_eq!(coding, Coding::Default);
        let expected = [
            0x00, 0x01, 0x05, 0x0A, 0x11, 0x1C, 0x1F, 0x20, 0x41, 0x40, 0x5F, 0x60, 0x7F, 0x1B,
            0x65, 0x1B, 0x3C,
        ];
        assert_eq!(bytes, expected);
        assert_eq!(whole("ç").1, [0x00, 0xE7]);
    }

    #[test]
    fn what_people_answer_is_read_in_any_alphabet() {
        let cases: [(u8, &[u8], &str); 5] = [
            (0, b"OUI 4821", "OUI 4821"),
            (1, b"oui 4821", "oui 4821"),
            (3, b"re\xE7u", "reçu"),
            (8, &[0, 0x4F, 0, 0x4B], "OK"),
            (0, &[0x1B, 0x65, 0x80], "€?"),
        ];
        for (coding, bytes, expected) in cases {
            assert_eq!(read(coding, bytes, false).as_deref(), Some(expected));
        }
        assert_eq!(read(4, b"binary", false), None);
        assert_eq!(
            read(0, b"\x05\0\x03\x07\x02\x01Oui", true).as_deref(),
            Some("Oui")
        );
        assert_eq!(
            read(0, b"\x09a", true),
            None,
            "a header longer than the text"
        );
    }

    proptest! {
        #[test]
        fn parts_joined_again_are_the_text_and_none_is_too_long(text in "\\PC{1,400}") {
            let (coding, parts) = parts(&text, 7);
            let many = parts.len() > 1;
            prop_assert_eq!(parts.len(), segments(&text).count());
            let mut joined = String::new();
            for (n, part) in parts.iter().enumerate() {
                let most = match (coding, many) { (Coding::Ucs2, _) => 140, (_, true) => 159, _ => 160 };
                prop_assert!(part.len() <= most);
                if many {
                    prop_assert_eq!(&part[..6], &[5, 0, 3, 7, parts.len() as u8, n as u8 + 1]);
                }
                joined.push_str(&read(coding.code(), part, many).unwrap());
            }
            prop_assert_eq!(joined, text);
        }

        #[test]
        fn no_bytes_make_it_fall(coding: u8, bytes in proptest::collection::vec(any::<u8>(), 0..200), headed: bool) {
            let _read = read(coding, &bytes, headed);
        }
    }
}
