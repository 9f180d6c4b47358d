//! `POST /requests`: raises a request. The answer holds no identity: whoever raised it has it.

use axum::Extension;
use axum::extract::State;
use relais_app::directory::Directory;
use relais_app::requests::draft::RequestDraft;
use relais_app::requests::raise::Raised;
use serde::Serialize;

use super::{created, view};
use crate::api::once::{Key, kept};
use crate::api::view::RequestView;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::web::Web;

/// A request just raised.
#[derive(Serialize)]
struct RaisedView {
    #[serde(flatten)]
    request: RequestView,
    /// Requests of the same person, open or less than a day old (R2).
    possible_duplicates: Vec<Duplicate>,
}

#[derive(Serialize)]
struct Duplicate {
    id: String,
    code: String,
}

/// The answer, as it is sent and as it is kept.
fn said(raised: &Raised, directory: &Directory) -> RaisedView {
    let same = raised.possible_duplicates.iter();
    RaisedView {
        request: view::request(directory, &raised.code, &raised.request),
        possible_duplicates: same
            .map(|(id, code)| Duplicate {
                id: id.to_string(),
                code: code.clone(),
            })
            .collect(),
    }
}

/// Raises.
pub(super) async fn raise(
    State(web): State<Web>,
    signed: Signed,
    key: Option<Extension<Key>>,
    Body(draft): Body<RequestDraft>,
) -> Answer {
    let kept = kept(key, said);
    let raised = web.app.raise_once(&signed.who(), draft, kept).await?;
    let directory = web.app.directory().await?;
    created(&said(&raised, &directory))
}
