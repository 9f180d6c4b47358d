//! The next request in one gesture: ticked on the closing screen, or on a page of its own once it is closed.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::reference::care_types::care_types_of;
use relais_app::requests::next::{self, Followed, NextDraft, PROFESSIONS};
use relais_app::text::labels;
use relais_app::text::when::When;
use relais_core::ids::RequestId;
use relais_core::people::{Mode, Profession};
use relais_core::request::{Closure, Need, Request};

use super::{direct, holder, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{Choice, Form, PhoneTab};
use crate::problem::tell;
use crate::show;
use crate::views::{NextField, NextFields, NextPage};
use crate::web::Web;

/// The box of a profession that is in the list only.
const OTHER: &str = "other";

/// What was ticked, with its lists.
pub(super) fn ticked(fields: &Fields) -> Vec<NextDraft> {
    let all = fields.all("next");
    all.iter()
        .map(|code| NextDraft {
            profession: match code.as_str() {
                OTHER => fields.get("other_profession").to_owned(),
                code => code.to_owned(),
            },
            care: fields.get(&format!("{code}_care")).to_owned(),
            within_hours: fields.get(&format!("{code}_hours")).to_owned(),
            mode: fields.get(&format!("{code}_mode")).to_owned(),
        })
        .take(PROFESSIONS.len() + 1)
        .collect()
}

/// What may be asked next for the patient of a request.
pub(super) fn fields(request: &Request) -> NextFields {
    let delays = Need::DELAYS_HOURS.iter();
    NextFields {
        each: PROFESSIONS
            .iter()
            .map(|(profession, label)| NextField {
                code: profession.code().to_owned(),
                label: (*label).to_owned(),
                cares: care_types_of(*profession)
                    .map(|care| Choice::new(care.code, care.label))
                    .collect(),
            })
            .collect(),
        others: std::iter::once(Choice::new("", "Choisissez"))
            .chain(
                next::others(request.need.profession)
                    .map(|one| Choice::new(one.code(), show::upper(labels::profession(one)))),
            )
            .collect(),
        modes: Choice::list(&[
            (Mode::Consultation.code(), "Au cabinet"),
            (Mode::Visit.code(), "À domicile"),
        ]),
        mode: match request.need.mode {
            Mode::Visit => Mode::Visit,
            Mode::Consultation | Mode::Teleconsultation => Mode::Consultation,
        }
        .code()
        .to_owned(),
        hours: delays
            .map(|hours| Choice::new(hours.to_string(), format!("Dans les {hours}\u{a0}h")))
            .collect(),
    }
}

/// What a request follows from and what follows from it, in sentences.
pub(super) async fn links(web: &Web, signed: &Signed, id: RequestId) -> Result<Vec<String>, Fail> {
    let links = web.app.links(&signed.who(), id).await?;
    let mut said = Vec::new();
    if let Some(origin) = links.origin {
        said.push(format!("Suite de la demande {}.", origin.code));
    }
    for after in links.after {
        said.push(format!("Suite demandée\u{a0}: demande {}.", after.code));
    }
    Ok(said)
}

/// After a closing: back to the list, or the page that says what could not be asked.
pub(super) async fn answer(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    typed: &Fields,
    followed: &Followed,
    noted: bool,
) -> Answer {
    if followed.refused.is_empty() {
        return see_other(match (followed.raised.is_empty(), noted) {
            (true, true) => "/prises?dit=close-note",
            (true, false) => "/prises?dit=close",
            (false, _) => "/prises?dit=close-suite",
        });
    }
    let done = vec!["La prise en charge est close.".to_owned()];
    again(web, signed, id, typed, followed, done).await
}

async fn again(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    typed: &Fields,
    followed: &Followed,
    mut done: Vec<String>,
) -> Answer {
    let now = web.now();
    let when = When::new(now, &web.zone);
    for raised in &followed.raised {
        done.push(format!("La demande {} est lancée.", raised.code));
    }
    let mut form = typed.again(Vec::new());
    for refused in &followed.refused {
        let profession = Profession::from_code(&refused.draft.profession);
        let label = profession.map_or("Suite", next::label);
        let why = match &refused.why {
            AppError::Invalid(errors) => errors
                .first()
                .map(|error| error.message.clone())
                .unwrap_or_default(),
            error => tell(error, &when).detail,
        };
        let why = format!("{label}\u{a0}: {}", show::lower(why.trim_end_matches('.')));
        form = form.wrong("next", &why);
    }
    let mut page = page(web, signed, id, form).await?;
    page.done = done;
    direct::unprocessable(&page)
}

/// `GET /prises/{id}/suite`
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    html(&page(&web, &signed, request_id(&id)?, Form::default()).await?)
}

async fn page(web: &Web, signed: &Signed, id: RequestId, form: Form) -> Result<NextPage, Fail> {
    let (eye, read) = holder::theirs(web, signed, id).await?;
    let request = &read.stored.request;
    if !request.closure().is_some_and(Closure::has_met) {
        let detail = "Une suite se demande pour un patient vu ou conseillé, une fois la prise en charge close.";
        return Err(Fail(AppError::problem("next-not-met", 409, detail)));
    }
    let title = if form.errors().is_empty() {
        "Demander la suite"
    } else {
        "Erreur\u{a0}: la suite n’est pas lancée"
    };
    Ok(NextPage {
        phone: show::phone(web, &eye, title, PhoneTab::None)
            .back(&format!("/prises/{id}"), "Retour au patient"),
        id: id.to_string(),
        form,
        next: fields(request),
        done: Vec::new(),
    })
}

/// `POST /prises/{id}/suite`
pub(crate) async fn ask(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = request_id(&id)?;
    let wanted = ticked(&fields);
    if wanted.is_empty() {
        let form = fields
            .again(Vec::new())
            .wrong("next", "Cochez ce dont ce patient a besoin");
        return direct::unprocessable(&page(&web, &signed, id, form).await?);
    }
    let followed = web.app.ask_next(&signed.who(), id, wanted).await?;
    if followed.refused.is_empty() {
        return see_other(&format!("/prises/{id}?dit=suite"));
    }
    again(&web, &signed, id, &fields, &followed, Vec::new()).await
}
