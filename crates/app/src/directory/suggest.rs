//! A professional's name while it is typed: members first, then the national directory, the near ones first. Owns which
//! words find whom; everything here is public, and nothing scans everybody.

use super::Directory;
use crate::app::{App, Who};
use crate::error::AppError;
use crate::reference::folded;
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::people::Profession;
use relais_store::Tx;
use relais_store::national::{self, Beginning, Entry, WORDS_MAX};

/// Longest text looked at, characters.
const TEXT_MAX: usize = 80;
/// Shortest beginning looked for in the whole country, letters.
const ANYWHERE_MIN: usize = 3;
/// Most members looked at for one beginning.
const MEMBERS_MAX: usize = 400;
/// Most words looked at.
const TYPED_MAX: usize = 6;
/// Words that stand before a name and are no part of it.
const TITLES: &[&str] = &[
    "dr",
    "docteur",
    "pr",
    "professeur",
    "mme",
    "madame",
    "m",
    "monsieur",
];

/// Somebody suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// A member, of this network or of another.
    Member(ProfessionalId),
    /// Somebody of the national directory who is no member.
    Outside(Box<Entry>),
}

impl App {
    /// Professionals whose name begins so: members, those of the caller's network first, then others of the national
    /// directory, those of its department first. At most `limit`; nothing for less than two letters.
    pub async fn suggest_professionals(
        &self,
        who: &Who,
        text: String,
        profession: Option<Profession>,
        limit: usize,
    ) -> Result<Vec<Suggestion>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |inner, tx| {
            let words = words(&text);
            if words.iter().map(String::len).sum::<usize>() < 2 {
                return Ok(Vec::new());
            }
            let directory = inner.directory.current(tx)?;
            let mut found: Vec<Suggestion> = members(&directory, actor.network, &words, profession)
                .into_iter()
                .take(limit)
                .map(Suggestion::Member)
                .collect();
            let near = directory.network(actor.network).ok();
            let near = near.and_then(|entry| entry.department());
            let profession = profession.unwrap_or(Profession::Gp);
            if found.len() < limit {
                let room = limit - found.len();
                let others = outside(tx, &directory, &words, profession, near, room)?;
                found.extend(others.into_iter().map(|e| Suggestion::Outside(Box::new(e))));
            }
            Ok(found)
        })
        .await
    }
}

/// How somebody of the national directory is named: `Dr Alexandre Laporte, Saclay`.
pub fn outside_name(entry: &Entry) -> String {
    let mut name = String::new();
    for part in [
        &entry.civility,
        &entry.first_name,
        &capitals(&entry.last_name),
    ] {
        if !part.is_empty() && !name.is_empty() {
            name.push(' ');
        }
        name.push_str(part);
    }
    if !entry.commune.is_empty() {
        name.push_str(", ");
        name.push_str(&entry.commune);
    }
    name
}

/// `DA SILVA-LEROY` → `Da Silva-Leroy`: the extract shouts.
fn capitals(text: &str) -> String {
    let mut start = true;
    text.chars()
        .flat_map(|c| {
            let kept: Vec<char> = if start {
                vec![c]
            } else {
                c.to_lowercase().collect()
            };
            start = !c.is_alphabetic();
            kept
        })
        .collect()
}

/// The words of a name, folded, without titles.
fn words(text: &str) -> Vec<String> {
    let text: String = text.chars().take(TEXT_MAX).collect();
    let folded = folded(&text);
    let words = folded.split(' ').filter(|word| !word.is_empty());
    words
        .filter(|word| !TITLES.contains(word))
        .take(TYPED_MAX)
        .map(str::to_owned)
        .collect()
}

