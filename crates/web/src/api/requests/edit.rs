//! `PATCH /requests/{id}`: changes part of the need (R4.9).

use axum::extract::{Path, State};
use relais_app::requests::desk::Act;

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
    let need = change.apply(&read.stored.request.need)?;
    done(&web, &signed, id, Act::Edit(need), reason).await
}
