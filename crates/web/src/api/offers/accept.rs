//! `POST /offers/{id}/accept` (R4.6, R4.7): the first yes wins; a repeat by the winner answers the
//! same; a late yes while nobody took it is care (R4.5). The identity is added around it.

use axum::extract::{Path, State};
use serde::Serialize;

use crate::api::ask::WithAppointment;
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
    Body(body): Body<WithAppointment>,
) -> Answer {
    let id = offer_id(&id)?;
    let applied = web
        .app
        .accept(&signed.who(), id, body.appointment.read()?)
        .await?;
    let directory = web.app.directory().await?;
    crate::api::ok(&Taken {
        request: view::request(&directory, &applied.before.code, &applied.after),
        offer: id.to_string(),
    })
}
