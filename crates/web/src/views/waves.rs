//! The coordinator's setting of waves: what is in force, what a choice makes of observed answers, which versions there
//! were.

use askama::Template;

use super::{LONG, Sample, SettingRow, sample_desk};
use crate::parts::{Choice, Desk, Form};

/// What a choice makes of one profession.
#[derive(Clone, Debug)]
pub struct WaveRow {
    /// `Médecins généralistes`
    pub profession: String,
    /// `34 membres`, the active ones.
    pub members: String,
    /// `40 réponses pour 120 sollicitations`
    pub answers: String,
    /// `6 sur 34`
    pub wave: String,
    /// Why that size, when it is not by the answers.
    pub why: String,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/waves.html")]
pub struct WavesPage {
    /// The frame.
    pub desk: Desk,
    /// What is chosen, and wrong.
    pub form: Form,
    /// The three ways.
    pub rules: Vec<Choice>,
    /// Version of the network's settings shown.
    pub version: String,
    /// What is in force.
    pub now: String,
    /// What the choice does; none until it is asked for.
    pub effect: Vec<String>,
    /// `Sur les 30 derniers jours`
    pub days: String,
    /// Each profession under the choice.
    pub rows: Vec<WaveRow>,
    /// What the effect's form sends again: names and values.
    pub kept: Vec<(&'static str, String)>,
    /// The versions, newest first.
    pub versions: Vec<SettingRow>,
}

impl Sample for WavesPage {
    const NAME: &'static str = "reglage-vagues";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |profession: &str, why: &str| WaveRow {
            profession: profession.to_owned(),
            members: "34\u{a0}membres".to_owned(),
            answers: "40\u{a0}réponses pour 120\u{a0}sollicitations".to_owned(),
            wave: "6 sur 34".to_owned(),
            why: why.to_owned(),
        };
        let filled = || {
            Form::default()
                .with("rule", "by-answers")
                .with("size", "10")
                .with("interval_minutes", "10")
                .with("wanted", "2")
                .with("most", "30")
                .with("lately_days", "30")
        };
        let page = |form: Form, versions: usize, rows: Vec<WaveRow>| Self {
            desk: sample_desk(
                if form.errors().is_empty() {
                    "Vagues de sollicitation"
                } else {
                    "Erreur\u{a0}: vagues de sollicitation"
                },
                "/reglages/vagues",
            ),
            form,
            rules: Choice::list(&[
                ("all", "Tous à la fois"),
                ("fixed", "Par vagues de même taille"),
                ("by-answers", "Par vagues, selon les réponses observées"),
            ]),
            version: "3".to_owned(),
            now: "tous à la fois.".to_owned(),
            effect: if rows.is_empty() {
                Vec::new()
            } else {
                vec![
                    "Choix\u{a0}: par vagues de 10\u{a0}personnes, toutes les 10\u{a0}min."
                        .to_owned(),
                ]
            },
            days: "Sur les 30 derniers jours".to_owned(),
            rows,
            kept: vec![("rule", "by-answers".to_owned())],
            versions: (0..versions)
                .map(|n| SettingRow {
                    version: n.to_string(),
                    since: "depuis le lun. 23 à 8\u{a0}h".to_owned(),
                    by: LONG.to_owned(),
                    what: "tous à la fois.".to_owned(),
                })
                .collect(),
        };
        let wrong = filled().wrong(
            "most",
            "Au moins autant que de réponses voulues, 500 au plus.",
        );
        let few = "taille de départ\u{a0}: moins de 50 sollicitations";
        let rows = vec![
            row("Médecins généralistes", ""),
            row("Pédicures-podologues", few),
        ];
        vec![
            ("vide", page(filled(), 0, Vec::new())),
            ("courant", page(filled(), 2, rows)),
            (
                "extreme",
                page(wrong, 10, (0..11).map(|_| row(LONG, few)).collect()),
            ),
        ]
    }
}
