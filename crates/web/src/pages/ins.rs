//! How sure the identity of a patient is, as the professional who has them says it. The number goes in, and is shown
//! to nobody again.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::patients::ins::InsDraft;
use relais_app::text::ins;
use relais_core::ids::RequestId;

use super::person::person_of;
use super::{direct, holder, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Choice, Form, PhoneTab};
use crate::show;
use crate::views::InsPage;
use crate::web::Web;

/// `GET /prises/{id}/identite`
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    html(&page(&web, &signed, request_id(&id)?, None).await?)
}

/// `POST /prises/{id}/identite`
pub(crate) async fn say(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = request_id(&id)?;
    let text = |name: &str| Some(fields.get(name).to_owned()).filter(|text| !text.is_empty());
    // What belongs to a number goes with one only: a field left filled by another choice is not said.
    let numbered = matches!(fields.get("status"), "retrieved" | "qualified");
    let draft = InsDraft {
        status: fields.get("status").to_owned(),
        number: text("number"),
        authority: text("authority").filter(|_| numbered),
        birth_place: text("birth_place").filter(|_| numbered),
        doubtful: !fields.get("doubtful").is_empty(),
    };
    match web.app.set_ins(&signed.who(), id, draft).await {
        Ok(_) => see_other(&format!("/prises/{id}?dit=identite")),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, id, Some(form)).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

async fn page(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    form: Option<Form>,
) -> Result<InsPage, Fail> {
    let (eye, read) = holder::theirs(web, signed, id).await?;
    let request = &read.stored.request;
    signed.strong()?;
    let standing = web.app.ins(&signed.who(), id).await?;
    let identity = web.app.open_identity(&signed.who(), id).await?;
    let person = person_of!(identity);
    let form = form.unwrap_or_else(|| {
        let form = Form::default().with("status", standing.status.code());
        if standing.doubtful {
            form.with("doubtful", "oui")
        } else {
            form
        }
    });
    let title = if form.errors().is_empty() {
        "Identité du patient"
    } else {
        "Erreur\u{a0}: identité du patient"
    };
    Ok(InsPage {
        phone: show::phone(web, &eye, title, PhoneTab::None)
            .back(&format!("/prises/{id}"), "Retour au patient"),
        id: id.to_string(),
        form,
        name: person.name(),
        birth: person.birth(&request.patient),
        standing: ins::standing(standing),
        sent: ins::sent(standing).to_owned(),
        statuses: Choice::list(ins::STATUSES),
        lists: Choice::list(if web.is_demo() {
            ins::INVENTED
        } else {
            ins::LISTS
        }),
    })
}
