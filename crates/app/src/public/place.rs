//! The commune somebody typed, by name or by postcode; several may share either, and one may be of
//! another territory.

use crate::directory::NetworkEntry;
use crate::reference::communes::{Commune, Communes};
use crate::reference::folded;
use relais_core::geo::Insee;

/// Most communes proposed at once.
const PROPOSED: usize = 15;

/// What was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One commune of the territory or its tolerated neighbours, with its postcode.
    Here(Insee, String),
    /// One commune of another territory.
    Elsewhere(Insee),
    /// Several: one must be chosen.
    Several(Vec<Insee>),
    /// None.
    Unknown,
}

/// Recognises a commune; `chosen` is what was picked among those proposed for that text.
pub(super) fn read(entry: &NetworkEntry, text: &str, chosen: &str) -> Place {
    let found = candidates(entry, text);
    let chosen = Insee::new(chosen).filter(|insee| found.iter().any(|c| c.insee == *insee));
    let one = match (chosen, found.as_slice()) {
        (Some(insee), _) => insee,
        (None, []) => return Place::Unknown,
        (None, [only]) => only.insee,
        (None, several) => {
            let list = several.iter().map(|c| c.insee).take(PROPOSED);
            return Place::Several(list.collect());
        }
    };
    if !entry.communes.contains_key(&one) {
        return Place::Elsewhere(one);
    }
    let typed: String = text.chars().filter(char::is_ascii_digit).collect();
    let postcode = Communes::shipped().get(one).and_then(|commune| {
        let mut all = commune.postcodes();
        all.find(|code| *code == typed)
            .or_else(|| commune.postcodes().next())
    });
    Place::Here(one, postcode.unwrap_or_default())
}

fn candidates(entry: &NetworkEntry, text: &str) -> Vec<Commune<'static>> {
    let all = Communes::shipped();
    let plain = folded(text);
    let code = plain
        .split(' ')
        .find(|word| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit()));
    let name: Vec<&str> = plain
        .split(' ')
        .filter(|word| Some(*word) != code)
        .collect();
    let name = name.join(" ");
    if let Some(code) = code {
        let found = all.by_postcode(code);
        let named: Vec<_> = found
            .iter()
            .copied()
            .filter(|c| folded(c.name) == name)
            .collect();
        return nearest(entry, if named.is_empty() { found } else { named });
    }
    if plain.chars().filter(|c| c.is_ascii_alphabetic()).count() < 2 {
        return Vec::new();
    }
    let found = all.search(text.trim(), entry.department(), 40);
    let bare = |name: &str| {
        let name = folded(name);
        let first = name.split(' ').next().unwrap_or_default().to_owned();
        match first.as_str() {
            "le" | "la" | "les" | "l" => name[first.len()..].trim_start().to_owned(),
            _ => name,
        }
    };
    let exact: Vec<_> = found
        .iter()
        .copied()
        .filter(|c| folded(c.name) == plain || bare(c.name) == plain)
        .collect();
    let here: Vec<_> = exact
        .iter()
        .copied()
        .filter(|c| entry.communes.contains_key(&c.insee))
        .collect();
    match (here.len(), exact.is_empty()) {
        (1, _) => here,
        (_, false) => nearest(entry, exact),
        (_, true) => nearest(entry, found),
    }
}

/// Those of the territory first, in their own order.
fn nearest<'c>(entry: &NetworkEntry, mut found: Vec<Commune<'c>>) -> Vec<Commune<'c>> {
    found.sort_by_key(|c| !entry.communes.contains_key(&c.insee));
    found
}
