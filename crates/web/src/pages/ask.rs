//! A professional raises a request: one page, five points.

use axum::extract::{Query, State};

use super::direct::{choices, flags, once, unprocessable};
use super::launch::{Raising, raise_once};
use super::suggest::department;
use super::{Told, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, draft};
use crate::gate::Signed;
use crate::parts::{FieldError, Form, PhoneTab};
use crate::show;
use crate::views::{AskPage, PhoneFifteenPage, Reach};
use crate::web::Web;

/// `GET /demander`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let directory = web.app.directory().await?;
    let form = super::example::form(&web, &directory, &told.exemple);
    html(&page(&web, &signed, form, None).await?)
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
    Ok(AskPage {
        phone,
        form,
        choices: choices(false),
        flags: flags(),
        once: once(),
        reach,
    })
}

/// `POST /demander`
pub(crate) async fn launch(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
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
    let mut drafted = draft(&fields, &eye.directory, department.as_deref(), &answer);
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
    match raise_once(&web, &signed, &fields, drafted.draft, drafted.errors).await? {
        Raising::Done { id, said } => see_other(&format!("/mes-demandes/{id}?dit={said}")),
        Raising::Wrong(errors) => {
            unprocessable(&page(&web, &signed, fields.again(errors), None).await?)
        }
    }
}
