//! The regulator's queue *à qualifier* and one of its cases. The queue holds no name; the identity of a
//! case appears only on the answer to *Voir l'identité* (R6).

use askama::Template;

use super::{Identity, LONG, Sample, sample_desk};
use crate::parts::{Choice, Desk, Form};

/// Who regulates, and what the reader can do about it.
#[derive(Clone, Debug, Default)]
pub struct DutyPanel {
    /// `Vous êtes de garde jusqu’à 20 h.`; empty when one is not.
    pub mine: String,
    /// `Dr Fauverge, jusqu’à 20 h`: the others on duty.
    pub others: Vec<String>,
    /// Nobody at all is on duty.
    pub nobody: bool,
    /// Cases wait: with nobody on duty they go to the 15.
    pub waiting: usize,
}

/// Somebody who waits for the regulator.
#[derive(Clone, Debug)]
pub struct QueueRow {
    /// Its page.
    pub href: String,
    /// `D-4812`
    pub code: String,
    /// `9 min`
    pub waited: String,
    /// `rappel promis avant 14:50`, or that it is late.
    pub promise: String,
    /// The call-back promised is late.
    pub late: bool,
    /// `Consultation, mal de dos et fièvre`
    pub need: String,
    /// `H 61 ans · Longjumeau · avant 18 h`
    pub facts: String,
    /// Why it is for the regulator.
    pub why: String,
    /// A red flag was passed over.
    pub alarm: bool,
    /// Who has it: `Dr Fauverge, depuis 14 h 32`; empty when nobody has.
    pub claim: String,
    /// The reader has it.
    pub mine: bool,
}

/// The queue as it moves.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/queue.html")]
pub struct QueuePart {
    /// The rows, most urgent first.
    pub rows: Vec<QueueRow>,
    /// Who regulates.
    pub duty: DutyPanel,
    /// Said when more wait than are shown.
    pub more: String,
    /// When nobody waits.
    pub empty: &'static str,
}

impl askama::filters::HtmlSafe for QueuePart {}

/// The queue.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/queue.html")]
pub struct QueuePage {
    /// The frame.
    pub desk: Desk,
    /// What was typed, and wrong.
    pub form: Form,
    /// The queue.
    pub part: QueuePart,
}

/// A question of the triage and its answer.
#[derive(Clone, Debug)]
pub struct AnsweredRow {
    /// The sentence read to the caller.
    pub question: String,
    /// `Oui`, `Non`, `Ne sait pas`, `Pas posée`.
    pub answer: &'static str,
    /// Where a yes leads: `oui = 15`; empty when it leads nowhere.
    pub leads: &'static str,
    /// Why somebody must look.
    pub counts: bool,
}

/// The questions of one sheet.
#[derive(Clone, Debug)]
pub struct AnsweredSheet {
    /// Its title.
    pub title: String,
    /// Its questions.
    pub rows: Vec<AnsweredRow>,
}

/// A red flag passed over.
#[derive(Clone, Debug)]
pub struct PassedOver {
    /// The sentences.
    pub signs: Vec<String>,
    /// Why.
    pub reason: String,
    /// `Lina K., à 14 h 20`
    pub by: String,
}

/// Another request of the same person.
#[derive(Clone, Debug)]
pub struct EarlierRow {
    /// Its page.
    pub href: String,
    /// `4811`
    pub code: String,
    /// `lun. 23, mal de gorge`
    pub what: String,
    /// What became of it.
    pub state: crate::parts::State,
}

/// Whose desk a case is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Nobody's.
    Nobody,
    /// The reader's, since: `14 h 32`.
    Mine(String),
    /// A colleague's: name, since.
    Other(String, String),
    /// It does not wait any more: what became of it.
    Over(String),
}

