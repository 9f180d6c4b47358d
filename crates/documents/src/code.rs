//! The coded values of French documents that a note needs: what kind it is, who signs it, where the
//! act was done. Labels are those of the national value sets, letter for letter.

use relais_core::people::{Mode, Profession};
use relais_core::request::Sex;

/// What a document is: LOINC code of JDV_J07, with its class of ASS_X04.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A consultation or a visit, by a doctor, a dentist or a midwife.
    Consultation,
    /// Care by a nurse, a physiotherapist and their like.
    Care,
    /// At a pharmacist's.
    Pharmacy,
    /// A doctor at a distance.
    Remote,
}

impl Kind {
    /// What somebody of this profession writes after an act done this way.
    pub const fn of(profession: Profession, mode: Mode) -> Self {
        match (profession, mode) {
            (Profession::Gp | Profession::Specialist, Mode::Teleconsultation) => Self::Remote,
            (
                Profession::Gp
                | Profession::Specialist
                | Profession::Dentist
                | Profession::Midwife
                | Profession::Biologist,
                _,
            ) => Self::Consultation,
            (Profession::Pharmacist, _) => Self::Pharmacy,
            (
                Profession::Nurse
                | Profession::Physio
                | Profession::Podiatrist
                | Profession::Speech
                | Profession::Orthoptist,
                _,
            ) => Self::Care,
        }
    }

    /// LOINC.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Consultation => "11488-4",
            Self::Care => "11506-3",
            Self::Pharmacy => "93024-8",
            Self::Remote => "85208-7",
        }
    }

    /// Its label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Consultation => "CR ou fiche de consultation ou de visite",
            Self::Care => "CR ou fiche de suivi de soins par auxiliaire médical",
            Self::Pharmacy => "CR de consultation pharmaceutique",
            Self::Remote => "CR de télémédecine",
        }
    }
}

/// Specialty of a professional in JDV_J01, and its label.
pub(crate) const fn specialty(profession: Profession) -> (&'static str, &'static str) {
    match profession {
        Profession::Gp => ("G15_10/SM54", "Médecin - Médecine Générale (SM)"),
        Profession::Specialist => ("G15_10", "Médecin"),
        Profession::Biologist => ("G15_10/SM03", "Médecin - Biologie médicale (SM)"),
        Profession::Dentist => ("G15_40", "Chirurgien-Dentiste"),
        Profession::Midwife => ("G15_50", "Sage-Femme"),
        Profession::Nurse => ("G15_60", "Infirmier"),
        Profession::Physio => ("G15_70", "Masseur-Kinésithérapeute"),
        Profession::Pharmacist => ("G15_21", "Pharmacien"),
        Profession::Podiatrist => ("G15_80", "Pédicure-Podologue"),
        Profession::Speech => ("G15_91", "Orthophoniste"),
        Profession::Orthoptist => ("G15_92", "Orthoptiste"),
    }
}

/// Whether `DR` follows the name.
pub(crate) const fn is_doctor(profession: Profession) -> bool {
    matches!(
        profession,
        Profession::Gp | Profession::Specialist | Profession::Biologist | Profession::Dentist
    )
}

/// Administrative gender and its label; the code of PID-8.
pub(crate) const fn gender(sex: Sex) -> (&'static str, &'static str, &'static str) {
    match sex {
        Sex::Female => ("F", "Féminin", "F"),
        Sex::Male => ("M", "Masculin", "M"),
        Sex::Unknown => ("UN", "Inconnu", "U"),
    }
}

/// Kind of an encounter, and its label.
pub(crate) const fn encounter(mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::Consultation => ("AMB", "Ambulatoire (hors établissement)"),
        Mode::Visit => ("HH", "Domicile"),
        Mode::Teleconsultation => ("VR", "Virtuel"),
    }
}

/// Where care is organised from: code of JDV_J02 and its label in the edition that the receivers
/// of the territory have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// `SA63`.
    pub code: String,
    /// Its label.
    pub label: String,
}

impl Default for Facility {
    fn default() -> Self {
        Self {
            code: "SA63".to_owned(),
            label:
                "Communauté professionnelle territoriale de santé et équipe de soins spécialisés"
                    .to_owned(),
        }
    }
}
