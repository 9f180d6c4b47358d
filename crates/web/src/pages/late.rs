//! A call lived on paper, entered afterwards. Owns how the hours of a sheet are read; what may be
//! true, and what follows, is the application's.

use axum::extract::State;
use jiff::civil::Date;
use relais_app::contacts::Ending;
use relais_app::directory::Directory;
use relais_app::error::AppError;
use relais_app::idempotent::{Kept, Keyed};
use relais_app::requests::draft::RequestDraft;
use relais_app::requests::raise::Raised;
use relais_app::text::refusal::refusal;
use relais_app::text::when::When;
use relais_core::cascade::{Late, LateAnswer, LateError, Refusal, Said};
use relais_core::contact::Outcome;
use relais_core::request::{Appointment, Origin, RefusalReason};
use relais_core::time::{Duration, Instant};

use super::direct::{choices, conflict, once, unprocessable};
use super::hours;
use super::launch::{busy, is_busy};
use super::suggest::department;
use super::{eye, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, draft, form_errors};
use crate::gate::Signed;
use crate::parts::{FieldError, Form};
use crate::show::{self, Eye};
use crate::typed::{is_shared_name, read_professional};
use crate::views::{LATE_LINES, LatePage};
use crate::web::Web;

/// Its address.
pub(crate) const PAGE: &str = "/appels/apres-coup";

/// `GET /appels/apres-coup`
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    html(&page(&web, &signed, Form::default()).await?)
}

async fn page(web: &Web, signed: &Signed, form: Form) -> Result<LatePage, Fail> {
    let eye = eye(web, signed).await?;
    let title = if form.errors().is_empty() {
        "Saisie après coup"
    } else {
        "Erreur\u{a0}: la saisie n’est pas enregistrée"
    };
    Ok(LatePage {
        desk: show::desk(web, &eye, signed, title, show::calls::PAGE),
        form,
        choices: choices(true),
        once: once(),
        today: day_of(&eye, eye.now).to_string(),
    })
}

/// `POST /appels/apres-coup`
pub(crate) async fn enter(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let eye = eye(&web, &signed).await?;
    let mut errors = Vec::new();
    let called = called(&eye, &fields, &mut errors);
    let entered = match fields.get("issue") {
        "open" | "taken" => request(&web, &signed, &eye, &fields, called, errors).await?,
        issue => contact(&web, &signed, &eye, &fields, issue, called, errors).await?,
    };
    match entered {
        Ok(address) => see_other(&address),
        Err(Unentered::Busy) => {
            // Under the key it has, it is still the same.
            let mut page = page(&web, &signed, fields.again(busy())).await?;
            fields.get("once").clone_into(&mut page.once);
            conflict(&page)
        }
        Err(Unentered::Wrong(errors)) => {
            unprocessable(&page(&web, &signed, fields.again(errors)).await?)
        }
    }
}

/// Where to go, or why it is not entered.
type Entered = Result<String, Unentered>;

/// Why a sheet is not entered.
enum Unentered {
    /// Fields to put right.
    Wrong(Vec<FieldError>),
    /// The same sheet is being entered already.
    Busy,
}

fn wrong(errors: &mut Vec<FieldError>, name: &str, message: &str) {
    if !errors.iter().any(|known| known.name == name) {
        errors.push(FieldError {
            name: name.to_owned(),
            message: message.trim_end_matches('.').to_owned(),
        });
    }
}

async fn contact(
    web: &Web,
    signed: &Signed,
    eye: &Eye,
    fields: &Fields,
    issue: &str,
    called: Option<Instant>,
    mut errors: Vec<FieldError>,
) -> Result<Entered, Fail> {
    let outcome = Outcome::from_code(issue).filter(|outcome| *outcome != Outcome::Request);
    if outcome.is_none() {
        wrong(&mut errors, "issue", "Dites ce que l’appel est devenu");
    }
    let origin = Origin::from_code(fields.get("origin"));
    if origin.is_none() {
        wrong(&mut errors, "origin", "Dites qui appelait");
    }
    let (Some(outcome), Some(origin), Some(called), true) =
        (outcome, origin, called, errors.is_empty())
    else {
        return Ok(Err(Unentered::Wrong(errors)));
    };
    let scope = fields.some("scope");
    let ending = Ending {
        outcome,
        reason: fields.some("reason"),
        reason_code: scope.filter(|_| outcome == Outcome::OutOfScope),
        pointer: fields.some("pointer"),
    };
    let entered = web
        .app
        .enter_late_contact(&signed.who(), origin, ending, called)
        .await;
    match entered {
        Ok(_) => {
            let day = day_of(eye, called);
            Ok(Ok(format!("/appels?jour={day}&saisie=apres-coup")))
        }
        Err(error) => refused(eye, error, errors).map(|wrong| Err(Unentered::Wrong(wrong))),
    }
}

