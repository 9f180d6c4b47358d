//! Who answers in a professional's name, and for whom a secretary answers.

use askama::Template;

use super::{GivenCode, LONG, Sample, sample_phone};
use crate::parts::{Form, Phone, PhoneTab};

/// Somebody who answers in a name.
#[derive(Clone, Debug)]
pub struct SecretaryRow {
    /// Their account.
    pub user: String,
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// `depuis le 3 mars 2026`
    pub since: String,
}

/// Who answers in one's name.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/secretaries.html")]
pub struct SecretariesPage {
    /// The frame.
    pub phone: Phone,
    /// What was typed and what is wrong.
    pub form: Form,
    /// Who, the longest first.
    pub rows: Vec<SecretaryRow>,
    /// The code of an account just opened, said once.
    pub given: Option<GivenCode>,
    /// Where it is used.
    pub address: String,
}

/// A professional one may answer for.
#[derive(Clone, Debug)]
pub struct WhomRow {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// `2 demandes en attente`
    pub open: String,
    /// Answered for now, in this session.
    pub chosen: bool,
}

/// For whom one answers.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/whom.html")]
pub struct WhomPage {
    /// The frame.
    pub phone: Phone,
    /// For whom one may.
    pub rows: Vec<WhomRow>,
}

impl Sample for SecretariesPage {
    const NAME: &'static str = "mes-secretaires";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |name: &str| SecretaryRow {
            user: "usr_1".to_owned(),
            name: name.to_owned(),
            login: "claire.morel".to_owned(),
            since: "depuis le 3\u{a0}mars 2026".to_owned(),
        };
        let page = |rows, form: Form| Self {
            phone: sample_phone(
                if form.errors().is_empty() {
                    "Mon secrétariat"
                } else {
                    "Erreur\u{a0}: mon secrétariat"
                },
                PhoneTab::None,
            )
            .back("/activite", "Retour à mon activité"),
            form,
            rows,
            given: None,
            address: "https://relais.example/connexion/secours".to_owned(),
        };
        let mut held = page(vec![row("Claire Morel")], Form::default());
        held.given = Some(GivenCode {
            name: "Claire Morel".to_owned(),
            login: "claire.morel".to_owned(),
            code: "1234\u{a0}5678".to_owned(),
        });
        let wrong = Form::default()
            .with("name", LONG)
            .wrong("login", "Cet identifiant est pris par un autre compte");
        vec![
            ("vide", page(Vec::new(), Form::default())),
            ("courant", held),
            ("extreme", page(vec![row(LONG), row("Ida Roux")], wrong)),
        ]
    }
}

impl Sample for WhomPage {
    const NAME: &'static str = "secretariat";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |name: &str, chosen| WhomRow {
            id: "pro_1".to_owned(),
            name: name.to_owned(),
            open: "2\u{a0}demandes en attente".to_owned(),
            chosen,
        };
        let page = |rows| Self {
            phone: sample_phone("Répondre pour", PhoneTab::None),
            rows,
        };
        vec![
            ("vide", page(Vec::new())),
            (
                "courant",
                page(vec![
                    row("Dr\u{a0}Ysaline Corvo", true),
                    row("Dr\u{a0}Mira Sorrel", false),
                ]),
            ),
            ("extreme", page(vec![row(LONG, true), row(LONG, false)])),
        ]
    }
}
