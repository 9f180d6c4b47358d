//! The gate every route stands behind: who asks, whether they may, whether it came from one of our
//! own pages, how often; and how a refusal is told. Nothing reaches a handler without it.

use axum::Extension;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use relais_app::accounts::session::SignedIn;
use relais_app::app::Who;
use relais_app::error::AppError;
use relais_app::tasks::deliver::Known;
use relais_app::text::when::When;
use relais_core::access::{Actor, Role};
use relais_core::time::{Duration, Instant};

use crate::fail::Fail;
use crate::origin::{Source, source};
use crate::problem::{Told, tell};
use crate::right::Right;
use crate::web::Web;

/// What an address is for: decides how one signs in to it and how it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// A page, for a person with a browser.
    Page,
    /// A piece of a page, or a stream: refused with a status, never by sending elsewhere.
    Part,
    /// JSON, for a program with a token.
    Api,
    /// JSON, for the provider of a gateway with its secret.
    Gateway,
}

/// What a route declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate {
    pub(crate) right: Right,
    pub(crate) surface: Surface,
}

/// Somebody signed in, as handlers see them.
#[derive(Clone, Debug)]
pub struct Signed {
    pub(crate) account: SignedIn,
    pub(crate) source: &'static str,
    /// The session's token, when it is a session; needed to end it.
    pub(crate) session: Option<String>,
}

impl Signed {
    /// For a use case.
    pub(crate) fn who(&self) -> Who {
        self.account.who(self.source)
    }

    /// For the rules.
    pub(crate) const fn actor(&self) -> Actor {
        self.account.actor
    }

    /// Whether an identity may be shown (R6).
    ///
    /// # Errors
    /// [`AppError::StepUp`] when the authentication is too old.
    pub(crate) fn strong(&self) -> Result<(), AppError> {
        if self.account.strong {
            Ok(())
        } else {
            Err(AppError::StepUp)
        }
    }
}

impl Signed {
    /// Whether a signature may be recorded: an authentication of minutes.
    ///
    /// # Errors
    /// [`AppError::StepUp`] when it is older.
    pub(crate) fn fresh(&self) -> Result<(), AppError> {
        if self.account.fresh {
            Ok(())
        } else {
            Err(AppError::StepUp)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        // Present on every route that asks for somebody: the gate put it there.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Fail(AppError::SignedOut))
    }
}

/// Somebody, or nobody.
#[derive(Clone, Debug)]
pub struct Perhaps(pub(crate) Option<Signed>);

impl<S: Send + Sync> FromRequestParts<S> for Perhaps {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Signed>().cloned()))
    }
}

