//! `POST /offers/{id}/accept` (R4.6, R4.7): the first yes wins; a repeat by the winner answers the
//! same; a late yes while nobody took it is care (R4.5). A yes heard before under its key takes
//! nobody again: whoever gave the patient back since is told so. The identity is added around it.

use axum::Extension;
use axum::extract::{Path, State};
use serde::Serialize;

use crate::api::ask::WithAppointment;
use crate::api::once::Heard;
use crate::api::view::{self, RequestView};
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::offer_id;
use crate::web::Web;

/// The request taken on.
#[derive(Serialize)]
struct Taken {
    #[serde(flatten)]
    request: RequestView,
    /// The offer that was accepted.
    offer: String,
}

/// Accepts.
pub(super) async fn accept(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    heard: Option<Extension<Heard>>,
    Body(body): Body<WithAppointment>,
) -> Answer {
    let (id, who) = (offer_id(&id)?, signed.who());
    let (code, request) = if heard.is_some() {
        let stored = web.app.accepted_still(&who, id).await?;
        (stored.code, stored.request)
    } else {
        let appointment = body.appointment.read()?;
        let applied = web.app.accept(&who, id, appointment).await?;
        (applied.before.code, applied.after)
    };
    let directory = web.app.directory().await?;
    crate::api::ok(&Taken {
        request: view::request(&directory, &code, &request),
        offer: id.to_string(),
    })
}
