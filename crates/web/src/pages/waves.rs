//! The coordinator's setting of waves: look at what it makes of observed answers, then save it.

use axum::extract::{Query, State};
use relais_app::error::AppError;
use relais_app::text::labels;
use relais_app::waves::{Effect, Held, Line, Setting, WavesDraft};
use relais_core::cascade::SETTLED_ENOUGH;

use super::{direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Choice, Form, Toast};
use crate::show;
use crate::views::{SettingRow, WaveRow, WavesPage};
use crate::web::Web;

/// The address of the page.
pub(crate) const PAGE: &str = "/reglages/vagues";

/// The fields of the form, which the page of an effect carries on to the saving.
const FIELDS: [&str; 6] = [
    "rule",
    "size",
    "interval_minutes",
    "wanted",
    "most",
    "lately_days",
];

/// What the form proposes where nothing is in force.
const PROPOSED: [(&str, u16); 4] = [
    ("size", 10),
    ("interval_minutes", 10),
    ("wanted", 2),
    ("most", 30),
];

fn draft(fields: &Fields) -> WavesDraft {
    let text = |name: &str| fields.get(name).to_owned();
    WavesDraft {
        rule: text("rule"),
        size: text("size"),
        interval_minutes: text("interval_minutes"),
        wanted: text("wanted"),
        most: text("most"),
        lately_days: text("lately_days"),
    }
}

/// `GET /reglages/vagues`, with the effect of a choice when the address has one.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    let mut fields = Fields::default();
    for (name, value) in pairs {
        fields.0.entry(name).or_default().push(value);
    }
    if fields.get("rule").is_empty() {
        let mut page = page(&web, &signed, None, Form::default()).await?;
        if fields.get("dit") == "reglages" {
            page.desk.toast = Some(Toast {
                text: "Réglage enregistré.".to_owned(),
                link: None,
                undo: None,
            });
        }
        return html(&page);
    }
    match web.app.preview_waves(&signed.who(), draft(&fields)).await {
        Ok(effect) => {
            let form = fields.again(Vec::new());
            html(&page(&web, &signed, Some(effect), form).await?)
        }
        Err(error) => again(&web, &signed, &fields, error).await,
    }
}

/// `POST /reglages/vagues`
pub(crate) async fn save(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let version = fields.get("version").parse().unwrap_or(-1);
    let saved = web
        .app
        .set_waves(&signed.who(), version, draft(&fields))
        .await;
    match saved {
        Ok(()) => see_other(&format!("{PAGE}?dit=reglages")),
        Err(error) => again(&web, &signed, &fields, error).await,
    }
}

async fn again(web: &Web, signed: &Signed, fields: &Fields, error: AppError) -> Answer {
    let AppError::Invalid(errors) = &error else {
        return Err(Fail(error));
    };
    let form = fields.again(same_names(errors));
    direct::unprocessable(&page(web, signed, None, form).await?)
}

async fn page(
    web: &Web,
    signed: &Signed,
    effect: Option<Effect>,
    form: Form,
) -> Result<WavesPage, Fail> {
    let eye = eye(web, signed).await?;
    let when = eye.when();
    let held = web.app.waves_setting(&signed.who()).await?;
    let title = if form.errors().is_empty() {
        "Vagues de sollicitation"
    } else {
        "Erreur\u{a0}: vagues de sollicitation"
    };
    let form = if form.is_empty() { filled(&held) } else { form };
    let kept = FIELDS.map(|name| (name, form.value(name).to_owned()));
    Ok(WavesPage {
        desk: show::desk(web, &eye, signed, title, PAGE),
        kept: kept.into_iter().collect(),
        form,
        rules: Choice::list(&[
            ("all", "Tous à la fois"),
            ("fixed", "Par vagues de même taille"),
            ("by-answers", "Par vagues, selon les réponses observées"),
        ]),
        version: held.version.to_string(),
        now: words(held.setting),
        effect: effect.as_ref().map(sentences).unwrap_or_default(),
        days: effect
            .as_ref()
            .map(|effect| days(effect.setting))
            .unwrap_or_default(),
        rows: effect
            .iter()
            .flat_map(|effect| effect.lines.iter().map(|line| row(effect.setting, line)))
            .collect(),
        versions: held
            .versions
            .iter()
            .map(|version| SettingRow {
                version: version.version.to_string(),
                since: when.since(version.since),
                by: match version.author.as_str() {
                    "command" => "fichier importé".to_owned(),
                    name => name.to_owned(),
                },
                what: words(version.setting),
            })
            .collect(),
    })
}

