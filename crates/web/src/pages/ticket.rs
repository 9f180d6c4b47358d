//! The patient's own page, behind their link: `/p/<secret>`. Whoever holds the link is let in, nobody
//! else; it says what the SMS said. Nothing of it is kept, indexed or told to another site.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use relais_app::error::AppError;
use relais_app::holder::{Ticket, calendar};
use relais_app::phone::national;
use relais_app::public::slug;
use relais_app::text::labels;
use relais_app::text::when::When;
use relais_app::wishes::OWN;
use relais_core::people::Mode;
use relais_core::request::{Appointment, Closure, Ending, Phase};
use serde::Deserialize;

use super::direct;
use crate::caller::{Address, Caller};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::too_many;
use crate::parts::{Choice, Form, Public};
use crate::show::{lower, upper};
use crate::views::TicketPage;
use crate::way::{self, Browser};
use crate::web::Web;

/// How the page is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// In large letters.
    #[serde(default)]
    gros: String,
    /// What just happened: a word of ours.
    #[serde(default)]
    dit: String,
}

/// `GET /p/{secret}`
pub(crate) async fn show(
    State(web): State<Web>,
    Path(secret): Path<String>,
    Caller(caller): Caller,
    Browser(browser): Browser,
    Query(asked): Query<Asked>,
) -> Answer {
    let ticket = held(&web, &secret, &caller).await?;
    let mut page = page(&web, &secret, &ticket, Form::default(), asked.gros == "1");
    page.place = page
        .place
        .map(|(words, _)| (words.clone(), way::to_practice(&words, &browser)));
    page.told = match asked.dit.as_str() {
        "retard" => "C’est noté\u{a0}: votre professionnel est prévenu de votre retard.".to_owned(),
        "retard-appel" => format!(
            "C’est noté. Appelez aussi le {} pour prévenir de votre retard.",
            national(&ticket.entry.network.phone)
        ),
        "recu" => "Merci de votre réponse.".to_owned(),
        "choix" => "Vos choix sont enregistrés.".to_owned(),
        _ => String::new(),
    };
    Ok(closed(html(&page)?))
}

/// `GET /p/{secret}/rendez-vous.ics`
pub(crate) async fn ics(
    State(web): State<Web>,
    Path(secret): Path<String>,
    Caller(caller): Caller,
) -> Answer {
    let ticket = held(&web, &secret, &caller).await?;
    let file = calendar(&ticket).ok_or(Fail(AppError::NotFound))?;
    let mut response = file.into_response();
    let head = response.headers_mut();
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    head.insert(header::CONTENT_TYPE, kind);
    head.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"rendez-vous.ics\""),
    );
    Ok(closed(response))
}

/// `POST /p/{secret}/annuler`
pub(crate) async fn cancel(
    State(web): State<Web>,
    Path(secret): Path<String>,
    Caller(caller): Caller,
    fields: Fields,
) -> Answer {
    limited(&web, &caller)?;
    web.app.cancel_by_link(&secret).await?;
    see_other(&back(&secret, &fields, ""))
}

