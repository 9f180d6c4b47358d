//! *Essai des canaux*: when, what became of the trials, who was not reached and why.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::Desk;

/// Somebody who was not reached.
#[derive(Clone, Debug)]
pub struct DrillRow {
    /// Their page.
    pub href: String,
    /// Surname first.
    pub name: String,
    /// Why.
    pub why: String,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/drill.html")]
pub struct DrillPage {
    /// The frame.
    pub desk: Desk,
    /// When the last one was; empty before the first.
    pub when: String,
    /// Counts, each with its base.
    pub shares: Vec<(String, String)>,
    /// From when another may be.
    pub next: String,
    /// Whether one may begin now.
    pub may: bool,
    /// How many were not reached.
    pub missing: usize,
    /// Whether some of them may be written to by another way.
    pub tellable: bool,
    /// Who.
    pub rows: Vec<DrillRow>,
    /// That there are more.
    pub more: String,
}

impl Sample for DrillPage {
    const NAME: &'static str = "essai-des-canaux";

    fn samples() -> Vec<(&'static str, Self)> {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let row = |n: usize| DrillRow {
            href: format!("/membres/pro_{n}"),
            name: if n == 1 {
                LONG.to_owned()
            } else {
                "Corvo Ysaline".to_owned()
            },
            why: "SMS\u{a0}: essai parti, aucun accusé de réception".to_owned(),
        };
        let page = |missing: usize, begun: bool| Self {
            desk: sample_desk("Essai des canaux", "/reseau"),
            when: if begun {
                "Dernier essai lun.\u{a0}2 à 10\u{a0}h".to_owned()
            } else {
                String::new()
            },
            shares: if begun {
                vec![
                    pair("Répondu ou affiché", "210 des 312 membres"),
                    pair("Aucun moyen", "3 des 312 membres"),
                ]
            } else {
                Vec::new()
            },
            next: if begun {
                "Le prochain est possible à partir du 23\u{a0}novembre 2026.".to_owned()
            } else {
                String::new()
            },
            may: !begun,
            missing,
            tellable: missing > 0,
            rows: (0..missing.min(200)).map(row).collect(),
            more: if missing > 200 {
                "Et 20 de plus\u{a0}: la liste montre les 200 premiers.".to_owned()
            } else {
                String::new()
            },
        };
        vec![
            ("vide", page(0, false)),
            ("courant", page(3, true)),
            ("extreme", page(220, true)),
        ]
    }
}
