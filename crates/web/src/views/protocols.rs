//! The territory's sheets: the list, one sheet with its history, the editor, the signature, the
//! walk-through and the paper. Nobody's name but those who wrote, read again and signed.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::icon::Icon;
use crate::parts::{Choice, Desk, Form, State, Tone};

/// One sheet of the list.
#[derive(Clone, Debug)]
pub struct SheetRow {
    /// Where it opens.
    pub href: String,
    /// `GORGE`
    pub code: String,
    /// Its title.
    pub title: String,
    /// Where its last version stands.
    pub state: State,
    /// `version 2, depuis le lundi 23 novembre 2026`
    pub in_force: String,
    /// Who signed the version in force.
    pub signed: String,
    /// Until when.
    pub until: String,
}

/// Every sheet of the network.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocol_list.html")]
pub struct ProtocolListPage {
    /// The frame.
    pub desk: Desk,
    /// What must be known first: unsigned, nothing in force.
    pub warning: String,
    /// `40 fiches, 40 en vigueur, aucune signée.`
    pub sum: String,
    /// The sheets, the trunk first.
    pub rows: Vec<SheetRow>,
    /// A new sheet, for the coordinator.
    pub form: Option<Form>,
}

/// One question of a sheet.
#[derive(Clone, Debug)]
pub struct QuestionRow {
    /// `gorge-3`
    pub key: String,
    /// `Signe d’alerte`
    pub kind: &'static str,
    /// Read aloud.
    pub text: String,
    /// In a few words; empty when there are none.
    pub short: String,
    /// What a *yes* does.
    pub yes: String,
    /// What is said to the caller; empty when nothing is.
    pub say: String,
    /// When it is asked; empty = always.
    pub when: String,
    /// `oui : 3 des 128 réponses`; empty when it was never answered.
    pub counts: Vec<String>,
}

/// One version.
#[derive(Clone, Debug)]
pub struct VersionRow {
    /// Where it opens.
    pub href: String,
    /// `Version 2`
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// Who did what, when.
    pub told: String,
    /// Where it is compared with the version shown; nothing for that one.
    pub compare: Option<String>,
}

/// One thing that changed.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// What it is about.
    pub what: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// A step that may be done now: its address, its button.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it is sent.
    pub action: String,
    /// The button.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub hint: &'static str,
    /// Whether it is asked again before it is done.
    pub grave: bool,
}

