//! `GET` and `PUT /requests/{id}/ins`: how sure the identity of the patient is. The number goes in, and never out.

use axum::extract::{Path, State};
use relais_app::patients::ins::{InsDraft, Standing};
use serde::Serialize;

use super::ok;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// How it stands.
#[derive(Serialize)]
struct InsView {
    status: &'static str,
    doubtful: bool,
}

fn view(standing: Standing) -> InsView {
    InsView {
        status: standing.status.code(),
        doubtful: standing.doubtful,
    }
}

/// Shows it.
pub(super) async fn read(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    ok(&view(web.app.ins(&signed.who(), request_id(&id)?).await?))
}

/// Says it.
pub(super) async fn replace(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(draft): Body<InsDraft>,
) -> Answer {
    let id = request_id(&id)?;
    ok(&view(web.app.set_ins(&signed.who(), id, draft).await?))
}
