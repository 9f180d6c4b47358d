//! Samples of the sheets' pages: nothing, an ordinary network, far too much.

use super::protocols::{
    ChangeRow, EditRow, FileFaultRow, PaperQuestion, PaperSheet, ProtocolBringPage,
    ProtocolEditPage, ProtocolListPage, ProtocolPage, ProtocolPaperPage, ProtocolSignPage,
    ProtocolTrialPage, QuestionRow, SheetRow, Step, TrialAnswer, VersionRow,
};
use super::{LONG, Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Choice, Form, State, Tone};

fn signed() -> State {
    State::new(Tone::Taken, Icon::CheckCircle, "Signée")
}

fn draft() -> State {
    State::new(Tone::Closed, Icon::NotePencil, "Non signée")
}

impl Sample for ProtocolListPage {
    const NAME: &'static str = "fiches";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize, warning: &str| Self {
            desk: sample_desk("Fiches d’orientation", "/protocoles"),
            warning: warning.to_owned(),
            sum: format!("{many} fiches."),
            rows: (0..many)
                .map(|index| SheetRow {
                    href: "/protocoles/GORGE".to_owned(),
                    code: format!("GORGE{index}"),
                    title: if index % 5 == 0 { LONG } else { "Mal de gorge" }.to_owned(),
                    state: if index % 2 == 0 { signed() } else { draft() },
                    in_force: "version 2".to_owned(),
                    signed: LONG.to_owned(),
                    until: "lundi 23\u{a0}novembre 2027".to_owned(),
                })
                .collect(),
            form: Some(Form::default()),
        };
        vec![
            (
                "vide",
                page(0, "Aucun tronc commun signé n’est en vigueur."),
            ),
            ("courant", page(6, "")),
            ("extreme", page(80, "DÉMONSTRATION — NON VALIDÉ.")),
        ]
    }
}

impl Sample for ProtocolPage {
    const NAME: &'static str = "fiche";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| Self {
            desk: sample_desk("GORGE", "/protocoles"),
            code: "GORGE".to_owned(),
            title: "Mal de gorge".to_owned(),
            version: "Version 2".to_owned(),
            state: signed(),
            warning: String::new(),
            faults: (0..many / 10)
                .map(|_| "Il manque la phrase à lire.".to_owned())
                .collect(),
            facts: vec![
                ("Pour qui", LONG.to_owned()),
                ("Délai", "24\u{a0}h".to_owned()),
            ],
            questions: (0..many)
                .map(|index| QuestionRow {
                    key: format!("gorge-{index}"),
                    kind: "Signe d’alerte",
                    text: "N’ouvre-t-elle plus la bouche\u{a0}?".to_owned(),
                    short: LONG.to_owned(),
                    yes: "Oui\u{a0}: transférer au 15, tout de suite.".to_owned(),
                    say: String::new(),
                    when: String::new(),
                    counts: if index % 3 == 0 {
                        Vec::new()
                    } else {
                        vec![
                            "oui\u{a0}: 3 des 128 réponses".to_owned(),
                            "passée outre\u{a0}: 1 des 3 oui".to_owned(),
                        ]
                    },
                })
                .collect(),
            advice: vec!["Boire par petites gorgées.".to_owned()],
            history: (0..many.min(12))
                .map(|index| VersionRow {
                    href: "/protocoles/GORGE?version=1".to_owned(),
                    name: format!("Version {index}"),
                    state: draft(),
                    told: LONG.to_owned(),
                    compare: (index > 0).then(|| "/protocoles/GORGE?version=1&avec=2".to_owned()),
                })
                .collect(),
            changes: (many > 5).then(|| {
                (
                    "De la version 1 à la version 2".to_owned(),
                    vec![ChangeRow {
                        what: "Titre".to_owned(),
                        before: "Gorge".to_owned(),
                        after: LONG.to_owned(),
                    }],
                )
            }),
            seen: ("2".to_owned(), "1".to_owned()),
            compare: Some("/protocoles/GORGE?version=2&avec=1#h-ecarts".to_owned()),
            steps: vec![
                Step {
                    action: "/protocoles/GORGE/preparer".to_owned(),
                    label: "Préparer une nouvelle version",
                    hint: "La version en vigueur reste.",
                    grave: false,
                },
                Step {
                    action: "/protocoles/GORGE/retirer".to_owned(),
                    label: "Retirer la fiche",
                    hint: "Ses motifs passeront par le médecin régulateur.",
                    grave: true,
                },
            ],
            owed: "Une autre personne relit cette version.",
            edit: Some("/protocoles/GORGE/modifier".to_owned()),
            sign: Some("/protocoles/GORGE/signer".to_owned()),
            asked: (many > 5).then(|| {
                (
                    format!("Signature demandée à {LONG}, le 23 novembre."),
                    "https://relais.example/signatures/SNP91N/GORGE/2".to_owned(),
                )
            }),
            enforce: Some((
                "/protocoles/GORGE/vigueur".to_owned(),
                "2026-11-24".to_owned(),
                Form::default(),
            )),
            trial: "/protocoles/GORGE/essai".to_owned(),
            paper: "/protocoles/GORGE/imprimer".to_owned(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(8)),
            ("extreme", page(60)),
        ]
    }
}

