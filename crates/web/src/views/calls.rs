//! The contact log: a day's figures, then its rows. No name of a patient, whatever the role; figures
//! only for who audits.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Choice, Desk, Form, State, Tone};

/// One line of a table of figures.
#[derive(Clone, Debug)]
pub struct Count {
    /// What is counted.
    pub label: String,
    /// How many.
    pub count: String,
    /// The rows behind it, for those who may see them.
    pub href: Option<String>,
}

/// A table of figures that sums to the whole.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Its anchor.
    pub id: &'static str,
    /// Its title, `Par issue`.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<Count>,
    /// The sum.
    pub total: String,
}

/// One contact.
#[derive(Clone, Debug)]
pub struct CallRow {
    /// `14:32`
    pub at: String,
    /// `Patient`, `Pharmacie`.
    pub origin: String,
    /// What came of it.
    pub outcome: State,
    /// `renouvellement d’ordonnance`, or nothing.
    pub why: &'static str,
    /// `toux, fièvre`
    pub motives: String,
    /// `4 min`, or nothing while it lasts.
    pub length: String,
    /// Who answered.
    pub by: String,
    /// Its request: address and code.
    pub request: Option<(String, String)>,
    /// A word beside the hour: entered after the fact.
    pub late: String,
}

/// The filter and the rows, for those who may see them.
#[derive(Clone, Debug)]
pub struct CallList {
    /// What is chosen.
    pub form: Form,
    /// Origins.
    pub origins: Vec<Choice>,
    /// Outcomes.
    pub outcomes: Vec<Choice>,
    /// Who answered.
    pub people: Vec<Choice>,
    /// Motives.
    pub motives: Vec<Choice>,
    /// When it was entered.
    pub entered: Vec<Choice>,
    /// `48 appels, tous affichés`; says when rows are left for the next page.
    pub said: String,
    /// The rows, newest first.
    pub rows: Vec<CallRow>,
    /// Where the next rows are.
    pub next: Option<String>,
    /// The same as a file.
    pub export: String,
    /// When there is none.
    pub empty: String,
}

/// The log of a day.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/calls.html")]
pub struct CallsPage {
    /// The frame.
    pub desk: Desk,
    /// `Appels d’aujourd’hui, mardi 24 novembre 2026`
    pub title: String,
    /// The day, as a date field writes it.
    pub day: String,
    /// The last day there is.
    pub today: String,
    /// The day before: address and word.
    pub before: (String, String),
    /// The day after, if it has come.
    pub after: Option<(String, String)>,
    /// `Sur 48 appels, 3 sont en cours.`
    pub sum: String,
    /// May enter a call afterwards.
    pub late: bool,
    /// The tables.
    pub counts: Vec<Counts>,
    /// The rows, unless only figures may be seen.
    pub list: Option<CallList>,
}

impl Sample for CallsPage {
    const NAME: &'static str = "appels";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize, list: bool| Self {
            desk: sample_desk("Appels", "/appels"),
            title: "Appels du mardi 24\u{a0}novembre 2026".to_owned(),
            day: "2026-11-24".to_owned(),
            today: "2026-11-24".to_owned(),
            before: ("/appels?jour=2026-11-23".to_owned(), "lun. 23".to_owned()),
            after: None,
            sum: format!("Sur {many} appels, aucun n’est en cours."),
            late: list,
            counts: vec![
                Counts {
                    id: "h-issues",
                    title: "Par issue",
                    lines: vec![
                        Count {
                            label: "Demande lancée".to_owned(),
                            count: many.to_string(),
                            href: list.then(|| "/appels?issue=request".to_owned()),
                        },
                        Count {
                            label: "Transfert au 15".to_owned(),
                            count: "0".to_owned(),
                            href: None,
                        },
                    ],
                    total: many.to_string(),
                },
                Counts {
                    id: "h-origines",
                    title: "Par origine",
                    lines: vec![Count {
                        label: "Patient".to_owned(),
                        count: many.to_string(),
                        href: None,
                    }],
                    total: many.to_string(),
                },
            ],
            list: list.then(|| CallList {
                form: Form::default(),
                origins: Choice::list(&[("", "Toutes"), ("patient", "Patient")]),
                outcomes: Choice::list(&[("", "Toutes"), ("advice", "Conseil donné")]),
                people: Choice::list(&[("", "Tout le monde"), ("usr_1", LONG)]),
                motives: Choice::list(&[("", "Tous"), ("toux", "Toux")]),
                entered: Choice::list(&[("", "Toutes"), ("apres-coup", "Après coup")]),
                said: format!("{many} appels, tous affichés."),
                rows: (0..many)
                    .map(|index| CallRow {
                        at: format!("{:02}:{:02}", 19 - index / 60 % 12, 59 - index % 60),
                        origin: "Service d’urgences".to_owned(),
                        outcome: State::new(
                            Tone::Community,
                            Icon::PaperPlaneTilt,
                            "Demande lancée",
                        ),
                        why: if index % 6 == 0 {
                            "rendez-vous qui peut attendre"
                        } else {
                            ""
                        },
                        motives: if index % 5 == 0 {
                            LONG.to_lowercase()
                        } else {
                            "toux".to_owned()
                        },
                        length: "4\u{a0}min".to_owned(),
                        by: if index % 7 == 0 { LONG } else { "Lina K." }.to_owned(),
                        request: Some((
                            "/demandes/req_1".to_owned(),
                            format!("D-{:04}", 4800 + index),
                        )),
                        late: if index % 9 == 0 {
                            "saisi après coup"
                        } else {
                            ""
                        }
                        .to_owned(),
                    })
                    .collect(),
                next: (many > 50).then(|| "/appels?apres=x".to_owned()),
                export: "/appels.csv".to_owned(),
                empty: "Aucun appel ce jour-là.".to_owned(),
            }),
        };
        vec![
            ("vide", page(0, true)),
            ("courant", page(8, true)),
            ("extreme", page(120, true)),
            ("chiffres", page(48, false)),
        ]
    }
}
