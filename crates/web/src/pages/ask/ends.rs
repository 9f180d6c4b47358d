//! What a professional's request may end in without a search: the 15, a doctor who passes over a sign,
//! a pharmacist who takes the patient on under a protocol. Owns these ends; the form is [`super`]'s.

use axum::extract::State;
use relais_app::error::AppError;
use relais_app::idempotent::Keyed;
use relais_app::requests::contact::ContactDraft;
use relais_app::requests::raise::Behind;
use relais_core::people::Profession;
use relais_core::request::Origin;

use super::{coded, consent, given_back, own_profession, refused, sheets};
use crate::fail::{Answer, Fail, see_other};
use crate::forms::{Fields, draft, form_errors};
use crate::gate::Signed;
use crate::pages::direct::unprocessable;
use crate::pages::launch::{Raising, busy, is_busy, of_fifteen, raise_of};
use crate::pages::severity::Verdict;
use crate::pages::suggest::department;
use crate::pages::{cooperation, eye};
use crate::parts::{FieldError, PhoneTab};
use crate::show;
use crate::views::PhoneFifteenPage;
use crate::web::Web;

/// A doctor may pass over a red flag, nobody else (R3).
const fn is_doctor(profession: Option<Profession>) -> bool {
    matches!(profession, Some(Profession::Gp | Profession::Specialist))
}

/// The 15, and for a doctor the way to pass over it.
pub(super) async fn fifteen(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    signs: Vec<String>,
    alone: bool,
    error: &str,
) -> Answer {
    let eye = eye(web, signed).await?;
    let kept = fields
        .0
        .iter()
        .filter(|(name, _)| *name != "override_reason");
    unprocessable(&PhoneFifteenPage {
        phone: show::phone(web, &eye, "Appelez le 15", PhoneTab::None),
        signs,
        alone,
        kept: kept
            .flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())))
            .collect(),
        // Passing over a sign is for the regulator to read: there must be one.
        doctor: !alone && is_doctor(own_profession(&eye, signed)),
        error: error.to_owned(),
    })
}

/// `POST /demander/15`: the 15 has the call; the contact ends there, with its signs (R2).
pub(crate) async fn transferred(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let (words, _) = coded(&fields);
    let signs = match sheets(&web, &signed, &words).await?.read(&fields) {
        Verdict::Fifteen { signs, alone } => {
            let why = if alone {
                "Doute sans régulateur de garde"
            } else {
                "Signes"
            };
            format!("{why}\u{a0}: {}", signs.join("\u{a0}; "))
        }
        _ => "Signes\u{a0}: ".to_owned(),
    };
    let reason: String = signs.chars().take(400).collect();
    note(&web, &signed, &fields, "transferred-15", reason).await?;
    see_other("/mes-demandes?dit=transferee")
}

/// `POST /demander/passer-outre`: a doctor, with a reason; the regulator reads it first.
pub(crate) async fn passed_over(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let eye = eye(&web, &signed).await?;
    if !is_doctor(own_profession(&eye, &signed)) {
        return Err(Fail(AppError::Denied));
    }
    let (words, wrong) = coded(&fields);
    let signs = match sheets(&web, &signed, &words).await?.read(&fields) {
        Verdict::Fifteen { signs, .. } => signs,
        _ => Vec::new(),
    };
    if fields.get("override_reason").chars().count() < 5 {
        let error = "Écrivez pourquoi vous passez outre, en quelques mots";
        return fifteen(&web, &signed, &fields, signs, false, error).await;
    }
    let behind = Behind {
        passed_over: of_fifteen(&fields, signs.clone()),
        ..Behind::default()
    };
    let department = department(&eye.directory, &signed);
    let mut drafted = draft(&words, &eye.directory, department.as_deref(), "unknown");
    drafted.errors.extend(wrong);
    if fields.get("consent").is_empty() {
        drafted.errors.push(consent());
    }
    match raise_of(
        &web,
        &signed,
        &fields,
        drafted.draft,
        drafted.errors,
        behind,
    )
    .await?
    {
        Raising::Done { id, .. } => see_other(&format!("/mes-demandes/{id}?dit=a-qualifier")),
        Raising::Busy => given_back(&web, &signed, &fields, busy()).await,
        Raising::Wrong(errors) => match errors.iter().find(|one| one.name == "override_reason") {
            Some(unfit) => fifteen(&web, &signed, &fields, signs, false, &unfit.message).await,
            None => refused(&web, &signed, &fields, errors).await,
        },
    }
}

