//! The call in progress: kept as it is typed, one question after another, put on hold, taken from
//! another desk. Owns what each gesture of the panel does; every act is a use case of the application.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::{HeaderMap, HeaderValue};
use jiff::civil::Date;
use relais_app::contacts::{Desk, Kept, Opening};
use relais_app::error::AppError;
use relais_app::phone::Phone;
use relais_app::protocols::Book;
use relais_core::ids::{ContactId, NetworkId};
use relais_core::request::Origin;
use relais_core::triage::Step;
use serde_json::json;

use super::suggest::department;
use super::{direct, eye, is_fragment};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::show::{Eye, typeset};
use crate::walk::{self, Walk};
use crate::web::Web;

/// What the panel needs to know around the form.
pub(crate) struct Around {
    pub(crate) eye: Eye,
    pub(crate) network: NetworkId,
    pub(crate) book: Arc<Book>,
    pub(crate) on_duty: bool,
    pub(crate) department: Option<String>,
    /// The SAMU's direct line, where the network has one.
    pub(crate) samu_line: Option<String>,
    pub(crate) today: Date,
}

impl Around {
    pub(crate) async fn read(web: &Web, signed: &Signed) -> Result<Self, Fail> {
        let eye = eye(web, signed).await?;
        let network = signed.actor().network;
        let department = department(&eye.directory, signed);
        let zone = (*eye.zone).clone();
        let entry = eye.directory.network(network)?;
        let samu_line = entry.network.extra.samu_line.clone();
        let today = eye.now.timestamp().to_zoned(zone).date();
        Ok(Self {
            book: web.app.protocols(network).await?,
            on_duty: web.app.regulator_on_duty(network).await?.is_some(),
            eye,
            network,
            department,
            samu_line,
            today,
        })
    }

    /// Takes back what was answered to a version in force no more, and says so; empty when nothing was.
    pub(crate) fn refresh(&self, fields: &mut Fields) -> String {
        match walk::refresh(&self.book, fields, self.today).as_slice() {
            [] => String::new(),
            [one] => format!(
                "La fiche «\u{a0}{}\u{a0}» vient de changer\u{a0}: ses questions sont à poser de nouveau. Le reste de l’appel est gardé.",
                typeset(one)
            ),
            _ => "Le tronc commun et la fiche viennent de changer\u{a0}: les questions sont à poser de nouveau. Le reste de l’appel est gardé.".to_owned(),
        }
    }

    pub(crate) fn walk(&self, fields: &Fields) -> Walk<'_> {
        Walk::read(&self.book, fields, self.today, self.on_duty)
    }
}

/// The open contact behind a form, and the version of it the form knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) id: ContactId,
    pub(crate) version: i64,
}

/// What became of a form that was to be kept.
pub(crate) enum Keeping {
    /// Kept; nothing was typed yet when there is no contact.
    Done(Option<Held>),
    /// Another window or another desk has the call: what is on the page stays there.
    Clash(Option<ContactId>, String),
}

/// The contact a form names, if it names one.
pub(crate) fn named(fields: &Fields) -> Option<Held> {
    Some(Held {
        id: fields.get("contact").parse().ok()?,
        version: fields.get("version").parse().ok()?,
    })
}

/// What of a form is kept with its contact.
pub(crate) fn kept(around: &Around, fields: &Fields) -> Kept {
    let walk = around.walk(fields);
    let given = walk.given();
    let department = around.department.as_deref();
    let sheet = given
        .sheet
        .clone()
        .or_else(|| given.trunk.map(|_| "TRONC".to_owned()));
    let version = given.version.or(given.trunk);
    Kept {
        typed: walk::kept(fields),
        caller: Phone::read(fields.get("phone")).map(|phone| phone.e164().to_owned()),
        origin: Origin::from_code(fields.get("origin")).unwrap_or(Origin::Patient),
        facts: walk::facts(fields, &walk, around.today, department),
        sheet: sheet.map(|code| (code, version)),
        triage: Some(given),
    }
}

/// Keeps a form with its open contact; opens one as soon as something was typed.
pub(crate) async fn keep(
    web: &Web,
    signed: &Signed,
    around: &Around,
    fields: &Fields,
) -> Result<Keeping, Fail> {
    let kept = kept(around, fields);
    let who = signed.who();
    let Some(mut held) = named(fields) else {
        if !walk::says_something(fields) {
            return Ok(Keeping::Done(None));
        }
        let opening = Opening {
            kept: Some(kept),
            ..Opening::call(signed.actor().network)
        };
        let desk = web.app.open_contact(&who, opening).await?;
        return Ok(Keeping::Done(Some(Held {
            id: desk.contact.id,
            version: desk.contact.version,
        })));
    };
    if !fields.get("anyway").is_empty() {
        // The words of this page win: the call is taken here first, which is journaled.
        let taken = web.app.take_contact(&who, held.id).await?;
        held.version = taken.contact.version;
    }
    match web.app.save_draft(&who, held.id, held.version, kept).await {
        Ok(version) => {
            held.version = version;
            Ok(Keeping::Done(Some(held)))
        }
        Err(AppError::Problem {
            slug: "contact-moved",
            detail,
            ..
        }) => Ok(Keeping::Clash(Some(held.id), detail)),
        Err(AppError::Problem {
            slug: "contact-ended",
            detail,
            ..
        }) => Ok(Keeping::Clash(None, detail)),
        Err(error) => Err(Fail(error)),
    }
}

