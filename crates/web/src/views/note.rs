//! The note to the usual doctor: written and signed by the professional who had the patient, read by
//! the usual doctor, listed when it reached nobody.

use askama::Template;

use super::{LONG, Sample, sample_desk, sample_phone};
use crate::parts::{Desk, Form, Phone, PhoneTab};

/// Where a signed note stands, as its author and the desk see it: never what it says.
#[derive(Clone, Debug)]
pub struct NoteWay {
    /// The sentence of the state.
    pub sentence: String,
    /// What to do about it; empty when nothing is to be done.
    pub next: String,
    /// The way: name, and when it was done (empty = not yet).
    pub steps: Vec<(String, String)>,
    /// What is known of its reading in the application; empty when it is not read there.
    pub reading: String,
}

impl NoteWay {
    pub(crate) fn sample() -> Self {
        Self {
            sentence: "Prise par l’opérateur MSSanté, pas encore affichée.".to_owned(),
            next: String::new(),
            steps: vec![
                ("Validée".to_owned(), "15\u{a0}h\u{a0}42".to_owned()),
                (
                    "Prise par l’opérateur".to_owned(),
                    "15\u{a0}h\u{a0}42".to_owned(),
                ),
                ("Affichée".to_owned(), String::new()),
            ],
            reading: "Pas encore lue dans l’application.".to_owned(),
        }
    }
}

/// Writing and following a note.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/note.html")]
pub struct NotePage {
    /// The frame.
    pub phone: Phone,
    /// The request.
    pub id: String,
    /// What is written.
    pub form: Form,
    /// To whom it goes, in a sentence.
    pub to: String,
    /// Where the last version stands, once signed.
    pub way: Option<NoteWay>,
    /// It can be stopped: the patient takes their consent back.
    pub may_stop: bool,
    /// Mailboxes it can be sent to again.
    pub again: Vec<String>,
    /// `Valider la note`, `Valider la correction`.
    pub button: String,
}

/// A note, read by the usual doctor.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/note_read.html")]
pub struct NoteReadPage {
    /// The frame.
    pub phone: Phone,
    /// Whose patient.
    pub name: String,
    /// `Née le 2 avril 1951`
    pub birth: String,
    /// By whom and when.
    pub signed: String,
    /// Its parts.
    pub parts: Vec<(String, String)>,
    /// Short number of the request.
    pub reference: String,
}

/// A note that reached nobody.
#[derive(Clone, Debug)]
pub struct UndeliveredRow {
    /// When it was signed.
    pub at: String,
    /// By whom.
    pub by: String,
    /// The request: address and code.
    pub request: (String, String),
    /// Where it stands.
    pub state: String,
    /// What to do.
    pub next: String,
}

/// A mail of our box for a person to read.
#[derive(Clone, Debug)]
pub struct LetterRow {
    /// What names it in the form.
    pub mark: String,
    /// When it was found.
    pub at: String,
    /// The request whose note it answers: address and number; empty when nothing says so.
    pub request: Option<(String, String)>,
}

/// Notes that reached nobody.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/notes_undelivered.html")]
pub struct UndeliveredPage {
    /// The frame.
    pub desk: Desk,
    /// The rows, oldest first.
    pub rows: Vec<UndeliveredRow>,
    /// Mails of our box for a person to read, oldest first.
    pub letters: Vec<LetterRow>,
}

impl Sample for NotePage {
    const NAME: &'static str = "note";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Note au médecin traitant", PhoneTab::None);
        phone.back = Some(("/prises/req_1".to_owned(), "Retour au patient".to_owned()));
        let blank = Self {
            phone,
            id: "req_01JD0000000000000000000001".to_owned(),
            form: Form::default(),
            to: "Elle sera lue par Dr\u{a0}Sorrel.".to_owned(),
            way: None,
            may_stop: false,
            again: Vec::new(),
            button: "Valider la note".to_owned(),
        };
        let signed = Self {
            form: Form::default()
                .with("diagnosis", "Otite moyenne aiguë droite")
                .with("done", "Amoxicilline 1\u{a0}g × 2, 5 jours")
                .with("consent", "oui"),
            way: Some(NoteWay::sample()),
            may_stop: true,
            button: "Valider la correction".to_owned(),
            ..blank.clone()
        };
        let mut wrong = Self {
            form: Form::default().with("to_do", LONG).wrong(
                "diagnosis",
                "Écrivez en quelques mots le diagnostic ou le motif retenu",
            ),
            way: Some(NoteWay {
                sentence: "La boîte du destinataire est pleine.".to_owned(),
                next: "Renvoyez-la à son autre adresse, ou imprimez-la pour le patient.".to_owned(),
                ..NoteWay::sample()
            }),
            again: vec![
                "marie-charlotte-eleonore.vandenbroucke-de-la-rochefoucauld@medecin.mssante.fr"
                    .to_owned(),
                "cabinet@structure.mssante.fr".to_owned(),
            ],
            ..signed.clone()
        };
        wrong.phone.title = "Erreur\u{a0}: note au médecin traitant".to_owned();
        vec![("vide", blank), ("courant", signed), ("extreme", wrong)]
    }
}

impl Sample for NoteReadPage {
    const NAME: &'static str = "note-lue";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Note de synthèse", PhoneTab::None);
        phone.back = Some(("/offres".to_owned(), "Retour aux demandes".to_owned()));
        let usual = Self {
            phone,
            name: "TERVAUX Odile".to_owned(),
            birth: "Date de naissance\u{a0}: 2 avril 1951".to_owned(),
            signed: "Dr\u{a0}Leroy, mardi 24 novembre à 15\u{a0}h\u{a0}42".to_owned(),
            parts: vec![
                (
                    "Diagnostic ou motif retenu".to_owned(),
                    "Otite moyenne aiguë".to_owned(),
                ),
                ("À faire".to_owned(), "Revoir si fièvre".to_owned()),
            ],
            reference: "4812".to_owned(),
        };
        let long = Self {
            name: LONG.to_owned(),
            parts: vec![(LONG.to_owned(), LONG.repeat(3)); 4],
            ..usual.clone()
        };
        let bare = Self {
            parts: usual.parts[..1].to_vec(),
            ..usual.clone()
        };
        vec![("vide", bare), ("courant", usual), ("extreme", long)]
    }
}

impl Sample for UndeliveredPage {
    const NAME: &'static str = "notes-non-remises";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| Self {
            desk: sample_desk("Notes non remises", "/notes-non-remises"),
            letters: (0..many)
                .map(|index| LetterRow {
                    mark: format!("{index:064x}"),
                    at: "lun. 23 nov., 15:02".to_owned(),
                    request: (index % 3 != 2)
                        .then(|| ("/demandes/req_1".to_owned(), format!("{}", 4800 + index))),
                })
                .collect(),
            rows: (0..many)
                .map(|index| UndeliveredRow {
                    at: "lun. 23 nov., 14:20".to_owned(),
                    by: if index == 1 { LONG } else { "Dr\u{a0}Leroy" }.to_owned(),
                    request: ("/demandes/req_1".to_owned(), format!("{}", 4800 + index)),
                    state: "La boîte du destinataire est pleine.".to_owned(),
                    next: "Renvoyez-la, ou imprimez-la et remettez-la au patient ou au cabinet."
                        .to_owned(),
                })
                .collect(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(3)),
            ("extreme", page(60)),
        ]
    }
}
