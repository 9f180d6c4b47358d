//! `POST /calls`: a telephone exchange tells of a call (R2). No telephony here: three events and a number.

use axum::extract::State;
use http::StatusCode;
use relais_app::telephony::CallDraft;
use serde::Serialize;

use super::json;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::web::Web;

/// A call.
#[derive(Serialize)]
struct CallView {
    contact: String,
    event: &'static str,
    in_hand: bool,
}

/// Hears.
pub(super) async fn hear(
    State(web): State<Web>,
    signed: Signed,
    Body(draft): Body<CallDraft>,
) -> Answer {
    let told = web.app.hear_call(&signed.who(), draft).await?;
    let view = CallView {
        contact: told.contact.to_string(),
        event: told.stage.code(),
        in_hand: told.in_hand,
    };
    json(StatusCode::OK, &view)
}
