//! `POST /contacts`: a call or a form that raised no request (R2).

use axum::Extension;
use axum::extract::State;
use http::StatusCode;
use relais_app::requests::contact::{ContactDraft, Recorded};
use relais_core::contact::Outcome;
use serde::Serialize;

use super::json;
use super::once::{Key, kept};
use super::view::at;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::web::Web;

/// A contact.
#[derive(Serialize)]
struct ContactView {
    id: String,
    origin: &'static str,
    outcome: Option<&'static str>,
    received_at: String,
}

/// Records.
pub(super) async fn record(
    State(web): State<Web>,
    signed: Signed,
    key: Option<Extension<Key>>,
    Body(draft): Body<ContactDraft>,
) -> Answer {
    let kept = kept(key, |recorded, _| said(recorded));
    let recorded = web.app.record_once(&signed.who(), draft, kept).await?;
    json(StatusCode::CREATED, &said(&recorded))
}

/// The answer, as it is sent and as it is kept.
fn said(recorded: &Recorded) -> ContactView {
    ContactView {
        id: recorded.id.to_string(),
        origin: recorded.origin.code(),
        outcome: recorded.outcome.map(Outcome::code),
        received_at: at(recorded.at),
    }
}
