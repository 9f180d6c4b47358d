//! Red flags passed over: the list of the regulators and the coordinator.

use axum::extract::{Query, State};
use serde::Deserialize;

use super::eye;
use crate::fail::{Answer, html};
use crate::gate::Signed;
use crate::show;
use crate::views::{OverrideRow, OverridesPage};
use crate::web::Web;

/// The address of the page.
const PAGE: &str = "/derogations";

/// From where the list goes on.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    apres: String,
}

/// `GET /derogations`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let when = eye.when();
    let before = Some(asked.apres).filter(|text| !text.is_empty());
    let read = web.app.overrides(&signed.who(), before).await?;
    let rows = read
        .rows
        .iter()
        .map(|row| OverrideRow {
            at: format!("{}, {}", when.day(row.over.at), when.clock(row.over.at)),
            signs: row.over.signs.clone(),
            reason: show::typeset(&row.over.reason),
            by: eye.directory.user_name(row.over.author).unwrap_or_default(),
            request: (
                format!("/demandes/{}", row.over.request),
                row.stored.code.clone(),
            ),
            state: show::state(&row.stored.request),
        })
        .collect();
    html(&OverridesPage {
        desk: show::desk(&web, &eye, &signed, "Signes d’alerte passés outre", PAGE),
        rows,
        next: read
            .next
            .map(|id| format!("{PAGE}?apres={}", crate::gate::encode(&id))),
    })
}
