//! `POST /requests/{id}/synthesis`: the note to the usual doctor, signed by who has the patient (R8).

use axum::extract::{Path, State};
use relais_app::synthesis::NoteDraft;
use serde::Serialize;

use crate::api::json;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Where the note stands.
#[derive(Serialize)]
struct Signature {
    state: &'static str,
}

/// Signs, or corrects.
pub(super) async fn sign(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(draft): Body<NoteDraft>,
) -> Answer {
    let state = web
        .app
        .sign_note(&signed.who(), request_id(&id)?, draft)
        .await?;
    json(
        http::StatusCode::OK,
        &Signature {
            state: state.code(),
        },
    )
}
