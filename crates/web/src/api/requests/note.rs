//! `POST /requests/{id}/note`: a line of the history, without identity.

use axum::extract::{Path, State};

use super::{created, view};
use crate::api::ask::Note;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Notes.
pub(super) async fn note(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Note>,
) -> Answer {
    let id = request_id(&id)?;
    web.app.note(&signed.who(), id, body.text).await?;
    let read = web.app.request(&signed.who(), id).await?;
    created(&view::request(
        &read.directory,
        &read.stored.code,
        &read.stored.request,
    ))
}
