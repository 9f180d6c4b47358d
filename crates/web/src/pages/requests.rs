//! The list of requests, and the search by number or commune. A search is posted: what somebody types
//! there may be a telephone number, which no address may hold (R6); it is then sent to the call, where
//! looking a patient up is journaled.

use axum::extract::{Query, State};
use relais_app::requests::read::Read;
use relais_core::access::Role;
use relais_core::geo::Insee;
use relais_core::request::Status;
use serde::Deserialize;

use super::direct::unprocessable;
use super::eye;
use super::suggest::department;
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{FieldError, Form};
use crate::show::{self, Eye};
use crate::typed::read_commune;
use crate::views::{Filter, ListRow, RequestsPage};
use crate::web::Web;

/// Rows of one page.
const ROWS: u32 = 40;

/// The filter in use, and from where.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    etat: String,
    #[serde(default)]
    apres: String,
    /// The INSEE code of a commune, when the list is of its patients.
    #[serde(default)]
    commune: String,
}

/// Digits of the longest short code; more is a telephone number.
const CODE_MAX: usize = 7;

const FILTERS: &[(&str, &str, &[Status])] = &[
    (
        "",
        "En cours",
        &[
            Status::ToQualify,
            Status::AskingUsual,
            Status::AskingCommunity,
            Status::AskingNeighbours,
            Status::Unfilled,
            Status::Paused,
            Status::Accepted,
            Status::Scheduled,
        ],
    ),
    ("coup-de-main", "Coup de main", &[Status::Unfilled]),
    (
        "sollicitees",
        "Sollicitées",
        &[
            Status::AskingUsual,
            Status::AskingCommunity,
            Status::AskingNeighbours,
        ],
    ),
    (
        "prises",
        "Prises en charge",
        &[Status::Accepted, Status::Scheduled],
    ),
    (
        "terminees",
        "Terminées",
        &[Status::Closed, Status::Cancelled, Status::Transferred15],
    ),
    ("toutes", "Toutes", &[]),
];

/// Those whose thread holds something the desk has not read.
const TO_READ: &str = "messages";

/// `GET /demandes`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    html(&page(&web, &signed, &eye, &asked, Form::default()).await?)
}

/// `POST /demandes/chercher`: a number opens its request, a commune lists those of its patients.
pub(crate) async fn search(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let typed = fields.get("q");
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let numbered = !typed.contains(char::is_alphabetic) && !digits.is_empty();
    let eye = eye(&web, &signed).await?;
    let wrong = if numbered && digits.len() > CODE_MAX {
        "Un numéro de téléphone se cherche depuis l’appel (Alt\u{a0}P)\u{a0}: cette recherche est inscrite au journal".to_owned()
    } else if numbered {
        match web.app.find_by_code(&signed.who(), &digits).await? {
            Some(id) => return see_other(&format!("/demandes/{id}")),
            // Five digits may be a postcode.
            None => match read_commune(typed, None) {
                Ok((insee, _)) => return see_other(&format!("/demandes?commune={insee}")),
                Err(_) => format!("Aucune demande de votre réseau ne porte le numéro {digits}"),
            },
        }
    } else {
        let department = department(&eye.directory, &signed);
        match read_commune(typed, department.as_deref()) {
            Ok((insee, _)) => return see_other(&format!("/demandes?commune={insee}")),
            Err(message) => message,
        }
    };
    let error = FieldError {
        name: "q".to_owned(),
        message: wrong,
    };
    let form = Form::filled(fields.0.clone(), vec![error]);
    unprocessable(&page(&web, &signed, &eye, &Asked::default(), form).await?)
}

async fn page(
    web: &Web,
    signed: &Signed,
    eye: &Eye,
    asked: &Asked,
    form: Form,
) -> Result<RequestsPage, Fail> {
    let statuses = FILTERS
        .iter()
        .find(|(code, ..)| *code == asked.etat)
        .map_or(&[][..], |(.., list)| list);
    let before = asked.apres.parse().ok();
    let commune = Insee::new(&asked.commune);
    let works = matches!(signed.actor().role, Role::Operator | Role::Regulator);
    let (reads, next) = if let Some(commune) = commune {
        web.app
            .requests_of_commune(&signed.who(), commune, before, ROWS)
            .await?
    } else if works && asked.etat == TO_READ {
        (web.app.threads_to_read(&signed.who()).await?, None)
    } else {
        web.app
            .requests(&signed.who(), statuses.to_vec(), before, ROWS)
            .await?
    };
    let found = commune.map(show::commune).unwrap_or_default();
    let form = if form.is_empty() {
        form.with("q", &found)
    } else {
        form
    };
    let title = if form.errors().is_empty() {
        "Demandes"
    } else {
        "Erreur\u{a0}: demandes"
    };
    Ok(RequestsPage {
        desk: show::desk(web, eye, signed, title, "/demandes"),
        owed: show::network::owed(web, signed, &eye.when()).await?,
        form,
        filters: FILTERS
            .iter()
            .map(|(code, label, _)| (*code, *label))
            .chain(works.then_some((TO_READ, "Messages à lire")))
            .map(|(code, label)| Filter {
                href: if code.is_empty() {
                    "/demandes".to_owned()
                } else {
                    format!("/demandes?etat={code}")
                },
                label: label.to_owned(),
                current: commune.is_none() && code == asked.etat,
            })
            .collect(),
        rows: reads.iter().map(|read| row(eye, asked, read)).collect(),
        next: next.map(|id| match commune {
            Some(insee) => format!("/demandes?commune={}&apres={id}", insee.as_str()),
            None => format!(
                "/demandes?etat={}&apres={id}",
                crate::gate::encode(&asked.etat)
            ),
        }),
        empty: if commune.is_some() {
            format!("Aucune demande de la commune de {found}.")
        } else {
            "Aucune demande dans cet état.".to_owned()
        },
        found,
    })
}

fn row(eye: &Eye, asked: &Asked, read: &Read) -> ListRow {
    let when = eye.when();
    let request = &read.stored.request;
    let motive = show::motives(&request.need);
    ListRow {
        href: match asked.etat.as_str() {
            TO_READ => format!("/demandes/{}/fil", request.id),
            _ => format!("/demandes/{}", request.id),
        },
        code: read.stored.code.clone(),
        state: show::state(request),
        need: if motive.is_empty() {
            show::care(&request.need)
        } else {
            format!("{}, {motive}", show::care(&request.need))
        },
        whom: format!(
            "{} · {}",
            show::sex_age(&request.patient),
            show::commune(request.patient.commune)
        ),
        at: format!(
            "{}, {}",
            when.day(request.raised_at),
            when.clock(request.raised_at)
        ),
        who: request.engaged().map(|id| eye.name(id)).unwrap_or_else(|| {
            let live = request.live_offers().count();
            if live > 0 {
                show::people(live, request.need.profession)
            } else {
                "Le réseau".to_owned()
            }
        }),
    }
}
