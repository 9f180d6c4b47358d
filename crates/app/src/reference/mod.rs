//! Reference data shipped with the product and read from the embedded files: communes, motives,
//! care types, search radii, red-flag questions. Owns reading them; refuses to change them, and
//! knows nothing of a network's own settings or of any person.

pub mod care_types;
pub mod communes;
pub mod communes_file;
pub mod directory_file;
pub mod motives;
pub mod numbers;
pub mod radii;
pub mod red_flags;

/// Folds a text for look-ups: plain ASCII, lower case, words parted by one space.
/// `Sainte-Geneviève` and `ste genevieve` both become `sainte genevieve`.
pub fn folded(text: &str) -> String {
    let plain = if text.is_ascii() {
        text.to_owned()
    } else {
        deunicode::deunicode(text)
    };
    let mut out = String::with_capacity(plain.len());
    for word in plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        let from = out.len();
        out.push_str(word);
        out[from..].make_ascii_lowercase();
        let full = match &out[from..] {
            "st" => "saint",
            "ste" => "sainte",
            _ => continue,
        };
        out.truncate(from);
        out.push_str(full);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        assert_eq!(
            folded("Sainte-Geneviève-des-Bois"),
            "sainte genevieve des bois"
        );
        assert_eq!(folded("ST  Chéron"), "saint cheron");
        assert_eq!(folded("ste gene"), "sainte gene");
        assert_eq!(folded("L'Haÿ-les-Roses"), "l hay les roses");
        assert_eq!(folded("Œuilly"), "oeuilly");
        assert_eq!(folded(" -- "), "");
    }
}