/// `POST /demander/prise-en-charge`: the requester takes the patient on under a declared protocol;
/// no request is raised, the contact ends as advice given (R2).
pub(crate) async fn took_charge(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let eye = eye(&web, &signed).await?;
    let (words, mut wrong) = coded(&fields);
    // Whom one would have asked does not matter any more.
    wrong.retain(|error| error.name == "motive");
    let sheets = sheets(&web, &signed, &words).await?;
    let own = own_profession(&eye, &signed);
    let declared = match sheets.sheet() {
        Some(sheet) => web.app.cooperation_for(&signed.who(), sheet).await?,
        None => None,
    };
    match sheets.read(&fields) {
        Verdict::Fifteen { signs, alone } => {
            return fifteen(&web, &signed, &fields, signs, alone, "").await;
        }
        Verdict::Wrong(error) => wrong.push(error),
        Verdict::Go(_, Some(proposal))
            if proposal.towards.iter().any(|to| Some(to.profession) == own) => {}
        Verdict::Go(..) => wrong.push(FieldError {
            name: "red_flags".to_owned(),
            message: "Avec ces réponses, la fiche ne mène pas à vous\u{a0}: lancez la demande"
                .to_owned(),
        }),
    }
    let Some(declared) = declared else {
        return Err(Fail(AppError::Denied));
    };
    if wrong.is_empty() {
        let name = relais_app::cooperation::protocol(&declared.protocol)
            .map_or("protocole", |known| known.label);
        let reason = format!(
            "Pris en charge par le demandeur. {name}, déclaré depuis le {}.",
            cooperation::day(declared.since_on)
        );
        match noted(&web, &signed, &fields, "advice", reason).await {
            Ok(()) => return see_other("/mes-demandes?dit=protocole"),
            Err(AppError::Invalid(errors)) => wrong = form_errors(&errors),
            Err(error) if is_busy(&error) => {
                return given_back(&web, &signed, &fields, busy()).await;
            }
            Err(error) => return Err(Fail(error)),
        }
    }
    refused(&web, &signed, &fields, wrong).await
}

/// Ends a contact without a request; who it is about is left out when it does not hold together.
async fn note(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    outcome: &str,
    reason: String,
) -> Result<(), Fail> {
    match noted(web, signed, fields, outcome, reason.clone()).await {
        Err(AppError::Invalid(_)) => {}
        done => return done.map_err(Fail),
    }
    let draft = ContactDraft {
        origin: origin(web, signed).await?.code().to_owned(),
        outcome: Some(outcome.to_owned()),
        patient: None,
        usual_doctor: None,
        motives: Vec::new(),
        reason: Some(reason),
    };
    once_only(web, signed, fields, draft).await.map_err(Fail)
}

async fn noted(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    outcome: &str,
    reason: String,
) -> Result<(), AppError> {
    let directory = web.app.directory().await?;
    let department = department(&directory, signed);
    let (words, _) = coded(fields);
    let drafted = draft(&words, &directory, department.as_deref(), "none").draft;
    let origin = origin(web, signed).await.map_err(|fail| fail.0)?;
    let draft = ContactDraft {
        origin: origin.code().to_owned(),
        outcome: Some(outcome.to_owned()),
        patient: Some(drafted.patient),
        usual_doctor: drafted.usual.doctor,
        motives: drafted.need.motives,
        reason: Some(reason),
    };
    once_only(web, signed, fields, draft).await
}

async fn origin(web: &Web, signed: &Signed) -> Result<Origin, Fail> {
    let eye = eye(web, signed).await?;
    Ok(match own_profession(&eye, signed) {
        Some(Profession::Pharmacist) => Origin::Pharmacy,
        _ => Origin::Professional,
    })
}

/// Records once per form, however often the button is pressed.
async fn once_only(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    draft: ContactDraft,
) -> Result<(), AppError> {
    let user = signed.actor().user;
    let key = format!("contact-{}", fields.get("once"));
    let keyed = fields.get("once").len() == 32;
    if keyed {
        let begun = web
            .app
            .begin_idempotent(user, key.clone(), "form", b"")
            .await?;
        if matches!(begun, Keyed::Again { .. }) {
            return Ok(());
        }
    }
    let done = web.app.record(&signed.who(), draft).await;
    if keyed {
        let status = if done.is_ok() { 201 } else { 500 };
        web.app
            .finish_idempotent(user, key, status, String::new())
            .await?;
    }
    done.map(|_| ())
}