/// One sheet.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocol.html")]
pub struct ProtocolPage {
    /// The frame.
    pub desk: Desk,
    /// `GORGE`
    pub code: String,
    /// Its title.
    pub title: String,
    /// `Version 2`
    pub version: String,
    /// Where it stands.
    pub state: State,
    /// What must be known first.
    pub warning: String,
    /// What keeps it from being followed.
    pub faults: Vec<String>,
    /// For whom, motives, ages, delay, end, sources of advice.
    pub facts: Vec<(&'static str, String)>,
    /// Its questions.
    pub questions: Vec<QuestionRow>,
    /// What may be said while waiting.
    pub advice: Vec<String>,
    /// Every version.
    pub history: Vec<VersionRow>,
    /// The comparison asked for: its title, what changed.
    pub changes: Option<(String, Vec<ChangeRow>)>,
    /// Sent with each step: version, revision.
    pub seen: (String, String),
    /// Where it is compared with the version in force.
    pub compare: Option<String>,
    /// Steps of one button.
    pub steps: Vec<Step>,
    /// What somebody else still has to do; empty when nothing is.
    pub owed: &'static str,
    /// Where it is written, signed; nothing when it may not be.
    pub edit: Option<String>,
    /// Where it is signed.
    pub sign: Option<String>,
    /// Its date of entry into force: address, first day.
    pub enforce: Option<(String, String, Form)>,
    /// Where it is tried.
    pub trial: String,
    /// Where it is printed.
    pub paper: String,
}

/// One question in the editor.
#[derive(Clone, Debug)]
pub struct EditRow {
    /// Its place, which names its fields.
    pub index: usize,
    /// `Question 3 · gorge-3`
    pub legend: String,
    /// Its key; empty for a new one.
    pub key: String,
}

/// The editor.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocol_edit.html")]
pub struct ProtocolEditPage {
    /// The frame.
    pub desk: Desk,
    /// `GORGE, version 3`
    pub name: String,
    /// Where it is sent.
    pub action: String,
    /// Where one goes without saving.
    pub back: String,
    /// Version and revision.
    pub seen: (String, String),
    /// The values and what is wrong.
    pub form: Form,
    /// The questions, new ones last.
    pub rows: Vec<EditRow>,
    /// Kinds with where a *yes* leads.
    pub natures: Vec<Choice>,
    /// Keys a condition may name.
    pub keys: Vec<Choice>,
    /// Answers a condition may name.
    pub answers: Vec<Choice>,
    /// Destinations.
    pub destinations: Vec<Choice>,
    /// Destinations, or none.
    pub ends: Vec<Choice>,
    /// Delays.
    pub delays: Vec<Choice>,
    /// Modes.
    pub modes: Vec<Choice>,
    /// Motives.
    pub motives: Vec<Choice>,
    /// Whether it is the trunk: no motive, no cascade.
    pub trunk: bool,
}

/// The signature.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocol_sign.html")]
pub struct ProtocolSignPage {
    /// The frame.
    pub desk: Desk,
    /// `GORGE, version 3`
    pub name: String,
    /// Where it is sent.
    pub action: String,
    /// Where one goes without signing.
    pub back: String,
    /// Version and revision.
    pub seen: (String, String),
    /// The values and what is wrong.
    pub form: Form,
    /// How long it may hold.
    pub lengths: Vec<Choice>,
}

/// What was answered in a walk-through.
#[derive(Clone, Debug)]
pub struct TrialAnswer {
    /// Its key.
    pub key: String,
    /// The sign.
    pub short: String,
    /// `Non`
    pub answer: &'static str,
    /// The code of the answer.
    pub code: &'static str,
}

/// A sheet walked for nobody.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocol_trial.html")]
pub struct ProtocolTrialPage {
    /// The frame.
    pub desk: Desk,
    /// `GORGE, version 3`
    pub name: String,
    /// Its own address.
    pub action: String,
    /// The version, sent again.
    pub version: String,
    /// Where the sheet is.
    pub back: String,
    /// What was answered.
    pub answered: Vec<TrialAnswer>,
    /// The question now: key, kind, sentence, what a *yes* does.
    pub question: Option<(String, &'static str, String, String)>,
    /// Where it leads: state, sentence, reasons, what is said to the caller.
    pub outcome: Option<(State, String, Vec<String>, String)>,
}

/// A question on paper.
#[derive(Clone, Debug)]
pub struct PaperQuestion {
    /// When it is asked; empty = always.
    pub when: String,
    /// The sentence.
    pub text: String,
    /// What a *yes* does.
    pub yes: String,
    /// What is said to the caller then; empty when nothing is.
    pub say: String,
    /// Whether it is a red flag.
    pub flag: bool,
}

/// A sheet on paper.
#[derive(Clone, Debug)]
pub struct PaperSheet {
    /// `GORGE`
    pub code: String,
    /// Its title.
    pub title: String,
    /// Version and signature, or that nobody signed.
    pub standing: String,
    /// For whom.
    pub scope: String,
    /// To be answered.
    pub questions: Vec<PaperQuestion>,
    /// To be noted.
    pub notes: Vec<String>,
    /// Where it leads.
    pub end: String,
    /// What may be said.
    pub advice: Vec<String>,
}

/// Blank sheets to print, for when the machine is down.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocol_paper.html")]
pub struct ProtocolPaperPage {
    /// The frame.
    pub desk: Desk,
    /// What must be known first.
    pub warning: String,
    /// The sheets.
    pub sheets: Vec<PaperSheet>,
    /// Where one comes from.
    pub back: String,
}

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
            trunk: false,
        };
        vec![
            ("vide", page(0)),
            ("courant", page(4)),
            ("extreme", page(40)),
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
        let wrong = Form::default().wrong("rpps", "Ce numéro n’est pas celui d’un médecin.");
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

impl EditRow {
    /// The name of one of its fields.
    pub(crate) fn field(&self, name: &str) -> String {
        format!("{name}_{}", self.index)
    }
}
