//! `POST /requests/{id}/note`: a line of the history, without identity.

use axum::Extension;
use axum::extract::{Path, State};

use super::{created, view};
use relais_app::requests::desk::Stored;

use crate::api::ask::Note;
use crate::api::once::{Key, kept};
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
    key: Option<Extension<Key>>,
    Body(body): Body<Note>,
) -> Answer {
    let id = request_id(&id)?;
    let kept = kept(key, |stored: &Stored, directory| {
        view::request(directory, &stored.code, &stored.request)
    });
    let who = signed.who();
    web.app.note_once(&who, id, body.text, kept).await?;
    let read = web.app.request(&signed.who(), id).await?;
    created(&view::request(
        &read.directory,
        &read.stored.code,
        &read.stored.request,
    ))
}