/// A case.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/qualify.html")]
pub struct QualifyPage {
    /// The frame.
    pub desk: Desk,
    /// The request's identifier.
    pub id: String,
    /// `4812`
    pub code: String,
    /// `Consultation, mal de dos. Homme, 61 ans, Longjumeau`
    pub title: String,
    /// `reçue à 14 h 20 par Lina K. · patient`
    pub lead: String,
    /// `9 min d’attente`
    pub waited: String,
    /// The promise, and whether it is late.
    pub promise: String,
    /// Late.
    pub late: bool,
    /// Whose desk it is on.
    pub hold: Hold,
    /// Nobody is on duty, the reader included.
    pub nobody: bool,
    /// Why it is for the regulator, one sentence each.
    pub why: Vec<String>,
    /// The red flags passed over.
    pub passed: Vec<PassedOver>,
    /// The sheets walked.
    pub sheets: Vec<AnsweredSheet>,
    /// What is said when no answer was kept.
    pub unsaid: String,
    /// The sheets are nobody's: said above them.
    pub demonstration: bool,
    /// The need, label and value.
    pub facts: Vec<(String, String)>,
    /// What regulators wrote: who and when, what.
    pub notes: Vec<(String, String)>,
    /// The identity, once asked for.
    pub identity: Option<Identity>,
    /// Their other requests, with the identity.
    pub earlier: Vec<EarlierRow>,
    /// What was typed and what is wrong with it.
    pub form: Form,
    /// The motives.
    pub motives: Vec<Choice>,
    /// The professions.
    pub professions: Vec<Choice>,
    /// The modes.
    pub modes: Vec<Choice>,
    /// The care delays.
    pub delays: Vec<Choice>,
    /// `Sinon, seuls sont sollicités ceux qui ont déclaré « Mal de gorge ».`; empty when no protocol is
    /// asked.
    pub under: String,
}

impl QualifyPage {
    fn waits(&self) -> bool {
        !matches!(self.hold, Hold::Over(_))
    }
}

fn row(index: usize) -> QueueRow {
    QueueRow {
        href: "/a-qualifier/req_01JD0000000000000000000001".to_owned(),
        code: format!("{}", 4800 + index),
        waited: format!("{}\u{a0}min", 31_usize.saturating_sub(index)),
        promise: if index < 2 {
            "rappel en retard de 16\u{a0}min".to_owned()
        } else {
            "rappel promis avant 14:50".to_owned()
        },
        late: index < 2,
        need: if index == 4 {
            LONG.to_owned()
        } else {
            "Consultation, mal de dos et fièvre".to_owned()
        },
        facts: "H 61\u{a0}ans · Longjumeau · avant 18\u{a0}h".to_owned(),
        why: if index == 0 {
            "Signe d’alerte passé outre".to_owned()
        } else {
            "Ne sait pas à une question de gravité".to_owned()
        },
        alarm: index == 0,
        claim: if index % 3 == 1 {
            "Dr Fauverge, depuis 14\u{a0}h\u{a0}32".to_owned()
        } else {
            String::new()
        },
        mine: index == 4,
    }
}

fn part(many: usize, nobody: bool) -> QueuePart {
    QueuePart {
        rows: (0..many).map(row).collect(),
        duty: DutyPanel {
            mine: if nobody {
                String::new()
            } else {
                "Vous êtes de garde jusqu’à 20\u{a0}h.".to_owned()
            },
            others: if nobody {
                Vec::new()
            } else {
                vec!["Dr Fauverge, jusqu’à 18\u{a0}h".to_owned()]
            },
            nobody,
            waiting: many,
        },
        more: if many > 100 {
            "Les 200 plus anciennes sont affichées\u{a0}: il y en a d’autres.".to_owned()
        } else {
            String::new()
        },
        empty: "Personne n’attend le médecin régulateur.",
    }
}

impl Sample for QueuePage {
    const NAME: &'static str = "a-qualifier";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |many, nobody| Self {
            desk: sample_desk("À qualifier", "/a-qualifier"),
            form: Form::default(),
            part: part(many, nobody),
        };
        vec![
            ("vide", page(0, false)),
            ("courant", page(5, false)),
            ("personne-de-garde", page(3, true)),
            ("extreme", page(120, false)),
        ]
    }
}

impl Sample for QualifyPage {
    const NAME: &'static str = "qualifier";

