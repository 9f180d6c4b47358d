//! The comment is for a professional who must not know the patient yet: it is searched for the
//! patient's own identity (names, phone, birth date, street) before it is stored (R6).

use deunicode::deunicode;
use relais_store::patients::Identity;
use std::ops::Range;

/// Shortest word of a name worth searching: shorter ones are ordinary words.
const WORD_MIN: usize = 3;
/// Words of an address that identify nobody.
const STREET_WORDS: &[&str] = &[
    "rue",
    "avenue",
    "boulevard",
    "allee",
    "place",
    "chemin",
    "impasse",
    "route",
    "residence",
    "square",
    "passage",
    "quai",
    "cours",
    "les",
    "des",
    "aux",
    "sur",
    "sous",
    "saint",
    "sainte",
];

/// Where an identity was found, bytes of the comment, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Place in the comment.
    pub place: Range<usize>,
    /// What was found, in French.
    pub what: &'static str,
}

/// A word of the comment, folded, with its place.
struct Word {
    place: Range<usize>,
    folded: String,
}

/// The first trace of the patient's identity in a comment.
pub fn identity_in(comment: &str, identity: &Identity) -> Option<Found> {
    let words = words(comment);
    let named = |text: &str, what: &'static str| {
        names(text)
            .into_iter()
            .find_map(|name| find_word(&words, &name).map(|p| (p, what)))
    };
    named(identity.birth_name.expose(), "le nom du patient")
        .or_else(|| named(identity.used_name.as_ref()?.expose(), "le nom du patient"))
        .or_else(|| named(identity.first_names.expose(), "le prénom du patient"))
        .or_else(|| {
            digits(comment, &phone_forms(identity.phone.expose())).map(|p| (p, "son téléphone"))
        })
        .or_else(|| {
            let carer = identity.carer_phone.as_ref()?;
            digits(comment, &phone_forms(carer.expose()))
                .map(|p| (p, "un téléphone de l’entourage"))
        })
        .or_else(|| {
            let forms = date_forms(identity.birth_date.expose());
            digits(comment, &forms).map(|p| (p, "sa date de naissance"))
        })
        .or_else(|| street(&words, identity.address_line.expose()).map(|p| (p, "son adresse")))
        .map(|(place, what)| Found { place, what })
}

/// What to tell: what was found and where, quoting only what the person typed themselves.
pub fn sentence(comment: &str, found: &Found) -> String {
    let before = comment
        .get(..found.place.start)
        .map_or(0, |text| text.chars().count());
    format!(
        "Le commentaire contient {}, au caractère {}. Il sera lu avant toute acceptation\u{a0}: retirez-le.",
        found.what,
        before + 1
    )
}

fn fold(text: &str) -> String {
    deunicode(text)
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

fn words(comment: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in comment.char_indices().chain([(comment.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let folded = comment.get(from..at).map(fold).unwrap_or_default();
                found.push(Word {
                    place: from..at,
                    folded,
                });
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    found
}

/// The words of a name worth searching, and the whole of a compound.
fn names(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).map(fold);
    parts.filter(|word| word.len() >= WORD_MIN).collect()
}

fn find_word(words: &[Word], name: &str) -> Option<Range<usize>> {
    words
        .iter()
        .find(|word| word.folded == name)
        .map(|word| word.place.clone())
}

/// The same number as people write it, digits only.
fn phone_forms(e164: &str) -> Vec<String> {
    let digits: String = e164.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("33") {
        Some(rest) if rest.len() == 9 => vec![format!("0{rest}"), digits.clone()],
        _ => vec![digits],
    }
}

fn date_forms(iso: &str) -> Vec<String> {
    let parts: Vec<&str> = iso.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return Vec::new();
    };
    let bare = |text: &str| text.trim_start_matches('0').to_owned();
    vec![
        format!("{day}{month}{year}"),
        format!("{year}{month}{day}"),
        format!("{}{}{year}", bare(day), bare(month)),
        format!("{day}{month}{}", year.get(2..).unwrap_or_default()),
    ]
}

/// Digits of the comment joined across separators, searched for one of the forms.
fn digits(comment: &str, forms: &[String]) -> Option<Range<usize>> {
    let mut runs: Vec<(String, Vec<usize>)> = vec![(String::new(), Vec::new())];
    for (at, c) in comment.char_indices() {
        if c.is_ascii_digit() {
            if let Some((run, places)) = runs.last_mut() {
                run.push(c);
                places.push(at);
            }
        } else if !matches!(
            c,
            ' ' | '.' | '-' | '/' | '\u{a0}' | '\u{202f}' | '(' | ')' | '+'
        ) {
            runs.push((String::new(), Vec::new()));
        }
    }
    runs.iter().find_map(|(run, places)| {
        forms
            .iter()
            .filter(|form| form.len() >= 6)
            .find_map(|form| {
                let start = run.find(form.as_str())?;
                let (from, last) = (places.get(start)?, places.get(start + form.len() - 1)?);
                Some(*from..last + 1)
            })
    })
}

/// A telling word of the street, next to its number or not.
fn street(words: &[Word], line: &str) -> Option<Range<usize>> {
    let telling: Vec<String> = line
        .split(|c: char| !c.is_alphanumeric())
        .map(fold)
        .filter(|word| word.len() > WORD_MIN && !STREET_WORDS.contains(&word.as_str()))
        .filter(|word| word.chars().any(|c| c.is_ascii_alphabetic()))
        .collect();
    if telling.is_empty() {
        return None;
    }
    let first = telling.first().and_then(|word| find_word(words, word))?;
    let all = telling.iter().all(|word| find_word(words, word).is_some());
    all.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_store::seal::Secret;

    fn identity() -> Identity {
        let secret = |text: &str| Secret::new(text.to_owned());
        Identity {
            birth_name: secret("Tervaux-Maki"),
            used_name: None,
            first_names: secret("Éloïse Anne"),
            birth_date: secret("1951-04-02"),
            phone: secret("+33639984107"),
            carer_phone: None,
            address_line: secret("8 allée des Tilleuls"),
        }
    }

    fn found(comment: &str) -> Option<&'static str> {
        identity_in(comment, &identity()).map(|found| found.what)
    }

    #[test]
    fn every_part_of_the_identity_is_found_however_it_is_written() {
        assert_eq!(
            found("Mme TERVAUX a de la fièvre"),
            Some("le nom du patient")
        );
        assert_eq!(found("voir eloise ce soir"), Some("le prénom du patient"));
        assert_eq!(found("rappeler au 06.39 98 41-07"), Some("son téléphone"));
        assert_eq!(found("+33 6 39 98 41 07"), Some("son téléphone"));
        assert_eq!(found("née le 2/4/1951"), Some("sa date de naissance"));
        assert_eq!(found("habite allee des tilleuls"), Some("son adresse"));
    }

    #[test]
    fn ordinary_comments_pass() {
        for comment in [
            "",
            "Peut se déplacer jusqu’à 19 h",
            "fièvre 38,4 depuis 2 jours",
            "allée",
        ] {
            assert_eq!(found(comment), None, "{comment}");
        }
    }

    #[test]
    fn the_place_is_shown_without_repeating_the_name() {
        let comment = "Très gênée, Mme Tervaux tousse";
        let place = identity_in(comment, &identity()).unwrap();
        let told = sentence(comment, &place);
        assert!(
            told.contains("au caractère 17") && !told.contains("Tervaux"),
            "{told}"
        );
    }
}
