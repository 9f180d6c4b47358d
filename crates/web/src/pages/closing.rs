//! Ending a request one has taken on: the outcome, the note, what follows.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::requests::next::Closing;
use relais_app::synthesis::NoteDraft;
use relais_app::text::labels;
use relais_app::wishes::Wish;
use relais_core::cascade::Refusal;
use relais_core::ids::RequestId;
use relais_core::request::{Closure, UsualDoctor};

use super::{direct, holder, next, note, request_id};
use crate::fail::{Answer, Fail, html};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Choice, FieldError, Form, PhoneTab};
use crate::show;
use crate::views::ClosePage;
use crate::web::Web;

/// The word of the form that leads to the outcomes of rarer days.
const OTHER: &str = "other";

async fn close_page(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    form: Form,
) -> Result<ClosePage, Fail> {
    let (eye, read) = holder::theirs(web, signed, id).await?;
    let request = &read.stored.request;
    if request.is_ended() {
        return Err(Fail(AppError::Refused(Refusal::WrongState)));
    }
    let facts = request.patient;
    // Nearly every day ends so: it is there already, and one tap ends it.
    let form = if form.value("outcome").is_empty() && form.errors().is_empty() {
        let form = form.with("outcome", Closure::Seen.code());
        if request.consent_synthesis {
            form.with("consent", "oui")
        } else {
            form
        }
    } else {
        form
    };
    let others = [
        Closure::PhoneAdvice,
        Closure::NotAtHome,
        Closure::SeenElsewhere,
        Closure::SentToEmergency,
        Closure::PatientCancelled,
        Closure::ProfessionalCancelled,
    ];
    let title = if form.errors().is_empty() {
        "Clore"
    } else {
        "Erreur\u{a0}: clore"
    };
    Ok(ClosePage {
        phone: show::phone(web, &eye, title, PhoneTab::None)
            .back(&format!("/prises/{id}"), "Retour au patient"),
        id: id.to_string(),
        about: match show::motives(&request.need) {
            none if none.is_empty() => show::whom(&facts),
            motives => format!("{}, {}", show::whom(&facts), show::lower(&motives)),
        },
        form,
        usual: Choice::list(&[
            (Closure::Seen.code(), "Vu"),
            (Closure::NoShow.code(), "Absent"),
            (OTHER, "Autre…"),
        ]),
        others: others
            .iter()
            .map(|o| Choice::new(o.code(), labels::closure(*o)))
            .collect(),
        noted: web.app.note_of(&signed.who(), id).await?.is_some(),
        may_list: request.usual.doctor != UsualDoctor::Yes
            && !web.app.wishes(&signed.who(), id).await?.has(Wish::NoList),
        next: next::fields(request),
        to: format!(
            "{} Sans accord, elle est gardée et rien n’est envoyé.",
            note::to(&eye, request)
        ),
    })
}

/// `GET /prises/{id}/cloture`
pub(crate) async fn form(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = request_id(&id)?;
    let page = close_page(&web, &signed, id, Form::default()).await;
    let answer = page.and_then(|page| html(&page));
    holder::or_what_became(&web, &signed, id, answer).await
}

/// `POST /prises/{id}/cloture`
pub(crate) async fn close(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let answer = ended(&web, &signed, request, &fields).await;
    holder::or_what_became(&web, &signed, request, answer).await
}

async fn ended(web: &Web, signed: &Signed, request: RequestId, fields: &Fields) -> Answer {
    let field = match fields.get("outcome") {
        OTHER => "other_outcome",
        _ => "outcome",
    };
    let Some(closure) = Closure::from_code(fields.get(field)) else {
        let form = fields
            .again(Vec::new())
            .wrong(field, "Dites ce qui s’est passé");
        return direct::unprocessable(&close_page(web, signed, request, form).await?);
    };
    let noted = match sign(web, signed, request, closure, fields).await? {
        Ok(noted) => noted,
        Err(errors) => {
            let form = fields.again(errors);
            return direct::unprocessable(&close_page(web, signed, request, form).await?);
        }
    };
    let wanted = Closing {
        next: next::ticked(fields),
        seeks_doctor: !fields.get("seeks_doctor").is_empty(),
    };
    let followed = web
        .app
        .close_and_ask(&signed.who(), request, closure, fields.some("note"), wanted)
        .await?;
    next::answer(web, signed, request, fields, &followed, noted).await
}

/// Signs the note typed on the closing page, before the request ends: what is wrong with it closes
/// nothing. Whether there was one.
async fn sign(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    closure: Closure,
    fields: &Fields,
) -> Result<Result<bool, Vec<FieldError>>, Fail> {
    let draft = NoteDraft {
        diagnosis: fields.get("diagnosis").to_owned(),
        done: fields.get("done").to_owned(),
        consent: !fields.get("consent").is_empty(),
        ..NoteDraft::default()
    };
    let typed = !draft.diagnosis.trim().is_empty() || !draft.done.trim().is_empty();
    let wanted = match fields.get("suite") {
        "sans" => false,
        // Nobody writes of a patient who did not come.
        "note" => typed || closure == Closure::Seen,
        _ => typed,
    };
    if !wanted {
        return Ok(Ok(false));
    }
    signed.strong()?;
    match web.app.sign_note(&signed.who(), id, draft).await {
        Ok(_) => Ok(Ok(true)),
        Err(AppError::Invalid(errors)) => Ok(Err(same_names(&errors))),
        Err(error) => Err(Fail(error)),
    }
}
