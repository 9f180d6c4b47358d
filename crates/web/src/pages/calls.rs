//! The contact log: a day, its filters, its file. Owns what the address may say; every figure and
//! every row is the application's.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use http::header;
use jiff::civil::Date;
use relais_app::contact_log::export::File;
use relais_app::contact_log::{Choice, Place, Wanted};
use relais_app::error::AppError;
use relais_app::reference::motives::Motives;
use relais_core::request::Origin;
use relais_core::time::Instant;
use serde::Deserialize;

use super::eye;
use crate::fail::{Answer, Fail, html};
use crate::gate::Signed;
use crate::show;
use crate::web::Web;

/// Rows of one page.
const ROWS: u32 = 50;

/// What the address asks for: words of ours, each ignored when it means nothing.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    jour: String,
    #[serde(default)]
    issue: String,
    #[serde(default)]
    origine: String,
    #[serde(default)]
    personne: String,
    #[serde(default)]
    motif: String,
    #[serde(default)]
    saisie: String,
    #[serde(default)]
    apres: String,
}

impl Asked {
    fn choice(&self) -> Result<Choice, Fail> {
        Ok(Choice {
            day: read(&self.jour, |text| text.parse::<Date>().ok(), "day")?,
            origin: read(&self.origine, Origin::from_code, "origin")?,
            outcome: read(&self.issue, Wanted::from_code, "outcome")?,
            operator: read(&self.personne, |text| text.parse().ok(), "operator")?,
            motive: read(
                &self.motif,
                |text| Motives::shipped().get(text).map(|m| m.code.to_string()),
                "motive",
            )?,
            late: read(&self.saisie, entered, "late")?,
        })
    }

    fn before(&self) -> Result<Option<Place>, Fail> {
        read(&self.apres, place, "cursor")
    }
}

/// A value of the address, or nothing when it is empty; what means nothing is refused, since a filter
/// that is ignored would show more than was asked.
fn read<T>(text: &str, read: impl Fn(&str) -> Option<T>, name: &str) -> Result<Option<T>, Fail> {
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some).ok_or_else(|| {
        Fail(AppError::invalid(
            format!("/{name}"),
            "Cette valeur ne veut rien dire ici\u{a0}: reprenez la liste des appels.",
        ))
    })
}

/// When it was entered: `apres-coup`, or `sur-le-champ`.
fn entered(text: &str) -> Option<bool> {
    match text {
        "apres-coup" => Some(true),
        "sur-le-champ" => Some(false),
        _ => None,
    }
}

/// A cursor of the log: the time and the id of the last row shown.
pub(crate) fn place(text: &str) -> Option<Place> {
    let (at, id) = text.split_once('.')?;
    Some(Place {
        at: Instant::from_millis(at.parse().ok()?),
        id: id.parse().ok()?,
    })
}

/// Its text.
pub(crate) fn cursor(place: Place) -> String {
    format!("{}.{}", place.at.millis(), place.id)
}

/// `GET /appels`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let choice = asked.choice()?;
    let eye = eye(&web, &signed).await?;
    let day = web
        .app
        .contact_log(&signed.who(), choice.clone(), asked.before()?, ROWS)
        .await?;
    let title = show::calls::title(&eye, &day);
    let desk = show::desk(&web, &eye, &signed, &title, show::calls::PAGE);
    html(&show::calls::page(
        &eye,
        desk,
        title,
        &day,
        &choice,
        !asked.apres.is_empty(),
    ))
}

/// `GET /appels.csv`
pub(crate) async fn export(
    State(web): State<Web>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let File { day, bytes } = web
        .app
        .contact_log_csv(&signed.who(), asked.choice()?)
        .await?;
    let name = format!("attachment; filename=\"appels-{day}.csv\"");
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        bytes,
    )
        .into_response())
}
