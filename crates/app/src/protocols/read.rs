//! A sheet read from its JSON, either way of writing it: the short one of the demonstration file
//! (`alertes`, `hors_protocole`, `questions_complementaires`), and the full one (`questions`) that the
//! editor and the store use. Owns where each question stands in the text, so that a fault names its
//! line; refuses at the first word it cannot read. Whether the sheet may be followed is
//! [`super::check`]'s.

use super::destination;
use super::form::{AdviceForm, Full, answer_of, hours_of, kind_of};
use super::illegible::Illegible;
use super::sheet::{Advice, Question, Sheet};
use relais_core::people::Mode;
use relais_core::slug::Slug;
use relais_core::triage::{Alarm, End, Kind, Target};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Where and why a sheet cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    /// The part of the text at fault, as (address, line inside it).
    pub(super) at: (usize, usize),
    /// The reason.
    pub(super) reason: Illegible,
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
    #[serde(default)]
    protocoles_cooperation: Vec<String>,
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

/// Address of a piece of the text.
pub(super) fn address(text: &str) -> usize {
    text.as_ptr().addr()
}

fn unread(raw: &str, error: &serde_json::Error) -> Unread {
    Unread {
        at: (address(raw), error.line().saturating_sub(1)),
        reason: error.into(),
    }
}

const fn wrong(at: usize, reason: Illegible) -> Unread {
    Unread {
        at: (at, 0),
        reason,
    }
}

fn part<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, Unread> {
    serde_json::from_str(raw.get()).map_err(|error| unread(raw.get(), &error))
}

fn nowhere(raw: &RawValue, code: &str) -> Unread {
    wrong(address(raw.get()), Illegible::Destination(code.to_owned()))
}

/// Reads one sheet, either way of writing it.
pub(super) fn read(text: &str) -> Result<Located, Unread> {
    let form: Form<'_> = serde_json::from_str(text).map_err(|error| unread(text, &error))?;
    let at = address(text);
    let target = |code: &String| {
        let known = destination::target(code);
        known.ok_or_else(|| wrong(at, Illegible::Destination(code.clone())))
    };
    let targets: Vec<Target> = form
        .destinations
        .iter()
        .map(target)
        .collect::<Result<_, _>>()?;
    let hours =
        |delay: &String| hours_of(delay).ok_or_else(|| wrong(at, Illegible::Delay(delay.clone())));
    let within_hours = form.delai_cible.as_ref().map(hours).transpose()?;
    let mode = |code: &String| {
        Mode::from_code(code).ok_or_else(|| wrong(at, Illegible::Mode(code.clone())))
    };
    let mode = form.mode.as_ref().map(mode).transpose()?;
    let slugs = |codes: &[String], wrongly: fn(String) -> Illegible| {
        let slug = |code: &String| Slug::new(code).map_err(|_| wrong(at, wrongly(code.clone())));
        codes.iter().map(slug).collect::<Result<Vec<_>, _>>()
    };
    let listed = form.motifs.as_deref().unwrap_or_default();
    let motives = slugs(listed, Illegible::Motive)?;
    let cooperations = slugs(&form.protocoles_cooperation, Illegible::Cooperation)?;
    let mut end = match &form.fin {
        Some(codes) => {
            destination::end(codes).ok_or_else(|| wrong(at, Illegible::End(codes.join(" "))))?
        }
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
        cooperations,
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
        let at = address(raw.get());
        let kind = kind_of(&full.genre, full.si_oui.as_deref()).ok_or_else(|| {
            let (kind, to) = (full.genre.clone(), full.si_oui.clone());
            wrong(at, Illegible::Yes { kind, to })
        })?;
        let only_if = match full.seulement_si {
            None => None,
            Some(only) => {
                let answer = answer_of(&only.reponse)
                    .ok_or_else(|| wrong(at, Illegible::Answer(only.reponse)))?;
                Some((only.question, answer))
            }
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
        places.push(at);
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
        let kind = kind.ok_or_else(|| nowhere(raw, &alert.si_oui))?;
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
        let kind = kind.ok_or_else(|| nowhere(raw, &out.vers))?;
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
