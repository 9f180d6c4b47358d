//! The list: the six national cooperation protocols (orders of 6 March 2020) and the two pharmacy
//! tests of ordinary law (order of 17 June 2024). Bounds are recalled in words, never computed: the
//! territory's sheet asks what must be asked.

use crate::protocols::Book;
use relais_core::people::Profession::{self, Nurse, Pharmacist, Physio};
use relais_core::slug::Slug;
use std::collections::BTreeSet;

/// A protocol somebody may declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocol {
    /// Its code, for ever.
    pub code: &'static str,
    /// Its name, in French.
    pub label: &'static str,
    /// For whom, in words.
    pub public: &'static str,
    /// Who may follow it.
    pub professions: &'static [Profession],
    /// Orientation sheets it belongs to.
    pub sheets: &'static [&'static str],
}

/// All of them.
pub const PROTOCOLS: &[Protocol] = &[
    Protocol {
        code: "odynophagie",
        label: "Mal de gorge, protocole de coopération",
        public: "De 6 à 45 ans, ou 50 ans selon la version",
        professions: &[Nurse, Pharmacist],
        sheets: &["GORGE"],
    },
    Protocol {
        code: "pollakiurie",
        label: "Brûlures urinaires, protocole de coopération",
        public: "Femme de 16 à 65 ans",
        professions: &[Nurse, Pharmacist],
        sheets: &["URIF"],
    },
    Protocol {
        code: "lombalgie",
        label: "Lombalgie aiguë, protocole de coopération",
        public: "Depuis moins de quatre semaines",
        professions: &[Physio],
        sheets: &["DOS"],
    },
    Protocol {
        code: "cheville",
        label: "Torsion de cheville, protocole de coopération",
        public: "De 18 à 55 ans",
        professions: &[Physio],
        sheets: &["CHEV"],
    },
    Protocol {
        code: "varicelle",
        label: "Éruption vésiculeuse (varicelle), protocole de coopération",
        public: "De 12 mois à 12 ans, à vérifier dans le texte",
        professions: &[Nurse, Pharmacist],
        sheets: &["VARI"],
    },
    Protocol {
        code: "rhinite",
        label: "Rhino-conjonctivite allergique, protocole de coopération",
        public: "De 15 à 50 ans, à vérifier dans le texte",
        professions: &[Nurse, Pharmacist],
        sheets: &["NEZ"],
    },
    Protocol {
        code: "trod-angine",
        label: "Test angine en pharmacie",
        public: "Pharmacien formé",
        professions: &[Pharmacist],
        sheets: &["GORGE"],
    },
    Protocol {
        code: "trod-cystite",
        label: "Cystite simple, bandelette en pharmacie",
        public: "Femme de 16 à 65 ans, pharmacien formé",
        professions: &[Pharmacist],
        sheets: &["URIF"],
    },
];

impl Protocol {
    /// Its name where it is said beside that it is a protocol: `Lombalgie aiguë`.
    pub fn short(&self) -> &'static str {
        let suffix = ", protocole de coopération";
        self.label.strip_suffix(suffix).unwrap_or(self.label)
    }
}

/// The names of some protocols: `« Mal de gorge » et « Test angine en pharmacie »`. A code the list does
/// not have is said as it is.
pub fn names(codes: &BTreeSet<Slug>) -> String {
    let name = |code: &Slug| {
        let known = protocol(code.as_str()).map(Protocol::short);
        let said: &str = known.unwrap_or(code.as_str());
        format!("«\u{a0}{said}\u{a0}»")
    };
    let mut all: Vec<String> = codes.iter().map(name).collect();
    let last = all.pop().unwrap_or_default();
    match all.as_slice() {
        [] => last,
        before => format!("{} et {last}", before.join(", ")),
    }
}

/// Whether somebody of a profession may follow a sheet under a protocol: the list gives it to the
/// sheet's code, or the territory's sheet in force names it.
pub fn covers(book: &Book, one: &Protocol, sheet: &str, profession: Profession) -> bool {
    let named = || {
        let found = book.sheet(sheet);
        found.is_some_and(|version| {
            let mut own = version.sheet.cooperations.iter();
            own.any(|code| code.as_str() == one.code)
        })
    };
    one.professions.contains(&profession) && (one.sheets.contains(&sheet) || named())
}

/// The protocols any one of which lets somebody of a profession follow a sheet; none when their own
/// right is enough.
pub fn wanted(book: &Book, sheet: &str, profession: Profession) -> BTreeSet<Slug> {
    PROTOCOLS
        .iter()
        .filter(|one| covers(book, one, sheet, profession))
        .filter_map(|one| Slug::new(one.code).ok())
        .collect()
}

/// A doctor's own request is an order: whoever takes it needs no protocol for the act.
pub const fn prescribes(profession: Profession) -> bool {
    matches!(profession, Profession::Gp | Profession::Specialist)
}

/// A protocol by code.
pub fn protocol(code: &str) -> Option<&'static Protocol> {
    PROTOCOLS.iter().find(|one| one.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::{InForce, Standing};

    #[test]
    fn a_sheet_asks_a_delegated_profession_for_any_of_its_protocols_and_a_doctor_for_none() {
        let book = Book::demonstration();
        let codes =
            |sheet, profession| names(&wanted(&book, sheet, profession)).replace('\u{a0}', " ");
        assert_eq!(
            codes("GORGE", Pharmacist),
            "« Mal de gorge » et « Test angine en pharmacie »"
        );
        assert_eq!(codes("GORGE", Nurse), "« Mal de gorge »");
        assert!(wanted(&book, "URIF", Profession::Gp).is_empty());
        assert!(wanted(&book, "URIF", Profession::Midwife).is_empty());
        assert!(wanted(&book, "TRONC", Pharmacist).is_empty());
    }

    #[test]
    fn a_territory_s_own_sheet_names_its_protocols_beside_those_of_its_code() {
        let sheet = |code: &str, from: &str, named: &str| {
            let mut sheet = (*Book::demonstration().sheet(from).unwrap().sheet).clone();
            code.clone_into(&mut sheet.code);
            sheet.cooperations = vec![Slug::new(named).unwrap()];
            InForce::new(sheet, 1, Standing::Demonstration)
        };
        let book = Book::new([
            sheet("GENOU", "CHEV", "cheville"),
            sheet("GORGE", "GORGE", "rhinite"),
        ]);
        let codes = |sheet, profession| {
            let all = wanted(&book, sheet, profession);
            all.iter().map(Slug::as_str).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(codes("GENOU", Physio), "cheville");
        assert_eq!(codes("GENOU", Nurse), "", "not a protocol of theirs");
        assert_eq!(
            codes("GORGE", Nurse),
            "odynophagie rhinite",
            "the list's own stays"
        );
        // Out of force, only what the list says of its code.
        assert_eq!(codes("CHEV", Physio), "cheville");
        assert_eq!(codes("EPAULE", Physio), "");
    }

    #[test]
    fn every_protocol_belongs_to_a_sheet_that_exists() {
        let book = Book::demonstration();
        for one in PROTOCOLS {
            assert_eq!(protocol(one.code), Some(one), "codes are unique");
            assert!(Slug::new(one.code).is_ok(), "{}", one.code);
            for sheet in one.sheets {
                assert!(book.sheet(sheet).is_some(), "{sheet}");
            }
        }
    }
}
