//! The description of the API for programs and for people, and a page for each kind of problem.

use axum::extract::Path;
use relais_app::error::AppError;

use super::ok;
use super::problems::explained;
use crate::fail::{Answer, Fail, html};
use crate::openapi::operations::OPERATIONS;
use crate::openapi::{VERSION, document as described};
use crate::problem::KINDS;
use crate::views::{DocsPage, Operation, ProblemPage};

/// `GET /api/openapi.json`
pub(super) async fn document() -> Answer {
    ok(&described())
}

/// `GET /api/docs`
pub(super) async fn page() -> Answer {
    let operations = OPERATIONS.iter().map(|operation| Operation {
        method: operation.method.to_owned(),
        path: operation.path.to_owned(),
        summary: operation.summary.to_owned(),
        who: operation.who.to_owned(),
        answers: vec![(operation.status.to_string(), operation.gives.to_owned())],
    });
    html(&DocsPage {
        version: VERSION.to_owned(),
        operations: operations.collect(),
        problems: KINDS
            .iter()
            .map(|(slug, _, title)| (format!("/problems/{slug}"), (*title).to_owned()))
            .collect(),
    })
}

/// `GET /problems/{slug}`
pub(super) async fn problem(Path(slug): Path<String>) -> Answer {
    let kind = KINDS
        .iter()
        .find(|(known, ..)| *known == slug)
        .ok_or(Fail(AppError::NotFound))?;
    let (title, detail) = explained(kind.0).ok_or(Fail(AppError::NotFound))?;
    html(&ProblemPage {
        status: kind.1,
        title: title.to_owned(),
        detail: detail.to_owned(),
        link: ("/api/docs".to_owned(), "Voir l’API".to_owned()),
    })
}
