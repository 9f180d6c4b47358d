//! What the desk does with a request: one form each, back to the page with what happened.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::patients::{Corrected, PhonesDraft};
use relais_app::requests::desk::Act;
use relais_app::requests::draft::{
    AddressDraft, MotiveDraft, NeedDraft, PatientDraft, RequestDraft, TriageDraft, UsualDraft,
};
use relais_core::cascade::Refusal;
use relais_core::ids::RequestId;
use relais_core::people::{Mode, Profession};
use relais_core::request::{CancelledBy, Closure, NeedEdit, Phase};
use std::collections::{BTreeMap, BTreeSet};

use super::person::person_of;
use super::request::page_with;
use super::{appointment, direct, eye, request_id};
use crate::fail::{Answer, Fail, see_other};
use crate::forms::{Fields, field_of};
use crate::gate::Signed;
use crate::parts::{FieldError, Form};
use crate::web::Web;

/// Does something, then shows the request with a sentence; a field to put right shows the page again.
async fn act(
    web: &Web,
    signed: &Signed,
    id: &str,
    key: &str,
    fields: &Fields,
    act: Act,
    said: &str,
) -> Answer {
    let request = request_id(id)?;
    let reason = fields.some("reason");
    match web.app.act(&signed.who(), request, act, reason).await {
        Ok(_) => see_other(&format!("/demandes/{request}?dit={said}")),
        Err(error) => again(web, signed, id, key, fields, error).await,
    }
}

async fn again(
    web: &Web,
    signed: &Signed,
    id: &str,
    key: &str,
    fields: &Fields,
    error: AppError,
) -> Answer {
    let AppError::Invalid(errors) = &error else {
        return Err(Fail(error));
    };
    let wrong = errors.iter().map(|wrong| FieldError {
        name: field_of(&wrong.pointer).to_owned(),
        message: wrong.message.trim_end_matches('.').to_owned(),
    });
    let wrong = wrong.collect();
    shown_again(web, signed, request_id(id)?, key, fields, wrong).await
}

/// The page again, one of its forms open as it was typed, with what is wrong of it.
async fn shown_again(
    web: &Web,
    signed: &Signed,
    request: RequestId,
    key: &str,
    fields: &Fields,
    wrong: Vec<FieldError>,
) -> Answer {
    let named = wrong.iter().map(|one| FieldError {
        name: format!("{key}-{}", one.name),
        message: one.message.clone(),
    });
    let summary = Form::filled(BTreeMap::new(), named.collect());
    let mut page = page_with(web, signed, request, summary).await?;
    let typed = fields.again(wrong);
    let all = page.first.iter_mut().chain(&mut page.acts);
    for one in all.filter(|one| one.key == key) {
        one.form = typed.clone();
    }
    direct::unprocessable(&page)
}

/// The need with what a form changes of it; `None` when nothing changes.
async fn changed(
    web: &Web,
    signed: &Signed,
    id: &str,
    fields: &Fields,
) -> Result<Option<NeedEdit>, Fail> {
    let read = web.app.request(&signed.who(), request_id(id)?).await?;
    let read = read.stored.request.need;
    let mut need = read.clone();
    if let Some(hours) = fields.some("within_hours") {
        need.within_hours = hours
            .parse()
            .map_err(|_| Fail(AppError::Refused(Refusal::WrongState)))?;
    }
    if let Some(mode) = Mode::from_code(fields.get("mode")) {
        need.mode = mode;
    }
    if let Some(comment) = fields.some("comment") {
        need.comment = comment;
    }
    let edit = NeedEdit { read, wanted: need };
    Ok((!edit.is_empty()).then_some(edit))
}

/// `POST /demandes/{id}/lancer`: the regulator lets it go, as it is or changed (R3).
pub(crate) async fn qualify(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let need = changed(&web, &signed, &id, &fields).await?;
    act(
        &web,
        &signed,
        &id,
        "lancer",
        &fields,
        Act::Qualify(need),
        "lancee",
    )
    .await
}

