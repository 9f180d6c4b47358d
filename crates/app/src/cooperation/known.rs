//! The list: the six national cooperation protocols (orders of 6 March 2020) and the two pharmacy
//! tests of ordinary law (order of 17 June 2024). Bounds are recalled in words, never computed: the
//! territory's sheet asks what must be asked.

use relais_core::people::Profession::{self, Nurse, Pharmacist, Physio};

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

/// A protocol by code.
pub fn protocol(code: &str) -> Option<&'static Protocol> {
    PROTOCOLS.iter().find(|one| one.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::Book;

    #[test]
    fn every_protocol_belongs_to_a_sheet_that_exists() {
        let book = Book::demonstration();
        for one in PROTOCOLS {
            assert_eq!(protocol(one.code), Some(one), "codes are unique");
            for sheet in one.sheets {
                assert!(book.sheet(sheet).is_some(), "{sheet}");
            }
        }
    }
}