/// A form with its contact written into it, as the next page sends it back.
pub(crate) fn with_contact(fields: &Fields, held: Option<Held>) -> Fields {
    let mut fields = fields.clone();
    let mut set = |name: &str, value: String| {
        fields.0.insert(name.to_owned(), vec![value]);
    };
    set(
        "contact",
        held.map(|h| h.id.to_string()).unwrap_or_default(),
    );
    set(
        "version",
        held.map(|h| h.version.to_string()).unwrap_or_default(),
    );
    fields.0.remove("anyway");
    fields
}

/// The form of a contact, as it was kept.
pub(crate) fn fields_of(desk: Desk) -> Fields {
    let held = Held {
        id: desk.contact.id,
        version: desk.contact.version,
    };
    with_contact(&Fields(desk.typed.0), Some(held))
}

/// `POST /direct/suite`: an answer, or the next step. The same page, one step further.
pub(crate) async fn next(
    State(web): State<Web>,
    signed: Signed,
    headers: HeaderMap,
    mut fields: Fields,
) -> Answer {
    let around = Around::read(&web, &signed).await?;
    let changed = around.refresh(&mut fields);
    let fields = direct::proposed(&around, fields);
    let (fields, clash) = match keep(&web, &signed, &around, &fields).await? {
        Keeping::Done(held) => (with_contact(&fields, held), String::new()),
        Keeping::Clash(_, detail) => (fields, detail),
    };
    let fifteen = matches!(around.walk(&fields).step, Step::Fifteen(_)) && clash.is_empty();
    if is_fragment(&headers) {
        let waiting = web.app.open_contacts(&signed.who()).await?;
        let mut panel = direct::panel(&web, &around, &fields, Vec::new(), &waiting);
        panel.clash = clash;
        panel.changed = changed;
        let mut response = html(&panel)?;
        if fifteen {
            let go = HeaderValue::from_static("/direct/15");
            response.headers_mut().insert("x-go", go);
        }
        return Ok(response);
    }
    if fifteen {
        return see_other("/direct/15");
    }
    if clash.is_empty() && changed.is_empty() && named(&fields).is_some() {
        return see_other("/direct");
    }
    let mut page = direct::page(&web, &signed, &around, &fields, Vec::new()).await?;
    page.call.clash = clash;
    page.call.changed = changed;
    html(&page)
}

/// `POST /direct/garder`: what is typed, kept as it is typed.
pub(crate) async fn save(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let around = Around::read(&web, &signed).await?;
    let body = match keep(&web, &signed, &around, &fields).await? {
        Keeping::Done(None) => json!({}),
        Keeping::Done(Some(held)) => json!({
            "contact": held.id.to_string(),
            "version": held.version,
            "kept": "brouillon gardé",
        }),
        Keeping::Clash(_, detail) => json!({ "clash": detail }),
    };
    Ok(Json(body).into_response())
}

/// `POST /direct/attente`: this call waits; a new one may start.
pub(crate) async fn hold(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    match kept_or_page(&web, &signed, &fields).await? {
        Ok(Some(held)) => {
            web.app.hold_contact(&signed.who(), held.id, None).await?;
            see_other("/direct?dit=attente")
        }
        Ok(None) => see_other("/direct"),
        Err(page) => Ok(page),
    }
}

/// `POST /direct/suivant`: the call that waits longest, or the one just answered on this desk's
/// telephone (`to`); this one waits in its turn.
pub(crate) async fn next_call(
    State(web): State<Web>,
    signed: Signed,
    mut fields: Fields,
) -> Answer {
    let answered: Option<ContactId> = fields.get("to").parse().ok();
    if answered.is_some() {
        // The telephone already put this one on hold: what is on the page is kept all the same.
        fields.0.insert("anyway".to_owned(), vec!["oui".to_owned()]);
    }
    let held = match kept_or_page(&web, &signed, &fields).await? {
        Ok(held) => held,
        Err(page) => return Ok(page),
    };
    let waiting = web.app.open_contacts(&signed.who()).await?;
    let next = waiting.iter().find(|one| match answered {
        Some(wanted) => one.contact.id == wanted,
        None => one.is_on_the_line() && held.is_none_or(|held| held.id != one.contact.id),
    });
    if let Some(next) = next {
        web.app.take_contact(&signed.who(), next.contact.id).await?;
    }
    see_other("/direct")
}

async fn kept_or_page(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
) -> Result<Result<Option<Held>, axum::response::Response>, Fail> {
    let around = Around::read(web, signed).await?;
    match keep(web, signed, &around, fields).await? {
        Keeping::Done(held) => Ok(Ok(held)),
        Keeping::Clash(_, detail) => {
            let mut page = direct::page(web, signed, &around, fields, Vec::new()).await?;
            page.call.clash = detail;
            Ok(Err(html(&page)?))
        }
    }
}

/// `POST /direct/reprendre/{id}`: a call on hold, a form to call back, or another desk's call.
pub(crate) async fn take(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    signed.strong()?;
    let id: ContactId = id.parse().map_err(|_| Fail(AppError::NotFound))?;
    web.app.take_contact(&signed.who(), id).await?;
    see_other("/direct")
}

/// `POST /demandes/{id}/defaire`: the launch taken back, within its ten seconds.
pub(crate) async fn undo(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = super::request_id(&id)?;
    let accepted = web.app.undo_launch(&signed.who(), id).await?;
    see_other(if accepted {
        "/direct?dit=defaite-acceptee"
    } else {
        "/direct?dit=defaite"
    })
}
