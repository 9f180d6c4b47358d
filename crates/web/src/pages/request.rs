//! The page of one request, its moving part, and the named act that opens its identity.

use axum::extract::{Path, Query, State};
use relais_app::contacts::UNDO;
use relais_app::requests::read::{Link, MESSAGES_MAX, Message as Row, PAGE_MAX};
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::request::{Request, Sex};
use relais_core::time::Instant;
use serde::Deserialize;

use super::person::{person_of, to_patient};
use super::{Told, direct, eye, photos, request_id, thread};
use crate::fail::{Answer, Fail, html};
use crate::gate::Signed;
use crate::icon::Icon;
use crate::parts::{Form, Glyph, Tone};
use crate::show::{self, Eye, typeset};
use crate::views::{Event, Message, Receipt, RequestPage, RequestPart};
use crate::web::Web;

/// What is asked for besides the page: everybody left out, older lines.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    tous: String,
    /// The history before this line.
    #[serde(default)]
    avant: String,
    /// The messages before this one.
    #[serde(default)]
    envois: String,
}

/// `GET /demandes/{id}`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Query(told): Query<Told>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let id = request_id(&id)?;
    let mut page = page(&web, &signed, id, &wanted).await?;
    let mut toast = told.toast();
    if told.just_launched()
        && signed.actor().role != Role::Coordinator
        && let Some(toast) = &mut toast
    {
        let read = web.app.request(&signed.who(), id).await?;
        let young = web.now().since(read.stored.request.raised_at) <= UNDO;
        toast.undo = young.then(|| format!("/demandes/{id}/defaire"));
    }
    page.desk = page
        .desk
        .toast(super::practice::onward(&web, &told.essai, toast));
    html(&page)
}

/// `GET /demandes/{id}/suivi`
pub(crate) async fn part(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = page(&web, &signed, request_id(&id)?, &wanted).await?;
    Ok(direct::stamped(html(&RequestPart { page })?, &web))
}

/// `POST /demandes/{id}/identite`: who looks, at whom, when: written before it is shown (R6).
pub(crate) async fn identity(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    signed.strong()?;
    let request = request_id(&id)?;
    let identity = web.app.open_identity(&signed.who(), request).await?;
    let person = person_of!(identity);
    let mut page = page(&web, &signed, request, &Wanted::default()).await?;
    let read = web.app.request(&signed.who(), request).await?;
    let facts = read.stored.request.patient;
    let postcode = web.app.patient_postcode(&signed.who(), request).await?;
    let place = format!("{postcode} {}", show::commune(facts.commune));
    page.identity = Some(person.card(&facts, &place));
    html(&page)
}

/// The page again, with what was wrong with an action.
pub(crate) async fn page_with(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    form: Form,
) -> Result<RequestPage, Fail> {
    let mut page = page(web, signed, id, &Wanted::default()).await?;
    if !form.errors().is_empty() {
        page.desk.title = format!("Erreur\u{a0}: demande {}", page.code);
    }
    page.form = form;
    Ok(page)
}

/// The page of a request, messages and history included.
pub(crate) async fn page(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    wanted: &Wanted,
) -> Result<RequestPage, Fail> {
    let all = wanted.tous == "oui";
    let eye = eye(web, signed).await?;
    let who = signed.who();
    let (read, stages) = web.app.verdicts(&who, id).await?;
    let desk = show::desk(
        web,
        &eye,
        signed,
        &format!("Demande {}", read.stored.code),
        "/demandes",
    );
    let mut page = show::request_page(&eye, desk, &signed.actor(), &read, &stages, all);
    if page.desk.fifteen.is_some() && !read.stored.request.is_ended() {
        page.desk.fifteen = Some(format!("/demandes/{id}/15"));
    }
    if read.entered_late {
        page.lead.push_str(" · saisie après coup");
    }
    let envois = wanted.envois.parse().ok();
    let (_, told, older) = web
        .app
        .messages_before(&who, id, envois, MESSAGES_MAX)
        .await?;
    page.messages = messages(&eye, &told, &read.stored.request);
    page.older_messages = older.map(|mark| format!("/demandes/{id}?envois={mark}#h-m"));
    let avant = wanted.avant.parse().ok();
    let (_, lines, older) = web.app.timeline_before(&who, id, avant, PAGE_MAX).await?;
    page.events = events(&eye, &lines);
    page.older_events = older.map(|mark| format!("/demandes/{id}?avant={mark}#h-t"));
    let works = signed.actor().is_desk_of(read.stored.request.network);
    let add = works && !read.stored.request.is_ended();
    if let Some(note) = web.app.note_of(&signed.who(), id).await? {
        page.way = Some(super::note::way(&note, &eye));
        if works {
            page.again = note.mailboxes;
        }
    }
    page.thread = thread::link(web, signed, id, format!("/demandes/{id}/fil")).await?;
    for line in super::next::links(web, signed, id).await? {
        page.lead.push_str(" · ");
        page.lead.push_str(&show::lower(line.trim_end_matches('.')));
    }
    page.wishes = super::wishes::part(web, signed, id, works).await?;
    page.photos = photos::of_request(web, signed, id, &format!("/demandes/{id}"), add).await?;
    Ok(page)
}

