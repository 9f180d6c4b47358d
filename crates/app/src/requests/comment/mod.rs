//! The comment is for a professional who must not know the patient yet: it is searched for the
//! patient's own identity (names, phone, birth date, street) before it is stored (R6), however it is
//! written: in pieces, in other alphabets, with characters nobody sees, in words. Refuses to judge
//! what it means.

mod fold;
mod numbers;
#[cfg(test)]
mod tests;

use fold::{Word, letters, words};
use numbers::Run;
use relais_store::patients::Identity;
use std::ops::Range;

/// Shortest word of a name searched wherever it stands: shorter ones are ordinary words.
const WORD_MIN: usize = 3;
/// Shortest name searched in pieces: those of shorter ones are ordinary words.
const PIECES_MIN: usize = 5;
/// Shortest string of digits searched wherever numbers begin and end.
const DIGITS_MIN: usize = 6;
/// Words before which a short word is somebody's name.
const TITLES: &[&str] = &[
    "m",
    "mr",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "mademoiselle",
    "patient",
    "patiente",
];
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

/// The first trace of the patient's identity in a comment.
pub fn identity_in(comment: &str, identity: &Identity) -> Option<Found> {
    let words = words(comment);
    let runs = numbers::runs(comment);
    let used = identity.used_name.as_ref().map(|name| name.expose());
    let phone = |e164: &str| {
        let forms = phone_forms(e164);
        forms.iter().find_map(|form| digits(&runs, form))
    };
    name(&words, identity.birth_name.expose())
        .or_else(|| name(&words, used?))
        .map(|place| (place, "le nom du patient"))
        .or_else(|| {
            let first = name(&words, identity.first_names.expose());
            first.map(|place| (place, "le prénom du patient"))
        })
        .or_else(|| phone(identity.phone.expose()).map(|place| (place, "son téléphone")))
        .or_else(|| {
            let carer = identity.carer_phone.as_ref()?;
            phone(carer.expose()).map(|place| (place, "un téléphone de l’entourage"))
        })
        .or_else(|| {
            let born = born(&runs, identity.birth_date.expose());
            born.map(|place| (place, "sa date de naissance"))
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

/// A name: one of its words, the whole of it in one word or in pieces.
fn name(words: &[Word], text: &str) -> Option<Range<usize>> {
    let parts: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && !fold::unseen(c))
        .map(letters)
        .filter(|part| !part.is_empty())
        .collect();
    let whole = parts.concat();
    let known = |word: &&String| word.len() >= WORD_MIN;
    let alone = parts
        .iter()
        .filter(known)
        .find_map(|part| find_word(words, part));
    alone
        .or_else(|| {
            let short = parts.len() == 1 && whole.len() < WORD_MIN;
            short.then(|| after_title(words, &whole))?
        })
        .or_else(|| parts.iter().find_map(|part| in_pieces(words, part)))
        .or_else(|| in_pieces(words, &whole))
}

/// One word: the name, its plural, or the name glued to a title.
fn find_word(words: &[Word], name: &str) -> Option<Range<usize>> {
    let same = |word: &String| {
        let bare = word.strip_suffix('s').filter(|_| name.len() >= PIECES_MIN);
        let glued = || {
            let mut titles = TITLES.iter().filter(|title| title.len() > 1);
            titles.any(|title| word.strip_prefix(title) == Some(name))
        };
        word == name || bare == Some(name) || glued()
    };
    let found = words
        .iter()
        .find(|word| same(&word.letters) || same(&word.shapes));
    found.map(|word| word.place.clone())
}

/// A name of one or two letters, right after a title.
fn after_title(words: &[Word], name: &str) -> Option<Range<usize>> {
    let mut pairs = words.windows(2);
    pairs.find_map(|pair| match pair {
        [title, word] if TITLES.contains(&title.letters.as_str()) && word.letters == name => {
            Some(word.place.clone())
        }
        _ => None,
    })
}

/// A name over several words (`Le Goff` for Legoff, `T. e. r. v. a. u. x.`), or several in one.
fn in_pieces(words: &[Word], name: &str) -> Option<Range<usize>> {
    if name.len() < WORD_MIN {
        return None;
    }
    (0..words.len()).find_map(|from| {
        let (mut letters, mut shapes) = (String::new(), String::new());
        let mut spelled = true;
        for word in words.get(from..)? {
            letters.push_str(&word.letters);
            shapes.push_str(&word.shapes);
            spelled &= word.letters.len() == 1;
            if letters == name || shapes == name {
                let first = words.get(from)?;
                let long = name.len() >= PIECES_MIN || spelled;
                return long.then_some(first.place.start..word.place.end);
            }
            if !name.starts_with(&letters) && !name.starts_with(&shapes) {
                return None;
            }
        }
        None
    })
}

/// The same number as people write it, digits only.
fn phone_forms(e164: &str) -> Vec<String> {
    let digits: String = e164.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("33") {
        Some(rest) if rest.len() == 9 => vec![format!("0{rest}"), digits.clone()],
        _ => vec![digits],
    }
}

fn digits(runs: &[Run], form: &str) -> Option<Range<usize>> {
    if form.len() < DIGITS_MIN {
        return None;
    }
    runs.iter().find_map(|run| run.find(form))
}

/// A birth date, day or year first, with a year of two or four digits, the month in words or not.
fn born(runs: &[Run], iso: &str) -> Option<Range<usize>> {
    let parts: Vec<&str> = iso.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let short = year.get(2..).unwrap_or_default();
    let joined = [
        format!("{day}{month}{year}"),
        format!("{year}{month}{day}"),
        format!("{day}{month}{short}"),
    ];
    let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
    let (y, m, d) = (number(year), number(month), number(day));
    let apart = [[d, m, y], [y, m, d], [d, m, number(short)]];
    joined
        .iter()
        .find_map(|form| digits(runs, form))
        .or_else(|| {
            let each = |run: &Run| apart.into_iter().find_map(|three| run.find_numbers(three));
            runs.iter().find_map(each)
        })
}

/// A telling word of the street, next to its number or not.
fn street(words: &[Word], line: &str) -> Option<Range<usize>> {
    let telling: Vec<String> = line
        .split(|c: char| !c.is_alphanumeric() && !fold::unseen(c))
        .map(letters)
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
