//! The list of requests, for those who follow them. No name, whatever the role (DESIGN §11).

use askama::Template;

use super::{Owed, Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Desk, Form, State, Tone};

/// A filter of the list.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Where it goes.
    pub href: String,
    /// Its word.
    pub label: String,
    /// Whether it is the one in use.
    pub current: bool,
}

/// One request of a list.
#[derive(Clone, Debug)]
pub struct ListRow {
    /// Where it opens.
    pub href: String,
    /// `D-4812`
    pub code: String,
    /// Its state.
    pub state: State,
    /// `Consultation, mal de dos`
    pub need: String,
    /// `F 45 ans · Évry-Courcouronnes`
    pub whom: String,
    /// `lun. 23 nov., 13:13`
    pub at: String,
    /// Who has it, or what became of it.
    pub who: String,
}

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/requests.html")]
pub struct RequestsPage {
    /// The frame.
    pub desk: Desk,
    /// What a coordinator owes this month, if anything.
    pub owed: Option<Owed>,
    /// The search as it was typed.
    pub form: Form,
    /// The commune whose requests are listed; empty otherwise.
    pub found: String,
    /// The filters.
    pub filters: Vec<Filter>,
    /// The rows, newest first.
    pub rows: Vec<ListRow>,
    /// Where the next rows are.
    pub next: Option<String>,
    /// When there is none: one sentence of fact.
    pub empty: String,
}

impl Sample for RequestsPage {
    const NAME: &'static str = "demandes";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many| Self {
            desk: sample_desk("Demandes", "/demandes"),
            owed: (many > 10).then(Owed::sample),
            form: Form::default(),
            found: String::new(),
            filters: [
                ("", "En cours"),
                ("unfilled", "Coup de main"),
                ("closed", "Closes"),
            ]
            .iter()
            .enumerate()
            .map(|(index, (value, label))| Filter {
                href: format!("/demandes?etat={value}"),
                label: (*label).to_owned(),
                current: index == 0,
            })
            .collect(),
            rows: (0..many)
                .map(|index| ListRow {
                    href: "/demandes/req_01JD0000000000000000000001".to_owned(),
                    code: format!("D-{:04}", 4800 + index),
                    state: State::new(Tone::Community, Icon::UsersThree, "Communauté sollicitée"),
                    need: "Consultation, mal de dos".to_owned(),
                    whom: "F 45\u{a0}ans · Évry-Courcouronnes".to_owned(),
                    at: "24 nov., 13:13".to_owned(),
                    who: "7 médecins".to_owned(),
                })
                .collect(),
            next: (many > 10).then(|| "/demandes?apres=x".to_owned()),
            empty: "Aucune demande dans cet état.".to_owned(),
        };
        let wrong = Self {
            desk: sample_desk("Erreur\u{a0}: demandes", "/demandes"),
            form: Form::default()
                .with("q", "Massi")
                .wrong("q", "Aucune commune ne porte ce nom"),
            ..page(6)
        };
        let commune = Self {
            form: Form::default().with("q", "Massy"),
            found: "Massy".to_owned(),
            ..page(3)
        };
        vec![
            ("vide", page(0)),
            ("courant", page(6)),
            ("commune", commune),
            ("erreur", wrong),
            ("extreme", page(60)),
        ]
    }
}
