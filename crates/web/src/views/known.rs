//! The callers already known, the requests that may be theirs, and the call joined to one of them. Words only.

use askama::Template;

use super::{Sample, sample_desk};
use crate::parts::{Desk, State};

/// Somebody of the list of a look-up.
#[derive(Clone, Debug)]
pub struct KnownLine {
    /// Their record, sent back when they are picked.
    pub record: String,
    /// `Odile TERVAUX`.
    pub name: String,
    /// Year of birth, commune, last request.
    pub facts: String,
    /// The key that picks them, for the first ones.
    pub key: Option<u8>,
}

/// What a look-up answers, alone, as swapped in the operator's form.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/known.html")]
pub struct KnownPart {
    /// What it answers.
    pub known: KnownList,
}

/// What a look-up answers.
#[derive(Clone, Debug, Default)]
pub struct KnownList {
    /// Something was looked for.
    pub asked: bool,
    /// What is missing to look.
    pub error: String,
    /// Who was found, most recent first.
    pub people: Vec<KnownLine>,
    /// There are more.
    pub more: bool,
}

/// A request that may be the caller's.
#[derive(Clone, Debug)]
pub struct AlikeLine {
    /// Its id, sent back by the two buttons.
    pub id: String,
    /// Its page.
    pub href: String,
    /// `D-0412`.
    pub code: String,
    /// Where it stands.
    pub state: State,
    /// What, since when, who has it.
    pub facts: String,
    /// What agrees, and whether the first name does.
    pub why: String,
    /// The operator said it is somebody else.
    pub apart: bool,
    /// It has ended: shown, and no call is joined to it any more.
    pub over: bool,
    /// The first to which a call may be joined: a key does it.
    pub keyed: bool,
}

/// A call to be joined to a request that exists.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/merge.html")]
pub struct MergePage {
    /// The frame.
    pub desk: Desk,
    /// The request.
    pub line: AlikeLine,
    /// What the caller adds, as typed.
    pub text: String,
    /// What is wrong with it.
    pub error: String,
    /// The form that was being filled, to come back to it unchanged.
    pub kept: Vec<(String, String)>,
}

/// An invented line.
pub(crate) fn sample_alike(apart: bool) -> AlikeLine {
    AlikeLine {
        id: "req_1".to_owned(),
        href: "/demandes/req_1".to_owned(),
        code: "D-0412".to_owned(),
        state: State::new(
            crate::parts::Tone::Usual,
            crate::icon::Icon::Stethoscope,
            "Médecin traitant sollicité",
        ),
        facts: "Consultation, mal d’oreille · lancée à 13:52 · Dr Sorrel sollicité".to_owned(),
        why: "même nom, même prénom, même date de naissance".to_owned(),
        apart,
        over: false,
        keyed: true,
    }
}

/// One that has ended.
pub(crate) fn sample_over() -> AlikeLine {
    AlikeLine {
        state: State::new(
            crate::parts::Tone::Closed,
            crate::icon::Icon::FlagCheckered,
            "Terminée",
        ),
        over: true,
        keyed: false,
        ..sample_alike(false)
    }
}

impl Sample for KnownPart {
    const NAME: &'static str = "patients-connus";

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |name: &str, key| KnownLine {
            record: "pat_1".to_owned(),
            name: name.to_owned(),
            facts: "née en 1951 · Massy · dernière demande le 12 mars, terminée".to_owned(),
            key,
        };
        let some = KnownList {
            asked: true,
            people: vec![line("Odile TERVAUX", Some(1)), line("Elio MAKI", Some(2))],
            ..KnownList::default()
        };
        let none = KnownList {
            asked: true,
            ..KnownList::default()
        };
        let many = KnownList {
            asked: true,
            people: vec![line(super::LONG, None); 8],
            more: true,
            ..KnownList::default()
        };
        let wrong = KnownList {
            error: "Cherchez par téléphone, ou par nom et date de naissance".to_owned(),
            ..KnownList::default()
        };
        vec![
            ("vide", Self { known: none }),
            ("courant", Self { known: some }),
            ("extreme", Self { known: many }),
            ("erreur", Self { known: wrong }),
        ]
    }
}

impl Sample for MergePage {
    const NAME: &'static str = "doublon";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |text: &str, error: &str| Self {
            desk: sample_desk("Rattacher l’appel", "/direct"),
            line: sample_alike(false),
            text: text.to_owned(),
            error: error.to_owned(),
            kept: vec![("birth_name".to_owned(), "Tervaux".to_owned())],
        };
        let mut wrong = page(super::LONG, "Le commentaire contient le nom du patient");
        wrong.desk.title = "Erreur\u{a0}: rattacher l’appel".to_owned();
        let mut over = page("", "");
        over.line = sample_over();
        vec![
            ("vide", page("", "")),
            ("terminee", over),
            ("courant", page("La fièvre monte depuis midi", "")),
            ("extreme", wrong),
        ]
    }
}
