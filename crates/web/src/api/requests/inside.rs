//! `GET /requests/{id}/verdicts`, `/timeline`, `/messages`: the desk and the coordinator look
//! inside. Without identity.

use axum::extract::{Path, State};
use relais_app::requests::read::{MESSAGES_MAX, PAGE_MAX};
use relais_app::text::when::When;
use serde_json::Value;

use super::ok;
use crate::api::page::{Page, Params};
use crate::api::view::{self, EntryView, MessageView, at, maybe};
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::{eye, request_id};
use crate::web::Web;

/// `GET /requests/{id}/verdicts`: newest stage first.
pub(super) async fn verdicts(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let (read, stages) = web.app.verdicts(&signed.who(), request_id(&id)?).await?;
    let eye = eye(&web, &signed).await?;
    let when = When::new(eye.now, &eye.zone);
    let under = &read.stored.request.need.cooperations;
    let items = stages
        .iter()
        .flat_map(|stage| stage.verdicts.iter().map(move |verdict| (stage, verdict)))
        .map(|(stage, verdict)| {
            let mut view = view::verdict(&read.directory, verdict, under, &when);
            view.stage = Some(stage.stage.code());
            view.round = Some(stage.round);
            view.at = Some(at(stage.at));
            view
        })
        .collect();
    ok(&Page::whole(items))
}

/// A mark of the page before that is none of ours.
const NO_MARK: &str = "Ce repère n’en est pas un.";

/// How many rows are wanted; as many as an answer may have when nothing is said.
fn limit(params: &Params, most: u32) -> Result<u32, Fail> {
    let number = |text: &str| text.parse().ok().filter(|n| (1..=most).contains(n));
    let wanted = params.read("limit", number, &format!("Un nombre de 1 à {most}."))?;
    Ok(wanted.unwrap_or(most))
}

/// `GET /requests/{id}/timeline?cursor=&limit=`: newest first.
pub(super) async fn timeline(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let params = params.only(&["cursor", "limit"])?;
    let before = params.read("cursor", |text| text.parse().ok(), NO_MARK)?;
    let (id, limit) = (request_id(&id)?, limit(&params, PAGE_MAX)?);
    let (read, rows, next) = web
        .app
        .timeline_before(&signed.who(), id, before, limit)
        .await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let entry = row.entry;
            let body: Value = serde_json::from_str(&entry.body).unwrap_or(Value::Null);
            let field = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
            let in_name_of = field("in_name_of").and_then(|id| id.parse().ok());
            let person = in_name_of.and_then(|id| read.directory.person(id));
            let user = entry.actor.parse().ok();
            EntryView {
                in_name_of: person.map(|person| person.display_name()),
                id: entry.id,
                at: at(relais_core::time::Instant::from_millis(entry.at)),
                actor: user.and_then(|id| read.directory.user_name(id)),
                role: entry.role,
                source: entry.source,
                say: field("say").unwrap_or_else(|| said(&entry.act)),
                more: field("more"),
                reason: entry.why,
                status: field("status"),
                act: entry.act,
            }
        })
        .collect();
    ok(&Page {
        items,
        next: next.map(|seq| seq.to_string()),
    })
}

/// A line whose sentence is not kept with it.
fn said(act: &str) -> String {
    if act == "identity.opened" {
        "Identité du patient affichée".to_owned()
    } else {
        act.to_owned()
    }
}

/// `GET /requests/{id}/messages?cursor=&limit=`: newest first, with their receipts.
pub(super) async fn messages(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let params = params.only(&["cursor", "limit"])?;
    let before = params.read("cursor", |text| text.parse().ok(), NO_MARK)?;
    let (id, limit) = (request_id(&id)?, limit(&params, MESSAGES_MAX)?);
    let (_, rows, next) = web
        .app
        .messages_before(&signed.who(), id, before, limit)
        .await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let failure = row.failure_code().map(str::to_owned);
            let body: Value = serde_json::from_str(&row.body).unwrap_or(Value::Null);
            let field = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
            MessageView {
                id: row.id.to_string(),
                at: at(row.created_at),
                kind: row.kind,
                channel: row.channel,
                audience: row.audience.code(),
                owner: row.owner,
                professional: row.recipient_professional.map(|id| id.to_string()),
                offer: row.offer.map(|id| id.to_string()),
                subject: field("subject"),
                text: field("text").unwrap_or_default(),
                status: row.status.code(),
                attempts: row.attempts,
                due_at: at(row.due_at),
                sent_at: maybe(row.sent_at),
                delivered_at: maybe(row.delivered_at),
                seen_at: maybe(row.seen_at),
                failed_at: maybe(row.failed_at),
                failure,
            }
        })
        .collect();
    ok(&Page {
        items,
        next: next.map(|id| id.to_string()),
    })
}
