//! The regulator's desk: the queue *à qualifier*, being on duty, one case and what is decided of it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use relais_app::error::AppError;
use relais_app::regulation::decide::Decision;
use relais_app::requests::need::{MotiveDraft, NeedChange};
use relais_core::ids::RequestId;
use relais_core::request::{Need, NeedEdit};

use super::hours;
use super::person::person_of;
use super::{Told, direct, eye, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, field_of};
use crate::gate::Signed;
use crate::parts::{FieldError, Form};
use crate::show::{self, qualify};
use crate::views::{QualifyPage, QueuePage};
use crate::web::Web;

/// `GET /a-qualifier`
pub(crate) async fn queue(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = queue_page(&web, &signed, Form::default()).await?;
    page.desk = page.desk.toast(told.toast());
    html(&page)
}

async fn queue_page(web: &Web, signed: &Signed, form: Form) -> Result<QueuePage, Fail> {
    let eye = eye(web, signed).await?;
    let read = web.app.regulation_queue(&signed.who()).await?;
    let title = if form.errors().is_empty() {
        "À qualifier"
    } else {
        "Erreur\u{a0}: à qualifier"
    };
    Ok(QueuePage {
        desk: show::desk(web, &eye, signed, title, qualify::PAGE),
        form,
        part: qualify::queue(&eye, &signed.actor(), &read),
    })
}

/// `GET /a-qualifier/liste`
pub(crate) async fn part(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let read = web.app.regulation_queue(&signed.who()).await?;
    let part = qualify::queue(&eye, &signed.actor(), &read);
    Ok(direct::stamped(html(&part)?, &web))
}

/// `POST /garde`: "de garde", "plus de garde".
pub(crate) async fn duty(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    if fields.get("faire") == "fin" {
        let left = web.app.go_off_duty(&signed.who()).await?;
        let said = if left > 0 {
            "plus-personne"
        } else {
            "garde-finie"
        };
        return see_other(&format!("{}?dit={said}", qualify::PAGE));
    }
    let eye = eye(&web, &signed).await?;
    let until = match fields.some("until") {
        None => None,
        // An hour that has passed is tomorrow's: a night watch ends after midnight.
        Some(text) => match hours::next(&eye.when(), &text) {
            Ok(at) => Some(at),
            Err(wrong) => {
                let message =
                    wrong.says("Dites jusqu’à quelle heure, par exemple 18:00, ou laissez vide");
                return again_queue(&web, &signed, &fields, &message).await;
            }
        },
    };
    match web.app.go_on_duty(&signed.who(), until).await {
        Ok(_) => see_other(&format!("{}?dit=garde", qualify::PAGE)),
        Err(AppError::Refused(relais_core::cascade::Refusal::BadAppointment)) => {
            let message = "Cette heure est déjà passée";
            again_queue(&web, &signed, &fields, message).await
        }
        Err(error) => Err(Fail(error)),
    }
}

async fn again_queue(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    message: &str,
) -> Result<Response, Fail> {
    let form = fields.again(Vec::new()).wrong("until", message);
    direct::unprocessable(&queue_page(web, signed, form).await?)
}

/// `GET /a-qualifier/{id}`
pub(crate) async fn case(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = case_page(&web, &signed, request_id(&id)?, Form::default()).await?;
    page.desk = page.desk.toast(told.toast());
    html(&page)
}

async fn case_page(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    form: Form,
) -> Result<QualifyPage, Fail> {
    let eye = eye(web, signed).await?;
    let read = web.app.regulation_case(&signed.who(), id).await?;
    let wrong = if form.errors().is_empty() {
        ""
    } else {
        "Erreur\u{a0}: "
    };
    let title = format!("{wrong}Demande {} à qualifier", read.stored.code);
    let mut desk = show::desk(web, &eye, signed, &title, qualify::PAGE);
    // The page has its own: two buttons for one key would be one too many.
    desk.fifteen = None;
    Ok(qualify::case(&eye, &signed.actor(), desk, &read, form))
}

/// `POST /a-qualifier/{id}/identite`: who it is and what they asked before, written down first (R6).
pub(crate) async fn identity(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    signed.strong()?;
    let request = request_id(&id)?;
    let (identity, earlier) = web.app.open_case(&signed.who(), request).await?;
    let person = person_of!(identity);
    let eye = eye(&web, &signed).await?;
    let mut page = case_page(&web, &signed, request, Form::default()).await?;
    let read = web.app.request(&signed.who(), request).await?;
    let facts = read.stored.request.patient;
    let postcode = web.app.patient_postcode(&signed.who(), request).await?;
    let place = format!("{postcode} {}", show::commune(facts.commune));
    page.identity = Some(person.card(&facts, &place));
    page.earlier = qualify::earlier(&eye, &earlier);
    html(&page)
}

