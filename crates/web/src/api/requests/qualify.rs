//! `POST /requests/{id}/qualify`: the regulator launches, changes and launches, changes and keeps, or
//! advises and closes (R3).

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::regulation::decide::Decision;
use relais_core::cascade::Refusal;
use relais_core::request::{NeedEdit, Status};

use super::{ok, view};
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
    let before = &read.stored.request.need;
    let decision = body.decision.as_deref().unwrap_or("launch");
    let need = || async {
        let Some(change) = body.need.as_ref().filter(|change| !change.is_empty()) else {
            return Ok(None);
        };
        let mut wanted = change.apply(before)?;
        if change.cooperations.is_none() {
            let who = signed.who();
            wanted = web.app.with_cooperations(&who, id, before, wanted).await?;
        }
        let read = before.clone();
        Ok::<_, AppError>(Some(NeedEdit { read, wanted }))
    };
    let decided = match decision {
        "launch" => Decision::Launch {
            need: need().await?,
            pre_diagnosis: body.pre_diagnosis.clone(),
        },
        "change" => Decision::Change {
            need: need()
                .await?
                .unwrap_or_else(|| NeedEdit::new(before.clone(), |_| ())),
            pre_diagnosis: body.pre_diagnosis.clone(),
        },
        "advise" if body.need.is_some() => {
            return Err(Fail(AppError::invalid(
                "/need",
                "Un conseil clôt la demande\u{a0}: le besoin ne change plus.",
            )));
        }
        "advise" => Decision::Advise {
            advice: body.advice.clone().or_else(|| body.reason.clone()),
        },
        _ => {
            return Err(Fail(AppError::invalid(
                "/decision",
                "Choisissez parmi\u{a0}: launch, change, advise.",
            )));
        }
    };
    if read.stored.request.status() != Status::ToQualify {
        return Err(Fail(Refusal::WrongState.into()));
    }
    // Kept as the advice itself when nothing else was.
    let reason = body.reason.filter(|_| decision != "advise");
    let applied = web.app.regulate(&signed.who(), id, decided, reason).await?;
    let directory = web.app.directory().await?;
    ok(&view::request(
        &directory,
        &applied.before.code,
        &applied.after,
    ))
}