async fn request(
    web: &Web,
    signed: &Signed,
    eye: &Eye,
    fields: &Fields,
    called: Option<Instant>,
    mut errors: Vec<FieldError>,
) -> Result<Entered, Fail> {
    let flags = match fields.get("red_flags") {
        "" => {
            let message = "Dites si les signes d’alerte ont été demandés";
            wrong(&mut errors, "red_flags", message);
            "unknown"
        }
        "present" => {
            let message = "Avec un signe d’alerte, l’issue est le transfert au 15\u{a0}: rappelez la personne si ce n’est pas fait";
            wrong(&mut errors, "red_flags", message);
            "unknown"
        }
        flags => flags,
    };
    let answers = answers(eye, fields, called, &mut errors);
    let taken = answers.iter().any(|one| matches!(one.said, Said::Yes(_)));
    if taken != (fields.get("issue") == "taken") {
        let message = if taken {
            "Un professionnel a pris la demande\u{a0}: ce n’est plus «\u{a0}encore à pourvoir\u{a0}»"
        } else {
            "Dites quel professionnel a pris la demande, et à quelle heure"
        };
        wrong(&mut errors, "issue", message);
    }
    let department = department(&eye.directory, signed);
    let drafted = draft(fields, &eye.directory, department.as_deref(), flags);
    errors.extend(drafted.errors);
    let who = signed.who();
    let (Some(happened_at), true) = (called, errors.is_empty()) else {
        // The application is asked too, so that everything wrong is said at once; nothing is stored.
        if let Err(AppError::Invalid(more)) = web.app.preview(&who, drafted.draft).await {
            for error in form_errors(&more) {
                wrong(&mut errors, &error.name, &error.message);
            }
        }
        return Ok(Err(Unentered::Wrong(errors)));
    };
    let late = Late {
        happened_at,
        answers,
    };
    match enter_once(web, signed, fields, drafted.draft, late).await {
        Ok(id) => Ok(Ok(format!("/demandes/{id}?dit=demande-apres-coup"))),
        Err(error) if is_busy(&error) => Ok(Err(Unentered::Busy)),
        Err(error) => refused(eye, error, errors).map(|wrong| Err(Unentered::Wrong(wrong))),
    }
}

/// Once per form, however often the button is pressed.
async fn enter_once(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    draft: RequestDraft,
    late: Late,
) -> Result<String, AppError> {
    let (who, user) = (signed.who(), signed.actor().user);
    let key = format!("form-{}", fields.get("once"));
    if fields.get("once").len() != 32 {
        let raised = web.app.enter_late(&who, draft, late, None).await?;
        return Ok(raised.id.to_string());
    }
    match web
        .app
        .begin_idempotent(user, key.clone(), "form", b"")
        .await?
    {
        Keyed::Again { body, .. } => return Ok(body),
        Keyed::Fresh => {}
    }
    let kept = Kept {
        key: key.clone(),
        answer: Box::new(|raised: &Raised, _| raised.id.to_string()),
    };
    let entered = web.app.enter_late(&who, draft, late, Some(kept)).await;
    // What was refused may be sent again once put right: the key is forgotten.
    let (status, body) = match &entered {
        Ok(raised) => (201, raised.id.to_string()),
        Err(_) => (500, String::new()),
    };
    web.app.finish_idempotent(user, key, status, body).await?;
    let id = entered?.id.to_string();
    debug_assert!(request_id(&id).is_ok());
    Ok(id)
}

/// A refusal told on the field it is about; what is no matter of the form stays an error.
fn refused(
    eye: &Eye,
    error: AppError,
    mut errors: Vec<FieldError>,
) -> Result<Vec<FieldError>, Fail> {
    let (field, refused) = match error {
        AppError::Invalid(list) => return Ok(form_errors(&list)),
        AppError::Problem {
            slug: "out-of-territory",
            detail,
            ..
        } => {
            wrong(&mut errors, "commune", &detail);
            return Ok(errors);
        }
        AppError::Refused(refused) => match refused {
            Refusal::Late(LateError::CallTime) => ("hour", refused),
            Refusal::Late(LateError::AnswerTime) => ("at_0", refused),
            Refusal::Late(_) | Refusal::RightEnded => ("who_0", refused),
            Refusal::BadAppointment | Refusal::BeyondRight { .. } => ("appt_from", refused),
            Refusal::RedFlag | Refusal::NoRegulator => ("red_flags", refused),
            _ => return Err(Fail(AppError::Refused(refused))),
        },
        other => return Err(Fail(other)),
    };
    let message = match refused {
        Refusal::RightEnded => {
            "L’adhésion ou le droit d’exercice de ce professionnel n’est pas en cours".to_owned()
        }
        Refusal::NoRegulator => {
            "Il faut un médecin régulateur, et aucun n’est de garde\u{a0}: rappelez la personne et transférez au 15".to_owned()
        }
        other => refusal(&other, &eye.when()).sentence,
    };
    wrong(&mut errors, field, &message);
    Ok(errors)
}

