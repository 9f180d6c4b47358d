//! *Accords entre réseaux*: with whom, in which direction, since when, and what may be answered.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::{Desk, Form};

/// An agreement.
#[derive(Clone, Debug)]
pub struct AgreementRow {
    /// The other network.
    pub name: String,
    /// What it does, or may do.
    pub way: String,
    /// Since when it stands so.
    pub since: String,
    /// Where it stands.
    pub state: String,
    /// That it waits for this coordinator.
    pub waits: bool,
    /// Who lends, who asks.
    pub pair: (String, String),
    /// What may be answered: value and word.
    pub acts: Vec<(String, String)>,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/federation.html")]
pub struct FederationPage {
    /// The frame.
    pub desk: Desk,
    /// What was typed and what is wrong.
    pub form: Form,
    /// The network's own code, for the others.
    pub code: String,
    /// The agreements, newest first.
    pub rows: Vec<AgreementRow>,
}

impl Sample for FederationPage {
    const NAME: &'static str = "accords";

    fn samples() -> Vec<(&'static str, Self)> {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let row = |n: usize| AgreementRow {
            name: if n == 3 {
                LONG.to_owned()
            } else {
                "SNP Essonne Sud".to_owned()
            },
            way: if n.is_multiple_of(2) {
                "nous prête ses professionnels"
            } else {
                "peut solliciter nos professionnels"
            }
            .to_owned(),
            since: "3\u{a0}mars 2026".to_owned(),
            state: match n {
                0 => "Proposé, attend votre réponse",
                4 => "Terminé",
                _ => "En vigueur",
            }
            .to_owned(),
            waits: n == 0,
            pair: pair("net_1", "net_2"),
            acts: match n {
                0 => vec![pair("accepter", "Accepter"), pair("finir", "Décliner")],
                4 => Vec::new(),
                _ => vec![pair("finir", "Mettre fin")],
            },
        };
        let page = |many: usize, form: Form| Self {
            desk: sample_desk("Accords entre réseaux", "/reseau"),
            form,
            code: "SNP91".to_owned(),
            rows: (0..many).map(row).collect(),
        };
        let wrong = Form::default()
            .with("code", "SNP")
            .wrong("code", "Aucun réseau n’a ce code");
        let mut extreme = page(8, wrong);
        extreme.desk.title = "Erreur\u{a0}: accords entre réseaux".to_owned();
        vec![
            ("vide", page(0, Form::default())),
            ("courant", page(2, Form::default())),
            ("extreme", extreme),
        ]
    }
}
