//! The public pages seen by whoever keeps them: the form on or off, its limits, what happened on it,
//! the poster. Counts only, no name.

use askama::Template;

use super::{Sample, sample_desk};
use crate::parts::{Desk, Form};

/// A day of the form.
#[derive(Clone, Debug)]
pub struct PublicDay {
    /// `mar. 10`
    pub day: String,
    /// How often, in the order of the columns.
    pub counts: Vec<i64>,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/public_desk.html")]
pub struct PublicDeskPage {
    /// The frame.
    pub desk: Desk,
    /// The settings, and what is wrong with them.
    pub form: Form,
    /// The form's whole address.
    pub address: String,
    /// Its path, and those of the hours and of the answering machine's text.
    pub paths: [String; 3],
    /// Whether the form is on line.
    pub online: bool,
    /// `3 demandes attendent un rappel, sur 40 au plus`
    pub waiting: String,
    /// `2 formulaires en cours`
    pub filling: String,
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// The last days, newest first.
    pub days: Vec<PublicDay>,
    /// Numbers given when closed: who, number, where and when.
    pub numbers: Vec<(String, String, String)>,
}

/// The poster, to print from a browser.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/poster.html")]
pub struct PosterPage {
    /// The frame.
    pub desk: Desk,
    /// The network's name.
    pub name: String,
    /// Its number, as read.
    pub phone: String,
    /// Its hours in words.
    pub hours: String,
    /// The number of an emergency.
    pub fifteen: String,
    /// The number of the doctor on duty.
    pub duty: String,
    /// The form's address, if there is a form.
    pub form: String,
    /// Its square: modules a side with the blank border, and the path of the dark ones.
    pub square: Option<(usize, String)>,
}

impl Sample for PublicDeskPage {
    const NAME: &'static str = "reglages-public";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |days: usize, numbers: usize| Self {
            desk: sample_desk("Pages publiques", "/reglages/public"),
            form: Form::default()
                .with("form", "oui")
                .with("slug", "essonne-nord")
                .with("call_back_minutes", "60")
                .with("last_form_minutes", "15")
                .with("waiting_max", "40")
                .with("duty_phone", "116117"),
            address: "relais.example/n/essonne-nord".to_owned(),
            paths: [
                "/n/essonne-nord".to_owned(),
                "/horaires/essonne-nord".to_owned(),
                "/horaires/essonne-nord/voix".to_owned(),
            ],
            online: true,
            waiting: "3\u{a0}demandes attendent un rappel, sur 40 au plus".to_owned(),
            filling: "2\u{a0}formulaires en cours".to_owned(),
            columns: vec!["Commencés", "Envoyés", "Renvois au 15"],
            days: (0..days)
                .map(|_| PublicDay {
                    day: "mar.\u{a0}10".to_owned(),
                    counts: vec![120, 84, 6],
                })
                .collect(),
            numbers: (0..numbers)
                .map(|_| {
                    (
                        super::LONG.to_owned(),
                        "116\u{a0}117".to_owned(),
                        "8\u{a0}communes".to_owned(),
                    )
                })
                .collect(),
        };
        let mut wrong = page(14, 40);
        wrong.form = wrong.form.wrong("waiting_max", "De 1 à 1000").wrong(
            "slug",
            "Un autre réseau a déjà cette adresse. Choisissez-en une autre",
        );
        wrong.desk.title = "Erreur\u{a0}: pages publiques".to_owned();
        vec![
            ("vide", page(0, 0)),
            ("courant", page(3, 2)),
            ("extreme", wrong),
        ]
    }
}

impl Sample for PosterPage {
    const NAME: &'static str = "affiche";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |name: &str, square: Option<(usize, String)>| Self {
            desk: sample_desk("Affiche", "/reglages/public"),
            name: name.to_owned(),
            phone: "01\u{a0}99\u{a0}00\u{a0}91\u{a0}91".to_owned(),
            hours:
                "Du lundi au vendredi de 8\u{a0}h à 20\u{a0}h, le samedi de 8\u{a0}h à 12\u{a0}h"
                    .to_owned(),
            fifteen: "15".to_owned(),
            duty: "116\u{a0}117".to_owned(),
            form: "relais.example/n/essonne-nord".to_owned(),
            square,
        };
        let square = Some((29, "M4 4h7v7h-7z".to_owned()));
        vec![
            ("vide", page("SNP Essonne Nord", None)),
            ("courant", page("SNP Essonne Nord", square.clone())),
            ("extreme", page(super::LONG, square)),
        ]
    }
}
