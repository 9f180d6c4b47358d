//! Keyed marks of a patient's record: what finds a person again by one of their numbers, or by a name and the birth
//! date, however the name is spelled, compounded or exchanged with the birth name. Owns which spellings are one.
//! Refuses to say anything to whoever lacks the network's index key, and outlives no identity.

use relais_core::ids::{NetworkId, PatientId};
use zeroize::Zeroizing;

use crate::db::Tx;
use crate::error::StoreError;
use crate::keys;
use crate::params;
use crate::patients::Identity;
use crate::seal::{IndexKey, Vault};
use crate::sql::sql;

/// Shortest part of a compound name that finds a person by itself.
const PART_MIN: usize = 3;
/// Words that are part of many names and name nobody.
const PARTICLES: &[&str] = &[
    "DE", "DU", "DES", "DER", "DEN", "LA", "LE", "LES", "VAN", "VON", "BEN", "ABD", "SAINT",
    "SAINTE", "EPOUSE", "NEE", "VEUVE", "MADAME", "MONSIEUR",
];

sql! { "patient_marks";
    INSERT = "INSERT INTO patient_marks (network, kind, mark, patient) VALUES ($1, $2, $3, $4) \
              ON CONFLICT (network, kind, mark, patient) DO NOTHING";
    FIND = "SELECT patient AS id FROM patient_marks WHERE network = $1 AND kind = $2 AND mark = $3 \
            ORDER BY patient DESC LIMIT $4";
    ERASE = "DELETE FROM patient_marks WHERE patient = $1";
    ERASE_ALL = "DELETE FROM patient_marks";
    MISSING = "SELECT id FROM patients WHERE erased_at IS NULL AND NOT EXISTS \
               (SELECT 1 FROM patient_marks m WHERE m.patient = patients.id) ORDER BY id LIMIT $1";
}

/// What a mark is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A number, the person's own or a carer's.
    Phone,
    /// A number and the birth date.
    DatedPhone,
    /// One spelling of a surname and the birth date.
    DatedName,
    /// One spelling of a first name and the birth date.
    DatedFirst,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Kind::Phone => "phone",
            Kind::DatedPhone => "dated-phone",
            Kind::DatedName => "dated-name",
            Kind::DatedFirst => "dated-first",
        }
    }
}

/// What is known of somebody who may be in the records already.
#[derive(Clone, Copy)]
pub struct Likeness<'a> {
    /// Surname as said: the birth name, the used one, or a part of a compound.
    pub name: &'a str,
    /// Another surname, when two were said.
    pub used_name: Option<&'a str>,
    /// First names; empty when not said.
    pub first_names: &'a str,
    /// Birth date, ISO.
    pub birth_date: &'a str,
    /// A number, E.164; none when not said.
    pub phone: Option<&'a str>,
}

/// A record that may be of the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alike {
    /// Which record.
    pub patient: PatientId,
    /// A surname and the birth date are the same.
    pub name: bool,
    /// A number and the birth date are the same.
    pub phone: bool,
    /// A first name is the same; twins share everything but that.
    pub first_name: bool,
}

/// Writes the marks of a record.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    index: &IndexKey,
    network: NetworkId,
    patient: PatientId,
    identity: &Identity,
) -> Result<(), StoreError> {
    let date = identity.birth_date.expose();
    let mut put = |kind: Kind, parts: &[&str]| {
        let mark = index.mark(kind.word(), parts);
        tx.exec(INSERT, params![network, kind.word(), mark, patient])
    };
    for phone in [Some(&identity.phone), identity.carer_phone.as_ref()]
        .into_iter()
        .flatten()
    {
        put(Kind::Phone, &[phone.expose()])?;
        put(Kind::DatedPhone, &[phone.expose(), date])?;
    }
    let names = [Some(&identity.birth_name), identity.used_name.as_ref()];
    for name in names.into_iter().flatten() {
        for spelling in surnames(name.expose()).iter() {
            put(Kind::DatedName, &[spelling, date])?;
        }
    }
    for spelling in first_names(identity.first_names.expose(), usize::MAX).iter() {
        put(Kind::DatedFirst, &[spelling, date])?;
    }
    Ok(())
}

