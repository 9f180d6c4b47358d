//! `Idempotency-Key` on every POST: the first answer to a key is kept and given again. The work
//! goes on when the caller hangs up, so that a key never stays half used. An act that repeats
//! itself (an acceptance: the winner's second yes is the first) claims nothing beforehand and keeps
//! only that it was done: a "taken" costs no write, and is judged again when asked again; a yes that
//! was heard is not acted on again, and its answer says what is now ([`Heard`]).

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use relais_app::directory::Directory;
use relais_app::error::AppError;
use relais_app::idempotent::{Kept, Keyed};
use relais_app::text::when::When;
use relais_core::ids::UserId;
use serde::Serialize;

use crate::body::{BODY_MAX, collect};
use crate::fail::Fail;
use crate::gate::Signed;
use crate::problem::tell;
use crate::upload::UPLOAD_MAX;
use crate::web::Web;

/// Longest answer kept.
const ANSWER_MAX: usize = 4 << 20;
/// The header that says an answer was kept from before.
const REPLAYED: &str = "idempotency-replayed";

/// The key a request came with, for an act that keeps its answer in its own transaction.
#[derive(Clone, Debug)]
pub(crate) struct Key(pub(crate) String);

/// That the act was done under this key before: the handler acts no more, and tells what is now. The
/// patient may have been given back since.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard;

/// The key to keep an answer under, in the transaction of what it answers.
pub(crate) fn kept<T: 'static, V: Serialize>(
    key: Option<Extension<Key>>,
    said: impl Fn(&T, &Directory) -> V + Send + Sync + 'static,
) -> Option<Kept<T>> {
    key.map(|Extension(Key(key))| Kept {
        key,
        // Plain text, numbers and lists: nothing that serialisation could refuse.
        answer: Box::new(move |made, directory| {
            serde_json::to_string(&said(made, directory)).unwrap_or_default()
        }),
    })
}

/// Addresses whose act, done again, does nothing more: their keys are looked up, not claimed.
const REPEATABLE: [&str; 1] = ["/api/v1/offers/{id}/accept"];

/// Addresses that take files.
const BULKY: [&str; 2] = [
    "/api/v1/requests/{id}/photos",
    "/api/v1/requests/{id}/thread/photos",
];

/// The layer of every POST of the API.
pub(crate) async fn once(
    State(route): State<&'static str>,
    Extension(web): Extension<Web>,
    request: Request,
    next: Next,
) -> Response {
    match run(web, route, request, next).await {
        Ok(response) => response,
        Err(fail) => fail.into_response(),
    }
}

async fn run(
    web: Web,
    route: &'static str,
    request: Request,
    next: Next,
) -> Result<Response, Fail> {
    let Some(key) = request.headers().get("idempotency-key").cloned() else {
        return finish(next.run(request)).await;
    };
    let Some(signed) = request.extensions().get::<Signed>() else {
        return Err(Fail(AppError::SignedOut));
    };
    let user = signed.actor().user;
    // An unreadable key is refused by the application, with its sentence.
    let key = key.to_str().unwrap_or_default().to_owned();
    let (parts, body) = request.into_parts();
    let most = if BULKY.contains(&route) {
        UPLOAD_MAX
    } else {
        BODY_MAX
    };
    let body = collect(body, most).await?;
    // The same key for another address is another demand.
    let mut asked = parts.uri.path().as_bytes().to_vec();
    asked.push(b'\n');
    asked.extend_from_slice(&body);
    let repeatable = REPEATABLE.contains(&route);
    let begun = if repeatable {
        web.app
            .look_idempotent(user, key.clone(), route, &asked)
            .await?
    } else {
        web.app
            .begin_idempotent(user, key.clone(), route, &asked)
            .await?
    };
    match begun {
        Keyed::Again { .. } if repeatable => {
            let mut request = Request::from_parts(parts, Body::from(body));
            request.extensions_mut().insert(Heard);
            let mut response = finish(next.run(request)).await?;
            replayed(&mut response);
            Ok(response)
        }
        Keyed::Again { status, body } => Ok(again(status, body)),
        Keyed::Fresh => {
            let mut request = Request::from_parts(parts, Body::from(body));
            request.extensions_mut().insert(Key(key.clone()));
            let work = async move {
                // Apart, so that a handler that stops short does not take the key with it.
                let response = match finish(next.run(request)).await {
                    Ok(response) => response,
                    Err(fail) => fail.into_response(),
                };
                if repeatable {
                    keep_done(&web, user, key, route, &asked, response).await
                } else {
                    keep(&web, user, key, response).await
                }
            };
            finish(work).await?
        }
    }
}

/// Lets the work end even when the caller hangs up.
async fn finish<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Fail> {
    tokio::spawn(work)
        .await
        .map_err(|_| Fail(AppError::Bug("a handler stopped short".to_owned())))
}

/// Keeps an answer; a failure of the server is forgotten, to be tried again.
async fn keep(web: &Web, user: UserId, key: String, response: Response) -> Result<Response, Fail> {
    let response = told(web, response);
    let status = response.status();
    if status.is_server_error() {
        web.app
            .finish_idempotent(user, key, status.as_u16(), String::new())
            .await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_MAX)
        .await
        .map_err(|_| Fail(AppError::Bug("an answer too long to be kept".to_owned())))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    web.app
        .finish_idempotent(user, key, status.as_u16(), text)
        .await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Keeps what a repeatable act did; a refusal is told and forgotten.
async fn keep_done(
    web: &Web,
    user: UserId,
    key: String,
    route: &'static str,
    asked: &[u8],
    response: Response,
) -> Result<Response, Fail> {
    let response = told(web, response);
    if !response.status().is_success() {
        web.app.leave_idempotent(user, &key);
        return Ok(response);
    }
    let status = response.status();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_MAX)
        .await
        .map_err(|_| Fail(AppError::Bug("an answer too long to be kept".to_owned())))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    web.app
        .keep_idempotent(user, key, route, asked, (status.as_u16(), text))
        .await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// A refusal as the problem it becomes; a failure of the server stays as it is, for the gate to log.
fn told(web: &Web, response: Response) -> Response {
    let Some(Fail(error)) = response.extensions().get::<Fail>().cloned() else {
        return response;
    };
    let told = tell(&error, &When::new(web.now(), &web.zone));
    if !told.status.is_server_error() {
        return told.into_api();
    }
    let mut response = response;
    *response.status_mut() = told.status;
    response
}

fn again(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    let mut response = (status, Bytes::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    replayed(&mut response);
    response
}

/// Says that nothing was done this time.
fn replayed(response: &mut Response) {
    let said = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAYED, said);
}