/// `POST /p/{secret}/retard`
pub(crate) async fn late(
    State(web): State<Web>,
    Path(secret): Path<String>,
    Caller(caller): Caller,
    fields: Fields,
) -> Answer {
    limited(&web, &caller)?;
    let minutes = fields.get("minutes").parse().unwrap_or(0);
    match web.app.late_by_link(&secret, minutes).await {
        Ok(true) => see_other(&back(&secret, &fields, "retard")),
        Ok(false) => see_other(&back(&secret, &fields, "retard-appel")),
        Err(AppError::Invalid(_)) => {
            let ticket = web.app.ticket(&secret).await?;
            let form = fields
                .again(Vec::new())
                .wrong("minutes", "Dites de combien de minutes");
            let large = fields.get("gros") == "1";
            let page = page(&web, &secret, &ticket, form, large);
            Ok(closed(direct::unprocessable(&page)?))
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /p/{secret}/recu`
pub(crate) async fn received(
    State(web): State<Web>,
    Path(secret): Path<String>,
    Caller(caller): Caller,
    fields: Fields,
) -> Answer {
    limited(&web, &caller)?;
    let received = match fields.get("recu") {
        "oui" => true,
        "non" => false,
        _ => return see_other(&back(&secret, &fields, "")),
    };
    web.app.answer_by_link(&secret, received).await?;
    see_other(&back(&secret, &fields, "recu"))
}

/// `POST /p/{secret}/choix`
pub(crate) async fn wishes(
    State(web): State<Web>,
    Path(secret): Path<String>,
    Caller(caller): Caller,
    fields: Fields,
) -> Answer {
    limited(&web, &caller)?;
    let wanted = super::wishes::ticked(&fields);
    web.app.set_wishes_by_link(&secret, wanted).await?;
    see_other(&back(&secret, &fields, "choix"))
}

fn limited(web: &Web, caller: &Address) -> Result<(), Fail> {
    web.limits
        .answer(caller)
        .map_err(|wait| Fail(too_many(web, wait)))
}

async fn held(web: &Web, secret: &str, caller: &Address) -> Result<Ticket, Fail> {
    limited(web, caller)?;
    Ok(web.app.ticket(secret).await?)
}

/// Back to the page, as it was read.
fn back(secret: &str, fields: &Fields, told: &str) -> String {
    let mut words = Vec::new();
    if fields.get("gros") == "1" {
        words.push("gros=1".to_owned());
    }
    if !told.is_empty() {
        words.push(format!("dit={told}"));
    }
    // Only what a secret is made of goes back into an address.
    let secret: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    if words.is_empty() {
        format!("/p/{secret}")
    } else {
        format!("/p/{secret}?{}", words.join("&"))
    }
}

/// Kept nowhere, in no search engine.
fn closed(mut response: Response) -> Response {
    let head = response.headers_mut();
    head.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, private"),
    );
    head.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow, noarchive"),
    );
    debug_assert!(response.status() != StatusCode::NOT_MODIFIED);
    response
}

fn page(web: &Web, secret: &str, ticket: &Ticket, form: Form, large: bool) -> TicketPage {
    let entry = &ticket.entry;
    let when = When::new(ticket.now, &entry.calendar.zone);
    let tel = national(&entry.network.phone);
    let number = (format!("tel:{}", entry.network.phone), tel.clone());
    // Never in two lines.
    let said = told(ticket, &when, &tel.replace(' ', "\u{a0}"));
    let (hour, consultation) = match &ticket.request.phase {
        Phase::Engaged(engagement) => (
            hour(engagement.appointment, &when),
            ticket.request.need.mode == Mode::Consultation,
        ),
        _ => (Vec::new(), false),
    };
    let heading = if form.errors().is_empty() {
        said.title.to_owned()
    } else {
        format!("Erreur\u{a0}: {}", lower(said.title))
    };
    let late = ticket.late.filter(|_| ticket.can_be_late());
    TicketPage {
        public: Public {
            title: heading,
            network: entry.network.name.clone(),
            phone: entry.calendar.is_open(ticket.now).then(|| number.clone()),
            home: format!("/n/{}", slug(entry)),
            demo: web.is_demo(),
            large,
        },
        here: format!("/p/{secret}"),
        form,
        heading: said.heading,
        told: String::new(),
        by: ticket.by.as_ref().map(|by| {
            (
                by.name.clone(),
                labels::profession(by.profession).to_owned(),
            )
        }),
        place: ticket
            .by
            .as_ref()
            .and_then(|by| by.place.clone())
            .filter(|_| consultation && !hour.is_empty())
            .map(|(line, commune)| {
                let words = format!("{line}, {commune}");
                let route = way::to_practice(&words, "");
                (words, route)
            }),
        tel: ticket
            .by
            .as_ref()
            .and_then(|by| by.tel.as_ref())
            .map(|tel| (format!("tel:{tel}"), national(tel))),
        calendar: !hour.is_empty(),
        bring: if hour.is_empty() {
            String::new()
        } else {
            "Votre carte Vitale, vos ordonnances en cours. Vous payez le prix habituel de ce professionnel."
                .to_owned()
        },
        when: hour,
        late: late.map_or_else(String::new, |(at, minutes)| match minutes {
            Some(minutes) => format!(
                "Vous avez prévenu d’un retard de {minutes}\u{a0}minutes, à {}.",
                when.hour(at)
            ),
            None => format!("Vous avez prévenu d’un retard, à {}.", when.hour(at)),
        }),
        lates: if ticket.can_be_late() {
            [10, 20, 30, 45]
                .map(|minutes| Choice::new(minutes.to_string(), format!("{minutes}\u{a0}min")))
                .to_vec()
        } else {
            Vec::new()
        },
        by_sms: ticket.can_cancel(),
        asks: ticket.received.is_some(),
        answered: match ticket.received.flatten() {
            Some(true) => "Vous avez répondu\u{a0}: oui.".to_owned(),
            Some(false) => "Vous avez répondu\u{a0}: non.".to_owned(),
            None => String::new(),
        },
        wishes: OWN
            .iter()
            .map(|wish| Choice::new(wish.code(), relais_app::text::wishes::own(*wish)))
            .collect(),
        wanted: super::wishes::filled(&ticket.wishes),
        cancels: match (ticket.can_cancel(), &ticket.request.phase) {
            (false, _) => String::new(),
            (true, Phase::Engaged(engagement)) if engagement.appointment.has_time() => {
                "ce rendez-vous".to_owned()
            }
            (true, _) => "cette demande".to_owned(),
        },
        said: said.lines,
        call: Some(number),
        fifteen: entry.network.extra.number_15.clone(),
    }
}

/// The hour in large.
fn hour(appointment: Appointment, when: &When<'_>) -> Vec<String> {
    match appointment {
        Appointment::At(at) => vec![upper(&when.day(at)), format!("à {}", when.hour(at))],
        Appointment::Between(from, to) => vec![
            upper(&when.day(from)),
            format!("entre {} et {}", when.hour(from), when.hour(to)),
        ],
        Appointment::Call(_) | Appointment::ToBeSet => Vec::new(),
    }
}

/// What the page says first.
struct Said {
    title: &'static str,
    heading: String,
    lines: Vec<String>,
}

impl Said {
    fn new(title: &'static str, heading: impl Into<String>, line: impl Into<String>) -> Self {
        let line = line.into();
        Self {
            title,
            heading: heading.into(),
            lines: if line.is_empty() {
                Vec::new()
            } else {
                vec![line]
            },
        }
    }
}

const REQUEST: &str = "Votre demande";

fn told(ticket: &Ticket, when: &When<'_>, tel: &str) -> Said {
    let request = &ticket.request;
    let name = ticket
        .by
        .as_ref()
        .map_or_else(|| "Un professionnel".to_owned(), |by| by.name.clone());
    match &request.phase {
        Phase::ToQualify { .. } => Said::new(
            REQUEST,
            "Un médecin lit votre demande",
            format!("Le service vous rappelle du {tel}."),
        ),
        Phase::Asking(asking) => {
            let next = asking.promise_at.unwrap_or(asking.deadline);
            let (heading, why) = if ticket.given_back() {
                (
                    "Nous cherchons de nouveau",
                    "Le professionnel prévu a un empêchement. ",
                )
            } else {
                ("Nous cherchons un professionnel pour vous", "")
            };
            Said::new(
                REQUEST,
                heading,
                format!(
                    "{why}Prochain message {}. Vous n’avez rien à faire.",
                    when.before(next)
                ),
            )
        }
        Phase::Paused(_) => Said::new(
            REQUEST,
            "Votre demande est en attente",
            format!("Le service vous rappelle du {tel}."),
        ),
        Phase::Unfilled(_) => Said::new(
            REQUEST,
            "Personne n’est libre pour le moment",
            format!("Un opérateur s’en occupe et vous appelle du {tel}."),
        ),
        Phase::Engaged(engagement) => match engagement.appointment {
            Appointment::At(_) | Appointment::Between(_, _) => match request.need.mode {
                Mode::Consultation => Said::new("Votre rendez-vous", "Votre rendez-vous", ""),
                Mode::Visit => Said::new(
                    "Votre rendez-vous",
                    "On passe chez vous",
                    format!("{name} vient à votre domicile."),
                ),
                Mode::Teleconsultation => Said::new(
                    "Votre rendez-vous",
                    "Votre téléconsultation",
                    format!("{name} vous appelle en vidéo. Gardez votre téléphone près de vous."),
                ),
            },
            Appointment::Call(before) => Said::new(
                REQUEST,
                format!("{name} vous appelle"),
                format!(
                    "{}Le numéro peut être masqué\u{a0}: merci de décrocher.",
                    before.map_or_else(String::new, |at| format!(
                        "Vous serez appelé {}. ",
                        when.before(at)
                    ))
                ),
            ),
            Appointment::ToBeSet => Said::new(
                REQUEST,
                format!("{name} s’occupe de vous"),
                format!("Un opérateur vous appelle du {tel} pour fixer l’heure."),
            ),
        },
        Phase::Ended(Ending::Transferred15 { .. }) => Said::new(
            REQUEST,
            "Votre demande est confiée au 15",
            "Restez près de votre téléphone.",
        ),
        Phase::Ended(Ending::Cancelled { .. }) => Said::new(
            REQUEST,
            "Votre demande est annulée",
            format!(
                "Ceux qui devaient le savoir sont prévenus. Besoin d’une autre\u{a0}? Appelez le {tel}."
            ),
        ),
        Phase::Ended(Ending::Closed { closure, .. }) => match closure {
            Closure::NoTaker => Said::new(
                REQUEST,
                "Personne n’a pu vous recevoir",
                format!("Votre demande est terminée. Besoin d’aide\u{a0}? Appelez le {tel}."),
            ),
            _ => Said::new(
                REQUEST,
                "C’est terminé",
                format!("Votre demande est terminée. Besoin d’une autre\u{a0}? Appelez le {tel}."),
            ),
        },
    }
}
