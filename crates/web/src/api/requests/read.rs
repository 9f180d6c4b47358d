//! `GET /requests/{id}`: the request, with the patient's identity for those who may, each time
//! journaled (R6).

use axum::extract::{Path, State};
use relais_app::error::AppError;

use super::{ok, view};
use crate::api::identity;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Reads.
pub(super) async fn read(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = request_id(&id)?;
    let read = web.app.request(&signed.who(), id).await?;
    let mut view = view::request(&read.directory, &read.stored.code, &read.stored.request);
    view.photos = Some(web.app.count_photos(&signed.who(), id).await?);
    if !read.may_open_identity {
        return ok(&view);
    }
    let mut view = serde_json::to_value(&view)
        .map_err(|error| Fail(AppError::Bug(format!("a view: {error}"))))?;
    identity::fill(&mut view, identity::open(&web, &signed, id).await?);
    ok(&view)
}
