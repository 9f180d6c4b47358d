//! The JSON of a sheet, in the words of the clinicians who write it (French). Two ways to write the
//! questions: the short one of the demonstration file (`alertes`, `hors_protocole`,
//! `questions_complementaires`), and the full one (`questions`) that the editor and the store use.

use super::destination;
use super::sheet::{Advice, Question, Sheet};
use relais_core::people::Mode;
use relais_core::slug::Slug;
use relais_core::triage::{Alarm, Answer, End, Kind, Target};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Why a sheet cannot be read: where in the text (bytes from its start), which reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    /// The part of the text at fault, as (address, line inside it).
    pub(super) at: (usize, usize),
    /// The reason, in English, for the command line.
    pub(super) reason: String,
}

/// A sheet read, and where each of its questions stands in the text.
pub(super) struct Located {
    pub(super) sheet: Sheet,
    /// Addresses in the text, one per question.
    pub(super) questions: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form<'a> {
    code: String,
    libelle: String,
    #[serde(default)]
    cisu: Option<String>,
    #[serde(default)]
    delai_cible: Option<String>,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    destinations: Vec<String>,
    #[serde(default)]
    inclusion: String,
    #[serde(default)]
    inclusion_phrase: Option<String>,
    #[serde(default)]
    motifs: Option<Vec<String>>,
    #[serde(default)]
    tous_motifs: bool,
    #[serde(default)]
    age_min_mois: Option<u16>,
    #[serde(default)]
    age_max_mois: Option<u16>,
    #[serde(default)]
    fin: Option<Vec<String>>,
    #[serde(default)]
    fin_dire: Option<String>,
    #[serde(default)]
    avis_medical: bool,
    #[serde(default, borrow)]
    questions: Option<Vec<&'a RawValue>>,
    #[serde(default, borrow)]
    alertes: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    hors_protocole: Vec<&'a RawValue>,
    #[serde(default, borrow)]
    questions_complementaires: Vec<&'a RawValue>,
    #[serde(default)]
    consignes: Vec<AdviceForm>,
    #[serde(default)]
    remarque: Option<String>,
    // Said by the file, and not believed: a sheet is signed in the application, by its signatory.
    #[serde(default, rename = "statut")]
    _statut: Option<String>,
    #[serde(default, rename = "validé_par")]
    _valide_par: Option<serde_json::Value>,
    #[serde(default, rename = "validé_le")]
    _valide_le: Option<serde_json::Value>,
    #[serde(default, rename = "version")]
    _version: Option<serde_json::Value>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdviceForm {
    texte: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alert {
    question: String,
    #[serde(default)]
    phrase: Option<String>,
    si_oui: String,
    #[serde(default)]
    dire: Option<String>,
    #[serde(default)]
    sources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Out {
    si: String,
    #[serde(default)]
    phrase: Option<String>,
    vers: String,
    #[serde(default)]
    dire: Option<String>,
    #[serde(default)]
    sources: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    cle: String,
    genre: String,
    texte: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    court: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    si_oui: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dire: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seulement_si: Option<OnlyIf>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnlyIf {
    question: String,
    reponse: String,
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
    /// Reads a stored sheet. What is wrong, in English, when it cannot be read.
    pub fn from_json(text: &str) -> Result<Self, String> {
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

/// Address of a piece of the text.
pub(super) fn address(text: &str) -> usize {
    text.as_ptr().addr()
}

fn unread(raw: &str, error: &serde_json::Error) -> Unread {
    let told = error.to_string();
    let reason = told.split(" at line ").next().unwrap_or(&told).to_owned();
    Unread {
        at: (address(raw), error.line().saturating_sub(1)),
        reason,
    }
}

fn wrong(raw: &str, reason: impl Into<String>) -> Unread {
    Unread {
        at: (address(raw), 0),
        reason: reason.into(),
    }
}

fn part<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, Unread> {
    serde_json::from_str(raw.get()).map_err(|error| unread(raw.get(), &error))
}

/// Reads one sheet, either way of writing it.
pub(super) fn read(text: &str) -> Result<Located, Unread> {
    let form: Form<'_> = serde_json::from_str(text).map_err(|error| unread(text, &error))?;
    let targets: Option<Vec<_>> = form
        .destinations
        .iter()
        .map(|c| destination::target(c))
        .collect();
    let targets = targets.ok_or_else(|| {
        let bad = form
            .destinations
            .iter()
            .find(|c| destination::target(c).is_none());
        wrong(
            text,
            format!("`{}` is no destination", bad.map_or("", |c| c)),
        )
    })?;
    let within_hours = match &form.delai_cible {
        None => None,
        Some(delay) => Some(hours_of(delay).ok_or_else(|| {
            wrong(
                text,
                format!("`{delay}` is no delay in hours such as PT12H"),
            )
        })?),
    };
    let mode = match &form.mode {
        None => None,
        Some(code) => {
            Some(Mode::from_code(code).ok_or_else(|| wrong(text, format!("`{code}` is no mode")))?)
        }
    };
    let mut motives = Vec::new();
    for code in form.motifs.iter().flatten() {
        let slug = Slug::new(code).map_err(|_| wrong(text, format!("`{code}` is no motive")))?;
        motives.push(slug);
    }
    let mut end = match &form.fin {
        Some(codes) => destination::end(codes)
            .ok_or_else(|| wrong(text, format!("`{}` is no end", codes.join(" "))))?,
        None => end_by_destinations(&targets),
    };
    let (questions, places) = match &form.questions {
        Some(list) => in_full(list)?,
        None => in_short(&form, &mut end)?,
    };
    let mut sheet = Sheet {
        code: form.code,
        title: form.libelle,
        cisu: form.cisu,
        scope: form.inclusion,
        motives,
        any_motive: form.tous_motifs,
        from_months: form.age_min_mois.unwrap_or_default(),
        until_months: form.age_max_mois,
        questions,
        end,
        end_say: form.fin_dire,
        destinations: targets,
        within_hours,
        mode,
        advice_first: form.avis_medical,
        advice: form
            .consignes
            .into_iter()
            .map(|advice| Advice {
                text: advice.texte,
                sources: advice.sources,
            })
            .collect(),
        remark: form.remarque.filter(|remark| !remark.is_empty()),
    };
    if form.motifs.is_none() {
        sheet.serve_as_listed();
        sheet.from_months = form.age_min_mois.unwrap_or(sheet.from_months);
        sheet.until_months = form.age_max_mois.or(sheet.until_months);
    }
    Ok(Located {
        sheet,
        questions: places,
    })
}

/// The end of a sheet in the short form: professions announced, else the way out announced.
fn end_by_destinations(targets: &[Target]) -> End {
    let towards: Vec<_> = targets
        .iter()
        .filter_map(|target| match target {
            Target::Cascade(to) => Some(to.clone()),
            Target::Fifteen | Target::Regulator | Target::PoisonCentre | Target::UsualDoctor => {
                None
            }
        })
        .collect();
    if !towards.is_empty() {
        End::Cascade(towards)
    } else if targets.contains(&Target::PoisonCentre) {
        End::PoisonCentre
    } else if targets.contains(&Target::UsualDoctor) {
        End::UsualDoctor
    } else if targets.contains(&Target::Fifteen) && !targets.contains(&Target::Regulator) {
        End::Fifteen
    } else {
        End::Regulator
    }
}

type Placed = (Vec<Question>, Vec<usize>);

fn in_full(list: &[&RawValue]) -> Result<Placed, Unread> {
    let mut questions = Vec::new();
    let mut places = Vec::new();
    for raw in list {
        let full: Full = part(raw)?;
        let kind = kind_of(&full.genre, full.si_oui.as_deref()).ok_or_else(|| {
            let yes = full.si_oui.as_deref().unwrap_or("nothing");
            wrong(
                raw.get(),
                format!("a `{}` cannot lead to `{yes}` on a yes", full.genre),
            )
        })?;
        let only_if = match full.seulement_si {
            None => None,
            Some(only) => Some((
                only.question,
                answer_of(&only.reponse)
                    .ok_or_else(|| wrong(raw.get(), format!("`{}` is no answer", only.reponse)))?,
            )),
        };
        questions.push(Question {
            key: full.cle,
            kind,
            text: full.texte,
            short: full.court,
            say: full.dire,
            only_if,
            sources: full.sources,
        });
        places.push(address(raw.get()));
    }
    Ok((questions, places))
}

/// The short form: keys come from the place in the file, red flags are put first.
fn in_short(form: &Form<'_>, end: &mut End) -> Result<Placed, Unread> {
    let stem = form.code.to_lowercase();
    let mut all: Vec<(Question, usize)> = Vec::new();
    for (index, raw) in form.alertes.iter().enumerate() {
        let alert: Alert = part(raw)?;
        let kind = kind_of("alerte", Some(&alert.si_oui))
            .or_else(|| kind_of("exclusion", Some(&alert.si_oui)));
        let kind =
            kind.ok_or_else(|| wrong(raw.get(), format!("`{}` is no destination", alert.si_oui)))?;
        let (text, short) = spoken(alert.question, alert.phrase);
        all.push((
            Question {
                key: format!("{stem}-{}", index + 1),
                kind,
                text,
                short,
                say: alert.dire,
                only_if: None,
                sources: alert.sources,
            },
            address(raw.get()),
        ));
    }
    for (index, raw) in form.hors_protocole.iter().enumerate() {
        let out: Out = part(raw)?;
        let kind = if out.vers == "15" {
            Some(Kind::RedFlag(Alarm::Fifteen))
        } else {
            kind_of("exclusion", Some(&out.vers))
        };
        let kind =
            kind.ok_or_else(|| wrong(raw.get(), format!("`{}` is no destination", out.vers)))?;
        if out.si == "Autre" {
            // What is neither of the lines above: the end of the sheet.
            *end = destination::end(&[out.vers]).unwrap_or(End::Regulator);
            continue;
        }
        let (text, short) = spoken(out.si, out.phrase);
        all.push((
            Question {
                key: format!("{stem}-x{}", index + 1),
                kind,
                text,
                short,
                say: out.dire,
                only_if: None,
                sources: out.sources,
            },
            address(raw.get()),
        ));
    }
    let included = matches!(end, End::Cascade(_) | End::PoisonCentre);
    if included && !form.inclusion.is_empty() && form.code != super::TRUNK {
        let (text, short) = spoken(form.inclusion.clone(), form.inclusion_phrase.clone());
        let at = form.alertes.first().map_or(0, |raw| address(raw.get()));
        all.push((
            Question {
                key: format!("{stem}-i1"),
                kind: Kind::Inclusion,
                text,
                short,
                say: None,
                only_if: None,
                sources: Vec::new(),
            },
            at,
        ));
    }
    for (index, raw) in form.questions_complementaires.iter().enumerate() {
        let text: String = part(raw)?;
        all.push((
            Question {
                key: format!("{stem}-n{}", index + 1),
                kind: Kind::Note,
                text,
                short: None,
                say: None,
                only_if: None,
                sources: Vec::new(),
            },
            address(raw.get()),
        ));
    }
    all.sort_by_key(|(question, _)| match question.kind {
        Kind::RedFlag(_) => 0,
        Kind::Exclusion(_) => 1,
        Kind::Inclusion => 2,
        Kind::Note => 3,
    });
    Ok(all.into_iter().unzip())
}

/// The sentence to read and the sign in a few words: the phrase and the question, or the question
/// alone.
fn spoken(question: String, phrase: Option<String>) -> (String, Option<String>) {
    match phrase {
        Some(phrase) => (phrase, Some(question)),
        None => (question, None),
    }
}
