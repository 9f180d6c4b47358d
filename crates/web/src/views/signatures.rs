//! A clinician's own signatures: what waits for them, and the version they read and sign. Nobody's name
//! but theirs and whoever asks.

use askama::Template;

use super::{ChangeRow, LONG, QuestionRow, Sample, sample_phone};
use crate::parts::{Form, Phone, PhoneTab};

/// A version that waits.
#[derive(Clone, Debug)]
pub struct SignRow {
    /// Where it is read.
    pub href: String,
    /// `Mal de gorge`
    pub title: String,
    /// `GORGE, version 3. Demandée par …, lundi 23 novembre.`
    pub told: String,
}

/// Everything that waits.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/signatures.html")]
pub struct SignaturesPage {
    /// The frame.
    pub phone: Phone,
    /// What waits, oldest first.
    pub rows: Vec<SignRow>,
}

/// The version to sign.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/signature.html")]
pub struct SignPage {
    /// The frame.
    pub phone: Phone,
    /// `Mal de gorge`
    pub title: String,
    /// Code, version, who asks, for how long.
    pub told: String,
    /// Version and revision, as read here.
    pub seen: (String, String),
    /// Its own address.
    pub action: String,
    /// The version in force and what would change; nothing when there is none.
    pub changes: Option<(String, Vec<ChangeRow>)>,
    /// For whom, motives, ages, delay, end.
    pub facts: Vec<(&'static str, String)>,
    /// Its questions.
    pub questions: Vec<QuestionRow>,
    /// What may be said while waiting.
    pub advice: Vec<String>,
    /// `Vous signez de votre nom, Dr …, RPPS …`
    pub name: String,
    /// What was typed and what is wrong.
    pub form: Form,
}

impl Sample for SignaturesPage {
    const NAME: &'static str = "signatures";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| Self {
            phone: sample_phone("Fiches à signer", PhoneTab::Activity)
                .back("/activite", "Retour à mon activité"),
            rows: (0..many)
                .map(|index| SignRow {
                    href: "/signatures/SNP91N/GORGE/3".to_owned(),
                    title: if index % 3 == 0 { LONG } else { "Mal de gorge" }.to_owned(),
                    told: format!("GORGE, version 3. Demandée par {LONG}, lundi 23\u{a0}novembre."),
                })
                .collect(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(1)),
            ("extreme", page(40)),
        ]
    }
}

impl Sample for SignPage {
    const NAME: &'static str = "signature";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize, form: Form| Self {
            phone: sample_phone(
                if form.is_empty() {
                    "Signer GORGE"
                } else {
                    "Erreur\u{a0}: signer GORGE"
                },
                PhoneTab::None,
            )
            .back("/signatures", "Retour aux fiches à signer"),
            title: "Mal de gorge".to_owned(),
            told: format!("GORGE, version 3, pour 12 mois. Demandée par {LONG}."),
            seen: ("3".to_owned(), "2".to_owned()),
            action: "/signatures/SNP91N/GORGE/3".to_owned(),
            changes: (many > 3).then(|| {
                let row = ChangeRow {
                    what: "Question gorge-1, phrase à lire".to_owned(),
                    before: "N’ouvre-t-elle plus la bouche\u{a0}?".to_owned(),
                    after: LONG.to_owned(),
                };
                ("Ce qui change de la version 2".to_owned(), vec![row; 3])
            }),
            facts: vec![
                ("Pour qui", LONG.to_owned()),
                ("Délai", "24\u{a0}h".to_owned()),
            ],
            questions: (0..many)
                .map(|index| QuestionRow {
                    key: format!("gorge-{index}"),
                    kind: "Signe d’alerte",
                    text: "N’ouvre-t-elle plus la bouche\u{a0}?".to_owned(),
                    short: String::new(),
                    yes: "Oui\u{a0}: transférer au 15, tout de suite.".to_owned(),
                    say: if index % 4 == 0 { LONG } else { "" }.to_owned(),
                    when: String::new(),
                    counts: Vec::new(),
                })
                .collect(),
            advice: vec!["Boire par petites gorgées.".to_owned()],
            name: "Vous signez de votre nom\u{a0}: Dr Ysaline Corvo, RPPS 99700000018.".to_owned(),
            form,
        };
        let wrong = Form::default().wrong("lue", "Cochez pour dire que vous avez lu la fiche");
        vec![
            ("vide", page(0, Form::default())),
            ("courant", page(6, Form::default())),
            ("extreme", page(60, wrong)),
        ]
    }
}