/// `POST /demandes/{id}/modifier`
pub(crate) async fn edit(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    match changed(&web, &signed, &id, &fields).await? {
        Some(need) => {
            act(
                &web,
                &signed,
                &id,
                "modifier",
                &fields,
                Act::Edit(need),
                "modifiee",
            )
            .await
        }
        None => see_other(&format!("/demandes/{}", request_id(&id)?)),
    }
}

/// `POST /demandes/{id}/annuler`
pub(crate) async fn cancel(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let by = CancelledBy::wished(fields.get("who")).unwrap_or(CancelledBy::Operator);
    act(
        &web,
        &signed,
        &id,
        "annuler",
        &fields,
        Act::Cancel(by),
        "annulee",
    )
    .await
}

/// `POST /demandes/{id}/rendre`: whoever has the patient has lost the right to see them.
pub(crate) async fn give_back(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let (request, reason) = (request_id(&id)?, fields.some("reason"));
    match web
        .app
        .act(&signed.who(), request, Act::Release, reason)
        .await
    {
        Ok(applied) => {
            // Past the care deadline nobody is looked for any more (R4.8).
            let said = match applied.after.phase {
                Phase::Unfilled(_) => "rendue-tard",
                _ => "rendue",
            };
            see_other(&format!("/demandes/{request}?dit={said}"))
        }
        Err(error) => again(&web, &signed, &id, "rendre", &fields, error).await,
    }
}

/// `POST /demandes/{id}/pause`
pub(crate) async fn pause(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    act(
        &web,
        &signed,
        &id,
        "pause",
        &Fields::default(),
        Act::Pause,
        "pause",
    )
    .await
}

/// `POST /demandes/{id}/reprendre`
pub(crate) async fn resume(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    act(
        &web,
        &signed,
        &id,
        "reprendre",
        &Fields::default(),
        Act::Resume,
        "reprise",
    )
    .await
}

/// `POST /demandes/{id}/relancer`
pub(crate) async fn relaunch(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let minutes = match fields.some("window_minutes") {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| Fail(AppError::Refused(Refusal::Window)))?,
        ),
    };
    act(
        &web,
        &signed,
        &id,
        "relancer",
        &fields,
        Act::Relaunch(minutes),
        "relancee",
    )
    .await
}

/// `POST /demandes/{id}/elargir`
pub(crate) async fn widen(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    act(
        &web,
        &signed,
        &id,
        "elargir",
        &Fields::default(),
        Act::Widen,
        "elargie",
    )
    .await
}

/// `POST /demandes/{id}/teleconsultation`: the same need at a distance, then a new window.
pub(crate) async fn remote(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let request = request_id(&id)?;
    let read = web.app.request(&signed.who(), request).await?;
    let edit = NeedEdit::new(read.stored.request.need, |need| {
        need.mode = Mode::Teleconsultation;
    });
    web.app
        .act(&signed.who(), request, Act::Edit(edit), None)
        .await?;
    act(
        &web,
        &signed,
        &id,
        "relancer",
        &Fields::default(),
        Act::Relaunch(None),
        "relancee",
    )
    .await
}

