//! Red flags passed over, for the regulators and the coordinator: which sign, who, why, what came of
//! it. No name of a patient.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Desk, State, Tone};

/// One.
#[derive(Clone, Debug)]
pub struct OverrideRow {
    /// `lun. 23 nov., 14:20`
    pub at: String,
    /// The sentences.
    pub signs: Vec<String>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// The request: address and code.
    pub request: (String, String),
    /// What came of it.
    pub state: State,
}

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/overrides.html")]
pub struct OverridesPage {
    /// The frame.
    pub desk: Desk,
    /// The rows, newest first.
    pub rows: Vec<OverrideRow>,
    /// Where the next rows are.
    pub next: Option<String>,
}

impl Sample for OverridesPage {
    const NAME: &'static str = "derogations";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| Self {
            desk: sample_desk("Signes d’alerte passés outre", "/derogations"),
            rows: (0..many)
                .map(|index| OverrideRow {
                    at: "lun. 23 nov., 14:20".to_owned(),
                    signs: vec![
                        "Est-elle inconsciente, ou très difficile à réveiller\u{a0}?"
                            .to_owned();
                        1 + index % 2
                    ],
                    reason: if index == 1 {
                        LONG
                    } else {
                        "Coché par erreur"
                    }
                    .to_owned(),
                    by: "Lina K.".to_owned(),
                    request: ("/demandes/req_1".to_owned(), format!("{}", 4800 + index)),
                    state: State::new(Tone::Fifteen, Icon::Siren, "Transférée au 15"),
                })
                .collect(),
            next: (many > 50).then(|| "/derogations?apres=x".to_owned()),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(3)),
            ("extreme", page(100)),
        ]
    }
}
