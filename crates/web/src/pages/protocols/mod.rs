//! The territory's sheets: read, compared, printed, tried, and taken from step to step. Owns what the
//! addresses and forms say; every step is a use case of the application.

mod edit;
mod trial;

pub(crate) use edit::{change, edit};
pub(crate) use trial::walk;

use axum::extract::{Path, Query, State};
use jiff::civil::Date;
use relais_app::error::AppError;
use relais_app::protocols::versions::{MONTHS_MAX, Opened, Seen, Version};
use relais_app::protocols::{Book, InForce, Sheet, Standing, check, form};
use relais_core::access::Role;
use relais_core::time::Instant;
use serde::Deserialize;

use super::eye;
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{Choice, FieldError, Form, Toast};
use crate::show::protocols::{self as show, PAGE, address};
use crate::views::{ProtocolPaperPage, ProtocolSignPage};
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
        "signee" => "Signature enregistrée.",
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
pub(crate) async fn list(State(web): State<Web>, signed: Signed) -> Answer {
    listed(&web, &signed, Form::default()).await
}

async fn listed(web: &Web, signed: &Signed, form: Form) -> Answer {
    let eye = eye(web, signed).await?;
    let book = web.app.protocols(signed.actor().network).await?;
    let rows = web.app.list_protocols(&signed.who()).await?;
    let title = titled(&form, "Fiches d’orientation".to_owned());
    let desk = crate::show::desk(web, &eye, signed, &title, PAGE);
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
    listed(&web, &signed, fields.again(errors)).await
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
    let demo = web.is_demo();
    html(&show::one(
        &eye,
        desk,
        &actor,
        &opened,
        compared.as_ref(),
        form,
        demo,
    ))
}

/// `POST /protocoles/{code}/preparer`
pub(crate) async fn draft(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let from = seen(&code, &fields)?.version;
    let number = web.app.draft_protocol(&signed.who(), &code, from).await?;
    see_other(&format!("{}/modifier?version={number}", address(&code)))
}

/// `POST /protocoles/{code}/relire`
pub(crate) async fn review(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let step = seen(&code, &fields)?;
    let version = step.version;
    web.app.review_protocol(&signed.who(), step).await?;
    told(&code, version, "relue")
}

/// `POST /protocoles/{code}/reprendre`
pub(crate) async fn reopen(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let step = seen(&code, &fields)?;
    let version = step.version;
    web.app.reopen_protocol(&signed.who(), step).await?;
    told(&code, version, "reprise")
}

/// `POST /protocoles/{code}/retirer`
pub(crate) async fn retire(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let version = seen(&code, &fields)?.version;
    web.app.retire_protocol(&signed.who(), &code).await?;
    told(&code, version, "retiree")
}

/// `POST /protocoles/{code}/vigueur`
pub(crate) async fn enforce(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let step = seen(&code, &fields)?;
    let version = step.version;
    let eye = eye(&web, &signed).await?;
    let from = fields.get("depuis").parse::<Date>().ok();
    let from = from.and_then(|day| day.to_zoned((*eye.zone).clone()).ok());
    let Some(from) = from else {
        let error = FieldError {
            name: "depuis".to_owned(),
            message: "Choisissez un jour, par exemple 24/11/2026.".to_owned(),
        };
        let asked = Asked {
            version: Some(version),
            ..Asked::default()
        };
        return shown(
            &web,
            &signed,
            &code,
            &asked,
            Some(fields.again(vec![error])),
        )
        .await;
    };
    let from = Instant::from_millis(from.timestamp().as_millisecond());
    web.app.enforce_protocol(&signed.who(), step, from).await?;
    told(&code, version, "vigueur")
}

/// `GET /protocoles/{code}/signer`: asks for a fresh authentication before anything is typed.
pub(crate) async fn sign_page(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    signed.fresh()?;
    let opened = web
        .app
        .open_protocol(&signed.who(), &code, asked.version)
        .await?;
    let revision = opened.version.revision;
    let form = Form::default();
    signing(
        &web,
        &signed,
        &code,
        (opened.version.version, revision),
        form,
    )
    .await
}

