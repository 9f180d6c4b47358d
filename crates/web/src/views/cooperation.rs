//! Declared cooperation protocols: a professional's own page, and the list their network sees.

use askama::Template;

use super::{Sample, sample_desk, sample_phone};
use crate::parts::{Choice, Desk, Form, Phone, PhoneTab};

/// One of my declarations.
#[derive(Clone, Debug)]
pub struct MyCooperation {
    /// `Brûlures urinaires, protocole de coopération`
    pub label: String,
    /// `Pharmacie des Sablons, Massy. Depuis le 5 janvier 2026.`
    pub facts: String,
    /// What ends it: protocol, place, first day; none when it has ended.
    pub end: Option<(String, String, String)>,
}

/// My declarations.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocols.html")]
pub struct ProtocolsPage {
    /// The frame.
    pub phone: Phone,
    /// What was typed and what is wrong.
    pub form: Form,
    /// Protocols of the profession; none when there is none.
    pub protocols: Vec<Choice>,
    /// Places of practice.
    pub places: Vec<Choice>,
    /// What was declared, newest first.
    pub rows: Vec<MyCooperation>,
}

/// A line of the network's list.
#[derive(Clone, Debug)]
pub struct CooperationRow {
    /// The protocol.
    pub label: String,
    /// Who.
    pub name: String,
    /// Where.
    pub place: String,
    /// `5 janvier 2026`
    pub since: String,
    /// `31 décembre 2026`, or empty.
    pub until: String,
    /// It holds today.
    pub holds: bool,
}

/// The network's list.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/cooperation.html")]
pub struct CooperationPage {
    /// The frame.
    pub desk: Desk,
    /// The lines, by protocol.
    pub rows: Vec<CooperationRow>,
}

impl Sample for ProtocolsPage {
    const NAME: &'static str = "mes-protocoles";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize, form: Form| {
            let mut phone = sample_phone("Protocoles de coopération", PhoneTab::Activity);
            phone.back = Some(("/activite".to_owned(), "Retour à mon activité".to_owned()));
            if !form.errors().is_empty() {
                phone.title = "Erreur\u{a0}: protocoles de coopération".to_owned();
            }
            let row = |n: usize| MyCooperation {
                label: "Brûlures urinaires, protocole de coopération".to_owned(),
                facts: "Pharmacie des Sablons, Massy. Depuis le 5 janvier 2026.".to_owned(),
                end: n.is_multiple_of(2).then(|| {
                    let words = ["pollakiurie", "Pharmacie des Sablons, Massy", "2026-01-05"];
                    let [protocol, place, since] = words.map(str::to_owned);
                    (protocol, place, since)
                }),
            };
            Self {
                phone,
                form,
                protocols: Choice::list(&[
                    ("", "Choisir"),
                    (
                        "pollakiurie",
                        "Brûlures urinaires, protocole de coopération",
                    ),
                ]),
                places: Choice::list(&[("a", "Pharmacie des Sablons, Massy")]),
                rows: (0..many).map(row).collect(),
            }
        };
        let mut none = page(0, Form::default());
        none.protocols.clear();
        let wrong = Form::default().with("since", "31/02/2026").wrong(
            "since",
            "Écrivez la date de l’adhésion, par exemple 05/01/2026",
        );
        vec![
            ("vide", none),
            ("courant", page(2, Form::default())),
            ("extreme", page(30, wrong)),
        ]
    }
}

impl Sample for CooperationPage {
    const NAME: &'static str = "cooperation";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| Self {
            desk: sample_desk("Protocoles de coopération", "/cooperation"),
            rows: (0..many)
                .map(|n| CooperationRow {
                    label: "Brûlures urinaires, protocole de coopération".to_owned(),
                    name: "Mme\u{a0}Inès Valmor".to_owned(),
                    place: "Pharmacie des Sablons, Massy".to_owned(),
                    since: "5 janvier 2026".to_owned(),
                    until: if n % 3 == 1 {
                        "31 octobre 2026".to_owned()
                    } else {
                        String::new()
                    },
                    holds: n % 3 != 1,
                })
                .collect(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(4)),
            ("extreme", page(80)),
        ]
    }
}
