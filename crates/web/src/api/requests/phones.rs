//! `PUT /requests/{id}/phones`: the numbers of the patient, put right by the desk.

use axum::extract::{Path, State};
use relais_app::patients::PhonesDraft;
use serde::Serialize;

use super::ok;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// What came of it; never the numbers.
#[derive(Serialize)]
struct CorrectedView {
    outcome: &'static str,
}

/// Writes them down; the same twice is once.
pub(super) async fn correct(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(draft): Body<PhonesDraft>,
) -> Answer {
    let request = request_id(&id)?;
    let corrected = web
        .app
        .correct_phones(&signed.who(), request, draft)
        .await?;
    ok(&CorrectedView {
        outcome: corrected.code(),
    })
}