    fn samples() -> Vec<(&'static str, Self)> {
        let answered = |question: &str, answer, leads, counts| AnsweredRow {
            question: question.to_owned(),
            answer,
            leads,
            counts,
        };
        let sheet = |many: usize| AnsweredSheet {
            title: "Questions communes".to_owned(),
            rows: (0..many)
                .map(|index| match index {
                    1 => answered(
                        "A-t-elle du mal à respirer au repos\u{a0}?",
                        "Ne sait pas",
                        "oui = 15",
                        true,
                    ),
                    2 => answered(
                        "A-t-elle une douleur dans la poitrine\u{a0}?",
                        "Pas posée",
                        "oui = 15",
                        false,
                    ),
                    _ => answered(
                        "Est-elle inconsciente, ou très difficile à réveiller\u{a0}?",
                        "Non",
                        "oui = 15",
                        false,
                    ),
                })
                .collect(),
        };
        let choices = |word: &str| vec![Choice::new("", format!("{word}, comme demandé"))];
        let page = |hold: Hold, many: usize, open: bool| {
            Self {
            desk: sample_desk("Demande 4812 à qualifier", "/a-qualifier"),
            id: "req_01JD0000000000000000000001".to_owned(),
            code: "4812".to_owned(),
            title: "Consultation, mal de dos. Homme, 61\u{a0}ans, Longjumeau".to_owned(),
            lead: "reçue à 14\u{a0}h\u{a0}20 par Lina K. · patient".to_owned(),
            waited: "31\u{a0}min d’attente".to_owned(),
            promise: "rappel en retard de 16\u{a0}min".to_owned(),
            late: true,
            hold,
            nobody: false,
            why: vec!["Ne sait pas à une question de gravité.".to_owned()],
            passed: (many > 4)
                .then(|| PassedOver {
                    signs: vec!["Est-elle inconsciente\u{a0}?".to_owned()],
                    reason: LONG.to_owned(),
                    by: "Lina K., à 14\u{a0}h\u{a0}20".to_owned(),
                })
                .into_iter()
                .collect(),
            sheets: if many == 0 {
                Vec::new()
            } else {
                vec![sheet(many)]
            },
            unsaid: "Le détail des réponses n’a pas été gardé\u{a0}: ne sait pas.".to_owned(),
            demonstration: true,
            facts: vec![("Motifs".to_owned(), "Mal de dos".to_owned())],
            notes: vec![(
                "Dr Fauverge, à 14\u{a0}h\u{a0}40, pré-diagnostic".to_owned(),
                "Lombalgie.".to_owned(),
            )],
            identity: open.then(|| Identity {
                name: "TERVAUX-MAKI Elio".to_owned(),
                lines: vec![("Téléphone".to_owned(), "06 39 98 41 07".to_owned())],
                tel: "+33639984107".to_owned(),
            }),
            earlier: if open {
                vec![EarlierRow {
                    href: "/demandes/req_2".to_owned(),
                    code: "4702".to_owned(),
                    what: "lun. 23, mal de gorge".to_owned(),
                    state: crate::parts::State::new(
                        crate::parts::Tone::Taken,
                        crate::icon::Icon::CheckCircle,
                        "Vu",
                    ),
                }]
            } else {
                Vec::new()
            },
            form: Form::default(),
            motives: choices("Mal de dos"),
            professions: choices("Médecin généraliste"),
            modes: choices("Consultation"),
            delays: choices("Dans les 12\u{a0}h"),
            under: "Sinon, seuls sont sollicités ceux qui ont déclaré le protocole «\u{a0}Lombalgie aiguë\u{a0}».".to_owned(),
        }
        };
        vec![
            ("vide", page(Hold::Nobody, 0, false)),
            (
                "courant",
                page(Hold::Mine("14\u{a0}h\u{a0}32".to_owned()), 3, true),
            ),
            (
                "confrere",
                page(
                    Hold::Other("Dr Fauverge".to_owned(), "14\u{a0}h\u{a0}32".to_owned()),
                    4,
                    false,
                ),
            ),
            (
                "finie",
                page(Hold::Over("Demande lancée".to_owned()), 3, false),
            ),
            ("extreme", page(Hold::Nobody, 60, false)),
        ]
    }
}
