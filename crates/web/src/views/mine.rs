//! What a requester sees of the requests they raised: what became of them (R7).

use askama::Template;

use super::{Sample, sample_phone};
use crate::icon::Icon;
use crate::parts::{Action, ActionField, Choice, Glyph, Phone, PhoneTab, State, Tone};

/// One of my requests.
#[derive(Clone, Debug)]
pub struct MineRow {
    /// Where it opens.
    pub href: String,
    /// Its sign.
    pub glyph: Glyph,
    /// `Infirmier à domicile, pansement`
    pub title: String,
    /// `H 82 ans, Massy. Prise par Mme Aubry, passe à 17 h.`
    pub facts: String,
}

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/mine.html")]
pub struct MinePage {
    /// The frame.
    pub phone: Phone,
    /// The requests, newest first.
    pub rows: Vec<MineRow>,
}

/// One of my requests.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/my_request.html")]
pub struct MyRequestPage {
    /// The frame.
    pub phone: Phone,
    /// The request's identifier.
    pub id: String,
    /// `Infirmier à domicile, pansement`
    pub title: String,
    /// Its state.
    pub state: State,
    /// What it means and what comes next, in a sentence or two.
    pub sentence: String,
    /// Who took it: name, place, phone.
    pub taker: Option<(String, String, String)>,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    /// What happened: hour and sentence, newest first.
    pub events: Vec<(String, String)>,
    /// What can still be done.
    pub acts: Vec<Action>,
    /// Its photos.
    pub photos: super::Photos,
    /// The way to its thread.
    pub thread: super::ThreadLink,
}

/// The moving part of that page alone.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/my_request.html")]
pub struct MyRequestPart {
    /// The page whose part it is.
    pub page: MyRequestPage,
}

fn mine(index: usize) -> MineRow {
    let (glyph, facts) = if index.is_multiple_of(2) {
        (
            Glyph {
                tone: Tone::Taken,
                icon: Icon::CheckCircle,
            },
            "H 82\u{a0}ans, Massy. Prise par Mme\u{a0}Aubry, passe à 17\u{a0}h.",
        )
    } else {
        (
            Glyph {
                tone: Tone::Community,
                icon: Icon::UsersThree,
            },
            "F 34\u{a0}ans, Massy. 8 sollicités, réponse avant 15\u{a0}h\u{a0}30.",
        )
    };
    MineRow {
        href: "/mes-demandes/req_01JD0000000000000000000001".to_owned(),
        glyph,
        title: "Infirmier à domicile, pansement".to_owned(),
        facts: facts.to_owned(),
    }
}

impl Sample for MinePage {
    const NAME: &'static str = "mes-demandes";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many| {
            let mut phone = sample_phone("Mes demandes", PhoneTab::Offers);
            phone.back = Some(("/offres".to_owned(), "Retour aux demandes".to_owned()));
            Self {
                phone,
                rows: (0..many).map(mine).collect(),
            }
        };
        vec![
            ("vide", page(0)),
            ("courant", page(3)),
            ("extreme", page(40)),
        ]
    }
}

impl Sample for MyRequestPage {
    const NAME: &'static str = "ma-demande";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Ma demande", PhoneTab::Offers);
        phone.back = Some((
            "/mes-demandes".to_owned(),
            "Retour à mes demandes".to_owned(),
        ));
        let usual = Self {
            phone,
            id: "req_01JD0000000000000000000001".to_owned(),
            title: "Infirmier à domicile, pansement".to_owned(),
            state: State::new(Tone::Taken, Icon::CheckCircle, "Pris en charge"),
            sentence: "Mme\u{a0}Aubry passe aujourd’hui vers 17\u{a0}h. Le patient a reçu un SMS."
                .to_owned(),
            taker: Some((
                "Mme\u{a0}Aubry".to_owned(),
                "infirmière, Massy".to_owned(),
                "+33639980101".to_owned(),
            )),
            facts: vec![("Patient".to_owned(), "Homme, 82\u{a0}ans, Massy".to_owned())],
            events: vec![("14:33".to_owned(), "Acceptée par Mme\u{a0}Aubry".to_owned())],
            acts: vec![
                Action::button(
                    "annuler",
                    "Annuler ma demande",
                    "/mes-demandes/req_1/annuler",
                )
                .with(vec![ActionField::Select(
                    "reason",
                    "Raison".to_owned(),
                    Choice::list(&[("patient", "Le patient n’en a plus besoin")]),
                )]),
            ],
            photos: super::Photos::sample(),
            thread: super::ThreadLink::sample(),
        };
        let bare = Self {
            taker: None,
            events: Vec::new(),
            acts: Vec::new(),
            photos: super::Photos::default(),
            ..usual.clone()
        };
        let long = Self {
            taker: Some((
                super::LONG.to_owned(),
                "infirmière, Sainte-Geneviève-des-Bois".to_owned(),
                String::new(),
            )),
            events: (0..40)
                .map(|minute| {
                    (
                        format!("14:{minute:02}"),
                        "Vue par Mme\u{a0}Aubry".to_owned(),
                    )
                })
                .collect(),
            ..usual.clone()
        };
        vec![("vide", bare), ("courant", usual), ("extreme", long)]
    }
}
