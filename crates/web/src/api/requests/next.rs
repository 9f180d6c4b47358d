//! `GET` and `POST /requests/{id}/next`: what follows from a visit that is closed (R8).

use axum::extract::{Path, State};
use relais_app::requests::next::NextDraft;
use serde::{Deserialize, Serialize};

use super::{created, ok};
use crate::api::view;
use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// What is needed next.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Next {
    profession: String,
    #[serde(default)]
    care_type: Option<String>,
    mode: String,
    within_hours: i64,
}

/// What a request is linked to.
#[derive(Serialize)]
struct LinksView {
    follows: Option<LinkView>,
    followed_by: Vec<LinkView>,
}

/// Another request, by its id and short number.
#[derive(Serialize)]
struct LinkView {
    id: String,
    code: String,
}

/// Shows the links.
pub(super) async fn links(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let links = web.app.links(&signed.who(), request_id(&id)?).await?;
    let view = |one: relais_app::requests::next::FollowUp| LinkView {
        id: one.request.to_string(),
        code: one.code,
    };
    ok(&LinksView {
        follows: links.origin.map(view),
        followed_by: links.after.into_iter().map(view).collect(),
    })
}

/// Raises one.
pub(super) async fn ask(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Next>,
) -> Answer {
    let draft = NextDraft {
        profession: body.profession,
        care: body.care_type.unwrap_or_default(),
        within_hours: body.within_hours.to_string(),
        mode: body.mode,
    };
    let who = signed.who();
    let followed = web
        .app
        .ask_next(&who, request_id(&id)?, vec![draft])
        .await?;
    if let Some(refused) = followed.refused.into_iter().next() {
        return Err(Fail(refused.why));
    }
    let directory = web.app.directory().await?;
    let raised = followed.raised.into_iter().next();
    let raised = raised.ok_or_else(|| {
        Fail(relais_app::AppError::Bug(
            "a sequel neither raised nor refused".to_owned(),
        ))
    })?;
    created(&view::request(&directory, &raised.code, &raised.request))
}
