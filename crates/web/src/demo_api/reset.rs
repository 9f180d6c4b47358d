//! `POST /demo/reset`: the demonstration starts again, as it was the first time.

use axum::extract::{Request, State};
use http::header;
use serde_json::json;

use super::{answer, world};
use crate::api::at;
use crate::fail::Answer;
use crate::web::Web;

/// Starts again.
pub(super) async fn reset(State(web): State<Web>, request: Request) -> Answer {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let form = kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let world = world(&web)?.clone();
    web.app.reset_demo(&world).await?;
    let now = at(web.now());
    answer(
        form,
        "/demo?dit=recommence",
        &json!({ "now": now, "manual": web.app.clock().is_manual() }),
    )
}
