//! *Besoin d'un coup de main*.

use axum::extract::{Query, State};
use relais_core::request::{Phase, Status};

use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html};
use crate::gate::Signed;
use crate::show;
use crate::views::{HandCase, HandPage, HandPart};
use crate::web::Web;

/// Most cases of one page.
const MOST: u32 = 50;
const EMPTY: &str = "Personne n’attend un coup de main.";

/// `GET /coup-de-main`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let desk = show::desk(
        &web,
        &eye,
        &signed,
        "Besoin d’un coup de main",
        "/coup-de-main",
    )
    .toast(told.toast());
    html(&HandPage {
        desk,
        cases: cases(&web, &signed).await?,
        empty: EMPTY.to_owned(),
    })
}

/// `GET /coup-de-main/liste`
pub(crate) async fn part(State(web): State<Web>, signed: Signed) -> Answer {
    let part = HandPart {
        cases: cases(&web, &signed).await?,
        empty: EMPTY.to_owned(),
    };
    Ok(direct::stamped(html(&part)?, &web))
}

async fn cases(web: &Web, signed: &Signed) -> Result<Vec<HandCase>, Fail> {
    let eye = eye(web, signed).await?;
    let who = signed.who();
    let (mut reads, _) = web
        .app
        .requests(&who, vec![Status::Unfilled], None, MOST)
        .await?;
    reads.sort_by_key(|read| match &read.stored.request.phase {
        Phase::Unfilled(unfilled) => (read.stored.request.care_deadline, unfilled.since),
        _ => (
            read.stored.request.care_deadline,
            read.stored.request.raised_at,
        ),
    });
    let mut cases = Vec::with_capacity(reads.len());
    for read in reads {
        let (_, stages) = web.app.verdicts(&who, read.stored.request.id).await?;
        let request = &read.stored.request;
        let ways = web.app.ways_out(&who, request.id).await?;
        cases.push(show::case(&eye, &signed.actor(), request, &stages, &ways));
    }
    Ok(cases)
}
