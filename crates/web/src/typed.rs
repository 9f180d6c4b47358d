//! Communes and professionals as people type them: suggested while typing, recognised after.

use relais_app::directory::{Directory, NationalEntry, ProfessionalRow, outside_name};
use relais_app::reference;
use relais_app::reference::communes::{Commune, Communes};
use relais_app::reference::motives::{Motive, Motives};

/// Most members of one beginning looked at.
const NAMED_MAX: usize = 2_000;

/// A number as people read it aloud, in pairs; as typed while it is not a number yet.
pub(crate) fn spaced(typed: &str) -> String {
    let read = relais_app::phone::Phone::read(typed);
    let e164 = read.map_or_else(
        || match typed.strip_prefix('0') {
            Some(rest) => format!("+33{rest}"),
            None => typed.to_owned(),
        },
        |number| number.e164().to_owned(),
    );
    match relais_app::phone::national(&e164) {
        shown if shown.starts_with('+') => typed.to_owned(),
        shown => shown,
    }
}

pub(crate) fn folded(text: &str) -> String {
    let plain = text.to_lowercase().replace(['-', '’', '\'', ','], " ");
    let plain: String = plain
        .chars()
        .map(|c| match c {
            'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'û' | 'ù' | 'ü' => 'u',
            'ç' => 'c',
            'ÿ' => 'y',
            other => other,
        })
        .collect();
    plain
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('œ', "oe")
}

/// How a commune is suggested and recognised: `Massy 91300`.
pub(crate) fn commune_label(commune: &Commune<'_>) -> String {
    match commune.postcodes().next() {
        Some(postcode) => format!("{} {postcode}", commune.name),
        None => commune.name.to_owned(),
    }
}

/// The commune somebody typed, with its postcode.
///
/// # Errors
/// What to type instead.
pub(crate) fn read_commune(
    text: &str,
    department: Option<&str>,
) -> Result<(String, String), String> {
    let wanted = folded(text);
    if wanted.is_empty() {
        return Err("Dites la commune, par exemple\u{a0}: Massy 91300".to_owned());
    }
    let postcode: Option<&str> = wanted
        .split(' ')
        .find(|word| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit()));
    let name: String = wanted
        .split(' ')
        .filter(|word| Some(*word) != postcode)
        .collect::<Vec<_>>()
        .join(" ");
    let communes = Communes::shipped();
    let found: Vec<Commune<'_>> = match postcode {
        Some(code) => {
            let all = communes.by_postcode(code);
            let named = all.iter().any(|commune| folded(commune.name) == name);
            all.into_iter()
                .filter(|commune| name.is_empty() || !named || folded(commune.name) == name)
                .collect()
        }
        None => {
            let all = communes.search(text.trim(), department, 30);
            let near: Vec<_> = all
                .into_iter()
                .filter(|commune| folded(commune.name) == name)
                .collect();
            let local = near
                .iter()
                .any(|commune| Some(commune.department()) == department);
            near.into_iter()
                .filter(|commune| !local || Some(commune.department()) == department)
                .collect()
        }
    };
    match found.as_slice() {
        [only] => {
            let code = postcode.map(str::to_owned).or_else(|| only.postcodes().next()).unwrap_or_default();
            Ok((only.insee.as_str().to_owned(), code))
        }
        [] => Err("Aucune commune ne porte ce nom. Choisissez-la dans la liste, par exemple\u{a0}: Massy 91300".to_owned()),
        several => {
            let names: Vec<_> = several.iter().take(4).map(commune_label).collect();
            Err(format!("Plusieurs communes correspondent\u{a0}: {}. Choisissez-en une", names.join(", ")))
        }
    }
}

/// How a professional is suggested and recognised: `Dr Ysaline Corvo, Massy`.
pub(crate) fn professional_label(person: &ProfessionalRow) -> (String, String) {
    let town = person
        .places
        .first()
        .map(|place| crate::show::commune(place.insee))
        .unwrap_or_default();
    let first = person
        .first_names
        .split_whitespace()
        .next()
        .unwrap_or_default();
    (
        format!("{} {first} {}, {town}", person.civility, person.last_name),
        person.rpps.clone(),
    )
}