/// The gate itself.
pub(crate) async fn guard(
    State(gate): State<Gate>,
    Extension(web): Extension<Web>,
    mut request: Request,
    next: Next,
) -> Response {
    let target = request
        .uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string);
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let admitted = match provider(&web, gate, &request) {
        Ok(Some(known)) => {
            request.extensions_mut().insert(known);
            Ok(None)
        }
        Ok(None) => admit(&web, gate, request.headers(), reading).await,
        Err(error) => Err(error),
    };
    let response = match admitted {
        Ok(signed) => {
            if let Some(signed) = signed {
                request.extensions_mut().insert(signed);
            }
            next.run(request).await
        }
        Err(error) => Fail(error).into_response(),
    };
    let mut response = match response.extensions().get::<Fail>().cloned() {
        Some(Fail(error)) => refuse(&web, gate, &error, &target, reading),
        None if is_unreadable_path(&response) => {
            refuse(&web, gate, &AppError::NotFound, &target, reading)
        }
        None => response,
    };
    if !gate.right.is_open() || gate.surface == Surface::Api {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// A part of the address that is no text (`%FF`): the framework's own words, which are in English and no problem of
/// ours (RFC 9457). Such an address leads nowhere.
fn is_unreadable_path(response: &Response) -> bool {
    let plain = |value: &HeaderValue| value.as_bytes().starts_with(b"text/plain");
    response.status() == StatusCode::BAD_REQUEST
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(plain)
}

/// The provider of a gateway, where one is asked for: known by its secret, or refused.
fn provider(web: &Web, gate: Gate, request: &Request) -> Result<Option<Known>, AppError> {
    if gate.surface != Surface::Gateway {
        return Ok(None);
    }
    let path = request.uri().path();
    let secret = match path.strip_prefix(crate::provider::OVH) {
        Some(rest) => rest.split('/').next(),
        None => shown(request.headers()),
    };
    let known = secret.and_then(|secret| web.app.known_caller(secret));
    known.map(Some).ok_or(AppError::SignedOut)
}

async fn admit(
    web: &Web,
    gate: Gate,
    headers: &HeaderMap,
    reading: bool,
) -> Result<Option<Signed>, AppError> {
    if gate.right == Right::Demonstration && !web.is_demo() {
        return Err(AppError::NotFound);
    }
    let signed = match gate.surface {
        Surface::Api => bearer(web, headers).await?,
        // A known provider was let in before; nobody else is.
        Surface::Gateway => None,
        Surface::Page => cookie(web, headers, reading, true).await?,
        Surface::Part => cookie(web, headers, reading, false).await?,
    };
    if let Some(signed) = &signed {
        let key = signed.account.actor.user.to_string();
        web.limits
            .person(&key)
            .map_err(|wait| too_many(web, wait))?;
    }
    if gate.right.is_open() {
        return Ok(signed);
    }
    match signed {
        None => Err(AppError::SignedOut),
        Some(signed) if gate.right == Right::Answerer && for_nobody(&signed) => {
            Err(AppError::problem(FOR_NOBODY, 403, CHOOSE))
        }
        Some(signed) if gate.right.allows(signed.account.actor.role) => Ok(Some(signed)),
        Some(_) => Err(AppError::Denied),
    }
}

/// A secretary who has not said for whom they answer.
const FOR_NOBODY: &str = "for-nobody";
const CHOOSE: &str = "Choisissez d’abord au nom de qui vous répondez.";

fn for_nobody(signed: &Signed) -> bool {
    let actor = signed.actor();
    actor.role == Role::Secretary && actor.professional.is_none()
}

pub(crate) fn after(web: &Web, wait: std::time::Duration) -> Instant {
    web.now() + Duration::millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

/// What `Authorization: Bearer` shows.
fn shown(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim();
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

async fn bearer(web: &Web, headers: &HeaderMap) -> Result<Option<Signed>, AppError> {
    let Some(token) = shown(headers) else {
        return Ok(None);
    };
    let account = web.app.bearer(token).await?;
    Ok(account.map(|account| Signed {
        account,
        source: "api",
        session: None,
    }))
}

async fn cookie(
    web: &Web,
    headers: &HeaderMap,
    reading: bool,
    gesture: bool,
) -> Result<Option<Signed>, AppError> {
    let Some(token) = cookie_value(headers, web.cookie_name()) else {
        return match source(headers) {
            Source::Other if !reading => Err(cross_site()),
            _ => Ok(None),
        };
    };
    if !reading && source(headers) != Source::Own {
        return Err(cross_site());
    }
    let account = if gesture {
        web.app.session(&token).await?
    } else {
        web.app.peek_session(&token).await?
    };
    Ok(account.map(|account| Signed {
        account,
        source: "web",
        session: Some(token),
    }))
}

/// Refused for having asked too often: when to ask again.
pub(crate) fn too_many(web: &Web, wait: std::time::Duration) -> AppError {
    AppError::TooMany {
        until: after(web, wait),
    }
}

/// Refused for coming from elsewhere than our own pages.
pub(crate) fn cross_site() -> AppError {
    AppError::problem(
        "cross-site",
        403,
        "Cette demande ne vient pas d’une page de Relais, ou votre navigateur ne le dit pas. Ouvrez la page et recommencez.",
    )
}

/// The value of a cookie.
pub(crate) fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, value)| *known == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

fn refuse(web: &Web, gate: Gate, error: &AppError, target: &str, reading: bool) -> Response {
    let when = When::new(web.now(), &web.zone);
    let told: Told = tell(error, &when);
    if told.status.is_server_error() {
        // The display of an error holds no identity (see `relais_app::error`).
        tracing::error!(slug = told.slug, %error, "refused by failure");
    }
    match gate.surface {
        Surface::Api | Surface::Gateway => told.into_api(),
        Surface::Part => told.into_page(),
        Surface::Page => match error {
            AppError::SignedOut => to_door(target, reading, "fin"),
            AppError::StepUp => to_door(target, reading, "identite"),
            AppError::Problem { slug, .. } if *slug == FOR_NOBODY => {
                Redirect::to(crate::pages::secretaries::WHOM).into_response()
            }
            _ if error.is_unavailable() => crate::pages::away::page(web, &told, !reading, &when),
            _ => told.into_page(),
        },
    }
}

fn to_door(target: &str, reading: bool, why: &str) -> Response {
    let next = if reading { target } else { "/" };
    let why = if next == "/" && why == "fin" { "" } else { why };
    Redirect::to(&door(next, why)).into_response()
}

/// The address of the sign-in page that comes back to `next`.
pub(crate) fn door(next: &str, why: &str) -> String {
    let mut address = "/connexion".to_owned();
    let mut separator = '?';
    for (name, value) in [
        ("suite", if next == "/" { "" } else { next }),
        ("raison", why),
    ] {
        if !value.is_empty() {
            address.push(separator);
            address.push_str(name);
            address.push('=');
            address.push_str(&encode(value));
            separator = '&';
        }
    }
    address
}

/// Percent-encodes a value of a query.
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=b; relais=abc; c=relais=x"),
        );
        assert_eq!(cookie_value(&headers, "relais").as_deref(), Some("abc"));
        assert_eq!(cookie_value(&headers, "relai"), None);
    }

    #[test]
    fn the_door_remembers_where_one_was_going() {
        assert_eq!(
            door("/demandes/req_1?x=1", "fin"),
            "/connexion?suite=/demandes/req_1%3Fx%3D1&raison=fin"
        );
        assert_eq!(door("/", ""), "/connexion");
    }
}
