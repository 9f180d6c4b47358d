//! The steps of a version that are one button: prepared, read again, written again, put in force,
//! withdrawn.

use std::future::Future;

use axum::extract::{Path, State};
use jiff::civil::Date;
use relais_app::error::AppError;
use relais_app::protocols::versions::Seen;
use relais_core::time::Instant;

use super::{Asked, seen, shown, told};
use crate::fail::{Answer, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::pages::eye;
use crate::parts::FieldError;
use crate::show::protocols::address;
use crate::web::Web;

/// Does something to the version somebody looked at, and says so on its page.
async fn stepped<D>(code: &str, fields: &Fields, word: &str, act: impl FnOnce(Seen) -> D) -> Answer
where
    D: Future<Output = Result<(), AppError>>,
{
    let step = seen(code, fields)?;
    let version = step.version;
    act(step).await?;
    told(code, version, word)
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
    let who = signed.who();
    stepped(&code, &fields, "relue", |step| {
        web.app.review_protocol(&who, step)
    })
    .await
}

/// `POST /protocoles/{code}/reprendre`
pub(crate) async fn reopen(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let who = signed.who();
    stepped(&code, &fields, "reprise", |step| {
        web.app.reopen_protocol(&who, step)
    })
    .await
}

/// `POST /protocoles/{code}/retirer`
pub(crate) async fn retire(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let who = signed.who();
    stepped(&code, &fields, "retiree", |_| {
        web.app.retire_protocol(&who, &code)
    })
    .await
}

/// `POST /protocoles/{code}/vigueur`
pub(crate) async fn enforce(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let from = fields.get("depuis").parse::<Date>().ok();
    let from = from.and_then(|day| day.to_zoned((*eye.zone).clone()).ok());
    let Some(from) = from else {
        let error = FieldError {
            name: "depuis".to_owned(),
            message: "Choisissez un jour, par exemple 24/11/2026.".to_owned(),
        };
        let asked = Asked {
            version: Some(seen(&code, &fields)?.version),
            ..Asked::default()
        };
        let form = fields.again(vec![error]);
        return shown(&web, &signed, &code, &asked, Some(form)).await;
    };
    let from = Instant::from_millis(from.timestamp().as_millisecond());
    let who = signed.who();
    let enforced = |step| web.app.enforce_protocol(&who, step, from);
    stepped(&code, &fields, "vigueur", enforced).await
}
