//! `POST /requests/{id}/appointment`: the accepter, or the desk for them, sets or moves the time.

use axum::extract::{Path, State};
use relais_app::requests::desk::Act;

use super::done;
use crate::api::ask::WithAppointment;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Sets it.
pub(super) async fn set(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<WithAppointment>,
) -> Answer {
    let act = Act::SetAppointment(body.appointment.read()?);
    done(&web, &signed, request_id(&id)?, act, None).await
}
