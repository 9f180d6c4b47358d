//! Text as two readers meet it: by its letters, and by the shapes of its letters. Joins what no eye
//! sees inside a word, splits what only capitals separate. Knows nothing of anybody's identity.

use deunicode::deunicode;
use std::ops::Range;

/// A word of a text, with its place in bytes.
pub(super) struct Word {
    /// Place in the text.
    pub(super) place: Range<usize>,
    /// By its letters: lower case, no accent.
    pub(super) letters: String,
    /// By the shapes of its letters: a Cyrillic `х` is an x, a `4` among letters an a.
    pub(super) shapes: String,
}

/// Letters and digits of a text by what they are.
pub(super) fn letters(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !unseen(*c)).collect();
    let plain = deunicode(&seen).to_lowercase();
    plain.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The same by what they look like.
fn shapes(text: &str) -> String {
    let seen = text.chars().filter(|c| !unseen(*c)).map(shape);
    let plain = letters(&seen.collect::<String>());
    if !plain.bytes().any(|b| b.is_ascii_alphabetic()) {
        return plain;
    }
    plain.chars().map(letter_of_digit).collect()
}

/// Characters that take no place on a screen, and accents that stand apart from their letter.
pub(super) const fn unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{300}'..='\u{36f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Letters of other alphabets that are read as one of ours.
const fn shape(c: char) -> char {
    match c {
        'а' | 'А' | 'α' | 'Α' => 'a',
        'в' | 'В' | 'Β' => 'b',
        'с' | 'С' => 'c',
        'е' | 'Е' | 'Ε' => 'e',
        'н' | 'Н' | 'Η' => 'h',
        'і' | 'І' | 'ι' | 'Ι' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'м' | 'М' | 'Μ' => 'm',
        'Ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'Υ' => 'y',
        'Ζ' => 'z',
        other => other,
    }
}

const fn letter_of_digit(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    }
}

/// The words of a text. A capital after a small letter begins another: `MmeDurand`.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let (mut start, mut small) = (None, false);
    let mut end = |range: Range<usize>| {
        if let Some(part) = text.get(range.clone()) {
            found.push(Word {
                place: range,
                letters: letters(part),
                shapes: shapes(part),
            });
        }
    };
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inside = c.is_alphanumeric() || (start.is_some() && unseen(c));
        match start {
            Some(from) if !inside => {
                end(from..at);
                start = None;
            }
            Some(from) if small && c.is_uppercase() => {
                end(from..at);
                start = Some(at);
            }
            None if inside => start = Some(at),
            Some(_) | None => {}
        }
        small = c.is_lowercase() || (small && unseen(c));
    }
    found
}
