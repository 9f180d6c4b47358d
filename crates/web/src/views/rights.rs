//! Who saw the data of a patient: a table to read, print or hand over. Never the patient's name.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::Desk;

/// A look.
#[derive(Clone, Debug)]
pub struct LookRow {
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// In which role.
    pub role: String,
    /// What they saw.
    pub what: String,
    /// Why.
    pub why: String,
    /// Short number of the request.
    pub code: String,
}

/// The looks.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/looks.html")]
pub struct LooksPage {
    /// The frame.
    pub desk: Desk,
    /// The request it is asked from.
    pub id: String,
    /// Its short number.
    pub code: String,
    /// The rows, oldest first.
    pub rows: Vec<LookRow>,
}

impl Sample for LooksPage {
    const NAME: &'static str = "consultations";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize, who: &str| Self {
            desk: sample_desk("Consultations, demande 4821", "/demandes"),
            id: "req_1".to_owned(),
            code: "4821".to_owned(),
            rows: (0..many)
                .map(|_| LookRow {
                    at: "24\u{a0}novembre 2026, 14:32".to_owned(),
                    who: who.to_owned(),
                    role: "Professionnel de santé".to_owned(),
                    what: "Identité".to_owned(),
                    why: "Professionnel qui a pris en charge".to_owned(),
                    code: "4821".to_owned(),
                })
                .collect(),
        };
        vec![
            ("vide", page(0, "")),
            ("courant", page(4, "Dr\u{a0}Leroy")),
            ("extreme", page(200, LONG)),
        ]
    }
}
