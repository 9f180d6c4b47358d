//! `POST /requests/{id}/qualify`: the regulator launches, changes and launches, or advises and
//! closes (R3).

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::requests::desk::Act;
use relais_core::request::{Closure, Status};

use super::done;
use crate::api::ask::Qualify;
use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Qualifies.
pub(super) async fn qualify(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Qualify>,
) -> Answer {
    let id = request_id(&id)?;
    let read = web.app.request(&signed.who(), id).await?;
    let act = match body.decision.as_deref().unwrap_or("launch") {
        "launch" => {
            let change = body.need.filter(|change| !change.is_empty());
            let need = change
                .map(|change| change.apply(&read.stored.request.need))
                .transpose()?;
            Act::Qualify(need)
        }
        "advise" if body.need.is_some() => {
            return Err(Fail(AppError::invalid(
                "/need",
                "Un conseil clôt la demande\u{a0}: le besoin ne change plus.",
            )));
        }
        "advise" if read.stored.request.status() != Status::ToQualify => {
            return Err(Fail(relais_core::cascade::Refusal::WrongState.into()));
        }
        "advise" => Act::Close(Closure::PhoneAdvice),
        _ => {
            return Err(Fail(AppError::invalid(
                "/decision",
                "Choisissez parmi\u{a0}: launch, advise.",
            )));
        }
    };
    done(&web, &signed, id, act, body.reason).await
}
