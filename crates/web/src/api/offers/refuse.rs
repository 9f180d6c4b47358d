//! `POST /offers/{id}/refuse`: the reason is never required. `not-today` mutes until the end of
//! the day.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_core::request::RefusalReason;

use crate::api::ask::Reason;
use crate::api::{ok, view};
use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::offer_id;
use crate::web::Web;

/// Refuses.
pub(super) async fn refuse(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Reason>,
) -> Answer {
    let id = offer_id(&id)?;
    let reason = match body
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        None => RefusalReason::Unsaid,
        Some(code) => RefusalReason::from_code(code).ok_or_else(|| {
            let known: Vec<_> = RefusalReason::ALL
                .iter()
                .map(|reason| reason.code())
                .collect();
            Fail(AppError::invalid(
                "/reason",
                format!("Choisissez parmi\u{a0}: {}.", known.join(", ")),
            ))
        })?,
    };
    web.app.refuse(&signed.who(), id, reason).await?;
    let (read, _) = web.app.offer(&signed.who(), id, false).await?;
    ok(&view::offer(
        &read.directory,
        &read.stored.request,
        &read.offer,
    ))
}
