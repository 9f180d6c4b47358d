//! Pro Santé Connect: a browser leaves for the provider and comes back. Its cookie holds chance, for
//! these ten minutes only. Refuses to say anything of a proof in an address: a word, and the page
//! that is shown says the sentence.

use axum::extract::{Query, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use relais_app::accounts::psc::{Arrived, Errand, Leaving, Returning, Trouble};
use relais_app::error::AppError;
use serde::Deserialize;

use super::door::{own_path, signed_in};
use super::signup;
use crate::caller::{Address, Caller};
use crate::fail::{Answer, Fail, see_other};
use crate::gate::{cookie_value, encode, too_many};
use crate::web::Web;

/// Where one leaves to sign in.
pub(crate) const PAGE: &str = "/connexion/psc";
/// Where one leaves to prove whose application it is.
pub(crate) const PROVE: &str = "/inscription/psc";
/// Where the provider's own session is ended.
pub(crate) const END: &str = "/connexion/psc/fin";
/// Longest value of an address looked at.
const VALUE_MAX: usize = 4_096;
/// A little more than the time one has over there.
const LIFE_S: u32 = 11 * 60;

/// What the address of the first page may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    suite: String,
}

/// What the provider puts in the address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
}

fn name(web: &Web) -> &'static str {
    if web.site.secure_cookies {
        "__Host-relais-psc"
    } else {
        "relais-psc"
    }
}

/// Gives a browser what it keeps until it comes back.
pub(super) fn keep(web: &Web, response: &mut Response, token: &str) {
    set(web, response, token, LIFE_S);
}

fn set(web: &Web, response: &mut Response, token: &str, seconds: u32) {
    let secure = if web.site.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!(
        "{}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        name(web)
    );
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn limited(web: &Web, caller: &Address) -> Result<(), Fail> {
    if !web.app.has_identity_provider() {
        return Err(Fail(AppError::NotFound));
    }
    web.limits
        .door(caller)
        .map_err(|wait| Fail(too_many(web, wait)))
}

/// The page that says why nothing was opened.
fn why(trouble: Trouble, for_application: bool, next: &str) -> String {
    let code = trouble.code();
    if for_application {
        return format!("{}?psc={code}", signup::STATE);
    }
    let next = if next.is_empty() {
        String::new()
    } else {
        format!("&suite={}", encode(next))
    };
    format!("/connexion?raison=psc-{code}{next}")
}

async fn leave(web: &Web, errand: Errand) -> Answer {
    let (for_application, next) = match &errand {
        Errand::SignIn { next } => (false, next.clone()),
        Errand::Proof { .. } => (true, String::new()),
    };
    match web.app.psc_leave(errand).await? {
        Ok(Leaving { address, browser }) => {
            let mut response = see_other(&address)?;
            keep(web, &mut response, &browser);
            Ok(response)
        }
        Err(trouble) => see_other(&why(trouble, for_application, &next)),
    }
}

/// `GET /connexion/psc`
pub(crate) async fn sign_in(
    State(web): State<Web>,
    Caller(caller): Caller,
    Query(asked): Query<Asked>,
) -> Answer {
    limited(&web, &caller)?;
    let next = own_path(&asked.suite);
    leave(&web, Errand::SignIn { next }).await
}

/// `GET /inscription/psc`
pub(crate) async fn prove(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Answer {
    limited(&web, &caller)?;
    let Some(token) = signup::token(&web, &headers) else {
        return see_other(signup::PAGE);
    };
    match web.app.signup_errand(&token).await {
        Ok(errand) => leave(&web, errand).await,
        Err(AppError::NotFound) => see_other(signup::PAGE),
        Err(error) => Err(Fail(error)),
    }
}

/// `GET /connexion/psc/retour`
pub(crate) async fn back(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Answer {
    limited(&web, &caller)?;
    let bounded = |text: String| {
        if text.len() <= VALUE_MAX {
            text
        } else {
            String::new()
        }
    };
    let device = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let returning = Returning {
        state: bounded(back.state),
        code: bounded(back.code),
        error: bounded(back.error),
        browser: cookie_value(&headers, name(&web)).unwrap_or_default(),
        device: device.unwrap_or_default().to_owned(),
    };
    let arrived = web.app.psc_return(returning).await?;
    // What opened nothing of this way out may be another tab's, which is still over there.
    let stays = matches!(arrived, Arrived::Not(Trouble::Expired, _));
    let mut response = match arrived {
        Arrived::SignedIn { session, next } => signed_in(&web, &session, &next),
        Arrived::Proved => see_other(signup::STATE)?,
        Arrived::Not(trouble, application) => see_other(&why(trouble, application.is_some(), ""))?,
    };
    if !stays {
        set(&web, &mut response, "", 0);
    }
    Ok(response)
}

/// `GET /connexion/psc/fin`: leaves for where the provider's session is ended.
pub(crate) async fn end(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Answer {
    limited(&web, &caller)?;
    let browser = cookie_value(&headers, name(&web)).unwrap_or_default();
    let address = web.app.psc_end(&browser).await?;
    let mut response = see_other(address.as_deref().unwrap_or("/connexion"))?;
    if address.is_some() {
        set(&web, &mut response, "", 0);
    }
    Ok(response)
}
