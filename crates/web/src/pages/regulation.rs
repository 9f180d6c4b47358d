//! The coordinator's setting of the medical regulation: look at its effect, then save it.

use axum::extract::{Query, State};
use relais_app::error::AppError;
use relais_app::reference::motives::Motives;
use relais_app::regulation::settings::{DAYS, Effect, Held, code, motives};
use relais_core::cascade::Regulation;
use relais_core::slug::Slug;

use super::{direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{Choice, Form};
use crate::show::{self, qualify};
use crate::views::{RegulationPage, SettingRow};
use crate::web::Web;

/// The address of the page.
pub(crate) const PAGE: &str = "/reglages/regulation";

/// The setting a form or an address chooses; `None` when it chooses none.
fn chosen(fields: &Fields) -> Option<Regulation> {
    Some(match fields.get("regle") {
        "when-unknown" => Regulation::WhenUnknown,
        "always" => Regulation::Always,
        "for-motives" => Regulation::ForMotives(
            fields
                .all("motif")
                .iter()
                .filter_map(|code| Slug::new(code).ok())
                .collect(),
        ),
        _ => return None,
    })
}

/// `GET /reglages/regulation`, with the effect of a choice when the address has one.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    let mut fields = Fields::default();
    for (name, value) in pairs {
        fields.0.entry(name).or_default().push(value);
    }
    let Some(wanted) = chosen(&fields) else {
        let mut page = page(&web, &signed, None, Form::default()).await?;
        if fields.get("dit") == "reglages" {
            page.desk.toast = Some(crate::parts::Toast {
                text: "Réglage enregistré.".to_owned(),
                link: None,
                undo: None,
            });
        }
        return html(&page);
    };
    match web
        .app
        .preview_regulation(&signed.who(), wanted.clone())
        .await
    {
        Ok(effect) => {
            let form = fields.again(Vec::new());
            html(&page(&web, &signed, Some((wanted, effect)), form).await?)
        }
        Err(error) => again(&web, &signed, &fields, error).await,
    }
}

/// `POST /reglages/regulation`
pub(crate) async fn save(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let Some(wanted) = chosen(&fields) else {
        let message = "Choisissez une règle dans la liste.";
        return Err(Fail(AppError::invalid("/regle", message)));
    };
    let version = fields.get("version").parse().unwrap_or(-1);
    match web.app.set_regulation(&signed.who(), version, wanted).await {
        Ok(()) => see_other(&format!("{PAGE}?dit=reglages")),
        Err(error) => again(&web, &signed, &fields, error).await,
    }
}

async fn again(web: &Web, signed: &Signed, fields: &Fields, error: AppError) -> Answer {
    let message = match &error {
        AppError::Invalid(errors) => errors
            .first()
            .map(|wrong| wrong.message.trim_end_matches('.').to_owned())
            .unwrap_or_default(),
        _ => return Err(Fail(error)),
    };
    let form = fields.again(Vec::new()).wrong("motif", &message);
    direct::unprocessable(&page(web, signed, None, form).await?)
}

async fn page(
    web: &Web,
    signed: &Signed,
    effect: Option<(Regulation, Effect)>,
    form: Form,
) -> Result<RegulationPage, Fail> {
    let eye = eye(web, signed).await?;
    let when = eye.when();
    let held = web.app.regulation_setting(&signed.who()).await?;
    let title = if form.errors().is_empty() {
        "Régulation médicale"
    } else {
        "Erreur\u{a0}: régulation médicale"
    };
    let form = if form.value("regle").is_empty() {
        filled(form, &held)
    } else {
        form
    };
    Ok(RegulationPage {
        desk: show::desk(web, &eye, signed, title, PAGE),
        form,
        rules: Choice::list(&[
            ("when-unknown", "Seulement en cas de doute"),
            ("for-motives", "En cas de doute, et pour les motifs cochés"),
            ("always", "Toujours"),
        ]),
        motives: qualify::motive_choices(),
        version: held.version.to_string(),
        now: words(&held.regulation),
        kept: effect
            .as_ref()
            .map(|(wanted, _)| kept(wanted))
            .unwrap_or_default(),
        effect: effect
            .map(|(wanted, effect)| sentences(&wanted, &effect))
            .unwrap_or_default(),
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
                what: words(&version.regulation),
            })
            .collect(),
    })
}

fn filled(mut form: Form, held: &Held) -> Form {
    form = form.with("regle", code(&held.regulation));
    for motive in motives(&held.regulation) {
        form = form.with("motif", &motive);
    }
    form
}

fn kept(wanted: &Regulation) -> Vec<(String, String)> {
    let mut kept = vec![("regle".to_owned(), code(wanted).to_owned())];
    kept.extend(
        motives(wanted)
            .into_iter()
            .map(|motive| ("motif".to_owned(), motive)),
    );
    kept
}

/// A setting in a sentence.
fn words(regulation: &Regulation) -> String {
    match regulation {
        Regulation::WhenUnknown => "seulement en cas de doute aux questions de gravité.".to_owned(),
        Regulation::Always => "toujours.".to_owned(),
        Regulation::ForMotives(motives) => {
            let labels: Vec<_> = motives
                .iter()
                .map(|code| show::lower(Motives::shipped().label(code)))
                .collect();
            format!("en cas de doute, et pour\u{a0}: {}.", labels.join(" · "))
        }
    }
}

/// What a choice would have done, with its base.
fn sentences(wanted: &Regulation, effect: &Effect) -> Vec<String> {
    let through = effect.doubt + effect.setting;
    let base = if effect.capped {
        format!("Sur les {} demandes les plus récentes", effect.all)
    } else {
        format!("Sur les {DAYS} derniers jours")
    };
    let mut said = vec![format!("Choix\u{a0}: {}", words(wanted))];
    said.push(match effect.all {
        0 => format!("{base}, aucune demande n’a été lancée."),
        all => format!(
            "{base}, {through} demande{} sur {all} {} par le régulateur\u{a0}: {} pour un doute, {} par ce réglage.",
            if through > 1 { "s" } else { "" },
            if through > 1 { "seraient passées" } else { "serait passée" },
            effect.doubt,
            effect.setting
        ),
    });
    said
}
