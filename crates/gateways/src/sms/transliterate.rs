//! Brings a French text into the GSM-7 alphabet, so that a curly quote does not halve its length.

use super::is_gsm7;

/// The text in GSM-7: typographic signs by their plain twin, letters without the accent the
/// alphabet lacks. What GSM-7 has (é è à ù Ç €) stays. Never empty for a text that was not.
pub fn transliterate(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let mut buffer = [0; 4];
        if is_gsm7(c.encode_utf8(&mut buffer)) {
            out.push(c);
            continue;
        }
        match c {
            '’' | '‘' | 'ʼ' => out.push('\''),
            '«' | '»' | '“' | '”' => out.push('"'),
            '…' => out.push_str("..."),
            '–' | '—' | '‑' | '−' => out.push('-'),
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' => out.push(' '),
            'œ' => out.push_str("oe"),
            'Œ' => out.push_str("OE"),
            '°' => out.push('o'),
            '\u{200b}' | '\u{feff}' | '\u{ad}' => {}
            other => {
                let plain = deunicode::deunicode_char(other).unwrap_or("?");
                if is_gsm7(plain) {
                    out.push_str(plain);
                } else {
                    out.push('?');
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn french_keeps_what_the_alphabet_has() {
        let check = |text: &str, expect: &str| assert_eq!(transliterate(text), expect);
        check("L’appel… déjà à 16\u{a0}h", "L'appel... déjà à 16 h");
        check(
            "«Ça reçoit» le cœur d’Évry",
            "\"Ça recoit\" le coeur d'Évry",
        );
        check("Noël – Île, août, À Ê œ", "Noel - Ile, aout, A E oe");
        check("12,50 € [x]", "12,50 € [x]");
        check("Łukasz Žižek", "Lukasz Zizek");
    }

    proptest! {
        #[test]
        fn always_gsm7(text in "\\PC{0,200}") {
            prop_assert!(is_gsm7(&transliterate(&text)));
        }
    }
}