/// How somebody of the national directory who is no member is suggested and recognised: the number tells them apart.
pub(crate) fn outside_label(entry: &NationalEntry) -> (String, String) {
    let name = outside_name(entry);
    (
        format!("{name}, hors réseau {}", entry.rpps),
        entry.rpps.clone(),
    )
}

/// The RPPS number of the professional somebody typed, if it is said or if the directory knows exactly one of that name.
pub(crate) fn read_professional(directory: &Directory, text: &str) -> Option<String> {
    let wanted = reference::folded(text);
    let number = |word: &&str| word.len() == 11 && word.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(rpps) = wanted.split(' ').find(number) {
        return Some(rpps.to_owned());
    }
    let mut near = Vec::new();
    for (label, rpps) in named(directory, &wanted) {
        if label == wanted {
            return Some(rpps);
        }
        if !near.contains(&rpps) {
            near.push(rpps);
        }
    }
    match near.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// How a motive is suggested and recognised.
pub(crate) fn motive_label(motive: &Motive) -> String {
    crate::show::typeset(&motive.label)
}

/// The code of the motive somebody typed: a code, its label, or everyday words that only one has.
///
/// # Errors
/// What to type instead.
pub(crate) fn read_motive(text: &str) -> Result<String, String> {
    let motives = Motives::shipped();
    let wanted = folded(text);
    if wanted.is_empty() {
        return Err("Dites le motif en un mot, par exemple\u{a0}: gorge".to_owned());
    }
    let exact = motives
        .all()
        .iter()
        .find(|motive| motive.code.as_str() == text.trim() || folded(&motive.label) == wanted);
    if let Some(motive) = exact {
        return Ok(motive.code.to_string());
    }
    match motives.search(text, 5).as_slice() {
        [only] => Ok(only.code.to_string()),
        [] => Err(
            "Ce motif n’est pas dans la liste. Essayez un autre mot, ou «\u{a0}Autre motif\u{a0}»"
                .to_owned(),
        ),
        several => {
            let labels: Vec<_> = several.iter().map(|motive| motive_label(motive)).collect();
            Err(format!(
                "Plusieurs motifs correspondent\u{a0}: {}. Choisissez-en un",
                labels.join("\u{a0}; ")
            ))
        }
    }
}

/// Whether several members have the name somebody typed.
pub(crate) fn is_shared_name(directory: &Directory, text: &str) -> bool {
    named(directory, &reference::folded(text)).len() > 1
}

/// Members of whom every word typed is a word of their label, one of them opening their name.
fn named(directory: &Directory, wanted: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = wanted.split(' ').filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    for word in &words {
        for (_, person) in directory.named(word).take(NAMED_MAX) {
            let (label, rpps) = professional_label(person);
            let label = reference::folded(&label);
            let fits = words
                .iter()
                .all(|word| label.split(' ').any(|part| part == *word));
            if fits && !found.iter().any(|(_, known)| *known == rpps) {
                found.push((label, rpps));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_motive_is_recognised_by_code_label_or_everyday_word() {
        for (text, code) in [
            ("cystite", "cystite"),
            ("Mal de gorge", "odynophagie"),
            ("angine", "odynophagie"),
            ("mal d’oreille", "otalgie"),
            ("Pansement", "soins-infirmiers"),
        ] {
            assert_eq!(read_motive(text).as_deref(), Ok(code), "{text}");
        }
        assert!(read_motive("").is_err());
        assert!(read_motive("télévision").is_err());
        let several = read_motive("gastro").unwrap_err();
        assert!(
            several.contains("Vomissements") && several.contains("Diarrhée"),
            "{several}"
        );
    }

    #[test]
    fn a_commune_is_recognised_however_it_is_typed() {
        for text in ["Massy", "massy 91300", "91300 Massy", "MASSY"] {
            let found = read_commune(text, Some("91")).map(|found| found.0);
            assert_eq!(found.as_deref(), Ok("91377"), "{text}");
        }
        assert!(read_commune("Nulle-Part-sur-Rien", Some("91")).is_err());
        assert!(read_commune("", Some("91")).is_err());
    }
}
