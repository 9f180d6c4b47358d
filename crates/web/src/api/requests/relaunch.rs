//! `POST /requests/{id}/relaunch`: a new window (R4.9).

use axum::extract::{Path, State};
use relais_app::requests::desk::Act;
use relais_core::cascade::Refusal;

use super::done;
use crate::api::ask::Relaunch;
use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Relaunches.
pub(super) async fn relaunch(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Relaunch>,
) -> Answer {
    let minutes = body.window_minutes.map(u16::try_from).transpose();
    let minutes = minutes.map_err(|_| Fail(Refusal::Window.into()))?;
    done(
        &web,
        &signed,
        request_id(&id)?,
        Act::Relaunch(minutes),
        body.reason,
    )
    .await
}
