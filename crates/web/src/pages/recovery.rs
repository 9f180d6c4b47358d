//! An access given back in person: the coordinator's page that says a code once, and the page where
//! whoever lost every way in types it.

use axum::extract::State;
use http::{HeaderMap, header};
use relais_app::error::AppError;

use super::door::signed_in;
use super::{direct, eye, keys};
use crate::caller::Caller;
use crate::fail::{Answer, Fail, html};
use crate::forms::{Fields, same_names};
use crate::gate::{Signed, cross_site, too_many};
use crate::origin::{Source, source};
use crate::parts::{FieldError, Form};
use crate::problem::tell;
use crate::show;
use crate::views::{GivenCode, RecoverPage, RecoveryPage};
use crate::web::Web;

/// Where a coordinator gives a code.
pub(crate) const PAGE: &str = "/reglages/acces";
/// Where it is used.
pub(crate) const USE: &str = "/connexion/secours";

async fn page(
    web: &Web,
    signed: &Signed,
    form: Form,
    given: Option<GivenCode>,
) -> Result<RecoveryPage, Fail> {
    let eye = eye(web, signed).await?;
    let title = if form.errors().is_empty() {
        "Rendre un accès"
    } else {
        "Erreur\u{a0}: rendre un accès"
    };
    Ok(RecoveryPage {
        desk: show::desk(web, &eye, signed, title, PAGE),
        form,
        given,
        address: format!("{}{USE}", web.app.settings().base_url),
    })
}

/// `GET /reglages/acces`
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    html(&page(&web, &signed, Form::default(), None).await?)
}

/// `POST /reglages/acces`: the code is on the answer, and nowhere after.
pub(crate) async fn give(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    signed.fresh()?;
    match web
        .app
        .recovery_give(&signed.who(), fields.get("login"))
        .await
    {
        Ok(given) => {
            let (one, other) = given.code.split_at(given.code.len() / 2);
            let given = GivenCode {
                name: given.name,
                login: given.login,
                code: format!("{one}\u{a0}{other}"),
            };
            html(&page(&web, &signed, Form::default(), Some(given)).await?)
        }
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, form, None).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `GET /connexion/secours`
pub(crate) async fn door() -> Answer {
    html(&RecoverPage {
        form: Form::default(),
    })
}

/// `POST /connexion/secours`
pub(crate) async fn recover(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    if source(&headers) != Source::Own {
        return Err(Fail(cross_site()));
    }
    web.limits
        .door(&caller)
        .map_err(|wait| Fail(too_many(&web, wait)))?;
    let agent = headers.get(header::USER_AGENT);
    let device = agent.and_then(|value| value.to_str().ok());
    let device = device.unwrap_or_default().to_owned();
    let (login, code) = (fields.get("login"), fields.get("code"));
    match web.app.recover(login, code, caller.home(), device).await {
        Ok(token) => Ok(signed_in(&web, &token, keys::PAGE)),
        Err(error @ (AppError::Problem { status: 401, .. } | AppError::TooMany { .. })) => {
            let when = relais_app::text::when::When::new(web.now(), &web.zone);
            let told = tell(&error, &when);
            let mut kept = fields.clone();
            kept.0.retain(|name, _| name == "login");
            let form = kept.again(vec![FieldError {
                name: "login".to_owned(),
                message: told.detail.trim_end_matches('.').to_owned(),
            }]);
            let mut response = html(&RecoverPage { form })?;
            *response.status_mut() = told.status;
            Ok(response)
        }
        Err(error) => Err(Fail(error)),
    }
}
