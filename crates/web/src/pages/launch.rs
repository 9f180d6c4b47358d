//! Launching a request from the operator's form, and noting a call that raises none.

use axum::extract::State;
use relais_app::app::Who;
use relais_app::contacts::Ending;
use relais_app::error::AppError;
use relais_app::idempotent::{Kept, Keyed};
use relais_app::protocols::Chosen;
use relais_app::regulation::overrides::PassedOver;
use relais_app::requests::draft::RequestDraft;
use relais_app::requests::raise::{Behind, Raised};
use relais_core::contact::{Outcome, Scope};
use relais_core::geo::Insee;
use relais_core::ids::{ContactId, RequestId};
use relais_core::request::{Origin, RedFlags};
use relais_core::triage::Step;

use super::call::{self, Around, Keeping};
use super::direct::{self, conflict, page, unprocessable};
use super::{fifteen, photos, practice, reach, request_id};
use crate::fail::{Answer, Fail, see_other};
use crate::forms::{Drafted, Fields, draft, form_errors};
use crate::gate::Signed;
use crate::parts::FieldError;
use crate::upload::Upload;
use crate::walk;
use crate::web::Web;

/// What is said of a form sent twice: its photos and its reasons came with the first.
pub(crate) const AGAIN: &str = "deja-lancee";

/// The refusal of a form whose first sending has not answered yet.
const IN_FLIGHT: &str = "idempotency-in-flight";

/// What is said with the form given back: pressing again cannot launch twice.
pub(crate) const BUSY: &str = "Cette demande est peut-être déjà partie. Attendez quelques secondes, puis envoyez de nouveau\u{a0}: elle ne partira pas deux fois, et rien de ce que vous avez tapé n’est perdu";

/// The same as an error of the whole form.
pub(crate) fn busy() -> Vec<FieldError> {
    vec![FieldError {
        name: "form".to_owned(),
        message: BUSY.to_owned(),
    }]
}

/// Whether a refusal says so.
pub(crate) fn is_busy(error: &AppError) -> bool {
    matches!(error, AppError::Problem { slug, .. } if *slug == IN_FLIGHT)
}

/// `POST /direct`: the call becomes a request, whose first messages leave with it; its photos, if it
/// has any, arrive with the form.
pub(crate) async fn launch(State(web): State<Web>, signed: Signed, mut upload: Upload) -> Answer {
    let around = Around::read(&web, &signed).await?;
    let mut fields = upload.fields.clone();
    let changed = around.refresh(&mut fields);
    let fields = direct::proposed(&around, fields);
    // A form that never named a call opens none if it can be launched as it is: sent twice, it
    // still makes one request and one contact.
    let kept = match call::named(&fields) {
        Some(_) => call::keep(&web, &signed, &around, &fields).await?,
        None => Keeping::Done(None),
    };
    let (fields, held) = match kept {
        Keeping::Done(held) => (call::with_contact(&fields, held), held),
        // The same form sent twice: the first made the request, the key below says which.
        Keeping::Clash(None, _) => (fields.clone(), call::named(&fields)),
        Keeping::Clash(_, detail) => {
            let mut errors = Vec::new();
            upload.again(&mut errors);
            let mut page = page(&web, &signed, &around, &fields, errors).await?;
            page.call.clash = detail;
            return unprocessable(&page);
        }
    };
    let walk = around.walk(&fields);
    let mut errors = Vec::new();
    let mut unasked = |name: &str, message: String| {
        errors.push(FieldError {
            name: name.to_owned(),
            message,
        });
    };
    match &walk.step {
        Step::Fifteen(_) => {
            if held.is_none() {
                call::keep(&web, &signed, &around, &fields).await?;
            }
            return see_other("/direct/15");
        }
        Step::Ask(_) => {
            let left = walk.left();
            let message = match left {
                1 => "Il reste une question à poser".to_owned(),
                left => format!("Il reste {left} questions à poser"),
            };
            unasked("flags", message);
        }
        Step::ChooseMotive => unasked("motive", "Choisissez au moins un motif".to_owned()),
        Step::Done(_) => {}
    }
    let drafted = drafted(&around, &fields);
    for error in drafted.errors {
        if !errors.iter().any(|known| known.name == error.name) {
            errors.push(error);
        }
    }
    errors.extend(upload.wrong.take());
    let behind = Behind {
        contact: held.map(|held| held.id),
        kept: held.is_none().then(|| call::kept(&around, &fields)),
        passed_over: of_fifteen(&fields, walk.alarm_sentences()),
    };
    let (passed, contact) = (behind.passed_over.is_some(), behind.contact);
    let raised = raise_of(&web, &signed, &fields, drafted.draft, errors, behind).await;
    if let Err(Fail(AppError::Problem { slug, .. })) = &raised
        && *slug == "contact-ended"
        && let Some(became) = became(&web, &signed, contact).await?
    {
        return see_other(&format!("/demandes/{became}?dit=deja-devenue"));
    }
    match raised? {
        Raising::Done { id, said } if said == AGAIN && is_undone(&web, &signed, &id).await? => {
            see_other("/direct?dit=deja-defaite")
        }
        Raising::Done { id, said } => {
            photos::with_form(&web, &signed, &id, upload).await?;
            if passed && said != AGAIN {
                return see_other(&format!("/demandes/{id}?dit=a-qualifier"));
            }
            let played = practice::played(&web, &fields);
            see_other(&format!("/demandes/{id}?dit={said}{played}"))
        }
        Raising::Busy => {
            let mut errors = busy();
            upload.again(&mut errors);
            conflict(&page(&web, &signed, &around, &fields, errors).await?)
        }
        Raising::Wrong(mut errors) => {
            upload.again(&mut errors);
            let mut fields = fields;
            let unfit = errors.iter().find(|error| error.name == "override_reason");
            let unfit = unfit.map(|error| error.message.clone());
            if unfit.is_some() {
                fields.0.remove("override_reason");
            }
            if (held.is_none() || unfit.is_some())
                && let Keeping::Done(held) = call::keep(&web, &signed, &around, &fields).await?
            {
                fields = call::with_contact(&fields, held);
            }
            // The reason is written where the sign was: only there is it put right.
            if let Some(message) = unfit {
                return fifteen::interrupt(&web, &signed, &fields, message).await;
            }
            let mut page = page(&web, &signed, &around, &fields, errors).await?;
            page.call.changed = changed;
            unprocessable(&page)
        }
    }
}

