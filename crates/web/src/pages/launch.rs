//! Launching a request from the operator's form, and noting a call that raises none.

use axum::extract::State;
use relais_app::app::Who;
use relais_app::error::AppError;
use relais_app::idempotent::Keyed;
use relais_app::requests::draft::RequestDraft;
use relais_app::requests::raise::Kept;
use relais_core::contact::Outcome;
use relais_core::request::Origin;

use super::direct::{page, unprocessable};
use super::suggest::department;
use super::{eye, fifteen};
use crate::fail::{Answer, Fail, see_other};
use crate::forms::{Fields, Triage, draft, form_errors, triage};
use crate::gate::Signed;
use crate::parts::FieldError;
use crate::web::Web;

/// `POST /direct`
pub(crate) async fn launch(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let flags = match triage(&fields) {
        Triage::Fifteen => return fifteen::interrupt(&web, &signed, &fields, String::new()).await,
        Triage::Clear => "none",
        Triage::Regulator => "unknown",
        Triage::Unasked(left) => {
            let message = if left == 1 {
                "Il reste une question de gravité à poser".to_owned()
            } else {
                format!("Il reste {left} questions de gravité à poser")
            };
            let mut errors = vec![FieldError {
                name: "flags".to_owned(),
                message,
            }];
            let eye = eye(&web, &signed).await?;
            let department = department(&eye.directory, &signed);
            errors.extend(draft(&fields, &eye.directory, department.as_deref(), "unknown").errors);
            return unprocessable(&page(&web, &signed, fields.again(errors), None).await?);
        }
    };
    let eye = eye(&web, &signed).await?;
    let department = department(&eye.directory, &signed);
    let drafted = draft(&fields, &eye.directory, department.as_deref(), flags);
    match raise_once(&web, &signed, &fields, drafted.draft, drafted.errors).await? {
        Raising::Done { id, said } => see_other(&format!("/demandes/{id}?dit={said}")),
        Raising::Wrong(errors) => {
            unprocessable(&page(&web, &signed, fields.again(errors), None).await?)
        }
    }
}

/// What came of a form.
pub(crate) enum Raising {
    /// The request exists.
    Done {
        /// Which.
        id: String,
        /// What to say.
        said: &'static str,
    },
    /// Fields to put right.
    Wrong(Vec<FieldError>),
}

/// Raises a request once per form, however often the button is pressed.
pub(crate) async fn raise_once(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    draft: RequestDraft,
    mut errors: Vec<FieldError>,
) -> Result<Raising, Fail> {
    let who = signed.who();
    if !errors.is_empty() {
        // The application is asked too, so that everything wrong is said at once; nothing is stored.
        if let Err(AppError::Invalid(more)) = web.app.preview(&who, draft).await {
            for error in form_errors(&more) {
                if !errors.iter().any(|known| known.name == error.name) {
                    errors.push(error);
                }
            }
        }
        return Ok(Raising::Wrong(errors));
    }
    let key = format!("form-{}", fields.get("once"));
    let keyed = fields.get("once").len() == 32;
    let user = signed.actor().user;
    if keyed {
        match web
            .app
            .begin_idempotent(user, key.clone(), "form", b"")
            .await
        {
            Ok(Keyed::Fresh) => {}
            Ok(Keyed::Again { body, .. }) => {
                return Ok(Raising::Done {
                    id: body,
                    said: "deja-lancee",
                });
            }
            Err(error) => return Err(Fail(error)),
        }
    }
    let raised = raise(web, &who, draft, keyed.then(|| key.clone())).await;
    if keyed {
        let (status, body) = match &raised {
            Ok(Raising::Done { id, .. }) => (201, id.clone()),
            // What was refused may be sent again once put right: the key is forgotten.
            _ => (500, String::new()),
        };
        web.app.finish_idempotent(user, key, status, body).await?;
    }
    raised
}

async fn raise(
    web: &Web,
    who: &Who,
    draft: RequestDraft,
    key: Option<String>,
) -> Result<Raising, Fail> {
    let kept = key.map(|key| Kept {
        key,
        answer: Box::new(|raised, _| raised.id.to_string()),
    });
    match web.app.raise_once(who, draft, kept).await {
        Ok(raised) => {
            let said = match raised.request.status() {
                _ if !raised.possible_duplicates.is_empty() => "doublon",
                relais_core::request::Status::ToQualify => "a-qualifier",
                _ => "lancee",
            };
            Ok(Raising::Done {
                id: raised.id.to_string(),
                said,
            })
        }
        Err(AppError::Invalid(errors)) => Ok(Raising::Wrong(form_errors(&errors))),
        Err(AppError::Problem {
            slug: "out-of-territory",
            detail,
            ..
        }) => Ok(Raising::Wrong(vec![FieldError {
            name: "commune".to_owned(),
            message: detail.trim_end_matches('.').to_owned(),
        }])),
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /direct/appel`: a call that raises no request still ends with a named outcome (R2).
pub(crate) async fn note_call(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let outcome = Outcome::from_code(fields.get("outcome"))
        .filter(|outcome| !matches!(outcome, Outcome::Request | Outcome::Transferred15));
    let Some(outcome) = outcome else {
        return Err(Fail(AppError::invalid(
            "/outcome",
            "Choisissez l’issue de l’appel dans la liste.",
        )));
    };
    let origin = Origin::from_code(fields.get("origin")).unwrap_or(Origin::Patient);
    web.app
        .record_contact(&signed.who(), origin, outcome, None)
        .await?;
    see_other("/direct?dit=appel")
}