impl Sample for ProtocolEditPage {
    const NAME: &'static str = "fiche-modifier";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| Self {
            desk: sample_desk(
                if many > 3 {
                    "Erreur\u{a0}: GORGE"
                } else {
                    "GORGE"
                },
                "/protocoles",
            ),
            name: "GORGE, version 3".to_owned(),
            action: "/protocoles/GORGE/modifier".to_owned(),
            back: "/protocoles/GORGE".to_owned(),
            seen: ("3".to_owned(), "1".to_owned()),
            form: if many > 3 {
                Form::default().wrong("texte_1", "Il manque la phrase à lire.")
            } else {
                Form::default()
            },
            rows: (0..many)
                .map(|index| EditRow {
                    index,
                    legend: format!("Question {}", index + 1),
                    key: format!("gorge-{index}"),
                })
                .collect(),
            natures: Choice::list(&[("alerte:15", "Signe d’alerte, oui\u{a0}: le 15")]),
            keys: Choice::list(&[("", "Toujours posée")]),
            answers: Choice::list(&[("oui", "oui")]),
            destinations: Choice::list(&[("MG", "Médecin généraliste"), ("PHARMA", "Pharmacien")]),
            ends: Choice::list(&[("", "Aucune"), ("MG", "Médecin généraliste")]),
            delays: Choice::list(&[("", "Sans délai"), ("24", "24\u{a0}h")]),
            modes: Choice::list(&[("", "Non précisé")]),
            motives: Choice::list(&[("odynophagie", "Mal de gorge")]),
            cooperations: Choice::list(&[(
                "cheville",
                "Torsion de cheville\u{a0}: kinésithérapeutes",
            )]),
            given: if many > 3 {
                "Mal de gorge".to_owned()
            } else {
                String::new()
            },
            trunk: false,
        };
        vec![
            ("vide", page(0)),
            ("courant", page(4)),
            ("extreme", page(40)),
        ]
    }
}

impl Sample for ProtocolBringPage {
    const NAME: &'static str = "fiche-importer";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |title: &str, many: usize| Self {
            desk: sample_desk(title, "/protocoles"),
            form: if many == 0 {
                Form::default()
            } else {
                Form::default()
                    .with("texte", "{\"protocoles\": [")
                    .wrong("texte", "3 défauts\u{a0}: rien n’est importé")
            },
            faults: (0..many)
                .map(|index| FileFaultRow {
                    place: format!("Ligne {}, fiche GORGE", 12 * index),
                    reason: if index % 3 == 0 {
                        LONG
                    } else {
                        "Il manque la phrase à lire."
                    }
                    .to_owned(),
                })
                .collect(),
            more: if many > 50 { 12 } else { 0 },
        };
        vec![
            ("vide", page("Importer des fiches", 0)),
            ("courant", page("Erreur\u{a0}: importer des fiches", 3)),
            ("extreme", page("Erreur\u{a0}: importer des fiches", 100)),
        ]
    }
}