/// Takes the marks of a record away.
pub(crate) fn erase(tx: &mut Tx<'_>, patient: PatientId) -> Result<(), StoreError> {
    tx.exec(ERASE, params![patient]).map(|_| ())
}

/// As before marks were: for tests.
pub(crate) fn erase_all(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.exec(ERASE_ALL, params![]).map(|_| ())
}

/// Records that have no mark: made before marks were.
pub fn list_missing(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<PatientId>, StoreError> {
    tx.query(MISSING, params![limit], |r| r.id(0))
}

/// Marks records that have none. Nothing of an identity leaves this function.
pub fn insert_missing(
    tx: &mut Tx<'_>,
    vault: &Vault,
    missing: &[PatientId],
) -> Result<(), StoreError> {
    for patient in missing {
        let (network, identity) = crate::patients::open_whole(tx, vault, *patient)?;
        let index = keys::get_index_key(tx, vault, &network.to_string())?;
        insert(tx, &index, network, *patient, &identity)?;
    }
    Ok(())
}

/// Records of a network with this number (E.164), the person's or a carer's, newest first.
pub fn list_by_phone(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: NetworkId,
    e164: &str,
    limit: u32,
) -> Result<Vec<PatientId>, StoreError> {
    let index = keys::get_index_key(tx, vault, &network.to_string())?;
    find(tx, &index, network, Kind::Phone, &[e164], limit)
}

/// Records of a network with this surname, in any of its spellings, and this birth date (ISO), newest first.
pub fn list_by_name(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: NetworkId,
    name: &str,
    birth_date: &str,
    limit: u32,
) -> Result<Vec<PatientId>, StoreError> {
    let index = keys::get_index_key(tx, vault, &network.to_string())?;
    let mut found = Vec::new();
    for spelling in surnames(name).iter() {
        let parts = [spelling.as_str(), birth_date];
        found.extend(find(tx, &index, network, Kind::DatedName, &parts, limit)?);
    }
    Ok(newest_first(found, limit))
}

/// Records that may be of this person: same surname and birth date, or same number and birth date; newest first.
pub fn list_alike(
    tx: &mut Tx<'_>,
    vault: &Vault,
    network: NetworkId,
    who: &Likeness<'_>,
    limit: u32,
) -> Result<Vec<Alike>, StoreError> {
    let index = keys::get_index_key(tx, vault, &network.to_string())?;
    let mut names = Vec::new();
    for name in std::iter::once(who.name).chain(who.used_name) {
        for spelling in surnames(name).iter() {
            let parts = [spelling.as_str(), who.birth_date];
            names.extend(find(tx, &index, network, Kind::DatedName, &parts, limit)?);
        }
    }
    let mut phones = Vec::new();
    if let Some(phone) = who.phone {
        let parts = [phone, who.birth_date];
        phones = find(tx, &index, network, Kind::DatedPhone, &parts, limit)?;
    }
    let mut firsts = Vec::new();
    if !names.is_empty() || !phones.is_empty() {
        for spelling in first_names(who.first_names, 2).iter() {
            let parts = [spelling.as_str(), who.birth_date];
            firsts.extend(find(tx, &index, network, Kind::DatedFirst, &parts, limit)?);
        }
    }
    let all = names.iter().chain(&phones).copied().collect();
    let alike = newest_first(all, limit).into_iter().map(|patient| Alike {
        patient,
        name: names.contains(&patient),
        phone: phones.contains(&patient),
        first_name: firsts.contains(&patient),
    });
    Ok(alike.collect())
}

fn find(
    tx: &mut Tx<'_>,
    index: &IndexKey,
    network: NetworkId,
    kind: Kind,
    parts: &[&str],
    limit: u32,
) -> Result<Vec<PatientId>, StoreError> {
    let mark = index.mark(kind.word(), parts);
    tx.query(FIND, params![network, kind.word(), mark, limit], |r| {
        r.id(0)
    })
}

/// Ids are made in the order of time.
fn newest_first(mut found: Vec<PatientId>, limit: u32) -> Vec<PatientId> {
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.dedup();
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    found
}

/// The words of a name, without accents, upper case; apostrophes and hyphens part words.
fn words(name: &str) -> Zeroizing<Vec<String>> {
    let plain = Zeroizing::new(deunicode::deunicode(name).to_ascii_uppercase());
    let parts = plain.split(|c: char| !c.is_ascii_alphanumeric());
    Zeroizing::new(
        parts
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

/// The spellings under which a surname finds its owner: the whole, each part that names somebody, and each end of it
/// (`de la Tour` → DELATOUR, LATOUR, TOUR; `Martin-Dupont` → MARTINDUPONT, MARTIN, DUPONT).
fn surnames(name: &str) -> Zeroizing<Vec<String>> {
    let words = words(name);
    let mut out = Zeroizing::new(Vec::new());
    for start in 0..words.len() {
        let end: String = words[start..].concat();
        let only_particles = words[start..]
            .iter()
            .all(|word| PARTICLES.contains(&word.as_str()));
        if start == 0 || (end.len() >= PART_MIN && !only_particles) {
            push(&mut out, end);
        }
        let word = &words[start];
        if word.len() >= PART_MIN && !PARTICLES.contains(&word.as_str()) {
            push(&mut out, word.clone());
        }
    }
    out
}

/// The spellings of first names, of the first `most` of them: `Jean-Pierre Marie` → JEANPIERRE, JEAN, PIERRE, MARIE, and
/// the first two in one word.
fn first_names(names: &str, most: usize) -> Zeroizing<Vec<String>> {
    let mut out = Zeroizing::new(Vec::new());
    let tokens: Vec<&str> = names
        .split([' ', ',', ';'])
        .filter(|token| !token.is_empty())
        .collect();
    for token in tokens.iter().take(most) {
        let parts = words(token);
        push(&mut out, parts.concat());
        for part in parts.iter().filter(|part| part.len() >= PART_MIN) {
            push(&mut out, part.clone());
        }
    }
    if let [first, second, ..] = tokens.as_slice() {
        push(&mut out, words(first).concat() + &words(second).concat());
    }
    out
}

fn push(out: &mut Vec<String>, text: String) {
    if !text.is_empty() && !out.contains(&text) {
        out.push(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surname_is_found_whole_by_its_parts_and_by_its_ends() {
        let all = |name: &str| surnames(name).to_vec();
        assert_eq!(all("Tervaux"), ["TERVAUX"]);
        assert_eq!(all("Martin-Dupont"), ["MARTINDUPONT", "MARTIN", "DUPONT"]);
        assert_eq!(all("de la Tour"), ["DELATOUR", "LATOUR", "TOUR"]);
        assert_eq!(all("Le Bœuf"), ["LEBOEUF", "BOEUF"]);
        assert_eq!(all("Ly"), ["LY"]);
        assert_eq!(all("N'Guyen"), ["NGUYEN", "GUYEN"]);
        assert_eq!(all(" - "), Vec::<String>::new());
    }

    #[test]
    fn a_compound_first_name_is_one_and_several() {
        let all = |names: &str, most| first_names(names, most).to_vec();
        assert_eq!(
            all("Jean-Pierre Marie", usize::MAX),
            ["JEANPIERRE", "JEAN", "PIERRE", "MARIE", "JEANPIERREMARIE"]
        );
        assert_eq!(all("Jean Pierre", 2), ["JEAN", "PIERRE", "JEANPIERRE"]);
        assert_eq!(all("", 2), Vec::<String>::new());
    }
}
