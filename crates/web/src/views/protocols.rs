//! The territory's sheets: the list, one sheet with its history, the editor, the signature, the
//! walk-through and the paper. Nobody's name but those who wrote, read again and signed.

use askama::Template;

use crate::parts::{Choice, Desk, Form, State};

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

/// Something wrong in a file of sheets.
#[derive(Clone, Debug)]
pub struct FileFaultRow {
    /// `Ligne 12, fiche GORGE`
    pub place: String,
    /// Why.
    pub reason: String,
}

/// A file of sheets to bring.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocol_bring.html")]
pub struct ProtocolBringPage {
    /// The frame.
    pub desk: Desk,
    /// The text, and what is wrong.
    pub form: Form,
    /// What is wrong in the file, line by line.
    pub faults: Vec<FileFaultRow>,
    /// How many more there are.
    pub more: usize,
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
    /// Where its signature is asked.
    pub sign: Option<String>,
    /// Of whom it was asked, and what they said; the page they sign on, while they have not.
    pub asked: Option<(String, String)>,
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
    /// Cooperation protocols the sheet may name.
    pub cooperations: Vec<Choice>,
    /// Those its code gives it already; empty when none.
    pub given: String,
    /// Whether it is the trunk: no motive, no cascade.
    pub trunk: bool,
}

/// Asking somebody for their signature.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/protocol_sign.html")]
pub struct ProtocolSignPage {
    /// The frame.
    pub desk: Desk,
    /// `GORGE, version 3`
    pub name: String,
    /// Where it is sent.
    pub action: String,
    /// Where one goes without asking.
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

impl ProtocolPaperPage {
    /// What may come of the call, to tick.
    const fn outcomes() -> [&'static str; 6] {
        [
            "demande lancée",
            "15",
            "régulateur",
            "conseil",
            "hors champ",
            "autre",
        ]
    }
}

impl EditRow {
    /// The name of one of its fields.
    pub(crate) fn field(&self, name: &str) -> String {
        format!("{name}_{}", self.index)
    }
}
