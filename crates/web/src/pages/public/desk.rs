//! The public pages, for whoever keeps them running, and the poster that leads to them.

use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use http::{HeaderValue, StatusCode, header};
use relais_app::error::AppError;
use relais_app::poster::{Poster, Square};
use relais_app::public::closed::shown;
use relais_app::public::settings::{PublicDraft, Reading};
use relais_app::text::{When, hours};
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::fail::{Answer, Fail, html, html_as, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::pages::{Told, eye};
use crate::parts::{FieldError, Form};
use crate::show;
use crate::views::{PosterPage, PublicDay, PublicDeskPage};
use crate::web::Web;

/// Where it is.
pub(crate) const PAGE: &str = "/reglages/public";

/// What is counted, and its name on the page.
const COLUMNS: &[(&str, &str)] = &[
    ("begun", "Commencés"),
    ("sent", "Envoyés"),
    ("fifteen", "Renvois au 15"),
    ("unsure", "Pas sûrs"),
    ("full", "Refus\u{a0}: complet"),
    ("shared", "Refus\u{a0}: trop du même accès"),
    ("shed", "Oubliés\u{a0}: débordement"),
    ("repeated", "Refus\u{a0}: numéro"),
    ("shut", "Refus\u{a0}: fermé"),
];

/// `GET /reglages/public`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let read = web.app.public_settings(&signed.who()).await?;
    let s = &read.settings;
    let mut form = Form::default()
        .with("slug", &read.slug)
        .with("call_back_minutes", &s.call_back_minutes.to_string())
        .with("last_form_minutes", &s.last_form_minutes.to_string())
        .with("waiting_max", &s.waiting_max.to_string())
        .with("duty_phone", &s.duty_phone);
    if s.form {
        form = form.with("form", "oui");
    }
    let mut page = page(&web, &signed, &read, form).await?;
    page.desk = page.desk.toast(told.toast());
    html(&page)
}

/// `POST /reglages/public`
pub(crate) async fn change(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.get(name).to_owned();
    let draft = PublicDraft {
        form: !fields.get("form").is_empty(),
        slug: text("slug"),
        call_back_minutes: text("call_back_minutes"),
        last_form_minutes: text("last_form_minutes"),
        waiting_max: text("waiting_max"),
        duty_phone: text("duty_phone"),
    };
    match web.app.set_public_settings(&signed.who(), draft).await {
        Ok(()) => see_other("/reglages/public?dit=reglages"),
        Err(AppError::Invalid(errors)) => {
            let errors = errors.into_iter().map(|error| FieldError {
                name: error.pointer,
                message: error.message,
            });
            let read = web.app.public_settings(&signed.who()).await?;
            let form = fields.again(errors.collect());
            let mut page = page(&web, &signed, &read, form).await?;
            page.desk.title = "Erreur\u{a0}: pages publiques".to_owned();
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(Fail(error)),
    }
}

async fn page(
    web: &Web,
    signed: &Signed,
    read: &Reading,
    form: Form,
) -> Result<PublicDeskPage, Fail> {
    let eye = eye(web, signed).await?;
    let base = &web.app.settings().base_url;
    let bare = base
        .split_once("://")
        .map_or(base.as_str(), |(_, rest)| rest);
    let home = format!("/n/{}", read.slug);
    let many = |n: i64, one: &str, more: &str| {
        let word = if n > 1 { more } else { one };
        format!("{n}\u{a0}{word}")
    };
    let mut days: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    for (day, what, n) in &read.counts {
        days.entry(day).or_default().insert(what, *n);
    }
    let numbers = read.settings.numbers.iter().map(|number| {
        let place = match number.communes.len() {
            0 => "Partout".to_owned(),
            n => many(i64::try_from(n).unwrap_or(i64::MAX), "commune", "communes"),
        };
        let hours = number
            .hours
            .as_ref()
            .map(|hours| hours::week(&hours.weekly));
        let said = match hours {
            Some(week) => format!("{place}, {week}"),
            None => format!("{place}, à toute heure"),
        };
        (number.name.clone(), shown(&number.phone), said)
    });
    Ok(PublicDeskPage {
        desk: show::desk(web, &eye, signed, "Pages publiques", PAGE),
        form,
        address: format!("{bare}{home}"),
        paths: [
            home,
            format!("/horaires/{}", read.slug),
            format!("/horaires/{}/voix", read.slug),
        ],
        online: read.settings.form,
        waiting: format!(
            "{}, sur {} au plus",
            many(
                read.waiting,
                "demande attend un rappel",
                "demandes attendent un rappel"
            ),
            read.settings.waiting_max
        ),
        filling: many(read.filling, "formulaire en cours", "formulaires en cours"),
        columns: COLUMNS.iter().map(|(_, name)| *name).collect(),
        days: days
            .iter()
            .rev()
            .map(|(day, counts)| PublicDay {
                day: civil(day, &eye.when()),
                counts: COLUMNS
                    .iter()
                    .map(|(what, _)| counts.get(what).copied().unwrap_or(0))
                    .collect(),
            })
            .collect(),
        numbers: numbers.collect(),
    })
}

/// A civil day as one says it.
fn civil(day: &str, when: &When<'_>) -> String {
    let read: Option<jiff::civil::Date> = day.parse().ok();
    let noon = read.and_then(|date| date.at(12, 0, 0, 0).to_zoned(when.zone.clone()).ok());
    noon.map_or_else(
        || day.to_owned(),
        |at| {
            let at = relais_core::time::Instant::from_millis(at.timestamp().as_millisecond());
            when.day(at)
        },
    )
}

async fn poster_of(web: &Web, signed: &Signed) -> Result<Poster, Fail> {
    let directory = web.app.directory().await?;
    let entry = directory.network(signed.actor().network)?;
    Ok(Poster::of(entry, &web.app.settings().base_url))
}

/// `GET /reglages/affiche`
pub(crate) async fn poster(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let poster = poster_of(&web, &signed).await?;
    let square = poster.square()?.as_ref().map(path);
    let form = poster.form.clone().unwrap_or_default();
    let bare = form
        .split_once("://")
        .map_or(form.as_str(), |(_, rest)| rest);
    html(&PosterPage {
        desk: show::desk(&web, &eye, &signed, "Affiche", PAGE),
        name: poster.name.clone(),
        phone: poster.phone.clone(),
        hours: poster.hours.clone(),
        fifteen: poster.fifteen.clone(),
        duty: poster.duty.clone(),
        form: bare.to_owned(),
        square,
    })
}

/// The dark modules of a square as one path, with four blank modules around.
fn path(square: &Square) -> (usize, String) {
    let mut path = String::new();
    for (index, _) in square.dark.iter().enumerate().filter(|(_, dark)| **dark) {
        let (row, column) = (index / square.side, index % square.side);
        let _ = write!(path, "M{} {}h1v1h-1z", column + 4, row + 4);
    }
    (square.side + 8, path)
}

/// `GET /reglages/affiche.pdf`
pub(crate) async fn poster_pdf(State(web): State<Web>, signed: Signed) -> Answer {
    let bytes = poster_of(&web, &signed).await?.pdf()?;
    let mut response = bytes.into_response();
    let head = response.headers_mut();
    head.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    head.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("inline; filename=\"affiche.pdf\""),
    );
    Ok(response)
}
