//! Suggestions while typing: communes, professionals, motives. All are public lists.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use relais_app::directory::Suggestion;
use relais_app::reference::communes::Communes;
use relais_app::reference::motives::Motives;
use relais_core::people::Profession;
use serde::Deserialize;
use serde_json::json;

use crate::fail::Answer;
use crate::gate::Signed;
use crate::typed::{commune_label, motive_label, outside_label, professional_label};
use crate::web::Web;

/// Most suggestions of one answer.
const MOST: usize = 12;

/// What was typed.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    q: String,
    /// Code of the profession looked for.
    #[serde(default)]
    profession: String,
}

/// The department in which a network's communes mostly are.
pub(crate) fn department(
    directory: &relais_app::directory::Directory,
    signed: &Signed,
) -> Option<String> {
    let entry = directory.network(signed.actor().network).ok()?;
    entry.department().map(str::to_owned)
}

/// `GET /communes?q=`
pub(crate) async fn communes(
    State(web): State<Web>,
    signed: Signed,
    Query(typed): Query<Typed>,
) -> Answer {
    let directory = web.app.directory().await?;
    let department = department(&directory, &signed);
    let text: String = typed.q.chars().take(60).collect();
    let found = Communes::shipped().search(&text, department.as_deref(), MOST);
    let items: Vec<_> = found
        .iter()
        .map(|c| json!({ "label": commune_label(c), "insee": c.insee.as_str() }))
        .collect();
    Ok(Json(json!({ "items": items })).into_response())
}

/// `GET /professionnels?q=&profession=`: members, then the national directory.
pub(crate) async fn professionals(
    State(web): State<Web>,
    signed: Signed,
    Query(typed): Query<Typed>,
) -> Answer {
    let profession = Profession::from_code(&typed.profession);
    let found = web
        .app
        .suggest_professionals(&signed.who(), typed.q, profession, MOST)
        .await?;
    let directory = web.app.directory().await?;
    let items: Vec<_> = found
        .iter()
        .filter_map(|one| match one {
            Suggestion::Member(id) => directory.person(*id).map(professional_label),
            Suggestion::Outside(entry) => Some(outside_label(entry)),
        })
        .map(|(label, rpps)| json!({ "label": label, "rpps": rpps }))
        .collect();
    Ok(Json(json!({ "items": items })).into_response())
}

/// `GET /motifs?q=`: by label or everyday words, best first.
pub(crate) async fn motives(_: Signed, Query(typed): Query<Typed>) -> Answer {
    let text: String = typed.q.chars().take(60).collect();
    let items: Vec<_> = Motives::shipped()
        .search(&text, MOST)
        .into_iter()
        .map(|motive| json!({ "label": motive_label(motive), "code": motive.code.as_str() }))
        .collect();
    Ok(Json(json!({ "items": items })).into_response())
}
