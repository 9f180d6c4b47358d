//! A number to call back, in kind sentences: what is wrong with it, counted in digits.

use crate::phone::Phone;

/// Small numbers in words; the feminine is never needed before "chiffre".
const WORDS: [&str; 10] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf",
];

/// Reads a landline or a mobile, spaces and dots accepted.
///
/// # Errors
/// What is wrong with it, in a sentence without a full stop.
pub(super) fn read(text: &str) -> Result<Phone, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(
            "Donnez un numéro\u{a0}: sans lui, nous ne pouvons pas vous rappeler".to_owned(),
        );
    }
    if text.chars().any(char::is_alphabetic) {
        return Err("Écrivez seulement des chiffres dans votre numéro".to_owned());
    }
    let abroad = text.starts_with('+') || text.starts_with("00");
    let french = national(text);
    if let Some(digits) = &french {
        let count = digits.len();
        if count < 10 {
            return Err(match 10 - count {
                1 => "Il manque un chiffre à votre numéro".to_owned(),
                missing => format!(
                    "Il manque {} chiffres à votre numéro",
                    WORDS.get(missing).copied().unwrap_or("des")
                ),
            });
        }
        if count > 10 {
            return Err(match count - 10 {
                1 => "Il y a un chiffre de trop dans votre numéro".to_owned(),
                extra => format!(
                    "Il y a {} chiffres de trop dans votre numéro",
                    WORDS.get(extra).copied().unwrap_or("plusieurs")
                ),
            });
        }
        if !digits.starts_with('0') {
            return Err("Un numéro français commence par 0".to_owned());
        }
        if digits.starts_with("08") {
            return Err("Donnez le numéro d’un fixe ou d’un mobile\u{a0}: un numéro en 08 ne se rappelle pas".to_owned());
        }
    }
    Phone::read(french.as_deref().unwrap_or(text)).ok_or_else(|| {
        if abroad && french.is_none() {
            "Ce numéro de l’étranger n’existe pas. Écrivez-le avec son indicatif, par exemple\u{a0}: +32 470 12 34 56".to_owned()
        } else {
            "Ce numéro n’existe pas. Vérifiez-le chiffre par chiffre".to_owned()
        }
    })
}

/// The digits as dialled in France; `None` for a number of another country.
fn national(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    let abroad = kept
        .strip_prefix("+33")
        .or_else(|| kept.strip_prefix("0033"));
    match abroad {
        Some(rest) => Some(format!("0{}", rest.strip_prefix('0').unwrap_or(rest))),
        None if kept.starts_with('+') || kept.starts_with("00") => None,
        None => Some(kept),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_number_is_taken_however_it_is_written() {
        for (text, e164, mobile) in [
            ("06 39 98 41 07", "+33639984107", true),
            ("06.39.98.41.07", "+33639984107", true),
            ("0639984107", "+33639984107", true),
            ("+33 6 39 98 41 07", "+33639984107", true),
            ("+33 (0)6 12 34 56 78", "+33612345678", true),
            ("0033612345678", "+33612345678", true),
            ("01 69 00 00 00", "+33169000000", false),
            ("0690 12 34 56", "+590690123456", true),
        ] {
            let phone = read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!((phone.e164(), phone.is_mobile()), (e164, mobile), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_counted() {
        for (text, said) in [
            ("", "Donnez un numéro"),
            ("06 39 98 41", "Il manque deux chiffres à votre numéro"),
            ("06 39 98 41 0", "Il manque un chiffre à votre numéro"),
            ("06", "Il manque huit chiffres à votre numéro"),
            ("06 39 98 41 07 1", "Il y a un chiffre de trop"),
            (
                "06 39 98 41 07 12 34 56 78 90 12",
                "plusieurs chiffres de trop",
            ),
            ("63 99 84 10 71", "commence par 0"),
            ("0892 12 34 56", "un fixe ou d’un mobile"),
            ("le 06 de ma fille", "seulement des chiffres"),
            ("00 00 00 00 00", "de l’étranger"),
            ("07 12 34 56 78", "n’existe pas"),
        ] {
            let why = read(text).err().unwrap_or_default();
            assert!(why.contains(said), "{text}: {why}");
            assert!(!why.ends_with('.'), "{why}");
        }
    }
}
