//! The coordinator asks a clinician of the network to sign a version; the signature is theirs alone
//! ([`crate::pages::signatures`]).

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use relais_app::directory::Suggestion;
use relais_app::error::AppError;
use relais_app::protocols::versions::{MONTHS_MAX, may_sign};
use serde::Deserialize;
use serde_json::json;

use super::{Asked, seen, titled, told};
use crate::fail::{Answer, Fail, html};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::pages::{direct, eye};
use crate::parts::{Choice, FieldError, Form};
use crate::show::protocols::{PAGE, address};
use crate::typed::{is_shared_name, professional_label, read_professional};
use crate::views::ProtocolSignPage;
use crate::web::Web;

/// People suggested at once.
const SUGGESTED: usize = 8;
/// People of that name looked at.
const LOOKED_AT: usize = 60;

/// `GET /protocoles/{code}/signer`
pub(crate) async fn sign_page(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let who = signed.who();
    let opened = web.app.open_protocol(&who, &code, asked.version).await?;
    let seen = (opened.version.version, opened.version.revision);
    html(&asking(&web, &signed, &code, seen, Form::default()).await?)
}

async fn asking(
    web: &Web,
    signed: &Signed,
    code: &str,
    (version, revision): (i64, i64),
    form: Form,
) -> Result<ProtocolSignPage, Fail> {
    let eye = eye(web, signed).await?;
    let base = address(code);
    let months = [3, 6, 12, 18, MONTHS_MAX];
    let title = titled(&form, format!("Signature de {code}"));
    Ok(ProtocolSignPage {
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
pub(crate) async fn ask(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let step = seen(&code, &fields)?;
    let (version, revision) = (step.version, step.revision);
    let directory = web.app.directory().await?;
    let typed = fields.get("signataire");
    let months = fields.get("mois").parse().unwrap_or(0);
    let wrong = |name: &str, message: &str| FieldError {
        name: name.to_owned(),
        message: message.trim_end_matches('.').to_owned(),
    };
    let errors = match read_professional(&directory, typed) {
        None if is_shared_name(&directory, typed) => vec![wrong(
            "signataire",
            "Plusieurs personnes portent ce nom. Choisissez dans la liste",
        )],
        None => vec![wrong(
            "signataire",
            "Choisissez dans la liste, ou écrivez le numéro RPPS",
        )],
        Some(rpps) => match web
            .app
            .ask_signature(&signed.who(), step, &rpps, months)
            .await
        {
            Ok(()) => return told(&code, version, "demandee"),
            Err(AppError::Invalid(refused)) => refused
                .iter()
                .map(|error| {
                    let name = if error.pointer == "/months" {
                        "mois"
                    } else {
                        "signataire"
                    };
                    wrong(name, &error.message)
                })
                .collect(),
            Err(other) => return Err(Fail(other)),
        },
    };
    let form = fields.again(errors);
    let page = asking(&web, &signed, &code, (version, revision), form).await?;
    direct::unprocessable(&page)
}

/// What was typed of a name.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    q: String,
}

/// `GET /protocoles/signataires?q=`: members of the network who may sign.
pub(crate) async fn signatories(
    State(web): State<Web>,
    signed: Signed,
    Query(typed): Query<Typed>,
) -> Answer {
    let (network, now) = (signed.actor().network, web.now());
    let found = web
        .app
        .suggest_professionals(&signed.who(), typed.q, None, LOOKED_AT)
        .await?;
    let directory = web.app.directory().await?;
    let items: Vec<_> = found
        .iter()
        .filter_map(|one| match one {
            Suggestion::Member(id) => directory.person(*id),
            Suggestion::Outside(_) => None,
        })
        .filter(|person| may_sign(person, network, now))
        .take(SUGGESTED)
        .map(professional_label)
        .map(|(label, rpps)| json!({ "label": label, "rpps": rpps }))
        .collect();
    Ok(Json(json!({ "items": items })).into_response())
}
