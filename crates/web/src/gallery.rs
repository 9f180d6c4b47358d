//! Every page with invented contents, to be looked at: `/demo/galerie`. Owns nothing but the list;
//! only the demonstration serves it.

use std::fmt::Write as _;

use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use crate::views;

/// `GET /demo/galerie`
pub(crate) async fn index() -> Response {
    let Ok(pages) = views::gallery() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut list = String::new();
    for page in &pages {
        // Page and sample names are constants of this crate, without any character to escape.
        let _ = write!(
            list,
            "<li><a href=\"/demo/galerie/{0}/{1}\">{0}, {1}</a></li>",
            page.page, page.sample
        );
    }
    Html(format!(
        "<!doctype html><html lang=\"fr\" class=\"op\"><head><meta charset=\"utf-8\"><title>Écrans · Relais</title>\
         <link rel=\"stylesheet\" href=\"{}\"></head><body><main class=\"page idx\"><h1>Écrans</h1><ul>{list}</ul></main></body></html>",
        crate::assets::url("relais.css")
    ))
    .into_response()
}

/// `GET /demo/galerie/{page}/{sample}`
pub(crate) async fn show(Path((page, sample)): Path<(String, String)>) -> Response {
    let Ok(pages) = views::gallery() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match pages
        .into_iter()
        .find(|one| one.page == page && one.sample == sample)
    {
        Some(found) => Html(found.html).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
