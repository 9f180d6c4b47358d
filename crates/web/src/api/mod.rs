//! The JSON API under `/api/v1` (CONTRACT): one file per operation or family of operations, the
//! shapes it answers in [`view`], the bodies it takes in [`ask`]. Every answer is JSON, every
//! refusal an RFC 9457 problem; lists never hold an identity.

mod ask;
mod calls;
mod communes;
mod contact_log;
mod contacts;
mod docs;
mod identity;
mod me;
mod motives;
mod offers;
mod once;
mod page;
pub(crate) mod problems;
mod protocols;
mod requests;
mod staff;
mod view;
mod visits;

use axum::Json;
use axum::handler::Handler;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Serialize;

pub(crate) use view::at;

use crate::fail::Answer;
use crate::right::Right;
use crate::routes::{Method, Routes};
use crate::web::Web;

/// An answer with a body.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    Ok((status, Json(body)).into_response())
}

/// The usual answer.
pub(crate) fn ok(body: &impl Serialize) -> Answer {
    json(StatusCode::OK, body)
}

/// A POST, which honours `Idempotency-Key`.
fn post<H, T>(routes: Routes, path: &'static str, right: Right, handler: H) -> Routes
where
    H: Handler<T, Web>,
    T: 'static,
{
    let kept = handler.layer(from_fn_with_state(path, once::once));
    routes.api(Method::Post, path, right, kept)
}

/// A POST that brings files, in a body as large as they may be.
fn post_files<H, T>(routes: Routes, path: &'static str, right: Right, handler: H) -> Routes
where
    H: Handler<T, Web>,
    T: 'static,
{
    let kept = handler
        .layer(from_fn_with_state(path, once::once))
        .layer(crate::upload::room());
    routes.api(Method::Post, path, right, kept)
}

/// A POST whose answer is a request with its identity: kept without, opened each time.
fn post_with_identity<H, T>(routes: Routes, path: &'static str, right: Right, handler: H) -> Routes
where
    H: Handler<T, Web>,
    T: 'static,
{
    let kept = handler
        .layer(from_fn_with_state(path, once::once))
        .layer(from_fn(identity::with_identity));
    routes.api(Method::Post, path, right, kept)
}

/// The addresses of the API.
pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .api(
            Method::Get,
            "/api/openapi.json",
            Right::Everyone,
            docs::document,
        )
        .page("/api/docs", Right::Everyone, docs::page)
        .page("/problems/{slug}", Right::Everyone, docs::problem)
        .api(
            Method::Get,
            "/api/v1/motives",
            Right::SignedIn,
            motives::list,
        )
        .api(
            Method::Get,
            "/api/v1/protocols",
            Right::Follower,
            protocols::list,
        )
        .api(
            Method::Get,
            "/api/v1/protocols/{code}",
            Right::Follower,
            protocols::read,
        )
        .api(
            Method::Get,
            "/api/v1/communes",
            Right::SignedIn,
            communes::search,
        )
        .api(
            Method::Get,
            "/api/v1/me/activity",
            Right::Professional,
            me::show,
        )
        .api(
            Method::Get,
            "/api/v1/staff",
            Right::Coordinator,
            staff::list,
        )
        .api(
            Method::Get,
            "/api/v1/me/figures",
            Right::Professional,
            me::figures,
        )
        .api(
            Method::Get,
            "/api/v1/members/solicitations",
            Right::Coordinator,
            me::solicitations,
        )
        .api(
            Method::Get,
            "/api/v1/me/left-out",
            Right::Professional,
            me::left_out,
        )
        .api(Method::Get, "/api/v1/visits", Right::Overseer, visits::read)
        .api(
            Method::Put,
            "/api/v1/me/activity",
            Right::Professional,
            me::replace,
        )
        .api(
            Method::Get,
            "/api/v1/me/digest",
            Right::Professional,
            me::digest,
        )
        .api(
            Method::Put,
            "/api/v1/me/digest",
            Right::Professional,
            me::set_digest,
        );
    let routes = post(
        routes,
        "/api/v1/staff/{id}/close",
        Right::Coordinator,
        staff::close,
    );
    let routes = post(routes, "/api/v1/calls", Right::Raiser, calls::hear);
    let routes = post(routes, "/api/v1/contacts", Right::Raiser, contacts::record)
        .api(
            Method::Get,
            "/api/v1/contacts",
            Right::Overseer,
            contact_log::list,
        )
        .api(
            Method::Get,
            "/api/v1/contacts/figures",
            Right::Log,
            contact_log::figures,
        )
        .api(
            Method::Get,
            "/api/v1/contacts/{id}",
            Right::Overseer,
            contact_log::read,
        );
    offers::routes(requests::routes(routes))
}
