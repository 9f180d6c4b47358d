//! `GET /requests/{id}/looks`: who saw the data of the request's patient. Journaled.

use axum::extract::{Path, State};
use serde::Serialize;

use super::ok;
use crate::api::at;
use crate::api::page::Page;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// A look.
#[derive(Serialize)]
struct LookView {
    at: String,
    who: String,
    role: &'static str,
    what: &'static str,
    purpose: String,
    why: &'static str,
    request: String,
}

/// Lists.
pub(super) async fn list(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let looks = web.app.who_saw(&signed.who(), request_id(&id)?).await?;
    let rows = looks.rows.into_iter().map(|look| LookView {
        at: at(look.at),
        who: look.who,
        role: look.role,
        what: look.what,
        purpose: look.purpose,
        why: look.why,
        request: look.code,
    });
    ok(&Page::whole(rows.collect()))
}
