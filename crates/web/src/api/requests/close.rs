//! `POST /requests/{id}/close`: one coded outcome (R8).

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::requests::desk::Act;
use relais_core::request::Closure;

use super::done;
use crate::api::ask::Close;
use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Closes.
pub(super) async fn close(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Close>,
) -> Answer {
    let closure = Closure::from_code(&body.closure).ok_or_else(|| {
        let known: Vec<_> = Closure::ALL.iter().map(|closure| closure.code()).collect();
        Fail(AppError::invalid(
            "/closure",
            format!("Choisissez parmi\u{a0}: {}.", known.join(", ")),
        ))
    })?;
    done(
        &web,
        &signed,
        request_id(&id)?,
        Act::Close(closure),
        body.reason,
    )
    .await
}
