//! The guided visit: three requests that a newcomer raises by hand, on people whose terms are
//! plain, so that each shows what it should whatever the seed.

use super::people::MASSY;
use super::stories::{Guided, GuidedCall};
use super::world::{DemoProfessional, DemoUser};
use crate::reference::care_types::ordinary_care;
use relais_core::people::{Mode, Profession};
use relais_core::request::{Need, Origin};
use relais_core::slug::Slug;
use std::collections::BTreeSet;

pub(super) fn code(text: &str) -> Slug {
    Slug::new(text).expect("every code of the scripts is well formed, says a test")
}

pub(super) fn need(
    profession: Profession,
    mode: Mode,
    within_hours: u8,
    motive: &str,
    comment: &str,
) -> Need {
    Need {
        profession,
        specialty: None,
        care: ordinary_care(profession),
        mode,
        within_hours,
        motives: vec![code(motive)],
        comment: comment.to_owned(),
        series: None,
        cooperations: BTreeSet::new(),
    }
}

pub(super) fn with_care(mut need: Need, care: &str) -> Need {
    need.care = code(care);
    need
}

/// The same, of whoever declared one of some cooperation protocols.
pub(super) fn under(mut need: Need, codes: &[&str]) -> Need {
    need.cooperations = codes.iter().map(|text| code(text)).collect();
    need
}

/// The guided visit, on people whose terms are plain.
pub(super) fn visit(
    professionals: &[DemoProfessional],
    users: &[DemoUser],
    doctor: usize,
    no_smartphone: usize,
) -> Guided {
    let in_massy = |p: &DemoProfessional| p.places[0].insee.as_str() == MASSY;
    let pharmacist = professionals
        .iter()
        .position(|p| p.profession == Profession::Pharmacist && in_massy(p))
        .unwrap_or(doctor);
    let account = users
        .iter()
        .position(|u| u.professional == Some(professionals[pharmacist].id));
    let ear = "Douleur de l'oreille droite depuis hier soir, pas de fièvre. Peut se déplacer.";
    let dental = "Dent cassée, ne peut pas quitter son lit: soin au domicile.";
    let nursing = "Pansement d'une plaie du genou à refaire à domicile, matériel remis.";
    let call = |requester, patient, origin, need| GuidedCall {
        requester,
        patient,
        origin,
        need,
    };
    Guided {
        doctor,
        no_smartphone,
        pharmacist,
        first_call: call(
            0,
            0,
            Origin::Patient,
            need(Profession::Gp, Mode::Consultation, 12, "otalgie", ear),
        ),
        nobody: call(
            0,
            1,
            Origin::Relative,
            need(Profession::Dentist, Mode::Visit, 24, "dentaire", dental),
        ),
        nurse: call(
            account.unwrap_or(0),
            2,
            Origin::Pharmacy,
            with_care(
                need(
                    Profession::Nurse,
                    Mode::Visit,
                    24,
                    "soins-infirmiers",
                    nursing,
                ),
                "pansement",
            ),
        ),
    }
}