/// The request that somebody else's launch made of a call.
async fn became(
    web: &Web,
    signed: &Signed,
    contact: Option<ContactId>,
) -> Result<Option<RequestId>, Fail> {
    let Some(contact) = contact else {
        return Ok(None);
    };
    Ok(web.app.contact_row(&signed.who(), contact).await?.request)
}

/// Whether the request that a form made was taken back since by whoever sent it.
async fn is_undone(web: &Web, signed: &Signed, id: &str) -> Result<bool, Fail> {
    Ok(web.app.is_undone(&signed.who(), request_id(id)?).await?)
}

/// What a form passed over of the signs towards the 15, if its writer said why.
pub(crate) fn of_fifteen(fields: &Fields, mut signs: Vec<String>) -> Option<PassedOver> {
    let reason = fields.some("override_reason")?;
    if signs.is_empty() {
        // No question said so: the sheet itself ends at the 15, or nobody could decide.
        signs.push("Transfert au 15 demandé par la fiche".to_owned());
    }
    Some(PassedOver { signs, reason })
}

/// The draft of the operator's form, with what its questions gave.
pub(crate) fn drafted(around: &Around, fields: &Fields) -> Drafted {
    let walk = around.walk(fields);
    let (coded, wrong) = walk::coded(fields);
    let department = around.department.as_deref();
    let flags = walk.step.red_flags().unwrap_or(RedFlags::Unknown);
    let mut drafted = draft(&coded, &around.eye.directory, department, flags.code());
    if let Some(message) = wrong {
        drafted.errors.retain(|error| error.name != "motive");
        drafted.errors.push(FieldError {
            name: "motive".to_owned(),
            message,
        });
    }
    // Who may do the act is the sheet's to say, whatever becomes of its answers.
    if let Some(found) = walk.chosen.and_then(Chosen::sheet) {
        let asked = fields.get("profession");
        drafted.draft.need.cooperations =
            reach::cooperations(&around.book, &found.sheet.code, asked);
    }
    // Passed over, the answers say 15 and stay with the contact; the regulator decides.
    if fields.get("override_reason").is_empty()
        && matches!(walk.step, Step::Done(_))
        && let Some(triage) = &mut drafted.draft.triage
    {
        let given = walk.given();
        triage.version = given.version;
        triage.sheet = given.sheet;
        let answers = given.answers.iter().map(serde_json::to_value);
        triage.answers = answers.filter_map(Result::ok).collect();
    }
    drafted
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
    /// The same form is being raised: whether it is is not known yet. Its page comes back with the same key.
    Busy,
}

