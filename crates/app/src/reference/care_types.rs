//! The care types shipped, with their French labels and the professions that give them. The core
//! takes any other well-formed code: partners may have their own.

use relais_core::people::Profession::{
    self, Biologist, Dentist, Gp, Midwife, Nurse, Orthoptist, Pharmacist, Physio, Podiatrist,
    Specialist, Speech,
};
use relais_core::slug::Slug;

/// A kind of care that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CareType {
    /// Its code.
    pub code: &'static str,
    /// What screens show, in French.
    pub label: &'static str,
    /// Professions that give it; for each, the first in the list is its ordinary care.
    pub professions: &'static [Profession],
}

const fn care(
    code: &'static str,
    label: &'static str,
    professions: &'static [Profession],
) -> CareType {
    CareType {
        code,
        label,
        professions,
    }
}

/// Every care type shipped; for each profession the ordinary one comes first.
pub const CARE_TYPES: &[CareType] = &[
    care("soins-non-programmes", "Soins non programmés", &[Gp]),
    care("soins-infirmiers", "Soins infirmiers", &[Nurse]),
    care("pansement", "Pansement", &[Nurse]),
    care(
        "conseil-officine",
        "Conseil et protocole en pharmacie",
        &[Pharmacist],
    ),
    care("injection", "Injection", &[Nurse, Pharmacist]),
    care(
        "prelevement",
        "Prélèvement, prise de sang",
        &[Nurse, Biologist],
    ),
    care("perfusion", "Perfusion", &[Nurse]),
    care("surveillance", "Surveillance à domicile", &[Nurse]),
    care("toilette", "Toilette, aide à l'hygiène", &[Nurse]),
    care("sonde", "Sonde, stomie", &[Nurse]),
    care("reeducation", "Rééducation", &[Physio, Speech]),
    care(
        "kine-respiratoire",
        "Kinésithérapie respiratoire",
        &[Physio],
    ),
    care("lombalgie-aigue", "Mal de dos aigu", &[Physio]),
    care("entorse", "Entorse de cheville", &[Physio]),
    care("suivi-grossesse", "Suivi de grossesse", &[Midwife]),
    care(
        "suites-de-couches",
        "Suites de couches, allaitement",
        &[Midwife],
    ),
    care("urgence-gynecologique", "Plainte gynécologique", &[Midwife]),
    care("urgence-dentaire", "Urgence dentaire", &[Dentist]),
    care("trod", "Test rapide en pharmacie", &[Pharmacist]),
    care("vaccination", "Vaccination", &[Pharmacist, Nurse, Midwife]),
    care("avis-specialise", "Avis spécialisé", &[Specialist]),
    care("soin-pied", "Soin du pied", &[Podiatrist]),
    care("bilan-orthoptique", "Bilan visuel", &[Orthoptist]),
    care("bilan", "Bilan", &[Nurse, Physio, Podiatrist, Speech]),
    care(
        "teleconsultation-assistee",
        "Téléconsultation accompagnée",
        &[Nurse, Pharmacist],
    ),
];

/// The care types of a profession, the ordinary one first.
pub fn care_types_of(profession: Profession) -> impl Iterator<Item = &'static CareType> {
    CARE_TYPES
        .iter()
        .filter(move |care| care.professions.contains(&profession))
}

/// The French label of a care type; `None` for one of a partner's own.
pub fn care_label(code: &Slug) -> Option<&'static str> {
    CARE_TYPES
        .iter()
        .find(|care| care.code == code.as_str())
        .map(|care| care.label)
}

/// The ordinary care type of a profession.
pub fn ordinary_care(profession: Profession) -> Slug {
    let code = care_types_of(profession)
        .next()
        .map_or("autre", |care| care.code);
    Slug::new(code).expect("every shipped care type is a well-formed code, says a test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_well_formed_unique_and_labelled() {
        for (index, care) in CARE_TYPES.iter().enumerate() {
            let code = Slug::new(care.code).unwrap();
            assert_eq!(care_label(&code), Some(care.label));
            assert!(
                CARE_TYPES[index + 1..]
                    .iter()
                    .all(|other| other.code != care.code)
            );
        }
        assert_eq!(care_label(&Slug::new("dialyse").unwrap()), None);
    }

    #[test]
    fn every_profession_has_an_ordinary_care() {
        for profession in Profession::ALL {
            assert_ne!(
                ordinary_care(*profession).as_str(),
                "autre",
                "{}",
                profession.code()
            );
        }
        assert_eq!(ordinary_care(Gp).as_str(), "soins-non-programmes");
        assert_eq!(ordinary_care(Nurse).as_str(), "soins-infirmiers");
        assert_eq!(ordinary_care(Speech).as_str(), "reeducation");
        // Not the injection a nurse gives too: advice and the protocols of the dispensary.
        assert_eq!(ordinary_care(Pharmacist).as_str(), "conseil-officine");
    }
}
