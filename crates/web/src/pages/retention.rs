//! How long what is known of patients is kept: durations, what is past them, and the proof of what was
//! purged.

use axum::extract::State;
use axum::response::IntoResponse as _;
use http::{HeaderValue, header};
use relais_app::error::AppError;
use relais_app::text::retention as words;
use relais_core::retention::{Class, Retention};

use super::{direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::Form;
use crate::show;
use crate::views::{PurgeRow, RetentionPage, RetentionRow};
use crate::web::Web;

/// Where the page is.
pub(crate) const PAGE: &str = "/reglages/conservation";

async fn page(web: &Web, signed: &Signed, form: Option<Form>) -> Result<RetentionPage, Fail> {
    let held = web.app.retention(&signed.who()).await?;
    let eye = eye(web, signed).await?;
    let when = eye.when();
    let wrong = form.as_ref().is_some_and(|form| !form.errors().is_empty());
    let title = if wrong {
        "Erreur\u{a0}: conservation"
    } else {
        "Conservation"
    };
    let form = form.unwrap_or_else(|| {
        let filled = Form::default().with("version", &held.version.to_string());
        held.due.iter().fold(filled, |form, due| {
            form.with(due.class.code(), &due.days.to_string())
        })
    });
    let rows = held.due.iter().map(|due| RetentionRow {
        name: due.class.code().to_owned(),
        label: words::class(due.class).to_owned(),
        due: match due.due {
            0 => "Rien n’attend.".to_owned(),
            some => format!("{some} à effacer dans l’heure."),
        },
    });
    let proof = held.proof.iter().map(|purge| PurgeRow {
        day: purge.on_day.clone(),
        class: words::class(purge.class).to_owned(),
        counted: purge.counted.to_string(),
        before: when.plain_date(purge.before_at),
    });
    Ok(RetentionPage {
        desk: show::desk(web, &eye, signed, title, PAGE),
        rows: rows.collect(),
        proof: proof.collect(),
        form,
    })
}

/// `GET /reglages/conservation`
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    html(&page(&web, &signed, None).await?)
}

/// `POST /reglages/conservation`
pub(crate) async fn save(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    // What is no number is out of range, and refused there with its sentence.
    let days = |class: Class| fields.get(class.code()).parse().unwrap_or(0);
    let asked = Retention {
        identities: days(Class::Identities),
        notes: days(Class::Notes),
        photos: days(Class::Photos),
        threads: days(Class::Threads),
        texts: days(Class::Texts),
        visits: days(Class::Visits),
    };
    let version = fields.get("version").parse().unwrap_or(0);
    match web.app.set_retention(&signed.who(), version, asked).await {
        Ok(()) => see_other(PAGE),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, Some(form)).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `GET /reglages/conservation.csv`
pub(crate) async fn file(State(web): State<Web>, signed: Signed) -> Answer {
    let mut response = web.app.retention_csv(&signed.who()).await?.into_response();
    let head = response.headers_mut();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    head.insert(header::CONTENT_TYPE, kind);
    head.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"effacements.csv\""),
    );
    Ok(response)
}
