//! A professional raises a request: one page, five points. What ends without a search is `ends`'.

mod ends;

use axum::extract::{Query, State};
use relais_app::cooperation::prescribes;
use relais_app::reference::care_types::{CARE_TYPES, care_types_of, ordinary_care};
use relais_app::requests::habits::LastAsked;
use relais_app::text::labels;
use relais_app::text::when::duration;
use relais_core::people::Profession;
use relais_core::time::Duration;

use super::direct::{choices, conflict, once, unprocessable};
use super::launch::{Raising, busy, raise_once};
use super::reach::Followed;
use super::severity::{Sheets, Verdict};
use super::suggest::department;
use super::{Told, cooperation, eye, is_fragment, photos};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, draft, sort};
use crate::gate::Signed;
use crate::parts::{FieldError, Form, PhoneTab};
use crate::show::{self, upper};
use crate::typed::read_motive;
use crate::upload::Upload;
use crate::views::{AskPage, Delegated, Reach, Severity, SeverityPart};
use crate::web::Web;

pub(crate) use ends::{passed_over, took_charge, transferred};

/// What the radio says when the profession is in the list below it.
const OTHER: &str = "other";
/// The fields from top to bottom: errors are told in that order.
const IN_ORDER: &[&str] = &[
    "profession",
    "other_profession",
    "care_type",
    "series",
    "motive",
    "comment",
    "photos",
    "inclusion",
    "red_flags",
    "mode",
    "within_hours",
    "window_minutes",
    "birth_name",
    "first_names",
    "birth_date",
    "phone",
    "sex",
    "address_line",
    "commune",
    "usual",
    "usual_name",
    "consent",
];
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
    if let Some(fields) = form {
        return html(&page(&web, &signed, fields.again(Vec::new()), None).await?);
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
    let theirs = care_types_of(last.profession).any(|care| care.code == last.care.as_str());
    if theirs && last.care != ordinary_care(last.profession) {
        form = form.with("care_type", last.care.as_str());
    }
    if let Some(minutes) = last.window_minutes {
        form = form.with("window_minutes", &minutes.to_string());
    }
    if let Some(mode) = last.mode {
        form = form.with("mode", mode.code());
    }
    form.with("within_hours", &last.within_hours.to_string())
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
    let asked = Profession::from_code(coded.get("profession"));
    let care = fields.get("care_type");
    let known = CARE_TYPES.iter().find(|known| known.code == care);
    if let (Some(asked), Some(known)) = (asked, known)
        && !known.professions.contains(&asked)
    {
        // Folded away with the last request's choice, it would leave for somebody who does not do it.
        let message = format!(
            "«\u{a0}{}\u{a0}» n’est pas un soin de cette profession\u{a0}: choisissez-en un autre, ou le soin habituel",
            known.label
        );
        wrong("care_type", &message);
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
    let severity = severity(web, signed, &coded(&Fields::of(&form)).0).await?;
    let open = form
        .errors()
        .iter()
        .any(|error| error.name == "red_flags" || error.name.starts_with("inclusion"));
    Ok(AskPage {
        phone,
        form,
        choices: choices(false),
        severity,
        open,
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
    let department = department(&eye.directory, &signed);
    let (words, mut wrong) = coded(&fields);
    let sheets = sheets(&web, &signed, &words).await?;
    let triage = match sheets.read(&fields) {
        Verdict::Fifteen { signs, alone } => {
            return ends::fifteen(&web, &signed, &fields, signs, alone, "").await;
        }
        Verdict::Go(triage, _) => Some(triage),
        Verdict::Wrong(error) => {
            if !wrong.iter().any(|known| known.name == error.name) {
                wrong.push(error);
            }
            None
        }
    };
    if fields.get("red_flags").is_empty() && !wrong.iter().any(|one| one.name == "red_flags") {
        wrong.push(FieldError {
            name: "red_flags".to_owned(),
            message: "Dites si les questions de gravité ont été posées".to_owned(),
        });
    }
    let mut drafted = draft(&words, &eye.directory, department.as_deref(), "none");
    drafted.draft.triage = triage;
    // What this page says of its own words replaces what the codes left out would say.
    drafted
        .errors
        .retain(|error| !wrong.iter().any(|own| own.name == error.name));
    wrong.append(&mut drafted.errors);
    drafted.errors = wrong;
    if fields.get("consent").is_empty() {
        drafted.errors.push(consent());
    }
    drafted.errors.extend(upload.wrong.take());
    match raise_once(&web, &signed, &fields, drafted.draft, drafted.errors).await? {
        Raising::Done { id, said } => {
            photos::with_form(&web, &signed, &id, upload).await?;
            see_other(&format!("/mes-demandes/{id}?dit={said}"))
        }
        Raising::Busy => {
            let mut errors = busy();
            upload.again(&mut errors);
            given_back(&web, &signed, &fields, errors).await
        }
        Raising::Wrong(mut errors) => {
            upload.again(&mut errors);
            refused(&web, &signed, &fields, errors).await
        }
    }
}

/// The form that is being dealt with already, under the key it has: sent again, it is still the same.
async fn given_back(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let mut page = page(web, signed, fields.again(errors), None).await?;
    fields.get("once").clone_into(&mut page.once);
    conflict(&page)
}

/// The form again, with what is wrong.
async fn refused(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    mut errors: Vec<FieldError>,
) -> Answer {
    sort(&mut errors, IN_ORDER);
    unprocessable(&page(web, signed, fields.again(errors), None).await?)
}

/// The sheets in force for the form's motive and age.
async fn sheets(web: &Web, signed: &Signed, coded: &Fields) -> Result<Sheets, Fail> {
    let network = signed.actor().network;
    let directory = web.app.directory().await?;
    let today = directory.network(network)?.calendar.date(web.now());
    let book = web.app.protocols(network).await?;
    let regulated = web.app.regulator_on_duty(network).await?.is_some();
    Ok(Sheets::of(book, coded, today, regulated))
}

/// The questions, and what the requester may do themselves.
async fn severity(web: &Web, signed: &Signed, coded: &Fields) -> Result<Severity, Fail> {
    let sheets = sheets(web, signed, coded).await?;
    let mut page = sheets.page();
    let directory = web.app.directory().await?;
    let own = signed
        .actor()
        .professional
        .and_then(|id| directory.person(id))
        .map(|person| person.member.profession);
    if let (Some(sheet), Some(own)) = (sheets.sheet(), own)
        && own != Profession::Gp
        && sheets.delegates_to(own)
    {
        let profession = labels::profession(own);
        let declared = web.app.cooperation_for(&signed.who(), sheet).await?;
        page.delegated = Some(match declared {
            Some(one) => Delegated {
                text: format!(
                    "Cette fiche peut mener au {profession}, sous protocole. Le vôtre est déclaré depuis le {}, {}.",
                    cooperation::day(one.since_on),
                    one.place
                ),
                may: true,
            },
            None => Delegated {
                text: format!(
                    "Cette fiche peut mener au {profession}, sous un protocole de coopération déclaré. Vous n’en avez pas déclaré pour elle."
                ),
                may: false,
            },
        });
    }
    Ok(page)
}

/// `POST /demander/fiche`: the questions of the motive typed; whole page without script.
pub(crate) async fn sheet(
    State(web): State<Web>,
    signed: Signed,
    headers: http::HeaderMap,
    fields: Fields,
) -> Answer {
    let form = fields.again(Vec::new());
    if is_fragment(&headers) {
        let severity = severity(&web, &signed, &coded(&fields).0).await?;
        return html(&SeverityPart {
            form,
            severity,
            open: false,
        });
    }
    let mut page = page(&web, &signed, form, None).await?;
    page.open = true;
    html(&page)
}

/// The sheet of the form, and where it leads.
pub(crate) async fn followed(web: &Web, signed: &Signed, coded: &Fields) -> Result<Followed, Fail> {
    let sheets = sheets(web, signed, coded).await?;
    let eye = eye(web, signed).await?;
    let orders = own_profession(&eye, signed).is_some_and(prescribes);
    Ok(Followed {
        sheet: sheets.sheet().filter(|_| !orders).map(str::to_owned),
        towards: sheets.towards(coded),
        address: "/demander/portee",
    })
}

/// Addresses the form to a profession, by its code.
pub(crate) fn turn(fields: &mut Fields, code: &str) {
    let daily = DAILY.iter().any(|one| one.code() == code);
    let radio = if daily { code } else { OTHER };
    let mut set = |name: &str, value: &str| {
        fields.0.insert(name.to_owned(), vec![value.to_owned()]);
    };
    set("profession", radio);
    if !daily {
        set("other_profession", code);
    }
}

fn own_profession(eye: &show::Eye, signed: &Signed) -> Option<Profession> {
    let person = eye.directory.person(signed.actor().professional?)?;
    Some(person.member.profession)
}

fn consent() -> FieldError {
    FieldError {
        name: "consent".to_owned(),
        message: "Demandez l’accord du patient".to_owned(),
    }
}
