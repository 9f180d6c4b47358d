//! What scripts and tests do with the demonstration (CONTRACT, demo-only endpoints): accounts,
//! fake phones, clock, reset. Absent under `serve`: the gate answers 404. The same addresses take
//! the forms of the demonstration's own pages, and then lead back to them.

mod accounts;
mod clock;
mod failures;
mod phones;
mod reset;

use axum::extract::{Form, FromRequest, Request};
use axum::response::{IntoResponse, Redirect};
use http::header;
use relais_app::demo::DemoWorld;
use relais_app::error::AppError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::right::Right;
use crate::routes::{Method, Routes};
use crate::web::Web;

/// A body sent by a script or by one of our forms.
pub(crate) struct Sent<T> {
    value: T,
    form: bool,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Fail;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fail> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            let Form(value) = Form::from_request(request, state).await.map_err(|_| {
                Fail(AppError::problem(
                    "malformed",
                    400,
                    "Ce formulaire n’a pas pu être lu.",
                ))
            })?;
            return Ok(Self { value, form: true });
        }
        let Body(value) = Body::from_request(request, state).await?;
        Ok(Self { value, form: false })
    }
}

/// JSON for a script, the page for a form.
fn answer(form: bool, page: &str, body: &impl Serialize) -> Answer {
    if form {
        Ok(Redirect::to(page).into_response())
    } else {
        crate::api::ok(body)
    }
}

/// The territory.
fn world(web: &Web) -> Result<&std::sync::Arc<DemoWorld>, Fail> {
    web.site
        .demo
        .as_ref()
        .map(|demo| &demo.world)
        .ok_or(Fail(AppError::NotFound))
}

/// The addresses.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .api(
            Method::Get,
            "/demo/accounts.json",
            Right::Demonstration,
            accounts::list,
        )
        .api(
            Method::Get,
            "/demo/phones.json",
            Right::Demonstration,
            phones::list,
        )
        .api(
            Method::Post,
            "/demo/phones/{number}/reply",
            Right::Demonstration,
            phones::reply,
        )
        .api(
            Method::Get,
            "/demo/clock",
            Right::Demonstration,
            clock::show,
        )
        .api(
            Method::Post,
            "/demo/clock",
            Right::Demonstration,
            clock::advance,
        )
        .api(
            Method::Post,
            "/demo/gateways",
            Right::Demonstration,
            failures::set,
        )
        .api(
            Method::Post,
            "/demo/reset",
            Right::Demonstration,
            reset::reset,
        )
}
