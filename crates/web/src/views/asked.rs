//! *Membres*, *Sollicitations*: how requests were spread over the members. Inside the network: small counts stand.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::{Choice, Desk, Form};

/// A member and their figures.
#[derive(Clone, Debug)]
pub struct AskedRow {
    /// Where they open.
    pub href: String,
    /// Surname first.
    pub name: String,
    /// Profession and town.
    pub trade: String,
    /// Requests put to them.
    pub asked: String,
    /// `18 sur 23`; empty when nothing was asked.
    pub answered: String,
    /// The same, taken on.
    pub taken: String,
    /// The same, given back.
    pub given_back: String,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/asked.html")]
pub struct SolicitationsPage {
    /// The frame.
    pub desk: Desk,
    /// The days and the order.
    pub form: Form,
    /// The orders.
    pub sorts: Vec<Choice>,
    /// `Du 1er novembre 2026 au 26 novembre 2026 : 412 sollicitations, de 38 des 50 membres.`
    pub sentence: String,
    /// The members of this page.
    pub rows: Vec<AskedRow>,
    /// Where the file is; empty when the days are wrong.
    pub file: String,
    /// The page before and after: address and word.
    pub turns: Vec<(String, String)>,
}

impl Sample for SolicitationsPage {
    const NAME: &'static str = "sollicitations";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |name: &str, asked: &str, part: &str| AskedRow {
            href: "/membres/pro_1".to_owned(),
            name: name.to_owned(),
            trade: "médecin généraliste, Massy".to_owned(),
            asked: asked.to_owned(),
            answered: part.to_owned(),
            taken: part.to_owned(),
            given_back: part.to_owned(),
        };
        let usual = Self {
            desk: sample_desk("Sollicitations par membre", "/membres"),
            form: Form::default()
                .with("du", "2026-10-28")
                .with("au", "2026-11-26"),
            sorts: Choice::list(&[("", "Les plus sollicités d’abord"), ("nom", "Par nom")]),
            sentence: "Du 28\u{a0}octobre 2026 au 26\u{a0}novembre 2026\u{a0}: 23\u{a0}sollicitations, de 1 des 2\u{a0}membres."
                .to_owned(),
            rows: vec![
                row("Corvo Ysaline", "23", "14 sur 23"),
                row("Belin Anne", "0", ""),
            ],
            file: "/membres/sollicitations.csv?du=2026-10-28&au=2026-11-26&tri=".to_owned(),
            turns: Vec::new(),
        };
        let empty = Self {
            rows: Vec::new(),
            ..usual.clone()
        };
        let mut wrong = Self {
            form: Form::default().wrong("du", "Un an au plus"),
            rows: (0..50)
                .map(|_| row(LONG, "1204", "1203 sur 1204"))
                .collect(),
            turns: vec![(
                "/membres/sollicitations?page=2".to_owned(),
                "Page suivante".to_owned(),
            )],
            ..usual.clone()
        };
        wrong.desk.title = "Erreur\u{a0}: sollicitations par membre".to_owned();
        vec![("vide", empty), ("courant", usual), ("extreme", wrong)]
    }
}
