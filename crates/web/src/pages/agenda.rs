//! A professional's calendar feed: making, renewing and cutting its address, saying how much it tells
//! of a patient; and the feed itself, to whoever holds the address.

use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use http::{HeaderName, HeaderValue, header};
use relais_app::error::AppError;
use relais_core::access::CalendarDetail;

use super::activity::days_away;
use super::eye;
use crate::caller::Caller;
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::{Signed, too_many};
use crate::parts::{Choice, Form, PhoneTab};
use crate::show;
use crate::views::AgendaPage;
use crate::web::Web;

/// Where the page is.
pub(crate) const PAGE: &str = "/agenda";

fn choices() -> Vec<Choice> {
    Choice::list(&[
        ("initials", "Les initiales"),
        ("nothing", "Rien du patient"),
        ("name", "Le nom et le prénom"),
    ])
}

async fn page(web: &Web, signed: &Signed, made: Option<String>) -> Result<AgendaPage, Fail> {
    let feed = web.app.agenda(&signed.who()).await?;
    let absences = web.app.absences(&signed.who()).await?;
    let eye = eye(web, signed).await?;
    let when = eye.when();
    let detail = feed
        .as_ref()
        .map_or(CalendarDetail::Initials, |feed| feed.detail);
    let open = feed.filter(|feed| feed.open);
    Ok(AgendaPage {
        phone: show::phone(web, &eye, "Mon agenda", PhoneTab::None)
            .back("/activite", "Retour à mon activité"),
        form: Form::default().with("detail", detail.code()),
        details: choices(),
        state: open.as_ref().map_or(String::new(), |feed| {
            let read = match feed.read_at {
                Some(at) => format!("Lue {}.", when.day_hour(at)),
                None => "Pas encore lue par un agenda.".to_owned(),
            };
            format!("Adresse créée {}. {read}", when.day_hour(feed.made_at))
        }),
        made: made.unwrap_or_default(),
        absences: absences.iter().map(days_away).collect(),
    })
}

/// `GET /agenda`
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    html(&page(&web, &signed, None).await?)
}

/// `POST /agenda`
pub(crate) async fn change(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let who = signed.who();
    let detail =
        CalendarDetail::from_code(fields.get("detail")).unwrap_or(CalendarDetail::Initials);
    match fields.get("faire") {
        "creer" => {
            // An address that opens identities is made by who just proved who they are.
            signed.strong()?;
            let address = web.app.make_agenda(&who, detail).await?;
            html(&page(&web, &signed, Some(address)).await?)
        }
        "contenu" => {
            signed.strong()?;
            web.app.set_agenda_detail(&who, detail).await?;
            see_other(PAGE)
        }
        "couper" => {
            web.app.close_agenda(&who).await?;
            see_other(PAGE)
        }
        _ => see_other(PAGE),
    }
}

/// `GET /agenda/{secret}`, the secret followed by `.ics`.
pub(crate) async fn feed(
    State(web): State<Web>,
    Path(file): Path<String>,
    Caller(caller): Caller,
) -> Answer {
    web.limits
        .answer(&caller)
        .map_err(|wait| Fail(too_many(&web, wait)))?;
    let secret = file.strip_suffix(".ics").ok_or(Fail(AppError::NotFound))?;
    let mut response = web.app.agenda_file(secret).await?.into_response();
    let head = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        head.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_TYPE, "text/calendar; charset=utf-8");
    set(header::CACHE_CONTROL, "private, no-cache");
    set(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    set(
        header::CONTENT_DISPOSITION,
        "inline; filename=\"relais.ics\"",
    );
    Ok(response)
}
