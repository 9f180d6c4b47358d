//! Who saw the data of a request's patient, as the coordinator hands it over.

use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use http::{HeaderValue, header};

use super::{eye, request_id};
use crate::fail::{Answer, html};
use crate::gate::Signed;
use crate::show;
use crate::views::{LookRow, LooksPage};
use crate::web::Web;

/// `GET /demandes/{id}/consultations`
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = request_id(&id)?;
    let looks = web.app.who_saw(&signed.who(), id).await?;
    let eye = eye(&web, &signed).await?;
    let when = eye.when();
    let rows = looks.rows.into_iter().map(|look| LookRow {
        at: format!("{}, {}", when.plain_date(look.at), when.clock(look.at)),
        who: look.who,
        role: look.role.to_owned(),
        what: look.what.to_owned(),
        why: look.why.to_owned(),
        code: look.code,
    });
    let title = format!("Consultations, demande {}", looks.code);
    html(&LooksPage {
        desk: show::desk(&web, &eye, &signed, &title, "/demandes"),
        id: id.to_string(),
        code: looks.code,
        rows: rows.collect(),
    })
}

/// `GET /demandes/{id}/consultations.csv`
pub(crate) async fn file(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let (bytes, code) = web.app.who_saw_csv(&signed.who(), request_id(&id)?).await?;
    let mut response = bytes.into_response();
    let head = response.headers_mut();
    head.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("attachment; filename=\"consultations-{code}.csv\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        head.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
