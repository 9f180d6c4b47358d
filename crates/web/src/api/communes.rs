//! `GET /communes?q=`: communes by name or postcode, those of the caller's territory first.

use axum::extract::State;
use relais_app::reference::communes::Communes;
use serde::Serialize;

use super::ok;
use super::page::{Page, Params};
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::suggest::department;
use crate::web::Web;

/// Most communes of one answer.
const MOST: usize = 20;

/// A commune.
#[derive(Serialize)]
struct CommuneLine<'a> {
    insee: String,
    name: &'a str,
    postcodes: Vec<String>,
    department: &'a str,
    /// Whether the caller's network answers for it: `own`, `tolerated` or `none`.
    territory: &'static str,
}

/// Searches.
pub(super) async fn search(State(web): State<Web>, signed: Signed, params: Params) -> Answer {
    let params = params.only(&["q"])?;
    let directory = web.app.directory().await?;
    let department = department(&directory, &signed);
    let entry = directory.network(signed.actor().network)?;
    let text: String = params
        .get("q")
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    let found = if text.is_empty() {
        Vec::new()
    } else {
        Communes::shipped().search(&text, department.as_deref(), MOST)
    };
    let items = found.iter().map(|commune| CommuneLine {
        insee: commune.insee.as_str().to_owned(),
        name: commune.name,
        postcodes: commune.postcodes().collect(),
        department: commune.department(),
        territory: match entry.communes.get(&commune.insee) {
            Some(false) => "own",
            Some(true) => "tolerated",
            None => "none",
        },
    });
    ok(&Page::whole(items.collect()))
}
