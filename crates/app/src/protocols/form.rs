//! The JSON of a sheet as it is written, in the words of the clinicians who write it (French): the full
//! form (`questions`) that the editor and the store use. Reading it, and the short form of the
//! demonstration file, is [`super::read`]'s.

use super::destination;
use super::illegible::Illegible;
use super::read::read;
use super::sheet::{Question, Sheet};
use relais_core::people::Mode;
use relais_core::slug::Slug;
use relais_core::triage::{Alarm, Answer, Kind};
use serde::{Deserialize, Serialize};

/// A sentence of advice.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdviceForm {
    pub(super) texte: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sources: Vec<String>,
}

/// A question in full.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Full {
    pub(super) cle: String,
    pub(super) genre: String,
    pub(super) texte: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) court: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) si_oui: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dire: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seulement_si: Option<OnlyIf>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sources: Vec<String>,
}

/// When a question is asked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnlyIf {
    pub(super) question: String,
    pub(super) reponse: String,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    libelle: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cisu: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delai_cible: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    destinations: Vec<&'static str>,
    inclusion: &'a str,
    motifs: Vec<&'a str>,
    tous_motifs: bool,
    age_min_mois: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_max_mois: Option<u16>,
    fin: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fin_dire: Option<&'a str>,
    avis_medical: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    protocoles_cooperation: Vec<&'a str>,
    questions: Vec<Full>,
    consignes: Vec<AdviceForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarque: Option<&'a str>,
}

const KINDS: [&str; 4] = ["alerte", "exclusion", "inclusion", "a-noter"];

/// The word of a kind in a sheet's JSON.
pub fn kind_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::RedFlag(_) => KINDS[0],
        Kind::Exclusion(_) => KINDS[1],
        Kind::Inclusion => KINDS[2],
        Kind::Note => KINDS[3],
    }
}

/// The kind of a word and the code of where a *yes* leads. `None` when they do not go together.
pub fn kind_of(word: &str, yes: Option<&str>) -> Option<Kind> {
    let yes = yes.filter(|code| !code.is_empty());
    match (word, yes) {
        ("alerte", Some("15")) => Some(Kind::RedFlag(Alarm::Fifteen)),
        ("alerte", Some("MR")) => Some(Kind::RedFlag(Alarm::Regulator)),
        ("exclusion", Some(code)) => destination::target(code).map(Kind::Exclusion),
        ("inclusion", None) => Some(Kind::Inclusion),
        ("a-noter", None) => Some(Kind::Note),
        _ => None,
    }
}

/// The word of an answer in a sheet's JSON.
pub const fn answer_word(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "oui",
        Answer::No => "non",
        Answer::Unknown => "ne sait pas",
    }
}

/// The answer of a word.
pub fn answer_of(word: &str) -> Option<Answer> {
    let all = Answer::ALL.iter().copied();
    all.into_iter().find(|answer| answer_word(*answer) == word)
}

/// Hours of an ISO 8601 duration in hours (`PT12H`).
pub fn hours_of(text: &str) -> Option<u16> {
    let hours = text.strip_prefix("PT")?.strip_suffix('H')?;
    hours.parse().ok().filter(|hours| (1..=72).contains(hours))
}

impl Sheet {
    /// Reads a stored sheet.
    ///
    /// # Errors
    /// The first thing in it that cannot be read.
    pub fn from_json(text: &str) -> Result<Self, Illegible> {
        match read(text) {
            Ok(located) => Ok(located.sheet),
            Err(unread) => Err(unread.reason),
        }
    }

    /// The full form, as the store keeps it and a file may hold it.
    pub fn to_json(&self) -> String {
        let body = Body {
            code: &self.code,
            libelle: &self.title,
            cisu: self.cisu.as_deref(),
            delai_cible: self.within_hours.map(|hours| format!("PT{hours}H")),
            mode: self.mode.map(Mode::code),
            destinations: self.destinations.iter().map(destination::code).collect(),
            inclusion: &self.scope,
            motifs: self.motives.iter().map(Slug::as_str).collect(),
            tous_motifs: self.any_motive,
            age_min_mois: self.from_months,
            age_max_mois: self.until_months,
            fin: destination::end_codes(&self.end),
            fin_dire: self.end_say.as_deref(),
            avis_medical: self.advice_first,
            protocoles_cooperation: self.cooperations.iter().map(Slug::as_str).collect(),
            questions: self.questions.iter().map(full).collect(),
            consignes: self
                .advice
                .iter()
                .map(|advice| AdviceForm {
                    texte: advice.text.clone(),
                    sources: advice.sources.clone(),
                })
                .collect(),
            remarque: self.remark.as_deref(),
        };
        serde_json::to_string(&body).expect("strings and numbers always serialise")
    }
}

fn full(question: &Question) -> Full {
    let yes = match &question.kind {
        Kind::RedFlag(Alarm::Fifteen) => Some("15"),
        Kind::RedFlag(Alarm::Regulator) => Some("MR"),
        Kind::Exclusion(target) => Some(destination::code(target)),
        Kind::Inclusion | Kind::Note => None,
    };
    Full {
        cle: question.key.clone(),
        genre: kind_word(&question.kind).to_owned(),
        texte: question.text.clone(),
        court: question.short.clone(),
        si_oui: yes.map(str::to_owned),
        dire: question.say.clone(),
        seulement_si: question.only_if.as_ref().map(|(key, answer)| OnlyIf {
            question: key.clone(),
            reponse: answer_word(*answer).to_owned(),
        }),
        sources: question.sources.clone(),
    }
}
