//! `GET` and `PUT /me/activity`: a professional's own terms (R5). `GET /me/figures`: their own quarter (R11).
//! `GET` and `PUT /me/digest`: the digest they asked for (R7).
//! `GET /me/left-out`: last week's requests that were not put to them, and why (R5). `GET /members/solicitations`: what
//! was put to each member, for the coordinator of their network.

use axum::extract::State;
use relais_app::activity::ActivityDraft;
use relais_app::digests::DigestDraft;
use relais_app::fairness::{Sort, Span};

use super::page::Params;
use super::{ok, view};
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::eye;
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

/// The digest they asked for.
pub(super) async fn digest(State(web): State<Web>, signed: Signed) -> Answer {
    ok(&view::digest(web.app.digest(&signed.who()).await?))
}

/// Asks for a digest, or for none any more.
pub(super) async fn set_digest(
    State(web): State<Web>,
    signed: Signed,
    Body(draft): Body<DigestDraft>,
) -> Answer {
    web.app.set_digest(&signed.who(), draft).await?;
    digest(State(web), signed).await
}

/// Their own quarter.
pub(super) async fn figures(State(web): State<Web>, signed: Signed) -> Answer {
    let quarter = web.app.own_quarter(&signed.who()).await?;
    ok(&view::own_figures(&quarter))
}

/// Last week's requests that were not put to them.
pub(super) async fn left_out(State(web): State<Web>, signed: Signed, params: Params) -> Answer {
    let params = params.only(&["cursor", "limit"])?;
    let skip = params.read(
        "cursor",
        |text| text.parse::<usize>().ok(),
        "Ce repère n’en est pas un.",
    )?;
    let limit = usize::try_from(params.limit()?).unwrap_or(usize::MAX);
    let eye = eye(&web, &signed).await?;
    let week = web
        .app
        .left_out(&signed.who(), skip.unwrap_or(0), limit)
        .await?;
    ok(&view::left_out(&week, &eye.when()))
}

const SORTS: [(&str, Sort); 5] = [
    ("asked", Sort::Asked),
    ("least-asked", Sort::LeastAsked),
    ("answered", Sort::Answered),
    ("taken", Sort::Taken),
    ("name", Sort::Name),
];

/// What was put to each member of the coordinator's network.
pub(super) async fn solicitations(
    State(web): State<Web>,
    signed: Signed,
    params: Params,
) -> Answer {
    let params = params.only(&["from", "to", "sort", "cursor", "limit"])?;
    let sort = |text: &str| {
        SORTS
            .iter()
            .find(|(code, _)| *code == text)
            .map(|(_, sort)| *sort)
    };
    let sort = params.read(
        "sort",
        sort,
        "Choisissez parmi\u{a0}: asked, least-asked, answered, taken, name.",
    )?;
    let day = |name: &str| params.get(name).unwrap_or_default().to_owned();
    let span = Span {
        from: day("from"),
        until: day("to"),
    };
    let skip = params.read(
        "cursor",
        |text| text.parse::<usize>().ok(),
        "Ce repère n’en est pas un.",
    )?;
    let limit = usize::try_from(params.limit()?).unwrap_or(usize::MAX);
    let spread = web
        .app
        .solicitations(&signed.who(), span, sort.unwrap_or_default())
        .await?;
    ok(&view::solicitations(&spread, skip.unwrap_or(0), limit))
}
