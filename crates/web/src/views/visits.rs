//! Appointments afterwards: shares with their base, what nobody closed, who looks for a usual doctor; what the
//! coordinator sets for them.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::{Desk, Form};

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/visit_settings.html")]
pub struct VisitSettingsPage {
    /// The frame.
    pub desk: Desk,
    /// What is set, or was typed and is wrong.
    pub form: Form,
    /// Version of the network's settings shown.
    pub version: String,
}

impl Sample for VisitSettingsPage {
    const NAME: &'static str = "reglage-rendez-vous";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |title: &str, form: Form| Self {
            desk: sample_desk(title, "/reglages/rendez-vous"),
            form,
            version: "3".to_owned(),
        };
        let filled = Form::default()
            .with("horizon_hours", "744")
            .with("reminder_hours", "3")
            .with("question_hours", "0");
        let wrong = filled
            .clone()
            .wrong("horizon_hours", "Un nombre d’heures de 1 à 744 (un mois)");
        vec![
            ("courant", page("Réglages des rendez-vous", filled)),
            (
                "extreme",
                page("Erreur\u{a0}: réglages des rendez-vous", wrong),
            ),
        ]
    }
}

/// A share, with what it is a share of.
#[derive(Clone, Debug)]
pub struct Share {
    /// `Patients absents`
    pub label: String,
    /// `3 sur 41, soit 7 %`
    pub value: String,
    /// Its base, in a sentence.
    pub base: String,
}

/// A request nobody closed in time.
#[derive(Clone, Debug)]
pub struct UnclosedRow {
    /// Its page.
    pub href: String,
    /// Its number.
    pub code: String,
    /// Who has the patient.
    pub who: String,
    /// Age, sex, commune.
    pub facts: String,
    /// `depuis hier à 15 h`
    pub since: String,
}

/// The figures and lists.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/visits.html")]
pub struct VisitsPage {
    /// The frame.
    pub desk: Desk,
    /// How many days the figures cover.
    pub days: String,
    /// The figures.
    pub shares: Vec<Share>,
    /// What nobody closed.
    pub rows: Vec<UnclosedRow>,
    /// Said when there are more.
    pub more: String,
    /// How many look for a usual doctor.
    pub seekers: String,
    /// Whether this is the coordinator.
    pub coordinator: bool,
}

/// Somebody who looks for a usual doctor.
#[derive(Clone, Debug)]
pub struct SeekerRow {
    /// Who.
    pub name: String,
    /// Born when.
    pub born: String,
    /// Their number: as a link, as read.
    pub tel: (String, String),
    /// Where.
    pub commune: String,
    /// Listed since.
    pub since: String,
}

/// Those who look for a usual doctor and agreed to be listed.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/seekers.html")]
pub struct SeekersPage {
    /// The frame.
    pub desk: Desk,
    /// Who.
    pub rows: Vec<SeekerRow>,
}

impl Sample for VisitsPage {
    const NAME: &'static str = "rendez-vous";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |count: usize, more: &str| Self {
            desk: sample_desk("Rendez-vous", "/rendez-vous"),
            days: "30".to_owned(),
            shares: vec![Share {
                label: "Patients absents".to_owned(),
                value: "3 sur 41, soit 7\u{a0}%".to_owned(),
                base: "Des rendez-vous dont l’heure est passée, 2 pas encore clos.".to_owned(),
            }],
            rows: (0..count)
                .map(|n| UnclosedRow {
                    href: "/demandes/req_1".to_owned(),
                    code: format!("{}", 1042 + n),
                    who: if n == 1 { LONG } else { "Dr\u{a0}Corvo" }.to_owned(),
                    facts: "F, 84\u{a0}ans, Massy".to_owned(),
                    since: "depuis hier à 15\u{a0}h".to_owned(),
                })
                .collect(),
            more: more.to_owned(),
            seekers: "4 personnes sont inscrites.".to_owned(),
            coordinator: count > 0,
        };
        vec![
            ("vide", page(0, "")),
            ("courant", page(3, "")),
            ("extreme", page(100, "Et 12 autres, après celles-ci.")),
        ]
    }
}

impl Sample for SeekersPage {
    const NAME: &'static str = "cherchent-medecin";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |count: usize| Self {
            desk: sample_desk("Cherchent un médecin traitant", "/rendez-vous"),
            rows: (0..count)
                .map(|n| SeekerRow {
                    name: if n == 1 { LONG } else { "TERVAUX Odile" }.to_owned(),
                    born: "2 avril 1951".to_owned(),
                    tel: ("tel:+33639984107".to_owned(), "06 39 98 41 07".to_owned()),
                    commune: "Massy".to_owned(),
                    since: "depuis lundi".to_owned(),
                })
                .collect(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(3)),
            ("extreme", page(60)),
        ]
    }
}
