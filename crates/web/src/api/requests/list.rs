//! `GET /requests?status=&cursor=&limit=`: newest first, never an identity.

use axum::extract::State;
use relais_core::ids::RequestId;
use relais_core::request::Status;

use super::{ok, view};
use crate::api::page::{Page, Params};
use crate::fail::Answer;
use crate::gate::Signed;
use crate::web::Web;

/// Statuses under which somebody is or may still be asked, or somebody must act.
const OPEN: &[Status] = &[
    Status::ToQualify,
    Status::AskingUsual,
    Status::AskingCommunity,
    Status::AskingNeighbours,
    Status::Unfilled,
    Status::Accepted,
    Status::Scheduled,
    Status::Paused,
];

/// One or several codes between commas; `open` stands for all that has not ended.
fn statuses(text: &str) -> Option<Vec<Status>> {
    let mut found = Vec::new();
    for code in text
        .split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty())
    {
        if code == "open" {
            found.extend_from_slice(OPEN);
        } else {
            found.push(Status::from_code(code)?);
        }
    }
    Some(found)
}

/// Lists.
pub(super) async fn list(State(web): State<Web>, signed: Signed, params: Params) -> Answer {
    let params = params.only(&["status", "cursor", "limit"])?;
    let known: Vec<_> = Status::ALL.iter().map(|status| status.code()).collect();
    let among = format!("Choisissez parmi\u{a0}: open, {}.", known.join(", "));
    let wanted = params.read("status", statuses, &among)?.unwrap_or_default();
    let before = params.read(
        "cursor",
        |text| text.parse::<RequestId>().ok(),
        "Ce repère n’en est pas un.",
    )?;
    let (rows, next) = web
        .app
        .requests(&signed.who(), wanted, before, params.limit()?)
        .await?;
    let items = rows
        .iter()
        .map(|read| view::request(&read.directory, &read.stored.code, &read.stored.request))
        .collect();
    ok(&Page {
        items,
        next: next.map(|id| id.to_string()),
    })
}
