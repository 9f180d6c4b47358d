//! `GET /contacts`, `/contacts/{id}`, `/contacts/figures`: the contact log, without identity.

use axum::extract::{Path, State};
use jiff::civil::Date;
use relais_app::contact_log::{Choice, Entry, Wanted};
use relais_app::directory::Directory;
use relais_app::error::AppError;
use relais_app::reference::motives::Motives;
use relais_core::request::Origin;
use serde::Serialize;
use std::collections::BTreeMap;

use super::ok;
use super::page::{Page, Params};
use super::view::{at, maybe};
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::calls::{cursor, place};
use crate::web::Web;

/// A contact of the log.
#[derive(Serialize)]
struct LineView {
    id: String,
    origin: &'static str,
    outcome: Option<String>,
    /// The request it led to.
    request: Option<String>,
    request_code: Option<String>,
    /// Who answered.
    operator: Option<String>,
    operator_name: Option<String>,
    motives: Vec<String>,
    received_at: String,
    entered_late: bool,
    ended_at: Option<String>,
    reason: Option<String>,
    reason_code: Option<String>,
}

fn view(directory: &Directory, entry: &Entry) -> LineView {
    let (request, request_code) = entry
        .request
        .as_ref()
        .map(|(id, code)| (id.to_string(), code.clone()))
        .unzip();
    LineView {
        id: entry.id.to_string(),
        origin: entry.origin.code(),
        outcome: entry.outcome.clone(),
        request,
        request_code,
        operator: entry.operator.map(|id| id.to_string()),
        operator_name: entry.operator.and_then(|id| directory.user_name(id)),
        motives: entry.motives.iter().map(ToString::to_string).collect(),
        received_at: at(entry.received_at),
        entered_late: entry.entered_late,
        ended_at: maybe(entry.ended_at),
        reason: entry.reason.clone(),
        reason_code: entry.reason_code.clone(),
    }
}

/// How many, by outcome and by origin; both sum to the total, open ones counted apart.
#[derive(Serialize)]
struct FiguresView {
    day: String,
    total: u64,
    open: u64,
    by_outcome: BTreeMap<&'static str, u64>,
    by_origin: BTreeMap<&'static str, u64>,
}

const DAY: &str = "Un jour s’écrit 2026-11-24.";

/// What the parameters choose.
fn choice(params: &Params) -> Result<Choice, Fail> {
    let origins: Vec<_> = Origin::ALL.iter().map(|origin| origin.code()).collect();
    let outcomes: Vec<_> = Wanted::outcomes().collect();
    Ok(Choice {
        day: params.read("day", |text| text.parse::<Date>().ok(), DAY)?,
        origin: params.read(
            "origin",
            Origin::from_code,
            &format!("Choisissez parmi\u{a0}: {}.", origins.join(", ")),
        )?,
        outcome: params.read(
            "outcome",
            Wanted::from_code,
            &format!("Choisissez parmi\u{a0}: open, {}.", outcomes.join(", ")),
        )?,
        operator: params.read(
            "operator",
            |text| text.parse().ok(),
            "Ce n’est pas l’identifiant d’un compte.",
        )?,
        motive: params.read(
            "motive",
            |text| Motives::shipped().get(text).map(|m| m.code.to_string()),
            "Ce motif n’est pas dans la liste des motifs.",
        )?,
        late: params.read("late", |text| text.parse().ok(), "Écrivez true ou false.")?,
    })
}

/// `GET /contacts`: a day, newest first.
pub(super) async fn list(State(web): State<Web>, signed: Signed, params: Params) -> Answer {
    let params = params.only(&[
        "day", "origin", "outcome", "operator", "motive", "late", "cursor", "limit",
    ])?;
    let before = params.read("cursor", place, "Ce repère n’en est pas un.")?;
    let day = web
        .app
        .contact_log(&signed.who(), choice(&params)?, before, params.limit()?)
        .await?;
    let rows = day.rows.unwrap_or_default();
    ok(&Page {
        items: rows
            .iter()
            .map(|entry| view(&day.directory, entry))
            .collect(),
        next: day.next.map(cursor),
    })
}

/// `GET /contacts/{id}`
pub(super) async fn read(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = id.parse().map_err(|_| Fail(AppError::NotFound))?;
    let (entry, directory) = web.app.contact(&signed.who(), id).await?;
    ok(&view(&directory, &entry))
}

/// `GET /contacts/figures`
pub(super) async fn figures(State(web): State<Web>, signed: Signed, params: Params) -> Answer {
    let params = params.only(&["day"])?;
    let wanted = Choice {
        day: params.read("day", |text| text.parse::<Date>().ok(), DAY)?,
        ..Choice::default()
    };
    let day = web.app.contact_log(&signed.who(), wanted, None, 1).await?;
    let figures = &day.figures;
    ok(&FiguresView {
        day: day.day.to_string(),
        total: figures.total(),
        open: figures.open(),
        by_outcome: figures.by_outcome().into_iter().collect(),
        by_origin: figures
            .by_origin()
            .into_iter()
            .map(|(origin, many)| (origin.code(), many))
            .collect(),
    })
}