/// When the call came.
fn called(eye: &Eye, fields: &Fields, errors: &mut Vec<FieldError>) -> Option<Instant> {
    let day = typed_day(fields.get("day"));
    if day.is_none() {
        wrong(
            errors,
            "day",
            "Dites le jour de l’appel, par exemple 24/11/2026",
        );
    }
    let at = day.and_then(|day| moment(eye, day, fields.get("hour")));
    if day.is_some() && at.is_none() {
        wrong(errors, "hour", "Dites l’heure de l’appel, par exemple 9:10");
    }
    at
}

/// What professionals said, in the order of the lines that say something.
fn answers(
    eye: &Eye,
    fields: &Fields,
    called: Option<Instant>,
    errors: &mut Vec<FieldError>,
) -> Vec<LateAnswer> {
    let mut list = Vec::new();
    for index in 0..LATE_LINES {
        let name = |what: &str| format!("{what}_{index}");
        let said = fields.get(&name("said"));
        let (who, hour) = (fields.get(&name("who")), fields.get(&name("at")));
        if who.is_empty() && hour.is_empty() && said.is_empty() {
            continue;
        }
        let professional = find(&eye.directory, who);
        match professional {
            Ok(_) => {}
            Err(message) => wrong(errors, &name("who"), message),
        }
        let at = called.and_then(|called| after(eye, called, hour));
        if called.is_some() && at.is_none() {
            wrong(
                errors,
                &name("at"),
                "Dites l’heure de la réponse, par exemple 9:40",
            );
        }
        let said = match said {
            "no" => Some(Said::No(RefusalReason::Unsaid)),
            "yes" => appointment(eye, fields, called, errors).map(Said::Yes),
            _ => {
                wrong(
                    errors,
                    &name("said"),
                    "Dites s’il a passé ou pris la demande",
                );
                None
            }
        };
        if let (Ok(professional), Some(at), Some(said)) = (professional, at, said) {
            list.push(LateAnswer {
                professional,
                at,
                said,
            });
        }
    }
    list
}

/// The member of that name.
fn find(
    directory: &Directory,
    text: &str,
) -> Result<relais_core::ids::ProfessionalId, &'static str> {
    if text.is_empty() {
        return Err("Dites quel professionnel");
    }
    let found = read_professional(directory, text);
    let member = found.and_then(|rpps| directory.by_rpps(&rpps).map(|row| row.member.id));
    member.ok_or_else(|| {
        if is_shared_name(directory, text) {
            "Plusieurs professionnels portent ce nom. Choisissez-le dans la liste"
        } else {
            "Ce professionnel n’est pas membre. Choisissez-le dans la liste"
        }
    })
}

/// What was agreed with the one who took it.
fn appointment(
    eye: &Eye,
    fields: &Fields,
    called: Option<Instant>,
    errors: &mut Vec<FieldError>,
) -> Option<Appointment> {
    let day = match fields.get("appt_day") {
        "" => called.map(|at| day_of(eye, at)),
        text => typed_day(text),
    };
    let hour = |name: &str| day.and_then(|day| moment(eye, day, fields.get(name)));
    let found = match fields.get("appt") {
        "at" => hour("appt_from").map(Appointment::At),
        "between" => day.and_then(|day| {
            let (from, to) = (fields.get("appt_from"), fields.get("appt_to"));
            let span = hours::span_on(&long_ago(eye), day, from, to);
            span.map(|(from, to)| Appointment::Between(from, to)).ok()
        }),
        "call" => Some(Appointment::Call(hour("appt_from"))),
        "to-be-set" => Some(Appointment::ToBeSet),
        _ => {
            let message = "Dites ce qui est convenu, ou «\u{a0}Heure à fixer\u{a0}»";
            wrong(errors, "appt", message);
            return None;
        }
    };
    if found.is_none() && called.is_some() {
        wrong(
            errors,
            "appt_from",
            "Dites l’heure convenue, par exemple 15:30",
        );
    }
    found
}

/// The first time that hour came after the call.
fn after(eye: &Eye, called: Instant, hour: &str) -> Option<Instant> {
    let day = day_of(eye, called);
    let same = moment(eye, day, hour)?;
    if same + Duration::minutes(1) > called {
        Some(same.max(called))
    } else {
        moment(eye, day.tomorrow().ok()?, hour)
    }
}

fn moment(eye: &Eye, day: Date, hour: &str) -> Option<Instant> {
    hours::on(&long_ago(eye), day, hour).ok()
}

/// Of an hour that clocks showed twice the first is meant, however long ago it was.
fn long_ago(eye: &Eye) -> When<'_> {
    When::new(Instant::from_millis(0), &eye.zone)
}

fn day_of(eye: &Eye, at: Instant) -> Date {
    at.timestamp().to_zoned((*eye.zone).clone()).date()
}

/// As a date field sends it, or as people write it.
fn typed_day(text: &str) -> Option<Date> {
    if let Ok(date) = text.parse() {
        return Some(date);
    }
    let mut parts = text.split(['/', '.', ' ']).map(str::trim);
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let year = parts.next()?.parse().ok()?;
    Date::new(year, month, day).ok()
}
