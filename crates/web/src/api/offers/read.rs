//! `GET /offers/{id}`: the offer, never an identity. Reading one's own offer counts as having seen
//! it, as a receipt does.

use axum::extract::{Path, State};
use relais_app::error::AppError;

use crate::api::{ok, view};
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::offer_id;
use crate::web::Web;

/// Reads.
pub(super) async fn read(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = offer_id(&id)?;
    match web.app.mark_seen(&signed.who(), id).await {
        // Over: there is nothing left to mark.
        Ok(()) | Err(AppError::Refused(_)) => {}
        Err(error) => return Err(Fail(error)),
    }
    let (read, _) = web.app.offer(&signed.who(), id, false).await?;
    ok(&view::offer(
        &read.directory,
        &read.stored.request,
        &read.offer,
    ))
}
