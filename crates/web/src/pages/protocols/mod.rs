//! The territory's sheets: read, compared, printed, tried, and taken from step to step. Owns what the
//! addresses and forms say; every step is a use case of the application.

mod bring;
mod edit;
mod fields;
mod paper;
mod sign;
mod steps;
mod trial;

pub(crate) use bring::{bring, bring_page, file, room};
pub(crate) use edit::{change, edit};
pub(crate) use paper::{print_all, print_one};
pub(crate) use sign::{ask, sign_page, signatories};
pub(crate) use steps::{draft, enforce, reopen, retire, review};
pub(crate) use trial::walk;

use axum::extract::{Path, Query, State};
use relais_app::error::AppError;
use relais_app::protocols::versions::Seen;
use relais_app::protocols::{Sheet, check, form};
use relais_core::access::Role;
use serde::Deserialize;

use super::eye;
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{FieldError, Form, Toast};
use crate::show::protocols::{self as show, PAGE, address};
use crate::web::Web;

/// What the address of a sheet may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    version: Option<i64>,
    avec: Option<i64>,
    #[serde(default)]
    dit: String,
}

/// What just happened.
fn toast(word: &str) -> Option<Toast> {
    let text = match word {
        "enregistre" => "Brouillon enregistré.",
        "relue" => "Version relue. Elle attend une signature.",
        "reprise" => "La version est de nouveau un brouillon.",
        "demandee" => "Signature demandée. La fiche attend dans l’activité de cette personne.",
        "vigueur" => "Entrée en vigueur enregistrée.",
        "retiree" => "Fiche retirée. Ses motifs passent par le médecin régulateur.",
        _ => return None,
    };
    Some(Toast {
        text: text.to_owned(),
        link: None,
        undo: None,
    })
}

/// The version somebody looked at, from the hidden fields of a step.
fn seen(code: &str, fields: &Fields) -> Result<Seen, Fail> {
    let number = |name: &str| fields.get(name).parse::<i64>();
    match (number("version"), number("revision")) {
        (Ok(version), Ok(revision)) => Ok(Seen {
            code: code.to_owned(),
            version,
            revision,
        }),
        _ => Err(Fail(AppError::NotFound)),
    }
}

/// The title of a page, which says first that something is wrong.
fn titled(form: &Form, title: String) -> String {
    if form.errors().is_empty() {
        title
    } else {
        format!("Erreur\u{a0}: {title}")
    }
}

fn told(code: &str, version: i64, word: &str) -> Answer {
    see_other(&format!("{}?version={version}&dit={word}", address(code)))
}

/// `GET /protocoles`
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Query(brought): Query<bring::Brought>,
) -> Answer {
    listed(&web, &signed, Form::default(), brought.toast()).await
}

async fn listed(web: &Web, signed: &Signed, form: Form, toast: Option<Toast>) -> Answer {
    let eye = eye(web, signed).await?;
    let book = web.app.protocols(signed.actor().network).await?;
    let rows = web.app.list_protocols(&signed.who()).await?;
    let title = titled(&form, "Fiches d’orientation".to_owned());
    let desk = crate::show::desk(web, &eye, signed, &title, PAGE).toast(toast);
    let form = (signed.actor().role == Role::Coordinator).then_some(form);
    html(&show::list(&eye, desk, &book, &rows, form))
}

/// `POST /protocoles`
pub(crate) async fn create(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let (code, title) = (fields.get("code").to_uppercase(), fields.get("libelle"));
    let sheet = Sheet::empty(&code, title);
    let mut errors = Vec::new();
    let mut wrong = |name: &str, message: String| {
        errors.push(FieldError {
            name: name.to_owned(),
            message,
        });
    };
    let faults = sheet.faults();
    if faults.iter().any(|fault| fault.wrong == check::Wrong::Code) {
        wrong("code", relais_app::text::triage::fault(&check::Wrong::Code));
    }
    if title.is_empty() {
        wrong("libelle", "Donnez un titre à la fiche.".to_owned());
    }
    if errors.is_empty() {
        match web.app.create_protocol(&signed.who(), sheet).await {
            Ok(()) => return see_other(&format!("{}/modifier?version=1", address(&code))),
            Err(AppError::Invalid(refused)) => {
                errors.extend(refused.into_iter().map(|error| FieldError {
                    name: error.pointer.trim_start_matches('/').to_owned(),
                    message: error.message,
                }));
            }
            Err(other) => return Err(Fail(other)),
        }
    }
    listed(&web, &signed, fields.again(errors), None).await
}

/// `GET /protocoles/{code}`
pub(crate) async fn read(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    shown(&web, &signed, &code, &asked, None).await
}

async fn shown(
    web: &Web,
    signed: &Signed,
    code: &str,
    asked: &Asked,
    form: Option<Form>,
) -> Answer {
    let eye = eye(web, signed).await?;
    let who = signed.who();
    let opened = web.app.open_protocol(&who, code, asked.version).await?;
    let compared = match asked.avec {
        Some(version) => Some(web.app.open_protocol(&who, code, Some(version)).await?),
        None => None,
    };
    let title = format!("Fiche {}", opened.version.code);
    let title = form
        .as_ref()
        .map_or(title.clone(), |form| titled(form, title));
    let desk = crate::show::desk(web, &eye, signed, &title, PAGE).toast(toast(&asked.dit));
    let actor = signed.actor();
    let base = web.app.settings().base_url.clone();
    html(&show::one(
        &eye,
        desk,
        &actor,
        &opened,
        compared.as_ref(),
        form,
        (&base, web.is_demo()),
    ))
}

/// The word of a nature in the editor: the kind and where a *yes* leads.
pub(super) fn nature(kind: &relais_core::triage::Kind) -> String {
    let ask = relais_core::triage::Ask::always(kind.clone());
    let yes = ask
        .on_yes()
        .map(|to| relais_app::protocols::destination::code(&to));
    format!("{}:{}", form::kind_word(kind), yes.unwrap_or_default())
}
