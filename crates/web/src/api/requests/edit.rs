//! `PATCH /requests/{id}`: changes part of the need (R4.9).

use axum::extract::{Path, State};
use relais_app::requests::desk::Act;
use relais_core::request::NeedEdit;

use super::done;
use crate::api::ask::Edit;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Edits.
pub(super) async fn edit(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Edit>,
) -> Answer {
    let id = request_id(&id)?;
    let (change, reason) = body.read()?;
    let read = web.app.request(&signed.who(), id).await?;
    let read = read.stored.request.need;
    let wanted = change.apply(&read)?;
    done(
        &web,
        &signed,
        id,
        Act::Edit(NeedEdit { read, wanted }),
        reason,
    )
    .await
}
