//! The list of requests.

use axum::extract::{Query, State};
use relais_core::access::Role;
use relais_core::request::Status;
use serde::Deserialize;

use super::eye;
use crate::fail::{Answer, html};
use crate::gate::Signed;
use crate::show;
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
}

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
    let when = eye.when();
    let statuses = FILTERS
        .iter()
        .find(|(code, ..)| *code == asked.etat)
        .map_or(&[][..], |(.., list)| list);
    let before = asked.apres.parse().ok();
    let works = matches!(signed.actor().role, Role::Operator | Role::Regulator);
    let (reads, next) = if works && asked.etat == TO_READ {
        (web.app.threads_to_read(&signed.who()).await?, None)
    } else {
        web.app
            .requests(&signed.who(), statuses.to_vec(), before, ROWS)
            .await?
    };
    let rows = reads
        .iter()
        .map(|read| {
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
        })
        .collect();
    html(&RequestsPage {
        desk: show::desk(&web, &eye, &signed, "Demandes", "/demandes"),
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
                current: code == asked.etat,
            })
            .collect(),
        rows,
        next: next.map(|id| {
            format!(
                "/demandes?etat={}&apres={id}",
                crate::gate::encode(&asked.etat)
            )
        }),
        empty: "Aucune demande dans cet état.".to_owned(),
    })
}