async fn signing(
    web: &Web,
    signed: &Signed,
    code: &str,
    (version, revision): (i64, i64),
    form: Form,
) -> Answer {
    let eye = eye(web, signed).await?;
    let base = address(code);
    let months = [3, 6, 12, 18, MONTHS_MAX];
    let title = titled(&form, format!("Signature de {code}"));
    html(&ProtocolSignPage {
        desk: crate::show::desk(web, &eye, signed, &title, PAGE),
        name: format!("{code}, version {version}"),
        action: format!("{base}/signer"),
        back: format!("{base}?version={version}"),
        seen: (version.to_string(), revision.to_string()),
        form,
        lengths: months
            .iter()
            .map(|months| Choice::new(months.to_string(), format!("{months} mois")))
            .collect(),
    })
}

/// `POST /protocoles/{code}/signer`
pub(crate) async fn sign(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    signed.fresh()?;
    let step = seen(&code, &fields)?;
    let (version, revision) = (step.version, step.revision);
    let mut errors = Vec::new();
    if fields.get("present").is_empty() {
        errors.push(FieldError {
            name: "present".to_owned(),
            message: "Cochez pour dire que cette personne signe aujourd’hui.".to_owned(),
        });
    }
    if errors.is_empty() {
        let months = fields.get("mois").parse().unwrap_or(0);
        let rpps = fields.get("rpps").to_owned();
        match web
            .app
            .sign_protocol(&signed.who(), step, &rpps, months)
            .await
        {
            Ok(()) => return told(&code, version, "signee"),
            Err(AppError::Invalid(refused)) => {
                errors.extend(refused.into_iter().map(|error| FieldError {
                    name: match error.pointer.as_str() {
                        "/months" => "mois".to_owned(),
                        _ => "rpps".to_owned(),
                    },
                    message: error.message,
                }));
            }
            Err(other) => return Err(Fail(other)),
        }
    }
    signing(
        &web,
        &signed,
        &code,
        (version, revision),
        fields.again(errors),
    )
    .await
}

/// The version shown as if it were in force, for paper and for trying.
fn as_if(opened: &Opened) -> InForce {
    InForce::new(
        opened.sheet.clone(),
        opened.version.version,
        standing(&opened.version),
    )
}

fn standing(version: &Version) -> Standing {
    match &version.signature {
        Some(signature) => Standing::Signed {
            by: signature.by.clone(),
            rpps: signature.rpps.clone(),
            at: signature.at,
            expires_at: signature.expires_at,
        },
        None => Standing::Demonstration,
    }
}

/// `GET /protocoles/{code}/imprimer`
pub(crate) async fn print_one(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let opened = web
        .app
        .open_protocol(&signed.who(), &code, asked.version)
        .await?;
    let book = Book::new([as_if(&opened)]);
    printed(&web, &signed, &book, address(&code)).await
}

/// `GET /protocoles/imprimer`: the trunk and every sheet in force.
pub(crate) async fn print_all(State(web): State<Web>, signed: Signed) -> Answer {
    let book = web.app.protocols(signed.actor().network).await?;
    printed(&web, &signed, &book, PAGE.to_owned()).await
}

async fn printed(web: &Web, signed: &Signed, book: &Book, back: String) -> Answer {
    let eye = eye(web, signed).await?;
    let sheets = book.trunk().into_iter().chain(book.sheets());
    let unsigned = book.is_demonstration();
    html(&ProtocolPaperPage {
        desk: crate::show::desk(web, &eye, signed, "Fiches à imprimer", PAGE),
        warning: if unsigned {
            crate::show::typeset(relais_app::protocols::file::warning())
        } else {
            String::new()
        },
        sheets: sheets.map(|version| show::paper(&eye, version)).collect(),
        back,
    })
}

/// The word of a nature in the editor: the kind and where a *yes* leads.
pub(super) fn nature(kind: &relais_core::triage::Kind) -> String {
    let ask = relais_core::triage::Ask::always(kind.clone());
    let yes = ask
        .on_yes()
        .map(|to| relais_app::protocols::destination::code(&to));
    format!("{}:{}", form::kind_word(kind), yes.unwrap_or_default())
}
