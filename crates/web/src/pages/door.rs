//! Signing in and out.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, header};
use relais_app::accounts::psc::Trouble;
use relais_app::accounts::signin::Attempt;
use relais_app::error::AppError;
use relais_app::text::psc::at_the_door;
use serde::Deserialize;

use super::home_of;
use crate::caller::Caller;
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::{Perhaps, Signed, cookie_value, encode, too_many};
use crate::parts::{FieldError, Form};
use crate::problem::tell;
use crate::views::{DoorPage, GoodbyePage};
use crate::web::Web;

/// What the address of the page may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(super) suite: String,
    #[serde(default)]
    raison: String,
}

/// A path of ours to come back to; anything else leads home.
pub(super) fn own_path(text: &str) -> String {
    // Browsers leave tabs out: "/<tab>/elsewhere" would lead to another site.
    let ours = text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains(['\\', ':'])
        && !text.contains(char::is_control);
    if ours { text.to_owned() } else { String::new() }
}

/// `GET /connexion`
pub(crate) async fn show(
    State(web): State<Web>,
    Perhaps(signed): Perhaps,
    Query(asked): Query<Asked>,
) -> Answer {
    if let Some(signed) = &signed
        && !matches!(asked.raison.as_str(), "identite" | "recente")
    {
        return see_other(home_of(signed.actor().role));
    }
    let trouble = asked
        .raison
        .strip_prefix("psc-")
        .and_then(Trouble::from_code);
    let why = match asked.raison.as_str() {
        "fin" => "Votre session est finie. Rien n’est perdu\u{a0}: reconnectez-vous.",
        "identite" => {
            "Pour voir une identité, reconnectez-vous\u{a0}: votre dernière connexion date."
        }
        "recente" => {
            "Pour changer vos moyens de connexion, reconnectez-vous\u{a0}: votre dernière connexion a plus de quinze minutes."
        }
        _ => trouble.map_or("", at_the_door),
    };
    html(&page(&web, Form::default(), own_path(&asked.suite), why))
}

fn page(web: &Web, form: Form, next: String, why: &str) -> DoorPage {
    DoorPage {
        form,
        psc: web
            .app
            .has_identity_provider()
            .then(|| way_in(super::psc::PAGE, &next)),
        next,
        why: why.to_owned(),
        keys: web.app.passkey_site(),
        demo: web.is_demo(),
    }
}

/// An address that goes on to `next`.
fn way_in(address: &str, next: &str) -> String {
    if next.is_empty() {
        address.to_owned()
    } else {
        format!("{address}?suite={}", encode(next))
    }
}

/// `POST /connexion`
pub(crate) async fn open(
    State(web): State<Web>,
    Caller(source): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let known = cookie_value(&headers, known_name(&web)).unwrap_or_default();
    // Whoever hammers from the same address does not keep out a browser that was let in before.
    match web.app.browser_of(fields.get("login"), &known)? {
        Some(browser) => web.limits.browser(&browser),
        None => web.limits.door(&source),
    }
    .map_err(|wait| Fail(too_many(&web, wait)))?;
    let device = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let attempt = Attempt {
        login: fields.get("login").to_owned(),
        password: fields
            .0
            .get("password")
            .and_then(|values| values.first())
            .cloned()
            .unwrap_or_default(),
        code: fields.get("code").to_owned(),
        source: source.home().to_owned(),
        device: device.to_owned(),
        shared_computer: !fields.get("shared").is_empty(),
        known,
    };
    let next = own_path(fields.get("suite"));
    match web.app.sign_in(attempt).await {
        Ok(token) => {
            let known = web.app.known_browser(fields.get("login"))?;
            let mut response = signed_in(&web, &token, &next);
            set(&web, &mut response, known_name(&web), &known, KNOWN_S);
            Ok(response)
        }
        Err(error) => refused(&web, &fields, next, error),
    }
}

/// The page again, with why somebody was not let in.
pub(super) fn refused(web: &Web, fields: &Fields, next: String, error: AppError) -> Answer {
    if !matches!(
        error,
        AppError::Problem { status: 401, .. } | AppError::TooMany { .. }
    ) {
        return Err(Fail(error));
    }
    let when = relais_app::text::when::When::new(web.now(), &web.zone);
    let told = tell(&error, &when);
    let mut kept = fields.clone();
    kept.0.retain(|name, _| name == "login");
    let form = kept.again(vec![FieldError {
        name: "login".to_owned(),
        message: told.detail.trim_end_matches('.').to_owned(),
    }]);
    let mut response = html(&page(web, form, next, ""))?;
    *response.status_mut() = told.status;
    Ok(response)
}

/// The answer that carries the session's cookie.
pub(crate) fn signed_in(web: &Web, token: &str, next: &str) -> Response {
    let next = if next.is_empty() { "/" } else { next };
    let mut response = Redirect::to(next).into_response();
    set_cookie(web, &mut response, token, 30 * 24 * 3600);
    response
}

/// Half a year: as long as a browser is remembered to have been let in.
const KNOWN_S: u32 = 182 * 24 * 3_600;

/// The cookie of a browser that was let in before: it opens nothing, and outlives a session.
fn known_name(web: &Web) -> &'static str {
    if web.site.secure_cookies {
        "__Host-relais-connu"
    } else {
        "relais-connu"
    }
}

fn set_cookie(web: &Web, response: &mut Response, token: &str, seconds: u32) {
    set(web, response, web.cookie_name(), token, seconds);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

fn set(web: &Web, response: &mut Response, name: &str, value: &str, seconds: u32) {
    let secure = if web.site.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// `POST /deconnexion`
pub(crate) async fn close(State(web): State<Web>, signed: Signed) -> Answer {
    let mut farewell = None;
    if let Some(token) = &signed.session {
        farewell = web.app.psc_farewell(token).await?;
        web.app.close_session(token).await?;
    }
    let mut response = match farewell {
        // A form of ours is not sent elsewhere, even by a redirect: the way there is a link.
        Some(browser) => {
            let mut response = html(&GoodbyePage)?;
            super::psc::keep(&web, &mut response, &browser);
            response
        }
        None => see_other(if web.is_demo() { "/demo" } else { "/connexion" })?,
    };
    set_cookie(&web, &mut response, "", 0);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn one_comes_back_to_our_own_pages_only() {
        assert_eq!(own_path("/demandes/req_1?x=1"), "/demandes/req_1?x=1");
        for text in [
            "//evil.fr",
            "https://evil.fr",
            "/\\evil.fr",
            "javascript:alert(1)",
            "/x\r\nSet-Cookie: a",
            "/\t/evil.fr",
            "",
        ] {
            assert_eq!(own_path(text), "", "{text}");
        }
    }
}
