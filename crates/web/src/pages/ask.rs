//! A professional raises a request: one page, five points.

use axum::extract::{Query, State};
use relais_app::reference::care_types::ordinary_care;
use relais_app::requests::habits::LastAsked;
use relais_app::text::labels;
use relais_app::text::when::duration;
use relais_core::people::Profession;
use relais_core::time::Duration;

use super::direct::{choices, flags, once, unprocessable};
use super::launch::{Raising, raise_once};
use super::suggest::department;
use super::{Told, eye, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, draft};
use crate::gate::Signed;
use crate::parts::{FieldError, Form, PhoneTab};
use crate::show::{self, upper};
use crate::typed::read_motive;
use crate::upload::{PHOTOS, Upload};
use crate::views::{AskPage, PhoneFifteenPage, Reach};
use crate::web::Web;

/// What is said of a form sent twice: its photos came with the first.
const AGAIN: &str = "deja-lancee";
/// What the radio says when the profession is in the list below it.
const OTHER: &str = "other";
/// The professions that have a radio of their own.
const DAILY: [Profession; 3] = [Profession::Gp, Profession::Nurse, Profession::Physio];

/// `GET /demander`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let directory = web.app.directory().await?;
    let form = super::example::form(&web, &directory, &told.exemple);
    if !form.is_empty() {
        return html(&page(&web, &signed, form, None).await?);
    }
    let last = web.app.last_asked(&signed.who()).await?;
    let recalled = last.is_some();
    let form = last.map(|last| again(&last)).unwrap_or_default();
    let mut page = page(&web, &signed, form, None).await?;
    page.recalled = recalled;
    html(&page)
}

/// The choices of the last request, proposed again: nothing about its patient, and not its motive.
fn again(last: &LastAsked) -> Form {
    let code = last.profession.code();
    let mut form = if DAILY.contains(&last.profession) {
        Form::default().with("profession", code)
    } else {
        Form::default()
            .with("profession", OTHER)
            .with("other_profession", code)
    };
    if last.care != ordinary_care(last.profession) {
        form = form.with("care_type", last.care.as_str());
    }
    if let Some(minutes) = last.window_minutes {
        form = form.with("window_minutes", &minutes.to_string());
    }
    form.with("mode", last.mode.code())
        .with("within_hours", &last.within_hours.to_string())
}

/// The form's fields with the words of this page turned into codes, and what could not be.
pub(crate) fn coded(fields: &Fields) -> (Fields, Vec<FieldError>) {
    let mut errors = Vec::new();
    let mut wrong = |name: &str, message: &str| {
        errors.push(FieldError {
            name: name.to_owned(),
            message: message.to_owned(),
        });
    };
    let mut coded = fields.clone();
    match fields.get("profession") {
        "" => wrong("profession", "Dites qui vous cherchez"),
        OTHER => {
            let other = fields.get("other_profession").to_owned();
            if other.is_empty() {
                wrong("other_profession", "Choisissez la profession");
            }
            coded.0.insert("profession".to_owned(), vec![other]);
        }
        _ => {}
    }
    match read_motive(fields.get("motive")) {
        Ok(code) => {
            coded.0.insert("motive".to_owned(), vec![code]);
        }
        Err(message) => {
            wrong("motive", &message);
            coded.0.remove("motive");
        }
    }
    (coded, errors)
}

/// `Réponse médiane à cette heure : 14 min, sur 23 demandes prises`; nothing under five requests.
async fn pace(web: &Web, signed: &Signed, form: &Form) -> Result<String, Fail> {
    let asked = match form.value("profession") {
        OTHER => form.value("other_profession"),
        code => code,
    };
    let profession = Profession::from_code(asked);
    let expected = web.app.expected_answer(&signed.who(), profession).await?;
    let whose = profession.map_or_else(String::new, |one| {
        format!("{}, réponse", upper(labels::professions(one)))
    });
    let start = if whose.is_empty() { "Réponse" } else { &whose };
    Ok(expected.map_or_else(String::new, |found| {
        format!(
            "{start} médiane à cette heure\u{a0}: {}, sur {} demandes prises",
            duration(Duration::minutes(i64::from(found.minutes))),
            found.base
        )
    }))
}

/// The page, with a form as it stands.
pub(crate) async fn page(
    web: &Web,
    signed: &Signed,
    form: Form,
    reach: Option<Reach>,
) -> Result<AskPage, Fail> {
    let eye = eye(web, signed).await?;
    let title = if form.errors().is_empty() {
        "Demander une prise en charge"
    } else {
        "Erreur\u{a0}: la demande n’est pas partie"
    };
    let mut phone = show::phone(web, &eye, title, PhoneTab::None)
        .back("/mes-demandes", "Retour à mes demandes");
    phone.wide = true;
    signed.account.name.clone_into(&mut phone.side);
    let pace = pace(web, signed, &form).await?;
    Ok(AskPage {
        phone,
        form,
        choices: choices(false),
        flags: flags(),
        once: once(),
        reach,
        pace,
        recalled: false,
    })
}

/// `POST /demander`
pub(crate) async fn launch(State(web): State<Web>, signed: Signed, mut upload: Upload) -> Answer {
    let fields = upload.fields.clone();
    let eye = eye(&web, &signed).await?;
    let answer = fields.get("red_flags").to_owned();
    if answer == "present" {
        let phone = show::phone(&web, &eye, "Appelez le 15", PhoneTab::None);
        return unprocessable(&PhoneFifteenPage {
            phone,
            back: "/demander".to_owned(),
        });
    }
    let department = department(&eye.directory, &signed);
    let (words, mut wrong) = coded(&fields);
    let mut drafted = draft(&words, &eye.directory, department.as_deref(), &answer);
    // What this page says of its own words replaces what the codes left out would say.
    drafted
        .errors
        .retain(|error| !wrong.iter().any(|own| own.name == error.name));
    wrong.append(&mut drafted.errors);
    drafted.errors = wrong;
    if answer.is_empty() {
        drafted.errors.push(FieldError {
            name: "red_flags".to_owned(),
            message: "Dites si un signe d’alerte est présent".to_owned(),
        });
        drafted.draft.triage = None;
    }
    if fields.get("consent").is_empty() {
        drafted.errors.push(FieldError {
            name: "consent".to_owned(),
            message: "Demandez l’accord du patient".to_owned(),
        });
    }
    drafted.errors.extend(upload.wrong.take());
    match raise_once(&web, &signed, &fields, drafted.draft, drafted.errors).await? {
        Raising::Done { id, said } => {
            let faceless = upload.faceless();
            if said != AGAIN && !upload.pictures.is_empty() {
                let request = request_id(&id)?;
                web.app
                    .add_photos(&signed.who(), request, upload.pictures, faceless)
                    .await?;
            }
            see_other(&format!("/mes-demandes/{id}?dit={said}"))
        }
        Raising::Wrong(mut errors) => {
            if !errors.iter().any(|error| error.name == PHOTOS) {
                upload.lost();
                errors.extend(upload.wrong);
            }
            unprocessable(&page(&web, &signed, fields.again(errors), None).await?)
        }
    }
}