/// `POST /demandes/{id}/autre-profession`: another profession is another request (R4.9). It is raised
/// for the same patient, then the first one ends as administrative.
pub(crate) async fn other_profession(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    signed.strong()?;
    let id = request_id(&id)?;
    let who = signed.who();
    let read = web.app.request(&who, id).await?;
    let request = &read.stored.request;
    let identity = web.app.open_identity(&who, id).await?;
    let person = person_of!(identity);
    let postcode = web.app.patient_postcode(&who, id).await?;
    let under = match Profession::from_code(fields.get("profession")) {
        Some(asked) => web.app.cooperations_towards(&who, id, asked).await?,
        None => BTreeSet::new(),
    };
    let text = |text: &str| Some(text.to_owned());
    let draft = RequestDraft {
        patient: PatientDraft {
            birth_name: person.birth_name,
            first_names: person.first_names,
            used_name: person.used_name,
            sex: request.patient.sex.code().to_owned(),
            birth_date: person.birth_date,
            phone: person.phone,
            address: AddressDraft {
                line: Some(person.line),
                postcode: Some(postcode),
                insee: text(request.patient.commune.as_str()),
            },
            carer_phone: person.carer_phone,
        },
        usual: UsualDraft {
            doctor: text(request.usual.doctor.code()),
            rpps: None,
            professionals: Vec::new(),
            contacted: text(request.usual.contacted.code()),
        },
        triage: Some(TriageDraft {
            red_flags: request.red_flags.code().to_owned(),
            sheet: text("TRONC"),
            version: None,
            answers: Vec::new(),
        }),
        need: NeedDraft {
            profession: fields.get("profession").to_owned(),
            specialty: None,
            care_type: None,
            mode: text(request.need.mode.code()),
            within_hours: i64::from(request.need.within_hours),
            motives: request
                .need
                .motives
                .iter()
                .map(|code| MotiveDraft {
                    code: code.as_str().to_owned(),
                    text: None,
                })
                .collect(),
            comment: Some(request.need.comment.clone()),
            // Another profession is asked: its care does not repeat as this one's did.
            series: None,
            cooperations: under.iter().map(ToString::to_string).collect(),
        },
        window_minutes: request.window_minutes.map(i64::from),
        consent_synthesis: request.consent_synthesis,
        origin: text(request.origin.code()),
        not_same_as: Vec::new(),
    };
    let raised = web.app.raise(&who, draft).await?;
    let end = Act::Close(Closure::Administrative);
    web.app
        .act(
            &who,
            id,
            end,
            Some("Adressée à une autre profession".to_owned()),
        )
        .await?;
    see_other(&format!("/demandes/{}?dit=lancee", raised.id))
}

/// `POST /demandes/{id}/prendre`
pub(crate) async fn take(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    act(
        &web,
        &signed,
        &id,
        "prendre",
        &Fields::default(),
        Act::TakeInHand,
        "prise",
    )
    .await
}

/// `POST /demandes/{id}/rendez-vous`
pub(crate) async fn give_hour(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let eye = eye(&web, &signed).await?;
    let wrong = match appointment::one_hour(&eye.when(), &fields) {
        Ok(hour) => appointment::give(&web, &signed, &eye, request, hour).await?,
        Err(wrong) => Some(wrong),
    };
    let Some((field, why)) = wrong else {
        return see_other(&format!("/demandes/{request}?dit=rendez-vous"));
    };
    let wrong = FieldError {
        name: field.to_owned(),
        message: why,
    };
    shown_again(&web, &signed, request, "rendez-vous", &fields, vec![wrong]).await
}

/// `POST /demandes/{id}/clore`
pub(crate) async fn close(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let Some(closure) = Closure::from_code(fields.get("outcome")) else {
        return Err(Fail(AppError::Refused(Refusal::BadClosure)));
    };
    let request = request_id(&id)?;
    let from_hand = matches!(
        web.app
            .request(&signed.who(), request)
            .await?
            .stored
            .request
            .phase,
        Phase::Unfilled(_)
    );
    match web
        .app
        .act(&signed.who(), request, Act::Close(closure), None)
        .await
    {
        Ok(_) if from_hand => see_other("/coup-de-main?dit=close"),
        Ok(_) => see_other(&format!("/demandes/{request}?dit=close")),
        Err(error) => again(&web, &signed, &id, "clore", &fields, error).await,
    }
}

/// `POST /demandes/{id}/telephone`
pub(crate) async fn correct_phones(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let draft = PhonesDraft {
        phone: fields.some("phone"),
        carer_phone: fields.some("carer_phone"),
    };
    match web.app.correct_phones(&signed.who(), request, draft).await {
        Ok(corrected) => {
            let said = match corrected {
                Corrected::Told => "telephone",
                Corrected::Kept => "telephone-note",
                Corrected::Same => "telephone-pareil",
            };
            see_other(&format!("/demandes/{request}?dit={said}"))
        }
        Err(error) => again(&web, &signed, &id, "telephone", &fields, error).await,
    }
}

/// `POST /demandes/{id}/note`
pub(crate) async fn note(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    match web
        .app
        .note(&signed.who(), request, fields.get("text").to_owned())
        .await
    {
        Ok(()) => see_other(&format!("/demandes/{request}?dit=note")),
        Err(error) => again(&web, &signed, &id, "note", &fields, error).await,
    }
}
