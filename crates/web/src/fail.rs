//! A handler that could not do what was asked. The gate turns it into a page or a JSON problem,
//! according to what the address is for.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use relais_app::error::AppError;

/// An error on its way to the gate.
#[derive(Clone, Debug)]
pub struct Fail(pub AppError);

impl<E: Into<AppError>> From<E> for Fail {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A template that cannot be rendered is a mistake of the program.
pub(crate) fn template(error: &askama::Error) -> Fail {
    Fail(AppError::Bug(format!("template: {error}")))
}

/// What a page handler answers.
pub(crate) type Answer = Result<Response, Fail>;

/// A page or a fragment.
pub(crate) fn html(page: &impl askama::Template) -> Answer {
    let text = page.render().map_err(|error| template(&error))?;
    Ok(axum::response::Html(text).into_response())
}

/// A page under another status than 200.
pub(crate) fn html_as(status: StatusCode, page: &impl askama::Template) -> Answer {
    let mut response = html(page)?;
    *response.status_mut() = status;
    Ok(response)
}

/// Back to a page, after having acted.
pub(crate) fn see_other(address: &str) -> Answer {
    Ok(axum::response::Redirect::to(address).into_response())
}