/// How a search may open a key: from each of its words to the end with those before it behind (`jean de la tour` finds
/// `de la tour jean`), from its beginning to each word with those after behind (`de la tour massy`), then by each word
/// with all others behind; behind, the longest words first.
fn openings(words: &[String]) -> Vec<(String, Vec<&str>)> {
    let mut all: Vec<(String, Vec<&str>)> = Vec::new();
    let tail = |from: usize| words.get(from..).unwrap_or_default();
    for place in 0..words.len() {
        let before = words.iter().take(place).map(String::as_str);
        all.push((tail(place).join(" "), before.collect()));
    }
    for place in (1..words.len()).rev() {
        let head = words.get(..place).unwrap_or_default();
        let after = tail(place).iter().map(String::as_str);
        all.push((head.join(" "), after.collect()));
    }
    for (place, word) in words.iter().enumerate().skip(1) {
        let others = words.iter().enumerate();
        let others = others.filter(|(other, _)| *other != place);
        all.push((word.clone(), others.map(|(_, w)| w.as_str()).collect()));
    }
    for (_, rest) in &mut all {
        rest.sort_by_key(|word| std::cmp::Reverse(word.len()));
    }
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|one| seen.insert(one.clone()));
    all
}

/// Whether a word of a key begins so.
fn has(key: &str, word: &str) -> bool {
    key.split(' ').any(|part| part.starts_with(word))
}

fn members(
    directory: &Directory,
    network: NetworkId,
    words: &[String],
    profession: Option<Profession>,
) -> Vec<ProfessionalId> {
    let mut found: Vec<(bool, usize, ProfessionalId)> = Vec::new();
    for (key, rest) in openings(words) {
        for (held, row) in directory.named(&key).take(MEMBERS_MAX) {
            let fits = rest.iter().all(|word| has(held, word));
            let asked = profession.is_none_or(|wanted| row.member.profession == wanted);
            let known = found.iter().any(|(.., id)| *id == row.member.id);
            if fits && asked && !known {
                let theirs = row.member.belongs_to(network);
                found.push((!theirs, found.len(), row.member.id));
            }
        }
    }
    // A word from inside a surname (`oliveira` for De Oliveira) finds those of one's own network.
    for (held, row) in directory.named_in(network) {
        let fits = words.iter().all(|word| has(held, word));
        let asked = profession.is_none_or(|wanted| row.member.profession == wanted);
        let known = found.iter().any(|(.., id)| *id == row.member.id);
        if fits && asked && !known && found.len() < MEMBERS_MAX {
            let theirs = row.member.belongs_to(network);
            found.push((!theirs, found.len(), row.member.id));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(.., id)| id).collect()
}

fn outside(
    tx: &mut Tx<'_>,
    directory: &Directory,
    words: &[String],
    profession: Profession,
    near: Option<&str>,
    room: usize,
) -> Result<Vec<Entry>, AppError> {
    let mut found: Vec<Entry> = Vec::new();
    let limit = u32::try_from(room.saturating_mul(2)).unwrap_or(u32::MAX);
    let openings = openings(words);
    for whole_country in [false, true] {
        for (key, rest) in &openings {
            if found.len() >= room || (whole_country && key.len() < ANYWHERE_MIN) {
                continue;
            }
            let begins = Beginning { key, words: rest };
            let rows = match (whole_country, near) {
                (false, None) => continue,
                (false, Some(dept)) => {
                    national::list_near(tx, profession.code(), dept, begins, limit)?
                }
                (true, _) => national::list_anywhere(tx, profession.code(), begins, limit)?,
            };
            for row in rows {
                let member = directory.by_rpps(&row.rpps).is_some();
                let known = found
                    .iter()
                    .any(|other| other.rpps == row.rpps && other.insee == row.insee);
                let fits = rest
                    .iter()
                    .skip(WORDS_MAX)
                    .all(|word| has(&row.search, word));
                if fits && !member && !known && found.len() < room {
                    found.push(row);
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_no_part_of_a_name_and_each_word_may_open_it() {
        assert_eq!(
            words("Dr  Éloïse de la Tour"),
            ["eloise", "de", "la", "tour"]
        );
        assert_eq!(words("Docteur"), Vec::<String>::new());
        let words = words("Claire Martin");
        let all = openings(&words);
        let keys: Vec<_> = all.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["claire martin", "martin", "claire"]);
        assert_eq!(all[1].1, ["claire"]);
    }
}
