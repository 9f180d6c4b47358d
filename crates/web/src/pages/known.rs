//! The caller who is known: looked up, picked, or found to have a request already. What identifies somebody is sent in
//! bodies, never in an address; every look is journaled by the application.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use relais_app::error::AppError;
use relais_app::idempotent::{Kept, Keyed};
use relais_app::patients::{AlikeRequest, Known, KnownPerson, LookUp, Merge, Probe, Search};
use relais_app::phone::national;
use relais_app::text::labels;
use relais_core::ids::{ContactId, RequestId};
use relais_core::request::{Origin, Phase, Sex};
use serde_json::{Map, Value, json};

use super::call::{self, Around, Keeping};
use super::direct::{self, conflict, unprocessable};
use super::launch::{BUSY, is_busy};
use super::person::person_of;
use super::{eye, is_fragment, practice, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::show::{self, Eye, born, care, lower, motives, state, typeset};
use crate::typed::{commune_label, professional_label};
use crate::views::{AlikeLine, KnownLine, KnownList, KnownPart, MergePage};
use crate::web::Web;

/// How many of the list are picked by a key.
const KEYS: u8 = 4;

/// `POST /direct/patients`: the list, or everything of the one who was picked.
pub(crate) async fn look_up(
    State(web): State<Web>,
    signed: Signed,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    signed.strong()?;
    let around = Around::read(&web, &signed).await?;
    let eye = &around.eye;
    if let Some(record) = fields.some("pick") {
        let record = record.parse().map_err(|_| Fail(AppError::NotFound))?;
        let known = web.app.known_patient(&signed.who(), record).await?;
        let filled = filled(eye, &known);
        if is_fragment(&headers) {
            let fields: Map<String, Value> = filled
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Value::from(value)))
                .collect();
            return Ok(Json(json!({ "fields": fields })).into_response());
        }
        let fields = fields.with(filled);
        return html(&direct::page(&web, &signed, &around, &fields, Vec::new()).await?);
    }
    let search = Search {
        phone: fields.get("phone").to_owned(),
        name: match fields.get("birth_name") {
            "" => fields.get("used_name").to_owned(),
            name => name.to_owned(),
        },
        birth_date: fields.get("birth_date").to_owned(),
        contact: fields.get("contact").parse().ok(),
    };
    let part = match web.app.look_up(&signed.who(), search).await {
        Ok(found) => list(eye, &found),
        Err(AppError::Invalid(errors)) => KnownList {
            error: errors
                .first()
                .map(|error| typeset(error.message.trim_end_matches('.')))
                .unwrap_or_default(),
            ..KnownList::default()
        },
        Err(error) => return Err(Fail(error)),
    };
    if is_fragment(&headers) {
        return html(&KnownPart { known: part });
    }
    let mut page = direct::page(&web, &signed, &around, &fields, Vec::new()).await?;
    page.call.known = part;
    html(&page)
}

fn list(eye: &Eye, found: &LookUp) -> KnownList {
    let people = (1..).zip(&found.people).map(|(nth, person)| KnownLine {
        record: person.record.to_string(),
        name: name(person),
        facts: facts(eye, person),
        key: Some(nth).filter(|nth| *nth <= KEYS),
    });
    KnownList {
        asked: true,
        error: String::new(),
        people: people.collect(),
        more: found.more,
    }
}

fn name(person: &KnownPerson) -> String {
    let who = person_of!(person.identity);
    let first = who.first_names.split_whitespace().next();
    let first = first.unwrap_or_default();
    match &who.used_name {
        Some(used) => format!(
            "{first} {}, {} {}",
            used.to_uppercase(),
            born(person.sex).to_lowercase(),
            who.birth_name
        ),
        None => format!("{first} {}", who.birth_name.to_uppercase()),
    }
}

/// The year only: the day is in the form once they are picked.
fn facts(eye: &Eye, person: &KnownPerson) -> String {
    let year = person.identity.birth_date.expose();
    let year = year.get(..4).unwrap_or_default();
    let mut facts = vec![
        format!("{} en {year}", lower(born(person.sex))),
        show::commune(person.insee),
    ];
    if let Some(last) = &person.last {
        facts.push(format!(
            "dernière demande {}",
            eye.when().at(last.raised_at)
        ));
    }
    facts.join(" · ")
}

