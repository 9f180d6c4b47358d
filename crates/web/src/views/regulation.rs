//! The coordinator's setting of the medical regulation: what must pass by a regulator first, what a
//! change would have done, which versions there were.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::{Choice, Desk, Form};

/// A version of the setting.
#[derive(Clone, Debug)]
pub struct SettingRow {
    /// `3`
    pub version: String,
    /// `depuis le lun. 23 à 8 h`
    pub since: String,
    /// By whom.
    pub by: String,
    /// What it says.
    pub what: String,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/regulation.html")]
pub struct RegulationPage {
    /// The frame.
    pub desk: Desk,
    /// What is chosen, and wrong.
    pub form: Form,
    /// The rules.
    pub rules: Vec<Choice>,
    /// The motives.
    pub motives: Vec<Choice>,
    /// Version of the network's settings shown.
    pub version: String,
    /// What is in force.
    pub now: String,
    /// What the choice would have done; none until it is asked for.
    pub effect: Vec<String>,
    /// What is sent again to save: names and values.
    pub kept: Vec<(String, String)>,
    /// The versions, newest first.
    pub versions: Vec<SettingRow>,
}

impl Sample for RegulationPage {
    const NAME: &'static str = "reglage-regulation";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |motives: usize, effect: bool| Self {
            desk: sample_desk("Régulation médicale", "/reglages/regulation"),
            form: Form::default().with("regle", "for-motives"),
            rules: Choice::list(&[
                ("when-unknown", "Seulement en cas de doute"),
                ("for-motives", "En cas de doute, et pour les motifs cochés"),
                ("always", "Toujours"),
            ]),
            motives: (0..motives)
                .map(|n| Choice::new(format!("m-{n}"), if n == 3 { LONG } else { "Fièvre" }))
                .collect(),
            version: "3".to_owned(),
            now: "En cas de doute, et pour fièvre.".to_owned(),
            effect: if effect {
                vec!["Sur les 30 derniers jours, 14 demandes sur 212 seraient passées par le régulateur.".to_owned()]
            } else {
                Vec::new()
            },
            kept: vec![("regle".to_owned(), "always".to_owned())],
            versions: (0..motives.min(10))
                .map(|n| SettingRow {
                    version: n.to_string(),
                    since: "depuis le lun. 23 à 8\u{a0}h".to_owned(),
                    by: LONG.to_owned(),
                    what: "Toujours.".to_owned(),
                })
                .collect(),
        };
        vec![
            ("vide", page(0, false)),
            ("courant", page(24, true)),
            ("extreme", page(120, true)),
        ]
    }
}
