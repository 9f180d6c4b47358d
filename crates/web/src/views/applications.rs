//! *Candidatures*: professionals who ask to join, and the coordinator's answer.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::{Choice, Desk, Form};

/// A line of the lists.
#[derive(Clone, Debug)]
pub struct ApplicationRow {
    /// Where it opens.
    pub href: String,
    /// Who.
    pub name: String,
    /// Profession and town.
    pub trade: String,
    /// When it was sent.
    pub sent: String,
    /// What was answered, when and by whom; empty while it waits.
    pub answer: String,
}

/// The lists.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/applications.html")]
pub struct ApplicationsPage {
    /// The frame.
    pub desk: Desk,
    /// Those that wait, oldest first.
    pub waiting: Vec<ApplicationRow>,
    /// Those answered lately, newest first.
    pub decided: Vec<ApplicationRow>,
    /// The address to give to professionals.
    pub link: String,
}

/// One of them.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/application.html")]
pub struct ApplicationPage {
    /// The frame.
    pub desk: Desk,
    /// Where the page is.
    pub here: String,
    /// What was typed and what is wrong.
    pub form: Form,
    /// Who.
    pub name: String,
    /// Profession and town.
    pub trade: String,
    /// What is known: name and value.
    pub facts: Vec<(String, String)>,
    /// Who they are is proved: nobody has to be called for it.
    pub proved: bool,
    /// That a photo of their card was received; empty without one.
    pub card: String,
    /// What to look at before saying yes.
    pub warnings: Vec<String>,
    /// Their mobile is another member's.
    pub shared: bool,
    /// They are a member already: there is nothing to accept.
    pub member: bool,
    /// What was answered; empty while it waits.
    pub answer: String,
    /// Why it was refused.
    pub reason: String,
    /// Reasons of a refusal.
    pub reasons: Vec<Choice>,
}

impl Sample for ApplicationsPage {
    const NAME: &'static str = "candidatures";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |n: usize, answer: &str| ApplicationRow {
            href: format!("/candidatures/apl_{n}"),
            name: if n == 2 {
                LONG.to_owned()
            } else {
                "Dr\u{a0}Ysaline Corvo".to_owned()
            },
            trade: "médecin généraliste, Évry-Courcouronnes".to_owned(),
            sent: "aujourd’hui à 11\u{a0}h\u{a0}05".to_owned(),
            answer: answer.to_owned(),
        };
        let page = |waiting: usize, decided: usize| Self {
            desk: sample_desk("Candidatures", "/candidatures"),
            waiting: (0..waiting).map(|n| row(n, "")).collect(),
            decided: (0..decided)
                .map(|n| row(n, "Acceptée aujourd’hui à 12\u{a0}h par Mona T."))
                .collect(),
            link: "https://relais.example/inscription?reseau=SNP67".to_owned(),
        };
        vec![
            ("vide", page(0, 0)),
            ("courant", page(3, 2)),
            ("extreme", page(200, 50)),
        ]
    }
}

impl Sample for ApplicationPage {
    const NAME: &'static str = "candidature";

    fn samples() -> Vec<(&'static str, Self)> {
        let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let one = Self {
            desk: sample_desk("Candidature", "/candidatures"),
            here: "/candidatures/apl_1".to_owned(),
            form: Form::default(),
            name: "Dr\u{a0}Ysaline Corvo".to_owned(),
            trade: "médecin généraliste, Évry-Courcouronnes".to_owned(),
            facts: vec![
                fact(
                    "RPPS",
                    "10\u{a0}00\u{a0}00\u{a0}00\u{a0}000, au même nom dans l’annuaire national",
                ),
                fact("Mobile d’alerte", "06 39 98 41 07, prouvé par un code"),
                fact("Courriel", "y.corvo@exemple.fr, prouvé par un code"),
                fact("Lieu", "12 rue de Paris 91300 Massy"),
                fact("Envoyée", "aujourd’hui à 11\u{a0}h\u{a0}05"),
            ],
            proved: false,
            card: "Photo reçue aujourd’hui à 11\u{a0}h\u{a0}06".to_owned(),
            warnings: Vec::new(),
            shared: false,
            member: false,
            answer: String::new(),
            reason: String::new(),
            reasons: Choice::list(&[
                ("identity", "Nous n’avons pas pu vérifier votre identité"),
                ("other", "Autre raison"),
            ]),
        };
        let mut proved = one.clone();
        proved.proved = true;
        proved.card.clear();
        proved.facts.insert(
            1,
            fact(
                "Identité",
                "prouvée par Pro Santé Connect aujourd’hui à 11\u{a0}h\u{a0}02, Médecin, libéral, CABINET DES LILAS",
            ),
        );
        let mut extreme = one.clone();
        extreme.desk.title = "Erreur\u{a0}: candidature".to_owned();
        extreme.name = LONG.to_owned();
        extreme.shared = true;
        extreme.warnings = vec![
            "Ce mobile est aussi le numéro d’alerte de Dr\u{a0}Sorrel. Il a pu être réattribué par l’opérateur\u{a0}: vérifiez.".to_owned(),
            "3 autres demandes attendent avec le même numéro RPPS.".to_owned(),
        ];
        extreme.form =
            Form::default().wrong("take_number", "Ce mobile est celui d’un autre membre");
        let mut over = one.clone();
        over.card.clear();
        over.answer = "Refusée aujourd’hui à 12\u{a0}h par Mona T.".to_owned();
        over.reason = "Vous n’exercez pas sur notre territoire.".to_owned();
        let mut member = one.clone();
        member.member = true;
        member.warnings = vec![
            "Cette personne est déjà membre de votre réseau, avec un autre mobile.".to_owned(),
        ];
        vec![
            ("courant", one),
            ("prouvee", proved),
            ("extreme", extreme),
            ("refusee", over),
            ("membre", member),
        ]
    }
}
