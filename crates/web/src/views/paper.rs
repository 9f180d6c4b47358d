//! The open requests on paper: what to go on with by hand while the machine is down, and where to
//! write what happens meanwhile. No name; numbers only when they were asked for.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::Desk;

/// Lines left blank for the calls that come meanwhile.
const BLANK: usize = 14;

/// One open request.
#[derive(Clone, Debug)]
pub struct PaperRow {
    /// `4812`
    pub code: String,
    /// `aujourd’hui à 13 h 13`
    pub since: String,
    /// `Consultation, mal de dos`
    pub need: String,
    /// `F 45 ans · Évry-Courcouronnes`
    pub whom: String,
    /// The patient's number, and the carer's; nothing unless they were asked for.
    pub phones: Vec<String>,
    /// `Communauté sollicitée`
    pub state: String,
    /// Who has it or is asked, with a number.
    pub who: Vec<String>,
    /// Deadlines.
    pub until: Vec<String>,
}

/// One call without an outcome.
#[derive(Clone, Debug)]
pub struct PaperCall {
    /// Since when.
    pub since: String,
    /// `Formulaire public, toux`
    pub what: String,
    /// The number to call back, unless it was not asked for.
    pub phone: Option<String>,
    /// The call back promised.
    pub until: String,
}

/// The sheet.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/paper.html")]
pub struct PaperPage {
    /// The frame, not printed.
    pub desk: Desk,
    /// Whose desk.
    pub network: String,
    /// The network's number.
    pub tel: String,
    /// When it was made.
    pub at: String,
    /// Patients' numbers are on it.
    pub numbers: bool,
    /// May ask for the numbers.
    pub may_ask: bool,
    /// What is said when there is more than a sheet holds.
    pub more: Option<String>,
    /// Open requests.
    pub rows: Vec<PaperRow>,
    /// Calls without an outcome.
    pub calls: Vec<PaperCall>,
}

impl PaperPage {
    const fn blank() -> usize {
        BLANK
    }
}

impl Sample for PaperPage {
    const NAME: &'static str = "demandes-imprimer";

    fn samples() -> Vec<(&'static str, Self)> {
        let row = |index: usize, numbers: bool| PaperRow {
            code: format!("{:04}", 4800 + index),
            since: "aujourd’hui à 13\u{a0}h\u{a0}13".to_owned(),
            need: if index % 5 == 4 {
                format!("Consultation, {}", LONG.to_lowercase())
            } else {
                "Consultation, mal de dos".to_owned()
            },
            whom: "F 45\u{a0}ans · Évry-Courcouronnes".to_owned(),
            phones: if numbers {
                vec!["06 39 98 00 01".to_owned(), "06 39 98 00 02".to_owned()]
            } else {
                Vec::new()
            },
            state: "Médecin traitant sollicité".to_owned(),
            who: vec!["Dr\u{a0}Sorrel, 01 99 00 15 91".to_owned()],
            until: vec![
                "Réponses 14\u{a0}h\u{a0}50".to_owned(),
                "À voir avant demain 1\u{a0}h".to_owned(),
            ],
        };
        let page = |many: usize, numbers: bool| {
            Self {
            desk: sample_desk("Demandes en cours, à imprimer", "/demandes"),
            network: "SNP Essonne Nord".to_owned(),
            tel: "01 99 00 15 91".to_owned(),
            at: "mardi 24 novembre, 14\u{a0}h\u{a0}32".to_owned(),
            numbers,
            may_ask: !numbers,
            more: (many > 40).then(|| "Seules les 300 premières lignes sont sur cette feuille\u{a0}: les autres restent à l’écran.".to_owned()),
            rows: (0..many).map(|index| row(index, numbers)).collect(),
            calls: (0..many / 3)
                .map(|_| PaperCall {
                    since: "aujourd’hui à 14\u{a0}h\u{a0}20".to_owned(),
                    what: "Formulaire public, toux".to_owned(),
                    phone: numbers.then(|| "06 39 98 00 03".to_owned()),
                    until: "Rappel promis avant 14\u{a0}h\u{a0}50".to_owned(),
                })
                .collect(),
        }
        };
        vec![
            ("vide", page(0, false)),
            ("courant", page(5, false)),
            ("numeros", page(5, true)),
            ("extreme", page(60, true)),
        ]
    }
}