/// `POST /a-qualifier/{id}/prendre`: "Je prends", or takes it over.
pub(crate) async fn take(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let over = fields.get("over") == "oui";
    match web.app.claim_case(&signed.who(), request, over).await {
        Ok(()) => see_other(&format!("{}/{request}?dit=prise", qualify::PAGE)),
        // The page says who has it, and offers to take it over.
        Err(AppError::Problem {
            slug: "already-claimed",
            ..
        }) => see_other(&format!("{}/{request}?dit=deja-prise", qualify::PAGE)),
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /a-qualifier/{id}/rendre`
pub(crate) async fn put_back(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let request = request_id(&id)?;
    web.app.put_case_back(&signed.who(), request).await?;
    see_other(&format!("{}?dit=remise", qualify::PAGE))
}

/// What the form changes of the need; none when nothing changes. The other motives of the request stay
/// behind the one chosen.
fn change(fields: &Fields, need: &Need) -> Result<Option<Need>, AppError> {
    // What is as this page showed it is no change, whoever made one since.
    let chosen = |name: &str| {
        let was = fields.some(&format!("was_{name}"));
        fields
            .some(name)
            .filter(|value| was.as_ref() != Some(value))
    };
    let motive = chosen("motive").filter(|code| {
        need.motives
            .first()
            .is_none_or(|first| first.as_str() != code)
    });
    let motives = motive.map(|code| {
        let rest = need.motives.iter().skip(1).map(ToString::to_string);
        let others = rest.filter(|other| *other != code).collect::<Vec<_>>();
        std::iter::once(code.clone())
            .chain(others)
            .map(|code| MotiveDraft { code, text: None })
            .collect()
    });
    let changed = NeedChange {
        profession: chosen("profession"),
        specialty: None,
        care_type: None,
        mode: chosen("mode"),
        within_hours: chosen("within_hours").map(|text| text.parse().unwrap_or(0)),
        motives,
        comment: None,
        series: None,
        cooperations: freed(fields).then(Vec::new),
    }
    .apply(need)?;
    Ok((changed != *need).then_some(changed))
}

/// The doctor says that no cooperation protocol is needed.
fn freed(fields: &Fields) -> bool {
    !fields.get("freed").is_empty()
}

async fn decide(
    web: &Web,
    signed: &Signed,
    id: &str,
    fields: &Fields,
    decision: impl Fn(Option<NeedEdit>, &Need) -> Decision,
    said: &str,
) -> Answer {
    let request = request_id(id)?;
    let read = web.app.request(&signed.who(), request).await?;
    let need = &read.stored.request.need;
    let decided = match change(fields, need) {
        Ok(changed) => {
            let changed = match changed {
                Some(changed) if !freed(fields) => {
                    let who = signed.who();
                    Some(
                        web.app
                            .with_cooperations(&who, request, need, changed)
                            .await?,
                    )
                }
                other => other,
            };
            let read = need.clone();
            let edit = changed.map(|wanted| NeedEdit { read, wanted });
            let decision = decision(edit, need);
            web.app
                .regulate(&signed.who(), request, decision, None)
                .await
        }
        Err(error) => Err(error),
    };
    match decided {
        Ok(_) if said == "garde-changee" => {
            see_other(&format!("{}/{request}?dit=modifiee", qualify::PAGE))
        }
        Ok(_) => see_other(&format!("{}?dit={said}", qualify::PAGE)),
        Err(AppError::Invalid(errors)) => {
            let errors = errors
                .iter()
                .map(|error| FieldError {
                    name: qualify::field_of(&error.pointer)
                        .unwrap_or_else(|| field_of(&error.pointer))
                        .to_owned(),
                    message: show::typeset(error.message.trim_end_matches('.')),
                })
                .collect();
            let form = fields.again(errors);
            direct::unprocessable(&case_page(web, signed, request, form).await?)
        }
        Err(AppError::Refused(relais_core::cascade::Refusal::ProfessionChange)) => {
            let form = fields.again(Vec::new()).wrong(
                "profession",
                "Une autre profession ne s’enregistre qu’en lançant la demande",
            );
            direct::unprocessable(&case_page(web, signed, request, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /a-qualifier/{id}/lancer`
pub(crate) async fn launch(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let pre_diagnosis = fields.some("pre_diagnosis");
    let decision = |need, _: &Need| Decision::Launch {
        need,
        pre_diagnosis: pre_diagnosis.clone(),
    };
    decide(&web, &signed, &id, &fields, decision, "lancee").await
}

/// `POST /a-qualifier/{id}/changer`
pub(crate) async fn edit(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let pre_diagnosis = fields.some("pre_diagnosis");
    let decision = |edit: Option<NeedEdit>, need: &Need| Decision::Change {
        need: edit.unwrap_or_else(|| NeedEdit::new(need.clone(), |_| ())),
        pre_diagnosis: pre_diagnosis.clone(),
    };
    decide(&web, &signed, &id, &fields, decision, "garde-changee").await
}

/// `POST /a-qualifier/{id}/conseil`
pub(crate) async fn advise(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let Some(advice) = fields.some("advice") else {
        let form = fields
            .again(Vec::new())
            .wrong("advice", "Écrivez le conseil donné, en une phrase au moins");
        let page = case_page(&web, &signed, request_id(&id)?, form).await?;
        return direct::unprocessable(&page);
    };
    let decision = |_, _: &Need| Decision::Advise {
        advice: Some(advice.clone()),
    };
    // Only the advice is read from this form: the need stays as it is.
    let nothing = Fields(
        fields
            .0
            .iter()
            .filter(|(name, _)| name.as_str() == "advice")
            .map(|(name, values)| (name.clone(), values.clone()))
            .collect(),
    );
    decide(&web, &signed, &id, &nothing, decision, "conseil").await
}
