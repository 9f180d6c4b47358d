//! *À rappeler*: what the desk owes patients by voice, and one of them opened. The list shows no name, no
//! number and no word of a patient; the page of one does, journaled.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::{Desk, Form};

/// One that waits.
#[derive(Clone, Debug)]
pub struct CallbackRow {
    /// Where it opens.
    pub href: String,
    /// `Appeler`, `Lire un SMS`, `N’a pas été reçu`.
    pub what: String,
    /// `avant 14 h 20`, `en retard depuis 14 h 10`.
    pub due: String,
    /// Whether it is late.
    pub late: bool,
    /// The request: address and number.
    pub request: (String, String),
    /// Age, sex, commune.
    pub facts: String,
    /// What the request has become.
    pub state: String,
    /// `2 essais, le dernier à 14 h 02`; empty before the first.
    pub attempts: String,
}

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/callbacks.html")]
pub struct CallbacksPage {
    /// The frame.
    pub desk: Desk,
    /// Those that wait, the most pressing first.
    pub rows: Vec<CallbackRow>,
    /// Said when more wait than are listed.
    pub more: String,
}

/// One, opened.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/callback.html")]
pub struct CallbackPage {
    /// The frame.
    pub desk: Desk,
    /// Where the page is.
    pub here: String,
    /// What is wrong.
    pub form: Form,
    /// What it is.
    pub heading: String,
    /// Who: name and birth.
    pub who: (String, String),
    /// Numbers to dial: as links, as read, whose.
    pub numbers: Vec<(String, String, String)>,
    /// What to say aloud.
    pub script: String,
    /// What they wrote; empty when nothing.
    pub words: String,
    /// The request: address and number.
    pub request: (String, String),
    /// What the request has become.
    pub state: String,
    /// The attempts so far; empty before the first.
    pub attempts: String,
    /// How it ended, once it has.
    pub over: String,
    /// Whether it is a call that carries news.
    pub is_call: bool,
}

impl Sample for CallbacksPage {
    const NAME: &'static str = "a-rappeler";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |n: usize| CallbackRow {
            href: format!("/a-rappeler/dtk_{n}"),
            what: ["Appeler", "Lire un SMS", "N’a pas été reçu"][n % 3].to_owned(),
            due: if n == 0 {
                "en retard depuis 14\u{a0}h\u{a0}10".to_owned()
            } else {
                "avant 14\u{a0}h\u{a0}50".to_owned()
            },
            late: n == 0,
            request: ("/demandes/req_1".to_owned(), "1042".to_owned()),
            facts: if n == 2 {
                format!("F, 84\u{a0}ans, {LONG}")
            } else {
                "F, 84\u{a0}ans, Massy".to_owned()
            },
            state: "Pris en charge".to_owned(),
            attempts: "2 essais, le dernier à 14\u{a0}h\u{a0}02".to_owned(),
        };
        let page = |count: usize, more: &str| Self {
            desk: sample_desk("À rappeler", "/a-rappeler"),
            rows: (0..count).map(row).collect(),
            more: more.to_owned(),
        };
        vec![
            ("vide", page(0, "")),
            ("courant", page(4, "")),
            ("extreme", page(100, "Et 12 autres, après celles-ci.")),
        ]
    }
}

impl Sample for CallbackPage {
    const NAME: &'static str = "rappel";

    fn samples() -> Vec<(&'static str, Self)> {
        let call = Self {
            desk: sample_desk("Appeler", "/a-rappeler"),
            here: "/a-rappeler/dtk_1".to_owned(),
            form: Form::default(),
            heading: "Appeler pour dire ceci".to_owned(),
            who: (
                "Odile Tervaux".to_owned(),
                "Née le 2 avril 1951, 75\u{a0}ans.".to_owned(),
            ),
            numbers: vec![(
                "tel:+33199004107".to_owned(),
                "01 99 00 41 07".to_owned(),
                String::new(),
            )],
            script: "Bonjour, ici SNP91. Vous avez rendez-vous aujourd’hui à 16\u{a0}h\u{a0}20 avec Dr\u{a0}Sorrel, 12 rue de Paris, Massy.".to_owned(),
            words: String::new(),
            request: ("/demandes/req_1".to_owned(), "1042".to_owned()),
            state: "Pris en charge".to_owned(),
            attempts: "1 essai, à 14\u{a0}h\u{a0}02".to_owned(),
            over: String::new(),
            is_call: true,
        };
        let words = Self {
            desk: sample_desk("Erreur\u{a0}: lire un SMS", "/a-rappeler"),
            heading: "Lire ce que le patient a écrit".to_owned(),
            who: (
                LONG.to_owned(),
                "Née le 2 avril 1951, 75\u{a0}ans.".to_owned(),
            ),
            numbers: vec![
                (
                    "tel:+33639984107".to_owned(),
                    "06 39 98 41 07".to_owned(),
                    String::new(),
                ),
                (
                    "tel:+33639984108".to_owned(),
                    "06 39 98 41 08".to_owned(),
                    "proche".to_owned(),
                ),
            ],
            script: String::new(),
            words: "je ne trouve pas l'adresse ".repeat(30),
            form: Form::default().wrong("fin", "Dites comment cela s’est terminé"),
            is_call: false,
            ..call.clone()
        };
        let over = Self {
            over: "Terminé à 14\u{a0}h\u{a0}20\u{a0}: patient joint.".to_owned(),
            ..call.clone()
        };
        vec![("courant", call), ("extreme", words), ("fini", over)]
    }
}