/// The fields of the form, with what is known of somebody. The postcode tells two communes of one name apart.
fn filled(eye: &Eye, known: &Known) -> Vec<(&'static str, String)> {
    let who = person_of!(known.person.identity);
    let place = relais_app::reference::communes::Communes::shipped()
        .get(known.person.insee)
        .map(|commune| {
            if commune.has_postcode(&known.person.postcode) {
                format!("{} {}", commune.name, known.person.postcode)
            } else {
                commune_label(&commune)
            }
        });
    let usual = known.usual.first().and_then(|id| eye.directory.person(*id));
    let usual = match (usual, &known.outside) {
        (Some(person), _) => professional_label(person).0,
        (None, Some((rpps, name))) => format!("{name} ({rpps})"),
        (None, None) => String::new(),
    };
    vec![
        ("birth_name", who.birth_name),
        ("used_name", who.used_name.unwrap_or_default()),
        ("first_names", who.first_names),
        ("birth_date", french_date(&who.birth_date)),
        ("sex", known.person.sex.code().to_owned()),
        ("phone", national(&who.phone)),
        (
            "carer_phone",
            who.carer_phone.as_deref().map(national).unwrap_or_default(),
        ),
        ("address_line", who.line),
        ("commune", place.unwrap_or_default()),
        (
            "usual",
            known
                .doctor
                .map(|d| d.code().to_owned())
                .unwrap_or_default(),
        ),
        ("usual_name", usual),
    ]
}

fn french_date(iso: &str) -> String {
    match iso.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => format!("{day}/{month}/{year}"),
        _ => iso.to_owned(),
    }
}

/// The requests that may be the caller's, for the form's foot; those said to be of others stay shown, ticked.
pub(crate) async fn alike(
    web: &Web,
    signed: &Signed,
    eye: &Eye,
    fields: &Fields,
) -> Result<Vec<AlikeLine>, Fail> {
    let get = |name: &str| fields.get(name).to_owned();
    let probe = Probe {
        birth_name: get("birth_name"),
        used_name: get("used_name"),
        first_names: get("first_names"),
        birth_date: get("birth_date"),
        phone: get("phone"),
    };
    let found = web.app.alike(&signed.who(), probe).await?;
    let apart = fields.all("not_same");
    let mut lines: Vec<_> = found.iter().map(|alike| line(eye, alike, &apart)).collect();
    if let Some(first) = lines.iter_mut().find(|line| !line.over) {
        first.keyed = true;
    }
    Ok(lines)
}

fn line(eye: &Eye, alike: &AlikeRequest, apart: &[String]) -> AlikeLine {
    let request = &alike.stored.request;
    let sex = request.patient.sex;
    let first = match (alike.same_first_name, sex) {
        (true, _) => "même prénom",
        (false, Sex::Female) => "autre prénom\u{a0}: une sœur jumelle\u{a0}?",
        (false, Sex::Male | Sex::Unknown) => {
            "autre prénom\u{a0}: un frère ou une sœur jumelle\u{a0}?"
        }
    };
    let same = if alike.by_name {
        "même nom, même date de naissance"
    } else {
        "même téléphone, même date de naissance"
    };
    let id = request.id.to_string();
    AlikeLine {
        href: format!("/demandes/{id}"),
        code: alike.stored.code.clone(),
        state: state(request),
        facts: format!(
            "{}, {} · lancée {} · {}",
            care(&request.need),
            motives(&request.need),
            eye.when().at(request.raised_at),
            holder(eye, request)
        ),
        why: format!("{same}, {first}"),
        apart: apart.contains(&id),
        over: request.is_ended(),
        keyed: false,
        id,
    }
}

/// Who has it now.
fn holder(eye: &Eye, request: &relais_core::request::Request) -> String {
    let user = |id| eye.directory.user_name(id);
    let raised_by = user(request.requester.user()).unwrap_or_default();
    match (&request.phase, request.engaged()) {
        (_, Some(professional)) => eye.name(professional),
        (Phase::Unfilled(unfilled), _) => unfilled.owner.and_then(user).map_or_else(
            || "personne ne l’a en main".to_owned(),
            |name| format!("en main\u{a0}: {name}"),
        ),
        (Phase::ToQualify { .. }, _) => "chez le médecin régulateur".to_owned(),
        _ => match request.origin {
            Origin::Patient | Origin::Relative => format!("saisie par {raised_by}"),
            origin => format!(
                "demandée par {raised_by}, {}",
                lower(labels::origin(origin))
            ),
        },
    }
}