fn filled(held: &Held) -> Form {
    let setting = held.setting;
    let by_answers = setting.waves.and_then(|waves| waves.by_answers);
    let in_force = |name: &str| match name {
        "size" => setting.waves.map(|waves| waves.size),
        "interval_minutes" => setting.waves.map(|waves| waves.interval_minutes),
        "wanted" => by_answers.map(|by| by.wanted),
        _ => by_answers.map(|by| by.most),
    };
    PROPOSED
        .iter()
        .fold(Form::default(), |form, (name, proposed)| {
            form.with(name, &in_force(name).unwrap_or(*proposed).to_string())
        })
        .with("rule", setting.rule())
        .with("lately_days", &setting.lately_days.to_string())
}

fn people(n: impl Into<u64>) -> String {
    match n.into() {
        1 => "1\u{a0}personne".to_owned(),
        n => format!("{n}\u{a0}personnes"),
    }
}

/// A setting in a sentence.
fn words(setting: Setting) -> String {
    let Some(waves) = setting.waves else {
        return "tous à la fois.".to_owned();
    };
    let every = format!("toutes les {}\u{a0}min", waves.interval_minutes);
    match waves.by_answers {
        None => format!("par vagues de {}, {every}.", people(waves.size)),
        Some(by) => format!(
            "par vagues selon les réponses, {every}\u{a0}: {} par vague, {} au plus\u{a0}; {} tant qu’on en sait trop peu.",
            if by.wanted > 1 {
                format!("{}\u{a0}réponses attendues", by.wanted)
            } else {
                "1\u{a0}réponse attendue".to_owned()
            },
            people(by.most),
            people(waves.size)
        ),
    }
}

/// The days the figures are of.
fn days(setting: Setting) -> String {
    match setting.lately_days {
        0 => "Aucun jour n’est regardé".to_owned(),
        1 => "Sur le dernier jour".to_owned(),
        n => format!("Sur les {n} derniers jours"),
    }
}

/// What the choice does, with its base.
fn sentences(effect: &Effect) -> Vec<String> {
    let mut said = vec![format!("Choix\u{a0}: {}", words(effect.setting))];
    if let Some(waves) = effect.setting.waves {
        let window = effect.window_minutes;
        let count = window.div_ceil(waves.interval_minutes.max(1));
        said.push(format!(
            "Sur la fenêtre habituelle de {window}\u{a0}min, {count}\u{a0}vague{} au plus.",
            if count > 1 { "s" } else { "" }
        ));
    }
    said
}

/// One profession: its answers with their base, and the wave that comes of them.
fn row(setting: Setting, line: &Line) -> WaveRow {
    let by_answers = setting.rule() == "by-answers";
    let s = |n: u32| if n > 1 { "s" } else { "" };
    let (answered, settled) = (line.answered, line.settled);
    WaveRow {
        profession: show::upper(labels::professions(line.profession)),
        members: match line.members {
            1 => "1\u{a0}membre".to_owned(),
            n => format!("{n}\u{a0}membres"),
        },
        answers: match settled {
            0 => "Aucune sollicitation".to_owned(),
            n => format!(
                "{answered}\u{a0}réponse{} pour {n}\u{a0}sollicitation{}",
                s(answered),
                s(n)
            ),
        },
        wave: if setting.waves.is_some() {
            format!("{} sur {}", line.first_wave, line.members)
        } else {
            format!("Les {}", line.members)
        },
        why: match (by_answers, line.observed) {
            (true, true) => String::new(),
            (true, false) => {
                format!("taille de départ\u{a0}: moins de {SETTLED_ENOUGH} sollicitations")
            }
            (false, _) => String::new(),
        },
    }
}
