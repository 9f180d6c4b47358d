//! `POST /requests/{id}/cancel`: with a reason, and who asked for it (R4.9).

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::requests::desk::Act;
use relais_core::access::Role;
use relais_core::request::CancelledBy;

use super::done;
use crate::api::ask::Cancel;
use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Cancels.
pub(super) async fn cancel(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Cancel>,
) -> Answer {
    let by = match body.by.as_deref() {
        Some(code) => CancelledBy::wished(code).ok_or_else(|| {
            Fail(AppError::invalid(
                "/by",
                "Choisissez parmi\u{a0}: patient, requester, operator.",
            ))
        })?,
        None if matches!(signed.actor().role, Role::Operator | Role::Regulator) => {
            CancelledBy::Operator
        }
        None => CancelledBy::Requester,
    };
    done(
        &web,
        &signed,
        request_id(&id)?,
        Act::Cancel(by),
        body.reason,
    )
    .await
}