/// `POST /direct/doublon`: asks what the caller adds, then ends the call as a duplicate.
pub(crate) async fn merge(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let into = request_id(fields.get("same_as"))?;
    if fields.get("sure") != "oui" {
        let text = fields.get("comment").to_owned();
        return html(&merge_page(&web, &signed, &fields, into, text, String::new()).await?);
    }
    let user = signed.actor().user;
    let once = fields.get("once");
    let key = (once.len() == 32).then(|| format!("join-{once}-{into}"));
    let played = practice::played(&web, &fields);
    let over = format!("/demandes/{into}?dit=rattachee{played}");
    if let Some(key) = key.clone() {
        let begun = web.app.begin_idempotent(user, key, "join", b"").await;
        match begun {
            Ok(Keyed::Again { .. }) => return see_other(&over),
            Ok(Keyed::Fresh) => {}
            Err(error) if is_busy(&error) => {
                let (text, busy) = (fields.get("ajout").to_owned(), BUSY.to_owned());
                return conflict(&merge_page(&web, &signed, &fields, into, text, busy).await?);
            }
            Err(error) => return Err(Fail(error)),
        }
    }
    let joined = join(&web, &signed, fields, into, key.clone()).await;
    if let Some(key) = key {
        let (status, body) = match &joined {
            Ok(Joining::Done(contact)) => (201, contact.to_string()),
            // What was refused may be sent again once put right: the key is forgotten.
            _ => (500, String::new()),
        };
        web.app.finish_idempotent(user, key, status, body).await?;
    }
    match joined? {
        Joining::Done(_) => see_other(&over),
        Joining::Page(page) => Ok(page),
    }
}

/// What came of a call to be joined.
enum Joining {
    /// It ended as a duplicate.
    Done(ContactId),
    /// Something to put right, or a request that ended meanwhile.
    Page(Response),
}

async fn join(
    web: &Web,
    signed: &Signed,
    mut fields: Fields,
    into: RequestId,
    key: Option<String>,
) -> Result<Joining, Fail> {
    // Nothing kept it yet: what was typed stays with the call, whatever becomes of it.
    if call::named(&fields).is_none() {
        let around = Around::read(web, signed).await?;
        if let Keeping::Done(held) = call::keep(web, signed, &around, &fields).await? {
            fields = call::with_contact(&fields, held);
        }
    }
    let merge = Merge {
        into,
        contact: fields.get("contact").parse().ok(),
        origin: Origin::from_code(fields.get("origin")).unwrap_or(Origin::Patient),
        text: fields.some("ajout"),
        kept: key.map(|key| Kept {
            key,
            answer: Box::new(|contact: &ContactId, _| contact.to_string()),
        }),
    };
    let text = fields.get("ajout").to_owned();
    match web.app.merge(&signed.who(), merge).await {
        Ok(contact) => Ok(Joining::Done(contact)),
        Err(AppError::Invalid(errors)) => {
            let error = errors.first().map(|error| error.message.clone());
            let error = error.unwrap_or_default();
            let mut page = merge_page(web, signed, &fields, into, text, error).await?;
            page.desk.title = "Erreur\u{a0}: rattacher l’appel".to_owned();
            Ok(Joining::Page(unprocessable(&page)?))
        }
        // It ended while the page was open: the call is still there, and may become a request of its own.
        Err(AppError::Problem {
            slug: "request-over",
            ..
        }) => {
            let page = merge_page(web, signed, &fields, into, text, String::new()).await?;
            Ok(Joining::Page(conflict(&page)?))
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /direct/reprendre-saisie`: back to the form as it stood.
pub(crate) async fn back(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let around = Around::read(&web, &signed).await?;
    html(&direct::page(&web, &signed, &around, &fields, Vec::new()).await?)
}

async fn merge_page(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    into: RequestId,
    text: String,
    error: String,
) -> Result<MergePage, Fail> {
    let eye = eye(web, signed).await?;
    let read = web.app.request(&signed.who(), into).await?;
    let alike = AlikeRequest {
        stored: read.stored,
        by_name: false,
        same_first_name: false,
    };
    let kept = fields
        .0
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "same_as" | "sure" | "ajout"))
        .flat_map(|(name, values)| {
            values
                .iter()
                .map(move |value| (name.clone(), value.clone()))
        });
    Ok(MergePage {
        desk: show::desk(web, &eye, signed, "Rattacher l’appel", "/direct"),
        line: line(&eye, &alike, &[]),
        text,
        error,
        kept: kept.collect(),
    })
}