fn messages(eye: &Eye, rows: &[Row], request: &Request) -> Vec<Message> {
    let when = eye.when();
    rows.iter()
        .map(|row| {
            let body: serde_json::Value = serde_json::from_str(&row.body).unwrap_or_default();
            let to = match row.audience.code() {
                "patient" => show::upper(to_patient(request.patient.sex)),
                _ if row.owner.is_empty() => "Au réseau".to_owned(),
                _ => format!("À {}", row.owner),
            };
            let channel = match row.channel.as_str() {
                "sms" => "SMS",
                "push" => "notification",
                "mail" => "courriel",
                "mssante" => "MSSanté",
                "voice" => "appel vocal",
                other => other,
            };
            let seconds = |at: Instant| {
                format!(
                    "{}:{:02}",
                    when.clock(at),
                    at.millis().rem_euclid(60_000) / 1000
                )
            };
            let mut receipts = Vec::new();
            let mut receipt = |ok: bool, words: String| receipts.push(Receipt { ok, words });
            if let Some(at) = row.failed_at {
                let why = match row.failure_code() {
                    Some("opposed") => "le patient n’en veut pas",
                    Some("landline") => "numéro fixe",
                    code => code.unwrap_or("sans réponse du fournisseur"),
                };
                receipt(false, format!("non remis à {} ({why})", seconds(at)));
            }
            match (row.seen_at, row.delivered_at, row.sent_at) {
                (Some(at), ..) => receipt(true, format!("ouvert à {}", seconds(at))),
                (_, Some(at), _) => receipt(true, format!("remis à {}", seconds(at))),
                (_, _, Some(at)) => receipt(
                    true,
                    format!("envoyé à {}, pas encore d’accusé", seconds(at)),
                ),
                _ => match row.status.code() {
                    "queued" | "sending" => receipt(true, "en cours d’envoi".to_owned()),
                    "expired" => receipt(false, "trop tard pour l’envoyer".to_owned()),
                    "replaced" => receipt(true, "remplacé avant l’envoi".to_owned()),
                    _ => {}
                },
            }
            Message {
                ordinary: row.audience.code() == "professional"
                    && receipts.iter().all(|one| one.ok),
                to,
                how: format!("{channel} · {}", when.clock(row.created_at)),
                text: body
                    .get("text")
                    .and_then(|text| text.as_str())
                    .unwrap_or_default()
                    .to_owned(),
                incoming: false,
                receipts,
            }
        })
        .collect()
}

pub(super) fn events(eye: &Eye, rows: &[Link]) -> Vec<Event> {
    let when = eye.when();
    rows.iter()
        .filter_map(|row| {
            let entry = &row.entry;
            let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap_or_default();
            let said = |name: &str| {
                body.get(name)
                    .and_then(|text| text.as_str())
                    .unwrap_or_default()
                    .to_owned()
            };
            let (tone, icon) = sign(&entry.act);
            let (text, more) = if entry.act == "identity.opened" {
                let name = relais_app::journal::by(entry, &eye.directory)
                    .unwrap_or_else(|| "la plateforme".to_owned());
                (
                    format!("Identité consultée par {name}"),
                    purpose(entry.why.as_deref()),
                )
            } else {
                (typeset(&said("say")), typeset(&said("more")))
            };
            if text.is_empty() {
                return None;
            }
            let why = entry
                .why
                .as_deref()
                .filter(|_| entry.act != "identity.opened")
                .unwrap_or_default();
            let more = if more.is_empty() { typeset(why) } else { more };
            Some(Event {
                at: when.clock(Instant::from_millis(entry.at)),
                glyph: Glyph { tone, icon },
                text,
                more,
            })
        })
        .collect()
}

fn purpose(code: Option<&str>) -> String {
    match code {
        Some("desk") => "Suivi par le réseau",
        Some("requester") => "Par le demandeur",
        Some("care") => "Par le soignant qui la prend en charge",
        Some("offer-photo") => "Par un professionnel sollicité, photo sans visage ni nom",
        Some("usual-thread") => "Par son professionnel habituel, dans le fil",
        Some("usual-offer") => "Par son professionnel habituel, sur sa demande",
        Some("delivery") => "Pour lui envoyer un message",
        Some("note-delivery") => "Envoyée par MSSanté au médecin traitant",
        Some("listed") => "Sur la liste de ceux qui cherchent un médecin traitant",
        _ => "",
    }
    .to_owned()
}

/// The sign of an act of the journal.
fn sign(act: &str) -> (Tone, Icon) {
    match act {
        "request.raised" => (Tone::Qualify, Icon::PhoneCall),
        "request.to-qualify" | "request.qualified" => (Tone::Qualify, Icon::ClipboardText),
        "cascade.launched" => (Tone::Community, Icon::PaperPlaneTilt),
        "cascade.usual-skipped" => (Tone::Usual, Icon::FastForward),
        "cascade.stage-opened" | "matching.judged" => (Tone::Community, Icon::UsersThree),
        "cascade.offered" => (Tone::Community, Icon::PaperPlaneTilt),
        "offer.seen" | "identity.opened" | "thread.opened" | "thread.exported" => {
            (Tone::Closed, Icon::Eye)
        }
        "thread.posted" => (Tone::Closed, Icon::ChatText),
        "offer.refused" => (Tone::Closed, Icon::XCircle),
        "offer.accepted" => (Tone::Taken, Icon::CheckCircle),
        "offer.lapsed" => (Tone::Closed, Icon::Hourglass),
        "offer.withdrawn" | "request.released" => (Tone::Closed, Icon::ArrowUUpLeft),
        "request.unfilled" | "request.taken-in-hand" | "request.reminded" => {
            (Tone::Hand, Icon::Hand)
        }
        "patient.told" => (Tone::Closed, Icon::ChatText),
        "request.paused" => (Tone::Closed, Icon::Pause),
        "request.transferred-15" => (Tone::Fifteen, Icon::Siren),
        "request.noted" => (Tone::Closed, Icon::NotePencil),
        "request.appointment-set" => (Tone::Taken, Icon::CalendarCheck),
        _ => (Tone::Closed, Icon::Info),
    }
}

/// Agreement of the words of a page with the patient's sex, for a pronoun.
pub(crate) const fn pronoun(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "la",
        Sex::Male | Sex::Unknown => "le",
    }
}
