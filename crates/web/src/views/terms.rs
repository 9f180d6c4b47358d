//! The whole of a professional's terms (*Mes réglages*), and what last week would have brought with them.

use askama::Template;

use super::{Sample, sample_phone};
use crate::parts::{Choice, Form, Phone, PhoneTab};

/// A figure of last week, with the terms in force and with those typed.
#[derive(Clone, Debug)]
pub struct WeekLine {
    /// What it counts.
    pub label: String,
    /// With the terms in force.
    pub before: String,
    /// With those typed.
    pub after: String,
}

/// Last week, judged again.
#[derive(Clone, Debug)]
pub struct WeekSheet {
    /// `Avec ces réglages, vous auriez été sollicité 9 fois.`
    pub sentence: String,
    /// The figures.
    pub lines: Vec<WeekLine>,
    /// Of what they are figures.
    pub base: String,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/terms.html")]
pub struct TermsPage {
    /// The frame.
    pub phone: Phone,
    /// What was typed and what is wrong.
    pub form: Form,
    /// Last week, when it was asked for.
    pub week: Option<WeekSheet>,
    /// Modes of care.
    pub modes: Vec<Choice>,
    /// Care types of the profession.
    pub care: Vec<Choice>,
    /// Motives.
    pub motives: Vec<Choice>,
    /// How many motives are declined.
    pub declined: usize,
    /// Ways to be asked by, and none.
    pub ways: Vec<Choice>,
    /// How much a locked telephone may show.
    pub shown: Vec<Choice>,
    /// `du 27 juillet au 3 août 2026`, each absence that is not over.
    pub absences: Vec<String>,
}

impl TermsPage {
    /// The days, with the field of each.
    fn days() -> [(&'static str, &'static str); 7] {
        [
            ("hours_0", "Lundi"),
            ("hours_1", "Mardi"),
            ("hours_2", "Mercredi"),
            ("hours_3", "Jeudi"),
            ("hours_4", "Vendredi"),
            ("hours_5", "Samedi"),
            ("hours_6", "Dimanche"),
        ]
    }
}

impl TermsPage {
    /// The ranks of the ways, with the field of each.
    fn ranks() -> [(&'static str, &'static str); 3] {
        [
            ("way_0", "D’abord"),
            ("way_1", "Sans accusé de réception, ensuite"),
            ("way_2", "En dernier"),
        ]
    }
}

impl Sample for TermsPage {
    const NAME: &'static str = "reglages";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form, week| Self {
            phone: sample_phone(
                if form.errors().is_empty() {
                    "Mes réglages"
                } else {
                    "Erreur\u{a0}: mes réglages"
                },
                PhoneTab::Activity,
            )
            .back("/activite", "Retour à mon activité"),
            form,
            week,
            modes: Choice::list(&[
                ("consultation", "Cabinet"),
                ("visit", "Visite"),
                ("teleconsultation", "Vidéo"),
            ]),
            care: Choice::list(&[
                ("consultation", "Consultation"),
                ("certificat", "Certificat"),
            ]),
            motives: Choice::list(&[("otalgie", "Douleur d’oreille"), ("toux", "Toux")]),
            declined: 1,
            ways: Choice::list(&[
                ("", "Rien"),
                ("push", "Notification (aucun appareil activé)"),
                ("sms", "SMS"),
                ("mail", "Courriel"),
            ]),
            shown: Choice::list(&[
                (
                    "nothing",
                    "Seulement «\u{a0}Relais\u{a0}: une demande vous attend\u{a0}»",
                ),
                ("place", "Le soin, la commune, la distance et les délais"),
                ("motive", "Le motif aussi"),
            ]),
            absences: vec!["du 27\u{a0}juillet 2026 au 3\u{a0}août 2026".to_owned()],
        };
        let line = |label: &str, before: &str, after: &str| WeekLine {
            label: label.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        let filled = Form::default()
            .with("modes", "consultation")
            .with("declined_motives", "toux")
            .with("radius_km", "10")
            .with("visit_km", "5")
            .with("hours_0", "8h-12h, 14h-18h30")
            .with("quiet_from", "20:00")
            .with("quiet_until", "08:00")
            .with("way_0", "sms")
            .with("way_1", "mail")
            .with("way_2", "")
            .with("lock_screen", "nothing");
        let week = WeekSheet {
            sentence: "Avec ces réglages, vous auriez été sollicité 9\u{a0}fois.".to_owned(),
            lines: vec![
                line("Sollicitations", "14", "9"),
                line("Le jour le plus chargé", "4", "3"),
                line("Écartées\u{a0}: distance", "2", "5"),
            ],
            base: "Sur les 16\u{a0}demandes de votre profession des sept derniers jours."
                .to_owned(),
        };
        vec![
            ("vide", page(Form::default(), None)),
            ("courant", page(filled.clone(), Some(week.clone()))),
            (
                "extreme",
                page(
                    filled.with("hours_6", "25h").wrong(
                        "hours_6",
                        "Des heures comme 8h-12h, 14h-18h30, dans l’ordre",
                    ),
                    Some(week),
                ),
            ),
        ]
    }
}