/// Raises a request once per form, however often the button is pressed.
pub(crate) async fn raise_once(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    draft: RequestDraft,
    errors: Vec<FieldError>,
) -> Result<Raising, Fail> {
    raise_of(web, signed, fields, draft, errors, Behind::default()).await
}

/// The same, with what is behind it.
pub(crate) async fn raise_of(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    draft: RequestDraft,
    mut errors: Vec<FieldError>,
    behind: Behind,
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
                    said: AGAIN,
                });
            }
            Err(error) if is_busy(&error) => return Ok(Raising::Busy),
            Err(error) => return Err(Fail(error)),
        }
    }
    let raised = raise(web, &who, draft, keyed.then(|| key.clone()), behind).await;
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
    behind: Behind,
) -> Result<Raising, Fail> {
    let kept = key.map(|key| Kept {
        key,
        answer: Box::new(|raised: &Raised, _| raised.id.to_string()),
    });
    match web.app.raise_from(who, draft, kept, behind).await {
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

/// `POST /direct/appel`: a call that raises no request still ends with one named outcome (R2).
pub(crate) async fn note_call(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let around = Around::read(&web, &signed).await?;
    let held = match call::keep(&web, &signed, &around, &fields).await? {
        Keeping::Done(held) => held,
        Keeping::Clash(_, detail) => {
            let mut page = page(&web, &signed, &around, &fields, Vec::new()).await?;
            page.call.clash = detail;
            return unprocessable(&page);
        }
    };
    let sent = match fields.get("outcome_now") {
        "" => fields.get("outcome"),
        now => now,
    };
    let outcome = Outcome::from_code(sent)
        .filter(|outcome| !matches!(outcome, Outcome::Request | Outcome::Transferred15));
    let Some(outcome) = outcome else {
        let message = "Choisissez l’issue de l’appel dans la liste".to_owned();
        let fields = call::with_contact(&fields, held);
        let error = FieldError {
            name: "outcome".to_owned(),
            message,
        };
        return unprocessable(&page(&web, &signed, &around, &fields, vec![error]).await?);
    };
    let scope = Scope::from_code(fields.get("scope"))
        .or_else(|| scope_of(&fields))
        .filter(|_| outcome == Outcome::OutOfScope);
    let reason = fields.some("reason");
    let over = format!("/direct?dit=appel{}", practice::played(&web, &fields));
    let Some(held) = held else {
        let origin = Origin::from_code(fields.get("origin")).unwrap_or(Origin::Patient);
        web.app
            .record_contact(&signed.who(), origin, outcome, reason)
            .await?;
        return see_other(&over);
    };
    let ending = Ending {
        outcome,
        reason,
        reason_code: scope.map(|scope| scope.code().to_owned()),
        pointer: (outcome == Outcome::OutOfTerritory)
            .then(|| pointer(&around, &fields))
            .flatten(),
    };
    match web.app.end_contact(&signed.who(), held.id, ending).await {
        Ok(()) => see_other(&over),
        Err(AppError::Invalid(wrong)) => {
            let fields = call::with_contact(&fields, Some(held));
            unprocessable(&page(&web, &signed, &around, &fields, form_errors(&wrong)).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// What the motive says of why a call is out of scope, when nobody said otherwise.
fn scope_of(fields: &Fields) -> Option<Scope> {
    match walk::motive(fields)?.as_str() {
        "renouvellement" => Some(Scope::Renewal),
        "certificat" => Some(Scope::Certificate),
        _ => None,
    }
}

/// Whose territory the commune typed is: a name and a number, for the log and for the caller.
pub(crate) fn pointer(around: &Around, fields: &Fields) -> Option<String> {
    let department = around.department.as_deref();
    let (insee, _) = crate::typed::read_commune(fields.get("commune"), department).ok()?;
    let insee = Insee::new(&insee)?;
    let mut networks = around.eye.directory.networks();
    let found = networks.find(|network| network.communes.get(&insee) == Some(&false))?;
    Some(format!("{}, {}", found.network.name, found.network.phone))
}
