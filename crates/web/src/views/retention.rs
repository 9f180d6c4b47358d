//! How long what is known of patients is kept, and the proof of what was purged: counts, never what.

use askama::Template;

use super::{Sample, sample_desk};
use crate::parts::{Desk, Form};

/// A class and its duration.
#[derive(Clone, Debug)]
pub struct RetentionRow {
    /// The field.
    pub name: String,
    /// The class, in words.
    pub label: String,
    /// What is past its time.
    pub due: String,
}

/// A line of the proof.
#[derive(Clone, Debug)]
pub struct PurgeRow {
    /// The day.
    pub day: String,
    /// The class.
    pub class: String,
    /// How many.
    pub counted: String,
    /// What ended before this is gone.
    pub before: String,
}

/// Durations and proof.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/retention.html")]
pub struct RetentionPage {
    /// The frame.
    pub desk: Desk,
    /// The classes.
    pub rows: Vec<RetentionRow>,
    /// What was purged, newest day first.
    pub proof: Vec<PurgeRow>,
    /// What is set, typed, wrong.
    pub form: Form,
}

impl Sample for RetentionPage {
    const NAME: &'static str = "conservation";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |name: &str, label: &str, due: &str| RetentionRow {
            name: name.to_owned(),
            label: label.to_owned(),
            due: due.to_owned(),
        };
        let page = |many: usize| Self {
            desk: sample_desk("Conservation", "/reglages/conservation"),
            rows: vec![
                row("identities", "Identités des patients", "Rien n’attend."),
                row(
                    "photos",
                    "Photos des demandes",
                    "12 à effacer dans l’heure.",
                ),
            ],
            proof: (0..many)
                .map(|_| PurgeRow {
                    day: "2026-11-24".to_owned(),
                    class: "Textes des messages envoyés".to_owned(),
                    counted: "1 204".replace(' ', "\u{a0}"),
                    before: "24\u{a0}novembre 2025".to_owned(),
                })
                .collect(),
            form: Form::default()
                .with("identities", "730")
                .with("photos", "90"),
        };
        let mut wrong = page(300);
        wrong.form = wrong.form.wrong("photos", "De 1 jour à 3\u{a0}650 jours");
        wrong.desk.title = "Erreur\u{a0}: conservation".to_owned();
        vec![("vide", page(0)), ("courant", page(4)), ("extreme", wrong)]
    }
}
