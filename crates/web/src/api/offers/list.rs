//! `GET /offers?status=&cursor=&limit=`: newest first, never an identity.

use axum::extract::State;
use relais_core::ids::OfferId;

use crate::api::page::{Page, Params};
use crate::api::{ok, view};
use crate::fail::Answer;
use crate::gate::Signed;
use crate::web::Web;

/// `open` = what may still be accepted; `all` = everything ever asked.
fn open_only(text: &str) -> Option<bool> {
    match text {
        "open" => Some(true),
        "all" => Some(false),
        _ => None,
    }
}

/// Lists.
pub(super) async fn list(State(web): State<Web>, signed: Signed, params: Params) -> Answer {
    let params = params.only(&["status", "cursor", "limit"])?;
    let open = params
        .read("status", open_only, "Choisissez parmi\u{a0}: open, all.")?
        .unwrap_or(false);
    let before = params.read(
        "cursor",
        |text| text.parse::<OfferId>().ok(),
        "Ce repère n’en est pas un.",
    )?;
    let (rows, next) = web
        .app
        .offers(&signed.who(), open, before, params.limit()?)
        .await?;
    let items = rows
        .iter()
        .map(|read| view::offer(&read.directory, &read.stored.request, &read.offer))
        .collect();
    ok(&Page {
        items,
        next: next.map(|id| id.to_string()),
    })
}
