//! The national file of a country where nobody exists: as many columns and lines as the real one, names that share their
//! beginnings as real ones do, people who live where people live. The same file for the same figures.

use anyhow::Context as _;
use relais_app::reference::communes::Communes;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// How large a country is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Lines after the header; about half as many entries.
    pub(crate) lines: usize,
    /// Out of a thousand people, how many changed their name since the month before.
    pub(crate) changed: usize,
}

/// Columns of the real file, in its order; one more stands empty at the end of each line.
const COLUMNS: &str = "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Code civilité d'exercice|\
    Libellé civilité d'exercice|Code civilité|Libellé civilité|Nom d'exercice|Prénom d'exercice|Code profession|\
    Libellé profession|Code catégorie professionnelle|Libellé catégorie professionnelle|Code type savoir-faire|\
    Libellé type savoir-faire|Code savoir-faire|Libellé savoir-faire|Code mode exercice|Libellé mode exercice|\
    Numéro SIRET site|Numéro SIREN site|Numéro FINESS site|Numéro FINESS établissement juridique|\
    Identifiant technique de la structure|Raison sociale site|Enseigne commerciale site|\
    Complément destinataire (coord. structure)|Complément point géographique (coord. structure)|\
    Numéro Voie (coord. structure)|Indice répétition voie (coord. structure)|Code type de voie (coord. structure)|\
    Libellé type de voie (coord. structure)|Libellé Voie (coord. structure)|Mention distribution (coord. structure)|\
    Bureau cedex (coord. structure)|Code postal (coord. structure)|Code commune (coord. structure)|\
    Libellé commune (coord. structure)|Code pays (coord. structure)|Libellé pays (coord. structure)|\
    Téléphone (coord. structure)|Téléphone 2 (coord. structure)|Télécopie (coord. structure)|\
    Adresse e-mail (coord. structure)|Code Département (structure)|Libellé Département (structure)|\
    Ancien identifiant de la structure|Autorité d'enregistrement|Code secteur d'activité|Libellé secteur d'activité|\
    Code section tableau pharmaciens|Libellé section tableau pharmaciens|Code rôle|Libellé rôle|Code genre activité|\
    Libellé genre activité|";

const HEADS: [&str; 12] = [
    "MAR", "BER", "DU", "LE ", "DE LA ", "RO", "NGU", "BEN", "TRA", "GAU", "CHE", "PE",
];
const MIDDLES: [&str; 12] = [
    "TIN", "NAR", "POND", "ROUX", "YEN", "MON", "CHAR", "TOUR", "ORE", "DIER", "VEZ", "BLAN",
];
const ENDS: [&str; 12] = [
    "", "D", "ET", "EAU", "ON", "IN", "ARD", "ELLE", "IER", "OUX", "EZ", "AULT",
];
const FIRSTS: [&str; 8] = [
    "Claire",
    "Jean-Pierre",
    "Émile",
    "Karim",
    "Inès",
    "Paul",
    "Noémie",
    "Théo",
];

/// What somebody does: code and name of the profession, kind and code of the skill.
type Calling = (&'static str, &'static str, &'static str, &'static str);

/// In a hundred people, about as many of each as the country has; some that no request is addressed to.
const fn calling(n: usize) -> Calling {
    match n % 100 {
        0..8 => ("10", "Médecin", "S", "SM54"),
        8..19 => ("10", "Médecin", "S", "SM04"),
        19..67 => ("60", "Infirmier", "", ""),
        67..76 => ("70", "Masseur-Kinésithérapeute", "", ""),
        76..82 => ("21", "Pharmacien", "", ""),
        82..86 => ("40", "Chirurgien-Dentiste", "", ""),
        86..89 => ("50", "Sage-Femme", "", ""),
        _ => ("93", "Psychologue", "", ""),
    }
}

/// A generator whose numbers are the same everywhere.
struct Chance(u64);

impl Chance {
    fn draw(&mut self, among: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % among.max(1)
    }
}

/// Writes a country to a file; the people are those of the month before but for those who changed their name.
pub(crate) fn write_to(path: &Path, size: Size) -> anyhow::Result<()> {
    let file = File::create(path).with_context(|| path.display().to_string())?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    write(&mut out, size)?;
    Ok(out.flush()?)
}

fn write(out: &mut impl Write, size: Size) -> anyhow::Result<()> {
    let towns: Vec<_> = Communes::shipped()
        .iter()
        .filter(|town| town.population > 3_000)
        .collect();
    let mut chance = Chance(1);
    writeln!(out, "{COLUMNS}")?;
    let (mut line, mut n) = (0, 0);
    while line < size.lines {
        let (code, trade, kind, skill) = calling(n);
        let mut name = format!(
            "{}{}{}",
            HEADS[chance.draw(HEADS.len())],
            MIDDLES[chance.draw(MIDDLES.len())],
            ENDS[chance.draw(ENDS.len())]
        );
        let first = FIRSTS[chance.draw(FIRSTS.len())];
        if chance.draw(1_000) < size.changed {
            name.push_str("-NOUVEAU");
        }
        // Two activities a person, one line each: two in three at one place.
        let places = [
            towns[chance.draw(towns.len())],
            towns[chance.draw(towns.len())],
        ];
        let second = usize::from(chance.draw(3) == 0);
        for (activity, town) in [places[0], places[second]].into_iter().enumerate() {
            if line == size.lines {
                break;
            }
            let number = 97_000_000_000_usize + n;
            let street = chance.draw(180) + 1;
            let postcode = town.postcodes().next().unwrap_or_default();
            let insee = town.insee;
            let commune = town.name;
            writeln!(
                out,
                "8|{number}|8{number}|DR|Docteur|M|Monsieur|{name}|{first}|{code}|{trade}|C|Civil|{kind}||{skill}||L|\
                 Libéral, indépendant, artisan, commerçant|||||R{number}{activity}|CABINET {name} {activity}||||{street}|\
                 |R|Rue|DES QUATRE CHEMINS DE L'ANCIENNE GARE||{postcode} {commune}|{postcode}|{insee}|{commune}|||\
                 0199{n:06}|||||||CNOM/CNOM/CNOM|SA07|Cabinet individuel|||FON-01|Titulaire de cabinet|GENR01|\
                 Activité standard de soin ou de pharmacien|"
            )?;
            line += 1;
        }
        n += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Size, write};
    use relais_app::admin::survey::survey;

    fn country(lines: usize, changed: usize) -> String {
        let mut file = Vec::new();
        write(&mut file, Size { lines, changed }).expect("a small country");
        String::from_utf8(file).expect("UTF-8")
    }

    #[test]
    fn a_country_is_a_file_of_the_directory() {
        let text = country(500, 0);
        assert!(text.lines().all(|line| line.split('|').count() == 57));
        let read = survey(text.as_bytes(), |_, _| Ok(())).expect("readable");
        assert_eq!((read.lines, read.bad), (500, 0));
        let people = read.people.count();
        assert!((200..400).contains(&people), "{people} entries");
        assert!(!read.aside.is_empty());
    }

    #[test]
    fn a_month_later_it_is_the_same_but_for_some_names() {
        let (before, after) = (country(2_000, 0), country(2_000, 20));
        let differ = before.lines().zip(after.lines()).filter(|(a, b)| a != b);
        let differ = differ.count();
        assert!((1..200).contains(&differ), "{differ} lines differ");
    }
}