impl Sample for ProtocolSignPage {
    const NAME: &'static str = "fiche-signer";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form| Self {
            desk: sample_desk(
                if form.is_empty() {
                    "GORGE"
                } else {
                    "Erreur\u{a0}: GORGE"
                },
                "/protocoles",
            ),
            name: "GORGE, version 3".to_owned(),
            action: "/protocoles/GORGE/signer".to_owned(),
            back: "/protocoles/GORGE".to_owned(),
            seen: ("3".to_owned(), "1".to_owned()),
            form,
            lengths: Choice::list(&[("6", "6 mois"), ("12", "12 mois")]),
        };
        let wrong = Form::default().wrong(
            "signataire",
            "Choisissez dans la liste, ou écrivez le numéro RPPS",
        );
        vec![("vide", page(Form::default())), ("extreme", page(wrong))]
    }
}

impl Sample for ProtocolTrialPage {
    const NAME: &'static str = "fiche-essai";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize, ends: bool| Self {
            desk: sample_desk("GORGE", "/protocoles"),
            name: "GORGE, version 3".to_owned(),
            action: "/protocoles/GORGE/essai".to_owned(),
            version: "3".to_owned(),
            back: "/protocoles/GORGE".to_owned(),
            answered: (0..many)
                .map(|index| TrialAnswer {
                    key: format!("gorge-{index}"),
                    short: LONG.to_owned(),
                    answer: "Non",
                    code: "no",
                })
                .collect(),
            question: (!ends).then(|| {
                (
                    "gorge-9".to_owned(),
                    "Signe d’alerte",
                    "N’ouvre-t-elle plus la bouche\u{a0}?".to_owned(),
                    "Oui\u{a0}: transférer au 15, tout de suite.".to_owned(),
                )
            }),
            outcome: ends.then(|| {
                (
                    State::new(Tone::Fifteen, Icon::Siren, "Transférer au 15"),
                    "Le questionnaire s’arrête.".to_owned(),
                    vec![LONG.to_owned()],
                    String::new(),
                )
            }),
        };
        vec![
            ("vide", page(0, false)),
            ("courant", page(4, false)),
            ("extreme", page(40, true)),
        ]
    }
}

impl Sample for ProtocolPaperPage {
    const NAME: &'static str = "fiche-papier";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many: usize| Self {
            desk: sample_desk("Fiches à imprimer", "/protocoles"),
            warning: "DÉMONSTRATION — NON VALIDÉ.".to_owned(),
            sheets: (0..many)
                .map(|index| PaperSheet {
                    code: format!("GORGE{index}"),
                    title: "Mal de gorge".to_owned(),
                    standing: "Version 1, non signée".to_owned(),
                    scope: LONG.to_owned(),
                    questions: vec![
                        PaperQuestion {
                            when: "Seulement si «\u{a0}Fièvre\u{a0}»\u{a0}: oui.".to_owned(),
                            text: "N’ouvre-t-elle plus la bouche\u{a0}?".to_owned(),
                            yes: "15".to_owned(),
                            say: "Restez en ligne.".to_owned(),
                            flag: true,
                        };
                        6
                    ],
                    notes: vec!["Fièvre, toux".to_owned()],
                    end: "Pharmacien, puis médecin généraliste".to_owned(),
                    advice: vec!["Boire.".to_owned()],
                })
                .collect(),
            back: "/protocoles".to_owned(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(1)),
            ("extreme", page(12)),
        ]
    }
}
