//! The slip a professional prints for the patient (DESIGN §7): large type, what happens now, until
//! when, the number, 15 if it gets worse. No name, no motive: a slip is left on a table.

use askama::Template;

use super::{Sample, sample_phone};
use crate::parts::{Phone, PhoneTab};

/// The slip.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/slip.html")]
pub struct SlipPage {
    /// The frame, not printed.
    pub phone: Phone,
    /// Who answers for the request.
    pub network: String,
    /// What happens now, one sentence per line.
    pub now: Vec<String>,
    /// Who takes care, with a number and a place; empty before acceptance.
    pub who: Vec<String>,
    /// The number to call, as people write it.
    pub tel: String,
    /// When it answers.
    pub hours: String,
    /// The request's number.
    pub code: String,
    /// When it was printed.
    pub at: String,
}

impl Sample for SlipPage {
    const NAME: &'static str = "fiche-patient";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Fiche pour le patient", PhoneTab::None);
        phone.back = Some((
            "/mes-demandes/req_1".to_owned(),
            "Retour à la demande".to_owned(),
        ));
        let asking = Self {
            phone,
            network: "SNP Essonne Nord".to_owned(),
            now: vec![
                "Nous cherchons un infirmier pour vous.".to_owned(),
                "Vous recevez un message avant 16\u{a0}h\u{a0}30.".to_owned(),
            ],
            who: Vec::new(),
            tel: "01 99 00 15 91".to_owned(),
            hours: "Ouvert jusqu’à 20\u{a0}h".to_owned(),
            code: "4812".to_owned(),
            at: "mardi 24 novembre, 14\u{a0}h\u{a0}32".to_owned(),
        };
        let taken = Self {
            now: vec!["Rendez-vous aujourd’hui à 17\u{a0}h.".to_owned()],
            who: vec![
                "Mme\u{a0}Aubry".to_owned(),
                "infirmière, Massy".to_owned(),
                "06 39 98 01 01".to_owned(),
            ],
            ..asking.clone()
        };
        let long = Self {
            network: super::LONG.to_owned(),
            who: vec![super::LONG.to_owned()],
            ..taken.clone()
        };
        vec![("vide", asking), ("courant", taken), ("extreme", long)]
    }
}
