//! `GET` and `PUT /me/activity`: a professional's own terms (R5).

use axum::extract::State;
use relais_app::activity::ActivityDraft;

use super::{ok, view};
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::web::Web;

/// Shows them.
pub(super) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    let row = web.app.activity(&signed.who()).await?;
    let directory = web.app.directory().await?;
    let calendar = &directory.network(signed.actor().network)?.calendar;
    ok(&view::activity(
        &row.member.profile,
        calendar.date(web.now()),
    ))
}

/// Changes them; what is left out stays as it is.
pub(super) async fn replace(
    State(web): State<Web>,
    signed: Signed,
    Body(draft): Body<ActivityDraft>,
) -> Answer {
    web.app.set_activity(&signed.who(), draft).await?;
    show(State(web), signed).await
}
